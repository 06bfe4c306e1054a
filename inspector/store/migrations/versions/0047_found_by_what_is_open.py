"""What is open is found at once, however much is over: snapshots of the metrics and voided draws looked at all that ever was"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_DRAWN = sa.text("drawn IS NOT NULL")
_DUE = sa.text("due_at IS NOT NULL")
_LOOK = sa.text("check_type = 'OFF_SITE'")


def upgrade() -> None:
    """Indexes alone."""
    op.create_index("ix_attention_open", "attention", ["opened_at", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_attention_kind", "attention", ["kind", "closed_at"])
    op.create_index("ix_attention_about", "attention", ["about"])
    op.create_index("ix_objection_state", "objection", ["state", "due_at"])
    op.create_index("ix_case_file_drawn", "case_file", ["drawn"], sqlite_where=_DRAWN, postgresql_where=_DRAWN)
    op.create_index("ix_visit_second_look", "visit", ["agency", "opened_at"], sqlite_where=_LOOK, postgresql_where=_LOOK)
    op.drop_index("ix_consequence_due_at", "consequence")
    op.create_index("ix_consequence_due_at", "consequence", ["due_at", "id"], sqlite_where=_DUE, postgresql_where=_DUE)
    for table in ("self_proof", "subject_notice"):
        op.drop_index(f"ix_{table}_state", table)
        op.create_index(f"ix_{table}_state", table, ["state", "agency"])
