"""Assignments: pushed to the drawn inspectors, accepted, declined or silent; the visit's result comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time

from inspector.domain import result, review, verification, visit
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import CaseState, Method
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.errors import Forbidden, Missing
from inspector.domain.evidence import Evidence, unfresh
from inspector.domain.finding import Finding, Seen
from inspector.domain.peace import made as made_on
from inspector.domain.trail import entered
from inspector.domain.visit import Seat, Visit
from inspector.flows import challenges, listing, peace, relief, stopped, supervision
from inspector.flows.assign import redeal
from inspector.flows.contents import named
from inspector.flows.office import Office
from inspector.flows.recall import wait_for_it
from inspector.flows.record import record
from inspector.flows.seats import OVERDUE, UNDELIVERED, end_clock, put_seat, rise
from inspector.flows.settle import Settlement, nothing, settle_case
from inspector.labels import Lang, label
from inspector.ports import Garbled, Message, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

LINK = "seat"
"""The purpose of an inspector's link."""


def push(work: Work, office: Office) -> Settlement:
    """Push one seat's assignment. The object's identity is on the page behind the link, not in the push (handbook 1.2.18).

    An address mended between two tries makes another message, and so another key.
    """
    with office.store.read() as tx:
        seat, held = _read(tx, work)
        person = tx.rosters.inspector(seat.agency, seat.inspector)
        gone = relief.unfit(tx, held, seat, office.calendar.local_date(office.now()))
    if not seat.state.open or not held.state.open:
        return nothing("obsolete")
    if gone is not None:
        return _relieved(work, office).unasked()
    channel = office.connectors.channels.get(work.lane)
    if channel is None:
        return _undelivered(work, "channel_not_configured").unasked()
    lang = office.agency(seat.agency).language
    facts = sum(1 for doubt in held.doubts if doubt.agency == seat.agency)
    shut = [{"first": one.first.isoformat(), "last": one.last.isoformat()} for one in held.windows]
    windows = {"windows": shut} if shut else {}
    message = Message(
        to=person.address,
        title=label("push.title", lang),
        text=label("push.text", lang, accept_by=f"{seat.accept_by:%Y-%m-%d %H:%M}") + closed(held, lang),
        link=office.link(LINK, seat_name(seat)),
        data={"visit": held.id, "seat": seat_name(seat), "accept_by": seat.accept_by.isoformat(), "facts": facts, **windows},
    )
    try:
        receipt = channel.push(message, key=named(work.key, message))
    except (Refused, Garbled) as error:
        return _undelivered(work, error.code).after(error)

    def write(tx: Tx, now: datetime) -> None:
        fresh, of = _read(tx, work, lock=True)
        settle_seat(tx, of, fresh, visit.handed_over(fresh, _pack(tx, of)), now)

    return Settlement(write=write, outcome="handed_over", attempts=receipt.attempts)


def closed(held: Visit, lang: Lang) -> str:
    """The days on which nobody may go, and that nobody may at all, as a push says them; nothing where somebody may."""
    gap = label("ui.sentence_gap", lang)
    blocked = gap + label("push.blocked_text", lang, visit=held.id) if held.unpublished else ""
    spans = [label("explain.dates", lang, first=one.first, last=one.last) for one in held.windows]
    return (label("push.quiet", lang, spans=label("explain.and", lang).join(spans)) if spans else "") + blocked


def call_off(work: Work, office: Office) -> Settlement:
    """Tell an inspector whose seat has been taken back that he or she need not go; never before the push that it takes back.

    So is told that nobody may go, for the item was taken off the published list, that somebody may again, and that what is in
    question was corrected, or that the visit is to be made earlier.
    """
    wait_for_it(work, office)
    with office.store.read() as tx:
        seat, held = _read(tx, work)
        person = tx.rosters.inspector(seat.agency, seat.inspector)
    channel = office.connectors.channels.get(work.lane)
    if channel is None:
        return _undelivered(work, "channel_not_configured").unasked()
    lang, word = office.agency(seat.agency).language, str(work.payload.get("word", "off"))
    turned = word in ("blocked", "unblocked") and bool(held.unpublished) is not (word == "blocked")
    if turned or (word != "off" and not seat.state.open):
        return nothing("obsolete")  # it has turned again meanwhile, or is nobody's affair any more
    tells = {"changed": True} if word in ("changed", "sooner") else {"called_off": word != "unblocked"}
    message = Message(
        to=person.address,
        title=label(f"push.{word}_title", lang),
        text=label(f"push.{word}_text", lang, visit=held.id),
        link=office.link(LINK, seat.name),
        data={"visit": held.id, "seat": seat.name, **tells},
    )
    try:
        receipt = channel.push(message, key=named(work.key, message))
    except (Refused, Garbled) as error:
        return _undelivered(work, error.code).after(error)
    return nothing("called_off" if word == "off" else word, attempts=receipt.attempts)


