"""A later edition of the public register: of the one that was posted last, what still stands is neither read from the database nor written.

The posted files are their own record. The ledger's last posting names their list by its digest, and a file that is read here is held to
that list; of the database it is asked where each duty stands, and only what has moved since is read, with the lines on its pages. Where
anything differs from what was posted (another list, other words or forms of the pages, an altered file), or a case's words were let go
by their retention, the register is built whole.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import overload

from inspector.domain import manifest
from inspector.domain.gazette import Line
from inspector.domain.publicationduty import LEAD, PublicationState
from inspector.domain.taking import PURGED
from inspector.flows import affix, printed, shown
from inspector.flows.gazette import TOGETHER, Gathered, Making
from inspector.flows.office import Office
from inspector.store.publications import Standing

_RESULTS = "data/results-"
_LINES = ".jsonl"
_SLOWEST = timedelta(days=1)
"""Whoever lets words go is never so long about it, nor whoever builds a register about posting it."""
_STATES = 10_000
"""Of so many duties it is asked at once where they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What was posted last: the ids of its lines in their order, which of them stand, which name nobody, which were taken back.

    `told`: draw, agency and what was found of those that stand; `sums`: every file's digest. Ids are as they stand in it (`by_duty`).
    """

    order: tuple[str, ...]
    removed: frozenset[str]
    unnamed: frozenset[str]
    standing: frozenset[str]
    told: Mapping[str, tuple[str, str, str]]
    sums: Mapping[str, str]

    def by_duty(self, names: Mapping[str, str]) -> Edition:
        """The same by the ids of its duties: `names` tells these by the number under which one stands."""
        return replace(
            self,
            order=tuple(names.get(one, one) for one in self.order),
            removed=frozenset(names.get(one, one) for one in self.removed),
            unnamed=frozenset(names.get(one, one) for one in self.unnamed),
            standing=frozenset(names.get(one, one) for one in self.standing),
            told={names.get(one, one): told for one, told in self.told.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """An edition after a former one: the register as it is to stand, and what of the former one's pages still stands."""

    former: Edition
    gathered: Gathered
    dirty: Sequence[int]

    def same(self, start: int, stop: int) -> bool:
        """Whether the lines from `start` and before `stop` are the former one's, and whether others follow them is as it was."""
        now, was = len(self.gathered.order), len(self.former.order)
        at = bisect_left(self.dirty, start)
        clean = at == len(self.dirty) or self.dirty[at] >= stop
        return clean and min(stop, now) == min(stop, was) and (stop < now) == (stop < was)


class Leaves(Sequence[Line]):
    """The lines of a register, of which only those are read that somebody asks for."""

    def __init__(
        self, order: Sequence[str], known: Mapping[str, Line], read: Callable[[Sequence[str]], Mapping[str, Line]]
    ) -> None:
        self._order = order
        self._known = dict(known)
        self._read = read

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        names = self._order[place] if isinstance(place, slice) else [self._order[place]]
        if lacking := [one for one in names if one not in self._known]:
            self._known |= self._read(lacking)
        told = [self._known[one] for one in names]
        return told if isinstance(place, slice) else told[0]


def last(office: Office, folder: Path, look: str) -> Edition | None:
    """The edition whose files lie in a folder; None unless it is the one that was posted last, by pages that look so.

    None as well where the words of a case were let go since: what was public of it is public no more, and its duty says so alone.
    """
    with office.store.read() as tx:
        if (held := affix.posted(tx)) is None or tx.ledger.any_behind(PURGED, held[0], _SLOWEST):
            return None
    said = held[1]
    try:
        listed = (folder / manifest.MANIFEST).read_bytes()
        if said.get("look") != look or said["manifest"] != manifest.digest(listed):
            return None
        sums = manifest.read(listed)
        lines = list(_lines(folder, sums))
    except (OSError, ValueError, KeyError):
        return None
    removed = frozenset(str(one["id"]) for one in lines if "removed_on" in one)
    order = tuple(str(one["id"]) for one in lines)
    return Edition(
        order=order,
        removed=removed,
        standing=frozenset(order) - removed,
        told={
            str(one["id"]): (str(one["draw"]), str(one["agency"]), str(one["found"])) for one in lines if "removed_on" not in one
        },
        unnamed=frozenset(str(one["id"]) for one in lines if "removed_on" not in one and "name" not in one),
        sums=sums,
    )


