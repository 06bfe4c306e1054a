"""Edits of registers by imports: each one in the ledger, counted around draws, and a head's matter where one is put back.

Nothing is refused: a register may be wrong, and a correction too. Objects are named by pseudonym, so that the ledger says of nobody
what a register said for a moment, and whoever asks about one can compute it; officers by staff code, as in entries of seats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.edits import LISTED, Edit, Noted, conflict, edits, inspected, listed, put_back
from inspector.domain.identity import IdentityKind, identity_kind, pseudonym
from inspector.domain.inspection import Inspection
from inspector.domain.plan import Draw, DrawKind
from inspector.domain.roster import InspectorRecord, RosterObject
from inspector.domain.rowfile import split
from inspector.domain.spelling import party_of
from inspector.flows import holders
from inspector.flows.lists import OBJECTS, kept
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store import payload
from inspector.store.tx import Tx

RULE, UNDONE = "register.edited", "edit_undone"
"""The rule of an entry about edits of a register; the matter of edits that were put back while a draw is open which had them behind it."""
_NOBODY: Mapping[str, str] = {}
PART = 500
"""So many edits stand in one entry, some thirty kilobytes; an import of thousands has as many entries as it needs."""

Pair = tuple[RosterObject | InspectorRecord, RosterObject | InspectorRecord]


def note(
    office: Office,
    tx: Tx,
    agency: str,
    pairs: Iterable[Pair],
    by: str,
    now: datetime,
    *,
    came: Iterable[str] = (),
    went: Iterable[str] = (),
) -> None:
    """Write down what an import changes of rows (before, after), in its transaction; heads of open draws are told.

    A row that comes back stands beside the one that was taken out, or an edit could be made by way of the door. Officers who `came` into
    the register or `went` out of it are named by staff code. Called before anything else of the import is written down, so that its own
    edits are not taken for former ones.
    """
    today = office.calendar.local_date(now)
    moves = [*(listed(one, holds=True) for one in came), *(listed(one, holds=False) for one in went)]
    changed = [one for before, after in pairs for one in edits(before, after, _named(office, after), today)]
    _write(office, tx, agency, [*changed, *moves], by, now)


def note_inspections(
    office: Office, tx: Tx, agency: str, before: Iterable[Inspection], rows: Iterable[Inspection], by: str, now: datetime
) -> None:
    """Write down what an import tells of past inspections that the record, as it was `before`, does not have so.

    What stands there as the agency's own bears on the frames of all others: their heads are told, too.
    """
    held, made, ids = {one.key: one for one in before}, list[Edit](), dict[str, str]()
    for row in rows:
        who = _pseudonym(office, row.kind, row.code)
        made += inspected(held.get(row.key), row, who)
        ids[who] = object_id(office.secret, row.kind, row.code)
    _write(office, tx, agency, made, by, now, ids)


def note_conflict(office: Office, tx: Tx, agency: str, code: str, staff: str, by: str, now: datetime, *, holds: bool) -> None:
    """Write down that a conflict was declared, or ended, by whoever keeps them; the heads' own decisions are none of these.

    The object is named by a pseudonym of its code alone: a conflict is with whoever has it.
    """
    who = pseudonym(office.secret, IdentityKind.OTHER, code)
    _write(office, tx, agency, [conflict(staff, who, holds=holds)], by, now)


def told_by(office: Office, tx: Tx, agency: str, subjects: Iterable[tuple[SubjectKind, str]]) -> set[str]:
    """By whom an agency's record of past inspections of some subjects was told, as far as the ledger knows."""
    who = {_pseudonym(office, kind, code) for kind, code in subjects}
    return {one.by for one in _former(tx, agency, None) if one.edit.of_inspection and one.edit.who in who}


def lent(facts: Mapping[str, Any]) -> bool:
    """Whether an entry's edits bear on a draw in which their agency has officers alone: those of officers, and of its past inspections.

    By these, its caps and rests bar an object for all who would go there (`joining.bars`). Edits of one import are of one register.
    """
    told = (Edit(who=who, aspect=aspect, old=old, new=new) for who, aspect, old, new in facts["edits"][:1])
    return all(one.of_officer or one.of_inspection for one in told)


