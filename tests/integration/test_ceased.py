"""Scenario 29: a drawn firm that is no more stays in the results and is published as that; its own stratum alone sends another."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.gazette import CheckResult
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.visit import Visit
from inspector.flows.office import Office, Plan
from inspector.flows.publish import public_bundle
from inspector.flows.replacing import lists_of
from inspector.flows.reporting import report
from inspector.store.store import Store
from tests import minds
from tests.drawn import carried_out, drawing
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce
from tests.integration.test_draw_way import replayed, visits
from tests.integration.test_exclusions import code, firm
from tests.integration.test_gazette import built
from tests.integration.test_publications import look
from tests.integration.test_published import made
from tests.integration.test_replacements import files, gone, lines

pytestmark = [pytest.mark.alike, pytest.mark.slow, pytest.mark.needs("node")]

CEASED = {"index.html": "对象已注销、关闭或者迁出", "en/index.html": "the object has ceased"}


def two_levels(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """Twenty firms of level A and twenty of D, a tenth of each drawn, with two in reserve behind them."""
    office, _, _ = drawing(store, hand, staff=9)

    def change(pack: Policy) -> Policy:
        rows = tuple(replace(row, ratio=Fraction(1, 10), minimum=0) if row.level else row for row in pack.samplings)
        bounds = replace(pack.bounds, floor=None, sizes=())
        return replace(pack, samplings=rows, bounds=bounds, draw=replace(pack.draw, reserve=2, ceased_share=Fraction(1)))

    plans = {"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)}
    office = replace(office, plans=plans, book=replace(office.book, packs=tuple(map(change, office.book.packs))))
    with store.begin() as tx:
        tx.rosters.put_objects(firm(number, name=f"第{number}公司") for number in range(40))
        for number in range(40):
            tx.credit.state(SubjectKind.FIRM, code(number), "AD"[number % 2], hand(), "test")
    held = announce(office, hand, "weekly")
    settle(office)
    return office, carried_out(office, hand, held.number)


def of_level(office: Office, number: str, stratum: str) -> tuple[list[Visit], list[str]]:
    """The visits of a stratum, and its sealed reserve."""
    told = json.loads(files(office, number)["result.json"])["lists"][0]["strata"][stratum]
    return [one for one in visits(office, number) if one.object_id in told["selected"]], told["reserve"]


def test_scenario_29_of_two_strata_the_reserve_of_its_own_follows_and_the_other_s_is_never_touched(
    store: Store, hand: Hand
) -> None:
    office, drawn = two_levels(store, hand)
    (first, second), own = of_level(office, drawn.number, "pool-D")
    safe, others = of_level(office, drawn.number, "pool-A")
    assert (len(safe), len(own), len(others)) == (2, 2, 2)
    came = [gone(office, one).came for one in (first, second)]
    assert [one and (one.object_id, one.stratum) for one in came] == [(name, "pool-D") for name in own], "in the sealed order"
    assert came[0] is not None
    assert gone(office, came[0]).came is None, "its own reserve is used up"
    with store.read() as tx:
        (matter,) = [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == "reserve_used_up"]
        lists = lists_of(tx, drawn.number)
    assert matter["stratum"] == "pool-D"
    assert (lists.spent, lists.following("pool-D"), lists.following("pool-A")) == (0, None, others[0])
    last = gone(office, safe[0]).came
    assert last is not None
    assert (last.object_id, last.stratum) == (others[0], "pool-A")
    assert [one["reason"] for one in lines(office, drawn.number) if one["kind"] != "deal"] == ["ceased"] * 4
    replayed(office, drawn.number)


def test_scenario_29_it_stays_in_the_results_and_the_public_reads_that_it_is_no_more(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, drawn = two_levels(store, hand)
    (left, _), _ = of_level(office, drawn.number, "pool-D")
    done = gone(office, left)
    assert done.came is not None
    made(office, hand, drawn.number)
    duties = {one.visit for one in look(office, hand)}
    assert duties == {one.id for one in visits(office, drawn.number)}, "that of whoever ceased is a result like any other"

    held, _ = built(office, tmp_path, post=True)
    (told,) = [one for one in held.lines if one.found is CheckResult.CEASED]
    assert (told.name, told.code) == (left.name, left.code)
    for page, words in CEASED.items():
        text = (tmp_path / page.replace("index", "results-00001")).read_text(encoding="utf-8")
        (row,) = [one for one in text.split("<tr") if f'id="{told.id}"' in one]
        assert words in row
        assert left.name in row
        assert text.count(words) == 1, "of nobody else"
    rows = list(csv.DictReader(io.StringIO((tmp_path / "data/results-00001.csv").read_text(encoding="utf-8-sig"))))
    assert [one["found"] for one in rows if one["code"] == left.code] == ["CEASED"]
    assert [one["found"] for one in rows if one["code"] == done.came.code] == ["UNCLEAR"], "who came in is published, too"

    with store.read() as tx:
        public = public_bundle(office, tx, drawn.number, hand())
        followed = report(office, tx, drawn.number).after
    selected = json.loads(public["result.json"])["lists"][0]["strata"]["pool-D"]["selected"]
    assert left.object_id in selected, "it stays in the results"
    assert done.came.object_id not in selected, "and nobody is put in its place there"
    assert [minds.house(public), minds.python(public), *minds.browser([public])] == [0, 0, 0]
    assert followed["replace:ceased"] == 1
