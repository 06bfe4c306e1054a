"""The supplementary draw (ruling 13): visits that no legal team could be dealt to get one under a commitment and a seed of their own.

The selection stands: those visits are owed until they are made. All of a plan's that are short go in, so that there is nothing to
choose; the roster is today's. It is announced by an officer, or by the daily look as soon as the register could fill a whole team of
any of them: an officer alone could let an object escape by doing nothing. The law is that of the draws that owe (decision 43): those of
one law are dealt by one draw, the others by the next.

A joint visit is one visit: every agency's team is dealt anew, each from its own list, so that all of them go together. Where lists
have rules of their own, each lists the visits that its agency goes to.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain import plan as life
from inspector.domain import voiding
from inspector.domain.attesting import awaited
from inspector.domain.dealing import Shortage, deal
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.footing import RULES
from inspector.domain.frame import ELIGIBLE, Frame, ObjectRow
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind, Following
from inspector.domain.policy import Policy
from inspector.domain.register import EntryKind
from inspector.domain.suite import Suite
from inspector.domain.visit import Visit
from inspector.flows import footing, lookback, moved, queue, reconcile, succession, watching
from inspector.flows.barring import list_secret, salt
from inspector.flows.framing import Staffed, staffed
from inspector.flows.history import history
from inspector.flows.joining import Partner, own
from inspector.flows.lists import lists_of, row_of, small
from inspector.flows.members import Member, by_key
from inspector.flows.office import Office, Plan
from inspector.flows.record import record
from inspector.store.draws import SUPPLEMENT, UNNUMBERED
from inspector.store.tx import Tx

OWED = "owed"
"""The one stratum of a supplementary draw: every row of it is taken."""
VISITS = "visits.json"
"""The draw's private file that says which short visit each object stands for."""
_SLOT = SUPPLEMENT
RULE = "rule"
"""Who announces what the daily look announces."""
NO_SEED = "draw_no_seed"
"""The matter for a person that short visits open where the house has not set up what a seed is made of; one for each plan."""
UNSIGNED = "draw_void_unsigned"
"""Why short visits stand still: somebody altered what their last draw had frozen, and two persons have not signed that it is void."""
NOT_COMMITTABLE = "draw_not_committable"
"""The matter for a person that a draw opens which became void because its seed could not be committed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Short visits of a plan that no open draw deals, owed by draws of the same lists and `laws`, and whether a team could be dealt.

    `laws` are the packs of those draws, one for each list, the lead's first. `shortages` is the readable certificate of ruling 14 for
    each seat that today's register could not fill: that depends on the register alone, and on no seed. Seats are numbered as the
    visit's own are; in a joint check an inspector's agency stands before his or her number.
    """

    lists: tuple[Listed, ...]
    laws: tuple[Policy, ...]
    visits: tuple[Visit, ...]
    shortages: tuple[Shortage, ...]

    @property
    def helped(self) -> tuple[Visit, ...]:
        """The visits that could have a whole team."""
        lacking = {one.object for one in self.shortages}
        return tuple(one for one in self.visits if one.object_id not in lacking)

    def seats(self, shortage: Shortage) -> list[str]:
        """The seats of a certificate by visit: what an object is called is nobody's affair before the visit."""
        visits = {one.object_id: one.id for one in self.visits}
        return [f"{visits[name]}:{seat}" for name, seat in shortage.seats]


def outlook(office: Office, tx: Tx, plan_name: str, now: datetime) -> Outlook:
    """What a supplementary draw of a plan could do today, for those of one law: the first whom it could help.

    Raises Invalid (`plan_unknown`), and Refusal (`draw_void_unsigned`) where none but such visits are owed whose last draw is void
    by altered bytes: whoever can alter them would else draw until the result pleases. They stay behind until two persons have
    signed, and hold nobody else's up.
    """
    plan = _plan(office, plan_name)
    seen = _outlooks(office, tx, plan, now)
    nothing = Outlook(lists=lists_of(plan), laws=(), visits=(), shortages=())
    return next((one for one in seen if one.helped), seen[0] if seen else nothing)


def _outlooks(office: Office, tx: Tx, plan: Plan, now: datetime) -> list[Outlook]:
    """One for each law that visits of the plan are owed by. Raises as `outlook` does."""
    if plan.of == "results":  # what was drawn and not looked at stands in the next frame of results, whole
        return []
    behind = _last_void(tx, plan.name)
    owed_by, unsigned = _owed(office, tx, plan, {visit for visit, held in behind.items() if voiding.unsigned(held)}, now)
    if unsigned and not owed_by:
        raise Refusal(UNSIGNED, draw=behind[unsigned[0]].number)
    seen = []
    for (lists, labels), owed in owed_by.items():
        laws = tuple(office.book.get(label) for label in labels)
        made = _staffed(office, tx, lists, laws, owed, "outlook", now)
        seen.append(Outlook(lists=lists, laws=laws, visits=owed, shortages=_lacking(lists, made)))
    return seen


