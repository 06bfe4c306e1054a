"""A push through apprise is handed over and not confirmed: what the library calls sent may have been refused in a 200."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, ClassVar

import pytest

from connectors.channels import apprise
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.ports import Origin, PortError, Refused, Unavailable
from inspector.testing import MESSAGE, caught
from inspector.testing.peer import Line, Step, answer, endless, never, nobody, peer, raw, reset, trickle

pytestmark = pytest.mark.slow
PRIVATE = (*testing.PRIVATE, "127.0.0.1", "card-1")


def channel(folder: Path, url: str, **more: object) -> apprise.AppriseChannel:
    """A channel to whoever takes JSON at `url`, in the library's own form of an address."""
    file = folder / "url"
    file.write_text(url, encoding="ascii")
    file.chmod(0o600)
    return apprise.connect("any", {"url_file": str(file), "read_seconds": 0.5, "budget_seconds": 6, **more})


def at(url: str, query: str = "") -> str:
    return url.replace("http:", "json:") + "/to/{address}" + query


class TestApprise(testing.ChannelContract):
    """What holds for every channel holds for this one."""

    private: ClassVar[tuple[str, ...]] = PRIVATE
    _open: ClassVar[ExitStack]
    folder: ClassVar[Path]
    urls: ClassVar[Mapping[str, str]]

    @classmethod
    def setup_class(cls) -> None:
        with ExitStack() as opening:
            cls.folder = Path(opening.enter_context(TemporaryDirectory()))
            cls.urls = {"well": opening.enter_context(peer(answer(200, {}))).url, "silent": opening.enter_context(nobody())}
            cls._open = opening.pop_all()

    @classmethod
    def teardown_class(cls) -> None:
        cls._open.close()

    def connect(self) -> Any:
        """As an office has it: the service shares this interpreter, and half a second for its answer was too little under load."""
        return channel(self.folder, at(self.urls["well"]), read_seconds=10.0, budget_seconds=20.0)

    def connect_silent(self) -> Any:
        return channel(self.folder, at(self.urls["silent"]))


def test_what_the_library_calls_sent_is_a_receipt_that_confirms_nothing_whatever_stands_in_the_200(tmp_path: Path) -> None:
    with (
        peer(answer(200, {"errcode": 310000, "errmsg": "sign not match"})) as party,
        closing(channel(tmp_path, at(party.url))) as made,
    ):
        receipt = made.push(MESSAGE, key="k-1")
        assert (receipt.unconfirmed, receipt.reference, receipt.attempts) == (True, "", 1)
        for wrong in ("", "@all", "a,b", "a/b", "a b", "a\nb", "all", "?verify=no"):
            error = caught(lambda to=wrong: made.push(replace(MESSAGE, to=to), key="k-2"))  # type: ignore[misc]
            assert (type(error), error.code, error.origin, error.attempts) == (Refused, "recipient_refused", Origin.US, 0)
    (heard,) = party.heard
    assert heard.path == "/to/card-1"
    assert (heard.json()["title"], heard.json()["message"]) == (MESSAGE.title, f"{MESSAGE.text}\n{MESSAGE.link}")


FAULTS: dict[str, tuple[Step, str]] = {
    "hangs": (never, "service_failed"),
    "resets": (reset, "service_failed"),
    "drips": (trickle(0.2), "timeout"),
    "breaks off": (raw(b'HTTP/1.1 200 Said\r\nContent-Length: 100\r\n\r\n{"half":'), "service_failed"),
    "says too much": (endless, "timeout service_failed"),  # by how fast the library reads it
    "garbage": (raw(b"\x00\xff no http\r\n\r\n"), "service_failed"),
    "shut": (answer(401, {}), "service_failed"),
    "busy": (answer(503, {}, retry_after="9"), "service_failed"),
    "moved": (answer(302, {}, location="/elsewhere"), "service_failed"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_service_that_is_none_holds_nobody_and_is_asked_once(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    step, code = FAULTS[name]
    began = time.monotonic()
    with peer(step) as party, closing(channel(tmp_path, at(party.url))) as made:
        error: PortError = caught(lambda: made.push(MESSAGE, key="k-1"))
    assert time.monotonic() - began < 20
    assert (type(error), error.code in code.split(), error.attempts) == (Unavailable, True, 1), error.code
    assert len(party.heard) == 1
    assert TestApprise().told_too_much(error, caplog.text) == []


def test_many_go_out_at_once_however_few_processors_there_are(tmp_path: Path) -> None:
    """The library's own pool has six threads on two processors, for all channels of the process: a slow service kept all waiting."""
    together, most, lock = 24, 0, Lock()
    here = 0

    def slow(line: Line) -> bool:
        nonlocal here, most
        with lock:
            here += 1
            most = max(most, here)
        line.wait(1.0)
        with lock:
            here -= 1
        return answer(200, {})(line)

    with (
        peer(slow) as party,
        closing(channel(tmp_path, at(party.url), read_seconds=15, budget_seconds=20)) as made,
        ThreadPoolExecutor(together) as pool,
    ):
        receipts = list(pool.map(lambda number: made.push(MESSAGE, key=f"k-{number}"), range(together)))
    assert all(one.unconfirmed for one in receipts)
    assert len(party.heard) == together
    assert most > together * 2 // 3


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("json://127.0.0.1/to", "url_file"),
        ("nothing-of-the-kind://{address}", "url_file"),
        ("jsons://127.0.0.1/{address}?verify=no", "url_file"),
        ("json://127.0.0.1/{address}", "read_seconds"),
    ],
)
def test_settings_that_could_not_work_are_refused_by_key(url: str, key: str, tmp_path: Path) -> None:
    more = {} if key == "url_file" else {key: 0}
    with pytest.raises(Invalid) as refused:
        channel(tmp_path, url, **more)
    assert refused.value.facts["key"] == key
