"""The report of a draw without the daemon: the daemon's, as far as the files alone can tell; what stands in none of them is left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from inspector.cli.bundle import Bundle
from inspector.cli.offline.carry import RESULT
from inspector.cli.offline.drawn import Drawn, voided
from inspector.cli.offline.opening import chain
from inspector.domain import report as told
from inspector.domain.areas import areas
from inspector.domain.calendar import SHANGHAI
from inspector.domain.classes import FILES
from inspector.domain.commitment import Commitment, Rules
from inspector.domain.policy import Policy
from inspector.domain.report import Report, Share
from inspector.domain.seed import moment
from inspector.domain.union import unions

_WHOLE = 1_000_000
UNTOLD = frozenset({"estimates", "imported", "joint", "leaves", "levels", "moves", "set_aside", "struck", "ticked"})
"""The parts of a report that rest on records which only the daemon keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClass:
    """A class of a plan of files: it names no level, and is drawn whole where its ratio says so."""

    whole: bool
    level: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClasses:
    """The classes of a list, by the rules that were committed to."""

    rules: Rules

    def sampling(self, stratum: str, /) -> FileClass:
        """A class by its stratum."""
        return FileClass(whole=self.rules.strata[stratum].ppm == _WHOLE)


def report(drawn: Drawn, listed: str, pack: Policy) -> Report:
    """The report on a list, or on the first one; measured by a pack's `[report]` row. It names nobody.

    Raises Refusal (`draw_folder_…`), Invalid (`draw_no_list_of`) and OSError.
    """
    result, commitment, row = drawn.finished, drawn.commitment, pack.report
    name = drawn.list_named(listed)
    one, of_list = next(held for held in result.lists if held.name == name), commitment.list_named(name)
    frame, classes, several = drawn.frames[name], FileClasses(rules=of_list.rules), len(commitment.lists) > 1
    lists = {held.name: (drawn.frames[held.name], held.strata) for held in result.lists}
    dealt = one.dealt is not None
    routes = dict.fromkeys((thing.id for thing in frame.objects), (FILES,))
    return Report(
        draw=commitment.number,
        pack=pack.label,
        row=row.row,
        basis=row.basis,
        confidence=row.confidence,
        chances=told.chances(frame, one.strata, routes, classes),
        powers=told.powers(one.strata, row),
        estimates=(),
        share=_share(drawn, name, row.random_share),
        crowds=told.crowds(frame, of_list.rules.team, row) if dealt else (),
        certain=told.certain(one.strata, classes, row),
        excluded=told.excluded(frame),
        imported=0,
        set_aside=0,
        same_organisation=_alike(commitment, name),
        few=told.left_few(frame, of_list.rules.team, row) if dealt else 0,
        after=told.followed(drawn.events[name]),
        shortages=len(one.dealt.shortages) if one.dealt else 0,
        agency=name if several else "",
        unions=unions(lists, name) if several else (),
        void=drawn.void,
        areas=areas([frame], of_list.rules.team, one.selected, drawn.events[name]),
        untold=UNTOLD,
    )


def _alike(commitment: Commitment, name: str) -> int:
    """Of how many rows it was said that they are no second code of another one's organisation (`draw announce`)."""
    lists: Iterable[Mapping[str, Any]] = json.loads(commitment.content)["lists"]
    return next((int(one.get("same_organisation", 0)) for one in lists if one["name"] == name), 0)


def _share(drawn: Drawn, name: str, wanted: Fraction) -> Share:
    """Of what this draw, and those before it in the year that lie beside it, have drawn for the list: how much chance chose.

    A class that was to be drawn whole was chosen by nobody's chance. One made void, or not carried out, has drawn nothing.
    """
    counts = [] if drawn.void else [_counted(drawn.commitment, name, drawn.finished.value())]
    for held, folders in chain(drawn.where, drawn.commitment).before:
        there = next((where for where in folders if (where / RESULT).is_file()), None)
        if there is None or _year(held) != _year(drawn.commitment) or voided(held, Bundle.record_in(there, held), drawn=True):
            continue
        counts.append(_counted(held, name, json.loads((there / RESULT).read_bytes())))
    return Share(random=sum(one for one, _ in counts), planned=sum(every for _, every in counts), wanted=wanted)


def _counted(commitment: Commitment, name: str, result: Mapping[str, Any]) -> tuple[int, int]:
    """(drawn by chance, drawn) of a list by its result; of a draw without such a list nothing."""
    rules = next((one.rules for one in commitment.lists if one.name == name), None)
    strata: Mapping[str, Any] = next((one["strata"] for one in result["lists"] if one["name"] == name), {})
    if rules is None:
        return 0, 0
    classes = FileClasses(rules=rules)
    by_chance = sum(int(one["k"]) for code, one in strata.items() if not classes.sampling(code).whole)
    return by_chance, sum(int(one["k"]) for one in strata.values())


def _year(commitment: Commitment) -> int | None:
    made = moment(commitment.made)
    return made.astimezone(SHANGHAI).year if made is not None else None