def announce(office: Office, tx: Tx, plan_name: str, *, by: str, now: datetime, follows: Draw | None = None) -> Draw | None:
    """Announce a plan's supplementary draw; None when no visit is short. `follows`: the void one that it follows by the rule.

    Raises Invalid, and Refusal: as `outlook` does; `supplement_impossible`, with the certificate, while the register could fill no
    team; `draw_no_further` while a part was withheld from the last one of these visits and there is no further source;
    `draw_no_seed` while the house has not set up what a seed is made of.
    """
    plan = _plan(office, plan_name)
    tx.draws.take_turn(plan.agency)
    groups = _outlooks(office, tx, plan, now)
    if not groups:
        return None
    helped = [one for one in groups if one.helped]
    if not helped:
        first = groups[0].shortages[0]
        seats = ", ".join(groups[0].seats(first))
        raise Refusal(
            "supplement_impossible", seats=seats, inspectors=", ".join(first.inspectors) or "-", capacity=first.capacity
        )
    slot = f"{follows.slot}+" if follows is not None else ""
    if follows is None:
        seen, told = _seeded(office, tx, plan_name, helped)
    else:
        seen = _following(tx, plan_name, slot, helped)
        told = succession.succeeding(office, follows, seen.laws[0])
    return _begin(office, tx, plan, seen, told, by, slot, now)


def _begin(office: Office, tx: Tx, plan: Plan, seen: Outlook, told: Following, by: str, slot: str, now: datetime) -> Draw:
    policy, lists, now = seen.laws[0], seen.lists, queue.begins(tx, plan.turns, now)
    number = reconcile.number(tx, plan.agency, now)
    lookback.refuse(office, tx, number, plan.turns, now)
    made_of = _staffed(office, tx, lists, seen.laws, seen.visits, number, now)
    made = life.begin(number, plan.name, slot or f"{_SLOT}{number}", lists, policy, told, now)
    made = replace(made, kind=DrawKind.SUPPLEMENT)
    tx.draws.add(made)
    of = sorted({visit.draw for visit in seen.visits})
    tx.register.append(plan.agency, EntryKind.DRAW, number, {"plan": plan.name, "supplements": of, "by": by}, now)
    derivation = {"pack": policy.label, "supplements": {name: sum(one.draw == name for one in seen.visits) for name in of}}
    former = min((tx.draws.get(name) for name in of), key=lambda one: one.made_at)
    lent = () if made.own else made.partners
    moves = {
        listed.name: derivation | moved.counted(office, tx, former, listed.agency, lent)
        for listed in (lists if made.own else lists[:1])
    }
    rules: dict[str, object] = {
        "strata": {OWED: [1_000_000, 0]},
        "team": max(made_of.teams.values()),
        "derivation": moves[lists[0].name],
        "lists": made_of.told,
    }
    if made.own:
        rules["own"] = {
            name: {"strata": rules["strata"], "team": team, "reserve": 0, "derivation": moves[name]}
            for name, team in made_of.teams.items()
        }
    files = {VISITS: {one.object_id: one.id for one in seen.visits}, RULES: rules}
    bound = footing.freeze(office, tx, made, made_of.frames, by_key(_members(seen.visits)), files)
    decision = life.prepare(made, policy, now, office.calendar)
    does = {"without": list(told.without), "further": list(told.further)}
    record(tx, number, decision, now, {"by": by, "objects": len(seen.visits), "supplements": of, **does, **bound})
    tx.work.order(decision.orders, now)
    moved.tell_above(tx, made, {one.agency: moves[one.name] for one in lists if one.name in moves}, now)
    watching.few(office, tx, made, made_of.few, now)
    return made


def look(office: Office, tx: Tx, now: datetime) -> None:
    """The daily look: each plan's short visits are dealt as soon as the register could fill a whole team of any.

    Where no seed can come about nothing is announced, or there would be a void draw each day: a person is told, once, and the matter
    is over when there is a seed or nobody is owed a visit any more.
    """
    for agency in sorted({plan.agency for plan in office.plans.values()}):
        tx.draws.take_turn(agency)
    for name in sorted(office.plans):
        plan = office.plans[name]
        try:
            ready = [one for one in _outlooks(office, tx, plan, now) if one.helped and not _waits(tx, plan, one.visits)]
            if ready:
                seen, told = _seeded(office, tx, name, ready)
                _begin(office, tx, plan, seen, told, RULE, "", now)
        except Refusal as error:
            if error.code == NO_SEED:
                tx.attention.open(NO_SEED, plan.agency, name, error.facts, now)
            elif error.code in UNNUMBERED:
                lookback.note(tx, plan.agency, name, error, now)
            elif error.code not in ("draw_no_further", UNSIGNED):  # a person was told when that draw was made void
                raise
        else:
            tx.attention.close(f"{NO_SEED}:{name}", now)


