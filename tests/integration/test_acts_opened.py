"""Who opens a proceeding names an act of the catalogue by the same rule as a review: what is untrue is not entered as false, nor else."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence
from inspector.domain.errors import Invalid
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.flows import proceedings
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, open_office
from tests.integration.test_acts import catalogued
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def let_go(store: Store, hand: Hand, outcome: Outcome, act: str) -> Proceeding:
    """A case found against its subject, whose entry that officer has let go: another proceeding may be opened."""
    office = catalogued(open_office(store, hand, sources={"registers": Table(default="吊销")}))
    case = decided(store, hand, outcome, act=act, office=office)
    case.drop(case.the(Proposal.RECORD_CREDIT))
    return case


def opened(case: Proceeding, proposal: Proposal, act: str) -> Consequence:
    with case.office.store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    given = Opening(proposal=proposal, by="李四", evidence=ids, act=act, reasons="另有发现")
    return case.act(lambda tx: proceedings.propose(case.office, tx, case.case, given, case.by("李四"), case.hand()))


@pytest.mark.parametrize("act", ["act-false", "act-false-grave"])
def test_what_was_found_untrue_is_not_entered_as_false_by_one_officer(store: Store, hand: Hand, act: str) -> None:
    case = let_go(store, hand, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    with pytest.raises(Invalid, match="act_unknown"):
        opened(case, Proposal.RECORD_CREDIT, act)
    held = opened(case, Proposal.RECORD_CREDIT, "act-untrue-curable")
    assert (held.grading.act, held.grading.grade) == ("act-untrue-curable", "minor")


def test_what_was_found_false_is_not_entered_as_what_bars_nobody(store: Store, hand: Hand) -> None:
    case = let_go(store, hand, Outcome.FALSE_KNOWING, "act-false")
    for act, code in (("", "act_missing"), ("act-untrue-curable", "act_unknown")):
        with pytest.raises(Invalid, match=code):
            opened(case, Proposal.RECORD_CREDIT, act)
    done = case.impose(opened(case, Proposal.RECORD_CREDIT, "act-false-grave"))
    with store.read() as tx:
        record = tx.records.get(done.entry)
    assert (record.act, record.grade, record.bars) == ("act-false-grave", "serious", True)


@pytest.mark.slow
def test_a_penalty_needs_no_act_and_takes_none_that_the_pack_does_not_have(store: Store, hand: Hand) -> None:
    case = let_go(store, hand, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        with store.read() as tx:
            ids = [piece.id for piece in tx.cases.evidence(case.case)]
        path, given = f"/v1/cases/{case.case}/consequences", {"proposal": "PENALTY", "evidence": ids, "reasons": "另有发现"}
        for act in ("no-such", "act-false-grave"):
            refused = officer.post(path, json=given | {"act": act})
            assert (refused.status_code, refused.json()["error"]["code"]) == (422, "act_unknown")
        assert officer.post(path, json=given).status_code == 200