def _write(
    office: Office, tx: Tx, agency: str, made: Sequence[Edit], by: str, now: datetime, ids: Mapping[str, str] = _NOBODY
) -> None:
    """Write some edits down, count those that undo former ones, and tell the heads of open draws.

    `ids`: by which keys frames have the objects of past inspections, by the pseudonyms of the entry.
    """
    if not made:
        return
    draws = _draws(office, tx, _readers(office, agency, made))
    undone = put_back(made, _former(tx, agency, _since(tx, draws)), max((one.made_at for one in draws), default=None))
    parts = [made[start : start + PART] for start in range(0, len(made), PART)]
    for place, some in enumerate(parts, 1):
        counts = _counts(made, [edit for edit, _ in undone]) if place == 1 else {}
        facts = {"by": by, **counts, "part": [place, len(parts)], "edits": [one.value() for one in some]}
        because = Because(rule="register.edited", basis=(), pack="", facts=facts)
        record(tx, f"roster:{agency}", Decision(state=None, because=because), now, {})
    holders.look(office, tx, agency, made, by, now)
    if undone:
        _tell(office, tx, agency, undone, ids, by, now)


def _readers(office: Office, agency: str, made: Iterable[Edit]) -> list[str]:
    """The agencies whose frames go by what was edited: the one whose register it is, and every one by its past inspections."""
    others = {one for plan in office.plans.values() for one in plan.turns} if any(one.shared for one in made) else set()
    return sorted({agency, *others})


def _counts(made: Sequence[Edit], undone: Sequence[Edit]) -> dict[str, int]:
    """What an import's first entry says of all of it.

    Officers who came or went are told apart from rows that were edited, and again what others' frames go by (`Edit.shared`).
    """
    moves = [one for one in made if one.aspect == LISTED]
    came, shared = sum(bool(one.new) for one in moves), sum(one.shared for one in made)
    return (
        {"edited": len(made) - len(moves), "edited_back": len(undone)}
        | ({"officers_added": came, "officers_removed": len(moves) - came} if moves else {})
        | ({"shared": shared, "shared_back": sum(one.shared for one in undone)} if shared else {})
    )


def _tell(
    office: Office, tx: Tx, agency: str, undone: Sequence[tuple[Edit, Noted]], ids: Mapping[str, str], by: str, now: datetime
) -> None:
    """Heads look at each open draw of whose time an undone edit is: for its frame, or, of officers, for its seats.

    It is the head of the agency whose register was edited; and where its past inspections bar somebody in another one's frame, the head
    of that one.
    """
    for held in _open(tx, _readers(office, agency, (edit for edit, _ in undone))):
        root = tx.draws.get(held.extends) if held.extends is not None else held
        since = _former_freeze(tx, root)
        own = [(edit, one) for edit, one in undone if since is None or one.at > since]
        if agency in held.agencies and (about := [(edit, one) for edit, one in own if _bears(held, root, agency, edit, one)]):
            _add(tx, held, agency, about, by, now)
        inside = agency in held.agencies and not held.own  # a partner's whole record bars for all who share its list
        told = [(edit, one) for edit, one in own if edit.shared or (inside and edit.of_inspection)]
        told = [(edit, one) for edit, one in told if _bears(held, root, held.agency, edit, one)]
        for reader in (held.agencies if held.own else (held.agency,)) if told else ():
            here = _standing(tx, held, reader, {ids[edit.who] for edit, _ in told}) if reader != agency else set()
            if about := [(edit, one) for edit, one in told if ids[edit.who] in here]:
                _add(tx, held, reader, about, by, now)


