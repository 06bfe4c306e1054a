"""What queries need of bodies that may be sealed stands beside them; which key seals codes; sealed codes are longer"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

_CODES = {
    "subject": "code",
    "case_file": "subject_code",
    "inquiry": "code",
    "roster_object": "code",
    "inspection": "code",
    "credit_level": "code",
    "credit_record": "code",
    "outside_bar": "code",
    "recusal": "object",
}
_PAGE = 500
_MOMENT = inspector.store.tables.Moment
_CODE = sa.String(length=200)
_NEW: dict[str, tuple[sa.Column[Any], ...]] = {
    "evidence": (sa.Column("carries", sa.String(length=10)),),
    "ledger": (sa.Column("cites", sa.Text()), sa.Column("adverse", sa.Boolean())),
    "roster_object": (sa.Column("pool", _CODE), sa.Column("qualification", _CODE)),
    "assistance": (
        sa.Column("fact", _CODE),
        sa.Column("last_rule", _CODE),
        *(sa.Column(name, _MOMENT(timezone=True)) for name in ("sent_at", "ended_at", "came_at")),
    ),
}


def upgrade() -> None:
    """New columns, filled in from each body, and a new table. Nothing is sealed here: that wants a key, and is `key rotate`."""
    connection = op.get_bind()
    op.create_table(
        "key_use",
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=8), nullable=False),
        sa.Column("since", _MOMENT(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_key_use")),
    )
    for name, columns in _NEW.items():
        for column in columns:
            op.add_column(name, sa.Column(column.name, column.type))
    with op.batch_alter_table("office") as batch:
        batch.alter_column("secret", type_=sa.Text(), existing_type=sa.String(length=64), existing_nullable=False)
    if connection.dialect.name == "postgresql":
        for table, code in _CODES.items():
            op.alter_column(table, code, type_=sa.String(length=400), existing_nullable=False)
    _fill("evidence", ("id",), _carries)
    _fill("ledger", ("id",), _review, "rule = 'officer.review'")
    _fill("roster_object", ("agency", "kind", "code"), _place)
    _fill("assistance", ("id",), _request)


def _fill(name: str, key: tuple[str, ...], told: Callable[[dict[str, Any]], dict[str, object]], only: str = "1 = 1") -> None:
    """Fill the new columns of every row from its body, some hundred in hand at a time."""
    held = sa.table(name, *(sa.column(one) for one in (*key, "body")), *(sa.column(one.name, one.type) for one in _NEW[name]))
    place = sa.tuple_(*(held.c[one] for one in key))
    asked = sa.select(*(held.c[one] for one in key), held.c.body).where(sa.text(only)).order_by(*(held.c[one] for one in key))
    connection, after = op.get_bind(), None
    while rows := connection.execute((asked if after is None else asked.where(place > sa.tuple_(*after))).limit(_PAGE)).all():
        for *row, body in rows:
            here = [held.c[one] == value for one, value in zip(key, row, strict=True)]
            if values := told(json.loads(body)):
                connection.execute(sa.update(held).where(*here).values(**values))
        after = rows[-1][:-1]


def _carries(body: dict[str, Any]) -> dict[str, object]:
    if body.get("verdict") == "mismatch" and body.get("fresh"):
        return {"carries": "AGAINST"}
    return {"carries": "SEEN"} if body.get("method") == "ON_SITE" and str(body.get("remark", "")).strip() else {}


def _review(body: dict[str, Any]) -> dict[str, object]:
    facts = body.get("facts", {})
    return {"cites": "\n".join(("", *facts.get("evidence", ()), "")), "adverse": facts.get("adverse")}


def _place(body: dict[str, Any]) -> dict[str, object]:
    return {"pool": body.get("pool", ""), "qualification": body.get("qualification", "")}


def _request(body: dict[str, Any]) -> dict[str, object]:
    history, door = body.get("history") or (), body.get("door") or {}
    moments = {"sent_at": body.get("sent_at"), "ended_at": body.get("ended_at"), "came_at": door.get("came")}
    told: dict[str, object] = {name: datetime.fromisoformat(said) for name, said in moments.items() if said}
    return told | {"fact": body.get("question", {}).get("fact"), "last_rule": history[-1]["rule"] if history else None}
