"""Assistance: letters out, reminders and escalation by date, answers and refusals in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from inspector.domain import assistance, verification
from inspector.domain.assistance import AssistanceState, Door, Request
from inspector.domain.case import Case, CaseState, SubjectKind
from inspector.domain.decision import Decision
from inspector.domain.errors import Forbidden, Refusal, Stale
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Policy
from inspector.flows import late
from inspector.flows.contents import named
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office
from inspector.flows.recall import SUPERIOR_UNKNOWN, wait_for_it
from inspector.flows.settle import Settlement, nothing, settle_case, settle_request
from inspector.flows.verify import asked
from inspector.ports import Garbled, Letter, LetterKind, PortError, Refused
from inspector.store.codec import dump, load
from inspector.store.tx import Tx
from inspector.store.work import Work

UNDELIVERABLE = "letter_undeliverable"
"""The matter for a person that a letter opens which nobody took; a word from the agency ends it."""

LINK = "assist"
"""The purpose of the requested agency's one-time link: to answer, or to say why it cannot."""

OVERSEE = "oversee"
"""The purpose of the common superior's link: to see the request and urge the agency. Evidence comes from who holds the facts."""


def send(work: Work, office: Office) -> Settlement:
    """Hand one letter over. A request letter whose case is over meanwhile is not sent; a notice of the end follows its letter."""
    kind = LetterKind(work.payload["letter"])
    with office.store.read() as tx:
        request = tx.assistance.get(str(work.payload["request"]))
    if kind is not LetterKind.CANCEL and not request.state.open:
        return nothing("obsolete")
    wait_for_it(work, office)
    agency = office.connectors.agencies.get(str(work.payload["via"]))
    if agency is None:
        wait_where_left(office, str(work.payload["via"]), "agency_not_configured")
        return _undeliverable(work, office, "agency_not_configured").unasked()
    try:
        letter = _written(work, office, request)
    except Stale:  # ended, or in another hand, before it was written down: from here nothing leaves
        return nothing("obsolete")
    try:
        receipt = agency.send(letter, key=named(work.key, letter))
    except (Refused, Garbled) as error:
        return _undeliverable(work, office, error.code, unsure=_may_have_arrived(work, error)).after(error)

    def write(tx: Tx, now: datetime) -> None:
        case, held = _held(tx, request.id)
        if kind is not LetterKind.CANCEL:
            settle_request(tx, assistance.sent(held, str(work.payload["via"]), receipt.reference, now, case.pack), now)

    return Settlement(write=write, outcome=kind.value, attempts=receipt.attempts)


def give_up_sending(work: Work, office: Office, error: PortError | None) -> Settlement:
    """The letter could not be handed over by any try."""
    return _undeliverable(work, office, error.code if error else "patience_over", unsure=_may_have_arrived(work, error))


def remind(work: Work, office: Office) -> Settlement:
    """A reminder some days before the date."""
    return _timer(work, lambda _tx, request, policy, now: assistance.remind(request, now, policy.label), office)


def escalate(work: Work, office: Office) -> Settlement:
    """The date has passed without an answer: the common superior hears of it, or a person picks whom to tell."""

    def decide(tx: Tx, request: Request, policy: Policy, now: datetime) -> Decision[Request]:
        superior = assistance.common_superior(office.parents(), request.requester, _node_of(office, request.requested))
        connector = office.tree[superior].connector if superior else None
        if connector is None and request.state.open:
            facts = {"requested": request.requested, "case": request.case_id}
            tx.attention.open(SUPERIOR_UNKNOWN, request.requester, request.id, facts, now)
        return assistance.escalate(request, connector, policy, now, office.calendar)

    return _timer(work, decide, office)


def end(work: Work, office: Office) -> Settlement:
    """The last date: the request ends unanswered, and the case takes the next way. Silence is no finding (scenario 53)."""

    def write(tx: Tx, now: datetime) -> None:
        case, request = _held(tx, str(work.payload["request"]))
        policy = office.book.get(case.pack)
        decision = assistance.silent(request, now, policy.label)
        if decision.because.rule != "timer.obsolete":
            settle_request(tx, decision, now)
            _go_on(tx, office, decision.state, Verdict.NO_ANSWER, "unanswered", now)

    return Settlement(write=write)


