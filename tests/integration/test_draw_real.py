"""Real rosters, drawn and assigned without the daemon, and verified by all three programs."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from tests.needs import require
from tests.offline import PLAN, SEED, announce, carry_out, laptop, strangers_agree
from tests.operator import Operator, table

RATIOS = ("1%", "1/300", "0.5%", "1/70")


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


def read_gz(name: str) -> list[dict[str, str]]:
    """A table of the real data, which is only read and never copied here."""
    with gzip.open(Path(require("shared-data")) / name, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def drawn(office: Operator, objects: Sequence[tuple[str, ...]], staff: Sequence[tuple[str, ...]], strata: str) -> dict[str, Any]:
    """Announce, carry out and verify a real roster; what was drawn."""
    office.file("plan.toml", PLAN.partition("[strata.A]")[0] + strata)
    office.file("objects.csv", table(("id", "stratum", "pool"), *objects))
    office.file("inspectors.csv", table(("id", "pools", "cap"), *((*one, "999") for one in staff)))
    assert announce(office, bans="").code == 0
    done = carry_out(office, *SEED, "--json")
    assert done.code == 0, done.err
    judged = office.well("draw", "verify", str(office.folder / "draw"), "--json").json
    assert (judged["holds"], judged["problems"]) == (True, [])
    strangers_agree(office.folder / "draw")
    (listed,) = done.json["lists"]
    return dict(listed)


@pytest.mark.needs("shared-data", "node")
@pytest.mark.slow
def test_the_real_codes_of_three_regions_are_drawn_assigned_and_verified_by_all(office: Operator) -> None:
    firms = read_gz("cn-identifiers/companies_2019q1_dev.csv.gz")
    places = sorted({firm["province"] for firm in firms})
    objects = [
        (firm["credit_code"], f"P{places.index(firm['province'])}", f"P{places.index(firm['province'])}") for firm in firms
    ]
    staff = [(f"Z{n:03d}", f"P{n % len(places)}") for n in range(60)]
    strata = "".join(f'[strata.P{n}]\nratio = "{ratio}"\n' for n, ratio in enumerate(RATIOS))
    told = drawn(office, objects, staff, strata)
    assert sum(one["n"] for one in told["strata"].values()) == 13_401
    for n, ratio in enumerate((Fraction(1, 100), Fraction(1, 300), Fraction(1, 200), Fraction(1, 70))):
        assert told["strata"][f"P{n}"]["k"] == ceil(ratio * told["strata"][f"P{n}"]["n"])
    assert all(None not in team and len(set(team)) == 2 for team in told["teams"].values())


@pytest.mark.needs("shared-data", "node")
@pytest.mark.slow
def test_the_real_roster_of_chicago_is_drawn_by_risk_and_its_inspectors_are_assigned(office: Operator) -> None:
    licences = {row["license"]: row for row in read_gz("chicago-food-inspections/inspections_2011-2013.csv.gz")}
    colours = sorted({row["inspector"] for row in licences.values()} - {""})
    risk = {"Risk 1 (High)": "high", "Risk 2 (Medium)": "medium"}
    objects = [(name, risk.get(row["risk"], "low"), "") for name, row in licences.items()]
    told = drawn(
        office,
        objects,
        [(colour, "") for colour in colours],
        "".join(f'[strata.{name}]\nratio = "{ratio}"\n' for name, ratio in (("high", "2%"), ("medium", "1%"), ("low", "1/200"))),
    )
    assert sum(one["n"] for one in told["strata"].values()) == len(licences) == 10_746
    seats = Counter(seat for team in told["teams"].values() for seat in team)
    assert set(seats) == {*colours}
    assert max(seats.values()) - min(seats.values()) <= 1
