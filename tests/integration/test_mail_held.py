"""What strangers put into a mail's head costs nobody else a look; what is wrong with an agency's mail does not make it silent."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.flows import mailbox, replylink, unsettled
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, open_office, post, settle
from tests.integration.test_clerks import filled
from tests.integration.test_letters import an_office, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import CLERK, put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike

POISON = b"In-Reply-To: <=00.0123456789abcdef.0123456789ab@x>\n"


def asked(store: Store, hand: Hand, folder: Path) -> tuple[Office, str, EmailMessage]:
    """A request that has left by mail: the office, its case, and the letter."""
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(folder))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        return office, case_id, room.letters[0]


@pytest.mark.differs
def test_a_head_that_no_database_takes_costs_one_matter_and_no_look(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    for number in range(3):
        put(tmp_path, f"0.poison{number}", POISON + written("hello", sender="x@y.example", number=f"<p{number}@x>"))
    put(tmp_path, "1.good", written(filled(str(letter.get_content()), {"核查意见": "一致", "签署人": "王五"})))
    mailbox.pick_up(office)
    assert request_of(store, case_id).state is AssistanceState.ANSWERED
    assert not list((tmp_path / "new").iterdir())
    with store.read() as tx:
        assert {told.facts["refused"] for told in tx.attention.of_kind(unsettled.MAIL_UNREAD)} == {"mail_number"}


@pytest.mark.slow
def test_a_scan_that_is_too_large_does_not_make_an_agency_silent(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = f"赵六 <{CLERK}>", "x@office.example", "<big@housing.example>"
    made.set_content(filled(str(letter.get_content()), {"核查意见": "一致", "签署人": "王五"}), charset="utf-8")
    made.add_attachment(b"%PDF-1.4" + b"x" * 2_000_000, maintype="application", subtype="pdf", filename="盖章扫描件.pdf")
    put(tmp_path, "1.big", made.as_bytes())
    mailbox.pick_up(office)
    with store.read() as tx:
        (told,) = tx.attention.of_kind(unsettled.MAIL_UNREAD)
    assert (told.facts["refused"], told.facts["theirs"]) == ("mail_too_large", True)
    assert "一致" in str(told.facts["text"]), "the officer reads what was read"
    escalate = request_of(store, case_id).escalate_at
    assert escalate is not None
    hand.now = escalate + timedelta(hours=1)
    mailbox.pick_up(office)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.SENT, "the ladder waits for who reads it"


def test_a_letter_that_is_answered_in_signs_that_nobody_here_reads_is_answered(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    head = f"From: {CLERK}\nIn-Reply-To: {letter['Message-ID']}\nContent-Type: text/plain; charset=x-nobodys\n"
    put(tmp_path, "1.strange", f"{head}\n?".encode())
    put(tmp_path, "2.absent", f"{head}Auto-Submitted: auto-replied\n\n?".encode())
    mailbox.pick_up(office)
    with store.read() as tx:
        (told,) = unsettled.unread(tx, request_of(store, case_id).id)
        refused = {one.facts["refused"] for one in tx.attention.of_kind(unsettled.MAIL_UNREAD)}
    assert (told["refused"], told["sender"], told["registered"]) == ("mail_charset", CLERK, True)
    assert refused == {"mail_charset", "mail_automatic"}, "a machine's notice is nobody's word, however it is written"


def test_a_mail_that_waits_holds_up_the_ladder_of_its_request_alone(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    put(tmp_path, "1.prose", f"In-Reply-To: {letter['Message-ID']}\n".encode() + written("经查，与承诺一致。", number=""))
    mailbox.pick_up(office)
    with store.read() as tx:
        mine = request_of(store, case_id).id
        assert len(unsettled.unread(tx, mine)) == 1
        assert unsettled.unread(tx, f"{mine}x") == [], "another request's agency may be silent all the same"


def test_a_letter_whose_link_was_called_back_names_no_request_any_more(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assert replylink.answered(office, tx, (str(letter["Message-ID"]),)) == replylink.Answered(requests=(request.id,))
        replylink.call_back(tx, request.id, "李四", "发错了人", hand.now, anew=False)
        assert replylink.answered(office, tx, (str(letter["Message-ID"]),)) is None


@pytest.mark.differs
@pytest.mark.parametrize("page", ["assist", "show", "oversee", "seat"])
def test_an_address_that_no_database_takes_is_none_of_ours(store: Store, hand: Hand, page: str) -> None:
    with serving(open_office(store, hand)) as edge, edge.client() as anybody:
        assert anybody.get(f"/{page}/%00/x").status_code == 404
