"""Frozen domain values to JSON text and back. One adapter a type, built once."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from inspector.domain.errors import Damaged, Newer
from inspector.store.sealed import own

T = TypeVar("T")

_UNKNOWN = "unexpected_keyword_argument"
"""What pydantic calls a name that a dataclass does not have."""

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dump(value: object, *row: object) -> str:
    """The JSON text of a domain value, as that of the row it is to stand in (`sealed`)."""
    return own(_adapter(type(value)).dump_json(value).decode(), *row)


def load(kind: type[T], text: str) -> T:
    """The domain value of a JSON text, which says all that the text does: written back nothing of it is lost.

    Raises Newer (`stored_by_another_release`) for a text that says more at any depth, and Damaged (`stored_unreadable`) for any other that
    does not say one. Both name places and never values.
    """
    try:
        value: T = _adapter(kind).validate_json(text, extra="forbid")
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        places = [(".".join(map(str, one["loc"])), one["type"]) for one in found]
        more = [place for place, problem in places if problem == _UNKNOWN]
        if more:
            raise Newer("stored_by_another_release", what=kind.__name__, places=", ".join(more)) from None
        told = ", ".join(f"{place}: {problem}" for place, problem in places)
        raise Damaged("stored_unreadable", what=kind.__name__, places=told) from None
    return value
