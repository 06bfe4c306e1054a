"""What is owed to the public of a penalty keeps its case; what is public of a purged one names nobody any more (handbook 2.8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.purge import Hold
from inspector.domain.veil import VEIL
from inspector.flows import gazette
from inspector.store.store import Store
from tests.house import Hand, open_office
from tests.integration.test_disclosure import SECRET, built, duty, fined, rule
from tests.integration.test_gazette import built as register
from tests.integration.test_lead_published import made
from tests.owing import went

pytestmark = pytest.mark.alike


def test_a_penalty_that_is_owed_keeps_its_case_and_a_purged_one_leaves_no_name(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    with store.read() as tx:
        assert Hold.PUBLICATION in tx.purging.held(case.case)
    built(case, tmp_path / "site")
    with store.begin() as tx:
        assert Hold.PUBLICATION not in tx.purging.held(case.case)
        tx.purging.take(case.case, [])
        went(tx, case.case, hand())
    penalty = duty(case, held).penalty
    assert penalty is not None
    assert penalty.ruled is not None
    assert penalty.shown is not None
    assert (penalty.ruled.reasons, penalty.shown.name, penalty.shown.code) == (VEIL, "", "")
    assert SECRET not in repr(duty(case, held))
    assert built(case, tmp_path / "site").lines == (), "and goes from the register with the next posting"


def test_a_purged_check_for_cause_is_counted_and_names_nobody(store: Store, hand: Hand, tmp_path: Path) -> None:
    office = open_office(store, hand)
    owed = made(office, hand, found=False)
    register(office, tmp_path / "site", post=True)
    hand.on(days=1)
    with store.begin() as tx:
        (one,) = (one for one in tx.purging.caseless(hand()) if not one.visit)
    with store.begin() as tx:
        tx.purging.take_caseless(one, [])
        for name in one.names:
            went(tx, name, hand())
    with store.read() as tx:
        shown = tx.publications.get(owed.id).shown
    assert shown is not None
    assert (shown.name, shown.code, shown.counted) == ("", "", True)
    assert (gazette.gather(office, hand(), post=True).lines, gazette.gather(office, hand(), post=True).counted) == ((), 1)
