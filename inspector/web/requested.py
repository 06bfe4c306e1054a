"""Requests for assistance as they go out: what both sides and the common superior may see, and what has happened so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from pydantic import JsonValue

from inspector.domain.assistance import AssistanceState, Quarrel, Request
from inspector.domain.calendar import Counting
from inspector.domain.case import SubjectKind
from inspector.domain.echo import Echo
from inspector.domain.evidence import Verdict
from inspector.domain.letter import meant_for_others
from inspector.domain.urgency import Urgency
from inspector.flows.requests import held as locked
from inspector.store.tx import Tx
from inspector.web.answers import Shown


class PastShown(Shown):
    """Something that has happened to a request: `rule` as the ledger has it, `who` a connector, `said` in the words of whoever spoke."""

    at: datetime
    rule: str
    who: str
    said: str


class ProposedShown(Shown):
    """Another date that the agency has named; until it is agreed the old one binds."""

    due_at: datetime
    reasons: str
    signer: str
    at: datetime


class DisputeShown(Shown):
    """What the common superior is to decide, and by when; `helps` is its decision, null while there is none."""

    about: Quarrel
    reasons: str
    by: str
    since: datetime
    due_at: datetime
    superior: str | None
    helps: bool | None


class AfterwordShown(Shown):
    """A word that came when it could change nothing of the request any more: what was done, by whom and when, in whose words.

    `do` is what an agency says (`answer`, `decline`, …) or `decide`, the superior's; `door` is how it came in; `at` is null for words
    of before it was kept. `verdict` is null where it is no answer.
    """

    at: datetime | None
    do: str
    signer: str
    verdict: Verdict | None
    text: str
    door: str


class RequestShown(Shown):
    """An assistance request as both sides may see it.

    `late`: the reply came when the request had ended without one, or the case had taken its next way: it is evidence for a person.
    `parts` are answers to a part of the question. `forwarded_from` and `forwarded_to` are requests: each has a link of its own.
    `afterwords` came when nothing of it could be changed any more. `echo`: what came of the answer, once the case is over.
    `beside`: in answer to a word of the agency's, that this one came so: it is kept, and has changed nothing.
    """

    id: str
    case_id: str
    requester: str
    requested: str
    ground: str
    basis: str
    state: AssistanceState
    fact: str
    claimed: str
    subject_kind: SubjectKind
    subject_code: str
    on: date
    opened_at: datetime
    due_at: datetime
    due_counted: Counting
    due_provisional: bool
    sent_at: datetime | None
    ended_at: datetime | None
    reply: dict[str, JsonValue] | None
    late: bool
    urgency: Urgency
    accept_by: datetime | None
    delivered_at: datetime | None
    accepted_at: datetime | None
    extended: int
    proposed: ProposedShown | None
    parts: tuple[dict[str, JsonValue], ...]
    afterwords: tuple[AfterwordShown, ...]
    forwarded_from: str | None
    forwarded_to: str | None
    dispute: DisputeShown | None
    history: tuple[PastShown, ...]
    echo: Echo | None
    beside: bool


def request_shown(request: Request, *, ours: bool = False, beside: bool = False) -> RequestShown:
    """An assistance request as it goes out; `ours`: to the requester, who alone reads what its officers have noted for themselves."""
    asked = request.question
    told = {
        "fact": asked["fact"],
        "claimed": asked["claimed"],
        "subject_kind": asked["kind"],
        "subject_code": asked["code"],
        "on": asked["on"],
        "afterwords": tuple(map(_afterword, request.afterwords)),
        "beside": beside,
        "history": request.history if ours else meant_for_others(request),
    }
    plain = {name: getattr(request, name) for name in RequestShown.model_fields if name not in told}
    return RequestShown.model_validate(plain | told)


def after(tx: Tx, request_id: str, word: Callable[[], Request]) -> RequestShown:
    """A request as it goes out in answer to a word of its agency's, by whichever door: with whether that was kept beside."""
    _, was = locked(tx, request_id)
    held = word()
    return request_shown(held, beside=held.id == was.id and len(held.afterwords) > len(was.afterwords))


def _afterword(said: Mapping[str, object]) -> AfterwordShown:
    words = (said.get(name) for name in ("value", "rest", "to", "day", "reasons"))
    return AfterwordShown.model_validate(
        {
            "at": said.get("at"),
            "do": said.get("do", "answer"),
            "signer": said["signer"],
            "verdict": said.get("verdict"),
            "text": " ".join(str(word) for word in words if word),
            "door": said.get("door", ""),
        }
    )
