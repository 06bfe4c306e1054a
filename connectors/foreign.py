"""What a database's own error means for who asked: later, let in by nobody, or an answer that cannot be read. Never evidence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from inspector.ports import Barred, Garbled, Origin, PortError, Unavailable

_STATES: Mapping[str, tuple[str, str]] = {
    "57014": ("later", "timeout"),
    "55P03": ("busy", "source_busy"),
    "40001": ("busy", "source_busy"),
    "40P01": ("busy", "source_busy"),
    "53": ("busy", "source_busy"),
    "57P03": ("busy", "source_busy"),
    "57": ("later", "broken_off"),
    "08": ("later", "broken_off"),
    "25P03": ("later", "broken_off"),
    "25006": ("barred", "query_writes"),
    "28": ("barred", "unauthorised"),
    "42501": ("barred", "unauthorised"),
    "42P01": ("barred", "table_missing"),
    "42703": ("barred", "table_missing"),
    "3D": ("barred", "table_missing"),
    "3F": ("barred", "table_missing"),
    "42": ("barred", "query_wrong"),
    "0A": ("barred", "query_wrong"),
    "21": ("garbled", "field_type"),
    "22021": ("garbled", "wrong_charset"),
    "22P05": ("garbled", "wrong_charset"),
    "22": ("garbled", "field_type"),
}
"""What PostgreSQL's SQLSTATE, or the beginning of it, means: the longest that fits."""

_LITE: Mapping[int, tuple[str, str]] = {
    3: ("barred", "unauthorised"),  # PERM
    5: ("busy", "source_busy"),  # BUSY
    6: ("busy", "source_busy"),  # LOCKED
    8: ("barred", "query_writes"),  # READONLY
    9: ("later", "timeout"),  # INTERRUPT: by our clock
    10: ("later", "broken_off"),  # IOERR
    11: ("barred", "source_damaged"),  # CORRUPT
    14: ("later", "unreachable"),  # CANTOPEN
    17: ("busy", "source_busy"),  # SCHEMA: changed while it was read
    18: ("garbled", "too_large"),  # TOOBIG
    20: ("garbled", "field_type"),  # MISMATCH
    23: ("barred", "unauthorised"),  # AUTH
    26: ("barred", "source_damaged"),  # NOTADB
}
"""What SQLite's primary result codes mean; ERROR (1) is told apart by its words."""

_ELSE: tuple[str, str] = ("busy", "source_failed")
"""A database's own fault of another kind."""

CODES = frozenset({*_STATES.values(), *_LITE.values(), _ELSE})
"""Every kind of fault with its code."""

_MISSING = re.compile(r"no such (table|column|view)|unknown database")
_WHICH = re.compile(
    r"no such (?:table|column|view): (\S+)"
    r"|(?:relation|column|schema|database|关系|字段|列|模式|数据库) [\"“]?([^\s\"”]+)[\"”]? ?(?:does not exist|不存在)"
)
"""The table or column of our own settings that is not there: a name and no value, so that it may be told."""

_SAID_BY_SERVER = re.compile("FATAL|致命错误")
_NOT_NOW = re.compile("too many|starting up|shutting down|recovery|过多|太多|启动|关闭|恢复")
"""Words of a server that is there and takes nobody at present. libpq tells no SQLSTATE of a connection that failed."""


def fault(error: Exception, attempts: int) -> PortError:
    """The port's error for what SQLAlchemy, a driver or the reading of a value has raised."""
    orig: object = getattr(error, "orig", None) or error
    kind, code = _sorted(orig)
    match kind:
        case "barred":
            ours = code in ("query_wrong", "query_writes", "unauthorised")
            return Barred(code, origin=Origin.US if ours else Origin.THEM, detail=_detail(code, orig), attempts=attempts)
        case "garbled":
            digest = hashlib.sha256(str(orig).encode("utf-8", "backslashreplace")).hexdigest()
            return Garbled(code, digest=digest, detail=type(orig).__name__, attempts=attempts)
        case _:
            origin = Origin.THEM if kind == "busy" else Origin.WIRE
            return Unavailable(code, origin=origin, detail=type(orig).__name__, attempts=attempts)


def _detail(code: str, orig: object) -> str:
    """The kind of error, and the name that is not there; what else a database says may repeat what was asked."""
    found = _WHICH.search(str(orig)) if code == "table_missing" else None
    kind = type(orig).__name__
    return f"{(found[1] or found[2]).removeprefix('held.')}, {kind}" if found else kind


def _sorted(orig: object) -> tuple[str, str]:
    words = str(orig)
    if isinstance(orig, UnicodeDecodeError) or words.startswith("Could not decode"):
        return "garbled", "wrong_charset"
    if isinstance(orig, ValueError | OverflowError):
        return "garbled", "field_type"
    state = getattr(orig, "sqlstate", None)
    if isinstance(state, str):
        fitting = next((_STATES[state[:length]] for length in (5, 3, 2) if state[:length] in _STATES), None)
        return fitting or _ELSE
    lite = getattr(orig, "sqlite_errorcode", None)
    if isinstance(lite, int):
        if lite & 0xFF == 1:
            return "barred", "table_missing" if _MISSING.search(words) else "query_wrong"
        return _LITE.get(lite & 0xFF, _ELSE)
    return _unstated(type(orig).__name__, words)


def _unstated(kind: str, words: str) -> tuple[str, str]:
    """An error that has no number: a value that the driver cannot read, or a connection that did not come about or ended."""
    if kind in ("DataError", "NotSupportedError"):
        return "garbled", "field_type"
    if _SAID_BY_SERVER.search(words):
        return ("busy", "source_busy") if _NOT_NOW.search(words) else ("barred", "unauthorised")
    if "timeout" in kind.lower():
        return "later", "timeout"
    return "later", "broken_off" if "closed" in words or "lost" in words else "unreachable"
