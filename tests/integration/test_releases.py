"""Two releases on one database: once it is migrated, a daemon of the former one writes nothing more. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector import bootstrap
from inspector.daemon import sweeps
from inspector.domain.errors import Away
from inspector.settings import load
from inspector.store.mark import MARK, OWN
from inspector.store.store import Store
from tests.edge import a_case, serving
from tests.engine import FAST, Hands, at_work, count, lines, listening, order, put, real_office, row, states, until
from tests.house import closing
from tests.operator import settled

TOMORROW = f"{int(OWN) + 1:04}"


def marked(store: Store, revision: str) -> None:
    """Another process brings the database to a revision, as a migration does."""
    with store.engine.begin() as connection:
        connection.execute(sa.update(MARK).values(version_num=revision))


@contextmanager
def beside(store: Store) -> Iterator[Store]:
    """What a process beside has: a store of its own on the same database."""
    with closing(Store(store.url.render_as_string(hide_password=False))) as other:
        yield other


def test_a_worker_claims_and_settles_nothing_once_the_database_is_another_releases(store: Store) -> None:
    office, begun, go_on = real_office(store), threading.Event(), threading.Event()

    def say(_work: object) -> None:
        begun.set()
        assert go_on.wait(15)

    hands = Hands(say=say)
    put(store, order(1))
    with beside(store) as newer, listening() as stream, at_work(office, hands) as worker:
        until(begun.is_set)
        marked(newer, TOMORROW)
        until(lambda: store.mark.foreign == TOMORROW)
        go_on.set()
        until(lambda: worker.in_flight == 0)
        assert count(worker, "inspector_settlements_failed_total") == 0, "its database is not away"
        assert (row(store, 1)["state"], row(store, 1)["attempts"]) == ("ready", 0), "its lease brings it back, to a newer daemon"
        assert worker.alive
        marked(newer, OWN)
        put(store, order(2))
        until(lambda: states(store)["2"] == "done")
    assert hands.wrote == ["ask:2"]
    assert [line["present"] for line in lines(stream) if line["event"] == "database.marked"] == [TOMORROW, OWN], "once each"


def test_what_was_claimed_and_has_not_begun_is_not_carried_out_any_more(store: Store) -> None:
    office, begun, go_on = real_office(store), threading.Event(), threading.Event()

    def say(_work: object) -> None:
        begun.set()
        assert go_on.wait(15)

    hands = Hands(say=say)
    put(store, *(order(number) for number in range(FAST.threads + 3)))
    with at_work(office, hands) as worker:
        until(lambda: len(hands.calls) == FAST.threads)
        marked(store, TOMORROW)
        with pytest.raises(Away, match="database_of_another_release"), store.begin() as tx:
            tx.machine_now()
        go_on.set()
        until(lambda: worker.in_flight == 0)
    assert len(hands.calls) == FAST.threads, "nobody outside is asked for what would not be written down"
    assert set(states(store).values()) == {"ready"}


def test_writes_are_refused_and_reads_answered_and_the_same_message_goes_through_afterwards(store: Store) -> None:
    with serving(real_office(store)) as edge, edge.as_("system") as system:
        assert system.post("/v1/cases", json=a_case(1)).status_code == 201
        marked(store, TOMORROW)
        with store.read() as tx:
            tx.machine_now()  # a tick's look
        refused = system.post("/v1/cases", json=a_case(2))
        held = system.get("/v1/events").status_code
        marked(store, OWN)
        again = system.post("/v1/cases", json=a_case(2))
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (503, "database_of_another_release")
    assert error["facts"] == {"present": TOMORROW, "wanted": OWN}
    assert int(refused.headers["Retry-After"]) > 0
    assert (held, again.status_code) == (200, 201)


def test_a_daemon_of_the_former_release_is_not_ready_and_says_why(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path, "\n[web]\nport = 0\n")
    with closing(operator.store()) as store:
        house = bootstrap.house(load(operator.config), store)
        told, life = house.daemon.reasons, sweeps.Life(replica="one", started_at=datetime.now(UTC))
        before = told()
        marked(store, TOMORROW)
        assert told() == (f"database_of_another_release:{TOMORROW}",), "one reason, whatever fails by it"
        with pytest.raises(Away, match="database_of_another_release"):
            life.seen(store)
        marked(store, OWN)
        assert told() == before
        house.server.stop()
