"""What the common superior is sent: a link that can be called back, and a letter that stands in the record of who was told about whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.domain.letter import LetterKind
from inspector.flows import assist, replylink
from inspector.flows.dossier import dossier
from inspector.flows.requests import policy_of
from inspector.ports import Origin, Refused
from inspector.store.store import Store
from tests.edge import WENT, serving
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

WORD = {"helps": "no", "reasons": "不属于其职权", "signer": "路人", "message": "1"}


@pytest.mark.slow
def test_the_superiors_link_is_called_back_with_the_agencys_and_both_get_another(store: Store, hand: Hand) -> None:
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": county})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
    settle(office)
    old = county.letters[-1].reply_url.partition("/oversee")[2]
    with store.begin() as tx:
        replylink.call_back(tx, request.id, "李四", "链接外泄", hand(), anew=True)
    settle(office)
    new = county.letters[-1].reply_url.partition("/oversee")[2]
    with serving(office) as edge, edge.client() as client:
        assert client.post(f"/oversee{old}", data=WORD).status_code == 403
        assert request_of(store, case_id).state is AssistanceState.DISPUTED, "a stranger has decided nothing"
        assert client.get(f"/oversee{new}").status_code == 200
        shown = [client.get(f"/assist{one.reply_url.partition('/assist')[2]}").status_code for one in civil.letters]
        assert shown == [403, 200]
    assert [letter.kind.value for letter in county.letters] == ["dispute", "dispute"]
    assert [letter.kind.value for letter in civil.letters] == ["request", "request"]


def test_a_further_letter_above_that_nobody_takes_leaves_the_request_with_the_superior(store: Store, hand: Hand) -> None:
    county = Desk("county-office")
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": county})
    case_id = opened(office)
    settle(office)
    hand.now = request_of(store, case_id).escalate_at + timedelta(minutes=1)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.ESCALATED
    county.fails.append(Refused("mailbox_full", origin=Origin.THEM, attempts=1))
    with store.begin() as tx:
        replylink.call_back(tx, request_of(store, case_id).id, "李四", "链接外泄", hand(), anew=True)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.ESCALATED


@pytest.mark.parametrize("kind", ["escalation", "dispute"])
def test_what_a_superior_was_told_about_whom_is_on_record_as_what_an_agency_was_asked_is(
    store: Store, hand: Hand, kind: str
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    if kind == "dispute":
        with store.begin() as tx:
            assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
    else:
        hand.now = request.escalate_at + timedelta(minutes=1)
    settle(office)
    with store.read() as tx:
        held = {one.connector: one for one in tx.inquiries.of_case(case_id) if one.port.value == "agency"}
    assert {name: one.outcome for name, one in held.items()} == {"civil-affairs": "request", "county-office": kind}
    assert held["county-office"].code == request.question["code"]


def test_a_link_that_a_machine_has_opened_is_said_to_be_open_and_not_to_be_read(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with serving(office) as edge, edge.client(User_Agent="LinkExpanding 1.0", **WENT) as scanner:
        assert scanner.get(f"/assist/{request.id}/{office.link_token('assist', request.id)}").status_code == 200
    with store.read() as tx:
        told = dossier(office, policy_of(office, tx, request), request_of(store, case_id), LetterKind.HEAD, "zh-Hans")
    assert "链接已被打开" in told.splitlines()[-1]
    assert not any(word in told for word in ("被请求机关已打开", "送达"))


def test_who_refuses_for_no_reason_is_told_what_is_wanted_and_nothing_is_filed(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with serving(office) as edge, edge.client() as client:
        page = f"/assist/{request.id}/{office.link_token('assist', request.id)}"
        said = client.post(
            page, data={"do": "decline", "inability": "NOT_HELD", "reasons": "无", "signer": "王五", "message": "1"}
        )
        assert (said.status_code, "请写明具体事实或者依据" in said.text) == (422, True)
        answer = client.post(page, data={"do": "answer", "verdict": "match", "value": "", "signer": "-", "message": "2"})
        assert (answer.status_code, "不是签署人" in answer.text) == (422, True)
    with store.read() as tx:
        assert tx.assistance.notices(request.id) == []
    assert request_of(store, case_id).state.open
