"""The frame of a draw: who is in it, in which stratum, and which inspectors may be dealt. Frozen before any seed exists."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.calendar import due
from inspector.domain.commitment import Rules
from inspector.domain.exclusion import CODES
from inspector.domain.frame import ELIGIBLE, Ban, Frame, InspectorRow, ObjectRow, freeze
from inspector.domain.policy import Policy, Timer
from inspector.domain.quota import Count, Quota, quota
from inspector.domain.sampling import Window
from inspector.flows.entries import Register, entries
from inspector.flows.history import History, history
from inspector.flows.members import Member
from inspector.flows.office import Office, Plan
from inspector.flows.placing import Placing, place
from inspector.flows.windows import Windows, start, windows
from inspector.store.room import Row
from inspector.store.tx import Tx

LAST = "last-visit"
"""The ban of whoever was there the last time: nobody goes to the same object twice running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """A frozen frame, its rules with their derivation, and the private key to its objects."""

    frame: Frame
    rules: Rules
    derivation: Mapping[str, object]
    members: Mapping[str, Member]


def frame(office: Office, tx: Tx, plan: Plan, policy: Policy, number: str, list_name: str, now: datetime) -> Framed:
    """Freeze both registers for a plan, with everything that decides who may be drawn and how many."""
    secret = office.secret + f"{number}/{list_name}/".encode()
    today = office.calendar.local_date(now)
    spans = windows(office, tx, plan.name, now)
    register = {(held.kind, held.code): held for held in tx.rosters.objects(plan.agency)}
    horizon = due(spans.following or now, policy.term(Timer.VISIT).term, office.calendar).at.date()
    again = _again(tx, plan, policy, spans)
    past = history(office, tx, plan.agency)
    held = place(entries(office, tx, plan, policy, register, again, now), policy, past, today, horizon)
    members = {name: one.member for name, one in held.placed.items()}
    staff = _inspectors(office, tx, plan, policy, secret, now)
    frozen = freeze(_objects(held, plan, policy, register, secret), staff, _bans(tx, plan, policy, members, past, secret))
    sizes = _quota(tx, plan, policy, frozen, spans, now)
    rules = Rules(
        base="all",
        rounding="ceil",
        reserve=policy.draw.reserve,
        team=policy.draw.team,
        strata={code: size.share for code, size in sizes.sizes.items()},
        codes=CODES,
    )
    return Framed(frame=frozen, rules=rules, derivation=_derivation(policy, sizes, held, spans), members=members)


def _derivation(policy: Policy, sizes: Quota, held: Placing, spans: Windows) -> dict[str, object]:
    """Committed beside the rules: each number with its row, and how many were set aside for which reason. Nobody silently."""
    return {
        "pack": policy.label,
        "rows": {code: policy.sampling(code).row for code in sizes.sizes},
        "ratios": {code: str(policy.sampling(code).ratio) for code in sizes.sizes},
        **sizes.value(),
        "ends": spans.ended,
        "excluded": held.excluded(),
        "exclusions": held.reasons(),
        "set_aside": [[*why, count] for why, count in sorted(held.aside.items())],
        "near_their_stop": held.warned,
    }


def _again(tx: Tx, plan: Plan, policy: Policy, spans: Windows) -> Sequence[Row]:
    """The intake of windows that end with this draw: those not drawn yet may still be, to make up for rounding (scenario 28)."""
    ending: dict[Window, list[str]] = {}
    for row in policy.samplings:
        if row.rolling and row.per not in spans.unfinished:
            ending.setdefault(row.per, []).append(row.stratum)
    return [
        case for per, strata in ending.items() for case in tx.cases.passed_over(plan.agency, plan.name, spans.since[per], strata)
    ]


