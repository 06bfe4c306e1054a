"""Rows of a register that somebody has handed over, and the answer they are: one thing said, or none, or nothing that can be told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from connectors.config import unfit
from connectors.reply import placed, storable
from inspector.domain import days
from inspector.domain.days import Since
from inspector.domain.evidence import TOO_OLD, UNDATED, blank
from inspector.ports import Answer, AnswerStatus, Card, Garbled, Origin, Provenance, Question, Refused
from inspector.purpose import purposeful

LONGEST = 4_000
"""Characters of a value; what is longer is no fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one row says: the value as text or None where it is empty, when the data are of, and their version."""

    value: str | None
    as_of: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How answers of one register are judged. `dated`: rows or the whole are to have a date; `longest_age_hours` 0: no age is too old."""

    card: Card
    empty_words: tuple[str, ...]
    longest_age_hours: float
    dated: bool

    def answer(
        self, rows: Iterable[Row], *, request: str, reply: str, attempts: int, asked_at: datetime, current: Row | None = None
    ) -> Answer:
        """The answer that the rows for one code are. `current`: date and version of the whole, for what it does not hold, too.

        No row is `NOT_FOUND`; rows that say one thing are that. Rows that say several are `rows_differ`: which of them is right nobody
        knows, and a person is told. What is empty, too old or undated cannot say. Raises Garbled.
        """
        several = set(rows)
        if len(several) > 1:
            raise Garbled("rows_differ", digest=reply, detail=f"{len(several)} rows", attempts=attempts)
        row = several.pop() if several else None
        said = row or current
        where = Provenance(
            source=self.card.name,
            owner=self.card.owner,
            asked_at=asked_at,
            as_of=said.as_of if said else None,
            source_version=said.version if said else "",
            request_digest=request,
            reply_digest=reply,
            attempts=attempts,
            live=not self.dated,
        )
        note = self._old(said, asked_at)
        if note:
            return Answer(status=AnswerStatus.CANNOT_SAY, value=None, provenance=where, note=note)
        if row is None:
            return Answer(status=AnswerStatus.NOT_FOUND, value=None, provenance=where)
        if row.value is None or blank(row.value, self.empty_words):
            return Answer(status=AnswerStatus.CANNOT_SAY, value=None, provenance=where, note="value_empty")
        return Answer(status=AnswerStatus.FOUND, value=row.value, provenance=where)

    def _old(self, said: Row | None, asked_at: datetime) -> str:
        if said is None or not self.dated:
            return ""
        if said.as_of is None:
            return UNDATED
        longest = self.longest_age_hours
        return TOO_OLD if longest and asked_at - said.as_of > timedelta(hours=longest) else ""


def held_in(question: Question, facts: Mapping[str, str]) -> str:
    """The column that holds the fact. Raises Refused, before anybody is asked, for a question without purpose or of another fact."""
    purposeful(question.case_id, question.basis)
    if question.fact not in facts:
        raise Refused("fact_not_held", origin=Origin.US, detail=question.fact, attempts=0)
    return facts[question.fact]


def text(value: object) -> str | None:
    """A value as text. Raises ValueError for what has none: a float would change figures, bytes have no letters.

    Whole numbers, exact decimals and truth values are told as they are written, dates in ISO 8601.
    """
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str() if storable(value) and len(value) <= LONGEST:
            return value.strip() or None
        case int() | Decimal():
            told = format(value, "d" if isinstance(value, int) else "f")
            if len(told) <= LONGEST and told.lstrip("-").replace(".", "", 1).isdigit():
                return told
        case date():
            return value.isoformat()
        case _:
            pass
    raise ValueError(type(value).__name__)


def moment(value: object, since: Since | None = None) -> datetime | None:
    """A date of data: a moment, a day (its midnight in Beijing) or the text of one; by `since` a number.

    Raises ValueError, OverflowError.
    """
    match value:
        case None:
            return None
        case int() | str() if since is not None:
            return days.counted(str(value), since)
        case datetime():
            return placed(value)
        case date():
            return placed(datetime.combine(value, time()))
        case str():
            return placed(days.moment(value)) if value.strip() else None
        case _:
            pass
    raise ValueError(type(value).__name__)


def digest(*told: object) -> str:
    """SHA-256 of what was asked or read, written down in one way."""
    written = json.dumps(told, ensure_ascii=True, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def now() -> datetime:
    """The machine's clock: how long a delivery has been on its way is no affair of office time."""
    return datetime.now(UTC)


def stated(name: str, facts: Mapping[str, str], code_column: str, age: float) -> None:
    """Raise Invalid (`connector_key_range`) where a configuration names no facts, no column, or an age that is none."""
    if not facts or not all(facts) or not all(facts.values()):
        raise unfit(name, "facts", "facts_to_columns")
    if not code_column:
        raise unfit(name, "code_column", "a_column")
    if not 0 <= age < 1_000_000:
        raise unfit(name, "longest_age_hours", "≥ 0")


def since(name: str, told: str) -> Since | None:
    """What `as_of_in` means; None: dates are written. Raises Invalid (`connector_key_range`)."""
    try:
        return Since(told) if told else None
    except ValueError:
        raise unfit(name, "as_of_in", " | ".join(Since)) from None
