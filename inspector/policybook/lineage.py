"""Which versions a pack's transitions come from: they are there, and hold before it. A slip of the pen would never apply to anybody."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.domain.policy import Policy
from inspector.policybook.flaws import Flaw
from inspector.policybook.part import nearest


def lineage(packs: Sequence[tuple[str, Policy]]) -> tuple[list[Flaw], list[Flaw]]:
    """Flaws of transitions, the packs with their files: those from a version that begins later, and those from one that is not here."""
    begins = {pack.label: pack.effective_from for _, pack in packs}
    late, unknown = list[Flaw](), list[Flaw]()
    for file, pack in packs:
        known = [label for label, begin in begins.items() if label.startswith(f"{pack.id}@") and begin < pack.effective_from]
        for row in pack.transitions:
            for label in sorted(row.of - {*known}):
                facts = {"value": label, "nearest": nearest(label, known) or "-", "known": ", ".join(sorted(known)) or "-"}
                code = "transition_of_later" if label in begins else "transition_of_unknown"
                flaw = Flaw(code=code, file=file, row=f"transition {row.row}", field="of", facts=facts)
                (late if label in begins else unknown).append(flaw)
    return late, unknown
