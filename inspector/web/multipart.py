"""A form with a file in it (multipart/form-data, RFC 7578), read strictly and whole: what was cut off on its way leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message as EmailMessage

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.exceptions import HTTPException

from inspector.web.body import LONGEST_KIND
from inspector.web.errors import Unreadable
from inspector.web.pages import Fields

FORM = "multipart/form-data"
_MOST_PARTS = 20


@dataclass
class _Part:
    """One part as it is read."""

    head: dict[str, str] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The fields of a form, and its files by the names of their fields; what a browser calls a file is not kept."""

    fields: Fields
    files: dict[str, bytes]


def sent(content: bytes, kind: str) -> Sent:
    """A form that was sent with its files. Raises HTTPException (400) for what is none or is not whole."""
    named, boundary = kind.partition(";")[0].strip().lower(), _param(kind, "boundary")
    if named != FORM or not boundary or len(boundary) > 70 or not boundary.isascii():
        raise HTTPException(400)
    pairs, files, flaw = [], dict[str, bytes](), None
    for part in _parts(content, boundary):
        about = part.head.get("content-disposition", "")
        name = _param(about, "name")
        if not name:
            raise HTTPException(400)
        if _param(about, "filename") is not None:
            files[name] = bytes(part.content)
            continue
        try:
            pairs.append((name, part.content.decode("utf-8")))
        except UnicodeDecodeError:
            flaw = Unreadable("form_unreadable")
    return Sent(fields=Fields(pairs, flaw), files=files)


def _parts(content: bytes, boundary: str) -> list[_Part]:
    parts: list[_Part] = []
    name, value, ended = bytearray(), bytearray(), []

    def begin() -> None:
        if len(parts) == _MOST_PARTS:
            raise HTTPException(400)  # before the next is read: a small body holds a million of them
        parts.append(_Part())

    def header() -> None:
        parts[-1].head[name.decode("latin-1").lower()] = value.decode("utf-8", "replace")
        name.clear()
        value.clear()

    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": begin,
            "on_header_field": lambda data, start, end: name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: value.extend(data[start:end]),
            "on_header_end": header,
            "on_part_data": lambda data, start, end: parts[-1].content.extend(data[start:end]),
            "on_end": lambda: ended.append(True),
        },
    )
    try:
        parser.write(content)
        parser.finalize()
    except MultipartParseError as error:
        raise HTTPException(400) from error
    if not ended:
        raise HTTPException(400)
    return parts


def _param(text: str, name: str) -> str | None:
    """A parameter of a header; None where it names none. Raises HTTPException (400) for one that nobody can mean."""
    told = EmailMessage()
    told["content-type"] = text.replace("\r", " ").replace("\n", " ") if len(text) <= LONGEST_KIND else ""
    try:
        held = told.get_param(name)
    except ValueError as error:  # a part of a parameter with a number of thousands of digits
        raise HTTPException(400) from error
    if len(text) > LONGEST_KIND:
        raise HTTPException(400)
    return held[2] if isinstance(held, tuple) else held
