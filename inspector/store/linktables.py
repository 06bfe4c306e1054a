"""Links of agencies that were called back (one that was not has no row), and letters that wait for an agency's digest."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

reply_link = sa.Table(
    "reply_link",
    metadata,
    sa.Column("purpose", sa.String(20), primary_key=True),
    sa.Column("about", sa.String(200), primary_key=True),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)

seat_phone = sa.Table(
    "seat_phone",
    metadata,
    sa.Column("seat", sa.String(200), primary_key=True),
    sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
)
"""The phone that has first acted by each edition of a seat's link, by the digest of a secret of its own."""

digest_entry = sa.Table(
    "digest_entry",
    metadata,
    sa.Column("via", Code, primary_key=True),
    sa.Column("request", sa.String(200), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("slot", Moment, nullable=False),
)
"""What the next digest to an agency carries; it goes with the digest that has carried it."""
