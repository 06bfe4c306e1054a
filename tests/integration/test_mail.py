"""A letter by e-mail leaves once, over TLS that is believed, to a real server; every fault is told for what it is, and says no secrets."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest

from connectors.agencies import email
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.domain.letter import LetterKind
from inspector.domain.words import Words
from inspector.ports import Barred, Origin, PortError, Refused, Unavailable
from inspector.testing import LETTER, caught
from inspector.testing.peer import nobody
from inspector.testing.tls import authority
from tests.mailroom import PASSWORD, USER, Mailroom, Script, mailroom, pretending

pytestmark = pytest.mark.slow

FROM, TO, OTHER = "xiezhu@office.example", "hall@housing.example", "deputy@housing.example"
PLAIN = {"host": "127.0.0.1", "tls": "none", "sender": FROM, "to": [TO], "tries": 1, "budget_seconds": 25, "read_seconds": 30}
GREETED: Script = {
    "EHLO": b"250-here\r\n250 AUTH PLAIN\r\n",
    "QUIT": b"221 bye\r\n",
    "*": b"250 OK\r\n",
    "DATA": b"354 go on\r\n",
}


def agency(port: int, **changes: object) -> email.EmailAgency:
    """An agency whose letters go to a server on this machine."""
    return email.connect("housing", {**PLAIN, "port": port, **changes})


class TestEmail(testing.AgencyContract):
    """What holds for every agency holds for this one."""

    private: ClassVar[tuple[str, ...]] = (*testing.PRIVATE, PASSWORD, TO, FROM, "127.0.0.1")
    _open: ClassVar[ExitStack]
    room: ClassVar[Mailroom]
    silent: ClassVar[int]

    @classmethod
    def setup_class(cls) -> None:
        with ExitStack() as opening:
            cls.room = opening.enter_context(mailroom())
            cls.silent = int(opening.enter_context(nobody()).rpartition(":")[2])
            cls._open = opening.pop_all()

    @classmethod
    def teardown_class(cls) -> None:
        cls._open.close()

    def connect(self) -> Any:
        return agency(self.room.port)

    def connect_silent(self) -> Any:
        return agency(self.silent)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where certificates and passwords lie."""
    with TemporaryDirectory() as name:
        (Path(name) / "password").write_text(PASSWORD + "\n", encoding="ascii")
        (Path(name) / "password").chmod(0o600)
        (Path(name) / "stranger").mkdir()
        yield Path(name)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
def test_a_letter_goes_to_who_is_believed_and_known_and_says_nothing_to_a_stranger(folder: Path, implicit: bool) -> None:
    authority_file, shown = authority(folder)
    _, strange = authority(folder / "stranger")
    told = {
        "tls": "implicit" if implicit else "starttls",
        "ca_file": str(authority_file),
        "user": USER,
        "password_file": str(folder / "password"),
        "reply_to": "answers@office.example",
        "to": [TO, OTHER],
    }
    with mailroom(tls=shown, implicit=implicit, login=True) as room, closing(agency(room.port, **told)) as made:
        assert [one.code for one in made.look()] == ["mail_ready"]
        words = Words(title="协助核查函\r\nBcc: x@y.example", how="在线答复：" + LETTER.reply_url)
        receipts = [made.send(replace(LETTER, words=words), key="k-1") for _ in range(2)]
        assert [(one.refused, one.attempts) for one in receipts] == [((), 1)] * 2
        assert [(one.mail_from, one.rcpt_tos) for one in room.taken] == [(FROM, [TO, OTHER])] * 2
    first, again = room.letters
    assert first["Message-ID"] == again["Message-ID"], "whoever gets it twice has it once"
    assert (first["Subject"], first["Bcc"]) == ("协助核查函 Bcc: x@y.example", None)
    assert (first["Reply-To"], first["Auto-Submitted"]) == ("answers@office.example", "auto-generated")
    assert first.get_content() == f"{LETTER.text}\n\n在线答复：{LETTER.reply_url}\n"
    with mailroom(tls=strange, implicit=implicit) as room, closing(agency(room.port, **told)) as made:
        error = caught(lambda: made.send(LETTER, key="k-1"))
        assert (type(error), error.code) == (Unavailable, "unreachable")
        assert (room.tried, room.taken) == (0, [])


