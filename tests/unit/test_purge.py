"""What goes of a visit when a case is forgotten, and what rests on another one and stays: no database."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.purge import nameless
from inspector.domain.veil import VEIL
from tests.unit.test_secondlook import FOUND, RESULT


def test_what_was_written_about_another_case_stays_when_one_is_forgotten() -> None:
    both = replace(RESULT, findings=(replace(FOUND, note="门锁着"), replace(FOUND, case_id="d", note="有人")))
    assert [one.note for one in nameless(both, {"c"}).findings] == [VEIL, "有人"]
    assert [one.note for one in nameless(both).findings] == [VEIL, VEIL], "that somebody wrote something is left"