def _quota(tx: Tx, plan: Plan, policy: Policy, frozen: Frame, spans: Windows, now: datetime) -> Quota:
    """How many of each stratum, with what was drawn before in each row's window and in the year."""
    rows = Counter(row.stratum for row in frozen.objects)
    able = Counter(row.stratum for row in frozen.objects if row.status == ELIGIBLE)
    drawn: dict[Window, dict[str, int]] = {per: tx.visits.drawn_since(plan.agency, since) for per, since in spans.since.items()}
    year = tx.visits.drawn_since(plan.agency, start(now, Window.YEAR))
    taken_in = tx.cases.taken_in(plan.agency, start(now, Window.YEAR))
    held = [row for row in policy.samplings if row.stratum in rows]
    counts = {
        row.stratum: Count(
            rows=rows[row.stratum],
            able=able[row.stratum],
            drawn=drawn.get(row.per, {}).get(row.stratum, 0),
            year_drawn=year.get(row.stratum, 0),
            year_rows=taken_in.get(row.stratum, 0),
        )
        for row in held
    }
    staff, random = policy.bounds.staff, {row.stratum for row in policy.samplings if not row.whole}
    before = (
        tx.visits.drawn_since(plan.agency, start(now, staff.per)) if staff is not None and staff.per is not Window.DRAW else {}
    )
    return quota(
        held,
        policy.bounds,
        counts,
        officers=sum(1 for row in frozen.inspectors if row.status == ELIGIBLE),
        staff_drawn=sum(count for stratum, count in before.items() if stratum in random),
        unfinished=spans.unfinished,
    )


def _objects(held: Placing, plan: Plan, policy: Policy, register: Register, secret: bytes) -> list[ObjectRow]:
    """The rows; an object of the register has its own area and needs its own qualification, any other those of the agency."""
    rows = []
    for name, one in held.placed.items():
        known = register.get((one.member.kind, one.member.code))
        rows.append(
            ObjectRow(
                id=name,
                stratum=one.stratum,
                status=ELIGIBLE if one.barred is None else one.barred.code,
                pool=known.pool if known is not None and known.pool else plan.agency,
                qual=(known.qualification if known is not None else "") or policy.draw.lead_qualification,
                salt=salt(secret, name),
            )
        )
    return rows


def staff(
    office: Office, tx: Tx, plan: Plan, policy: Policy, members: Mapping[str, Member], secret: bytes, now: datetime
) -> tuple[Sequence[InspectorRow], Sequence[Ban]]:
    """Today's inspectors, and who of them may not go to whom: for visits that were selected before and have no team."""
    past = history(office, tx, plan.agency)
    return _inspectors(office, tx, plan, policy, secret, now), _bans(tx, plan, policy, members, past, secret)


def _inspectors(office: Office, tx: Tx, plan: Plan, policy: Policy, secret: bytes, now: datetime) -> Sequence[InspectorRow]:
    """The agency's inspectors; the certificate must last to the day the visit is due (scenario 35).

    A person's cap is for the window of the pack's `[staff]` row: what he or she holds in it already is taken off.
    """
    day = due(now, policy.term(Timer.VISIT).term, office.calendar).at.date()
    staff = policy.bounds.staff
    held = tx.visits.seats_since(plan.agency, start(now, staff.per)) if staff is not None and staff.per is not Window.DRAW else {}
    return [
        InspectorRow(
            id=row.id,
            pools=row.pools,
            quals=row.qualifications,
            cap=max(0, row.cap - held.get(row.id, 0)),
            status=row.status(day),
            salt=salt(secret, row.id),
        )
        for row in tx.rosters.inspectors(plan.agency)
    ]


def _bans(tx: Tx, plan: Plan, policy: Policy, members: Mapping[str, Member], past: History, secret: bytes) -> Sequence[Ban]:
    """Declared conflicts about objects of this frame (the fact, not the private reason: scenario 33), and who went the last time."""
    bans: dict[tuple[str, str], str] = {}
    if policy.draw.rotate:
        bans = {(name, staff): LAST for name in members for staff in past.last.get(name, ())}
    by_code = {member.code: name for name, member in members.items()}
    declared = tx.rosters.recusals(plan.agency)
    bans |= {(by_code[code], staff): reason for code, staff, reason in declared if code in by_code}
    return [
        Ban(object=name, inspector=staff, reason=reason, salt=salt(secret, f"{name}/{staff}"))
        for (name, staff), reason in bans.items()
    ]


def salt(secret: bytes, name: str) -> str:
    """Ruling 8: rows cannot be linked across lists or draws."""
    return hashlib.sha256(secret + name.encode()).hexdigest()[:32]
