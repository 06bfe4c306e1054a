"""Files that only the holder of a key reads, in the age format (C2SP age v1, X25519): whatever knows that format opens them without us.

Whoever encloses a file needs the public half alone, the recipient (`age1…`): a machine that makes backups cannot read them again. The
payload goes in chunks of 64 KiB, each sealed with its place and whether it is the last, so that nothing is cut, changed or exchanged
unseen, and a file of any size passes in the memory of one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspector.domain.errors import Invalid

MAGIC = b"age-encryption.org/v1"
"""How an enclosed file begins."""
_PUBLIC, _PRIVATE = "age", "AGE-SECRET-KEY-"
"""What the texts of both halves of a key begin with, before the 1 of Bech32 (BIP 173)."""
_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_WIDTH = 64
"""Signs of a line of a stanza's body; a shorter one ends it."""
_HEADER = 1 << 16
"""Bytes of a header at most."""
_CHUNK, _TAG, _NONCE = 1 << 16, 16, 16


def new() -> tuple[str, str]:
    """A key: its private half, which opens, and its public half, the recipient."""
    made = X25519PrivateKey.generate()
    return _written(_PRIVATE.lower(), made.private_bytes_raw()).upper(), _recipient(made)


def recipient_of(private: str) -> str:
    """The public half of a key. Raises Invalid (`backup_key_unfit`)."""
    return _recipient(_opener(private))


def refuse_unfit(recipients: Sequence[str]) -> None:
    """Raise Invalid (`backup_recipient_unfit`) where one of them is none."""
    for one in recipients:
        _receiver(one)


def enclosed(begin: bytes) -> bool:
    """Whether a file that begins so is one of this form."""
    return begin.startswith(MAGIC)


def enclose(plain: BinaryIO, out: BinaryIO, recipients: Sequence[str]) -> None:
    """Write what is plain for these recipients, each of whom opens it alone. Raises Invalid (`backup_recipient_unfit`)."""
    key, nonce = os.urandom(16), os.urandom(_NONCE)
    head = MAGIC + b"\n" + b"".join(_stanza(key, _receiver(one)) for one in recipients) + b"---"
    out.write(head + b" " + _text(_mac(key, head)) + b"\n" + nonce)
    cipher = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
    told = enumerate(_chunks(plain, _CHUNK))
    out.writelines(cipher.encrypt(_place(place, last=last), chunk, None) for place, (chunk, last) in told)


def disclose(held: BinaryIO, out: BinaryIO, keys: Sequence[str]) -> None:
    """Write what a file holds, by the private halves of some keys, the first that opens it.

    Raises Invalid: `backup_key_unfit`, `backup_key_other` where none of them opens it, `backup_altered` where anything was changed, cut
    or exchanged; what was written by then is worth nothing.
    """
    stanzas, head, mac = _header(held)
    key = next(filter(None, (_key(stanza, _opener(one)) for one in keys for stanza in stanzas)), None)
    if key is None:
        raise Invalid("backup_key_other")
    if not hmac.compare_digest(_mac(key, head), mac):
        raise Invalid("backup_altered")
    cipher, place = ChaCha20Poly1305(_derived(key, _exactly(held, _NONCE), b"payload")), 0
    try:
        for chunk, last in _chunks(held, _CHUNK + _TAG):
            told = cipher.decrypt(_place(place, last=last), chunk, None)
            if not told and place:
                raise Invalid("backup_altered")  # an empty chunk stands for an empty file alone
            out.write(told)
            place += 1
    except InvalidTag as error:
        raise Invalid("backup_altered") from error


def _stanza(key: bytes, receiver: X25519PublicKey) -> bytes:
    """The key of a file, for whoever holds the other half of the receiver's."""
    once = X25519PrivateKey.generate()
    share = once.public_key().public_bytes_raw()
    wrap = _derived(once.exchange(receiver), share + receiver.public_bytes_raw(), MAGIC + b"/X25519")
    return b"-> X25519 " + _text(share) + b"\n" + _text(ChaCha20Poly1305(wrap).encrypt(bytes(12), key, None)) + b"\n"


def _key(stanza: tuple[list[bytes], bytes], opener: X25519PrivateKey) -> bytes | None:
    """The key of a file, where this stanza is for this opener."""
    (kind, *rest), body = stanza
    if kind != b"X25519" or len(rest) != 1 or len(body) != 16 + _TAG:
        return None
    share = _bytes(rest[0])
    try:
        secret = opener.exchange(X25519PublicKey.from_public_bytes(share))
        wrap = _derived(secret, share + opener.public_key().public_bytes_raw(), MAGIC + b"/X25519")
        return ChaCha20Poly1305(wrap).decrypt(bytes(12), body, None)
    except (ValueError, InvalidTag):
        return None


