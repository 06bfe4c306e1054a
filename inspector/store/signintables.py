"""Who may sign in by an identity that others vouch for, and the sessions of browsers."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

admission = sa.Table(
    "admission",
    metadata,
    sa.Column("id", Code, primary_key=True),
    sa.Column("via", Code, nullable=False),
    sa.Column("issuer", sa.String(400), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("name", Code, nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("inspector", Code),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)
sa.Index("ix_admission_subject", admission.c.issuer, admission.c.subject)

browser_session = sa.Table(
    "browser_session",
    metadata,
    sa.Column("id", Code, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("way", sa.String(20), nullable=False),
    sa.Column("grounds", sa.String(200), nullable=False),
    sa.Column("name", Code, nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("inspector", Code),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", Code),
    sa.Column("once", sa.String(64), unique=True),
)
"""`grounds`: the id of the token or admission, or the name of the seat whose link it was. `once`: the digest of what begins one only."""
