"""A draw from its announcement to the pushed assignments. Nobody can redo it, choose in it or stop it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain import gathering
from inspector.domain import plan as life
from inspector.domain.commitment import Commitment, Listing, Rules, Share, commit, read
from inspector.domain.decision import Because
from inspector.domain.draw import Result
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.exclusion import CODES
from inspector.domain.footing import RULES, digest
from inspector.domain.frame import Frame
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.policy import Policy
from inspector.domain.register import EntryKind
from inspector.domain.suite import Suite
from inspector.flows import (
    embargo,
    extend,
    footing,
    lapse,
    lookback,
    merging,
    parties,
    queue,
    reconcile,
    secondlook,
    seeding,
    stopped,
    succession,
    supplement,
    watching,
)
from inspector.flows.assign import Dealt, assign, by_visit, going_elsewhere, visit_id
from inspector.flows.framing import frame
from inspector.flows.joining import joined
from inspector.flows.lists import frames, small
from inspector.flows.members import count_members, members_digest, members_of
from inspector.flows.office import Office
from inspector.flows.planning import lacking, miss
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.voiding import carry_out as recompute
from inspector.flows.voiding import make_void, void
from inspector.ports import Garbled, PortError, Refused
from inspector.store import chance
from inspector.store.draws import UNNUMBERED
from inspector.store.tx import Tx, new_id
from inspector.store.work import Work

SCHEDULE = "schedule"
"""Who announces a plan's slots."""
_ALL = life.Following()
"""A draw that follows no void one: every seed of the pack takes part."""


def announce(work: Work, office: Office) -> Settlement:
    """A plan's slot has come: freeze the frame and ask the parties to commit themselves; without a published plan, tell a person.

    Whose parts make the seed is nothing that the order says: the pack does, and the void draw that this one follows (ruling 12).
    """
    said = work.payload
    plan, slot = str(said["plan"]), str(said["slot"])

    def write(tx: Tx, now: datetime) -> None:
        before = succession.behind(tx, plan, slot)
        if before is not None and before.kind is DrawKind.EXTENSION:
            extend.follow(office, tx, said, now)
            return
        if before is not None and before.kind is DrawKind.SUPPLEMENT:
            supplement.announce(office, tx, plan, by=SCHEDULE, now=now, follows=before)
            return
        if before is None and not succession.begins(slot):
            return  # no draw that is void by the rule stands there: nobody has decided that one should follow
        year = now.year if life.follows(slot) else datetime.fromisoformat(slot).year
        if (why := lacking(office, tx, plan, slot, year, now)) is not None:
            miss(office, tx, plan, slot, why, now)
            return
        told = succession.succeeding(office, before, office.policy(before.agency, now.date())) if before is not None else _ALL
        prepare(office, tx, plan, slot, now, told=told, by=SCHEDULE, said=said)

    def guarded(tx: Tx, now: datetime) -> None:
        try:
            write(tx, now)
        except Refusal as error:  # nothing is written yet: a draw is numbered first
            if error.code not in (*UNNUMBERED, "draw_no_further"):
                raise
            if error.code == "draw_no_further":
                succession.wanting(office, tx, error, now)
                return
            lookback.note(tx, office.plans[plan].agency, plan, error, now)

    return Settlement(write=guarded, outcome="prepared")


def announce_now(office: Office, tx: Tx, plan: str, by: str, now: datetime) -> Draw | None:
    """A clerk announces a plan's draw outside its schedule.

    Its slot is that of the plan's current period: announced again, the
    period answers with the draw it has, so that nobody draws until the result pleases. One that is void because a part was
    withheld is followed by the next number, once there is a further source for it. Raises Refusal: while no annual plan of this
    year is published, and until there is a further source (`draw_no_further`).
    """
    slot = tx.schedules.period(f"plan:{plan}", now)
    if (why := lacking(office, tx, plan, slot, now.year, now)) is not None:
        raise why
    slot, told = succession.resumed(office, tx, plan, slot, now)
    return prepare(office, tx, plan, slot, now, told=told, by=by)


