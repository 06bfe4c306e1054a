"""Ways around the watch over edits: rows that leave a register and come back changed are edited all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.frame import ELIGIBLE, Ban, InspectorRow, ObjectRow, freeze
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.plan import Draw
from inspector.domain.report import deserted
from inspector.flows import edits, moved, watching
from inspector.flows.draw import announce_now
from inspector.flows.lists import find
from inspector.flows.office import Office, Plan
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.store import Store
from tests.house import ZONE, Hand, application, closing, post, settle
from tests.integration.test_draw_edits import matters
from tests.integration.test_draw_levels import matters as of_levels
from tests.integration.test_draw_levels import stated
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import announced, carried_out, drawing, visits
from tests.integration.test_extension import code, extended, raised
from tests.integration.test_extension import drawn as rooted
from tests.integration.test_joint import JOINT, together
from tests.operator import Operator, on_both, one_database, settled, table

pytestmark = pytest.mark.alike

database_url = one_database

STAFF = ["id", "name", "certificate", "certificate_until", "pools", "cap", "channel", "address"]
SHOPS = ["code", "name", "pool", "since"]


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def officer(number: int, cap: int = 99) -> list[str]:
    return [f"Z{number:03d}", f"检查员{number}", f"C{number}", "2030-01-01", "bureau", str(cap), "phones", f"phone-{number}"]


def shop(number: int, pool: str = "bureau") -> list[str]:
    return [f"TEST{number:014d}", "某公司", pool, "2026-01-01"]


def importing(operator: Operator, hand: Hand, what: str, heads: list[str]) -> Callable[..., None]:
    """Brings a whole register in from a file: what it lacks goes."""

    def imports(*rows: list[str]) -> None:
        file = operator.file(f"{what}.csv", table(heads, *rows))
        said = operator.say("roster", "import", what, file, "--agency", "bureau", "--yes", "--remove", "--uncovered")
        assert said.code == 0, said.err
        hand.now = max(hand.now, datetime.now(ZONE))

    return imports


def derived(store: Store, number: str) -> dict[str, Any]:
    """What the commitment of a draw says of how its frame came about."""
    with store.read() as tx:
        told: dict[str, Any] = json.loads(tx.draws.file(number, "commit.json"))["lists"][0]["derivation"]
    return told


def told_of(office: Office, number: str) -> tuple[Any, str]:
    """What a draw's report says of the registers, and the report in words."""
    with office.store.read() as tx:
        made = report(office, tx, number)
    assert made.moves is not None
    return made.moves, markdown(tell(made, "en"))


@on_both
@pytest.mark.slow
def test_officers_who_are_taken_out_and_come_back_with_another_cap_are_edited_and_put_back(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        imports = importing(operator, hand, "inspectors", STAFF)
        whole = [officer(number) for number in range(1, 6)]
        imports(*whole)
        with store.read() as tx:
            before = moved.between(tx, "bureau", None)
        imports(*whole[3:])
        imports(*(officer(number, 0) for number in range(1, 4)), *whole[3:])
        _, held = announced(office, hand)
        counted = derived(store, held.number)["moved"]
        assert counted["edited"] - before.edited == 3, "three caps, by way of the door"
        assert (counted["officers_added"], counted["officers_removed"]) == (3, 3)
        hand.on(minutes=2)
        imports(*whole[3:])
        imports(*whole)
        (matter,) = matters(office)
        assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 3)
        carried_out(office, hand, held.number)
        moves, words = told_of(office, held.number)
        assert (moves.officers_added, moves.officers_removed) == (3, 3)
        assert moves.put_back == 9, "three who went and came once more, and three caps"
        assert "| Officers taken out of it before | 3 |" in words


@on_both
def test_an_officer_who_is_out_of_the_register_for_one_frame_alone_is_a_matter_of_the_head(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        imports = importing(operator, hand, "inspectors", STAFF)
        whole = [officer(number) for number in range(1, 6)]
        imports(*whole)
        imports(*whole[1:])
        _, held = announced(office, hand)
        assert "Z001" not in _lines(store, held.number, "inspectors.tsv")
        hand.on(minutes=2)
        imports(*whole)
        (matter,) = matters(office)
        assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 1)


