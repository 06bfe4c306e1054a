"""The planned checks of a year as far as they lie beside a draw of files: whom each draw of its chain has drawn, each verified first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from inspector.cli.bundle import Bundle, json_object, judge
from inspector.cli.offline.carry import RESULT, SEED
from inspector.cli.offline.drawn import Drawn, contradicted, voided
from inspector.cli.offline.opening import WHOLE, chain, naming, published
from inspector.cli.progress import Advance, unwatched
from inspector.domain.calendar import SHANGHAI
from inspector.domain.commitment import Commitment, join, key
from inspector.domain.report import Share
from inspector.domain.seed import moment
from inspector.domain.selection import ticket


def share(drawn: Drawn, name: str, wanted: Fraction, begins: Callable[[str], Advance] = unwatched) -> Share:
    """Of what this draw, and those before it in the year that lie beside it, have drawn for the list: how much chance chose.

    A class that was to be drawn whole was chosen by nobody's chance; whoever of it a draw before has drawn is dealt anew (ruling 13),
    and is no second check. One made void, or not carried out, has drawn nothing.

    Raises Refusal (`draw_folder_contradicted`) naming a folder that `draw verify` would not accept: false figures are counted nowhere.
    """
    turns = [] if drawn.void else [_Turn.of(drawn, name)]
    for held, folders in chain(drawn.where, drawn.commitment).before:
        if _year(held) == _year(drawn.commitment) and (there := _carried_out(held, folders)) is not None:
            turns.append(_verified(there, held, name, begins))
    random = planned = 0
    for place, one in enumerate(turns):
        by_chance, every = one.counted(turns[place + 1 :])
        random, planned = random + by_chance, planned + every
    return Share(random=random, planned=planned, wanted=wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What a draw has drawn of a list: of whoever its public bundle does not name there is the ticket alone."""

    commitment: Commitment
    seed: str
    name: str
    strata: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, drawn: Drawn, name: str) -> _Turn:
        """A draw that was recomputed. Raises Refusal (`draw_folder_…`)."""
        return cls._told(drawn.commitment, drawn.finished.seed, name, drawn.finished.value())

    @classmethod
    def public(cls, bundle: Bundle, commitment: Commitment, name: str) -> _Turn:
        """A public bundle that was judged."""
        seed = join(commitment, json_object(SEED, bundle.files[SEED])["parts"])
        return cls._told(commitment, seed, name, json_object(RESULT, bundle.files[RESULT]))

    @classmethod
    def _told(cls, commitment: Commitment, seed: str, name: str, result: Mapping[str, Any]) -> _Turn:
        strata: Mapping[str, Mapping[str, Any]] = next((one["strata"] for one in result["lists"] if one["name"] == name), {})
        return cls(commitment=commitment, seed=seed, name=name, strata=strata)

    def counted(self, before: Sequence[_Turn]) -> tuple[int, int]:
        """(drawn by chance, drawn), without those who are dealt anew."""
        random = planned = 0
        for code, one in self.strata.items():
            if self.commitment.list_named(self.name).rules.strata[code].ppm != WHOLE:
                random, planned = random + int(one["k"]), planned + int(one["k"])
                continue
            again = set[str]().union(*(self._again(one["selected"], other) for other in before))
            planned += sum(_mark(entry) not in again for entry in one["selected"])
        return random, planned

    def _again(self, entries: Sequence[object], other: _Turn) -> set[str]:
        """Those of the entries whom another draw has drawn: by their ids, or by the ticket that an id named in one has in the other.

        Of two public bundles that name neither nobody can tell.
        """
        theirs = [entry for one in other.strata.values() for entry in one["selected"]]
        marks = {*map(_mark, theirs)}
        named = {entry for entry in entries if isinstance(entry, str)}
        found = {entry for entry in named if entry in marks or other.ticket(entry) in marks}
        return found | ({*map(self.ticket, (entry for entry in theirs if isinstance(entry, str)))} & {*map(_mark, entries)})

    def ticket(self, object_id: str) -> str:
        """An object's ticket in this draw."""
        return ticket(self.commitment.suite, key(self.commitment, self.seed, "draw"), object_id)


def _mark(entry: Any) -> str:
    return entry if isinstance(entry, str) else str(entry["ticket"])


def _carried_out(held: Commitment, folders: Sequence[Path]) -> Path | None:
    """The fullest folder of a draw that was carried out and stands; None where there is none."""
    there = sorted((where for where in folders if (where / RESULT).is_file()), key=published)
    for where in there:
        with naming(where):
            if voided(held, Bundle.record_in(where, held), drawn=True):
                return None
    return there[0] if there else None


def _verified(where: Path, held: Commitment, name: str, begins: Callable[[str], Advance]) -> _Turn:
    """What a folder beside has drawn, as `draw verify` would hold it. Raises Refusal, naming it, and OSError."""
    with naming(where):
        if not published(where):
            return _Turn.of(Drawn.of(where, begins), name)
        bundle = Bundle.of_folder(where)
        if judge(bundle, None, None, begins).verdict.problems:
            raise contradicted(where)
        return _Turn.public(bundle, held, name)


def _year(commitment: Commitment) -> int | None:
    made = moment(commitment.made)
    return made.astimezone(SHANGHAI).year if made is not None else None
