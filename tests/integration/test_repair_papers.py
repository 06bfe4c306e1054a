"""A repair is granted by papers that somebody can tell apart, and where the pack asks by another officer than who decided the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Refusal
from inspector.flows import repairs
from inspector.flows.office import Office
from inspector.labels import told
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_creditdesk import send
from tests.integration.test_creditrecords import NAMES, PAPERS, Place, place
from tests.integration.test_forms import logged_in

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


@pytest.fixture
def edge(here: Place) -> Iterator[Edge]:
    with serving(here.office) as held:
        yield held


def second(office: Office) -> Office:
    """The office by packs that ask for a second person."""
    law = [(pack, pack.credit) for pack in office.book.packs]
    packs = tuple(replace(pack, credit=replace(held, repair=replace(held.repair, second=True))) for pack, held in law)
    return replace(office, book=replace(office.book, packs=packs))


def minor(here: Place) -> str:
    return here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")


def test_nothing_is_granted_by_a_number_alone(here: Place) -> None:
    entry = minor(here)
    with here.office.store.begin() as tx:
        repairs.ask(here.office, tx, entry, "已改正", PAPERS, "hall", here.hand())
    with pytest.raises(Refusal, match="repair_unnamed") as refused, here.office.store.begin() as tx:
        repairs.decide(here.office, tx, entry, "王五", "符合条件", here.hand(), grant=True)
    assert refused.value.facts["papers"] == ("CORRECTED", "COMMITMENT")
    assert "（改正并履行义务的证明、公开信用承诺）" in told(refused.value, "zh-Hans")
    came = here.hand()
    here.hand.on(seconds=60)
    with here.office.store.begin() as tx:
        held = repairs.ask(here.office, tx, entry, "", PAPERS, "王五", here.hand(), names=NAMES)
    assert held.repair is not None
    assert {(one.name, one.by, one.at) for one in held.repair.brought} == {(name, "hall", came) for name in NAMES.values()}, (
        "since when it is here, and by whom it came, is said once"
    )
    with here.office.store.begin() as tx:
        done = repairs.decide(here.office, tx, entry, "王五", "符合条件", here.hand(), grant=True)
    assert done.state is RecordState.REPAIRED


def test_what_was_brought_is_refused_without_saying_what_it_is(here: Place) -> None:
    entry = minor(here)
    with here.office.store.begin() as tx:
        repairs.ask(here.office, tx, entry, "已改正", PAPERS, "hall", here.hand())
        refused = repairs.decide(here.office, tx, entry, "王五", "看不出是什么材料", here.hand(), grant=False)
    assert (refused.state, refused.repair) == (RecordState.STANDING, None)


def test_the_officer_reads_what_each_paper_is_when_it_came_and_through_whom(edge: Edge, here: Place) -> None:
    entry = minor(here)
    path = f"/credit/records/{entry}"
    with edge.client() as browser, edge.as_("officer", name="王五") as api:
        logged_in(edge, browser, name="赵六")
        bare = send(browser, path, "repair", {"corrected": b"proof"}, words="已改正")
        assert (bare.status_code, 'aria-invalid="true"' in bare.text) == (422, True)
        told = {"corrected_name": "整改验收单", "commitment_name": "公开信用承诺书"}
        assert send(browser, path, "repair", {"corrected": b"proof", "commitment": b"promise"}, **told).status_code == 303
        page = browser.get(path).text
        assert ("整改验收单" in page, "公开信用承诺书" in page, "赵六" in page) == (True, True, True)
        shown = api.get(f"/v1{path}").json()["record"]["papers"]
        assert [(one["paper"], one["name"], one["by"]) for one in shown] == [
            ("CORRECTED", "整改验收单", "赵六"),
            ("COMMITMENT", "公开信用承诺书", "赵六"),
        ]
        assert all(one["at"] and len(one["digest"]) == 64 for one in shown)


@pytest.mark.parametrize("name", ["李四", "李 四"])
def test_where_the_pack_asks_for_a_second_person_who_decided_the_record_does_not_decide_its_repair(
    here: Place, name: str
) -> None:
    entry = minor(here)
    with here.office.store.begin() as tx:
        repairs.ask(here.office, tx, entry, "已改正", PAPERS, "hall", here.hand(), names=NAMES)
    two = second(here.office)
    for grant in (True, False):
        with pytest.raises(Refusal, match="repair_same_officer"), here.office.store.begin() as tx:
            repairs.decide(two, tx, entry, name, "符合条件", here.hand(), grant=grant)
    with pytest.raises(Refusal, match="repair_same_officer"), here.office.store.begin() as tx:
        repairs.decide(two, tx, entry, "李思", "符合条件", here.hand(), grant=True, token="t-李四")
    with here.office.store.begin() as tx:
        done = repairs.decide(two, tx, entry, "王五", "符合条件", here.hand(), grant=True, token="t-王五")
    assert (done.state, done.ended_by) == (RecordState.REPAIRED, "王五")


def test_where_it_does_not_as_in_packs_of_before_any_officer_decides(here: Place) -> None:
    entry = minor(here)
    with here.office.store.begin() as tx:
        repairs.ask(here.office, tx, entry, "已改正", PAPERS, "hall", here.hand(), names=NAMES)
        done = repairs.decide(here.office, tx, entry, "李四", "符合条件", here.hand(), grant=True)
    assert done.state is RecordState.REPAIRED
