"""The watch over every test of this suite: nobody speaks over the network with a transaction open (`tests/apart.py`)."""

from __future__ import annotations

import pytest

from inspector.demo.caller import fetch
from inspector.store.store import Store
from inspector.testing.peer import answer, peer


@pytest.mark.parametrize("opens", ["begin", "read"])
def test_who_speaks_to_the_outside_with_a_transaction_open_is_caught_and_with_none_is_not(store: Store, opens: str) -> None:
    with peer(answer(200, {}), answer(200, {})) as outside:
        with getattr(store, opens)(), pytest.raises(RuntimeError, match="while a transaction is open"):
            fetch(f"{outside.url}/", {})
        assert fetch(f"{outside.url}/", {})[0] == 200
    assert len(outside.heard) == 1