@pytest.mark.slow
def test_objects_that_are_taken_out_and_come_back_elsewhere_are_edited_and_put_back(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        office = replace(office, plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)})
        with store.begin() as tx:
            tx.rosters.put_inspectors([replace(one, pools=("bureau", "西区")) for one in tx.rosters.inspectors("bureau")])
        imports = importing(operator, hand, "objects", SHOPS)
        whole = [shop(number) for number in range(1, 25)]
        imports(*whole)
        imports(*whole[:-2])
        imports(*whole[:-2], shop(23, "西区"), shop(24, "西区"))
        held = announce(office, hand, "weekly")
        settle(office)
        counted = derived(store, held.number)["moved"]
        assert (counted["removed"], counted["returned"], counted["edited"]) == (2, 2, 2)
        hand.on(minutes=2)
        imports(*whole[:-2])
        imports(*whole)
        (matter,) = matters(office)
        assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 2)
        with store.read() as tx:
            last = [facts for _, facts in tx.ledger.facts((edits.RULE,), "roster:bureau")][-1]
        assert [one[1:] for one in last["edits"]] == [["pool", "西区", "bureau"]] * 2


def _lines(store: Store, number: str, name: str) -> list[str]:
    with store.read() as tx:
        return [line.split("\t")[0] for line in tx.draws.file(number, name).decode().splitlines()]


def past(hand: Hand, agency: str, number: int, **changes: Any) -> Inspection:
    """An inspection of twenty days ago, as an agency's record tells it."""
    made = Inspection(
        agency=agency,
        kind=SubjectKind.FIRM,
        code=code(number),
        on=hand().date() - timedelta(days=20),
        check=CheckType.PLANNED,
        authority=Authority.UPPER,
        number="x",
    )
    return replace(made, **changes)


def tells(office: Office, hand: Hand, *rows: Inspection, by: str = "os:keeper") -> None:
    """A record is told anew."""
    who = rows[0].agency
    with office.store.begin() as tx:
        edits.note_inspections(office, tx, who, tx.inspections.of(who), rows, by, hand())
        tx.inspections.put(rows, hand())
    hand.on(minutes=1)


def status(store: Store, held: Draw, number: int) -> str:
    """Of an object in the frame: eligible, or by what it is barred."""
    with store.read() as tx:
        row = find(tx, held, held.lists[0], code(number))
    assert row is not None
    return row.status


