"""Whom cases enter into daily supervision, each firm once by whatever code it comes; and how one is taken out again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import spelling
from inspector.domain.case import Case, SubjectKind
from inspector.domain.errors import Missing
from inspector.domain.person import refuse_nameless
from inspector.domain.policy import Policy
from inspector.domain.roster import RosterObject
from inspector.flows import edits, moved
from inspector.flows.history import names
from inspector.flows.members import member_of, object_id
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

TWICE = "firm_otherwise"
"""The matter of a case whose firm stands in the register by another code: one of the two was mistyped, or they are two."""
STAYS = "enrolled_stays"
"""The matter of an object that stands in the register for a case that was withdrawn while a draw had it in its frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What was taken out of a register, and what stands there in its place."""

    row: RosterObject
    stands: RosterObject | None
    cases: tuple[str, ...]


def known_as(tx: Tx, agency: str, firms: Collection[str], today: date) -> dict[str, str]:
    """By which code an agency goes, in its register and its frames, for each of these firms' codes."""
    wanted = {told for code in firms if (told := spelling.told_of(SubjectKind.FIRM, code)) is not None}
    return spelling.known_as(firms, tx.rosters.organisations(agency, wanted) if wanted else {}, today)


def code_of(tx: Tx, agency: str, kind: SubjectKind, code: str, today: date) -> str:
    """As `known_as`, for one subject of either kind."""
    return known_as(tx, agency, {code}, today)[code] if kind is SubjectKind.FIRM else code


