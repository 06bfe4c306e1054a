"""The keys of what is sealed at rest: AES-256-GCM for texts and files, AES-SIV for codes that are looked up (PIPL art. 51 (3)).

A text is bound to its place (table and column) and its row: moved to another one it does not open. A code is sealed by RFC 5297, whose
ciphertext begins with a keyed hash of the plaintext: the same code is the same text everywhere, so that a database finds and joins by it,
and who has not the key can neither read it nor try codes one by one. Each secret serves one purpose; the key of each column is derived.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.engine import Dialect

from inspector.domain.errors import Refusal

MARK, CODE_MARK = "~s1.", "~c1."
"""How a sealed text and a sealed code begin; behind it the key's id, a full stop, and the rest in base64url. A file begins alike."""
ALTERED = "sealed_altered"
"""What does not open under the key it names: it was changed, or belongs to another row or column."""
PARTS = "\x1f"
"""Between the parts of a row's key."""
SECRET = 32
"""Bytes of a secret."""
ID = 8
"""Hex digits of a key's id."""
_NONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """32 random bytes. Its id tells keys apart and nothing of the key: the first hex digits of a hash."""

    held: bytes

    @property
    def id(self) -> str:
        """`ID` hex digits."""
        return hashlib.sha256(b"inspector key id\0" + self.held).hexdigest()[:ID]


class Keyring:
    """The first secret of each kind seals, the others only open. Without any, texts stand as they are."""

    def __init__(self, sealing: Sequence[Secret] = (), lookup: Sequence[Secret] = ()) -> None:
        self.sealing: Mapping[str, Secret] = {one.id: one for one in sealing}
        self.lookup: Mapping[str, Secret] = {one.id: one for one in lookup}
        self._columns: dict[tuple[str, str], AESGCM] = {}
        self._codes = {one.id: AESSIV(_derived(one, "code", 64)) for one in lookup}
        self._lock = threading.Lock()
        self._used = threading.local()

    @cached_property
    def current(self) -> str:
        """The id of the secret that seals; empty: none does."""
        return next(iter(self.sealing), "")

    @cached_property
    def current_lookup(self) -> str:
        """The id of the secret by which codes are sealed; empty: none are."""
        return next(iter(self.lookup), "")

    def seal(self, place: str, row: str, text: str) -> str:
        """A text sealed to its place and row."""
        return f"{MARK}{self.current}.{base64.urlsafe_b64encode(self._seal(place, row, text.encode())).decode()}"

    def open(self, place: str, row: str, told: str) -> str:
        """The text. Raises Refusal: `key_missing`, or `sealed_altered` for what was changed or belongs elsewhere."""
        key, _, rest = told.removeprefix(MARK).partition(".")
        return self._open(place, row, key, lambda: _bytes(rest)).decode()

    def seal_file(self, place: str, row: str, content: bytes) -> bytes:
        """As `seal`, for bytes."""
        return f"{MARK}{self.current}.".encode() + self._seal(place, row, content)

    def open_file(self, place: str, row: str, told: bytes) -> bytes:
        """As `open`, for bytes; those of before there was a key are told as they are."""
        if not told.startswith(MARK.encode()):
            return told
        head = len(MARK) + ID
        return self._open(place, row, told[len(MARK) : head].decode("ascii", "replace"), lambda: told[head + 1 :])

    def watch(self) -> None:
        """From now on this thread is told whether it has sealed a code (`told_code`)."""
        self._used.code = False

    @property
    def told_code(self) -> bool:
        """Whether this thread has sealed a code, to look by it or to write it, since it was watched."""
        return getattr(self._used, "code", False)

    def seal_code(self, code: str) -> str:
        """A code as the database holds it: the same for the same code."""
        key = self.current_lookup
        self._used.code = True
        return f"{CODE_MARK}{key}.{base64.urlsafe_b64encode(self._codes[key].encrypt(code.encode(), None)).decode().rstrip('=')}"

    def open_code(self, told: str) -> str:
        """The code; one of before there was a key is told as it is. Raises Refusal as `open` does."""
        if not told.startswith(CODE_MARK):
            return told
        key, _, rest = told.removeprefix(CODE_MARK).partition(".")
        if key not in self._codes:
            raise Refusal("key_missing", key=key)
        try:
            return self._codes[key].decrypt(_bytes(rest + "=" * (-len(rest) % 4)), None).decode()
        except (InvalidTag, ValueError) as error:
            raise Refusal(ALTERED, place="code") from error

    def pseudonym(self, purpose: str, told: str) -> str:
        """32 hex digits that stand for a text for a purpose, by the key of codes; the text itself where there is no key.

        Of what can be tried out a digest without a key hides nothing. Another key makes another one of the same text.
        """
        key = self.lookup.get(self.current_lookup)
        if key is None:
            return told
        return hmac.new(_derived(key, f"pseudonym/{purpose}", SECRET), told.encode(), hashlib.sha256).hexdigest()[:32]

    def _seal(self, place: str, row: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._of(self.current, place).encrypt(nonce, content, _bound(place, row))

    def _open(self, place: str, row: str, key: str, told: Callable[[], bytes]) -> bytes:
        if key not in self.sealing:
            raise Refusal("key_missing", key=key)
        try:
            sealed = told()
            return self._of(key, place).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(place, row))
        except (InvalidTag, ValueError) as error:
            raise Refusal(ALTERED, place=place) from error

    def _of(self, key: str, place: str) -> AESGCM:
        """A key of its own for each column: random nonces then suffice for 2^32 texts of one (NIST SP 800-38D, 8.3)."""
        held = self._columns.get((key, place))
        if held is None:
            with self._lock:
                held = self._columns.setdefault((key, place), AESGCM(_derived(self.sealing[key], place, SECRET)))
        return held


def _derived(secret: Secret, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"inspector/1/{purpose}".encode()).derive(secret.held)


def _bytes(text: str) -> bytes:
    """The bytes of a text in base64url. Raises ValueError for any other way to write them (RFC 4648, 3.5): one sealed text is one text."""
    told = base64.urlsafe_b64decode(text)
    if base64.urlsafe_b64encode(told).decode() != text:
        raise ValueError("another way to write the same bytes")
    return told


def _bound(place: str, row: str) -> bytes:
    return f"{place}{PARTS}{row}".encode()


_HELD: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()
_NONE = Keyring()


def give(dialect: Dialect, ring: Keyring) -> None:
    """Let an engine's columns seal and open by these keys: types hear of the dialect, and of nothing else that is an engine's own."""
    _HELD[dialect] = ring


def held_by(dialect: Dialect) -> Keyring:
    """The keys of an engine."""
    return _HELD.get(dialect, _NONE)
