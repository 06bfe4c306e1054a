"""Whether each case that ended against somebody stands on what it must stand on: an invariant, as one statement over what is stored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inspector.domain.evidence import UNTRUE, Carries, Verdict
from inspector.store.tables import ADVERSE, REVIEWED, case_file, evidence, ledger


def groundless() -> sa.Select[int]:
    """How many cases ended against their subject with no officer's decision, or with one that cites nothing which may carry it.

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
    against = (evidence.c.verdict == Verdict.MISMATCH.value) & (evidence.c.carries == Carries.AGAINST.value)
    seen = (evidence.c.carries == Carries.SEEN.value) & sa.not_(untrue)
    carried = sa.exists(
        sa.select(sa.literal_column("1")).where(evidence.c.case_id == case_file.c.id, cited, against | seen)
    ).correlate(case_file, ledger)
    decided: sa.Select[Any] = sa.select(sa.literal_column("1")).where(ledger.c.about == case_file.c.id, REVIEWED)
    unreviewed = ~sa.exists(decided).correlate(case_file)
    baseless = sa.exists(
        decided.where(sa.not_(overruled), untrue | ledger.c.adverse.is_not(sa.false()), sa.not_(carried))
    ).correlate(case_file)
    return sa.select(sa.func.count()).select_from(case_file).where(ADVERSE, unreviewed | baseless)
