"""Where to connect next, and the days on the scoreboard, with rows: against what the agencies' own diaries say, counted by hand."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median_low

import pytest

from inspector.domain.assistance import Inability
from inspector.domain.evidence import Verdict
from inspector.flows import assist
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import ROOT, Hand, Table, open_office, post, settle
from tests.integration.test_api_links import asked
from tests.integration.test_letters import Desk
from tests.integration.test_way import HOUSEHOLD, person
from tests.longhand import Longhand

pytestmark = pytest.mark.alike

HOUSES, CIVIL = ("housing", "home-title"), ("civil-affairs", "household")
DIARY = (
    (HOUSES, Verdict.MATCH, 1),
    (HOUSES, Verdict.MATCH, 1),
    (HOUSES, Verdict.MATCH, 1),
    (HOUSES, Verdict.MISMATCH, 3),
    (HOUSES, Verdict.NOT_FOUND, 5),
    (HOUSES, Verdict.CANNOT_SAY, 4),
    (HOUSES, None, 2),
    (CIVIL, Verdict.MATCH, 2),
    (CIVIL, Verdict.MATCH, 5),
    (CIVIL, Verdict.MATCH, 5),
    (CIVIL, None, 0),
)
"""What each agency did about each request: its answer, or None for a refusal, and on which working day after the letter; 0: nothing."""
NO_DATA = (Verdict.CANNOT_SAY, None)
"""What a data interface would not have said either."""


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks two agencies about two kinds of facts."""
    agencies = {name: Desk(name) for name in ("housing", "civil-affairs", "county-office")}
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    with serving(open_office(store, hand, sources=sources, agencies=agencies)) as held:
        yield held


def opened(edge: Edge) -> list[str]:
    """The requests of the diary, all written on one day."""
    ids = []
    for number, (of, *_) in enumerate(DIARY, start=1):
        if of is HOUSES:
            ids.append(asked(edge, number)[0])
            continue
        case_id = post(edge.office, person(number, "relief-household", HOUSEHOLD))
        settle(edge.office)
        with edge.office.store.read() as tx:
            ids += [one.id for one in tx.assistance.of_case(case_id)]
    settle(edge.office)
    assert len(ids) == len(DIARY)
    return ids


def lived(edge: Edge, hand: Hand, ids: list[str]) -> date:
    """The agencies live as their diaries say, day after day; the day on which the last request is over."""
    wall, office, day = Longhand(ROOT / "policies" / "calendars"), edge.office, 0
    while True:
        hand.now += timedelta(days=1)
        day += wall.works(wall.here(hand.now))
        settle(office)
        for request, (_, verdict, on) in zip(ids, DIARY, strict=True):
            if not on or on != day or not wall.works(wall.here(hand.now)):
                continue
            with office.store.begin() as tx:
                if verdict is None:
                    assist.refuse(office, tx, request, "档案已移交", "赵六", hand.now, inability=Inability.NOT_HELD)
                else:
                    told = {Verdict.MATCH: "", Verdict.NOT_FOUND: "", Verdict.CANNOT_SAY: "仅存目录"}.get(verdict, "李某")
                    assist.answer(office, tx, request, verdict, told, "赵六", hand.now)
        with office.store.read() as tx:
            held = [tx.assistance.get(request) for request in ids]
        if not any(one.state.open for one in held):
            return max(wall.here(one.ended_at) for one in held if one.ended_at)


def waited(since: date, until: date) -> int:
    """Working days from one day to another, counted on the wall calendar."""
    wall = Longhand(ROOT / "policies" / "calendars")
    return sum(wall.works(since + timedelta(days=one)) for one in range(1, (until - since).days + 1))


def test_where_to_connect_next_is_what_the_diaries_add_up_to_and_so_are_the_days_of_the_scoreboard(
    edge: Edge, hand: Hand
) -> None:
    ids, first = opened(edge), hand.now.date()
    last = lived(edge, hand, ids)
    saved, heard, answers = (defaultdict[tuple[str, str], list[int]](list) for _ in range(3))
    for of, verdict, on in DIARY:
        if verdict not in NO_DATA or not on:
            saved[of].append(on or waited(first, last))
        if on:
            heard[of].append(on)
        if verdict is not None:
            answers[of].append(on)
    assert waited(first, last) > 5, "the one that nobody answered was waited for to its end"
    best = sorted(saved.items(), key=lambda one: -sum(one[1]))
    expected = [
        {"agency": agency, "fact": fact, "requests": len(took), "days": sum(took), "median": median_low(took)}
        for (agency, fact), took in best
    ]
    with edge.as_("officer") as officer:
        rows = officer.get("/v1/scoreboard/connect").json()["rows"]
        sheet = officer.get("/v1/scoreboard/connect?form=csv").text
        scores = officer.get("/v1/scoreboard").json()["rows"]
        later = officer.get(f"/v1/scoreboard/connect?since={first + timedelta(days=1)}").json()["rows"]
    assert rows == expected
    assert [one["agency"] for one in rows] == ["civil-affairs", "housing"], "most days first, though of fewer requests"
    assert list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff")))) == [
        {name: str(value) for name, value in row.items()} for row in expected
    ]
    assert later == []
    for row in scores:
        of = (row["agency"], row["fact"])
        told = {name: row[name] for name in ("answer_days_median", "answer_days_most")}
        assert told == {"answer_days_median": median_low(answers[of]), "answer_days_most": max(answers[of])}, of
        within = {days: row[f"heard_within_{days}"] for days in (1, 2, 3, 5)}
        assert within == {days: sum(took <= days for took in heard[of]) for days in (1, 2, 3, 5)}, of
    assert len(scores) == 2
