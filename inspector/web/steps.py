"""Steps that an officer takes on a page: each form is one message of the API, by the same operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from starlette.responses import Response

from inspector.web.fields import Strict
from inspector.web.pages import Fields


class Kind(StrEnum):
    """How a field is filled in."""

    LINE = "LINE"
    TEXT = "TEXT"
    LINES = "LINES"
    DAY = "DAY"
    MOMENT = "MOMENT"
    CHOICE = "CHOICE"
    EVIDENCE = "EVIDENCE"
    FILE = "FILE"
    MARKS = "MARKS"
    HIDDEN = "HIDDEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a step's form. `choices` are the values, each with the key of its words; `needed`: it may not be empty.

    `title`: its words, where no label has them; `file`: the SHA-256 of the subject's file that it is about, shown beside it.
    """

    name: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    title: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: the message it sends, the operation that takes it, and its fields."""

    message: type[Strict]
    take: Callable[..., Response]
    fields: tuple[Field, ...]


def entry(name: str, kind: Kind = Kind.LINE, *, needed: bool = True) -> Field:
    """A field to type into."""
    return Field(name=name, kind=kind, needed=needed)


def among(name: str, members: Iterable[StrEnum], *, needed: bool = True) -> Field:
    """A field to choose a member from."""
    told = tuple((one.value, f"{type(one).__name__}.{one.name}") for one in members)
    return Field(name=name, kind=Kind.CHOICE, choices=told, needed=needed)


def several(name: str, members: Iterable[StrEnum]) -> Field:
    """A field to choose members from, some or none."""
    return replace(among(name, members, needed=False), kind=Kind.MARKS)


def either(name: str, yes: tuple[str, str], no: tuple[str, str]) -> Field:
    """A field to choose one of two from."""
    return Field(name=name, kind=Kind.CHOICE, choices=(yes, no))


def typed(field: Field, form: Fields) -> object:
    """A field's value as the message takes it; None where nothing was typed into one that may be left out."""
    match field.kind:
        case Kind.LINES:
            return tuple(line.strip() for line in form.one(field.name).splitlines() if line.strip())
        case Kind.EVIDENCE | Kind.MARKS:
            return tuple(form.all(field.name))
        case Kind.MOMENT:
            return f"{form.one(field.name)}:00+08:00" if form.one(field.name) else None
        case _:
            return form.one(field.name) or (None if not field.needed else "")
