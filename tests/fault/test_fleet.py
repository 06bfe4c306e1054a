"""Three daemons on one PostgreSQL under load, each harmed in each way within half a minute: nothing is lost and nothing doubled."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from tests.fault.chance import use
from tests.fault.fleet import HARMS, bags, besieged
from tests.fault.office import site


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_of_three_daemons_now_one_is_killed_now_one_paused_and_now_one_cut_off(postgres_url: str, tmp_path: Path) -> None:
    told: list[str] = []
    with site(postgres_url, tmp_path) as first:
        done, found = besieged(first, minutes=0.5, seed=use(None), rate=6, say=told.append)
        assert found == [], told
        assert {*done} == {*HARMS}, told
        assert len(first.accepted) == 180


def test_the_same_seed_harms_alike_and_another_one_otherwise() -> None:
    first, again, other = (list(islice(bags(random.Random(seed)), 30)) for seed in (1, 1, 2))
    assert first == again != other
    assert all({*first[place : place + 3]} == {*HARMS} for place in range(0, 30, 3))
