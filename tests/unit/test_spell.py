"""A fault that comes again and again: said at once, then at growing intervals, and with how often it came."""

from __future__ import annotations

from itertools import pairwise

from inspector.daemon.spell import LONGEST, Spell


def test_an_hour_of_five_failures_a_second_is_a_handful_of_lines_with_their_count() -> None:
    now = 0.0
    spell = Spell(lambda: now)
    said: list[tuple[float, int]] = []
    for tick in range(5 * 3_600):
        now = tick / 5
        if (times := spell.times()) is not None:
            said.append((now, times))
    assert said[:3] == [(0.0, 1), (5.0, 26), (15.0, 76)]
    assert len(said) < 16
    waits = [later - sooner for (sooner, _), (later, _) in pairwise(said)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


def test_after_a_success_the_next_failure_is_a_first_one() -> None:
    spell = Spell(lambda: 0.0)
    assert (spell.times(), spell.times()) == (1, None)
    spell.over()
    assert (spell.times(), spell.times()) == (1, None)
