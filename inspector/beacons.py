"""Whether a public beacon really said it: signatures of drand rounds and of NIST-format pulses (draw-protocol 2, 7.9, threat 13).

Shared by the connectors that fetch beacons and by `draw verify`. Each drand signature is checked by every BLS library that is
there, `pyblst` first and `py_arkworks_bls12381` for a second opinion: one that says no is enough. Both are the extra `beacons`,
imported when first needed. The bytes that are signed are `inspector.domain.beacon`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from itertools import pairwise
from types import ModuleType
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.domain.beacon import CHAINS, Chain, pulse_message, pulse_signature
from inspector.domain.errors import Invalid
from inspector.domain.seed import moment

EXTRA = "beacons"
"""The extra of this project that brings the libraries."""
_G1 = bytes.fromhex("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb")
_G2 = bytes.fromhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
_LONGEST_CHAIN = 6
_WEAKEST_RSA = 2048


class Signed(StrEnum):
    """What is found of a beacon's signature."""

    HOLDS = "holds"
    WRONG = "wrong"
    NO_LIBRARY = "no_library"
    INCOMPLETE = "incomplete"
    NOT_PINNED = "not_pinned"


def check(source: Mapping[str, object], part: Mapping[str, object], authority: str | None = None) -> Signed:
    """Whether a part was signed by the beacon its source names. That it is the promised round or time is `seed.value`'s affair.

    `authority` is the SHA-256 of the certificate an auditor believes a NIST-format beacon's pulses by; without it the one that
    the source itself names (`ca`) counts.
    """
    return drand(source, part) if source.get("kind") == "drand" else nist(source, part, authority)


def drand(source: Mapping[str, object], part: Mapping[str, object]) -> Signed:
    """A round's BLS signature under the pinned key of its chain."""
    chain = CHAINS.get(str(source.get("chain")))
    if chain is None:
        return Signed.NOT_PINNED
    if chain.chained and "previous_signature" not in part:
        return Signed.INCOMPLETE
    held = tuple(libraries())
    if not held:
        return Signed.NO_LIBRARY
    try:
        message = chain.message(int(str(part["round"])), str(part.get("previous_signature", "")))
        signature = _point(bytes.fromhex(str(part["signature"])), 96 if chain.chained else 48)
        holds = all(verify(chain, message, signature) for verify in held)
    except (ValueError, KeyError, OverflowError):  # no hex, no point, not of the group
        return Signed.WRONG
    return Signed.HOLDS if holds else Signed.WRONG


def libraries() -> Iterator[Callable[[Chain, bytes, bytes], bool]]:
    """The BLS libraries that are there, each as a function of chain, message and signature."""
    for name, verify in (("pyblst", _pyblst), ("py_arkworks_bls12381", _arkworks)):
        try:
            module = import_module(name)
        except ImportError:
            continue
        yield lambda chain, message, signature, verify=verify, module=module: verify(module, chain, message, signature)  # type: ignore[misc]


def _point(content: bytes, length: int) -> bytes:
    """A compressed point that is not infinity: every library decodes that one, and it is nobody's signature. Raises ValueError."""
    if len(content) != length or content[0] & 0b1100_0000 != 0b1000_0000:
        raise ValueError("no compressed point")
    return content


def _pyblst(module: ModuleType, chain: Chain, message: bytes, signature: bytes) -> bool:
    """`e(sig, G2) == e(H(m), key)`, or on a chained chain `e(G1, sig) == e(key, H(m))`. Raises ValueError, also off the subgroup."""
    first: Any = module.BlstP1Element
    second: Any = module.BlstP2Element
    if chain.chained:
        left = first.uncompress(_G1), second.uncompress(signature)
        right = first.uncompress(bytes.fromhex(chain.key)), second.hash_to_group(message, chain.tag)
    else:
        left = first.uncompress(signature), second.uncompress(_G2)
        right = first.hash_to_group(message, chain.tag), second.uncompress(bytes.fromhex(chain.key))
    return bool(module.final_verify(module.miller_loop(*left), module.miller_loop(*right)))


def _arkworks(module: ModuleType, chain: Chain, message: bytes, signature: bytes) -> bool:
    """The same equation. Raises ValueError, also off the subgroup."""
    first: Any = module.G1Point
    second: Any = module.G2Point
    if chain.chained:
        left = first.from_compressed_bytes(_G1), second.from_compressed_bytes(signature)
        right = first.from_compressed_bytes(bytes.fromhex(chain.key)), second.hash_to_curve(message, chain.tag)
    else:
        left = first.from_compressed_bytes(signature), second.from_compressed_bytes(_G2)
        right = first.hash_to_curve(message, chain.tag), second.from_compressed_bytes(bytes.fromhex(chain.key))
    return bool(module.GT.pairing(*left) == module.GT.pairing(*right))


