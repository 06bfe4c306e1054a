"""What matters quote of others goes as the wording of answers goes, also where their key names neither case nor request.

A matter of a mail names its requests beside its key; of one of a former release, and of words of sources, its body tells whose they are.
Handbook 2.8; Personal Information Protection Law art. 19, 47.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from inspector.domain.errors import Missing
from inspector.domain.purge import WHOLE, gone, quoted
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.flows import purging
from inspector.flows.office import Office
from inspector.flows.unsettled import MAIL_UNREAD
from inspector.flows.verify import VALUE_UNREAD
from inspector.store.room import Row
from inspector.store.tables import attention
from inspector.store.tx import Tx


class _Over(NamedTuple):
    """A case whose answers are over their days: by which row, since when and until when they were kept."""

    case: str
    pack: str
    row: RetentionRow
    since: datetime
    until: date


def night(office: Office) -> int:
    """Let words in matters go: with the answers of a case, behind a case that is gone, and, where nobody knows whose they are, by age.

    What waits for a person is kept until somebody has seen to it; but of a source, whose words stand with the case, too. How many.
    """
    now = office.now()
    with office.store.read() as tx:
        if not tx.attention.quoting():
            return 0  # most nights
    with office.store.begin() as tx:
        some = tx.attention.quoting(lock=True)
        aged = purging.outlived(office, Record.ANSWER, 0) if some else None
        before = aged.before if aged is not None and aged.row is not None else None
        known: dict[str, _Over | None] = {}
        went = Counter(_why(office, tx, row, before, known, now) for row in some)
        for why, count in went.items():
            if isinstance(why, _Over):
                facts = {"entries": [], "pieces": {}, "rows": {attention.name: count}}
                purging.said(tx, why.case, gone(why.row, why.pack, why.since, why.until, facts), now)
            elif why is not None:
                purging.forgot(tx, attention.name, count, why, now, aged if why == before else None)
    return sum(count for why, count in went.items() if why is not None)


def _why(
    office: Office, tx: Tx, row: Row, before: datetime | None, known: dict[str, _Over | None], now: datetime
) -> _Over | datetime | None:
    """Take the words out of a matter that are over their days: with which case, or before which moment it was told; None: they stay."""
    names = quoted(json.loads(row["body"]))
    if row["kind"] == MAIL_UNREAD and not row["names"]:
        tx.attention.name(row, sorted(names))
    if row["closed_at"] is None and row["kind"] != VALUE_UNREAD:
        return None
    cases = sorted({case_of(tx, name) for name in names} - {""})
    over = [one for name in cases if (one := _due(office, tx, name, known, now)) is not None]
    # one text about several cases is each one's: it goes with the last of them
    why: _Over | datetime | None = max(over, key=lambda one: one.until) if over and len(over) == len(cases) else None
    unknown = not names or row["kind"] == VALUE_UNREAD  # of a source's words the last one's case alone is known
    if why is None and names and not cases:
        why = now
    elif why is None and unknown and before is not None and row["opened_at"] < before:
        why = before
    if why is not None:
        tx.attention.unquote(row)
    return why


def case_of(tx: Tx, name: str) -> str:
    """The case that a name in a matter is of: its own, or that of the request; empty where it is gone."""
    if tx.cases.known(name):
        return name
    try:
        return tx.assistance.get(name).case_id
    except Missing:
        return ""


def left(tx: Tx, went: Mapping[str, datetime]) -> Iterator[str]:
    """What the ledger says of that it went, words and all, while a matter quotes it and no case that is there: names of both.

    `went`: until when the words in matters of a case that is there went (`night`).
    """
    for row in tx.attention.quoting():
        cases = {name: case_of(tx, name) for name in sorted(quoted(json.loads(row["body"])))}
        if any(case_id and not _was(row, went.get(case_id)) for case_id in cases.values()):
            continue  # about several cases, of which one keeps it
        yield from (name for name, case_id in cases.items() if case_id or tx.ledger.about(name))


def _was(row: Row, at: datetime | None) -> bool:
    """Whether a matter had been seen to when words of its case went."""
    return at is not None and row["closed_at"] is not None and row["closed_at"] <= at


def _due(office: Office, tx: Tx, case_id: str, known: dict[str, _Over | None], now: datetime) -> _Over | None:
    """Whether the wording of a case's answers is over its days, and nothing keeps it."""
    if case_id and case_id not in known:
        known[case_id] = _over(office, tx, case_id, now)
    return known.get(case_id)


def _over(office: Office, tx: Tx, case_id: str, now: datetime) -> _Over | None:
    held = tx.cases.get(case_id)
    row = purging.of_pack(office, held.pack, Record.ANSWER)
    if row is None or row.keep is None or held.ended_at is None:
        return None
    since = held.ended_at if row.since is Since.CASE_ENDED else held.opened_at
    until = row.last(since, office.calendar)
    assert until is not None, "a term has an end"
    kept = office.calendar.local_date(now) <= until or tx.purging.held(case_id) - WHOLE or purging.cited(tx, case_id)
    return None if kept else _Over(case_id, held.pack, row, since, until)
