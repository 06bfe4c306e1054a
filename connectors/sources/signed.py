"""Who asks, as platforms want it shown with every question: the requester, the service, the time, and a signature over them."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.config import Words, unfit
from connectors.kept import Kept
from connectors.signers.recipes import Recipe, recipe
from connectors.sources.answers import SourceConfig

_FIELDS = ("rid", "sid", "rtime", "nonce", "secret")
"""What may be signed: requester, service, the time in ms, 32 random hex digits, and the place of the secret in recipes that have one."""

SHOWN = ("rid", "sid", "rtime", "nonce", "sign")
"""What is sent to show who asks; a nonce only where it is signed."""

_TOKEN = re.compile("[A-Za-z0-9_-]+")
"""A header's name, as far as platforms go (RFC 9110 allows more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSourceConfig(SourceConfig):
    """Who we are there, and how the other side wants us to sign."""

    requester: str = ""
    key_file: str = ""
    service: str = ""
    signer: str = "hmac-sha256"
    signed: tuple[str, ...] = ("sid", "rid", "rtime")
    signed_in: tuple[str, ...] = ("headers",)
    encoding: str = ""
    identity: str = ""
    prefix: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


class Caller:
    """Shows who asks. `own`: our key, as it lies in its file; `shared`: both sides hold it."""

    def __init__(self, held: SignedSourceConfig, name: str, *, places: tuple[str, ...]) -> None:
        """`places`: where the signature may go. Raises Invalid (`connector_key_range`, `connector_secret_…`)."""
        self._config = held

        def signing(key: str) -> tuple[str, Recipe]:
            more = {"encoding": held.encoding, "identity": held.identity, "secret": key}
            return key, recipe(held.signer, name, signed=held.signed, **more)

        self.own = Kept(held.key_file, name, "key_file", signing)
        self.shared = self.own.now()[1].shared
        for place, fine, wanted in _wanted(held, places):
            if not fine:
                raise unfit(name, place, wanted)
        self._names = {one: held.names.get(one, f"{held.prefix}{one}") for one in SHOWN}
        self._moments, self._last = threading.Lock(), 0

    @property
    def key(self) -> str:
        """The key as it lies in its file now: who exchanges it need not restart. Raises Barred (`key_unreadable`)."""
        return self.own.now()[0]

    def shown(self, key: str, asked: Mapping[str, object]) -> Mapping[str, str]:
        """What shows who asks, by the names of the other side: the time is this moment's, for a signature is taken once."""
        held = self._config
        nonce = secrets.token_hex(16) if "nonce" in held.signed else ""
        values = {"rid": held.requester, "sid": held.service, "rtime": str(self._moment()), "nonce": nonce, "secret": ""}
        told = {self._names.get(one, one): values[one] for one in held.signed}
        shown = {self._names[one]: values[one] for one in SHOWN if values.get(one)}
        return {**shown, self._names["sign"]: self.own.now()[1].signature(key, told, asked)}

    def _moment(self) -> int:
        """Now in ms, each once: two questions of one moment would have one signature, and the second would pass for a replay."""
        with self._moments:
            self._last = max(self._last + 1, time.time_ns() // 1_000_000)
            return self._last


def _wanted(held: SignedSourceConfig, places: tuple[str, ...]) -> Iterator[tuple[str, bool, Words]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    for place, given in (("requester", held.requester), ("service", held.service or "-")):  # they travel in headers
        yield place, bool(given.strip()) and given.isascii() and given.isprintable(), "printable_some"
    yield "signed", bool(held.signed) and set(held.signed) <= set(_FIELDS), ", ".join(_FIELDS)
    yield "signed_in", bool(held.signed_in) and set(held.signed_in) <= set(places), ", ".join(places)
    yield "names", set(held.names) <= set(SHOWN), ", ".join(SHOWN)
    for place, words in (("prefix", [f"{held.prefix}x"]), ("names", held.names.values())):
        yield place, all(map(_TOKEN.fullmatch, words)), "letters_digits"
