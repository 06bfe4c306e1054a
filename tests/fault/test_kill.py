"""kill -9 at any line loses nothing and doubles nothing: a real daemon, a real world with people in it, both databases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inspector.demo.habits import MENDED
from tests.fault.load import murder, problems, stands
from tests.fault.office import pace, site
from tests.fault.planted import overlooked

EVERYDAY, FULL = 100, 1_000
SORTS = {
    *("CLOSED case", "review", "WITHDRAWN case", "TRUE outcome", "UNVERIFIABLE outcome"),
    *("ANSWERED request", "DECLINED request", "CANCELLED request", "DONE visit", "DONE seat", "DECLINED seat", "EXPIRED seat"),
    *("DRAWN draw", "retraction", "correction"),
}
"""What every load must have come to, so that no later one is simpler than it looks."""
DECIDED = {f"{outcome} outcome" for outcome in MENDED}
"""What only an officer decides. A short load has a few of them, and chance says of which sort."""


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_daemon_killed_again_and_again_loses_nothing_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    with site(database_url, tmp_path, mixed=True) as held:
        story = murder(held, 2, list(range(EVERYDAY)))
        assert len(story) == 2, "the daemon was killed while it held leases"
        assert len(held.accepted) == EVERYDAY
        assert problems(held) == []
        assert set(stands(held)) >= SORTS
        assert set(stands(held)) & DECIDED
        assert overlooked(held) == []


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_twenty_kills_during_one_run(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with site(database_url, tmp_path, mixed=True, day=pace(FULL)) as held:
        story = murder(held, 20, list(range(FULL)))
        with capsys.disabled():
            print("\n".join(["", *story]), file=sys.stderr)  # of a worker of several, standard output is heard by nobody
        assert len(story) == 20
        assert len(held.accepted) == FULL
        assert problems(held) == []
        assert set(stands(held)) >= SORTS | {"UNTRUE_CURABLE outcome"}
