"""A drawn object leaves and the next of its stratum's reserve comes in, with a team by the dealing rule at the loads in force.

Nobody picks: who comes in stands in the sealed result, who goes there follows from the deal key. Each step is a line of after.jsonl
that a stranger replays (`domain.replay`): `replace`, then `deal` for each seat in order. Seats are dealt as ruling 15 passes one on:
the eligible inspector with the smallest (load, card, id), the leaving visit's seats no longer counting; nobody else is moved. Where
nobody can be dealt, the visit is short, as any other (ruling 13).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain import replacement
from inspector.domain.commitment import join as join_seed
from inspector.domain.commitment import key, read
from inspector.domain.dealing import Shortage, substitute
from inspector.domain.decision import Decision
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.replacement import CEASED, DISCRETIONARY, Ceased, Ground, Lists
from inspector.domain.visit import Visit, VisitState
from inspector.flows import footing, slots, teamnotes
from inspector.flows.after import log_after
from inspector.flows.assign import Dealt, assign, going_elsewhere, join, visit_id
from inspector.flows.dispatch import weigh
from inspector.flows.joining import joined
from inspector.flows.lists import AFTER, kept, people, row_of, small
from inspector.flows.members import Member, members_of
from inspector.flows.office import Office
from inspector.flows.recall import free_visit
from inspector.flows.record import record
from inspector.flows.seats import CEASED_ASKED
from inspector.store.tx import Tx

NO_RESERVE = "reserve_used_up"
BEYOND = "ceased_beyond_share"
"""The matter of an object that ceased and for which the reserve has nobody left: the draw is one smaller, and a person knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The visit that ended, the one that came in (None: none did), and the discretionary budget of its draw.

    Where lists have rules of their own, those of the agency that leads the visit; the others have theirs.
    """

    left: Visit
    came: Visit | None
    spent: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Lists that an object leaves together, for one of them is followed: all that share their rules, else each by itself.

    `following` is the next of the reserve of its stratum, None where nobody follows.
    """

    listed: tuple[Listed, ...]
    stratum: str
    sampled: bool
    policy: Policy
    lists: Lists
    following: str | None

    @property
    def agencies(self) -> tuple[str, ...]:
        """Whose they are."""
        return tuple(one.agency for one in self.listed)


def cease(office: Office, tx: Tx, visit_id: str, *, how: Ceased, evidence: str, by: str, now: datetime) -> Replaced:
    """A person records that a drawn object is no more; once another one has signed it, what follows is the rule's.

    Raises Missing, and Invalid and Refusal as `replacement.cease` does; `draw_contradicted` beside a name that nobody has signed with,
    and, as for every replacement, where the lists' lines are not those that the ledger knows.
    """
    held, drawn = _locked(tx, visit_id)
    files = small(tx, drawn)
    footing.unsaid(tx, held)
    footing.unled(tx, drawn, files)
    parts = _parts(office, tx, held, drawn, files)
    decision = replacement.cease(held, how, evidence, by, parts[0].policy, now)
    if decision.state.state is not VisitState.CEASED:
        tx.visits.put(decision.state)
        record(tx, held.id, decision, now, {})
        tx.attention.open(CEASED_ASKED, held.agency, held.id, {"by": by, "how": how.value}, now)
        return _told(tx, decision.state, None, parts[0])
    noted = {(one.case_id, one.claim): (one, on) for one, on in teamnotes.waiting(office, tx, held)}
    _leave(office, tx, held, decision, now)
    entered = {part.agency for part in held.parts}
    # nobody can look any more: no finding, but what a team had seen before, and the officer decides
    for doubt in (one for one in held.doubts if one.agency not in entered):
        nothing = Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.CANNOT_SAY, note=how.value)
        finding, on = noted.get((doubt.case_id, doubt.claim), (nothing, office.calendar.local_date(now)))
        weigh(tx, office, decision.state, finding, on, now)
    proof = replacement.digest(how.value, decision.state.proof)
    owed = held.state is VisitState.OWED  # called off in its draw already: nothing follows there any more
    within = [part for part in parts if replacement.may_follow(part.lists, part.policy.draw.ceased_share)]
    followed = [part for part in within if part.policy.draw.replace_ceased and part.following is not None and not owed]
    for part in (one for one in parts if one not in followed):
        if not owed:
            log_after(tx, drawn.number, "withdrawn", held.object_id, now, agencies=part.agencies, reason=CEASED, evidence=proof)
        if part.policy.draw.replace_ceased and part.sampled:
            matter = NO_RESERVE if part in within else BEYOND
            tx.attention.open(matter, part.agencies[0], held.id, {"stratum": part.stratum}, now)
    came = _bring_in(office, tx, held, drawn, files, followed, CEASED, proof, now)
    return _told(tx, decision.state, came, parts[0])


