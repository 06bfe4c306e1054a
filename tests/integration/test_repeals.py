"""A repeal among the records: what it holds up, what mends it, and that nothing said about it is written over."""

from __future__ import annotations

from datetime import date

import pytest

from inspector.domain.errors import Refusal
from inspector.domain.repeal import Ended, Rereview, Word
from inspector.flows import repeals
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, Table, open_office
from tests.integration.test_catalogue import (
    ITEM,
    WORD,
    applied,
    filed,
    matters,
    public,
    published,
    repealed,
    reviewed,
    withdrawn,
)

pytestmark = pytest.mark.alike
BACK = Word(by="周科员", document="", reason="登记有误")


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    return open_office(store, hand, sources={"registers": Table(default="=")})


def held(office: Office, agency: str = "city") -> Rereview:
    """The item's one re-review at an agency."""
    with office.store.read() as tx:
        (one,) = tx.catalogue.rereviews(agency, ITEM)
    return one


def confirmed(office: Office, agency: str = "city") -> None:
    with office.store.begin() as tx:
        repeals.confirm(office, tx, agency, ITEM, WORD, office.now())


def taken_back(office: Office) -> int:
    with office.store.begin() as tx:
        return len(repeals.take_back(office, tx, "毛管办〔2021〕4号", BACK, office.now()).mended)


def rules(office: Office) -> list[str]:
    """What the ledger has of the item and its repeals, in order."""
    with office.store.read() as tx:
        told = [row["rule"] for row in tx.ledger.about(f"catalogue:city:{ITEM}")]
    return [rule for rule in told if "repeal" in rule or rule == "catalogue.confirm"]


def test_no_edition_on_a_repealed_document_is_reviewed_or_published_until_somebody_says_that_it_stands(office: Office) -> None:
    applied(office)
    repealed(office)
    with pytest.raises(Refusal, match="catalogue_basis_repealed"):
        reviewed(office)
    confirmed(office)
    reviewed(office)
    published(office)
    applied(office, agency="bureau")
    reviewed(office, agency="bureau")
    assert len(matters(office, repeals.REREVIEW)) > 1, "what is said of an item says nothing of the others"


def test_what_is_applied_for_after_the_repeal_is_looked_at_again_too_and_so_is_what_cites_it_once_more(office: Office) -> None:
    repealed(office)
    applied(office, agency="bureau")
    assert held(office, "bureau").ended is None, "its own matter, that its own agency answers"
    public_without(office)
    assert held(office, "bureau").ended is Ended.EDITION
    applied(office, agency="bureau")
    again = held(office, "bureau")
    assert (again.ended, again.before and again.before.ended) == (None, Ended.EDITION)
    with pytest.raises(Refusal, match="catalogue_basis_repealed"):
        reviewed(office, agency="bureau")


def public_without(office: Office) -> None:
    """The application is withdrawn, and an edition published that rests on other sources."""
    withdrawn(office, agency="bureau")
    public(office, agency="bureau", basis="P:2.4")
    filed(office, agency="bureau")


def test_a_repeal_entered_by_mistake_is_taken_back_on_record_and_one_entered_anew_keeps_what_was_said(office: Office) -> None:
    every = len(repealed(office))
    confirmed(office)
    assert repealed(office, on=date(2026, 2, 1)) == [], "another day opens nothing"
    assert (held(office).repealed_on, held(office).ended) == (date(2026, 2, 1), Ended.CONFIRMED)
    assert taken_back(office) == every
    assert matters(office, repeals.REREVIEW) == []
    over = held(office)
    assert (over.ended, over.ended_by, over.reason, over.holds) == (Ended.TAKEN_BACK, "周科员", "登记有误", False)
    assert over.before is not None
    assert (over.before.ended, over.before.confirmation) == (Ended.CONFIRMED, WORD.document)
    public(office, "stable-jobs")
    assert len(repealed(office)) == every
    assert held(office).before == over
    assert rules(office) == [
        "catalogue.repeal",
        "catalogue.confirm",
        "catalogue.repeal_mended",
        "catalogue.repeal_taken_back",
        "catalogue.repeal",
    ]
