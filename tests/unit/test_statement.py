"""Our credit books and a platform's held against each other, as a pure function."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.creditrecord import Amend, RecordState
from inspector.domain.statement import (
    BookState,
    Compared,
    Difference,
    Ours,
    Rules,
    Statement,
    Step,
    Theirs,
    Unlike,
    automatic,
    believed,
    but,
    compare,
    unusable,
)
from tests.house import START

NOW = START.astimezone(SHANGHAI)
EARLIER = NOW - timedelta(days=1)
SAYS = {"kind": "FIRM", "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE", "act": ""}
RULES = Rules()


def ours(state: BookState = BookState.ENTERED, **changes: object) -> Ours:
    told = {"entry": "e1", "case_id": "c1", "agency": "bureau", "moved_at": EARLIER, "told": SAYS, "state": state}
    return Ours(**told | changes)  # type: ignore[arg-type]


def theirs(**changes: object) -> Theirs:
    return Theirs(**{"entry": "e1", "case_id": "c1", "told": SAYS} | changes)  # type: ignore[arg-type]


def held(*rows: Theirs, **changes: object) -> Statement:
    return Statement(**{"as_of": NOW, "rows": rows, "source": "platform"} | changes)  # type: ignore[arg-type]


def only(compared: Compared) -> Difference:
    (one,) = compared.differences
    return one


@pytest.mark.parametrize(
    ("state", "row", "kind", "step", "by_itself"),
    [
        (BookState.ENTERED, None, Unlike.MISSING, Step.SEND, True),
        (BookState.ORDERED, None, Unlike.MISSING, Step.SEND, False),
        (BookState.RETRACTED, theirs(), Unlike.STANDING, Step.RETRACT, True),
        (BookState.FALLEN, theirs(), Unlike.STANDING, Step.RETRACT, True),
        (BookState.ENTERED, theirs(told={**SAYS, "grade": "serious"}), Unlike.DIFFERENT, Step.SPEAK, False),
        (BookState.ENTERED, theirs(retracted=True), Unlike.MISSING, Step.SEND, True),
    ],
)
def test_each_way_to_differ_has_the_step_that_mends_it(
    state: BookState, row: Theirs | None, kind: Unlike, step: Step, by_itself: bool
) -> None:
    found = only(compare([ours(state)], held(*([row] if row else [])), NOW, RULES))
    assert (found.kind, found.step, found.by_itself) == (kind, step, by_itself)


def test_what_discredits_somebody_and_is_gone_there_is_sent_again_by_a_person_alone() -> None:
    """It may have been repaired, or struck out after an objection (handbook 1.7.2, 1.7.9)."""
    found = only(compare([ours(told={**SAYS, "grade": "minor", "outcome": "UNTRUE_CURABLE"})], held(), NOW, RULES))
    assert (found.kind, found.step, found.by_itself) == (Unlike.MISSING, Step.SEND, False)
    assert automatic([found], RULES) == ()


def test_what_is_under_way_or_has_just_moved_differs_in_nothing() -> None:
    under_way = ours(open=True), ours(entry="e2", moved_at=NOW - timedelta(minutes=59))
    found = compare(under_way, held(), NOW, RULES)
    assert (found.differences, found.moving) == ((), 2)
    old = held(as_of=NOW - timedelta(days=2))
    assert compare([ours()], old, NOW, RULES).differences == (), "yesterday's statement knows nothing of this entry"


def test_a_lost_receipt_is_learned_from_the_statement() -> None:
    arrived = compare([ours(BookState.ORDERED)], held(theirs(receipt="R-7")), NOW, RULES)
    assert (dict(arrived.learned), arrived.alike) == ({"e1": (BookState.ENTERED, "R-7")}, 1)
    taken_back = compare([ours(BookState.FALLEN)], held(), NOW, RULES)
    assert dict(taken_back.learned) == {"e1": (BookState.RETRACTED, "")}


def test_what_we_never_sent_and_what_stands_twice_are_words_with_the_platform() -> None:
    found = compare([ours()], held(theirs(), theirs(), theirs(entry="e9", case_id="c9")), NOW, RULES)
    assert [(one.kind, one.entry, one.step) for one in found.differences] == [
        (Unlike.TWICE, "e1", Step.SPEAK),
        (Unlike.STRANGE, "e9", Step.SPEAK),
    ]


def test_codes_are_compared_in_one_written_form_and_what_a_statement_leaves_out_differs_in_nothing() -> None:
    assert compare([ours()], held(theirs(told={"code": "91000000ma0000001r "})), NOW, RULES).alike == 1
    found = only(compare([ours()], held(theirs(told={"code": "91000000MA0000002R", "outcome": "TRUE"})), NOW, RULES))
    assert dict(found.says) == {"code": ("91000000MA0000001R", "91000000MA0000002R")}
    assert compare([ours(told={})], held(theirs(told={"grade": "x"})), NOW, RULES).alike == 1, "nobody kept what it said"


def test_a_statement_of_some_says_nothing_of_others() -> None:
    asked = held(of=frozenset({"e1"}))
    found = compare([ours(), ours(entry="e2")], asked, NOW, RULES)
    assert [one.entry for one in found.differences] == ["e1"]


def test_a_statement_that_lacks_much_of_what_was_acknowledged_is_not_believed_and_one_that_lacks_few_is() -> None:
    books = [ours(entry=f"e{number}") for number in range(100)]
    half = held(*(theirs(entry=f"e{number}") for number in range(50)))
    nearly = held(*(theirs(entry=f"e{number}") for number in range(95)))
    assert not believed(compare(books, half, NOW, RULES), RULES)
    assert not believed(compare(books, held(), NOW, RULES), RULES)
    assert believed(compare(books, nearly, NOW, RULES), RULES)
    assert believed(compare(books[:4], held(), NOW, RULES), RULES), "of four a share says nothing"
    fallen = [ours(BookState.RETRACTED, entry=f"r{number}") for number in range(900)]
    assert not believed(compare([*books, *fallen], held(), NOW, RULES), RULES), (
        "what was taken back is absent from any empty list"
    )


def test_a_statement_of_the_future_or_of_long_ago_is_not_used() -> None:
    assert unusable(held(as_of=NOW + timedelta(days=1)), NOW, RULES) == "statement_ahead"
    assert unusable(held(as_of=NOW - timedelta(hours=73)), NOW, RULES) == "statement_old"
    assert unusable(held(), NOW, RULES) == ""


def test_what_is_to_be_taken_back_goes_first_and_no_more_than_the_rules_let_out() -> None:
    books = [ours(entry="a"), ours(BookState.RETRACTED, entry="b"), ours(entry="c")]
    found = compare(books, held(theirs(entry="b")), NOW, RULES)
    assert [one.entry for one in automatic(found.differences, Rules(most_steps=2))] == ["b", "a"]


def test_what_a_person_has_left_as_it_is_counts_as_alike_until_it_is_another_difference() -> None:
    worse, other = theirs(told={**SAYS, "grade": "minor"}), theirs(told={**SAYS, "grade": "serious"})
    found = compare([ours()], held(worse), NOW, RULES)
    agreed = {"e1": only(found).mark}
    assert (but(found, agreed).differences, but(found, agreed).alike) == ((), 1)
    assert only(but(compare([ours()], held(other), NOW, RULES), agreed)).kind is Unlike.DIFFERENT
    assert only(but(compare([ours()], held(), NOW, RULES), agreed)).kind is Unlike.MISSING


@pytest.mark.parametrize("record", [RecordState.LAPSED, RecordState.REPAIRED, RecordState.ANNULLED])
def test_what_is_over_and_absent_is_alike_and_says_nothing_of_whether_a_statement_is_whole(record: RecordState) -> None:
    over = [ours(entry=f"o{number}", record=record) for number in range(90)]
    found = compare(over, held(), NOW, RULES)
    assert (found.differences, found.alike, found.standing) == ((), 90, 0)
    books = [ours(entry=f"e{number}") for number in range(100)]
    half = held(*(theirs(entry=f"e{number}") for number in range(50)))
    assert not believed(compare([*books, *over], half, NOW, RULES), RULES)


def test_a_platform_that_does_not_say_what_became_of_an_entry_differs_in_nothing() -> None:
    assert compare([ours(record=RecordState.REPAIRED)], held(theirs()), NOW, RULES).alike == 1
    both = theirs(amended=frozenset({Amend.LAPSED, Amend.REPAIRED}))
    assert compare([ours(record=RecordState.REPAIRED)], held(both), NOW, RULES).alike == 1
    found = only(compare([ours(record=RecordState.REPAIRED)], held(theirs(amended=frozenset())), NOW, RULES))
    assert (found.kind, found.by_itself, dict(found.says)) == (Unlike.UNAMENDED, True, {"amended": ("REPAIRED", "")})
