"""Replicas are measured beside one: each case settled once, and the ratio is that of the medians."""

from __future__ import annotations

import argparse

import pytest

from tests.bench import replicas
from tests.bench.domain import Tally
from tests.bench.stub import stub


@pytest.mark.slow
@pytest.mark.postgres
def test_two_workers_settle_each_case_once_and_call_their_source_eight_times_at_once_each(postgres_url: str) -> None:
    given = argparse.Namespace(cases=60, slots=8)
    with stub(0.2) as outside:
        rate = replicas.measure(postgres_url, outside.url, given, 2)
        assert outside.calls() == given.cases
    assert 0 < rate < 2 * (2 * 8 / 0.2), "little more than all their calls at once can bring: answers are settled in groups"


def test_a_round_in_which_a_case_is_settled_twice_is_none() -> None:
    once, twice = Tally(at=(1.0, 2.0), cases=2), Tally(at=(1.0, 2.0, 3.0), cases=2)
    assert replicas.sound(once, 3) is once
    with pytest.raises(SystemExit, match="1 cases were settled twice by 3 workers"):
        replicas.sound(twice, 3)


def test_the_ratio_is_that_of_the_medians_and_each_pairs_is_told() -> None:
    told = replicas.table([(40.0, 100.0), (30.0, 90.0), (20.0, 20.0)], 3).splitlines()
    assert [line.split("|")[-2].strip() for line in told[2:]] == ["2.50", "3.00", "1.00", "3.00 (the aim: 2.0)"]
