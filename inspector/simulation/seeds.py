"""Who has a part in a simulated draw's seed: parties that promise and reveal, public ceremonies, and whoever keeps the witness value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.domain.ceremony import Form
from inspector.ports import Card, NotYet, Origin, Receipt, Typed, Unavailable
from inspector.simulation.peers import Peer

WITHHELD = 1 / 40
"""So often a party keeps its part to itself: then its draw is void, and the next number has a further source (ruling 12)."""
LOOKS = 4 * 3600.0
"""Seconds until a ceremony of which nobody has typed is looked at again: whoever types has it looked at at once."""
DICE, LOTTERY = Form(dice=26, sides=6), Form(balls=((6, 33), (1, 16)))


class Party(Peer):
    """Another agency that contributes a nonce. Where things go wrong it is away at times, and of some draws says nothing for good."""

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """Its hash."""
        self.hear(key, draw)
        return {
            "kind": "reveal",
            "party": self.name,
            "hash": hashlib.sha256(f"ssj1/nonce\n{self._nonce(draw)}".encode()).hexdigest(),
        }

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        """The nonce behind it."""
        scene = self.days.scene
        if scene.faults and scene.chance.of("withholds", self.name, draw) < WITHHELD:
            raise Unavailable("unreachable")
        self.hear(key, (draw, promise, typed, w))
        return {"kind": "reveal", "nonce": self._nonce(draw)}

    def _nonce(self, draw: str) -> str:
        return self.days.scene.chance.secret("nonce", self.name, draw)


@dataclass
class Ceremony:
    """Figures that two persons read off and type; nobody is asked over a wire."""

    name: str
    what: str
    form: Form
    official: str = ""
    card: Card = field(init=False)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="seed", kind="ceremony", owner=self.name, version="1")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:  # noqa: ARG002 - the same for every draw
        """What will be thrown, or drawn."""
        told = {"kind": "text", "what": self.what, "bits": self.form.bits, "form": self.form.value()}
        return {**told, "official": self.official} if self.official else told

    def reveal(
        self,
        draw: str,  # noqa: ARG002 - nobody is asked
        promise: Mapping[str, object],  # noqa: ARG002
        typed: tuple[Typed, ...],
        *,
        key: str,  # noqa: ARG002
        w: str = "",  # noqa: ARG002
    ) -> Mapping[str, object]:
        """The figures, once two have typed the same. Raises NotYet."""
        figures = {one.by: one.figures for one in typed}
        if len(figures) < 2 or len({*figures.values()}) > 1:
            raise NotYet("ceremony_waiting", origin=Origin.US, attempts=0, retry_after=LOOKS)
        return {"kind": "text", "text": self.form.figures(next(iter(figures.values())))}


class Notary(Peer):
    """Keeps witness values."""

    def lodge(self, draw: str, value: str, *, key: str) -> Receipt:
        """Take one."""
        self.hear(key, (draw, value))
        return Receipt(reference=f"{self.name}-{draw}", at=self.now())
