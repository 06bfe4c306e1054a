"""Lists that share their tickets: the published joint draw with its re-deals by list, and lists with rules of their own (ruling 16)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.bundle import Bundle as Folder
from inspector.cli.bundle import judge
from inspector.domain.commitment import join, key
from inspector.domain.draw import ListResult
from inspector.domain.replay import replay
from inspector.domain.selection import ticket
from inspector.verifier import verify_draw
from tests.bundles import VECTORS, Bundle, vector
from tests.second import judged

LISTS = ("scjg", "yjj", "xfjy")


@pytest.fixture(scope="module")
def joint() -> Bundle:
    return vector("joint")


@pytest.fixture(scope="module")
def after() -> dict[str, Any]:
    """What followed in each list, and the teams it leads to."""
    told: dict[str, Any] = json.loads((VECTORS / "ssj1-joint.json").read_bytes())["after"]
    return told


def written(held: Bundle, after: dict[str, Any], folder: Path) -> Path:
    """The bundle with its re-deals, each list's in a file of its own."""
    held.write(folder)
    for name, told in after.items():
        text = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in told["events"])
        (folder / f"{name}.after.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_the_published_joint_draw_has_its_commitment_keys_and_result(joint: Bundle) -> None:
    made, expected = joint.commitment, joint.expected
    assert [held.name for held in made.lists] == list(LISTS)
    assert (made.c, made.w, join(made, joint.parts)) == (expected["c"], expected["w"], expected["b"])
    assert {tag: key(made, expected["b"], tag) for tag in expected["keys"]} == expected["keys"]
    assert json.loads(joint.carry_out().content()) == joint.result


def test_its_lists_draw_the_same_objects_and_each_deals_its_own_officers(joint: Bundle) -> None:
    assert len({held.objects for held in joint.commitment.lists}) == 1
    first, *others = joint.result["lists"]
    for other in others:
        assert other["strata"] == first["strata"]
        assert other["teams"].keys() == first["teams"].keys()
        assert other["teams"] != first["teams"]
    empty = {held["name"] for held in joint.result["lists"] for team in held["teams"].values() if None in team}
    assert empty == {"xfjy"}, "one agency lacks officers; the others' teams stand"


def test_its_re_deals_follow_the_rule_list_by_list(joint: Bundle, after: dict[str, Any]) -> None:
    result = joint.carry_out()
    for name, told in after.items():
        teams = replay(joint.commitment, joint.frame(name), result, name, told["events"])
        assert {visit: list(team) for visit, team in teams.items()} == told["teams"]
    off = [{event["object"] for event in told["events"] if event["kind"] == "withdrawn"} for told in after.values()]
    assert off[0] == off[1] == off[2] != set(), "a joint visit is called off in every list"
    assert {event["in"] for event in after["yjj"]["events"] if event["kind"] == "redeal"} > {None}, "and in one nobody is left"


@pytest.mark.slow
@pytest.mark.needs("node")
def test_engine_program_and_page_agree_on_it_and_refuse_a_line_in_the_list_of_another(
    joint: Bundle, after: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = {**after, "scjg": after["yjj"], "yjj": after["scjg"]}
    right, wrong = written(joint, after, tmp_path / "right"), written(joint, moved, tmp_path / "wrong")
    assert [judge(Folder.of_folder(folder), None).verdict.holds for folder in (right, wrong)] == [True, False]
    assert judge(Folder.of_folder(right), None).replayed == sum(len(told["events"]) for told in after.values())
    assert [verify_draw.main([str(folder)]) for folder in (right, wrong)] == [0, 1]
    assert f"C = {joint.expected['c']}" in capsys.readouterr().out
    agrees, differs = judged([right, wrong])
    assert agrees.startswith(f"agrees C={joint.expected['c']}")
    assert differs.startswith("DIFFERS")


def test_an_object_in_lists_with_other_rules_is_visited_once_at_the_higher_probability() -> None:
    held = vector("3")
    result = held.carry_out()
    draw_key = key(held.commitment, join(held.commitment, held.parts), "draw")
    visits = {name for one in result.lists for name in one.selected}
    assert (len(visits), sum(len(one.selected) for one in result.lists)) == (9, 11)

    def limits(name: str) -> list[str]:
        """The limit of its stratum in each list that it stands in."""
        told: list[tuple[ListResult, str]] = [
            (one, row.stratum) for one in result.lists for row in held.frame(one.name).objects if row.id == name
        ]
        return [limit for one, stratum in told if (limit := one.strata[stratum].limit) is not None]

    everybody = {row.id for one in result.lists for row in held.frame(one.name).objects}
    shared = [name for name in everybody if len(limits(name)) == 2]
    assert len(shared) == 30
    assert {name for name in everybody if ticket(held.commitment.suite, draw_key, name) <= max(limits(name))} == visits
