"""The first days of an office, lived once a test process and laid before each later test as they were left.

Hundreds of tests begin where a draw has been carried out, or a case decided: to come there takes longer than what they are about, and is
itself the subject of others, which live it each time (`tests/integration/test_draw_way.py`). So it is laid there again: the database, the
hour, and what the tables that stand for parties outside have heard. Only on SQLite, and only where nothing whatever has happened since
the office was opened as the first one was: whoever has changed a row, a table or the hour lives those days itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, migrated_file

T = TypeVar("T")
Outside = dict[tuple[str, str], dict[str, Any]]
_MOST = 24
"""So many stands are kept, those of first going first: each is a database file."""


@dataclass(frozen=True)
class _Kept:
    """How things stood after some days, and what was told of them."""

    content: bytes
    now: datetime
    outside: Outside
    told: Any


@dataclass(frozen=True)
class _Standing:
    """An office of which is known how it came to where it is, unless something has happened since."""

    office: Office
    way: tuple[Hashable, ...]
    files: tuple[object, ...]
    now: datetime
    outside: Outside


_KEPT = dict[tuple[Hashable, ...], _Kept]()
_STANDING = WeakKeyDictionary[Store, _Standing]()


def untouched(store: Store) -> bool:
    """Whether nothing was ever written into this database but its tables."""
    if not store.sqlite or store.keys.current:
        return False
    file, log = _files(store)
    return not log.exists() and file.read_bytes() == migrated_file()


def opened(office: Office, hand: Hand, way: Hashable) -> Office:
    """The office, just opened on an untouched store, always as this `way` says, at this hour."""
    _stands(office, hand, (way, hand.now))
    return office


def lived(office: Office, hand: Hand, what: Hashable, live: Callable[[], T]) -> T:
    """What `live` does with the office, and tells: done, or laid there. `what` names it with all that it hangs on."""
    standing = _STANDING.get(office.store)
    if standing is None or standing.office is not office or standing != _now(office, hand, standing.way):
        return live()
    way = (*standing.way, what)
    if way in _KEPT:
        told: T = _lay(office, hand, _KEPT[way])
    else:
        told = live()
        if len(_KEPT) == _MOST:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[way] = copy.deepcopy(_Kept(_content(office.store), hand.now, _outside(office), told), _errors(office))
    _stands(office, hand, way)
    return told


def _stands(office: Office, hand: Hand, way: tuple[Hashable, ...]) -> None:
    _STANDING[office.store] = _now(office, hand, way)


def _now(office: Office, hand: Hand, way: tuple[Hashable, ...]) -> _Standing:
    return _Standing(office, way, _written(office.store), hand.now, copy.deepcopy(_outside(office), _errors(office)))


def _errors(office: Office) -> dict[int, object]:
    """What a table is to raise is itself in a copy, too: errors of ours are made by name, and no copy knows that."""
    return {id(value): value for held in _outside(office).values() for value in held.values() if isinstance(value, Exception)}


def _files(store: Store) -> tuple[Path, Path]:
    """The database, and the log in which lies what was written last."""
    file = Path(str(store.url.database))
    return file, file.with_name(f"{file.name}-wal")


def _written(store: Store) -> tuple[object, ...]:
    """Something else after each commit of anybody."""
    told = [one.stat() for one in _files(store) if one.exists()]
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in told)


def _outside(office: Office) -> Outside:
    """What the tables that stand for parties outside have heard, and are to say."""
    made = ((port, name, one) for port, held in office.connectors.ports().items() for name, one in held.items())
    return {
        (port, name): {field: value for field, value in vars(one).items() if field != "card" and not callable(value)}
        for port, name, one in made
        if type(one).__module__.startswith("tests.")
    }


def _let_go(store: Store) -> Path:
    """Nobody is connected any more, and all stands in the file."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for engine in (store._writer, store._reader):
        engine.dispose()
    file, log = _files(store)
    log.unlink(missing_ok=True)
    return file


def _content(store: Store) -> bytes:
    return _let_go(store).read_bytes()


def _lay(office: Office, hand: Hand, kept: _Kept) -> Any:
    _let_go(office.store).write_bytes(kept.content)
    hand.now = kept.now
    kept = copy.deepcopy(kept)
    for port, held in office.connectors.ports().items():
        for name, one in held.items():
            vars(one).update(kept.outside.get((port, name), {}))
    return kept.told
