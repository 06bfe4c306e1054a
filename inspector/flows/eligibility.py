"""Who may commit: the gate at intake on the commitment route, and the bars of other authorities that are entered for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from inspector.domain import gate
from inspector.domain.case import Case, Route, SubjectKind
from inspector.domain.errors import Missing
from inspector.domain.gate import OutsideBar
from inspector.flows.layout import Column, Layout, RowReader
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.registers import Read, code_named, identity, read_rows
from inspector.sheets.sheet import Sheet
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

BARS = Layout(
    open_ended=True,
    columns=(
        Column(name="code", chinese="主体代码", needed=True, coded=True, most=64),
        Column(name="kind", chinese="主体类型", meaning="FIRM (default) or PERSON"),
        Column(name="authority", chinese="认定机关", needed=True),
        Column(name="document", chinese="文书号", needed=True, coded=True),
        Column(name="ground", chinese="事由", needed=True, most=400),
        Column(name="since", chinese="认定日期", needed=True),
        Column(name="until", chinese="截止日期", meaning="its last day, where the document names one"),
        Column(name="repaired_on", chinese="修复日期"),
        Column(name="repaired_by", chinese="修复文书号", coded=True, meaning="needed with the day of the repair"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of bars that were handed in."""

    added: int
    changed: int
    same: int


def admit(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Raise Refusal (`subject_barred`) where a record keeps the subject from committing. The route by certificate has no gate.

    Who looked at whose records is logged, whatever came of it.
    """
    if case.route is not Route.COMMITMENT or case.letter is None:
        return
    subject = case.subject
    records, outside = tx.records.of_subject(subject.kind, subject.code), tx.records.bars_of(subject.kind, subject.code)
    if not records and not outside:
        return
    today = office.calendar.local_date(now)
    bar = gate.barred(records, outside, case.letter.signed_on, today)
    told = {"agency": case.agency, "by": case.sender, "reference": case.reference}
    seen = [one.entry for one in records] + [one.id for one in outside]
    log.info("eligibility.looked", **told, records=seen, barred=bar.record if bar is not None else "")
    if bar is not None:
        raise gate.refuse(bar, case.reference)


def bar_id(kind: SubjectKind, code: str, authority: str, document: str) -> str:
    """The id of a bar: one document of one authority about one subject is one bar, however often it is handed in."""
    return hashlib.sha256(f"{kind.value}\n{code}\n{authority}\n{document}".encode()).hexdigest()[:32]


def read(sheet: Sheet, agency: str, today: datetime) -> Read[OutsideBar]:
    """The bars of a file, row by row."""

    def one(reader: RowReader) -> tuple[str, OutsideBar] | None:
        kind = reader.choice("kind", SubjectKind, SubjectKind.FIRM)
        code, _, _ = identity(reader, kind, today)
        authority, document = reader.text("authority"), reader.text("document")
        since, until, repaired = reader.day("since"), reader.maybe_day("until"), reader.maybe_day("repaired_on")
        for field, end in (("until", until), ("repaired_on", repaired)):
            if end is not None and end < since and not {field, "since"} & reader.spoiled:
                reader.flaw(field, "bar_ends_first", since=since.isoformat(), end=end.isoformat())
        repaired_by = reader.text("repaired_by")
        if repaired is not None and not repaired_by:
            reader.flaw("repaired_by", "cell_empty")
        if since > today.date() and "since" not in reader.spoiled:
            reader.flaw("since", "since_future", since=since.isoformat())
        made = OutsideBar(
            id=bar_id(kind, code, authority, document),
            kind=kind,
            code=code,
            agency=agency,
            authority=authority,
            document=document,
            ground=reader.text("ground"),
            since=since,
            until=until,
            repaired_on=repaired,
            repaired_by=repaired_by,
        )
        return (made.id, made) if reader.sound else None

    return read_rows(code_named(sheet), BARS, one, "document")


def enter(tx: Tx, bars: Iterable[OutsideBar], by: str, now: datetime, *, dry_run: bool = False) -> Entered:
    """Keep bars; the same again changes nothing. Raises Invalid as `gate.noted` does."""
    added = changed = same = 0
    for bar in bars:
        before = tx.records.bar(bar.id, lock=not dry_run)
        if before == bar:
            same += 1
            continue
        decided = gate.noted(bar, by, before)
        added, changed = added + (before is None), changed + (before is not None)
        if not dry_run:
            tx.records.keep_bar(bar)
            record(tx, f"bar:{bar.id}", decided, now, {})
    return Entered(added=added, changed=changed, same=same)


def repair(
    tx: Tx, bar_id: str, sees: Sequence[str] | frozenset[str], on: date, document: str, by: str, now: datetime
) -> OutsideBar:
    """A bar of another authority was repaired, by its document. Raises Missing (`bar_unknown`), Invalid."""
    before = tx.records.bar(bar_id, lock=True)
    if before is None or before.agency not in sees:
        raise Missing("bar_unknown", bar=bar_id)
    decided = gate.repaired(before, on, document, by)
    tx.records.keep_bar(decided.state)
    record(tx, f"bar:{bar_id}", decided, now, {})
    return decided.state
