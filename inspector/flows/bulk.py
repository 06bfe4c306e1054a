"""A whole file of cases in: every row or none. Intake itself judges each row, in a transaction undone when any row is wrong.

A very long file is judged whole first, by reading alone, and then written in parts, each of them whole. Only what another hand does in
between can stop it then; what is in stays in and is told, and the same file imported again goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from inspector.domain import admission
from inspector.domain.errors import InspectorError, Invalid
from inspector.domain.value import writings
from inspector.flows.diagnosis import of_error
from inspector.flows.importing import CaseRow, Parsed
from inspector.flows.intake import drafted, foresee, look_ahead, take
from inspector.flows.office import Office
from inspector.sheets.flaw import RowFlaw
from inspector.store.tx import Tx

STAGE = 5_000
"""Up to so many rows are one transaction. More would hold the one writer of SQLite for too long: they are all judged first."""
BATCH = 1_000
STAND_IN = "?0"
"""Stands for a code that is none, so that the rest of its row can be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of a file: cases opened, cases that were there already, and where it stopped, why. `warnings`: what is odd."""

    opened: int
    known: int
    flaws: tuple[RowFlaw, ...]
    warnings: tuple[RowFlaw, ...] = ()


class _UndoneError(Exception):
    """Rolls a transaction back on purpose."""


def load(
    office: Office,
    parsed: Parsed,
    sender: str,
    *,
    dry_run: bool,
    sign: Callable[[Tx, datetime, Loaded], None],
    step: Callable[[], None] = lambda: None,
) -> Loaded:
    """Take every row in, or none; where anything is wrong, all that is wrong is told in this one run.

    `sign` writes who did it, in the transaction of each part; `step` is called for each row judged. With `flaws`, `opened` are the
    cases of the parts before: only where a file of more than `STAGE` rows was overtaken while it was written is it not 0.
    """
    flaws, warnings = _judge(office, parsed, sender)
    wrong = {flaw.row for flaw in flaws}
    lines = [line for line in parsed.lines if line.sound and line.row not in wrong]
    if flaws:  # what only the database knows of the other rows belongs into the same answer
        others = _foresee(office, lines, sender, step)
        return Loaded(opened=0, known=0, flaws=(*flaws, *others.flaws), warnings=warnings)
    return replace(_load(office, lines, sender, dry_run=dry_run, sign=sign, step=step), warnings=warnings)


def _judge(office: Office, parsed: Parsed, sender: str) -> tuple[tuple[RowFlaw, ...], tuple[RowFlaw, ...]]:
    """(everything wrong, everything odd) that can be said by the rules, of every row and whatever else is wrong with it.

    A row that is a case already is not judged again: the rules of today were not those it came in by.
    """
    now = office.now()
    flaws, warnings = list(parsed.flaws), list(parsed.warnings)
    with office.store.read() as tx:
        held = tx.cases.digests(sender, [line.application.reference for line in parsed.lines if line.sound])
    for line in parsed.lines:
        found = list(_objections(office, line, sender, now, warnings))
        own = line.application
        known = held.get((own.agency, own.reference)) if line.sound else None
        if known is not None and known in {own.digest(), own.digest(as_sent=True)}:
            continue
        flaws += [flaw for flaw in found if flaw.column not in line.spoiled]
    return tuple(flaws), tuple(warnings)


def _objections(office: Office, line: CaseRow, sender: str, now: datetime, warnings: list[RowFlaw]) -> Iterator[RowFlaw]:
    """What intake would say of a row, all of it. Stand-ins of a row's unreadable cells are judged too; the caller leaves those out."""
    given = line.application
    try:
        policy = office.policy(given.agency, now.date())
    except InspectorError as error:
        yield of_error(line.row, error)
        return
    try:
        case = drafted(given, sender, policy, now)
    except Invalid as error:
        yield of_error(line.row, error)
        case = drafted(replace(given, subject_code=STAND_IN), sender, policy, now)
    if case.subject.warnings and case.subject.code != STAND_IN:
        facts = {"warnings": ", ".join(case.subject.warnings)}
        warnings.append(RowFlaw(row=line.row, column="subject_code", code="code_irregular", facts=facts))
    if case.subject.code not in {case.subject.original.strip(), STAND_IN}:
        warnings.append(RowFlaw(row=line.row, column="subject_code", code="code_rewritten"))
    item = policy.items.get(case.item)
    for held in case.claims:
        odd, column = admission.odd(held.claim, now.date(), item), f"claim:{held.claim.fact}"
        if admission.ClaimWarning.AHEAD in odd:
            facts = {"on": held.claim.on.isoformat(), "today": now.date().isoformat()}
            warnings.append(RowFlaw(row=line.row, column=column, code="claim_ahead", facts=facts))
        if item is not None and admission.ClaimWarning.UNLISTED in odd:
            known = ", ".join(writings(value)[0] for value in item.fact(held.claim.fact).values)
            warnings.append(
                RowFlaw(row=line.row, column=column, code="claim_unlisted", facts={"value": held.claim.value, "known": known})
            )
    yield from (of_error(line.row, error) for error in admission.objections(case, policy, now))


