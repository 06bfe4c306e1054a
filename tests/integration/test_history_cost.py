"""What a claim, a tick and a night's search look at, however much history lies beside them. Counted, not timed, on both databases."""

from __future__ import annotations

import pytest

from inspector.store.store import Store
from tests.bench import history

YOUNG, OLD = 2_000, 50_000


@pytest.mark.slow
def test_twenty_five_times_the_history_costs_a_claim_a_tick_and_a_span_of_the_night_nothing_more(store: Store) -> None:
    cost = []
    for rows in (YOUNG, OLD):
        history.fill(store, rows * 10, rows)
        cost.append(history.measure(store))
    young, old = cost
    for name in history.FLAT:
        assert old[name][1] <= history.ALLOWED * young[name][1] + history.LITTLE, (name, young[name], old[name])
    assert old["counts"][1] > 10 * young["counts"][1], (
        "what waits is counted by going over it: so growth is seen where there is some"
    )
