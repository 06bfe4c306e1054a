"""What comes while an entry is on its way to a receiver is told that receiver as soon as it has it (scenario 62)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.consequence import Signed
from inspector.flows import annulling, objections, repairs
from inspector.ports import CreditEntry, Receipt
from inspector.store.tx import Tx
from tests.house import settle
from tests.integration.test_creditrecords import NAMES, PAPERS, Place, here

pytestmark = pytest.mark.alike
__all__ = ["here"]


def during(here: Place, do: Callable[[Tx, str], object]) -> Place:
    """The place with a first receiver during whose first taking something is done to the entry."""
    real, done = here.office.connectors.credit["platform"], list[str]()

    class Slow:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def record(self, entry: CreditEntry, *, key: str) -> Receipt:
            receipt = real.record(entry, key=key)
            if not done:
                done.append(key)
                with here.office.store.begin() as tx:
                    do(tx, entry.entry_id)
            return receipt

    credit: Any = {**here.office.connectors.credit, "platform": Slow()}
    return replace(here, office=replace(here.office, connectors=replace(here.office.connectors, credit=credit)))


def test_an_objection_during_the_push_marks_the_entry_at_once(here: Place) -> None:
    slow = during(here, lambda tx, entry: objections.object(here.office, tx, entry, "不属实", (), "link", here.hand()))
    entry = slow.found(5)
    settle(slow.office)
    assert (slow.record(entry).contested, here.first.became.get(entry)) == (True, ["MARKED"]), "in the same minute"


def test_a_repair_during_the_push_is_told_at_once(here: Place) -> None:
    def repaired(tx: Tx, entry: str) -> None:
        here.hand.on(days=96)  # it may be asked for by then
        repairs.ask(here.office, tx, entry, "已改正", PAPERS, "hall", here.hand(), names=NAMES)
        repairs.decide(here.office, tx, entry, "王五", "符合修复条件", here.hand(), grant=True)

    slow = during(here, repaired)
    entry = slow.found(6)
    settle(slow.office)
    assert here.first.became.get(entry) == ["REPAIRED"]


@pytest.mark.slow
def test_what_is_annulled_during_the_push_is_taken_back_at_once(here: Place) -> None:
    def annulled(tx: Tx, entry: str) -> None:
        by = Signed(by="王五", token="t", at=here.hand())
        annulling.entry(
            here.office, tx, entry, Annulled.COURT, "（2026）行终1号", by.by, here.hand(), token=by.token, reasons="x"
        )

    slow = during(here, annulled)
    with pytest.raises(AssertionError):  # the case has no entry any more
        slow.found(7)
    settle(slow.office)
    assert (len(here.first.gone), here.first.entries) == (1, {}), "it had come"
