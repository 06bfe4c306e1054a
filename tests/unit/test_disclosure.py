"""A penalty's line in the register, as programs read it: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from inspector.domain.disclosure import PenaltyKind, PenaltyLine

LINE = PenaltyLine(
    id="p1",
    agency="bureau",
    name="某某有限公司",
    code="TEST",
    item="",
    act="",
    kinds=(PenaltyKind.WARNING,),
    amount=None,
    decided_on=None,
    posted_on=date(2026, 3, 2),
    until=date(2026, 6, 2),
)


def test_that_an_objection_is_open_stands_beside_the_line_and_of_others_nothing_does() -> None:
    assert "contested" not in LINE.value()
    assert replace(LINE, contested=True).value() == {**LINE.value(), "contested": True}
