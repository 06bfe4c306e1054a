"""A round of the drand network as part of a seed: named beforehand, signed by its pinned key, brought by any relay or by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse, unfit
from connectors.http import Wire
from connectors.seeds.beacon import BeaconConfig, Relays, signed
from inspector.beacons import EXTRA, libraries
from inspector.domain.beacon import CHAINS
from inspector.domain.errors import Invalid
from inspector.ports import Typed

_CHAINS = {chain.name: chain for chain in CHAINS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrandConfig(BeaconConfig):
    """`chain` is `quicknet` (a round every 3 seconds) or `default` (chained, every 30); hash, key and scheme are pinned."""

    chain: str = "quicknet"


class DrandSeed:
    """One chain."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = held = parse(DrandConfig, name, config)
        if held.chain not in _CHAINS:
            raise unfit(name, "chain", ", ".join(_CHAINS))
        if not any(True for _ in libraries()):
            raise Invalid("connector_library_missing", connector=name, library="pyblst", extra=EXTRA)
        self._chain = _CHAINS[held.chain]
        self._relays = Relays(held, name)
        self.card = held.card(name, port="seed", kind="drand")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:  # noqa: ARG002 - the same for every draw
        """The chain. Its round is named at the announcement: the first at or after the time that the pack leaves, never the latest."""
        return {"kind": "drand", "chain": self._chain.hash}

    def reveal(
        self,
        draw: str,
        promise: Mapping[str, object],
        typed: tuple[Typed, ...],  # noqa: ARG002 - of ceremonies only
        *,
        key: str,
        w: str = "",  # noqa: ARG002 - a beacon speaks to everybody
    ) -> Mapping[str, object]:
        """The promised round, its signature checked.

        Raises NotYet (`beacon_waiting`, `beacon_wrong`), Unavailable, Refused, Garbled (`beacon_other`: another round;
        `beacon_unsigned`: a signature that does not hold).
        """

        def ask(wire: Wire) -> Mapping[str, object]:
            reply = wire.send("GET", f"{self._chain.hash}/public/{promise['round']}", key=key)
            return signed(promise, reply.said(), reply.garbled)

        return self._relays.part(draw, promise, ask)

    def close(self) -> None:
        """Let the connections go."""
        self._relays.close()


def connect(name: str, config: Mapping[str, object]) -> DrandSeed:
    """The entry point. Raises Invalid when the configuration cannot be used, or no BLS library is there."""
    return DrandSeed(name, config)
