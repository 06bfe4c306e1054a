"""What an explanation says of records: the dishonest acts that an officer may find, and how long what is on record is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.act import ActRow
from inspector.domain.calendar import Term, WorkingCalendar
from inspector.domain.case import Outcome
from inspector.domain.policy import Policy
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.flows import wording
from inspector.flows.articles import Article, articles
from inspector.labels import Lang, label, of


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A dishonest act of the pack's catalogue: by which outcomes it is found, its grade, whether it bars from committing."""

    row: str
    name: str
    outcomes: tuple[Outcome, ...]
    grade: str
    bars: bool
    basis: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long a kind of record is kept; `keep` None: for good. `until`: its last day, where the case has ended."""

    row: str
    record: Record
    since: Since
    keep: Term | None
    until: date | None
    basis: tuple[Article, ...]


def acts(policy: Policy) -> tuple[Act, ...]:
    """The catalogue in the pack's order."""
    return tuple(act(policy, row) for row in policy.acts)


def act(policy: Policy, row: ActRow) -> Act:
    """One act."""
    return Act(
        row=row.row,
        name=row.name,
        outcomes=tuple(outcome for outcome in Outcome if outcome in row.outcomes),
        grade=row.grade,
        bars=row.bars,
        basis=articles(policy, row.basis),
    )


def kept(policy: Policy, ended_at: datetime | None, calendar: WorkingCalendar) -> tuple[Kept, ...]:
    """The pack's rows; those that count from a case's end with their last day, which no holiday moves: nobody has to act on it."""
    return tuple(
        Kept(
            row=row.row,
            record=row.record,
            since=row.since,
            keep=row.keep,
            until=_until(row, ended_at, calendar),
            basis=articles(policy, row.basis),
        )
        for row in policy.retentions
    )


def _until(row: RetentionRow, ended_at: datetime | None, calendar: WorkingCalendar) -> date | None:
    return row.last(ended_at, calendar) if ended_at is not None and row.since is Since.CASE_ENDED else None


def act_line(one: Act, lang: Lang) -> str:
    """An act in one line: what is done, by which outcomes, how grave."""
    outcomes = label("explain.and", lang).join(of(outcome, lang) for outcome in one.outcomes)
    told = label("explain.act", lang, name=one.name, row=one.row, outcomes=outcomes, grade=label(f"grade.{one.grade}", lang))
    return told + (label("explain.act_bars", lang) if one.bars else "")


def kept_lines(rows: Iterable[Kept], lang: Lang) -> Iterator[str]:
    """How long each kind of record is kept, and on what that rests."""
    for one in rows:
        facts = {"record": of(one.record, lang), "row": one.row, "since": of(one.since, lang)}
        if one.keep is None:
            yield label("explain.kept_for_good", lang, **facts)
        else:
            told = label("explain.kept", lang, keep=wording.term(one.keep, lang), **facts)
            yield told + (label("explain.kept_until", lang, until=one.until) if one.until is not None else "")
        cited = label("explain.then", lang).join(wording.article(article, lang) for article in one.basis)
        yield "  " + label("explain.basis", lang, articles=cited)
