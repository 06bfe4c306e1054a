"""The ladder of silence: what comes of a request that nobody answers, step by step, each on its own clock (handbook 1.5, scenario 53).

Acknowledged by then; a reminder before the date and one on its last day; after it the agency's liaison officer, its head, and the
common superior; then the request ends without an answer. A step that a pack has no row for is not taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from inspector.domain.assistance import TIMERS, AssistanceState, Request, Rung, noted
from inspector.domain.calendar import Due, Unit, WorkingCalendar, due, reminder
from inspector.domain.contact import Contact
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.letter import NOT_POSTED, letter
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.stop import Stop
from inspector.domain.timer import Timer

REMINDERS = {
    OrderKind.ASSIST_ACK: "acknowledge",
    OrderKind.ASSIST_REMIND: "reminder",
    OrderKind.ASSIST_LAST: "last",
    OrderKind.ASSIST_LIAISON: "liaison",
    OrderKind.ASSIST_HEAD: "head",
}
"""Each step's letter, which goes to the requested agency: the last two for its liaison officer and its head."""

EARLY = frozenset({OrderKind.ASSIST_ACK, OrderKind.ASSIST_REMIND, OrderKind.ASSIST_LAST})
"""The steps before the date: their letters are of no use after it."""

_ABOVE = (
    (OrderKind.ASSIST_LIAISON, Timer.ASSIST_LIAISON),
    (OrderKind.ASSIST_HEAD, Timer.ASSIST_HEAD),
    (OrderKind.ASSIST_DUE, Timer.ASSIST_ESCALATE),
)
UPPER = tuple(kind for kind, _ in _ABOVE)
"""The steps after the date, in order, each counted from the one before."""

REST_SILENT = "assistance.rest_silent"
"""The rule by which a request ends that was answered in part: about the rest nothing came."""

MET = "assistance.met"
"""The line of history of a date that the agency has named and a new clock reaches: it has the time that it asked for."""

STAYED = "_stayed"
"""How the line of history ends that says of a step's letter that it surely reached nobody, behind the rule of that step."""

MOVED = "contact_moved"
"""Why a letter did not leave that had been ordered by a way which is not its reader's any more."""

OURS = frozenset({"", "patience_over", "letter_expired", "agency_not_configured", "channel_not_configured", NOT_POSTED, MOVED})
"""Why a letter reached nobody whom a second one may reach: it stayed with us, or was lost on the way. Empty: as former releases have it."""

REMINDED = frozenset({"assistance.remind", "assistance.last"})
_SHORT = frozenset({Unit.HOUR, Unit.MINUTE})
_A_PART = 10


def rungs(
    date: datetime, opened_at: datetime, policy: Policy, calendar: WorkingCalendar, stops: tuple[Stop, ...] = ()
) -> tuple[Rung, ...]:
    """Every step of a clock that began at `opened_at` and whose answer is due at `date`, the superior's last, in order of their days.

    Nobody is reminded of what has only just been asked: a term as short as that has no reminder before it.
    """
    found: list[Rung] = []
    if row := policy.terms.get(Timer.ASSIST_ACK):
        counted = due(opened_at, row.term, calendar, StartEvent.REQUEST_OPENED)
        if counted.at < date:
            found.append(Rung(kind=OrderKind.ASSIST_ACK, at=counted.at, counted=counted.counted))
    before = {OrderKind.ASSIST_REMIND: reminder(date, policy.term(Timer.ASSIST_REMIND).term.amount, calendar)}
    if row := policy.terms.get(Timer.ASSIST_LAST):
        day = calendar.add_working_days(calendar.local_date(date), 1 - row.term.amount)
        before[OrderKind.ASSIST_LAST] = calendar.opening(day)
    found += [Rung(kind=kind, at=at) for kind, at in before.items() if at > opened_at]
    found += _after(date, StartEvent.REQUEST_DUE, UPPER, policy, calendar, stops)
    return tuple(sorted(found, key=lambda rung: rung.at))


