"""Past decisions of a case computed again from what is stored of it: each comes to the same text, to another, or cannot be said.

The rules are pure, so the same facts, pack and calendar come to the same decision, byte for byte. Where a fact is not stored any more
(what was promised before a correction), or a step is none of these rules, that is said and held against nobody; whatever comes after
it is still tried, and is unsure where it does not come to the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from inspector.domain import (
    acknowledged,
    asking,
    limitation,
    missent,
    opening,
    proceeding,
    recounting,
    review,
    selfproof,
    verification,
)
from inspector.domain.assistance import Request
from inspector.domain.backtest import afresh
from inspector.domain.case import Case, Method, Outcome
from inspector.domain.consequence import BARRING, Consequence
from inspector.domain.course import Setting
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.dutyfile import signers
from inspector.domain.errors import InspectorError
from inspector.domain.grading import graded
from inspector.domain.ground import CALENDAR, Counted, Ground, Past
from inspector.domain.late import late as late_answer
from inspector.domain.late import unused_again
from inspector.domain.ledger import said
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.domain.retrace import OF_THE_CASE, RULES, Trace, follows
from inspector.domain.sendback import Mistake, SendBackReason
from inspector.domain.stamp import Stamp
from inspector.domain.steps import Unstored

_ORDERED = frozenset({"assistance.open", "self_proof.ask", opening.PROPOSED})
"""What is computed with the decision that orders it."""
COMPUTED = RULES | frozenset(
    {
        *("credit.look_up", "credit.late", "item.exempt", "route.certificate", "strategy.choose", "verification.overdue"),
        recounting.RULE,
        *("evidence.weigh", "evidence.late", "evidence.conflict", "supervision.agrees", "supervision.seen"),
        *("supervision.finding", "supervision.joined", "matter.conclude", "commitment.withdraw", "application.withdraw"),
        *(missent.RULE, f"{missent.RULE}.asked", f"{missent.RULE}.declined", "officer.review"),
        *_ORDERED,
    }
)
"""The rules whose function is known here."""
_PEOPLE = ("operator.", "seat.", "visit.", "attention.", "case.correct")
_OUTSIDE = frozenset(
    {
        *("assistance.again", "evidence.kept", "notice.said", "case.contact"),
        *("self_proof.receive", "self_proof.unable", "self_proof.again"),
    }
)
"""What is no decision of ours: an agency, a subject, a platform has said or done it."""
_UNKEPT = frozenset({"credit.again"})
"""What rests on a receiver's statement of that night: of these only how the newest came out is kept."""
_REASONS = ("reasons", "why", "reason", "document")
_BESIDE = frozenset({"request", "self_proof", "consequence_state", "record", "notice"})


class Again(StrEnum):
    """What computing an entry again has come to.

    `UNSURE`: it rests on what was not computed. `PERSON`: a person has decided or said it, and no rule, so there is nothing to compute:
    who, and why, stands in it. `NO_FUNCTION`: a rule has said it that is not computed again. `NOT_STORED`: what it was given is not
    stored: it was corrected since, or a release before did not keep it. `PURGED`: its words, or the answer that it weighed, went lawfully
    at the end of their days.
    """

    SAME = "SAME"
    DIFFERS = "DIFFERS"
    UNSURE = "UNSURE"
    PERSON = "PERSON"
    NO_FUNCTION = "NO_FUNCTION"
    NOT_STORED = "NOT_STORED"
    PURGED = "PURGED"