def answer(
    office: Office,
    tx: Tx,
    request_id: str,
    verdict: Verdict | None,
    value: str,
    signer: str,
    now: datetime,
    door: Door | None = None,
) -> Request:
    """An agency's answer comes in, by a `door`: a verdict of its own, or the value it holds, which the pack's rule compares."""
    case, request = _hearing(tx, request_id)
    policy = office.book.get(case.pack)
    rule = policy.item(str(request.question["item"])).fact(str(request.question["fact"])).compare
    decision = assistance.answer(request, verdict, value, signer, rule, now, policy.label, door)
    heard = Verdict(str((decision.state.reply or {})["verdict"]))
    note = "value_not_comparable" if verdict is None and heard is Verdict.CANNOT_SAY else ""
    _heard(tx, request, decision, now)
    _go_on(tx, office, decision.state, heard, note, now)
    return decision.state


def refuse(
    office: Office, tx: Tx, request_id: str, reasons: str, signer: str, now: datetime, door: Door | None = None
) -> Request:
    """An agency cannot help and says why; the next way begins."""
    case, request = _hearing(tx, request_id)
    decision = assistance.decline(request, reasons, signer, now, case.pack, door)
    _heard(tx, request, decision, now)
    _go_on(tx, office, decision.state, Verdict.CANNOT_SAY, "declined", now)
    return decision.state


def _heard(tx: Tx, request: Request, decision: Decision[Request], now: datetime) -> None:
    """The agency has spoken, so it knows what was asked, however its letters fared."""
    settle_request(tx, decision, now)
    for letter in assistance.letters(request):
        tx.attention.close(f"{UNDELIVERABLE}:{letter}", now)


def by_link(office: Office, request_id: str, token: str, *, reading: bool = False) -> None:
    """Raise Forbidden unless the link is the one we sent the requested agency for this request; to read, the superior's will do."""
    if office.link_holds(LINK, request_id, token):
        return
    if not office.link_holds(OVERSEE, request_id, token):
        raise Forbidden("link_unknown")
    if not reading:
        raise Forbidden("link_oversees")


def oversees(office: Office, request_id: str, token: str) -> None:
    """Raise Forbidden unless the link is the one we sent the common superior for this request."""
    if not office.link_holds(OVERSEE, request_id, token):
        raise Forbidden("link_unknown")


def _go_on(tx: Tx, office: Office, request: Request, verdict: Verdict, note: str, now: datetime) -> None:
    """Weigh a request's end in its case."""
    case = tx.cases.get(request.case_id, lock=True)
    policy = office.book.get(case.pack)
    found = assistance.evidence_of(request, verdict, note, request.opened_at)
    if request.late:
        late.keep(tx, office, case, found, asked({**request.question, "claim": request.claim}), now)
        return
    tx.cases.add_evidence(case.id, found)
    if request.claim in {held.claim.key for held in case.claims}:
        settle_case(tx, office, verification.weigh(case, found, policy, now, office.calendar), policy, now)


def _may_have_arrived(work: Work, error: PortError | None) -> bool:
    """Whether the addressee may hold a letter of which no receipt came.

    An earlier try may have brought it, in this call or in a claim before, whatever became of that daemon; who answers that the key is
    known (`conflict`) has it. Only what was refused at its first try surely did not arrive.
    """
    if work.fence > 1 or not isinstance(error, Refused):
        return work.fence > 1 or error is not None
    return error.code == "conflict" or error.attempts > 1


