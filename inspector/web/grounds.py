"""Where a piece of evidence is read by whoever decides: the letter or the self-proof that it is of, and the files that came with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspector.flows import spotwords
from inspector.flows.explain import Explanation
from inspector.flows.spot import person, takers
from inspector.labels import Lang
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The way to what a piece rests on: `kind` names its page (a label of `grounds`; empty: none of its own), `files` each a file.

    `takers`: who took each of them, where they are photos of a visit.
    """

    kind: str
    page: str
    files: tuple[str, ...]
    takers: tuple[str, ...] = ()


NOWHERE = Ground(kind="", page="", files=())
"""What a source has answered: its words are all there is."""


def spotted(why: Explanation, lang: Lang) -> dict[str, object]:
    """What a page needs to show what came from the spot (`spot.html`)."""
    return {"why": why, "spot_lines": lambda one: spotwords.lines(one, lang)}


def grounds(tx: Tx, case_id: str, agency: str, ids: Iterable[str]) -> Mapping[str, Ground]:
    """For each piece of evidence of a case the way to what it rests on, by its id."""
    letters = {f"assist:{one.id}": one.id for one in tx.assistance.of_case(case_id)}
    proofs = {f"self_proof:{one.id}": one for one in tx.selfproofs.of_case(case_id)}
    visits = {f"visit:{one.id}:{case_id}": one.id for one in tx.visits.of_case(case_id)}
    known = frozenset(ids)
    photos = {one: tx.fieldnotes.photos(one, agency) for one in visits.values()}
    notes = {one: tx.fieldnotes.notes(one, agency) if photos[one] else [] for one in photos}

    def of(piece: str) -> Ground:
        before = [piece[:at] for at, sign in enumerate(piece) if sign == ":"] + [piece]
        if (letter := next((letters[one] for one in before if one in letters), None)) is not None:
            return Ground(kind="letter", page=f"/requests/{letter}", files=())
        if (proof := next((proofs[one] for one in before if one in proofs), None)) is not None:
            files = tuple(f"/proofs/{proof.id}/materials/{one.digest}" for one in proof.materials)
            return Ground(kind="proof", page=f"/proofs/{proof.id}", files=files)
        if (visit := next((one for one in before if one in visits), None)) is not None:
            held = visits[visit]
            mine = [one for one in photos[held] if one.case_id in (case_id, "")]
            mine = [one for one in mine if not one.claim or f"{piece}:".startswith(f"{visit}:{one.claim}:")]
            told = dict.fromkeys((one.digest, one.inspector) for one in takers(mine, notes[held], visit, piece, known))
            return Ground(
                kind="",
                page="",
                files=tuple(f"/review/{case_id}/photos/{digest}" for digest, _ in told),
                takers=tuple(person(tx, agency, by) for _, by in told),
            )
        return NOWHERE

    return {one: of(one) for one in known}
