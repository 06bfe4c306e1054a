"""What a draw has left: its own frame, in its own strata, with whoever was drawn before and whoever may not be visited today set aside.

Nobody comes in and nobody changes stratum, for the first seed is known: whoever edits a register now moves nothing. Inspectors, bans
and what bars an object are today's, as for any new number.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.approval import Approval
from inspector.domain.commitment import Rules, Share
from inspector.domain.exclusion import CODES, Barred, Exclusion, barred, first, suppressed
from inspector.domain.extension import Left, lacking
from inspector.domain.frame import ELIGIBLE, ObjectRow
from inspector.domain.plan import Draw, DrawState
from inspector.domain.policy import Policy
from inspector.domain.quota import Count, Quota, quota
from inspector.domain.rowfile import RowFile
from inspector.domain.sampling import FULL, MUST, Window
from inspector.domain.suite import Suite
from inspector.flows import joining
from inspector.flows.framing import Framed, Ruled, Staffed, list_secret, salt, staffed
from inspector.flows.history import History, history
from inspector.flows.lists import objects_of
from inspector.flows.members import Member, members_of
from inspector.flows.office import Office
from inspector.flows.placing import Bars
from inspector.flows.windows import start
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """The frame of an extension before its size is settled. `barred` says of each object why it may not be drawn, or None."""

    root: Draw
    policy: Policy
    objects: tuple[ObjectRow, ...]
    members: Mapping[str, Member]
    barred: Mapping[str, Barred | None]
    staffed: Staffed
    asked: Quota
    drawn: Mapping[str, int]
    gone: int
    ends: object

    @property
    def left(self) -> tuple[Left, ...]:
        """Its strata."""
        rows = Counter(row.stratum for row in self.objects)
        able = Counter(row.stratum for row in self.objects if self.barred[row.id] is None)
        more = lacking(self.asked, self.drawn, able)
        held = {code: self.policy.sampling(code) for code in sorted(rows)}
        return tuple(
            Left(
                stratum=code,
                row=row.row,
                rows=rows[code],
                drawn=self.drawn.get(code, 0),
                able=able[code],
                wanted=more[code],
                whole=row.whole,
            )
            for code, row in held.items()
        )


def remainder(office: Office, tx: Tx, root: Draw, policy: Policy, number: str, now: datetime) -> Remainder:
    """What is left of a carried-out draw and of its carried-out extensions; the caller holds the draw's lock."""
    rows, members = objects_of(tx, root, root.lists[0], Suite()), members_of(tx, root.number)
    derivation = json.loads(tx.draws.file(root.number, "rules.json"))["derivation"]
    extended = tx.draws.extensions(root.plan, root.number)
    kin = [root.number, *(one.number for one in extended if one.state is DrawState.DRAWN)]
    chosen = tx.visits.chosen(kin)
    before = _before(office, tx, root, policy, {str(one["object_id"]) for one in chosen}, rows)
    partners = joining.partners(office, tx, list(root.partners), now)
    past, today = history(office, tx, root.agency), office.calendar.local_date(now)
    others = joining.bars(partners, today)
    items = tx.cases.items(sorted({case for one in members.values() for case in one.cases}))
    secret = list_secret(office, number, root.lists[0])
    objects: list[ObjectRow] = []
    why: dict[str, Barred | None] = {}
    for row in rows:
        member = members[row.id]
        if row.id not in before and not member.pooled and not any(case in items for case in member.cases):
            continue  # every case of it was withdrawn: nothing is left to look at
        why[row.id] = before.get(row.id) or _bars(row, member, items, policy, past, today, others)
        status = one.code if (one := why[row.id]) is not None else ELIGIBLE
        objects.append(replace(row, status=status, salt=salt(secret, row.id)))
    kept = {row.id: members[row.id] for row in objects}
    made = staffed(office, tx, root.lists, policy, partners, objects, kept, past, number, now)
    drawn = Counter(str(one["stratum"]) for one in chosen if not one["replaces"])
    ended = frozenset(derivation["ends"])
    officers = sum(1 for row in made.frames[root.lists[0].name].inspectors if row.status == ELIGIBLE)
    return Remainder(
        root=root,
        policy=policy,
        objects=tuple(objects),
        members=kept,
        barred=why,
        staffed=made,
        asked=_asked(office, tx, root, policy, objects, drawn, ended, officers),
        drawn=drawn,
        gone=len(rows) - len(objects),
        ends=derivation["ends"],
    )


