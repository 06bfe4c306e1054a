"""The scoreboard of assistance: how each agency answers each kind of question, and what the requester's own requests are worth.

Quality goes both ways: answers that a decision disproved later, and requests that were badly put. What never reached an agency is
counted apart and held against nobody: an outage is no silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inspector.domain.assistance import AssistanceState, Inability, Past, Quarrel, Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.echo import Echo
from inspector.domain.evidence import Verdict
from inspector.domain.ladder import REST_SILENT
from inspector.domain.letter import LAID, UNPOSTED
from inspector.domain.said import Saying

WITHIN = (1, 2, 3, 5)
"""Working days within which an export says how many requests were heard of."""

_SAYS = frozenset({Verdict.MATCH.value, Verdict.MISMATCH.value, Verdict.NOT_FOUND.value})
"""Answers that a data interface would have given as well."""

UNREACHED = "assistance.undeliverable"
"""The rule by which a request ends whose letter reached nobody."""

RELIEVED = "assistance.relieved"
"""What marks a request that the agency need not answer, by the superior's decision and no word of its own (`relieved`)."""

_SILENT, _UNHEEDED = ("assistance.silent", REST_SILENT), "assistance.unheeded"
_SAYINGS = frozenset(one.value for one in Saying)

END_OF: Mapping[str, str] = {
    UNREACHED: "unreached",
    "assistance.undecided": "undecided",
    "assistance.unjudged": "undecided",
    _UNHEEDED: "unheeded",
    UNPOSTED: "unheeded",
    RELIEVED: "relieved",
    REST_SILENT: "rest_unanswered",
}
"""What a request counts as that did not end by the agency's own word or by silence alone, by the last rule of its history or `RELIEVED`."""

WORDS = frozenset(
    f"assistance.{word}"
    for word in ("accept", "partly", "extend", "propose", "calm", "warn", "answer", "decline", "dispute", "wrote")
)


@dataclass(slots=True, kw_only=True)
class Score:
    """How one agency (the connector that it is reached by now) has answered one kind of question (a fact).

    Days are working days from the day its letter was sent.

    `asked` is the sum of `ENDS`. `unanswered`: no answer came, nor a part of one; `rest_unanswered`: a part, and the rest did not.
    `undecided`: the agency has disputed, and the superior kept silent or was never reached; `relieved`:
    the superior has found that it need not help. `unheeded`: it has
    named another date, and it was the requester who kept silent (`domain.unheard`), or its word, that would have moved or ended the
    request, lay with the requester until that was over
    (`lain`), or a letter to it, which nobody of the requester's posted (`letter.UNPOSTED`). Of an answer to a letter on
    paper of which nobody said when it was posted no time is counted. `heard_days` tells of each first word how long it took, to the
    hour at which it came, and not to the one at which an officer entered it; `heard_in_time` those within the term of acknowledging,
    or of the answer where there is none. `punctual` are answers by the date that was
    agreed last.
    """

    agency: str
    fact: str
    asked: int = 0
    open: int = 0
    answered: int = 0
    declined: int = 0
    forwarded: int = 0
    unanswered: int = 0
    rest_unanswered: int = 0
    undecided: int = 0
    relieved: int = 0
    unheeded: int = 0
    unreached: int = 0
    cancelled: int = 0
    heard_in_time: int = 0
    punctual: int = 0
    partly: int = 0
    moved: int = 0
    escalated: int = 0
    disputed: int = 0
    used: int = 0
    disproved: int = 0
    badly_put: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    heard_days: list[int] = field(default_factory=list)
    answer_days: list[int] = field(default_factory=list)
    data_days: list[int] = field(default_factory=list)

    def line(self) -> dict[str, object]:
        """The score as one flat row."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        within = {f"heard_within_{days}": sum(took <= days for took in self.heard_days) for days in WITHIN}
        days = {"answer_days_median": middle(self.answer_days), "answer_days_most": max(self.answer_days, default=None)}
        return {"agency": self.agency, "fact": self.fact, **counts, **within, **days}


ENDS = (
    *("open", "answered", "declined", "forwarded", "unanswered", "rest_unanswered"),
    *("undecided", "relieved", "unheeded", "unreached", "cancelled"),
)
"""Where each request stands, in one of these: they add up to those that were asked."""

_COUNTS = (
    *("asked", *ENDS),
    *("heard_in_time", "punctual"),
    *("partly", "moved", "escalated", "disputed", "used", "disproved", "badly_put"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a data interface would have saved: `requests` that it would have answered, and their working days all together.

    Those that nobody answered are among them, with the days for which they were waited for.
    """

    agency: str
    fact: str
    requests: int
    days: int
    median: int


