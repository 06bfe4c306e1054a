"""A penalty that is to be public is pushed to the province where its firm is registered, within days of its own (handbook 1.2.26).

A duty beside that of one's own register, by the same steps: owed, told with a proof, taken back with one. It follows the other: what is
not public is pushed nowhere, what falls or is stayed is taken back there too, and what is owed anew is pushed anew. The end of its days
takes nothing back there: that register was told of it, and counts by itself; what falls or is repaired behind it is taken back there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision
from inspector.domain.disclosing import ANEW, of
from inspector.domain.disclosure import Penalty
from inspector.domain.gazette import Fallen
from inspector.domain.publicationduty import CLOCKS, PublicationDuty, PublicationState, clocks, drop, recall
from inspector.domain.publish import DisclosureRow

PREFIX = "province."
"""Begins the id of such a duty; that of its consequence follows."""


def name(consequence: str) -> str:
    """The id of the duty to push a penalty."""
    return f"{PREFIX}{consequence}"


def owe(own: PublicationDuty, row: DisclosureRow, now: datetime, calendar: WorkingCalendar) -> Decision[PublicationDuty] | None:
    """The push of a penalty that was decided, counted from its decision; None where its firm is registered in no other province."""
    penalty = of(own)
    if row.elsewhere is None or not penalty.elsewhere:
        return None
    counted = due(own.formed_at, row.elsewhere, calendar)
    made = PublicationDuty(
        id=name(penalty.consequence),
        agency=own.agency,
        visit="",
        draw="",
        pack=own.pack,
        row=own.row,
        basis=row.elsewhere_basis,
        state=PublicationState.OWED,
        formed_at=own.formed_at,
        due_at=counted.at,
        due_counted=counted.counted,
        penalty=replace(penalty, ruled=None, shown=None),
        province=penalty.elsewhere,
    )
    return Decision(state=made, because=_because("province.owe", made), orders=clocks(made, now, calendar))


def follow(
    held: PublicationDuty, own: PublicationDuty, row: DisclosureRow, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty] | None:
    """What becomes of the duty of one's `own` register becomes of the push; None where that changes nothing."""
    if own.why is not None and own.state in (PublicationState.TO_REMOVE, PublicationState.REMOVED):
        return _fallen(held, own, own.why, row, now, calendar)
    state = held.state
    if own.state is PublicationState.NOT_PUBLIC and state is PublicationState.OWED:
        spared = replace(held, state=PublicationState.NOT_PUBLIC)
        return Decision(state=spared, because=_because("province.spare", spared), ends=frozenset(CLOCKS))
    if state is PublicationState.PUBLISHED and _otherwise(of(held), of(own)):
        return recall(held, Fallen.CHANGED, "", "", "rule", row, now, calendar)
    if own.state is PublicationState.NOT_PUBLIC:
        return None
    if state is PublicationState.NOT_PUBLIC:  # by the date of before, of which its clocks tell anew
        again = replace(held, state=PublicationState.OWED, turn=held.turn + 1)
        return Decision(state=again, because=_because("province.owe", again), orders=clocks(again, now, calendar))
    if state is PublicationState.REMOVED and held.why in ANEW and row.elsewhere is not None:
        counted = due(now, row.elsewhere, calendar)
        dated = replace(held, due_at=counted.at, due_counted=counted.counted, basis=row.elsewhere_basis, turn=held.turn + 1)
        owed = replace(dated, state=PublicationState.OWED, posted=None, removed=None, why=None, reason="", document="")
        return Decision(state=owed, because=_because("province.owe", owed), orders=clocks(owed, now, calendar))
    return None


def worded(held: PublicationDuty, own: PublicationDuty) -> PublicationDuty:
    """A push as it may be made: by the word that an officer has said of the penalty, whose reasons stand with the duty of one's own."""
    ruled = of(own).ruled
    return replace(held, penalty=replace(of(held), ruled=replace(ruled, reasons="") if ruled is not None else None))


def _fallen(
    held: PublicationDuty, own: PublicationDuty, why: Fallen, row: DisclosureRow, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty] | None:
    """The penalty goes from one's own register, or never comes there: neither does it stand in the other."""
    if held.state is PublicationState.PUBLISHED:
        return recall(held, why, own.reason, own.document, "rule", row, now, calendar) if why is not Fallen.LAPSED else None
    stayed = held.why is Fallen.STAYED and why is not Fallen.STAYED  # what was stayed there fell meanwhile
    if stayed or held.state in (PublicationState.OWED, PublicationState.NOT_PUBLIC):
        return drop(held, why, own.document, "rule")
    return None


def _otherwise(pushed: Penalty, own: Penalty) -> bool:
    """Whether an officer says otherwise of a penalty now than when it was pushed."""
    then, now = pushed.ruled, own.ruled
    return then is not None and now is not None and (then.public, then.kinds, then.amount) != (now.public, now.kinds, now.amount)


def _because(rule: str, held: PublicationDuty) -> Because:
    facts = {"duty": held.id, "province": held.province, "due_at": held.due_at.isoformat()}
    return Because(rule=rule, basis=(held.basis,), pack=held.pack, facts=facts)
