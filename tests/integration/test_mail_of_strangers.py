"""Anybody can write to the box: one bad mail costs no more than its bytes, is kept for a person once, and starves nobody."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors import mailbox as box
from inspector.domain.assistance import AssistanceState
from inspector.domain.errors import Away, Invalid
from inspector.flows import hearing, mailbox, unsettled
from inspector.flows import written as written_in
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_letters import an_office, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import CLERK, opened, put, written
from tests.mailroom import mailroom

HEAD = b"From: a@b.example\r\nMessage-ID: <x@b.example>\r\nContent-Type: %s\r\n\r\n"
TEXT, PAGE, MIXED = (HEAD % kind for kind in (b"text/plain; charset=utf-8", b"text/html", b"multipart/mixed; boundary=b"))
NESTED = b"From: a@b.example\r\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(1_200)
)
COSTLY = {
    "blanks before": TEXT + b" " * 8_000 + b"x",
    "blanks within": TEXT + b"a: x" + b" " * 20_000 + b"y",
    "open comments": PAGE + b"<!--" * 20_000,
    "open tags": PAGE + b"<a " * 30_000,
    "a large number": PAGE + b"&#" + b"1" * 100_000,
    "parts": MIXED + b"\n--b" * 50_000,
    "other parts": MIXED + b"\n--b\n" + b"\n--bx" * 50_000,
    "parameters": HEAD % (b"text/plain; " + b'a="' * 20_000) + b"x",
    "comments": b"From: " + b"(" * 100_000 + b"\n\nx",
    "a charset that takes the square": HEAD % b"text/plain; charset=punycode" + b"a-" + b"z9" * 50_000,
    "folds": b"From: a@b.example\n" + b" x\n" * 50_000 + b"\nx",
}
UNREADABLE = {
    "broken page": PAGE + b"x <![foo[ y",
    "nested": NESTED,
    "open brackets": b"From: " + b"(" * 3_000 + b"\r\n\r\nx",
    "half characters": HEAD % b"text/plain; charset=utf-7" + "请求编号：\ud800".encode("utf-7", "surrogatepass"),
    "no charset": HEAD % b"text/plain; charset=unicode_escape" + rb"\ud800",
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_mail_costs_no_more_than_its_bytes(name: str) -> None:
    began = time.process_time()
    box.read("1", COSTLY[name])
    assert time.process_time() - began < 1, "a hundred thousand bytes take some hundredths of a second"


def answered(office: Office, room: Any) -> str:
    """The letter's form with a finding and a name in it, as a clerk sends it back."""
    (letter,) = room.letters
    quoted = "\n".join(f"> {line}" for line in str(letter.get_content()).splitlines())
    return quoted.replace("无法判断）：", "无法判断）：一致", 1).replace("签署人：", "签署人：区民政局 王五", 1)


@pytest.fixture
def asked(store: Store, hand: Hand, tmp_path: Path) -> tuple[Office, str, bytes]:
    """An office that has asked by mail, the case, and a good answer."""
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        request = opened(office)
        return office, request.case_id, written(answered(office, room))


def kept(store: Store) -> dict[str, str]:
    """Which file is a matter, and why."""
    with store.read() as tx:
        return {str(one.facts["file"]): str(one.facts["refused"]) for one in tx.attention.of_kind(unsettled.MAIL_UNREAD)}


