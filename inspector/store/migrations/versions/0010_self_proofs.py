"""What subjects are asked to show, and what they have shown"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables, empty: no pack of before could ask."""
    op.create_table(
        "self_proof",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_proof")),
    )
    op.create_index(op.f("ix_self_proof_case_id"), "self_proof", ["case_id"])
    op.create_index(op.f("ix_self_proof_state"), "self_proof", ["state"])
    op.create_table(
        "self_proof_material",
        sa.Column("self_proof", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("self_proof", "digest", name=op.f("pk_self_proof_material")),
    )
    op.create_index(op.f("ix_self_proof_material_case_id"), "self_proof_material", ["case_id"])
