"""The rows of a pack about legal time: when a clock may stand still, by how much a term is lengthened, when firms are left in peace."""

from __future__ import annotations

import re
from collections import Counter

from inspector.domain.calendar import Unit
from inspector.domain.case import SubjectKind
from inspector.domain.inspection import CheckType
from inspector.domain.pause import Approver, ExtensionRow, Reason, SuspensionRow
from inspector.domain.quiet import QuietRow, Weekday
from inspector.domain.transition import Scope, TransitionRow
from inspector.policybook.part import Part

VISITED = frozenset({CheckType.PLANNED, CheckType.JOINT, CheckType.PERMIT})
"""What the draws of this house send people for; a window that excepts all of it closes nothing."""

_SPAN = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")
_LAST = 31


def suspension(part: Part) -> SuspensionRow:
    """`[[suspension]]`."""
    part.keys(("id", "reason", "name", "basis"), ("longest",))
    longest = part.maybe_term("longest")
    return SuspensionRow(
        row=part.text("id"),
        reason=part.choice("reason", Reason),
        name=part.text("name"),
        longest=longest,
        basis=part.basis("basis"),
    )


def transition(part: Part) -> TransitionRow:
    """`[[transition]]`."""
    part.keys(("id", "of", "scopes", "basis"))
    for field in ("of", "scopes"):
        part.some(field)
    return TransitionRow(
        row=part.text("id"),
        of=frozenset(part.texts("of")),
        scopes=frozenset(part.choices("scopes", Scope)),
        basis=part.basis("basis"),
    )


def extension(part: Part) -> ExtensionRow:
    """`[[extension]]`."""
    part.keys(("id", "term", "times", "approver", "basis"))
    return ExtensionRow(
        row=part.text("id"),
        term=part.term("term"),
        times=part.whole("times", least=1),
        approver=part.choice("approver", Approver),
        basis=part.basis("basis"),
    )


def quiet(part: Part) -> QuietRow:
    """`[[quiet]]`."""
    part.keys(("id", "subjects", "except", "basis"), ("days", "weekdays", "pools"))
    part.some("subjects")
    if ("days" in part.content) is ("weekdays" in part.content):
        part.flaw("quiet_days_or_weekdays", "days, weekdays")
    for field in ("days", "weekdays", "pools"):
        part.some(field)
    row = QuietRow(
        row=part.text("id"),
        days=_days(part) if "days" in part.content else frozenset(),
        weekdays=_weekdays(part) if "weekdays" in part.content else frozenset(),
        subjects=frozenset(part.choices("subjects", SubjectKind)),
        excepted=frozenset(part.choices("except", CheckType)),
        pools=frozenset(part.texts("pools")) if "pools" in part.content else frozenset(),
        basis=part.basis("basis"),
    )
    if part.clean and row.excepted >= VISITED:
        part.flaw("quiet_closes_nothing", "except", value=", ".join(sorted(VISITED)))
    if len(row.days) == _LAST or len(row.weekdays) == len(Weekday):
        part.flaw("quiet_always", "days" if row.days else "weekdays")
    return row


def _days(part: Part) -> frozenset[int]:
    """Days of a month such as `["1-25"]` or `["1-10", "20"]`."""
    days: set[int] = set()
    for text in part.texts("days"):
        found = _SPAN.fullmatch(text)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= _LAST:
            part.flaw("quiet_days_unreadable", "days", value=text)
        days.update(range(first, last + 1) if 1 <= first <= last <= _LAST else ())
    return frozenset(days)


def _weekdays(part: Part) -> frozenset[Weekday]:
    known = [one.name for one in Weekday]
    return frozenset(Weekday[text] for text in part.words("weekdays", known) if text in known)


def repeated_reasons(rows: tuple[SuspensionRow, ...]) -> str:
    """Reasons that more than one row names."""
    return ", ".join(sorted(reason for reason, times in Counter(row.reason for row in rows).items() if times > 1))


def repeated_units(rows: tuple[ExtensionRow, ...]) -> str:
    """Units that more than one row lengthens."""
    return ", ".join(sorted(unit for unit, times in Counter(row.term.unit for row in rows).items() if times > 1))


def useless(rows: tuple[ExtensionRow, ...], units: frozenset[Unit]) -> tuple[ExtensionRow, ...]:
    """Rows whose unit no item's term has: they lengthen nothing."""
    return tuple(row for row in rows if row.term.unit not in units)
