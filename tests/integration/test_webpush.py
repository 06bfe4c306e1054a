"""Web Push: the RFCs' own vectors, and a push service that believes only who proves himself; a browser reads what nobody between can."""

from __future__ import annotations

import hmac
import json
import struct
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.channels import webpush as channel
from connectors.signers import webpush
from connectors.signers.webpush import packed, unpacked
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.incoming import Subscribing
from inspector.ports import Barred, Origin, Refused
from inspector.testing import MESSAGE, Say, caught
from inspector.testing.peer import Heard, Step, answer, peer
from tests.messengers import kept

PLAIN = b"When I grow up, I want to be a watermelon"
SENDER, BROWSER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""RFC 8291, section 5 and appendix A."""
PROVEN = (
    "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0"
    "bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, "
    "k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
)
"""RFC 8292, section 2.4."""


def read(body: bytes, browser: str, auth: str) -> bytes:
    """What the browser of that private key reads; written from the RFC with HMAC alone."""
    own = ec.derive_private_key(int.from_bytes(unpacked(browser), "big"), ec.SECP256R1())
    salt, (record, length) = body[:16], struct.unpack("!IB", body[16:21])
    theirs, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(sealed) <= record
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    half = hmac.digest(unpacked(auth), shared, "sha256")
    secret = hmac.digest(half, b"WebPush: info\0" + webpush.point(own) + theirs + b"\1", "sha256")
    half = hmac.digest(salt, secret, "sha256")
    content = hmac.digest(half, b"Content-Encoding: aes128gcm\0\1", "sha256")[:16]
    nonce = hmac.digest(half, b"Content-Encoding: nonce\0\1", "sha256")[:12]
    plain, _, padding = AESGCM(content).decrypt(nonce, sealed, None).rpartition(b"\2")
    assert padding.strip(b"\0") == b""
    return plain


def proven(header: str) -> tuple[Mapping[str, Any], str]:
    """The claims and the key of an Authorization header. Raises InvalidSignature."""
    told = dict(part.split("=", 1) for part in header.removeprefix("vapid ").split(", "))
    head, claims, sign = told["t"].split(".")
    r, s = (int.from_bytes(part, "big") for part in (unpacked(sign)[:32], unpacked(sign)[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(told["k"]))
    key.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(unpacked(head)) == {"typ": "JWT", "alg": "ES256"}
    return json.loads(unpacked(claims)), told["k"]


@dataclass
class Service:
    """A push service with one subscription, for one sender's key."""

    key: str
    url: str = ""
    gone: bool = False
    shown: list[dict[str, Any]] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)

    def push(self, heard: Heard) -> Step:
        if self.gone:
            return answer(410, {"reason": "unsubscribed"})
        try:
            claims, key = proven(heard.headers.get("authorization", ""))
        except (InvalidSignature, KeyError, ValueError):
            return answer(401)
        fresh = time.time() < claims["exp"] <= time.time() + 86_400
        if key != self.key or claims["aud"] != self.url or not fresh or not claims["sub"].startswith("mailto:"):
            return answer(403)
        if heard.headers["content-encoding"] != "aes128gcm" or not heard.headers["ttl"].isdigit():
            return answer(400)
        self.topics.append(heard.headers["topic"])
        self.kept.append(int(heard.headers["ttl"]))
        self.shown.append(json.loads(read(heard.body, BROWSER, AUTH)))
        return answer(201, Location=f"{self.url}/message/7")


def subscription(url: str, **changes: object) -> str:
    told = {
        "endpoint": f"{url}/send/one-endpoint-word",
        "expirationTime": None,
        "keys": {"p256dh": POINT, "auth": AUTH},
        **changes,
    }
    return json.dumps(told)


def sender() -> str:
    return packed(webpush.point(webpush.private_key(SENDER)))


def test_the_rfcs_own_vectors_are_what_we_make_and_what_the_service_of_these_tests_reads() -> None:
    told: dict[str, Any] = {"salt": unpacked(SALT), "key": webpush.private_key(SENDER)}
    assert packed(webpush.unreadable(PLAIN, unpacked(POINT), unpacked(AUTH), **told)) == BODY
    assert read(unpacked(BODY), BROWSER, AUTH) == PLAIN
    claims, key = proven(PROVEN)
    made = webpush.vapid(webpush.private_key(SENDER), claims["aud"], claims["sub"], claims["exp"])
    assert made.partition("t=")[2].rpartition(".")[0] == PROVEN.partition("t=")[2].rpartition(".")[0], "the same words are signed"
    assert (proven(made), len(unpacked(key))) == ((claims, sender()), 65)
    with pytest.raises(InvalidSignature):
        proven(PROVEN.replace("i3CYb7", "i3CYb8"))


