"""What a credit platform can tell of the entries it has from us: optional methods beside the port of credit platforms."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from inspector.domain.errors import Invalid
from inspector.domain.statement import Statement


class Way(StrEnum):
    """How it can be asked: for a statement of all, or about entries one by one."""

    WHOLE = "whole"
    EACH = "each"


class Role(StrEnum):
    """What a credit platform is to us: where levels come from, where entries go."""

    LEVELS = "levels"
    ENTRIES = "entries"


@runtime_checkable
class Partial(Protocol):
    """A credit platform that is not both."""

    @property
    def roles(self) -> frozenset[Role]:
        """What it is to us."""


@runtime_checkable
class Delivered(Protocol):
    """A credit platform whose levels lie here, as it has delivered them: it can be asked about everybody in the registers."""

    def pick_up(self) -> None:
        """Take the newest good delivery into use. Raises PortError; then the one before stays in use."""

    @property
    def refused(self) -> tuple[Invalid, ...]:
        """What is wrong with deliveries that are not used, as of the last look."""


def plays(platform: object, role: Role) -> bool:
    """Whether a credit platform is this to us; one that does not say is both."""
    return not isinstance(platform, Partial) or role in platform.roles


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

    def entry(self, entry_id: str, *, key: str, case_id: str, basis: str) -> Statement:
        """What it holds of one entry, asked for its case and by its basis: a statement `of` this one, without a row where it has none.

        Raises Unavailable, Refused, Garbled.
        """
