"""Rows of a file as findings of another system: what a supervision platform exports, read row by row before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Verdict, blank
from inspector.domain.outside import OutsideFinding
from inspector.flows import outside
from inspector.flows.diagnosis import of_error
from inspector.flows.layout import Column, Layout, RowReader
from inspector.flows.office import Office
from inspector.flows.registers import Read, code_named, identity, read_rows
from inspector.sheets.flaw import RowFlaw
from inspector.sheets.sheet import Sheet

FINDINGS = Layout(
    open_ended=True,
    columns=(
        Column(name="number", chinese="发现编号", meaning="the finding's number in that system", needed=True, coded=True),
        Column(name="case", chinese="办件编号", meaning="id of the case; empty: about a subject without one", coded=True),
        Column(name="claim", chinese="承诺事实", meaning="the claim's key in that case; needed with a case", coded=True),
        Column(
            name="code",
            chinese="主体代码",
            meaning="credit code or identity number; needed without a case",
            coded=True,
            most=64,
        ),
        Column(name="kind", chinese="主体类型", meaning="FIRM (default) or PERSON"),
        Column(name="verdict", chinese="结论", meaning="match, mismatch or cannot_say", needed=True),
        Column(name="value", chinese="所载内容", meaning="what is on record there, word for word"),
        Column(name="words", chinese="说明", meaning="what was found; needed for a mismatch without a value"),
        Column(name="on", chinese="发现日期", meaning="day of the finding", needed=True),
        Column(name="digest", chinese="材料摘要", meaning="SHA-256 of the evidence there", coded=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file holds: its findings with what is wrong and odd, and in which row each number stands."""

    read: Read[OutsideFinding]
    rows: Mapping[str, int]


def findings(sheet: Sheet, agency: str, system: str, now: datetime) -> Found:
    """Findings of a system. One told twice with other content is a flaw: each has its number."""
    rows: dict[str, int] = {}

    def one(reader: RowReader) -> tuple[str, OutsideFinding] | None:
        case, kind = reader.text("case"), reader.choice("kind", SubjectKind, SubjectKind.FIRM)
        code = identity(reader, kind, now)[0] if not case or reader.text("code") else ""
        claim, value, words = reader.text("claim"), reader.text("value"), reader.text("words")
        verdict, on = reader.choice("verdict", Verdict), reader.day("on")
        if case and not claim:
            reader.flaw("claim", "cell_empty")
        if verdict is Verdict.MISMATCH and blank(value) and blank(words):
            reader.flaw("words", "cell_empty")
        if on > now.date() and "on" not in reader.spoiled:
            reader.flaw("on", "day_future", on=on.isoformat())
        made = OutsideFinding(
            system=system,
            number=reader.text("number"),
            agency=agency,
            case_id=case,
            claim=claim,
            kind=kind if code else None,
            code=code,
            verdict=verdict,
            value=value,
            words=words,
            on=on,
            digest=reader.text("digest"),
        )
        rows.setdefault(made.number, reader.number)
        return (made.number, made) if reader.sound else None

    return Found(read=read_rows(code_named(sheet), FINDINGS, one, "number"), rows=rows)


class _Back(Exception):
    """Takes a transaction back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many were new and how many known, and what was wrong with which row: then nothing of the file was written."""

    new: int
    known: int
    flaws: tuple[RowFlaw, ...]


def bring_in(office: Office, found: Found, by: str, now: datetime, *, keep: bool) -> Imported:
    """Take a file's findings in one transaction, each by itself, so that each row's own trouble is named. `keep` False: nothing stays."""
    new, known, flaws = 0, 0, list[RowFlaw]()
    with suppress(_Back), office.store.begin() as tx:
        for one in found.read.rows:
            try:
                with tx.savepoint():
                    took = outside.take(office, tx, one, by, now, typed=True)
            except InspectorError as error:
                flaws.append(of_error(found.rows[one.number], error, _column(error)))
            else:
                new, known = new + took.new, known + (not took.new)
        if flaws or not keep:
            raise _Back
    return Imported(new=new, known=known, flaws=tuple(flaws))


def _column(error: InspectorError) -> str:
    """The column that an error is about: that of its field, or that of the case it names."""
    field = str(error.facts.get("field", "case" if "case" in error.facts else "number"))
    return {"case_id": "case"}.get(field, field) if field != "by" else "number"
