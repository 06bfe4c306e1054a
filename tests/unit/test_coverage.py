"""The proof of coverage at the size of a prefecture, and its holes in words."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from inspector.cli import holes as told
from inspector.domain.case import SubjectKind
from inspector.domain.coverage import Desk, Duty, Hole, SetUp, holes, visited
from inspector.domain.lack import Lack
from inspector.domain.policy import LevelRow, Policy
from inspector.domain.quiet import QuietRow
from inspector.domain.roster import InspectorRecord
from inspector.domain.staffing import Crew, Month, Officer, Spot, Visits, given
from inspector.labels import LANGS, known
from inspector.policybook import Policybook
from tests.packs import POLICIES

QUIET = (
    QuietRow(row="quiet-1", days=frozenset(range(1, 26)), subjects=frozenset(SubjectKind), excepted=frozenset(), basis="X:1"),
    QuietRow(
        row="quiet-2",
        days=frozenset(range(20, 32)),
        subjects=frozenset(SubjectKind),
        excepted=frozenset(),
        pools=frozenset({"town-7"}),
        basis="X:1",
    ),
)


def wide(items: int) -> Policy:
    """The shipped pack with so many items and a sixth level."""
    pack = Policybook.load(POLICIES).in_force("maoji", date(2026, 3, 2))
    shipped = [item for item in pack.items.values() if not item.exempt]
    copies = {f"item-{n}": replace(shipped[n % len(shipped)], code=f"item-{n}") for n in range(items)}
    rows = tuple(replace(row, levels=row.levels | {"E"} if "D" in row.levels else row.levels) for row in pack.strategies)
    return replace(pack, items=copies, levels=(*pack.levels, LevelRow(code="E", name="x", unrated=False)), strategies=rows)


def months(count: int) -> tuple[Month, ...]:
    firsts = [date(2026 + n // 12, n % 12 + 1, 1) for n in range(count + 1)]
    return tuple(
        Month(
            first=first,
            last=after - timedelta(days=1),
            days=tuple(day for n in range((after - first).days) if (day := first + timedelta(days=n)).weekday() < 5),
        )
        for first, after in pairwise(firsts)
    )


def visits(held: tuple[Month, ...], quiets: tuple[QuietRow, ...] = (), term: int = 21) -> Visits:
    """Given on each working day, to be made within so many days."""
    days = tuple(day for month in held for day in month.days)
    told = {
        at: tuple(given(day, day + timedelta(days=term), days) for day in month.days if day + timedelta(days=term) <= days[-1])
        for at, month in enumerate(held)
    }
    return Visits(days=days, given=told, quiets=quiets)


def officer(n: int, town: str) -> Officer:
    leave = date(2026, 1, 1) + timedelta(days=37 * n % 700)
    record = InspectorRecord(
        agency="bureau",
        id=f"Z{n}",
        name="x",
        pools=(town,),
        certificate="c",
        certificate_until=date(2026, 6, 1) + timedelta(days=53 * n % 900),
        leave_from=leave,
        leave_until=leave + timedelta(days=20),
    )
    return Officer(record=record, towns=frozenset({town}), leads=lambda _: n % 3 == 0)


def test_two_hundred_items_at_six_levels_in_fifty_towns_over_two_years_are_proven_at_once() -> None:
    """1,440,000 combinations, with holes in most towns: told in some hundred lines, in less than a second or two of one core."""
    pack, span = wide(200), months(24)
    towns = [f"town-{n}" for n in range(50)]
    staff = tuple(officer(n, towns[n % 49]) for n in range(400))  # the last town has nobody
    spots = tuple(Spot(town=town, qualification=needed, objects=9) for town in towns for needed in ("", "boilers"))
    duty = Duty(
        agency="bureau",
        plan="licensing",
        levels=visited(pack),
        visits=visits(span, QUIET),
        spots=spots,
        crews=(Crew(agency="bureau", team=4, officers=staff),),
    )
    desk = Desk(agency="bureau", pack="x", versions=((pack,),) * 24, bare=(False,) * 24, drawn=True, pooled=True)
    begun = time.thread_time()
    found = holes(
        SetUp(months=span, desks=(desk,), duties=(duty,), sources=lambda _: Lack.SOURCE, agencies=lambda _: Lack.AGENCY)
    )
    assert time.thread_time() - begun < 3
    assert {hole.lack for hole in found} == {Lack.SOURCE, Lack.AGENCY, Lack.AREA, Lack.TEAM, Lack.LEAD, Lack.QUIET}
    assert [(hole.town, hole.since, hole.until) for hole in found if hole.lack is Lack.AREA] == [
        ("town-49", "2026-01", "2027-12")
    ]
    assert len(found) < 600
    assert max(len(hole.items) for hole in found) == 200


@pytest.mark.parametrize("lack", Lack)
def test_every_lack_says_what_it_is_and_what_would_close_it_in_both_languages(lack: Lack) -> None:
    hole = Hole(
        lack=lack,
        agency="bureau",
        since="2026-03",
        until="2026-05",
        items=("x",),
        levels=("A", "B"),
        facts=("home",),
        town="east" if lack in (Lack.AREA, Lack.TEAM, Lack.LEAD) else "",
        name="registers",
        staff="bureau",
        qualifications=("boilers",),
        needed=2,
        able=1,
        renew=("Z1",),
        away=("Z2",),
        days=(("2026-03-02", "2026-03-10"), ("2026-05-04", "2026-05-04")),
        windows=("quiet-1",),
        wait=18,
    )
    for lang in LANGS:
        assert known(f"coverage.{lack.value}", lang)
        line = told.line(hole, lang)
        assert "coverage." not in line
        assert "…" not in line, "no fact is left out"
        assert "2026-03" in line
        assert "2026-05-04" in line
        assert "→" in line


def test_a_line_names_six_items_and_counts_the_others_and_a_program_gets_all() -> None:
    hole = Hole(lack=Lack.SOURCE, agency="b", since="2026-03", until="2026-03", items=tuple("abcdefghi"), levels=("A",), name="r")
    assert told.line(hole, "en").startswith("2026-03 · a, b, c, d, e, f and 3 more items [A] · b, all towns: ")
    assert told.value(hole)["items"] == tuple("abcdefghi")
