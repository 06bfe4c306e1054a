"""The steps of an edition of the catalogue of items: applied for, reviewed, published, filed; replaced, or withdrawn (the plan, item 3).

The applicant never reviews, nothing unreviewed is published, nothing unpublished is filed, and no excluded category comes in without a
statute. When the pack has a row for the filing, its date is counted from the day of publication, or of withdrawal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar, due, reminder
from inspector.domain.catalogue import (
    OPEN,
    PUBLIC,
    Content,
    Duty,
    Entry,
    EntryState,
    Exit,
    Filed,
    Meeting,
    Opinion,
    Publication,
    Review,
    Withdrawal,
    digest,
)
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.duty import Follow
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.fence import fence
from inspector.domain.person import same
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent

LONGEST = 400
"""Letters of a name, document, reference or reason."""
_LEAST_DIGEST = 8
WATCHES = frozenset({OrderKind.CATALOGUE_REMIND, OrderKind.CATALOGUE_DUE})
"""The work that watches a filing."""


def apply(
    content: Content, by: str, on: date | None, policy: Policy, editions: Sequence[Entry], now: datetime
) -> Decision[Entry]:
    """An application for an item's next edition.

    Raises Invalid (`item_excluded`, a field that says nothing, an uncitable basis) and Refusal (`catalogue_open`) while an edition of
    the item is on its way.
    """
    held_up = next((one for one in editions if one.state in OPEN), None)
    if held_up is not None:
        there = {"edition": held_up.content.edition, "state": held_up.state}
        raise Refusal("catalogue_open", agency=content.agency, item=content.item, **there)
    fence(content, policy.statutes)
    told = replace(content, name=said("name", content.name), reason=_maybe("reason", content.reason))
    held = Entry(
        content=told,
        digest=digest(told),
        state=EntryState.APPLIED,
        applied_at=now,
        applied_by=said("by", by),
        applied_on=_past(on, now),
    )
    facts: dict[str, object] = {"by": held.applied_by, "on": held.applied_on, "basis": told.basis, "technical": told.technical}
    return Decision(state=held, because=_because("catalogue.apply", held, policy, facts))


def review(held: Entry, given: Opinion, policy: Policy, now: datetime) -> Decision[Entry]:
    """Another person than the applicant finds the edition lawful, by a document; of a technical one after an experts' meeting.

    Raises Refusal (`catalogue_state`, `catalogue_own_review`, `catalogue_digest_differs`, `catalogue_meeting_missing`) and Invalid.
    """
    _stands(held, EntryState.APPLIED)
    by, shown = said("by", given.by), given.digest.strip().lower()
    if same(by, held.applied_by):
        raise Refusal("catalogue_own_review", **_named(held), by=held.applied_by)
    if shown and (len(shown) < _LEAST_DIGEST or not held.digest.startswith(shown)):
        raise Refusal("catalogue_digest_differs", **_named(held), digest=held.digest)
    if held.content.technical and given.meeting is None:
        raise Refusal("catalogue_meeting_missing", **_named(held))
    on = _not_before(held.applied_on, _past(given.on, now))
    told = Review(
        at=now,
        by=by,
        on=on,
        bureau=said("bureau", given.bureau),
        document=said("document", given.document),
        meeting=_met(given.meeting, on) if given.meeting is not None else None,
    )
    facts: dict[str, object] = {"by": by, "bureau": told.bureau, "document": told.document, "on": on}
    if told.meeting is not None:
        facts |= {"meeting": told.meeting.minutes, "experts": told.meeting.experts, "met_on": told.meeting.on}
    reviewed = replace(held, state=EntryState.REVIEWED, review=told)
    return Decision(state=reviewed, because=_because("catalogue.review", held, policy, facts))


def publish(
    held: Entry,
    former: Entry | None,
    *,
    by: str,
    reference: str,
    on: date | None,
    policy: Policy,
    calendar: WorkingCalendar,
    now: datetime,
) -> Decision[Entry]:
    """The reviewed edition is public since `on`, there where `reference` says; from that day its filing is due, by the pack's row.

    Raises Refusal (`catalogue_state`, `catalogue_altered`; `catalogue_former_unfiled` while the `former` public edition waits for its
    filing) and Invalid.
    """
    _stands(held, EntryState.REVIEWED)
    assert held.review is not None, "a reviewed edition has its review"
    if former is not None and former.unfiled is not None:
        raise Refusal("catalogue_former_unfiled", **_named(former))
    told = Publication(
        at=now,
        by=said("by", by),
        on=_not_before(held.review.on, _past(on, now)),
        reference=said("reference", reference),
    )
    duty = _duty(told.on, StartEvent.CATALOGUE_PUBLISHED, policy, calendar)
    published = replace(held, state=EntryState.PUBLISHED, publication=told, duty=duty)
    facts = {"by": told.by, "reference": told.reference, "on": told.on, **_due(duty)}
    because = _because("catalogue.publish", held, policy, facts)
    return Decision(state=published, because=because, orders=_orders(published, calendar, now))


def supersede(former: Entry, by: Entry, policy: Policy) -> Decision[Entry]:
    """The edition that another one has replaced: it stays on record, and is public no longer."""
    facts = {"by_edition": by.content.edition}
    return Decision(
        state=replace(former, state=EntryState.REPLACED), because=_because("catalogue.replace", former, policy, facts)
    )


def file(held: Entry, *, by: str, receipt: str, on: date | None, policy: Policy, now: datetime) -> Decision[Entry]:
    """What is public, or was withdrawn from it, has been filed; `receipt` proves it.

    Raises Refusal (`catalogue_state`, `catalogue_altered`) and Invalid.
    """
    waits = held.state is EntryState.PUBLISHED or held.unfiled is not None
    began = held.withdrawal or held.publication
    if not waits or began is None:
        raise _wrong_state(held, EntryState.PUBLISHED)
    _whole(held)
    day = _not_before(began.on, _past(on, now))
    told = Filed(
        at=now,
        by=said("by", by),
        on=day,
        receipt=said("receipt", receipt),
        late=day > held.duty.due_at.date() if held.duty is not None else None,
    )
    state = EntryState.FILED if held.state is EntryState.PUBLISHED else held.state
    facts = {"by": told.by, "receipt": told.receipt, "on": day, "late": told.late}
    filed = replace(held, state=state, filed=told)
    return Decision(state=filed, because=_because("catalogue.file", held, policy, facts), ends=WATCHES)


def withdraw(held: Entry, given: Exit, policy: Policy, calendar: WorkingCalendar, now: datetime) -> Decision[Entry]:
    """An application ends, or a public edition holds no longer: then no new case is taken in, and the change is to be filed.

    Raises Refusal (`catalogue_state`) and Invalid.
    """
    if held.state not in OPEN | PUBLIC:
        raise _wrong_state(held, *(state for state in EntryState if state in OPEN | PUBLIC))
    first = held.publication.on if held.publication is not None else held.applied_on
    told = Withdrawal(
        at=now,
        by=said("by", given.by),
        on=_not_before(first, _past(given.on, now)),
        reason=said("reason", given.reason),
        document=_maybe("document", given.document),
    )
    gone = replace(held, state=EntryState.WITHDRAWN, withdrawal=told, duty=None, filed=None)
    if held.state in PUBLIC:
        gone = replace(gone, duty=_duty(told.on, StartEvent.CATALOGUE_WITHDRAWN, policy, calendar))
    facts = {"by": told.by, "reason": told.reason, "document": told.document, "on": told.on, "was": held.state, **_due(gone.duty)}
    if held.filed is not None:  # the proof of the publication's filing, whose place the withdrawal's takes
        facts["receipt"] = held.filed.receipt
    because = _because("catalogue.withdraw", held, policy, facts)
    return Decision(state=gone, because=because, orders=_orders(gone, calendar, now), ends=WATCHES)


def work_key(kind: OrderKind, held: Entry) -> str:
    """The key of the work that watches the filing of an edition, or of its withdrawal."""
    told = held.content
    change = "withdrawn" if held.withdrawal is not None else "published"
    return f"{kind.value}:{told.agency}:{told.item}:{told.edition}:{change}"


def basis(policy: Policy) -> tuple[str, ...]:
    """The article about the catalogue and its changes: that of the pack's row about filing, where it has one."""
    row = policy.follows.get(Follow.CATALOGUE_FILING)
    return (row.basis,) if row is not None else ()