def recompute(ground: Ground, entries: Sequence[Past]) -> Iterator[tuple[Past, Again]]:
    """Each entry of a case in order, with what computing it again has come to. Never raises for what is stored."""
    begins = max((place for place, one in enumerate(entries, 1) if one.rule == "case.correct"), default=0)
    state = replace(afresh(ground.case), concluded_at=None, suspensions=(), extensions=())
    sure, known, transfers = begins == 0, set[str](), dict[str, str]()
    trace = Trace(ground=ground, newest=acknowledged.newest_of(_told(entries), ground.books))
    asked = trace.asked
    for place, entry in enumerate(entries):
        if place < begins or not entry.body:
            sure = False
            yield entry, Again.PURGED if entry.gone else _uncomputed(entry)
            continue
        told = json.loads(entry.body)
        trace.hear(entry, told)
        about = told["facts"].get("consequence")
        known |= {about} if about else set()
        if about and told["facts"].get("proposal") == Proposal.TRANSFER_JUDICIAL.value and "consequence_state" in told:
            transfers[about] = told["consequence_state"]
        ordered = asked.pop(f"{entry.rule} {told.get('request', told.get('self_proof', about))}", None)
        if ordered is not None:
            text, begun = ordered
            if begun is not None and text == entry.body:
                trace.begun(begun)
            yield entry, Again.SAME if text == entry.body else Again.DIFFERS if sure else Again.UNSURE
            continue
        if follows(entry.rule, told):
            yield entry, _followed(trace, state, entry, told, sure=sure or entry.rule not in OF_THE_CASE)
            continue
        counted, whole = ground.counted(entry.at, told.get(CALENDAR))
        by, made = _found(counted, state, entry, told)
        if made is None:
            trace.passed(entry, told)
            rests = entry.rule in _ORDERED and not sure  # what orders it was not computed
            sure = sure and not _BESIDE.isdisjoint(told)  # what is decided beside it leaves the case as it is
            yield entry, Again.UNSURE if rests else _uncomputed(entry)
            continue
        weighs = told["facts"].get("evidence")
        if isinstance(weighs, str) and weighs in ground.purged:  # its verdict stands, so what comes after is tried
            state, sure = made.state, False
            asked |= _asked(by, made, entry.at)
            yield entry, Again.PURGED
            continue
        same = by.text(made) == entry.body
        if same or sure:
            state = made.state
            asked |= _asked(by, made, entry.at) if same else {}
            barred = not BARRING.isdisjoint(transfers.values())
            asked |= _proposed(by, made, entry.at, told["facts"], len(known), barred=barred) if same else {}
        letter = told["facts"].get("method") == Method.ASSISTANCE.value  # its weighing rests on the letter's own state, too
        yield entry, Again.SAME if same else Again.DIFFERS if sure and whole and not letter else Again.UNSURE
        sure = sure and same


def _followed(trace: Trace, state: Case, entry: Past, told: Mapping[str, Any], *, sure: bool) -> Again:
    """What follows of the case: a step of a consequence, the days of an entry, a notice, what is owed to the public."""
    try:
        same, certain = trace.follow(state, entry, told)
    except Unstored:
        return Again.NOT_STORED
    return Again.SAME if same else Again.DIFFERS if sure and certain else Again.UNSURE


def _uncomputed(entry: Past) -> Again:
    """Why an entry is not computed: its rule would be, by what is not stored; a person has said it; or no function is its rule's."""
    told = json.loads(entry.body) if entry.body else {"facts": {}}
    beside = entry.rule == recounting.RULE and not _BESIDE.isdisjoint(told)
    own_word = entry.rule in acknowledged.RULES  # one of these that is not followed a person has said
    if not entry.body or (entry.rule in COMPUTED and not beside and not own_word):
        return Again.NOT_STORED
    own = any(one != "rule" for one in signers(told["facts"]))
    if own or entry.rule.startswith(_PEOPLE) or entry.rule in _OUTSIDE:
        return Again.PERSON
    return Again.NOT_STORED if entry.rule in _UNKEPT else Again.NO_FUNCTION