def enrol(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Enter the subject of an exempt item or of the certificate route into daily supervision, both alike (scenario 5).

    A firm that stands there by another code is not entered again: its row is marked, and a person is told, who finds out which code is
    right. The case is what it is by either. One that was taken out of the register comes back by what the case says: what differs from
    how it last stood is an edit, as where a file brings it back (decision 162).
    """
    held = case.subject
    tx.rosters.take_turn(case.agency)
    known = code_of(tx, case.agency, held.kind, held.code, now.date())
    there = tx.rosters.standing_object(case.agency, held.kind, known) if known != held.code else None
    if there is not None:
        tx.rosters.enrol(there)
        tx.attention.open(TWICE, case.agency, case.id, {"case": case.id, "named": held.code, "held": known}, now)
        return
    row = RosterObject(
        agency=case.agency,
        kind=held.kind,
        code=held.code,
        original=held.original,
        name=held.name,
        pool=case.agency,
        warnings=held.warnings,
        unfiled=True,
        since=case.opened_at.date(),
    )
    if (stood := tx.rosters.enrol(row)) is not None:
        edits.note(office, tx, case.agency, [(stood, row)], case.sender, now)
        moved.returned(tx, case.agency, case.id, now)


def respell(office: Office, tx: Tx, before: Case, case: Case, now: datetime) -> None:
    """A firm's mistyped code was corrected in a case: the row that it has entered by that code goes on under the right one.

    So nobody is entered twice, and visits and rests go along. The row stays where another case names it so, a file has brought it in, an
    open draw has it in its frame, or its code is in order and the new one is not: then `enrol` marks it, and a person is told.
    """
    tx.rosters.take_turn(case.agency)
    tx.attention.over(f"{TWICE}:{case.id}", now)
    row = tx.rosters.standing_object(case.agency, before.subject.kind, before.subject.code)
    if row is None or not row.enrolled or not spelling.entered(before):
        return
    named = [one.id for one in tx.cases.standing_by(case.agency, row.kind, (row.code,)) if one.id != case.id]
    right = tx.rosters.standing_object(case.agency, row.kind, case.subject.code) or case.subject.code
    if named or not spelling.corrects(row, right, _frozen(office, tx, row), now.date()):
        return
    _exchange(office, tx, row, spelling.strike(row, right, (case.id,), "", now.date()), now)


def take_back(office: Office, tx: Tx, case: Case, policy: Policy, now: datetime) -> None:
    """A case that had entered its subject into daily supervision was withdrawn: what it alone had entered goes, or loses its mark."""
    held = case.subject
    tx.rosters.take_turn(case.agency)
    tx.attention.over(f"{TWICE}:{case.id}", now)
    code = code_of(tx, case.agency, held.kind, held.code, now.date())
    row = tx.rosters.standing_object(case.agency, held.kind, code)
    if row is None or not row.enrolled or cases_of(tx, row):
        return
    draw = _frozen(office, tx, row)
    decision = spelling.taken_back(case, policy, left=not row.unfiled, draw=draw)
    record(tx, case.id, decision, now, {}, kept=case.pack)
    if draw:
        tx.attention.open(STAYS, case.agency, _about(office, row), {"case": case.id, "draw": draw}, now)
    elif row.unfiled:
        tx.rosters.remove_objects(case.agency, [(row.kind.value, row.code)], now)
        moved.removed(tx, case.agency, [case.id], now)
    else:
        tx.rosters.replace(replace(row, enrolled=False))


def strike(
    office: Office, tx: Tx, agency: str, kind: SubjectKind, code: str, right: str | None, by: str, now: datetime
) -> Struck:
    """Take an object that cases have entered out of a register, or correct its code, from the next commitment on.

    Raises Missing (`object_not_in_register`), Invalid (`officer_nameless`), and Refusal as `spelling.strike` does.
    """
    refuse_nameless(by)
    tx.draws.take_turn(agency)
    tx.rosters.take_turn(agency)
    row = tx.rosters.standing_object(agency, kind, code)
    if row is None:
        raise Missing("object_not_in_register", object=code, agency=agency)
    cases = tuple(one.id for one in tx.cases.standing_by(agency, kind, _spellings(tx, row)))
    there = tx.rosters.standing_object(agency, kind, right) if right is not None else None
    draw = _frozen(office, tx, row)
    stands = spelling.strike(row, there or right, cases, draw, now.date())
    _exchange(office, tx, row, stands, now)
    if stands is None:
        moved.removed(tx, agency, cases, now)
    return Struck(row=row, stands=stands, cases=cases)


def _exchange(office: Office, tx: Tx, row: RosterObject, stands: RosterObject | None, now: datetime) -> None:
    """Write down what stands in a row's place; what was told of any of the firm's spellings is over."""
    tx.rosters.strike(row, stands.code if stands is not None else None, now)
    if stands is not None:
        tx.rosters.replace(stands)
    told = stands or row  # by now its other spellings are this row's alone, and nothing is left to find out about them
    for one in tx.cases.standing_by(row.agency, row.kind, {row.code, *_spellings(tx, told)}):
        tx.attention.over(f"{TWICE}:{one.id}", now)
    tx.attention.over(f"{STAYS}:{_about(office, row)}", now)


def cases_of(tx: Tx, row: RosterObject) -> list[str]:
    """The cases by which an object is under daily supervision: one stays so whatever a check has found."""
    return [one.id for one in tx.cases.standing_by(row.agency, row.kind, _spellings(tx, row)) if spelling.entered(one)]


def _about(office: Office, row: RosterObject) -> str:
    return f"{row.agency}:{object_id(office.secret, row.kind, row.code)}"


def _spellings(tx: Tx, row: RosterObject) -> tuple[str, ...]:
    return tx.rosters.spellings(row.agency, row.kind, row.code)


def _frozen(office: Office, tx: Tx, row: RosterObject) -> str:
    """The open draw of the agency that has an object in its frame; empty: none. A joint one may have it by a partner's code."""
    name = object_id(office.secret, row.kind, row.code)
    open_draws = [one for one in tx.draws.unfinished() if row.agency in (one.agency, *one.partners)]
    keys = [name, *sorted(names(tx, name) - {name})] if any(one.partners for one in open_draws) else [name]
    found = (
        one for one in open_draws for key in (keys if one.partners else [name]) if member_of(tx, one.number, key) is not None
    )
    return next((one.number for one in found), "")
