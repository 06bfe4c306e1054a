"""Pages for people: one template environment, one language for each page, forms without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import jinja2
from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from inspector.domain.errors import InspectorError, Invalid
from inspector.labels import Lang, known, label, of
from inspector.web.desk import Desk, desk_of
from inspector.web.errors import status_of

M = TypeVar("M", bound=BaseModel)
_MOST_FIELDS = 500
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language(request: Request) -> Lang:
    """The language asked for in the address; Chinese unless it is English."""
    return "en" if request.query_params.get("lang") == "en" else "zh-Hans"


InLang = Annotated[Lang, Depends(language)]


class Fields:
    """The fields of a posted form, as text."""

    def __init__(self, form: FormData) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                self._values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def one(self, name: str) -> str:
        """The value of a field, empty when it was not filled in."""
        return self._values.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self._values.get(name, [])

    def kept(self) -> Mapping[str, str]:
        """What was typed, to show it again."""
        return {name: values[-1] for name, values in self._values.items()}

    def message_id(self) -> str | None:
        """The id given out with the form, so that a double click counts once."""
        given = self.one("message")
        return given if given.isascii() and given.isalnum() and len(given) <= 64 else None


async def posted(request: Request) -> Fields:
    """The form of a request. Waiting for its bytes is the event loop's affair; the handler itself stays a plain function."""
    async with request.form(max_fields=_MOST_FIELDS, max_files=0) as form:
        return Fields(form)


Posted = Annotated[Fields, Depends(posted)]


def read(kind: type[M], **values: object) -> M:
    """A form's values as the message the API would take. Raises Invalid naming the first field that does not fit."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise Invalid("message_invalid", field=field, problem=problem["msg"]) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What was wrong with a posted form: in words, by code, with the field it is about (empty: the form as a whole)."""

    text: str = ""
    code: str = ""
    field: str = ""
    status: int = 200


NO_TROUBLE = Trouble()


def trouble(error: InspectorError, form: Fields, lang: Lang) -> Trouble:
    """An error as its form's page says it: in its language, with its name of the field, never in a validator's words."""
    field = str(error.facts.get("field", "")).split(".")[0]
    text = in_words(error, lang)
    if error.code == "message_invalid" and known(f"ui.{field}", lang):
        problem = "field_unfit" if form.one(field).strip() else "field_empty"
        text = label(f"ui.{problem}", lang, field=label(f"ui.{field}", lang))
    return Trouble(text=text, code=error.code, field=field, status=status_of(error))


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page in the language of the request."""
    there = _other_address(request)
    return HTMLResponse(fragment(desk_of(request), language(request), template, other_address=there, **context), status)


def _other_address(request: Request) -> str:
    """The same page in the other language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    query = urlencode(kept if language(request) == "en" else [*kept, ("lang", "en")])
    return f"{request.url.path}?{query}" if query else request.url.path


def fragment(desk: Desk, lang: Lang, template: str, **context: object) -> str:
    """A template filled in. `t` gives words, `say` an enum's words, `at` a time in the office's zone."""

    def t(key: str, /, **facts: Any) -> str:
        return label(key, lang, **facts)

    def say(member: StrEnum) -> str:
        return of(member, lang)

    def at(moment: datetime | None) -> str:
        return f"{desk.office.calendar.local(moment):%Y-%m-%d %H:%M}" if moment is not None else "—"

    other = "en" if lang == "zh-Hans" else "zh-Hans"
    return _ENVIRONMENT.get_template(template).render(lang=lang, other=other, t=t, say=say, at=at, **context)


def in_words(error: InspectorError, lang: Lang) -> str:
    """What an error says to people, states and outcomes in words as well."""
    facts = {name: of(fact, lang) if isinstance(fact, StrEnum) else fact for name, fact in error.facts.items()}
    return label(f"error.{error.code}", lang, **facts)


def refused(request: Request, error: InspectorError) -> HTMLResponse:
    """A page that says what is wrong, where there is no form to say it in."""
    return page(request, "message.html", status=status_of(error), text=in_words(error, language(request)))
