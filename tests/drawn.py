"""An office that can draw, and its first draw as `tests/integration/test_draw_way.py` lives it: laid there where nothing speaks against it.

For tests of what comes after a draw. What a draw is, and what goes wrong with one, is lived in each test that asks.
"""

from __future__ import annotations

from inspector.domain.plan import Draw
from inspector.flows.office import Office
from inspector.store.store import Store
from tests import kept
from tests.house import Hand
from tests.integration import test_draw_way as way
from tests.integration.test_draw_way import Notary, Phones, visits

__all__ = ["announced", "carried_out", "drawing", "visits"]


def drawing(store: Store, hand: Hand, *, staff: int = 5, silent: str = "") -> tuple[Office, Phones, Notary]:
    """An office that can draw."""
    fresh = kept.untouched(store)
    office, phones, notary = way.drawing(store, hand, staff=staff, silent=silent)
    if fresh:
        kept.opened(office, hand, ("drawing", staff, silent))
    return office, phones, notary


def announced(office: Office, hand: Hand, cases: int = 3) -> tuple[list[str], Draw]:
    """Cases that need their premises seen, and an announced draw with its seed due."""
    return kept.lived(office, hand, ("announced", cases), lambda: way.announced(office, hand, cases))


def carried_out(office: Office, hand: Hand, number: str) -> Draw:
    """The ceremony is held and the draw carried out."""
    return kept.lived(office, hand, ("carried out", number), lambda: way.carried_out(office, hand, number))
