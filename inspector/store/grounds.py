"""Whether each case that ended against somebody stands on what it must stand on: an invariant, as one statement over what is stored."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, Outcome
from inspector.domain.evidence import TOLERANCE, UNTRUE, Carries, Evidence, Verdict, carries
from inspector.store.codec import dump
from inspector.store.tables import ADVERSE, REVIEWED, case_file, evidence, ledger


def row(case: Case, piece: Evidence) -> dict[str, object]:
    """A piece of evidence as it is kept, with its dates beside the body, which may be sealed.

    The dates are the answer's and the claim's own, whatever the piece is marked as: by them `groundless` sees whether it was fresh.
    """
    on = case.day_of(piece.claim)
    return {
        "id": piece.id,
        "case_id": case.id,
        "claim": piece.claim,
        "verdict": piece.verdict.value,
        "asked_at": piece.asked_at,
        "body": dump(piece, piece.id),
        "carries": carries(piece),
        "of_at": piece.as_of or piece.heard_at,
        "heard_at": piece.heard_at,
        "claim_from": datetime.combine(on, time.min, SHANGHAI) if on is not None else None,
    }


def groundless() -> sa.Select[str]:
    """The cases that ended against their subject with no officer's decision, or with one that cites nothing which may carry it.

    A mismatch counts as fresh where it is marked so and its own dates say so, too: it is of the claimed day or later, was heard on it or
    later, and is not dated ahead. What a former release kept sealed has no such dates, and goes by its mark.

    That somebody was not reached rests on the attempts, and is a finding against nobody (handbook 1.2.36, `domain.review`).

    As `inspector.domain.evidence.carry` says: an untrue outcome needs a fresh mismatch among what is cited, any other that is adverse
    that or what people saw on the spot. The last decision counts: whatever made the outcome of an earlier one fall came before it.
    """
    untrue = case_file.c.outcome.in_([outcome.value for outcome in UNTRUE])
    later = ledger.alias("later")
    overruled = sa.exists(
        sa.select(sa.literal_column("1")).where(
            later.c.about == ledger.c.about,
            REVIEWED,  # innermost, so of `later`
            (later.c.at > ledger.c.at) | ((later.c.at == ledger.c.at) & (later.c.id > ledger.c.id)),
        )
    ).correlate(ledger)
    cited = ledger.c.cites.like(sa.literal("%\n") + evidence.c.id + sa.literal("\n%"))
    against = (evidence.c.verdict == Verdict.MISMATCH.value) & (evidence.c.carries == Carries.AGAINST.value) & _dated()
    seen = (evidence.c.carries == Carries.SEEN.value) & sa.not_(untrue)
    carried = sa.exists(
        sa.select(sa.literal_column("1")).where(evidence.c.case_id == case_file.c.id, cited, against | seen)
    ).correlate(case_file, ledger)
    decided: sa.Select[Any] = sa.select(sa.literal_column("1")).where(ledger.c.about == case_file.c.id, REVIEWED)
    unreviewed = ~sa.exists(decided).correlate(case_file)
    against_somebody = ledger.c.adverse.is_not(sa.false()) & (case_file.c.outcome != Outcome.UNREACHABLE.value)
    baseless = sa.exists(decided.where(sa.not_(overruled), untrue | against_somebody, sa.not_(carried))).correlate(case_file)
    return sa.select(case_file.c.id).where(ADVERSE, unreviewed | baseless)


def _dated() -> sa.ColumnElement[bool]:
    """Whether a mismatch is of the day that its claim speaks of, or later, by its stored dates (`domain.evidence.unfresh`)."""
    told, from_ = evidence.c, evidence.c.claim_from
    ahead = sa.extract("epoch", told.of_at) - sa.extract("epoch", told.heard_at)  # in whole seconds on SQLite, so one of grace
    return from_.is_(None) | ((told.of_at >= from_) & (told.heard_at >= from_) & (ahead <= TOLERANCE.total_seconds() + 1))
