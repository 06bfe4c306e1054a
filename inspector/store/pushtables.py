"""Pushes that a channel took, with what became of them, and ways to an inspector that are turned off. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Digest
from inspector.store.tables import Code, Moment, metadata

push = sa.Table(
    "push",
    metadata,
    sa.Column("key", sa.String(300), primary_key=True),
    sa.Column("seat", sa.String(300), nullable=False, index=True),
    sa.Column("word", sa.String(20), nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("inspector", Code, nullable=False),
    sa.Column("channel", Code, nullable=False),
    sa.Column("mark", Digest(), nullable=False),
    sa.Column("reference", Code, nullable=False),
    sa.Column("handed_at", Moment, nullable=False, index=True),
    sa.Column("delivered_at", Moment),
    sa.Column("read_at", Moment),
    sa.Column("failed_at", Moment),
    sa.Column("code", sa.String(80), nullable=False),
    sa.Index("ix_push_reference", "channel", "reference"),
)
"""One message that a channel took, by the id under which it did; `reference` is the channel's own number of it."""

channel_off = sa.Table(
    "channel_off",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("inspector", Code, primary_key=True),
    sa.Column("channel", Code, primary_key=True),
    sa.Column("mark", Digest(), nullable=False),
    sa.Column("code", sa.String(80), nullable=False),
    sa.Column("since", Moment, nullable=False),
)
"""A way by which nothing will reach an inspector any more, until the register names another address or a person says otherwise."""
