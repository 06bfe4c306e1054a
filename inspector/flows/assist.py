"""The words about a request for assistance as they come in: the requested agency's, by link or token; the requester's; the superior's.

Every operation here is called in the caller's transaction and raises Invalid or Refusal before anything is written. Whoever quotes our
letter in it keeps its links and codes for nobody to read (`unquoted`), by whichever door:

- the requested agency: `deliver` `accept` `answer` `partly` `refuse` `propose_date` `extend` `contest_urgency` `warn` `forward` `contest`
- the requester's officer: `agree_date` `keep_date` `contest_refusal`
- the common superior: `decide`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from inspector.domain import asking, dispute, reply, respite, sending, unheard
from inspector.domain.afterword import DECIDE, afterword, beyond, speaks
from inspector.domain.assistance import AssistanceState, Door, Inability, Quarrel, Request
from inspector.domain.case import Case
from inspector.domain.decision import Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict, unread
from inspector.domain.piece import afterword_of, part_of
from inspector.domain.policy import Policy
from inspector.domain.said import Saying
from inspector.domain.scoreboard import WORDS
from inspector.flows import inquiries, late, notice, unsettled
from inspector.flows.ladder import OBSOLETE, unknown
from inspector.flows.office import Office, behind
from inspector.flows.reasons import telling
from inspector.flows.reasons import word as worded
from inspector.flows.record import record
from inspector.flows.replylink import OVERSEE
from inspector.flows.requests import by_name, go_on, held, node_of, spread, superior_of, whose
from inspector.flows.settle import settle_request
from inspector.flows.unquoted import unquoted
from inspector.flows.verify import asked
from inspector.store.tx import Tx


def deliver(office: Office, tx: Tx, request_id: str, now: datetime, *, token: str = "") -> Request:
    """The letter was opened, which machines do, too, or read by a `token` of the agency's own. The first time is kept, and no other."""
    case, request = held(tx, request_id)
    return _settled(office, tx, case, request, reply.deliver(request, now, case.pack, token=token), now, heard=False)


@unquoted
def accept(office: Office, tx: Tx, request_id: str, signer: str, now: datetime, door: Door | None = None) -> Request:
    """The agency acknowledges the request. Twice is once."""
    telling("", signer)
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.ACCEPT):
        return _after(office, tx, case, request, Saying.ACCEPT, {"signer": signer}, now, door)
    return _settled(office, tx, case, request, reply.accept(request, signer, now, case.pack, door), now)


@unquoted
def answer(  # noqa: PLR0913 - an answer in all its parts
    office: Office,
    tx: Tx,
    request_id: str,
    verdict: Verdict | None,
    value: str,
    signer: str,
    now: datetime,
    door: Door | None = None,
    *,
    remark: str = "",
) -> Request:
    """An agency's answer comes in, by a `door`: a verdict of its own, or the value it holds, which the pack's rule compares.

    A `remark` beside it is kept as it is written.

    One that says otherwise than the first is kept beside it, as late evidence for a person.
    """
    telling(value if verdict is Verdict.CANNOT_SAY else "", signer, field="value")
    case, request = held(tx, request_id)
    policy = office.book.get(case.pack)
    fact = policy.item(str(request.question["item"])).fact(str(request.question["fact"]))
    over = _beyond(case, request, Saying.ANSWER)
    weighs = partial(reply.again if over else reply.answer, remark=remark, values=fact.values)
    decision = weighs(request, verdict, value, signer, fact.compare, now, policy.label, door)
    if over:
        return _kept(office, tx, case, request, decision, now)
    heard = Verdict(str((decision.state.reply or {})["verdict"]))
    note = "" if verdict is Verdict.CANNOT_SAY else unread(heard, value, fact.values)
    told = _settled(office, tx, case, request, decision, now)
    if note:
        signed = {"signed": verdict.value} if verdict is not None else {}
        tx.attention.open(unsettled.ANSWER_UNREAD, request.requester, request.id, _about(request) | signed, now)
    go_on(tx, office, told, heard, note, now)
    return told


