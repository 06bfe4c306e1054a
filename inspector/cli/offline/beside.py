"""The bundles that lie beside one: as far as a laptop can see, no number, secret or throw is used twice, and no commitment left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.seed import mark
from inspector.domain.verify import unaccounted
from inspector.sheets.flaw import RowFlaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The folders that were looked through, the bundles in them by their folder, and what could not be read as one."""

    folders: tuple[Path, ...] = ()
    bundles: tuple[tuple[Path, Commitment], ...] = ()
    unread: tuple[Path, ...] = ()

    @property
    def newest(self) -> tuple[Commitment, ...]:
        """Those that no other one follows: the next draw of a register has the C of its newest as `prev` (draw-protocol 7.9, step 7)."""
        followed = {held.prev for _, held in self.bundles}
        return tuple(held for _, held in self.bundles if held.c not in followed)

    def lacking(self, number: str) -> list[str]:
        """The running numbers from 1 on that neither a bundle nor the new draw has, as `first` or `first … last`."""
        return unaccounted([number, *(held.number for _, held in self.bundles)], whole=True)


def look(*folders: Path) -> Beside:
    """Every bundle one level below the folders, and no deeper."""
    looked = tuple(sorted({folder.resolve() for folder in folders}))
    found, unread = [], []
    for file in (file for folder in looked for file in sorted(folder.glob("*/commit.json"))):
        try:
            found.append((file.parent, read_commitment(file.read_bytes())))
        except (OSError, Invalid):
            unread.append(file.parent)
    return Beside(folders=looked, bundles=tuple(found), unread=tuple(unread))


def odd(held: Beside, number: str) -> list[RowFlaw]:
    """What is to be said aloud: numbers that nothing here has, though others around them do (7.4), and folders that cannot be read."""
    gaps = held.lacking(number)
    told = [RowFlaw(row=0, column="draw", code="draw_numbers_lack", facts={"numbers": ", ".join(gaps)})] if gaps else []
    unread = [RowFlaw(row=0, column="draw", code="bundle_beside_unread", facts={"folder": str(folder)}) for folder in held.unread]
    return [*told, *unread]


def refuse_announced(held: Beside, number: str, sources: Sequence[Mapping[str, Any]]) -> None:
    """A number, or a party's hash, that a bundle has. Raises Refusal (`draw_number_used`, `draw_seed_used`)."""
    marks = {found: source for source in sources if "make" not in source and (found := mark(source))}
    for where, one in held.bundles:
        if one.number == number:
            raise Refusal("draw_number_used", draw=number, folder=str(where))
        for source in one.sources:
            if (used := marks.get(mark(source) or "")) is not None:
                raise Refusal("draw_seed_used", draw=one.number, party=str(used.get("party") or used["kind"]))


def refuse_unchained(held: Beside, prev: str | None, *, other: bool) -> None:
    """A `prev` that is not the newest C there is: a verifier would find a gap, or a fork as where a commitment was kept back (7.9, step 7).

    `other`: somebody says that the bundles are of another register, so that the draw follows none of them; a fork is none the less one.
    Raises Refusal (`draw_prev_forks`, `draw_prev_not_newest`).
    """
    newest = ", ".join(f"{one.c} ({one.number})" for one in held.newest)
    for _, one in held.bundles:
        if prev is not None and one.prev == prev:
            raise Refusal("draw_prev_forks", prev=prev, draw=one.number, newest=newest)
    if held.bundles and not other and prev not in {one.c for one in held.newest}:
        raise Refusal("draw_prev_not_newest", prev=prev or "—", newest=newest)


def refuse_thrown(own: Path, parts: Sequence[Mapping[str, Any]]) -> None:
    """Figures of a draw that was carried out beside this one, or of another ceremony of its own.

    Raises Refusal (`draw_seed_used`), and Invalid (`draw_thrown_once`): who throws once for two ceremonies has half of the chance.
    """
    texts = [str(part.get("text")) for part in parts if part["kind"] == "text"]
    if len({*texts}) < len(texts):
        raise Invalid("draw_thrown_once")
    thrown = {str(part.get("text")) for part in parts if part["kind"] == "text"}
    for where, held in look(own.resolve().parent).bundles:
        if where == own.resolve():
            continue
        with suppress(OSError, ValueError, KeyError, TypeError):  # somebody else's file decides nothing here
            for part in json.loads((where / "seed.json").read_bytes())["parts"]:
                if part["kind"] == "text" and part["text"] in thrown:
                    raise Refusal("draw_seed_used", draw=held.number, party="text")