def not_pushed(work: Work, _office: Office, error: PortError | None) -> Settlement:
    """The push could not be handed over: a person is told; the acceptance date still decides, by the rule."""
    return _undelivered(work, error.code if error else "patience_over")


def acceptance_due(work: Work, office: Office) -> Settlement:
    """No word by the date: the seat goes to whom the dealing names next."""

    def write(tx: Tx, now: datetime) -> None:
        seat, held = _read(tx, work, lock=True)
        decision = visit.expire(seat, _pack(tx, held))
        if decision.because.rule != "timer.obsolete" and held.state.open:
            settle_seat(tx, held, seat, decision, now)
            _pass_on(tx, office, held, decision.state, "expired", now)

    return Settlement(write=write)


def visit_due(work: Work, _office: Office) -> Settlement:
    """The visit's date has passed without a result: a person is told. Nothing is held against the subject."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.visits.get(str(work.payload["visit"]), lock=True)
        if held.state.open:
            tx.attention.open(OVERDUE, held.agency, held.id, {"due_at": held.due_at.isoformat()}, now)

    return Settlement(write=write)


def release(work: Work, office: Office) -> Settlement:
    """The moment of the release has come: behind their links the team now reads whom the visit is to, unless it is blocked."""

    def write(tx: Tx, now: datetime) -> None:
        held = listing.look_at(office, tx, tx.visits.get(str(work.payload["visit"]), lock=True), now)
        listing.release(tx, held, now)

    return Settlement(write=write)


def accept(tx: Tx, name: str, now: datetime) -> Seat:
    """An inspector accepts."""
    held, seat = by_name(tx, name, lock=True)
    decision = visit.accept(seat, _pack(tx, held))
    settle_seat(tx, held, seat, decision, now)
    stopped.end(tx, [f"{OrderKind.ACCEPT_DUE.value}:{name}"], now)
    return decision.state


def decline(office: Office, tx: Tx, name: str, reason: str, now: datetime) -> Seat:
    """An inspector declines with a reason: re-dealt at once."""
    held, seat = by_name(tx, name, lock=True)
    decision = visit.decline(seat, reason, _pack(tx, held))
    settle_seat(tx, held, seat, decision, now)
    stopped.end(tx, [f"{kind.value}:{name}" for kind in (OrderKind.ACCEPT_DUE, OrderKind.PUSH)], now)
    if held.state.open:
        _pass_on(tx, office, held, decision.state, "declined", now)
    return decision.state


def report(
    office: Office,
    tx: Tx,
    name: str,
    findings: Iterable[Finding],
    remarks: str,
    now: datetime,
    *,
    seen: Seen | None = None,
    on: date | None = None,
) -> Visit:
    """A team member enters the result of his or her agency; it becomes evidence in each of its cases, and they go on.

    What was found beside the facts in question is a matter for a person, never by itself an outcome (the plan, item 7; handbook 7.6).
    So is a visit made (`on` a day; today where that is unsaid) when nobody might go.
    """
    before, seat = by_name(tx, name)
    others = supervision.exempt(tx, before, seat.agency)
    tx.cases.lock({*before.case_ids, *(doubt.case_id for doubt in others)})  # cases before visits, as withdrawal locks them
    held, seat = by_name(tx, name, lock=True)
    team, given = tx.visits.team(held.id), tuple(findings)
    pack = _pack(tx, held)
    made = made_on(held, on, peace.of(office, tx, held), now, office.calendar)
    gone = tuple(sorted(listing.unlisted(office, tx, held, made.on)))  # by the list of the visit's own day
    decision = result.report(
        replace(held, unpublished=gone),
        team,
        seat,
        given,
        remarks,
        pack,
        now,
        seen=seen,
        exempt=others,
        challenged=challenges.challenged(tx, held),
        made=made,
    )
    tx.visits.put(replace(decision.state, unpublished=held.unpublished))
    told = {"agency": seat.agency, "visit": {"entered": entered(decision.state.parts[-1], given)}}
    record(tx, held.id, decision, now, told)
    rise(tx, [other for other in team if other.agency == seat.agency or not decision.state.state.open], now)
    if not decision.state.state.open:
        end_clock(tx, decision.state, now)
    for finding in given:
        weigh(tx, office, decision.state, finding, made.on, now)
    supervision.tell(tx, decision.state, seat, others, pack, now)
    peace.tell_inside(tx, decision.state, seat.agency, now)
    return decision.state


def by_link(office: Office, name: str, token: str) -> None:
    """Raise Forbidden unless the link is the one pushed for this seat."""
    if not office.link_holds(LINK, name, token):
        raise Forbidden("link_unknown")


def by_name(tx: Tx, name: str, *, lock: bool = False) -> tuple[Visit, Seat]:
    """The visit and seat behind a seat's name (`visit:place:turn`). Raises Missing."""
    visit_id, _, rest = name.rpartition(":")
    visit_id, _, place = visit_id.rpartition(":")
    if not (place.isdecimal() and rest.isdecimal()):
        raise Missing("seat_unknown", seat=name)
    held = tx.visits.get(visit_id, lock=lock)
    return held, tx.visits.seat(visit_id, int(place), int(rest))


