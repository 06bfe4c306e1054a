"""A paper that speaks against somebody is read by two people: who transcribed it, with its scan's digest, and who decides by it."""

from __future__ import annotations

import pytest

from inspector.domain.evidence import Evidence
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

SAYS = {"do": "answer", "verdict": "mismatch", "value": "1", "signer": "区民政局 王五", "written": "经查，登记人口为1人"}
SCAN = "ab" * 32


def _piece(edge: Edge, store: Store, case_id: str) -> Evidence:
    with store.read() as tx:
        return next(one for one in tx.cases.evidence(case_id) if one.id.startswith("assist:"))


def test_a_paper_that_proves_needs_its_scan_too_for_a_rule_closes_the_case_by_it(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    case_id = opened(office)
    settle(office)
    where = f"/v1/assistance/{request_of(store, case_id).id}/transcription"
    proves = {"do": "answer", "verdict": "match", "written": "经查一致", "signer": "王五"}
    with serving(office) as edge, edge.as_("officer", "bureau", "li") as li:
        bare = li.post(where, json=proves)
        assert (bare.status_code, bare.json()["error"]["code"]) == (422, "scan_missing")
        assert request_of(store, case_id).state.open, "nothing was taken"
        assert li.post(where, json=proves | {"scan": SCAN}).json()["state"] == "ANSWERED"


def test_a_paper_that_contradicts_needs_its_scan_and_is_decided_by_another_than_who_transcribed_it(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    where = f"/v1/assistance/{request.id}/transcription"
    with serving(office) as edge, edge.as_("officer", "bureau", "li") as li, edge.as_("officer", "bureau", "zhao") as zhao:
        bare = li.post(where, json=SAYS)
        valued = li.post(where, json={name: text for name, text in SAYS.items() if name != "verdict"})
        assert [(one.status_code, one.json()["error"]["code"]) for one in (bare, valued)] == [(422, "scan_missing")] * 2
        assert request_of(store, case_id) == request, "nothing was taken"
        assert li.post(where, json=SAYS | {"scan": SCAN}).json()["state"] == "ANSWERED"
        piece = _piece(edge, store, case_id)
        assert (piece.verdict, piece.door, piece.token, piece.reply_digest) == ("mismatch", "paper", "li", SCAN)
        decision = {"outcome": "UNTRUE_CURABLE", "reasons": "经协查不符", "evidence": [piece.id]}
        own = li.post(f"/v1/cases/{case_id}/review", json=decision)
        assert (own.status_code, own.json()["error"]["code"]) == (422, "evidence_own")
        assert zhao.post(f"/v1/cases/{case_id}/review", json=decision).status_code == 200
