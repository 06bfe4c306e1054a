"""Where a subject is reached an officer enters by the subject's paper alone, and is no longer the only one to read what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from inspector.domain.agreed import Contact
from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.proposal import Proposal
from inspector.domain.roster import InspectorRecord
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.domain.wayto import ServiceWay
from inspector.flows import consent
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import TREE, Hand, Table, open_office, settle
from tests.proceedings import Proceeding, decided
from tests.reached import EMAIL, PHONE, Wire

pytestmark = pytest.mark.alike

OWN, PAPER = "13911112222", "送达地址确认书1号"


def at_desk(store: Store, hand: Hand) -> tuple[Proceeding, Wire]:
    """A case that was found false and is not concluded, in an office that sends text messages."""
    wire = Wire()
    tree = {**TREE, "bureau": replace(TREE["bureau"], subjects_by_phone="sms", subjects_by_email="sms", telephone="010-12345678")}
    office = open_office(store, hand, sources={"registers": Table(default="吊销")}, channels={"sms": wire})
    return decided(store, hand, Outcome.FALSE_KNOWING, concluded=False, office=replace(office, tree=tree)), wire


def enters(edge: Edge, case: Proceeding, name: str = "李四", **more: Any) -> httpx.Response:
    with edge.as_("officer", name=name) as officer:
        told = {"phone": OWN, "agreed": True, "confirmation": PAPER} | more
        return officer.put(f"/v1/cases/{case.case}/contact", json=told)


def answers(edge: Edge, wire: Wire, held: Consequence, word: str) -> None:
    """Somebody answers by the link that has just come to a telephone."""
    secret = wire.pushed[-1][1].link.rpartition("/")[2]
    with edge.client(X_Link_Token=secret) as phone:
        answer = phone.post(f"/v1/subject-notices/{held.id}:notice/words", json={"word": word, "words": "好"})
        assert answer.status_code == 200, answer.text


def told(case: Proceeding) -> list[SubjectNotice]:
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.ENTERED]


def known(case: Proceeding) -> None:
    """The approving system has said where the subject is reached."""
    with case.office.store.begin() as tx:
        held = tx.cases.get(case.case, lock=True)
        consent.say(case.office, tx, held, Contact(phone=PHONE, agreed=True), "hall", case.hand())


def state(case: Proceeding) -> CaseState:
    with case.office.store.read() as tx:
        return tx.cases.get(case.case).state


def test_who_enters_where_a_subject_is_reached_ends_no_time_by_what_comes_back_from_there(store: Store, hand: Hand) -> None:
    case, wire = at_desk(store, hand)
    held = case.the(Proposal.RECORD_CREDIT)
    with serving(case.office) as edge:
        assert enters(edge, case).status_code == 204
        case.give(held)
        settle(case.office)
        answers(edge, wire, held, "WAIVER")
        with store.read() as tx:
            assert tx.servings.get(f"{held.id}:notice").served_by == "李四", "that it came is that officer's word"
        with edge.as_("officer", name="李四") as officer:
            refused = officer.post(f"/v1/consequences/{held.id}/decision", json={"turn": case.turn(held), "reasons": "清楚"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (409, "waiver_own")
    assert case.rule(held, "王五").state is ConsequenceState.IMPOSED


def test_nor_does_it_withdraw_by_what_was_on_its_way_already_and_goes_there_now(store: Store, hand: Hand) -> None:
    case, wire = at_desk(store, hand)
    known(case)
    held = case.give(case.the(Proposal.RECORD_CREDIT))
    with serving(case.office) as edge:
        assert enters(edge, case).status_code == 204
        settle(case.office)
        (link,) = [one[1].link for one in wire.pushed if one[1].to == OWN]
        with edge.client(X_Link_Token=link.rpartition("/")[2]) as phone:
            said = {"word": "WITHDRAWAL", "words": "不办了"}
            assert phone.post(f"/v1/subject-notices/{held.id}:notice/words", json=said).status_code == 200
    assert state(case) is CaseState.CLOSED
    assert [one["word"] for one in case.matters("subject_spoke")] == ["WITHDRAWAL"]


def test_the_subject_hears_of_it_where_it_was_reached_before_and_not_at_the_new_address(store: Store, hand: Hand) -> None:
    case, wire = at_desk(store, hand)
    known(case)
    with serving(case.office) as edge:
        assert enters(edge, case).status_code == 204
        settle(case.office)
        assert [one[1].to for one in wire.pushed] == [PHONE]
        (notice,) = told(case)
        assert ("李四" in notice.facts[0], PAPER in notice.facts[0], OWN in notice.facts[0]) == (True, True, False)
        assert enters(edge, case).status_code == 204, "the same again says nothing"
        assert len(told(case)) == 1
        assert enters(edge, case, name="王五", phone=PHONE).status_code == 204, "what the subject itself has said is nobody's"
    with store.read() as tx:
        assert tx.servings.contact(case.case).said == ()


def test_where_nothing_was_known_before_the_subject_hears_of_it_on_paper(store: Store, hand: Hand) -> None:
    case, wire = at_desk(store, hand)
    with serving(case.office) as edge:
        assert enters(edge, case).status_code == 204
    settle(case.office)
    (notice,) = told(case)
    assert (notice.way, wire.pushed) == (ServiceWay.PAPER, [])


def test_what_the_approving_system_has_said_since_is_the_subjects_own_word(store: Store, hand: Hand) -> None:
    case, wire = at_desk(store, hand)
    held = case.the(Proposal.RECORD_CREDIT)
    with serving(case.office) as edge:
        assert enters(edge, case).status_code == 204
        with edge.as_("system", name="hall") as hall:
            assert hall.put(f"/v1/cases/{case.case}/contact", json={"phone": OWN, "agreed": True}).status_code == 204
        hand.on(minutes=1)
        case.give(held)
        settle(case.office)
        answers(edge, wire, held, "WAIVER")
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED


def test_no_officer_enters_an_address_without_the_subjects_paper(store: Store, hand: Hand) -> None:
    case, _ = at_desk(store, hand)
    with serving(case.office) as edge:
        for given in ({"phone": OWN}, {"phone": "", "email": EMAIL}, {"phone": "", "agreed": True}):
            answer = enters(edge, case, confirmation="", **given)
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "contact_unconfirmed"), given
        assert enters(edge, case, phone="", agreed=False, confirmation="").status_code == 204, "nothing is nothing"


def staff(code: str, address: str) -> InspectorRecord:
    until = date(2031, 1, 1)
    told = InspectorRecord(agency="bureau", id=code, name=code, pools=("bureau",), certificate=code, certificate_until=until)
    return replace(told, channel="sms", address=address)


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("phone", "+86 138 1234 5678"),
        ("email", "LISI@office.example"),
        ("phone", "010-12345678"),
        ("email", "liaison@office.example"),
    ],
)
def test_a_way_to_the_offices_own_people_is_no_subjects(store: Store, hand: Hand, field: str, address: str) -> None:
    case, _ = at_desk(store, hand)
    node = replace(case.office.tree["bureau"], liaison="sms:liaison@office.example")
    case.office = replace(case.office, tree={**case.office.tree, "bureau": node})
    with store.begin() as tx:
        tx.rosters.put_inspectors([staff("Z1", "13812345678"), staff("Z2", "lisi@office.example")])
    with serving(case.office) as edge:
        answer = enters(edge, case, **({"phone": ""} | {field: address}))
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "contact_officers")
        assert address not in answer.text
        with edge.as_("system", name="hall") as hall:
            given = {"phone": "", "email": ""} | {field: address}
            assert hall.put(f"/v1/cases/{case.case}/contact", json=given).status_code == 204, "an inspector may apply here, too"
