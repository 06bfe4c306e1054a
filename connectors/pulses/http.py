"""A dead-man's switch over HTTP: it is pinged while the house lives, and wakes people when the pings end."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from connectors.config import parse
from connectors.http import Wire, WireConfig
from inspector.ports import Garbled


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseConfig(WireConfig):
    """Where and how often within one beat to ping."""

    path: str = ""
    tries: int = 2
    budget_seconds: float = 10.0


class HttpPulse:
    """One switch outside the house."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(PulseConfig, name, config)
        self._wire = Wire(self._config, name)
        self.card = self._config.card(name, port="pulse", kind="http")

    def beat(self) -> None:
        """Say "alive". What the other side answers does not matter, that it answers 2xx does. Raises Unavailable, Refused."""
        with suppress(Garbled):
            self._wire.send("POST", self._config.path)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpPulse:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpPulse(name, config)