@unquoted
def partly(  # noqa: PLR0913 - an answer in all its parts
    office: Office,
    tx: Tx,
    request_id: str,
    value: str,
    rest: str,
    signer: str,
    now: datetime,
    door: Door | None = None,
    *,
    remark: str = "",
) -> Request:
    """A part is answered, and it is said what is still open: kept as evidence that settles nothing, while the date goes on."""
    telling(rest, signer, field="rest")
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.PARTLY):
        said = {"value": value, "rest": rest, "signer": signer} | ({"reasons": remark} if remark else {})
        return _after(office, tx, case, request, Saying.PARTLY, said, now, door)
    told = _settled(
        office, tx, case, request, reply.partly(request, value, rest, signer, now, case.pack, door, remark=remark), now
    )
    late.beside(tx, case, part_of(told, now, **whose(office, _policy(office, case), told)), now)
    return told


@unquoted
def refuse(
    office: Office,
    tx: Tx,
    request_id: str,
    reasons: str,
    signer: str,
    now: datetime,
    door: Door | None = None,
    *,
    inability: Inability = Inability.OTHER,
) -> Request:
    """An agency cannot help and says why, by a code and in writing; the next way begins."""
    telling(reasons, signer)
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.DECLINE):
        said = {"inability": inability.value, "reasons": reasons, "signer": signer}
        return _after(office, tx, case, request, Saying.DECLINE, said, now, door)
    with by_name(office):
        decision = reply.decline(request, reasons, signer, now, case.pack, door, inability=inability)
    text = notice.written(office, _policy(office, case), decision.state, now)
    told = _settled(office, tx, case, request, notice.named(decision, text), now, filed=text)
    go_on(tx, office, told, Verdict.CANNOT_SAY, "declined", now)
    return told


@unquoted
def propose_date(
    office: Office, tx: Tx, request_id: str, day: date, reasons: str, signer: str, now: datetime, door: Door | None = None
) -> Request:
    """The agency names the working day by which it can answer; an officer of the requester agrees, or says why not."""
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.PROPOSE):
        said = {"day": day.isoformat(), "reasons": reasons, "signer": signer}
        return _after(office, tx, case, request, Saying.PROPOSE, said, now, door)
    last = respite.latest(request, _policy(office, case), office.calendar)
    decision = respite.propose(request, day, worded(reasons, signer, door), now, office.calendar, case.pack, last)
    return _settled(office, tx, case, request, decision, now)


@unquoted
def agree_date(office: Office, tx: Tx, request_id: str, seen: datetime, by: str, now: datetime) -> Request:
    """The requester agrees to the date that was proposed, `seen` as it was shown: a new clock."""
    case, request = held(tx, request_id)
    decision = respite.agree(request, seen, by, _policy(office, case), now, office.calendar)
    return _settled(office, tx, case, request, decision, now)


@unquoted
def keep_date(office: Office, tx: Tx, request_id: str, seen: datetime, by: str, reasons: str, now: datetime) -> Request:
    """The requester does not agree to the date that it was shown, and says why: the old date stands."""
    case, request = held(tx, request_id)
    decision = respite.keep(request, seen, worded(reasons, by), now, case.pack)
    return _settled(office, tx, case, request, decision, now)


@unquoted
def extend(
    office: Office, tx: Tx, request_id: str, reasons: str, signer: str, now: datetime, door: Door | None = None
) -> Request:
    """The agency takes longer, as the pack allows: before the date, with reasons, once."""
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.EXTEND):
        return _after(office, tx, case, request, Saying.EXTEND, {"reasons": reasons, "signer": signer}, now, door)
    decision = respite.extend(request, worded(reasons, signer, door), _policy(office, case), now, office.calendar)
    return _settled(office, tx, case, request, decision, now)


@unquoted
def contest_urgency(
    office: Office, tx: Tx, request_id: str, reasons: str, signer: str, now: datetime, door: Door | None = None
) -> Request:
    """The agency says why the request is not urgent: it is treated as any other."""
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.CALM):
        return _after(office, tx, case, request, Saying.CALM, {"reasons": reasons, "signer": signer}, now, door)
    decision = respite.calm(request, worded(reasons, signer, door), _policy(office, case), now, office.calendar)
    return _settled(office, tx, case, request, decision, now)


