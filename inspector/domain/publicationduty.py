"""The duty to publish a result (一公开): due within the pack's days of its forming, done with a proof, taken back with one.

Whoever checks, enters; whoever checks, publishes (handbook 1.2.28): each agency of a visit owes its own. The duty is due within the term of
its row (open-government regulation, art. 26: twenty working days), and what was wrong is taken back within the term of the row likewise,
with the reason (Penalties Law, art. 48). The program reminds; a named person says where it stands, and that it is gone. What was public
is kept as it was public (`shown`): what becomes of its case later takes it back and never rewrites it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import Counting, WorkingCalendar, due, reminder
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.disclosure import Disclosed, Penalty, PenaltyLine
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.finding import Seen
from inspector.domain.gazette import CheckResult, Fallen, Line
from inspector.domain.leadcheck import LeadCheck
from inspector.domain.person import refuse_nameless
from inspector.domain.publish import DisclosureRow, PublishRow
from inspector.domain.visit import Visit

LEAD, OWN = "lead.", "penalty."
"""Begin the id of a duty about a check for cause, which stands in no draw, and about a penalty on one's own register."""
BEFORE = 3
"""Working days before the date on which it is told: as of requests to other agencies (handbook 2.4)."""


class PublicationState(StrEnum):
    """Where a duty stands. `TO_REMOVE`: what is public is to be taken back. `NOT_PUBLIC`: a penalty that is not to be, by an officer."""

    OWED = "OWED"
    PUBLISHED = "PUBLISHED"
    TO_REMOVE = "TO_REMOVE"
    REMOVED = "REMOVED"
    NOT_PUBLIC = "NOT_PUBLIC"

    @property
    def dated(self) -> bool:
        """Whether something is to be done by the duty's date."""
        return self in (PublicationState.OWED, PublicationState.TO_REMOVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """That something was published, or taken back: on which day, where that is seen (an address, a notice board), said by whom."""

    on: date
    reference: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a finding that no case tells came to, by an officer, for reasons that stay in the house."""

    found: CheckResult
    reasons: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDuty:
    """One agency's duty about one result, or one `penalty`; `due_at` is the date of what is to be done now: to publish, or to take back.

    `lead`: the check for cause whose result it is about, which stands in no draw; then there is no visit.

    `province`: the two digits of the one to which a penalty is to be pushed: then it is public there, and taken back there (`province`).

    `shown` is the line as it became public; None where it is not public yet, or was published by a release that kept none. `why` and
    `document` say why it is taken back, `reason` is a note of the house that is never published. `turn`: a result that was taken back
    because its case was opened again is owed anew once it is decided, by another duty; then this one is `renewed`.
    """

    id: str
    agency: str
    visit: str
    draw: str
    pack: str
    row: str
    basis: str
    state: PublicationState
    formed_at: datetime
    due_at: datetime
    due_counted: Counting
    posted: Posted | None = None
    reason: str = ""
    document: str = ""
    removed: Posted | None = None
    shown: Line | None = None
    why: Fallen | None = None
    ruled: Ruled | None = None
    turn: int = 1
    renewed: bool = False
    penalty: Penalty | None = None
    lead: str = ""
    province: str = ""

    @property
    def about(self) -> str:
        """What the ledger's entries of it are about: a visit, a check for cause, or the case of a penalty."""
        return self.penalty.case_id if self.penalty is not None else self.lead or self.visit

    @property
    def anew(self) -> bool:
        """Whether it was taken back for something that is true of the check none the less, and is not owed to the public anew yet."""
        fallen = self.state in (PublicationState.TO_REMOVE, PublicationState.REMOVED)
        again = self.why in AGAIN or (self.why in ANNULLED and not self.lead)
        return fallen and self.penalty is None and again and not self.renewed

    @property
    def next_id(self) -> str:
        """The id of the duty by which a result is owed anew."""
        first = self.id.removesuffix(f".{self.turn}") if self.turn > 1 else self.id
        return f"{first}.{self.turn + 1}"

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of its clocks."""
        again = f":{self.turn}" if self.penalty is not None and self.turn > 1 else ""  # a result has another id at each turn
        return tuple(f"{kind.value}:{self.id}:{self.state.value}{again}" for kind in CLOCKS)  # type: ignore[return-value]


AGAIN = frozenset({Fallen.REOPENED, Fallen.MISTAKE, Fallen.CHANGED})
"""For what a result is taken back that is true of the check none the less, and is owed to the public anew."""
ANNULLED = frozenset({Fallen.REVOKED, Fallen.OBJECTION})
"""For what a decision behind a result is gone: the result is owed anew once its case was decided again (handbook 1.2.25)."""
CLOCKS = (OrderKind.PUBLICATION_REMIND, OrderKind.PUBLICATION_DUE)


def owe(
    visit: Visit,
    agency: str,
    row: PublishRow,
    pack: str,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    formed_at: datetime | None = None,
    turn: int = 1,
) -> Decision[PublicationDuty]:
    """An agency owes the publication of a visit's result, by a row that has a term for it.

    `formed_at`: when the result was formed anew, at a later `turn`; else by the visit.
    """
    formed = formed_at or visit.done_at
    if row.within is None or formed is None:
        raise ValueError("a result that is there, and a row with a term")
    counted = due(formed, row.within, calendar)
    held = PublicationDuty(
        id=f"{visit.id}.{agency}" + (f".{turn}" if turn > 1 else ""),
        agency=agency,
        visit=visit.id,
        draw=visit.draw,
        pack=pack,
        row=row.row,
        basis=row.within_basis,
        state=PublicationState.OWED,
        formed_at=formed,
        due_at=counted.at,
        due_counted=counted.counted,
        turn=turn,
    )
    facts = {"visit": visit.id, "agency": agency, "formed_at": formed.isoformat(), "due_at": counted.at.isoformat()}
    because = Because(rule="publication.owe", basis=(row.within_basis,), pack=pack, facts=facts)
    return Decision(state=held, because=because, orders=clocks(held, now, calendar))


def owe_lead(
    check: LeadCheck, row: PublishRow, pack: str, now: datetime, calendar: WorkingCalendar, *, turn: int = 1
) -> Decision[PublicationDuty] | None:
    """An agency owes the publication of what a check for cause came to; None where the row has no term for results.

    At a later `turn` anew, from when it is found that what was public did not stand.
    """
    if row.within is None:
        return None
    counted = due(now, row.within, calendar)
    held = PublicationDuty(
        id=f"{LEAD}{check.id}" + (f".{turn}" if turn > 1 else ""),
        agency=check.agency,
        visit="",
        draw="",
        pack=pack,
        row=row.row,
        basis=row.within_basis,
        state=PublicationState.OWED,
        formed_at=now,
        due_at=counted.at,
        due_counted=counted.counted,
        turn=turn,
        lead=check.id,
    )
    facts = {"lead_check": check.id, "agency": check.agency, "due_at": counted.at.isoformat()}
    because = Because(rule="publication.owe", basis=(row.within_basis,), pack=pack, facts=facts)
    return Decision(state=held, because=because, orders=clocks(held, now, calendar))


def rule(
    held: PublicationDuty, found: CheckResult, reasons: str, by: str, now: datetime, unmet: Seen | None = None
) -> Decision[PublicationDuty]:
    """An officer says what a finding that no case tells came to; `unmet`: why the team could check nothing, where it could not.

    Raises Refusal (`publication_state`) and Invalid (`publication_rule_ceased`, `publication_rule_unmet`).
    """
    stands(held, PublicationState.OWED)
    if not fits(found, unmet):
        if found is CheckResult.CEASED:
            raise Invalid("publication_rule_ceased", field="found")
        raise Invalid("publication_rule_unmet", field="found", seen=unmet)
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")
    refuse_nameless(by)
    facts: dict[str, object] = {"duty": held.id, "by": by, "found": found.value, "reasons": reasons}
    if held.ruled is None:  # a later word has no date
        facts |= {"due_at": held.due_at.isoformat(), "late": now > held.due_at}
    made = replace(held, ruled=Ruled(found=found, reasons=reasons, by=by, at=now))
    return Decision(state=made, because=Because(rule="publication.rule", basis=(held.basis,), pack=held.pack, facts=facts))


def fits(found: CheckResult, unmet: Seen | None) -> bool:
    """Whether what an officer says fits what the team has said: who ceased is no more, and who could not be checked has nothing found."""
    if found is CheckResult.CEASED:
        return unmet is Seen.CEASED
    return found is not CheckResult.NOTHING or unmet is None


def publish(
    held: PublicationDuty, line: Line, on: date, reference: str, by: str, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty]:
    """It has been public since a day, where `reference` says, as `line` says. Raises Refusal (`publication_state`) and Invalid.

    The ledger's entry names the line by its digest, so that what was public then can be shown, and nothing else in its place.
    """
    stands(held, PublicationState.OWED)
    told = posted(held.formed_at, on, reference, by, now, calendar)
    shown = replace(line, posted_on=on)
    facts = {"by": told.by, "on": told.on.isoformat(), "reference": told.reference, "late": now > held.due_at}
    facts |= {"duty": held.id, "line": shown.digest} | word_late(held, held.ruled)
    made = replace(held, state=PublicationState.PUBLISHED, posted=told, shown=shown)
    because = Because(rule="publication.done", basis=(held.basis,), pack=held.pack, facts=facts)
    return Decision(state=made, because=because, ends=frozenset(CLOCKS))


def word_late(held: PublicationDuty, ruled: Ruled | Disclosed | None) -> dict[str, object]:
    """That an officer's word came behind the date by which it was to be public: then who published is not who was late."""
    return {"word_late": True} if ruled is not None and ruled.at > held.due_at else {}


def overtaken(
    held: PublicationDuty, line: Line | PenaltyLine, on: date, reference: str, by: str, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty]:
    """What fell, or was ruled out, before it was said to be public has been public since a day all the same, as `line` says."""
    told = posted(held.formed_at, on, reference, by, now, calendar)
    made = replace(held, state=PublicationState.PUBLISHED, posted=told, why=None, reason="", document="")
    if isinstance(line, Line):
        line = replace(line, posted_on=on)
        made = replace(made, shown=line)
    elif held.penalty is not None:
        line = replace(line, posted_on=on, contested=False)
        made = replace(made, penalty=replace(held.penalty, shown=line))
    facts = {"by": told.by, "on": told.on.isoformat(), "reference": told.reference, "late": now > held.due_at}
    facts |= {"duty": held.id, "line": line.digest, "overtaken": True}
    because = Because(rule="publication.done", basis=(held.basis,), pack=held.pack, facts=facts)
    return Decision(state=made, because=because, ends=frozenset(CLOCKS))


def freeze(held: PublicationDuty, line: Line, by: str) -> Decision[PublicationDuty]:
    """What a former release published without keeping it is kept as it stands at the next posting."""
    facts = {"duty": held.id, "by": by, "line": line.digest}
    because = Because(rule="publication.kept", basis=(held.basis,), pack=held.pack, facts=facts)
    return Decision(state=replace(held, shown=line), because=because)


def drop(held: PublicationDuty, why: Fallen, document: str, by: str) -> Decision[PublicationDuty]:
    """The decision behind what is not public fell: it never becomes so, nor again. Raises Refusal for what is public, Invalid.

    Not public is what is still owed, what an officer has ruled out, and what goes or has gone while a court stays it: of the last the
    reason is this one from now on, and the date by which it is to be gone stays.
    """
    staying = held.why is Fallen.STAYED and held.state in (PublicationState.TO_REMOVE, PublicationState.REMOVED)
    if held.state is not PublicationState.NOT_PUBLIC and not staying:
        stands(held, PublicationState.OWED)
    refuse_nameless(by)
    state = held.state if staying else PublicationState.REMOVED
    made = replace(held, state=state, why=why, document=document)
    facts = {"duty": held.id, "by": by, "why": why.value, "document": document}
    return Decision(state=made, because=Because(rule="publication.drop", basis=(held.basis,), pack=held.pack, facts=facts))


def recall(
    held: PublicationDuty,
    why: Fallen,
    note: str,
    document: str,
    by: str,
    row: PublishRow | DisclosureRow,
    now: datetime,
    calendar: WorkingCalendar,
) -> Decision[PublicationDuty]:
    """What is public is to be taken back, for the decision behind it was changed, revoked or void. Raises Refusal and Invalid.

    The reason that becomes public is `why`, a code; the `note` stays in the house, for whoever types may name somebody. What is still
    owed is no more owed by `drop`: nothing is there to be taken back.
    """
    if held.state is PublicationState.OWED:
        raise Refusal("publication_owed", publication=held.id)
    stands(held, PublicationState.PUBLISHED)
    if row.withdraw is None:
        raise Invalid("publication_withdraw_term", row=row.row)
    if why is Fallen.UNSTATED:
        raise Invalid("reason_missing", field="why")
    refuse_nameless(by)
    counted = due(now, row.withdraw, calendar)
    made = replace(
        held,
        state=PublicationState.TO_REMOVE,
        due_at=counted.at,
        due_counted=counted.counted,
        basis=row.withdraw_basis,
        why=why,
        reason=note,
        document=document,
    )
    facts = {
        "duty": held.id,
        "by": by,
        "why": why.value,
        "note": note,
        "document": document,
        "due_at": counted.at.isoformat(),
    }
    because = Because(rule="publication.recall", basis=(row.withdraw_basis,), pack=held.pack, facts=facts)
    return Decision(state=made, because=because, orders=clocks(made, now, calendar))


def remove(
    held: PublicationDuty, on: date, reference: str, by: str, now: datetime, calendar: WorkingCalendar
) -> Decision[PublicationDuty]:
    """It has been gone since a day; `reference` says by what that is seen. Raises Refusal (`publication_state`) and Invalid.

    Nothing is gone before it was said that it is to go: not before the day of its recall (`publication_day`).
    """
    stands(held, PublicationState.TO_REMOVE)
    assert held.posted is not None, "what is taken back was public"
    since = calendar.midnight(max(held.posted.on, held.due_counted.after))  # its date is counted from the day of its recall
    removed = posted(since, on, reference, by, now, calendar)
    facts = {"duty": held.id, "by": by, "on": on.isoformat(), "reference": removed.reference, "late": now > held.due_at}
    because = Because(rule="publication.removed", basis=(held.basis,), pack=held.pack, facts=facts)
    return Decision(state=replace(held, state=PublicationState.REMOVED, removed=removed), because=because, ends=frozenset(CLOCKS))


def wordless(held: PublicationDuty) -> PublicationDuty:
    """A duty without the reasons and notes of the house: when, where and by which code something is public, or was taken back."""
    penalty = held.penalty
    if penalty is not None and penalty.ruled is not None:
        penalty = replace(penalty, ruled=replace(penalty.ruled, reasons=""))
    ruled = replace(held.ruled, reasons="") if held.ruled is not None else None
    return replace(held, reason="", document="", ruled=ruled, penalty=penalty)


def stands(held: PublicationDuty, wanted: PublicationState) -> None:
    """Raise Refusal (`publication_state`) for a duty that stands elsewhere."""
    if held.state is not wanted:
        raise Refusal("publication_state", publication=held.id, state=held.state, wanted=wanted)


def posted(since: datetime, on: date, reference: str, by: str, now: datetime, calendar: WorkingCalendar) -> Posted:
    """That it was published, or is gone, on a day that lies between two others. Raises Invalid."""
    if blank(reference):
        raise Invalid("publication_reference_missing", field="reference")
    refuse_nameless(by)
    first, last = calendar.local_date(since), calendar.local_date(now)
    if not first <= on <= last:
        raise Invalid("publication_day", on=on.isoformat(), first=first.isoformat(), last=last.isoformat(), field="on")
    return Posted(on=on, reference=reference.strip(), by=by, at=now)


def clocks(held: PublicationDuty, now: datetime, calendar: WorkingCalendar) -> tuple[Order, ...]:
    """The clocks of its date: some working days before it, and at it."""
    soon = max(reminder(held.due_at, BEFORE, calendar), now)
    return tuple(
        Order(kind=kind, key=key, due_at=at, urgent_by=held.due_at, payload={"duty": held.id})
        for kind, key, at in zip(CLOCKS, held.keys, (soon, held.due_at), strict=True)
    )
