"""A draw extended: a ratio raised in the middle of the year, a campaign that the head orders; and every way to aim by it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.approval import Approval
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import read
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import InspectorError
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.register import EntryKind, flaw
from inspector.domain.replacement import Ground
from inspector.domain.roster import RosterObject
from inspector.domain.visit import VisitState
from inspector.flows import extend, lists, publish, replacing, review
from inspector.flows.draw import announce_now
from inspector.flows.extend import Signed
from inspector.flows.office import Office, Plan
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store import drawfiles
from inspector.store.store import Store
from inspector.verifier import verify_draw
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import announced, carried_out, drawing, lotteried, replayed, visits
from tests.integration.test_joint import AGENCIES, pooled, together
from tests.needs import require
from tests.operator import on_both, one_database
from tests.second import judged

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database
WHY, DOCUMENT = "年中提高抽查比例", "审管〔2026〕9号"
POOL = "pool-U"


def code(number: int) -> str:
    return f"TEST{number:014d}"


def enrolled(office: Office, count: int = 20) -> None:
    with office.store.begin() as tx:
        for number in range(1, count + 1):
            name = code(number)
            firm = RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=name, original=name, name="某公司", pool="bureau")
            tx.rosters.enrol(firm)


def supervised(store: Store, hand: Hand, *, silent: str = "") -> tuple[Office, Draw]:
    """Twenty firms under daily supervision, of whom the week's draw, announced, will take a quarter."""
    office, _, _ = drawing(store, hand, silent=silent)
    office = replace(office, plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)})
    enrolled(office)
    _, held = announced(office, hand, cases=0)
    return office, held


def drawn(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """The same, carried out: five are drawn."""
    office, held = supervised(store, hand)
    held = carried_out(office, hand, held.number)
    assert len(visits(office, held.number)) == 5
    return office, held


def raised(office: Office, ratio: str = "1/2") -> Office:
    """The pack in force draws more from today on."""
    packs = tuple(
        replace(
            pack,
            samplings=tuple(replace(row, ratio=Fraction(ratio)) if row.stratum == POOL else row for row in pack.samplings),
        )
        for pack in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=packs))


def asked(office: Office, number: str, by: str, **changes: Any) -> Signed:
    """Somebody signs."""
    given = Approval(reason=WHY, basis=DOCUMENT, asked_by=by, asked_at=office.now())
    with office.store.begin() as tx:
        return extend.sign(office, tx, number, replace(given, **changes), office.now())


def extended(office: Office, number: str, **changes: Any) -> Draw:
    """Two persons have signed, and the parties have promised."""
    assert asked(office, number, "李科长", **changes).made is None
    made = asked(office, number, "王主任", **changes).made
    assert made is not None
    settle(office)
    return held(office, made.number)


def held(office: Office, number: str) -> Draw:
    with office.store.read() as tx:
        return tx.draws.get(number)


def files(office: Office, number: str) -> Mapping[str, bytes]:
    with office.store.read() as tx:
        return tx.draws.files(number)


def objects(office: Office, number: str) -> set[str]:
    return {visit.object_id for visit in visits(office, number)}


def refused(do: Callable[[], object]) -> InspectorError:
    with pytest.raises(InspectorError) as told:
        do()
    return told.value


def code_of(do: Callable[[], object]) -> str:
    return refused(do).code


