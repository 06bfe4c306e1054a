"""The waits of a request for assistance run out, one by one: reminders, the superior, the end (domain.ladder, domain.dispute)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inspector.domain import dispute, ladder, sending, unheard
from inspector.domain import letter as post
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.letter import ALONE, LetterKind
from inspector.domain.policy import Policy
from inspector.domain.respite import waits_for_us
from inspector.domain.scoreboard import UNREACHED
from inspector.domain.superior import common_superior
from inspector.flows import contacts, doorways, unsettled
from inspector.flows.office import Office
from inspector.flows.posting import needless
from inspector.flows.requests import go_on, held, node_of, policy_of, spread, superior_of
from inspector.flows.settle import Settlement, settle_request
from inspector.flows.unsettled import LETTER_HOLDS, MAIL_HOLDS, SUPERIOR_UNKNOWN, TO_POST, gone, to_post, unread
from inspector.ports import NotYet, Origin
from inspector.store.tx import Tx
from inspector.store.work import Work

OBSOLETE = "timer.obsolete"


def remind(work: Work, office: Office) -> Settlement:
    """A step's letter to the requested agency: acknowledge, before the date, on its last day, to its liaison officer, to its head."""
    _wait_for_letter(work, office)
    return _timer(work, partial(_step, office, OrderKind(work.kind)), office)


def escalate(work: Work, office: Office) -> Settlement:
    """The date has passed without an answer: the common superior hears of it, or a person picks whom to tell.

    Of a letter that has not left nobody above hears: its clock begins anew, once; then the request ends as one that reached nobody.
    """
    _wait_for_letter(work, office)
    return _timer(work, partial(_step, office, OrderKind(work.kind)), office)


def _step(office: Office, came: OrderKind, tx: Tx, request: Request, policy: Policy, now: datetime) -> Decision[Request]:
    """The step that has come due; after an outage of ours the first that nobody took, and the others behind it from now."""
    kind = ladder.first(request, came, now, office.calendar)
    behind = kind is not came or ladder.late(request, came, now, office.calendar)
    if kind is not OrderKind.ASSIST_DUE and (kind is came or request.knows):
        to = contacts.reached_by(office, request.requested, LetterKind(ladder.REMINDERS[kind]))
        return ladder.remind(request, kind, now, policy, office.calendar, to, behind=behind)
    connector = superior_of(office, request)
    decision = sending.escalate(request, connector, policy, now, office.calendar)
    if connector is None and decision.because.rule == "assistance.past_due":
        unknown(office, tx, request, now)
    return decision


def end(work: Work, office: Office) -> Settlement:
    """The last date: the request ends unanswered, and the case takes the next way. Silence is no finding (scenario 53)."""
    _wait_for_letter(work, office)
    return _timer(
        work, lambda _tx, request, policy, now: sending.end(request, policy, now, office.calendar), office, "unanswered"
    )


def undecided(work: Work, office: Office) -> Settlement:
    """The superior's date has passed without a decision: the request ends unanswered. A mail that may bring it is read first."""
    with office.store.read() as tx:
        request = tx.assistance.get(str(work.payload["request"]))
    if work.payload.get("turn", 0) == request.turn and request.state.open:
        _wait_for_reader(office, request)
        _wait_for_steps(office, request, OrderKind(work.kind))
    return _timer(work, lambda _tx, request, policy, now: dispute.undecided(request, now, policy.label), office, "undecided")


def unknown(office: Office, tx: Tx, request: Request, now: datetime) -> None:
    """Nobody is known above both, or whoever is has no connector (`superior`): a person picks whom to tell."""
    above = common_superior(office.parents(), request.requester, node_of(office, request.requested)) or ""
    facts = {"requested": request.requested, "case": request.case_id, "superior": above}
    tx.attention.open(SUPERIOR_UNKNOWN, request.requester, request.id, facts, now)


