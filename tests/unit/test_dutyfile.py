"""An officer's duty file: what was known, what was due, what was done, from the ledger of the day and not from what is known since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from inspector.domain.dutyfile import Noted, Signed, signed
from inspector.domain.recounting import RULE

DAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DUE = DAY + timedelta(days=5)


def noted(days: float, rule: str, beside: dict[str, object] | None = None, **facts: object) -> Noted:
    return Noted(id=f"{days}-{rule}", at=DAY + timedelta(days=days), rule=rule, facts=facts, beside=beside or {})


WEIGHED = noted(0, "evidence.weigh", claim="c1", evidence="e1", verdict="mismatch", review_due_at=DUE.isoformat())


def file(*entries: Noted) -> list[Signed]:
    return signed(entries, ("李四", "os:lisi"), DAY - timedelta(days=9), DAY + timedelta(days=99))


def test_a_decision_stands_beside_what_was_known_by_then_and_its_date() -> None:
    decision = noted(2, "officer.review", officer="李四", outcome="UNTRUE_CURABLE")
    later = noted(3, "evidence.late", claim="c1", evidence="e2", verdict="match")
    (told,) = file(WEIGHED, decision, later)
    assert (told.known, told.due_at, told.kept) == ((WEIGHED,), DUE, True)
    (late,) = file(WEIGHED, noted(6, "officer.review", officer="李四"))
    assert late.kept is False


def test_a_date_that_a_new_calendar_has_moved_counts_as_it_was_moved() -> None:
    moved = noted(1, RULE, was_due=DUE.isoformat(), due_at=(DUE + timedelta(days=3)).isoformat())
    other = noted(1, RULE, was_due=(DUE + timedelta(days=30)).isoformat(), due_at=(DUE + timedelta(days=40)).isoformat())
    (told,) = file(WEIGHED, moved, other, noted(7, "officer.review", officer="李四"))
    assert (told.due_at, told.kept) == (DUE + timedelta(days=3), True)


def test_what_has_no_date_is_neither_kept_nor_missed_and_what_says_so_itself_is_believed() -> None:
    done = [noted(1, "matter.close", by="李四"), noted(2, "publication.done", by="李四", late=True)]
    assert [one.kept for one in file(*done)] == [None, False]
    read = noted(4, "self_proof.read", {"self_proof": "p2"}, by="李四")
    first = noted(1, "self_proof.receive", {"self_proof": "p1"}, read_by=DAY.isoformat())
    own = noted(1, "self_proof.receive", {"self_proof": "p2"}, read_by=DUE.isoformat())
    assert [one.kept for one in file(own, first, read)] == [True], "another one's date is not this one's"


def test_by_when_a_penalty_is_to_be_public_is_the_date_of_who_says_so_and_of_nobody_else() -> None:
    imposed = noted(0, "consequence.imposed", by="李四", consequence="C-2", due_at=(DUE + timedelta(days=60)).isoformat())
    owed = noted(0, "disclosure.owe", {"publication": "penalty.C-2"}, consequence="C-2", due_at=DUE.isoformat())
    word = noted(6, "disclosure.rule", by="李四", duty="penalty.C-2", public=True)
    again = noted(8, "disclosure.rule", by="李四", duty="penalty.C-2", public=False)
    annulled = noted(9, "consequence.annulled", by="李四", consequence="C-2")
    told = {one.entry.id: (one.due_at, one.kept) for one in file(imposed, owed, word, again, annulled)}
    assert told[word.id] == (DUE, False)
    assert told[again.id] == (None, None), "the last word holds, and has no date of its own"
    assert told[annulled.id] == (DUE + timedelta(days=60), True), "who annuls it in time is not late for another's date"


def test_of_a_firm_of_another_province_it_is_to_be_said_before_the_push() -> None:
    later = (DUE + timedelta(days=14)).isoformat()
    owed = noted(0, "disclosure.owe", {"publication": "penalty.C-2"}, due_at=later, word_by=DUE.isoformat())
    (told,) = file(owed, noted(6, "disclosure.rule", by="李四", duty="penalty.C-2", public=True))
    assert (told.due_at, told.kept) == (DUE, False)


def test_nobody_else_and_nothing_of_another_time_is_in_it() -> None:
    others = [
        noted(1, "officer.review", officer="李四四"),
        noted(1, "officer.review", officer="王五"),
        noted(100, "x", by="李四"),
    ]
    assert file(WEIGHED, *others, noted(-10, "x", by="李四")) == []


def test_what_the_same_person_signed_at_the_machine_or_with_another_is_in_it() -> None:
    told = [
        noted(1, "officer.review", officer="李四 (os:lisi)"),
        noted(2, "case.send_back", by="王五", approved="李四"),
        noted(3, "draw.void", reason="x", approved=["赵六", "李四 (os:lisi)"]),
        noted(4, "officer.review", officer="王五 (os:lisi=李四)"),
        noted(5, "seat.accept", inspector="李四"),
    ]
    assert [one.entry for one in file(*told)] == told


def test_what_was_done_about_somebody_or_by_another_who_wrote_the_name_is_not() -> None:
    told = [
        noted(1, "seat.expire", inspector="李四"),
        noted(2, "transfer.approve", by="王五", approved=True),
        noted(3, "officer.review", officer="李四 (os:wangwu=王五)"),
        noted(4, "officer.review", officer="李四四 (os:lisisi)"),
    ]
    assert file(*told) == []
