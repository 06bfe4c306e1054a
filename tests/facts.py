"""The fact that tests of sources ask about."""

from __future__ import annotations

from inspector.domain.calendar import Term, Unit
from inspector.domain.policy import Compare, Fact

REGISTERED = Fact(
    code="registered",
    name="",
    source="registry",
    agency=None,
    ground=None,
    premises_fact=False,
    compare=Compare.NORMALISED,
    valid_for=Term(amount=30, unit=Unit.DAY),
    basis="",
    values=("存续=在营", "吊销", "注销"),
    values_basis="",
)
"""Whether a firm is in the register, compared by its normalised value, one of a closed list."""
