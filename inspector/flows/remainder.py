"""What a draw has left: its own frame, in its own strata, with whoever was drawn before and whoever may not be visited today set aside.

Nobody comes in and nobody changes stratum, for the first seed is known: whoever edits a register now moves nothing. Inspectors, bans
and what bars an object are today's, as for any new number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.approval import Approval
from inspector.domain.commitment import Rules, Share
from inspector.domain.exclusion import CODES, Barred, Exclusion, barred, first, suppressed
from inspector.domain.extension import Left, lacking
from inspector.domain.frame import ELIGIBLE, ObjectRow
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawState
from inspector.domain.policy import Policy
from inspector.domain.quota import Count, Quota, quota
from inspector.domain.rowfile import RowFile
from inspector.domain.sampling import FULL, MUST, Window
from inspector.domain.spelling import party_of
from inspector.domain.suite import Suite
from inspector.flows import footing, joining, moved
from inspector.flows.barring import list_secret, salt
from inspector.flows.framing import Framed, Ruled, Staffed, staffed
from inspector.flows.history import History, history
from inspector.flows.lists import objects_of
from inspector.flows.members import Member, by_key, members_of
from inspector.flows.office import Office
from inspector.flows.placing import Bars
from inspector.flows.windows import start
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a list has left; where all share the lead's, that. `barred` says of each object why it may not be drawn, or None.

    `moves` is what moved in the registers since the frame before: that of the draw, or of its last extension that was carried out.
    """

    listed: Listed
    policy: Policy
    objects: tuple[ObjectRow, ...]
    members: Mapping[str, Member]
    barred: Mapping[str, Barred | None]
    staffed: Staffed
    asked: Quota
    drawn: Mapping[str, int]
    gone: int
    ends: object
    moves: Mapping[str, object]

    def left(self) -> tuple[Left, ...]:
        """Its strata."""
        rows = Counter(row.stratum for row in self.objects)
        able = Counter(row.stratum for row in self.objects if self.barred[row.id] is None)
        more = lacking(self.asked, self.drawn, able)
        held, report = {code: self.policy.sampling(code) for code in sorted(rows)}, self.policy.report
        return tuple(
            Left(
                stratum=self.listed.called(code),
                row=row.row,
                rows=rows[code],
                drawn=self.drawn.get(code, 0),
                able=able[code],
                wanted=more[code],
                whole=row.whole,
                certain=report.certain,
                certain_by=report.row,
            )
            for code, row in held.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """The frame of an extension before its size is settled: of the list that all share, or of each with rules of its own."""

    root: Draw
    policy: Policy
    parts: tuple[Part, ...]

    @property
    def left(self) -> tuple[Left, ...]:
        """The strata of all lists."""
        return tuple(one for part in self.parts for one in part.left())


def remainder(office: Office, tx: Tx, root: Draw, policy: Policy, number: str, now: datetime) -> Remainder:
    """What is left of a carried-out draw and of its carried-out extensions; the caller holds the draw's lock."""
    lists = root.lists if root.own else root.lists[:1]
    return Remainder(root=root, policy=policy, parts=tuple(_part(office, tx, root, listed, number, now) for listed in lists))


def _part(office: Office, tx: Tx, root: Draw, listed: Listed, number: str, now: datetime) -> Part:
    """What a list has left: by the pack in force of its agency, and where it has rules of its own as if that drew alone."""
    agency, policy = listed.agency, office.policy(listed.agency, now.date())
    rows, members = objects_of(tx, root, listed, Suite()), _members(tx, root, listed)
    rules = footing.rules(tx, root)
    derivation = (rules["own"][listed.name] if root.own else rules)["derivation"]
    extended = tx.draws.extensions(root.plan, root.number)
    kin = [root.number, *(one.number for one in extended if one.state is DrawState.DRAWN)]
    chosen = tx.visits.chosen(kin, agency)
    before, exact = _before(office, tx, root, agency, policy, {str(one["object_id"]) for one in chosen}, rows)
    lent = () if root.own else root.partners
    partners = joining.partners(office, tx, lent, now)
    past, today = history(office, tx, agency), office.calendar.local_date(now)
    others = joining.bars(partners, today)
    items = tx.cases.items(sorted({case for one in members.values() for case in one.cases}))
    secret = list_secret(office, number, listed)
    objects: list[ObjectRow] = []
    why: dict[str, Barred | None] = {}
    for row in rows:
        member = members[row.id]
        if row.id not in exact and not member.pooled and not any(case in items for case in member.cases):
            continue  # every case of it was withdrawn: nothing is left to look at
        why[row.id] = before.get(row.id) or _bars(row, member, items, policy, past, today, others)
        status = one.code if (one := why[row.id]) is not None else ELIGIBLE
        objects.append(replace(row, status=status, salt=salt(secret, row.id)))
    kept = {row.id: members[row.id] for row in objects}
    lists = (listed,) if root.own else root.lists
    leads = [office.policy(one.agency, now.date()) for one in root.lists if root.own]
    made = staffed(office, tx, lists, policy, partners, objects, by_key(kept), past, number, now, leads)
    drawn = Counter(str(one["stratum"]) for one in chosen if not one["replaces"])
    ended = frozenset(derivation["ends"])
    officers = sum(1 for row in made.frames[listed.name].inspectors if row.status == ELIGIBLE)
    return Part(
        listed=listed,
        policy=policy,
        objects=tuple(objects),
        members=kept,
        barred=why,
        staffed=made,
        asked=_asked(office, tx, root, agency, policy, objects, drawn, ended, officers),
        drawn=drawn,
        gone=len(rows) - len(objects),
        ends=derivation["ends"],
        moves=moved.counted(office, tx, tx.draws.kin(root)[-1], agency, lent),
    )


def framed(held: Remainder, approval: Approval, more: Mapping[str, int]) -> Framed:
    """The frozen frames with their rules; `more` by stratum, as `Listed.called`."""
    first, *_ = held.parts
    ruled = {one.listed.name: _ruled(one, held.root, approval, more) for one in held.parts}
    if not held.root.own:
        made = first.staffed
        only = ruled[first.listed.name]
        return Framed(
            lists=held.root.lists, frames=made.frames, ruled=only, members=by_key(first.members), told=made.told, few=made.few
        )
    lists = tuple(replace(one.listed, pack=one.policy.label) for one in held.parts)
    return Framed(
        lists=lists,
        frames={name: frame for one in held.parts for name, frame in one.staffed.frames.items()},
        ruled=ruled[first.listed.name],
        members=joining.Merged({one.listed.agency: by_key(one.members) for one in held.parts}),
        told=joining.own(lists),
        own=ruled,
        few={agency: names for one in held.parts for agency, names in one.staffed.few.items()},
    )


def _ruled(held: Part, root: Draw, approval: Approval, more: Mapping[str, int]) -> Ruled:
    """A list's rules, and the derivation: today's quota of the whole frame, what was drawn of it, what is added."""
    policy, left = held.policy, {code: held.policy.sampling(code) for code in sorted({row.stratum for row in held.objects})}
    added = {code: more[name] for code in left if (name := held.listed.called(code)) in more}
    ordered = {code: approval.more[name] for code in left if (name := held.listed.called(code)) in approval.more}
    strata = {code: Share(ppm=0, least=added.get(code, 0)) for code in left}
    team = held.staffed.teams[held.listed.name]
    rules = Rules(base="all", rounding="ceil", reserve=policy.draw.reserve, team=team, strata=strata, codes=CODES)
    codes = Counter((row.stratum, row.status) for row in held.objects if row.status != ELIGIBLE)
    excluded: dict[str, dict[str, int]] = {}
    for (stratum, code), count in sorted(codes.items()):
        excluded.setdefault(stratum, {})[code] = count
    reasons = sorted({(one.code, one.row, one.basis) for one in held.barred.values() if one is not None})
    derivation = {
        "pack": policy.label,
        "extends": root.number,
        "approval": {
            "basis": approval.basis,
            "ordered": ordered,
            "signed": len(approval.names),
        },  # published: no names
        "rows": {code: one.row for code, one in left.items()},
        "ratios": {code: str(one.ratio) for code, one in left.items()},
        **held.asked.value(),
        "drawn": {code: held.drawn.get(code, 0) for code in left},
        "more": added,
        "ends": held.ends,
        "excluded": excluded,
        "exclusions": {code: [[row, basis] for other, row, basis in reasons if other == code] for code, _, _ in reasons},
        "gone": held.gone,
        **held.moves,
    }
    return Ruled(rules=rules, derivation=derivation)


def _members(tx: Tx, root: Draw, listed: Listed) -> dict[str, Member]:
    """Whom a draw's keys stand for; for a list with rules of its own with the cases and the supervision of its agency alone.

    A case that went at the end of its days is nobody's any more, and gives nobody a chance.
    """
    members = members_of(tx, root.number)
    if not root.own:
        return members
    standing = tx.cases.standing(sorted({case for one in members.values() for case in one.cases}))
    return {
        name: replace(
            one,
            cases=tuple(case for case in one.cases if case in standing and standing[case][2] == listed.agency),
            pooled=listed.agency in one.supervised,
        )
        for name, one in members.items()
    }


def _before(
    office: Office, tx: Tx, root: Draw, agency: str, policy: Policy, chosen: set[str], rows: RowFile
) -> tuple[dict[str, Barred], set[str]]:
    """Whom an agency's list drew in this period: in the draw, its extensions, or another of the plan in the window of the stratum's row.

    Also whoever came in from a reserve, and whoever was drawn and left again. A firm was drawn by whichever code of its organisation
    (decision 170), or one that was corrected: its other rows stay out too. Beside them, the rows that were drawn themselves.
    """
    made = office.calendar.local(root.made_at)
    windows = {policy.sampling(code).per for code in {code for code, _ in rows.tally}} - {Window.DRAW}
    theirs = {
        per: {str(one["object_id"]) for one in tx.visits.of_plan(root.plan, start(made, per), agency=agency)} for per in windows
    }
    parties, exact, told = _parties(tx, agency, chosen), set(), {}
    theirs_all = {per: _parties(tx, agency, named) for per, named in theirs.items()}
    for row in rows:
        held = policy.sampling(row.stratum)
        if row.id in chosen or row.id in theirs.get(held.per, ()):
            exact.add(row.id)
        if party_of(row.id) in parties or party_of(row.id) in theirs_all.get(held.per, ()):
            told[row.id] = Barred(code=Exclusion.DRAWN.value, row=held.row, basis=held.basis)
    return told, exact


def _parties(tx: Tx, agency: str, drawn: Collection[str]) -> set[str]:
    """By whom some drawn keys stand for, by its other code too where an agency's register has corrected one into another."""
    held = {party_of(name) for name in drawn}
    pairs = [{party_of(struck), party_of(stands)} for struck, stands in tx.rosters.aliases(agency)] if held else []
    return held.union(*(pair for pair in pairs if not pair.isdisjoint(held)))


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


def _asked(  # noqa: PLR0913, PLR0917 - a quota in all its parts
    office: Office,
    tx: Tx,
    root: Draw,
    agency: str,
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
        since = tx.visits.drawn_since(agency, start(made, per))
        return {code: max(0, count - drawn.get(code, 0)) for code, count in since.items()}

    held = [row for row in policy.samplings if row.stratum in rows]
    before: dict[Window, dict[str, int]] = {per: others(per) for per in stretches}
    taken_in = tx.cases.taken_in(agency, start(made, Window.YEAR))
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