def seat_name(seat: Seat) -> str:
    """A seat's name in keys and links."""
    return seat.name


def settle_seat(tx: Tx, held: Visit, seat: Seat, decision: Decision[Seat], now: datetime) -> None:
    """Write a decision about a seat; the caller holds the visit's lock. Raises Stale when the seat is not as it was decided about."""
    put_seat(tx, seat, decision.state, now)
    marked = {"challenged": True} if seat.inspector in challenges.challenged(tx, held) else {}
    record(tx, held.id, decision, now, {"seat": seat_name(decision.state), "seat_state": decision.state.state.value, **marked})
    tx.work.order(decision.orders, now)


def weigh(tx: Tx, office: Office, held: Visit, finding: Finding, on: date, now: datetime) -> None:
    """An inspectors' finding as evidence: on a case still verifying it settles the claim, on one that has ended it may be a lead.

    It is of the day `on` which the visit was made, whenever it is entered: a day that is past is its midnight, as with a source.
    """
    case = tx.cases.get(finding.case_id, lock=True)
    policy = office.book.get(case.pack)
    as_of = now if on == office.calendar.local_date(now) else datetime.combine(on, time.min, SHANGHAI)
    claim = next((held.claim for held in case.claims if held.claim.key == finding.claim), None)
    valid_for = policy.item(case.item).fact(claim.fact).valid_for if claim is not None else None
    early = unfresh(finding.verdict, as_of, claim.on if claim is not None else date.min, valid_for, now)
    item = Evidence(
        id=f"visit:{held.id}:{finding.case_id}:{finding.claim}",
        claim=finding.claim,
        method=Method.ON_SITE,
        via="",
        verdict=finding.verdict,
        fresh=not early,
        asked_at=now,
        as_of=as_of,
        note=early,
        remark=finding.note,
    )
    tx.cases.add_evidence(case.id, item)
    if finding.claim not in {one.claim.key for one in case.claims}:
        return  # the claim was corrected while the inspectors were on their way; what they saw is kept
    if case.state is CaseState.VERIFYING:
        settle_case(tx, office, verification.weigh(case, item, policy, now, office.calendar), policy, now)
    elif case.state in (CaseState.CLOSED, CaseState.POOLED):
        settle_case(tx, office, review.finding(case, item, policy, now, office.calendar), policy, now)


def _pass_on(tx: Tx, office: Office, held: Visit, gone: Seat, reason: str, now: datetime) -> None:
    """The seat goes to whom the rule names, and on from there while the registers say that this one cannot or must not go."""
    redeal(tx, office, held, gone, reason, now)
    relief.look_at(office, tx, tx.visits.get(held.id), now)


def _relieved(work: Work, office: Office) -> Settlement:
    """Nobody is pushed a visit that he or she may not make by the register of the day: the seat passes on by the rule."""

    def write(tx: Tx, now: datetime) -> None:
        relief.look_at(office, tx, tx.visits.get(str(work.payload["visit"]), lock=True), now)

    return Settlement(write=write, outcome="relieved")


def _undelivered(work: Work, code: str) -> Settlement:
    def write(tx: Tx, now: datetime) -> None:
        seat, _ = _read(tx, work)
        tx.attention.open(UNDELIVERED, seat.agency, work.key, {"seat": seat.name, "error": code}, now)

    return Settlement(write=write, outcome="undelivered")


def _read(tx: Tx, work: Work, *, lock: bool = False) -> tuple[Seat, Visit]:
    said = work.payload
    held = tx.visits.get(str(said["visit"]), lock=lock)
    return tx.visits.seat(held.id, int(said["place"]), int(said["turn"])), held


def _pack(tx: Tx, held: Visit) -> str:
    return tx.draws.get(held.draw).pack_of(held.agency)
