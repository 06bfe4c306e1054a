"""A public ceremony as part of a seed: dice or lottery figures, typed by two people independently (ruling 19). No wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import ConnectorConfig, parse, unfit
from inspector.domain.ceremony import Form, read
from inspector.domain.errors import Invalid
from inspector.domain.person import same
from inspector.ports import NotYet, Origin, Refused, Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyConfig(ConnectorConfig):
    """`what` tells the public which figures will count; their form is `dice` and `sides`, or groups of `balls`.

    `official` names the publication in which everybody can look a lottery's figures up: only then may it be a further source.
    `bits` is how much chance they hold: all that the form can, or less where somebody trusts it less.
    """

    what: str
    dice: int = 0
    sides: int = 0
    lowest: int = 1
    balls: tuple[tuple[int, ...], ...] = ()
    bits: int = 0
    official: str = ""


class CeremonySeed:
    """One ceremony."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = held = parse(CeremonyConfig, name, config)
        self._form = _form(held, name)
        self._bits = held.bits or self._form.bits
        if not held.what.strip() or not 1 <= self._bits <= self._form.bits:
            wanted = ("what_and_bits", str(self._form.bits))
            raise unfit(name, "what, bits", wanted)
        self.card = self._config.card(name, port="seed", kind="ceremony")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:  # noqa: ARG002 - the same for every draw
        """What will be thrown or drawn, stated before it is."""
        told = {"kind": "text", "what": self._config.what, "bits": self._bits, "form": self._form.value()}
        return {**told, "official": self._config.official} if self._config.official else told

    def reveal(
        self,
        draw: str,  # noqa: ARG002 - no wire, so nothing to ask for
        promise: Mapping[str, object],  # noqa: ARG002
        typed: tuple[Typed, ...],
        *,
        key: str,  # noqa: ARG002
        w: str = "",  # noqa: ARG002
    ) -> Mapping[str, object]:
        """The figures two people agree on; a person's later typing replaces the earlier one.

        Raises NotYet until two have typed (`ceremony_waiting`) and the same (`ceremony_disagrees`: whoever erred types again),
        Refused (`ceremony_unreadable`: two agree on what is none of the promised figures).
        """
        told = _by_person(typed)
        if len(told) < 2:
            raise NotYet("ceremony_waiting", origin=Origin.US, detail=f"{len(told)} of 2 have typed", attempts=0)
        if len(set(told.values())) > 1:
            raise NotYet("ceremony_disagrees", origin=Origin.US, detail="the figures typed differ", attempts=0)
        try:
            return {"kind": "text", "text": self._form.figures(next(iter(told.values())))}
        except Invalid as error:
            raise Refused(
                "ceremony_unreadable",
                origin=Origin.US,
                detail="given {given} of {wanted}, unfit at {place}".format(**error.facts),
                attempts=0,
            ) from error

    def close(self) -> None:
        """Nothing to let go."""


def _by_person(typed: tuple[Typed, ...]) -> dict[str, str]:
    """What each person typed last: one person is one, however the name is written."""
    told: dict[str, str] = {}
    for one in typed:
        if one.by.strip():
            known = next((name for name in told if same(name, one.by)), one.by)
            told[known] = " ".join(one.figures.split())
    return told


def connect(name: str, config: Mapping[str, object]) -> CeremonySeed:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return CeremonySeed(name, config)


def _form(held: CeremonyConfig, name: str) -> Form:
    """Raises Invalid (`connector_key_range`)."""
    wanted = "dice_or_balls"
    balls = {"balls": [list(group) for group in held.balls]}
    dice = {"dice": held.dice, "sides": held.sides, "lowest": held.lowest}
    try:
        form = read(balls if held.balls else dice)
    except Invalid as error:
        raise unfit(name, "dice, sides, balls", wanted) from error
    if held.balls and (held.dice or held.sides):
        raise unfit(name, "dice, sides, balls", wanted)
    return form
