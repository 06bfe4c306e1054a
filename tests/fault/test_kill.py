"""kill -9 at any line loses nothing and doubles nothing: a real daemon, a real world, both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fault.load import murder, problems, site

EVERYDAY, FULL = 250, 10_000


@pytest.mark.fault
@pytest.mark.timeout(240)
def test_a_daemon_killed_again_and_again_loses_nothing_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    with site(database_url, tmp_path) as held:
        story = murder(held, 4, list(range(EVERYDAY)), least=4)
        assert len(story) >= 2, "the daemon was killed while it held leases"
        assert len(held.accepted) == EVERYDAY
        assert problems(held) == []


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_twenty_kills_during_ten_thousand_cases(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with site(database_url, tmp_path) as held:
        story = murder(held, 20, list(range(FULL)))
        with capsys.disabled():
            print("\n".join(["", *story]))
        assert len(story) == 20
        assert len(held.accepted) == FULL
        assert problems(held) == []