def remind_at(duty: Duty, calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """When a person is reminded, never before now; None where the pack asks for no reminder."""
    return max(reminder(duty.due_at, duty.remind, calendar), now) if duty.remind is not None else None


def _orders(held: Entry, calendar: WorkingCalendar, now: datetime) -> tuple[Order, ...]:
    """The reminder and the date itself, as far as the pack has them."""
    if held.duty is None:
        return ()
    dates = {OrderKind.CATALOGUE_REMIND: remind_at(held.duty, calendar, now), OrderKind.CATALOGUE_DUE: held.duty.due_at}
    told = held.content
    payload = {"agency": told.agency, "item": told.item, "edition": told.edition}
    return tuple(
        Order(kind=kind, key=work_key(kind, held), due_at=at, urgent_by=held.duty.due_at, payload=payload)
        for kind, at in dates.items()
        if at is not None
    )


def _duty(on: date, event: StartEvent, policy: Policy, calendar: WorkingCalendar) -> Duty | None:
    """The filing of what is public, or no longer, since that day; None where the pack asks for none."""
    row, remind = policy.follows.get(Follow.CATALOGUE_FILING), policy.follows.get(Follow.CATALOGUE_REMIND)
    if row is None:
        return None
    counted = due(calendar.opening(on), row.term, calendar, event)
    days = remind.term.amount if remind is not None else None
    return Duty(row=row.row, basis=row.basis, due_at=counted.at, counted=counted.counted, remind=days)


def _due(duty: Duty | None) -> dict[str, object]:
    return {"row": duty.row, "due_at": duty.due_at.isoformat()} if duty is not None else {}


def _because(rule: str, held: Entry, policy: Policy, facts: Mapping[str, object]) -> Because:
    """Each step names the edition and digest it is about."""
    told = {"edition": held.content.edition, "digest": held.digest, **facts}
    return Because(rule=rule, basis=basis(policy), pack=policy.label, facts=told)


def _named(held: Entry) -> dict[str, object]:
    return {"agency": held.content.agency, "item": held.content.item, "edition": held.content.edition}


def _stands(held: Entry, needed: EntryState) -> None:
    if held.state is not needed:
        raise _wrong_state(held, needed)
    _whole(held)


def _whole(held: Entry) -> None:
    if not held.sound:
        raise Refusal("catalogue_altered", **_named(held), digest=held.digest)


def _wrong_state(held: Entry, *needed: EntryState) -> Refusal:
    return Refusal("catalogue_state", **_named(held), state=held.state, needed=needed)


def _met(given: Meeting, reviewed_on: date) -> Meeting:
    """A meeting that says who was there. Raises Invalid (`catalogue_meeting_unclear`, `catalogue_day_order`)."""
    names = tuple(said("expert", name) for name in given.names)
    if given.experts < 1 or len(names) > given.experts:
        raise Invalid("catalogue_meeting_unclear", experts=given.experts, names=len(names))
    if given.on > reviewed_on:
        raise Invalid("catalogue_day_order", day=reviewed_on.isoformat(), earliest=given.on.isoformat())
    return replace(given, minutes=said("minutes", given.minutes), names=names)


def said(field: str, text: str) -> str:
    """A text in one line that says something. Raises Invalid (`catalogue_field_unusable`)."""
    told = " ".join(text.split())
    if blank(told) or len(told) > LONGEST or not told.isprintable():
        raise Invalid("catalogue_field_unusable", field=field, most=LONGEST)
    return told


def _maybe(field: str, text: str) -> str:
    return said(field, text) if text.strip() else ""


def _past(on: date | None, now: datetime) -> date:
    """A day that has come; today, when none is named. Raises Invalid (`catalogue_day_ahead`)."""
    today = now.date()
    if on is not None and on > today:
        raise Invalid("catalogue_day_ahead", day=on.isoformat(), today=today.isoformat())
    return on or today


def _not_before(first: date, day: date) -> date:
    """A step's day, not before that of the step it rests on. Raises Invalid (`catalogue_day_order`)."""
    if day < first:
        raise Invalid("catalogue_day_order", day=day.isoformat(), earliest=first.isoformat())
    return day