def test_without_tls_or_by_a_wrong_password_nothing_leaves_and_a_person_is_told(folder: Path) -> None:
    (folder / "wrong").write_text("not-the-word\n", encoding="ascii")
    (folder / "wrong").chmod(0o600)
    with mailroom() as room, closing(agency(room.port, tls="starttls")) as made:
        error = caught(lambda: made.send(LETTER, key="k-1"))
        assert (type(error), error.code, room.tried) == (Barred, "tls_missing", 0)
    with mailroom(login=True) as room, closing(agency(room.port, user=USER, password_file=str(folder / "wrong"))) as made:
        error = caught(lambda: made.send(LETTER, key="k-1"))
        assert (type(error), error.code, room.tried) == (Barred, "unauthorised", 0)
        (folder / "wrong").write_text(PASSWORD + "\n", encoding="ascii")
        assert made.send(LETTER, key="k-1").attempts == 1, "a new password counts without a restart"
        (folder / "wrong").unlink()
        assert caught(lambda: made.send(LETTER, key="k-1")).code == "password_unreadable"


@pytest.mark.parametrize(
    ("answers", "becomes", "code"),
    [
        pytest.param({"MAIL": "550 5.7.1 not from you"}, Barred, "sender_refused", id="our sender"),
        pytest.param({"MAIL": "451 4.7.1 greylisted"}, Unavailable, "smtp_451", id="later"),
        pytest.param({TO: f"550 5.1.1 <{TO}> unknown"}, Refused, "recipient_refused", id="unknown"),
        pytest.param({TO: f"452 4.2.2 <{TO}> full"}, Unavailable, "smtp_452", id="full"),
        pytest.param({"DATA": "554 5.6.0 no"}, Refused, "smtp_554", id="contents"),
        pytest.param({"DATA": "421 4.3.2 going down"}, Unavailable, "smtp_421", id="going down"),
    ],
)
def test_a_no_for_now_is_later_a_final_one_a_refusal_and_one_about_us_bars(
    answers: dict[str, str], becomes: type[PortError], code: str
) -> None:
    with mailroom() as room, closing(agency(room.port)) as made:
        room.answers = answers
        error = caught(lambda: made.send(LETTER, key="k-1"))
        assert (type(error), error.code) == (becomes, code)
        assert "@" not in f"{error} {error.detail}", "a server's words repeat addresses, and these are told in logs"
        assert error.refused == ((f"{TO}: {answers[TO].partition(' <')[0]}",) if TO in answers else ()), (
            "whoever mends it is told which"
        )
        room.answers = {}
        made.send(LETTER, key="k-1")
        assert len(room.taken) == 1


def test_of_several_addressees_who_will_not_take_it_is_told_while_another_has_it() -> None:
    with mailroom() as room, closing(agency(room.port, to=[TO, OTHER])) as made:
        room.answers = {OTHER: "550 5.1.1 unknown"}
        assert made.send(LETTER, key="k-1").refused == (f"{OTHER}: 550 5.1.1",)
        assert [one.rcpt_tos for one in room.taken] == [[TO]]
        room.answers[TO] = "452 4.2.2 full"
        assert caught(lambda: made.send(LETTER, key="k-2")).code == "smtp_452", "one of them may take it yet"
        room.answers[TO] = "550 5.1.1 unknown"
        error = caught(lambda: made.send(LETTER, key="k-3"))
        assert error.detail == "to[1]: 550 5.1.1; to[2]: 550 5.1.1"
        assert error.refused == (f"{TO}: 550 5.1.1", f"{OTHER}: 550 5.1.1")


