"""kill -9 with each dispatcher, and with one that lies: what is carried is never what is kept."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from tests.dispatchers import COLUMNS, url_of
from tests.fault.load import POINTS, kill, problems, stands, start, wait
from tests.fault.office import site
from tests.fault.senders import post

CASES = 80


def open_for_an_officer(cases: int) -> tuple[str, ...]:
    """What the judge says of so many cases that lie with an officer, here where nobody decides; of one case more it is no more this."""
    return tuple(f"{cases} cases {what}" for what in ("have not ended", "whose outcome was not told exactly once"))


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lying", [False, True], ids=["honest", "lying"])
@pytest.mark.parametrize("column", COLUMNS)
def test_killed_at_every_point_it_loses_nothing_and_doubles_nothing_whoever_tells_what_is_due(
    column: tuple[str, str], lying: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name, database = column
    with site(url_of(database, request, tmp_path), tmp_path) as held:
        held.dispatcher, held.lying = name, lying
        held.configure(6.0)
        sender = threading.Thread(target=post, args=(held, list(range(CASES))))
        sender.start()
        for point in POINTS:
            daemon = start(held, point, "2")
            try:
                assert daemon.wait(timeout=120) == 137, "it died where it was to"
            finally:
                kill(daemon)
        daemon = start(held)
        try:
            sender.join()
            wait(held, 400)
        finally:
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=120) == 0
        assert len(held.accepted) == CASES
        assert [one for one in problems(held) if not one.startswith(open_for_an_officer(stands(held)["REVIEW case"]))] == []
