"""SMS and the supervision platform by settings alone: signed as each wants it, saying no more than they may; results back in its words."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.channels import sms, supervision
from connectors.channels.sms import SmsChannel
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.labels import told
from inspector.ports import Barred, Message, Refused, Unavailable
from inspector.testing import MESSAGE, Say, caught
from inspector.testing.peer import Heard, answer, peer
from tests import carriers
from tests.carriers import DEAD, PHONE, SECRET, Carrier
from tests.messengers import kept

PUSH = replace(
    MESSAGE,
    to=PHONE,
    text="核查某某有限公司",
    link="https://office.example/seat/V-1:0:0/one-time-word",
    data={
        "visit": "V-1",
        "seat": "V-1:0:0",
        "accept_by": "2026-03-03T17:30:00+08:00",
        "facts": 2,
        "brief": {"asked": [{"item": "甲", "fact": "乙", "promised": "是"}], "checks": {"cap": 4}},
    },
)
PRIVATE = (*testing.PRIVATE, SECRET, PHONE, "127.0.0.1")
HMAC: Mapping[str, object] = {
    "asks": {
        "phoneNumbers": "to",
        "params": "params",
        "outId": "key",
        "X-Time": "seconds",
        "X-Nonce": "nonce",
        "X-Sign": "sign",
    },
    "always": {"signName": "某区市监局", "templateId": "T-7", "X-App": "app-7"},
    "in_headers": ["X-App", "X-Time", "X-Nonce", "X-Sign"],
    "numbers": "list",
    "params": {"url": "link", "what": "{title}[，请于{accept_by}前处理]"},
    "params_as": "object",
    "signed": ["X-App", "X-Time", "X-Nonce", "outId"],
    "encoding": "hex",
    "code_field": "Code",
    "ok_codes": ["OK"],
    "permanent_codes": ["SignatureDoesNotMatch", "isv.TIMESTAMP"],
    "recipient_codes": ["isv.MOBILE_NUMBER_ILLEGAL"],
    "limited_codes": ["isv.BUSINESS_LIMIT_CONTROL"],
    "reference_field": "BizId",
}
FORM: Mapping[str, object] = {
    "asks": {"mobile": "to", "tplValue": "params", "uid": "key", "ts": "stamp", "sign": "sign"},
    "always": {"account": "office", "tplId": 88},
    "body": "form",
    "params": {"path": "path", "what": "title"},
    "signer": "md5-sorted",
    "code_field": "result",
    "permanent_codes": [-3, -4],
    "recipient_codes": [16],
    "limited_codes": [33],
    "reference_field": "smsid",
}
MAS: Mapping[str, object] = {
    "asks": {"mobiles": "to", "content": "content", "mac": "sign"},
    "always": {"ecName": "某区市监局", "apId": "ap7", "sign": "Sg7", "addSerial": ""},
    "body": "base64",
    "content": "{title}[，请于{accept_by}前处理] {link}",
    "signer": "md5",
    "signed": ["ecName", "apId", "secret", "mobiles", "content", "sign", "addSerial"],
    "code_field": "rspcod",
    "ok_codes": ["success"],
    "permanent_codes": ["IllegalMac"],
    "recipient_codes": ["InvalidMobile"],
    "limited_codes": ["TooFrequent"],
    "reference_field": "msgGroup",
}
PLATFORM: Mapping[str, object] = {
    "asks": {
        "head.timestamp": "time",
        "head.nonce": "nonce",
        "head.sign": "sign",
        "head.bizId": "key",
        "task.rwbh": "seat",
        "task.zt": "word",
        "task.zfry": "to",
        "task.rwmc": "title",
        "task.jzsj": "accept_by",
        "task.sxs": "facts",
        "task.hcsx": "asked",
        "task.jccs": "checks",
        "task.rq": "windows",
        "task.url": "link",
        "task.lp": "token",
    },
    "always": {"head.appId": "office-7", "task.ly": "告知承诺核查"},
    "signed": ["head.appId", "head.timestamp", "head.nonce", "task.rwbh"],
    "words": {"new": "01", "off": "02", "on": "03", "changed": "04"},
    "ok_codes": ["0000"],
    "permanent_codes": ["1001"],
    "recipient_codes": ["2004"],
    "limited_codes": ["9001"],
    "reference_field": "data.taskNo",
    "returns": {"remarks": "data.bz", "visited_on": "data.jcrq", "seen": "data.jcjg"},
    "findings_field": "data.items",
    "finds": {"case_id": "ajbh", "claim": "sxbm", "verdict": "jg", "note": "sm"},
    "verdicts": {"1": "match", "2": "mismatch", "9": "cannot_say"},
    "seen": {"未发现问题": "NOTHING", "发现问题": "FINDING", "通过登记的住所无法联系": "UNREACHABLE"},
}
Kind = tuple[Callable[[str, Mapping[str, object]], Any], Mapping[str, object], Callable[[Any], Any], Callable[[str], object], str]
KINDS: Mapping[str, Kind] = {
    "json": (sms.connect, HMAC, carriers.json_hmac, carriers.json_hmac_codes, "biz-7"),
    "form": (sms.connect, FORM, carriers.sorted_form, carriers.sorted_form_codes, "901"),
    "mas": (sms.connect, MAS, carriers.mas, carriers.mas_codes, "0927235952001000001696"),
    "platform": (supervision.connect, PLATFORM, carriers.platform, carriers.platform_codes, "RW-2026-7"),
}


@contextmanager
def reached(kind: str, folder: Path, *, secret: str = SECRET, most: int = 1_000, **more: object) -> Iterator[tuple[Any, Carrier]]:
    """A channel connected to a carrier of that kind."""
    factory, told, reads, codes, _ = KINDS[kind]
    there = Carrier(reads=reads, codes=codes, most=most)
    config = {**told, "path": "/send", "key_file": kept(folder, secret, "key"), "tries": 1, **more}
    with peer(beside={"/send": there.step}) as party, closing(factory(kind, {"url": party.url, **config})) as made:
        yield made, there


class Shipped(testing.PushesOverHttp):
    """The contract for one that is set up for a form."""

    private = PRIVATE
    message: ClassVar[Message] = PUSH
    kind: ClassVar[str]

    def settings(self, folder: Path) -> Mapping[str, object]:
        return {**KINDS[self.kind][1], "key_file": kept(folder, SECRET, "key"), "owner": "示例市数据局"}


@pytest.mark.slow
class TestSms(Shipped):
    kind = "mas"
    factory = sms.connect
    told: ClassVar[object] = {"msgGroup": "g-7", "rspcod": "success", "success": True}
    reference = "g-7"
    withheld = (PUSH.text, "某某有限公司")
    says: ClassVar[Mapping[str, Say]] = {
        "nobody": Say(step=answer(200, {"rspcod": "InvalidMobile"}), becomes=Refused, code="recipient_refused"),
        "often": Say(step=answer(200, {"rspcod": "TooFrequent"}), becomes=Unavailable, code="rate_limited", after=60.0),
        "unsigned": Say(step=answer(400, {"rspcod": "IllegalMac"}), becomes=Barred, code="channel_barred"),
    }


@pytest.mark.slow
class TestSupervision(Shipped):
    kind = "platform"
    factory = supervision.connect
    told: ClassVar[object] = {"code": "0000", "data": {"taskNo": "RW-7"}}
    reference = "RW-7"
    withheld = (PUSH.text,)
    says: ClassVar[Mapping[str, Say]] = {
        "nobody": Say(step=answer(200, {"code": "2004"}), becomes=Refused, code="recipient_refused"),
        "unsigned": Say(step=answer(200, {"code": 1001}), becomes=Barred, code="channel_barred"),
    }

    def said(self, heard: Heard) -> object:
        told = heard.json()
        for name in ("timestamp", "nonce", "sign"):
            del told["head"][name]
        return heard.method, heard.path, told


@pytest.mark.parametrize("kind", KINDS)
def test_each_form_is_signed_as_its_party_wants_it_and_says_no_more_than_it_may(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path) as (made, there), ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda number: made.push(PUSH, key=f"k-{number}"), range(16)))
    assert {one.reference for one in receipts} == {KINDS[kind][4]}
    assert len(there.sent) == 16
    assert {one["to"] for one in there.sent} == {PHONE}
    assert not any("某某有限公司" in json.dumps(one, ensure_ascii=False) for one in there.sent), (
        "whom it is about is behind the link"
    )
    if kind != "mas":
        assert {one["id"] for one in there.sent} == {f"k-{number}" for number in range(16)}


def test_an_sms_says_that_there_is_something_by_when_and_where(tmp_path: Path) -> None:
    with reached("mas", tmp_path) as (made, there):
        made.push(replace(PUSH, title="新的\n【任务】"), key="k-1")
    assert there.sent[0]["text"] == "新的 任务，请于2026-03-03 17:30前处理 https://office.example/seat/V-1:0:0/one-time-word"
    with reached("form", tmp_path) as (made, there):
        made.push(PUSH, key="k-1")
    assert there.sent[0]["text"] == "seat/V-1:0:0/one-time-word", "for a template that has scheme and host itself"
    with reached("json", tmp_path) as (made, there):
        made.push(PUSH, key="k-1")
        made.push(replace(PUSH, title="任务取消", data={"called_off": True}), key="k-2")
        made.push(replace(PUSH, title="测试消息", data={"test": True}), key="k-3")
    assert [one["text"].partition("'what': ")[2] for one in there.sent] == [
        f"'{PUSH.title}，请于2026-03-03 17:30前处理'}}",
        "'任务取消'}",
        "'测试消息'}",
    ]


def test_an_assignment_goes_to_the_platform_in_its_own_fields_with_what_is_needed_to_answer(tmp_path: Path) -> None:
    with reached("platform", tmp_path) as (made, there):
        made.push(PUSH, key="k-1")
        for number, said in enumerate(({"called_off": True}, {"called_off": False}, {"changed": True})):
            made.push(replace(PUSH, to="李四-07", data={"visit": "V-1", "seat": "V-1:0:0", **said}), key=f"k-{number}")
        made.push(replace(PUSH, link="https://office.example", data={"test": True}), key="k-9")
    first, *later = [one["task"] for one in there.sent]
    assert first == {
        "rwbh": "V-1:0:0",
        "zt": "01",
        "zfry": PHONE,
        "rwmc": PUSH.title,
        "jzsj": "2026-03-03T17:30:00+08:00",
        "sxs": 2,
        "hcsx": [{"item": "甲", "fact": "乙", "promised": "是"}],
        "jccs": {"cap": 4},
        "rq": "",
        "url": PUSH.link,
        "lp": "one-time-word",
        "ly": "告知承诺核查",
    }
    assert [(one["zt"], one["lp"]) for one in later] == [*((word, "one-time-word") for word in ("02", "03", "04")), ("test", "")]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrongly_signed_is_not_sent_and_a_dead_number_hinders_nobody_else(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path, secret="another") as (made, there):
        error = caught(lambda: made.push(PUSH, key="k-1"))
        assert (type(error), error.code, there.sent) == (Barred, "channel_barred", [])
        kept(tmp_path, SECRET, "key")
        assert made.push(PUSH, key="k-1").attempts == 1, "a new secret counts without a restart"
    with reached(kind, tmp_path, most=1) as (made, there):
        dead = caught(lambda: made.push(replace(PUSH, to=DEAD), key="k-1"))
        made.push(PUSH, key="k-2")
        often = caught(lambda: made.push(PUSH, key="k-3"))
    assert (type(dead), dead.code) == (Refused, "recipient_refused")
    assert isinstance(often, Unavailable)
    assert (often.code, often.retry_after) == ("rate_limited", 60.0)


def test_what_is_longer_than_agreed_is_refused_and_a_character_outside_the_plane_counts_twice(tmp_path: Path) -> None:
    with reached("form", tmp_path, most_characters=26) as (made, there):
        made.push(PUSH, key="k-1")
        error = caught(lambda: made.push(replace(PUSH, link=f"{PUSH.link}x"), key="k-2"))
        wide = caught(lambda: made.push(replace(PUSH, link="https://o.example/" + "𠀀" * 14), key="k-3"))
    assert [(type(one), one.code, one.attempts) for one in (error, wide)] == [(Refused, "text_too_long", 0)] * 2
    assert len(there.sent) == 1


def test_a_result_comes_back_in_the_platforms_words_and_an_unknown_word_is_no_finding(tmp_path: Path) -> None:
    told: dict[str, Any] = {
        "data": {
            "jcrq": "2026-03-09",
            "jcjg": "未发现问题",
            "bz": "现场查看",
            "items": [{"ajbh": "a" * 32, "sxbm": "c1", "jg": 1}, {"ajbh": "b" * 32, "sxbm": "c1", "jg": "2", "sm": "已搬迁"}],
        }
    }
    with reached("platform", tmp_path) as (made, _):
        assert made.returned(told) == {
            "seen": "NOTHING",
            "remarks": "现场查看",
            "visited_on": "2026-03-09",
            "findings": [
                {"case_id": "a" * 32, "claim": "c1", "verdict": "match"},
                {"case_id": "b" * 32, "claim": "c1", "verdict": "mismatch", "note": "已搬迁"},
            ],
        }
        unmet = {"data": {"jcjg": "通过登记的住所无法联系", "bz": "大门紧锁"}}
        assert made.returned(unmet) == {"seen": "UNREACHABLE", "remarks": "大门紧锁", "findings": []}, "it asks no fact"
        places = [made.theirs(one) for one in (("visited_on",), ("findings", 0, "case_id"), ("findings",), ("remarks",))]
        assert places == ["data.jcrq", "data.items.0.ajbh", "data.items", "data.bz"]
        for word in ("3", True, None, ["1"]):
            told["data"]["items"][0]["jg"] = word
            with pytest.raises(Invalid, match="result_word_unknown"):
                made.returned(told)
        nothings: tuple[dict[str, Any], ...] = ({}, {"data": {}}, {"data": {"items": "12"}}, {"data": []})
        for nothing in nothings:
            with pytest.raises(Invalid, match="result_field_missing"):
                made.returned(nothing)


@pytest.mark.parametrize(
    ("kind", "change", "key"),
    [
        ("mas", {"content": "{title} {text} {link}"}, "content"),
        ("mas", {"content": "{title}"}, "content"),
        ("form", {"params": {"name": "text"}}, "params"),
        ("mas", {"content": "任务 {link}"}, "content"),
        ("mas", {"content": "{title}，请于{accept_by}前处理 {link}"}, "content"),
        ("form", {"params": {"path": "path"}}, "params"),
        ("form", {"params": {"what": "title"}}, "params"),
        ("form", {"params": {"path": "path", "what": "title", "by": "accept_by"}}, "params"),
        ("form", {"asks": {"mobile": "to", "sign": "sign"}}, "asks"),
        ("form", {"asks": {"mobile": "to", "tplValue": "params"}}, "key_file"),
        ("json", {"signed": ["X-App", "nowhere"]}, "signed"),
        ("json", {"signed": []}, "signed"),
        ("json", {"in_headers": ["nowhere"]}, "in_headers"),
        ("mas", {"body": "xml"}, "body"),
        ("mas", {"signed": ["ecName"]}, "signed"),
        ("platform", {"asks": {"task": "seat", "task.url": "link", "sign": "sign"}}, "asks"),
        ("platform", {"asks": {"no": "seat", "sign": "sign"}}, "asks"),
        ("platform", {"verdicts": {"1": "true"}}, "verdicts"),
    ],
)
def test_a_form_that_would_say_too_much_or_could_not_be_made_is_refused_at_the_start(
    kind: str, change: dict[str, Any], key: str, tmp_path: Path
) -> None:
    with (
        pytest.raises(Invalid, match=r"connector_(key_range|key_alone|sms|platform_link)") as refused,
        reached(kind, tmp_path, **change),
    ):
        pass
    assert refused.value.facts["key"] == key
    words = told(refused.value, "zh-Hans")
    assert not re.search(r"with|must|what the|\b(the|of|and|or)\b", words), "the Chinese half is Chinese"


def test_a_password_goes_as_it_is_only_where_nobody_else_can_read_it(tmp_path: Path) -> None:
    asks = {"phone": "to", "msg": "content", "password": "secret"}
    told = {"key_file": kept(tmp_path, SECRET, "key"), "asks": asks}
    for url in ("http://sms.example", "http://localhost.sms.example", "http://127.0.0.1.sms.example"):
        with pytest.raises(Invalid, match="connector_key_range") as refused:
            sms.connect("sms", {**told, "url": url})
        assert refused.value.facts["key"] == "url"
    made: SmsChannel = sms.connect("sms", {**told, "url": "https://sms.example"})
    headers, body = made._form.made({"to": PHONE, "content": "x"})
    made.close()
    assert json.loads(body) == {"phone": PHONE, "msg": "x", "password": SECRET}
    assert base64.b64encode(SECRET.encode()) not in body
    assert headers == {"Content-Type": "application/json"}
