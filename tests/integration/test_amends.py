"""What became of an entry reaches every receiver: refused it goes on, a person hears by when, and each kind stands for itself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK, DocketKind
from inspector.flows import amending, copies
from inspector.store.store import Store
from inspector.store.tables import work
from tests import creditplatform
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_forms import logged_in

pytestmark = pytest.mark.alike

NONE_OF_IT = frozenset({"nothing that anybody sends"})


def repaired(here: Place) -> str:
    """An entry whose repair every receiver refuses, for its form."""
    entry = here.found(1)
    here.hand.on(days=96)
    settle(here.office)
    here.repaired(entry)
    return entry


def days(here: Place, many: int = 5) -> None:
    for _ in range(many):
        here.hand.on(days=2)
        settle(here.office)


@pytest.mark.slow
def test_a_repair_that_a_receiver_refuses_goes_on_each_working_day_until_it_is_taken(
    store: Store, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place(store, hand, tmp_path) as here:
        monkeypatch.setitem(creditplatform.WANTED, "/amend", NONE_OF_IT)
        entry = repaired(here)
        assert sorted(here.matters(AMEND_STUCK)) == [f"{entry}@platform:REPAIRED", f"{entry}@sector:REPAIRED"]
        with store.read() as tx:
            listed = [one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.UNTAKEN]
        first = {one.due_at for one in listed}
        assert len(listed) == 2
        assert min(first) > here.hand(), "by the days for a change at a receiver"
        days(here)
        with store.read() as tx:
            still = [one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.UNTAKEN]
        assert {one.due_at for one in still} == first, "its date does not move while it is tried"
        with serving(here.office) as edge, edge.client() as browser:
            logged_in(edge, browser)
            page = browser.get("/credit").text
            assert ("接收方尚未收到的信用记录变化" in page, entry.replace(":", "%3A") in page or entry in page) == (True, True)
        monkeypatch.undo()
        days(here)
        assert (here.first.became, here.second.became) == ({entry: ["REPAIRED"]}, {entry: ["REPAIRED"]})
        assert here.matters(AMEND_STUCK) == []


def test_a_matter_is_over_with_its_own_kind_and_not_with_another(
    store: Store, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place(store, hand, tmp_path) as here:
        monkeypatch.setitem(creditplatform.WANTED, "/amend", NONE_OF_IT)
        entry = repaired(here)
        monkeypatch.undo()
        here.objects(entry)
        assert here.first.became == {entry: ["MARKED"]}
        assert f"{entry}@platform:REPAIRED" in here.matters(AMEND_STUCK), "the mark was taken, the repair was not"
        days(here)
        assert sorted(here.first.became[entry]) == ["MARKED", "REPAIRED"]
        assert here.matters(AMEND_STUCK) == []


@pytest.mark.parametrize("way", ["start", "comparison"])
def test_what_a_release_of_before_left_in_quarantine_is_told_after_all(
    store: Store, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with place(store, hand, tmp_path) as here:
        monkeypatch.setitem(creditplatform.WANTED, "/amend", NONE_OF_IT)
        entry = repaired(here)
        monkeypatch.undo()
        with store.begin() as tx:
            lying = sa.update(work).where(work.c.kind == "credit.amend", work.c.state != "done").values(state="quarantined")
            assert tx.connection.execute(lying).rowcount == 2
        days(here, 1)
        assert here.first.became == {}
        with store.begin() as tx:
            if way == "start":
                amending.resume(tx, hand())
            else:
                case, booked = tx.cases.get(here.record(entry).case_id), tx.books.get(entry)
                assert booked is not None
                assert copies.tell_again(tx, here.office, booked, "", here.office.book.get(case.pack), hand())
        days(here, 1)
        assert here.first.became == {entry: ["REPAIRED"]}


def test_what_is_to_be_told_of_a_record_stays_until_a_person_has_told_it_though_more_comes(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path, path_amend="") as here:
        entry = here.found(1)
        most = here.record(entry).most_until
        assert most is not None
        here.hand.on(days=(most - here.hand().date()).days - 1)
        settle(here.office)
        here.objects(entry)
        here.hand.on(days=3)
        settle(here.office)
        assert sorted(here.matters(AMEND_BY_HAND)) == [f"{entry}@platform:LAPSED", f"{entry}@platform:MARKED"]
        with here.office.store.read() as tx:
            (objection,) = tx.records.objections(case_id=here.record(entry).case_id)
        here.decides(objection.id, "王五", upheld=False)
        assert sorted(here.matters(AMEND_BY_HAND)) == [f"{entry}@platform:LAPSED", f"{entry}@platform:UNMARKED"], (
            "of one line only the newest need be told"
        )


def test_a_receiver_hears_with_the_entry_what_the_subject_was_promised_of_its_publicity(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here:
        minor = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
        grave = here.found(2)
        for platform in (here.first, here.second):
            for entry, shown in ((minor, False), (grave, True)):
                mine, told = here.record(entry), platform.entries[entry]
                assert (told["published"], mine.published) == (shown, shown)
                for name, day in (("least_until", mine.least_until), ("shown_until", mine.most_until)):
                    assert told.get(name) == (day.isoformat() if isinstance(day, date) else None)
        assert "shown_until" in here.first.entries[grave], "it can stop by itself"
        with store.read() as tx:
            events = [
                json.loads(row["body"]) for row in tx.events.of_case(here.record(minor).case_id) if row["type"] == "credit.record"
            ]
        assert {(one["published"], "least_until" in one, "shown_until" in one) for one in events} == {(False, True, True)}
