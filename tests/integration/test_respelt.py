"""Who mistyped a firm's code corrects it over the API: the case is the firm's by the right code, and the register has it once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from inspector.domain.case import CaseState, Route
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.plan import DrawState
from inspector.flows import enrolment, intake
from inspector.flows.intake import Application
from inspector.flows.office import Office
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.store.tables import subject
from tests import house
from tests.drawn import drawing
from tests.edge import a_case, serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_twins import RIGHT, THIRD, WRONG, certificate, filed, firms, matters, tickets
from tests.operator import on_both

pytestmark = pytest.mark.alike
ANOTHER, WORSE = "91000000MA0000002W", "910000OOMA0000002W"


def correct(office: Office, case_id: str, given: Application, right: str) -> None:
    with office.store.begin() as tx:
        intake.correct(office, tx, case_id, replace(given, subject_code=right), "hall", office.now())


@on_both
def test_what_a_case_entered_by_a_mistyped_code_goes_on_under_the_right_one(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    mistyped = certificate(1, WRONG)
    first, second = post(office, mistyped), post(office, certificate(2, RIGHT))
    assert (firms(store), matters(store, enrolment.TWICE)) == ([WRONG], [second])
    hand.on(days=3)
    correct(office, first, mistyped, RIGHT)
    assert (firms(store), matters(store, enrolment.TWICE)) == ([RIGHT], [])
    with store.read() as tx:
        row, case = tx.rosters.objects("bureau")[0], tx.cases.get(first)
        assert (row.enrolled, row.since, tx.rosters.aliases("bureau")) == (True, case.opened_at.date(), [(WRONG, RIGHT)])
        assert (case.state, case.subject.code, case.corrected[0].subject_code) == (CaseState.POOLED, RIGHT, WRONG)
        (told,) = [json.loads(one["body"])["facts"] for one in tx.ledger.about(first) if one["rule"] == "case.correct"]
    assert told["changed"] == ["subject_code"]
    correct(office, first, mistyped, RIGHT)
    assert firms(store) == [RIGHT], "the same correction again changes nothing"


def test_a_correction_to_the_code_of_the_register_ends_the_matter_and_enters_nobody(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    with store.begin() as tx:
        tx.rosters.put_objects([filed(RIGHT)])
    mistyped = certificate(1, WRONG)
    case_id = post(office, mistyped)
    assert matters(store, enrolment.TWICE) == [case_id]
    correct(office, case_id, mistyped, RIGHT)
    assert (firms(store), matters(store, enrolment.TWICE)) == ([RIGHT], [])


def test_a_row_stays_for_another_case_that_names_it_so_and_for_a_code_that_is_no_better(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    mistyped = certificate(1, WRONG)
    first = post(office, mistyped)
    post(office, certificate(2, WRONG))
    correct(office, first, mistyped, RIGHT)
    assert (firms(store), matters(store, enrolment.TWICE)) == ([WRONG], [first])
    other = certificate(3, ANOTHER)
    well = post(office, other)
    correct(office, well, other, WORSE)
    assert (firms(store), matters(store, enrolment.TWICE)) == ([ANOTHER, WRONG], sorted([first, well]))


def test_a_row_in_the_frozen_frame_of_an_open_draw_stays_until_that_is_over(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    mistyped = certificate(1001, WRONG)
    case_id = post(office, mistyped)
    held = announce(office, hand, "weekly")
    correct(office, case_id, mistyped, RIGHT)
    assert ([one.code for one in tickets(store, held)], firms(store), matters(store, enrolment.TWICE)) == (
        [WRONG],
        [WRONG],
        [case_id],
    )
    with store.begin() as tx:
        tx.draws.put(replace(tx.draws.hold(held.number), state=DrawState.VOID))
        enrolment.strike(office, tx, "bureau", mistyped.subject_kind, WRONG, RIGHT, "王五", hand())
    assert (firms(store), matters(store, enrolment.TWICE)) == ([RIGHT], [])


def test_nothing_but_the_code_of_one_firm_is_corrected_in_a_case_that_is_not_verified(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    mistyped = certificate(1, WRONG)
    case_id = post(office, mistyped)
    for given, why in (
        (replace(mistyped, subject_code=ANOTHER), "correction_of_subject"),
        (replace(mistyped, subject_code=RIGHT, route=Route.COMMITMENT), "case_ended"),
        (replace(mistyped, subject_name="另一公司"), "case_ended"),
    ):
        with store.begin() as tx, pytest.raises(Refusal, match=why):
            intake.correct(office, tx, case_id, given, "hall", hand())
    assert firms(store) == [WRONG]


def test_a_case_under_verification_asks_anew_by_the_right_code(store: Store, hand: Hand) -> None:
    source = Table(default=Unavailable("timeout"))
    office = open_office(store, hand, sources={"registers": source})
    given = application(1, "business-licence", {"registration-status": "存续"}, subject_code=THIRD)
    case_id = post(office, given)
    settle(office)
    correct(office, case_id, given, RIGHT)
    settle(office)
    assert {question.subject_code for _, question in source.asked} == {THIRD, RIGHT}
    assert firms(store) == [], "it is verified, and enters nobody"
    with store.read() as tx:
        kept = tx.connection.execute(sa.select(subject.c.code)).scalars().all()
    assert kept == [RIGHT], "the mistyped one is nobody's any more"


def test_the_code_is_corrected_over_the_api(store: Store, hand: Hand) -> None:
    with serving(open_office(store, hand)) as edge, edge.as_("system") as client:
        firm = {"kind": "FIRM", "name": "某某有限公司"}
        case_id = client.post("/v1/cases", json=a_case(subject={**firm, "code": WRONG})).json()["id"]
        right = client.put(f"/v1/cases/{case_id}", json=a_case(subject={**firm, "code": RIGHT}))
        assert (right.status_code, right.json()["subject"]["code"]) == (200, RIGHT)
        other = client.put(f"/v1/cases/{case_id}", json=a_case(subject={**firm, "code": ANOTHER}))
        assert (other.status_code, other.json()["error"]["code"]) == (409, "correction_of_subject")


def test_a_dash_for_a_code_enters_nobody_and_says_what_is_missing(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    for nothing in ("-", "——", " . ", "（）"):
        with pytest.raises(Invalid, match="identity_empty"):
            post(office, certificate(1, nothing))
    assert firms(store) == []
