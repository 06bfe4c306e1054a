"""A case that waits for an officer has a date, as the pack says. The clock reminds people and decides nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.daemon import sweeps
from inspector.domain import review as domain_review
from inspector.domain import verification
from inspector.domain.case import Method, Outcome
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.overdue import Awaited
from inspector.flows import review, wording
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.store.deadlines import due_by
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import HOUSEHOLD, LICENCE, Post, person
from tests.workdays import between

pytestmark = pytest.mark.alike

DAYS = 2
"""The demo pack's term."""


def doubted(store: Store, hand: Hand) -> tuple[Office, str]:
    """A case in review since the first Monday of March."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    return office, case_id


def clocks(office: Office, case_id: str) -> dict[str, str]:
    """Kind and state of the review's clocks."""
    with office.store.read() as tx:
        rows = tx.work.page(case_id=case_id, limit=200)
    return {row["kind"]: row["state"] for row in rows if row["kind"].startswith("review.")}


def matters(office: Office) -> list[Row]:
    """The matters for a person about reviews."""
    with office.store.read() as tx:
        return [row for row in tx.attention.page(None) if row["kind"] == "review_due"]


def test_a_case_in_review_gets_its_date_from_the_packs_term_and_shows_how_it_was_counted(store: Store, hand: Hand) -> None:
    office, case_id = doubted(store, hand)
    with store.read() as tx:
        term = tx.cases.get(case_id).review_term
        (row,) = tx.work.page(case_id=case_id, kind="review.due")
        told = render(explain(office, tx, case_id), "en")
        (event,) = [event for event in tx.events.of_case(case_id) if event["type"] == "review.opened"]
    assert term is not None
    assert (term.due_at, row["due_at"], row["urgent_by"]) == (term.due_at,) * 3
    assert term.due_at.isoformat() in event["body"]
    assert between(office.calendar, hand().date(), term.due_at.date()) == DAYS
    assert "End of the time to review" in told
    assert wording.counted(term.due_counted, "en") in told


def test_a_person_is_told_before_the_date_and_at_the_date_and_nothing_is_decided(store: Store, hand: Hand) -> None:
    office, case_id = doubted(store, hand)
    with store.read() as tx:
        before = tx.cases.get(case_id)
    assert before.review_term is not None
    assert matters(office) == []
    hand.now = office.calendar.opening(office.calendar.add_working_days(before.review_term.due_at.date(), -1))
    settle(office)
    (soon,) = matters(office)
    assert '"overdue": false' in soon["body"]
    hand.now = before.review_term.due_at
    settle(office)
    (late,) = matters(office)
    assert '"overdue": true' in late["body"]
    assert (late["about"], clocks(office, case_id)) == (case_id, {"review.remind": "done", "review.due": "done"})
    with store.read() as tx:
        assert tx.cases.get(case_id) == before
        explained = explain(office, tx, case_id)
    told = render(explained, "zh-Hans")
    assert "没有待办" not in told, "a date that has passed is not nothing"
    assert "已逾期" in told
    assert [(one.what, one.who, one.since) for one in explained.overdue] == [
        (Awaited.DECISION, "区市场监管局", before.review_term.due_at)
    ]
    assert "by 区市场监管局" in render(explained, "en")


def test_a_request_past_its_date_is_told_as_overdue_while_the_officer_decides(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    with store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        policy = office.book.get(case.pack)
        settle_case(tx, office, verification.overdue(case, policy, hand(), office.calendar), policy, hand())
        (request,) = tx.assistance.of_case(case_id)
        assert explain(office, tx, case_id).overdue == ()
    hand.now = request.due_at
    with store.read() as tx:
        late = explain(office, tx, case_id).overdue
    assert (Awaited.ANSWER, request.id, "区民政局") in [(one.what, one.about, one.who) for one in late]


def test_the_date_counts_among_the_deadlines_at_risk(store: Store, hand: Hand) -> None:
    office, case_id = doubted(store, hand)

    def at_risk() -> list[bytes]:
        metrics = Metrics()
        sweeps.snapshot(office, metrics)
        return [
            line[-3:] for line in metrics.render().splitlines() if line.startswith(b'inspector_deadlines_at_risk{of="review"')
        ]

    assert at_risk() == [b"0.0", b"1.0", b"1.0"], "within 1, 3 and 5 working days"
    with store.begin() as tx:
        held = tx.cases.get(case_id, lock=True)
        assert held.review_term is not None
    for days, told in ((1, b"111"), (2, b"011"), (3, b"011"), (4, b"001"), (5, b"001"), (6, b"000")):
        hand.now = office.calendar.opening(office.calendar.add_working_days(held.review_term.due_at.date(), -days))
        assert at_risk() == [b"%c.0" % one for one in told], f"{days} working days before the close of business it falls due at"
    with store.begin() as tx:
        review.decide(office, tx, case_id, Outcome.DATA_ERROR, "李四", "来源有误", (), hand())
    assert at_risk() == [b"0.0", b"0.0", b"0.0"]


def test_a_case_that_came_back_to_an_officer_is_at_risk_by_the_new_date_and_not_by_the_old(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    hand.on(days=90)
    with store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        seen = Evidence(
            id="visit:1",
            claim=case.claims[0].claim.key,
            method=Method.ON_SITE,
            via="",
            verdict=Verdict.MISMATCH,
            fresh=True,
            asked_at=hand(),
            as_of=hand(),
        )
        policy = office.book.get(case.pack)
        settle_case(tx, office, domain_review.finding(case, seen, policy, hand(), office.calendar), policy, hand())
    with store.read() as tx:
        term = tx.cases.get(case_id).review_term
        assert term is not None
        assert [due_by(tx, at)["review"] for at in (term.due_at - timedelta(seconds=1), term.due_at)] == [0, 1]


def test_the_clock_ends_with_the_review_and_with_the_withdrawal(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    ids = [post(office, application(number, "business-licence", LICENCE)) for number in (1, 2)]
    settle(office)
    hand.on(days=10)
    settle(office)
    assert len(matters(office)) == 2
    with store.begin() as tx:
        review.decide(office, tx, ids[0], Outcome.DATA_ERROR, "李四", "来源有误", (), hand())
        review.withdraw(office, tx, ids[1], "改为提交证明", "hall", hand())
    assert matters(office) == []
    assert [one for case_id in ids for one in clocks(office, case_id).values() if one == "waiting"] == []
