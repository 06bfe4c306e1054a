"""An answer of a connector is believed only where it keeps to its port; what does not says nothing about anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inspector.flows.usable import rated, usable
from inspector.ports import Answer, AnswerStatus, Garbled, Provenance, Rating

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOLD = Provenance(
    source="registers",
    owner="示例单位",
    asked_at=NOW,
    as_of=NOW,
    source_version="3",
    request_digest="0" * 64,
    reply_digest="1" * 64,
    attempts=1,
)
GOOD = Answer(status=AnswerStatus.FOUND, value="存续", provenance=TOLD)
LEVEL = Rating(level="A", as_of=NOW, provenance=TOLD)
ORIGINS: dict[str, dict[str, Any]] = {
    "asked_at": {"asked_at": datetime(2026, 3, 2)},  # noqa: DTZ001 - without an offset, on purpose
    "as_of": {"as_of": datetime(2026, 3, 2)},  # noqa: DTZ001
    "source_version": {"source_version": "v" * 4_001},
    "digests": {"reply_digest": "not one"},
    "attempts": {"attempts": -1},
}


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("status", {"status": "found"}),
        ("value", {"value": 7}),
        ("value", {"value": "注\0销"}),
        ("value", {"value": "\ud800"}),
        ("value", {"value": "x" * 4_001}),
        ("note", {"note": "x" * 201}),
        ("clock", {"clock": 3.0}),
        ("provenance", {"provenance": None}),
        *((part, {"provenance": replace(TOLD, **change)}) for part, change in ORIGINS.items()),
    ],
)
def test_an_answer_that_breaks_its_port_is_garbled_by_the_part_that_does(part: str, change: dict[str, Any]) -> None:
    with pytest.raises(Garbled, match="answer_unusable") as told:
        usable(replace(GOOD, **change))
    assert told.value.detail == part


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("level", {"level": 7}),
        ("level", {"level": "A" * 101}),
        ("as_of", {"as_of": "2026-03-02"}),
        *((part, {"provenance": replace(TOLD, **change)}) for part, change in ORIGINS.items()),
    ],
)
def test_a_level_that_breaks_its_port_is_garbled_too(part: str, change: dict[str, Any]) -> None:
    with pytest.raises(Garbled, match="answer_unusable") as told:
        rated(replace(LEVEL, **change))
    assert told.value.detail == part


def test_what_is_no_answer_at_all_is_garbled_and_what_keeps_to_its_port_is_left_as_it_is() -> None:
    for nothing in (None, "存续", {"status": "found"}, LEVEL):
        with pytest.raises(Garbled):
            usable(nothing)
    with pytest.raises(Garbled):
        rated(GOOD)
    for fine in (
        GOOD,
        replace(GOOD, status=AnswerStatus.NOT_FOUND, value=None),
        replace(GOOD, status=AnswerStatus.CANNOT_SAY, value=None, note="value_empty", clock=timedelta(seconds=90)),
        replace(GOOD, provenance=replace(TOLD, as_of=None, attempts=0)),
    ):
        assert usable(fine) is fine
    assert rated(replace(LEVEL, level=None, as_of=None)).level is None
