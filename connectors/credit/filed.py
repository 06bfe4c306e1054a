"""A credit platform's statement of our entries as a file that it delivers: counted rows of a known date, or an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from re import Pattern

from connectors import delivery
from connectors.config import Words, unfit
from connectors.credit.paged import IN_FORCE, LONGEST
from connectors.delivery import ODD, Completeness, Delivery, Found, Layout
from connectors.exchange import spelt
from connectors.reply import placed
from inspector.domain import days
from inspector.domain.errors import Invalid
from inspector.domain.statement import COMPARED, Statement, Theirs
from inspector.ports import Barred, Garbled, Origin, Unavailable

_OPTIONAL = ("case", "receipt", "retracted", "amended", *COMPARED)
NAMES = ("id", "code", *(name for name in _OPTIONAL if name != "code"))
"""What columns may be named for; the first two must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Where it comes and how it is written. `columns`: by our name (NAMES) theirs.

    `retracted` and `standing`: what the column of that name says of what was taken back, and of what stands; another word is garbled.
    `amended`: by each word of the column of that name (several stand with `;` between them) what it is: MARKED, LAPSED or REPAIRED.
    """

    folder: str
    files: str
    complete: str
    encoding: str
    columns: Mapping[str, str]
    retracted: tuple[str, ...]
    standing: tuple[str, ...]
    amended: Mapping[str, str]


def check(held: Filed, name: str) -> None:
    """Raise Invalid (`connector_key_range`, `connector_placeholder`) for settings that could never be read by."""
    wanted: dict[str, tuple[bool, Words]] = {
        "statement_complete": (
            held.complete in {one.value for one in Completeness},
            ", ".join(one.value for one in Completeness),
        ),
        "statement_encoding": (held.encoding in ("utf-8", "gb18030"), "utf-8, gb18030"),
        "statement_columns": (
            {"id", "code"} <= held.columns.keys() <= set(NAMES) and all(held.columns.values()),
            ("statement_columns", ", ".join(NAMES)),
        ),
        "statement_amended": (set(held.amended.values()) <= IN_FORCE.keys(), ("statement_amended", ", ".join(IN_FORCE))),
        "statement_files": (bool(held.files), "statement-{as_of}.csv"),
    }
    for key, (fine, told) in wanted.items():
        if not fine:
            raise unfit(name, key, told)
    spelt(held.files, name, "statement_files")


def statement(held: Filed, source: str) -> Statement:
    """The newest file that is said to be whole; of older ones that are not as agreed it tells the names (`passed`).

    Raises Unavailable (`unreachable`, `statement_none`), Barred (`unauthorised`), Garbled (`statement_uncounted` where nothing tells how
    many rows there are, `statement_flawed` with the reason as its detail): a flawed newest one is not passed over for an older one.
    """
    names, now = delivery.pattern(held.files), datetime.now(UTC)
    try:
        found = delivery.look(Path(held.folder), names, Completeness(held.complete), now)
    except PermissionError:
        raise Barred("unauthorised", detail="statement_folder") from None
    except OSError as error:
        raise Unavailable("unreachable", detail=type(error).__name__) from None
    passed = _passed(found, names, now)
    if not found.whole:
        raise Unavailable("statement_none", origin=Origin.THEM)
    newest = found.whole[0]
    if newest.rows is None:
        raise Garbled("statement_uncounted", digest="", detail=newest.path.name)
    try:
        digest = delivery.digest(newest)
        rows = tuple(_rows(held, newest, digest))
        delivery.unchanged(newest)
    except Invalid as error:
        if error.code in delivery.PASSING:
            raise Unavailable("statement_none", origin=Origin.THEM, detail=error.code) from None
        raise Garbled("statement_flawed", digest="", detail=f"{newest.path.name}: {error.code}") from None
    return Statement(as_of=newest.as_of, rows=rows, source=f"{source}: {newest.path.name}", digest=digest, passed=passed)


def _passed(found: Found, names: Pattern[str], now: datetime) -> tuple[str, ...]:
    """The names of flawed files that are older than the newest whole one. Raises Garbled (`statement_flawed`) for any other.

    Of one date the one that was laid there later: that is how a platform corrects a file under another name.

    What a flawed file says of its date proves nothing. The date in its name counts, where it has one that has come, and else when it was
    laid there: so a file that is broken for ever hinders only until the next good one comes.
    """

    def since(name: str, mark: tuple[int, ...], *, dated: bool) -> tuple[datetime, int]:
        laid = mark[2]
        return (_dated(names, name, now) if dated else None) or datetime.fromtimestamp(laid / 1e9, UTC), laid

    for (name, mark), error in found.flawed.items():
        newest = found.whole[0] if found.whole else None
        dated = newest is not None and None not in (_dated(names, name, now), _dated(names, newest.path.name, now))
        if newest is None or since(name, mark, dated=dated) >= since(newest.path.name, newest.mark, dated=dated):
            raise Garbled("statement_flawed", digest="", detail=f"{name}: {error.code}")
    return tuple(sorted(name for name, _ in found.flawed))


def _dated(names: Pattern[str], name: str, now: datetime) -> datetime | None:
    """The date in a file's name; None where it has none, or one that is none or has not come."""
    told = delivery.named(names, name)
    try:
        moment = placed(days.moment((told.groupdict().get("as_of") if told else None) or ""))
    except (ValueError, OverflowError):
        return None
    return moment if moment <= now else None


def _rows(held: Filed, one: Delivery, digest: str) -> list[Theirs]:
    names = [name for name in NAMES if name in held.columns and name != "code"]
    layout = Layout(code_column=held.columns["code"], columns=tuple(held.columns[name] for name in names), encoding=held.encoding)
    found = []
    for code, values in delivery.rows(one, layout):
        if ODD in values:
            raise Garbled("field_type", digest=digest, detail=names[values.index(ODD)])
        told = {name: str(value) for name, value in zip(names, values, strict=True) if value is not None}
        if not told.get("id"):
            raise Garbled("field_missing", digest=digest, detail="id")
        if len(told["id"]) > LONGEST:
            raise Garbled("field_type", digest=digest, detail="id")
        state = told.get("retracted", "")
        if state and state not in (*held.retracted, *held.standing):
            raise Garbled("field_type", digest=digest, detail="retracted")
        words = [word.strip() for word in told.get("amended", "").replace("；", ";").split(";") if word.strip()]
        if not held.amended.keys() >= set(words):
            raise Garbled("field_type", digest=digest, detail="amended")
        found.append(
            Theirs(
                entry=told["id"],
                case_id=told.get("case", ""),
                retracted=state in held.retracted,
                told={"code": code, **{name: told.get(name, "") for name in names if name in COMPARED}},
                receipt=told.get("receipt", ""),
                amended=frozenset(IN_FORCE[held.amended[word]] for word in words) if "amended" in names else None,
            )
        )
    return found
