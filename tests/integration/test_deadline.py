"""The decision becomes known over the API: the date of an item that counts from it, its work and its proof follow, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import CaseState, VerifyFrom
from inspector.domain.counting import tally
from inspector.domain.decision import OrderKind
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.flows import review
from inspector.flows.office import Office
from inspector.flows.wording import counted
from inspector.ports import Origin, Unavailable
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_recount import waiting
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def from_decision(store: Store, hand: Hand) -> Office:
    """An office whose items count from the decision, and whose register is away, so that its cases wait."""
    office = open_office(store, hand, sources={"registers": Table(default=Unavailable("timeout", origin=Origin.WIRE))})
    packs = (
        replace(one, items={code: replace(item, verify_from=VerifyFrom.DECISION) for code, item in one.items.items()})
        for one in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=tuple(packs)))


def test_a_decision_made_before_the_case_came_in_brings_its_date_nearer_and_says_so(store: Store, hand: Hand) -> None:
    office = from_decision(store, hand)
    case_id = post(office, application(1, "business-licence", LICENCE))
    with serving(office) as edge, edge.as_("auditor") as client:
        before = client.get(f"/v1/cases/{case_id}").json()
        with store.begin() as tx:
            review.conclude(office, tx, case_id, "hall", hand(), at=hand.now - timedelta(days=1))
        shown = client.get(f"/v1/cases/{case_id}").json()
    assert (before["due_at"][:10], shown["due_at"][:10]) == ("2026-03-16", "2026-03-13")
    assert set(shown["remarks"]) - set(before["remarks"]) == {"DECIDED_BEFORE"}
    assert shown["explanation"]["why"]["due_counted"]["event"] == "MATTER_CONCLUDED"
    assert [row["due_at"].date().isoformat() for row in waiting(office, OrderKind.VERIFY_DUE)] == ["2026-03-13"]
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.VERIFYING
    hand.on(days=60)
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW


@pytest.mark.slow
@pytest.mark.parametrize(
    ("term", "due", "accept", "bounded"),
    [
        ("4wd", 6, (5, 17, 30), True),
        ("3wd", 5, (5, 8, 30), True),
        ("2wd", 4, (4, 17, 30), True),
        ("10wd", 9, (5, 17, 30), False),
        ("1wd", 9, (5, 17, 30), False),
    ],
)
def test_a_visit_is_to_be_made_no_later_than_its_case_where_that_is_still_possible(
    store: Store, hand: Hand, term: str, due: int, accept: tuple[int, int, int], *, bounded: bool
) -> None:
    """Given on Wednesday 4 March within three working days, for a case of Monday 2 March. Whoever is asked accepts before the last day."""
    office, _, _ = drawing(store, hand)
    packs = (
        replace(one, items={code: replace(item, verify=Term.parse(term)) for code, item in one.items.items()})
        for one in office.book.packs
    )
    office = replace(office, book=replace(office.book, packs=tuple(packs)))
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert visit.due_at == datetime(2026, 3, due, 17, 30, tzinfo=SHANGHAI)
    assert [row["due_at"] for row in waiting(office, OrderKind.VISIT_DUE)] == [visit.due_at]
    proof = counted(visit.due_counted, "en")
    assert ("by itself the term would end on 2026-03-09; a case that it is for must be over earlier" in proof) is bounded
    kinds = [(one.day.day, one.number, one.kind.value) for one in tally(visit.due_counted)]
    assert kinds[-1] == ((due, due - 4 or None, "BOUNDED") if bounded else (9, 3, "COUNTED"))
    with store.read() as tx:
        assert {seat.accept_by for seat in tx.visits.team(visit.id)} == {datetime(2026, 3, *accept, tzinfo=SHANGHAI)}
        (case,) = (tx.cases.get(case_id) for case_id in visit.case_ids)
        assert case.verify_term is not None
        assert (visit.due_at == case.verify_term.due_at) is bounded


def decided_in(office: Office, verify: str, release: str = "3wd") -> Office:
    """The office with another term of its cases, from the decision, and with another one for telling a team whom it goes to."""

    def changed(pack: Policy) -> Policy:
        items = {
            code: replace(item, verify=Term.parse(verify), verify_from=VerifyFrom.DECISION) for code, item in pack.items.items()
        }
        told = replace(pack.term(Timer.RELEASE), term=Term.parse(release))
        return replace(pack, items=items, terms={**pack.terms, Timer.RELEASE: told})

    return replace(office, book=replace(office.book, packs=tuple(changed(one) for one in office.book.packs)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("release", "told"),
    [("3wd", datetime(2026, 3, 4, 9, tzinfo=SHANGHAI)), ("1wd", datetime(2026, 3, 5, 8, 30, tzinfo=SHANGHAI))],
)
def test_a_decision_that_brings_a_case_nearer_brings_its_visit_along_and_tells_the_team_once_it_knows_whom_it_goes_to(
    store: Store, hand: Hand, release: str, told: datetime
) -> None:
    office, phones, _ = drawing(store, hand)
    office = decided_in(office, "5wd", release)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (before,) = visits(office, held.number)
    for _ in range(2):
        with store.begin() as tx:
            review.conclude(office, tx, case_id, "hall", hand(), at=datetime(2026, 3, 1, 9, tzinfo=SHANGHAI))
    (visit,) = visits(office, held.number)
    limit = datetime(2026, 3, 6, 17, 30, tzinfo=SHANGHAI)
    assert (before.due_at, visit.due_at) == (limit + timedelta(days=3), limit)
    assert [row["due_at"] for row in waiting(office, OrderKind.VISIT_DUE)] == [limit]
    assert "a case that it is for must be over earlier" in counted(visit.due_counted, "en")
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("visit.sooner") == 1
        assert tx.visits.get(visit.id).released is (release == "3wd")
    if told > hand.now:
        settle(office)
        assert len(phones.messages) == 2, "a push at the moment of the decision would tell whom the visit is to"
        hand.now = told
    settle(office)
    assert [one.title for one in phones.messages[2:]] == ["检查期限提前"] * 2
    with store.read() as tx:
        answer = {seat.name: seat.accept_by for seat in tx.visits.team(visit.id) if seat.state.awaited}
    for one in phones.messages[2:]:
        by = answer[str(one.data["seat"])].astimezone(SHANGHAI)
        assert f"请在 {by:%Y-%m-%d %H:%M} 前答复" in one.text, "by when to accept is earlier, too"
    with store.read() as tx:
        assert tx.visits.get(visit.id).released


@pytest.mark.slow
def test_a_visit_brought_nearer_is_accepted_before_its_last_day_so_that_another_can_still_go(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = decided_in(office, "4wd", "1wd")
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (before,) = visits(office, held.number)
    with store.read() as tx:
        was = {seat.name: seat.accept_by for seat in tx.visits.team(before.id)}
    with store.begin() as tx:
        review.conclude(office, tx, case_id, "hall", hand(), at=datetime(2026, 3, 1, 9, tzinfo=SHANGHAI))
    (visit,) = visits(office, held.number)
    opening = office.calendar.opening(visit.due_at.date())
    assert {*was.values()} == {visit.due_at}, "it would be told when the visit is due"
    with store.read() as tx:
        seats = tx.visits.team(visit.id)
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("seat.sooner") == 2
    assert [seat.accept_by for seat in seats] == [opening] * 2
    assert [row["due_at"] for row in waiting(office, OrderKind.ACCEPT_DUE)] == [opening] * 2
    hand.now = opening
    settle(office)
    with store.read() as tx:
        team = tx.visits.team(visit.id)
    assert [seat.turn for seat in team if seat.state.open] == [1, 1], "and whoever is next is asked"


def test_a_visit_whose_case_should_have_been_over_already_keeps_its_date(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = decided_in(office, "3wd")
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    before = visits(office, held.number)
    hand.now = datetime(2026, 3, 4, 18, tzinfo=SHANGHAI)
    with store.begin() as tx:
        review.conclude(office, tx, case_id, "hall", hand(), at=datetime(2026, 3, 1, 9, tzinfo=SHANGHAI))
    assert [(one.id, one.due_at) for one in visits(office, held.number)] == [(one.id, one.due_at) for one in before]
