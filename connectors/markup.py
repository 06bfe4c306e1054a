"""XML of strangers, read by expat without what makes XML dangerous, and XML of ours, written so that no value becomes markup.

No document type, so no entities of one's own and nothing fetched from elsewhere; no processing instructions (SOAP forbids both, 1.1 § 3);
bounded in depth, elements and attributes, and in length by whoever reads it off the wire (decision 52).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

DEEPEST = 64
MOST_ELEMENTS = 50_000
MOST_ATTRIBUTES = 64

_BETWEEN = " "
"""Stands between a namespace and a name; neither may hold it."""

LONGEST_SPACE = 1_000
"""Characters of a namespace: it stands in the name of each element in it, so that a long one would take the square of a text."""

_DECLARED = re.compile(r"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_LONGEST_DECLARATION = 400
_CHARSETS: Mapping[str, frozenset[str]] = {
    "utf-8": frozenset({"utf-8", "utf8", "us-ascii"}),
    "gb18030": frozenset({"gb18030", "gbk", "gb2312"}),
}
CHARSETS = tuple(_CHARSETS)
"""How texts may be encoded; GB 18030 holds what GBK and GB 2312 hold."""

_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (2.2)."""

NAME = re.compile(r"[^\W\d][\w.\-]*")
"""A name without a prefix, as far as anybody uses them."""


CODES = frozenset({"wrong_charset", "not_xml", "xml_unsafe"})
"""How a text may be other than agreed."""


class NotRead(ValueError):
    """It is not what was agreed: `code` (one of `CODES`) says how; `detail` holds nothing of it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(slots=True)
class Element:
    """One element: its namespace (empty: none) and name, the text directly in it, and what is in it."""

    space: str
    name: str
    attributes: Mapping[str, str]
    parts: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly in it, as it stands; comments in between part nothing."""
        return "".join(self.parts)

    def within(self, name: str, space: str | None = None) -> list[Element]:
        """The elements directly in it that are called so, in that namespace where one is named."""
        return [one for one in self.children if one.name == name and space in (None, one.space)]

    def attribute(self, name: str, space: str = "") -> str | None:
        """An attribute's value."""
        return self.attributes.get(f"{space}{_BETWEEN}{name}" if space else name)


def decoded(body: bytes, charset: str, declared: str = "") -> str:
    """Bytes as text in the agreed charset (one of `CHARSETS`). `declared`: the charset that a header tells; "" where it tells none.

    What a header or the document itself declares must be the same: short Chinese texts in GB 18030 can happen to be valid UTF-8 that
    says something else. Raises NotRead.
    """
    try:
        text = codecs.decode(body, "utf-8-sig" if charset == "utf-8" else charset, "strict")
    except UnicodeDecodeError as error:
        raise NotRead("wrong_charset", f"not {charset} at byte {error.start + 1}") from None
    head = text[:_LONGEST_DECLARATION]
    if head.lstrip().startswith("<?xml") and "?>" not in head:
        raise NotRead("not_xml", "a declaration without an end")
    told = _DECLARED.match(head.partition("?>")[0])
    for one in (declared, told[1] if told else ""):
        if one and one.lower() not in _CHARSETS[charset]:
            raise NotRead("wrong_charset", f"declared {one.lower()}")
    return text


def read(text: str) -> Element:
    """The root of a document. Raises NotRead (`not_xml`, `xml_unsafe`)."""
    return _Reading().of(text)


class _Reading:
    """Builds the tree while expat reads."""

    def __init__(self) -> None:
        self._root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def of(self, text: str) -> Element:
        parser = expat.ParserCreate("utf-8", _BETWEEN)  # whatever it declares: it has been decoded already
        parser.buffer_text = True
        parser.StartElementHandler = self._starts
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._says
        parser.StartNamespaceDeclHandler = _short
        parser.StartDoctypeDeclHandler = _unsafe("a document type")
        parser.EntityDeclHandler = _unsafe("an entity")
        parser.ExternalEntityRefHandler = _unsafe("an entity from elsewhere")
        parser.ProcessingInstructionHandler = _unsafe("a processing instruction")
        try:
            parser.Parse(text.encode("utf-8"), True)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code) or "ExpatError"
            raise NotRead("not_xml", f"{what}: line {error.lineno}, column {error.offset + 1}") from None
        except UnicodeEncodeError:  # half a character
            raise NotRead("not_xml", "UnicodeEncodeError") from None
        if self._root is None:
            raise NotRead("not_xml", "no element")
        return self._root

    def _starts(self, named: str, attributes: dict[str, str]) -> None:
        self._count += 1
        for count, most, what in (
            (len(self._open), DEEPEST, "deep"),
            (self._count, MOST_ELEMENTS, "elements"),
            (len(attributes), MOST_ATTRIBUTES, "attributes"),
        ):
            if count > most:
                raise NotRead("xml_unsafe", f"over {most} {what}")
        space, _, name = named.rpartition(_BETWEEN)
        made = Element(space, name, attributes)
        if self._open:
            self._open[-1].children.append(made)
        else:
            self._root = made
        self._open.append(made)

    def _ends(self, _named: str) -> None:
        self._open.pop()

    def _says(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)


def _short(_prefix: str | None, space: str | None) -> None:
    if space is not None and len(space) > LONGEST_SPACE:
        raise NotRead("xml_unsafe", f"over {LONGEST_SPACE} characters of namespace")


def _unsafe(what: str) -> Callable[..., Any]:
    def refuse(*_told: object) -> Any:
        raise NotRead("xml_unsafe", what)

    return refuse


def written(fields: Mapping[str, object], *, prefix: str = "") -> str:
    """Elements of the names of `fields`, in their order; a mapping is an element with elements in it. `prefix` stands before each name.

    Raises ValueError for a text that XML has no place for.
    """
    return "".join(_element(f"{prefix}{name}", told, prefix) for name, told in fields.items())


def _element(name: str, told: object, prefix: str) -> str:
    inside = written(told, prefix=prefix) if isinstance(told, Mapping) else plain(told)
    return f"<{name}>{inside}</{name}>"


def plain(told: object) -> str:
    """A value as text in XML, in an element or between quotes. Raises ValueError for one that XML has no place for."""
    text = ("true" if told else "false") if isinstance(told, bool) else str(told)
    if _FORBIDDEN.search(text):
        raise ValueError("a character that XML has no place for")
    return escape(text, {'"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def nested(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields with dotted names as mappings in mappings, in the order in which they first stand. Raises ValueError for a name twice."""
    made: dict[str, object] = {}
    for dotted, told in fields.items():
        *outer, last = dotted.split(".")
        held = made
        for step in outer:
            inner = held.setdefault(step, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{dotted} lies in a value")  # noqa: TRY004 - it is the settings' fault, not a type's
            held = inner
        if last in held:
            raise ValueError(f"{dotted} stands twice")
        held[last] = nested(told) if isinstance(told, Mapping) else told
    return made


def names(fields: Mapping[str, object]) -> Iterator[str]:
    """Every name in fields and in what lies in them."""
    for name, told in fields.items():
        yield name
        if isinstance(told, Mapping):
            yield from names(told)
