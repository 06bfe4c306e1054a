"""A pulse in the format of NIST's beacon 2.0 as part of a seed: its minute named beforehand, its certificate carried in the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.config import parse
from connectors.http import Wire
from connectors.seeds.beacon import BeaconConfig, Relays, signed
from inspector.beacons import fingerprint
from inspector.domain.errors import Invalid
from inspector.domain.seed import moment
from inspector.ports import Typed

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NistConfig(BeaconConfig):
    """`chain` is the beacon's own number for it (ruling 7). `authority_file`: PEM, the pinned authority first, then intermediates.

    `{millis}` in `path` becomes the promised time, `{id}` in `path_certificate` the certificate that the pulse names.
    """

    chain: int
    authority_file: str
    path: str = "beacon/2.0/pulse/time/{millis}"
    path_certificate: str = "beacon/2.0/certificate/{id}"


class NistSeed:
    """One beacon."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = held = parse(NistConfig, name, config)
        try:
            pem = Path(held.authority_file).read_bytes()
            self._authority = fingerprint(pem)
            root, *between = (one.public_bytes(Encoding.PEM).decode() for one in x509.load_pem_x509_certificates(pem))
        except (OSError, ValueError) as error:
            facts = {"key": "authority_file", "file": held.authority_file, "reason": type(error).__name__}
            raise Invalid("connector_ca_file", connector=name, **facts) from error
        self._above = [*between, root]
        self._relays = Relays(held, name)
        self.card = held.card(name, port="seed", kind="nist")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:  # noqa: ARG002 - the same for every draw
        """The chain and the authority. Its minute is named at the announcement, the first that the pack's time allows."""
        return {"kind": "nist", "chain": self._config.chain, "ca": self._authority}

    def reveal(
        self,
        draw: str,
        promise: Mapping[str, object],
        typed: tuple[Typed, ...],  # noqa: ARG002 - of ceremonies only
        *,
        key: str,
        w: str = "",  # noqa: ARG002 - a beacon speaks to everybody
    ) -> Mapping[str, object]:
        """The pulse of the promised time with its certificates, signature checked: a beacon may answer with the next closest one.

        Raises NotYet (`beacon_waiting`, `beacon_wrong`), Unavailable, Refused, Garbled (`beacon_other`, `beacon_unsigned`,
        `beacon_incomplete`).
        """
        at = moment(promise.get("time")) or _EPOCH
        millis = (at - _EPOCH) // timedelta(milliseconds=1)

        def ask(wire: Wire) -> Mapping[str, object]:
            reply = wire.send("GET", self._config.path.format(millis=millis), key=key)
            told = reply.said()
            if "certificates" not in told and isinstance(pulse := told.get("pulse"), dict):
                name = str(pulse.get("certificateId"))
                if not (name.isascii() and name.isalnum()):
                    raise reply.garbled("beacon_incomplete", "certificateId")
                leaf = wire.send("GET", self._config.path_certificate.format(id=name), key=key).body.decode(errors="replace")
                told = {**told, "certificates": [leaf, *self._above]}
            return signed(promise, told, reply.garbled)

        return self._relays.part(draw, promise, ask)

    def close(self) -> None:
        """Let the connections go."""
        self._relays.close()


def connect(name: str, config: Mapping[str, object]) -> NistSeed:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return NistSeed(name, config)
