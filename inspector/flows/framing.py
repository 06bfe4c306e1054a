"""The frame of a draw: who is in it, in which stratum, and which inspectors may be dealt. Frozen before any seed exists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil

from inspector.domain.calendar import due
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import Rules, Share
from inspector.domain.evidence import span
from inspector.domain.frame import ELIGIBLE, Ban, Frame, InspectorRow, ObjectRow, freeze
from inspector.domain.identity import IdentityKind, pseudonym
from inspector.domain.policy import Policy, Timer
from inspector.flows.office import Office, Plan
from inspector.store.tx import Tx

FULL = "full"
"""The stratum of visits that must take place whatever the draw says: full coverage, never mixed with the random part."""
CAP = "cap"
"""The exclusion code of an object that has had its random visits of the year: committed, counted, published."""
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the frame's key stands for. Private: it never leaves the house. `pooled`: under daily supervision whatever its cases do."""

    kind: SubjectKind
    code: str
    name: str
    cases: tuple[str, ...]
    pooled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """A frozen frame, its rules with their derivation, and the private key to its objects."""

    frame: Frame
    rules: Rules
    derivation: Mapping[str, object]
    members: Mapping[str, Member]


def frame(office: Office, tx: Tx, plan: Plan, policy: Policy, number: str, list_name: str, now: datetime) -> Framed:
    """Freeze both registers for a plan: one object a subject, in the stratum with the highest ratio (scenario 25)."""
    secret = office.secret + f"{number}/{list_name}/".encode()
    members: dict[str, Member] = {}
    strata: dict[str, str] = {}
    for entry in _entries(tx, plan, policy, now):
        name = object_id(office.secret, entry.member.kind, entry.member.code)
        held = members.get(name)
        members[name] = entry.member if held is None else _merged(held, entry.member)
        strata[name] = _higher(policy, strata.get(name), entry.stratum)
    capped = _capped(tx, plan, policy, now)
    objects = [
        ObjectRow(
            id=name,
            stratum=strata[name],
            status=CAP if name in capped and strata[name] != FULL else ELIGIBLE,
            pool=plan.agency,
            qual=policy.draw.lead_qualification,
            salt=salt(secret, name),
        )
        for name in members
    ]
    frozen = freeze(objects, _inspectors(office, tx, plan, policy, secret, now), _bans(tx, plan, members, secret))
    counts = {code: sum(1 for row in frozen.objects if row.stratum == code) for code in sorted(set(strata.values()))}
    shares = {code: _share(policy, code, count) for code, count in counts.items()}
    rules = Rules(
        base="all", rounding="ceil", reserve=policy.draw.reserve, team=policy.draw.team, strata=shares, codes=frozenset({CAP})
    )
    derivation = {
        "pack": policy.label,
        "rows": {code: policy.sampling(code).row for code in counts},
        "ratios": {code: str(policy.sampling(code).ratio) for code in counts},
        "full_coverage": FULL in counts,
    }
    return Framed(frame=frozen, rules=rules, derivation=derivation, members=members)


def object_id(secret: bytes, kind: SubjectKind, code: str) -> str:
    """The frame's key: a firm's normalised code; a keyed pseudonym for a natural person, which never leaves the house."""
    return code if kind is SubjectKind.FIRM else pseudonym(secret, IdentityKind.CITIZEN_ID, code)


def dump_members(members: Mapping[str, Member]) -> bytes:
    """The private key of a frame, for the store."""
    told = {name: [one.kind.value, one.code, one.name, list(one.cases), one.pooled] for name, one in members.items()}
    return json.dumps(told, ensure_ascii=False).encode()


