"""The notice that a letter of commitment answers: which ways of verification it announced, beyond which none may go (the plan, item 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from inspector.domain.case import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A version of an item's notice. `since` and `until` are the first and last day of a former one; None for the one of now."""

    version: str
    methods: frozenset[Method]
    basis: str
    since: date | None = None
    until: date | None = None
    announced: tuple[Method, ...] = field(init=False)
    """The ways in the order of the glossary, put in order once: every decision tells them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "announced", tuple(method for method in Method if method in self.methods))

    @property
    def former(self) -> bool:
        """Whether the item has another notice now."""
        return self.until is not None

    def stood(self, day: date) -> bool:
        """Whether it was in force on a day, as far as the item says."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
