"""Errors as one JSON shape: a stable code, its words in both languages, and its facts. No stack, no input echoed back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inspector.domain.errors import Away, Conflict, Forbidden, InspectorError, Invalid, Missing, Refusal, Stale
from inspector.labels import Lang, in_words, label, problem
from inspector.web import bounds
from inspector.web.caller import Unknown
from inspector.web.echoes import unechoed
from inspector.web.fields import BLANK, FORMS
from inspector.web.language import language

log = structlog.get_logger(__name__)


class Unreadable(Invalid):
    """What came in is in no encoding that is taken here."""


class Foreign(Invalid):
    """What came in says itself that it is of another kind or encoding than is taken here."""


_STATUS: tuple[tuple[type[InspectorError], int], ...] = (
    (Unreadable, 400),
    (Foreign, 415),
    (Invalid, 422),
    (Conflict, 409),
    (Refusal, 409),
    (Stale, 409),
    (Missing, 404),
    (Forbidden, 403),
    (Unknown, 401),
    (Away, 503),
)
_CODES = {
    400: "message_unreadable",
    404: "path_unknown",
    405: "method_unknown",
    413: "message_too_large",
    415: "content_type_unknown",
}
_UNPLACED = {"problem": "other_form"}
"""Of a message that the framework itself could not read nobody has told the place."""
EN: Lang = "en"
ZH: Lang = "zh-Hans"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="inspector"'}
_FOR_PROGRAMS = ("/v1/", "/metrics", "/health/", "/openapi.json", "/static/")
_PARTS = ("body", "query", "path", "header")
"""How the framework begins the place of a problem: with the part of the request."""
_LONGEST = 400
_MOST = 20


class ErrorDetail(BaseModel):
    """What went wrong: for programs (`code`, `facts`) and for people (`message`, `message_zh`)."""

    model_config = ConfigDict(extra="forbid")
    code: str
    message: str
    message_zh: str
    facts: dict[str, JsonValue]


class ErrorBody(BaseModel):
    """The one shape of every error."""

    model_config = ConfigDict(extra="forbid")
    error: ErrorDetail


_MEANING = {
    400: "Not readable as JSON, or with headers that contradict each other",
    401: "No token, one that is not valid, or two",
    403: "The token or link may not do this",
    404: "There is no such thing, or it is not yours to know of",
    409: "Understood, and not allowed in the present state; or a reference or message id used before for something else",
    413: "The message is too large",
    415: "The message is not application/json, or is packed",
    422: "The message cannot be used as it is: mend the named field",
    503: "The database cannot be reached or written; nothing was stored: send it again, under the same message id",
}
_RETRY = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait before it is sent again"}}
_CHALLENGE = {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True, "description": "How to say who one is"}}


_BY_NAME = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}}}
"""The shape by its name: worked out anew for each status of each operation it took a tenth of a start."""
DESCRIBED: Mapping[str, Any] = {"model": ErrorBody, "description": "What every answer of 400 and above looks like"}
"""For one operation of the application, which brings the shape itself into the description."""


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The declaration of error answers for the API description."""
    headers: dict[int, dict[str, Any]] = {401: {"headers": _CHALLENGE}, 503: {"headers": _RETRY}}
    return {status: {"content": _BY_NAME, "description": _MEANING[status], **headers.get(status, {})} for status in statuses}


READS = answers(401, 403, 404, 422, 503)
WRITES = answers(400, 401, 403, 404, 409, 413, 415, 422, 503)


def body(code: str, facts: Mapping[str, object]) -> dict[str, object]:
    """The JSON of an error."""
    facts = unechoed(code, facts)
    told: dict[str, Any] = {name: _plain(value) for name, value in facts.items()}
    words = {
        name: label(f"error.{code}", lang, **{fact: _plain(value) for fact, value in in_words(facts, lang).items()})
        for name, lang in (("message", EN), ("message_zh", ZH))
    }
    return {"error": {"code": code, **words, "facts": told}}


Shown = Callable[[Request, int, str], Response]
"""A page for people that says what is wrong: request, status, and the words in the language of the request."""


def install(app: FastAPI, shown: Shown) -> None:
    """Answer every error of the application in the one shape; a browser that asks for no part of the API gets a page instead."""
    app.state.shown = shown
    app.add_exception_handler(InspectorError, _ours)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unforeseen)


def status_of(error: InspectorError) -> int:
    """The HTTP status of a family of errors."""
    return next((status for family, status in _STATUS if isinstance(error, family)), 500)


