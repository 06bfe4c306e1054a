"""The public register built from the duties to publish: what is public, what may become so now, what is taken back (`domain.gazette`).

Files first, then the word that they are public: whoever is broken off between the two builds the same files again and says it then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from inspector import gazette
from inspector.domain.case import Outcome, SubjectKind
from inspector.domain.checkcode import CodeRow
from inspector.domain.gazette import CheckResult, Line, coded, found
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.visit import Visit
from inspector.flows import publication
from inspector.flows.checksheets import on_sheet
from inspector.flows.embargo import awaited
from inspector.flows.fieldnotes import field_of
from inspector.flows.office import Office
from inspector.flows.publish import closed_until
from inspector.store.tx import Tx

_TOGETHER = 1_000
_SAID = 200
"""So many words that something is public are written in one transaction."""

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The register as it is to stand. `fresh` come in, `gone` go out; `withheld` wait for an officer, or for the visits of their draw."""

    lines: tuple[Line, ...]
    fresh: tuple[str, ...]
    gone: tuple[str, ...]
    withheld: int


def gather(office: Office, now: datetime, *, post: bool, advance: Advance = lambda _count: None) -> Gathered:
    """Every line, in the order in which they became public; with `post` also what may become so now, behind all others.

    Raises Refusal (`shadow_silent`) in a house that runs in shadow.
    """
    office.earnest()
    held: list[tuple[datetime, Line]] = []
    fresh, gone, withheld, after = [], [], 0, ""
    closed: dict[str, bool] = {}
    noted: dict[str, set[str]] = {}
    while True:
        with office.store.read() as tx:
            part = tx.publications.with_visits(after, _TOGETHER)
            outcomes = tx.cases.standing([case for _, visit in part for case in visit.case_ids])
            for duty, visit in part:
                if duty.state is PublicationState.REMOVED and duty.posted is None:
                    continue  # its decision fell before it was public: it never stood here
                cases = {case: (outcomes[case][2], _outcome(outcomes[case][1])) for case in visit.case_ids if case in outcomes}
                came = found(visit, duty.agency, cases)
                owed = duty.state is PublicationState.OWED
                waits = owed or duty.state is PublicationState.PUBLISHED
                if (owed and came is None) or (waits and _closed(office, tx, duty.draw, now, closed)):
                    withheld += 1
                    continue
                if owed and not post:
                    continue
                goes = post and duty.state is PublicationState.TO_REMOVE
                fresh += [duty.id] if owed else []
                gone += [duty.id] if goes else []
                line = _line(office, duty, visit, came or CheckResult.UNCLEAR, now, goes=goes)
                if not line.removed:
                    line = replace(line, codes=_codes(office, tx, duty, visit, line.found, noted))
                held.append((duty.posted.at if duty.posted else now, line))
        if len(part) < _TOGETHER:
            break
        after = part[-1][0].id
        advance(len(held))
    held.sort(key=lambda one: (one[0], one[1].id))
    return Gathered(lines=tuple(line for _, line in held), fresh=tuple(fresh), gone=tuple(gone), withheld=withheld)


def write(folder: Path, files: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write what has changed, each file whole; (written, left as they were). Raises OSError."""
    written = left = 0
    for name, content in files:
        path = folder / name
        if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
            left += 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        new.write_bytes(content)
        new.replace(path)
        written += 1
    return written, left


def say(office: Office, gathered: Gathered, base: str, by: str, now: datetime) -> None:
    """A named person says that what was written is public at an address, and that what is gone is gone."""
    places = {line.id: f"{base.rstrip('/')}/{gazette.place(index, line)}" for index, line in enumerate(gathered.lines)}
    today = office.calendar.local_date(now)
    for ids, said in ((gathered.fresh, publication.publish), (gathered.gone, publication.remove)):
        for start in range(0, len(ids), _SAID):
            with office.store.begin() as tx:
                for duty in ids[start : start + _SAID]:
                    said(office, tx, duty, today, places[duty], by, now)


def _codes(
    office: Office, tx: Tx, duty: PublicationDuty, visit: Visit, came: CheckResult, noted: dict[str, set[str]]
) -> tuple[CodeRow, ...]:
    """What the check sheet of the agency's own team says beside its result, where there is one."""
    if duty.agency not in noted:
        noted[duty.agency] = tx.fieldnotes.noted(duty.agency)
    if visit.id not in noted[duty.agency]:
        return ()
    codes, _ = on_sheet(office, tx, visit, duty.agency)
    return coded(came, field_of(office, tx, visit, duty.agency).gathered.sheet, codes)


def _outcome(told: str | None) -> Outcome | None:
    return Outcome(told) if told else None


def _closed(office: Office, tx: Tx, number: str, now: datetime, known: dict[str, bool]) -> bool:
    """Whether a draw's embargo still holds: who was drawn with this one is not to be read off the register."""
    if number not in known:
        known[number] = closed_until(office, tx.draws.get(number), awaited(tx, number), now) is not None
    return known[number]


def _line(office: Office, duty: PublicationDuty, visit: Visit, came: CheckResult, now: datetime, *, goes: bool) -> Line:
    named = visit.kind is SubjectKind.FIRM and office.book.get(duty.pack).publish.firms
    today = office.calendar.local_date(now)
    over = goes or duty.state is PublicationState.REMOVED
    return Line(
        id=duty.id,
        draw=duty.draw,
        agency=office.tree[duty.agency].name if duty.agency in office.tree else duty.agency,
        check=visit.check,
        name=visit.name if named else "",
        code=visit.code if named else "",
        formed_on=office.calendar.local_date(duty.formed_at),
        posted_on=duty.posted.on if duty.posted else today,
        found=came,
        removed=duty.reason if over else "",
        removed_on=(duty.removed.on if duty.removed else today) if over else None,
    )
