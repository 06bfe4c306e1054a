"""A Maildir that the office's mail server delivers into, read mail by mail; nothing in it is changed but by moving a mail into cur, marked.

What lies in cur and bears neither of our marks is read as well: a mail program that somebody opened the box with moves what is new there.
So no protocol and no password is needed to get mail: every mail server, and every fetcher of IMAP boxes, can deliver into one.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from connectors import mime
from inspector.incoming import Attached, Mail, Returned
from inspector.ports import Barred, Origin, Unavailable

MOST_BYTES = 2_000_000
AT_ONCE = 100
"""Mails taken in one look; the others wait for the next."""
MOST_AT_ONCE = 10_000_000
"""Bytes read in one look: a look stays a matter of seconds, whatever lies there."""
_UNMARKED = re.compile(r"(?!\.)[^:]+(:2,[A-EG-RT-Za-z]*)?")
"""A name in cur without S (seen) and F (flagged for a person), whatever other flags it has."""
_NUMBER = re.compile(r"<[^<>]+>")


class Box:
    """One Maildir. Mails that were looked at and stayed come last in the next look, so that they keep no other from its turn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stayed: set[str] = set()

    def look(self) -> None:
        """Whether it can be read, and mail be moved in it; nothing is taken. Raises Unavailable (`folder_failed`), Barred."""
        self._names()
        if not os.access(self._folder, os.W_OK | os.X_OK) or not os.access(self._folder / "new", os.W_OK | os.X_OK):
            raise Barred("unauthorised", detail="folder")

    def waiting(self) -> Iterator[Mail]:
        """What nobody has marked as seen or for a person, oldest name first. Raises Unavailable (`folder_failed`), Barred."""
        read_bytes = 0
        for name in self._names()[:AT_ONCE]:
            self._stayed.add(name)
            content = b""
            try:
                with self._where(name).open("rb") as held:
                    content = held.read(MOST_BYTES + 1)
                    came = datetime.fromtimestamp(os.fstat(held.fileno()).st_mtime, UTC)
            except FileNotFoundError:  # another daemon was quicker
                continue
            except OSError:
                yield _closed(name)
            else:
                yield replace(read(name, content), came=came)
            read_bytes += len(content)
            if read_bytes >= MOST_AT_ONCE:
                return

    def put_away(self, file: str, *, read: bool) -> None:
        """Into `cur`: seen, or flagged for a person. Raises Unavailable (`folder_failed`), Barred."""
        try:
            (self._folder / "cur").mkdir(mode=0o700, exist_ok=True)
            with suppress(FileNotFoundError):
                self._where(file).rename(self._place(file.partition(":")[0], f":2,{'S' if read else 'F'}"))
        except OSError as error:
            raise _failed(error) from None
        self._stayed.discard(file)

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._folder / "new") as found:
                names = [one.name for one in found if not one.name.startswith(".") and one.is_file()]
            with suppress(FileNotFoundError), os.scandir(self._folder / "cur") as found:
                names += [one.name for one in found if _UNMARKED.fullmatch(one.name) and one.is_file()]
        except OSError as error:
            raise _failed(error) from None
        self._stayed.intersection_update(names)
        return sorted(names, key=lambda name: (name in self._stayed, name))

    def _where(self, file: str) -> Path:
        """Where a mail lies now."""
        new = self._folder / "new" / file
        return new if os.path.lexists(new) else self._folder / "cur" / file

    def _place(self, base: str, flags: str) -> Path:
        """Where nothing lies: a name that was used before is no reason to lose a mail."""
        place, again = self._folder / "cur" / f"{base}{flags}", 1
        while os.path.lexists(place):
            place, again = self._folder / "cur" / f"{base}.{again}{flags}", again + 1
        return place


def _failed(error: OSError) -> Barred | Unavailable:
    if isinstance(error, PermissionError):
        return Barred("unauthorised", detail="folder")
    return Unavailable("folder_failed", origin=Origin.US, detail=type(error).__name__)


def _closed(file: str) -> Mail:
    """A mail whose file cannot be opened: known by its name, since nothing else of it is."""
    digest = hashlib.sha256(os.fsencode(file)).hexdigest()
    return Mail(file=file, id=digest, digest=digest, sender="", flaw="mail_closed")


def read(file: str, content: bytes) -> Mail:
    """A mail's sender and its text; whatever is wrong with it is its flaw, and never an error."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        written = mime.read(content[:MOST_BYTES])
    except mime.NotRead as error:  # who has the letter has it, whatever the text is written in
        told = mime.about(content[:MOST_BYTES])  # it ends as it did a moment ago: the head was read before the text
        flaw = "mail_automatic" if told.automatic else error.code
        return Mail(file=file, id=digest, digest=digest, sender=told.sender, flaw=flaw, answers=told.answers)
    except Exception:  # noqa: BLE001 - anybody may have written it: what a reader trips over is the mail's flaw
        return Mail(file=file, id=digest, digest=digest, sender="", flaw="mail_unreadable")
    flaw = "mail_too_large" if len(content) > MOST_BYTES else "mail_automatic" if written.automatic else ""
    return Mail(
        file=file,
        id=written.number if _NUMBER.fullmatch(written.number) else digest,
        digest=digest,
        sender=written.sender,
        text=written.text,
        flaw=flaw,
        answers=written.answers,
        attached=_whole(written.attached, cut=len(content) > MOST_BYTES),
        returned=tuple(
            Returned(number=one.number, address=one.address, status=one.status, behind=one.behind) for one in written.returned
        ),
    )


def _whole(found: Sequence[tuple[str, int]], *, cut: bool) -> tuple[Attached, ...]:
    """What is attached; how long the last one of a mail is that was not read to its end, nobody knows."""
    held = [Attached(name=name, size=size) for name, size in found]
    return (*held[:-1], replace(held[-1], size=None)) if cut and held else tuple(held)
