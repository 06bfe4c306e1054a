"""Which organisation a bar of another authority is about, beside its code: it is met by that, and no process holds all of them in memory"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from inspector.domain.identity import organisation
from inspector.store.keyring import CODE_MARK, held_by
from inspector.store.sealed import SubjectCode

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_PAGE = 500


def upgrade() -> None:
    """A new column, filled in for every firm's bar; what is read out of a sealed code lies sealed as well.

    Raises Refusal (`key_missing`) where codes lie under a key that nobody has given.
    """
    op.add_column("outside_bar", sa.Column("organisation", SubjectCode(), nullable=True))
    _fill()
    op.create_index(op.f("ix_outside_bar_organisation"), "outside_bar", ["organisation"])


def _fill() -> None:
    """Some hundred in hand at a time; the columns here are bare, so that nothing is opened or sealed unasked."""
    held = sa.table("outside_bar", *(sa.column(one) for one in ("id", "kind", "code", "organisation")))
    connection, after = op.get_bind(), ""
    ring = held_by(connection.dialect)
    asked = sa.select(held.c.id, held.c.code).where(held.c.kind == "FIRM", held.c.id > sa.bindparam("after"))
    asked = asked.order_by(held.c.id).limit(_PAGE)
    put = sa.update(held).where(held.c.id == sa.bindparam("of")).values(organisation=sa.bindparam("found"))
    while rows := connection.execute(asked, {"after": after}).all():
        found = []
        for bar, told in rows:
            code = organisation(ring.open_code(told))
            if code is not None:
                sealed = ring.seal_code(code) if told.startswith(CODE_MARK) and ring.current_lookup else code
                found.append({"of": bar, "found": sealed})
        if found:
            connection.execute(put, found)
        after = rows[-1].id
