"""Pages for people: one template environment, one language for each page, forms without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_args
from urllib.parse import parse_qsl, urlencode

import jinja2
from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from inspector.domain.errors import Away, InspectorError, Invalid
from inspector.domain.evidence import blank
from inspector.domain.unsaid import Unsaid
from inspector.labels import Lang, known, label, of, words
from inspector.labels import in_words as worded
from inspector.web.body import declared
from inspector.web.desk import Desk, desk_of
from inspector.web.echoes import unechoed
from inspector.web.errors import Foreign, Unreadable, misfit, status_of
from inspector.web.language import VARY, carried, language

M = TypeVar("M", bound=BaseModel)
_MOST_FIELDS = 500
_FORM = "application/x-www-form-urlencoded"
_SHOWN_AGAIN = dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030")
"""Foreign encodings whose fields are shown again; of any other only what is plain ASCII."""
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Fields:
    """The fields of a posted form, as text. `flaw` says why nothing may be stored of them."""

    def __init__(self, pairs: Sequence[tuple[str, str]], flaw: Invalid | None = None) -> None:
        self.flaw = flaw
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def sound(self) -> None:
        """Raise what is wrong with the form as a whole: before anything else is read from it."""
        if self.flaw is not None:
            raise self.flaw

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
    return fields(await request.body(), request.headers.get("content-type", _FORM))


def fields(content: bytes, kind: str) -> Fields:
    """A form's fields, read strictly: a wrong encoding is never guessed at, nor stored by halves.

    What can be read all the same is kept beside the flaw, to be shown again. Raises HTTPException (400) for too many fields.
    """
    named, charset = declared(kind)
    if named != _FORM:
        return Fields((), Foreign("form_type_unknown", wanted=_FORM))
    foreign = charset not in ("utf-8", "utf8")
    encoding = _SHOWN_AGAIN.get(charset, "ascii") if foreign else "utf-8"
    text = content.decode(encoding, "surrogateescape")  # what is not of this encoding stays marked, and is left out below
    try:
        pairs = parse_qsl(text, keep_blank_values=True, encoding=encoding, errors="surrogateescape", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    whole = [pair for pair in pairs if _whole("".join(pair))]
    if foreign:
        return Fields(whole, Foreign("form_type_unknown", wanted=_FORM))
    return Fields(whole, Unreadable("form_unreadable") if len(whole) < len(pairs) else None)


def _whole(text: str) -> bool:
    """Whether all of a text was of the encoding it was read in."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


Posted = Annotated[Fields, Depends(posted)]


def read(kind: type[M], /, **values: object) -> M:
    """A form's values as the message the API would take. Raises Invalid (`message_invalid` naming every field that does not fit)."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise misfit(error.errors()) from error


class Unfinished(Invalid):
    """Fields of a form that nobody has filled in, each as the error it would be alone: people mend them in one go."""

    def __init__(self, lacking: Sequence[Invalid]) -> None:
        super().__init__(lacking[0].code, **lacking[0].facts)
        self.lacking = tuple(lacking)


def complete(form: Fields, *needed: Invalid) -> None:
    """Every field that one of these names is filled in. Raises Unfinished with those whose field is not."""
    if lacking := [one for one in needed if blank(form.one(str(one.facts["field"])))]:
        raise Unfinished(lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What was wrong with a posted form: in words, by code, with the fields it is about (none: the form as a whole)."""

    text: str = ""
    code: str = ""
    fields: tuple[str, ...] = ()
    status: int = 200


NO_TROUBLE = Trouble()


