"""A draw without the daemon tells before the commitment where no team could be sent."""

from __future__ import annotations

from pathlib import Path

from tests.offline import HEADS, OBJECTS, PLAN, announce, faults, laptop
from tests.operator import table


def test_areas_and_qualifications_that_no_team_is_there_for_are_refused_before_anything_is_promised_unless_said_so(
    tmp_path: Path,
) -> None:
    office = laptop(tmp_path)
    more = [
        ("TEST9001", "A", "", "北区", "", ""),
        ("TEST9002", "A", "", "东区", "锅炉", ""),
        ("TEST9003", "A", "cap", "南区", "", ""),
    ]
    office.file("objects.csv", table(HEADS, *OBJECTS, *more))
    refused = announce(office, "--json")
    assert faults(refused) == [("inspectors.csv", None, "pools", "area_unmanned")] * 2
    assert not (office.folder / "draw").exists(), "no number is used up"
    assert "--uncovered" in refused.json["flaws"][0]["fix"]
    said = announce(office, "--uncovered", "--json")
    told = [one["what"] for one in said.json["warnings"] if one["code"] == "area_unmanned"]
    assert [one["what"] for one in refused.json["flaws"]] == told
    assert told == [
        "1 objects of area 东区, qualification 锅炉, and 0 inspectors for them; a team is 2: no visit there has one",
        "1 objects of area 北区, qualification -, and 0 inspectors for them; a team is 2: no visit there has one",
    ]


def test_fewer_inspectors_than_a_team_are_refused_before_anything_is_written_unless_said_so(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    office.file("plan.toml", PLAN.replace("team = 2", "team = 9"))
    assert faults(announce(office, "--json")) == [("inspectors.csv", None, "team", "team_larger")]
    assert not (office.folder / "draw").exists()
    assert "team: 6 inspectors may be dealt, and a team is 9" in announce(office).err
    said = announce(office, "--uncovered")
    assert (said.code, "team: remark: 6 inspectors may be dealt, and a team is 9" in said.err) == (0, True)
