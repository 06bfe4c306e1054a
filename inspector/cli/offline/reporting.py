"""The report of a draw without the daemon: the daemon's, as far as the files alone can tell; what stands in none of them is left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.cli.offline.drawn import Drawn
from inspector.cli.offline.opening import WHOLE
from inspector.cli.offline.year import share
from inspector.cli.progress import Advance, unwatched
from inspector.domain import report as told
from inspector.domain.areas import areas
from inspector.domain.classes import FILES
from inspector.domain.commitment import Commitment, Rules
from inspector.domain.policy import Policy
from inspector.domain.report import Report
from inspector.domain.union import unions

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
        return FileClass(whole=self.rules.strata[stratum].ppm == WHOLE)


def report(drawn: Drawn, listed: str, pack: Policy, begins: Callable[[str], Advance] = unwatched) -> Report:
    """The report on a list, or on the first one; measured by a pack's `[report]` row. It names nobody.

    Raises Refusal (`draw_folder_…`, also of a draw before it in the year that lies beside), Invalid (`draw_no_list_of`) and OSError.
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
        share=share(drawn, name, row.random_share, begins),
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