def trouble(error: InspectorError, form: Fields, lang: Lang, *, group: str = "ui") -> Trouble:
    """An error as its form's page says it: in its language, with its names of the fields, never in a validator's words.

    `group`: the labels in which the page's fields have their names.
    """
    held: Sequence[InspectorError] = error.lacking if isinstance(error, Unfinished) else (error,)
    named = error.facts.get("problems") if error.code == "message_invalid" else None
    told = cast("Sequence[Mapping[str, str]]", named) if named else [one.facts for one in held]
    fields = tuple(dict.fromkeys(str(one["field"]).split(".")[0] for one in told if one.get("field")))
    if error.code == "message_id_reused":  # an id means nothing to people
        text = label("ui.sent_before", lang)
    elif all(isinstance(one.get("field"), Unsaid) for one in told) and all(known(f"{group}.{field}", lang) for field in fields):
        text = label(
            "ui.field_empty", lang, field=label("ui.field_gap", lang).join(label(f"{group}.{one}", lang) for one in fields)
        )
    elif named and all(known(f"{group}.{field}", lang) for field in fields):
        text = _unfit(fields, form, lang, group)
    else:
        text = label("ui.sentence_gap", lang).join(in_words(one, lang) for one in held)
    return Trouble(text=text, code=error.code, fields=fields, status=status_of(error))


def _unfit(fields: Sequence[str], form: Fields, lang: Lang, group: str) -> str:
    """What is empty in one sentence, what does not fit in another."""
    empty = [label(f"{group}.{field}", lang) for field in fields if blank(form.one(field))]
    strange = [label(f"{group}.{field}", lang) for field in fields if not blank(form.one(field))]
    gap = label("ui.field_gap", lang)
    told = [
        label(f"ui.{key}", lang, field=gap.join(names))
        for key, names in (("field_empty", empty), ("field_unfit", strange))
        if names
    ]
    return label("ui.sentence_gap", lang).join(told)


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page in the language of the request; `q` is what its links to other pages end with."""
    about: dict[str, object] = {"other_address": _other_address(request), "q": carried(request)}
    if context.get("caller"):  # to whoever comes from outside a maintenance changes nothing: what comes in is taken
        about["rests_until"] = _rests(desk_of(request))
    return HTMLResponse(fragment(desk_of(request), language(request), template, **about, **context), status, VARY)


def _rests(desk: Desk) -> datetime | None:
    """Until when nothing leaves the house; None also where the records cannot be asked, of which the page itself tells."""
    try:
        return desk.look(lambda tx: tx.office.rests(desk.office.now()))
    except Away:
        return None


def _other_address(request: Request) -> str:
    """The same page in the other language, which is named: whatever the browser prefers."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', _other(language(request)))])}"


def _other(lang: Lang) -> Lang:
    return "en" if lang == "zh-Hans" else "zh-Hans"


def bare(lang: Lang, template: str, **context: object) -> str:
    """A template filled in that needs nothing of the house but its words."""

    def t(key: str, /, **facts: Any) -> str:
        return label(key, lang, **facts)

    return _ENVIRONMENT.get_template(template).render(lang=lang, other=_other(lang), t=t, **context)


def fragment(desk: Desk, lang: Lang, template: str, **context: object) -> str:
    """A template filled in. `t` gives words, `say` an enum's words, `at` a time in the office's zone."""

    def t(key: str, /, **facts: Any) -> str:
        return label(key, lang, **facts)

    def say(member: StrEnum) -> str:
        return of(member, lang)

    def at(moment: datetime | None) -> str:
        return f"{desk.office.calendar.local(moment):%Y-%m-%d %H:%M}" if moment is not None else "—"

    return _ENVIRONMENT.get_template(template).render(lang=lang, other=_other(lang), t=t, say=say, at=at, **context)


def in_words(error: InspectorError, lang: Lang) -> str:
    """What an error says to people, states and outcomes in words as well."""
    told = worded(unechoed(error.code, error.facts), lang)
    facts = {name: of(fact, lang) if isinstance(fact, StrEnum) else fact for name, fact in told.items()}
    return label(f"error.{error.code}", lang, **facts)


def refused(request: Request, error: InspectorError) -> HTMLResponse:
    """A page that says what is wrong, where there is no form to say it in."""
    return told(request, status_of(error), in_words(error, language(request)))


def ready() -> None:
    """Read now what an outage is told by: when a process has no descriptor left, no file can be opened for it any more."""
    for lang in get_args(Lang):
        words(lang)
    for template in ("base.html", "message.html"):
        _ENVIRONMENT.get_template(template)


def told(request: Request, status: int, text: str) -> HTMLResponse:
    """A page that says one thing."""
    return page(request, "message.html", status=status, text=text)
