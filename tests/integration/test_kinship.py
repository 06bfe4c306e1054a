"""Scenario 33: who has declared kinship is never in that object's candidate set; the exclusion is committed to, and its reason is not."""

from __future__ import annotations

import pytest

from inspector.domain.challenge import Applicant
from inspector.flows import recusing
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand
from tests.integration.test_draw_way import replayed, visits

pytestmark = [pytest.mark.alike, pytest.mark.slow]
FIRM, WHY = f"TEST{1:014d}", "表兄在该公司任职"


def test_scenario_33_who_declared_kinship_is_excluded_in_the_manifest_without_the_reason_and_never_dealt(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, staff=4)
    with store.begin() as tx:
        for staff in ("Z001", "Z002"):
            told = {"applicant": Applicant.INSPECTOR, "by": staff, "reason": "kin", "evidence": WHY, "now": hand()}
            recusing.declare(office, tx, "bureau", FIRM, staff, **told)  # type: ignore[arg-type]
    _, held = announced(office, hand, cases=1)
    with store.read() as tx:
        files = {name: bytes(content) for name, content in tx.draws.files(held.number).items()}
    assert [line.split(b"\t")[:3] for line in files["bans.tsv"].splitlines()] == [
        [FIRM.encode(), staff, b"recusal"] for staff in (b"Z001", b"Z002")
    ], "committed to before the seed is known"
    assert all(WHY.encode() not in content for content in files.values())
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        assert {seat.inspector for seat in tx.visits.team(visit.id)} == {"Z003", "Z004"}
        assert all(WHY not in str(entry["body"]) for entry in tx.ledger.about(visit.id))
    replayed(office, held.number)
