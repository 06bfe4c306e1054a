"""Two releases on one database: once it is migrated, a daemon of the former one writes nothing more. On both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from inspector import bootstrap
from inspector.daemon import sweeps
from inspector.daemon.worker import Worker
from inspector.domain.errors import Away, Newer
from inspector.settings import load
from inspector.store.mark import MARK, OWN
from inspector.store.store import Store
from inspector.store.tables import case_file
from inspector.telemetry.metrics import Metrics
from tests.edge import a_case, serving
from tests.engine import FAST, Hands, at_work, count, lines, listening, order, put, real_office, row, states, until
from tests.house import Hand, Table, application, closing, open_office, post, running
from tests.integration.test_way import LICENCE
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
        assert go_on.wait(60)

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
        assert go_on.wait(60)

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


def saying_more(store: Store, case_id: str) -> str:
    """A newer release has written a field more into a case, and one into its first claim; the body as it lies there."""
    with store.begin() as tx:
        held = tx.connection.execute(sa.select(case_file.c.body).where(case_file.c.id == case_id)).scalar_one()
        told = json.loads(held)
        told["promised_by_newer"] = {"hearing": "2026-04-01"}
        told["claims"][0]["newer"] = 7
        tx.connection.execute(sa.update(case_file).where(case_file.c.id == case_id).values(body=json.dumps(told)))
    return json.dumps(told)


def of(store: Store, case_id: str) -> list[dict[str, Any]]:
    """The questions of a case."""
    with store.read() as tx:
        return tx.work.page(case_id=case_id, kind="ask")


def concluded(store: Store, case_id: str) -> bool:
    """Whether a case's verification is over."""
    with store.read() as tx:
        return tx.cases.get(case_id).ended_at is not None


def test_what_a_newer_release_wrote_is_never_written_over_its_work_waits_and_the_rest_goes_on(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    newer, ours = (post(office, application(number, "business-licence", LICENCE)) for number in (1, 2))
    body = saying_more(store, newer)
    with listening() as stream, running(Worker(office, Metrics(), FAST, "one")):
        until(lambda: concluded(store, ours) and [one["state"] for one in of(store, newer)] == ["waiting"], office)
    (waits,) = of(store, newer)
    with store.read() as tx:
        assert tx.connection.execute(sa.select(case_file.c.body).where(case_file.c.id == newer)).scalar_one() == body
        with pytest.raises(Newer) as caught:
            tx.cases.get(newer)
    assert (waits["attempts"], waits["error"].split(":")[0]) == (0, "stored_by_another_release")
    assert caught.value.facts == {"what": "Case", "places": "claims.0.newer, promised_by_newer"}
    told = [line for line in lines(stream) if line["event"] == "work.stored_by_another_release"]
    assert {line["work"] for line in told} == {waits["key"]}
    assert not [line for line in lines(stream) if line["event"] in ("settle.failed", "work.quarantined")]


def test_who_would_correct_a_case_that_a_newer_release_wrote_hears_that_it_is_to_be_sent_again(store: Store) -> None:
    with serving(real_office(store)) as edge, edge.as_("system") as system:
        case_id = system.post("/v1/cases", json=a_case(1)).json()["id"]
        body = saying_more(store, case_id)
        told = system.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "改办他项"})
    assert (told.status_code, told.json()["error"]["code"]) == (503, "stored_by_another_release")
    with store.read() as tx:
        assert tx.connection.execute(sa.select(case_file.c.body).where(case_file.c.id == case_id)).scalar_one() == body
