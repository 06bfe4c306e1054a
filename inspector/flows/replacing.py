"""A drawn object leaves and the next of its stratum's reserve comes in, with a team by the dealing rule at the loads in force.

Nobody picks: who comes in stands in the sealed result, who goes there follows from the deal key. Each step is a line of after.jsonl
that a stranger replays (`domain.replay`): `replace`, then `deal` for each seat in order. Seats are dealt as ruling 15 passes one on:
the eligible inspector with the smallest (load, card, id), the leaving visit's seats no longer counting; nobody else is moved. Where
nobody can be dealt, the visit is short, as any other (ruling 13).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain import replacement
from inspector.domain.case import CaseState
from inspector.domain.commitment import join, key, read
from inspector.domain.dealing import Shortage, substitute
from inspector.domain.decision import Decision
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.plan import Draw, Listed
from inspector.domain.policy import Policy
from inspector.domain.replacement import CEASED, DISCRETIONARY, Ceased, Ground, Lists
from inspector.domain.visit import Finding, Visit
from inspector.flows.after import log_after
from inspector.flows.assign import Dealt, assign, visit_id
from inspector.flows.dispatch import weigh
from inspector.flows.joining import joined
from inspector.flows.lists import AFTER, LONG, people, row_of
from inspector.flows.members import members_of
from inspector.flows.office import Office
from inspector.flows.recall import free_visit
from inspector.flows.record import record
from inspector.store.tx import Tx

NO_RESERVE = "reserve_used_up"
"""The matter of an object that ceased and for which the reserve has nobody left: the draw is one smaller, and a person knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The visit that ended, the one that came in (None: none did), and the discretionary budget of its draw."""

    left: Visit
    came: Visit | None
    spent: int
    most: int


def cease(office: Office, tx: Tx, visit_id: str, *, how: Ceased, evidence: str, by: str, now: datetime) -> Replaced:
    """A person records that a drawn object is no more; what follows is the rule's. Raises Missing, Invalid, Refusal."""
    held, drawn = _locked(tx, visit_id)
    policy, files = office.book.get(drawn.pack), tx.draws.files(drawn.number, without=LONG)
    decision = replacement.cease(held, how, evidence, by, policy, now)
    _leave(tx, held, decision, now)
    entered = {part.agency for part in held.parts}
    for doubt in (
        one for one in held.doubts if one.agency not in entered
    ):  # nobody can look any more: no finding, the officer decides
        finding = Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.CANNOT_SAY, note=how.value)
        weigh(tx, office, decision.state, finding, now)
    proof = replacement.digest(how.value, decision.state.proof)
    stratum, lists = row_of(tx, drawn.number, held.object_id).stratum, _lists(files)
    following = lists.following(stratum) if policy.draw.replace_ceased and held.sampled else None
    if following is None:
        log_after(tx, drawn.number, "withdrawn", held.object_id, reason=CEASED, evidence=proof)
        if policy.draw.replace_ceased and held.sampled:
            tx.attention.open(NO_RESERVE, held.agency, held.id, {"stratum": stratum}, now)
        return _told(tx, decision.state, None, lists, policy)
    came = _bring_in(office, tx, held, drawn, policy, files, following, CEASED, proof, now)
    return _told(tx, decision.state, came, lists, policy)


def give_up(office: Office, tx: Tx, visit_id: str, *, ground: Ground, reason: str, by: str, now: datetime) -> Replaced:
    """An officer has a drawn object replaced, within the budget. Raises Missing, Invalid, Refusal (`reserve_used_up` among them)."""
    held, drawn = _locked(tx, visit_id)
    policy, files = office.book.get(drawn.pack), tx.draws.files(drawn.number, without=LONG)
    stratum, lists = row_of(tx, drawn.number, held.object_id).stratum, _lists(files)
    decision = replacement.give_up(held, ground, reason, by, lists, policy)
    following = lists.following(stratum) if held.sampled else None
    if following is None:
        raise Refusal("reserve_used_up", visit=held.id, stratum=stratum)
    _leave(tx, held, decision, now)
    proof = replacement.digest(ground.value, str(decision.because.facts["reason"]))
    came = _bring_in(office, tx, held, drawn, policy, files, following, DISCRETIONARY, proof, now)
    return _told(tx, decision.state, came, replace(lists, spent=lists.spent + 1), policy)


