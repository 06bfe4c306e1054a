"""A result that names nobody stands under a number that no paper bears: its visit's stands on the notice that its subject has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.domain.gazette import Fallen
from inspector.flows import publication, shown
from inspector.flows.office import Office
from tests.house import Hand
from tests.integration.test_gazette import built, over
from tests.integration.test_publications import look, office
from tests.integration.test_small_groups import persons

__all__ = ["office"]

pytestmark = pytest.mark.alike


def lines(site: Path) -> list[dict[str, object]]:
    return [json.loads(one) for one in (site / "data/results-00001.jsonl").read_text(encoding="utf-8").splitlines()]


def test_nobody_finds_a_result_by_the_number_of_the_visit(office: Office, hand: Hand, tmp_path: Path) -> None:
    site = tmp_path / "site"
    persons(office, 6)
    duties = look(office, hand)
    over(office)
    built(office, site, post=True)
    told = lines(site)
    numbers = [str(one["id"]) for one in told]
    assert set(numbers) == {shown.number(office, one.id) for one in duties}
    assert numbers == sorted(numbers), "in the order of their visits the third line were the third visit"
    everything = "".join(one.read_text(encoding="utf-8-sig") for one in site.rglob("*") if one.is_file())
    assert not [one.visit for one in duties if one.visit in everything]
    with office.store.read() as tx:
        assert tx.ledger.verify()[1] is None
        held = tx.publications.get(duties[0].id)
    assert held.posted is not None
    assert held.posted.reference.endswith(f"#{shown.number(office, held.id)}")
    page = (site / "results-00001.html").read_text(encoding="utf-8")
    assert f'id="{shown.number(office, held.id)}"' in page, "and there it stands"
    with office.store.begin() as tx:
        publication.recall(office, tx, held.id, Fallen.VOID, "", "", "李四", hand())
    hand.on(days=1)
    built(office, site, post=True)
    gone = [one for one in lines(site) if "removed_on" in one]
    assert [one["id"] for one in gone] == [shown.number(office, held.id)], "the same at each posting"
    assert not [one.visit for one in duties if one.visit in (site / "results-00001.html").read_text(encoding="utf-8")]


def test_what_a_former_release_posted_has_its_number_in_the_next_posting(office: Office, hand: Hand, tmp_path: Path) -> None:
    persons(office, 6)
    duties = look(office, hand)
    over(office)
    built(office, tmp_path / "site", post=True)
    with office.store.read() as tx:
        kept = tx.publications.get(duties[0].id).shown
    assert kept is not None
    assert (kept.number, kept.public) == ("", kept.id), "kept and held to the ledger as a former release kept it"
    assert shown.told(office, kept).digest == kept.digest
