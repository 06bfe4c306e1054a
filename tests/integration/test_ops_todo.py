"""The ops page says what to do first and by which command, what is at risk, and what is in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web.desk import Desk
from inspector.web.health import Health
from inspector.web.mends import WATCHED, Mend
from inspector.web.opswords import Board, board
from tests.edge import WEB
from tests.house import Hand, Table, application, open_office, post
from tests.integration.test_cli_work import quarantine

LANE = "registers"


@pytest.fixture
def desk(store: Store, hand: Hand) -> Desk:
    """A desk of a small office that is in order."""
    office = open_office(store, hand, sources={LANE: Table()})
    return Desk(office=office, metrics=Metrics(), health=Health, live=lambda: True, settings=WEB)


def shown(desk: Desk) -> Board:
    return desk.look(lambda tx: board(desk, tx, "en"))


def told(desk: Desk) -> list[tuple[Mend, str, str]]:
    found = shown(desk)
    return [(one.mend, one.text, one.command) for one in (*found.first, *found.risks)]


@pytest.mark.alike
def test_an_office_in_order_has_nothing_to_do_and_says_what_is_in_order(desk: Desk) -> None:
    found = shown(desk)
    assert (found.first, found.risks) == ((), ())
    assert len(found.fine) == len(WATCHED)
    assert not any(part.loud for part in found.parts)


@pytest.mark.alike
def test_what_has_stopped_and_what_waits_for_a_person_comes_first_with_its_command(desk: Desk, hand: Hand) -> None:
    with desk.office.store.begin() as tx:
        tx.attention.open("visit_overdue", "bureau", "v1", {}, hand())
        tx.lanes.failed(LANE, "http_401", tx.machine_now(), threshold=1, pause=lambda *_: timedelta(minutes=1), barred=True)
    quarantine(desk.office.store, "tell:1")
    ill = replace(desk, health=lambda: Health(reasons=("clock_stopped",)))
    assert told(ill) == [
        (Mend.UNREADY, told(ill)[0][1], "./run check"),
        (Mend.STOPPED, "Work rows that have stopped and wait for a person: 1", "./run work list --state quarantined"),
        (Mend.BARRED, f"{LANE} does not let us in: renew the credential or mend the address", f"./run connector check {LANE}"),
        (Mend.MATTER, "Visits past their date: 1", "./run attention list --kind visit_overdue"),
    ]
    found = shown(ill)
    assert found.risks == ()
    assert [part.title for part in found.parts if part.loud] == [part.title for part in found.parts[:4]], (
        "what is amiss comes first"
    )
    assert {"Health", "Work", "Connectors", "Waits for a person"} & {*found.fine} == set()


@pytest.mark.alike
def test_what_is_only_at_risk_is_told_apart(desk: Desk, hand: Hand) -> None:
    with desk.office.store.begin() as tx:
        now = tx.machine_now()
        tx.lanes.pause(LANE, now)
        tx.replicas.seen("silent", "0.1", now - timedelta(days=1), now - timedelta(minutes=10))
        tx.replicas.seen("unheard", "0.1", now - timedelta(days=1), now)
        tx.replicas.pulsed("unheard", now, "http_503")
        tx.schedules.declare("sweep:roster", "every 2h", hand() - timedelta(minutes=20))
    found = shown(desk)
    assert found.first == ()
    assert [(one.mend, one.command) for one in found.risks] == [
        (Mend.PAUSED, f"./run connector resume {LANE}"),
        (Mend.UNHEARD, "./run connector check pulse"),
        (Mend.OVERDUE, "./run schedule list"),
        (Mend.SILENT, "./run check"),
    ]


@pytest.mark.alike
def test_a_date_of_ours_that_is_near_is_a_risk_and_the_drawing_has_the_case(desk: Desk, hand: Hand) -> None:
    case = post(desk.office, application(1, "business-licence", {"registration-status": "存续"}))
    assert [one for one in told(desk) if one[0] is Mend.TOMORROW] == []
    with desk.office.store.read() as tx:
        due_at = tx.cases.get(case).due_at
    assert due_at is not None
    hand.now = desk.office.calendar.local(due_at) - timedelta(hours=3)
    assert (Mend.TOMORROW, "Dates of ours that fall due within one working day: 1", "./run docket list") in told(desk)
    assert sum(one.count for one in shown(desk).flow) == 1
    assert dict(waits for one in shown(desk).flow for waits in one.waits)["asked"] == 1