def framed(held: Remainder, approval: Approval, more: Mapping[str, int]) -> Framed:
    """The frozen frame with its rules, and the derivation: today's quota of the whole frame, what was drawn of it, what is added."""
    policy = held.policy
    strata = {one.stratum: Share(ppm=0, least=more.get(one.stratum, 0)) for one in held.left}
    team = held.staffed.teams[held.root.lists[0].name]
    rules = Rules(base="all", rounding="ceil", reserve=policy.draw.reserve, team=team, strata=strata, codes=CODES)
    codes = Counter((row.stratum, row.status) for row in held.objects if row.status != ELIGIBLE)
    excluded: dict[str, dict[str, int]] = {}
    for (stratum, code), count in sorted(codes.items()):
        excluded.setdefault(stratum, {})[code] = count
    reasons = sorted({(one.code, one.row, one.basis) for one in held.barred.values() if one is not None})
    derivation = {
        "pack": policy.label,
        "extends": held.root.number,
        "approval": {
            "basis": approval.basis,
            "ordered": dict(approval.more),
            "signed": len(approval.names),
        },  # published: no names
        "rows": {one.stratum: one.row for one in held.left},
        "ratios": {one.stratum: str(policy.sampling(one.stratum).ratio) for one in held.left},
        **held.asked.value(),
        "drawn": {one.stratum: one.drawn for one in held.left},
        "more": dict(more),
        "ends": held.ends,
        "excluded": excluded,
        "exclusions": {code: [[row, basis] for other, row, basis in reasons if other == code] for code, _, _ in reasons},
        "gone": held.gone,
    }
    return Framed(
        lists=held.root.lists,
        frames=held.staffed.frames,
        ruled=Ruled(rules=rules, derivation=derivation),
        members=held.members,
        told=held.staffed.told,
    )


def _before(office: Office, tx: Tx, root: Draw, policy: Policy, chosen: set[str], rows: RowFile) -> dict[str, Barred]:
    """Who was drawn in this period: by the draw, its extensions, or another draw of the plan in the window of the stratum's row.

    Also whoever came in from a reserve, and whoever was drawn and left again.
    """
    made = office.calendar.local(root.made_at)
    windows = {policy.sampling(code).per for code in {code for code, _ in rows.tally}} - {Window.DRAW}
    theirs = {per: {str(one["object_id"]) for one in tx.visits.of_plan(root.plan, start(made, per))} for per in windows}
    told = {}
    for row in rows:
        held = policy.sampling(row.stratum)
        if row.id in chosen or row.id in theirs.get(held.per, ()):
            told[row.id] = Barred(code=Exclusion.DRAWN.value, row=held.row, basis=held.basis)
    return told


def _bars(
    row: ObjectRow,
    member: Member,
    items: Mapping[str, str],
    policy: Policy,
    past: History,
    today: date,
    others: Bars,
) -> Barred | None:
    """What bars an object today, as for any frame (`placing`), but that its stratum stands."""
    if row.stratum == FULL:
        return None
    seen, must = past.of(row.id), row.stratum == MUST
    frequency = policy.limits.frequencies[policy.sampling(row.stratum).level or policy.unrated]
    about = [frozenset({items[case]}) for case in member.cases if case in items] + ([frozenset[str]()] if member.pooled else [])
    whys = [suppressed(seen, policy.limits, one, today) for one in about]
    found = [*barred(seen, frequency, policy.limits, today, must=must), *others(row.id, frequency.level, must)]
    if not must and None not in whys:
        found += [why for why in whys if why is not None]
    return first(found)


def _asked(
    office: Office,
    tx: Tx,
    root: Draw,
    policy: Policy,
    objects: list[ObjectRow],
    drawn: Mapping[str, int],
    ended: frozenset[str],
    officers: int,
) -> Quota:
    """What the pack of today would draw of the whole frame, had this draw and its extensions not been; the windows are the draw's."""
    made = office.calendar.local(root.made_at)
    rows = Counter(row.stratum for row in objects)
    able = Counter(row.stratum for row in objects if row.status == ELIGIBLE)
    stretches = [per for per in Window if per is not Window.DRAW]

    def others(per: Window) -> dict[str, int]:
        since = tx.visits.drawn_since(root.agency, start(made, per))
        return {code: max(0, count - drawn.get(code, 0)) for code, count in since.items()}

    held = [row for row in policy.samplings if row.stratum in rows]
    before: dict[Window, dict[str, int]] = {per: others(per) for per in stretches}
    taken_in = tx.cases.taken_in(root.agency, start(made, Window.YEAR))
    counts = {
        row.stratum: Count(
            rows=rows[row.stratum],
            able=able[row.stratum] + drawn.get(row.stratum, 0),
            drawn=before.get(row.per, {}).get(row.stratum, 0),
            year_drawn=before[Window.YEAR].get(row.stratum, 0),
            year_rows=taken_in.get(row.stratum, 0),
        )
        for row in held
    }
    staff, random = policy.bounds.staff, {row.stratum for row in policy.samplings if not row.whole}
    staffed_before = before.get(staff.per, {}) if staff is not None else {}
    return quota(
        held,
        policy.bounds,
        counts,
        officers=officers,
        staff_drawn=sum(count for code, count in staffed_before.items() if code in random),
        unfinished={per for per in stretches if per.value not in ended},
    )
