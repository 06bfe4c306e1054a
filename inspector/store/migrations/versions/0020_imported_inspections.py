"""When a past inspection was imported"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column; what was imported before has none, and every frame that is still to be carried out knew it.

    And an index: who gives visits, or calls one off, asks for those to one object.
    """
    op.add_column("inspection", sa.Column("imported_at", inspector.store.tables.Moment(timezone=True), nullable=True))
    op.create_index(op.f("ix_visit_object_id"), "visit", ["object_id"])
