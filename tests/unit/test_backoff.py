"""How long to wait before the same work is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inspector.domain.backoff import Ladder

LADDER = Ladder(base=2, cap=3600, tries=8)
attempts = some.integers(min_value=1, max_value=10_000)
keys = some.text(max_size=40)


def seconds(attempt: int, key: str = "ask:1", asked: float | None = None) -> float:
    return LADDER.wait(attempt, key, asked=asked).total_seconds()


@given(attempts, keys)
def test_a_rung_is_twice_the_last_up_to_the_cap_give_or_take_a_quarter(attempt: int, key: str) -> None:
    rung = min(3600, 2 * 2 ** min(attempt - 1, 30))
    assert 0.75 * rung <= seconds(attempt, key) <= 1.25 * rung


@given(attempts, keys, some.floats(min_value=-1e12, max_value=1e12))
def test_a_wait_that_was_asked_for_is_never_cut_short_below_a_day_nor_longer_than_makes_sense(
    attempt: int, key: str, asked: float
) -> None:
    waited = seconds(attempt, key, asked)
    assert waited >= min(asked, 86400)
    assert waited <= 1.25 * max(3600, min(asked, 86400))


@pytest.mark.parametrize("asked", [-5.0, 0.0])
def test_a_wait_of_nothing_or_less_changes_nothing(asked: float) -> None:
    assert seconds(3, asked=asked) == seconds(3)


def test_those_who_were_told_the_same_time_do_not_all_come_back_at_once() -> None:
    assert len({round(seconds(1, f"ask:{n}", 60), 3) for n in range(100)}) > 90
    assert len({round(seconds(4, f"ask:{n}"), 3) for n in range(100)}) > 90


def test_the_same_work_waits_the_same_time_wherever_it_is_asked() -> None:
    assert seconds(3, "ask:7") == seconds(3, "ask:7")
    assert seconds(3, "ask:7") != seconds(3, "ask:8")


def test_the_last_try_spends_the_ladder() -> None:
    assert [LADDER.spent(attempt) for attempt in (1, 7, 8, 9)] == [False, False, True, True]
