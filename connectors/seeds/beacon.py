"""What the two beacons share: relays tried one after another, and a folder into which somebody carries the bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.config import unfit
from connectors.http import Wire, WireConfig
from inspector.beacons import believe, read
from inspector.beacons import part as part_of
from inspector.domain import seed
from inspector.domain.errors import Invalid
from inspector.domain.suite import Suite
from inspector.ports import Garbled, NotYet, Origin, PortError, Unavailable

_LARGEST_FILE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconConfig(WireConfig):
    """Relays in the order in which they are tried: `url` first, then `relays`. All may be empty on a closed network.

    In `folder` a file `DRAW.json` (the draw's number) is looked for before any relay is asked. `budget_seconds` is for all relays
    together.
    """

    url: str = ""
    relays: tuple[str, ...] = ()
    folder: str = ""


class Relays:
    """The wires of one beacon and its folder."""

    def __init__(self, config: BeaconConfig, name: str) -> None:
        """Raises Invalid (`connector_…`) for what cannot be used."""
        urls = tuple(url for url in (config.url, *config.relays) if url)
        share = config.budget_seconds / max(1, len(urls))
        self._wires = tuple(Wire(replace(config, url=url, budget_seconds=share), name) for url in urls)
        self._folder = Path(config.folder) if config.folder else None
        if self._folder is not None and not self._folder.is_dir():
            raise unfit(name, "folder", "folder_there")

    def part(self, draw: str, promise: Mapping[str, object], ask: Callable[[Wire], Mapping[str, object]]) -> Mapping[str, object]:
        """The signed part: carried in, or from the first relay that has it; a relay that tells something else is passed over.

        Raises NotYet (`beacon_waiting`; `beacon_wrong` for a file that is not it), and where no relay has it the error of one that
        could not be reached, else of the first.
        """
        wrong = ""
        if (content := self._carried(draw)) is not None:
            try:
                return _believed(promise, part_of(promise, read(content)))
            except Invalid as error:
                wrong = f"the file carried in: {error.code}"
        errors: list[PortError] = []
        for wire in self._wires:
            try:
                return ask(wire)
            except PortError as error:
                errors.append(error)
        if errors:
            raise next((error for error in errors if isinstance(error, Unavailable)), errors[0])
        raise NotYet("beacon_wrong" if wrong else "beacon_waiting", origin=Origin.US, detail=wrong, attempts=0)

    def close(self) -> None:
        """Let the connections go."""
        for wire in self._wires:
            wire.close()

    def _carried(self, draw: str) -> bytes | None:
        if self._folder is None or "/" in draw:
            return None
        file = self._folder / f"{draw}.json"
        with suppress(OSError):
            if file.stat().st_size <= _LARGEST_FILE:
                return file.read_bytes()
        return None


def signed(
    promise: Mapping[str, object], told: Mapping[str, object], garbled: Callable[[str, str], Garbled]
) -> Mapping[str, object]:
    """A relay's answer as the part of the seed.

    Raises Garbled: `beacon_other` for another round or pulse, `beacon_unsigned` where the signature does not hold or is incomplete.
    """
    try:
        return _believed(promise, part_of(promise, told))
    except Invalid as error:
        if error.code == "draw_seed_invalid":
            raise garbled("beacon_other", str(error.facts.get("problem"))) from error
        raise garbled("beacon_unsigned", error.code) from error


def _believed(promise: Mapping[str, object], part: Mapping[str, object]) -> Mapping[str, object]:
    """Raises Invalid."""
    seed.value(promise, part, Suite())
    believe(promise, part)
    return part
