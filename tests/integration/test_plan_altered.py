"""An annual plan is the one that was created, approved and published, or no draw takes place under it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from inspector.domain.annual import AnnualState, digest
from inspector.store.drawtables import annual_plan
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_annual_plan import an_office, approved, by_hand, in_force, made, published, refused, withdrawn

pytestmark = pytest.mark.alike


def test_a_plan_that_was_altered_in_the_database_is_neither_approved_nor_drawn_under(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)

    def alter(was: str, to: str) -> None:
        with store.begin() as tx:
            body = tx.connection.execute(sa.select(annual_plan.c.body)).scalar_one()
            assert was in body
            tx.connection.execute(sa.update(annual_plan).values(body=body.replace(was, to)))

    made(office)
    alter('"draws":44', '"draws":45')
    assert refused(lambda: approved(office)).code == "plan_altered"
    alter('"draws":45', '"draws":44')
    approved(office)
    published(office)
    alter('"yearly":72', '"yearly":2')
    assert refused(lambda: by_hand(office)).code == "plan_altered"
    with store.read() as tx:
        altered = tx.annual.get("weekly", 2026)
    alter(altered.digest, digest(altered.content))
    assert refused(lambda: by_hand(office)).code == "plan_altered", (
        "nor with a digest that fits, which whoever writes there can make"
    )
    alter(digest(altered.content), altered.digest)
    alter('"yearly":2', '"yearly":72')
    alter('"approved_by":"李主任"', '"approved_by":"赵主任"')
    assert refused(lambda: by_hand(office)).code == "plan_altered", "nor by a name that never approved it"
    alter('"approved_by":"赵主任"', '"approved_by":"李主任"')
    assert by_hand(office) is not None


def test_a_draft_is_not_published_by_its_row_and_what_was_altered_can_still_be_withdrawn(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    in_force(office)
    withdrawn(office)
    made(office)
    with store.begin() as tx:
        first, second = (json.loads(one) for one in tx.connection.execute(sa.select(annual_plan.c.body)).scalars())
        named = {key: first[key] for key in first if key.startswith(("approved", "published", "document"))}
        body = json.dumps(second | named | {"state": "PUBLISHED"})
        newest = annual_plan.c.edition == 2
        tx.connection.execute(sa.update(annual_plan).where(newest).values(body=body, state="PUBLISHED"))
    assert refused(lambda: by_hand(office)).code == "plan_altered"
    assert withdrawn(office).state is AnnualState.WITHDRAWN
