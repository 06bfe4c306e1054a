"""The tables of policy packs: the text behind each label, and by which of them something was decided.

One metadata with `tables`.
"""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

pack = sa.Table(
    "pack",
    metadata,
    sa.Column("label", Code, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

pack_use = sa.Table(
    "pack_use",
    metadata,
    sa.Column("label", Code, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)