def prepare(
    office: Office,
    tx: Tx,
    plan_name: str,
    slot: str,
    now: datetime,
    *,
    told: life.Following = _ALL,
    by: str,
    said: Mapping[str, Any] | None = None,
) -> Draw | None:
    """Freeze the frame under the next number. The same slot again gives the draw it has, unless two persons have freed it of that.

    An empty frame gives none, and neither does one for which another draw of the same agencies is still under way: a slot waits for
    that one's end (`queue`), behind a draw of its own plan only as long as its period runs.
    """
    plan = office.plans.get(plan_name)
    if plan is None:
        raise Invalid("plan_unknown", plan=plan_name, known=", ".join(sorted(office.plans)))
    for agency in plan.turns:
        tx.draws.take_turn(agency)
    tx.credit.take_turn(alone=False)  # no level changes between the rows that stand by it and the count of changes
    (slot, held), now = tx.draws.of_slot(plan_name, slot), queue.begins(tx, plan.turns, now)
    if held is not None:
        return held
    policy = office.policy(plan.agency, now.date())
    freed = tx.draws.by_slot(plan_name, slot.removesuffix("+"))
    if freed is not None and freed.freed:
        footing.stands(tx, freed)
        told = succession.succeeding(office, freed, policy)
    if (busy := queue.under_way(tx, plan.turns, plan_name)) is not None:
        footing.stands(tx, busy)
        facts = {"plan": plan_name, "slot": slot, "open": busy.number}
        _note(tx, plan.agency, "draw.skipped", policy, {**facts, "end_entered": True}, now)
        if by == SCHEDULE and not queue.put_off(tx, plan.agency, {**(said or {}), "plan": plan_name, "slot": slot}, busy, now):
            _note(tx, plan.agency, queue.LOST, policy, facts, now)
        return None
    number, looks = reconcile.number(tx, plan.agency, now, plan_name, slot), plan.of == "results"
    lookback.refuse(office, tx, number, plan.turns, now)
    merging.sweep(office, tx, plan.turns, now)
    of = (office, tx, plan, policy, number)
    framed = secondlook.frame(*of, slot, now) if looks else frame(*of, now)
    if framed.empty:
        _note(tx, plan.agency, "draw.nothing_to_draw", policy, {"plan": plan_name, "slot": slot}, now)
        return None
    begun = life.begin(number, plan_name, slot, framed.lists, policy, told, now)
    tx.draws.add(made := replace(begun, kind=DrawKind.SECOND_LOOK) if looks else begun)
    entered = {"plan": plan_name, "slot": slot, "by": by, **({"looks_at": "results"} if looks else {})}
    tx.register.append(plan.agency, EntryKind.DRAW, number, entered, now)
    watching.tell(office, tx, made, plan, framed, now)
    tx.cases.mark_drawn([case for _, member in framed.members for case in member.cases], number)
    bound = footing.freeze(office, tx, made, framed.frames, framed.members, {RULES: framed.value()})
    decision = life.prepare(made, policy, now, office.calendar)
    does = {"without": list(told.without), "further": list(told.further)}
    record(tx, number, decision, now, {"by": by, "objects": count_members(tx, number), **does, **bound})
    tx.work.order(decision.orders, now)
    watching.few(office, tx, made, framed.few, now)
    if not made.parties:
        succession.void(office, tx, made, policy, "seed_insufficient", (), now)
    return made


