"""The tables of the catalogue of items: its editions, and what is to be looked at again since a document is repealed.

One metadata with `tables`.
"""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

catalogue_entry = sa.Table(
    "catalogue_entry",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("item", Code, primary_key=True),
    sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("published_on", sa.Date, nullable=True),
    sa.Column("file_by", Moment, nullable=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""`published_on` is set once an edition was ever public; `file_by` while its filing, or that of its withdrawal, waits for proof."""

catalogue_rereview = sa.Table(
    "catalogue_rereview",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("item", Code, primary_key=True),
    sa.Column("mark", sa.String(16), primary_key=True),
    sa.Column("ended", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""`mark`: 16 hex of the repealed document's title."""
