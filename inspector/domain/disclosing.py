"""The duty to publish a penalty: owed by its decision, ruled on by an officer, public until its last day (`disclosure`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.consequence import Consequence
from inspector.domain.creditlaw import PublicityRow
from inspector.domain.decision import Because, Decision
from inspector.domain.disclosure import Disclosed, Penalty, PenaltyKind, PenaltyLine
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.gazette import Fallen
from inspector.domain.person import refuse_nameless
from inspector.domain.publicationduty import CLOCKS, OWN, PublicationDuty, PublicationState, clocks, posted, stands, word_late
from inspector.domain.publish import DisclosureRow

_AMOUNTS = frozenset({PenaltyKind.FINE, PenaltyKind.CONFISCATION})
"""Kinds that have an amount; a fine always has one."""

ANEW = frozenset({Fallen.STAYED, Fallen.MISTAKE, Fallen.CHANGED})
"""What took a penalty back that stands: told rightly, or once the stay is over, it is to be public again."""


def name(consequence: str) -> str:
    """The id of the duty about a penalty."""
    return f"{OWN}{consequence}"


def owe(
    held: Consequence, row: DisclosureRow, grade: PublicityRow | None, now: datetime, calendar: WorkingCalendar, code: str = ""
) -> Decision[PublicationDuty]:
    """A penalty was decided: from that day on its publication is owed, or an officer's word that it is not to be public.

    `code`: of the firm; of one that is registered in another province the push there has a date of its own (`province`), and an officer
    is to say before the earlier one whether it is public (handbook 1.2.26).
    """
    elsewhere, basis = row.abroad(code), row.within_basis
    decided_on, counted = calendar.local_date(now), due(now, row.within, calendar)
    until = row.last(decided_on, grade)
    made = PublicationDuty(
        id=name(held.id),
        agency=held.agency,
        visit="",
        draw="",
        pack=held.pack,
        row=row.row,
        basis=basis,
        state=PublicationState.OWED,
        formed_at=now,
        due_at=counted.at,
        due_counted=counted.counted,
        penalty=Penalty(consequence=held.id, case_id=held.case_id, decided_on=decided_on, until=until, elsewhere=elsewhere),
    )
    facts = {"consequence": held.id, "grade": held.grading.grade, "due_at": counted.at.isoformat(), "until": until.isoformat()}
    if elsewhere and row.elsewhere is not None:
        word_by = min(counted.at, due(now, row.elsewhere, calendar).at)
        facts |= {"elsewhere": elsewhere, "word_by": word_by.isoformat()}
    cited = (basis, row.most_basis) if grade is None else (basis, grade.basis)
    because = Because(rule="disclosure.owe", basis=cited, pack=held.pack, facts=facts)
    return Decision(state=made, because=because, orders=clocks(made, now, calendar))


def minor(held: Consequence, grade: PublicityRow) -> Because:
    """A penalty of a grade that is not public was decided: nothing is owed of it."""
    facts = {"consequence": held.id, "grade": grade.grade}
    return Because(rule="disclosure.minor", basis=(grade.basis,), pack=held.pack, facts=facts)


def rule(
    held: PublicationDuty, said: Disclosed, row: DisclosureRow, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty]:
    """A named officer says whether a penalty is of such an influence that it is public, and what it is by the kinds of the law.

    The last word holds until it is public. Said anew that it is, it is owed by the date of before, of which its clocks tell anew; what was
    taken back while its execution was stayed, or because it was shown wrongly or has changed since, is owed from now on. Raises Refusal
    (`publication_state`; `disclosure_public` for what is public) and Invalid (`disclosure_kinds`, `disclosure_amount`).
    """
    penalty, again = of(held), held.why in ANEW and held.state is PublicationState.REMOVED and said.public
    if held.state in (PublicationState.PUBLISHED, PublicationState.TO_REMOVE):
        raise Refusal("disclosure_public", publication=held.id)
    if held.state is not PublicationState.NOT_PUBLIC and not again:
        stands(held, PublicationState.OWED)
    if blank(said.reasons):
        raise Invalid("reason_missing", field="reasons")
    refuse_nameless(said.by)
    if said.public and not said.kinds:
        raise Invalid("disclosure_kinds", field="kinds")
    fined = PenaltyKind.FINE in said.kinds
    if said.public and ((fined and not said.amount) or (said.amount is not None and _AMOUNTS.isdisjoint(said.kinds))):
        raise Invalid("disclosure_amount", field="fine")
    state = PublicationState.OWED if said.public else PublicationState.NOT_PUBLIC
    made = replace(held, state=state, penalty=replace(penalty, ruled=said))
    facts = {"duty": held.id, "by": said.by, "public": said.public, "reasons": said.reasons}
    facts |= {"kinds": [one.value for one in said.kinds], "amount": said.amount}
    because = Because(rule="disclosure.rule", basis=(row.basis,), pack=held.pack, facts=facts)
    if not said.public:  # what is not owed is not reminded of
        return Decision(state=made, because=because, ends=frozenset(CLOCKS))
    if held.state is PublicationState.NOT_PUBLIC:
        made = replace(made, turn=held.turn + 1)
        return Decision(state=made, because=because, orders=clocks(made, now, calendar))
    if not again:
        return Decision(state=made, because=because)
    counted = due(now, row.within, calendar)
    dated = replace(made, due_at=counted.at, due_counted=counted.counted, basis=row.within_basis, turn=held.turn + 1)
    anew = replace(dated, posted=None, removed=None, why=None, reason="", document="")
    return Decision(state=anew, because=because, orders=clocks(anew, now, calendar))


def publish(
    held: PublicationDuty, line: PenaltyLine, on: date, reference: str, by: str, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty]:
    """It has been public since a day, where `reference` says, as `line` says. Raises Refusal (`publication_state`,

    `publication_undecided`) and Invalid. The ledger's entry names the line by its digest.
    """
    penalty = of(held)
    stands(held, PublicationState.OWED)
    if not penalty.public:
        raise Refusal("publication_undecided", publication=held.id)
    told = posted(held.formed_at, on, reference, by, now, calendar)
    line = replace(line, posted_on=on, contested=False)
    facts = {"by": told.by, "on": told.on.isoformat(), "reference": told.reference, "late": now > held.due_at}
    facts |= {"duty": held.id, "line": line.digest} | word_late(held, penalty.ruled)
    made = replace(held, state=PublicationState.PUBLISHED, posted=told, penalty=replace(penalty, shown=line))
    because = Because(rule="publication.done", basis=(held.basis,), pack=held.pack, facts=facts)
    return Decision(state=made, because=because, ends=frozenset(CLOCKS))


def of(held: PublicationDuty) -> Penalty:
    """The penalty that a duty is about. Raises Refusal (`publication_of_result`) for one about a check's result."""
    if held.penalty is None:
        raise Refusal("publication_of_result", publication=held.id)
    return held.penalty
