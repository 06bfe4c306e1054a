"""The scoreboard of assistance and where to connect next, over a span of days, as rows that can be shown and exported."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from inspector.domain.echo import Echo
from inspector.domain.scoreboard import COLUMNS, END_OF, Gain, Score, days_between, end_of, gains, middle, scores
from inspector.domain.signs import plain_cell
from inspector.flows.office import Office, present
from inspector.flows.requests import node_of
from inspector.store.tx import Tx

GAINS = tuple(Gain.__dataclass_fields__)
"""The columns of "where to connect next"."""

SPAN = timedelta(days=90)
"""What metrics and the ops page look back on."""


def scoreboard(
    office: Office, tx: Tx, first: date | None = None, last: date | None = None, *, sees: Collection[str] | None = None
) -> list[Score]:
    """The scores of requests opened from one day to another, both counted; of those alone that the asker has a side in (`sees`)."""
    calendar = office.calendar
    since = office.calendar.midnight(first) if first is not None else None
    until = office.calendar.midnight(last) + timedelta(days=1) if last is not None else None
    held = tx.assistance.opened(since, until)
    if sees is not None:
        held = (one for one in held if one.requester in sees or node_of(office, one.requested) in sees)
    return scores(held, calendar, lambda via: present(office.tree, via))


def score_rows(found: Sequence[Score]) -> list[dict[str, object]]:
    """Scores as flat rows; the reasons of refusals as one text."""
    return [
        score.line() | {"reasons": " ".join(f"{code}={count}" for code, count in sorted(score.reasons.items()))}
        for score in found
    ]


def gain_rows(found: Sequence[Score]) -> list[dict[str, object]]:
    """Where to connect next as flat rows, most days saved first."""
    return [asdict(gain) for gain in gains(found)]


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as CSV (RFC 4180) with a head; no text in it is a formula to a spreadsheet."""
    out = io.StringIO(newline="")
    sheet = csv.DictWriter(out, fieldnames=columns, extrasaction="ignore")
    sheet.writeheader()
    sheet.writerows({name: _cell(row.get(name)) for name in columns} for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return "" if value is None else plain_cell(value) if isinstance(value, str) else value


SCORES = (*COLUMNS, "reasons")
"""The columns of the scoreboard."""


def standing(office: Office, tx: Tx) -> list[tuple[str, str, int]]:
    """(agency, state, count) of all requests, an agency being the connector that it is reached by now.

    In the place of its state stands what a request has come to where that is no silence or refusal of the agency's (`END_OF`).
    """
    held: Counter[tuple[str, str]] = Counter()
    for via, state, count in tx.assistance.counts():
        held[present(office.tree, via), state] += count
    for via, state, last, count in tx.assistance.ended(END_OF):
        if (end := end_of(state, last)) in END_OF.values():
            held[present(office.tree, via), state] -= count
            held[present(office.tree, via), end.upper()] += count
    return [(*key, count) for key, count in sorted((+held).items())]


def recent(office: Office, tx: Tx, now: datetime) -> list[tuple[str, str, str, int]]:
    """(agency, fact, mark, count) of the requests opened within `SPAN`: what metrics and the ops page show.

    An agency is the connector that it is reached by now, here as in the score.
    """
    held: dict[tuple[str, str, str], int] = {}
    for agency, fact, state, last, heard_in_time, punctual, above, echo, badly_put, count in tx.assistance.score(now - SPAN):
        marks = {"asked": True, end_of(state, last or ""): True, "heard_in_time": heard_in_time, "punctual": punctual}
        marks |= {"escalated": above, "disproved": echo == Echo.DISPROVED, "used": echo == Echo.USED, "badly_put": badly_put}
        for mark, applies in marks.items():
            if applies:
                key = (present(office.tree, agency), fact or "", mark)
                held[key] = held.get(key, 0) + count
    return [(*key, count) for key, count in sorted(held.items())]


def recent_days(office: Office, tx: Tx, now: datetime) -> list[tuple[str, str, int]]:
    """(agency, fact, median of the working days from the sending to the answer) of the same requests."""
    held: dict[tuple[str, str], list[int]] = {}
    for agency, fact, sent_at, opened_at, ended_at, came in tx.assistance.answered(now - SPAN):
        if ended_at:
            days = days_between(sent_at or opened_at, came or ended_at, office.calendar)
            held.setdefault((present(office.tree, agency), fact or ""), []).append(days)
    return [(*key, middle(days) or 0) for key, days in sorted(held.items())]
