"""A push by MQTT is one message on the topic of one inspector, over a real broker; what the broker says of it is told for what it is."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest

from connectors.channels import mqtt
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.ports import Barred, NotYet, Origin, PortError, Refused, Unavailable
from inspector.testing import MESSAGE, caught
from inspector.testing.peer import nobody
from inspector.testing.tls import authority
from tests.brokers import LET_IN, PASSWORD, READERS, USER, Heard, Mosquitto, Script, mosquitto, pretending

pytestmark = pytest.mark.slow
QUICK = {"tries": 1, "budget_seconds": 3, "connect_seconds": 1, "read_seconds": 0.5}
"""For those that say nothing; what is said on a busy machine takes longer."""
SLOW = {"tries": 1, "budget_seconds": 25, "connect_seconds": 20, "read_seconds": 15}


def word(folder: Path, content: str = PASSWORD) -> str:
    file = folder / f"word-{content}"
    file.write_text(content, encoding="ascii")
    file.chmod(0o600)
    return str(file)


def channel(port: int, folder: Path, **more: object) -> mqtt.MqttChannel:
    """A channel to a broker on this machine."""
    keys = {"url": f"mqtt://127.0.0.1:{port}", "user": USER, "password_file": word(folder), **SLOW, **more}
    return mqtt.connect("broker", {key: value for key, value in keys.items() if value is not None})


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[Mosquitto]:
    with mosquitto(folder) as held:
        yield held


@pytest.mark.needs("mosquitto")
@pytest.mark.needs("mosquitto_sub")
class TestMqtt(testing.ChannelContract):
    """What holds for every channel holds for this one."""

    private: ClassVar[tuple[str, ...]] = (*testing.PRIVATE, PASSWORD, "127.0.0.1", "card-1")
    _open: ClassVar[ExitStack]
    broker: ClassVar[Mosquitto]
    heard: ClassVar[Heard]
    folder: ClassVar[Path]
    silent: ClassVar[int]

    @classmethod
    def setup_class(cls) -> None:
        with ExitStack() as opening:
            cls.folder = Path(opening.enter_context(TemporaryDirectory()))
            cls.broker = opening.enter_context(mosquitto(cls.folder))
            cls.heard = opening.enter_context(cls.broker.subscriber())
            cls.silent = int(opening.enter_context(nobody()).rpartition(":")[2])
            cls._open = opening.pop_all()

    @classmethod
    def teardown_class(cls) -> None:
        cls._open.close()

    def connect(self) -> Any:
        return channel(self.broker.port, self.folder)

    def connect_silent(self) -> Any:
        return channel(self.silent, self.folder)


@pytest.mark.needs("mosquitto_sub")
def test_a_push_is_one_message_on_one_inspectors_topic_and_a_phone_that_was_away_gets_it(broker: Mosquitto, folder: Path) -> None:
    away = ("-i", "phone-1", "-c", "-x", "600")
    with closing(channel(broker.port, folder)) as made:
        assert [one.code for one in made.look()] == ["broker_ready"]
        error = caught(lambda: made.push(MESSAGE, key="k-0"))
        assert (type(error), error.code, error.attempts) == (NotYet, "nobody_listens", 1)
        with broker.subscriber("inspector/card-1", *away):
            pass  # it has subscribed once, and is away now
        for _ in range(2):
            assert made.push(MESSAGE, key="k-1").attempts == 1
        with broker.subscriber("inspector/card-1", *away) as phone, broker.subscriber() as late:
            assert len(phone.wait(2)) == 2
            made.push(replace(MESSAGE, to="card-2"), key="k-2")
            late.wait(1)
        for wrong in ("", "+", "#", "card-1/#", "a/b", "$SYS", "all", "card\n1", "card 1"):
            error = caught(lambda to=wrong: made.push(replace(MESSAGE, to=to), key="k-3"))  # type: ignore[misc]
            assert (type(error), error.code, error.origin, error.attempts) == (Refused, "recipient_refused", Origin.US, 0)
    told = [line.split(" ", 3) for line in phone.lines]
    assert [one[:3] for one in told] == [["inspector/card-1", "1", "0"]] * 2
    assert [json.loads(one[3])["id"] for one in told] == ["k-1", "k-1"], "twice, and known to be one"
    shown = json.loads(told[0][3])
    assert (shown["title"], shown["text"], shown["link"], shown["data"]) == (
        MESSAGE.title,
        MESSAGE.text,
        MESSAGE.link,
        dict(MESSAGE.data),
    )
    came = {
        (line.split(" ", 3)[0], json.loads(line.split(" ", 3)[3])["id"]) for line in late.lines
    }  # twice where the receipt was slow
    assert came == {("inspector/card-2", "k-2")}, "nothing is kept for who comes later"


def test_whom_the_broker_does_not_know_or_let_write_nothing_leaves_and_a_person_is_told(broker: Mosquitto, folder: Path) -> None:
    for more, code in (
        ({"password_file": word(folder, "another")}, "unauthorised"),
        ({"user": None, "password_file": None}, "unauthorised"),
        ({"topic": "elsewhere/{address}"}, "channel_barred"),
        ({"user": READERS}, "channel_barred"),
    ):
        with closing(channel(broker.port, folder, **more)) as made:
            error = caught(lambda: made.push(MESSAGE, key="k-1"))
        assert (type(error), error.code, error.origin) == (Barred, code, Origin.US), more


def test_over_tls_only_a_broker_that_is_believed_is_told_anything() -> None:
    with TemporaryDirectory() as name:
        own, other = Path(name) / "own", Path(name) / "other"
        file, _ = authority(own)
        stranger, _ = authority(other)
        with mosquitto(own, certificate=(file, own / "key.pem")) as held:
            here = f"mqtts://127.0.0.1:{held.port}"
            with held.subscriber() as phone, closing(channel(0, own, url=here, ca_file=str(file))) as made:
                made.push(MESSAGE, key="k-1")
                assert len(phone.wait(1)) == 1
            for ca_file in (str(stranger), ""):
                with closing(channel(0, own, url=here, ca_file=ca_file)) as made:
                    error = caught(lambda: made.push(MESSAGE, key="k-2"))
                assert (type(error), error.code) == (Unavailable, "unreachable")
        with pytest.raises(Invalid) as refused:
            mqtt.connect("broker", {"url": "mqtt://broker.example"})
        assert refused.value.facts["key"] == "url"


def acknowledged(code: int) -> bytes:
    """PUBACK with a reason code (3.4)."""
    return bytes([0x40, 0x03]) + b"NN" + bytes([code])


FAULTS: dict[str, tuple[Script, type[PortError], str]] = {
    "hangs": ({}, Unavailable, "timeout"),
    "hangs-up": ({1: b"!"}, Unavailable, "broken_off"),
    "resets": ({1: b"!!"}, Unavailable, "broken_off"),
    "another-protocol": ({1: b"HTTP/1.1 400 Bad Request\r\n\r\n"}, Unavailable, "timeout"),
    "an-older-one": ({1: bytes([0x20, 2, 0, 1])}, Barred, "not_understood"),
    "busy": ({1: bytes([0x20, 3, 0, 0x89, 0])}, Unavailable, "channel_busy"),
    "acknowledges-nothing-ever": ({1: bytes([0x20, 5, 0, 0, 2, 0x24, 0])}, Barred, "not_understood"),
    "silent-after-the-message": ({1: LET_IN}, Unavailable, "timeout"),
    "hangs-up-after-the-message": ({1: LET_IN, 3: b"!"}, Unavailable, "broken_off"),
    "half-an-acknowledgement": ({1: LET_IN, 3: b"\x40\x04NN"}, Unavailable, "timeout"),
    "garbage-after-the-message": ({1: LET_IN, 3: b"<html>login</html>"}, Unavailable, "timeout"),
    "of-another-message": ({1: LET_IN, 3: b"\x40\x02\x7f\x7f"}, Unavailable, "timeout"),
    "too-much": ({1: LET_IN, 3: b"\x30\xff\xff\xff\x7f" + b"x" * 2_000_000}, Unavailable, "broken_off"),
    "over-our-share": ({1: LET_IN, 3: acknowledged(0x97)}, Unavailable, "rate_limited"),
    "not-this-message": ({1: LET_IN, 3: acknowledged(0x99)}, Refused, "channel_refused"),
    "no-reason-given": ({1: LET_IN, 3: acknowledged(0x80)}, Unavailable, "channel_busy"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broker_that_is_none_refuses_nothing_and_holds_nobody(
    name: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script, becomes, code = FAULTS[name]
    began = time.monotonic()
    with pretending(script) as port, closing(channel(port, folder, **(QUICK if code == "timeout" else SLOW))) as made:
        error = caught(lambda: made.push(MESSAGE, key="k-1"))
    assert (type(error), error.code) == (becomes, code)
    assert time.monotonic() - began < 20
    assert TestMqtt().told_too_much(error, caplog.text) == []


def test_one_that_trickles_is_left_when_the_time_is_used_up_and_a_lost_acknowledgement_is_asked_for_anew(folder: Path) -> None:
    with pretending({1: b"\x20\x7f" + b"\x00" * 200}, drip=0.05) as port, closing(channel(port, folder, **QUICK)) as made:
        began = time.monotonic()
        assert caught(lambda: made.push(MESSAGE, key="k-1")).code == "timeout"
        assert time.monotonic() - began < 8
    with pretending({1: LET_IN, 3: b"!"}) as port, closing(channel(port, folder, **{**SLOW, "tries": 3})) as made:
        assert caught(lambda: made.push(MESSAGE, key="k-1")).attempts == 3


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "mqtts://broker.example/office"),
        ("url", "mqtts://inspector:word@broker.example"),
        ("url", "https://broker.example"),
        ("url", "mqtts://broker.example:x"),
        ("topic", "inspector/all"),
        ("topic", "inspector/card-{address}"),
        ("topic", "$share/{address}"),
        ("topic", "inspector/+/{address}"),
        ("expiry_seconds", 0),
        ("password_file", ""),
        ("tries", 0),
    ],
)
def test_settings_that_could_not_work_are_refused_by_key(key: str, value: object, folder: Path) -> None:
    with pytest.raises(Invalid) as refused:
        channel(1, folder, **{key: value})
    assert refused.value.facts["key"] == key
