"""A credit platform's statement of our entries over HTTP: page after page, counted, or an error.

Each page repeats how many there are and of when they are, so that a page that is lost, a list that moved while it was read, and an
answer that was cut off at a page's end are seen. What is not proven to be whole is never a statement.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from datetime import datetime

from connectors.http import Wire
from connectors.reply import Reply, storable
from inspector.domain.creditrecord import Amend
from inspector.domain.statement import COMPARED, Statement, Theirs
from inspector.ports import Origin, Unavailable

LONGEST = 300
"""Characters of an entry's id, as we give them out."""
IN_FORCE = {one.value: one for one in Amend if one is not Amend.UNMARKED}
"""What may be in force of what was told of an entry, by its word."""
_MOST_TEXT = 4_000


def statement(wire: Wire, path: str, rows: int, seconds: float, source: str, *, key: str) -> Statement:
    """All pages as one statement. `rows` are asked for on a page, `seconds` are for all of them together.

    Raises Unavailable (the wire's, `statement_moved`, `statement_slow`), Barred, Refused, Garbled (the wire's and the reply's,
    `statement_truncated`, `statement_circles`, `statement_undated`).
    """
    deadline = time.monotonic() + seconds
    after: str | None = None
    seen: set[str] = set()
    held: list[Theirs] = []
    first: tuple[datetime, int] | None = None
    digests = hashlib.sha256()
    attempts = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Unavailable("statement_slow", origin=Origin.THEM, detail=f"{len(held)} rows", attempts=max(attempts, 1))
        reply = wire.send("POST", path, json={"after": after, "limit": rows}, key=f"{key}:{len(seen)}", within=left)
        attempts += reply.attempts
        digests.update(reply.body)
        now = _head(reply)
        first = first or now
        if now != first:  # it was written to while we read: the next try reads another one, whole
            raise Unavailable("statement_moved", origin=Origin.THEM, attempts=attempts)
        held += [row(reply, one) for one in _list(reply)]
        after = reply.text("next", optional=True)
        if after is None:
            break
        if after in seen or len(held) > first[1]:
            raise reply.garbled("statement_circles", "next")
        seen.add(after)
    if len(held) != first[1]:
        raise reply.garbled("statement_truncated", f"{len(held)} of {first[1]} rows")
    return Statement(as_of=first[0], rows=tuple(held), source=source, digest=digests.hexdigest(), attempts=attempts)


def single(reply: Reply, entry: str, source: str) -> Statement:
    """What a platform says of one entry; no row only where it says itself that it has none, `"entry": null`.

    Raises Garbled (the reply's, `statement_undated`, `echo_differs` where it speaks of another one).
    """
    as_of, said = _dated(reply), reply.said()
    if "entry" not in said:
        raise reply.garbled("field_missing", "entry")
    found = () if said["entry"] is None else (row(reply, said["entry"]),)
    if any(one.entry != entry for one in found):
        raise reply.garbled("echo_differs", "entry.id")
    return Statement(
        as_of=as_of,
        rows=found,
        source=source,
        of=frozenset({entry}),
        digest=reply.reply_digest,
        attempts=reply.attempts,
    )


def row(reply: Reply, held: object) -> Theirs:
    """One entry as it is listed. Raises Garbled (`field_type`, `field_missing`)."""
    if not isinstance(held, dict):
        raise reply.garbled("field_type", "entries")
    entry = _text(reply, held, "id")
    if not entry or len(entry) > LONGEST:
        raise reply.garbled("field_missing" if not entry else "field_type", "entries.id")
    retracted = held.get("retracted", False)
    subject = held.get("subject") or {}
    if not isinstance(retracted, bool) or not isinstance(subject, dict):
        raise reply.garbled("field_type", "entries.subject" if isinstance(retracted, bool) else "entries.retracted")
    told = {name: _text(reply, subject if name in ("kind", "code") else held, name) for name in COMPARED}
    return Theirs(
        entry=entry,
        case_id=_text(reply, held, "case") or "",
        retracted=retracted,
        told={name: value for name, value in told.items() if value is not None},
        receipt=_text(reply, held, "receipt") or "",
        amended=_amended(reply, held.get("amended")),
    )


def _amended(reply: Reply, said: object) -> frozenset[Amend] | None:
    """What is in force of what was told of an entry; None where nothing is said. Raises Garbled (`field_type`) for anything else."""
    if said is None:
        return None
    words = [one for one in said if isinstance(one, str) and one in IN_FORCE] if isinstance(said, list) else []
    if not isinstance(said, list) or len(words) < len(said):
        raise reply.garbled("field_type", "entries.amended")
    return frozenset(IN_FORCE[one] for one in words)


def _text(reply: Reply, held: Mapping[str, object], name: str) -> str | None:
    """A text, or None where nothing is told. Raises Garbled (`field_type`)."""
    value = held.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _MOST_TEXT or not storable(value):
        raise reply.garbled("field_type", f"entries.{name}")
    return value.strip()


def _list(reply: Reply) -> list[object]:
    held = reply.said().get("entries")
    if not isinstance(held, list):
        raise reply.garbled("field_missing" if held is None else "field_type", "entries")
    return held


def _head(reply: Reply) -> tuple[datetime, int]:
    """(of when, how many in all)."""
    total = reply.said().get("total")
    if type(total) is not int or total < 0:
        raise reply.garbled("field_missing" if total is None else "field_type", "total")
    return _dated(reply), total


def _dated(reply: Reply) -> datetime:
    as_of = reply.moment("as_of")
    if as_of is None:
        raise reply.garbled("statement_undated", "as_of")
    return as_of
