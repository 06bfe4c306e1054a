"""What a notice allows its subject to say, and which way it takes: pure decisions (handbook 2.7, the plan, item 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.calendar import Term, Unit, WorkingCalendar
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.serving import (
    MOST_WORDS,
    NoticeKind,
    NoticeState,
    SubjectNotice,
    SubjectWord,
    Word,
    make,
    may_say,
    overdue,
    said,
)
from inspector.domain.wayto import Reach, ServiceRow, ServiceWay
from inspector.labels import told
from tests.house import START, _calendar

NOTICE = SubjectNotice(
    id="n1",
    kind=NoticeKind.PROPOSAL,
    case_id="c1",
    agency="bureau",
    about="c1-1",
    title="告知书",
    facts=("吊销",),
    reasons="不符",
    rights=("申辩",),
    basis=("P:2.7",),
    answer_by=START + timedelta(days=5),
    made_at=START,
)
ROWS = tuple(
    ServiceRow(row=way.value, way=way, term=Term(amount=2, unit=Unit.WORKING_DAY), basis="H:52")
    for way in (ServiceWay.SYSTEM, ServiceWay.PHONE, ServiceWay.PAPER)
)
ALL = frozenset({ServiceWay.SYSTEM, ServiceWay.PHONE})


@pytest.fixture
def calendar() -> WorkingCalendar:
    return _calendar()


@pytest.mark.parametrize(
    ("reach", "ways"),
    [
        (Reach(ways=ALL, agreed=True), ["SYSTEM", "PHONE", "PAPER", "PAPER"]),
        (Reach(ways=ALL), ["SYSTEM", "PAPER", "PAPER", "PAPER"]),
        (Reach(ways=frozenset({ServiceWay.PHONE}), agreed=True), ["PHONE", "PAPER", "PAPER", "PAPER"]),
        (Reach(), ["PAPER", "PAPER", "PAPER", "PAPER"]),
    ],
)
def test_a_notice_takes_the_ways_that_can_serve_its_subject_in_their_order_and_always_has_a_date(
    reach: Reach, ways: list[str], calendar: WorkingCalendar
) -> None:
    held, took = make(NOTICE, ROWS, reach, START, calendar, "p@1").state, []
    for _ in ways:
        took.append(held.way.value)
        assert held.due_at is not None
        held = overdue(held, ROWS, reach, held.due_at, calendar, "p@1").state
    assert took == ways


@pytest.mark.parametrize("lacking", [{"facts": ()}, {"reasons": " "}, {"rights": ()}, {"basis": ()}, {"facts": ("吊销", " ")}])
def test_a_notice_that_lacks_facts_reasons_rights_or_a_basis_is_none(
    lacking: dict[str, object], calendar: WorkingCalendar
) -> None:
    with pytest.raises(Invalid, match="subject_notice_lacks") as refused:
        make(replace(NOTICE, **lacking), ROWS, Reach(), START, calendar, "p@1")  # type: ignore[arg-type]
    assert next(iter(lacking)) not in told(refused.value, "zh-Hans"), "a field has a name of its own for people"


def test_what_can_be_said_is_what_the_notice_gives_a_right_to_and_late_words_are_heard() -> None:
    def may(notice: SubjectNotice, *, concluded: bool = True, days: int = 0, hearing: bool = True) -> set[str]:
        now = START + timedelta(days=days)
        return {one.value for one in may_say(notice, now, concluded=concluded, over=False, hearing=hearing)}

    assert may(NOTICE) == {"RECEIVED", "DEFENCE", "HEARING", "WAIVER"}
    assert may(NOTICE, hearing=False) == {"RECEIVED", "DEFENCE", "WAIVER"}, "no right to a hearing, none is offered"
    assert may(NOTICE, concluded=False) - may(NOTICE) == {"WITHDRAWAL"}
    assert may(NOTICE, days=6) == {"RECEIVED", "DEFENCE", "HEARING"}, "only the rest of a time that is over cannot be waived"
    assert may(replace(NOTICE, kind=NoticeKind.RECORD, state=NoticeState.SERVED)) == {"OBJECTION", "REPAIR"}
    assert may(replace(NOTICE, kind=NoticeKind.OBJECTION, state=NoticeState.SERVED)) == set()
    late = START + timedelta(days=6)
    word = Word(receipt="n1-1", kind=SubjectWord.DEFENCE, words="已恢复", digests=(), at=late, door="subject")
    made = said(NOTICE, word, (SubjectWord.DEFENCE,), late, "p@1").state
    assert [one.late for one in made.words] == [True]
    assert said(made, replace(word, receipt="n1-2"), (SubjectWord.DEFENCE,), late, "p@1").state == made, "said twice is said once"
    full = replace(made, words=tuple(replace(word, words=str(one)) for one in range(MOST_WORDS)))
    with pytest.raises(Refusal, match="subject_words_many"):
        said(full, word, (SubjectWord.DEFENCE,), late, "p@1")
