"""A leave that is entered for a moment around a draw: it does what a leave does, and leaves a trace, a matter and a figure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.errors import Forbidden, Refusal
from inspector.domain.plan import Draw
from inspector.domain.visit import SeatState
from inspector.flows import attention, leaves, relief
from inspector.flows.office import Office
from inspector.flows.posted import seen_to
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.ledger import LedgerRoom
from inspector.store.store import Store
from tests.house import Hand, closing, settle
from tests.integration.test_draw_way import announced, carried_out, drawing, visits
from tests.operator import Operator, on_both, one_database, settled, table

pytestmark = pytest.mark.alike

database_url = one_database


def enters(office: Office, hand: Hand, staff: str, first: date | None, by: str = "os:keeper", **changes: object) -> None:
    """The register says of an inspector that he or she is away from a day on, or (None) is not; and seats pass on by it."""
    with office.store.begin() as tx:
        before = leaves.standing(tx, "bureau", [staff])
        tx.rosters.put_inspectors([replace(before[staff].row, leave_from=first, **changes)])  # type: ignore[arg-type]
        leaves.note(office, tx, "bureau", before, [staff], by, hand())
        relief.look(office, tx, "bureau", hand())


def entries(office: Office, staff: str) -> list[Any]:
    with office.store.read() as tx:
        return [json.loads(row["body"])["facts"] for row in tx.ledger.about(f"inspector:{staff}") if row["rule"] == leaves.RULE]


def matters(office: Office) -> list[Any]:
    with office.store.read() as tx:
        return [one for one in tx.attention.of_kind(leaves.UNDONE) if one.open]


def only_a_head_closes(office: Office, hand: Hand, name: str, *others: str) -> None:
    """A matter of what was undone around a draw: none of the others closes it, who had a hand in it or are no heads, and a head does."""
    with office.store.begin() as tx:
        for one in others:
            with pytest.raises(Forbidden, match="leave_not_head"):
                seen_to(office, tx, name, one, hand())
        seen_to(office, tx, name, "王局长", hand())


def drawn(store: Store, hand: Hand) -> tuple[Office, Draw, str]:
    """A drawn visit, and who has its first seat."""
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        return office, held, tx.visits.team(visit.id)[0].inspector


def told(office: Office, number: str) -> tuple[tuple[int, int], str]:
    with office.store.read() as tx:
        made = report(office, tx, number)
    return made.leaves, markdown(tell(made, "en"))


@on_both
@pytest.mark.slow
def test_a_leave_of_a_moment_moves_the_seat_and_is_told_to_the_head_and_by_the_report(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    assert told(office, held.number)[0] == (0, 0)
    hand.on(minutes=5)
    enters(office, hand, staff, hand().date())
    assert matters(office) == [], "somebody is ill, and nobody looks"
    hand.on(seconds=5)
    enters(office, hand, staff, None)
    settle(office)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        seat = tx.visits.team(visit.id)[0]
    assert (seat.inspector == staff, seat.state) == (True, SeatState.RELIEVED), "what a leave has moved stays moved"
    day = hand().date().isoformat()
    assert [(one["what"], one["fields"], one["by"]) for one in entries(office, staff)] == [
        ("ENTERED", {"leave_from": [None, day]}, "os:keeper"),
        ("WITHDRAWN", {"leave_from": [day, None]}, "os:keeper"),
    ]
    (matter,) = matters(office)
    assert (matter.agency, matter.facts["draw"], matter.facts["inspectors"]) == ("bureau", held.number, [staff])
    figures, words = told(office, held.number)
    assert (figures, "| 1 | 1 |" in words, staff in words) == ((1, 1), True, False)
    with store.begin() as tx:
        row = tx.attention.get(f"{leaves.UNDONE}:{held.number}:bureau")
        assert row is not None
        assert staff not in json.dumps(attention.facts(row["kind"], row["body"])), (
            "whoever reads of matters does not learn who was to go"
        )
        with pytest.raises(Refusal, match="attention_own"):
            attention.close(tx, row["id"], "os:keeper", hand())
        for other in ("局长", "os:keeper"):
            with pytest.raises(Forbidden, match="leave_not_head"):
                seen_to(office, tx, row["id"], other, hand())
        seen_to(office, tx, row["id"], "王局长", hand())


def test_a_leave_that_was_frozen_into_an_open_draw_and_is_taken_back_is_told_to_the_head(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.read() as tx:
        first, second, *_ = (one.id for one in tx.rosters.inspectors("bureau"))
    away = hand().date() + timedelta(days=60)
    enters(office, hand, first, hand().date(), leave_until=away)
    enters(office, hand, second, hand().date() + timedelta(days=300))
    hand.on(minutes=5)
    _, held = announced(office, hand)
    hand.on(minutes=5)
    enters(office, hand, second, None)
    assert matters(office) == [], "a leave to come kept nobody out of this frame"
    enters(office, hand, first, hand().date(), leave_until=hand().date() + timedelta(days=1))
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"], entries(office, first)[-1]["what"]) == (held.number, 1, "SHORTENED")
    enters(office, hand, first, None, leave_until=None, by="os:other")
    (matter,) = matters(office)
    assert (matter.facts["count"], matter.facts["by"]) == (1, ["os:keeper", "os:other"])


def test_who_was_hired_behind_the_freeze_has_missed_no_frame_and_who_was_struck_before_it_has(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.read() as tx:
        first, *_ = tx.rosters.inspectors("bureau")

    def said(staff: str, *, listed: bool, **changes: object) -> None:
        with store.begin() as tx:
            stood = leaves.standing(tx, "bureau", [staff])
            if listed:
                tx.rosters.put_inspectors([replace(first, id=staff, **changes)])  # type: ignore[arg-type]
            else:
                tx.rosters.remove_inspectors("bureau", [staff], hand())
            leaves.note(office, tx, "bureau", stood, [staff], "os:keeper", hand())
        hand.on(minutes=1)

    said(first.id, listed=False)
    _, held = announced(office, hand)
    hand.on(minutes=5)
    said("N1", listed=True)
    said("N1", listed=True, leave_from=hand().date())
    said("N1", listed=True)
    assert matters(office) == [], "a new colleague was ill for a day"
    said(first.id, listed=True)
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["inspectors"]) == (held.number, [first.id])


@pytest.mark.slow
def test_leaves_that_were_entered_ahead_are_counted_and_not_marked(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    with store.read() as tx:
        other = next(one.id for one in tx.rosters.inspectors("bureau") if one.id != staff)
    enters(office, hand, other, hand().date() + timedelta(days=2))
    assert told(office, held.number)[0] == (0, 0), "it has not begun"
    hand.on(days=3)
    assert told(office, held.number)[0] == (1, 0)


@pytest.mark.slow
@on_both
def test_leaves_of_years_before_a_draw_are_not_read_and_one_entered_long_before_it_that_begins_behind_it_counts(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _, _ = drawing(store, hand)
    with store.read() as tx:
        first, second, third, *_ = (one.id for one in tx.rosters.inspectors("bureau"))
    enters(office, hand, first, hand().date() + timedelta(days=8), leave_until=hand().date() + timedelta(days=9))
    enters(office, hand, second, hand().date() + timedelta(days=1), leave_until=hand().date() + timedelta(days=2))
    enters(office, hand, third, hand().date(), leave_until=hand().date() + timedelta(days=9))
    hand.on(days=5)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    hand.on(days=2)
    enters(office, hand, third, None, leave_until=None)
    asked: list[str] = []
    real = LedgerRoom.facts

    def facts(room: LedgerRoom, rules: Any, what: Any, since: Any = None, until: Any = None) -> Any:
        asked.extend([what] if isinstance(what, str) else what if since is None else ())
        return real(room, rules, what, since, until)

    monkeypatch.setattr(LedgerRoom, "facts", facts)
    assert told(office, held.number)[0] == (1, 0), "of the first one alone"
    assert sorted(one for one in asked if one.startswith("inspector:")) == [f"inspector:{first}", f"inspector:{third}"]


@pytest.mark.slow
@on_both
def test_a_leave_of_one_day_that_moved_a_seat_is_told_to_the_head_as_it_moves_it(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    hand.on(minutes=5)
    enters(office, hand, staff, hand().date(), leave_until=hand().date())
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["inspectors"], matter.facts["by"]) == (held.number, [staff], ["os:keeper"])
    hand.on(days=1)
    enters(office, hand, staff, None, leave_until=None)
    assert len(matters(office)) == 1, "taken out when it is over, it is the same matter"


@pytest.mark.slow
def test_whoever_entered_the_leave_does_not_close_its_matter_even_as_a_head(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    hand.on(minutes=5)
    enters(office, hand, staff, hand().date(), by="陈局长")
    enters(office, hand, staff, None, by="os:other")
    (matter,) = matters(office)
    assert matter.facts["by"] == ["os:other", "陈局长"], "who entered it, and who took it back"
    only_a_head_closes(office, hand, f"{leaves.UNDONE}:{held.number}:bureau", "陈局长", "os:other", "李科员")
    assert matters(office) == []


@pytest.mark.slow
def test_where_no_head_is_named_an_officer_closes_it_who_had_no_hand_in_it(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    office = replace(office, tree={name: replace(node, heads=()) for name, node in office.tree.items()})
    hand.on(minutes=5)
    enters(office, hand, staff, hand().date(), by="李科员")
    enters(office, hand, staff, None, by="os:other")
    name = f"{leaves.UNDONE}:{held.number}:bureau"
    with store.begin() as tx:
        for one in ("李科员", "os:other"):
            with pytest.raises(Refusal, match="attention_own"):
                seen_to(office, tx, name, one, hand())
        seen_to(office, tx, name, "周科员", hand())


@pytest.mark.slow
def test_a_leave_that_moves_the_seat_of_an_overdue_visit_is_counted(store: Store, hand: Hand) -> None:
    office, held, staff = drawn(store, hand)
    (visit,) = visits(office, held.number)
    hand.now = visit.due_at + timedelta(days=1)
    enters(office, hand, staff, hand().date())
    assert told(office, held.number)[0] == (1, 1)


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.mark.slow
@on_both
def test_an_import_writes_each_change_of_somebodys_absence_down_with_who_made_it(operator: Operator) -> None:
    heads = ["id", "name", "certificate", "certificate_until", "in_post", "leave_from", "leave_until"]

    def imports(name: str, *rows: list[str]) -> None:
        file = operator.file(name, table(heads, *rows))
        said = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--remove", "--yes", "--uncovered")
        assert said.code == 0, said.err

    one, two = ["X1", "钱某", "A1", "2027-01-01"], ["X2", "孙某", "A2", "2027-01-01"]
    imports("first.csv", [*one, "yes", "", ""], [*two, "yes", "2026-05-01", "2026-05-03"])
    imports("second.csv", [*one, "no", "", ""], [*two, "yes", "2026-05-01", "2026-05-09"])
    imports("third.csv", [*two, "yes", "", ""])
    imports("fourth.csv", [*one, "yes", "", ""], [*two, "yes", "", ""])
    with closing(operator.store()) as store, store.read() as tx:
        found = {
            staff: [
                (facts["what"], facts["fields"])
                for row in tx.ledger.about(f"inspector:{staff}")
                if (facts := json.loads(row["body"])["facts"])["by"].startswith("os:")
            ]
            for staff in ("X1", "X2")
        }
    assert found["X1"] == [
        ("ENTERED", {"in_post": [True, False]}),
        ("CHANGED", {"listed": [True, False]}),
        ("WITHDRAWN", {"in_post": [False, True], "listed": [False, True]}),
    ]
    assert [fields for _, fields in found["X2"]] == [
        {"leave_from": [None, "2026-05-01"], "leave_until": [None, "2026-05-03"]},
        {"leave_until": ["2026-05-03", "2026-05-09"]},
        {"leave_from": ["2026-05-01", None], "leave_until": ["2026-05-09", None]},
    ]