def stands_for(files: Mapping[str, bytes]) -> dict[str, str]:
    """Which short visit each object of a supplementary draw stands for; nothing for any other draw."""
    told: dict[str, str] = json.loads(files.get(VISITS, b"{}"))
    return told


def _seeded(office: Office, tx: Tx, plan: str, groups: Sequence[Outlook]) -> tuple[Outlook, Following]:
    """The first of several of which a seed could come about, and whom its draw does without. Raises the first one's Refusal."""
    refused = []
    for one in groups:
        try:
            told = _behind(office, tx, plan, one.visits, one.laws[0])
            _refuse_seedless(office, plan, one.laws[0], told)
        except Refusal as error:
            refused.append(error)
        else:
            return one, told
    raise refused[0]


def _following(tx: Tx, plan: str, slot: str, groups: Sequence[Outlook]) -> Outlook:
    """Those whose draw was void at the slot that this one follows."""
    last = _last_void(tx, plan)
    void = {visit for visit, held in last.items() if f"{held.slot}+" == slot}
    return next((one for one in groups if not void.isdisjoint(visit.id for visit in one.visits)), groups[0])


def _behind(office: Office, tx: Tx, plan: str, owed: Collection[Visit], policy: Policy) -> Following:
    """Whom a draw of these visits does without, for what became of their last one. Raises Refusal (`draw_no_further`)."""
    last = _last_void(tx, plan)
    void = {last[one.id].number: last[one.id] for one in owed if one.id in last}
    told = [succession.succeeding(office, held, policy) for held in void.values()]
    without = {party for one in told for party in one.without}
    further = dict.fromkeys(party for one in told for party in one.further if party not in without)
    return Following(without=tuple(sorted(without)), further=tuple(further))


def _last_void(tx: Tx, plan: str) -> dict[str, Draw]:
    """By short visit the last draw that was to deal it and is void; those of the newest draw first."""
    last: dict[str, Draw] = {}
    for held in tx.draws.void_of(plan, _SLOT):
        for visit in stands_for(small(tx, held)).values():
            last.setdefault(visit, held)
    return last


def _refuse_seedless(office: Office, plan: str, policy: Policy, told: Following) -> None:
    """Raises Refusal (`draw_no_seed`): each draw would be void by the name of somebody whom nobody could ask."""
    lacking = life.seedless(policy, told, office.connectors.seeds.keys())
    if lacking is not None:
        wanted = ", ".join(f"[seeds.{party}]" for party in lacking) or f"{policy.label} [draw] seeds"
        raise Refusal(NO_SEED, plan=plan, missing=wanted)


def _waits(tx: Tx, plan: Plan, owed: Collection[Visit]) -> bool:
    """Whether the last draw of these visits could not be committed to, and the person who was told has not seen to it yet.

    What only the parties' promises show (a seed too weak, or known too early) would show again: it is tried anew when the matter is
    closed, or when an officer announces it.
    """
    mine = {one.id for one in owed}
    held = next((one for visit, one in _last_void(tx, plan.name).items() if visit in mine), None)
    if held is None:
        return False
    matter = tx.attention.get(f"{NOT_COMMITTABLE}:{held.number}")
    return matter is not None and matter["closed_at"] is None


def _plan(office: Office, name: str) -> Plan:
    plan = office.plans.get(name)
    if plan is None:
        raise Invalid("plan_unknown", plan=name, known=", ".join(sorted(office.plans)))
    return plan


_Law = tuple[tuple[Listed, ...], tuple[str, ...]]
"""The lists of a draw, and the label of each one's pack."""


