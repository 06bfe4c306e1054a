"""A large register is announced without being held. On both databases."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.roster import RosterObject
from inspector.flows.draw import announce_now
from inspector.flows.framing import frame
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import drawing

pytestmark = pytest.mark.slow

FIRMS, MORE = 1_500, 4_500
PERSON = "110105194912310021"


class UndoneError(Exception):
    """Rolls a transaction back on purpose."""


@contextmanager
def undone(store: Store) -> Iterator[Tx]:
    with suppress(UndoneError), store.begin() as tx:
        yield tx
        raise UndoneError


def pooled(store: Store, hand: Hand) -> Office:
    office, _, _ = drawing(store, hand)
    return replace(office, plans={"weekly": replace(office.plans["weekly"], pool=True)})


def enrol(tx: Tx, start: int, stop: int) -> None:
    tx.rosters.put_objects(firm(number) for number in range(start, stop))


def firm(number: int) -> RosterObject:
    code = f"TEST{number:014d}"
    return RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name=f"第{number}公司", pool="bureau")


def test_a_frame_holds_less_than_a_fifth_of_a_kilobyte_for_each_object_of_a_register(store: Store, hand: Hand) -> None:
    office = replace(pooled(store, hand), held=250_000)
    policy = office.policy("bureau", hand().date())

    def peak() -> int:
        with store.read() as tx:
            gc.collect()
            tracemalloc.start()
            made = frame(office, tx, office.plans["weekly"], policy, "one", hand())
            held = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert not made.empty
        return held

    peaks = []
    for start, stop in ((0, FIRMS), (FIRMS, FIRMS + MORE)):
        with store.begin() as tx:
            enrol(tx, start, stop)
        peaks.append(peak())
    assert (peaks[1] - peaks[0]) / MORE < 200


def test_a_frame_that_goes_by_way_of_the_disk_is_the_one_that_is_held(store: Store, hand: Hand) -> None:
    office = pooled(store, hand)
    with store.begin() as tx:
        tx.rosters.put_objects(
            [
                *map(firm, range(1, 40)),
                replace(firm(0), kind=SubjectKind.PERSON, code=PERSON, name="某\t人"),
            ]
        )
        tx.credit.state(SubjectKind.FIRM, firm(3).code, "A", hand(), "credit")
    for number in (2, 3, 77):  # two of the register, one that has come in by its case alone
        post(office, application(number, "business-licence", {"registration-status": "存续"}))
    settle(office)
    made = []
    for held in (1, 1_000, 10**9):
        with undone(store) as tx:
            draw = announce_now(replace(office, held=held), tx, "weekly", "clerk", hand())
            assert draw is not None
            made.append(tx.draws.files(draw.number))
    assert made[0] == made[1] == made[2]
    assert len(made[0]["objects.tsv"].splitlines()) == len(made[0]["members.json"].splitlines()) == 41