@unquoted
def warn(office: Office, tx: Tx, request_id: str, reasons: str, signer: str, now: datetime, door: Door | None = None) -> Request:
    """The agency tells of a difficulty: an officer of the requester hears of it while something can be done (handbook 1.5.11)."""
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.WARN):
        return _after(office, tx, case, request, Saying.WARN, {"reasons": reasons, "signer": signer}, now, door)
    told = _settled(office, tx, case, request, reply.warn(request, worded(reasons, signer, door), now, case.pack), now)
    if told is not request:
        tx.attention.open(unsettled.DIFFICULTY, told.requester, told.id, _about(told), now)
    return told


@unquoted
def forward(
    office: Office, tx: Tx, request_id: str, to: str, reasons: str, signer: str, now: datetime, door: Door | None = None
) -> Request:
    """The agency lacks the competence and names the one that has it (`to`, an agency of the tree or its connector): it is asked now.

    Returns the new request. A circle is refused (`forward_circle`); who calls this tells a person of it by `circle`, after the refusal.
    """
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.FORWARD):
        return _after(office, tx, case, request, Saying.FORWARD, {"to": to, "reasons": reasons, "signer": signer}, now, door)
    via = _passed(office, request, addressee(office, request, to))
    with by_name(office):
        found = asking.forward(request, via, worded(reasons, signer, door), _policy(office, case), now, office.calendar)
    _settled(office, tx, case, request, found.old, now)
    tx.assistance.add(found.new.state)
    record(tx, case.id, found.new, now, {"request": found.new.state.id}, kept=case.pack)
    tx.work.order(found.new.orders, now)
    return found.new.state


def addressee(office: Office, request: Request, to: str) -> str:
    """The connector of an agency that a request may be forwarded to: never the requester, nor who was asked. Raises Invalid naming them."""
    known = {node.id: node.connector for node in office.tree.values() if node.connector and node.id != request.requester}
    meant, asked = office.tree.get(to) or behind(office.tree, to), node_of(office, request.requested)
    if to == request.requested or (meant is not None and meant.id == asked):
        raise Invalid("forward_self", field="to")
    via = known.get(meant.id) if meant is not None else None
    if via is None:
        names = {node.id: f"{node.name} ({node.id})" for node in office.tree.values()}
        others = sorted(name for name in known if name != asked)
        told = {"field": "to", "to": names.get(to, to)}
        if not others:
            raise Invalid("forward_nowhere", **told)
        raise Invalid("forward_unknown", **told, known=", ".join(map(names.__getitem__, others)))
    return via


def _passed(office: Office, request: Request, via: str) -> str:
    """By which connector an agency was asked before in this chain, where it was: one that has moved since is no other one."""
    return next((one for one in request.chain if node_of(office, one) == node_of(office, via)), via)


def circle(tx: Tx, request_id: str, to: str, now: datetime) -> None:
    """A person of the requester hears that two agencies send a request to each other; in a transaction after the refusal's own."""
    _, request = held(tx, request_id)
    facts = {"requested": request.requested, "to": to, "case": request.case_id}
    tx.attention.open(unsettled.FORWARD_CIRCLE, request.requester, request.id, facts, now)


@unquoted
def contest(
    office: Office,
    tx: Tx,
    request_id: str,
    about: Quarrel,
    reasons: str,
    signer: str,
    now: datetime,
    door: Door | None = None,
) -> Request:
    """The requested agency disputes its competence or the request's ground: the common superior decides (handbook 1.5.4)."""
    if about is Quarrel.REFUSAL:
        raise Invalid("dispute_not_yours", field="about")
    case, request = held(tx, request_id)
    if _beyond(case, request, Saying.CONTEST):
        said = {"about": about.value, "reasons": reasons, "signer": signer}
        return _after(office, tx, case, request, Saying.CONTEST, said, now, door)
    return _contest(office, tx, request_id, about, reasons, signer, now, door)


@unquoted
def contest_refusal(office: Office, tx: Tx, request_id: str, reasons: str, by: str, now: datetime) -> Request:
    """The requester disputes a refusal. The case has taken its next way and does not wait; what comes of it is late evidence."""
    return _contest(office, tx, request_id, Quarrel.REFUSAL, reasons, by, now, None)


