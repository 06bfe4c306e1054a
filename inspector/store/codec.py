"""Frozen domain values to JSON text and back. One adapter a type, built once."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from inspector.store.sealed import own

T = TypeVar("T")


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dump(value: object, *row: object) -> str:
    """The JSON text of a domain value, as that of the row it is to stand in (`sealed`)."""
    return own(_adapter(type(value)).dump_json(value).decode(), *row)


def load(kind: type[T], text: str) -> T:
    """The domain value of a JSON text. Raises ValueError, which names places and never values, for a text of another release's shape."""
    try:
        value: T = _adapter(kind).validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        places = ", ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in found)
        raise ValueError(f"a stored {kind.__name__} has another shape: {places}") from None
    return value
