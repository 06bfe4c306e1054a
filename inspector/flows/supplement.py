"""The supplementary draw (ruling 13): visits that no legal team could be dealt to get one under a commitment and a seed of their own.

The selection stands: those visits are owed until they are made. All of a plan's that are short go in, so that there is nothing to
choose; the roster is today's. It is announced by an officer, or by the daily look as soon as the register could fill a whole team of
any of them: an officer alone could let an object escape by doing nothing.

A joint visit is one visit: every agency's team is dealt anew, each from its own list, so that all of them go together. Where lists
have rules of their own, each lists the visits that its agency goes to.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain import plan as life
from inspector.domain import voiding
from inspector.domain.dealing import Shortage, deal
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.frame import ELIGIBLE, Frame, ObjectRow
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind, Following
from inspector.domain.policy import Policy
from inspector.domain.register import EntryKind
from inspector.domain.suite import Suite
from inspector.domain.visit import Visit
from inspector.flows import reconcile, seeding
from inspector.flows.framing import Staffed, list_secret, salt, staffed
from inspector.flows.history import history
from inspector.flows.joining import own, partners
from inspector.flows.lists import keep, lists_of, row_of, small
from inspector.flows.members import Member, by_key, keep_members
from inspector.flows.office import Office, Plan
from inspector.flows.record import record
from inspector.store.draws import KNOWN
from inspector.store.tx import Tx

OWED = "owed"
"""The one stratum of a supplementary draw: every row of it is taken."""
VISITS = "visits.json"
"""The draw's private file that says which short visit each object stands for."""
_SLOT = "supplement:"
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
    """The short visits of a plan that no open draw deals, and whether today's register could fill their teams.

    `shortages` is the readable certificate of ruling 14 for each seat that it could not: whether a seat can be filled depends on
    the register alone, and on no seed. Seats are numbered as the visit's own are; in a joint check an inspector's agency stands
    before his or her number.
    """

    lists: tuple[Listed, ...]
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
    """What a supplementary draw of a plan could do today.

    Raises Invalid (`plan_unknown`), and Refusal (`draw_void_unsigned`) where none but such visits are owed whose last draw is void
    by altered bytes: whoever can alter them would else draw until the result pleases. They stay behind until two persons have
    signed, and hold nobody else's up.
    """
    plan = _plan(office, plan_name)
    seen, behind = [], _last_void(tx, plan_name)
    owed_by, unsigned = _owed(tx, plan, {visit for visit, held in behind.items() if voiding.unsigned(held)})
    if unsigned and not owed_by:
        raise Refusal(UNSIGNED, draw=behind[unsigned[0]].number)
    for lists, owed in owed_by.items():
        made = _staffed(office, tx, lists, office.policy(plan.agency, now.date()), owed, "outlook", now)
        one = Outlook(lists=lists, visits=owed, shortages=_lacking(lists, made))
        if one.helped:
            return one
        seen.append(one)
    return seen[0] if seen else Outlook(lists=lists_of(plan), visits=(), shortages=())


