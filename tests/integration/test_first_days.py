"""The first days that tests lay before each other (`tests/kept.py`): as they were left, and never where something happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.flows.office import Office
from tests import kept
from tests.house import START, Hand, Table, application, closing, open_office, open_store, post, settle


@dataclass
class Days:
    """A case comes in and is settled on the second day."""

    folder: Path
    way: object = field(default_factory=object)
    lived: int = 0

    @contextmanager
    def office(self) -> Iterator[tuple[Office, Hand]]:
        """One more office, just opened."""
        name, hand = f"{len(list(self.folder.iterdir()))}.sqlite3", Hand()
        with closing(open_store(f"sqlite:///{self.folder / name}")) as store:
            assert kept.untouched(store)
            office = open_office(store, hand, sources={"registers": Table(default="=")})
            assert not kept.untouched(store)
            yield kept.opened(office, hand, self.way), hand

    def live(self, office: Office, hand: Hand) -> str:
        def live() -> str:
            self.lived += 1
            hand.on(days=1)
            case = post(office, application(1, "business-licence", {"registration-status": "存续"}))
            settle(office)
            return case

        return kept.lived(office, hand, "a case", live)


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path)


def stand(office: Office) -> tuple[list[str], int]:
    """Every case, and how often the register was asked."""
    with office.store.read() as tx:
        return [one.id for one in tx.cases.page(agencies=("bureau",), limit=9)], len(
            vars(office.connectors.sources["registers"])["asked"]
        )


def test_they_are_lived_once_and_laid_as_they_were_left_whatever_became_of_them_since(days: Days) -> None:
    for _ in range(3):
        with days.office() as (office, hand):
            case = days.live(office, hand)
            assert (stand(office), hand()) == (([case], 1), START + timedelta(days=1))
            more = post(office, application(2, "business-licence", {"registration-status": "存续"}))
            settle(office)
            assert stand(office) == ([case, more], 2), "it goes on like any other"
    assert days.lived == 1


def _row(office: Office, _hand: Hand) -> Office:
    with office.store.begin() as tx:
        tx.lanes.ensure(["another"])
    return office


def _table(office: Office, _hand: Hand) -> Office:
    vars(office.connectors.sources["registers"])["rows"]["registration-status", "TEST00000000000001"] = "存续"
    return office


def _hour(office: Office, hand: Hand) -> Office:
    hand.on(seconds=1)
    return office


def _office(office: Office, _hand: Hand) -> Office:
    return replace(office, link_days=7)


@pytest.mark.parametrize("change", [_row, _table, _hour, _office], ids=["a row", "a table outside", "the hour", "the office"])
def test_whoever_has_changed_anything_lives_them_himself(days: Days, change: Callable[[Office, Hand], Office]) -> None:
    with days.office() as (office, hand):
        days.live(office, hand)
    with days.office() as (office, hand):
        days.live(change(office, hand), hand)
        assert len(stand(office)[0]) == 1
    assert days.lived == 2
