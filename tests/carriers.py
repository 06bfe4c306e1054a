"""SMS gateways and a supervision platform for tests, over a real socket: each in a form of its own, and none takes what is wrongly signed.

The forms are those that gateways in use have: JSON with an HMAC, a form with MD5 over the sorted fields, base64 of JSON with a MAC in it
(as China Mobile's cloud MAS documents it). Their codes are theirs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from inspector.testing.peer import Heard, Step, answer

SECRET = "carrier-secret-word"
PHONE, DEAD = "13800000000", "13900000000"


@dataclass
class Carrier:
    """One party. `reads` gives the message of a request, or the code that refuses it; `most`: so many a time, then it is too often."""

    reads: Callable[[Heard], dict[str, Any] | str]
    codes: Callable[[str], object]
    most: int = 1_000
    sent: list[dict[str, Any]] = field(default_factory=list)

    def step(self, heard: Heard) -> Step:
        told = self.reads(heard)
        if isinstance(told, str):
            return answer(200, self.codes(told))
        if told["to"] == DEAD:
            return answer(200, self.codes("nobody"))
        if len(self.sent) >= self.most:
            return answer(200, self.codes("often"))
        self.sent.append(told)
        return answer(200, self.codes("ok"))


def json_hmac(heard: Heard) -> dict[str, Any] | str:
    """JSON, with app, time, nonce and an HMAC-SHA256 in hex over them and our number, in headers."""
    told, headers = heard.json(), heard.headers
    text = f"{headers['x-app']}{headers['x-time']}{headers['x-nonce']}{told['outId']}"
    if abs(int(headers["x-time"]) - time.time()) > 300:
        return "stale"
    if headers["x-sign"] != hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest():
        return "unsigned"
    params = told["params"]
    return {"to": told["phoneNumbers"][0], "text": f"【{told['signName']}】{told['templateId']} {params}", "id": told["outId"]}


def json_hmac_codes(what: str) -> object:
    codes = {"ok": "OK", "stale": "isv.TIMESTAMP", "unsigned": "SignatureDoesNotMatch", "nobody": "isv.MOBILE_NUMBER_ILLEGAL"}
    return {"Code": codes.get(what, "isv.BUSINESS_LIMIT_CONTROL"), "BizId": "biz-7" if what == "ok" else "", "Message": what}


def sorted_form(heard: Heard) -> dict[str, Any] | str:
    """A form; MD5 in capitals over the sorted fields and the key."""
    assert heard.headers["content-type"].startswith("application/x-www-form-urlencoded")
    told = dict(parse_qsl(heard.body.decode(), keep_blank_values=True))
    sign = told.pop("sign")
    text = "&".join([*(f"{name}={told[name]}" for name in sorted(told) if told[name]), f"key={SECRET}"])
    if sign != hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper():
        return "unsigned"
    if not re.fullmatch(r"20\d{12}", told["ts"]):
        return "stale"
    return {"to": told["mobile"], "text": json.loads(told["tplValue"])["path"], "id": told["uid"]}


def sorted_form_codes(what: str) -> object:
    return {"result": {"ok": 0, "unsigned": -3, "stale": -4, "nobody": 16}.get(what, 33), "smsid": 901}


def mas(heard: Heard) -> dict[str, Any] | str:
    """Base64 of JSON; the MAC is MD5 over name, app, secret, numbers, content, sign and serial."""
    told = json.loads(base64.b64decode(heard.body, validate=True))
    parts = (told["ecName"], told["apId"], SECRET, told["mobiles"], told["content"], told["sign"], told["addSerial"])
    if told["mac"] != hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest():
        return "unsigned"
    return {"to": told["mobiles"], "text": told["content"], "id": ""}


def mas_codes(what: str) -> object:
    code = {"ok": "success", "unsigned": "IllegalMac", "nobody": "InvalidMobile"}.get(what, "TooFrequent")
    return {"msgGroup": "0927235952001000001696" if what == "ok" else "", "rspcod": code, "success": what == "ok"}


def platform(heard: Heard) -> dict[str, Any] | str:
    """A supervision platform: an assignment in an object, beside a head that is signed with it."""
    told = heard.json()
    head, task = told["head"], told["task"]
    text = head["appId"] + head["timestamp"] + head["nonce"] + task["rwbh"]
    if head["sign"] != base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode():
        return "unsigned"
    return {"to": task["zfry"], "text": task["rwmc"], "id": head["bizId"], "task": task}


def platform_codes(what: str) -> object:
    code = {"ok": "0000", "unsigned": "1001", "nobody": "2004"}.get(what, "9001")
    return {"code": code, "msg": what, "data": {"taskNo": "RW-2026-7"} if what == "ok" else None}