def answer(status: int, code: str, facts: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """The answer an error gets."""
    return JSONResponse(body(code, facts), status, headers)


def said(
    request: Request, status: int, code: str, facts: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a program, or the page for a person whose browser asks for pages."""
    path = request.url.path
    wants_page = "text/html" in request.headers.get("accept", "") and not path.startswith(_FOR_PROGRAMS)
    if not wants_page:
        return answer(status, code, facts, headers)
    lang = language(request)
    words = label(f"error.{code}", lang, **in_words(unechoed(code, facts), lang))
    held: Response = request.app.state.shown(request, status, words)
    held.headers.update(headers or {})
    return held


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, InspectorError)
    status = status_of(error)
    if status == 500:  # of no family that the asker could do anything about: something stored is damaged
        log.error("request.failed", exc_info=error)
    return said(request, status, error.code, error.facts, CHALLENGE if status == 401 else None)


async def _unfit(request: Request, error: Exception) -> Response:
    """A message that is not of the described form. Field names are told, values never: they may be personal data."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(problem["type"] == "json_invalid" for problem in found):
        return said(request, 400, "message_unreadable", _UNPLACED)
    if not request.url.path.startswith(_FOR_PROGRAMS) and any(one["loc"][0] == "path" for one in found):
        return said(request, 404, "path_unknown", {})  # an address that no page of ours can have
    wrong = misfit(found)
    return said(request, 422, wrong.code, wrong.facts)


def misfit(found: Sequence[Any]) -> Invalid:
    """A message that is not of the described form, by pydantic's errors; one of its texts that shows nothing has a code of its own."""
    blank = next((one["loc"] for one in found if one["type"] == BLANK), None)
    if blank is None:
        return Invalid("message_invalid", **unfit(found))
    within = blank[1:] if len(blank) > 1 and blank[0] in _PARTS else blank
    return Invalid("text_blank", field=".".join(map(str, within)))


def unfit(found: Sequence[Any]) -> dict[str, object]:
    """The facts of `message_invalid` from pydantic's errors: every problem with its field, the first one at hand."""
    inner = {part for one in found for part in _above(one["loc"])}
    problems = [
        {
            "field": ".".join(str(part) for part in one["loc"]),
            "problem": problem(_kind(one), one["msg"], one.get("ctx", {}), EN),
            "problem_zh": problem(_kind(one), one["msg"], one.get("ctx", {}), ZH),
        }
        # a list whose rows are wrong is not short of rows, although a validator counts the good ones alone
        for one in [one for one in found if one["type"] != "too_short" or tuple(one["loc"]) not in inner][:_MOST]
    ]
    return {"problems": problems, **problems[0]}


def _above(loc: Sequence[int | str]) -> list[tuple[int | str, ...]]:
    """Every place that a place lies within."""
    return [tuple(loc[:count]) for count in range(1, len(loc))]


def _kind(one: Any) -> str:
    """The kind of a problem by which it has words: a pattern is for programs, people are told the form and an example of it."""
    if one["type"] != "string_pattern_mismatch":
        return str(one["type"])
    return f"form_{FORMS.get(one['ctx']['pattern'], 'other')}"


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    code = _CODES.get(error.status_code, f"http_{error.status_code}")
    if error.status_code != 413:
        return said(request, error.status_code, code, _UNPLACED if error.status_code == 400 else {}, headers)
    settings, path = request.app.state.desk.settings, request.url.path
    if bounds.shows(path):
        return said(request, 413, "material_too_large", {"most": settings.max_material_bytes // 1_000_000}, headers)
    return said(request, 413, code, {"most": bounds.most(path, settings)}, headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Whoever hangs up amid a message: nothing was stored, nobody hears the answer, and it is no bug of ours. It is counted as a 4xx."""
    return Response(status_code=400)


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("request.failed", exc_info=error)
    return said(request, 500, "unforeseen", {})


def _allowed(request: Request) -> list[str]:
    """Every method the path knows, over all routes that share it; the framework tells the first route's only."""
    path, routes = request.url.path, cast(Sequence[Route], request.app.state.routes)
    named = [route for route in routes if route.path == path] or [route for route in routes if route.path_regex.match(path)]
    return sorted({method for route in named for method in route.methods or ()})


def _plain(value: object) -> Any:
    """A fact as JSON that can be written in any case: strings shortened, without halves of characters."""
    if isinstance(value, str):
        return value[:_LONGEST].encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_plain(str(name)): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value[:_MOST]]
    return value if isinstance(value, int | bool | None) else _plain(json.dumps(value, default=str).strip('"'))
