"""Credit levels: an input to the strategy, never a bar and never the only one (the plan, item 7; handbook 2.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import LevelReason, Rated, SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.evidence import TOLERANCE, span
from inspector.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A level as somebody has stated it of one code of a firm."""

    code: str
    level: str
    as_of: datetime
    source: str


def of_firm(code: str, told: Collection[Told], since: datetime) -> tuple[Told | None, bool]:
    """Which of the levels stated of a firm's codes stands for it under one of them, and whether they differ, so that a person must look.

    What was stated before `since` has become stale, and counts where there is nothing newer. Of levels that agree the newest stands, by
    whatever code (decision 170). Where they differ, nobody knows whether one firm is meant: that of its own code stands as ever, and
    without one there is none: never the harsher, and never the milder.
    """
    fresh = [one for one in told if one.as_of >= since] or list(told)
    if len({one.level for one in fresh}) <= 1:
        return max(fresh, key=lambda one: (one.as_of, one.code == code), default=None), False
    return next((one for one in fresh if one.code == code), None), True


def rated_unknown(policy: Policy, reason: LevelReason, **facts: str) -> Rated:
    """The unrated level with its reason: a failed or stale look-up is `U`, never A and never D (handbook 2.1)."""
    return Rated(level=policy.unrated, as_of=None, source="", reason=reason, facts=facts)


def rated(policy: Policy, level: str, as_of: datetime, source: str, now: datetime) -> Rated:
    """A stated level, or the one several ratings make, as the pack knows it: off the scale, stale or dated in the future it is unrated."""
    told = {"stated": level, "stated_as_of": as_of.isoformat(), "stated_by": source}
    if as_of - now > TOLERANCE:
        return rated_unknown(policy, LevelReason.FUTURE, **told)
    if now - as_of > span(policy.stale_after):
        return rated_unknown(policy, LevelReason.STALE, **told)
    held = policy.level(level)
    if held is None:
        return rated_unknown(policy, LevelReason.OFF_SCALE, **told)
    found, row = held
    if row is None:
        return Rated(level=found, as_of=as_of, source=source, reason=LevelReason.STATED)
    facts = {"stated": level, "combined_by": row.row, "combined_basis": row.basis}
    return Rated(level=found, as_of=as_of, source=source, reason=LevelReason.COMBINED, facts=facts)


def pushed(
    by: str, rows: int, kept: int, conflicts: int, *, digest: str = "", unrated: int | None = None, file: str = ""
) -> Decision[None]:
    """A platform has stated levels: how many, how many stand, and how many contradict one of their moment (the plan, item 7).

    `digest` of the message, or of the delivered `file`; `unrated`: of how many in the registers it has stated none, where it was asked
    about all of them.
    """
    facts: dict[str, object] = {"by": by, "rows": rows, "kept": kept, "conflicts": conflicts}
    facts |= {name: value for name, value in (("digest", digest), ("file", file)) if value}
    facts |= {} if unrated is None else {"unrated": unrated}
    return Decision(state=None, because=Because(rule="credit.push", basis=("S0:7",), pack="", facts=facts))


def needs_rating(subject_kind: SubjectKind) -> bool:
    """Natural persons have no A-D class (handbook 2.1); only firms are looked up."""
    return subject_kind is SubjectKind.FIRM
