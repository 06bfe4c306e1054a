"""What a query may ask of a sealed text: whether it is there. All else would go well without keys, and be wrong, or fail, with them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import inspector
from inspector.store.sealed import NOTHING, Sealed, SealedFile
from inspector.store.tables import case_file, ledger, metadata
from tests.unit import test_sealed_columns

assert test_sealed_columns.KEYS, "reading it has read every room's tables"

TOLD = {"select", "add_columns", "returning", "sealed_file", "opened_file"}
"""Who may be given a sealed column: it is read, and opened on its way, or sealed and opened by hand."""

SEALED = {
    (table.name, column.name)
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Sealed | SealedFile)
}

Asked = Callable[[sa.ColumnElement[str]], object]


@pytest.mark.parametrize(
    "asked",
    [
        lambda body: body != "",
        lambda body: body == case_file.c.body,
        lambda body: body.like("%x%"),
        lambda body: body.contains("x"),
        lambda body: body.in_(["x"]),
        lambda body: body > "x",
        lambda body: body.desc(),
        lambda body: body.is_distinct_from("x"),
        lambda body: "x" + body,
        lambda body: sa.select(body).subquery().c.body == "x",
    ],
    ids=[
        "unlike",
        "of another column",
        "like",
        "contains",
        "one of",
        "behind",
        "in order",
        "distinct",
        "joined",
        "of a subquery",
    ],
)
def test_what_no_database_can_tell_of_a_sealed_text_is_refused_where_it_is_asked(asked: Asked) -> None:
    for body in (ledger.c.body, ledger.alias("other").c.body):
        with pytest.raises(TypeError, match=r"ledger\.body: no database compares sealed texts"):
            asked(body)


def test_whether_it_is_there_and_says_anything_may_be_asked() -> None:
    body = ledger.c.body
    told = [str(one) for one in (body.is_(None), body.is_not(None), body == NOTHING, body != NOTHING)]
    assert [one.removeprefix("ledger.body ") for one in told] == ["IS NULL", "IS NOT NULL", "= :body_1", "!= :body_1"]


def asks(source: str) -> Iterator[str]:
    """Where a sealed column is given to anybody but a reader: to a function of the database, a cast, an order, a group."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        who = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for given in node.args:
            match given:
                case ast.Attribute(attr=column, value=ast.Attribute(attr="c", value=ast.Name(id=table))):
                    if (table, column) in SEALED and who not in TOLD:
                        yield f"{node.lineno}: {who}({table}.c.{column})"
                case _:
                    pass


@pytest.mark.slow
def test_no_room_gives_a_sealed_column_to_a_function_of_the_database() -> None:
    for file in sorted((Path(inspector.__file__).parent / "store").rglob("*.py")):
        assert not list(asks(file.read_text(encoding="utf-8"))), file


@pytest.mark.parametrize(
    "source", ["sa.func.length(ledger.c.body)", "sa.cast(visit.c.body, sa.Text)", "one.order_by(ledger.c.body)"]
)
def test_such_a_gift_is_seen(source: str) -> None:
    assert list(asks(source))
