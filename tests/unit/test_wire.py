"""docs/reference/wire.md is what our connectors send, what they take, and what the demo's outside world understands."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import hashlib
import hmac
import json
import re
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connectors.http import WireConfig
from inspector.demo.server import Request
from inspector.demo.world import Scene, World
from inspector.domain.letter import LetterKind
from inspector.ports import Letter
from inspector.testing.peer import answer, peer
from inspector.tuning import EngineSettings
from tests.documented_wire import (
    EXCHANGES,
    INCOMING,
    PLAIN,
    SHOWN,
    fates,
    fields_of,
    heard,
    leaves,
    made,
    signature,
)
from tests.wire import AGENCY, CALLBACK, LETTER, SECRET, Exchange
from tests.wire_draws import REVEAL

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/wire.md").read_text(encoding="utf-8")
NAMES = [one.name for one in EXCHANGES]
each = pytest.mark.parametrize("exchange", EXCHANGES, ids=NAMES)


def sent(exchange: Exchange) -> Mapping[str, Any]:
    content = heard()[exchange.name].body
    held: Mapping[str, Any] = json.loads(content) if content else {}
    return held


@each
def test_every_field_that_is_sent_or_wanted_back_is_explained_and_no_other(exchange: Exchange) -> None:
    assert leaves(sent(exchange)) == list(exchange.sent)
    assert leaves(exchange.reply or {}) == list(exchange.told)
    assert exchange.fates.keys() == {"Unavailable", "Refused", "Garbled"}


def test_every_connector_that_speaks_http_of_our_own_making_has_its_messages_on_the_page() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    modules = {target.partition(":")[0] for kinds in declared.values() for target in kinds.values()}
    public = {
        "connectors.identity.oidc",
        "connectors.seeds.drand",
        "connectors.seeds.nist",
        "connectors.sources.gateway",
        "connectors.sources.soap",
        "connectors.sources.xroad",
    }
    silent = {"connectors.seeds.ceremony", "connectors.sources.database", "connectors.sources.files", "connectors.sources.sftp"}
    silent |= {"connectors.agencies.email", "connectors.agencies.paper", "connectors.credit.files", "connectors.credit.sftp"}
    silent |= {"connectors.channels.email", "connectors.channels.mqtt", "connectors.channels.apprise"}
    own = {"connectors.channels.sms", "connectors.channels.supervision", "connectors.channels.webpush"}  # by settings, or an RFC
    public |= own | {f"connectors.channels.{one}{robot}" for one in ("dingtalk", "feishu", "wecom") for robot in ("", "_robot")}
    assert modules - public - silent == {one.connector.__module__ for one in EXCHANGES}
    assert all(one.title in PAGE for one in EXCHANGES)


def test_the_demos_outside_world_plays_all_but_what_its_pack_does_not_ask() -> None:
    assert {one.name for one in EXCHANGES if not one.demo} == {"result"}


def test_a_method_of_a_connector_without_its_message_on_the_page_is_found() -> None:
    """Each public method of the connectors but `close` was called by an exchange."""
    methods = {
        (one.connector.__name__, name)
        for one in EXCHANGES
        for name, held in vars(one.connector).items()
        if callable(held)
        and not name.startswith("_")
        and name
        not in ("close", "proven", "believes", "look", "reported", "apart")  # these ask nobody, or have chapters of their own
    }
    called = {(one.connector.__name__, name) for one in EXCHANGES for name in one.call.__code__.co_names}
    assert methods <= called


@each
def test_what_goes_with_a_message_stands_on_the_page(exchange: Exchange) -> None:
    told = heard()[exchange.name]
    assert told.method == "POST"
    assert set(told.headers) <= {*SHOWN, *PLAIN}, "a header that nobody explains"
    assert ("idempotency-key" in told.headers) == (exchange.name != "pulse")
    if exchange.signed:
        assert told.headers["webhook-id"] == told.headers["idempotency-key"]


def test_a_token_of_the_other_side_goes_out_as_the_page_says(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text("their-own-word\n")
    with peer(answer(200, AGENCY.reply)) as other:
        connector = made(AGENCY, other.url, tmp_path, token_file=str(token))
        AGENCY.call(connector)
        connector.close()
    assert other.heard[0].headers["authorization"] == "Bearer their-own-word"
    assert "`Bearer …` where you have given us a token" in PAGE


@pytest.mark.parametrize("exchange", [one for one in EXCHANGES if one.demo], ids=lambda one: one.name)
def test_the_demos_outside_world_takes_each_message_and_answers_as_the_page_wants(exchange: Exchange, tmp_path: Path) -> None:
    told = heard()[exchange.name]
    headers = {**told.headers, **(signature(told) if exchange.signed else {})}
    request = Request(method="POST", path=exchange.demo, query="", headers=headers, body=told.body)

    async def ask() -> tuple[int, dict[str, Any]]:
        world = World(Scene(calm=True))
        world.rules.put({"peer": "*", "mode": "ok", "say": "match", "calm": True})
        reply = await world.handle(request)
        await world.stop()
        return reply.status, json.loads(reply.body)

    with ThreadPoolExecutor(1) as apart:  # a browser test of the same process may have a loop running in this thread
        status, reply = apart.submit(asyncio.run, ask()).result()
    assert 200 <= status < 300, reply
    assert set(exchange.told) <= set(leaves(reply)), "what is wanted is there"
    if exchange is not REVEAL:  # its nonce is that of its own promise
        with peer(answer(status, reply)) as other:
            connector = made(exchange, other.url, tmp_path)
            exchange.call(connector)
            connector.close()


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_kind_of_letter_has_the_same_fields(kind: LetterKind) -> None:
    letter: Letter = dataclasses.replace(LETTER, kind=kind)
    with peer(answer(200, AGENCY.reply)) as other:
        connector = made(AGENCY, other.url, ROOT)
        connector.send(letter, key="k")
        connector.close()
    assert leaves(other.heard[0].json()) == list(AGENCY.sent)
    assert f"`{kind.value}`" in PAGE


def test_a_signature_can_be_checked_by_the_page_alone() -> None:
    block = PAGE.partition("```text\n")[2].partition("```")[0]
    told: dict[str, str] = dict(re.findall(r"^(\S+) +(.*)$", block, re.MULTILINE))
    assert told["secret"] == SECRET
    key = base64.b64decode(told["secret"].removeprefix("whsec_"))
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.{told['body']}".encode()
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert told["webhook-signature"] == f"v1,{digest}"
    assert json.loads(told["body"]) == sent(next(one for one in EXCHANGES if one.name == "channel"))


def test_a_promise_on_the_page_is_the_hash_of_its_nonce() -> None:
    nonce, promised = (re.search(rf'\{{"{name}": "([0-9a-f]{{64}})"\}}', PAGE) for name in ("nonce", "hash"))
    assert nonce is not None
    assert promised is not None
    assert hashlib.sha256(f"ssj1/nonce\n{nonce[1]}".encode()).hexdigest() == promised[1]


def test_a_repetition_that_is_told_as_the_page_says_counts_as_the_receipt() -> None:
    with peer(answer(409, {"key": "k", "receipt": "R-1"})) as other:
        connector = made(AGENCY, other.url, ROOT)
        assert connector.send(LETTER, key="k").reference == "R-1"
        connector.close()


def test_the_statuses_fall_into_the_families_that_the_page_tells() -> None:
    for outcomes in fates().values():
        assert {status for status, told in outcomes.items() if told.startswith("Barred")} == {301, 401, 403, 404, 405, 501, 505}
        assert {status for status, told in outcomes.items() if told.startswith("Unavailable")} == {
            408,
            425,
            429,
            500,
            502,
            503,
            504,
        }


def test_the_figures_on_the_page_are_the_defaults() -> None:
    wire, engine = {one.name: one.default for one in dataclasses.fields(WireConfig)}, EngineSettings()
    assert (wire["tries"], wire["budget_seconds"], wire["read_seconds"], wire["max_reply_bytes"]) == (3, 20.0, 10.0, 1_048_576)
    assert (engine.retry_base_seconds, engine.retry_cap_seconds) == (2, 3600)
    assert (engine.breaker_failures, engine.breaker_cool_seconds) == (8, 15)
    told = (
        "up to `tries` (3) tries within `budget_seconds` (20 s)",
        "after 2 s, 4 s … 1 h",
        "After 8 failures in a row",
        "15 s to 10 min",
    )
    assert [words for words in told if words not in PAGE] == []


@pytest.mark.parametrize("operation", INCOMING)
def test_what_the_other_side_sends_us_is_taken_as_the_page_shows_it(operation: str) -> None:
    shape, example, meanings = INCOMING[operation]
    shape.model_validate(example)
    assert set(meanings) == fields_of(shape)


def test_a_notice_is_the_event_of_the_feed() -> None:
    assert set(sent(CALLBACK)) == {"id", "type", "at", "case", "reference", "data"}
    assert '{"id", "type", "at", "case", "reference", "data"}' in (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
