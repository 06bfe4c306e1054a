"""The keys that sign visit codes: made, read from files, published by their public halves, and asked whether a signature is theirs.

ECDSA on P-256 with SHA-256: what the browsers of phones verify without a library since 2014; of Ed25519 many of them know nothing yet.
Nonces are those of RFC 6979, so that a code is the same text whenever it is made, and no bad source of chance gives the key away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from inspector.domain.errors import Invalid
from inspector.domain.signature import Signature, fingerprint

_END = "-----END PUBLIC KEY-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that codes are believed by: `point` is 0x04 and both coordinates, as WebCrypto imports it (`raw`)."""

    agency: str
    point: bytes

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its point in hex: by it who checks a register or a file pins the key."""
        return fingerprint(self.point.hex())

    @property
    def mark(self) -> str:
        """What a key is called in print: the first 16 hex of the SHA-256 of its point, in fours."""
        told = self.fingerprint[:16]
        return " ".join(told[at : at + 4] for at in range(0, 16, 4))

    def believes(self, signed: bytes, signature: bytes) -> bool:
        """Whether a signature (r||s) over these bytes is of this key."""
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.point)
        numbers = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            key.verify(encode_dss_signature(*numbers), signed, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return len(signature) == 64


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitKey:
    """An agency's signing key."""

    agency: str
    private: EllipticCurvePrivateKey

    def sign(self, signed: bytes) -> bytes:
        """The signature over these bytes as r||s."""
        told = decode_dss_signature(self.private.sign(signed, ECDSA(SHA256(), deterministic_signing=True)))
        return b"".join(number.to_bytes(32, "big") for number in told)

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        return PublicKey(agency=self.agency, point=_point(self.private.public_key()))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitKeys:
    """All keys of a house: `signing` by agency, `former` are public halves that are still believed."""

    signing: Mapping[str, VisitKey]
    former: tuple[PublicKey, ...] = ()

    @property
    def public(self) -> tuple[PublicKey, ...]:
        """Whose codes are believed; what signs now stands first."""
        return (*(one.public for one in self.signing.values()), *self.former)

    def word(self, agency: str, text: bytes) -> Signature | None:
        """What an agency's key says of a text; None where it has none."""
        mine = self.signing.get(agency)
        if mine is None:
            return None
        return Signature(key=mine.public.point.hex(), text=text, value=mine.sign(text).hex())

    def believed(self, signed: bytes, signature: bytes) -> bool:
        """Whether one of the keys has signed this."""
        return any(one.believes(signed, signature) for one in self.public)


NONE = VisitKeys(signing={})


def holds(told: Signature) -> bool:
    """Whether a signature is of the key that it names."""
    try:
        return PublicKey(agency="", point=bytes.fromhex(told.key)).believes(told.text, bytes.fromhex(told.value))
    except ValueError:  # no point of the curve
        return False


def point_of(file: Path) -> str:
    """The public point in a file of a public key (PEM), in hex. Raises Invalid (`visit_key_unusable`)."""
    return _point(_public("", file, _text("", file))).hex()


def new() -> tuple[bytes, bytes]:
    """A new key: the private half (PEM, PKCS #8, not encrypted: the file's rights protect it), and the public one (PEM)."""
    made = generate_private_key(SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), _pem(made.public_key())


def read(files: Iterable[tuple[str, Path | None, Path | None]]) -> VisitKeys:
    """The keys of (agency, file of the signing key, file of former public keys). Raises Invalid naming agency and file."""
    signing: dict[str, VisitKey] = {}
    former: list[PublicKey] = []
    for agency, own, before in files:
        if own is not None:
            signing[agency] = VisitKey(agency=agency, private=_private(agency, own))
        if before is not None:
            parts = _text(agency, before).split(_END)[:-1]
            former += [PublicKey(agency=agency, point=_point(_public(agency, before, part + _END))) for part in parts]
            if not parts:
                raise Invalid("visit_key_unusable", agency=agency, file=str(before))
    return VisitKeys(signing=signing, former=tuple(former))


def _private(agency: str, file: Path) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(_text(agency, file).encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it is encrypted
        raise Invalid("visit_key_unusable", agency=agency, file=str(file)) from error
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise Invalid("visit_key_unusable", agency=agency, file=str(file))
    return key


def _public(agency: str, file: Path, text: str) -> EllipticCurvePublicKey:
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid("visit_key_unusable", agency=agency, file=str(file)) from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Invalid("visit_key_unusable", agency=agency, file=str(file))
    return key


def _text(agency: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("visit_key_unusable", agency=agency, file=str(file)) from error


def _point(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _pem(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
