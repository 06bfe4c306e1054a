"""A source that answers otherwise than it used to: found by an exact test with a stated rate of false alarms."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import pytest

from inspector.domain.drift import Drift, Rules, accepted, at_least, jump, kinds, seen, shape
from inspector.domain.evidence import Verdict

RULES = Rules(window=50, least=4, most=20, chance=1e-6)


def answers(rng: random.Random, count: int, missing: float) -> list[tuple[str, ...]]:
    """Answers of a register that has no record of a share of those asked about."""
    return [
        kinds(Verdict.NOT_FOUND, "")
        if rng.random() < missing
        else kinds(Verdict.MATCH, rng.choice(["存续", "在业", "2026-03-02"]))
        for _ in range(count)
    ]


def test_the_probability_is_that_of_counting_all_ways() -> None:
    now, of, before, out_of = 2, 4, 1, 5
    marked, places = set(range(now + before)), range(of + out_of)
    ways = [len(marked & set(drawn)) >= now for drawn in combinations(places, of)]
    assert at_least(now, of, before, out_of) == pytest.approx(float(Fraction(sum(ways), len(ways))))


@pytest.mark.parametrize(
    ("now", "of", "before", "out_of", "told"),
    [(3, 4, 1, 4, 17 / 70), (4, 4, 0, 4, 1 / 70), (0, 4, 4, 4, 1.0)],
    ids=["the lady tasting tea", "all of them", "none"],
)
def test_it_is_fishers_own_example(now: int, of: int, before: int, out_of: int, told: float) -> None:
    """The Design of Experiments (1935), II: of eight cups four are right; three or more of them by chance with 17 of 70."""
    assert at_least(now, of, before, out_of) == pytest.approx(told)


def test_sixty_in_a_hundred_not_found_is_found_within_one_window_and_named() -> None:
    rng = random.Random(5)
    drift = seen(Drift(), answers(rng, 500, 0.05), RULES)
    assert drift.alarm is None
    drift = seen(drift, answers(rng, 50, 0.6), RULES)
    assert drift.alarm is not None
    assert drift.alarm.what in ("verdict:not_found", "verdict:match")
    assert (drift.alarm.of, drift.alarm.out_of) == (50, 500)
    assert drift.alarm.chance <= 1e-6


def test_values_that_change_their_shape_are_found_though_every_verdict_stays() -> None:
    drift = seen(Drift(), [kinds(Verdict.MATCH, f"2026-03-{day:02}") for day in range(1, 29)] * 10, RULES)
    drift = seen(drift, [kinds(Verdict.MATCH, f"{day:02}/03/2026") for day in range(1, 29)] * 2, RULES)
    assert drift.alarm is not None
    assert drift.alarm.what in ("shape:9-9-9", "shape:other")


@pytest.mark.slow
def test_no_more_windows_than_stated_are_taken_for_a_jump_where_nothing_has_changed() -> None:
    rng, loose = random.Random(11), Rules(window=40, least=5, most=10, chance=0.05)
    found = 0
    for _ in range(400):
        drift = seen(Drift(), answers(rng, 5 * 40, 0.1), loose)
        found += seen(drift, answers(rng, 40, 0.1), loose).alarm is not None
    assert found / 400 <= 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5, "within three standard errors of the stated rate"
    assert found > 0, "and the test is not blind"


def test_an_alarm_is_over_when_answers_are_as_before_or_when_a_person_says_that_they_are_right() -> None:
    rng = random.Random(3)
    usual = seen(Drift(), answers(rng, 500, 0.05), RULES)
    alarmed = seen(usual, answers(rng, 100, 0.6), RULES)
    assert alarmed.alarm is not None
    assert len(alarmed.since) == 2
    assert alarmed.before == usual.before, "what is doubted is not what others are measured by"
    assert seen(alarmed, answers(rng, 50, 0.05), RULES).alarm is None
    custom = accepted(alarmed)
    assert (custom.alarm, custom.before) == (None, alarmed.since)
    assert seen(custom, answers(rng, 400, 0.6), RULES).alarm is None


def test_of_few_answers_nothing_is_said() -> None:
    drift = seen(Drift(), answers(random.Random(1), 200, 0.0), RULES)
    assert (drift.compared, drift.alarm) == (0, None)
    assert seen(drift, answers(random.Random(1), 49, 1.0), RULES).compared == 0


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("91110000MA0000001R", "9a9a"),
        ("2026-03-02", "9-9-9"),
        ("存续（在营、开业）", "H（H、H）"),
        ("  ", ""),
        ("张三 13800000000", "H 9"),
        ("a\x00b", "a?a"),
        ("-" * 40, "-" * 24 + "…"),
    ],
)
def test_a_shape_tells_the_form_of_a_value_and_nothing_that_it_says(value: str, told: str) -> None:
    assert shape(value) == told


def test_what_did_not_come_is_not_counted_and_a_rare_shape_is_one_of_many() -> None:
    assert kinds(Verdict.NO_ANSWER, "") == ()
    assert kinds(Verdict.NOT_FOUND, " ") == ("verdict:not_found",)
    before = {"all": 900, "verdict:match": 900, **{f"shape:{'-' * n}": 100 for n in range(1, 10)}}
    window = {"all": 50, "verdict:match": 50, **{f"shape:{'-' * n}": 5 for n in range(1, 11)}}
    assert jump(before, window, 1e-6) is None
