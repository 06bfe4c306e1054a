"""What another agency has lawfully found may be used here (handbook 1.2.34, 1.2.35), as a way of verification of its own."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.calendar import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """That a fact may be proven by another agency's result: which source tells results, how long one is recent, by which article.

    A result is of the day of the check. One that agrees counts while it is no older than `valid_for`; one that contradicts only from
    the day the claim speaks of on, as everywhere: what was otherwise before is a lead for a person.
    """

    source: str
    valid_for: Term
    basis: str
