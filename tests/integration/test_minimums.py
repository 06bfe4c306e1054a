"""A least number of an item, from the intake to the visits: its cases have a stratum of their own, and as many as are owed are drawn."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.apart import apart
from inspector.domain.policy import Policy
from inspector.domain.sampling import MinimumRow, Window
from inspector.flows.draw import announce_now
from inspector.flows.framing import frame
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.store.store import Store
from inspector.verifier import verify_draw
from tests.house import ROOT, Hand, application, post, settle
from tests.integration.test_draw_way import carried_out, drawing, visits
from tests.integration.test_joint import stored
from tests.operator import on_both, one_database

pytestmark = pytest.mark.alike

database_url = one_database
APART = "normal-U/business-licence"
OWED = MinimumRow(row="least", items=("business-licence",), levels=frozenset("U"), least=4, per=Window.QUARTER, basis="P:2.3")


def ruled(office: Office, *minimums: MinimumRow) -> Office:
    """The plan's pack, with what is owed of an item."""
    shipped = office.book.get("maoji@2026.1")
    pack = replace(shipped, id="demo", version="1", bounds=replace(shipped.bounds, floor=None, sizes=()), minimums=minimums)
    return replace(office, book=replace(office.book, packs=(apart(pack),)))


def pack_of(office: Office) -> Policy:
    return office.book.get("demo@1")


def taken_in(office: Office, numbers: range) -> None:
    for number in numbers:
        post(office, application(number, "business-licence", {"registration-status": "存续"}, notice_version="2026-01"))
    settle(office)


@pytest.mark.slow
@on_both
def test_of_an_item_s_cases_as_many_are_drawn_as_are_owed_and_the_derivation_says_by_which_row(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    """Of ten cases 5 % are one; of the stratum two are owed in a quarter, and four of this item."""
    office, _, _ = drawing(store, hand)
    office = ruled(office, OWED)
    taken_in(office, range(1, 11))
    with store.begin() as tx:
        assert tx.schedules.fired("plan:weekly", hand(), None, hand(), "test")
        tx.schedules.declare("plan:weekly", "the quarter's last", datetime.fromisoformat("2026-04-06T09:00:00+08:00"))
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    done = carried_out(office, hand, held.number)
    assert Counter(visit.stratum for visit in visits(office, held.number)) == {APART: 4}
    with store.read() as tx:
        derivation = json.loads(tx.draws.files(held.number)["rules.json"])["derivation"]
    (step,) = [one for one in derivation["steps"] if one["rule"] == "quota.item_minimum"]
    assert (step["row"], step["basis"], step["asked"], step["given"], step["added"]) == ("least", "P:2.3", 4, 1, {APART: 3})
    assert derivation["rows"][APART] == "sample-normal-U", "the ratio is that of the stratum"
    for name, content in stored(office, done).items():
        (tmp_path / name).write_bytes(content)
    assert judge(Bundle.of_folder(tmp_path), None).verdict.holds
    assert verify_draw.main([str(tmp_path)]) == 0, "no verifier knows of items: a part is a stratum like any other"


def test_a_pack_that_owes_nothing_of_the_item_any_more_draws_its_cases_with_the_others(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    plan, office = office.plans["weekly"], ruled(office, OWED)
    taken_in(office, range(1, 4))
    with store.begin() as tx:
        before = frame(office, tx, plan, pack_of(office), "bureau-2026-00001", hand())
        after = frame(office, tx, plan, pack_of(ruled_again(office)), "bureau-2026-00001", hand())
    assert {row.stratum for row in before.frame.objects} == {APART}
    assert {row.stratum for row in after.frame.objects} == {"normal-U"}


def test_a_case_of_before_the_row_counts_with_the_others(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    plan, office = office.plans["weekly"], ruled(office)
    taken_in(office, range(1, 3))
    later = ruled(office_with(office), OWED)
    taken_in(later, range(3, 5))
    with store.begin() as tx:
        made = frame(later, tx, plan, pack_of(later), "bureau-2026-00001", hand())
    assert Counter(row.stratum for row in made.frame.objects) == {"normal-U": 2, APART: 2}


def office_with(office: Office) -> Office:
    """The office with the shipped packs again."""
    return replace(office, book=Policybook.load(ROOT / "policies"))


def ruled_again(office: Office) -> Office:
    """The same office under a pack without the row."""
    pack = pack_of(office)
    rows = tuple(replace(row, shared=False) for row in pack.samplings if not row.part_of)
    return replace(office, book=replace(office.book, packs=(replace(pack, minimums=(), samplings=rows),)))
