"""A credit platform that can be told what becomes of an entry: an optional method beside the port of credit platforms."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from inspector.domain.creditrecord import Amendment
from inspector.ports import Receipt


@runtime_checkable
class Amending(Protocol):
    """A credit platform that is told what becomes of an entry that stands. To one that is not, a person carries it."""

    @property
    def amends(self) -> bool:
        """Whether it can be told, as it is set up."""

    def amend(self, amendment: Amendment, *, key: str) -> Receipt:
        """Tell it; a receipt also for an entry that it does not have (any more). Raises Unavailable, Refused, Garbled."""
