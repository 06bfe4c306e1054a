"""A visit lawfully made stays made, though who made it cannot go any more: a certificate over, a leave, a departure since.

Two certified officers make a visit (Penalties Law art. 42), and whether they were is a question of the day on which they were there: the
register's later word moves a seat, and voids nothing. A check-in of that day that the house holds says it by itself. Where none is,
two officers say it, with their evidence (decision 219). Who was not certified on that day, was recused, or had declined, made none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.attested import Attested
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.person import said, same
from inspector.domain.result import LEAST
from inspector.domain.roster import InspectorRecord, StaffRole
from inspector.domain.visit import LAPSED, Seat, SeatState, Visit

READ, SCANNED = "code_read", "arrival_scanned"
"""Kinds of check-in: a firm's phone has read the team's code of that day; one of the team has scanned the firm's."""

_LAW = ("S1:42",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A check-in by a seat: when it was, by the clocks of phones, and when it `came` in, by ours."""

    seat: str
    at: datetime
    came: datetime
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Who sat in a seat `until` a moment (None: who sits there, or made the visit), as the register has the `person` now.

    `apart`: why nobody may say that he or she made the visit, whatever the register says of the day (`recused`, `declined`, `exchanged`).
    `left`: struck off or out of the post; since when, the register does not say, so that no rule can.
    """

    seat: Seat
    until: datetime | None
    person: InspectorRecord | None
    apart: str = ""
    left: bool = False

    def on(self, day: date) -> str:
        """Why who sat here made no lawful visit on a day; empty where he or she may have."""
        if self.apart or self.person is None:
            return self.apart or "unknown"
        if self.person.role is StaffRole.EXPERT:
            return "expert"
        return "" if self.person.certificate and day <= self.person.certificate_until else "uncertified"

    def sat(self, at: datetime) -> bool:
        """Whether the seat was taken, and had been accepted, at a moment."""
        return self.seat.accepted and self.seat.ordered_at <= at and (self.until is None or at < self.until)


def proven(agency: str, sittings: Sequence[Sitting], came: Iterable[CheckIn], calendar: WorkingCalendar) -> Attested | None:
    """That an agency's team made the visit, by the first check-in that proves it; None where none does.

    Everybody who then sat was certified on that day, and still sat there with a certificate when it came in: a phone's clock alone, which
    may be anybody's, takes no seat from whom the lot has named since. Of who has left nobody knows since when: that is for officers.
    """
    for one in sorted(came, key=lambda one: one.at):
        team, day = [held for held in _of(agency, sittings) if held.sat(one.at)], calendar.local_date(one.at)
        here = calendar.local_date(one.came)
        apart = any(held.on(day) or held.on(here) or held.left or not held.sat(one.came) for held in team)
        lawful = _whole(agency, sittings, team) and not apart
        if lawful and one.seat in (names := tuple(held.seat.name for held in team)):
            return Attested(agency=agency, on=day, seats=names, proof=one.kind)
    return None


def team_on(
    visit: Visit, agency: str, sittings: Sequence[Sitting], on: date, calendar: WorkingCalendar, *, anew: str | None = None
) -> tuple[Seat, ...]:
    """Who sat for an agency on a day, of whom officers may say that they made the visit: of each place the first who had accepted it.

    `anew`: the visit by which a supplementary draw has dealt it anew: who was drawn for that one goes, by a seed that nobody chose.

    Raises Refusal: `attest_unsat` (no whole team sat there on that day), `attest_needless` (they sit there yet, and enter it themselves),
    `attest_unlawful` (one of them made no lawful visit on it), and as `_askable` does.
    """
    _askable(visit, agency, anew)
    first: dict[int, Sitting] = {}
    for one in _of(agency, sittings):
        over = one.until is not None and calendar.local_date(one.until) < on
        if one.seat.accepted and calendar.local_date(one.seat.ordered_at) <= on and not over:
            first.setdefault(one.seat.place, one)
    team = list(first.values())
    if not _whole(agency, sittings, team):
        raise Refusal("attest_unsat", visit=visit.id, agency=agency, on=on.isoformat())
    if all(one.seat.state.open for one in team):
        raise Refusal("attest_needless", visit=visit.id, agency=agency)
    for one in team:
        if why := one.on(on):
            raise Refusal("attest_unlawful", visit=visit.id, seat=one.seat.name, on=on.isoformat(), why=why)
    return tuple(one.seat for one in team)


def _askable(visit: Visit, agency: str, anew: str | None) -> None:
    """Raise Refusal where nobody need say so: `visit_closed`, `attest_dealt_anew`, `part_given`, `attest_stands` (that stands already)."""
    if not visit.state.open and anew is not None:
        raise Refusal("attest_dealt_anew", visit=visit.id, anew=anew)
    if not visit.state.open:
        raise Refusal("visit_closed", visit=visit.id, state=visit.state)
    if agency in {part.agency for part in visit.parts}:
        raise Refusal("part_given", visit=visit.id, agency=agency)
    if agency in visit.vouched:
        raise Refusal("attest_stands", visit=visit.id, agency=agency)


def by_rule(visit: Visit, told: Attested, pack: str) -> Decision[Visit]:
    """The check-in says it: it stands, and nobody need be asked."""
    facts = {"agency": told.agency, "on": told.on.isoformat(), "seats": list(told.seats), "proof": told.proof}
    because = Because(rule="visit.attested", basis=(visit.basis, *_LAW), pack=pack, facts=facts)
    return Decision(state=replace(visit, attested=(*_others(visit, told.agency), told)), because=because)


def say(visit: Visit, agency: str, on: date, seats: Iterable[Seat], by: str, evidence: str, pack: str) -> Decision[Visit]:
    """A named person says that an agency's team made the visit on a day; another one, of the same day and in words of his or her own,

    makes it so. Who has asked may do so again in better words. Raises Invalid, and Refusal (`attest_own`, `attest_differs`).
    """
    name, words = said("by", by), said("evidence", evidence)
    asked = asked_of(visit, agency)
    told = Attested(agency=agency, on=on, seats=tuple(one.name for one in seats), by=(name,), said=(words,))
    rule = Because(rule="visit.attest_asked", basis=(visit.basis, *_LAW), pack=pack, facts={})
    if asked is not None and same(asked.by[0], name) and (asked.on, asked.said) == (on, told.said):
        raise Refusal("attest_own", visit=visit.id, by=asked.by[0])
    if asked is not None and not same(asked.by[0], name):
        if asked.on != on:
            raise Refusal("attest_differs", visit=visit.id, on=asked.on.isoformat())
        told = replace(told, by=(*asked.by, name), said=(*asked.said, words))
        rule = replace(rule, rule="visit.attested")
    facts = {
        "agency": agency,
        "on": on.isoformat(),
        "seats": list(told.seats),
        "by": list(told.by),
        "evidence": " / ".join(told.said),
    }
    return Decision(state=replace(visit, attested=(*_others(visit, agency), told)), because=replace(rule, facts=facts))


def denied(visit: Visit, agency: str, by: str, pack: str) -> Decision[Visit]:
    """Another person does not agree that the visit was made: nothing is kept of it in the visit, and who was dealt goes."""
    asked = asked_of(visit, agency)
    facts = {"agency": agency, "by": [*(asked.by if asked is not None else ()), by]}
    because = Because(rule="visit.attest_denied", basis=(visit.basis,), pack=pack, facts=facts)
    if asked is None:
        return Decision(state=visit, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(visit, attested=_others(visit, agency)), because=because)


def unmade(visit: Visit, agency: str, reason: str, pack: str) -> Decision[Visit]:
    """That a team had made it stands no longer: one of it was recused since (Penalties Law art. 43), or nobody of it enters a result."""
    told = next(one for one in visit.attested if one.agency == agency)
    facts = {"agency": agency, "on": told.on.isoformat(), "seats": list(told.seats), "reason": reason}
    because = Because(rule="visit.unmade", basis=(visit.basis, *_LAW), pack=pack, facts=facts)
    return Decision(state=replace(visit, attested=_others(visit, agency)), because=because)


def asked_of(visit: Visit, agency: str) -> Attested | None:
    """What one person has said of an agency's team, and nobody has signed yet."""
    return next((one for one in visit.attested if one.agency == agency and not one.stands), None)


def stood(seat: Seat, on: date, pack: str) -> Decision[Seat]:
    """Who sat here made the visit: the seat stays one from which it was made, and no register moves it any more.

    Whoever still sits there is done; one who has passed on keeps that he or she was there, and is no load of the dealing (ruling 15).
    """
    facts = {"inspector": seat.inspector, "place": seat.place, "on": on.isoformat()}
    because = Because(rule="seat.stood", basis=_LAW, pack=pack, facts=facts)
    return Decision(state=replace(seat, state=SeatState.DONE if seat.state.open else SeatState.STOOD), because=because)


def needless(seat: Seat, pack: str) -> Decision[Seat]:
    """Who was dealt the seat afterwards need not go. In the dealing it stays a load: so strangers replay it."""
    facts = {"inspector": seat.inspector, "place": seat.place}
    because = Because(rule="seat.needless", basis=_LAW, pack=pack, facts=facts)
    return Decision(state=replace(seat, state=SeatState.NEEDLESS), because=because)


def passed_on(seat: Seat, pack: str) -> Decision[Seat]:
    """The visit was made from here no longer: the seat is what it was when it had passed on; whoever sat there till now is called off."""
    facts = {"inspector": seat.inspector, "place": seat.place}
    because = Because(rule="seat.unmade", basis=_LAW, pack=pack, facts=facts)
    before = SeatState.EXPIRED if seat.reason == LAPSED else SeatState.RELIEVED if seat.reason else SeatState.CANCELLED
    return Decision(state=replace(seat, state=before), because=because)


def awaited(visit: Visit) -> bool:
    """Whether a team that has made the visit has still to enter what it saw: meanwhile nobody is dealt it anew."""
    return bool(visit.vouched & visit.owing)


def dealt_anew(visit: Visit) -> bool:
    """Whether a visit that is short is still another team's to make."""
    return visit.state.short and not awaited(visit)


def _of(agency: str, sittings: Iterable[Sitting]) -> list[Sitting]:
    return [one for one in sittings if one.seat.agency == agency]


def _whole(agency: str, sittings: Iterable[Sitting], team: Collection[Sitting]) -> bool:
    """Whether somebody sat in each place, and no fewer than the law asks for."""
    places = {one.seat.place for one in _of(agency, sittings)}
    return len(team) >= LEAST and {one.seat.place for one in team} == places


def _others(visit: Visit, agency: str) -> tuple[Attested, ...]:
    return tuple(one for one in visit.attested if one.agency != agency)