def _wait_for_letter(work: Work, office: Office) -> None:
    """Raise NotYet while a letter that tells how or by when to answer is still in this house, or a word of the agency lies unread.

    Nobody is silent who was not asked, was not heard, or waits for a word of ours about a date. The letter leaves, with its digest or
    alone, or ends its request where it cannot (`posting.lost`); then there is a next step again, or none. A word is read by whoever
    closes its matter.
    """
    with office.store.read() as tx:
        request = tx.assistance.get(str(work.payload["request"]))
    if work.payload.get("turn", 0) != request.turn or not request.state.open:
        return
    _wait_for_reader(office, request)
    _wait_for_word(office, request)
    if request.knows:
        _wait_for_steps(office, request, OrderKind(work.kind))
        return
    with office.store.read() as tx:
        word, to = LetterKind.REQUEST.value, request.requested
        keys = [request.owed.key] if request.owed is not None else []
        if not request.reached:
            keys += [replace(request, turn=0).letter_key(word, to), request.letter_key(word, to) + ALONE]
        if tx.work.under_way(keys) or (not request.reached and tx.digests.carries(request.requested, request.id)):
            raise NotYet("letter_waits", origin=Origin.US, attempts=0, retry_after=office.after(_HOUR))


def _wait_for_steps(office: Office, request: Request, came: OrderKind) -> None:
    """Raise NotYet while a letter of a step before, or the superior's, is still in this house: it leaves, or surely reaches nobody.

    One on paper is here until a person says that it was posted (decision 171), or until our own people's time for that is over (231);
    the superior's to its date, or to the end, and no longer.
    A paused connector, an open breaker, a mail server that is away: nobody is passed over who was not reminded, and nobody above lets a
    date pass of which it has not heard (decision 166). Where a person has paused the way to either, or nothing is to leave the house for
    a maintenance, the ladder stands still; and when it moves again all its steps are due at once, so each waits for those before it.
    """
    superior = superior_of(office, request) if office.now() >= request.escalate_at else None
    with office.store.read() as tx:
        letters, before = post.letters(request).keys(), frozenset(ladder.before(request, came))
        going = tx.work.under_way(letters | before)
        paused = {one.name for one in tx.lanes.all() if one.paused} & {request.requested, superior}
        rests = tx.office.rests(office.now()) is not None
        lying = to_post(tx, request)
    if useless := [key for key in lying if needless(request, LetterKind(post.kind_of(request, key)), office.now())]:
        _unposted(office, request, useless)
    last = came in (OrderKind.ASSIST_END, OrderKind.ASSIST_DECIDE)
    lies = [key for key in lying if key not in useless and not (last and post.kind_of(request, key) in post.ABOVE)]
    if lies and office.now() >= request.due_at and _stands_still(office, request, lies):
        return
    if lies or paused or rests or going & letters:
        raise NotYet("letter_waits", origin=Origin.US, attempts=0, retry_after=office.after(_HOUR))
    if going & before:
        raise NotYet("step_waits", origin=Origin.US, attempts=0, retry_after=_MOMENT)


def _unposted(office: Office, request: Request, keys: list[str]) -> None:
    """Letters on paper that nobody posted while they were of use: they have stayed with us, and need not be posted any more."""
    with office.store.begin() as tx:
        _, fresh = held(tx, request.id)
        now, letters = office.now(), post.letters(fresh)
        for key in keys:
            if tx.attention.close(f"{TO_POST}:{key}", now):  # nobody has posted it meanwhile
                fresh = ladder.stayed(fresh, post.kind_of(fresh, key), letters[key], now, post.NOT_POSTED)
                tx.assistance.put(fresh)
        gone(tx, fresh, now)


def _stands_still(office: Office, request: Request, keys: list[str]) -> bool:
    """Past its date the request waits for our own post room: that is told apart from the letter, which may be one of many in a tray.

    To a head, too, once the officer's time is over. True: the head's is over as well, and nobody waits any more.
    """
    with office.store.begin() as tx:
        case, fresh = held(tx, request.id)
        letters, policy, now = to_post(tx, fresh), office.book.get(case.pack), office.now()
        lying = {
            key: post.kind_of(fresh, key) for key in keys if key in letters
        }  # one that was posted meanwhile opens nothing again
        if not lying or not fresh.state.open:
            return False
        since = {key: post.laid_at(fresh, kind, letters[key]) for key, kind in lying.items()}
        first = min(since, key=since.__getitem__)
        silence = unheard.lying(fresh, since[first], policy, office.calendar)
        if now >= silence.on_at:
            _given_up(office, tx, fresh, first, silence, now)
            return True
        facts = {"requested": fresh.requested, "case": fresh.case_id, "letters": [*lying.values()]}
        facts |= {"goes_on": office.calendar.local_date(silence.on_at).isoformat()}
        if now >= silence.head_at:
            heads = [name for one in office.line(case.agency) for name in office.tree[one].heads]
            facts |= {"heads": ", ".join(dict.fromkeys(heads)) or "-"}
        tx.attention.open(LETTER_HOLDS, fresh.requester, fresh.id, facts, now)
    return False


