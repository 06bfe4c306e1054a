"""Which organisation a firm's code stands for, beside the code: what was mistyped is found by it, also where codes are sealed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables
from inspector.domain.identity import organisation
from inspector.store.keyring import CODE_MARK, held_by
from inspector.store.sealed import SubjectCode

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_PAGE = 500
_KEYS = {"subject": ("id",), "roster_object": ("agency", "kind", "code")}


def upgrade() -> None:
    """New columns, filled in for every firm; what is read out of a sealed code lies sealed as well.

    Raises Refusal (`key_missing`) where codes lie under a key that nobody has given.
    """
    op.add_column("roster_object", sa.Column("stands_as", SubjectCode(), nullable=True))
    op.add_column("roster_object", sa.Column("struck_at", inspector.store.tables.Moment(timezone=True), nullable=True))
    for table, key in _KEYS.items():
        op.add_column(table, sa.Column("organisation", SubjectCode(), nullable=True))
        _fill(table, key)
        op.create_index(op.f(f"ix_{table}_organisation"), table, ["organisation"])


def _fill(name: str, key: tuple[str, ...]) -> None:
    """Every firm's row, some hundred in hand at a time; the columns here are bare, so that nothing is opened or sealed unasked."""
    held = sa.table(name, *(sa.column(one) for one in {*key, "kind", "code", "organisation"}))
    connection, after = op.get_bind(), None
    ring = held_by(connection.dialect)
    place = sa.tuple_(*(held.c[one] for one in key))
    asked = sa.select(*(held.c[one] for one in key), held.c.code.label("told")).where(held.c.kind == "FIRM")
    asked = asked.order_by(*(held.c[one] for one in key)).limit(_PAGE)
    there = [held.c[one] == sa.bindparam(f"key_{one}") for one in key]
    put = sa.update(held).where(*there).values(organisation=sa.bindparam("found"))
    while rows := connection.execute(asked if after is None else asked.where(place > sa.tuple_(*after))).all():
        found = []
        for *row, told in rows:
            code = organisation(ring.open_code(told))
            if code is not None:
                sealed = ring.seal_code(code) if told.startswith(CODE_MARK) and ring.current_lookup else code
                found.append({f"key_{one}": value for one, value in zip(key, row, strict=True)} | {"found": sealed})
        if found:
            connection.execute(put, found)
        after = rows[-1][:-1]
