"""A decision that takes effect is to be served, by a date, on every list, until it has come (Penalties Law art. 61)."""

from __future__ import annotations

from datetime import datetime

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, Stage
from inspector.domain.docket import DocketKind
from inspector.domain.proposal import Proposal
from inspector.flows import consequences
from inspector.store.deadlines import due_by
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_stage_told import events_of
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def imposed(store: Store, hand: Hand, proposal: Proposal) -> tuple[Proceeding, Consequence]:
    """A decision that nobody has brought to its subject yet."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    there = [one for one in case.all() if one.proposal is proposal]
    return case, case.impose(there[0] if there else case.propose(proposal), brought=False)


def listed(case: Proceeding, held: Consequence) -> list[datetime]:
    with case.office.store.read() as tx:
        rows = tx.docket.page(list(case.office.tree), None, 50)
        return [one.due_at for one in rows if (one.kind, one.id) == (DocketKind.CONSEQUENCE, held.id)]


def late(case: Proceeding) -> int:
    with case.office.store.read() as tx:
        return due_by(tx, case.hand())["consequence"]


@pytest.mark.slow
@pytest.mark.parametrize("proposal", [Proposal.REVOKE, Proposal.PENALTY, Proposal.RECORD_CREDIT, Proposal.SUSPEND])
def test_a_decision_that_has_not_come_is_to_be_served_by_a_date_and_is_late_behind_it(
    store: Store, hand: Hand, proposal: Proposal
) -> None:
    case, held = imposed(store, hand, proposal)
    with case.office.store.read() as tx:
        notice = tx.servings.get(f"{held.id}:decision")
        assert consequences.step(tx, held) is Stage.SERVE
        assert held.id in {one.id for one in tx.consequences.page(["bureau"], 50)}
        assert (proposal.value, "IMPOSED", 1) in {tuple(row)[1:] for row in tx.consequences.counts()}
    assert notice.due_at is not None
    by = min(notice.due_at, held.due_at or notice.due_at)  # interim measures are looked at again by their own date
    assert listed(case, held) == [by]
    (told,) = [one for one in events_of(case, "consequence.imposed") if one["consequence"] == held.id]
    assert (told["stage"], datetime.fromisoformat(str(told["due_at"]))) == ("SERVE", by)
    before = late(case)
    hand.on(days=12)
    settle(case.office)
    (since,) = listed(case, held)
    assert (by <= since <= hand(), late(case) > before) == (True, True), "it is late"
    hand.on(days=30)
    settle(case.office)
    assert (listed(case, held) == [since]) or proposal is Proposal.SUSPEND, "and stays so, though the way begins anew"
    case.bring(held)
    with case.office.store.read() as tx:
        assert consequences.step(tx, held) is held.stage
    assert listed(case, held) == ([held.due_at] if proposal is Proposal.SUSPEND else [])


def test_programs_and_people_read_that_it_is_to_be_served(store: Store, hand: Hand) -> None:
    case, held = imposed(store, hand, Proposal.REVOKE)
    with serving(case.office) as edge, edge.as_("officer") as officer, edge.client() as browser:
        one = officer.get(f"/v1/consequences/{held.id}").json()
        (other,) = [row for row in officer.get("/v1/consequences").json()["consequences"] if row["id"] == held.id]
        assert (one["stage"], one["due_at"]) == (other["stage"], other["due_at"]) == ("SERVE", listed(case, held)[0].isoformat())
        logged_in(edge, browser)
        assert f"/notices/{held.id}:decision" in browser.get("/review?lang=en").text
        (now,) = [line for line in browser.get(f"/consequences/{held.id}?lang=en").text.splitlines() if 'class="now"' in line]
        assert f"/notices/{held.id}:decision" in now
        case.bring(held)
        assert officer.get(f"/v1/consequences/{held.id}").json()["stage"] is None
