"""A mail server takes a letter and sends it back later (RFC 3464): it came to nobody, which is no silence and no answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest

from connectors import mailbox as box
from inspector.domain import scoreboard
from inspector.domain.assistance import AssistanceState
from inspector.domain.case import ClaimStatus
from inspector.domain.letter import READ, LetterKind
from inspector.flows import assist, mailbox, replylink, returned, unsettled
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.edge import WENT, serving
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, climbing, request_of, withdraw
from tests.integration.test_mail import OTHER, TO, agency
from tests.integration.test_mailbox import opened, put
from tests.mailroom import Mailroom, mailroom

pytestmark = pytest.mark.alike

GROUP = "Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 no such box\r\n"


def report(
    letter: EmailMessage,
    to: Sequence[str] = (TO,),
    *,
    action: str = "failed",
    status: str = "5.1.1",
    number: str | None = None,
    head: str = "message/rfc822",
    references: str = "",
    kind: str = "delivery-status",
) -> bytes:
    """What a mail server sends back, as RFC 3464 has it."""
    brought = f"From: x@office.example\r\nMessage-ID:\r\n {number or letter['Message-ID']}\r\nSubject: x\r\n\r\nx\r\n"
    groups = "\r\n".join(GROUP.format(to=one, action=action, status=status) for one in to)
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: xiezhu@office.example\r\n"
        f"Message-ID: <back-{len(to)}-{action}-{status}-{to[0]}@mx.example>\r\n{references}Auto-Submitted: auto-replied\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{groups}"
        f"\r\n--b\r\nContent-Type: {head}\r\n\r\n{brought}\r\n--b--\r\n"
    ).encode()


def lost(office: Office, kind: str = unsettled.UNDELIVERABLE) -> list[tuple[str, object]]:
    """What a person has been told of letters that came to nobody: which, and why."""
    with office.store.read() as tx:
        return [(str(one.facts["letter"]), one.facts["error"]) for one in tx.attention.of_kind(kind) if one.open]


def unread(office: Office) -> list[object]:
    with office.store.read() as tx:
        return [one.facts["refused"] for one in tx.attention.of_kind(unsettled.MAIL_UNREAD) if one.open]


def house(store: Store, hand: Hand, room: Mailroom, tmp_path: Path, **changes: object) -> Office:
    (tmp_path / "new").mkdir()
    made = agency(room.port, inbox_folder=str(tmp_path), **changes)
    return climbing(an_office(store, hand, {"civil-affairs": made, "county-office": Desk("county-office")}))


@pytest.mark.parametrize(
    ("status", "head", "code"),
    [
        pytest.param("5.1.1", "message/rfc822", "letter_returned", id="no such box"),
        pytest.param("4.4.7", "text/rfc822-headers", "letter_expired", id="given up on the way"),
    ],
)
def test_a_first_letter_that_came_back_ends_its_request_as_one_that_reached_nobody(
    store: Store, hand: Hand, tmp_path: Path, status: str, head: str, code: str
) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        assert request.state is AssistanceState.SENT
        put(tmp_path, "1", report(room.letters[0], status=status, head=head))
        put(tmp_path, "2", report(room.letters[0], status=status, head=head))
        assert mailbox.pick_up(office) == 2
        after = request_of(store, request.case_id)
        assert (after.state, scoreboard.unreached(after), scoreboard.marks(after)["heard_in_time"]) == (
            AssistanceState.UNANSWERED,
            True,
            None,
        )
        assert (lost(office), unread(office)) == ([("request", code)], [])
        with store.read() as tx:
            (claim,) = [one for one in tx.cases.get(request.case_id).claims if one.claim.key == request.claim]
        assert claim.status is not ClaimStatus.CONTRADICTED, "and nobody is guilty of it"
        assert after.state.hears, "whoever has it all the same can answer"
        before = len(room.taken)
        withdraw(office, request.case_id)
        settle(office)
        assert len(room.taken) == before + 1, "who was counted as having it hears of the end"
        put(tmp_path, "3", report(room.letters[-1], status=status))
        mailbox.pick_up(office)
        assert len(lost(office)) == 1, "that the end came to nobody either is nothing new"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"action": "delayed", "status": "4.4.1"}, id="delayed"),
        pytest.param({"action": "relayed"}, id="relayed"),
        pytest.param({"action": "delivered", "status": "2.0.0"}, id="delivered"),
        pytest.param({"to": ["li@elsewhere.example"]}, id="an address that no letter went to"),
        pytest.param({"number": "<{}.0123456789abcdef.0123456789ab@office.example>"}, id="a number that somebody made up"),
        pytest.param({"kind": "disposition-notification"}, id="another kind of report"),
        pytest.param({"status": "2.1.5"}, id="failed with success"),
    ],
)
def test_whatever_else_a_machine_says_changes_nothing(
    store: Store, hand: Hand, tmp_path: Path, changes: dict[str, object]
) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        told = {name: text.format(request.id) if name == "number" else text for name, text in changes.items()}  # type: ignore[attr-defined]
        put(tmp_path, "1", report(room.letters[0], **told))  # type: ignore[arg-type]
        assert mailbox.pick_up(office) == 1
        assert request_of(store, request.case_id) == request
        assert (lost(office), unread(office)) == ([], ["mail_automatic"])


def test_of_two_addressees_one_has_the_letter_until_both_came_back(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path, to=[TO, OTHER])
        request = opened(office)
        put(tmp_path, "1", report(room.letters[0], [OTHER.upper()]))
        mailbox.pick_up(office)
        assert request_of(store, request.case_id) == request
        with store.read() as tx:
            (partly,) = tx.attention.of_kind(unsettled.PARTLY)
        assert (partly.facts["refused"], lost(office)) == ([f"{OTHER}: 5.1.1"], [])
        put(tmp_path, "2", report(room.letters[0], [TO], status="4.4.7"))
        mailbox.pick_up(office)
        assert request_of(store, request.case_id).state is AssistanceState.UNANSWERED
        with store.read() as tx:
            assert [one.open for one in tx.attention.of_kind(unsettled.PARTLY)] == [False]
        assert lost(office) == [("request", "letter_expired")]
        with store.read() as tx:
            (told,) = tx.attention.of_kind(unsettled.UNDELIVERABLE)
        assert sorted(str(told.facts["detail"]).split("; ")) == sorted([f"{OTHER}: 5.1.1", f"{TO}: 4.4.7"]), (
            "whom to ask for another"
        )


def test_one_dead_member_behind_an_address_is_a_persons_to_look_at_and_ends_nothing(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        for number, member in enumerate(("li@civil.example", "wang@civil.example")):
            told = report(room.letters[0], [member]).replace(
                b"Final-Recipient", f"Original-Recipient: rfc822; {TO}\r\nFinal-Recipient".encode()
            )
            put(tmp_path, str(number), told)
            mailbox.pick_up(office)
        assert request_of(store, request.case_id) == request
        with store.read() as tx:
            (partly,) = tx.attention.of_kind(unsettled.PARTLY)
        assert partly.facts["refused"] == [f"{TO} → li@civil.example: 5.1.1", f"{TO} → wang@civil.example: 5.1.1"]
        assert (lost(office), unread(office)) == ([], [])
        same = report(room.letters[0]).replace(
            b"Final-Recipient", f"Original-Recipient: rfc822; {TO.upper()}\r\nFinal-Recipient".encode()
        )
        put(tmp_path, "3", same)
        mailbox.pick_up(office)
        assert scoreboard.unreached(request_of(store, request.case_id)), "this is the address itself"


def test_two_reports_of_one_letter_that_are_read_at_once_both_count(
    store: Store, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, looked = threading.Barrier(2), returned._seen

    def seen(tx: Tx, what: str) -> object:
        told = looked(tx, what)
        with suppress(threading.BrokenBarrierError):
            both.wait(1.0)
        return told

    with mailroom() as room:
        office = house(store, hand, room, tmp_path, to=[TO, OTHER])
        request = opened(office)
        monkeypatch.setattr(returned, "_seen", seen)
        mails = [box.read(str(number), report(room.letters[0], [to])) for number, to in enumerate((TO, OTHER))]
        with ThreadPoolExecutor(2) as pool:
            assert [*pool.map(partial(returned.taken, office), mails)] == [True, True]
        assert scoreboard.unreached(request_of(store, request.case_id))


def test_a_report_silences_nobody_who_has_spoken(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        with store.begin() as tx:
            assist.accept(office, tx, request.id, "王五", office.now())
        taken_on = request_of(store, request.case_id)
        put(tmp_path, "1", report(room.letters[0]))
        mailbox.pick_up(office)
        assert request_of(store, request.case_id) == taken_on
        assert (lost(office), unread(office)) == ([], [])


def test_a_report_is_believed_over_an_opened_link_and_not_over_who_has_read_it_by_a_token(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    """What scans mail on its way drives browsers, too, and then says that there is no such box: nobody there was silent."""
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        scanned, held = opened(office), opened(office, 2)
        with serving(office) as edge, edge.client(**WENT) as scanner, edge.as_("officer", "civil") as system:
            with store.read() as tx:
                secret = replylink.token(office, tx, replylink.LINK, scanned.id)
            assert scanner.get(f"/assist/{scanned.id}/{secret}").status_code == 200
            assert system.get(f"/v1/assistance/{held.id}").status_code == 200
            assert system.get(f"/v1/assistance/{held.id}").status_code == 200
        assert request_of(store, scanned.case_id).state is AssistanceState.DELIVERED
        with store.read() as tx:
            (entry,) = tx.ledger.facts([READ], held.case_id)
        assert entry[1]["door"] == "token", "once, with the token's name"
        for number, letter in enumerate(room.letters):
            put(tmp_path, str(number), report(letter, status=f"5.1.{number + 1}"))
        mailbox.pick_up(office)
        assert scoreboard.unreached(request_of(store, scanned.case_id))
        assert request_of(store, held.case_id).state is AssistanceState.DELIVERED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "said"),
    [pytest.param("5.2.1", "letter_returned", id="refused"), pytest.param("4.4.7", "letter_expired", id="given up")],
)
def test_a_reminder_that_came_back_is_told_as_one_that_reached_nobody(
    store: Store, hand: Hand, tmp_path: Path, status: str, said: str
) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        reminder = next(rung.at for rung in request.rungs if rung.kind.value == "assist.remind")
        hand.now = reminder + timedelta(minutes=1)
        mailbox.pick_up(office)
        settle(office)
        assert len(room.letters) >= 2, "it was reminded"
        put(tmp_path, "1", report(room.letters[-1], status=status))
        mailbox.pick_up(office)
        after = request_of(store, request.case_id)
        assert after.state is not AssistanceState.UNANSWERED
        assert [(one.rule, one.said) for one in after.history if one.rule.endswith("_stayed")] == [
            ("assistance.remind_stayed", said)
        ]
        assert [kind for kind, _ in lost(office)] == [LetterKind.REMINDER.value]


def test_what_was_only_ordered_or_pushed_brings_nobody_a_request_whose_letter_came_back(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        with store.begin() as tx:
            further = request.letter_key("request", "civil-affairs") + ":link1"
            contacts = {request.letter_key("liaison", "sms"): "", request.letter_key("head", "archives"): "archives"}
            tx.assistance.put(replace(request, again=(further,), contacts=contacts))
        put(tmp_path, "1", report(room.letters[0]))
        mailbox.pick_up(office)
        assert scoreboard.unreached(request_of(store, request.case_id))


def test_a_first_letter_that_came_back_ends_nothing_while_a_later_one_stands_and_then_it_does(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        request = opened(office)
        hand.now = next(rung.at for rung in request.rungs if rung.kind.value == "assist.remind") + timedelta(minutes=1)
        mailbox.pick_up(office)
        settle(office)
        reminded = hand()
        assert len(room.letters) == 2
        hand.on(hours=3)
        put(tmp_path, "1", report(room.letters[0]))
        mailbox.pick_up(office)
        after = request_of(store, request.case_id)
        assert (after.state, after.history[-1].rule, after.sent_at) == (
            AssistanceState.REMINDED,
            "assistance.returned",
            reminded,
        ), "its time begins with the letter that it has"
        assert after.due_at > request.due_at, "and it has the whole of it"
        assert lost(office) == [("request", "letter_returned")], "a person hears of it: a report is anybody's mail"
        put(tmp_path, "2", report(room.letters[1]))
        mailbox.pick_up(office)
        after = request_of(store, request.case_id)
        assert [one.rule.removeprefix("assistance.") for one in after.history[-3:]] == [
            "returned",
            "remind_stayed",
            "undeliverable",
        ]
        assert scoreboard.unreached(after), "nobody was silent who has nothing"


def test_a_digest_that_came_back_reached_nobody(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = house(store, hand, room, tmp_path)
        tree = {
            name: replace(one, digest=time(8, 30)) if one.connector == "civil-affairs" else one
            for name, one in office.tree.items()
        }
        office = replace(office, tree=tree)
        request = opened(office)
        assert room.letters == []
        hand.now = office.calendar.local(hand.now).replace(hour=8, minute=31) + timedelta(days=1)
        settle(office)
        assert request_of(store, request.case_id).sent_at == hand()
        put(tmp_path, "1", report(room.letters[0]))
        mailbox.pick_up(office)
        assert scoreboard.unreached(request_of(store, request.case_id))


def test_a_report_that_brings_no_head_back_is_known_by_what_it_answers(tmp_path: Path) -> None:
    letter = EmailMessage()
    letter["Message-ID"] = "<n-1@office.example>"
    told = report(letter, head="image/png", references="References: <n-1@office.example>\r\n")
    assert [(one.number, one.address, one.status) for one in box.read("1", told).returned] == [
        ("<n-1@office.example>", TO, "5.1.1")
    ]
    strange = told.replace(b"text/plain", b"text/plain; charset=x-martian").replace(
        b"delivery-status\r\n\r\n", b"delivery-status; charset=x\r\n\r\n"
    )
    assert box.read("1", strange).returned == box.read("1", told).returned, "whatever people are told above it"
    assert box.read("1", report(letter).replace(b"Status: 5.1.1", b"Status: five")).returned == ()
    assert box.read("1", report(letter).replace(b"report-type", b"report-typ")).returned == ()
