"""The tables of duties to publish results, and of commitment letters that are public. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, ledger, metadata

publication_duty = sa.Table(
    "publication_duty",
    metadata,
    sa.Column("id", sa.String(400), primary_key=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("visit", sa.String(200), nullable=False, index=True),  # of a penalty: its consequence; of a check for cause: that
    sa.Column("draw", Code, nullable=False, index=True),  # of these: empty
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("body", Sealed("publication_duty.body", "id"), nullable=False),
    sa.Column("anew", sa.Boolean, nullable=True),
)
"""`anew`: what was taken back is to be owed once more; None where it was written by a release that had no such column."""
ANEW = sa.text("state IN ('TO_REMOVE', 'REMOVED') AND (anew IS NULL OR anew)")
"""What was taken back and may have to be owed once more. Written out, as `OWED` is."""
sa.Index("ix_publication_duty_anew", publication_duty.c.state, sqlite_where=ANEW, postgresql_where=ANEW)
OWED = sa.text("rule IN ('publication.owe', 'disclosure.owe', 'province.owe') AND salt <> ''")
"""Entries that something is owed to the public, whose words are there. Written out, so that databases know which index is meant."""
sa.Index("ix_ledger_owed", ledger.c.rule, ledger.c.about, sqlite_where=OWED, postgresql_where=OWED)

pledge_shown = sa.Table(
    "pledge_shown",
    metadata,
    sa.Column("case_id", sa.String(40), primary_key=True),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("posted_at", Moment, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
