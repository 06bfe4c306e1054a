"""A draw without the daemon tells before the commitment where no team could be sent."""

from __future__ import annotations

from pathlib import Path

from tests.offline import HEADS, OBJECTS, announce, laptop
from tests.operator import table


def test_areas_and_qualifications_that_no_team_is_there_for_are_remarked_before_anything_is_promised(
    tmp_path: Path,
) -> None:
    office = laptop(tmp_path)
    more = [
        ("TEST9001", "A", "", "北区", "", ""),
        ("TEST9002", "A", "", "东区", "锅炉", ""),
        ("TEST9003", "A", "cap", "南区", "", ""),
    ]
    office.file("objects.csv", table(HEADS, *OBJECTS, *more))
    said = announce(office, "--json")
    told = [one["what"] for one in said.json["warnings"] if one["code"] == "area_unmanned"]
    assert told == [
        "1 objects of area 东区, qualification 锅炉, and 0 inspectors for them; a team is 2: no visit there has one",
        "1 objects of area 北区, qualification -, and 0 inspectors for them; a team is 2: no visit there has one",
    ]