def _after(
    since: datetime,
    event: StartEvent,
    kinds: Collection[OrderKind],
    policy: Policy,
    calendar: WorkingCalendar,
    stops: tuple[Stop, ...] = (),
) -> Iterator[Rung]:
    """The steps after the date of these kinds that the pack has, each counted from the one before; it stood still during the `stops`."""
    for kind, timer in _ABOVE:
        if kind in kinds and (row := policy.terms.get(timer)):
            counted = due(since, row.term, calendar, event, stops)
            yield Rung(kind=kind, at=counted.at, counted=counted.counted)
            since, event = counted.at, StartEvent.REQUEST_STEP


def clocked(request: Request, term: Due, began: datetime, policy: Policy, calendar: WorkingCalendar) -> Request:
    """The request under a clock: its reply's date and every step until the superior."""
    steps = rungs(term.at, began, policy, calendar)
    superior = steps[-1]
    assert superior.counted is not None, "the superior's day is counted"
    return replace(
        request,
        due_at=term.at,
        due_counted=term.counted,
        due_provisional=term.provisional,
        escalate_at=superior.at,
        escalate_counted=superior.counted,
        end_at=None,
        end_counted=None,
        rungs=steps,
        accept_by=request.accept_by if request.turn else accept_by(steps),
        hear_by=request.hear_by if request.turn else accept_by(steps) or term.at,
    )


def accept_by(steps: tuple[Rung, ...]) -> datetime | None:
    """By when a request is to be acknowledged: what the clock of its first letter says, whatever date is agreed later."""
    return next((rung.at for rung in steps if rung.kind is OrderKind.ASSIST_ACK), None)


def wound(
    request: Request, state: AssistanceState, term: Due, now: datetime, policy: Policy, calendar: WorkingCalendar
) -> tuple[Request, tuple[Order, ...]]:
    """The request under a new clock, and its waits; those of the clocks before are to be ended with it (`TIMERS`).

    A date that the agency has named waits on behind the new one for an officer's word (`PROPOSED`). One that the new date reaches needs
    nobody's: it ends with a line of its own (`MET`), before that of the word which began the clock.
    """
    asked, proposed = request, request.proposed
    if proposed is not None and proposed.due_at <= term.at:
        asked = noted(replace(request, proposed=None), MET, now, said=calendar.local_date(proposed.due_at).isoformat())
        state = AssistanceState.ACCEPTED if state is AssistanceState.PROPOSED else state
    elif proposed is not None and state in _AGREEABLE:
        state = AssistanceState.PROPOSED
    held = clocked(replace(asked, state=state, turn=request.turn + 1), term, now, policy, calendar)
    return held, waits(held, now)


_AGREEABLE = frozenset({AssistanceState.ACCEPTED, AssistanceState.EXTENDED})


def named(request: Request, term: Due) -> dict[str, object]:
    """What a new clock makes of a date that the agency has named, as facts of its decision: nothing where none is open."""
    told = request.proposed
    return {} if told is None else {"proposed": told.due_at.isoformat(), "proposal_met": told.due_at <= term.at}


def waits(request: Request, now: datetime) -> tuple[Order, ...]:
    """The steps of the present clock as rows with dates; who has acknowledged is not asked to, and what is past is not caught up on."""
    steps = [rung for rung in request.rungs if not (request.accepted and rung.kind is OrderKind.ASSIST_ACK)]
    ahead = [rung for rung in steps if rung.at > now or rung.kind is OrderKind.ASSIST_DUE]
    return tuple(wait(request, rung.kind, rung.at) for rung in ahead)


def wait(request: Request, kind: OrderKind, at: datetime) -> Order:
    """A wait as a row."""
    return Order(
        kind=kind,
        key=request.key(kind),
        due_at=at,
        urgent_by=at,
        case_id=request.case_id,
        payload={"request": request.id, "turn": request.turn},
    )


def before(request: Request, kind: OrderKind) -> tuple[str, ...]:
    """The keys of the waits of a clock that come before that of a kind: all its steps, where it is the end and none of them."""
    kinds = [rung.kind for rung in request.rungs]
    return tuple(request.key(one) for one in (kinds[: kinds.index(kind)] if kind in kinds else kinds))


