"""Messengers: what is not rightly shown or signed is not taken, a token is renewed once, and what their codes say becomes what it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.channels import dingtalk, dingtalk_robot, feishu, feishu_robot, wecom, wecom_robot
from inspector import testing
from inspector.cli.finding import State
from inspector.cli.reaching import Configured, findings
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Channel, Message, Refused, Unavailable
from inspector.settings import Settings
from inspector.testing import MESSAGE, Say, caught
from inspector.testing.peer import Heard, Step, answer, peer
from tests import messengers
from tests.messengers import APP, CORP, GONE, KEY, MEMBER, SECRET, SIGNED, DingTalk, Feishu, Platform, Tokens, WeCom, kept
from tests.unit.test_signers import openssl

PUSH = replace(MESSAGE, to=MEMBER, data={"visit": "V-1", "accept_by": "2026-03-03T17:30:00+08:00"})
SECRETS = (SECRET, KEY, SIGNED, "token-of-0")
PRIVATE = (*testing.PRIVATE, *SECRETS, MEMBER, "127.0.0.1")
Factory = Callable[[str, Mapping[str, object]], Any]

MADE: Mapping[str, tuple[Factory, type[Platform], Mapping[str, object], Mapping[str, str]]] = {
    "wecom": (wecom.connect, WeCom, {"corp": CORP, "app": 1000002}, {"secret_file": SECRET}),
    "wecom-robot": (wecom_robot.connect, WeCom, {}, {"key_file": KEY}),
    "dingtalk": (dingtalk.connect, DingTalk, {"app": APP, "agent": 7}, {"secret_file": SECRET}),
    "dingtalk-robot": (dingtalk_robot.connect, DingTalk, {}, {"key_file": KEY, "secret_file": SIGNED}),
    "feishu": (feishu.connect, Feishu, {"app": APP}, {"secret_file": SECRET}),
    "feishu-robot": (feishu_robot.connect, Feishu, {}, {"key_file": KEY, "secret_file": SIGNED}),
}
"""Each kind: its factory, its platform, its settings, and its files with secrets."""
APPS = ("wecom", "dingtalk", "feishu")
ROBOTS = ("wecom-robot", "dingtalk-robot", "feishu-robot")


def settings(kind: str, folder: Path, **more: object) -> dict[str, object]:
    """What an office writes for one of them; a text for a file is the secret in it."""
    _, _, plain, files = MADE[kind]
    held = {**plain, **files, "tries": 1, **more}
    return {name: kept(folder, str(value), name) if name in files and value else value for name, value in held.items()}


NOWHERE = answer(400, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
"""What Feishu says where there is no such robot."""


@contextmanager
def reached(kind: str, folder: Path, held: Platform | None = None, **more: object) -> Iterator[tuple[Channel, Any]]:
    """A channel connected to its platform."""
    factory, platform, _, _ = MADE[kind]
    there: Any = held or platform()
    with (
        peer(NOWHERE, beside=there.paths()) as party,
        closing(factory(kind, {"url": party.url, **settings(kind, folder, **more)})) as made,
    ):
        yield made, there


class Shipped(testing.PushesOverHttp):
    """The contract for a messenger: the platform lends tokens beside, and answers as its script says."""

    private = PRIVATE
    message: ClassVar[Message] = PUSH
    kind: ClassVar[str]

    @classmethod
    def beside(cls) -> Mapping[str, Callable[[Heard], Step]]:
        return {path: step for path, step in MADE[cls.kind][1]().paths().items() if "token" in path}  # type: ignore[attr-defined]

    def settings(self, folder: Path) -> Mapping[str, object]:
        return {**settings(self.kind, folder), "owner": "示例市数据局"}


@pytest.mark.slow
class TestWeCom(Shipped):
    kind = "wecom"
    factory = wecom.connect
    told: ClassVar[object] = {"errcode": 0, "errmsg": "ok", "msgid": "m-7", "invaliduser": ""}
    reference = "m-7"
    says: ClassVar[Mapping[str, Say]] = {
        "busy": Say(step=answer(200, {"errcode": -1}), becomes=Unavailable, code="channel_busy"),
        "often": Say(step=answer(200, {"errcode": 45009}), becomes=Unavailable, code="rate_limited", after=60.0),
        "nobody": Say(step=answer(200, {"errcode": 81013}), becomes=Refused, code="recipient_refused"),
        "nobody-in-an-ok": Say(
            step=answer(200, {"errcode": 0, "invaliduser": MEMBER}), becomes=Refused, code="recipient_refused"
        ),
        "unlicensed": Say(step=answer(200, {"errcode": 0, "unlicenseduser": MEMBER}), becomes=Refused, code="recipient_refused"),
        "address": Say(step=answer(200, {"errcode": 60020}), becomes=Barred, code="channel_barred"),
        "long": Say(step=answer(200, {"errcode": 45002}), becomes=Refused, code="channel_refused"),
    }


@pytest.mark.slow
class TestWeComRobot(Shipped):
    kind = "wecom-robot"
    factory = wecom_robot.connect
    told: ClassVar[object] = {"errcode": 0, "errmsg": "ok"}
    withheld = (MESSAGE.text, MESSAGE.link, "V-1")
    says: ClassVar[Mapping[str, Say]] = {
        "often": Say(step=answer(200, {"errcode": 45009}), becomes=Unavailable, code="rate_limited", after=60.0),
        "removed": Say(step=answer(403, {"errcode": 93000}), becomes=Barred, code="channel_barred"),
    }


@pytest.mark.slow
class TestDingTalk(Shipped):
    kind = "dingtalk"
    factory = dingtalk.connect
    told: ClassVar[object] = {"errcode": 0, "errmsg": "ok", "task_id": 256271667526}
    reference = "256271667526"
    says: ClassVar[Mapping[str, Say]] = {
        "often": Say(
            step=answer(200, {"errcode": 88, "sub_code": "90018"}), becomes=Unavailable, code="rate_limited", after=60.0
        ),
        "often-today": Say(step=answer(200, {"errcode": 143105}), becomes=Unavailable, code="rate_limited", after=60.0),
        "nobody": Say(step=answer(200, {"errcode": 33012}), becomes=Refused, code="recipient_refused"),
        "right": Say(step=answer(200, {"errcode": 88, "sub_code": "60011"}), becomes=Barred, code="channel_barred"),
        "words": Say(step=answer(200, {"errcode": 1430002}), becomes=Refused, code="channel_refused"),
    }

    def test_that_a_member_has_the_same_notice_already_is_a_receipt(self) -> None:
        self.party.plays(answer(200, {"errcode": 88, "sub_code": "143106"}))
        with closing(self.made(self.party.url, self.once)) as made:
            assert made.push(PUSH, key="k-1").reference == ""


class Signed(Shipped):
    """A robot whose every request bears the time and a signature over it."""

    def said(self, heard: Heard) -> object:
        body = {name: value for name, value in heard.json().items() if name not in ("timestamp", "sign")}
        return heard.method, heard.path.partition("&timestamp=")[0], body


@pytest.mark.slow
class TestDingTalkRobot(Signed):
    kind = "dingtalk-robot"
    factory = dingtalk_robot.connect
    told: ClassVar[object] = {"errcode": 0, "errmsg": "ok"}
    withheld = (MESSAGE.text, MESSAGE.link, "V-1")
    says: ClassVar[Mapping[str, Say]] = {
        "often": Say(step=answer(200, {"errcode": 130101}), becomes=Unavailable, code="rate_limited", after=600.0),
        "shut-out": Say(
            step=answer(200, {"status": 1111, "punish": "deny"}), becomes=Unavailable, code="rate_limited", after=600.0
        ),
        "unsigned": Say(step=answer(200, {"errcode": 310000}), becomes=Barred, code="channel_barred"),
    }


@pytest.mark.slow
class TestFeishu(Shipped):
    kind = "feishu"
    factory = feishu.connect
    told: ClassVar[object] = {"code": 0, "msg": "success", "data": {"message_id": "om_7"}}
    reference = "om_7"
    says: ClassVar[Mapping[str, Say]] = {
        "often": Say(
            step=answer(429, {"code": 99991400}, x_ogw_ratelimit_reset="52"), becomes=Unavailable, code="rate_limited", after=52.0
        ),
        "often-of-old": Say(step=answer(400, {"code": 99991400}), becomes=Unavailable, code="rate_limited", after=60.0),
        "nobody": Say(step=answer(400, {"code": 230013}), becomes=Refused, code="recipient_refused"),
        "right": Say(step=answer(400, {"code": 99991672}), becomes=Barred, code="channel_barred"),
        "unlisted": Say(step=answer(400, {"code": 230999}), becomes=Refused, code="channel_refused"),
    }


@pytest.mark.slow
class TestFeishuRobot(Signed):
    kind = "feishu-robot"
    factory = feishu_robot.connect
    told: ClassVar[object] = {"code": 0, "msg": "success", "data": {}}
    withheld = (MESSAGE.text, MESSAGE.link, "V-1")
    says: ClassVar[Mapping[str, Say]] = {
        "often": Say(step=answer(200, {"code": 11232}), becomes=Unavailable, code="rate_limited", after=60.0),
        "key-word": Say(step=answer(200, {"code": 19024}), becomes=Barred, code="channel_barred"),
    }


def test_the_platforms_of_these_tests_sign_as_the_openssl_program_does() -> None:
    at = "1772415000000"
    told = openssl("dgst", "-sha256", "-hmac", SIGNED, "-binary", "-hex", text=f"{at}\n{SIGNED}".encode()).split()[-1]
    assert base64.b64decode(messengers.dingtalk_sign(SIGNED, at)).hex() == told
    key = f"{at}\n{SIGNED}".encode().hex()
    told = openssl("dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-hex").split()[-1]
    assert base64.b64decode(messengers.feishu_sign(SIGNED, at)).hex() == told


@pytest.mark.parametrize("kind", MADE)
def test_a_push_is_taken_and_one_person_sees_it(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path) as (made, there):
        first = made.push(PUSH, key="k-1")
        made.push(PUSH, key="k-2")
        assert [one.code for one in made.look()] == ["secret_had"] if kind in APPS else not hasattr(made, "look")  # type: ignore[attr-defined]
    assert first.attempts == 1
    assert len(there.shown) == 2, "two pushes about the same visit are two"
    assert all(json.dumps(one).count(MEMBER) >= 1 for one in there.shown)
    assert there.tokens.asked == (2 if kind in APPS else 0), "one token serves many pushes; the look asks for its own"


@pytest.mark.parametrize("kind", MADE)
def test_connector_check_reaches_it_and_writes_to_nobody(kind: str, tmp_path: Path) -> None:
    there: Any = MADE[kind][1]()
    with peer(NOWHERE, beside=there.paths()) as party:
        told = {"kind": kind, "url": party.url, **settings(kind, tmp_path)}
        one = Configured(section="channels", group="channels", name=kind, told=told)
        found = list(findings(one, Settings(), call=True))
        if kind in APPS:
            kept(tmp_path, "another-word", "secret_file")
            barred = list(findings(one, Settings(), call=True))[-1]
            assert (barred.state, "does not let us in" in barred.what[0]) == (State.FAIL, True)
    assert {one.state for one in found} == {State.OK}
    assert any("lends us a secret" in one.what[0] for one in found) is (kind in APPS)
    assert there.shown == []


@pytest.mark.parametrize("kind", APPS)
def test_an_app_shows_what_is_sent_again_once_and_its_link_opens_the_same_page(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path) as (made, there):
        for _ in range(3):
            made.push(PUSH, key="k-1")
    assert len(there.shown) == 1
    told = json.dumps(there.shown[0], ensure_ascii=False)
    assert all(word in told for word in (MESSAGE.title, MESSAGE.text, MESSAGE.link))


@pytest.mark.parametrize("kind", APPS)
def test_a_spent_token_is_renewed_once_and_the_push_arrives_once(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path) as (made, there):
        made.push(PUSH, key="k-1")
        there.tokens.spend()
        receipt = made.push(PUSH, key="k-2")
        assert (receipt.attempts, len(there.shown), there.tokens.asked) == (2, 2, 2)
        there.tokens.taken = lambda _token: False
        error = caught(lambda: made.push(PUSH, key="k-3"))
    assert (type(error), error.code, error.attempts, there.tokens.asked) == (Barred, "secret_expired", 2, 3)


@pytest.mark.parametrize("kind", APPS)
def test_a_token_ends_before_its_time_is_over_and_a_wrong_secret_bars_whoever_is_written_to(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path, MADE[kind][1](tokens=Tokens(lasts=2))) as (made, there):
        made.push(PUSH, key="k-1")
        made._to._lent._ends -= 1.5  # type: ignore[attr-defined] # a second and a half later
        made.push(PUSH, key="k-2")
        assert there.tokens.asked == 2
        kept(tmp_path, "another-word", "secret_file")
        there.tokens.spend()
        error = caught(lambda: made.push(PUSH, key="k-3"))
    assert (type(error), error.code) == (Barred, "channel_barred")


def test_a_token_that_could_not_travel_is_none_and_one_without_an_end_serves_until_it_is_refused(tmp_path: Path) -> None:
    lent: dict[str, Any] = {"code": 0, "tenant_access_token": "令牌", "expire": 7200}
    lends = {"/open-apis/auth/v3/tenant_access_token/internal": lambda _: answer(200, lent)}
    told = settings("feishu", tmp_path)
    with (
        peer(answer(200, {"code": 0, "data": {}}), beside=lends) as party,
        closing(feishu.connect("feishu", {"url": party.url, **told})) as made,
    ):
        error = caught(lambda: made.push(PUSH, key="k-1"))
        assert (type(error), error.code, party.heard) == (Barred, "secret_unreadable", [])
        lent |= {"tenant_access_token": "t-7", "expire": "9" * 40}
        assert made.push(PUSH, key="k-1").attempts == 1
        assert [one.code for one in made.look()] == ["secret_undated"]


@pytest.mark.parametrize("kind", APPS)
def test_who_has_left_is_reached_no_more_and_everybody_else_is(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path) as (made, there):
        error = caught(lambda: made.push(replace(PUSH, to=GONE), key="k-1"))
        made.push(PUSH, key="k-2")
    assert (type(error), error.code) == (Refused, "recipient_refused")
    assert len(there.shown) == 1


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_group_sees_neither_link_nor_text_unless_it_is_one_inspectors_own(kind: str, tmp_path: Path) -> None:
    with reached(kind, tmp_path, note="核查") as (made, there):
        made.push(PUSH, key="k-1")
        made.push(replace(PUSH, to=""), key="k-2")
    with reached(kind, tmp_path, alone=True) as (own, alone):
        own.push(replace(PUSH, text="长" * 9_000), key="k-1")
    first, nobody = (json.dumps(one, ensure_ascii=False) for one in there.shown)
    assert all(word in first for word in (MESSAGE.title, "2026-03-03 17:30", "核查", MEMBER))
    assert [word for word in (MESSAGE.text, "office.example", "V-1") if word in first] == []
    assert MEMBER not in nobody
    assert MESSAGE.link in json.dumps(alone.shown[0], ensure_ascii=False), "a long text is cut, and never the link"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("wecom-robot", {"key_file": "another"}),
        ("dingtalk-robot", {"key_file": "another"}),
        ("dingtalk-robot", {"secret_file": "another"}),
        ("dingtalk-robot", {"secret_file": ""}),
        ("feishu-robot", {"key_file": "another"}),
        ("feishu-robot", {"secret_file": "another"}),
        ("feishu-robot", {"secret_file": ""}),
    ],
)
def test_a_robot_that_is_wrongly_shown_or_signed_shows_nothing_and_a_person_is_told(
    kind: str, change: dict[str, Any], tmp_path: Path
) -> None:
    with reached(kind, tmp_path, **change) as (made, there):
        error = caught(lambda: made.push(PUSH, key="k-1"))
    assert (type(error), error.code, there.shown) == (Barred, "channel_barred", [])


@pytest.mark.parametrize(
    ("kind", "after"), [("wecom-robot", 60.0), ("dingtalk-robot", 600.0), ("feishu-robot", 60.0), ("feishu", 52.0)]
)
def test_whoever_sends_too_often_is_told_until_when_to_wait(kind: str, after: float, tmp_path: Path) -> None:
    with reached(kind, tmp_path, MADE[kind][1](most=1)) as (made, _):
        made.push(PUSH, key="k-1")
        error = caught(lambda: made.push(PUSH, key="k-2"))
    assert isinstance(error, Unavailable)
    assert (error.code, error.retry_after) == ("rate_limited", after)


@pytest.mark.parametrize(
    ("kind", "change", "key"),
    [
        ("wecom", {"corp": ""}, "corp"),
        ("wecom", {"app": 0}, "app"),
        ("dingtalk", {"agent": 0}, "agent"),
        ("feishu", {"address_kind": "chat_id"}, "address_kind"),
        ("wecom-robot", {"address_kind": "open_id"}, "address_kind"),
        ("wecom", {"limited_seconds": 0}, "limited_seconds"),
        ("wecom", {"code_field": ""}, "code_field"),
    ],
)
def test_a_setting_that_cannot_work_is_named_at_the_start(kind: str, change: dict[str, Any], key: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="connector_key_range") as refused, reached(kind, tmp_path, **change):
        pass
    assert refused.value.facts["key"] == key