def announce(
    office: Office, tx: Tx, plan_name: str, *, by: str, now: datetime, told: Following | None = None, slot: str = ""
) -> Draw | None:
    """Announce a plan's supplementary draw; None when no visit is short. `told`, when it follows a void one by the rule.

    Raises Invalid, and Refusal: as `outlook` does; `supplement_impossible`, with the certificate, while the register could fill no
    team; `draw_no_further` while a part was withheld from the last one of these visits and there is no further source;
    `draw_no_seed` while the house has not set up what a seed is made of.
    """
    plan = _plan(office, plan_name)
    tx.draws.take_turn(plan.agency)
    seen = outlook(office, tx, plan_name, now)
    if not seen.visits:
        return None
    if not seen.helped:
        first = seen.shortages[0]
        seats = ", ".join(seen.seats(first))
        raise Refusal(
            "supplement_impossible", seats=seats, inspectors=", ".join(first.inspectors) or "-", capacity=first.capacity
        )
    policy = office.policy(plan.agency, now.date())
    if told is None:
        told = _behind(office, tx, plan_name, seen.visits, policy)
        _refuse_seedless(office, plan_name, policy, told)
    number = tx.draws.next_number(plan.agency, now.year)
    lists = tuple(_today(office, listed, now) for listed in seen.lists)
    made_of = _staffed(office, tx, lists, policy, seen.visits, number, now)
    made = life.begin(number, plan_name, slot or f"{_SLOT}{number}", lists, policy, told, now)
    made = replace(made, kind=DrawKind.SUPPLEMENT)
    tx.draws.add(made)
    of = sorted({visit.draw for visit in seen.visits})
    tx.register.append(plan.agency, EntryKind.DRAW, number, {"plan": plan_name, "supplements": of, "by": by}, now)
    keep(tx, made, made_of.frames)
    keep_members(tx, number, by_key(_members(seen.visits)))
    tx.draws.keep_file(number, VISITS, json.dumps({one.object_id: one.id for one in seen.visits}).encode())
    derivation = {"pack": policy.label, "supplements": {name: sum(one.draw == name for one in seen.visits) for name in of}}
    rules: dict[str, object] = {
        "strata": {OWED: [1_000_000, 0]},
        "team": max(made_of.teams.values()),
        "derivation": derivation,
        "lists": made_of.told,
    }
    if made.own:
        rules["own"] = {
            name: {"strata": rules["strata"], "team": team, "reserve": 0, "derivation": derivation}
            for name, team in made_of.teams.items()
        }
    tx.draws.keep_file(number, "rules.json", json.dumps(rules, ensure_ascii=False).encode())
    decision = life.prepare(made, policy, now, office.calendar)
    record(tx, number, decision, now, {"by": by, "objects": len(seen.visits), "supplements": of})
    tx.work.order(decision.orders, now)
    return made


def look(office: Office, tx: Tx, now: datetime) -> None:
    """The daily look: each plan's short visits are dealt as soon as the register could fill a whole team of any.

    Where no seed can come about nothing is announced, or there would be a void draw each day: a person is told, once, and the matter
    is over when there is a seed or nobody is owed a visit any more.
    """
    for name in sorted(office.plans):
        plan = office.plans[name]
        tx.draws.take_turn(plan.agency)
        try:
            seen = outlook(office, tx, name, now)
            if seen.helped and not _waits(office, tx, plan, seen.visits, now):
                announce(office, tx, name, by=RULE, now=now)
        except Refusal as error:
            if error.code == NO_SEED:
                tx.attention.open(NO_SEED, plan.agency, name, error.facts, now)
            elif error.code == KNOWN:
                reconcile.note(tx, plan.agency, f"plan:{name}", f"{error.code} {error.facts['draw']}", now)
            elif error.code not in ("draw_no_further", UNSIGNED):  # a person was told when that draw was made void
                raise
        else:
            tx.attention.close(f"{NO_SEED}:{name}", now)


def is_slot(slot: str) -> bool:
    """Whether a slot's name is that of a supplementary draw."""
    return slot.startswith(_SLOT)


def stands_for(files: Mapping[str, bytes]) -> dict[str, str]:
    """Which short visit each object of a supplementary draw stands for; nothing for any other draw."""
    told: dict[str, str] = json.loads(files.get(VISITS, b"{}"))
    return told


def _behind(office: Office, tx: Tx, plan: str, owed: Collection[Visit], policy: Policy) -> Following:
    """Whom a draw of these visits does without, for what became of their last one. Raises Refusal (`draw_no_further`)."""
    last = _last_void(tx, plan)
    void = {last[one.id].number: last[one.id] for one in owed if one.id in last}
    told = [seeding.succeeding(office, held, policy) for held in void.values()]
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


