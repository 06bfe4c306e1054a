"""A request in another party's own form: its names for what we say, signed as it wants it, in the body that it takes."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from connectors.channels.codes import CodedConfig, code_of, judge, speaks
from connectors.config import Words, unfit
from connectors.http import Answers, Wire, encoded, printable
from connectors.kept import Kept
from connectors.reply import Reply
from connectors.signers import md5
from connectors.signers.recipes import Recipe, recipe
from inspector.ports import Receipt

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_HERE = ("127.0.0.1", "localhost", "::1")
_BODIES = ("json", "form", "base64")
_MOMENTS = ("time", "seconds", "stamp", "nonce", "secret", "sign")
"""What a try has of its own: its time in ms and in s, in Beijing's digits, a nonce, the secret itself, and the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormConfig(CodedConfig):
    """The other side's fields, and how it wants a request signed.

    `asks`: its field (dotted: in objects) and what of ours stands there; beside the parts that a channel has: `time` (ms), `seconds`,
    `stamp` (`20260302093000`, Beijing), `nonce`, `sign`, and `secret` for a party that takes a password as it is, by TLS only.
    `signed`: fields of `asks` and `always`, in this order, by their names there; `secret` for its place in an `md5`.
    """

    path: str = ""
    asks: Mapping[str, str]
    always: Mapping[str, object] = field(default_factory=dict)
    in_headers: tuple[str, ...] = ()
    body: str = "json"
    key_file: str = ""
    signer: str = "hmac-sha256"
    signed: tuple[str, ...] = ()
    encoding: str = ""
    identity: str = ""
    reference_field: str = ""

    @property
    def once_seconds(self) -> float | None:
        """Always where the other side is told our key, and never where it is not."""
        return None if "key" in self.asks.values() else 0


class Form:
    """Hands something over in the other side's form, from any number of threads."""

    def __init__(self, held: FormConfig, name: str, parts: tuple[str, ...]) -> None:
        """`parts`: what a channel has to say. Raises Invalid (`connector_key_range`, `connector_secret_…`)."""
        self._config = held
        for key, fine, wanted in _wanted(held, parts):
            if not fine:
                raise unfit(name, key, wanted)
        self._own: Kept[tuple[str, Recipe | None]] | None = None
        if held.key_file:
            more = {"encoding": held.encoding, "identity": held.identity}
            signs = "sign" in held.asks.values()

            def made(key: str) -> tuple[str, Recipe | None]:
                return key, recipe(held.signer, name, signed=held.signed, secret=key, **more) if signs else None

            self._own = Kept(held.key_file, name, "key_file", made)
        self._moments, self._last = threading.Lock(), 0
        self._wire = Wire(held, name, secrets=[self._own] if self._own is not None else [])

    def hand_over(self, told: Mapping[str, object], *, key: str) -> Receipt:
        """Send what is `told` by the names of our parts. Raises what the wire raises, and as `codes.judge` does."""
        held = self._config
        reply = self._wire.send("POST", held.path, anew=lambda: self.made(told), key=key, answers=lambda one: speaks(one, held))
        if held.code_field:
            judge(code_of(reply, held), reply, held)
        reference = reply.text(held.reference_field, optional=True) if held.reference_field else None
        return Receipt(reference=reference or "", attempts=reply.attempts)

    def ask(self, path: str, told: Mapping[str, object], *, key: str, answers: Answers | None = None) -> Reply:
        """Ask for something: by GET where all that is told goes into headers. Raises what the wire raises."""
        held = self._config
        bare = {*held.in_headers} == {*held.asks, *held.always}

        def made() -> tuple[Mapping[str, str], bytes]:
            headers, body = self.made(told)
            return ({name: value for name, value in headers.items() if name in held.in_headers}, b"") if bare else (headers, body)

        return self._wire.send("GET" if bare else "POST", path, anew=made, key=key, answers=answers)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def made(self, told: Mapping[str, object]) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of one try, signed as of this moment. Raises Barred (`key_unreadable`)."""
        held = self._config
        secret, signs = self._own.now() if self._own is not None else ("", None)
        parts = {**told, **self._moment(), "secret": secret}
        flat = {**held.always, **{place: parts[part] for place, part in held.asks.items() if part != "sign"}}
        if signs is not None:
            shown = {name: "" if name == md5.SECRET and name not in flat else _text(flat[name]) for name in held.signed}
            sign = signs.signature(secret, shown, flat)
            flat |= {place: sign for place, part in held.asks.items() if part == "sign"}
        headers = {name: printable(_text(flat.pop(name))) for name in held.in_headers}
        return {**headers, "Content-Type": _TYPES[held.body]}, _written(held.body, flat)

    def _moment(self) -> dict[str, object]:
        """Each moment once, in ms: two requests of one moment would have one signature, and the second would pass for a replay."""
        with self._moments:
            self._last = at = max(self._last + 1, time.time_ns() // 1_000_000)
        stamp = datetime.fromtimestamp(at / 1000, _SHANGHAI).strftime("%Y%m%d%H%M%S")
        return {"time": str(at), "seconds": str(at // 1000), "stamp": stamp, "nonce": secrets.token_hex(16)}


_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
    "base64": "application/json",
}


def _written(kind: str, flat: Mapping[str, object]) -> bytes:
    if kind == "form":
        return urlencode({name: _text(value) for name, value in flat.items()}).encode()
    made: dict[str, object] = {}
    for name, value in flat.items():
        *outer, last = name.split(".")
        place = made
        for step in outer:
            inner = place.setdefault(step, {})
            assert isinstance(inner, dict)  # what is both a value and an object is refused at the start
            place = inner
        place[last] = value
    return base64.b64encode(encoded(made)) if kind == "base64" else encoded(made)


def _text(value: object) -> str:
    """A value where only text goes: in a header, a form, or under a signature."""
    return value if isinstance(value, str) else encoded(value).decode()


def _wanted(held: FormConfig, parts: tuple[str, ...]) -> Iterator[tuple[str, bool, Words]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    names, known = {*held.asks, *held.always}, (*parts, *_MOMENTS)
    yield "asks", bool(held.asks) and {*held.asks.values()} <= {*known}, ", ".join(known)
    yield "always", not {*held.asks} & {*held.always}, "other_than_asks"
    outer = {name.rsplit(".", count)[0] for name in names for count in range(1, name.count(".") + 1)}
    yield "asks", not outer & names, "no_object_too"
    yield "body", held.body in _BODIES, ", ".join(_BODIES)
    yield "in_headers", {*held.in_headers} <= names, "fields_of_asks"
    signs, secret = "sign" in held.asks.values(), "secret" in held.asks.values()
    yield "key_file", bool(held.key_file) == (signs or secret), "with_sign_or_secret"
    where = urlsplit(held.url)
    yield "url", not secret or where.scheme == "https" or where.hostname in _HERE, "https_with_secret"
    yield "limited_seconds", held.limited_seconds > 0, "> 0"
    fields = {place for place, part in held.asks.items() if part != "sign"} | {*held.always}
    yield "signed", {*held.signed} <= fields | {md5.SECRET}, "fields_of_asks"
    yield "signed", not signs or bool(held.signed) or held.signer == "md5-sorted", "fields_signed"