def nist(source: Mapping[str, object], part: Mapping[str, object], authority: str | None = None) -> Signed:
    """A pulse's RSA signature, by a certificate that leads to the authority at the pulse's own time.

    The certificates lie in the part (`certificates`, PEM, the beacon's own first), for they last about a year and the proof longer.
    """
    believed = authority or source.get("ca")
    pulse, given = part.get("pulse"), part.get("certificates")
    if not isinstance(pulse, Mapping) or not isinstance(given, list) or "signatureValue" not in pulse:
        return Signed.INCOMPLETE
    if not isinstance(believed, str):
        return Signed.NOT_PINNED
    try:
        message, signature = pulse_message(pulse), pulse_signature(pulse)
        chain = [x509.load_pem_x509_certificate(str(one).encode()) for one in given[:_LONGEST_CHAIN]]
        _believe(chain, believed.lower(), pulse)
        key = chain[0].public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _WEAKEST_RSA:
            return Signed.WRONG
        key.verify(signature, message, padding.PKCS1v15(), SHA512())
    except (Invalid, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return Signed.WRONG
    told = hashlib.sha512(message + signature).hexdigest()  # without a length before the signature
    return Signed.HOLDS if told == str(pulse.get("outputValue")).lower() else Signed.WRONG


def _believe(chain: Sequence[x509.Certificate], authority: str, pulse: Mapping[str, object]) -> None:
    """Whether the first certificate is the pulse's and the last one the authority's, each issued by the next and in force.

    Raises ValueError, TypeError, InvalidSignature, ExtensionNotFound.
    """
    at = moment(pulse.get("timeStamp"))
    if not chain or at is None or chain[-1].fingerprint(SHA256()).hex() != authority:
        raise ValueError("it does not end with the authority")
    if hashlib.sha512(chain[0].public_bytes(Encoding.DER)).hexdigest() != str(pulse.get("certificateId")).lower():
        raise ValueError("another certificate than the pulse names")
    if not all(one.not_valid_before_utc <= at <= one.not_valid_after_utc for one in chain):
        raise ValueError("not in force at the time of the pulse")
    for below, (one, issuer) in enumerate(pairwise(chain)):
        limits = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not limits.ca or (limits.path_length is not None and below > limits.path_length):
            raise ValueError("the issuer may not issue")
        one.verify_directly_issued_by(issuer)


def fingerprint(pem: bytes) -> str:
    """The SHA-256 of the first certificate in a PEM file, by which it is pinned. Raises ValueError."""
    return x509.load_pem_x509_certificates(pem)[0].fingerprint(SHA256()).hex()


def believe(source: Mapping[str, object], part: Mapping[str, object]) -> None:
    """Refuse a part whose signature does not hold or cannot be checked here.

    Raises Invalid: `beacon_wrong`, `beacon_incomplete`, `beacon_not_pinned`, `beacon_library_missing`.
    """
    match check(source, part):
        case Signed.HOLDS:
            return
        case Signed.NO_LIBRARY:
            raise Invalid("beacon_library_missing", extra=EXTRA)
        case Signed.WRONG:
            raise Invalid("beacon_wrong", kind=source.get("kind"))
        case Signed.INCOMPLETE:
            raise Invalid("beacon_incomplete", kind=source.get("kind"))
        case Signed.NOT_PINNED:
            raise Invalid("beacon_not_pinned", kind=source.get("kind"))


def read(content: bytes) -> Mapping[str, object]:
    """A beacon's answer as it lies in a file: one JSON object. Raises Invalid (`beacon_unreadable`)."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Invalid("beacon_unreadable", problem=type(error).__name__) from error
    if not isinstance(told, dict):
        raise Invalid("beacon_unreadable", problem="a JSON object is required")
    return told


def part(source: Mapping[str, object], told: Mapping[str, object]) -> Mapping[str, object]:
    """A beacon's own answer (drand's `round`, `signature`, `previous_signature`; NIST's `pulse`, with `certificates`) as a part."""
    names = ("pulse", "certificates") if source["kind"] == "nist" else ("round", "signature", "previous_signature")
    return {"kind": source["kind"], **{name: told[name] for name in names if name in told}}
