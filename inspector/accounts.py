"""What a credit platform can tell of the entries it has from us: optional methods beside the port of credit platforms."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from inspector.domain.statement import Statement


class Way(StrEnum):
    """How it can be asked: for a statement of all, or about entries one by one."""

    WHOLE = "whole"
    EACH = "each"


@runtime_checkable
class Accountable(Protocol):
    """A credit platform that tells what it holds of ours."""

    @property
    def accounts(self) -> frozenset[Way]:
        """How it can be asked, as it is set up; none: not at all."""

    def statement(self, *, key: str) -> Statement:
        """All that it holds of ours, whole, or an error: what was cut off must never look like what is not there.

        Raises Unavailable, Refused, Garbled.
        """

    def entry(self, entry_id: str, *, key: str) -> Statement:
        """What it holds of one entry: a statement `of` this one, without a row where the platform says that it has none.

        Raises Unavailable, Refused, Garbled.
        """
