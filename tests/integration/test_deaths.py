"""Work of which its daemon dies: found out, without anything else suffering for it, and without a kill of the daemon counting as a try."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.daemon.alone import Alone
from inspector.daemon.engine import Engine
from inspector.store.store import Store
from tests.engine import FAST, LEASE, Hands, at_work, clock, order, put, real_office, row, states, until

ROOT = Path(__file__).parent.parent.parent
NAMES = ("deadly", *(f"other-{number}" for number in range(12)))
DAEMON = """
import os, sys
from dataclasses import replace
from inspector.store.store import Store
from tests.engine import FAST, Hands, at_work, real_office, states, until
from tests.house import closing

def say(held):
    if held.key == "ask:deadly":
        os._exit(9)

with closing(Store(sys.argv[1], synchronous="OFF")) as store:
    with store.begin() as tx:
        tx.work.void_leases()
    with at_work(real_office(store), Hands(say=say), replace(FAST, unheard=3)):
        until(lambda: not {"ready", "waiting"} & set(states(store).values()))
"""


def claims(store: Store, name: str, *, times: int) -> None:
    """Daemons take a row up and die."""
    for _ in range(times):
        with store.begin() as tx:
            assert [held.key for held in tx.work.claim("one", tx.machine_now(), clock(), LEASE, 1)] == [f"ask:{name}"]
        with store.begin() as tx:
            tx.work.void_leases()


def matters(store: Store) -> list[Mapping[str, object]]:
    with store.read() as tx:
        return list(tx.attention.standing("work_stopped"))


@pytest.mark.slow
def test_a_row_that_ends_every_daemon_is_found_out_and_what_was_claimed_with_it_is_carried_out(store: Store) -> None:
    put(store, *(order(name) for name in NAMES))
    url = store.url.render_as_string(hide_password=False)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    deaths = 0
    for _ in range(12):
        ended = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(DAEMON), url], env=environment, cwd=ROOT, timeout=240, check=False
        )
        if ended.returncode == 0:
            break
        assert ended.returncode in (9, -signal.SIGKILL)
        deaths += 1
    assert states(store) == {"deadly": "quarantined", **dict.fromkeys(NAMES[1:], "done")}
    assert row(store, "deadly")["error"] == "kills_its_daemon"
    assert deaths <= 5, "three claims without a word, one more, and one alone"
    assert [one["error"] for one in matters(store)] == ["kills_its_daemon"]


@pytest.mark.slow
def test_whatever_was_claimed_often_without_a_word_is_carried_out_alone_and_well(store: Store) -> None:
    """Kills of the daemon from without: the row is innocent, and has lost no try by them."""
    put(store, order("innocent"))
    claims(store, "innocent", times=8)
    put(store, order("beside"))
    hands = Hands()
    with at_work(real_office(store), hands, replace(FAST, unheard=3)):
        until(lambda: set(states(store).values()) == {"done"})
    assert sorted(hands.calls) == ["ask:beside", "ask:innocent"]
    assert (row(store, "innocent")["attempts"], row(store, "innocent")["unheard"]) == (1, 0)


def test_what_died_alone_is_carried_out_by_nobody_any_more_until_a_person_sends_it_round(store: Store) -> None:
    put(store, order("deadly"))
    claims(store, "deadly", times=4)
    with store.begin() as tx:
        (held,) = tx.work.claim("one", tx.machine_now(), clock(), LEASE, 1)
    alone = Alone(Engine(unheard=3))
    assert alone.aside([held]) == []
    assert alone.turn(store, 1) == [], "not while anything else is under way"
    assert alone.turn(store, 0) == [held]
    assert not alone
    with store.begin() as tx:
        tx.work.void_leases()
    hands = Hands()
    with at_work(real_office(store), hands, replace(FAST, unheard=3)):
        until(lambda: states(store) == {"deadly": "quarantined"})
    assert not hands.calls
    with store.begin() as tx:
        tx.work.retry(row(store, "deadly")["id"], clock())
    with at_work(real_office(store), hands, replace(FAST, unheard=3)):
        until(lambda: states(store) == {"deadly": "done"})


def test_a_row_set_aside_that_somebody_else_has_claimed_meanwhile_is_theirs(store: Store) -> None:
    put(store, order("row"))
    claims(store, "row", times=4)
    with store.begin() as tx:
        (held,) = tx.work.claim("one", tx.machine_now(), clock(), LEASE, 1)
    alone = Alone(Engine(unheard=3))
    alone.aside([held])
    with store.begin() as tx:
        tx.work.void_leases()
        assert tx.work.claim("two", tx.machine_now(), clock(), LEASE, 1)
    assert alone.turn(store, 0) == []
    assert row(store, "row")["unheard"] == 6


@pytest.mark.parametrize("word", ["put off", "returned"])
def test_any_word_of_a_row_lets_its_claims_count_anew(store: Store, word: str) -> None:
    put(store, order("row"))
    for _ in range(9):
        claims(store, "row", times=2)
        with store.begin() as tx:
            (held,) = tx.work.claim("one", tx.machine_now(), clock(), LEASE, 1)
        assert held.unheard == 3
        with store.begin() as tx:
            if word == "put off":
                tx.work.postpone(held, clock() - timedelta(hours=1), "spared", counted=False)
            else:
                tx.work.give_back(held)
        with store.begin() as tx:
            tx.work.promote(clock())
