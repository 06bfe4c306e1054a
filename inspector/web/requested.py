"""A request for assistance as it goes out, by the API and as pages show it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue

from inspector.domain.assistance import AssistanceState, Proposed, Request
from inspector.domain.calendar import Counting
from inspector.domain.case import SubjectKind
from inspector.domain.urgency import Urgency
from inspector.web.answers import Shown


class RequestShown(Shown):
    """An assistance request as both sides may see it. `proposed`: another date that nobody has agreed to yet; `parts`: answers in part."""

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
    urgency: Urgency
    accept_by: datetime | None
    accepted_at: datetime | None
    proposed: Proposed | None
    parts: tuple[dict[str, JsonValue], ...]
    forwarded_from: str | None
    forwarded_to: str | None
    reply: dict[str, JsonValue] | None
    late: bool
    """The reply came when the request had ended without one: it is evidence for a person."""


def request_shown(request: Request) -> RequestShown:
    """An assistance request as it goes out."""
    asked = request.question
    told = {
        "fact": asked["fact"],
        "claimed": asked["claimed"],
        "subject_kind": asked["kind"],
        "subject_code": asked["code"],
        "on": asked["on"],
    }
    plain = {name: getattr(request, name) for name in RequestShown.model_fields if name not in told}
    return RequestShown.model_validate(plain | told)
