"""Edits of registers by imports: each one in the ledger, counted around draws, and a head's matter where one is put back.

Nothing is refused: a register may be wrong, and a correction too. Objects are named by pseudonym, so that the ledger says of nobody
what a register said for a moment, and whoever asks about one can compute it; officers by staff code, as in entries of seats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.edits import Edit, Noted, conflict, edits, inspected, put_back
from inspector.domain.identity import IdentityKind, identity_kind, pseudonym
from inspector.domain.inspection import Inspection
from inspector.domain.plan import Draw
from inspector.domain.roster import InspectorRecord, RosterObject
from inspector.flows import holders
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store import payload
from inspector.store.tx import Tx

RULE, UNDONE = "register.edited", "edit_undone"
"""The rule of an entry about edits of a register; the matter of edits that were put back while a draw is open which had them behind it."""
PART = 500
"""So many edits stand in one entry, some thirty kilobytes; an import of thousands has as many entries as it needs."""

Pair = tuple[RosterObject | InspectorRecord, RosterObject | InspectorRecord]


def note(office: Office, tx: Tx, agency: str, pairs: Iterable[Pair], by: str, now: datetime) -> None:
    """Write down what an import changes of rows that stay (before, after), in its transaction; heads of open draws are told.

    Called before anything else of the import is written down, so that its own edits are not taken for former ones.
    """
    today = office.calendar.local_date(now)
    _write(
        office,
        tx,
        agency,
        [one for before, after in pairs for one in edits(before, after, _named(office, after), today)],
        by,
        now,
    )


def note_inspections(
    office: Office, tx: Tx, agency: str, before: Iterable[Inspection], rows: Iterable[Inspection], by: str, now: datetime
) -> None:
    """Write down what an import tells of past inspections that the record, as it was `before`, does not have so."""
    held = {one.key: one for one in before}
    made = [one for row in rows for one in inspected(held.get(row.key), row, _pseudonym(office, row.kind, row.code))]
    _write(office, tx, agency, made, by, now)


def note_conflict(office: Office, tx: Tx, agency: str, code: str, staff: str, by: str, now: datetime, *, holds: bool) -> None:
    """Write down that a conflict was declared, or ended, by whoever keeps them; the heads' own decisions are none of these.

    The object is named by a pseudonym of its code alone: a conflict is with whoever has it.
    """
    who = pseudonym(office.secret, IdentityKind.OTHER, code)
    _write(office, tx, agency, [conflict(staff, who, holds=holds)], by, now)


def of_staff(facts: Mapping[str, Any]) -> bool:
    """Whether an entry's edits are of officers; those of one import are of one register."""
    return all(Edit(who=who, aspect=aspect, old=old, new=new).of_officer for who, aspect, old, new in facts["edits"][:1])


def _write(office: Office, tx: Tx, agency: str, made: Sequence[Edit], by: str, now: datetime) -> None:
    """Write some edits down, count those that undo former ones, and tell the heads of open draws."""
    if not made:
        return
    undone = put_back(made, _former(tx, agency, _since(office, tx, agency)))
    parts = [made[start : start + PART] for start in range(0, len(made), PART)]
    for place, some in enumerate(parts, 1):
        counts = {"edited": len(made), "edited_back": len(undone)} if place == 1 else {}
        facts = {"by": by, **counts, "part": [place, len(parts)], "edits": [one.value() for one in some]}
        because = Because(rule="register.edited", basis=(), pack="", facts=facts)
        record(tx, f"roster:{agency}", Decision(state=None, because=because), now, {})
    holders.look(office, tx, agency, made, by, now)
    if undone:
        _tell(tx, agency, undone, by, now)


def _tell(tx: Tx, agency: str, undone: Sequence[tuple[Edit, Noted]], by: str, now: datetime) -> None:
    """The head of the agency looks at each open draw of whose time an undone edit is: for its frame, or, of officers, for its seats.

    An extension draws from the objects that its root has frozen.
    """
    for held in _open(tx, agency):
        root = tx.draws.get(held.extends) if held.extends is not None else held
        since = _former_freeze(tx, root)
        own = [(edit, one) for edit, one in undone if since is None or one.at > since]
        about = [(edit, one) for edit, one in own if edit.of_officer or one.at <= root.made_at]
        if about:
            _add(tx, held, agency, about, by, now)


def _add(tx: Tx, held: Draw, agency: str, about: Sequence[tuple[Edit, Noted]], by: str, now: datetime) -> None:
    """Open the matter, or tell of more in the open one; the staff codes are told to nobody who reads of matters (`attention.facts`)."""
    staff = {edit.who for edit, _ in about if edit.of_officer}
    objects = {edit.who for edit, _ in about if not edit.of_officer}
    hands = {by, *(one.by for _, one in about)}

    def facts(told: Mapping[str, object]) -> Mapping[str, object]:
        who, rows, before = (set(payload.texts(told.get(name))) for name in ("inspectors", "objects", "by"))
        who, rows = who | staff, rows | objects
        kept = {"inspectors": sorted(who), "objects": sorted(rows), "by": sorted(before | hands)}
        return {"draw": held.number, "count": len(who) + len(rows), **kept}

    tx.attention.add(UNDONE, agency, f"{held.number}:{agency}", facts, now)


def _open(tx: Tx, agency: str) -> list[Draw]:
    """The draws of which an agency has a part, or a visit, still before it."""
    return list({one.number: one for one in (*tx.draws.under_way([agency]), *tx.draws.going(agency))}.values())


def _former_freeze(tx: Tx, held: Draw) -> datetime | None:
    """When the frame of the plan's draw before one was frozen; None where there is none before it."""
    former = tx.draws.last_drawn(held.plan, held.made_at)
    return former.made_at if former is not None else None


def _since(office: Office, tx: Tx, agency: str) -> datetime | None:
    """The moment of which no edit before it is looked for: the freeze before that of each plan's last draw, and of each open one.

    What was edited earlier has stood in a frame of its own, and putting it right is no edit for a moment. None, for ever, while one of
    these draws is the first of its plan, and while there is no draw at all.
    """
    turns = sorted(plan.name for plan in office.plans.values() if agency in plan.turns)
    last = (one for name in turns if (one := tx.draws.last_drawn(name)) is not None)
    before = [_former_freeze(tx, one) for one in (*last, *_open(tx, agency))]
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