def _load(
    office: Office,
    lines: Sequence[CaseRow],
    sender: str,
    *,
    dry_run: bool,
    sign: Callable[[Tx, datetime, Loaded], None],
    step: Callable[[], None],
) -> Loaded:
    """Sound rows in, in one transaction or staged."""
    staged = len(lines) > STAGE
    if staged or dry_run:
        judged = _foresee(office, lines, sender, step)
        if judged.flaws or dry_run:
            return judged
    written = Loaded(opened=0, known=0, flaws=())
    for batch in _batches(lines) if staged else [lines]:
        written = _sum([written, _take(office, batch, sender, step, sign)])
        if written.flaws:
            break
    return written


def _batches(lines: Sequence[CaseRow]) -> Iterator[Sequence[CaseRow]]:
    return (lines[start : start + BATCH] for start in range(0, len(lines), BATCH))


def _foresee(office: Office, lines: Sequence[CaseRow], sender: str, step: Callable[[], None]) -> Loaded:
    """What would come of rows; nothing is written, and nobody who writes waits for it."""
    flaws: list[RowFlaw] = []
    opened = 0
    for batch in _batches(lines):
        with office.store.read() as tx:
            now = office.now()
            look_ahead(office, tx, [line.application for line in batch], sender, now)
            for line in batch:
                step()
                try:
                    opened += foresee(office, tx, line.application, sender, now)
                except InspectorError as error:
                    flaws.append(of_error(line.row, error))
    return Loaded(opened=0 if flaws else opened, known=0 if flaws else len(lines) - opened, flaws=tuple(flaws))


def _take(
    office: Office,
    lines: Sequence[CaseRow],
    sender: str,
    step: Callable[[], None],
    sign: Callable[[Tx, datetime, Loaded], None],
) -> Loaded:
    """One transaction of rows; undone when any row is wrong."""
    flaws: list[RowFlaw] = []
    opened = 0
    try:
        with office.store.begin() as tx:
            now = office.now()
            look_ahead(office, tx, [line.application for line in lines], sender, now)
            for line in lines:
                step()
                try:
                    opened += take(office, tx, line.application, sender, now).new
                except InspectorError as error:
                    flaws.append(of_error(line.row, error))
            if flaws:
                _undo()
            made = Loaded(opened=opened, known=len(lines) - opened, flaws=())
            sign(tx, now, made)
            return made
    except _UndoneError:
        return Loaded(opened=0, known=0, flaws=tuple(flaws))


def _undo() -> NoReturn:
    raise _UndoneError


def _sum(parts: Sequence[Loaded]) -> Loaded:
    return Loaded(
        opened=sum(part.opened for part in parts),
        known=sum(part.known for part in parts),
        flaws=tuple(flaw for part in parts for flaw in part.flaws),
    )
