"""Who rewrites an entry and lays its seal anew leaves the next seal behind: nothing is published. On both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.domain.ledger import GENESIS, chain
from inspector.flows import attention, reconcile
from inspector.flows.publish import Drawn
from inspector.store.store import Store
from inspector.store.tables import ledger, seal
from tests.house import Hand, application, post
from tests.integration.test_draw_way import FACTS
from tests.integration.test_reconcile import differs, held
from tests.integration.test_tampered import daily, rewrite, sealed


def laid_anew(store: Store, number: int) -> None:
    """A seal over the entries that stand there now, as if they always had."""
    with store.begin() as tx:
        row = tx.connection.execute(sa.select(seal).where(seal.c.number == number)).one()
        before = tx.connection.execute(sa.select(seal.c.head).where(seal.c.number == number - 1)).scalar_one_or_none()
        asked = sa.select(ledger.c.digest).where(ledger.c.seal == number).order_by(ledger.c.id)
        digests = tx.connection.execute(asked).scalars().all()
        head = chain(before or GENESIS, number, row.at, digests)
        tx.connection.execute(sa.update(seal).where(seal.c.number == number).values(head=head))


@pytest.mark.slow
def test_an_entry_rewritten_with_its_own_seal_is_found_by_the_next_one_and_nothing_is_published(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    sealed(store, hand)
    with store.read() as tx:
        number = tx.ledger.head()[0]
    post(office, application(50, "dispatch-premises", FACTS))
    sealed(store, hand)
    assert differs(office, drawn.number) == set()
    rewrite(store, drawn.number, "draw.announce", objects=7)
    laid_anew(store, number)
    assert differs(office, drawn.number) == {"records_seal"}
    with store.read() as tx:
        assert tx.ledger.unsound({number}) == {number + 1}


@pytest.mark.alike
@pytest.mark.slow
def test_while_the_ledger_does_not_hold_nothing_of_any_draw_is_published(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    sealed(store, hand)
    other = post(office, application(50, "dispatch-premises", FACTS))
    sealed(store, hand)
    with store.begin() as tx:
        tx.connection.execute(sa.update(ledger).where(ledger.c.about == other).values(rule="other"))
    assert differs(office, drawn.number) == set(), "nothing that is told of the draw"
    hand.on(days=200)
    daily(office)
    with pytest.raises(Refusal, match=rf"{reconcile.MATTER}.*ledger_broken"), store.read() as tx:
        Drawn.of(office, tx, drawn.number)
    with store.begin() as tx:
        attention.close(tx, f"{reconcile.MATTER}:{reconcile.LEDGER}", "李主任", hand())
    daily(office)
    with pytest.raises(Refusal, match="ledger_broken"), store.read() as tx:
        reconcile.refuse(office, tx, drawn)
