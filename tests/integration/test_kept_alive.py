"""Whoever keeps the process hears that it is ready, that its loops run, and that it stops: sd_notify(3), over a real socket."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.daemon.keeper import ALIVE, READY, STOPPING, Keeper
from tests.engine import lines, listening
from tests.integration.test_daemon import home


@contextmanager
def keeping() -> Iterator[tuple[socket.socket, str]]:
    """A keeper's socket, abstract as systemd's may be, and its name."""
    name = f"@inspector-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as held:
        held.bind(f"\0{name[1:]}")
        held.settimeout(30)
        yield held, name


def heard(held: socket.socket) -> str:
    return held.recv(100).decode()


@pytest.mark.slow
def test_a_daemon_says_when_it_is_ready_gives_signs_of_life_and_says_that_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keeping() as (keeper, name), home(tmp_path) as held:
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        daemon = held.running()
        assert [heard(keeper) for _ in range(3)] == [READY, ALIVE, ALIVE]
        daemon.send_signal(signal.SIGTERM)
        while (word := heard(keeper)) == ALIVE:
            pass
        assert word == STOPPING
        assert daemon.wait(120) == 0


def test_who_lets_a_loop_end_gives_no_sign_and_who_has_no_keeper_sends_nothing() -> None:
    with keeping() as (keeper, name):
        named = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1"}
        Keeper(lambda: False, named).look()
        Keeper(lambda: True, {"WATCHDOG_USEC": "1"}).look()
        Keeper(lambda: True, {"NOTIFY_SOCKET": name}).look()
        Keeper(lambda: True, named).look()
        assert heard(keeper) == ALIVE
        keeper.setblocking(False)
        with pytest.raises(BlockingIOError):
            keeper.recv(100)


def test_a_keeper_that_is_gone_stops_nobody_and_is_told_in_the_log() -> None:
    with listening() as stream:
        Keeper(lambda: True, {"NOTIFY_SOCKET": "@nobody-keeps-us"}).ready()
    assert [(line["event"], line["word"]) for line in lines(stream)] == [("daemon.unkept", READY)]
