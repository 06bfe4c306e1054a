"""An agency's chain of draws, by the folders of earlier ones: what each says of itself, and whether a number lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.bundle import Bundle, Opinion, void_of
from inspector.domain import voidrecord
from inspector.domain.audit import AuditLine
from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid
from inspector.domain.strict import is_text
from inspector.domain.verify import chained

if TYPE_CHECKING:
    from inspector.domain.plan import Draw
    from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier draw's folder says of the chain: its commitment, if one was made, and why it is void, if it is.

    `lacks`: what the record of the void lacks beside its commitment (7.12); before one is made there is no outcome to know.
    """

    number: str
    commitment: Commitment | None
    void: str
    lacks: tuple[str, ...] = ()


def earlier_in(folder: Path) -> Earlier:
    """An earlier draw: of its bundle commit.json is enough; one void before it was committed to has its record alone.

    Raises Invalid (`bundle_incomplete`, `bundle_unreadable`) and OSError.
    """
    file = folder / "commit.json"
    made = read_commitment(file.read_bytes()) if file.is_file() else None
    told = Bundle.record_in(folder, made)
    void, _ = void_of(told)
    if made is not None:
        lacks = voidrecord.wanting(made, told, drawn=(folder / "result.json").is_file()) if void else ()
        return Earlier(number=made.number, commitment=made, void=void, lacks=lacks)
    if not void or not is_text(told.get("draw")) or told.get("w") is not None:
        raise Invalid("bundle_incomplete", folder=str(folder), file=file.name)
    return Earlier(number=str(told["draw"]), commitment=None, void=void)


def earlier_of(tx: Tx, held: Draw) -> list[Earlier]:
    """What the house itself has of the chain that a draw follows: the commitments behind it, and the voids before one was made."""
    made = {one.c: one for one in map(read_commitment, tx.draws.commitments(held.agency).values())}
    found, at = list[Earlier](), held.prev
    while at is not None and at in made:
        one = made.pop(at)
        found.append(Earlier(number=one.number, commitment=one, void=tx.draws.get(one.number).void_reason or ""))
        at = one.prev
    numbers = list(dict.fromkeys(line.draw for line in tx.register.of_agency(held.agency)))
    for number in numbers[: numbers.index(held.number)] if held.number in numbers else ():
        if (one_ := tx.draws.get(number)).c is None and one_.void_reason:
            found.append(Earlier(number=number, commitment=None, void=one_.void_reason))
    return found


def follow(opinion: Opinion, earlier: Sequence[Earlier]) -> Opinion:
    """The opinion with the agency's chain followed through earlier draws, the void ones too (7.9, step 7)."""
    made = [one.commitment for one in earlier if one.commitment is not None]
    problems, remarks = chained(opinion.commitment, made, {one.number: one.void for one in earlier if one.void})
    remarks += [
        AuditLine(code="draw.chain_void_lacks", facts={"draw": one.number, "lacks": ", ".join(one.lacks)}, grave=True)
        for one in earlier
        if one.lacks
    ]
    verdict = opinion.verdict
    alone = ("draw.prev_unchecked", "draw.numbers_before", "draw.number_first")
    kept = tuple(one for one in verdict.remarks if one.code not in alone)
    verdict = replace(
        verdict,
        holds=verdict.holds and not problems,
        problems=(*verdict.problems, *problems),
        remarks=(*kept, *remarks),
    )
    return replace(opinion, verdict=verdict)