def _bears(held: Draw, root: Draw, agency: str, edit: Edit, former: Noted) -> bool:
    """Whether an open draw had an agency's row as the former edit left it: in its frame, or, of an officer, since, for seats pass on.

    An extension draws from the objects that its root has frozen (`root`); what bars them are the past inspections of its own day. A
    second look asks for none of these.
    """
    if edit.of_officer:
        return True
    if edit.of_inspection:
        return held.kind is not DrawKind.SECOND_LOOK and former.at <= held.made_at
    return (held.own or agency == held.agency) and former.at <= root.made_at


def _standing(tx: Tx, held: Draw, agency: str, names: Collection[str]) -> set[str]:
    """Who of some stands in a frame, by whatever code of an organisation; a large frame is read and never held."""
    lines, wanted = split(tx.draws.parts(held.number, kept(held, held.list_of(agency), OBJECTS))), dict[str, set[str]]()
    for name in names:
        wanted.setdefault(party_of(name), set()).add(name)
    return set().union(*(wanted.get(party_of(line[: line.index(b"\t")].decode()), set()) for line in lines))


def _add(tx: Tx, held: Draw, agency: str, about: Sequence[tuple[Edit, Noted]], by: str, now: datetime) -> None:
    """Open the matter, or tell of more in the open one; the staff codes are told to nobody who reads of matters (`attention.facts`)."""
    staff = {edit.who for edit, _ in about if edit.of_officer}
    objects = {edit.who for edit, _ in about if not edit.of_officer}
    hands = {by, *(one.by for _, one in about)}

    def facts(told: Mapping[str, object]) -> Mapping[str, object]:
        who, rows, before = (set(payload.texts(told.get(name))) for name in ("inspectors", "objects", "by"))
        who, rows = who | staff, rows | objects
        names = {"inspectors": sorted(who), "objects": sorted(rows), "by": sorted(before | hands)}
        return {"draw": held.number, "count": len(who) + len(rows), **names}

    tx.attention.add(UNDONE, agency, f"{held.number}:{agency}", facts, now)


def _open(tx: Tx, agencies: Sequence[str]) -> list[Draw]:
    """The draws of which some agencies have a part, or a visit, still before them."""
    going = (held for agency in agencies for held in tx.draws.going(agency))
    return list({one.number: one for one in (*tx.draws.under_way(agencies), *going)}.values())


def _former_freeze(tx: Tx, held: Draw) -> datetime | None:
    """When the frame of the plan's draw before one was frozen; None where there is none before it."""
    former = tx.draws.last_drawn(held.plan, held.made_at)
    return former.made_at if former is not None else None


def _draws(office: Office, tx: Tx, agencies: Sequence[str]) -> list[Draw]:
    """The last draw of each plan of some agencies, and their open ones."""
    turns = sorted(plan.name for plan in office.plans.values() if not set(plan.turns).isdisjoint(agencies))
    return [*(one for name in turns if (one := tx.draws.last_drawn(name)) is not None), *_open(tx, agencies)]


def _since(tx: Tx, draws: Iterable[Draw]) -> datetime | None:
    """The moment of which no edit before it is looked for: the freeze before that of each of some draws.

    What was edited earlier has stood in a frame of its own, and putting it right is no edit for a moment. None, for ever, while one of
    these draws is the first of its plan, and while there is no draw at all.
    """
    before = [_former_freeze(tx, one) for one in draws]
    return min((at for at in before if at is not None), default=None) if None not in before else None


def _former(tx: Tx, agency: str, since: datetime | None) -> list[Noted]:
    """The edits of an agency's registers that the ledger has behind a moment, in order."""
    return [
        Noted(at=at, by=str(facts["by"]), edit=Edit(who=who, aspect=aspect, old=old, new=new))
        for at, facts in tx.ledger.facts((RULE,), f"roster:{agency}", since)
        for who, aspect, old, new in facts["edits"]
    ]


def _named(office: Office, row: RosterObject | InspectorRecord) -> str:
    return row.id if isinstance(row, InspectorRecord) else _pseudonym(office, row.kind, row.code)


def _pseudonym(office: Office, kind: SubjectKind, code: str) -> str:
    return pseudonym(office.secret, identity_kind(kind), code)
