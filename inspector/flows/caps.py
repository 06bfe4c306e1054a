"""The last slot of a cap is given once: a drawn object is held against the caps again when its visit is given (handbook 1.4.3, 2.3).

A frame is frozen days before its draw is carried out, and every agency has draws of its own: two may have drawn one object, each within
the caps as its frame knew them. Whoever comes second sends nobody (scenario 41). A visit given is the reservation: calling it off
returns the slot (`slots`), and one that found nobody has used it, unless the pack says otherwise (scenario 42).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain.brief import Checks
from inspector.domain.exclusion import Barred, Exclusion, Seen, barred, counted, first
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.sampling import FULL, MUST, FrequencyRow
from inspector.domain.visit import Visit
from inspector.flows import moved
from inspector.flows.history import met_nobody, names, of_one
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.store.tx import Tx

REACHED = "cap_reached"
"""The matter of an object that was drawn and is not visited, for another visit has taken the last slot meanwhile."""
CAPS = (Exclusion.CAP.value, Exclusion.CAP_ALL.value)
"""Why a visit was not given: what the draw's line says."""
_OWN = frozenset({Authority.OWN})
_MARGIN = timedelta(days=1)
"""Whoever wrote a visit may have read the clock before the frame was frozen and committed after it; more is only looked at, too."""


def reached(  # noqa: PLR0913 - an object, who has drawn it, and how
    office: Office,
    tx: Tx,
    held: Draw,
    name: str,
    member: Member,
    drawn: Iterable[tuple[str, str]],
    check: CheckType,
    now: datetime,
    *,
    joining: str = "",
) -> dict[str, Barred]:
    """The agencies that may not go, by what bars them, of those that have `drawn` an object: (agency, stratum).

    A visit that a case needs is never barred, as in the frame, and one that must be seen only by its agency's own cap. Of what was
    imported counts what the frame knew: else whoever imports would strike a firm off a list that he knows by then. Who goes along to an
    open visit (`joining`) makes none more, and is held to all that is known beside that one. The caller gives the visit in the same
    transaction: nobody else uses up a slot before its end.
    """
    tx.visits.take_slots()
    found: dict[str, Barred] = {}
    if not tx.visits.stirred(names(tx, name), held.made_at - _MARGIN):  # the frame knew all there is
        return found
    today = office.calendar.local_date(now)
    for agency, stratum in drawn:
        policy = office.book.get(held.pack_of(agency))
        if stratum == FULL or check not in policy.limits.counted:
            continue
        known_at = None if joining else held.made_at
        above = None if joining else moved.stood_above(tx, held, agency)
        seen = of_one(office, tx, agency, name, member.kind, member.code, known_at=known_at, without=joining, above=above)
        frequency = _frequency(policy, held, stratum, office)
        why = barred(seen, frequency, policy.limits, today, must=stratum == MUST)
        if (told := first(one for one in why if one.code in CAPS)) is not None:
            found[agency] = told
    return found


def tell(tx: Tx, made: Visit, why: dict[str, Barred], now: datetime) -> None:
    """A person of each agency that does not go is told, with what there is instead: off-site, or to ask whoever goes (scenario 40)."""
    open_ones = _open(tx, made.object_id)
    for agency, bar in why.items():
        facts = {"draw": made.draw, "code": bar.code, "row": bar.row, "basis": bar.basis, "open": open_ones}
        tx.attention.open(REACHED, agency, about(made, agency), facts, now)


def about(made: Visit, agency: str) -> str:
    """What the matter of an agency that does not go is about."""
    return made.id if agency == made.agency else f"{made.id}:{agency}"


def tell_anew(tx: Tx, left: Visit, now: datetime) -> None:
    """Nobody is pointed any more to a visit that was called off."""
    for matter in tx.attention.of_kind(REACHED):
        if matter.open and left.id in list(matter.facts.get("open") or ()):  # type: ignore[call-overload]
            tx.attention.open(REACHED, matter.agency, matter.about, {**matter.facts, "open": _open(tx, left.object_id)}, now)


def _open(tx: Tx, object_id: str) -> list[str]:
    return [str(one["id"]) for one in tx.visits.made(names(tx, object_id)) if one["done_at"] is None]


def used(office: Office, tx: Tx, visit: Visit, agency: str, now: datetime) -> Checks:
    """What a firm is told of its checks (54号; handbook 1.4.25, 1.4.23), by one of the agencies that go."""
    held = tx.draws.get(visit.draw)
    policy = office.book.get(held.pack_of(agency))
    stratum = next((one.stratum for one in visit.stakes if one.agency == agency), visit.stratum)
    lead = policy if held.own else office.book.get(held.pack_of(held.agency))
    level = lead.sampling(stratum).level if stratum else None
    row = policy.limits.frequencies.get(level or "")
    today, rest = (
        office.calendar.local_date(now),
        of_one(office, tx, agency, visit.object_id, visit.kind, visit.code, without=visit.id),
    )
    day = visit.made_on or today
    before = [one for one in rest if one.completed and one.on <= day]
    seen = (*rest, _this(office, tx, visit))
    together = row.together if row is not None else frozenset(Authority)
    return Checks(
        own=counted(seen, policy.limits, today, _OWN),
        together=counted(seen, policy.limits, today, together),
        cap=row.cap if row is not None else None,
        stop=row.stop if row is not None else None,
        basis=row.basis if row is not None else "",
        nth=1 + counted(before, policy.limits, day, _OWN) if visit.check in policy.limits.counted else None,
        kind_basis=policy.limits.checks[visit.check].basis if visit.check in policy.limits.checks else "",
    )


def _this(office: Office, tx: Tx, visit: Visit) -> Seen:
    """The visit itself, as the history of its subject has it."""
    done = visit.done_at is not None
    return Seen(
        on=visit.made_on or office.calendar.local_date(visit.done_at or visit.opened_at),
        check=visit.check,
        authority=Authority.OWN,
        completed=done,
        open=not done,
        nobody=done and visit.id in met_nobody(office, tx, [visit.id]),
    )


def _frequency(policy: Policy, held: Draw, stratum: str, office: Office) -> FrequencyRow:
    """The row of a stratum's level; a partner's own row of the level that the lead has drawn at.

    What must be seen has no level in its stratum: the widest cap, so that nothing is called off that the frame has let in.
    """
    lead = policy if held.own else office.book.get(held.pack_of(held.agency))
    rows = policy.limits.frequencies
    if stratum == MUST:
        return max(rows.values(), key=lambda row: (row.cap is None, row.cap or 0))
    return rows.get(lead.sampling(stratum).level or "") or rows[policy.unrated]
