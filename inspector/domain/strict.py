"""What a published file may hold: plain counts, canonical texts, patterns. Nothing is converted, anything else is refused."""

from __future__ import annotations

import json
import re
from typing import NoReturn, TypeGuard

from inspector.domain.errors import Invalid
from inspector.domain.frame import flaw

HEX32 = re.compile(r"[0-9a-f]{32}")
HEX64 = re.compile(r"[0-9a-f]{64}")
DEEPEST = 500
"""Within how many objects and arrays a value may lie; the same number holds in all three verifiers."""


def is_count(told: object) -> TypeGuard[int]:
    """A plain integer from 0; true and false are none."""
    return isinstance(told, int) and not isinstance(told, bool) and told >= 0


def is_text(told: object) -> TypeGuard[str]:
    """A text that a row could hold too, and not an empty one."""
    return isinstance(told, str) and told != "" and flaw(told) is None


def matches(pattern: re.Pattern[str], told: object) -> TypeGuard[str]:
    """A text of that pattern from end to end; a number that looks like one is none."""
    return isinstance(told, str) and pattern.fullmatch(told) is not None


def expect(holds: bool, name: str, problem: str, **facts: object) -> None:
    """Refuse a commitment for a field; `problem` names its words (labels, group `file_part`). Raises Invalid (`draw_commit_invalid`)."""
    if not holds:
        raise Invalid("draw_commit_invalid", field=name, problem=problem, **facts)


def promised(holds: bool, kind: str, problem: str, **facts: object) -> None:
    """Refuse a part of a seed; `problem` names its words (labels, group `seed_part`). Raises Invalid (`draw_seed_invalid`)."""
    if not holds:
        raise Invalid("draw_seed_invalid", kind=kind, problem=problem, **facts)


def parse(content: bytes) -> object:
    """JSON as ruling 4 wants it: UTF-8 without a mark, no key twice in an object, no number but a plain integer.

    Every file of a bundle is read so: a key that stands twice would let two readers see two different draws. Nor is anything nested
    deeper than `DEEPEST`, lest one reader's program give up where another's goes on. Raises ValueError; `garbled` says what is wrong.
    """
    try:
        told: object = json.loads(
            content.decode(),
            object_pairs_hook=_no_duplicates,
            parse_int=_plain,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except RecursionError as error:
        raise ValueError("json_deep") from error
    level, depth = [told], 0
    while level:
        if depth > DEEPEST:
            raise ValueError("json_deep")
        inner = (held for held in level if isinstance(held, (dict, list)))
        level = [one for held in inner for one in (held.values() if isinstance(held, dict) else held)]
        depth += 1
    return told


def garbled(error: ValueError) -> dict[str, object]:
    """Why `parse` refused, as facts of an error: `problem` names its words (labels, group `file_part`)."""
    if isinstance(error, json.JSONDecodeError):
        return {"problem": "json_form", "line": error.lineno, "column": error.colno}
    if isinstance(error, UnicodeDecodeError):
        return {"problem": "encoding", "place": error.start + 1}
    return {"problem": str(error.args[0]), "value": str(error.args[-1])[:40]}


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("json_key_twice")
    return held


def _plain(text: str) -> int:
    if text == "-0":
        _no_float(text)
    try:
        return int(text)
    except ValueError as error:  # Python reads some thousands of digits and no more
        raise ValueError("json_number_long") from error


def _no_float(text: str) -> NoReturn:
    raise ValueError("json_number", text)
