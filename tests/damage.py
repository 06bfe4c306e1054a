"""JSON with something in it changed, taken out, cut, doubled or put in another order: what whoever tampers with a file may do to it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

OTHER: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 2**70, "", "0" * 64, [], {}, [[]], {"a": {}}, "other", "\ud800", "[" * 9000),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T09:30:00+08:00", "2026-03-02T01:30:00"),
    *("ERASED", "WITHHELD", "case.file", "ledger.purge", "publication.posted"),
)


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a value: what holds it, and by which name or number."""
    for name in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, name
        yield from spots(value[name])


@st.composite
def damaged(draw: st.DrawFn, value: Any) -> Any:
    """A copy of a JSON value with one to three such changes."""
    held = [copy.deepcopy(value)]
    for _ in range(draw(st.integers(1, 3))):
        some = list(spots(held))
        where, name = some[draw(st.integers(0, len(some) - 1))]
        match draw(st.sampled_from(["out", "other", "else", "cut", "twice", "order", "more"])):
            case "out" if where is not held:
                del where[name]
            case "other":
                where[name] = copy.deepcopy(draw(st.sampled_from(OTHER)))
            case "else":
                there, which = some[draw(st.integers(0, len(some) - 1))]
                where[name] = copy.deepcopy(there[which])
            case "cut" if isinstance(where[name], list | str):
                where[name] = where[name][:-1]
            case "twice" if isinstance(where, list) and where is not held:
                where.insert(name, copy.deepcopy(where[name]))
            case "order" if isinstance(where[name], list):
                where[name] = draw(st.permutations(where[name]))
            case "more" if isinstance(where[name], dict):
                more = draw(st.sampled_from(["lacks", "since", "place", "other"]))
                where[name][more] = copy.deepcopy(draw(st.sampled_from(OTHER)))  # a later change is not to change the choices
            case _:
                pass
    return held[0]
