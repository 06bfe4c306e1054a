"""The codes of a check sheet, as a pack lists them, each with its source (handbook 1.2, the result form of the field)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CodeList(StrEnum):
    """The lists of a sheet: what was found, by which mode it was checked, what follows."""

    OUTCOME = "OUTCOME"
    MODE = "MODE"
    FOLLOW_UP = "FOLLOW_UP"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code of a pack: of which list, and its name in both languages. One that is `alone` stands beside no other of its list."""

    row: str
    list: CodeList
    code: str
    name: str
    name_en: str
    basis: str
    alone: bool = False
