"""Public beacons, as far as they are arithmetic: pinned chains, the time of a round, the bytes that a beacon signs (section 2).

Whether a signature holds is `inspector.beacons`' affair, for that needs a library.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inspector.domain.errors import Invalid
from inspector.domain.strict import is_count, matches, promised

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")
_LINKS = ("previous", "hour", "day", "month", "year")
"""The earlier pulses that a pulse repeats, in the order in which they are signed."""
MINUTE = timedelta(minutes=1)
"""The period of a NIST-format beacon (its pulses stand on the full minute)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A drand chain, pinned by hash, scheme and public key (threat 13). Its signatures lie on G1, or on G2 where it is `chained`."""

    name: str
    hash: str
    scheme: str
    key: str
    genesis: datetime
    period: timedelta
    tag: bytes
    chained: bool

    def round_from(self, at: datetime) -> int:
        """The first round at or after a moment: `ceil((T - genesis) / period) + 1`."""
        return max(1, 1 - ((self.genesis - at) // self.period))

    def time_of(self, number: int) -> datetime | None:
        """When a round becomes known; None beyond the calendar."""
        try:
            return self.genesis + (number - 1) * self.period
        except OverflowError:
            return None

    def message(self, number: int, previous: str) -> bytes:
        """What is signed for a round; `previous` is the signature before, hex, and counts on a chained chain only.

        Raises ValueError, and OverflowError for a round that no chain will ever have (eight bytes).
        """
        return hashlib.sha256((bytes.fromhex(previous) if self.chained else b"") + number.to_bytes(8, "big")).digest()


QUICKNET = Chain(
    name="quicknet",
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    scheme="bls-unchained-g1-rfc9380",
    key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=datetime.fromtimestamp(1692803367, UTC),
    period=timedelta(seconds=3),
    tag=b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
    chained=False,
)
DEFAULT = Chain(
    name="default",
    hash="8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
    scheme="pedersen-bls-chained",
    key="868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
    genesis=datetime.fromtimestamp(1595431050, UTC),
    period=timedelta(seconds=30),
    tag=b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
    chained=True,
)
CHAINS: Mapping[str, Chain] = {chain.hash: chain for chain in (QUICKNET, DEFAULT)}
"""The chains believed, by hash. No other is: fastnet hashes to the wrong group by mistake, the evm chain is not needed."""


def named(source: Mapping[str, object], not_before: datetime) -> Mapping[str, object]:
    """A promise with its round or pulse named: the first at or after a moment, never "the latest" (threat 18).

    A promise that names one already, and every other kind of promise, stays as it is; so does a drand chain nobody pinned.
    """
    chain = CHAINS.get(str(source.get("chain")))
    if source.get("kind") == "drand" and "round" not in source and chain is not None:
        return {**source, "round": chain.round_from(not_before)}
    if source.get("kind") == "nist" and "time" not in source:
        at = not_before.astimezone(UTC)
        full = at.replace(second=0, microsecond=0)
        return {**source, "time": f"{full if full >= at else full + MINUTE:%Y-%m-%dT%H:%M}:00.000Z"}
    return source


def pulse_message(pulse: Mapping[str, object]) -> bytes:
    """The bytes that a pulse's signature is made over, every field as section 2 says. Raises Invalid (`draw_seed_invalid`)."""
    outside, links = pulse.get("external"), pulse.get("listValues")
    if not isinstance(outside, Mapping) or not isinstance(links, list):
        raise Invalid("draw_seed_invalid", kind="nist", problem="pulse_lacks", fields="external, listValues")
    earlier = {str(one.get("type")): one.get("value") for one in links if isinstance(one, Mapping)}
    promised(
        len(links) == len(_LINKS) and earlier.keys() == {*_LINKS},
        "nist",
        "pulse_lacks",
        fields=f"listValues: {', '.join(_LINKS)}",
    )
    return b"".join(
        (
            _text(pulse, "uri"),
            _text(pulse, "version"),
            _number(pulse, "cipherSuite", ">I"),
            _number(pulse, "period", ">I"),
            _bytes(pulse, "certificateId"),
            _number(pulse, "chainIndex", ">Q"),
            _number(pulse, "pulseIndex", ">Q"),
            _text(pulse, "timeStamp"),
            _bytes(pulse, "localRandomValue"),
            _bytes(outside, "sourceId"),
            _number(outside, "statusCode", ">I"),
            _bytes(outside, "value"),
            *(_bytes(earlier, name) for name in _LINKS),
            _bytes(pulse, "precommitmentValue"),
            _number(pulse, "statusCode", ">I"),
        )
    )


def pulse_signature(pulse: Mapping[str, object]) -> bytes:
    """The signature of a pulse. Raises Invalid (`draw_seed_invalid`)."""
    return _raw(pulse, "signatureValue")


def _text(held: Mapping[str, object], name: str) -> bytes:
    told = held.get(name)
    if not isinstance(told, str):
        raise Invalid("draw_seed_invalid", kind="nist", problem="field_text", field=name)
    return _long(told.encode(errors="replace"))


def _bytes(held: Mapping[str, object], name: str) -> bytes:
    return _long(_raw(held, name))


def _raw(held: Mapping[str, object], name: str) -> bytes:
    told = held.get(name)
    promised(matches(_HEX, told), "nist", "field_hex", field=name)
    return bytes.fromhex(str(told))


def _long(content: bytes) -> bytes:
    """A field with its length before it, four bytes, the greatest first."""
    return struct.pack(">I", len(content)) + content


def _number(held: Mapping[str, object], name: str, form: str) -> bytes:
    told = held.get(name)
    most = 256 ** struct.calcsize(form)
    if not is_count(told) or told >= most:
        raise Invalid("draw_seed_invalid", kind="nist", problem="field_number", field=name, most=most)
    return struct.pack(form, told)
