"""Whoever does not prove who asks is let in nowhere: the peers of these tests check, and what they check by is held to the standards."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connectors.agencies import http as agency
from connectors.callbacks import webhook as callback
from connectors.channels import webhook as channel
from connectors.credit import http as credit
from connectors.pulses import http as pulse
from connectors.seeds import reveal
from connectors.sources import http as source
from connectors.sources import results
from connectors.witness import http as witness
from inspector import testing
from inspector.domain.case import SubjectKind
from inspector.ports import Barred, PortError
from inspector.testing.peer import Heard, peer
from tests.doors import Door, bearer, webhook
from tests.integration.test_connectors import FOUND, HASH, NONCE, secret_in
from tests.integration.test_reuse import RESULT

Call = Callable[[Any], object]
Factory = Callable[[str, Mapping[str, Any]], Any]
WORDS = tuple("whsec_" + base64.b64encode(sign * 32).decode() for sign in (b"n", b"m"))
BY_TOKEN: Mapping[str, tuple[Factory, object, Call]] = {
    "sources.http": (source.connect, FOUND, lambda made: made.ask(testing.QUESTION, key="k-1")),
    "sources.results": (results.connect, {"code": 0, "data": RESULT}, lambda made: made.ask(testing.QUESTION, key="k-1")),
    "agencies.http": (agency.connect, {"receipt": "N-1"}, lambda made: made.send(testing.LETTER, key="k-1")),
    "credit.http": (
        credit.connect,
        {"level": "A"},
        lambda made: made.level(SubjectKind.FIRM, testing.CODE, key="k-1", **testing.PURPOSE),
    ),
    "credit.http, handing over": (credit.connect, {"receipt": "1"}, lambda made: made.record(testing.ENTRY, key="k-1")),
    "witnesses.http": (witness.connect, {"receipt": "N-1"}, lambda made: made.lodge("D-1", "ab" * 32, key="k-1")),
    "seeds.reveal": (reveal.connect, {"hash": HASH, "nonce": NONCE}, lambda made: made.promise("D-1", key="k-1")),
    "pulses.http": (pulse.connect, None, lambda made: made.beat()),
}
BY_SIGNATURE: Mapping[str, tuple[Factory, object, Call]] = {
    "agencies.http": BY_TOKEN["agencies.http"],
    "channels.webhook": (channel.connect, {"receipt": "N-1"}, lambda made: made.push(testing.MESSAGE, key="k-1")),
    "callbacks.webhook": (callback.connect, {"receipt": "N-1"}, lambda made: made.tell(testing.NOTICE, key="k-1")),
}


def said(door: Door, factory: Factory, call: Call, **settings: object) -> PortError | None:
    """What comes of a call at a door: nothing wrong, or the error."""
    with peer(beside=_Everywhere(door)) as there, closing(factory("party", {"url": there.url, "tries": 1, **settings})) as made:
        try:
            call(made)
        except PortError as error:
            return error
    return None


class _Everywhere(dict[str, Door]):
    """One door at every path."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door

    def __bool__(self) -> bool:
        return True

    def __contains__(self, _path: object) -> bool:
        return True

    def __getitem__(self, _path: str) -> Door:
        return self.door


@pytest.mark.parametrize("kind", BY_TOKEN)
def test_who_shows_no_token_or_another_one_is_let_in_nowhere(kind: str, tmp_path: Path) -> None:
    factory, told, call = BY_TOKEN[kind]
    ours, other = (str(secret_in(tmp_path, word, word)) for word in ("mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqN"))
    door = Door(bearer("mF_9.B5f-4.1JqM"), told)
    assert (said(door, factory, call, token_file=ours), len(door.taken)) == (None, 1)
    for settings in ({}, {"token_file": other}):
        error = said(door, factory, call, **settings)
        assert (type(error), getattr(error, "code", "")) == (Barred, "unauthorised")
    assert len(door.taken) == 1


@pytest.mark.parametrize("kind", BY_SIGNATURE)
def test_what_is_not_signed_by_the_secret_that_both_hold_is_taken_nowhere(kind: str, tmp_path: Path) -> None:
    factory, told, call = BY_SIGNATURE[kind]
    ours, other = (str(secret_in(tmp_path, word, f"secret-{number}")) for number, word in enumerate(WORDS))
    door = Door(webhook(WORDS[0]), told)
    assert (said(door, factory, call, secret_file=ours), len(door.taken)) == (None, 1)
    refused = [said(door, factory, call, secret_file=other)]
    late = Door(webhook(WORDS[0], lambda: time.time() + 600), told, ahead=600)
    refused.append(said(late, factory, call, secret_file=ours))
    assert re.fullmatch("http_401; our clock is (599|600) s behind theirs", getattr(refused[-1], "detail", ""))
    if kind == "agencies.http":  # the one that need not sign
        refused.append(said(door, factory, call))
    assert [(type(error), getattr(error, "code", "")) for error in refused] == [(Barred, "unauthorised")] * len(refused)
    assert (len(door.taken), late.taken) == (1, [])


def test_the_doors_go_by_the_examples_of_the_standards() -> None:
    """RFC 6750, 2.1; Standard Webhooks 1.0, the example of its verification."""
    shown = bearer("mF_9.B5f-4.1JqM")
    assert shown(Heard("GET", "/", {"authorization": "Bearer mF_9.B5f-4.1JqM"}, b""))
    for wrong in ("", "mF_9.B5f-4.1JqM", "Basic mF_9.B5f-4.1JqM", "Bearer mF_9.B5f-4.1JqM x", "Bearer mF_9"):
        assert not shown(Heard("GET", "/", {"authorization": wrong}, b""))
    told = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    proves = webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", lambda: 1614265330)
    assert proves(Heard("POST", "/", told, b'{"test": 2432232314}'))
    assert not proves(Heard("POST", "/", told, b'{"test": 2432232315}'))
    assert not proves(Heard("POST", "/", {**told, "webhook-id": "msg_other"}, b'{"test": 2432232314}'))
    assert not proves(Heard("POST", "/", {**told, "webhook-timestamp": "1614265331"}, b'{"test": 2432232314}'))
    assert not webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")(Heard("POST", "/", told, b'{"test": 2432232314}')), "too old"