def give_up(office: Office, tx: Tx, visit_id: str, *, ground: Ground, reason: str, by: str, now: datetime) -> Replaced:
    """An officer has a drawn object replaced, within the budget of every list. Raises Missing, Invalid, Refusal.

    It is as `replacement.give_up` raises, `reserve_used_up`, or `draw_contradicted`, as above.
    """
    held, drawn = _locked(tx, visit_id)
    files = small(tx, drawn)
    footing.unled(tx, drawn, files)
    parts = _parts(office, tx, held, drawn, files)
    seen = teamnotes.seen(office, tx, held)
    decision, *_ = [replacement.give_up(held, ground, reason, by, part.lists, part.policy, seen) for part in parts]
    for part in parts:
        if part.following is None:
            raise Refusal("reserve_used_up", visit=held.id, stratum=part.stratum)
    _leave(office, tx, held, decision, now)
    proof = replacement.digest(ground.value, str(decision.because.facts["reason"]))
    came = _bring_in(office, tx, held, drawn, files, parts, DISCRETIONARY, proof, now)
    lead = parts[0]
    return _told(tx, decision.state, came, replace(lead, lists=replace(lead.lists, spent=lead.lists.spent + 1)))


def lists_of(tx: Tx, number: str) -> Lists:
    """The reserve of a draw's first list, and what has come of it."""
    held = tx.draws.get(number)
    return _lists(held, small(tx, held), held.lists[0])


def _locked(tx: Tx, visit_id: str) -> tuple[Visit, Draw]:
    """A visit and its draw to the end of the transaction: cases first, then visits, then the draw, as everybody locks them.

    Where lists have rules of their own, what comes in may join any visit of the draw: then all are locked.
    """
    seen = tx.visits.get(visit_id)
    if seen.looks_at:
        raise Refusal("look_stays", visit=visit_id)
    for case_id in sorted(seen.case_ids):
        tx.cases.get(case_id, lock=True)
    if tx.draws.get(seen.draw).own:
        tx.visits.lock([one.id for one in tx.visits.of_draw(seen.draw)])
    held = tx.visits.get(visit_id, lock=True)
    return held, tx.draws.get(held.draw, lock=True)


def _leave(office: Office, tx: Tx, held: Visit, decision: Decision[Visit], now: datetime) -> None:
    """The visit is over as it was decided: written, recorded, its seats freed."""
    tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {})
    free_visit(office, tx, held, now)
    if decision.state.state is not VisitState.CEASED:  # there is nobody left to go to
        slots.returned(office, tx, held, now)


def _bring_in(  # noqa: PLR0913, PLR0917 - one replacement in all its parts
    office: Office,
    tx: Tx,
    left: Visit,
    drawn: Draw,
    files: Mapping[str, bytes],
    parts: Sequence[_Part],
    reason: str,
    proof: str,
    now: datetime,
) -> Visit | None:
    """The objects of the reserve become visits; their seats are dealt one by one, each a line that can be replayed.

    In a joint check one comes in for every list, each agency's team is dealt within its own, and waiting checks of the partners
    come along. Where lists have rules of their own, each has its own reserve: what two of them name is one visit, and an agency
    joins the visit that another makes to the object already. Tells what came in for the first part, if anything did.
    """
    for part in parts:
        told = {"out": left.object_id, "in": part.following, "reason": reason, "evidence": proof}
        log_after(tx, drawn.number, "replace", left.object_id, now, agencies=part.agencies, **told)
    came: dict[str, Visit] = {}
    kin = {held.number for held in tx.draws.kin(drawn)} - {drawn.number}
    elsewhere = going_elsewhere(tx, drawn, kin)
    for name in dict.fromkeys(part.following for part in parts if part.following is not None):
        member = members_of(tx, drawn.number, [name])[name]
        member = member if drawn.own else joined(tx, drawn, {name: member})[name]
        visits = tx.visits.of_draw(drawn.number)
        there = next((one for one in visits if drawn.own and one.object_id == name and one.state.open), None)
        position = len(visits) + 1
        visit = there.id if there is not None else visit_id(drawn.number, position)
        for_it = [part for part in parts if part.following == name and (drawn.own or (drawn.agency, name) not in elsewhere)]
        dealt = _dealt(tx, drawn, files, for_it, name, member, visit, elsewhere, now)
        if there is not None:
            came[name] = join(office, tx, drawn, there, member, dealt, now)
            continue
        assign(office, tx, drawn, parts[0].policy, position, name, member, dealt, now, replaces=left.id, elsewhere=elsewhere)
        came[name] = tx.visits.get(visit)
    return came.get(parts[0].following or "") if parts and parts[0].agencies[0] == left.agency else None


