"""The least that answers the question: off-site, then with a visit that is made anyway, then together, then alone (handbook 1.4.13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.verification import wants_visit
from inspector.domain.visit import VisitState
from inspector.flows.draw import announce_now
from inspector.store.store import Store
from tests.drawn import carried_out
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, visits
from tests.integration.test_joint import AGENCIES, drawn, together, waiting
from tests.integration.test_merged import more, now_of

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_off_site_merge_join_and_solo_come_in_this_order(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    off_site = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.read() as tx:
        assert not wants_visit(tx.cases.get(off_site)), "what a source answers sends nobody"
    cases = waiting(office, *AGENCIES)
    _, joint = drawn(office, hand)
    assert joint.agencies == AGENCIES, "who has checks of one firm goes together"
    assert {one.case_id for one in joint.doubts if one.needed} == {*cases.values()}, "and for nothing that is known without it"
    along = more(office)
    assert now_of(office, joint).case_ids == (*joint.case_ids, along), "what comes since goes along where somebody goes anyway"
    with store.begin() as tx:
        assert announce_now(office, tx, "alone", "clerk", hand()) is None, "nobody goes alone where others go already"
    given = replace(application(2, "dispatch-premises", FACTS), agency="other", reference="R-ALONE")
    alone = post(office, given)
    settle(office)
    with store.begin() as tx:
        held = announce_now(office, tx, "alone", "clerk", hand())
    assert held is not None
    settle(office)
    carried_out(office, hand, held.number)
    (solo,) = visits(office, held.number)
    assert (solo.agencies, solo.case_ids, solo.state) == (("other",), (alone,), VisitState.ASSIGNED), "whom nobody else goes to"
