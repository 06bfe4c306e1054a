"""What a planted bug is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A change of one module, from its folder (`inspector/…`) on, and whole names of tests each of which must fail by it.

    `old` stands in the module exactly once. `says` is what would go wrong, in a few words.
    """

    name: str
    says: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]
