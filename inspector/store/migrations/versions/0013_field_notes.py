"""What comes from the spot, late or at once; and one table for all files that are kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, and what subjects have shown moves into the one that visits' photos lie in, too."""
    moment = inspector.store.tables.Moment(timezone=True)
    op.create_table(
        "material",
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("about", "digest", name=op.f("pk_material")),
    )
    op.create_index(op.f("ix_material_case_id"), "material", ["case_id"])
    names = "digest, case_id, kind, size, at, content"
    op.execute(f"INSERT INTO material (about, {names}) SELECT self_proof, {names} FROM self_proof_material")  # noqa: S608 - our own names
    op.drop_index(op.f("ix_self_proof_material_case_id"), table_name="self_proof_material")
    op.drop_table("self_proof_material")
    _table("field_note", sa.Column("id", sa.String(length=40), nullable=False))
    _table("field_choice", sa.Column("id", sa.String(length=40), nullable=False))
    _table(
        "field_photo",
        sa.Column("seat", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
    )


def _table(name: str, *own: sa.Column[str]) -> None:
    op.create_table(
        name,
        *own,
        sa.Column("visit", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*(one.name for one in own), name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_visit"), name, ["visit"])
