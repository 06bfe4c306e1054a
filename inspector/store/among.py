"""One of many values: a condition whose statement is one and the same text, however many are asked for.

A list that is written out makes another text for each length: each is composed anew for every question, and planned once by the database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Many(TypeDecorator[Sequence[str]]):
    """Texts, each as a column `of` that type has it, handed over as one value: an array, and to SQLite as JSON."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, of: sa.types.TypeEngine[str]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """What the database is handed."""
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else postgresql.ARRAY(sa.Text()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """The values, each sealed where its column is."""
        told = list(value or ())
        if isinstance(self.of, TypeDecorator):
            told = [self.of.process_bind_param(one, dialect) for one in told]
        return json.dumps(told) if dialect.name == "sqlite" else told


class _Among(FunctionElement[Any]):
    """A column, and the values of which it has one. A condition and no value: SQLite would else be told to compare it with 1."""

    inherit_cache = True
    type = sa.types.NULLTYPE
    name = "among"


def among(column: sa.ColumnElement[str], values: str) -> sa.ColumnElement[bool]:
    """Whether a column has one of the texts that the statement is asked with under the name `values`."""
    return _Among(column, sa.bindparam(values, type_=Many(column.type)))


@compiles(_Among)
def _array(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **given)} = ANY ({compiler.process(values, **given)})"


@compiles(_Among, "sqlite")
def _json(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = element.clauses
    told = f"json_each({compiler.process(values, **given)})"
    return f"{compiler.process(column, **given)} IN (SELECT value FROM {told})"  # noqa: S608 - a bound value's place, and no value
