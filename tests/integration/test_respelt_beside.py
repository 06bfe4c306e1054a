"""A firm's code is corrected beside what another daemon writes: nothing of the firm is lost, and no frame is exchanged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa

from inspector.flows import enrolment, intake, stopped
from inspector.flows.draw import announce_now
from inspector.flows.stopped import CREDIT_STUCK
from inspector.store.store import Store
from inspector.store.tables import case_file, subject, work
from inspector.store.tx import Tx
from tests.drawn import drawing
from tests.house import Hand, Table, application, open_office, open_store, post
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_garbled import Garbling, asked
from tests.integration.test_twins import RIGHT, WRONG, certificate, firms, matters, take_back, tickets

pytestmark = pytest.mark.postgres
A_WHILE = 0.5
"""Seconds: what has not ended by then waits for the other transaction."""


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """A server's: a file has one writer anyway."""
    with closing(open_store(postgres_url)) as held:
        yield held


def beside(store: Store, first: Callable[[Tx], object], then: Callable[[Tx], object]) -> None:
    """One does `then` while the other's transaction, in which `first` is done, is still open."""
    done, over = threading.Event(), threading.Event()

    def begin() -> None:
        with store.begin() as tx:
            first(tx)
            tx.rosters.batch.write()
            done.set()
            over.wait(A_WHILE)

    rival = threading.Thread(target=begin)
    rival.start()
    assert done.wait(60)
    with store.begin() as tx:
        then(tx)
    over.set()
    rival.join()


def test_a_firm_that_another_case_names_at_the_same_moment_stays_known_and_under_daily_supervision(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    mistyped = certificate(1, WRONG)
    first = post(office, mistyped)
    right = replace(mistyped, subject_code=RIGHT)
    beside(
        store,
        lambda tx: intake.take(office, tx, certificate(2, WRONG), "hall", hand()),
        lambda tx: intake.correct(office, tx, first, right, "hall", hand()),
    )
    with store.read() as tx:
        named = set(tx.connection.execute(sa.select(case_file.c.subject_code)).scalars())
        known = set(tx.connection.execute(sa.select(subject.c.code)).scalars())
    assert named == {WRONG, RIGHT} <= known
    take_back(office, first)
    assert firms(store), "the other case's firm is still to be supervised"


def test_a_firm_that_a_case_under_verification_names_at_the_same_moment_stays_known(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    mistyped = certificate(1, WRONG)
    first = post(office, mistyped)
    given = application(2, "business-licence", {"registration-status": "存续"}, subject_code=WRONG)
    beside(
        store,
        lambda tx: intake.take(office, tx, given, "hall", hand()),
        lambda tx: intake.correct(office, tx, first, replace(mistyped, subject_code=RIGHT), "hall", hand()),
    )
    with store.read() as tx:
        assert WRONG in set(tx.connection.execute(sa.select(subject.c.code)).scalars())


def test_a_row_of_a_frame_that_is_being_frozen_is_not_exchanged(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    mistyped = certificate(1001, WRONG)
    case_id = post(office, mistyped)
    draws: list[str] = []

    def freeze(tx: Tx) -> None:
        held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        draws.append(held.number)

    beside(store, freeze, lambda tx: intake.correct(office, tx, case_id, replace(mistyped, subject_code=RIGHT), "hall", hand()))
    with store.read() as tx:
        (held,) = [one for one in tx.draws.page(None) if one.number == draws[0]]
    frozen = {one.code for one in tickets(store, held)}
    assert WRONG in frozen & set(firms(store)), "what a frame holds is left until its draw is over"
    assert matters(store, enrolment.TWICE), "and a person is told"


def test_an_entry_that_stops_while_another_is_dealt_with_is_still_a_matter(store: Store, hand: Hand) -> None:
    platform = Garbling(as_of=hand())
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": platform})
    asked(office, 1, 2)
    with store.begin() as tx:
        one, other = [row for row in tx.work.page(state="quarantined") if row["kind"] == "credit"]
        tx.work.retry(other["id"], hand())  # under way again with the other daemon

    def stops(tx: Tx) -> None:
        tx.connection.execute(sa.update(work).where(work.c.id == other["id"]).values(state="quarantined"))
        tx.attention.add(CREDIT_STUCK, "bureau", "platform:bureau", lambda told: {**told, "count": 2}, hand())

    beside(store, stops, lambda tx: stopped.retry(tx, one["id"], hand()))
    assert matters(store, CREDIT_STUCK)
