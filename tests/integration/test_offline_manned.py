"""A draw without the daemon tells before the commitment where no team could be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.cli.offline import measure
from tests.offline import HEADS, OBJECTS, PLAN, STAFF, STAFF_HEADS, announce, faults, laptop
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


@pytest.mark.parametrize("large", [False, True])
def test_an_object_that_bans_leave_without_a_team_is_named_by_its_row_before_anything_is_promised(
    tmp_path: Path, *, large: bool
) -> None:
    if large:
        pytest.importorskip("duckdb")
    office, how = laptop(tmp_path), ["--large"] * large
    all_but_one = [(name, f"Z{k}", "") for name in ("TEST0001", "TEST0004", "TEST0006") for k in range(5)]
    office.file("bans.csv", table(("检查对象", "检查人员", "原因"), ("TEST0002", "Z0", ""), *all_but_one))
    refused = announce(office, "--json", *how)
    assert faults(refused) == [("bans.csv", row, "object", "object_barred") for row in (3, 13)], (
        "TEST0004 may not be drawn anyway"
    )
    assert not (office.folder / "draw").exists(), "no number is used up"
    assert "TEST0006 (class A) has no team" in refused.json["flaws"][1]["what"]
    said = announce(office, "--uncovered", "--json", *how)
    assert [one["row"] for one in said.json["warnings"] if one["code"] == "object_barred"] == [3, 13]


def test_bans_of_all_inspectors_but_a_team_are_said_aloud_before_anything_is_promised(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    most = [(name, f"Z{k}", "") for name, *_ in OBJECTS for k in range(4)]
    office.file("bans.csv", table(("检查对象", "检查人员", "原因"), *most))
    said = announce(office, "--json")
    (told,) = [one["what"] for one in said.json["warnings"] if one["code"] == "few_may_go"]
    assert told == (
        "bans leave 59 objects fewer than 3 inspectors for each seat, so anybody can guess who goes: A (29), B (30); first TEST0000"
    )


def test_one_inspector_with_the_qualification_is_a_team_with_any_other(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    staff = [(name, pools, "特种设备" if name == "Z5" else "", cap, status) for name, pools, _, cap, status in STAFF]
    office.file("inspectors.csv", table(STAFF_HEADS, *staff))
    assert announce(office).code == 0, "ruling 14: the qualification binds the first seat"
    office_bans = [(OBJECTS[1][0], "Z5", "")]
    (tmp_path / "second").mkdir()
    other = laptop(tmp_path / "second")
    other.file("inspectors.csv", table(STAFF_HEADS, *staff))
    other.file("bans.csv", table(("检查对象", "检查人员", "原因"), *office_bans))
    assert faults(announce(other, "--json")) == [("bans.csv", 2, "object", "object_barred")]


def test_whoever_may_make_no_visit_is_in_nobodys_team_and_keeps_no_area_manned(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    staff = [(name, pools, quals, "9" if name == "Z0" else "0", status) for name, pools, quals, _, status in STAFF]
    office.file("inspectors.csv", table(STAFF_HEADS, *staff))
    assert faults(announce(office, "--json")) == [("inspectors.csv", None, "team", "team_larger")]
    staff = [(name, pools, quals, "9" if name < "Z3" else "0", status) for name, pools, quals, _, status in STAFF]
    office.file("inspectors.csv", table(STAFF_HEADS, *staff))
    office.file("bans.csv", table(("检查对象", "检查人员"), ("TEST0001", "Z0"), ("TEST0001", "Z1")))
    assert faults(announce(office, "--json")) == [("bans.csv", 2, "object", "object_barred")]
    office.file("bans.csv", table(("检查对象", "检查人员"), ("TEST0001", "Z5")))
    more = ("TEST9001", "A", "", "北区", "", "")
    office.file("objects.csv", table(HEADS, *OBJECTS, more))
    office.file("inspectors.csv", table(STAFF_HEADS, *staff, ("Z8", "北区", "", "9", ""), ("Z9", "北区", "", "0", "")))
    assert faults(announce(office, "--json")) == [("inspectors.csv", None, "pools", "area_unmanned")]
    office.file("inspectors.csv", table(STAFF_HEADS, *((name, "东区", "", "0", "") for name, *_ in STAFF)))
    assert faults(announce(office, "--json", bans="")) == [("inspectors.csv", None, "", "inspectors_none_free")]


@pytest.mark.parametrize("crowd", [2, 3])
def test_how_few_are_too_few_is_the_packs_word_as_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crowd: int
) -> None:
    shipped = measure.policy(date(2026, 6, 1))
    changed = replace(shipped, report=replace(shipped.report, crowd=crowd))
    monkeypatch.setattr(measure, "policy", lambda _day, _asked=None: changed)
    office = laptop(tmp_path)
    said = announce(office, "--json")
    told = [one["what"] for one in said.json["warnings"] if one["code"] == "few_may_go"]
    assert len(told) == (crowd == 3), "of six one is barred, and a team of two asks for two each or three each"
    assert all(f"fewer than {crowd} inspectors for each seat" in one for one in told)