def load_members(content: bytes) -> dict[str, Member]:
    """The private key of a frame."""
    told = json.loads(content)
    return {
        name: Member(kind=SubjectKind(kind), code=code, name=called, cases=tuple(cases), pooled=pooled)
        for name, (kind, code, called, cases, pooled) in told.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    member: Member
    stratum: str


def _entries(tx: Tx, plan: Plan, policy: Policy, now: datetime) -> Iterable[_Entry]:
    """Undrawn cases, and the daily-supervision pool where the plan asks for it.

    Who was drawn and could not be visited for want of two inspectors is owed that visit (`flows.supplement`), and in no frame for it.
    """
    for row in tx.cases.undrawn(plan.agency):
        if row["wants_visit"] or row["stratum"] is not None:
            member = Member(kind=SubjectKind(row["subject_kind"]), code=row["subject_code"], name="", cases=(row["id"],))
            yield _Entry(member=member, stratum=FULL if row["wants_visit"] else row["stratum"])
    if plan.pool:
        for held in tx.rosters.objects(plan.agency):
            level = tx.credit.level(held.kind, held.code)
            fresh = level is not None and now - level[1] <= span(policy.stale_after)
            code = level[0] if level is not None and fresh else policy.unrated
            yield _Entry(
                member=Member(kind=held.kind, code=held.code, name=held.name, cases=(), pooled=True),
                stratum=pool_stratum(policy, code),
            )


def pool_stratum(policy: Policy, level: str) -> str:
    """The pool's stratum of a level; a level without one is in the unrated one."""
    known = {row.stratum for row in policy.samplings}
    return f"pool-{level}" if f"pool-{level}" in known else f"pool-{policy.unrated}"


def _capped(tx: Tx, plan: Plan, policy: Policy, now: datetime) -> frozenset[str]:
    """Objects at their cap. The year is the calendar year of the office's zone (scenario 46)."""
    year = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    visits = tx.visits.sampled_since(plan.agency, year)
    return frozenset(name for name, count in visits.items() if count >= policy.draw.yearly_cap)


def _merged(one: Member, other: Member) -> Member:
    return Member(
        kind=one.kind,
        code=one.code,
        name=one.name or other.name,
        cases=(*one.cases, *other.cases),
        pooled=one.pooled or other.pooled,
    )


def _higher(policy: Policy, one: str | None, other: str) -> str:
    """The stratum with the higher ratio; equal ones by code, so that order of arrival says nothing."""
    if one is None:
        return other
    return max((one, other), key=lambda code: (policy.sampling(code).ratio, code))


def _share(policy: Policy, stratum: str, count: int) -> Share:
    """The row's ratio in parts per million; a ratio that ppm cannot say is committed as its quota (ruling 9)."""
    row = policy.sampling(stratum)
    ppm: Fraction = row.ratio * _MILLION
    if ppm.denominator == 1:
        return Share(ppm=int(ppm), least=row.minimum)
    return Share(ppm=0, least=max(row.minimum, ceil(row.ratio * count)))


def staff(
    office: Office, tx: Tx, plan: Plan, policy: Policy, members: Mapping[str, Member], secret: bytes, now: datetime
) -> tuple[Sequence[InspectorRow], Sequence[Ban]]:
    """Today's inspectors, and who of them may not go to whom: for visits that were selected before and have no team."""
    return _inspectors(office, tx, plan, policy, secret, now), _bans(tx, plan, members, secret)


def _inspectors(office: Office, tx: Tx, plan: Plan, policy: Policy, secret: bytes, now: datetime) -> Sequence[InspectorRow]:
    """The agency's inspectors; the certificate must last to the day the visit is due (scenario 35)."""
    day = due(now, policy.term(Timer.VISIT).term, office.calendar).at.date()
    return [
        InspectorRow(
            id=row.id,
            pools=row.pools,
            quals=row.qualifications,
            cap=row.cap,
            status=row.status(day),
            salt=salt(secret, row.id),
        )
        for row in tx.rosters.inspectors(plan.agency)
    ]


def _bans(tx: Tx, plan: Plan, members: Mapping[str, Member], secret: bytes) -> Sequence[Ban]:
    """Declared conflicts about objects of this frame: the fact, not the private reason (scenario 33)."""
    by_code = {member.code: name for name, member in members.items()}
    return [
        Ban(object=by_code[code], inspector=staff, reason=reason, salt=salt(secret, f"{by_code[code]}/{staff}"))
        for code, staff, reason in tx.rosters.recusals(plan.agency)
        if code in by_code
    ]


def salt(secret: bytes, name: str) -> str:
    """Ruling 8: rows cannot be linked across lists or draws."""
    return hashlib.sha256(secret + name.encode()).hexdigest()[:32]