@on_both
def test_a_ratio_raised_in_the_middle_of_the_year_is_made_up_by_a_new_number_with_a_seed_of_its_own(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, first = drawn(store, hand)
    office = raised(office)
    before = files(office, first.number)
    made = extended(office, first.number)
    assert (made.kind, made.extends, made.state) == (DrawKind.EXTENSION, first.number, DrawState.SEEDING)
    assert made.prev == first.c, "it stands in the chain of commitments"
    done = carried_out(office, hand, made.number)
    assert done.state is DrawState.DRAWN
    old, new = objects(office, first.number), objects(office, made.number)
    assert (len(old), len(new), old & new) == (5, 5, set()), "half of twenty: five more, and nobody twice"
    assert {visit.sampled for visit in visits(office, made.number)} == {True}
    after = {name: content for name, content in files(office, first.number).items() if name != "after.jsonl"}
    assert after == before, "the limit of the old draw is not moved"
    told = files(office, made.number)
    status = Counter(line.split("\t")[2] for line in told["objects.tsv"].decode().splitlines())
    assert status == {"1": 15, "drawn": 5}
    listed = json.loads(read(told["commit.json"]).content)["lists"][0]
    assert listed["rules"]["strata"] == {POOL: {"ppm": 0, "min": 5}}, "ruling 9: the number, with its derivation beside it"
    assert "drawn" in listed["rules"]["codes"]
    derivation = listed["derivation"]
    assert (derivation["extends"], derivation["drawn"], derivation["more"]) == (first.number, {POOL: 5}, {POOL: 5})
    assert derivation["quota"] == {POOL: [20, 20, 10, 10]}, "what the pack of today asks of the whole frame"
    assert (derivation["excluded"], derivation["exclusions"]) == (
        {POOL: {"drawn": 5}},
        {"drawn": [["sample-pool-U", "S0:7;P:2.3"]]},
    )
    replayed(office, made.number)
    agreed(tmp_path, lists.bundle(done, told))
    with store.read() as tx:
        entries = tx.register.of_agency("bureau")
        matters = {row["kind"] for row in tx.attention.page(None)}
        steps = [row["rule"] for row in tx.ledger.about(first.number)]
    line = entries[-1]
    assert (line.kind, line.draw, flaw(entries)) == (EntryKind.EXTENSION, made.number, None)
    assert (line.facts["extends"], line.facts["reason"], line.facts["basis"]) == (first.number, WHY, DOCUMENT)
    assert (line.facts["approved"], line.facts["more"]) == (["李科长", "王主任"], {POOL: 5})
    assert "draw_extension_asked" not in matters
    assert [rule for rule in steps if "extension" in rule] == ["draw.extension_asked", "draw.extension_signed"]


@pytest.mark.slow
def test_a_frame_that_lies_in_several_parts_is_extended_as_any_other(
    store: Store, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (drawfiles, publish):
        monkeypatch.setattr(room, "PART", 4)
    office, first = drawn(store, hand)
    done = carried_out(office, hand, extended(raised(office), first.number).number)
    with store.read() as tx:
        assert [len([*tx.draws.parts(done.number, name)]) for name in ("objects.tsv", "members.json")] == [5, 5]
    assert len(objects(office, done.number)) == 5
    assert not objects(office, first.number) & objects(office, done.number)
    replayed(office, done.number)
    agreed(tmp_path, lists.bundle(done, files(office, done.number)))


def agreed(folder: Path, bundle: Mapping[str, bytes]) -> None:
    """The engine, the program and the page come to the same, as for any bundle; with another's object all three refuse it."""
    right, wrong = folder / "right", folder / "wrong"
    result = json.loads(bundle["result.json"])
    one = result["lists"][0]["strata"][POOL]
    one["selected"][0], one["reserve"][0] = one["reserve"][0], one["selected"][0]
    for where, content in ((right, bundle), (wrong, {**bundle, "result.json": json.dumps(result).encode()})):
        where.mkdir()
        for name, text in content.items():
            (where / name).write_bytes(text)
    assert [judge(Bundle.of_folder(where), None).verdict.holds for where in (right, wrong)] == [True, False]
    assert [verify_draw.main([str(where)]) for where in (right, wrong)] == [0, 1]
    require("node")
    first, second = judged([right, wrong])
    assert first.startswith("agrees")
    assert not second.startswith("agrees")


@pytest.mark.slow
def test_the_report_states_the_probability_over_the_draw_and_its_extension_exactly(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    office = raised(office)
    made = extended(office, first.number)
    carried_out(office, hand, made.number)
    with store.read() as tx:
        both = [report(office, tx, number) for number in (first.number, made.number)]
    assert both[0].joint == both[1].joint
    (one,) = both[0].joint
    assert (one.stratum, one.objects, one.probability) == (POOL, 20, Fraction(1, 2)), "1 - (1 - 5/20)(1 - 5/15)"
    assert one.turns == ((first.number, 5, 20), (made.number, 5, 15))
    (chance,) = both[1].chances
    assert (chance.probability, chance.could, chance.objects) == (Fraction(1, 3), 15, 20)
    text = markdown(tell(both[1], "zh-Hans"))
    assert "50.00 %" in text
    assert "本期已抽中" in text
    assert "TEST0" not in text


@pytest.mark.slow
def test_a_campaign_by_the_head_s_order_draws_its_number_and_the_next_one_what_both_have_left(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(office, first.number, reason="专项检查", basis="区政府〔2026〕12号", more={POOL: 3})
    carried_out(office, hand, made.number)
    again = extended(office, first.number, reason="专项检查续", basis="区政府〔2026〕15号", more={POOL: 3})
    carried_out(office, hand, again.number)
    three = [objects(office, number) for number in (first.number, made.number, again.number)]
    assert [len(one) for one in three] == [5, 3, 3]
    assert len(set().union(*three)) == 11
    with store.read() as tx:
        told = report(office, tx, again.number)
    assert [name for name, _, _ in told.joint[0].turns] == [first.number, made.number, again.number]
    assert told.joint[0].probability == Fraction(11, 20)
    listed = json.loads(read(files(office, made.number)["commit.json"]).content)["lists"][0]
    assert listed["derivation"]["approval"] == {
        "basis": "区政府〔2026〕12号",
        "ordered": {POOL: 3},
        "signed": 2,
    }, "what is published names no officer"


@pytest.mark.slow
def test_a_firm_that_may_not_be_visited_today_stays_in_the_frame_under_its_code_and_is_not_drawn(
    store: Store, hand: Hand
) -> None:
    office, first = drawn(store, hand)
    office = raised(office)
    other = replace(office, plans={"monthly": Plan(name="monthly", agency="bureau", trigger="every 30d", pool=True)})
    with store.begin() as tx:
        beside = announce_now(other, tx, "monthly", "clerk", hand())
    assert beside is not None
    settle(other)
    carried_out(other, hand, beside.number)
    made = extended(office, first.number)
    carried_out(office, hand, made.number)
    status = {
        line.split("\t")[0]: line.split("\t")[2] for line in files(office, made.number)["objects.tsv"].decode().splitlines()
    }
    theirs = objects(office, beside.number) - objects(office, first.number)
    assert theirs
    assert {status[name] for name in theirs} == {"open"}
    assert not objects(office, made.number) & theirs


@pytest.mark.slow
@on_both
def test_a_withheld_part_voids_an_extension_by_name_and_the_next_number_follows_on_the_same_approval(
    store: Store, hand: Hand
) -> None:
    office, first = drawn(store, hand)
    seeds = dict(office.connectors.seeds)
    seeds["audit"] = replace(seeds["audit"], silent=True)  # type: ignore[type-var]
    office = raised(replace(office, connectors=replace(office.connectors, seeds=seeds)))
    made = extended(office, first.number)
    carried_out(office, hand, made.number)
    assert held(office, made.number).state is DrawState.VOID
    with store.read() as tx:
        (after,) = [one for one in tx.draws.page(None) if one.number > made.number]
        line = next(one for one in tx.register.of_agency("bureau") if one.draw == after.number)
    assert (after.kind, after.extends, after.without, after.further) == (
        DrawKind.EXTENSION,
        first.number,
        ("audit",),
        ("lottery",),
    )
    assert (line.kind, line.facts["basis"], line.facts["approved"]) == (EntryKind.EXTENSION, DOCUMENT, ["李科长", "王主任"])
    carried_out(office, hand, after.number)
    assert lotteried(office, hand, after.number).state is DrawState.DRAWN
    assert len(objects(office, after.number)) == 5
    assert objects(office, made.number) == set()


@pytest.mark.slow
def test_an_object_of_the_reserve_that_an_extension_has_drawn_is_not_visited_twice(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(raised(office, "19/20"), first.number)
    carried_out(raised(office, "19/20"), hand, made.number)
    reserve = json.loads(files(office, first.number)["result.json"])["lists"][0]["strata"][POOL]["reserve"]
    taken = objects(office, made.number)
    assert len(taken) == 14, "all of the fifteen left but one, so of two of the reserve at least one"
    office = replace(
        office,
        book=replace(
            office.book,
            packs=tuple(replace(one, draw=replace(one.draw, replace_share=Fraction(4, 5))) for one in office.book.packs),
        ),
    )
    for gone, following in zip(visits(office, first.number)[:2], reserve[:2], strict=True):
        with store.begin() as tx:
            told = replacing.give_up(office, tx, gone.id, ground=Ground.UNSAFE, reason="危房", by="李科长", now=hand())
        assert told.came is not None
        expected = VisitState.CANCELLED if following in taken else VisitState.ASSIGNED
        assert (told.came.object_id, told.came.state) == (following, expected)
    replayed(office, first.number)


def test_an_extension_does_not_cost_the_plan_the_draw_of_a_period_that_comes_meanwhile(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(office, first.number, more={POOL: 3})
    slot = "2026-03-09T10:00:00+08:00"
    order = Order(
        kind=OrderKind.DRAW_ANNOUNCE,
        key=f"draw.announce:weekly:{slot}",
        due_at=hand(),
        urgent_by=hand(),
        payload={"plan": "weekly", "slot": slot, "without": []},
    )
    with store.begin() as tx:
        tx.work.order([order], hand())
    settle(office)
    with store.read() as tx:
        assert tx.draws.by_slot("weekly", slot) is None, "one draw of a list at a time"
    carried_out(office, hand, made.number)
    hand.on(days=1)
    settle(office)
    with store.read() as tx:
        late = tx.draws.by_slot("weekly", slot)
    assert late is not None
    assert (late.kind, late.state) == (DrawKind.PLAN, DrawState.SEEDING)


def test_the_next_draw_of_the_plan_goes_on_behind_an_extension(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(raised(office), first.number)
    carried_out(office, hand, made.number)
    hand.on(days=7)
    with store.begin() as tx:
        following = announce_now(office, tx, "weekly", "clerk", hand())
    assert following is not None
    assert (following.kind, following.extends) == (DrawKind.PLAN, None)


@pytest.mark.slow
def test_a_joint_draw_is_extended_for_every_agency_that_takes_part(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _ = together(store, hand)
    office = pooled(office)
    enrolled(office)
    with store.begin() as tx:
        first = announce_now(office, tx, "joint", "clerk", hand())
    assert first is not None
    settle(office)
    first = carried_out(office, hand, first.number)
    made = extended(office, first.number, more={POOL: 3})
    done = carried_out(office, hand, made.number)
    assert (done.lists, done.prev) == (first.lists, first.c)
    assert (len(objects(office, first.number)), len(objects(office, made.number))) == (5, 3)
    assert not objects(office, first.number) & objects(office, made.number)
    with store.read() as tx:
        team = tx.visits.team(visits(office, made.number)[0].id)
    assert Counter(seat.agency for seat in team) == dict.fromkeys(AGENCIES, 2)
    agreed(tmp_path, lists.bundle(done, files(office, made.number)))


def test_cases_that_the_draw_passed_over_are_drawn_by_its_extension_unless_they_are_withdrawn(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    ids = [post(office, application(number, "business-licence", {"registration-status": "存续"})) for number in range(1, 13)]
    settle(office)
    _, first = announced(office, hand, cases=0)
    first = carried_out(office, hand, first.number)
    (stratum,) = {visit.stratum for visit in visits(office, first.number)}
    taken = {case for visit in visits(office, first.number) for case in visit.case_ids}
    assert 0 < len(taken) < 9
    gone, *left = [case for case in ids if case not in taken]
    with store.begin() as tx:
        review.withdraw(office, tx, gone, "不再办理", "hall", hand())
    made = extended(office, first.number, more={stratum: 2})
    told = json.loads(read(files(office, made.number)["commit.json"]).content)["lists"][0]
    assert (told["objects"]["n"], told["derivation"]["gone"]) == (11, 1), "nothing is left to look at in one"
    carried_out(office, hand, made.number)
    more = [case for visit in visits(office, made.number) for case in visit.case_ids]
    assert len(more) == 2
    assert set(more) <= set(left)
