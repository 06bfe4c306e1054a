"""Off-site first: what a source can answer sends nobody to the door, whatever the level (scenario 43; handbook 1.4.13, 2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.case import CaseState, Method, SubjectKind
from inspector.domain.sampling import FULL
from inspector.domain.verification import wants_visit
from inspector.flows.framing import frame
from inspector.flows.office import Plan
from inspector.ports import Unavailable
from inspector.store.store import Store
from tests.house import START, Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike


def test_scenario_43_a_case_whose_facts_sources_answer_plans_no_visit_at_any_level_and_one_of_the_premises_does(
    store: Store, hand: Hand
) -> None:
    out: dict[tuple[str, str], str | Exception] = {
        ("registration-status", f"TEST{number + 10:014d}"): Unavailable("unreachable") for number in range(1, 6)
    }
    plan = Plan(name="weekly", agency="bureau", trigger="every 7d")
    office = open_office(store, hand, plans={"weekly": plan}, sources={"registers": Table(default="=", rows=out)})
    levels = dict(enumerate("ABUCD", 1))
    with store.begin() as tx:
        for number, level in levels.items():
            for firm in (number, number + 10):
                tx.credit.state(SubjectKind.FIRM, f"TEST{firm:014d}", level, START - timedelta(days=1), "test")
    online = [post(office, application(number, "business-licence", {"registration-status": "存续"})) for number in levels]
    away = [post(office, application(number + 10, "business-licence", {"registration-status": "存续"})) for number in levels]
    there = post(office, application(9, "dispatch-premises", {"registered-address": "某路1号", "office-in-use": "是"}))
    settle(office)
    with store.begin() as tx:
        cases = [tx.cases.get(one) for one in online]
        made = frame(office, tx, plan, office.book.get(cases[0].pack), "bureau-2026-00001", hand())
        assert wants_visit(tx.cases.get(there))
    assert not any(wants_visit(case) for case in cases)
    with store.read() as tx:
        waiting = [tx.cases.get(one) for one in away]
    assert {case.state for case in waiting} == {CaseState.VERIFYING}
    assert not any(wants_visit(case) for case in waiting), "a source that is away is waited for: nobody goes there instead"
    steps = {held.step.method for case in (*cases, *waiting) for held in case.claims if held.step is not None}
    assert Method.ON_SITE not in steps
    assert CaseState.REVIEW not in {case.state for case in cases}
    full = {dict(made.members)[row.id].cases for row in made.frame.objects if row.stratum == FULL}
    assert full == {(there,)}, "only the premises fact is owed a visit; whoever else goes was drawn by chance"
