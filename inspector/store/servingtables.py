"""What is said to subjects and how they are reached; what others tell us of them: findings, tip-offs, and the checks these lead to."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Digest, Sealed
from inspector.store.tables import Code, Moment, metadata

subject_notice = sa.Table(
    "subject_notice",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("subject_notice.body", "id"), nullable=False),
)
sa.Index("ix_subject_notice_state", subject_notice.c.state, subject_notice.c.agency)

subject_contact = sa.Table(
    "subject_contact",
    metadata,
    sa.Column("case_id", sa.String(40), primary_key=True),
    sa.Column("body", Sealed("subject_contact.body", "case_id")),
)
"""How the subject of a case can be reached. The body goes with the case's files."""

outside_finding = sa.Table(
    "outside_finding",
    metadata,
    sa.Column("system", Code, primary_key=True),
    sa.Column("number", Code, primary_key=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("digest", Digest(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("body", Sealed("outside_finding.body", "system", "number"), nullable=False),
)
"""Findings of other systems, each once by its system and number."""

tip_off = sa.Table(
    "tip_off",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("tip_off.body", "id"), nullable=False),
    sa.Column("informant", Sealed("tip_off.informant", "id")),
    sa.Column("case_id", sa.String(40), nullable=True, index=True),
)
"""Tip-offs. Who told lies apart, so that nobody reads it by the way. `case_id`: the case that one is about, if any."""

lead_check = sa.Table(
    "lead_check",
    metadata,
    sa.Column("id", sa.String(60), primary_key=True),
    sa.Column("tip_off", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("lead_check.body", "id"), nullable=False),
)
