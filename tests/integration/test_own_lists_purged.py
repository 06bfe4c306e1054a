"""A case that went at the end of its days bars no extension of a draw of lists with rules of their own, and gives nobody a chance."""

from __future__ import annotations

import json

import pytest

from inspector.flows import purging
from inspector.flows.draw import announce_now
from inspector.store.store import Store
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import carried_out, visits
from tests.integration.test_joint import stored
from tests.integration.test_own_lists import FIRE, MARKET, departments, firms
from tests.integration.test_own_lists_after import extended
from tests.owing import went

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_a_purged_case_is_left_out_of_an_extension_and_the_other_lists_are_as_they_were(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand, dict.fromkeys((MARKET, FIRE), 30))
    firms(office, FIRE, range(7, 19))
    cases = [post(office, application(number, "business-licence", {"registration-status": "存续"})) for number in range(30, 38)]
    settle(office)
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
    assert made is not None
    settle(office)
    done = carried_out(office, hand, made.number)
    drawn = {case for visit in visits(office, done.number) for case in visit.case_ids}
    gone = next(case for case in cases if case not in drawn)
    with store.begin() as tx:
        went(tx, gone, hand())
        tx.purging.take(gone, list(purging.entries(tx, gone)))
    more = extended(office, hand, done.number, **{FIRE: 1})
    told = {one["name"]: one for one in json.loads(stored(office, more)["commit.json"])["lists"]}
    assert [told[name]["derivation"]["gone"] for name in (MARKET, FIRE)] == [1, 0]
    assert told[MARKET]["objects"]["n"] == len(cases) - 1