def later(office: Office, now: datetime, former: Edition) -> Later | None:
    """The register as it is to stand after a former edition, with what may become public now; None where it has to be built whole.

    Raises Refusal: `shadow_silent` in a house that runs in shadow, `publication_contradicted` where a line is not what the ledger tells.
    """
    office.earnest()
    rows = list(_states(office))
    printed_as = dict(zip(former.order, former.order, strict=True))
    if any(one.startswith(shown.NUMBER) for one in former.order):
        names = {shown.number(office, one.id): one.id for one in rows}
        printed_as = {names.get(one, one): one for one in former.order}
        former = former.by_duty(names)
    moved = {one.id for one in rows if not _stands(one, former)}
    groups = {(one.draw, one.agency) for one in rows if one.id in moved}
    wanted = moved | {one.id for one in rows if one.id in former.unnamed and (one.draw, one.agency) in groups}
    made = Making(office=office, now=now, post=True)
    for some in _parts(sorted(wanted)):
        with office.store.read() as tx:
            made.take(tx, tx.publications.these(some))
            made.take_leads(tx, tx.publications.these_leads([one for one in some if one.startswith(LEAD)]))
    made.close()
    for one in rows:
        if one.id in former.told and one.id not in wanted:
            made.stands(*former.told[one.id])
        elif one.id in former.removed and one.id not in wanted:
            made.stands(one.draw, office.tree[one.agency].name if one.agency in office.tree else one.agency, None)
    before = {*former.order}
    known = {line.id: line for _, line in made.held}
    stays = [one for one in former.order if one not in wanted or one in known]
    coming = sorted((at, line.public, line.id) for at, line in made.held if line.id not in before)
    if not before <= {one.id for one in rows} or (
        coming and stays and coming[0] <= _place(office, stays[-1], printed_as[stays[-1]])
    ):
        return None
    order = (*stays, *(name for _, _, name in coming))
    left = sum(one in former.removed and one not in wanted for one in stays)
    dirty = [
        place for place, one in enumerate(order) if one in wanted or place >= len(former.order) or former.order[place] != one
    ]

    def read(names: Sequence[str]) -> dict[str, Line]:
        found: dict[str, Line] = {}
        for some in _parts(names):
            with office.store.read() as tx:
                visited = tx.publications.these(some)
                kept = tx.publications.these_leads([one for one in some if one.startswith(LEAD)])
                suspected = printed.suspects(tx, [duty for duty, _ in (*visited, *kept)])
                found |= {duty.id: made.stood(tx, duty, of) for duty, of in visited}
                found |= {duty.id: made.stood_of(duty) for duty, _ in kept}
            printed.refuse(office, suspected)
        return found

    gathered = made.gathered(Leaves(order, known, read), order, left + sum(one.removed is not None for one in known.values()))
    return Later(former=former, gathered=gathered, dirty=dirty)


def _stands(one: Standing, former: Edition) -> bool:
    """Whether a duty stands as the former edition has it: what was opened to all stays open, and a line that was public is kept."""
    match one.state:
        case PublicationState.PUBLISHED:
            return one.id in former.standing
        case PublicationState.REMOVED:
            return one.id in former.removed
        case _:
            return False


def _states(office: Office) -> Iterator[Standing]:
    after = ""
    while True:
        with office.store.read() as tx:
            part = tx.publications.standing(after, _STATES)
        yield from part
        if len(part) < _STATES:
            return
        after = part[-1].id


def _place(office: Office, duty: str, public: str) -> tuple[datetime, str, str]:
    """Where a public line stands among the others."""
    with office.store.read() as tx:
        posted = tx.publications.get(duty).posted
    assert posted is not None, "what is public was posted"
    return posted.at, public, duty


def _lines(folder: Path, sums: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """The lines of a folder as programs read them, in their order. Raises OSError, ValueError for a file that was altered."""
    for name in sorted(one for one in sums if one.startswith(_RESULTS) and one.endswith(_LINES)):
        content = (folder / name).read_bytes()
        if manifest.digest(content) != sums[name]:
            raise ValueError(name)
        yield from (json.loads(line) for line in content.splitlines())


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), TOGETHER):
        yield names[start : start + TOGETHER]
