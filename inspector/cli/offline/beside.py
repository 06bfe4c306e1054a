"""The bundles that lie beside one: as far as a laptop can see, no number, no secret and no throw is used for two draws."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.seed import mark


def refuse_announced(number: str, sources: Sequence[Mapping[str, Any]], *folders: Path) -> None:
    """A number, or a party's hash, that a bundle in one of these folders has. Raises Refusal (`draw_number_used`, `draw_seed_used`)."""
    marks = {found: source for source in sources if "make" not in source and (found := mark(source))}
    for where, held in _bundles(*folders):
        if held.number == number:
            raise Refusal("draw_number_used", draw=number, folder=str(where))
        for source in held.sources:
            if (used := marks.get(mark(source) or "")) is not None:
                raise Refusal("draw_seed_used", draw=held.number, party=str(used.get("party") or used["kind"]))


def refuse_thrown(own: Path, parts: Sequence[Mapping[str, Any]]) -> None:
    """Figures of a draw that was carried out beside this one, or of another ceremony of its own.

    Raises Refusal (`draw_seed_used`), and Invalid (`draw_thrown_once`): who throws once for two ceremonies has half of the chance.
    """
    texts = [str(part.get("text")) for part in parts if part["kind"] == "text"]
    if len({*texts}) < len(texts):
        raise Invalid("draw_thrown_once")
    thrown = {str(part.get("text")) for part in parts if part["kind"] == "text"}
    for where, held in _bundles(own.resolve().parent):
        if where == own.resolve():
            continue
        with suppress(OSError, ValueError, KeyError, TypeError):  # somebody else's file decides nothing here
            for part in json.loads((where / "seed.json").read_bytes())["parts"]:
                if part["kind"] == "text" and part["text"] in thrown:
                    raise Refusal("draw_seed_used", draw=held.number, party="text")


def _bundles(*folders: Path) -> Iterator[tuple[Path, Commitment]]:
    """Every bundle one level below; what cannot be read as one is none."""
    for folder in {folder.resolve() for folder in folders}:
        for file in sorted(folder.glob("*/commit.json")):
            with suppress(OSError, Invalid):
                yield file.parent, read_commitment(file.read_bytes())
