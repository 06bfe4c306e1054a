"""What has to be done in set days: a re-check by whichever comes first (handbook 1.1.12), a deletion at every receiver (1.7.9, 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.calendar import due
from inspector.domain.case import Outcome
from inspector.domain.duty import Follow
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.timer import Timer
from inspector.flows import annulling, attention, rectifying
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_forms import logged_in
from tests.proceedings import decided

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


@pytest.mark.parametrize("sooner", [True, False])
def test_the_re_check_is_due_after_the_term_or_after_it_was_asked_for_whichever_comes_first(
    store: Store, hand: Hand, *, sooner: bool
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    until = hand().date() + timedelta(days=14)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY), until=until)
    row = case.office.book.get(order.pack).follows[Follow.RECHECK]
    after_term = order.due_at
    assert after_term is not None
    hand.on(days=1 if sooner else 18)
    with store.begin() as tx:
        asked = rectifying.ask(case.office, tx, order.id, "请求复查", "某某公司", hand())
    after_asking = due(hand(), row.term, case.office.calendar).at
    assert (after_asking < after_term) is sooner
    assert asked.due_at == min(after_term, after_asking)


def test_what_is_annulled_is_to_be_deleted_by_each_receiver_within_the_set_days_and_is_a_matter_once_they_are_over(
    here: Place,
) -> None:
    entry = here.found(1)
    here.second.mode = "away"
    term = here.office.book.get("demo@1").term(Timer.CREDIT_RETRACT).term
    with here.office.store.begin() as tx:
        annulling.entry(here.office, tx, entry, Annulled.COURT, "（2026）行初1号", "王五", here.hand())
    by = due(here.hand(), term, here.office.calendar).at
    with here.office.store.read() as tx:
        rows = [row for row in tx.work.page(limit=1000) if row["kind"] == "credit.retract"]
        assert [(row["urgent_by"], row["expires_at"]) for row in rows] == [(by, by)] * 2
    settle(here.office)
    assert (entry in here.first.entries, entry in here.second.entries) == (False, True)
    assert here.matters("credit_retraction_stuck") == []
    here.hand.on(days=(by.date() - here.hand().date()).days + 1)
    settle(here.office)
    with here.office.store.read() as tx:
        (told,) = tx.attention.standing("credit_retraction_stuck")
    assert (told["entry"], told["connector"], told["due_at"]) == (entry, "sector", by.isoformat())
    with here.office.store.begin() as tx, pytest.raises(Refusal, match="retraction_open"):
        attention.close(tx, f"credit_retraction_stuck:{entry}@sector", "李四", here.hand())
    with serving(here.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f'href="/credit/records/{entry}'
        assert (path in browser.get("/credit").text, path in browser.get("/review").text) == (True, True)