def _undeliverable(work: Work, office: Office, code: str, *, unsure: bool = False) -> Settlement:
    """A person is told, and a request ends unanswered. `unsure`: the letter may have arrived all the same; its end will be told."""

    def write(tx: Tx, now: datetime) -> None:
        case, request = _held(tx, str(work.payload["request"]))
        facts = {"letter": work.payload["letter"], "to": work.payload["via"], "error": code}
        tx.attention.open(UNDELIVERABLE, request.requester, work.key, facts, now)
        if unsure and work.payload["letter"] != LetterKind.CANCEL.value:
            request = assistance.perhaps(request, str(work.payload["via"]))
            tx.assistance.put(request)
        if work.payload["letter"] == LetterKind.REQUEST.value and request.state.open:
            settle_request(tx, assistance.undeliverable(request, code, now, case.pack), now)
            _go_on(tx, office, request, Verdict.NO_ANSWER, code, now)
        if work.payload["letter"] == LetterKind.ESCALATION.value and request.state is AssistanceState.ESCALATED and not unsure:
            settle_request(tx, assistance.unescalated(request, code, case.pack), now)

    return Settlement(write=write, outcome="undeliverable")


Decide = Callable[[Tx, Request, Policy, datetime], Decision[Request]]


def _timer(work: Work, decide: Decide, office: Office) -> Settlement:
    def write(tx: Tx, now: datetime) -> None:
        case, request = _held(tx, str(work.payload["request"]))
        policy = office.book.get(case.pack)
        decision = decide(tx, request, policy, now)
        if decision.because.rule != "timer.obsolete":
            settle_request(tx, decision, now)

    return Settlement(write=write)


def _written(work: Work, office: Office, request: Request) -> Letter:
    """What the letter says: written into its row before its first try, and read there at every other one.

    So the agency sees one letter however often it is sent, by whichever daemon, with the date that bound when it was first told, though
    this house's address or a calendar has changed since. The secret of its link lies in no row. Raises Stale where this row is not
    ours any more.
    """
    said = work.payload.get("said")
    if said is None:
        with office.store.begin() as tx:
            fresh = tx.assistance.get(request.id)
            said = json.loads(dump(_letter(fresh, LetterKind(work.payload["letter"]), office.base_url)))
            tx.work.keep(work, {**work.payload, "said": said})
    letter = load(Letter, json.dumps(said))
    purpose = LINK if work.payload["via"] == request.requested else OVERSEE
    return replace(letter, reply_url=office.link(purpose, request.id, base=letter.reply_url))


def _letter(request: Request, kind: LetterKind, base: str) -> Letter:
    """The letter as its row keeps it: in place of its link the address of this house."""
    said: Mapping[str, object] = request.question
    return Letter(
        kind=kind,
        request_id=request.id,
        case_id=request.case_id,
        basis=request.basis,
        ground=request.ground,
        fact=str(said["fact"]),
        subject_kind=SubjectKind(str(said["kind"])),
        subject_code=str(said["code"]),
        claimed=str(said["claimed"]),
        due_at=request.due_at,
        due_provisional=request.due_provisional,
        reply_url=base,
        on=date.fromisoformat(str(said["on"])),
    )


def _node_of(office: Office, connector: str) -> str:
    """The agency of the tree behind a connector name, or the name itself."""
    return next((node.id for node in office.tree.values() if node.connector == connector), connector)


def _hearing(tx: Tx, request_id: str) -> tuple[Case, Request]:
    """A request and its case, to hear the agency. Raises Refusal where the case was withdrawn: nobody wants to know any more."""
    case, request = _held(tx, request_id)
    if case.state is CaseState.WITHDRAWN:
        raise Refusal("request_closed", request=request.id, state=request.state)
    return case, request


def hears(case: Case, request: Request) -> bool:
    """Whether a word of the agency would be kept."""
    return request.state.hears and case.state is not CaseState.WITHDRAWN


def _held(tx: Tx, request_id: str) -> tuple[Case, Request]:
    """A request and its case, both locked, the case first: everybody who needs both takes them in this order."""
    case = tx.cases.get(tx.assistance.get(request_id).case_id, lock=True)
    return case, tx.assistance.get(request_id, lock=True)
