"""What the office says reaches its subject, or a person hears that it did not (handbook 1.6.13, 1.7.11, 2.7), over real databases."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from inspector.domain.agreed import Contact
from inspector.domain.case import CaseState
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import reached, serving, spoken, unserved
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.weeding import weed
from inspector.ports import Origin, Refused
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.edge import serving as at_the_edge
from tests.house import Hand, application, post, settle
from tests.integration.test_dated import by_now, waiting
from tests.materials import png
from tests.reached import EMAIL, PHONE, opened

pytestmark = pytest.mark.alike

AGREED = Contact(phone=PHONE, agreed=True)


def test_a_notice_that_a_gateway_has_taken_serves_nobody_until_the_subject_or_a_proof_says_that_it_came(
    store: Store, hand: Hand
) -> None:
    house = opened(store, hand, AGREED)
    notice = house.give()
    settle(house.office)
    notice = house.get(notice.id)
    assert (notice.state, notice.way) == (NoticeState.HANDED_OVER, ServiceWay.PHONE)
    ((key, message),) = house.sms.pushed
    assert (message.to, message.link.rpartition("/")[0]) == (PHONE, f"http://inspector.test/subject/{notice.id}")
    assert "吊销" not in message.text + message.title, "the push says that there is a notice, and not a word of what it says"
    assert PHONE not in key
    hand.on(days=3)
    settle(house.office)
    notice = house.get(notice.id)
    assert (notice.state, notice.way, house.matters()) == (
        NoticeState.HANDED_OVER,
        ServiceWay.PAPER,
        {unserved.TO_SERVE, unserved.UNSERVED},
    )
    with store.begin() as tx:
        day = hand().date()
        made = reached.served(house.office, tx, notice.id, day, ServiceWay.PAPER, "张三签收", "李四", hand())
        assert reached.served(house.office, tx, notice.id, day, ServiceWay.PAPER, "张三签收", "李四", hand()) == made, (
            "said twice"
        )
        with pytest.raises(Refusal, match="subject_notice_served"):
            reached.served(house.office, tx, notice.id, day - timedelta(days=1), ServiceWay.PAPER, "另一", "李四", hand())
        assert serving.answer_until(tx, notice.id, hand() + timedelta(days=5)).answer_by == hand() + timedelta(days=5)
        tx.servings.put(made)
    assert (made.state, made.proof, house.matters()) == (NoticeState.SERVED, "张三签收", set())
    assert [kind for kind, _ in house.told()] == ["subject.notice", "subject.unserved", "subject.served"]
    hand.on(days=30)
    settle(house.office)
    assert house.get(notice.id) == made, "no clock of it runs any more"
    with store.read() as tx:
        text = render(explain(house.office, tx, house.case_id), "zh-Hans")
    assert "张三签收" in text
    everything = text + json.dumps(house.told())
    assert PHONE not in everything, "how somebody can be reached is in no event and no explanation"


def test_who_has_not_agreed_is_served_on_paper_and_hears_by_phone_that_it_is_coming(store: Store, hand: Hand) -> None:
    house = opened(store, hand, Contact(phone=PHONE))
    notice = house.give()
    settle(house.office)
    assert (notice.way, len(house.sms.pushed), house.matters()) == (ServiceWay.PAPER, 1, {unserved.TO_SERVE})
    with store.begin() as tx:

        def say(way: ServiceWay, proof: str, *, agreed: bool = False) -> SubjectNotice:
            return reached.served(house.office, tx, notice.id, hand().date(), way, proof, "hall", hand(), agreed=agreed)

        with pytest.raises(Refusal, match="service_unagreed"):
            say(ServiceWay.SYSTEM, "回执 7")
        with pytest.raises(Invalid, match="proof_missing"):
            say(ServiceWay.PAPER, " ")
        made = say(ServiceWay.SYSTEM, "回执 7", agreed=True)
    assert made.state is NoticeState.SERVED


def test_a_number_that_nobody_has_sends_the_notice_its_next_way_at_once(store: Store, hand: Hand) -> None:
    house = opened(store, hand, AGREED)
    house.sms.error = Refused("recipient_refused", origin=Origin.THEM)
    notice = house.give()
    settle(house.office)
    assert (house.get(notice.id).way, house.matters()) == (ServiceWay.PAPER, {unserved.TO_SERVE, unserved.UNSERVED})
    for _ in range(3):
        hand.on(days=15)
        settle(house.office)
    held = house.get(notice.id)
    assert (held.state.open, held.due_at is not None and held.due_at > hand()) == (True, True), "a date stands before it still"
    with store.begin() as tx:
        made = serving.failed(house.office, tx, notice.id, "短信、邮寄均退回", "李四", hand())
    assert (made.state, house.matters()) == (NoticeState.FAILED, set())


@pytest.mark.slow
def test_what_a_subject_says_by_the_link_is_received_with_a_number_and_reaches_a_person(store: Store, hand: Hand) -> None:
    house = opened(store, hand, AGREED)
    notice = house.give()
    secret = house.path(notice.id).rpartition("/")[2]
    with at_the_edge(house.office) as edge:
        with edge.client(X_Link_Token=secret) as subject:
            said = {"word": "DEFENCE", "words": "登记已恢复", "file": {"content": base64.b64encode(png()).decode()}}
            first = subject.post(f"/v1/subject-notices/{notice.id}/words", json=said)
            again = subject.post(f"/v1/subject-notices/{notice.id}/words", json=said)
            assert (first.status_code, first.json()["receipt"], again.json()["receipt"]) == (
                200,
                f"{notice.id}-1",
                f"{notice.id}-1",
            )
            empty = subject.post(f"/v1/subject-notices/{notice.id}/words", json={"word": "DEFENCE"})
            assert (empty.status_code, empty.json()["error"]["code"]) == (422, "word_empty")
            unfit = subject.post(f"/v1/subject-notices/{notice.id}/words", json={"word": "REPAIR", "words": "已改"})
            assert (unfit.status_code, unfit.json()["error"]["code"]) == (409, "word_unfit")
            waived = subject.post(f"/v1/subject-notices/{notice.id}/words", json={"word": "WAIVER"})
            assert waived.json()["notice"]["state"] == "SERVED", "whoever waives a time has the notice"
        with edge.as_(Role.OFFICER, name="李四") as officer:
            (digest,) = officer.get(f"/v1/subject-notices/{notice.id}").json()["words"][0]["digests"]
            assert officer.get(f"/v1/subject-notices/{notice.id}/materials/{digest}").content.startswith(b"\x89PNG")
            assert officer.post(f"/v1/subject-notices/{notice.id}/link", json={"reason": "误发"}).status_code == 200
        with edge.client(X_Link_Token=secret) as subject:
            assert subject.get(f"/v1/subject-notices/{notice.id}").status_code == 403, "called back"
    assert house.matters() == {"subject_spoke"}
    assert waiting(house.office, DocketKind.SPOKEN) == [(notice.id, notice.case_id, by_now(house.office, notice.case_id))]
    assert "登记已恢复" not in json.dumps(house.told(), ensure_ascii=False), "what a subject says is in no event"
    assert house.case().state is CaseState.REVIEW, "words decide nothing"


@pytest.mark.slow
def test_the_approving_system_gets_text_and_link_and_says_when_it_came(store: Store, hand: Hand) -> None:
    house = opened(store, hand, approving={"hall": object()})
    with at_the_edge(house.office) as edge:
        told = {
            "case_id": house.case_id,
            "kind": "GUIDANCE",
            "title": "期满前指导",
            "facts": ["限期至3月20日"],
            "reasons": "尚未改正",
        }
        with edge.as_(Role.OFFICER, name="李四") as officer:
            made = officer.post("/v1/subject-notices", json=told | {"basis": ["P:2.7"]}).json()
        assert (made["state"], made["way"]) == ("MADE", "SYSTEM")
        with edge.as_(Role.SYSTEM, name="hall") as system:
            handed = system.post(f"/v1/subject-notices/{made['id']}/handover").json()
            assert (handed["notice"]["state"], handed["notice"]["facts"]) == ("HANDED_OVER", ["限期至3月20日"])
            proof = {"on": hand().date().isoformat(), "way": "SYSTEM", "proof": "阅读回执 9"}
            refused = system.post(f"/v1/subject-notices/{made['id']}/served", json=proof)
            assert (refused.status_code, refused.json()["error"]["code"]) == (409, "service_unagreed")
            served = system.post(f"/v1/subject-notices/{made['id']}/served", json=proof | {"agreed": True}).json()
            assert (served["state"], served["served_by"]) == ("SERVED", "hall")
        with edge.as_(Role.SYSTEM, name="another") as system:
            assert system.post(f"/v1/subject-notices/{made['id']}/handover").status_code == 404
    assert (house.told()[0][0], "link" in house.told()[0][1]) == ("subject.notice", False), "the feed holds no link"


@pytest.mark.slow
@pytest.mark.slow
def test_who_said_that_electronic_service_is_agreed_to_and_when_is_an_entry_without_the_number(store: Store, hand: Hand) -> None:
    house = opened(store, hand, approving={"hall": object()})
    path = f"/v1/cases/{house.case_id}/contact"
    with at_the_edge(house.office) as edge:
        with edge.as_(Role.OFFICER, name="李四") as officer:
            for given in ({"phone": PHONE, "agreed": True}, {"phone": PHONE, "agreed": True}):
                assert officer.put(path, json=given | {"confirmation": "送达地址确认书1号"}).status_code == 204
            hand.on(days=1)
        with edge.as_(Role.SYSTEM, name="hall") as system:
            assert system.put(path, json={"phone": PHONE, "email": EMAIL, "agreed": True}).status_code == 204
            with store.read() as tx:
                held = tx.servings.contact(house.case_id)
            assert (held.agreed_by, held.agreed_on) == ("李四", (hand() - timedelta(days=1)).date()), "who first said so"
            assert system.put(path, json={"email": EMAIL}).status_code == 204
    with store.read() as tx:
        rows = [row for row in tx.ledger.about(house.case_id) if row["rule"] == "case.contact"]
        text = render(explain(house.office, tx, house.case_id), "zh-Hans")
        assert tx.servings.contact(house.case_id).agreed_by == ""
    said = [json.loads(row["body"])["facts"] for row in rows]
    assert [(one["by"], one["service_agreed"]) for one in said] == [("李四", True), ("hall", True), ("hall", False)]
    assert [one["email_known"] for one in said] == [False, True, True]
    everything = text + "".join(row["body"] for row in rows)
    assert not any(one in everything for one in (PHONE, EMAIL)), "the number and the address are in no entry"
    assert "李四" in text, "the explanation tells who said so"


def test_nobody_makes_by_hand_what_a_proceeding_a_record_or_an_answer_says(store: Store, hand: Hand) -> None:
    house = opened(store, hand)
    told = {
        "case_id": house.case_id,
        "title": "行政处罚决定书",
        "facts": ["罚款五万元"],
        "reasons": "虚假承诺",
        "rights": ["行政复议"],
    }
    with at_the_edge(house.office) as edge, edge.as_(Role.OFFICER, name="李四") as officer:
        for kind in NoticeKind:
            answer = officer.post("/v1/subject-notices", json=told | {"basis": ["P:2.7"], "kind": kind.value})
            if kind in (NoticeKind.GUIDANCE, NoticeKind.REMINDER):
                assert answer.status_code == 201
            else:
                error = answer.json()["error"]
                assert (answer.status_code, error["code"]) == (422, "notice_kind_elsewhere"), kind
        decision = officer.post("/v1/subject-notices", json=told | {"basis": ["P:2.7"], "kind": "DECISION"}).json()["error"]
        assert "consequence" in decision["message"]
    with store.read() as tx:
        assert {one.kind for one in tx.servings.of_case(house.case_id)} == {NoticeKind.GUIDANCE, NoticeKind.REMINDER}


def test_a_subject_withdraws_by_the_link_before_the_matter_is_concluded(store: Store, hand: Hand) -> None:
    house = opened(store, hand)
    notice = house.give(NoticeKind.GUIDANCE)
    with store.begin() as tx:
        spoken.say(house.office, tx, notice.id, SubjectWord.WITHDRAWAL, "改按一般程序", (), hand())
    assert house.case().state is CaseState.WITHDRAWN
    assert (house.get(notice.id).state, house.matters()) == (NoticeState.CANCELLED, set()), "nobody need be told any more"
    with store.begin() as tx, pytest.raises(Refusal, match="word_unfit"):
        spoken.say(house.office, tx, notice.id, SubjectWord.WITHDRAWAL, "再撤", (), hand())


def test_a_link_ends_some_days_after_its_time_but_not_where_it_carries_lasting_rights(store: Store, hand: Hand) -> None:
    house = opened(store, hand)
    proposal, record = house.give(), house.give(NoticeKind.RECORD)
    with store.begin() as tx:
        for one in (proposal, record):
            reached.served(house.office, tx, one.id, hand().date(), ServiceWay.IN_PERSON, "张三签收", "李四", hand())
    hand.on(days=31)
    with store.read() as tx:
        serving.by_link(house.office, tx, record.id, serving.token(house.office, tx, record.id))
        with pytest.raises(Forbidden, match="link_over"):
            serving.by_link(house.office, tx, proposal.id, serving.token(house.office, tx, proposal.id))


def test_how_a_subject_can_be_reached_goes_with_the_case_s_files_and_another_number_makes_no_other_case(
    store: Store, hand: Hand
) -> None:
    house = opened(store, hand, AGREED)
    again = post(house.office, application(1, "business-licence", {"registration-status": "存续"}, contact=Contact(email=EMAIL)))
    assert again == house.case_id
    with store.begin() as tx:
        assert tx.servings.contact(house.case_id) == AGREED, (
            "it may be an old message that comes late: the word of its own counts"
        )
    notice, guidance = house.give(NoticeKind.RECORD), house.give(NoticeKind.GUIDANCE)
    with store.begin() as tx:
        spoken.say(house.office, tx, guidance.id, SubjectWord.WITHDRAWAL, "不办了", (), hand())
    hand.on(days=1)
    weed(house.office, 0)
    with store.begin() as tx:
        assert tx.servings.contact(house.case_id) == AGREED, "something is on its way to it still"
        serving.failed(house.office, tx, notice.id, "已撤回", "李四", hand())
    weed(house.office, 0)
    with store.begin() as tx:
        assert tx.servings.contact(house.case_id) == Contact()
