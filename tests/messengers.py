"""WeCom, DingTalk and Feishu for tests, over a real socket: they take only what is rightly shown or signed, and have their own codes.

Written from their published descriptions and beside the connectors, not with them; what is signed is held to the openssl program.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from inspector.testing.peer import Heard, Step, answer

CORP, APP, SECRET, KEY, SIGNED = "wwcorp7", "app-7", "app-secret-word", "robot-key-word", "SECrobot-sign-word"
MEMBER, GONE = "zhang.san", "left.long.ago"


def query(heard: Heard) -> dict[str, str]:
    """The query of a request, decoded once."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(heard.path).query, keep_blank_values=True).items()}


def kept(folder: Path, text: str, name: str) -> str:
    """A file with a secret."""
    file = folder / name
    file.write_text(text + "\n", encoding="ascii")
    file.chmod(0o600)
    return str(file)


@dataclass
class Tokens:
    """Tokens as a platform lends them: the same one until its time is over, and none but the last is taken."""

    lasts: int = 7200
    word: str = "token-of-"
    given: list[str] = field(default_factory=list)
    asked: int = 0
    ends: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lend(self) -> tuple[str, int]:
        """The token in force and the seconds that it still lasts."""
        with self.lock:
            self.asked += 1
            if time.monotonic() >= self.ends:
                self.given.append(f"{self.word}{len(self.given)}")
                self.ends = time.monotonic() + self.lasts
            return self.given[-1], int(self.ends - time.monotonic())

    def spend(self) -> None:
        """The token is taken no longer, whatever its time."""
        self.ends = 0.0
        self.given.append("nobody-has-this-one")

    def taken(self, token: str) -> bool:
        return bool(self.given) and token == self.given[-1]


@dataclass
class Platform:
    """What the three have in common: what was shown to whom; `most`: so much, and then it is too often."""

    tokens: Tokens = field(default_factory=Tokens)
    shown: list[Any] = field(default_factory=list)
    most: int = 1_000
    lock: threading.Lock = field(default_factory=threading.Lock)

    def show(self, told: object) -> bool:
        """Whether it was shown; False when it was one too many."""
        with self.lock:
            if len(self.shown) >= self.most:
                return False
            self.shown.append(told)
            return True


class WeCom(Platform):
    """gettoken, message/send, webhook/send."""

    def paths(self) -> Mapping[str, Callable[[Heard], Step]]:
        return {"/cgi-bin/gettoken": self.lend, "/cgi-bin/message/send": self.send, "/cgi-bin/webhook/send": self.ring}

    def lend(self, heard: Heard) -> Step:
        told = query(heard)
        if heard.method != "GET" or told.get("corpid") != CORP:
            return _said(40013, "invalid corpid")
        if told.get("corpsecret") != SECRET:
            return _said(40001, "invalid credential")
        token, lasts = self.tokens.lend()
        return _said(0, "ok", access_token=token, expires_in=lasts)

    def send(self, heard: Heard) -> Step:
        told = heard.json()
        if not self.tokens.taken(query(heard).get("access_token", "")):
            return _said(42001, "access_token expired")
        if told["agentid"] != 1000002:
            return _said(301002, "not allow operate another agent with this accesstoken")
        if told["touser"] == GONE:
            return _said(81013, "user & party & tag all invalid", invaliduser=GONE)
        card = told.get("textcard", {})
        if len(card.get("title", "").encode()) > 128 or len(card.get("description", "").encode()) > 512:
            return _said(45004, "description size out of limit")
        if told["enable_duplicate_check"] and any(one == told for one in self.shown):
            return _said(0, "ok", msgid="seen-before")  # and not shown again
        return (
            _said(0, "ok", msgid=f"m-{len(self.shown)}") if self.show(told) else _said(45009, "reach max api daily quota limit")
        )

    def ring(self, heard: Heard) -> Step:
        told = heard.json()
        if query(heard).get("key") != KEY:
            return _said(93000, "invalid webhook url", status=403)
        if len(told["text"]["content"].encode()) > 2048:
            return _said(93000, "Invalid input : content exceed max length")
        return _said(0, "ok") if self.show(told) else _said(45009, "api freq out of limit")