@unquoted
def decide(office: Office, tx: Tx, request_id: str, helps: bool, reasons: str, signer: str, now: datetime) -> Request:
    """The common superior decides a dispute: the agency helps, by a new clock, or need not, and the next way begins."""
    case, request = held(tx, request_id)
    if request.dispute is not None and (request.state is not AssistanceState.DISPUTED or case.state.gone):
        said = {"helps": helps, "reasons": reasons, "signer": signer}
        return _after(office, tx, case, request, DECIDE, said, now, None)
    decision = dispute.decide(request, helps, worded(reasons, signer), _policy(office, case), now, office.calendar)
    told = _settled(office, tx, case, request, decision, now)
    if not helps and not told.moved_on:
        go_on(tx, office, told, Verdict.CANNOT_SAY, "relieved", now)
    return told


def _contest(
    office: Office, tx: Tx, request_id: str, about: Quarrel, reasons: str, by: str, now: datetime, door: Door | None
) -> Request:
    case, request = held(tx, request_id)
    if case.state.gone:
        raise Refusal("request_closed", request=request.id, state=request.state)
    superior = superior_of(office, request)
    word = worded(reasons, by, door)
    decision = dispute.dispute(request, about, word, superior, _policy(office, case), now, office.calendar)
    told = _settled(office, tx, case, request, decision, now)
    if request.escalated_to not in (None, superior):  # it stands with another now: whoever was told of a silence decides nothing
        tx.replylinks.call_back(OVERSEE, request.id, now)
    if superior is None:
        unknown(office, tx, told, now)
    return told


def _after(
    office: Office,
    tx: Tx,
    case: Case,
    request: Request,
    do: str,
    said: Mapping[str, object],
    now: datetime,
    door: Door | None,
) -> Request:
    """A word that comes when the request is over: on record, for a person, and the request stays what it is."""
    return _kept(office, tx, case, request, afterword(request, do, said, now, case.pack, door), now)


def _kept(office: Office, tx: Tx, case: Case, was: Request, decision: Decision[Request], now: datetime) -> Request:
    """Such a word, kept; where it speaks of the claim, it is evidence beside what there is, and the case decides who must see it.

    Of a case that has left the house it is what was said and no evidence: nothing is promised any more that it could speak of.
    """
    told = _settled(office, tx, case, was, decision, now)
    facts = {**_about(told), "do": told.afterwords[-1]["do"], "words": len(told.afterwords)}
    tx.attention.open(unsettled.AFTERWORD, told.requester, told.id, facts, now)
    if speaks(told.afterwords[-1]) and not case.state.gone:
        claim = asked({**told.question, "claim": told.claim})
        found = afterword_of(told, now, **whose(office, _policy(office, case), told))
        if told.state is AssistanceState.FORWARDED and found.verdict is Verdict.MATCH:
            late.beside(tx, case, found, now)  # whoever says that it lacks the competence proves nothing by rule
        else:
            late.keep(tx, office, tx.cases.get(case.id, lock=True), found, claim, now)
    return told


def _about(request: Request) -> dict[str, object]:
    return {"requested": request.requested, "case": request.case_id}


def _settled(
    office: Office,
    tx: Tx,
    case: Case,
    was: Request,
    decision: Decision[Request],
    now: datetime,
    *,
    heard: bool = True,
    filed: str = "",
) -> Request:
    """Write a decision, with a notice (`filed`). Who has spoken knows what was asked, however its letters fared (`heard`)."""
    if decision.because.rule == OBSOLETE:
        return was
    if heard:
        inquiries.spoken_of(tx, office, was, decision.because.rule, now)
    if heard and decision.because.rule in WORDS:
        decision = replace(decision, state=sending.spoke(decision.state))
    entry = settle_request(tx, decision, now)
    if filed:
        tx.assistance.file(decision.state.id, entry, filed, now)
    if heard:
        unsettled.heard(tx, was, decision.state, now)
    silence = unheard.ours(decision.state, _policy(office, case), office.calendar)
    unsettled.named(tx, decision.state, office.calendar, now, silence)
    spread(tx, office, case, decision, now)
    return decision.state


def hears(case: Case, request: Request) -> bool:
    """Whether the agency's page still asks for a word. What is said all the same is kept (`afterword`)."""
    return request.state.hears and not case.state.gone


def _policy(office: Office, case: Case) -> Policy:
    """The pack that a case was taken in under: its requests go by it to their end."""
    return office.book.get(case.pack)


def _beyond(case: Case, request: Request, do: Saying) -> bool:
    """Whether a word of that kind comes too late to change anything; of a case that has left the house every one does."""
    return case.state.gone or beyond(request, do)
