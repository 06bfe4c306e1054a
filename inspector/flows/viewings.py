"""That somebody of the house is shown what it holds of a subject is written down before it is shown (PIPL art. 51 (4), 56)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case
from inspector.domain.viewing import BASIS, Shown, Viewing, purpose
from inspector.store.store import Store

OPERATOR = "operator"
"""The role of whoever works at the machine's command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: a token's name or the machine's user, in which role, for which agency (empty: the whole house), by which door."""

    by: str
    role: str
    agency: str
    door: str


def note(store: Store, now: datetime, viewer: Viewer, shown: Shown, cases: Sequence[Case]) -> None:
    """Write down that these cases are shown, before they are: what cannot be written down is not shown.

    In transactions of its own, and on the same day without writing anything: looking at it again says nothing more.
    """
    why = purpose(viewer.role, shown)
    made = [
        Viewing(
            day=now.astimezone(SHANGHAI).date(),
            at=now,
            by=viewer.by[:200],
            role=viewer.role,
            agency=viewer.agency,
            door=viewer.door,
            case_id=case.id,
            kind=case.subject.kind,
            code=case.subject.code,
            shown=shown,
            purpose=why,
            basis=BASIS[why],
        )
        for case in {case.id: case for case in cases}.values()
    ]
    with store.read() as tx:
        new = tx.viewings.missing(made)
    if new:
        with store.begin() as tx:
            tx.viewings.add(new)
