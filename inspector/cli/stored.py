"""What is stored of a case, field by field, in words. Whoever wants the codes asks for `--json`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from enum import StrEnum

from inspector.cli.heads import head
from inspector.cli.terminal import in_words
from inspector.domain.calendar import Counting
from inspector.domain.case import ClaimFile, Rated
from inspector.flows import wording
from inspector.labels import Lang

CODES: Mapping[str, str] = {
    "review_reason": "review",
    "ground": "ground",
    "changed": "field",
    "warnings": "IdentityWarning",
    "item_profile": "Profile",
    "publicity_scope": "publicity",
}
"""The fields whose texts are codes, and the labels that have their words."""

_STEP = "  "


def lines(told: object, lang: Lang) -> Iterator[str]:
    """A stored thing as lines; what it does not have is left out."""
    assert dataclasses.is_dataclass(told)
    if isinstance(told, ClaimFile):
        yield from _claim(told, lang)
        return
    for field in dataclasses.fields(told):
        value = getattr(told, field.name)
        if value is None or (isinstance(value, str | tuple | Mapping) and not value):
            continue
        yield from _field(field.name, value, lang)


def _field(name: str, value: object, lang: Lang) -> Iterator[str]:
    named = head(name, lang)
    match value:
        case Counting():
            yield f"{named}: {wording.counted(value, lang)}"
        case Rated():
            facts = {**value.facts, "level_source": value.source, "level_as_of": value.as_of.isoformat() if value.as_of else None}
            yield f"{named}: {value.level} ({wording.reason(value.reason.name, facts, lang)})"
        case tuple() if dataclasses.is_dataclass(value[0]):
            for number, one in enumerate(value, 1):
                yield f"{named} {number}"
                yield from (_STEP + line for line in lines(one, lang))
        case _ if dataclasses.is_dataclass(value):
            yield named
            yield from (_STEP + line for line in lines(value, lang))
        case _:
            yield f"{named}: {_worth(name, value, lang)}"


def _claim(held: ClaimFile, lang: Lang) -> Iterator[str]:
    """A promised fact, what is known of it, and the ways to verify it, with the one under way."""
    yield from lines(held.claim, lang)
    yield f"{head('status', lang)}: {in_words(held.status, lang)}"
    for number, step in enumerate(held.steps, 1):
        yield f"{head('steps', lang)} {number}" + (f" ← {head('under_way', lang)}" if step is held.step else "")
        yield from (_STEP + line for line in lines(step, lang))


def _worth(name: str, value: object, lang: Lang) -> str:
    if isinstance(value, tuple):
        return ", ".join(_worth(name, one, lang) for one in value)
    if name in CODES and isinstance(value, str) and not isinstance(value, StrEnum):
        return wording.code(CODES[name], value, lang)
    return in_words(value, lang)
