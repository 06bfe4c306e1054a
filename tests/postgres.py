"""A real PostgreSQL for the tests: a named server, or a private cluster on a socket in a folder that is thrown away."""

from __future__ import annotations

import itertools
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.needs import require
from tests.relay import Relay

# Nothing here has to survive a power cut; everything else is as in production.
OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200 -c listen_addresses=''"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server where databases may be made. `admin` is a plain `postgresql://` URL of its maintenance database."""

    admin: str
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)
    _prefix: str = field(default_factory=lambda: f"inspector_test_{secrets.token_hex(4)}", repr=False)
    _emptied: list[str] = field(default_factory=list, repr=False)
    _keepers: dict[str, psycopg.Connection[Any]] = field(default_factory=dict, repr=False)

    def lend(self) -> str:
        """A database without tables: one that `give_back` has emptied, or a fresh one; its SQLAlchemy URL."""
        return self._emptied.pop() if self._emptied else self.create()

    def give_back(self, url: str) -> None:
        """Empties a lent database for the next test, or drops it when its tables are not as `furnish` made them."""
        keeper = self._keeper(url)
        keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        mark = keeper.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')").fetchone()
        if mark and mark[0] and mark[0] == _shape(keeper):
            _empty(keeper)
            keeper.execute(f"ALTER SCHEMA public RENAME TO {KEPT}; CREATE SCHEMA public")
            self._emptied.append(url)
        else:
            self.drop(url)

    def _keeper(self, url: str) -> psycopg.Connection[Any]:
        """Who empties a database, again and again: it knows the tables, which a new connection reads for 30 ms of processor."""
        held = self._keepers.get(url)
        try:
            if held is not None:
                held.execute("SELECT")
                return held
        except psycopg.OperationalError:  # a test has cut off whoever was connected
            self._keepers.pop(url).close()
        plain = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
        return self._keepers.setdefault(url, psycopg.connect(plain, autocommit=True))

    def close(self) -> None:
        """Nobody asks for a database any more."""
        while self._keepers:
            self._keepers.popitem()[1].close()

    def create(self) -> str:
        """A fresh, empty database; its SQLAlchemy URL."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Removes a database made by `create`, whoever is still connected."""
        if url in self._keepers:
            self._keepers.pop(url).close()
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_database(url))))

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return urlunsplit(urlsplit(self.admin)._replace(scheme="postgresql+psycopg", path=f"/{database}"))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement)


KEPT = "kept"
"""The schema in which emptied tables wait for the next test: making them anew takes a third of a second."""


SHAPE = """
SELECT concat_ws(' ', count(*), max(told.made), (SELECT string_agg(version_num, ' ') FROM alembic_version)) FROM (
    SELECT xmin::text::bigint FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT a.xmin::text::bigint FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT d.xmin::text::bigint FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
     WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT i.xmin::text::bigint FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT xmin::text::bigint FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT xmin::text::bigint FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT xmin::text::bigint FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS told (made)
"""
"""How many rows the catalogue has of the schema, and which transaction wrote the last: each that alters anything writes one anew, and is
the latest. Whoever alters a table gets no emptied one back, not even who altered it back."""


def furnish(connection: psycopg.Connection[Any], script: str) -> None:
    """Gives an empty database the tables that `script` makes, or takes out those that wait emptied."""
    if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [KEPT]).fetchone():
        connection.execute(f"DROP SCHEMA public; ALTER SCHEMA {KEPT} RENAME TO public")
        return
    connection.execute(script.encode())
    connection.execute(sql.SQL("COMMENT ON SCHEMA public IS {}").format(_shape(connection)))


def _shape(connection: psycopg.Connection[Any]) -> str | None:
    try:
        (digest,) = connection.execute(SHAPE).fetchall()[0]
        return str(digest)
    except psycopg.errors.UndefinedTable:  # not ours at all
        return None


def _empty(connection: psycopg.Connection[Any]) -> None:
    """Takes every row out; numbers begin again at one."""
    names = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"
    orders = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for (name,) in connection.execute(names)]
    connection.execute(sql.SQL("; ").join(orders))
    connection.execute(  # and not by ALTER SEQUENCE, which would alter the shape
        "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_class ON oid = seqrelid"
        " WHERE relnamespace = 'public'::regnamespace"
    )


def address(url: str) -> str | tuple[str, int]:
    """Where the server of a database listens: the path of its socket, or its host and port."""
    made = sa.make_url(url)
    port = made.port or 5432
    folder = made.query.get("host")
    return f"{folder}/.s.PGSQL.{port}" if folder else (made.host or "127.0.0.1", port)


def through(url: str, wire: Relay) -> str:
    """The same database at the other end of a relay."""
    return sa.make_url(url).set(host="127.0.0.1", port=wire.port, query={}).render_as_string(hide_password=False)


def _database(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def server() -> Iterator[Server]:
    """The server of TEST_POSTGRES_URL, else a cluster of our own, else the test is left out."""
    where = require("postgres")
    if "://" in where:
        with closing(Server(admin=urlunsplit(urlsplit(where)._replace(scheme="postgresql")))) as held:
            yield held
        return
    with cluster(Path(where)) as ours, closing(Server(admin=ours.admin)) as held:
        yield held


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A server of our own that can die: `end` stops it as a crash does, `begin` starts it again."""

    admin: str
    begin: Callable[[], None]
    end: Callable[[], None]


@contextmanager
def cluster(binaries: Path, options: str = OPTIONS) -> Iterator[Cluster]:
    """One that runs, until it is left; `options` is what it is started with."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path holds about 100 bytes
    user = _ordinary_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        binaries = _reachable(binaries, folder, user)
    data, log = folder / "data", folder / "log"

    def run(tool: str, *arguments: str) -> None:
        subprocess.run(
            [binaries / tool, "-D", data, *arguments],
            check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            user=user.pw_uid if user else None, group=user.pw_gid if user else None,
            extra_groups=[] if user else None, env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        )  # fmt: skip

    held = Cluster(
        admin=f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}",
        begin=lambda: run("pg_ctl", "-w", "-s", "-l", str(log), "-o", f"{options} -k {folder}", "start"),
        end=lambda: run("pg_ctl", "-w", "-s", "-m", "immediate", "stop"),
    )
    try:
        run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        held.begin()
        try:
            yield held
        finally:
            held.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as when we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def _reachable(binaries: Path, folder: Path, user: pwd.struct_passwd) -> Path:
    """The binaries themselves, or a copy when they lie where `user` may not look; nobody's permissions are changed."""
    seen = subprocess.run(
        ["test", "-x", binaries / "postgres"], check=False, user=user.pw_uid, group=user.pw_gid, extra_groups=[]
    )
    if seen.returncode == 0:
        return binaries
    install = binaries.parent
    package = install.parent
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    for libraries in package.parent.glob(f"{package.name}.libs"):  # a wheel's own, found from bin by relative path
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"
