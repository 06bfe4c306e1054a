"""The state exchange platform: what is not rightly signed is not answered, and what goes wrong there says nothing about anybody."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.sources import gateway
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.ports import AnswerStatus, Barred, Garbled, PortError, Unavailable
from inspector.testing import QUESTION, caught
from inspector.testing.peer import Heard, Step, answer, nobody, peer
from tests.gateway import (
    APP_KEY,
    ASKS,
    FOUND,
    LENDS,
    REQUESTER,
    SERVICE,
    UNKNOWN,
    Platform,
    code,
    reached,
    sealed,
    settings,
)
from tests.unit.test_signers import openssl

LENT = "a-secret-that-was-lent"


class TestGateway(testing.OverHttp, testing.SourceContract):
    """The contract, with a secret that the platform lends beside the questions."""

    factory = gateway.connect
    told: ClassVar[object] = FOUND
    private = (*testing.PRIVATE, APP_KEY, LENT, "127.0.0.1", REQUESTER)

    @classmethod
    def beside(cls) -> Mapping[str, Callable[[Heard], Step]]:
        return {LENDS: Platform(word=LENT).lend}

    def settings(self, folder: Path) -> Mapping[str, object]:
        return {**settings(folder), "owner": "示例市数据局"}


class TestGatewayWithOneKey(testing.SourceContract):
    """The contract, where the key that was handed out signs every question, checked by the platform itself."""

    @pytest.fixture(autouse=True)
    def _platform(self, tmp_path: Path) -> Any:
        self.platform = Platform(secrets=[APP_KEY])
        self.folder = tmp_path
        with peer(beside=self.platform.paths()) as self.there, nobody() as self.silent:
            yield

    def connect(self) -> Any:
        return gateway.connect("party", {"url": self.there.url, **settings(self.folder, path_secret="")})

    def connect_silent(self) -> Any:
        return gateway.connect("party", {"url": self.silent, **settings(self.folder, path_secret="")})


def test_the_platform_of_these_tests_signs_as_the_openssl_program_does() -> None:
    told = openssl("dgst", "-sha256", "-hmac", APP_KEY, text=b"s_1r_11772415000000").split()[-1]
    assert base64.b64decode(code(APP_KEY, "s_1r_11772415000000")).hex() == told
    assert sealed("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210") == (
        "LDh6LJzNCB09fXMknMzXpiw4eiyczQgdPX1zJJzM16ZUfuRMyoXTthzV/Enp8P/V"
    ), "made by OpenJDK 17"


def test_a_question_is_signed_with_a_secret_that_was_lent_for_it(tmp_path: Path) -> None:
    with reached(tmp_path) as (made, platform, _):
        found = made.ask(QUESTION, key="k-1")
        made.ask(QUESTION, key="k-2")
    assert (found.status, found.value, found.provenance.attempts) == (AnswerStatus.FOUND, "存续", 1)
    assert len(platform.secrets) == 1, "one secret serves many questions"
    first, second = platform.asked
    assert {name: first.headers[f"gjgxjhpt_{name}"] for name in ("rid", "sid")} == {"rid": REQUESTER, "sid": SERVICE}
    assert int(first.headers["gjgxjhpt_rtime"]) < int(second.headers["gjgxjhpt_rtime"])
    assert first.json()["subject"] == {"kind": "FIRM", "code": testing.CODE}
    assert (first.headers["idempotency-key"], first.headers["x-correlation-id"]) == ("k-1", "C-1")


def test_only_the_fields_that_were_agreed_on_leave_and_the_signature_may_lie_beside_them(tmp_path: Path) -> None:
    shape: dict[str, Any] = {
        "asks": {"tyshxydm": "code", "cxsy": "basis"},
        "always": {"page": 1},
        "signed_in": ["headers", "body"],
    }
    with reached(tmp_path, **shape) as (made, platform, _):
        made.ask(QUESTION, key="k-1")
    told = platform.asked[0].json()
    assert {name: told.pop(f"gjgxjhpt_{name}") for name in ("rid", "sid", "rtime", "sign")} == {
        name: platform.asked[0].headers[f"gjgxjhpt_{name}"] for name in ("rid", "sid", "rtime", "sign")
    }
    assert told == {"tyshxydm": testing.CODE, "cxsy": QUESTION.basis, "page": 1}


def test_each_try_has_a_signature_of_its_own_for_the_platform_takes_none_twice(tmp_path: Path) -> None:
    steps = [answer(503), answer(503), answer(200, FOUND)]
    with reached(tmp_path, Platform(says=lambda _: steps.pop(0)), tries=3, budget_seconds=9) as (made, platform, _):
        made._wire._sleep = lambda _seconds: None
        assert made.ask(QUESTION, key="k-1").provenance.attempts == 3
    assert platform.refused == []
    assert len({heard.headers["gjgxjhpt_sign"] for heard in platform.asked}) == 3
    assert {heard.body for heard in platform.asked} == {platform.asked[0].body}


def test_threads_that_ask_at_once_share_one_secret_and_no_signature(tmp_path: Path) -> None:
    with reached(tmp_path) as (made, platform, _), ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda number: made.ask(QUESTION, key=f"k-{number}").status, range(40)))
    assert set(told) == {AnswerStatus.FOUND}
    assert (len(platform.secrets), platform.refused) == (1, [])


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"requester": "somebody else"}, "E-106"),
        ({"signed": ["rid", "sid", "rtime"]}, UNKNOWN),
        ({"signer": "hmac-sm3"}, UNKNOWN),
        ({"encoding": "hex"}, UNKNOWN),
        ({"prefix": "x_"}, "E-203"),
    ],
)
def test_who_signs_otherwise_than_agreed_is_let_in_nowhere_and_a_person_is_told(
    tmp_path: Path, change: dict[str, Any], refusal: str
) -> None:
    with reached(tmp_path, **change) as (made, platform, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Barred)
    assert (error.code, error.detail) == ("source_barred", f"code {refusal}")
    assert platform.asked == []


def test_what_was_taken_once_is_taken_for_a_replay_when_it_comes_again(tmp_path: Path) -> None:
    with reached(tmp_path) as (made, platform, _):
        made.ask(QUESTION, key="k-1")
        again = platform._refusal(platform.asked[0].headers, platform.secrets[-1])
    assert again == "E-205"


@pytest.mark.parametrize(
    ("told", "kind", "code_"),
    [
        ({"code": "E-106", "data": None}, Barred, "source_barred"),
        ({"code": "-1", "data": "", "message": "接口调用失败"}, Unavailable, "source_busy"),
        ({"code": -1}, Unavailable, "source_busy"),
        ({"code": "E-999"}, Garbled, "code_unknown"),
        ({"message": "no code"}, Garbled, "field_missing"),
    ],
)
def test_a_business_code_in_a_200_is_permanent_passing_or_not_understood(
    tmp_path: Path, told: dict[str, object], kind: type[PortError], code_: str
) -> None:
    with reached(tmp_path, Platform(says=lambda _: answer(200, told))) as (made, _, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (kind, code_)


def test_a_good_code_with_nothing_behind_it_is_no_record(tmp_path: Path) -> None:
    with reached(tmp_path, Platform(says=lambda _: answer(200, {"code": "0", "data": None}))) as (made, _, _):
        assert made.ask(QUESTION, key="k-1").status is AnswerStatus.NOT_FOUND


def test_an_older_platform_by_md5_with_a_plain_secret_under_other_names_needs_settings_only(tmp_path: Path) -> None:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    def lend(heard: Heard) -> Step:
        told = heard.json()
        digest = md5(f"app-1{APP_KEY}{told['requestTime']}")
        assert told == {"appKey": "app-1", "requestTime": told["requestTime"], "sign": digest}
        return answer(200, {"code": "00", "datas": {"requestSecret": "lent", "requestSecretEndTime": 1}})

    def told(heard: Heard) -> Step:
        digest = md5(f"app-1lent{heard.json()['requestTime']}")
        return answer(200, {"code": "00", "datas": {"zt": "存续"}} if heard.json()["sign"] == digest else {"code": "14"})

    shape = {
        "requester": "app-1",
        "service": "",
        "signer": "md5",
        "signed": ["rid", "secret", "rtime"],
        "signed_in": ["body"],
        "names": {"rid": "appKey", "rtime": "requestTime", "sign": "sign"},
        "sealed": "plain",
        "secret_field": "datas.requestSecret",
        "until_field": "datas.requestSecretEndTime",
        "ok_codes": ["00"],
        "value_field": "datas.zt",
        "as_of_field": "",
        "asks": {"code": "code"},
    }
    with peer(beside={LENDS: lend, ASKS: told}) as there:
        made = gateway.connect("registry", {"url": there.url, **settings(tmp_path, **shape)})
        assert made.ask(QUESTION, key="k-1").value == "存续"
        made.close()


def test_a_platform_that_wants_a_nonce_signed_by_sha_1_gets_another_one_with_each_question(tmp_path: Path) -> None:
    signed = {"signer": "hmac-sha1", "signed": ["rid", "rtime", "nonce"], "path_secret": ""}
    with peer(answer(200, FOUND)) as there:
        made = gateway.connect("registry", {"url": there.url, **settings(tmp_path, **signed)})
        for number in range(2):
            assert made.ask(QUESTION, key=f"k-{number}").value == "存续"
        made.close()
    nonces = set()
    for heard in there.heard:
        told = {name: heard.headers[f"gjgxjhpt_{name}"] for name in ("rid", "rtime", "nonce", "sign")}
        digest = openssl("dgst", "-sha1", "-hmac", APP_KEY, text="".join(list(told.values())[:3]).encode()).split()[-1]
        assert base64.b64decode(told["sign"]).hex() == digest
        nonces.add(told["nonce"])
    assert [len(nonce) for nonce in nonces] == [32, 32]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"signer": "rsa"}, "signer"),
        ({"signed": ["sid", "body"]}, "signed"),
        ({"signed": []}, "signed"),
        ({"signed_in": ["query"]}, "signed_in"),
        ({"names": {"stamp": "n"}}, "names"),
        ({"sealed": "sm4"}, "sealed"),
        ({"sealed": "aes", "key_file": "short"}, "key_file"),
        ({"signer": "sm2", "key_file": "1" * 64}, "path_secret"),
        ({"skew_seconds": 0}, "skew_seconds"),
        ({"requester": " "}, "requester"),
        ({"requester": "某区"}, "requester"),
        ({"service": "s\r\nX-Evil: 1"}, "service"),
        ({"prefix": "a b"}, "prefix"),
        ({"names": {"rid": "应用"}}, "names"),
        ({"asks": {"xm": "name"}}, "asks"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_their_key(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    told = settings(tmp_path)
    if "key_file" in change:
        Path(str(told["key_file"])).write_text(change.pop("key_file"), encoding="ascii")
    with pytest.raises(Invalid) as refused:
        gateway.connect("registry", {"url": "http://127.0.0.1:1/", **told, **change})
    assert (refused.value.code, refused.value.facts["key"]) == ("connector_key_range", key)
    assert json.dumps(dict(refused.value.facts)).count(APP_KEY) == 0
