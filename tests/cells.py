"""The words of the matrix of faults: what goes wrong, and how a cell says which test holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong, as the reference page names it."""

    REFUSE = "refuses the connection"
    HANG = "hangs"
    RESET = "resets"
    TRUNCATE = "breaks off in the middle"
    DRIP = "drips"
    GARBAGE = "says garbage"
    ENCODING = "uses another encoding"
    SECONDS = "puts us off by seconds"
    DATE = "puts us off to a date"
    BUSINESS = "errors in a success"
    EXPIRED = "takes our secret no longer"
    SKEW = "has another clock"
    DUPLICATE = "says it twice"
    DISORDER = "says it out of order"
    OVERSIZED = "says too much"
    UNSIGNED = "is asked without proof"
    """The peer of our own tests is asked by who proves nothing, or wrongly: it must not answer, or the tests prove nothing."""


@dataclass(frozen=True, slots=True)
class Played:
    """Held by the public contract suite: these faults of its table, or a test of it, in the kind's own suite."""

    names: tuple[str, ...]
    test: str = "test_a_fault_of_the_other_side_becomes_what_it_is"


@dataclass(frozen=True, slots=True)
class By:
    """Held by tests elsewhere: `module:test`, below `tests`."""

    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """It cannot happen here, and why."""

    why: str


Cell = Played | By | Never
Row = Mapping[Fault, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of connector. `suite`: the class of its contract, as `module:Class`. `wire`: it is told of in the form of HTTP."""

    suite: str
    row: Row
    wire: bool = True
    more: tuple[str, ...] = ()
    """Tests that whatever goes wrong, in any order, says nothing; for sources and whoever else might be believed."""
    reads: Row = field(default_factory=dict)
    """Where its answers come by another way than its letters go: what may go wrong with that one."""

    def cells(self) -> Iterator[tuple[Fault, Cell]]:
        """Of both ways."""
        yield from self.row.items()
        yield from self.reads.items()


def by(*tests: str) -> By:
    return By(tests)
