"""Letters of the assistance procedure (协助核查函) on paper: laid as pages into a folder, printed and posted by a person.

Each is one HTML file that needs nothing beside it and prints on A4; the browser of whoever posts it makes a PDF where one is wanted,
or `assistance pdf` beside each, or `assistance letter` of one request (decisions 57 and 251).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.config import ConnectorConfig, parse, unfit
from inspector.letterpage import page
from inspector.ports import Barred, Letter, Origin, Receipt, Refused, Sighting, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperConfig(ConnectorConfig):
    """Where pages are laid for whoever prints and posts them."""

    folder: str


class PaperAgency:
    """One agency that gets letters by post."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(PaperConfig, name, config)
        self._folder = Path(self._config.folder)
        if not self._folder.is_absolute():
            raise unfit(name, "folder", "/…")
        self.card = self._config.card(name, port="agency", kind="paper")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Lay a letter down for somebody to post, whole or not at all; the same one again is the same file.

        Raises Unavailable (`folder_failed`), Barred (`unauthorised`), Refused (`letter_wordless`).
        """
        if not (letter.words.body or letter.text):
            raise Refused("letter_wordless", origin=Origin.US)
        file = (
            self._folder / f"{_plain(letter.request_id)}-{letter.kind.value}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.html"
        )
        try:
            _lay(file, page(letter).encode())
        except PermissionError:
            raise Barred("unauthorised", detail="folder", attempts=0) from None  # nothing has left: nobody was asked
        except OSError as error:
            raise Unavailable("folder_failed", origin=Origin.US, detail=type(error).__name__) from None
        return Receipt(reference=file.name, by_hand=True)

    def look(self) -> Sequence[Sighting]:
        """How many letters lie there. Raises Unavailable, Barred."""
        try:
            count = sum(1 for file in self._folder.iterdir() if file.suffix == ".html")
        except PermissionError:
            raise Barred("unauthorised", detail="folder") from None
        except OSError as error:
            raise Unavailable("folder_failed", origin=Origin.US, detail=type(error).__name__) from None
        return [Sighting(code="letters_lie", facts={"count": count})]

    def close(self) -> None:
        """Nothing is open."""


def connect(name: str, config: Mapping[str, object]) -> PaperAgency:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return PaperAgency(name, config)


def _lay(file: Path, content: bytes) -> None:
    """Under another name first, then by rename: whoever looks never sees half a letter.

    It holds personal data: its owner's, and to be read by his group, which is whoever prints and posts it; nobody else's.
    """
    made = file.with_name(f"{file.stem}.{secrets.token_hex(4)}.part")
    descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
    try:
        with os.fdopen(descriptor, "wb") as held:
            held.write(content)
            held.flush()
            os.fsync(held.fileno())
        made.replace(file)
    except OSError:
        with suppress(OSError):
            made.unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _plain(text: str) -> str:
    """A request's number as the beginning of a file's name; what else could stand in it is left to the digest."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", text).lstrip(".")[:80]