def test_a_browser_reads_its_push_and_the_service_between_does_not(tmp_path: Path) -> None:
    service = Service(sender())
    with peer(beside={"/send/one-endpoint-word": service.push}) as there:
        service.url = there.url
        told = {"url": there.url, "key_file": kept(tmp_path, SENDER, "key"), "contact": "mailto:it@office.example", "tries": 1}
        with closing(channel.connect("browser", told)) as made:
            push = replace(MESSAGE, to=subscription(there.url), data={"accept_by": "2026-03-03T17:30:00+08:00"})
            for _ in range(2):
                made.push(push, key="k-1")
            made.push(replace(push, to=packed(push.to.encode())), key="k-2")
            brief = {**push.data, "brief": {"asked": [{"fact": "甲"}]}}
            made.push(replace(push, data=brief), key="k-7")
            made.push(replace(push, data={**brief, "brief": {"asked": ["长" * 2_000]}}), key="k-7")
            elsewhere = caught(lambda: made.push(replace(push, to=subscription("https://inner.example")), key="k-3"))
            long = caught(lambda: made.push(replace(push, title="长" * 2_000), key="k-4"))
            service.gone = True
            gone = caught(lambda: made.push(push, key="k-5"))
            service.gone = False
            kept(tmp_path, BROWSER, "key")
            barred = caught(lambda: made.push(push, key="k-6"))
    assert service.shown[0] == {
        "title": MESSAGE.title,
        "by": "2026-03-03 17:30",
        "link": MESSAGE.link,
        "urgent": False,
        "key": sha256(b"k-1").hexdigest()[:12],
    }, "a screen shows no text"
    assert (service.shown[3]["brief"], service.shown[3]["by"]) == ({"asked": [{"fact": "甲"}]}, "2026-03-03 17:30"), (
        "the page reads it"
    )
    assert "brief" not in service.shown[4], "where there is no room the link leads to it"
    assert (len(service.shown), len(set(service.topics))) == (5, 3), "what is sent again replaces what waits"
    assert [(type(one), one.code, one.attempts) for one in (elsewhere, long, gone, barred)] == [
        (Refused, "recipient_refused", 0),
        (Refused, "text_too_long", 0),
        (Refused, "recipient_refused", 1),
        (Barred, "unauthorised", 1),
    ]


def test_a_key_that_is_exchanged_while_a_push_is_under_way_bars_nobody(tmp_path: Path) -> None:
    shown = list[str]()

    def refuses(heard: Heard) -> Step:
        shown.append(heard.headers["authorization"])
        kept(tmp_path, BROWSER if len(shown) == 1 else SENDER, "key")
        return answer(401 if len(shown) == 1 else 503)

    with peer(beside={"/send/one-endpoint-word": refuses}) as there:
        told = {"url": there.url, "key_file": kept(tmp_path, SENDER, "key"), "contact": "mailto:it@office.example", "tries": 1}
        with closing(channel.connect("browser", told)) as made:
            push = replace(MESSAGE, to=subscription(there.url))
            errors = [caught(lambda: made.push(push, key="k-1")) for _ in range(2)]
    assert [one.code for one in errors] == ["secret_exchanged", "http_503"]
    assert proven(shown[0])[1] != proven(shown[1])[1], "the second is signed by the other key"