@on_both
def test_a_past_inspection_in_another_agencys_record_is_counted_and_told_to_the_head_whose_frame_read_it(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    rows = [past(hand, "county", number, authority=Authority.OWN) for number in (3, 999)]
    tells(office, hand, *rows)
    tells(office, hand, past(hand, "county", 4, authority=Authority.OTHER))
    held = announce(office, hand, "weekly")
    settle(office)
    assert (status(store, held, 3), status(store, held, 4)) == ("upper", ELIGIBLE)
    counted = derived(store, held.number)["moved"]
    assert (counted["edited"], counted["others"], counted["others_back"]) == (0, 2, 0), "its own, which this frame reads"
    hand.on(minutes=5)
    tells(office, hand, *(replace(one, completed=False) for one in rows), by="os:other")
    (matter,) = matters(office)
    assert (matter.agency, matter.facts["draw"], matter.facts["count"]) == ("bureau", held.number, 1), "one stands in no frame"
    assert matter.facts["by"] == ["os:keeper", "os:other"]
    carried_out(office, hand, held.number)
    moves, words = told_of(office, held.number)
    assert (moves.others, moves.others_back, moves.put_back) == (2, 0, 2)
    assert "| Past inspections that other agencies have as their own, edited before | 2 |" in words


def test_a_partners_record_bars_in_a_joint_draw_and_is_counted_and_told_to_the_head_who_leads(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    office = replace(pooled(office, "weekly"), plans={"joint": replace(JOINT, pool=True)})
    partner = JOINT.partners[0]
    row = past(hand, partner, 3, on=hand().date() - timedelta(days=4), authority=Authority.OTHER)
    tells(office, hand, row)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    settle(office)
    assert held is not None
    told = derived(store, held.number)
    assert told["partners"][partner]["moved"]["edited"] == 1
    hand.on(minutes=5)
    tells(office, hand, replace(row, completed=False))
    assert {one.agency for one in matters(office)} == {JOINT.agency, partner}
    with store.read() as tx:
        assert moved.after(tx, held, partner).edited_back == 1


@on_both
@pytest.mark.slow
def test_an_extension_counts_what_was_edited_before_its_own_freeze_and_its_head_is_told(store: Store, hand: Hand) -> None:
    office, root = rooted(store, hand)
    office = raised(office)
    gone = {one.object_id for one in visits(office, root.number)}
    friend = next(number for number in range(1, 21) if code(number) not in gone)
    hand.on(minutes=5)
    row = past(hand, "bureau", friend)
    tells(office, hand, row)
    held = extended(office, root.number)
    assert status(store, held, friend) == "upper"
    counted = derived(store, held.number)["moved"]
    assert (counted["since"], counted["edited"], counted["edited_back"]) == (root.number, 1, 0)
    hand.on(minutes=5)
    tells(office, hand, replace(row, completed=False))
    assert held.number in {one.facts["draw"] for one in matters(office)}
    assert root.number not in {one.facts["draw"] for one in matters(office)}, "its frame had nothing of it"
    carried_out(office, hand, held.number)
    moves, _ = told_of(office, held.number)
    assert (moves.edited, moves.put_back) == (1, 1)


def test_what_a_frame_went_by_and_is_told_otherwise_behind_it_is_put_back_by_any_third_value(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    row = past(hand, "bureau", 3)
    tells(office, hand, row)
    tells(office, hand, replace(row, items=("some-item",)))
    tells(office, hand, replace(row, items=()))
    with store.read() as tx:
        before = moved.between(tx, "bureau", None).edited_back
    assert before == 1, "no frame stood upon it yet: only what was is back"
    held = announce(office, hand, "weekly")
    settle(office)
    assert status(store, held, 3) == "upper"
    hand.on(minutes=5)
    tells(office, hand, replace(row, items=("no-such-item",)))
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 1)
    with store.read() as tx:
        assert moved.after(tx, held, "bureau").edited_back == 1


def test_who_went_is_told_for_one_frame_and_otherwise_behind_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    rows = [
        past(hand, "bureau", number, authority=Authority.OWN, check=CheckType.RECHECK, inspectors=("Z001", "Z002", "Z003"))
        for number in range(1, 11)
    ]
    tells(office, hand, *rows)
    held = announce(office, hand, "weekly")
    settle(office)
    with store.read() as tx:
        (few,) = [one for one in tx.attention.of_kind(watching.FEW) if one.open]
    assert (few.agency, few.facts["draw"], few.facts["count"], few.facts["by"]) == ("bureau", held.number, 10, ["os:keeper"])
    hand.on(minutes=5)
    tells(office, hand, *(replace(one, inspectors=("Z009",)) for one in rows))
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 10)


@on_both
@pytest.mark.slow
def test_a_level_that_is_stated_for_the_moment_of_an_intake_is_counted_and_told_to_the_head(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    stated(office, hand, {3: "D", 4: "A"})
    stated(office, hand, {3: "A"}, by="os:other")
    for number in range(1, 9):
        post(office, application(number, "hr-agency-staff", {"insured-staff": "5"}))
    settle(office)
    stated(office, hand, {3: "C", 5: "D"})
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    settle(office)
    assert held is not None
    with store.read() as tx:
        row = find(tx, held, held.lists[0], code(3))
    assert row is not None
    assert row.stratum == "high-A", "a case keeps the class of its intake"
    assert derived(store, held.number)["levels_at_intake"] == {"other": 2, "restated": 1}, "5 has fallen since, by itself"
    (matter,) = of_levels(office)
    assert (matter.agency, matter.facts["draw"], matter.facts["count"]) == ("bureau", held.number, 1)
    assert matter.facts["by"] == ["os:keeper", "os:other"]
    carried_out(office, hand, held.number)
    with store.read() as tx:
        made = report(office, tx, held.number)
    assert made.levels is not None
    assert made.levels.other == 2


def test_a_former_team_of_the_usual_size_in_a_small_pool_is_no_matter_and_in_a_large_one_what_leaves_too_few_is(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    policy = office.policy("bureau", hand().date())
    few = policy.report.crowd * policy.draw.team

    def left(staff: int, *went: str) -> int:
        people = [
            InspectorRow(id=f"Z{number:03d}", pools=("bureau",), quals=(), cap=9, status=ELIGIBLE, salt="0")
            for number in range(1, staff + 1)
        ]
        shop = ObjectRow(id=code(1), stratum="pool-A", status=ELIGIBLE, pool="bureau", qual="", salt="0")
        bans = [Ban(object=code(1), inspector=name, reason="last-visit", salt="0") for name in went]
        return len(deserted(freeze([shop], people, bans), policy.draw.team, policy.report, lambda ban: ban.inspector in went))

    assert left(5, "Z001", "Z002") == 0, "there anybody can guess anyway"
    assert left(5, "Z001", "Z002", "Z003") == 1
    assert left(few + 2, "Z001", "Z002") == 0
    assert left(few + 1, "Z001", "Z002") == 1
    assert left(few - 1, "Z009") == 0, "who is no officer here"
