"""What others write may quote our letter, and with it the link and the reply code by which anybody answers: they are read by nobody else.

Two ways find them, and both are needed: a secret that is known is found however mail programs break it (`secrets`), and one that is not,
another request's or one that counts no longer, by where it stands and how it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

T = TypeVar("T")

VEIL = "[…]"
"""What stands in place of a secret."""

_BREAKS = r"[\s>|]{0,9}"
"""What mail programs put into a word where they break and quote it."""
_ONE = r"[A-Za-z0-9_-]"
_LINK = re.compile(rf"(/(?:assist|oversee)/[^/\s]{{1,80}}/)(?:{_ONE}(?:{_BREAKS}{_ONE}){{31}}|{_ONE}+)")
_ALIKE = re.compile(rf"(?<![A-Za-z0-9_-])(?=[^a-z]{{0,31}}[a-z])(?=[^A-Z]{{0,31}}[A-Z]){_ONE}{{32}}(?![A-Za-z0-9_-])")
"""A word as long as a secret (`Office.link_token`) in which small and capital letters are mixed: a number of the field may be one, too."""


def veiled(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the secrets of links, these and whatever else looks like one."""
    for secret in secrets:
        text = re.sub(_BREAKS.join(map(re.escape, secret)), VEIL, text)
    return _ALIKE.sub(VEIL, _LINK.sub(rf"\g<1>{VEIL}", text))


def quotes(text: str, secrets: Iterable[str]) -> bool:
    """Whether one of these secrets stands in the text, however it is broken, or the address of a link of ours."""
    return bool(_LINK.search(text)) or any(re.search(_BREAKS.join(map(re.escape, one)), text) for one in secrets)


def alike(text: str) -> frozenset[str]:
    """The words that look like a secret; a number of the field may look so, too."""
    return frozenset(_ALIKE.findall(text))


def over(told: T, secrets: Iterable[str] = ()) -> T:
    """The same of every text in what is told of a matter, whatever its form."""
    return cast("T", _over(told, tuple(secrets)))


def _over(told: object, secrets: tuple[str, ...]) -> object:
    match told:
        case str():
            return veiled(told, secrets)
        case Mapping():
            return {name: _over(value, secrets) for name, value in told.items()}
        case list() | tuple():
            return [_over(value, secrets) for value in told]
        case _:
            return told
