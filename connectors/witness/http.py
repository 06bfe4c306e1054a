"""A witness over HTTP: an independent keeper that dates the witness value of a draw (draw-protocol 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse
from connectors.http import Wire, WireConfig
from inspector.ports import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessConfig(WireConfig):
    """Where values are lodged."""

    path: str = ""


class HttpWitness:
    """One witness."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(WitnessConfig, name, config)
        self._wire = Wire(self._config, name)
        self.card = self._config.card(name, port="witness", kind="http")

    def lodge(self, draw: str, value: str, *, key: str) -> Receipt:
        """Deposit W; nothing else about the draw leaves the house (ruling 18). The reply may date the receipt (`at`).

        Raises Unavailable, Refused, Garbled as the wire does.
        """
        return self._wire.deliver(self._config.path, json={"draw": draw, "value": value}, key=key, dated="at")

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpWitness:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpWitness(name, config)
