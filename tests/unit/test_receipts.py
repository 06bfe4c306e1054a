"""What comes after a draw: everybody's receipt, and re-deals that a stranger can replay (draw-protocol 7.8, ruling 15)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.domain import draw
from inspector.domain.commitment import Listing
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, Frame, freeze
from inspector.domain.replay import redealt, replay
from tests.bundles import NAMES, QUAL, RE_DEALS, Bundle, committed, re_deals, rules, thing, vector
from tests.receipts import holds


@pytest.fixture(params=NAMES)
def published(request: pytest.FixtureRequest) -> Bundle:
    return vector(request.param)


@pytest.mark.parametrize("count", range(18))
def test_everybody_gets_a_receipt_and_only_for_the_own_row(count: int) -> None:
    frame = freeze([thing(f"o{k:02d}") for k in range(count)], [], [])
    made = committed([Listing(name="x", frame=frame, rules=rules())])
    for row in frame.objects:
        told = json.loads(json.dumps(draw.receipt(made, frame, row.id, "x")))
        assert holds(made, told, "x")
        assert told["line"].split("\t")[0] == row.id
        assert not holds(made, {**told, "line": told["line"].replace("\tA\t", "\tB\t")}, "x")
        assert not holds(made, {**told, "index": told["index"] + 1}, "x")
        assert not holds(made, {**told, "n": count + 1}, "x")
    with pytest.raises(Invalid, match="draw_object_unknown"):
        draw.receipt(made, frame, "nobody", "x")


def test_a_receipt_lets_an_object_check_its_own_fate_with_a_hash_command(published: Bundle) -> None:
    done = published.carry_out()
    for held in done.lists:
        frame = published.frame(held.name)
        for row in frame.objects:
            told = draw.receipt(published.commitment, frame, row.id, held.name, done)
            own = published.commitment.suite.hex(f"ssj1/draw\n{told['c']}\n{told['seed']}\n")[:32] + row.id
            hashed = published.commitment.suite.digest(own.encode()).hex()
            limit = told["limit"]
            drawn = row.status == ELIGIBLE and isinstance(limit, str) and hashed <= limit
            assert drawn == (row.id in held.selected)


def after(name: str = "after") -> tuple[Bundle, Frame, Any]:
    held, told = vector(RE_DEALS[name]), re_deals(name)
    return held, held.frame(told["list"]), told


def by_the_rule(frame: Frame, deck: str, teams: Mapping[str, list[str | None]], event: Any, out: set[str]) -> str | None:
    """Ruling 15 once more, word by word."""
    visit = next(row for row in frame.objects if row.id == event["object"])
    teams[visit.id][event["seat"]] = None  # loads are those in force without the seat given up
    ranks = []
    for row in frame.inspectors:
        load = sum(team.count(row.id) for team in teams.values())
        banned = any((ban.object, ban.inspector) == (visit.id, row.id) for ban in frame.bans)
        able = visit.pool in row.pools and (event["seat"] > 0 or visit.qual in ("", *row.quals)) and load < row.cap
        if able and not banned and row.id not in out and row.id not in teams[visit.id]:
            ranks.append((load, hashlib.sha256(f"{deck}c\t{load}\t{row.id}".encode()).hexdigest(), row.id))
    return min(ranks)[2] if ranks else None


@pytest.mark.parametrize("name", RE_DEALS)
def test_what_is_published_of_the_time_after_a_draw_follows_the_rule_and_leads_to_the_published_teams(name: str) -> None:
    held, frame, told = after(name)
    reserves = {code: list(one["reserve"]) for code, one in held.result["lists"][0]["strata"].items()}
    stratum = {row.id: row.stratum for row in frame.objects}
    teams = {name: list(team) for name, team in held.expected["teams"].items()}
    out: dict[str, set[str]] = {row.id: set() for row in frame.objects}
    for event in told["events"]:
        if event["kind"] in {"withdrawn", "replace"}:
            teams[event["object"]] = [None, None]
            if event["kind"] == "replace":
                assert event["in"] == reserves[stratum[event["object"]]].pop(0), "like for like, and no choice"
                teams[event["in"]] = [None, None]
            continue
        if event["kind"] == "redeal":
            out[event["object"]].add(event["out"])
        chosen = by_the_rule(frame, held.expected["keys"]["deal/scjg"], teams, event, out[event["object"]])
        assert chosen == event["in"]
        teams[event["object"]][event["seat"]] = chosen
    assert teams == told["teams"]
    replayed = replay(held.commitment, frame, held.carry_out(), "scjg", told["events"])
    assert {name: list(team) for name, team in replayed.items()} == told["teams"]
    assert held.verdict(after={"scjg": told["events"]}).holds


def test_the_published_re_deals_hold_a_second_refusal_a_qualified_seat_a_withdrawn_visit_and_nobody_left() -> None:
    _, _, told = after()
    events = told["events"]
    assert (events[0]["object"], events[0]["in"]) == (events[1]["object"], events[1]["out"])
    assert [event["kind"] for event in events].count("withdrawn") == 1
    assert any(event["kind"] == "redeal" and event["in"] is None for event in events)
    held, frame, _ = after()
    quals = {row.id: row.quals for row in frame.inspectors}
    first = [event["in"] for event in events if event["seat"] == 0 and event["in"]]
    assert [quals[name] for name in first] == [(QUAL,)]
    assert held.verdict(after={"scjg": events[:1]}).holds


@pytest.mark.parametrize(
    "changes",
    [
        {"in": "Z005"},
        {"in": None},
        {"out": "Z002"},
        {"seat": 0},
        {"seat": 9},
        {"seat": None},
        {"seq": 2},
        {"object": "x"},
        {"kind": "wish"},
    ],
)
def test_a_re_deal_that_a_person_chose_is_refused(changes: Mapping[str, object]) -> None:
    held, _, told = after()
    events = [{**told["events"][0], **changes}, *told["events"][1:]]
    verdict = held.verdict(after={"scjg": events})
    assert not verdict.holds
    assert (verdict.problems[0].code, verdict.problems[0].facts["row"]) == ("error.draw_line_invalid", 1)


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        (1, {"in": "91330100MA00010053"}),  # the second of the reserve
        (1, {"in": "91330100MA00012287"}),  # the reserve of another stratum
        (1, {"in": "91330100MA00006702"}),  # drawn already
        (1, {"out": None}),
        (1, {"seat": 0}),
        (2, {"in": "Z001"}),
        (2, {"out": "Z005"}),
        (2, {"seat": 1}),
        (3, {"kind": "redeal", "out": "Z005"}),
    ],
)
def test_a_replacement_or_a_team_of_it_that_a_person_chose_is_refused(line: int, changes: Mapping[str, object]) -> None:
    held, _, told = after("replace")
    events = [{**event, **changes} if event["seq"] == line else event for event in told["events"]]
    verdict = held.verdict(after={"scjg": events})
    assert not verdict.holds
    assert (verdict.problems[0].code, verdict.problems[0].facts["row"]) == ("error.draw_line_invalid", line)


def test_an_object_that_came_in_has_a_whole_team_dealt_before_the_record_ends() -> None:
    held, _, told = after("replace")
    assert not held.verdict(after={"scjg": told["events"][:2]}).holds
    assert held.verdict(after={"scjg": told["events"][:3]}).holds


CALLED_OFF = {"kind": "withdrawn", "object": "91330100MA00003351"}


@pytest.mark.parametrize(
    "event",
    [
        {**CALLED_OFF},
        {**CALLED_OFF, "object": "91330100MA00006702", "seat": 1},
        {**CALLED_OFF, "object": "91330100MA00006702", "out": "Z005"},
        {"kind": "redeal", "object": "91330100MA00003351", "seat": 0, "out": None, "in": "Z005"},
        {"kind": "redeal", "object": "91330100MA00006702", "seat": 0, "out": None, "in": None},
        {"kind": "redeal", "object": "91330100MA00006702", "seat": 1, "out": "Z005"},
        {"kind": "redeal", "object": "91330100MA00006702", "seat": 1, "out": "Z005", "in": "Z003"},
        {**CALLED_OFF, "object": "91330100MA00006702", "reason": 7},
    ],
)
def test_nothing_follows_for_a_visit_called_off_or_a_seat_that_nobody_holds(event: Mapping[str, object]) -> None:
    held, _, told = after()
    line = {"seq": 7, "seat": None, "out": None, "reason": None, "evidence": None, **event}
    verdict = held.verdict(after={"scjg": [*told["events"], line]})
    assert [one.facts["row"] for one in verdict.problems] == [7]


def test_a_re_deal_left_out_or_of_an_unknown_list_is_refused() -> None:
    held, _, told = after()
    assert not held.verdict(after={"scjg": told["events"][1:]}).holds
    assert not held.verdict(after={"nobody": told["events"]}).holds


@pytest.mark.parametrize("name", RE_DEALS)
def test_whoever_writes_the_next_line_finds_in_it_whom_the_published_one_names(name: str) -> None:
    held, frame, told = after(name)
    done, events = held.carry_out(), told["events"]
    seats = [(number, one) for number, one in enumerate(events) if one["kind"] == "redeal"]
    for number, one in seats:
        line = redealt(held.commitment, frame, done, "scjg", events[:number], one["object"], one["out"])
        assert {**line, "reason": one["reason"], "evidence": one["evidence"]} == one
    for visit, staff in (("nobody", "Z001"), (events[0]["object"], "nobody")):
        with pytest.raises(Invalid, match="draw_line_invalid"):
            redealt(held.commitment, frame, done, "scjg", [], visit, staff)
    with pytest.raises(Invalid, match="draw_line_invalid"):
        redealt(held.commitment, frame, done, "scjg", [{**events[0], "in": "nobody"}], events[0]["object"], "Z001")
