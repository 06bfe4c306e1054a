"""Scenario 26: whoever was drawn and checked rests for as long as its level says; a complaint is looked at all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.inspection import CheckType
from inspector.domain.leadcheck import LeadState, Report
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.visit import VisitState
from inspector.flows import leads
from inspector.flows.office import Office, Plan
from inspector.store.store import Store
from tests.drawn import carried_out, drawing, visits
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce
from tests.integration.test_exclusions import code, firm
from tests.integration.test_leads import tip
from tests.integration.test_published import made
from tests.integration.test_void import sign

pytestmark = [pytest.mark.alike, pytest.mark.slow]

MONTHS = ("first", "second", "third")
AUTUMN = datetime.fromisoformat("2025-10-09T09:00:00+08:00")
FIVE_MONTHS_ON = datetime.fromisoformat("2026-03-09T09:00:00+08:00")


def rested(store: Store, hand: Hand, *, rest: bool = True) -> Office:
    """An office with one firm in its pool; its pack gives each level the rests of the example pack, or none."""
    hand.now = AUTUMN
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        tx.rosters.put_objects([firm(1)])
    whole = office.book.get("maoji@2026.1").limits.frequencies

    def change(pack: Policy) -> Policy:
        rows = {level: row if rest else replace(row, cool_down=None) for level, row in whole.items()}
        return replace(pack, limits=replace(pack.limits, frequencies=rows))

    plans = {name: Plan(name=name, agency="bureau", trigger="every 7d", pool=True) for name in MONTHS}
    return replace(office, plans=plans, book=replace(office.book, packs=tuple(map(change, office.book.packs))))


def drawn(office: Office, hand: Hand, plan: str) -> Draw:
    """The draw of a plan, announced and carried out; the firm is rated B on its day."""
    with office.store.begin() as tx:
        tx.credit.state(SubjectKind.FIRM, code(1), "B", hand(), "test")
    held = announce(office, hand, plan)
    settle(office)
    return carried_out(office, hand, held.number)


def frozen(office: Office, number: str) -> tuple[list[str], dict[str, object]]:
    """The firm's stratum and status in the frozen frame, and how many were left out for what."""
    with office.store.read() as tx:
        files = tx.draws.files(number)
    (row,) = (line.split("\t") for line in files["objects.tsv"].decode().splitlines())
    return row[1:3], json.loads(files["rules.json"])["derivation"]["excluded"]


def test_scenario_26_drawn_and_checked_five_months_ago_it_is_not_in_the_pool_and_a_lead_check_is_still_possible(
    store: Store, hand: Hand
) -> None:
    office = rested(store, hand)
    first = drawn(office, hand, "first")
    made(office, hand, first.number)
    assert [(visit.code, visit.state) for visit in visits(office, first.number)] == [(code(1), VisitState.DONE)]

    hand.now = FIVE_MONTHS_ON
    second = drawn(office, hand, "second")
    assert frozen(office, second.number) == (["pool-B", "cool-down"], {"pool-B": {"cool-down": 1}})
    assert visits(office, second.number) == []

    with store.begin() as tx:  # the very firm that rests
        check = leads.propose(office, tx, tip(office, tx, hand), "现场是否经营", "线索具体", "李四", hand())
        leads.decide(office, tx, check.id, "王局长", "批〔2026〕1号", hand(), approved=True)
        report = Report(inspectors=("Z001", "Z002"), on=hand().date(), found=True, words="门店已关闭", by="李四")
        assert leads.report(office, tx, check.id, report, hand()).state is LeadState.DONE
    with store.read() as tx:
        told = tx.inspections.of("bureau", (SubjectKind.FIRM, [code(1)]))
    assert [(one.check, one.number) for one in told] == [(CheckType.LEAD, check.id)]

    hand.now = datetime.fromisoformat("2026-10-20T09:00:00+08:00")  # twelve months after the visit, seven after the lead check
    third = drawn(office, hand, "third")
    assert frozen(office, third.number) == (["pool-B", "1"], {}), "a lead check begins no rest"
    assert [visit.code for visit in visits(office, third.number)] == [code(1)]


def test_scenario_26_a_draw_that_was_cancelled_before_any_visit_is_followed_by_no_rest(store: Store, hand: Hand) -> None:
    office = rested(store, hand)
    first = drawn(office, hand, "first")
    for by in ("李科长", "王主任"):
        sign(office, first.number, by)
    assert [visit.state for visit in visits(office, first.number)] == [VisitState.CANCELLED]
    hand.now = FIVE_MONTHS_ON
    second = drawn(office, hand, "second")
    assert frozen(office, second.number) == (["pool-B", "1"], {})
    assert [visit.code for visit in visits(office, second.number)] == [code(1)]


def test_where_the_pack_gives_a_level_no_rest_whoever_was_checked_five_months_ago_is_in_the_pool(
    store: Store, hand: Hand
) -> None:
    office = rested(store, hand, rest=False)
    first = drawn(office, hand, "first")
    made(office, hand, first.number)
    hand.now = FIVE_MONTHS_ON
    second = drawn(office, hand, "second")
    assert frozen(office, second.number) == (["pool-B", "1"], {})
    assert [visit.code for visit in visits(office, second.number)] == [code(1)]