def test_a_service_keeps_a_push_a_day_beyond_the_date_by_which_to_answer_and_a_word_about_it_as_long_as_it_matters(
    tmp_path: Path,
) -> None:
    """A phone that is off from Friday evening to Sunday is told, and its inspector's silence is one."""
    service, days = Service(sender()), (-1, 0.5, 3, 90)
    with peer(beside={"/send/one-endpoint-word": service.push}) as there:
        service.url = there.url
        told = {"url": there.url, "key_file": kept(tmp_path, SENDER, "key"), "contact": "mailto:it@office.example", "tries": 1}
        with closing(channel.connect("browser", told)) as made:
            push = replace(MESSAGE, to=subscription(there.url))
            for number, one in enumerate(days):
                by = datetime.now(UTC) + timedelta(days=one)
                made.push(replace(push, data={"accept_by": by.isoformat()}), key=f"k-{number}")
            made.push(replace(push, data={}), key="k-9")
            for number, one in enumerate(days):
                until = datetime.now(UTC) + timedelta(days=one)
                made.push(replace(push, data={"called_off": True, "until": until.isoformat()}), key=f"off-{number}")
    assert [round(one / 3_600) for one in service.kept[:5]] == [24, 36, 96, 28 * 24, 24]
    assert [round(one / 3_600) for one in service.kept[5:]] == [24, 24, 72, 28 * 24], "whoever is away till then goes in vain"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zhang.san",
        "{}",
        "[]",
        '{"endpoint": "x", "keys": null}',
        subscription("http://a", endpoint=7),
        subscription("http://a b"),
        subscription("http://a", keys={"p256dh": POINT, "auth": "AA"}),
        subscription("http://a", keys={"p256dh": AUTH, "auth": AUTH}),
    ],
)
def test_what_is_no_subscription_is_refused_before_anybody_is_asked(tmp_path: Path, address: str) -> None:
    told = {"url": "http://a", "key_file": kept(tmp_path, SENDER, "key"), "contact": "mailto:it@office.example"}
    with closing(channel.connect("browser", told)) as made:
        error = caught(lambda: made.push(replace(MESSAGE, to=address), key="k-1"))
    assert (type(error), error.code, error.origin) == (Refused, "recipient_refused", Origin.US)


def test_a_browser_s_word_becomes_one_address_whatever_else_it_says_and_only_at_a_service_of_ours(tmp_path: Path) -> None:
    told = {"url": "https://push.example", "key_file": kept(tmp_path, SENDER, "key"), "contact": "mailto:it@office.example"}
    with closing(channel.connect("browser", told)) as made:
        assert isinstance(made, Subscribing)
        assert made.point() == sender()
        found = made.subscription(subscription("https://push.example"))
        again = {"keys": {"p256dh": f"{POINT}=", "auth": AUTH}, "endpoint": "https://push.example/send/one-endpoint-word"}
        assert made.subscription(json.dumps(again)) == found
        assert json.loads(unpacked(found)) == {"endpoint": again["endpoint"], "keys": {"auth": AUTH, "p256dh": POINT}}
        for wrong, code in (("", "subscription_unfit"), (subscription("https://inner.example"), "subscription_elsewhere")):
            with pytest.raises(Invalid, match=code):
                made.subscription(wrong)


@pytest.mark.parametrize(("change", "key"), [({"contact": "it@office.example"}, "contact"), ({"key_file": "short"}, "key_file")])
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, change: dict[str, str], key: str) -> None:
    told = {"url": "http://a", "key_file": SENDER, "contact": "mailto:it@office.example", **change}
    with pytest.raises(Invalid, match="connector_key_range") as refused:
        channel.connect("browser", {**told, "key_file": kept(tmp_path, told["key_file"], "key")})
    assert refused.value.facts["key"] == key


@pytest.mark.slow
class TestWebPush(testing.PushesOverHttp):
    """The contract. That a subscription is gone is told by statuses which elsewhere say that an address of ours is wrong."""

    factory = channel.connect
    private = (*testing.PRIVATE, SENDER, POINT, AUTH, "one-endpoint-word")
    heeds = False
    apart = frozenset({"404"})
    says: ClassVar[Mapping[str, Say]] = {
        "gone": Say(step=answer(410), becomes=Refused, code="recipient_refused"),
        "unknown": Say(step=answer(404), becomes=Refused, code="recipient_refused"),
    }

    def settings(self, folder: Path) -> Mapping[str, object]:
        more = [self.party.url, self.silent, self.stranger.url, self.party.url.replace("http:", "https:")]
        return {"key_file": kept(folder, SENDER, "key"), "contact": "mailto:it@office.example", "more": more}

    def made(self, url: str, settings: Mapping[str, object]) -> Any:
        type(self).message = replace(MESSAGE, to=subscription(url))
        return super().made(url, settings)

    def said(self, heard: Heard) -> object:
        return heard.method, heard.path, heard.headers["topic"]

    def test_it_is_shown_what_it_may_see_and_its_number_is_kept(self) -> None:
        self.party.plays(answer(201))
        with closing(self.made(self.party.url, self.once)) as made:
            self.use(made, key="k-1")
        told = json.loads(read(self.party.heard[0].body, BROWSER, AUTH))
        assert MESSAGE.text not in json.dumps(told, ensure_ascii=False)
