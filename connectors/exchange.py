"""What is agreed about an exchange of files (文件交换), as settings; and what a fetch from elsewhere has left where it lay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.config import ConnectorConfig, Words, unfit
from connectors.delivery import AS_OF, Completeness, Passed
from connectors.records import stated
from inspector.domain.errors import Invalid

_EMPTY_WORDS = ("-", "--", "—", "——", "/", "N/A", "null")

Flaws = Mapping[tuple[str, tuple[int, ...]], Invalid]
"""What is wrong with files, by their names and marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a fetch has left where it lay: deliveries with their `flaws`, and what is `passed` over as no delivery."""

    flaws: Flaws = field(default_factory=dict)
    passed: tuple[Passed, ...] = ()


Fetch = Callable[[Path, Callable[[], bool]], Left]
"""Brings deliveries from elsewhere into a folder, each under another name first, while it is to go on; tells what it left and why.

Run before each look; raises PortError.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryConfig(ConnectorConfig):
    """What is delivered, and when it is used. `keep` is a folder of ours: there the index of the delivery in use lies.

    `files` is a delivery's name: `*` for anything, `{as_of}` for the date of its data. `complete`: `ok`, `manifest` or `rename`.
    `least_share`: a delivery with a smaller share of the rows of the one before is not used, unless `accept` is its name; so it is with
    one of the date of that in use. `withdrawn`: names of deliveries that the office has put out of use: none of them answers.
    `words`: by column the only ones that may stand there; another one refuses the delivery.
    """

    files: str
    keep: str
    code_column: str
    facts: Mapping[str, str]
    complete: str = "manifest"
    encoding: str = "utf-8"
    least_share: float = 0.9
    accept: str = ""
    withdrawn: tuple[str, ...] = ()
    longest_age_hours: float = 0.0
    look_seconds: float = 60.0
    max_file_bytes: int = 2_000_000_000
    budget_seconds: float = 10.0
    empty_words: tuple[str, ...] = field(default=_EMPTY_WORDS)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def bears(self, port: str) -> tuple[str, ...]:  # noqa: ARG002 - as of every connector
        """None: deliveries come, and are looked up here."""
        return ()

    @property
    def longest_seconds(self) -> float | None:
        """A question waits so long for the first delivery to be read; else it waits for nobody."""
        return self.budget_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesConfig(DeliveryConfig):
    """Where deliveries come."""

    folder: str


def spelt(files: str, connector: str, key: str) -> None:
    """Raise Invalid (`connector_placeholder`) for braces that are no placeholder: taken word by word no file would ever have the name."""
    if strange := re.findall(r"\{[^{}]*\}|[{}]", files.replace(AS_OF, "")):
        raise Invalid("connector_placeholder", connector=connector, key=key, placeholder=strange[0], known=f"{AS_OF}, *")


def check(held: DeliveryConfig, name: str) -> None:
    """Raise Invalid (`connector_key_range`, `connector_placeholder`) for settings that contradict each other or say too little."""
    stated(name, held.facts, held.code_column, held.longest_age_hours)
    spelt(held.files, name, "files")
    kinds = [one.value for one in Completeness]
    wanted: dict[str, tuple[bool, Words]] = {
        "keep": (Path(held.keep).is_absolute(), "/…"),
        "complete": (held.complete in kinds, " | ".join(kinds)),
        "files": (
            held.files.count("{as_of}") <= 1
            and "/" not in held.files
            and ("{as_of}" in held.files or (held.complete == Completeness.MANIFEST and bool(held.files))),
            ("name_with_as_of", "{as_of}"),
        ),
        "encoding": (held.encoding in ("utf-8", "gb18030"), "utf-8 | gb18030"),
        "least_share": (0 <= held.least_share <= 1, "0–1"),
        "withdrawn": (held.accept not in held.withdrawn, "≠ accept"),
        "look_seconds": (0 <= held.look_seconds < 86_400, "0–86400"),
        "budget_seconds": (0 < held.budget_seconds < 86_400, "> 0"),
        "max_file_bytes": (held.max_file_bytes > 0, "> 0"),
        "words": (held.words.keys() <= {*held.facts.values()} and all(held.words.values()), "columns_to_words"),
    }
    for key, (fine, told) in wanted.items():
        if not fine:
            raise unfit(name, key, told)