def lists_of(tx: Tx, number: str) -> Lists:
    """A draw's reserve and what has come of it."""
    return _lists(tx.draws.files(number, without=LONG))


def _locked(tx: Tx, visit_id: str) -> tuple[Visit, Draw]:
    """A visit and its draw to the end of the transaction: cases first, then the visit, then the draw, as everybody locks them."""
    for case_id in sorted(tx.visits.get(visit_id).case_ids):
        tx.cases.get(case_id, lock=True)
    held = tx.visits.get(visit_id, lock=True)
    return held, tx.draws.get(held.draw, lock=True)


def _leave(tx: Tx, held: Visit, decision: Decision[Visit], now: datetime) -> None:
    """The visit is over as it was decided: written, recorded, its seats freed."""
    tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {})
    free_visit(tx, held, now)


def _bring_in(  # noqa: PLR0913, PLR0917 - one replacement in all its parts
    office: Office,
    tx: Tx,
    left: Visit,
    drawn: Draw,
    policy: Policy,
    files: Mapping[str, bytes],
    name: str,
    reason: str,
    proof: str,
    now: datetime,
) -> Visit:
    """The object of the reserve becomes a visit; its seats are dealt one by one, each a line that can be replayed.

    In a joint check it comes in for every list, each agency's team is dealt within its own, and waiting checks of the partners
    come along.
    """
    told = {"out": left.object_id, "in": name, "reason": reason, "evidence": proof}
    log_after(tx, drawn.number, "replace", left.object_id, only=None, **told)
    member = joined(tx, drawn, members_of(tx, drawn.number, [name]))[name]
    live = member.pooled or any(tx.cases.get(one, lock=True).state is not CaseState.WITHDRAWN for one in member.cases)
    # All withdrawn meanwhile: called off at once, and the record says so.
    teams = tuple(_deal(tx, drawn, files, listed, name) for listed in drawn.lists) if live else ()
    position = len(tx.visits.of_draw(drawn.number)) + 1
    came = visit_id(drawn.number, position)
    dealt = tuple(
        Dealt(
            listed=listed,
            team=team,
            shortage=Shortage(object=came, seat=team.index(None), others=(), inspectors=()) if None in team else None,
        )
        for listed, team in zip(drawn.lists if live else (), teams, strict=True)
    )
    assign(office, tx, drawn, policy, position, name, member, dealt, now, replaces=left.id)
    return tx.visits.get(came)


def _deal(tx: Tx, drawn: Draw, files: Mapping[str, bytes], listed: Listed, name: str) -> tuple[str | None, ...]:
    """One list's team for an object that comes in, and its lines."""
    commitment, frame = read(files["commit.json"]), people(drawn, files, listed)
    seed = join(commitment, [drawn.parts[party] for party in drawn.parties])
    deal_key = key(commitment, seed, f"deal/{listed.name}")
    row, loads = row_of(tx, drawn.number, name), Counter(tx.visits.loads(drawn.number, listed.agency))
    team: list[str | None] = []
    for seat in range(commitment.list_named(listed.name).rules.team):
        sitting = [staff for staff in team if staff is not None]
        chosen = substitute(commitment.suite, deal_key, row, seat, sitting, (), loads, frame.inspectors, frame.bans)
        log_after(tx, drawn.number, "deal", name, only=listed, **{"seat": seat, "in": chosen})
        team.append(chosen)
        loads.update([chosen] if chosen is not None else [])
    return tuple(team)


def _lists(files: Mapping[str, bytes]) -> Lists:
    """By the lead's list: an object that is replaced is replaced in every list of its draw."""
    strata = json.loads(files["result.json"])["lists"][0]["strata"]
    return Lists.of(strata, [json.loads(line) for line in files.get(AFTER, b"").splitlines()])


def _told(tx: Tx, left: Visit, came: Visit | None, lists: Lists, policy: Policy) -> Replaced:
    most = replacement.budget(lists.drawn, policy.draw.replace_share)
    return Replaced(left=tx.visits.get(left.id), came=came, spent=lists.spent, most=most)
