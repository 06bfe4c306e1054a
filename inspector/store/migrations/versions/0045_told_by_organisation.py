"""Which organisation a past inspection and a credit level are about, beside their codes: what was told of a firm is found by it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from inspector.domain.identity import organisation
from inspector.store.keyring import CODE_MARK, held_by
from inspector.store.sealed import SubjectCode

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_PAGE = 500
_KEYS = {"inspection": ("agency", "kind", "code"), "credit_level": ("kind", "code")}
"""By what the rows of one code are found at once."""


def upgrade() -> None:
    """New columns, filled in for every firm; what is read out of a sealed code lies sealed as well.

    Raises Refusal (`key_missing`) where codes lie under a key that nobody has given.
    """
    for table, key in _KEYS.items():
        op.add_column(table, sa.Column("organisation", SubjectCode(), nullable=True))
        _fill(table, key)
        op.create_index(op.f(f"ix_{table}_organisation"), table, ["organisation"])
    op.create_index(op.f("ix_inspection_code"), "inspection", ["code"])


def _fill(name: str, key: tuple[str, ...]) -> None:
    """Every firm's code, some hundred in hand at a time; the columns here are bare, so that nothing is opened or sealed unasked."""
    held = sa.table(name, *(sa.column(one) for one in (*key, "organisation")))
    connection, after = op.get_bind(), None
    ring = held_by(connection.dialect)
    columns = [held.c[one] for one in key]
    asked = sa.select(*columns).where(held.c.kind == "FIRM").distinct().order_by(*columns).limit(_PAGE)
    there = [held.c[one] == sa.bindparam(f"key_{one}") for one in key]
    put = sa.update(held).where(*there).values(organisation=sa.bindparam("found"))
    while rows := connection.execute(asked if after is None else asked.where(sa.tuple_(*columns) > sa.tuple_(*after))).all():
        found = []
        for row in rows:
            code = organisation(ring.open_code(row.code))
            if code is not None:
                sealed = ring.seal_code(code) if row.code.startswith(CODE_MARK) and ring.current_lookup else code
                found.append({f"key_{one}": value for one, value in zip(key, row, strict=True)} | {"found": sealed})
        if found:
            connection.execute(put, found)
        after = rows[-1]
