"""A mail that answers a letter of ours is known by the letter's number, whichever letter it was, and heard by whom it is for."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from connectors import mime
from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.flows import assist, mailbox, replylink, unsettled
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, post, settle
from tests.integration.test_digest import NEXT, digesting
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, go, opened, request_of, withdraw
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import CLERK, put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike


@pytest.mark.slow
def test_who_answers_a_digest_in_prose_is_silent_about_none_of_its_requests(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = digesting(store, hand, agency(room.port, inbox_folder=str(tmp_path)))
        cases = [post(office, person(number, "relief-household", HOUSEHOLD)) for number in (1, 2, 3)]
        settle(office)
        hand.now = NEXT
        go(office, letters=True)
        (letter,) = room.letters
    withdraw(office, cases[2])
    one, two, over = (request_of(store, case_id) for case_id in cases)
    put(tmp_path, "1", written("经查，第1件与承诺一致。区民政局 王五", In_Reply_To=str(letter["Message-ID"])))
    mailbox.pick_up(office)
    with store.read() as tx:
        (told,) = tx.attention.of_kind(unsettled.MAIL_UNREAD)
        assert (told.agency, told.facts["refused"], told.facts["theirs"]) == (one.requester, "mail_formless", True)
        assert told.facts["requests"] == sorted([one.id, two.id]), "what was called off is asked about no more"
        assert "第1件与承诺一致" in str(told.facts["text"])
        assert not unsettled.unread(tx, over.id)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        shown = browser.get(f"/requests/{two.id}").text
        assert f"涉及请求：{', '.join(sorted([one.id, two.id]))}" in shown
    hand.now = max(filter(None, (one.escalate_at, one.end_at, two.escalate_at))) + timedelta(hours=1)
    settle(office)
    assert {request_of(store, case_id).state for case_id in cases[:2]} == {AssistanceState.SENT}, "the ladders wait"

    with store.begin() as tx:
        replylink.call_back(tx, one.id, "李四", "发错了人", hand.now, anew=False)
        known = replylink.answered(office, tx, [str(letter["Message-ID"])])
        assert known is not None
        assert known.requests == (two.id,), "a letter that was called back names nothing, in a digest either"
        guessed = str(letter["Message-ID"]).replace("digest.civil-affairs.2026", "digest.civil-affairs.2025")
        assert replylink.answered(office, tx, [guessed, "<digest.x.0123456789abcdef.0123456789ab@x>"]) is None


def test_every_number_that_a_letter_bears_is_one_that_mail_programs_read_however_long(store: Store, hand: Hand) -> None:
    with mailroom() as room:
        long = agency(room.port, sender="xiezhu@scjg.pudong.shanghai.office.example")
        office = digesting(store, hand, long)
        post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        hand.now = NEXT
        go(office, letters=True)
        (letter,) = room.letters
    assert not [name for name, value in letter.raw_items() if "=?" in value and name != "Subject"]
    number = str(letter["Message-ID"])
    assert mime.read(written("好", In_Reply_To=number)).answers == (number,), "some programs write theirs as words all the same"
    assert mime.read(b"In-Reply-To: =?none?b?PHg=?= =?utf-8?b?P?= <a@b>\n\n").answers == ("<a@b>",)


@pytest.mark.slow
def test_a_superior_that_answers_its_letter_by_mail_is_read_by_the_requester_and_not_taken_for_undecided(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        above = agency(room.port, inbox_folder=str(tmp_path))
        office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": above})
        case_id = opened(office)
        settle(office)
        with store.begin() as tx:
            assist.contest(office, tx, request_of(store, case_id).id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
        settle(office)
        (letter,) = room.letters
    assert "直接回复本邮件的" in str(letter.get_content())
    request = request_of(store, case_id)
    put(tmp_path, "1", written("请区民政局三日内答复。", In_Reply_To=str(letter["Message-ID"])))
    mailbox.pick_up(office)
    with store.read() as tx:
        (told,) = tx.attention.of_kind(unsettled.MAIL_UNREAD)
    found = (told.agency, told.facts["request"], told.facts["refused"], str(told.facts["text"]).strip(), told.facts["registered"])
    assert found == (request.requester, request.id, "mail_above", "请区民政局三日内答复。", True)
    assert request.dispute is not None
    hand.now = request.dispute.due_at + timedelta(hours=2)
    mailbox.pick_up(office)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.DISPUTED, "who has answered is not said to have decided nothing"
    with store.begin() as tx:
        tx.attention.close_those(unsettled.MAIL_UNREAD, hand.now)
    hand.on(hours=2)
    mailbox.pick_up(office)
    settle(office)
    assert not request_of(store, case_id).state.open


@pytest.mark.slow
def test_what_is_attached_is_told_where_the_mail_is_read_and_an_ended_requests_letters_are_known_too(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        (letter,) = room.letters
        scan = EmailMessage()
        scan["From"], scan["Message-ID"], scan["In-Reply-To"] = (
            f"赵六 <{CLERK}>",
            "<s@housing.example>",
            str(letter["Message-ID"]),
        )
        scan.make_mixed()
        scan.add_attachment(b"%PDF-1.4" + b"x" * 992, maintype="application", subtype="pdf", filename="盖章\u202e扫描件.pdf")
        scan.add_attachment(b"x", maintype="image", subtype="png")
        put(tmp_path, "1", scan.as_bytes())
        mailbox.pick_up(office)
        request = request_of(store, case_id)
        with store.read() as tx:
            (told,) = unsettled.unread(tx, request.id)
        assert told["attached"] == [{"name": "盖章扫描件.pdf", "size": 1000}, {"name": "", "size": 1}]
        with serving(office) as edge, edge.client() as browser:
            logged_in(edge, browser)
            shown = browser.get(f"/requests/{request.id}").text
        assert all(word in shown for word in ("（没有正文）", "盖章扫描件.pdf</bdi> (1000 字节)", "未命名的附件"))
        withdraw(office, case_id)
        settle(office)
        last = room.letters[-1]
    put(tmp_path, "2", written("我局不同意撤销。", In_Reply_To=str(last["Message-ID"]), number="<c@housing.example>"))
    mailbox.pick_up(office)
    with store.read() as tx:
        late = [one for one in unsettled.unread(tx, request.id) if "撤销" in str(one["text"])]
    assert [(one["refused"], one["registered"]) for one in late] == [("mail_formless", True)]