def _given_up(office: Office, tx: Tx, request: Request, key: str, silence: unheard.Silence, now: datetime) -> None:
    """Nobody of ours has posted a letter, and nobody waits for that any more."""
    policy, kind = policy_of(office, tx, request), post.kind_of(request, key)
    if request.state.above or request.state is AssistanceState.DISPUTED:
        tx.attention.close(f"{TO_POST}:{key}", now)
        tx.assistance.put(ladder.stayed(request, kind, request.requested, now, post.NOT_POSTED))
        gone(tx, request, now)
        return
    decision = unheard.unposted(request, silence, kind, policy.label, now)
    settle_request(tx, decision, now)
    go_on(tx, office, decision.state, Verdict.NO_ANSWER, post.NOT_POSTED, now)


def _wait_for_reader(office: Office, request: Request) -> None:
    """Raise NotYet while nobody looks where a word may lie, or a mail lies unread; of that a person of the requester hears, once its

    date has come: the request stands still.
    """
    if not request.state.open:
        return
    with office.store.read() as tx:
        doorways.wait(office, tx, request, office.now())
        waits = unread(tx, request.id)
    if not waits:
        return
    if office.now() >= request.due_at:
        with office.store.begin() as tx:
            waits = unread(tx, request.id)  # one that was closed meanwhile opens nothing again
            facts = {"requested": request.requested, "case": request.case_id, "mails": [told["file"] for told in waits]}
            if waits:
                tx.attention.open(MAIL_HOLDS, request.requester, request.id, facts, office.now())
    raise NotYet("mail_waits", origin=Origin.US, attempts=0, retry_after=office.after(_HOUR))


def _wait_for_word(office: Office, request: Request) -> None:
    """Raise NotYet while the agency has named another date and hears nothing of us: from the date on that binds it is we who are silent.

    A person of the requester is told that the request stands still for him or her, then the head, and then the ladder goes on without
    that word (`domain.unheard`). Before that date the agency is reminded of it.
    """
    if not waits_for_us(request) or office.now() < request.due_at or unheard.over(request):
        return
    with office.store.begin() as tx:
        case, fresh = held(tx, request.id)
        policy, now = office.book.get(case.pack), office.now()
        silence = unheard.ours(fresh, policy, office.calendar)
        if silence is not None and now >= silence.on_at and not unheard.over(fresh):
            decision = unheard.go_on(fresh, silence, policy.label, now, office.calendar)
            settle_request(tx, decision, now)
            fresh = decision.state
        unsettled.named(tx, fresh, office.calendar, now, silence)
        heads = [name for one in office.line(case.agency) for name in office.tree[one].heads]
        unsettled.unheard(tx, fresh, office.calendar, now, silence, heads)
    if waits_for_us(fresh) and not unheard.over(fresh):
        raise NotYet("date_waits", origin=Origin.US, attempts=0, retry_after=office.after(_HOUR))


_HOUR = timedelta(hours=1)
"""Office time after which a step looks again whether its letter has left, or somebody has said a word."""

_MOMENT = 2.0
"""Seconds after which a step looks again whether those before it have been taken, which come due at the same time."""

_ENDS = {UNREACHED: sending.NOT_SENT, dispute.UNJUDGED: "unjudged", ladder.REST_SILENT: "rest_unanswered"}
"""Why a request ends, where the rule says more than the wait that ran out."""

Decide = Callable[[Tx, Request, Policy, datetime], Decision[Request]]


def _timer(work: Work, decide: Decide, office: Office, note: str = "") -> Settlement:
    """A wait of the request's present clock; of one that was set anew meanwhile nothing follows. `note`: why the request ends by it."""

    def write(tx: Tx, now: datetime) -> None:
        case, request = held(tx, str(work.payload["request"]))
        if work.payload.get("turn", 0) != request.turn:
            return
        policy = office.book.get(case.pack)
        decision = decide(tx, request, policy, now)
        if decision.because.rule == OBSOLETE:
            return
        settle_request(tx, decision, now)
        spread(tx, office, case, decision, now)
        why = "" if decision.state.state.open else _ENDS.get(decision.because.rule, note)
        if why:
            go_on(tx, office, decision.state, Verdict.NO_ANSWER, why, now)

    return Settlement(write=write)
