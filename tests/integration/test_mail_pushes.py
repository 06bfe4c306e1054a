"""A push by e-mail goes to one inspector over a real server, and what is said of the address is told from what is said of today."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from connectors.channels import email
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.ports import Message, Origin, Refused, Unavailable
from inspector.testing import MESSAGE, caught
from inspector.testing.peer import nobody
from tests.mailroom import Mailroom, mailroom, pretending

FROM, TO, OTHER = "renwu@office.example", "zhang.san@office.example", "li.si@office.example"
PUSH = replace(MESSAGE, to=TO)
PLAIN = {"host": "127.0.0.1", "tls": "none", "sender": FROM, "tries": 1, "budget_seconds": 25, "read_seconds": 30}


@pytest.mark.slow
class TestEmail(testing.ChannelContract):
    """What holds for every channel holds for this one."""

    private: ClassVar[tuple[str, ...]] = (*testing.PRIVATE, TO, FROM, "127.0.0.1")
    message: ClassVar[Message] = PUSH
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
        return email.connect("mail", {**PLAIN, "port": self.room.port})

    def connect_silent(self) -> Any:
        return email.connect("mail", {**PLAIN, "port": self.silent})


def test_a_push_is_one_mail_to_one_inspector_however_often_it_is_sent_and_a_dead_address_is_told_from_a_bad_day() -> None:
    with mailroom() as room, closing(email.connect("mail", {**PLAIN, "port": room.port})) as made:
        assert [one.code for one in made.look()] == ["mail_ready"]
        for _ in range(2):
            made.push(replace(PUSH, title="新的\r\nBcc: x@y.example"), key="k-1")
        made.push(PUSH, key="k-2")
        answers = {
            "550 5.1.1 unknown": "",
            "550 no such user": "",
            "553 5.1.3 bad": "",
            "552 5.2.2 full": "",
            "550 5.7.1 policy": "",
        }
        for said in answers:
            room.answers[OTHER] = said
            error = caught(lambda: made.push(replace(PUSH, to=OTHER), key="k-3"))
            assert isinstance(error, Refused)
            assert OTHER not in f"{error} {error.detail}"
            answers[said] = error.code
        room.answers[OTHER] = "450 4.2.1 greylisted"
        assert isinstance(caught(lambda: made.push(replace(PUSH, to=OTHER), key="k-4")), Unavailable)
        for wrong in ("", "zhang.san", f"{TO},{OTHER}", f"{TO}\n", "zhang san@office.example"):
            error = caught(lambda to=wrong: made.push(replace(PUSH, to=to), key="k-5"))  # type: ignore[misc]
            assert (type(error), error.code, error.origin) == (Refused, "recipient_refused", Origin.US)
    first, again, second = room.letters
    assert list(answers.values()) == ["recipient_refused"] * 3 + ["channel_refused"] * 2
    assert first["Message-ID"] == again["Message-ID"] != second["Message-ID"]
    assert [one.rcpt_tos for one in room.taken] == [[TO]] * 3
    assert (first["Subject"], first["Bcc"], first["Auto-Submitted"]) == ("新的 Bcc: x@y.example", None, "auto-generated")
    assert first.get_content() == f"{MESSAGE.text}\n{MESSAGE.link}\n"


@pytest.mark.parametrize("together", [True, False], ids=["a journey each", "word by word"])
def test_a_connection_carries_further_pushes_until_something_else_is_said_and_one_that_was_hung_up_costs_none(
    together: bool,
) -> None:
    with mailroom(together=together) as room, closing(email.connect("mail", {**PLAIN, "port": room.port})) as made:
        for number in range(3):
            made.push(PUSH, key=f"k-{number}")
        assert room.connections == 1
        room.answers[OTHER] = "550 5.1.1 unknown"
        caught(lambda: made.push(replace(PUSH, to=OTHER), key="k-3"))
        made.push(PUSH, key="k-4")
        assert room.connections == 2, "what one letter leaves behind disturbs no other"
        room.hang_up()
        assert made.push(PUSH, key="k-5").attempts == 1
        assert (room.connections, len(room.taken)) == (3, 5)
    assert room.over.wait(60), "it is left when the channel is closed"


def test_who_will_not_have_it_is_told_though_the_server_waits_for_the_letter_already_and_nothing_more_is_said_to_it() -> None:
    script = {
        "EHLO": b"250-here\r\n250 PIPELINING\r\n",
        "MAIL": b"250 yes\r\n",
        "RCPT": b"550 5.1.1 no\r\n",
        "DATA": b"354 go\r\n",
    }
    with pretending(script) as port, closing(email.connect("mail", {**PLAIN, "port": port})) as made:
        error = caught(lambda: made.push(PUSH, key="k-1"))
    assert (type(error), error.code, error.attempts) == (Refused, "recipient_refused", 1)


def test_a_server_has_no_more_conversations_at_once_than_the_settings_say() -> None:
    told = {**PLAIN, "connections": 2, "budget_seconds": 120}
    with mailroom(together=True) as room, closing(email.connect("mail", {**told, "port": room.port})) as made:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: made.push(PUSH, key=f"k-{number}"), range(24)))
        assert (room.connections <= 2, len(room.taken)) == (True, 24)


def test_it_has_no_addressees_of_its_own() -> None:
    with pytest.raises(Invalid, match="connector_key_unknown"):
        email.connect("mail", {**PLAIN, "to": [TO]})
