"""A system's callbacks bring it what is its agency's: where its name passes to another agency, the old one's results stay at home."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.flows import review
from inspector.flows.office import Office
from inspector.ports import Unavailable
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_barred import Hall, matters
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def issue(store: Store, agency: str) -> None:
    """The system's name belongs to this agency from now on."""
    now = datetime.now(UTC)
    with store.begin() as tx:
        for held in tx.tokens.all():
            if held["revoked_at"] is None:
                tx.tokens.revoke(held["id"], now)
        tx.tokens.issue("hall", agency, "system", now, now + timedelta(days=1))


def contradicted(store: Store, hand: Hand, hall: Hall) -> tuple[Office, str]:
    """A case of the bureau that an officer has to decide."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")}, approving={"hall": hall})
    issue(store, "bureau")
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    return office, case_id


def decide(office: Office, case_id: str) -> None:
    """The officer decides, and what follows is carried out."""
    with office.store.begin() as tx:
        (found,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (found.id,), office.now())
    settle(office)


def told(store: Store, case_id: str) -> int:
    """How many events the feed has of a case."""
    with store.read() as tx:
        return len(tx.events.of_case(case_id))


def test_what_is_decided_after_a_systems_name_has_passed_to_another_agency_is_not_told_there(store: Store, hand: Hand) -> None:
    hall = Hall()
    office, case_id = contradicted(store, hand, hall)
    heard = len(hall.heard)
    assert heard == told(store, case_id) > 0
    issue(store, "other")
    decide(office, case_id)
    assert len(hall.heard) == heard
    assert told(store, case_id) > heard, "the feed has it"
    (matter,) = matters(store, "callback_withheld")
    assert (matter["agency"], matter["about"]) == ("bureau", "hall:bureau")
    assert json.loads(matter["body"]) == {"connector": "hall", "case": case_id, "holder": "other"}
    with store.read() as tx:
        assert {row["state"] for row in tx.work.page(kind="tell")} == {"done"}
    issue(store, "bureau")
    second = post(office, application(2, "business-licence", LICENCE))
    settle(office)
    assert len(hall.heard) == heard + told(store, second), "a name that comes back brings its callbacks along"


def test_a_callback_that_waits_while_the_name_passes_on_is_not_told_there_either(store: Store, hand: Hand) -> None:
    hall = Hall(error=Unavailable("http_503"))
    office, _ = contradicted(store, hand, hall)
    issue(store, "other")
    hall.error = None
    hand.on(hours=2)
    with store.begin() as tx:
        tx.lanes.succeeded("hall")
    settle(office)
    assert hall.heard == []
    assert len(matters(store, "callback_withheld")) == 1


@pytest.mark.parametrize("holder", ["bureau", "county", "city", None])
def test_a_token_renewed_or_of_an_agency_above_or_only_run_out_keeps_the_callbacks(
    store: Store, hand: Hand, holder: str | None
) -> None:
    hall = Hall()
    office, case_id = contradicted(store, hand, hall)
    if holder is not None:
        issue(store, holder)
    else:
        with store.begin() as tx:
            tx.tokens.revoke(tx.tokens.all()[0]["id"], datetime.now(UTC))
    decide(office, case_id)
    assert len(hall.heard) == told(store, case_id)
    assert matters(store, "callback_withheld") == []


def test_the_name_of_a_person_takes_no_systems_callbacks(store: Store, hand: Hand) -> None:
    hall = Hall()
    office, case_id = contradicted(store, hand, hall)
    now = datetime.now(UTC)
    with store.begin() as tx:
        tx.tokens.issue("hall", "other", "officer", now, now + timedelta(days=1))
    decide(office, case_id)
    assert len(hall.heard) == told(store, case_id)