def promise(work: Work, office: Office) -> Settlement:
    """Ask one party for its committed form of the seed; with the last one the commitment is settled.

    Raises NotYet for whatever is answered that is no promise of the party's own: only the date voids the draw (decision 89).
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    with office.store.read() as tx:
        if tx.draws.get(number).state is not DrawState.PREPARING:
            return nothing("obsolete")
    try:
        told = lapse.timed(office, lambda: seeding.asked_of(office, party).promise(number, key=work.key))
    except (Refused, Garbled) as error:
        raise lapse.later(error) from error

    def write(tx: Tx, now: datetime) -> None:
        held = tx.draws.hold(number)
        policy = office.book.get(held.pack)
        if held.state is DrawState.PREPARING:
            seeding.refuse_used(tx, held, party, told, now)
        decision = life.promised(held, party, told, policy)
        succession.settle(tx, decision, now)
        if decision.state.state is DrawState.PREPARING and decision.state.promised:
            _commit(office, tx, decision.state, policy, now)

    return Settlement(write=write, outcome="promised")


def lodge(work: Work, office: Office) -> Settlement:
    """Deposit W, and nothing else, in outside hands; only then may the seed be asked for."""
    number = str(work.payload["draw"])
    with office.store.read(steady=True) as tx:
        held = tx.draws.get(number)
        file = footing.altered(tx, held) if held.state is DrawState.ANNOUNCED else None
    witness = office.connectors.witnesses.get(work.lane)
    if file is not None:
        return make_void(office, number, file)
    if witness is None or held.w is None:
        return not_lodged(work, office, None).unasked()
    try:
        receipt = witness.lodge(number, held.w, key=work.key)
    except (Refused, Garbled) as error:
        return not_lodged(work, office, error).after(error)
    return replace(_lodged(office, number, f"{work.lane}:{receipt.reference}", receipt.at), attempts=receipt.attempts)


def not_lodged(work: Work, office: Office, error: PortError | None) -> Settlement:
    """Without a witness the draw goes on, and its record says loudly that its time is not proven."""
    other = error is not None and "http_409" in (error.code, error.detail)
    return _lodged(office, str(work.payload["draw"]), None, other=other)


def carry_out(work: Work, office: Office) -> Settlement:
    """Compute the result from the frozen bytes and the seed; write it, its visits and its pushes in one transaction."""
    number = str(work.payload["draw"])
    with office.store.read(steady=True) as tx:
        held = tx.draws.get(number)
        if held.state is not DrawState.SEEDING:
            return nothing("obsolete")
        result = recompute(office, tx, held)
        if isinstance(result, str):
            return make_void(office, number, result)
        files = small(tx, held)
        members = members_of(tx, number, {name for one in result.lists for name in (one.dealt.teams if one.dealt else ())})
    commitment = read(files["commit.json"])

    def write(tx: Tx, now: datetime) -> None:
        fresh = tx.draws.hold(number)
        policy = office.book.get(fresh.pack)
        facts = {
            "seed": result.seed,
            "result": digest(result.content()),
            "strata": _sizes(fresh, result),
            "shortages": sum(len(one.dealt.shortages) for one in result.lists if one.dealt),
            "unknown_bans": sum(one.unknown_bans for one in result.lists),
        }
        decision = life.drawn(fresh, facts, policy, now)
        if decision.because.rule == "draw.late":
            return
        if fresh.kind is DrawKind.PLAN:
            extend.overtaken(tx, fresh.plan, now)
        succession.settle(tx, decision, now)
        stopped.end(tx, gathering.looks(number), now)
        queue.over(office, tx, fresh, now)
        tx.draws.keep_file(number, "seed.json", _seed(held, commitment))
        tx.draws.keep_file(number, "result.json", result.content())
        teams = _teams(fresh, result)
        drawn, owed = {name: members[name] for name in teams}, supplement.stands_for(files)
        drawn = drawn if fresh.own else joined(tx, fresh, drawn)
        elsewhere = going_elsewhere(tx, fresh, tx.draws.before(fresh))
        tx.cases.lock([case for one in drawn.values() for case in one.cases])  # all at once, in order, before one is changed
        for position, (name, member) in enumerate(drawn.items(), 1):
            if fresh.kind is DrawKind.SECOND_LOOK:
                secondlook.assign(office, tx, fresh, policy, position, name, member, teams[name][0], now)
                continue
            what = (office, tx, fresh, policy, position, name, member, teams[name], now)
            assign(*what, supplements=owed.get(name, ""), elsewhere=elsewhere)
        tx.draws.put(embargo.promised(office, tx, decision.state, now))

    return Settlement(write=write, outcome="drawn")


def _commit(office: Office, tx: Tx, held: Draw, policy: Policy, now: datetime) -> None:
    """Settle the commitment: every promise is in, nobody knows the seed yet.

    Only now is it known which commitment it follows: two draws of one agency may be in preparation at once. The caller has the turn.
    """
    held, now = queue.commits(tx, held, now)
    files = small(tx, held)
    try:
        footing.uncommitted(tx, held, files)
        parties.refuse(office, tx, held)
        made, told = frames(tx, held, files, Suite()), json.loads(files[RULES])
        held = gathering.timed(held, policy, now, office.calendar, lambda mark: tx.draws.user(mark) is not None)
        listings = [_listing(told, listed, made[listed.name], policy) for listed in held.lists]
        if not held.own:
            listings[0] = replace(listings[0], extra={**listings[0].extra, "derivation": told["derivation"]})
        seeding.claim(tx, held, now)
        gathering.refuse_weak(held, policy)
        commitment = commit(
            number=held.number,
            prev=held.prev,
            blind=chance.token_hex(16),
            made=now.isoformat(),
            sources=[held.promises[party] for party in held.parties],
            listings=listings,
            extra=_bound(office, tx, held),
        )
        footing.unfrozen(tx, held, commitment)
    except Invalid as error:
        problem = {"draw": held.number, "problem": str(error)}
        tx.attention.open(supplement.NOT_COMMITTABLE, held.agency, held.number, problem, now)
        succession.void(office, tx, held, policy, f"not_committable:{error.code}", (), now)
        return
    tx.draws.keep_file(held.number, "commit.json", commitment.content)
    lane = policy.draw.witness if policy.draw.witness in office.connectors.witnesses else None
    facts: dict[str, object] = {
        "objects": count_members(tx, held.number),
        "inspectors": sum(len(one.inspectors) for one in made.values()),
        "bans": sum(len(one.bans) for one in made.values()),
    }
    succession.settle(tx, life.announce(held, commitment.c, commitment.w, facts, policy, now, lane), now)


def _bound(office: Office, tx: Tx, held: Draw) -> dict[str, object]:
    """What the commitment holds besides the protocol's own: the register's end, so that no void before it can be left out later.

    And what the frame's keys stand for, by a keyed digest: nobody may swap the cases behind a drawn key.
    """
    last = tx.register.last(held.agency)
    end = {"number": last.number, "digest": last.digest} if last is not None else None
    return {"register": end, "members": members_digest(office.secret, tx, held.number)}


def _lodged(office: Office, number: str, receipt: str | None, at: datetime | None = None, *, other: bool = False) -> Settlement:
    """`other`: the witness holds another value for this number. Somebody drew under it before, and a person asks who."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.draws.hold(number)
        file = footing.altered(tx, held) if held.state is DrawState.ANNOUNCED else None
        if file is not None:
            void(office, tx, held, file, now)
            return
        made = gathering.lodged(held, receipt, at, office.book.get(held.pack), now, office.calendar)
        succession.settle(tx, made, now)
        amiss = at is not None and made.because.facts["time_proven"] is False  # a date that cannot be
        if receipt is None or amiss:
            tx.attention.open(
                "draw_witness_other" if other else "draw_without_witness", held.agency, number, {"draw": number}, now
            )

    return Settlement(write=write, outcome="lodged" if receipt else "not_lodged")