def heard_at(request: Request) -> datetime | None:
    """When the agency first spoke of the request, whatever it said; of one of before histories, when it ended it by its word."""
    words = [one.came or one.at for one in own(request) if one.rule in WORDS]
    words += [came for _, came in lain(request)]
    if words:
        return min(words)
    spoke = (AssistanceState.ANSWERED, AssistanceState.DECLINED, AssistanceState.FORWARDED)
    came = request.history[-1].came if request.history else None
    return came or request.ended_at if request.state in spoke else None


def lain(request: Request) -> list[tuple[Mapping[str, object], datetime]]:
    """The agency's words that were here while the request was open, and that one of us entered after its end; each with when it came.

    What lay in our house is nobody's delay: it was no silence, though nothing of the request can be changed any more (`afterword`).
    """
    over = min((one.at for one in own(request) if one.rule in _SILENT), default=request.ended_at)
    said = [one for one in request.afterwords if one.get("came") and one.get("do") in _SAYINGS]
    told = [(one, datetime.fromisoformat(str(one["came"]))) for one in said]
    return [(one, came) for one, came in told if over is not None and came < over]


def _overlooked(request: Request) -> bool:
    """Whether one of these would have moved the date, or sent the question elsewhere: then it was we who let it pass."""
    for one, came in lain(request):
        match one["do"]:
            case Saying.FORWARD | Saying.CONTEST:
                return True
            case Saying.EXTEND | Saying.CALM if came < request.due_at:
                return True
            case Saying.PROPOSE if str(one.get("day", "")) > request.due_counted.last.isoformat():
                return True
    return False


def answered_at(request: Request) -> datetime | None:
    """When the answer came; None where there is none."""
    came = request.door.came if request.door is not None else None
    return came or request.ended_at if request.state is AssistanceState.ANSWERED else None


def unreached(request: Request) -> bool:
    """Whether the request ended because its letter reached nobody."""
    return request.state is AssistanceState.UNANSWERED and _last(request) == UNREACHED


def timed(request: Request) -> bool:
    """Whether anybody knows how long the agency had: not of one whose first letter lay here on paper, as far as it was said."""
    return request.sent_at is not None or not any(one.rule == LAID for one in own(request))


def relieved(request: Request) -> bool:
    """Whether the superior has found that the agency need not help, where it had not refused: this ends it, and not the agency's word."""
    told = request.dispute
    spared = told is not None and told.helps is False and told.about is not Quarrel.REFUSAL
    return spared and request.state is AssistanceState.DECLINED


def _last(request: Request) -> str:
    if relieved(request):
        return RELIEVED
    last = request.history[-1].rule if request.history else ""
    if last not in _SILENT:
        return last
    part = request.parts or any(one["do"] == Saying.PARTLY for one, _ in lain(request))
    return _UNHEEDED if _overlooked(request) else REST_SILENT if part else last


def end_of(state: str, last: str) -> str:
    """Where a request stands (`ENDS`), by its state and the last rule of its history, or `RELIEVED`."""
    if state == AssistanceState.UNANSWERED or last == RELIEVED:
        return END_OF.get(last, "unanswered")
    return _ENDS.get(AssistanceState(state), "open")


def ended_as(request: Request) -> str:
    """Where a request stands (`ENDS`)."""
    return end_of(request.state, _last(request))


def badly_put(request: Request) -> bool:
    """Whether the requester did its part badly: the wrong addressee, no ground, an unclear question, an urgency that was none.

    That the addressee was wrong says who was asked, by naming another, or the superior, by finding that it need not help.
    """
    unclear = (request.reply or {}).get("inability") == Inability.UNCLEAR.value
    calmed = any(one.rule == "assistance.calm" for one in own(request))
    return request.state is AssistanceState.FORWARDED or relieved(request) or unclear or calmed


