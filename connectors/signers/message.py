"""HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530): what is sent is signed as it is sent, and the body with it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from connectors.config import confined, secret, unfit
from connectors.signers import sha256
from inspector.domain.errors import Invalid

Sign = Callable[[bytes], bytes]

_DERIVED: Mapping[str, Callable[[str, str], str]] = {
    "@method": lambda method, _: method.upper(),
    "@target-uri": lambda _, url: url,
    "@authority": lambda _, url: _authority(url),
    "@scheme": lambda _, url: urlsplit(url).scheme.lower(),
    "@path": lambda _, url: urlsplit(url).path or "/",
    "@query": lambda _, url: f"?{urlsplit(url).query}",
}
"""Components that are no header fields (2.2), by method and URL."""

FIELDS = frozenset({*_DERIVED, "content-type", "content-digest", "idempotency-key", "x-correlation-id", "authorization"})
"""What can be covered: the derived components, and the header fields that every question has (`authorization`: with `token_file`)."""

ALGORITHMS = ("hmac-sha256", "ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256")
"""The registered algorithms (6.2.2) but for P-384."""

_DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
DIGESTS = tuple(_DIGESTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """The parameters of a signature (2.3), in the order in which they are written; None: left out."""

    created: int | None = None
    expires: int | None = None
    nonce: str | None = None
    keyid: str | None = None
    tag: str | None = None

    def written(self, covered: tuple[str, ...]) -> str:
        """The inner list of what is covered with its parameters, as it stands in Signature-Input and in the base."""
        inner = " ".join(map(quoted, covered))
        numbers = (("created", self.created), ("expires", self.expires))
        texts = (("nonce", self.nonce), ("keyid", self.keyid), ("tag", self.tag))
        told = [f";{name}={value}" for name, value in numbers if value is not None]
        told += [f";{name}={quoted(value)}" for name, value in texts if value is not None]
        return f"({inner}){''.join(told)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSigner:
    """Signs requests. `lasts`: seconds until a signature expires; 0: it does not say."""

    sign: Sign
    covered: tuple[str, ...]
    keyid: str
    digest: str = "sha-256"
    label: str = "sig1"
    tag: str = ""
    lasts: int = 60

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """The three header fields for one try: created now, with a nonce of its own.

        Raises ValueError for a covered field that the message has not.
        """
        now = int(time.time())
        params = Params(
            created=now,
            expires=now + self.lasts if self.lasts else None,
            nonce=base64.b64encode(secrets.token_bytes(16)).decode(),
            keyid=self.keyid,
            tag=self.tag or None,
        )
        digest = {"Content-Digest": content_digest(body, self.digest)}
        base = signature_base(method, url, {**headers, **digest}, self.covered, params)
        signed = base64.b64encode(self.sign(base.encode("ascii"))).decode()
        return {
            **digest,
            "Signature-Input": f"{self.label}={params.written(self.covered)}",
            "Signature": f"{self.label}=:{signed}:",
        }


def content_digest(body: bytes, algorithm: str) -> str:
    """RFC 9530, 2: the digest of the bytes as they are sent."""
    return f"{algorithm}=:{base64.b64encode(_DIGESTS[algorithm](body).digest()).decode()}:"


def signature_base(method: str, url: str, headers: Mapping[str, str], covered: tuple[str, ...], params: Params) -> str:
    """What is signed (2.5). Raises ValueError for a component that the message has not, or one that is no ASCII."""
    fields = {
        name.lower(): " ".join(value.strip().split()) if "\n" in value else value.strip() for name, value in headers.items()
    }
    lines = []
    for name in covered:
        if name not in _DERIVED and name not in fields:
            raise ValueError(f"the message has no {name}")
        lines.append(f"{quoted(name)}: {_DERIVED[name](method, url) if name in _DERIVED else fields[name]}")
    base = "\n".join([*lines, f'"@signature-params": {params.written(covered)}'])
    if not base.isascii():
        raise ValueError("a component is no ASCII")
    return base


def quoted(text: str) -> str:
    """A structured string (RFC 8941, 3.3.3). Raises ValueError for what has no place in one."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("printable ASCII is wanted")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _authority(url: str) -> str:
    """Host and port, lower case, without the port that the scheme has anyway (2.2.3)."""
    told = urlsplit(url)
    host = (told.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return host if told.port in (None, {"http": 80, "https": 443}.get(told.scheme)) else f"{host}:{told.port}"


def signs(algorithm: str, key_file: str, connector: str) -> Sign:
    """The signing function of an algorithm with the key of a file: base64 of a shared secret, or a private key in PEM.

    Raises Invalid (`connector_key_range`, `connector_secret_…`).
    """
    if algorithm not in ALGORITHMS:
        raise unfit(connector, "algorithm", ", ".join(ALGORITHMS))
    unreadable = Invalid("connector_secret_unreadable", connector=connector, key="key_file", file=key_file)
    if algorithm == "hmac-sha256":
        try:
            shared = base64.b64decode(secret(key_file, connector, "key_file"), validate=True)
        except binascii.Error:
            raise unreadable from None
        if len(shared) < 16:
            raise unreadable
        return lambda base: sha256.code(shared, base)
    try:
        key = serialization.load_pem_private_key(confined(key_file, connector, "key_file"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise unreadable from None
    made = _asymmetric(algorithm, key)
    if made is None:
        raise unfit(connector, "key_file", ("private_key_for", algorithm))
    return made


def _asymmetric(algorithm: str, key: object) -> Sign | None:
    match algorithm, key:
        case "ed25519", ed25519.Ed25519PrivateKey():
            return key.sign
        case "ecdsa-p256-sha256", ec.EllipticCurvePrivateKey() if isinstance(key.curve, ec.SECP256R1):
            return lambda base: _raw(key.sign(base, ec.ECDSA(hashes.SHA256())))
        case "rsa-pss-sha512", rsa.RSAPrivateKey() if key.key_size >= 2048:
            pss = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
            return lambda base: key.sign(base, pss, hashes.SHA512())
        case "rsa-v1_5-sha256", rsa.RSAPrivateKey() if key.key_size >= 2048:
            return lambda base: key.sign(base, padding.PKCS1v15(), hashes.SHA256())
    return None


def _raw(der: bytes) -> bytes:
    """The two numbers as 64 bytes (3.3.4)."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
