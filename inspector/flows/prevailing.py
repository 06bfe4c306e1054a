"""Which version of a pack a proceeding goes by: its steps by the one in force when they are taken, what it is about by that of the act.

A proceeding that nobody has decided goes on by the steps of a later version where that one takes over the steps of cases like this (its
transition); what took effect stays with the version by which it was decided.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.errors import Missing
from inspector.domain.policy import Policy
from inspector.domain.ruling import prevailing, ruling
from inspector.domain.transition import Scope
from inspector.flows.office import Office


def of(office: Office, case: Case, held: Consequence, now: datetime) -> Consequence:
    """A consequence as its next step is judged: by the pack that rules it now. The step writes that pack down, and by which row.

    What was said to rest on articles rests on them still; those of the new row stand beside them.
    """
    return prevailing(held, office.ruling(case.agency, case.pack, Scope.OUTCOMES, now))


def barring(office: Office, case: Case, held: Consequence) -> str:
    """The pack by which a decision bars its subject: that of the case where a later one has taken over the steps alone."""
    try:
        ruled = ruling(office.book.get(case.pack), office.book.get(held.pack), Scope.OUTCOMES)
    except Missing:
        return held.pack
    return case.pack if ruled.row is not None and Scope.OUTCOMES not in ruled.row.scopes else held.pack


def judged(office: Office, case: Case, held: Consequence) -> Policy:
    """What a consequence comes to: outcomes, acts, grades and bars of the version that its case was taken in under."""
    return ruling(office.book.get(case.pack), office.book.get(held.pack), Scope.OUTCOMES).policy
