"""It is we who are silent: who of ours is told of that, and what comes of it all the same. Pure.

An agency has named another date, and nobody of ours says a word: the ladder goes on. Or a letter on paper lies here that nobody posts.

Our silence is no guilt of the agency's. The officer is reminded from the date on that binds, then the head hears of it; the ladder goes on
no earlier than the day that the agency has named itself, if that can be agreed at all, and what it brings ends as `assistance.unheeded`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.assistance import TIMERS, AssistanceState, Request, noted
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision
from inspector.domain.letter import UNPOSTED
from inspector.domain.policy import Policy
from inspector.domain.respite import latest, waits_for_us
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer

RULE = "assistance.unheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Ours: since when the request stands still for a word, when the head hears of it, and when the ladder goes on without it.

    `rows` are the pack's, by which that is counted.
    """

    since: datetime
    head_at: datetime
    on_at: datetime
    basis: tuple[str, ...]
    rows: tuple[str, ...]


def ours(request: Request, policy: Policy, calendar: WorkingCalendar) -> Silence | None:
    """None: no date waits for a word.

    Of a pack of before, which lacks a row of its own for it (`assist_word`, `assist_word_head`), our own officers have the days that its
    ladder gives the agency's: to the liaison officer's step, and from there to the head's; where it has none of these, to the superior's.

    It is counted from the date that binds, or from the naming, where that was later. Who names a further date while nobody has answered
    waits since the first; and a date behind the last that can be agreed (`respite.latest`) keeps the ladder no longer than that one.
    """
    told = request.proposed
    if told is None or not waits_for_us(request):
        return None
    held, last = _since(max(request.due_at, told.unheard), policy, calendar), latest(request, policy, calendar)
    return replace(
        held,
        on_at=max(held.on_at, min(told.due_at, last.at)),
        basis=(*held.basis, *([last.basis] if told.due_at > last.at else [])),
        rows=(*held.rows, *([last.row] if told.due_at > last.at else [])),
    )


def lying(request: Request, laid_at: datetime, policy: Policy, calendar: WorkingCalendar) -> Silence:
    """The same of a letter on paper that nobody posts (decision 231): counted from the date that binds, or from when it was laid here."""
    return _since(max(request.due_at, laid_at), policy, calendar)


def _since(since: datetime, policy: Policy, calendar: WorkingCalendar) -> Silence:
    word, head = policy.terms.get(Timer.ASSIST_WORD), policy.terms.get(Timer.ASSIST_WORD_HEAD)
    if word is None or head is None:
        word, head = (
            policy.terms.get(timer) or policy.term(Timer.ASSIST_ESCALATE) for timer in (Timer.ASSIST_LIAISON, Timer.ASSIST_HEAD)
        )
    head_at = due(since, word.term, calendar, StartEvent.REQUEST_DUE).at
    on_at = due(head_at, head.term, calendar, StartEvent.REQUEST_STEP).at
    return Silence(since=since, head_at=head_at, on_at=on_at, basis=(word.basis, head.basis), rows=(word.row, head.row))


def over(request: Request) -> bool:
    """Whether the ladder goes on without our word about the date that is named now: also where it was named after that, again unheard."""
    told = request.proposed
    return told is not None and any(one.rule == RULE and one.at >= told.unheard for one in request.history)


def go_on(request: Request, silence: Silence, pack: str, now: datetime, calendar: WorkingCalendar) -> Decision[Request]:
    """The ladder goes on: the next step is taken, late as it is, and those behind it are counted from then (`ladder.late`).

    The date that was named still waits for a word, and history and dossier tell whoever is above that it was ours that did not come.
    """
    assert request.proposed is not None, "no date waits"
    facts = {
        "due_at": request.due_at.isoformat(),
        "proposed": request.proposed.due_at.isoformat(),
        "head_at": silence.head_at.isoformat(),
        "rows": list(silence.rows),
    }
    because = Because(rule=RULE, basis=(request.basis, *silence.basis), pack=pack, facts=facts)
    day = calendar.local_date(request.proposed.due_at).isoformat()
    return Decision(state=noted(request, RULE, now, said=day), because=because)


def unposted(request: Request, silence: Silence, kind: str, pack: str, now: datetime) -> Decision[Request]:
    """Nobody of ours has posted a letter (`kind`): the request ends, and nobody above hears of an agency that was not written to.

    Whoever has a dispute before it, or was told of a silence, goes by a date of its own, and the letter has stayed with us.
    """
    facts = {"letter": kind, "to": request.requested, "head_at": silence.head_at.isoformat(), "rows": list(silence.rows)}
    because = Because(rule="assistance.unposted", basis=(request.basis, *silence.basis), pack=pack, facts=facts)
    state = replace(request, state=AssistanceState.UNANSWERED, ended_at=now)
    return Decision(state=noted(state, UNPOSTED, now, request.requested, kind), because=because, ends=TIMERS)
