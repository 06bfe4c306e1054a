"""The tables of requests for assistance: each with what its score is counted by, and the written notices of refusal.

One metadata with `tables`.
"""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Digest, Sealed
from inspector.store.tables import Code, Moment, metadata

assistance = sa.Table(
    "assistance",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("requested", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("assistance.body", "id"), nullable=False),
    sa.Column("opened_at", Moment, nullable=True),
    sa.Column("heard_in_time", sa.Boolean, nullable=True),
    sa.Column("punctual", sa.Boolean, nullable=True),
    sa.Column("above", sa.Boolean, nullable=True),
    sa.Column("echo", sa.String(20), nullable=True),
    sa.Column("fact", Code, nullable=True),
    sa.Column("last_rule", Code, nullable=True),
    sa.Column("sent_at", Moment, nullable=True),
    sa.Column("ended_at", Moment, nullable=True),
    sa.Column("came_at", Moment, nullable=True),
    sa.Column("badly_put", sa.Boolean, nullable=True),
)
"""What stands behind `body` is what `domain.scoreboard` says of it: metrics need not read it, and no database could where it is sealed."""
sa.Index("ix_assistance_state_requested", assistance.c.state, assistance.c.requested)
sa.Index("ix_assistance_opened_at", assistance.c.opened_at)

assistance_notice = sa.Table(
    "assistance_notice",
    metadata,
    sa.Column("request", sa.String(200), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.String(40), nullable=False),
    sa.Column("digest", Digest(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("body", Sealed("assistance_notice.body", "request", "number"), nullable=False),
)
"""A written notice as it was filed: `digest` is the SHA-256 of its text, and stands in the entry of the ledger that seals it."""
