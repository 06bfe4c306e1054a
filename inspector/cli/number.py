"""The short number that letters bear, as somebody types it who has one on the telephone: which request is meant."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from inspector.domain.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.cli.terminal import Terminal
    from inspector.store.tx import Tx

_SHORT = re.compile("[0-9A-Z]{6}")
_PAGE = 1_000
_TOLD = 5


def meant(terminal: Terminal, typed: str) -> str:
    """The request's number by what somebody has typed: a short number is taken where one open request has it.

    Anything else stays as it is, for whoever looks it up. Raises Missing, naming the numbers that are meant
    (`request_short_several` open ones, `request_short_over`).
    """
    if _SHORT.fullmatch(typed.upper()) is None:
        return typed
    return terminal.look(lambda tx: _of(tx, typed))


def _of(tx: Tx, typed: str) -> str:
    found = [*islice(_bearing(tx, typed.upper(), over=False), _TOLD)]
    if len(found) > 1:
        raise Missing("request_short_several", short=typed, meant=", ".join(found))
    if not found and (over := [*islice(_bearing(tx, typed.upper(), over=True), _TOLD)]):
        raise Missing("request_short_over", short=typed, meant=", ".join(over))
    return found[0] if found else typed


def _bearing(tx: Tx, wanted: str, *, over: bool) -> Iterator[str]:
    """The numbers of requests that have this short one: it is made of the number, so each is looked at."""
    from inspector.domain.letter import short

    after = ""
    while ids := tx.assistance.ids(after, _PAGE, over=over):
        yield from (one for one in ids if short(one) == wanted)
        after = ids[-1]
