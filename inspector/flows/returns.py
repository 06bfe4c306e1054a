"""Periodic returns to the justice bureau from the recorded cases, page by page (`domain.returns`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial

from inspector.domain.case import Case
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Evidence
from inspector.domain.returns import Counted, Like, Line, Per, Seen, lines
from inspector.domain.sampling import Window
from inspector.domain.scoreboard import days_between
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.scoreboard import csv_text
from inspector.flows.settle import Settlement
from inspector.store.past import Recorded
from inspector.store.tx import Tx
from inspector.store.work import Work

COLUMNS = (
    *("period", "counted", "agency", "item", "level", "methods", "outcome"),
    *("cases", "in_time", "late", "days_median", "days_most"),
)
_PAGE = 500
ABOUT = "returns"
"""What the entries of the returns that were made by the calendar are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A return from a day to another, both counted in. `over`: the last day is past, so that nothing is added to it any more.

    `unreadable`: cases that no row counts, for their facts are gone.
    """

    since: date
    until: date
    per: Per
    over: bool
    lines: tuple[Line, ...]
    unreadable: int

    @property
    def csv(self) -> str:
        """The rows as CSV (RFC 4180) with a head."""
        return csv_text(COLUMNS, rows(self))

    @property
    def sheet(self) -> bytes:
        """The file that is handed out by every door: the CSV in UTF-8 with a mark, by which a spreadsheet knows it."""
        return ("\ufeff" + self.csv).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of that file: two returns with one digest say the same."""
        return hashlib.sha256(self.sheet).hexdigest()


def last_months(office: Office) -> tuple[date, date]:
    """The months of the year that are over, in January those of the last year."""
    since, until = Window.MONTH.so_far(office.calendar.local_date(office.now()))
    return since, until - timedelta(days=1)


def monthly(_work: Work, office: Office) -> Settlement:
    """Make the return of the whole house over the months that are over, and enter its digest: what is asked for later is held to that."""
    since, until = last_months(office)
    with office.store.read() as tx:
        held = made(office, tx, since, until, Per.MONTH, tuple(office.tree))
    days = {"since": since.isoformat(), "until": until.isoformat(), "per": held.per.value}
    facts = {**days, "rows": len(held.lines), "unreadable": held.unreadable, "sha256": held.digest}
    decision = Decision(state=None, because=Because(rule="returns.made", basis=(), pack="", facts=facts))

    def write(tx: Tx, now: datetime) -> None:
        record(tx, ABOUT, decision, now, {})

    return Settlement(write=write, outcome="made")


def made(office: Office, tx: Tx, since: date, until: date, per: Per, agencies: Collection[str]) -> Return:
    """The return of some agencies. Raises Invalid (`returns_span`) where the first day lies after the last."""
    if since > until:
        raise Invalid("returns_span", since=since.isoformat(), until=until.isoformat(), field="since")
    lost, span = set[str](), office.calendar.span(since, until)
    came = _came(office, _recorded(partial(tx.past.opened, *span), agencies, lost), per)
    ended = _ended(office, tx, _recorded(partial(tx.past.ended, *span), agencies, lost), per)
    counted = lines([*came, *ended])
    return Return(
        since=since,
        until=until,
        per=per,
        over=until < office.calendar.local_date(office.now()),
        lines=counted,
        unreadable=len(lost),
    )


def rows(held: Return) -> list[dict[str, object]]:
    """Rows in JSON's own types."""
    told = []
    for line in held.lines:
        like = {name: str(value) for name, value in asdict(line.like).items()}
        told.append(like | {name: value for name, value in asdict(line).items() if name != "like"})
    return told


def _recorded(ask: Callable[..., list[Recorded]], agencies: Collection[str], lost: set[str]) -> Iterator[list[Case]]:
    """The cases of some agencies, page by page; whichever case cannot be read comes to those that are `lost`."""
    after = ""
    while page := ask(after=after, limit=_PAGE):
        after = page[-1].id
        lost.update(one.id for one in page if one.case is None)
        yield [one.case for one in page if one.case is not None and one.case.agency in agencies]


def _came(office: Office, pages: Iterable[list[Case]], per: Per) -> Iterator[Seen]:
    for case in (case for cases in pages for case in cases):
        period = per.name_of(office.calendar.local_date(case.opened_at))
        yield Seen(like=Like(period=period, counted=Counted.CAME, agency=case.agency, item=case.item))


def _ended(office: Office, tx: Tx, pages: Iterable[list[Case]], per: Per) -> Iterator[Seen]:
    for cases in pages:
        pieces = tx.past.evidence([one.id for one in cases])
        for case in cases:
            yield _seen(office, case, pieces.get(case.id, []), per)


def _seen(office: Office, case: Case, pieces: list[Evidence], per: Per) -> Seen:
    assert case.ended_at is not None, "asked for by its end"
    like = Like(
        period=per.name_of(office.calendar.local_date(case.ended_at)),
        counted=Counted.ENDED,
        agency=case.agency,
        item=case.item,
        level=case.strategy.level.level if case.strategy is not None else "",
        methods="+".join(sorted({one.method.value for one in pieces})),
        outcome=(case.outcome or case.state).value,
    )
    due_at = case.verify_term.due_at if case.verify_term is not None else None
    return Seen(
        like=like,
        days=days_between(case.opened_at, case.ended_at, office.calendar),
        in_time=case.ended_at <= due_at if due_at is not None else None,
    )
