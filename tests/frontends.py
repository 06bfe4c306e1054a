"""Front-end databases of the tests: a real SQLite file or PostgreSQL database with a register that another office has filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inspector.domain.case import Claim
from inspector.domain.evidence import Verdict
from inspector.flows.judge import judge
from inspector.ports import Answer, PortError, Source
from inspector.testing import CODE, QUESTION
from tests.facts import REGISTERED

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLAIMED = "存续"
_FACT = replace(REGISTERED, code=QUESTION.fact, source="front")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEnd:
    """The other office's database, by the account that may write there."""

    url: str

    def run(self, *statements: str, **told: object) -> None:
        """As the other office does."""
        engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), told)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        with engine.begin() as connection:
            return int(connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0)

    def fill(self, value: object = CLAIMED, as_of: str | None = "2026-01-06 08:00:00") -> None:
        """Hold one firm in the register, with this value."""
        self.run("CREATE TABLE qy (dm VARCHAR(64), zt VARCHAR(100), gxsj VARCHAR(40), bb VARCHAR(20))")
        self.add(CODE, value, as_of)

    def add(self, code: str, value: object = CLAIMED, as_of: str | None = "2026-01-06 08:00:00") -> None:
        """One more row."""
        self.run("INSERT INTO qy VALUES (:code, :value, :as_of, '3')", code=code, value=value, as_of=as_of)

    def keys(self, **more: object) -> Mapping[str, Any]:
        """The settings of a source that reads it."""
        told: dict[str, Any] = {
            "url": self.url,
            "table": "qy",
            "code_column": "dm",
            "facts": {QUESTION.fact: "zt"},
            "as_of_column": "gxsj",
            "version_column": "bb",
            "connect_seconds": 4,
            "budget_seconds": 25,
            "tries": 1,
        }
        return {key: value for key, value in (told | more).items() if value is not None}


def verdict(answer: Answer, claimed: str = CLAIMED) -> Verdict:
    """What the engine makes of an answer to somebody who claimed this."""
    claim = Claim(key="c1", fact=QUESTION.fact, value=claimed, on=QUESTION.on)
    return judge("k-1", claim, _FACT, answer, datetime(2026, 1, 7, tzinfo=SHANGHAI)).verdict


def outcome(source: Source) -> str:
    """What asking comes to: a verdict, or the family of the error, for whom it is not evidence either."""
    try:
        answer = source.ask(QUESTION, key="k-1")
    except PortError as error:
        return error.family
    return verdict(answer).value
