"""The tables of credit records: each entry's life, its copies with further receivers, objections, and bars of other authorities."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed, SubjectCode
from inspector.store.tables import Code, Moment, metadata

credit_record = sa.Table(
    "credit_record",
    metadata,
    sa.Column("entry", sa.String(300), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("code", SubjectCode(), nullable=False),
    sa.Column("adverse", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("repair_due_at", Moment, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("credit_record.body", "entry"), nullable=False),
    sa.Column("repair_asked_at", Moment, index=True),
    sa.Index("ix_credit_record_subject", "kind", "code"),
)
"""`repair_due_at`: by when a repair that is asked for is decided; where papers lacked, one of before has `repair_asked_at` alone."""

credit_copy = sa.Table(
    "credit_copy",
    metadata,
    sa.Column("entry", sa.String(300), primary_key=True),
    sa.Column("lane", Code, primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("moved_at", Moment, nullable=False),
    sa.Column("asked_at", Moment),
    sa.Column("receipt", sa.String(200), nullable=False),
    sa.Column("retraction", Sealed("credit_entry.retraction", "entry")),
    sa.Index("ix_credit_copy_lane", "lane", "asked_at"),
)

objection = sa.Table(
    "objection",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("about", sa.String(300), nullable=False, index=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("objection.body", "id"), nullable=False),
    sa.Column("decided_at", Moment, index=True),
)
sa.Index("ix_objection_state", objection.c.state, objection.c.due_at)

outside_bar = sa.Table(
    "outside_bar",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("code", SubjectCode(), nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("body", Sealed("outside_bar.body", "id"), nullable=False),
    sa.Column("organisation", SubjectCode(), nullable=True, index=True),
    sa.Index("ix_outside_bar_subject", "kind", "code"),
)
"""`organisation`: which one a firm's code stands for (`identity.organisation`); a bar is met by it, whatever code a case comes by."""