def _owed(
    office: Office, tx: Tx, plan: Plan, unsigned: Collection[str], now: datetime
) -> tuple[dict[_Law, tuple[Visit, ...]], tuple[str, ...]]:
    """The plan's short visits that no open draw deals, by the law of their draws: one for each object, a second one of it waits.

    And those of the `unsigned` that are short still: they and other visits to their objects stay behind.
    """
    dealt = {visit for held in tx.draws.open(plan.agency) for visit in stands_for(small(tx, held)).values()}
    short = [visit for visit in tx.visits.short(plan.name) if visit.id not in dealt and not awaited(visit)]
    behind = {visit.object_id: visit.id for visit in short if visit.id in unsigned}
    owed: dict[_Law, dict[str, Visit]] = {}
    taken = {*behind}
    for visit in short:
        if visit.object_id not in taken:
            taken.add(visit.object_id)
            held = tx.draws.get(visit.draw)
            owed.setdefault((held.lists, _laws(office, held, now)), {})[visit.object_id] = visit
    return {law: tuple(visits.values()) for law, visits in owed.items()}, tuple(behind.values())


def _laws(office: Office, held: Draw, now: datetime) -> tuple[str, ...]:
    """The pack of each list of a draw. A partner's, which a draw of shared lists does not freeze, is the one of the draw's day.

    Where that version has left the folder, the one in force today.
    """
    lead, *others = held.lists
    return held.pack_of(lead.agency), *(one.pack or _then(office, one.agency, held.made_at, now).label for one in others)


def _then(office: Office, agency: str, at: datetime, now: datetime) -> Policy:
    try:
        return office.policy(agency, office.calendar.local(at).date())
    except Missing:
        return office.policy(agency, now.date())


def _staffed(
    office: Office, tx: Tx, lists: tuple[Listed, ...], laws: Sequence[Policy], owed: tuple[Visit, ...], number: str, now: datetime
) -> Staffed:
    """The frames: pool and qualification as each visit's own draw has frozen them, salts of its own, today's inspectors and bans.

    A day that was named for one of the visits and lies ahead is handed on (`appointing`): whoever may not go on it is dealt none.
    """
    members, today = _members(owed), office.calendar.local_date(now)
    named = {one.appointed.on for one in owed if one.appointed is not None and one.appointed.on > today}
    if not any(listed.pack for listed in lists):
        joining = tuple(
            Partner(agency=listed.agency, policy=law, past=history(office, tx, listed.agency))
            for listed, law in zip(lists[1:], laws[1:], strict=True)
        )
        past, objects = history(office, tx, lists[0].agency), _rows(office, tx, lists[0], owed, number)
        return staffed(office, tx, lists, laws[0], joining, objects, by_key(members), past, number, now, (), named)
    frames: dict[str, Frame] = {}
    teams: dict[str, int] = {}
    few: dict[str, tuple[str, ...]] = {}
    for listed, law in zip(lists, laws, strict=True):
        past = history(office, tx, listed.agency)
        objects = _rows(office, tx, listed, [one for one in owed if listed.agency in one.agencies], number)
        alone = {row.id: members[row.id] for row in objects}
        one = staffed(office, tx, (listed,), law, (), objects, by_key(alone), past, number, now, laws, named)
        frames, teams, few = {**frames, **one.frames}, {**teams, **one.teams}, {**few, **one.few}
    return Staffed(frames=frames, teams=teams, told=own(lists), few=few)


def _rows(office: Office, tx: Tx, listed: Listed, owed: Collection[Visit], number: str) -> list[ObjectRow]:
    """A list's rows: area and qualification as the list of that agency in each visit's own draw has frozen them, salts of its own."""
    secret = list_secret(office, number, listed)
    drawn = {name: tx.draws.get(name) for name in {visit.draw for visit in owed}}
    rows = [row_of(tx, drawn[one.draw], drawn[one.draw].list_of(listed.agency), one.object_id) for one in owed]
    return [
        ObjectRow(id=row.id, stratum=OWED, status=ELIGIBLE, pool=row.pool, qual=row.qual, salt=salt(secret, row.id))
        for row in rows
    ]


def _lacking(lists: tuple[Listed, ...], made: Staffed) -> tuple[Shortage, ...]:
    """The seats that the frames could not fill, in every list."""
    found: list[Shortage] = []
    first: Counter[str] = Counter()
    for listed in lists:
        frame, team = made.frames[listed.name], made.teams[listed.name]
        for one in deal(Suite(), "0" * 32, team, frame.objects, frame.inspectors, frame.bans).shortages:
            others = tuple((name, first[name] + seat) for name, seat in one.others)
            able = tuple(f"{listed.agency}: {name}" for name in one.inspectors) if len(lists) > 1 else one.inspectors
            found.append(replace(one, seat=first[one.object] + one.seat, others=others, inspectors=able))
        first.update({row.id: team for row in frame.objects})
    return tuple(found)


def _members(owed: tuple[Visit, ...]) -> dict[str, Member]:
    return {
        one.object_id: Member(
            kind=one.kind, code=one.code, name=one.name, cases=one.case_ids, pooled=one.pooled, stratum=one.stratum
        )
        for one in owed
    }
