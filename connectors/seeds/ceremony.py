"""A public ceremony as part of a seed: dice or lottery figures, typed by two people independently (ruling 19). No wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import ConnectorConfig, parse
from inspector.domain.errors import Invalid
from inspector.ports import NotYet, Origin, Refused, Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyConfig(ConnectorConfig):
    """`what` tells the public which figures will count, `bits` how much chance they hold (ten throws of a die: 25)."""

    what: str
    bits: int


class CeremonySeed:
    """One ceremony."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(CeremonyConfig, name, config)
        if not self._config.what.strip() or self._config.bits < 1:
            raise Invalid("connector_key_range", connector=name, key="what, bits", wanted="a description, at least 1 bit")
        self.card = self._config.card(name, port="seed", kind="ceremony")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:  # noqa: ARG002 - the same for every draw
        """What will be thrown or drawn, stated before it is."""
        return {"kind": "text", "what": self._config.what, "bits": self._config.bits}

    def reveal(
        self,
        draw: str,  # noqa: ARG002 - no wire, so nothing to ask for
        promise: Mapping[str, object],  # noqa: ARG002
        typed: tuple[Typed, ...],
        *,
        key: str,  # noqa: ARG002
    ) -> Mapping[str, object]:
        """The figures two people agree on; a person's later typing replaces the earlier one.

        Raises NotYet until two have typed (`ceremony_waiting`) and the same (`ceremony_disagrees`: whoever erred types again),
        Refused (`ceremony_unreadable`).
        """
        told = {one.by: " ".join(one.figures.split()) for one in typed if one.by.strip()}
        if len(told) < 2:
            raise NotYet("ceremony_waiting", origin=Origin.US, detail=f"{len(told)} of 2 have typed", attempts=0)
        if len(set(told.values())) > 1:
            raise NotYet("ceremony_disagrees", origin=Origin.US, detail="the figures typed differ", attempts=0)
        text = next(iter(told.values()))
        # `+` joins the parts of a seed (draw-protocol 7.5); what cannot be seen cannot be recomputed by the public.
        if not text or "+" in text or not text.isprintable():
            raise Refused("ceremony_unreadable", origin=Origin.US, detail="figures and single spaces only", attempts=0)
        return {"kind": "text", "text": text}

    def close(self) -> None:
        """Nothing to let go."""


def connect(name: str, config: Mapping[str, object]) -> CeremonySeed:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return CeremonySeed(name, config)
