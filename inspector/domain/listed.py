"""One list of a draw: whose officers it deals, and by whose rules its objects are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One list of a draw: its name in the bundle, and the agency whose officers it deals.

    `pack` is the agency's own, by which the objects and rules of a list with rules of its own were made (vector 3). It is empty
    where all lists share the lead's objects and rules, which follow the draw's pack (ruling 16).
    """

    name: str
    agency: str
    pack: str = ""

    def called(self, stratum: str) -> str:
        """What a stratum of it is called where all lists of its draw are spoken of: by the list too, if its rules are its own."""
        return f"{self.name}/{stratum}" if self.pack else stratum
