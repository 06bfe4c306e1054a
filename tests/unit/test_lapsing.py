"""Whose acceptance of a visit is over (decision 102): of whole teams alone, and never while the visit could not be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from inspector.domain.calendar import SHANGHAI, Counting, Term, Unit
from inspector.domain.lapsing import lapsing
from inspector.domain.visit import Seat, SeatState, VisitState, expire
from tests.unit.test_trail import VISIT

NOW = datetime(2026, 3, 9, 17, 30, tzinfo=SHANGHAI)
DAY = NOW.date()
OVER = replace(
    VISIT, agency="bureau", partners=("fire",), state=VisitState.ASSIGNED, released=True, conflict=False, unpublished=()
)


def seat(place: int, agency: str = "bureau", state: SeatState = SeatState.ACCEPTED) -> Seat:
    counted = Counting(term=Term(amount=1, unit=Unit.WORKING_DAY), after=DAY, nominal=DAY, last=DAY)
    told = {"inspector": f"Z{place}", "ordered_at": NOW, "accept_by": NOW, "accept_counted": counted}
    return Seat(visit=VISIT.id, agency=agency, place=place, turn=0, state=state, **told)  # type: ignore[arg-type]


TEAM = (seat(0), seat(1), seat(2, "fire"), seat(3, "fire"))
ENDED = {one.name: NOW for one in TEAM}


def places(
    team: tuple[Seat, ...] = TEAM, heard: tuple[str, ...] = (), over: dict[str, datetime] = ENDED, **is_: Any
) -> list[int]:
    return [one.place for one in lapsing(replace(OVER, **is_), team, heard, over, NOW)]


def test_of_teams_that_nothing_was_heard_of_every_seat_is_over_and_of_the_others_none() -> None:
    assert places() == [0, 1, 2, 3]
    assert places(heard=("fire",)) == [0, 1]
    assert places(over={**ENDED, TEAM[1].name: NOW + timedelta(minutes=1)}) == [2, 3], (
        "who came later still has time, and is waited for"
    )
    done = tuple(replace(one, state=SeatState.DONE) if one.agency == "fire" else one for one in TEAM)
    assert places(done) == [0, 1]


@pytest.mark.parametrize(
    "is_",
    [
        {"state": VisitState.SHORT},
        {"state": VisitState.OWED},
        {"conflict": True},
        {"unpublished": ("licence",)},
        {"released": False},
    ],
)
def test_nobodys_acceptance_is_over_while_the_visit_could_not_be_made(is_: dict[str, Any]) -> None:
    assert places(**is_) == []


def test_nor_while_somebody_of_any_team_has_yet_to_accept() -> None:
    assert places((*TEAM[:3], replace(TEAM[3], state=SeatState.READ))) == []


@pytest.mark.parametrize("state", SeatState)
def test_silence_counts_from_the_hand_over_alone_and_against_nobody_who_has_answered(state: SeatState) -> None:
    decision = expire(seat(0, state=state), "pack")
    silent = state in (SeatState.HANDED_OVER, SeatState.DELIVERED, SeatState.READ)
    assert decision.state.state is (SeatState.EXPIRED if silent else state)
    assert decision.because.rule == ("seat.expire" if silent else "timer.obsolete")
