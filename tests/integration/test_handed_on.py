"""A release is followed by the next one with waits of every kind open: the office it left goes on, on its file and on PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.daemon import sweeps
from inspector.domain.consequence import Stage
from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import OrderKind
from inspector.domain.plan import DrawState
from inspector.domain.serving import SubjectWord
from inspector.flows import holding
from inspector.store import migrate, moving
from inspector.store.books import Booked
from inspector.store.deadlines import next_due
from inspector.store.opening import ready
from inspector.store.store import Store
from inspector.store.tables import seal
from inspector.store.tx import Tx
from tests.former import dump, heirs
from tests.former.__main__ import made
from tests.former.heirs import Heirs
from tests.former.place import TREE
from tests.house import settle
from tests.integration.test_draw_way import agreeing

SINCE: frozenset[OrderKind] = frozenset({OrderKind.CHALLENGE_DUE, OrderKind.VISIT_FILING_DUE, OrderKind.PHOTO_FETCH})
"""Kinds of work that have come since the newest office was kept: the next one has them open, and then this is empty again."""

OFFICES = dump.offices()


def opened(kept: Path, folder: Path) -> Store:
    """Its file as this release opens it at its start."""
    dump.restore(kept, folder / "office.sqlite3")
    store = Store(f"sqlite:///{folder / 'office.sqlite3'}", synchronous="OFF")
    ready(store)
    return store


def ended(held: Heirs, head: tuple[int, str]) -> None:
    """All that was open is over, once each; nothing was given up by the program; the chain goes on behind the former head."""
    store, office = held.office.store, held.office
    while sweeps.seal(store, office):
        pass
    with store.read() as tx:
        rows = {key: tx.work.keyed(key) for key in held.left}
        assert [key for key, row in rows.items() if row is None or row["state"] != "done"] == []
        assert [row["key"] for row in tx.work.page(state="quarantined", limit=100)] == []
        assert tx.ledger.verify()[1] is None
        assert tx.connection.execute(sa.select(seal.c.head).where(seal.c.number == head[0])).scalar_one() == head[1]
        cases = tx.cases.page(agencies=list(office.tree), limit=1000)
        draws = tx.draws.page(None)
    assert [case.reference for case in cases if not case.state.ended] == []
    assert {one.state for one in draws} <= {DrawState.DRAWN, DrawState.VOID}
    for one in draws:
        agreeing(office, one.number)
    assert [key for told in held.outside.told.values() for key, often in told.items() if often > 1] == [], (
        "nobody heard anything twice"
    )


def test_the_newest_office_that_was_kept_waits_for_everything_that_there_is_to_wait_for(tmp_path: Path) -> None:
    with closing(opened(OFFICES[-1], tmp_path)) as store:
        held = heirs.inherit(store, tmp_path / "packs")
    assert set(OrderKind) - SINCE - {OrderKind(kind) for kind in held.left.values()} == set()


@pytest.mark.slow
def test_in_its_first_moment_the_next_release_carries_out_what_the_killed_one_had_ordered_and_nothing_is_stuck(
    tmp_path: Path,
) -> None:
    with closing(opened(OFFICES[-1], tmp_path)) as store:
        held = heirs.inherit(store, tmp_path / "packs")
        settle(held.office)
        with store.read() as tx:
            due = next_due(tx, held.hand())
            assert due is not None
            assert due > held.hand()
            assert tx.work.page(state="quarantined", limit=1) == []
            assert {one.state for one in tx.draws.page(None) if one.plan == "east"} == {DrawState.DRAWN}, "its seed was there"


def test_the_offices_that_were_kept_are_small_each_of_a_revision_that_there_was() -> None:
    assert OFFICES
    for kept in OFFICES:
        assert kept.stat().st_size < 300_000
        assert int(kept.name.removesuffix(dump.SUFFIX)) <= int(migrate.newest())


@pytest.mark.slow
def test_the_office_that_this_release_would_leave_waits_for_everything_as_well(tmp_path: Path) -> None:
    file = made(tmp_path)
    with closing(Store(f"sqlite:///{file}")) as store, store.read() as tx:
        open_ones = {row["kind"] for state in ("ready", "waiting") for row in tx.work.page(state=state, limit=1000)}
        waiting = [one for case in tx.cases.page(agencies=list(TREE), limit=1000) for one in tx.consequences.of_case(case.id)]
        records = tx.records.page(list(TREE), list(RecordState), 100)
        lacking = [one.entry for one in records if one.suspended and holding.lacks(tx, booked(tx, one.entry))]
        wishes = {dict(one).get("word") for one in tx.attention.standing("subject_spoke")}
    assert Stage.HEAR in {one.stage for one in waiting}, "a hearing is fixed, and told"
    assert any(one.rectification.longer for one in waiting if one.rectification is not None)
    assert SubjectWord.MORE_TIME.value in wishes, "and more of it is asked for"
    assert (len([one for one in records if not one.in_effect]), len(lacking)) == (1, 1), (
        "an entry for its service, one for an answer"
    )
    assert set(OrderKind) - {OrderKind(kind) for kind in open_ones} == set()


def booked(tx: Tx, entry: str) -> Booked:
    """An entry as its first receiver is to have it."""
    held = tx.books.get(entry)
    assert held is not None
    return held


@pytest.mark.slow
@pytest.mark.parametrize("kept", OFFICES, ids=lambda kept: kept.name)
def test_the_office_of_a_former_release_goes_on_to_the_end_in_its_file(kept: Path, tmp_path: Path) -> None:
    with closing(opened(kept, tmp_path)) as store:
        with store.read() as tx:
            head = tx.ledger.head()
        held = heirs.inherit(store, tmp_path / "packs")
        held.live()
        ended(held, head)


def unsigned(_tx: Tx) -> None:
    """Nobody signs."""


def told(_table: str, _done: int, _count: int) -> None:
    """Nobody watches."""


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.needs("postgres")
@pytest.mark.parametrize("kept", OFFICES, ids=lambda kept: kept.name)
def test_the_office_of_a_former_release_moves_to_postgresql_and_goes_on_there_to_the_end(
    kept: Path, tmp_path: Path, postgres_url: str
) -> None:
    with closing(opened(kept, tmp_path)) as file, closing(Store(postgres_url)) as store:
        with file.read() as tx:
            head = tx.ledger.head()
        moving.move(file, store, unsigned, told)
        assert migrate.present(store) == migrate.newest()
        held = heirs.inherit(store, tmp_path / "packs")
        held.live()
        ended(held, head)