def _told(entries: Sequence[Past]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    return ((one.id, one.rule, json.loads(one.body)["facts"]) for one in entries if one.body)


def why(entry: Past, again: Again) -> tuple[str, str]:
    """(who, why) of what a person has decided or said, as its entry tells it; nothing of anything else, nor what a subject has said."""
    if again is not Again.PERSON:
        return "", ""
    facts = json.loads(entry.body)["facts"]
    reasons = next((facts[name] for name in _REASONS if isinstance(facts.get(name), str) and facts[name]), "")
    return ", ".join(dict.fromkeys(signers(facts))), reasons


def _found(
    counted: Sequence[Counted], state: Case, entry: Past, told: Mapping[str, Any]
) -> tuple[Counted, Decision[Case] | None]:
    """The decision anew by the calendar that comes to the entry; where none does, by the likeliest. None where no rule says it."""
    by, found = counted[0], None
    if entry.rule == recounting.RULE and not _BESIDE.isdisjoint(
        told
    ):  # of a letter, or what a subject shows, and no date of the case
        return by, None
    for one in counted:
        try:
            made = _decided(one, state, entry, told["facts"])
        except (InspectorError, ValueError, LookupError, TypeError):
            continue
        if made is not None and one.text(made) == entry.body:
            return one, made
        if made is not None and found is None:
            by, found = one, made
    return by, found


def _decided(by: Counted, state: Case, entry: Past, facts: Mapping[str, Any]) -> Decision[Case] | None:
    """The decision anew; None for one that is by none of these rules. Raises what the rules raise."""
    policy, calendar, at, held = by.ground.policy, by.calendar, entry.at, by.ground.case.strategy
    match entry.rule:
        case "credit.look_up" | "item.exempt" | "route.certificate":
            return verification.begin(state, policy, None, at, calendar)
        case "strategy.choose" if held is not None:
            choose = verification.choose if state.verify_term is not None else verification.begin
            return choose(state, policy, held.level, at, calendar)
        case "verification.overdue":
            return verification.overdue(state, policy, at, calendar)
        case recounting.RULE:
            return (recounting.recount_case(state, calendar, at) or (None,))[0]
        case rule if rule.startswith(("evidence.", "supervision.", "credit.late")) and rule != "evidence.kept":
            return _heard(by, state, entry, facts)
        case "matter.conclude":
            when = datetime.fromisoformat(facts["concluded_at"])
            return review.conclude(state, facts["by"], policy, at, calendar, at=when)
        case "commitment.withdraw" | "application.withdraw":
            until, said = facts.get("barred_until", ""), (facts["reason"], facts["by"])
            on = date.fromisoformat(facts["handed_in"]) if "handed_in" in facts else None
            stamp = Stamp(on=on, by=facts["document"]) if on is not None else None
            return review.withdraw(replace(state, entry=facts["entry"]), *said, policy, at, barred_until=until, stamp=stamp)
        case rule if rule.startswith(missent.RULE):
            return _sent_back(state, entry, facts, policy)
        case "officer.review":
            return _reviewed(by, state, facts, at)
        case _:
            return None


def _reviewed(by: Counted, state: Case, facts: Mapping[str, Any], at: datetime) -> Decision[Case]:
    """An officer's decision, by the pack that ruled it, on what had come by then."""
    ground = by.ground
    ruled = ground.ruling(at)
    cited = tuple(ground.evidence[name] for name in facts["evidence"])
    seen = [one for one in ground.evidence.values() if (one.entered_at or one.came_at or one.asked_at) <= at]
    outcome, act = Outcome(facts["outcome"]), facts.get("act", "")
    made = review.review(
        state,
        outcome,
        facts["officer"],
        facts["reasons"],
        cited,
        ruled.policy,
        at,
        by.calendar,
        act=act,
        beside=seen,
        grading=graded(facts),
        earlier=facts.get("grade_earlier"),
        attempts=facts.get("attempts", ()),
    )
    return ruled.told(made)


def _sent_back(state: Case, entry: Past, facts: Mapping[str, Any], policy: Policy) -> Decision[Case]:
    """A step of a sending back. What was looked up for it stands in its facts; that the other case was the same matter was seen then."""
    why, same_as = SendBackReason(facts["sent_back_for"]), str(facts.get("same_as", ""))
    mistake = Mistake(reason=why, words=facts["reasons"], competent=str(facts.get("competent", "")), same_as=same_as)
    if entry.rule == f"{missent.RULE}.declined":
        return missent.decline(state, facts["declined_for"], facts["by"], "", policy, entry.at)
    other = missent.Other(case=replace(state, id=same_as), drawn=True) if same_as else None
    standing = missent.Standing(drawn=facts.get("drawn", False), other=other)
    if entry.rule == missent.RULE:
        return missent.agree(state, facts["approved"], "", standing, policy, entry.at)
    return missent.ask(state, mistake, facts["by"], "", standing, policy, entry.at)


def _heard(by: Counted, state: Case, entry: Past, facts: Mapping[str, Any]) -> Decision[Case]:
    """What was found about a case that was over, or an answer: one that was waited for, or one to a question that was over.

    The credit entry that stood for the case is taken from what was written down. Which answer it was the entry does not say, so one of
    both is to come to it. A level that came late is heard, too, and moves nothing.
    """
    if entry.rule == "credit.late":
        return unused_again(state, facts, by.ground.policy)
    piece, policy, calendar = by.ground.evidence[facts["evidence"]], by.ground.policy, by.calendar
    if "entry" in facts:
        state, joins = replace(state, entry=facts["entry"]), entry.rule == review.JOINED
        return review.finding(state, piece, policy, entry.at, calendar, joins=joins)
    first = state.claims[0].claim
    asked = replace(first, key=piece.claim, value=facts.get("claimed", first.value))
    late = late_answer(state, piece, asked, policy, entry.at, calendar)
    if by.text(late) == entry.body:
        return late
    weighed = verification.weigh(state, piece, policy, entry.at, calendar)
    if entry.rule != "evidence.late" or by.text(weighed) == entry.body:
        return weighed
    return verification.weigh(state, piece, policy, entry.at, calendar, given_up=False)


def _asked(by: Counted, made: Decision[Case], at: datetime) -> dict[str, tuple[str, Consequence | Request | None]]:
    """What the ledger says of the requests and self-proofs that a decision orders in the same breath, by their rule and id."""
    ground, texts = by.ground, dict[str, tuple[str, Consequence | Request | None]]()
    for order in made.orders:
        if order.kind is OrderKind.ASSIST_SEND:
            opened = asking.open_request(ground.case.id, ground.case.agency, order, ground.policy, at, by.calendar)
            told = {"request": opened.state.id, **by.beside}
            texts[f"{opened.because.rule} {opened.state.id}"] = said(opened.because, told), opened.state
        elif order.kind is OrderKind.SELF_PROOF_ASK:
            shown = selfproof.ask(made.state, order, ground.policy, at, by.calendar)
            told = {"self_proof": shown.state.id, **by.beside}
            texts[f"{shown.because.rule} {shown.state.id}"] = said(shown.because, told), None
    return texts


def _proposed(
    by: Counted, made: Decision[Case], at: datetime, facts: Mapping[str, Any], before: int, *, barred: bool
) -> dict[str, tuple[str, Consequence | Request | None]]:
    """The same of the consequences that an officer's decision proposes; `before`: so many the case has had.

    `barred`: a transfer was open, so that no penalty was proposed beside it (scenario 59).
    """
    texts, policy, outcome = (
        dict[str, tuple[str, Consequence | Request | None]](),
        by.ground.ruling(at).policy,
        made.state.outcome,
    )
    told = [one for one in made.told if one.type == opening.PROPOSED and one.data["proposal"] in policy.consequences]
    found, ids, number = graded(facts), facts.get("evidence", ()) if told else (), before
    cited = [by.ground.evidence[one] for one in ids if one in by.ground.evidence]
    for one in told:
        assert outcome is not None, "what is proposed follows from an outcome"
        given = opening.Opening(
            proposal=Proposal(str(one.data["proposal"])),
            by=facts["officer"],
            evidence=tuple(ids),
            act=facts.get("act", ""),
            found=found,
        )
        if barred and given.proposal is Proposal.PENALTY:
            continue
        if limitation.late(made.state, given, policy.consequences[given.proposal], cited, at.date()) is not None:
            continue  # found too late to be punished: nobody has proposed it (Penalties Law art. 36)
        number += 1
        held = opening.proposed(made.state, given, number, outcome, policy, at)
        notice = one.data.get("notice_due_at")
        setting = Setting(row=policy.consequences[held.proposal], calendar=by.calendar, now=at)
        begun = proceeding.opened(held, setting, datetime.fromisoformat(str(notice)) if notice else None)
        state = begun.state.state.value
        texts[f"{opening.PROPOSED} {held.id}"] = (
            said(begun.because, {"consequence_state": state, **by.beside}),
            begun.state,
        )
    return texts