def _header(held: BinaryIO) -> tuple[list[tuple[list[bytes], bytes]], bytes, bytes]:
    """The stanzas, all that their sum is of, and that sum. Raises Invalid (`backup_altered`)."""
    head, stanzas = _line(held), list[tuple[list[bytes], bytes]]()
    if head != MAGIC + b"\n":
        raise Invalid("backup_altered")
    while (line := _line(held)).startswith(b"-> "):
        arguments, body = line[3:-1].split(b" "), b""
        while True:
            part = _line(held)
            line, body = line + part, body + part[:-1]
            if len(part) - 1 < _WIDTH:
                break
        stanzas.append((arguments, _bytes(body)))
        head += line
        if len(head) > _HEADER:
            raise Invalid("backup_altered")
    if not line.startswith(b"--- "):
        raise Invalid("backup_altered")
    return stanzas, head + b"---", _bytes(line[4:-1])


def _line(held: BinaryIO) -> bytes:
    line = held.readline(_HEADER)
    if not line.endswith(b"\n"):
        raise Invalid("backup_altered")
    return line


def _exactly(held: BinaryIO, count: int) -> bytes:
    told = held.read(count)
    if len(told) != count:
        raise Invalid("backup_altered")
    return told


def _chunks(held: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Each chunk, and whether it is the last; of an empty file one that is empty."""
    chunk = held.read(size)
    while True:
        following = held.read(size)
        yield chunk, not following
        if not following:
            return
        chunk = following


def _place(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.new(_derived(key, None, b"header"), head, hashlib.sha256).digest()


def _derived(secret: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _text(told: bytes) -> bytes:
    return base64.b64encode(told).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """The bytes of a text in base64 without its filling. Raises Invalid (`backup_altered`) for any other way to write them."""
    try:
        told = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise Invalid("backup_altered") from error
    if _text(told) != text:
        raise Invalid("backup_altered")
    return told


def _recipient(held: X25519PrivateKey) -> str:
    return _written(_PUBLIC, held.public_key().public_bytes_raw())


def _receiver(text: str) -> X25519PublicKey:
    told = _read(_PUBLIC, text)
    if told is None:
        raise Invalid("backup_recipient_unfit", recipient=text[:80])
    return X25519PublicKey.from_public_bytes(told)


def _opener(text: str) -> X25519PrivateKey:
    told = _read(_PRIVATE.lower(), text.lower()) if text == text.upper() else None
    if told is None:
        raise Invalid("backup_key_unfit")
    return X25519PrivateKey.from_private_bytes(told)


def _written(head: str, content: bytes) -> str:
    """Bech32 of BIP 173, of any length."""
    fives = _regrouped(content, 8, 5)
    assert fives is not None
    check = _checked([*_spread(head), *fives, *[0] * 6]) ^ 1
    return head + "1" + "".join(_SIGNS[one] for one in [*fives, *((check >> 5 * (5 - at)) & 31 for at in range(6))])


def _read(head: str, text: str) -> bytes | None:
    """The 32 bytes of a text with this head; None for any other."""
    found, _, rest = text.rpartition("1")
    if found != head or len(rest) < 6 or set(rest) - set(_SIGNS):
        return None
    fives = [_SIGNS.index(one) for one in rest]
    content = _regrouped(bytes(fives[:-6]), 5, 8)
    return content if _checked([*_spread(head), *fives]) == 1 and content is not None and len(content) == 32 else None


def _spread(head: str) -> list[int]:
    return [*(ord(one) >> 5 for one in head), 0, *(ord(one) & 31 for one in head)]


def _checked(fives: Sequence[int]) -> int:
    held = 1
    for one in fives:
        top, held = held >> 25, (held & 0x1FFFFFF) << 5 ^ one
        for at, mask in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            held ^= mask if top >> at & 1 else 0
    return held


def _regrouped(told: bytes, wide: int, narrow: int) -> bytes | None:
    """The same bits in groups of another width; None where those that are left over are no filling."""
    held, bits, out = 0, 0, bytearray()
    for one in told:
        held, bits = held << wide | one, bits + wide
        while bits >= narrow:
            bits -= narrow
            out.append(held >> bits & (1 << narrow) - 1)
        held &= (1 << bits) - 1
    if narrow == 5:
        return bytes([*out, held << 5 - bits & 31]) if bits else bytes(out)
    return bytes(out) if bits < 5 and not held else None