def _dealt(  # noqa: PLR0913, PLR0917 - as above
    tx: Tx,
    drawn: Draw,
    files: Mapping[str, bytes],
    parts: Sequence[_Part],
    name: str,
    member: Member,
    visit: str,
    elsewhere: Collection[tuple[str, str]],
    now: datetime,
) -> tuple[Dealt, ...]:
    """The teams for an object that comes in, with their lines.

    Nobody is dealt where all is withdrawn, or where an extension has drawn it meanwhile: it is called off at once.
    """
    cases = [tx.cases.get(one, lock=True) for one in member.cases]
    live = {case.agency for case in cases if not case.state.gone} | {*member.supervised}
    told = []
    for part in parts:
        for listed in part.listed:
            goes = listed.agency in live if drawn.own else bool(live or member.pooled)
            goes = goes and (listed.agency, name) not in elsewhere
            team = _deal(tx, drawn, files, listed, name, now) if goes else ()
            short = Shortage(object=visit, seat=team.index(None), others=(), inspectors=()) if None in team else None
            stratum = part.stratum if drawn.own else ""
            told.append(Dealt(listed=listed, team=team, shortage=short, stratum=stratum))
    return tuple(told) if drawn.own or any(one.team for one in told) else ()


def _deal(tx: Tx, drawn: Draw, files: Mapping[str, bytes], listed: Listed, name: str, now: datetime) -> tuple[str | None, ...]:
    """One list's team for an object that comes in, and its lines."""
    commitment, frame = read(files["commit.json"]), people(drawn, files, listed)
    seed = join_seed(commitment, [drawn.parts[party] for party in drawn.parties])
    deal_key = key(commitment, seed, f"deal/{listed.name}")
    row, loads = row_of(tx, drawn, listed, name), Counter(tx.visits.loads(drawn.number, listed.agency))
    team: list[str | None] = []
    for seat in range(commitment.list_named(listed.name).rules.team):
        sitting = [staff for staff in team if staff is not None]
        chosen = substitute(commitment.suite, deal_key, row, seat, sitting, (), loads, frame.inspectors, frame.bans)
        log_after(tx, drawn.number, "deal", name, now, agencies=(listed.agency,), **{"seat": seat, "in": chosen})
        team.append(chosen)
        loads.update([chosen] if chosen is not None else [])
    return tuple(team)


def _parts(office: Office, tx: Tx, held: Visit, drawn: Draw, files: Mapping[str, bytes]) -> tuple[_Part, ...]:
    """The parts of a visit, that of its lead first: by the lead's list where all share it, else by the list of each that goes."""

    def part(listed: tuple[Listed, ...], sampled: bool) -> _Part:
        stratum = row_of(tx, drawn, listed[0], held.object_id).stratum
        lists, policy = _lists(drawn, files, listed[0]), office.book.get(drawn.pack_of(listed[0].agency))
        following = lists.following(stratum) if sampled else None
        return _Part(listed=listed, stratum=stratum, sampled=sampled, policy=policy, lists=lists, following=following)

    if not drawn.own:
        return (part(drawn.lists, held.sampled),)
    return tuple(part((drawn.list_of(one.agency),), one.sampled) for one in held.stakes)


def _lists(drawn: Draw, files: Mapping[str, bytes], listed: Listed) -> Lists:
    """A list's reserve and what has come of it."""
    told = json.loads(files["result.json"])["lists"]
    strata = next(one["strata"] for one in told if one["name"] == listed.name)
    return Lists.of(strata, [json.loads(line) for line in files.get(kept(drawn, listed, AFTER), b"").splitlines()])


def _told(tx: Tx, left: Visit, came: Visit | None, part: _Part) -> Replaced:
    most = replacement.budget(part.lists.drawn, part.policy.draw.replace_share)
    return Replaced(left=tx.visits.get(left.id), came=came, spent=part.lists.spent, most=most)
