"""Secrets of every connector are used as they lie in their files: exchanged, taken away and put back without a restart."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from connectors.callbacks import webhook
from connectors.http import Wire
from connectors.sources import database as front
from inspector import testing
from inspector.leave import NO_TURN, leave
from inspector.plugins import load
from inspector.ports import AnswerStatus, Barred, Origin, Unavailable
from inspector.testing import QUESTION, caught
from inspector.testing.peer import Heard, Step, answer, peer
from tests.frontends import FrontEnd
from tests.gateway import APP_KEY, FOUND, SPENT, UNKNOWN, Platform, key_file, reached
from tests.integration.test_frontend_postgres import door


def put(folder: Path, text: str) -> Path:
    """A secret exchanged as it should be: written beside and renamed."""
    file, beside = folder / "secret", folder / "secret.new"
    beside.touch(0o600)
    beside.write_text(text + "\n", encoding="ascii")
    return beside.rename(file)


def test_a_token_is_that_of_the_file_at_every_call_and_without_one_nobody_is_asked(tmp_path: Path) -> None:
    file = put(tmp_path, "first")
    with peer(answer(200, {})) as party, closing(Wire({"url": party.url, "token_file": str(file)})) as wire:
        wire.send("POST", "/")
        put(tmp_path, "other")
        wire.send("POST", "/")
        file.chmod(0o644)
        opened = caught(lambda: wire.send("POST", "/"))
        file.unlink()
        gone = [caught(lambda: wire.deliver("/", json={}, key="k")) for _ in range(2)]
        put(tmp_path, "third")
        wire.send("POST", "/")
        heard = [one.headers["authorization"] for one in party.heard]
    assert heard == ["Bearer first", "Bearer other", "Bearer third"]
    for error, why in ((opened, "connector_secret_open"), *((one, "connector_secret_missing") for one in gone)):
        assert (type(error), error.code, error.detail, error.attempts) == (Barred, "key_unreadable", why, 0)


@pytest.mark.parametrize("tries", [1, 3])
def test_a_token_that_was_exchanged_while_a_call_was_under_way_bars_nobody(tmp_path: Path, tries: int) -> None:
    file, heard = put(tmp_path, "first"), list[str]()

    def says(one: Heard) -> Step:
        heard.append(one.headers["authorization"])
        if heard[-1] == "Bearer other":
            return answer(200, {})
        put(tmp_path, "other")  # it comes in force on both sides while the first is asked by
        return answer(401)

    with peer(beside={"/": says}) as party:
        told = {"url": party.url, "token_file": str(file), "tries": tries}
        with closing(Wire(told, sleep=lambda _: None)) as wire:
            if tries == 1:
                error = caught(lambda: wire.send("POST", "/"))
                assert (type(error), error.code, error.origin) == (Unavailable, "secret_exchanged", Origin.US)
            assert wire.send("POST", "/").status == 200
        assert heard == ["Bearer first", "Bearer other"]


def test_a_token_exchanged_between_two_tries_is_that_of_the_second(tmp_path: Path) -> None:
    file, heard = put(tmp_path, "first"), list[str]()

    def says(one: Heard) -> Step:
        heard.append(one.headers["authorization"])
        put(tmp_path, "other")
        return answer(503 if len(heard) == 1 else 200, {})

    with (
        peer(beside={"/": says}) as party,
        closing(Wire({"url": party.url, "token_file": str(file)}, sleep=lambda _: None)) as wire,
    ):
        wire.send("POST", "/")
    assert heard == ["Bearer first", "Bearer other"]


def test_a_token_that_is_in_force_and_not_taken_bars_at_once(tmp_path: Path) -> None:
    file = put(tmp_path, "first")
    with peer(answer(401)) as party, closing(Wire({"url": party.url, "token_file": str(file)}, sleep=lambda _: None)) as wire:
        error = caught(lambda: wire.send("POST", "/"))
        assert (type(error), error.code, len(party.heard)) == (Barred, "unauthorised", 1)


def test_a_webhook_signs_by_the_new_secret_and_one_that_is_none_bars_it(tmp_path: Path) -> None:
    words = ["whsec_" + base64.b64encode(sign * 24).decode() for sign in (b"n", b"m")]
    file = put(tmp_path, words[0])
    told = {"url": "", "secret_file": str(file)}
    with peer(answer(204)) as party, closing(webhook.connect("approving", told | {"url": party.url})) as made:
        for word in words:
            put(tmp_path, word)
            made.tell(testing.NOTICE, key="EV-1")
            Webhook(word).verify(party.heard[-1].body, dict(party.heard[-1].headers))
        put(tmp_path, "whsec_short")
        error = caught(lambda: made.tell(testing.NOTICE, key="EV-2"))
        assert (type(error), error.code) == (Barred, "key_unreadable")
        assert len(party.heard) == 2


SIGNED: dict[str, tuple[str, str, str, Callable[[Any], object]]] = {
    "sources.http": ("key_file", "", "signature", lambda made: made.ask(QUESTION, key="k-1")),
    "credit.http": ("key_file", "", "signature", lambda made: made.record(testing.ENTRY, key="k-1")),
    "agencies.http": ("secret_file", "whsec_", "webhook-signature", lambda made: made.send(testing.LETTER, key="k-1")),
    "callbacks.webhook": ("secret_file", "whsec_", "webhook-signature", lambda made: made.tell(testing.NOTICE, key="k-1")),
    "channels.webhook": ("secret_file", "whsec_", "webhook-signature", lambda made: made.push(testing.MESSAGE, key="k-1")),
}
"""Who signs by a secret that no token is: the setting of its file, what stands before the secret, where the signature goes, and a call."""


@pytest.mark.parametrize("kind", SIGNED)
def test_a_signature_by_a_secret_that_was_exchanged_meanwhile_bars_nobody_and_the_next_try_signs_by_the_new_one(
    tmp_path: Path, kind: str
) -> None:
    setting, before, shown, call = SIGNED[kind]
    words = [before + base64.b64encode(sign * 32).decode() for sign in (b"n", b"m")]
    keys = {"path_level": "/", "path_entry": "/"} if kind == "credit.http" else {"path": "/"}
    keys |= {} if before else {"key_id": "office"}
    file, heard = put(tmp_path, words[0]), list[Heard]()

    def says(one: Heard) -> Step:
        heard.append(one)
        put(tmp_path, words[1])  # in force on both sides while the first signature is under way
        return answer(401 if len(heard) == 1 else 503)

    group, _, name = kind.partition(".")
    factory: Any = load(group, name)
    with peer(beside={"/": says}) as party:
        told = {"url": party.url, setting: str(file), "tries": 1, **keys}
        with closing(factory(name, told)) as made:
            error, later = caught(lambda: call(made)), caught(lambda: call(made))
    assert (type(error), error.code, error.origin) == (Unavailable, "secret_exchanged", Origin.US)
    assert (later.code, len({one.headers[shown] for one in heard})) == ("http_503", 2)
    for one, word in zip(heard, words, strict=True) if before else ():
        Webhook(word).verify(one.body, dict(one.headers))


def test_a_secret_in_force_that_is_not_taken_bars_whoever_signs_by_it(tmp_path: Path) -> None:
    file = put(tmp_path, "whsec_" + base64.b64encode(b"n" * 32).decode())
    with peer(answer(401)) as party, closing(webhook.connect("approving", {"url": party.url, "secret_file": str(file)})) as made:
        error = caught(lambda: made.tell(testing.NOTICE, key="k-1"))
    assert (type(error), error.code, len(party.heard)) == (Barred, "unauthorised", 1)


def test_each_try_of_a_webhook_is_signed_by_the_secret_of_its_moment_under_one_id(tmp_path: Path) -> None:
    words = ["whsec_" + base64.b64encode(sign * 24).decode() for sign in (b"n", b"m")]
    file, heard = put(tmp_path, words[0]), list[Heard]()

    def says(one: Heard) -> Step:
        heard.append(one)
        put(tmp_path, words[1])
        return answer(503 if len(heard) == 1 else 204)

    told = {"secret_file": str(file), "tries": 2}
    with peer(beside={"/": says}) as party, closing(webhook.connect("approving", {"url": party.url, **told})) as made:
        made._wire._wire._sleep = lambda _seconds: None
        made.tell(testing.NOTICE, key="EV-1")
    assert {one.headers["webhook-id"] for one in heard} == {"EV-1"}
    for one, word in zip(heard, words, strict=True):
        Webhook(word).verify(one.body, dict(one.headers))


def test_a_key_that_signs_questions_itself_is_exchanged_too(tmp_path: Path) -> None:
    platform = Platform(secrets=[APP_KEY])
    with reached(tmp_path, platform, path_secret="") as (made, _, _):
        assert made.ask(QUESTION, key="k-1").status is AnswerStatus.FOUND
        platform.secrets[:] = ["another-key"]
        key_file(tmp_path, "another-key")
        assert made.ask(QUESTION, key="k-2").status is AnswerStatus.FOUND


@pytest.mark.parametrize("code", [SPENT, UNKNOWN])
def test_a_key_exchanged_while_a_question_was_under_way_bars_nobody(tmp_path: Path, code: str) -> None:
    platform = Platform(secrets=[APP_KEY])
    with reached(tmp_path, platform, path_secret="") as (made, _, _):

        def exchanged(_: object) -> Step:
            platform.says = lambda _: answer(200, FOUND)
            platform.secrets[:] = ["another-key"]
            key_file(tmp_path, "another-key")
            return answer(200, {"code": code})

        platform.says = exchanged
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (Unavailable, "secret_exchanged")
        assert made.ask(QUESTION, key="k-1").status is AnswerStatus.FOUND


def test_a_new_connection_to_a_database_is_made_by_the_password_of_its_moment(tmp_path: Path) -> None:
    file = put(tmp_path, "first")
    with door("FATAL\0C28P01\0Mno\0\0", times=2) as (port, heard):
        keys = FrontEnd(url=f"postgresql://u@127.0.0.1:{port}/d").keys(password_file=str(file))
        with closing(front.connect("front", keys)) as made:
            refused = caught(lambda: made.ask(QUESTION, key="k-1"))
            put(tmp_path, "other")
            caught(lambda: made.ask(QUESTION, key="k-2"))
            file.unlink()
            gone = caught(lambda: made.ask(QUESTION, key="k-3"))
    assert heard == [b"first\0", b"other\0"]
    assert [(type(one), one.code) for one in (refused, gone)] == [(Barred, "unauthorised"), (Barred, "key_unreadable")]


def test_each_request_that_a_call_needs_asks_for_its_turn_and_without_one_no_case_loses_its_way(tmp_path: Path) -> None:
    class Turns:
        left = 2

        def again(self) -> bool:
            return False

        def further(self) -> float | None:
            self.left -= 1
            return 0.0 if self.left >= 0 else None

    with reached(tmp_path) as (made, platform, _):
        with leave(Turns()):
            assert made.ask(QUESTION, key="k-1").status is AnswerStatus.FOUND, "the secret is fetched, then the question is asked"
        platform.spend()
        with leave(turns := Turns()):
            error = caught(lambda: made.ask(replace(QUESTION, case_id="C-2"), key="k-2"))
    assert (type(error), error.code) == (Unavailable, NO_TURN)
    assert turns.left == -1, "asked, told that the secret is spent, and had a new one: the third request has no turn"