@pytest.mark.alike
def test_a_mail_that_cannot_be_read_is_put_aside_once_and_the_one_behind_it_is_taken(
    asked: tuple[Office, str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, case_id, good = asked
    for number, content in enumerate(UNREADABLE.values()):
        put(tmp_path, f"1.bad-{number}", content)
    put(tmp_path, os.fsdecode(b"1.name-\xff"), TEXT + "请求编号：R-1\n答复码：x".encode())
    put(tmp_path, "2.closed", TEXT)
    put(tmp_path, "3.ours", good.replace(b"m-1@", b"m-2@"))
    put(tmp_path, "4.good", good)
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "4.good:2,S").write_bytes(b"another of that name")
    opens, hears, failed = Path.open, hearing.hear, list[bool]()

    def closed(self: Path, *how: Any, **more: Any) -> Any:
        if self.name == "2.closed":
            raise PermissionError
        return opens(self, *how, **more)

    def fails(*what: Any) -> Any:
        if not failed:
            failed.append(True)
            raise RuntimeError("a fault of ours")
        return hears(*what)

    def away(*_what: Any) -> Any:
        raise Away("database_unavailable", problem="test")

    with monkeypatch.context() as held:
        held.setattr(mailbox, "taken", away)
        assert mailbox.pick_up(office) == 0, "while the records are away every mail stays where it is"
    assert len(list((tmp_path / "new").iterdir())) == len(UNREADABLE) + 4
    monkeypatch.setattr(Path, "open", closed)
    monkeypatch.setattr(hearing, "hear", fails)
    assert mailbox.pick_up(office) == len(UNREADABLE) + 4
    assert request_of(office.store, case_id).state is AssistanceState.ANSWERED
    told = kept(office.store)
    unread = [one for one in told.values() if one in {"mail_unreadable", "mail_parts", "mail_charset"}]
    assert len(unread) == len(UNREADABLE) - 1, "of the broken page the text is read"
    assert (told["2.closed"], told["3.ours"], told["1.name-?"]) == ("mail_closed", "mail_failed", "mail_number")
    assert list((tmp_path / "new").iterdir()) == []
    there = {file.name for file in (tmp_path / "cur").iterdir()}
    assert there >= {"1.bad-1:2,F", "2.closed:2,F", "3.ours:2,F", "4.good:2,S", "4.good.1:2,S"}, "none is lost, also by its name"
    with office.store.read() as tx:
        (matter,) = [one for one in tx.attention.of_kind(unsettled.MAIL_UNREAD) if one.facts["file"] == "3.ours"]
    assert set(matter.facts["reason"]) == {"zh-Hans", "en"}  # type: ignore[call-overload]
    assert mailbox.pick_up(office) == 0


@pytest.mark.differs
def test_of_two_daemons_with_the_same_mail_the_second_knows_that_it_was_taken(
    asked: tuple[Office, str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, case_id, good = asked
    mail, hears, told = box.read("1.good", good), hearing.hear, {}

    def take(number: int) -> None:
        told[number] = mailbox.taken(office, mail)

    second = threading.Thread(target=take, args=(2,))

    def slowly(*what: Any) -> Any:
        done = hears(*what)
        if second.ident is None:
            second.start()
            time.sleep(0.5)  # it comes as far as it can while the first one holds the request
        return done

    monkeypatch.setattr(hearing, "hear", slowly)
    take(1)
    second.join(60)
    assert (told, request_of(office.store, case_id).state) == ({1: True, 2: True}, AssistanceState.ANSWERED)
    assert kept(office.store) == {}


def test_what_stays_lets_the_others_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "AT_ONCE", 2)
    for name in ("1", "2", "3"):
        put(tmp_path, name, TEXT)
    made = box.Box(tmp_path)
    looks: Callable[[], list[str]] = lambda: [mail.file for mail in made.waiting()]  # noqa: E731
    assert [looks(), looks(), looks()] == [["1", "2"], ["3", "1"], ["1", "2"]]
    made.put_away("1", read=False)
    monkeypatch.setattr(box, "MOST_AT_ONCE", 1)
    assert looks() == ["2"], "a look is bounded by bytes, too"


def test_a_line_that_is_longer_than_a_form_has_is_not_cut_and_taken() -> None:
    with pytest.raises(Invalid, match="mail_line"):
        written_in.meant(mailbox.lines(f"贵机关掌握的数据：{'x' * 1_001}"))
    (said,) = written_in.meant(mailbox.lines(f"贵机关掌握的数据：{'x' * 1_000}\n签署人：{CLERK}"))
    assert len(said.value) == 1_000
