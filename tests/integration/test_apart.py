"""The watch over every test of this suite: nobody speaks over the network with a transaction open (`tests/apart.py`)."""

from __future__ import annotations

import pytest

from inspector.demo.caller import fetch
from inspector.store.store import Store
from inspector.testing.peer import answer, peer
from tests.house import ROOT

PRODUCT = compile("with opens():\n    speak()\n", str(ROOT / "inspector" / "flows" / "speaks.py"), "exec")
"""As if it stood in the product."""


@pytest.mark.parametrize("opens", ["begin", "read"])
def test_who_speaks_to_the_outside_with_a_transaction_open_is_caught_and_with_none_is_not(store: Store, opens: str) -> None:
    with peer(*[answer(200, {})] * 2) as outside:
        with pytest.raises(RuntimeError, match="while a transaction is open"):
            exec(PRODUCT, {"opens": getattr(store, opens), "speak": lambda: fetch(f"{outside.url}/", {})})  # noqa: S102
        with getattr(store, opens)():  # the test's own
            assert fetch(f"{outside.url}/", {})[0] == 200
        assert fetch(f"{outside.url}/", {})[0] == 200
    assert len(outside.heard) == 2