def test_the_liaison_officer_and_the_head_get_what_is_meant_for_them_at_their_own_addresses_and_may_answer() -> None:
    theirs = {"liaison": ["liaison@housing.example"], "head": ["head@housing.example"]}
    with mailroom() as room, closing(agency(room.port, **theirs)) as made:
        for kind in LetterKind:
            made.send(replace(LETTER, kind=kind), key=f"k-{kind}")
        assert len(room.taken) == len(LetterKind)
        sent = dict(zip(LetterKind, [one.rcpt_tos for one in room.taken], strict=True))
        assert (sent.pop(LetterKind.LIAISON), sent.pop(LetterKind.HEAD)) == (theirs["liaison"], theirs["head"])
        assert list(sent.values()) == [[TO]] * len(sent)
        assert [
            letter["To"] for letter, one in zip(room.letters, room.taken, strict=True) if letter["To"] != one.rcpt_tos[0]
        ] == []
        assert all(made.speaks(one) for one in (TO, *theirs["liaison"], *theirs["head"]))
        assert not made.speaks(OTHER)
    with mailroom() as room, closing(agency(room.port)) as made:
        made.send(replace(LETTER, kind=LetterKind.HEAD), key="k-1")
        assert [one.rcpt_tos for one in room.taken] == [[TO]]


FAULTS: dict[str, tuple[Script, type[PortError], str]] = {
    "silent": ({"": b""}, Unavailable, "timeout"),
    "no-smtp": ({"": b"\x00\xff\x16 this is no mail\r\n"}, Unavailable, "broken_off"),
    "hangs-up": ({"": b"220 here\r\n", "EHLO": b"!"}, Unavailable, "broken_off"),
    "resets": ({"": b"220 here\r\n", "EHLO": b"!!"}, Unavailable, "broken_off"),
    "words-in-gb18030": ({"": "421 系统繁忙\r\n".encode("gb18030")}, Unavailable, "smtp_421"),
    "number-in-full-width": ({"": "５５４ no\r\n".encode()}, Unavailable, "broken_off"),
    "endless-line": ({"": b"220 " + b"x" * 20_000 + b"\r\n"}, Unavailable, "broken_off"),
    "endless-lines": ({"": b"220-x\r\n" * 60_000}, Unavailable, "broken_off"),
    "no-service": ({"": b"554 go away\r\n"}, Barred, "smtp_554"),
    "busy": ({"": b"421 later\r\n"}, Unavailable, "smtp_421"),
    "silent-after-the-letter": ({**GREETED, ".": b""}, Unavailable, "timeout"),
    "hangs-up-after-the-letter": ({**GREETED, ".": b"!"}, Unavailable, "broken_off"),
    "garbage-after-the-letter": ({**GREETED, ".": b"<html>login</html>\r\n"}, Unavailable, "broken_off"),
    "out-of-place": ({**GREETED, "DATA": b"250 OK\r\n"}, Unavailable, "broken_off"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that_is_none_refuses_nothing_and_holds_nobody(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script, becomes, code = FAULTS[name]
    with pretending(script) as port, closing(agency(port, read_seconds=0.3 if code == "timeout" else 15)) as made:
        began = time.monotonic()
        error = caught(lambda: made.send(LETTER, key="k-1"))
    assert time.monotonic() - began < 20
    assert (type(error), error.code) == (becomes, code)
    assert error.origin is not Origin.US or isinstance(error, Barred)
    assert TestEmail().told_too_much(error, caplog.text) == []


def test_one_that_trickles_is_left_when_the_time_is_used_up() -> None:
    with pretending({"": b"220-" + b"x" * 500}, drip=0.05) as port, closing(agency(port, budget_seconds=1)) as made:
        began = time.monotonic()
        assert caught(lambda: made.send(LETTER, key="k-1")).code == "timeout"
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tls", "none"),
        ("host", "mail.example:25"),
        ("to", []),
        ("to", ["Zhao <zhao@housing.example>"]),
        ("sender", "office.example"),
        ("user", "inspector"),
        ("reply_to", "a@b.example\nBcc: c@d.example"),
        ("tries", 0),
        ("liaison", ["Zhao"]),
    ],
)
def test_settings_that_could_not_work_are_refused_by_key(key: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        email.connect("housing", {**PLAIN, "host": "mail.example", "tls": "starttls", key: value})
    assert refused.value.facts["key"] == ("password_file" if key == "user" else key)
