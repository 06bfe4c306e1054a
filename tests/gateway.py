"""The state exchange platform for tests: it speaks the protocol over a real socket and takes nothing that is not rightly signed.

Written from the public description of the protocol (handbook 1.6.1, 1.6.2) and beside the connector, not with it; what it signs and
seals is held to the openssl program and to OpenJDK. Its codes beyond `0`, `-1` and `E-106` are invented.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from connectors.sources.gateway import GatewaySource, connect
from inspector.testing.peer import Heard, Peer, Step, answer, peer

APP_KEY = "0123456789abcdef0123456789abcdef"
REQUESTER, SERVICE = "requester-7@unit", "s_0000000000000_0001"
LENDS, ASKS = "/sysapi/auth/refreshappsecret", "/httpproxy"
FOUND: Mapping[str, object] = {"code": "0", "data": {"value": "存续", "as_of": "2026-01-05"}, "version": "3.1"}
SPENT, SKEWED, UNSIGNED, UNKNOWN, REPLAYED, NOT_GRANTED = "E-201", "E-202", "E-203", "E-204", "E-205", "E-106"
CODES: Mapping[str, object] = {
    "expired_codes": [SPENT],
    "skew_codes": [SKEWED],
    "permanent_codes": [NOT_GRANTED, UNSIGNED, UNKNOWN, REPLAYED],
}


@dataclass
class Platform:
    """One requester's account at the platform.

    `lasts`: seconds of a secret; `ahead`: seconds its clock is ahead; `window`: how far off a signature's time may be; `word`: the
    secret it lends, where it is not to be by chance. `says` answers a question that was rightly signed.
    """

    app_key: str = APP_KEY
    lasts: float = 900
    ahead: float = 0
    window: float = 300
    word: str = ""
    says: Callable[[Heard], Step] = lambda _heard: answer(200, FOUND)
    secrets: list[str] = field(default_factory=list)
    asked: list[Heard] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    taken: set[tuple[str, ...]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def paths(self) -> Mapping[str, Callable[[Heard], Step]]:
        return {LENDS: self.lend, ASKS: self.answer}

    def lend(self, heard: Heard) -> Step:
        """A new secret for whoever signs with the app key; the one before it is spent."""
        told = json.loads(heard.body)
        if (refusal := self._refusal(told, self.app_key)) is not None:
            return self.told({"code": refusal, "data": "", "message": "refused"})
        with self.lock:
            self.secrets.append(self.word or secrets.token_hex(16))
            ends = int((self.now() + self.lasts) * 1000)
            data = {"secret": sealed(self.app_key, self.secrets[-1]), "secretEndTime": str(ends)}
        return self.told({"code": "0", "data": data, "message": ""})

    def answer(self, heard: Heard) -> Step:
        """The answer to a question that was rightly signed with the secret in force."""
        with self.lock:
            held = self.secrets[-1] if self.secrets else ""
            spent = self.secrets[:-1]
        refusal = self._refusal(heard.headers, held, spent)
        if refusal is not None:
            self.refused.append(refusal)
            return self.told({"code": refusal, "data": None, "message": "refused"})
        self.asked.append(heard)
        return self.says(heard)

    def spend(self) -> None:
        """The secret in force is no longer taken, whatever its time."""
        with self.lock:
            self.secrets.append(secrets.token_hex(16))

    def now(self) -> float:
        return time.time() + self.ahead

    def told(self, body: object) -> Step:
        """An answer dated by the platform's clock."""
        return answer(200, body, Date=formatdate(self.now(), usegmt=True))

    def _refusal(self, told: Mapping[str, str], key: str, spent: list[str] | None = None) -> str | None:
        rid, sid, moment, sign = (told.get(f"gjgxjhpt_{name}", "") for name in ("rid", "sid", "rtime", "sign"))
        if not (moment.isdigit() and sign):
            return UNSIGNED
        if (rid, sid) != (REQUESTER, SERVICE):
            return NOT_GRANTED
        if abs(int(moment) / 1000 - self.now()) > self.window:
            return SKEWED
        signed = sid + rid + moment
        if any(hmac.compare_digest(sign, code(old, signed)) for old in spent or ()):
            return SPENT
        if not key or not hmac.compare_digest(sign, code(key, signed)):
            return UNKNOWN
        with self.lock:
            if (rid, sid, moment, sign) in self.taken:
                return REPLAYED
            self.taken.add((rid, sid, moment, sign))
        return None


def code(key: str, text: str) -> str:
    """Base64 of HMAC-SHA256, as the platform computes it."""
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def sealed(key: str, text: str) -> str:
    """What the platform makes of a secret for a caller with this key, as OpenJDK does it (a test compares)."""
    stretched = hashlib.sha1(hashlib.sha1(key.encode(), usedforsecurity=False).digest(), usedforsecurity=False).digest()[:16]
    missing = 16 - len(text) % 16
    cipher = Cipher(AES(stretched), ECB()).encryptor()  # noqa: S305 - the platform's choice
    return base64.b64encode(cipher.update(text.encode() + bytes([missing]) * missing) + cipher.finalize()).decode()


def key_file(folder: Path, text: str = APP_KEY) -> str:
    file = folder / "app.key"
    file.write_text(text + "\n", encoding="ascii")
    file.chmod(0o600)
    return str(file)


def settings(folder: Path, **more: object) -> dict[str, object]:
    """What an office writes to reach the platform."""
    told = {"requester": REQUESTER, "service": SERVICE, "key_file": key_file(folder), "path": ASKS, "path_secret": LENDS}
    return {**told, **CODES, "tries": 1, **more}


@contextmanager
def reached(folder: Path, platform: Platform | None = None, **more: object) -> Iterator[tuple[GatewaySource, Platform, Peer]]:
    """A source connected to the platform."""
    held = platform or Platform()
    with peer(beside=held.paths()) as there, closing(connect("registry", {"url": there.url, **settings(folder, **more)})) as made:
        yield made, held, there
