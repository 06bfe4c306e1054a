"""The kinds of fields messages are made of, each bounded so that no database and no page can choke on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypeVar

from fastapi import Header, Path, Query, Request
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from inspector.domain.day import meant
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank

# One line: no control characters. Text: line ends and tabs as well. Halves of characters are refused by pydantic itself.
LINE = r"^[^\x00-\x1f\x7f]+$"
MAYBE_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_NAME = r"^[^/\\?#%\x00-\x20\x7f]+$"
_CLAIM_KEY = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_CLAIM_NAME = r"^[A-Za-z0-9][A-Za-z0-9_~-]*$"
_DIGEST = r"^[0-9a-f]{64}$"
_DIGEST_HEAD = r"^[0-9a-f]{8,64}$"
_CASE_ID = r"^[0-9a-f]{32}$"
_MESSAGE_ID = r"^[!-~]+$"
MAYBE_SIGNS = r"^[!-~]*$"
NOTE = r"^[0-9a-z]+$"
FORMS: Mapping[str, str] = {
    LINE: "line",
    MAYBE_LINE: "line",
    _TEXT: "text",
    _NAME: "name",
    _CLAIM_KEY: "claim_key",
    _CLAIM_NAME: "claim_name",
    _DIGEST: "digest",
    _DIGEST_HEAD: "digest_head",
    _CASE_ID: "case_id",
    _MESSAGE_ID: "message_id",
    MAYBE_SIGNS: "message_id",
    NOTE: "note",
}
"""Each pattern by the name of the words that tell a person the same: the label `problem.form_` and that name."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
MOST_ROWS = 200
BLANK = "text_blank"
"""The problem, and the code, of a text that shows nothing."""


def _says(text: str) -> str:
    """A text that says something, as the rules ask it: no description of a field tells which characters show nothing.

    A problem of the message (`text_blank`), so that its place is told with all that it lies within.
    """
    if blank(text):
        raise PydanticCustomError(BLANK, "has no visible character")
    return text


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE), AfterValidator(_says)]
MaybeLine = Annotated[str, StringConstraints(max_length=200, pattern=MAYBE_LINE)]
Text = Annotated[str, StringConstraints(max_length=4_000, pattern=_TEXT)]
Promised = Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=LINE), AfterValidator(_says)]
LetterText = Annotated[str, StringConstraints(max_length=100_000, pattern=_TEXT)]
ClaimKey = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_CLAIM_KEY)]
ClaimName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_CLAIM_NAME)]
Digest = Annotated[str, StringConstraints(pattern=_DIGEST)]
DigestHead = Annotated[str, StringConstraints(pattern=_DIGEST_HEAD)]
CaseId = Annotated[str, StringConstraints(pattern=_CASE_ID)]


D = TypeVar("D", bound=date)


def _meant(day: D) -> D:
    """A day or a moment that can be counted with, here and in every office's own time."""
    if not meant(day):
        raise PydanticCustomError("day_beyond", "must lie between 1800-01-01 and 2999-12-31")
    return day


def _day(value: object) -> date:
    """A date as text only: a number of seconds is no day."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("date_type", "must be a date such as 2026-03-02")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("day_absent", "is no day of the calendar") from error
    return _meant(day)


def _clock(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise PydanticCustomError("datetime_type", "must be a time such as 2026-03-02T09:00:00+08:00")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise PydanticCustomError("moment_absent", "is no time of any day") from error


def _moment(value: object) -> datetime:
    return _meant(_clock(value))


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
ClockTime = Annotated[datetime, BeforeValidator(_clock)]
"""What the clock of somebody's phone says, which may have been lost: any year. It is held to ours before anything is counted by it."""

CasePath = Annotated[CaseId, Path(description="The id of a case")]
NamePath = Annotated[str, Path(min_length=1, max_length=200, pattern=_NAME)]
AfterName = Annotated[str | None, Query(min_length=1, max_length=200, pattern=_NAME)]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many rows at most")]
Position = Annotated[int, Query(ge=0, le=2**63 - 1, description="Go on behind this position")]
MessageId = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=_MESSAGE_ID,
        description="The sender's id of this message: it then counts once, and a repetition is answered as before",
    ),
]


def only_known(request: Request) -> None:
    """Refuse parameters the operation does not have, or has once and gets twice: such a filter would quietly give something else."""
    route = request.scope["route"]
    names = {field.alias for field in route.dependant.query_params} if isinstance(route, APIRoute) else set()
    if unknown := sorted(set(request.query_params) - names):
        raise Invalid("parameter_unknown", field=unknown[0], known=", ".join(sorted(names)))
    told = [name for name, _ in request.query_params.multi_items()]
    if repeated := sorted({name for name in told if told.count(name) > 1}):
        raise Invalid("parameter_twice", field=repeated[0])


class Strict(BaseModel):
    """A message or answer whose fields are exactly these."""

    model_config = ConfigDict(extra="forbid", frozen=True)
