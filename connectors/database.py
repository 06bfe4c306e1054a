"""The one wire to another's database (前置库); the only connector module that knows SQLAlchemy and drivers.

It reads and never writes: what is asked is one SELECT inside a SELECT of ours, in a transaction that the database itself holds to
reading. It is bounded in every direction (connections, time, rows) and silent: neither values nor addresses get into errors.
"""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psycopg
import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

from connectors.config import ConnectorConfig, unfit
from connectors.foreign import fault
from connectors.kept import Kept
from connectors.patience import patiently
from connectors.records import LONGEST
from inspector.ports import Origin, Unavailable

MOST_ROWS = 100
"""Rows for one code; a register that has more of them is not asked rightly."""

PARAMETERS = frozenset({"code", "fact", "kind", "on"})
"""What a query of one's own may be given: the subject's code and kind, the fact, and the day in question (YYYY-MM-DD)."""

GRACE = 0.5
"""Seconds by which our clock is behind the database's: it should end a statement itself, and its transaction after that."""

_WHOLE = 18
"""Signs of a credit code and of a citizen number: what has so many without blanks and hyphens is one that was parted."""

_LOOKED_AT = 1_000
"""So many rows of a register are looked at for how its codes are written (`Database.strays`)."""

_STEPS = 10_000
"""SQLite looks at the clock after so many of its steps."""