def marks(request: Request) -> dict[str, object]:
    """What a request's row is marked with, so that metrics need not read its body; None where it does not apply, or not yet."""
    heard = heard_at(request)
    known = timed(request)
    by = request.hear_by or request.accept_by or request.due_at  # kept by an older release it has no date of its own
    in_time = heard <= by if heard is not None and known else None
    if heard is None and request.state is AssistanceState.UNANSWERED and request.history and not unreached(request):
        in_time = False
    answered = answered_at(request)
    return {
        "opened_at": request.opened_at,
        "heard_in_time": in_time,
        "punctual": answered <= request.due_at if answered is not None and known else None,
        "above": request.escalated_to is not None,
        "echo": request.echo,
        "fact": str(request.question["fact"]),
        "last_rule": _last(request) or None,
        "sent_at": request.counted_from(answered) if answered is not None and known else request.sent_at,
        "ended_at": request.ended_at,
        "came_at": request.door.came if request.door is not None else None,
        "badly_put": badly_put(request),
    }


def own(request: Request) -> tuple[Past, ...]:
    """What has happened to the request itself, without what it brought along from those it was forwarded by."""
    return tuple(one for one in request.history if one.at >= request.opened_at and one.rule != _FORWARD)


def scores(requests: Iterable[Request], calendar: WorkingCalendar, now: Callable[[str], str] = str) -> list[Score]:
    """The score of each agency and kind of question, by name. `now`: the connector by which the agency behind one is reached now."""
    held: dict[tuple[str, str], Score] = {}
    for request in requests:
        fact = str(request.question["fact"])
        agency = now(request.requested)
        score = held.setdefault((agency, fact), Score(agency=agency, fact=fact))
        _count(score, request, calendar)
    return [held[key] for key in sorted(held)]


def gains(found: Iterable[Score]) -> list[Gain]:
    """Which requests a data interface would have answered, most days saved first: where to connect next."""
    rows = [
        Gain(
            agency=score.agency,
            fact=score.fact,
            requests=len(score.data_days),
            days=sum(score.data_days),
            median=middle(score.data_days) or 0,
        )
        for score in found
        if score.data_days
    ]
    return sorted(rows, key=lambda row: (-row.days, -row.requests, row.agency, row.fact))


def middle(days: list[int]) -> int | None:
    """The median, the lower of two; None of nothing."""
    return sorted(days)[(len(days) - 1) // 2] if days else None


def took(request: Request, until: datetime, calendar: WorkingCalendar) -> int:
    """Working days from the day a request's letter was sent to another; 0 on the same day. What lay in our house is nobody's delay."""
    return days_between(request.counted_from(until), until, calendar)


def days_between(since: datetime, until: datetime, calendar: WorkingCalendar) -> int:
    """Working days from one day to another; 0 on the same day."""
    return max(0, calendar.ordinal(calendar.local_date(until)) - calendar.ordinal(calendar.local_date(since)))


def _count(score: Score, request: Request, calendar: WorkingCalendar) -> None:
    told, reply, known = marks(request), request.reply or {}, timed(request)
    score.asked += 1
    name = ended_as(request)
    setattr(score, name, getattr(score, name) + 1)
    heard = heard_at(request)
    if heard is not None and known:
        score.heard_days.append(took(request, heard, calendar))
    score.heard_in_time += bool(told["heard_in_time"])
    score.punctual += bool(told["punctual"])
    score.escalated += bool(told["above"])
    score.partly += bool(request.parts) or any(one["do"] == Saying.PARTLY for one, _ in lain(request))
    score.moved += any(one.rule in _MOVED for one in own(request))
    score.disputed += request.dispute is not None
    score.used += request.echo == Echo.USED.value
    score.disproved += request.echo == Echo.DISPROVED.value
    score.badly_put += badly_put(request)
    if name == "declined":
        code = str(reply.get("inability", ""))
        score.reasons[code] = score.reasons.get(code, 0) + 1
    if known and name in ("unanswered", "rest_unanswered") and request.ended_at is not None:
        score.data_days.append(
            took(request, request.ended_at, calendar)
        )  # a data interface would have spared the case its whole term
    if known and (answered := answered_at(request)) is not None:
        days = took(request, answered, calendar)
        score.answer_days.append(days)
        if reply.get("verdict") in _SAYS:
            score.data_days.append(days)


_ENDS: Mapping[AssistanceState, str] = {
    AssistanceState.ANSWERED: "answered",
    AssistanceState.DECLINED: "declined",
    AssistanceState.FORWARDED: "forwarded",
    AssistanceState.UNANSWERED: "unanswered",
    AssistanceState.CANCELLED: "cancelled",
}
_FORWARD = "assistance.forward"
_MOVED = frozenset({"assistance.extend", "assistance.agree", "assistance.calm"})
"""What gives the agency another date at its own wish; a dispute, or a letter of ours that left late, is none."""
COLUMNS = tuple(Score(agency="", fact="").line())
"""The columns of an export."""