def late(request: Request, kind: OrderKind, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether a step after the date is carried out so late that what follows it would come too soon: on a later working day than its

    own, or of hours later by more than a tenth of its term.
    """
    rung = next((rung for rung in request.rungs if rung.kind is kind), None)
    if kind not in UPPER or rung is None or rung.counted is None:
        return False
    if rung.counted.term.unit in _SHORT and rung.counted.since is not None:
        return (now - rung.at) * _A_PART > rung.at - rung.counted.since
    then, here = (calendar.add_working_days(calendar.local_date(at), 1) for at in (rung.at, now))
    return here > then


def first(request: Request, kind: OrderKind, now: datetime, calendar: WorkingCalendar) -> OrderKind:
    """The step that is to be taken where that of a kind has come due: it, or, where it is late, the first before it that nobody took.

    Whoever hears of an agency's silence hears of one that was reminded: after an outage of ours the ladder is climbed, not leapt. So it
    is where a letter before has stayed with us: that step is taken once more, and no third time.
    """
    stays = any(one.rule.endswith(STAYED) and one.said in OURS and one.at >= request.opened_at for one in request.history)
    if kind not in UPPER or not (stays or late(request, kind, now, calendar)):
        return kind
    held, taken = {rung.kind for rung in request.rungs}, _taken(request, request.due_at)
    if held & {OrderKind.ASSIST_REMIND, OrderKind.ASSIST_LAST} and not _taken(request, request.opened_at) & REMINDED:
        return OrderKind.ASSIST_REMIND
    before = UPPER[: UPPER.index(kind)]
    return next((one for one in before if one in held and step_rule(one) not in taken), kind)


def _taken(request: Request, since: datetime) -> set[str]:
    """The rules of the steps taken since then, but for one whose letter has stayed with us, as long as it was taken once.

    What was said to whom the request was with before it was forwarded is none of its.
    """
    own = [one for one in request.history if one.at >= request.opened_at]
    times = Counter(one.rule for one in own if not (one.rule.endswith(STAYED) and one.said not in OURS))
    return {one.rule for one in own if one.at >= since and not (times[one.rule + STAYED] and times[one.rule] == 1)}


def stayed(request: Request, word: str, via: str, now: datetime, code: str = "") -> Request:
    """The letter of a step has surely reached nobody: its history says so behind the step, and so does the dossier for whoever is above.

    `word` is the kind of the letter; of one that is no step's nothing is noted. `code`: why; what is none of `OURS` the other side does
    not take, which no second letter changes.
    """
    kind = next((kind for kind, one in REMINDERS.items() if one == word), None)
    return request if kind is None or not request.state.open else noted(request, step_rule(kind) + STAYED, now, via, code)


def reminded_late(request: Request) -> bool:
    """Whether its agency was reminded only after the date, for we were away before."""
    return any(one.rule == step_rule(OrderKind.ASSIST_REMIND) and one.at >= request.due_at for one in request.history)


def step_rule(kind: OrderKind) -> str:
    """The rule by which a step of the ladder (`REMINDERS`) is taken."""
    word = REMINDERS[kind]
    return f"assistance.{'remind' if word == 'reminder' else word}"


def _from_here(
    request: Request, kind: OrderKind, now: datetime, policy: Policy, calendar: WorkingCalendar
) -> tuple[Request, tuple[Order, ...]]:
    """The same, the steps after this one counted from now, and their waits: a clock of its own, which ends those that were before."""
    left = {rung.kind for rung in request.rungs} & {*(UPPER[UPPER.index(kind) + 1 :] if kind in UPPER else UPPER)}
    fresh = {rung.kind: rung for rung in _after(now, StartEvent.REQUEST_STEP, left, policy, calendar)}
    superior = fresh[OrderKind.ASSIST_DUE]
    assert superior.counted is not None, "the superior's day is counted"
    steps = tuple(sorted((fresh.get(rung.kind, rung) for rung in request.rungs), key=lambda rung: rung.at))
    held = replace(request, turn=request.turn + 1, rungs=steps, escalate_at=superior.at, escalate_counted=superior.counted)
    return held, waits(held, now)


def left(
    request: Request, word: str, told: Decision[Request], policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """A step's letter that lay here has left later than the step was taken: those behind it are counted from now.

    `word` is the kind of the letter, `told` the decision that somebody has it; of one that is no step's nothing else follows.
    """
    kind = next((kind for kind, one in REMINDERS.items() if one == word), None)
    behind = kind is not None and (late(request, kind, now, calendar) or (word == "reminder" and reminded_late(request)))
    if kind is None or not behind or not _waits(request) or request.state.above or not request.knows:
        return told
    held, orders = _from_here(told.state, kind, now, policy, calendar)
    because = replace(told.because, facts={**told.because.facts, "behind": True, "escalate_at": held.escalate_at.isoformat()})
    return replace(told, state=held, because=because, orders=orders, ends=TIMERS)


def remind(
    request: Request,
    kind: OrderKind,
    now: datetime,
    policy: Policy,
    calendar: WorkingCalendar,
    to: Contact | None = None,
    *,
    behind: bool = False,
) -> Decision[Request]:
    """One letter of a step (`REMINDERS`). Before the date it is of no use after it, and a request to acknowledge none once that is done.

    `behind`: it is taken late (`late`), so the steps after it are counted from now, and a reminder goes after the date, too.

    `to` is the liaison officer's or the head's own way; None: the agency's.

    Nobody is reminded of a letter that has not left. Until the agency has said something the state says that it was reminded.
    """
    word = REMINDERS[kind]
    because = Because(rule=step_rule(kind), basis=(request.basis,), pack=policy.label)
    early = kind in EARLY
    needless = kind is OrderKind.ASSIST_ACK and request.accepted
    if not _waits(request) or not request.knows or needless or (early and now >= request.due_at and not behind):
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    state = AssistanceState.REMINDED if request.state.silent else request.state
    held = noted(replace(request, state=state), because.rule, now)
    ahead, ends = tuple[Order, ...](), frozenset[OrderKind]()
    if behind:
        held, ahead = _from_here(held, kind, now, policy, calendar)
        ends, because = TIMERS, replace(because, facts={"behind": True, "escalate_at": held.escalate_at.isoformat()})
    until = held.due_at if early and not behind else held.escalate_at
    if to is None or to.connector == held.requested:
        return Decision(state=held, because=because, orders=(letter(held, word, held.requested, now, until), *ahead), ends=ends)
    order = letter(held, word, to.connector, now, until)
    held = replace(held, contacts={**held.contacts, order.key: "" if to.pushed else to.connector})
    because = replace(because, facts={**because.facts, "to": to.connector})
    return Decision(state=held, because=because, orders=(order, *ahead), ends=ends)


def escalate(
    request: Request, superior: str | None, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """No answer by the date: tell the common superior (`superior` is its connector; None: none is known, a person picks).

    Where none is known nobody is told, and the decision and the state say just that.
    """
    because = Because(rule="assistance.past_due", basis=(request.basis,), pack=policy.label)
    if superior:
        because = replace(because, rule="assistance.escalate", facts={"superior": superior})
    if not _waits(request):
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    end = due(now, policy.term(Timer.ASSIST_END).term, calendar, StartEvent.REQUEST_ESCALATED)
    stands = AssistanceState.ESCALATED if superior else AssistanceState.PAST_DUE
    held = replace(request, state=stands, escalated_to=superior, end_at=end.at, end_counted=end.counted)
    held = noted(held, because.rule, now, superior or "")
    orders = [wait(held, OrderKind.ASSIST_END, end.at)]
    if superior:
        orders.append(letter(held, "escalation", superior, now, end.at))
    told = Told(type="assistance.escalated", data={"request": held.id, "claim": held.claim, "superior": superior or ""})
    return Decision(state=held, because=because, orders=tuple(orders), told=(told,))


def silent(request: Request, now: datetime, pack: str) -> Decision[Request]:
    """The last date has passed: the request ends without an answer, and the case takes the next way.

    An agency that has named another date and heard nothing of us was not the silent one; the flows wait for that word, so that such an
    end is one of before. One that has answered a part was silent about the rest alone, and is told so.
    """
    because = Because(rule="assistance.silent", basis=(request.basis,), pack=pack)
    if request.longer:
        because = replace(because, rule="assistance.unheeded")
    elif request.parts:
        because = replace(because, rule=REST_SILENT)
    if not _waits(request):
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    held = noted(replace(request, state=AssistanceState.UNANSWERED, ended_at=now), because.rule, now)
    return Decision(state=held, because=because, ends=TIMERS)


def _waits(request: Request) -> bool:
    """Whether silence still means anything: the request is open, and the superior has not been asked to decide."""
    return request.state.open and request.state is not AssistanceState.DISPUTED