_WRITABLE = """
SELECT EXISTS (
  SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
     AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig(ConnectorConfig):
    """How to reach a database; times are in seconds. `url` holds no password.

    `budget_seconds` bounds one call: a try begins only when all that it may take is left of it.
    """

    url: str
    password_file: str = ""
    ca_file: str = ""
    connect_seconds: float = 2.0
    statement_seconds: float = 5.0
    budget_seconds: float = 20.0
    tries: int = 2
    connections: int = 4

    @property
    def longest_seconds(self) -> float | None:
        """One reading is one call."""
        return self.budget_seconds

    @property
    def attempt_seconds(self) -> float:
        """The longest one try takes: waiting for a connection that others use, making one, and reading over it.

        A driver gives each address of a host its time; more than two, IPv4 and IPv6, are not reckoned with.
        """
        return 3 * self.connect_seconds + 2 * (self.statement_seconds + GRACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is read: `columns` of `table` where `code_column` is the code, or of a `query` that says itself which rows it means.

    `current`: a query for one value, the date of the whole, read in the same snapshot; empty: there is none.
    """

    columns: tuple[str, ...]
    code_column: str
    table: str = ""
    query: str = ""
    current: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What was read: values as the driver gives them, in the order of `Wanted.columns`; `many`: there were more than `MOST_ROWS`.

    `long`: a value had more signs than `LONGEST`; the database kept it, so that no row takes our memory.
    """

    rows: tuple[tuple[object, ...], ...]
    many: bool = False
    long: bool = False
    current: tuple[object, ...] = ()
    attempts: int = 1


@dataclass(slots=True)
class _Tries:
    made: int = field(default=0)


class Database:
    """Reads from one database, from any number of threads."""

    def __init__(self, config: DatabaseConfig, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises Invalid (`connector_…`) when the configuration or a secret cannot be used. Nothing is opened yet."""
        self._config = config
        self._sleep = sleep
        address = _address(config, name)
        self.sqlite = address.get_backend_name() == "sqlite"
        self._file = str(address.database or "")
        if self.sqlite:
            # A connection for each question: a file that was replaced by rename must not be read on under its old name.
            self._engine = sa.create_engine(address, creator=self._open_file, poolclass=NullPool, hide_parameters=True)
        else:
            file, told = config.password_file, _driver(address, config)
            password = Kept(file, name, "password_file", lambda text: {"password": text}) if file else None
            self._engine = sa.create_engine(
                address,
                creator=lambda: _connect(told | (password.now() if password else {}), config.statement_seconds),
                poolclass=QueuePool,
                pool_size=config.connections,
                max_overflow=0,
                pool_timeout=config.connect_seconds,
                pool_recycle=600,
                hide_parameters=True,
            )

    def read(self, wanted: Wanted, asked: Mapping[str, str]) -> Rows:
        """The rows for what is asked, within the budget.

        Raises Unavailable (`unreachable`, `timeout`, `broken_off`, `source_busy`, `source_failed`, `busy`), Barred (`unauthorised`,
        `key_unreadable`, `table_missing`, `query_wrong`, `query_writes`, `source_damaged`), Garbled (`field_type`, `wrong_charset`).
        """
        select, current, tries = _select(wanted), _current(wanted), _Tries()
        needed = parameters(wanted.query) if wanted.query else {"code"}
        given: dict[str, object] = {name: told for name, told in asked.items() if name in needed}
        if not wanted.query:
            given = {"codes": spelled(asked["code"])}

        def once() -> Rows:
            tries.made += 1
            try:
                return self._once(select, current, given, tries.made)
            except sa.exc.TimeoutError:
                raise Unavailable("busy", origin=Origin.US, attempts=tries.made - 1) from None
            except (sa.exc.DBAPIError, UnicodeDecodeError, ValueError, OverflowError) as error:
                told = fault(error, tries.made)
            raise told from None  # what the database says may repeat what was asked

        held = self._config
        return patiently(held.tries, held.budget_seconds - held.attempt_seconds, self._sleep)(once)

    def may_write(self) -> bool:
        """Whether the account could write, were it let. Raises as `read` does."""
        if self.sqlite:
            return os.access(self._file, os.W_OK)
        try:
            with self._engine.connect() as connection:
                self._bound(connection)
                return bool(connection.scalar(sa.text(_WRITABLE)))
        except sa.exc.DBAPIError as error:
            told = fault(error, 1)
        raise told from None

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns, for whoever has mistyped one; none where the table cannot be read."""
        select = sa.select(sa.text("*")).select_from(_named(table)).limit(0)
        try:
            with self._engine.connect() as connection:
                self._bound(connection)
                return tuple(connection.execute(select).keys())
        except sa.exc.SQLAlchemyError:
            return ()

    def strays(self, wanted: Wanted) -> bool:
        """Whether among the first rows of a table there is a code that is written as `read` finds none; False where nobody can tell.

        What is written there is compared on the other side: none of it is read. An index is of no use for it, so a few rows have to do.
        """
        if wanted.query:
            return False
        try:
            with self._engine.connect() as connection:
                self._bound(connection)
                return bool(connection.scalar(_stray(wanted)))
        except sa.exc.SQLAlchemyError:
            return False

    def close(self) -> None:
        """Let the connections go."""
        self._engine.dispose()

    def _once(self, select: sa.Select[Any], current: sa.Select[Any] | None, asked: Mapping[str, object], attempts: int) -> Rows:
        with self._engine.connect() as connection:
            self._bound(connection)
            dates = () if current is None else tuple(row[0] for row in connection.execute(current).fetchmany(2))
            rows = [tuple(row) for row in connection.execute(select, dict(asked)).fetchmany(MOST_ROWS + 1)]
        told, long = tuple(row[:-1] for row in rows[:MOST_ROWS]), any(row[-1] for row in rows)
        return Rows(rows=told, many=len(rows) > MOST_ROWS, long=long, current=dates, attempts=attempts)

    def _bound(self, connection: sa.Connection) -> None:
        """Begin a transaction that sees one state of the data and ends in time, whatever the other side does."""
        driver: Any = connection.connection.driver_connection
        until = time.monotonic() + self._config.statement_seconds
        if self.sqlite:
            driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            connection.exec_driver_sql("BEGIN")
            return
        driver.until = until + GRACE
        told = f"{max(1, round(self._config.statement_seconds * 1000))}ms"
        limits = "SELECT set_config('statement_timeout', :told, true), set_config('lock_timeout', :told, true)"
        connection.execute(sa.text(limits), {"told": told})

    def _open_file(self) -> sqlite3.Connection:
        """The file itself, read only: one that is not there is not made."""
        held = sqlite3.connect(
            f"file:{quote(self._file)}?mode=ro",
            uri=True,
            timeout=self._config.connect_seconds,
            check_same_thread=False,
            isolation_level=None,
        )
        held.execute("PRAGMA query_only = ON")
        return held


class _Bounded(psycopg.Connection[Any]):
    """A connection whose every wait ends at `until` (seconds of `time.monotonic`): a peer that hangs says nothing of its own."""

    until = math.inf

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        left = self.until - time.monotonic()
        if left == math.inf:
            return super().wait(gen, interval=interval, timeout=timeout)
        try:
            return super().wait(gen, interval=interval, timeout=max(left, 0.001))
        except psycopg.OperationalError as error:
            if time.monotonic() < self.until:
                raise
            self.pgconn.finish()  # its state is unknown; the server ends the statement by its own clock
            raise psycopg.errors.QueryCanceled("the call's time is used up") from error


def _connect(told: Mapping[str, Any], seconds: float) -> _Bounded:
    held = _Bounded.connect(**told)
    held.until = time.monotonic() + seconds + GRACE  # SQLAlchemy asks a first connection who it is
    held.read_only = True
    held.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one state of the data for its date and its rows
    return held


def _driver(address: sa.URL, config: DatabaseConfig) -> dict[str, Any]:
    told = dict(address.translate_connect_args(username="user", database="dbname")) | dict(address.query)
    told |= {
        "connect_timeout": math.ceil(config.connect_seconds),
        "prepare_threshold": None,  # poolers between us know no prepared statements
        "client_encoding": "utf8",
        "application_name": "inspector",
    }
    if config.ca_file:
        told |= {"sslmode": "verify-full", "sslrootcert": config.ca_file}
    return told


def _address(config: DatabaseConfig, name: str) -> sa.URL:
    """The URL, if it is one that can be reached, and the figures, if a call can end by them. Raises Invalid."""
    wanted = "database_address"
    try:
        address = sa.make_url(config.url)
        backend = address.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise unfit(name, "url", wanted) from None
    several = any(isinstance(told, tuple) or "," in told for told in (address.host or "", *address.query.values()))
    if backend not in ("sqlite", "postgresql") or address.password is not None or "password" in address.query or several:
        raise unfit(name, "url", wanted)
    if backend == "sqlite" and (not address.database or address.database == ":memory:" or address.query):
        raise unfit(name, "url", wanted)
    least_wait = 0 if backend == "sqlite" else 2  # libpq waits no shorter
    if not least_wait <= config.connect_seconds < math.inf:
        raise unfit(name, "connect_seconds", f"≥ {least_wait}")
    if not 0 < config.statement_seconds < math.inf:
        raise unfit(name, "statement_seconds", "> 0")
    for key, number in (("tries", config.tries), ("connections", config.connections)):
        if not 1 <= number <= 100:
            raise unfit(name, key, "1–100")
    if not config.attempt_seconds <= config.budget_seconds < math.inf:
        least = f"≥ {config.attempt_seconds:g} (3 × connect_seconds + 2 × statement_seconds + {2 * GRACE:g})"
        raise unfit(name, "budget_seconds", least)
    return address.set(drivername="sqlite" if backend == "sqlite" else "postgresql+psycopg")


def parameters(query: str) -> set[str]:
    """The names after colons in a query."""
    return set(sa.text(query).compile().params)


def spelled(code: str) -> list[str]:
    """How a register may write a code: as we do, in small letters, with its last letter small (…x), and each with a blank at an end.

    Each is looked up as it stands, so that an index of theirs serves. The first is ours; none twice.
    """
    written = (code, code.lower(), code[:-1] + code[-1:].lower())
    return list(dict.fromkeys((*written, *(f"{one} " for one in written), *(f" {one}" for one in written))))


def _stray(wanted: Wanted) -> sa.Select[Any]:
    """Whether a code is written otherwise than `spelled` has it: with signs between its groups, or in letters of both sizes."""
    held = sa.select(sa.cast(_table(wanted).c[wanted.code_column], sa.Text()).label("code")).limit(_LOOKED_AT).subquery()
    plain = sa.func.upper(sa.func.replace(sa.func.replace(held.c.code, " ", ""), "-", ""))
    length = sa.func.length(plain)
    last = sa.case((length > 1, sa.func.substr(plain, 1, length - 1).concat(sa.func.lower(sa.func.substr(plain, length)))))
    known = (plain, sa.func.lower(plain), sa.func.coalesce(last, plain))
    shown = sa.func.trim(held.c.code)
    padded = sa.func.length(held.c.code) > sa.func.length(shown) + 1
    parted = sa.and_(length == _WHOLE, shown.not_in(known))
    mixed = sa.and_(sa.func.upper(shown) == plain, shown.not_in(known))
    return sa.select(sa.exists(sa.select(sa.literal(1)).select_from(held).where(sa.or_(padded, parted, mixed))))


def _named(name: str, *columns: sa.ColumnClause[Any]) -> sa.TableClause:
    *schema, table = name.split(".", 1)
    return sa.table(table, *columns, schema="".join(schema) or None)


def _table(wanted: Wanted) -> Any:
    return _named(wanted.table, *(sa.column(name) for name in wanted.columns)).alias("held")


def _select(wanted: Wanted) -> sa.Select[Any]:
    """One SELECT around what is read. Every column is named with its table: SQLite takes a quoted name that is nowhere for a text."""
    if wanted.query:
        columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in wanted.columns]
        held: Any = sa.text(wanted.query + "\n").columns(*columns).subquery("held")
        return _short(held, wanted.columns).limit(MOST_ROWS + 1)
    held = _table(wanted)
    told = _short(held, wanted.columns)
    codes = sa.bindparam("codes", expanding=True, type_=sa.String())
    return told.where(held.c[wanted.code_column].in_(codes)).limit(MOST_ROWS + 1)


def _short(held: Any, names: Sequence[str]) -> sa.Select[Any]:
    """The columns, without values of more than `LONGEST` signs, and behind them whether there was one."""
    most: sa.ColumnElement[int] = sa.literal_column(str(LONGEST))
    long = {name: sa.func.length(sa.cast(held.c[name], sa.Text())) > most for name in names}
    return sa.select(
        *(sa.case((over, None), else_=held.c[name]).label(name) for name, over in long.items()), sa.or_(*long.values())
    )


def _current(wanted: Wanted) -> sa.Select[Any] | None:
    if not wanted.current:
        return None
    return sa.select(sa.text("*")).select_from(sa.text(f"({wanted.current}\n) AS held")).limit(2)
