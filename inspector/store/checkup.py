"""What can be asked of a database before anything runs on it: is it there, is it whole, which migrations does it lack."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.store import migrate
from inspector.store.store import Store


def unreachable(error: BaseException) -> str | None:
    """Why the database could not be used, in its driver's first line, or None when the error is of another kind."""
    whole = type(error) is sa.exc.DatabaseError  # a file that is no database; the subclasses are told apart below
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError) or whole:
        told = str(getattr(error, "orig", None) or error).strip()
        return told.splitlines()[0] if told else type(error).__name__
    return None


def unusable(error: BaseException) -> bool:
    """Whether a database URL cannot be read, or is one of a database that is not served here, whose driver is not there."""
    return isinstance(error, ModuleNotFoundError | sa.exc.ArgumentError)


def missing_file(url: str) -> Path | None:
    """The SQLite file a URL names when it is not there yet: opening it would make an empty one."""
    told = sa.make_url(url)
    if told.get_backend_name() != "sqlite" or not told.database or told.database == ":memory:":
        return None
    file = Path(told.database)
    return None if file.exists() else file


def folder(store: Store) -> Path | None:
    """The folder of an SQLite file, whose disk must not run full; None for a server."""
    return Path(store.url.database).parent if store.sqlite and store.url.database else None


def damage(store: Store, most: int = 10) -> list[str]:
    """What SQLite's own check finds wrong, at most so many lines. A server looks after its pages itself."""
    if not store.sqlite:
        return []
    with store.read() as tx:
        rows = tx.connection.exec_driver_sql(f"PRAGMA quick_check({int(most)})").all()
    told = [line for row in rows for line in str(row[0]).splitlines()]
    return [line for line in told if line != "ok" and not line.startswith("***")]  # a headline names the database that was asked


def pending(store: Store) -> list[tuple[str, str]]:
    """(revision, what it does) of each migration the database lacks, in the order they would run."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrate.HERE))
    scripts = ScriptDirectory.from_config(config)
    present = migrate.present(store)
    ahead = list(scripts.iterate_revisions("head", present or "base"))
    return [(one.revision, (one.doc or "").strip()) for one in reversed(ahead) if one.revision != present]


BEHIND = timedelta(minutes=5)
"""By how much a clock may lie behind what is written down: what it dates would else be wrong by more than anybody overlooks."""


def behind(store: Store, now: datetime) -> datetime | None:
    """The latest date in the ledger, where the office's time `now` lies before it by more than BEHIND: the clock is wrong, or was."""
    with store.read() as tx:
        last = tx.ledger.last_at()
    return last.astimezone(now.tzinfo) if last is not None and last - now > BEHIND else None


def refuse_past(store: Store, now: datetime) -> None:
    """Raise Refusal (`clock_past`) where time would run backwards: every legal date of what comes in would be counted from a wrong day."""
    if (last := behind(store, now)) is not None:
        raise Refusal("clock_past", now=now.isoformat(timespec="seconds"), last=last.isoformat(timespec="seconds"))


def refuse_astray(now: datetime, machine: datetime) -> None:
    """Raise Refusal (`office_time_astray`) where the office's time `now` is not the machine's, though the settings say that it is.

    It once ran by `[time]`: every legal date would go on being counted from a day that is not.
    """
    if abs(now - machine) > BEHIND:
        told = (one.astimezone(now.tzinfo).isoformat(timespec="seconds") for one in (now, machine))
        raise Refusal("office_time_astray", **dict(zip(("now", "machine"), told, strict=True)))