class DingTalk(Platform):
    """gettoken, asyncsend_v2, robot/send."""

    def paths(self) -> Mapping[str, Callable[[Heard], Step]]:
        send = "/topapi/message/corpconversation/asyncsend_v2"
        return {"/gettoken": self.lend, send: self.send, "/robot/send": self.ring}

    def lend(self, heard: Heard) -> Step:
        if (query(heard).get("appkey"), query(heard).get("appsecret")) != (APP, SECRET):
            return _said(40096, "invalid appKey or appSecret")
        token, lasts = self.tokens.lend()
        return _said(0, "ok", access_token=token, expires_in=lasts)

    def send(self, heard: Heard) -> Step:
        told = heard.json()
        if not self.tokens.taken(query(heard).get("access_token", "")):
            return _said(88, "ding talk error[subcode=40014]", sub_code="40014", sub_msg="invalid access_token")
        if told["userid_list"] == GONE:
            return _said(33012, "invalid USERID")
        content = told["msg"]
        seen = any(one["msg"] == content and one["userid_list"] == told["userid_list"] for one in self.shown)
        if not seen and not self.show(told):
            return _said(88, "ding talk error[subcode=90018]", sub_code="90018", sub_msg="forbidden for a while")
        return _said(0, "ok", task_id=len(self.shown))  # the same content is taken, and shown once a day

    def ring(self, heard: Heard) -> Step:
        told, asked = heard.json(), query(heard)
        if asked.get("access_token") != KEY:
            return _said(300001, "token is not exist")
        at = asked.get("timestamp", "")
        if not at.isdigit() or abs(int(at) / 1000 - time.time()) > 3600:
            return _said(310000, "invalid timestamp")
        if not hmac.compare_digest(asked.get("sign", ""), dingtalk_sign(SIGNED, at)):
            return _said(310000, "sign not match")
        return _said(0, "ok") if self.show(told) else _said(130101, "send too fast, exceed 20 times per minute")


class Feishu(Platform):
    """tenant_access_token, im/v1/messages, hook."""

    def paths(self) -> Mapping[str, Callable[[Heard], Step]]:
        return {
            "/open-apis/auth/v3/tenant_access_token/internal": self.lend,
            "/open-apis/im/v1/messages": self.send,
            f"/open-apis/bot/v2/hook/{KEY}": self.ring,
        }

    def lend(self, heard: Heard) -> Step:
        if heard.json() != {"app_id": APP, "app_secret": SECRET}:
            return answer(200, {"code": 10014, "msg": "app secret invalid"})
        token, lasts = self.tokens.lend()
        return answer(200, {"code": 0, "msg": "ok", "tenant_access_token": token, "expire": lasts})

    def send(self, heard: Heard) -> Step:
        told = heard.json()
        if not self.tokens.taken(heard.headers.get("authorization", "").removeprefix("Bearer ")):
            return answer(400, {"code": 99991663, "msg": "Invalid access token for authorization."})
        if told["receive_id"] == GONE:
            return answer(400, {"code": 230013, "msg": "Bot has NO availability to this user."})
        if query(heard) != {"receive_id_type": "user_id"} or json.loads(told["content"]).keys() != {"text"}:
            return answer(400, {"code": 230001, "msg": "Your request contains an invalid request parameter."})
        before = [one for one in self.shown if one["uuid"] == told["uuid"]]
        if not before and not self.show(told):
            return answer(429, {"code": 99991400, "msg": "request trigger frequency limit"}, x_ogw_ratelimit_reset="52")
        return answer(200, {"code": 0, "msg": "success", "data": {"message_id": f"om_{told['uuid'][:8]}"}})

    def ring(self, heard: Heard) -> Step:
        told = heard.json()
        at = told.get("timestamp", "")
        if not at.isdigit() or abs(int(at) - time.time()) > 3600 or told.get("sign") != feishu_sign(SIGNED, at):
            return answer(
                200, {"code": 19021, "data": {}, "msg": "sign match fail or timestamp is not within one hour from current time"}
            )
        if self.show(told):
            return answer(
                200, {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success", "Extra": None}
            )
        return answer(200, {"code": 11232, "data": {}, "msg": "frequency limited"})


def dingtalk_sign(secret: str, at: str) -> str:
    """As the platform computes it; a test compares with the openssl program."""
    return base64.b64encode(hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, at: str) -> str:
    """Likewise, the other way round."""
    return base64.b64encode(hmac.new(f"{at}\n{secret}".encode(), digestmod=hashlib.sha256).digest()).decode()


def _said(code: int, text: str, *, status: int = 200, **more: object) -> Step:
    return answer(status, {"errcode": code, "errmsg": text, **more})
