"""The rows of one verification, the same for everyone: outcome, case, outbox, next step in seven days.

Nothing here is unique by case, so that an effect written twice is seen twice. Peers keep the next step as a row too: a wait of
days inside their engines would slow their claims (engine.md 2.4), and here only what runs now is measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import sqlalchemy as sa

NEXT = timedelta(days=7)
VERDICT = "PROVEN"
RULE = "bench.verify"
TOLD = '{"event":"verification.concluded","outcome":"TRUE"}'

metadata = sa.MetaData()
case = sa.Table(
    "bench_case",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
outcome = sa.Table(
    "bench_outcome",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.Float(53), nullable=False),
)
outbox = sa.Table(
    "bench_outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)
following = sa.Table(
    "bench_next",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

PEER_SQL = (
    "INSERT INTO bench_outcome (case_id, verdict, body, at) VALUES (%s, %s, %s, %s)",
    "UPDATE bench_case SET state = 'CLOSED', version = version + 1 WHERE id = %s",
    "INSERT INTO bench_outbox (case_id, body) VALUES (%s, %s)",
    "INSERT INTO bench_next (case_id, due_at) VALUES (%s, now() + interval '7 days')",
)
"""What a peer writes, in psycopg's style."""


def create(url: str, cases: Iterable[str]) -> None:
    """The tables, and the cases to verify."""
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(case), [{"id": name, "state": "VERIFYING", "version": 0} for name in cases])
    engine.dispose()


@dataclass(frozen=True, slots=True)
class Tally:
    """What is written: when each outcome was, how many cases have one, and how many outcomes are second ones."""

    at: tuple[float, ...]
    cases: int

    @property
    def doubled(self) -> int:
        """Outcomes beyond the first of their case."""
        return len(self.at) - self.cases

    def rate(self) -> float:
        """Outcomes a second between the first tenth and the last."""
        first, last = len(self.at) // 10, len(self.at) * 9 // 10
        return (last - first) / (self.at[last] - self.at[first])


class Reader:
    """Reads the tally beside the worker, on one connection. Our outcomes are a rule's ledger entries, a peer's are rows of the bench."""

    def __init__(self, url: str, *, ours: bool, rule: str = RULE) -> None:
        if url.startswith("sqlite"):
            self._sqlite = sqlite3.connect(urlsplit(url).path[1:], isolation_level=None, timeout=30)
            self._execute = self._sqlite.execute
        else:
            self._postgres = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
            self._execute = self._postgres.execute  # type: ignore[assignment]
        self._asked = "SELECT case_id, at FROM bench_outcome"
        if ours:
            seconds = "(julianday(at) - 2440587.5) * 86400" if url.startswith("sqlite") else "extract(epoch FROM at)::float"
            self._asked = f"SELECT about AS case_id, {seconds} AS at FROM ledger WHERE rule = '{rule}'"

    def done(self) -> int:
        """How many cases have an outcome."""
        return int(self._execute(f"SELECT count(DISTINCT case_id) FROM ({self._asked}) AS outcomes").fetchone()[0])

    def tally(self) -> Tally:
        """All of it."""
        outcomes = self._execute(self._asked).fetchall()
        return Tally(at=tuple(sorted(at for _, at in outcomes)), cases=len({case_id for case_id, _ in outcomes}))

    def close(self) -> None:
        """Let go of the database."""
        (self._sqlite if hasattr(self, "_sqlite") else self._postgres).close()