def _note(tx: Tx, about: str, rule: str, policy: Policy, facts: Mapping[str, object], now: datetime) -> None:
    tx.ledger.append(new_id(), about, Because(rule=rule, basis=(policy.draw.basis,), pack=policy.label, facts=facts), {}, now)


def _listing(told: Mapping[str, Any], listed: Listed, one: Frame, policy: Policy) -> Listing:
    """A list to commit to: by its own rules, with where they come from, or by those that all share."""
    own = told.get("own", {}).get(listed.name)
    extra = {**told["lists"].get(listed.name, {}), **({"derivation": own["derivation"]} if own else {})}
    return Listing(name=listed.name, frame=one, rules=_rules(own or told, policy), extra=extra)


def _rules(told: Mapping[str, Any], policy: Policy) -> Rules:
    shares = {code: Share(ppm=ppm, least=least) for code, (ppm, least) in told["strata"].items()}
    reserve = told.get("reserve", policy.draw.reserve)
    rounding = told.get("rounding", "ceil")
    return Rules(base="all", rounding=rounding, reserve=reserve, team=told["team"], strata=shares, codes=CODES)


def _teams(held: Draw, result: Result) -> dict[str, tuple[Dealt, ...]]:
    """By object what each list that has drawn it has dealt to it, in the order of the lists.

    The objects in that of the lead's dealing, behind them what only a later list has drawn.
    """
    teams: dict[str, tuple[Dealt, ...]] = {}
    drawn = dict.fromkeys(name for one in result.lists for name in (one.dealt.teams if one.dealt else ()))
    ids = {name: visit_id(held.number, position) for position, name in enumerate(drawn, 1)}
    for listed, one in zip(held.lists, result.lists, strict=True):
        strata = {name: code for code, stratum in one.strata.items() for name in stratum.selected} if held.own else {}
        why = {short.object: by_visit(short, ids) for short in one.dealt.shortages} if one.dealt else {}
        for name, team in one.dealt.teams.items() if one.dealt else ():
            dealt = Dealt(listed=listed, team=team, shortage=why.get(name), stratum=strata.get(name, ""))
            teams[name] = (*teams.get(name, ()), dealt)
    return teams


def _sizes(held: Draw, result: Result) -> dict[str, object]:
    """How many of each stratum there were, could be drawn and were, for the record; by list where each has its own."""
    told = [
        (listed, {code: [at.n, at.eligible, at.k] for code, at in one.strata.items()})
        for listed, one in zip(held.lists, result.lists, strict=True)
    ]
    return {listed.name: sizes for listed, sizes in told} if held.own else dict(told[0][1])


def _seed(held: Draw, commitment: Commitment) -> bytes:
    parts = [held.parts[party] for party in held.parties]
    return json.dumps({"commit": commitment.c, "parts": parts}, ensure_ascii=False).encode()
