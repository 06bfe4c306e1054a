"""Another program in another language, sharing nothing with ours, comes to the same draws (draw-protocol threat 15)."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle as Folder
from inspector.cli.bundle import judge
from inspector.domain.commitment import Listing
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, freeze
from inspector.domain.replay import replay
from tests import needs
from tests.bundles import VECTORS, Bundle, barred, carried_out, committed, person, random_bundle, reveal, rules, thing, vector

pytestmark = pytest.mark.needs("node")


def opinions(bundles: Sequence[Bundle], folder: Path) -> list[str]:
    """One line for each bundle."""
    return judged([held.write(folder / str(number)) for number, held in enumerate(bundles)])


def judged(folders: Sequence[Path]) -> list[str]:
    """One line for each folder."""
    program = [needs.require("node"), str(VECTORS / "verify.mjs"), *map(str, folders)]
    return subprocess.run(program, capture_output=True, text=True, check=False).stdout.splitlines()


def agrees(held: Bundle) -> str:
    return f"agrees C={held.commitment.c} W={held.commitment.w}"


def test_the_second_program_agrees_on_every_vector(tmp_path: Path) -> None:
    vectors = [vector(name) for name in ("1", "2", "3", "sm3")]
    assert opinions(vectors, tmp_path) == [agrees(held) for held in vectors]


def test_the_second_program_agrees_on_forty_random_bundles(tmp_path: Path) -> None:
    bundles = [random_bundle(number) for number in range(40)]
    assert opinions(bundles, tmp_path) == [agrees(held) for held in bundles]
    told = [held["teams"].values() for bundle in bundles for held in bundle.result["lists"]]
    assert sum(None in team for teams in told for team in teams) > 40, "many of their seats are impossible"
    assert {bundle.commitment.suite.name for bundle in bundles} == {"sha256", "sm3"}


def ample_bundle(number: int) -> Bundle:
    """A draw with people to spare, so that whoever leaves is followed; names beyond the basic plane, bans and qualifications."""
    chance = random.Random(number)
    rows = [
        thing(f"{chance.choice('企9😀')}{k}", pool=chance.choice(["P0", "P1"]), qual=chance.choice(["", "Q"])) for k in range(8)
    ]
    staff = [
        person(
            f"{chance.choice('Z甲🧑')}{k}", pools=chance.choice([("P0",), ("P1",), ("P0", "P1")]), quals=("Q",) * (k % 2), cap=3
        )
        for k in range(14)
    ]
    pairs = {(chance.choice(rows).id, chance.choice(staff).id) for _ in range(10)}
    frame = freeze(rows, staff, [barred(*pair) for pair in pairs])
    made = committed([Listing(name="x", frame=frame, rules=rules(600_000, reserve=3))], number=f"ample-{number}")
    return carried_out(made, {"x": frame}, [reveal("one")])


def deal_to(
    came: str, events: list[dict[str, object]], frame: Frame, teams: Callable[[], dict[str, tuple[str | None, ...]]]
) -> None:
    """The lines that deal both seats of an object that came in: the only ones that the rule takes."""
    names = [*(row.id for row in frame.inspectors), None]
    for first, second in product(names, names):
        seats = [{"kind": "deal", "object": came, "seat": seat, "in": who} for seat, who in enumerate((first, second))]
        events += [{"seq": len(events) + 1 + place, **seat} for place, seat in enumerate(seats)]
        try:
            teams()
        except Invalid:
            del events[-2:]
        else:
            return
    raise AssertionError("the rule takes one pair")


def afterlife(held: Bundle, name: str, chance: random.Random) -> list[dict[str, object]]:
    """Re-deals and visits called off of one list, as the rule gives them."""
    frame, result, events = held.frame(name), held.carry_out(), list[dict[str, object]]()

    def teams() -> dict[str, tuple[str | None, ...]]:
        return replay(held.commitment, frame, result, name, events)

    for _ in range(8):
        seats = [(visit, seat, who) for visit, team in teams().items() for seat, who in enumerate(team) if who is not None]
        if not seats:
            break
        visit, seat, who = chance.choice(seats)
        line: dict[str, object] = {"seq": len(events) + 1, "kind": "withdrawn", "object": visit, "reason": "ceased"}
        if chance.random() < 0.2:
            events.append(line)
            continue
        reserve = next(iter(result.lists[0].strata.values())).reserve
        left = [one for one in reserve if one not in {event.get("in") for event in events}]
        if left and chance.random() < 0.4:
            events.append({**line, "kind": "replace", "out": visit, "in": left[0]})
            deal_to(left[0], events, frame, teams)
            continue
        for staff in [*(row.id for row in frame.inspectors), None]:
            events.append({**line, "kind": "redeal", "seat": seat, "out": who, "in": staff, "reason": "declined"})
            try:
                teams()
            except Invalid:
                events.pop()
            else:
                break
    return events


def test_the_second_program_replays_re_deals_as_ours_does_and_refuses_any_other(tmp_path: Path) -> None:
    bundles = [ample_bundle(number) for number in range(16)]
    folders, wrong, kinds = [], set[int](), set[str]()
    for number, held in enumerate(bundles):
        folders.append(held.write(tmp_path / str(number)))
        events = afterlife(held, "x", random.Random(number))
        dealt = [event for event in events if event.get("in")]
        kinds.update(str(event["kind"]) for event in events)
        assert len(dealt) > 1
        if number % 2:
            dealt[-1]["in"] = None  # nobody is dealt although somebody could be
            wrong.add(number)
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        (folders[-1] / "after.jsonl").write_text(lines, encoding="utf-8")
    assert kinds == {"redeal", "withdrawn", "replace", "deal"}
    told = judged(folders)
    assert [line.split(" ")[0] for line in told] == ["REFUSED" if number in wrong else "agrees" for number in range(16)]
    assert [judge(Folder.of_folder(one), None).verdict.holds for one in folders] == [number not in wrong for number in range(16)]


def test_the_second_program_refuses_what_does_not_hold(tmp_path: Path) -> None:
    held = vector("1")
    (files,) = held.frames.values()
    turned = json.loads(json.dumps(held.result))
    next(iter(turned["lists"][0]["teams"].values())).reverse()
    wrong = [
        replace(held, result=turned),
        replace(held, frames={"scjg": (files[0], files[1], b"")}),
        replace(held, frames={"scjg": (files[0].replace(b"\tB\t", b"\tA\t", 1), *files[1:])}),
        replace(held, parts=[{**held.parts[0], "round": 657414}]),
        replace(held, parts=[{**held.parts[0], "signature": "b7" * 48}]),
    ]
    assert [line.split(" ")[0] for line in opinions(wrong, tmp_path)] == ["REFUSED"] * len(wrong)
