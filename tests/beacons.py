"""Beacons for the tests: the known answers of section 2, and a NIST-format beacon of our own with its authority."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import py_arkworks_bls12381 as bls
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from inspector.domain.beacon import DEFAULT, QUICKNET, Chain, pulse_message

QUICK: Mapping[str, Any] = {"kind": "drand", "chain": QUICKNET.hash, "round": 657413}
QUICK_SAID: Mapping[str, Any] = {
    "round": 657413,
    "randomness": "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    "signature": "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
}
QUICK_AT = datetime.fromisoformat("2023-09-15T11:00:03Z")
CHAINED: Mapping[str, Any] = {"kind": "drand", "chain": DEFAULT.hash, "round": 1}
CHAINED_SAID: Mapping[str, Any] = {
    "round": 1,
    "randomness": "101297f1ca7dc44ef6088d94ad5fb7ba03455dc33d53ddb412bbc4564ed986ec",
    "previous_signature": "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
    "signature": (
        "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b101"
        "04990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655"
    ),
}
SINCE, UNTIL = datetime(2025, 8, 28, tzinfo=UTC), datetime(2026, 9, 4, tzinfo=UTC)
"""The certificate's own year: it ends long before the proofs made with it."""


_SECRET = bls.Scalar(20260302)
NETWORK = Chain(
    name="test",
    hash="7e57" * 16,
    scheme=QUICKNET.scheme,
    key=(bls.G2Point() * _SECRET).to_compressed_bytes().hex(),
    genesis=QUICKNET.genesis,
    period=QUICKNET.period,
    tag=QUICKNET.tag,
    chained=False,
)
"""A drand chain of our own, of which every round can be signed."""


def signed(number: int) -> dict[str, Any]:
    """What a relay says of a round of our own chain."""
    point = bls.G1Point.hash_to_curve(NETWORK.message(number, ""), NETWORK.tag) * _SECRET
    return {"round": number, "signature": point.to_compressed_bytes().hex()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """A beacon with its certificate chain, own first."""

    key: rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def ca(self) -> str:
        """The authority's SHA-256."""
        return self.chain[-1].fingerprint(SHA256()).hex()

    @property
    def pem(self) -> list[str]:
        """The chain as a part carries it."""
        return [one.public_bytes(Encoding.PEM).decode() for one in self.chain]

    def pulse(self, time: str, **changes: Any) -> dict[str, Any]:
        """A signed pulse of a time."""
        told: dict[str, Any] = {
            "uri": "https://beacon.example/beacon/2.0/chain/2/pulse/7",
            "version": "Version 2.0",
            "cipherSuite": 0,
            "period": 60000,
            "certificateId": hashlib.sha512(self.chain[0].public_bytes(Encoding.DER)).hexdigest().upper(),
            "chainIndex": 2,
            "pulseIndex": 7,
            "timeStamp": time,
            "localRandomValue": hashlib.sha512(time.encode()).hexdigest(),
            "external": {"sourceId": "00" * 64, "statusCode": 0, "value": "00" * 64},
            "listValues": [
                {"uri": "https://beacon.example/1", "type": kind, "value": hashlib.sha512(kind.encode()).hexdigest()}
                for kind in ("previous", "hour", "day", "month", "year")
            ],
            "precommitmentValue": "11" * 64,
            "statusCode": 0,
        } | changes
        message = pulse_message(told)
        signature = self.key.sign(message, padding.PKCS1v15(), SHA512())
        output = hashlib.sha512(message + signature).hexdigest().upper()
        return told | {"signatureValue": signature.hex().upper(), "outputValue": output}

    def said(self, time: str, **changes: Any) -> dict[str, Any]:
        """What a relay says, certificates included."""
        return {"pulse": self.pulse(time, **changes), "certificates": self.pem}


@cache
def beacon(name: str = "beacon", *, ca: bool = True, until: datetime = UNTIL) -> Beacon:
    """A beacon below an authority of its own; keys are small, for they are made in each run. `ca`: whether the issuer may issue."""
    above, own = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root = _certificate(f"{name} authority", above, f"{name} authority", above, ca=ca, until=UNTIL + timedelta(days=9000))
    leaf = _certificate(name, own, f"{name} authority", above, ca=False, until=until)
    return Beacon(key=own, chain=(leaf, root))


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, signer: rsa.RSAPrivateKey, *, ca: bool, until: datetime
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    made = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer)).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(SINCE).not_valid_after(until)
    return made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True).sign(signer, SHA256())
