"""The tables of the credit books: what was entered with a platform, and what a comparison with it has shown. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, metadata

credit_entry = sa.Table(
    "credit_entry",
    metadata,
    sa.Column("entry", sa.String(300), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("lane", Code, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("moved_at", Moment, nullable=False),
    sa.Column("asked_at", Moment),
    sa.Column("receipt", sa.String(200), nullable=False),
    sa.Column("body", Sealed("credit_entry.body", "entry"), nullable=False),
    sa.Column("retraction", Sealed("credit_entry.retraction", "entry")),
    sa.Index("ix_credit_entry_lane", "lane", "asked_at"),
)

credit_difference = sa.Table(
    "credit_difference",
    metadata,
    sa.Column("lane", Code, primary_key=True),
    sa.Column("entry", sa.String(300), primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("case_id", sa.String(40), nullable=False),
    sa.Column("step", sa.String(12), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("stepped_at", Moment),
    sa.Column("body", Sealed("credit_difference.body", "lane", "entry"), nullable=False),
)

credit_statement = sa.Table(
    "credit_statement",
    metadata,
    sa.Column("lane", Code, primary_key=True),
    sa.Column("tried_at", Moment, nullable=False),
    sa.Column("error", Code, nullable=False),
    sa.Column("compared_at", Moment),
    sa.Column("as_of", Moment),
    sa.Column("source", sa.String(400), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("alike", sa.Integer, nullable=False),
    sa.Column("moving", sa.Integer, nullable=False),
)

credit_left = sa.Table(
    "credit_left",
    metadata,
    sa.Column("lane", Code, primary_key=True),
    sa.Column("entry", sa.String(300), primary_key=True),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