def _waits(office: Office, tx: Tx, plan: Plan, owed: Collection[Visit], now: datetime) -> bool:
    """Whether the last draw of these visits could not be committed to, and the person who was told has not seen to it yet.

    What only the parties' promises show (a seed too weak, or known too early) would show again: it is tried anew when the matter is
    closed, when the pack is another, or when an officer announces it.
    """
    mine = {one.id for one in owed}
    held = next((one for visit, one in _last_void(tx, plan.name).items() if visit in mine), None)
    if held is None:
        return False
    matter = tx.attention.get(f"{NOT_COMMITTABLE}:{held.number}")
    same = held.pack == office.policy(plan.agency, now.date()).label
    return same and matter is not None and matter["closed_at"] is None


def _plan(office: Office, name: str) -> Plan:
    plan = office.plans.get(name)
    if plan is None:
        raise Invalid("plan_unknown", plan=name, known=", ".join(sorted(office.plans)))
    return plan


def _owed(tx: Tx, plan: Plan, unsigned: Collection[str]) -> tuple[dict[tuple[Listed, ...], tuple[Visit, ...]], tuple[str, ...]]:
    """The plan's short visits that no open draw deals, by the lists of their draws: one for each object, a second one of it waits.

    And those of the `unsigned` that are short still: they and other visits to their objects stay behind. A plan whose agencies have
    changed since may owe visits of several kinds; one draw deals those of one.
    """
    dealt = {visit for held in tx.draws.open(plan.agency) for visit in stands_for(small(tx, held)).values()}
    short = [visit for visit in tx.visits.short(plan.name) if visit.id not in dealt]
    behind = {visit.object_id: visit.id for visit in short if visit.id in unsigned}
    owed: dict[tuple[Listed, ...], dict[str, Visit]] = {}
    for visit in short:
        if visit.object_id not in behind:
            owed.setdefault(tx.draws.get(visit.draw).lists, {}).setdefault(visit.object_id, visit)
    return {lists: tuple(visits.values()) for lists, visits in owed.items()}, tuple(behind.values())


def _staffed(
    office: Office, tx: Tx, lists: tuple[Listed, ...], policy: Policy, owed: tuple[Visit, ...], number: str, now: datetime
) -> Staffed:
    """The frames: pool and qualification as each visit's own draw has frozen them, salts of its own, today's inspectors and bans."""
    members = _members(owed)
    if not any(listed.pack for listed in lists):
        joining, past = partners(office, tx, [listed.agency for listed in lists[1:]], now), history(office, tx, lists[0].agency)
        objects = _rows(office, tx, lists[0], owed, number)
        return staffed(office, tx, lists, policy, joining, objects, by_key(members), past, number, now)
    frames: dict[str, Frame] = {}
    teams: dict[str, int] = {}
    for listed in lists:
        theirs, past = office.policy(listed.agency, now.date()), history(office, tx, listed.agency)
        objects = _rows(office, tx, listed, [one for one in owed if listed.agency in one.agencies], number)
        alone = {row.id: members[row.id] for row in objects}
        one = staffed(office, tx, (listed,), theirs, (), objects, by_key(alone), past, number, now)
        frames, teams = {**frames, **one.frames}, {**teams, **one.teams}
    return Staffed(frames=frames, teams=teams, told=own(lists))


def _rows(office: Office, tx: Tx, listed: Listed, owed: Collection[Visit], number: str) -> list[ObjectRow]:
    """A list's rows: area and qualification as the list of that agency in each visit's own draw has frozen them, salts of its own."""
    secret = list_secret(office, number, listed)
    drawn = {name: tx.draws.get(name) for name in {visit.draw for visit in owed}}
    rows = [row_of(tx, drawn[one.draw], drawn[one.draw].list_of(listed.agency), one.object_id) for one in owed]
    return [
        ObjectRow(id=row.id, stratum=OWED, status=ELIGIBLE, pool=row.pool, qual=row.qual, salt=salt(secret, row.id))
        for row in rows
    ]


def _today(office: Office, listed: Listed, now: datetime) -> Listed:
    """A list of rules of its own follows the pack in force today."""
    return replace(listed, pack=office.policy(listed.agency, now.date()).label) if listed.pack else listed


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
