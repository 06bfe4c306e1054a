"""Publicity, repair and objection as rows of a pack, the dates they give, and what bars whom: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import SubjectKind
from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import OBJECTION, REPAIR, RepairPaper
from inspector.domain.creditrecord import Record, RecordState, ask_repair, decide_repair, lapse, made
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.gate import OutsideBar, barred, noted
from inspector.domain.repair import Brought, RepairAsked
from inspector.policybook import PacksInvalid, Policybook
from inspector.policyrender import render
from tests.packs import POLICIES, SHIPPED, write

ZONE = timezone(timedelta(hours=8))
LAW = Policybook.load(POLICIES).get("maoji@2026.2").credit
ROW = '\n[[publicity]]\nid = "p-{grade}"\ngrade = "{grade}"\n{least}most = "{most}"\nbasis = "{basis}"\n'


def record(grade: str = "general", on: date = date(2026, 3, 2), **changes: object) -> Record:
    held = Record(
        entry="credit:1:3",
        case_id="1",
        agency="bureau",
        kind=SubjectKind.FIRM,
        code="X",
        grade=grade,
        outcome="FALSE_KNOWING",
        basis="S0:8",
        pack="maoji@2026.2",
        decided_by="李四",
        decided_at=datetime(on.year, on.month, on.day, 9, tzinfo=ZONE),
        decided_on=on,
        bars=True,
    )
    return made(replace(held, **changes), LAW)  # type: ignore[arg-type]


def publicity(grade: str, most: str, least: str = "", basis: str = "S0:8;P:1.7.1") -> str:
    return ROW.format(grade=grade, most=most, least=f'least = "{least}"\n' if least else "", basis=basis)


TWICE = publicity("serious", "3y").replace("p-serious", "p-again")


@pytest.mark.parametrize(
    ("grade", "on", "repairable", "shown_until"),
    [
        ("minor", date(2026, 11, 30), date(2026, 11, 30), date(2027, 2, 28)),
        ("general", date(2026, 11, 30), date(2027, 3, 1), date(2027, 11, 30)),
        ("serious", date(2028, 2, 29), date(2029, 3, 1), date(2031, 2, 28)),
        ("kept", date(2026, 3, 2), date(2026, 3, 2), None),
    ],
)
def test_each_grade_has_its_minimum_and_maximum_by_the_calendar_of_months(
    grade: str, on: date, repairable: date, shown_until: date | None
) -> None:
    held = record(grade, on)
    assert (held.repairable_from, held.most_until) == (repairable, shown_until)
    if shown_until is not None:
        assert lapse(held, shown_until) is None, "on its last day it is shown"
        gone = lapse(held, shown_until + timedelta(days=1))
        assert gone is not None
        assert (gone.state.state, lapse(gone.state, date.max)) == (RecordState.LAPSED, None)


def test_a_repair_needs_its_day_its_papers_and_a_named_officer_with_reasons() -> None:
    calendar, papers = WorkingCalendar(), tuple((one, "a" * 64) for one in RepairPaper)
    asked = RepairAsked(asked_at=datetime(2026, 6, 3, 9, tzinfo=ZONE), by="hall", words="", papers=papers)
    asked = replace(asked, brought=(Brought(digest="a" * 64, name="整改材料", by="hall", at=asked.asked_at),))
    with pytest.raises(Refusal, match="repair_early") as early:
        ask_repair(record(), asked, LAW, datetime(2026, 6, 2, 9, tzinfo=ZONE), calendar)
    assert early.value.facts["earliest"] == "2026-06-03"
    with pytest.raises(Refusal, match="repair_of_kept"):
        ask_repair(record("kept"), asked, LAW, asked.asked_at, calendar)
    held = ask_repair(record(), asked, LAW, asked.asked_at, calendar).state
    assert held.repair is not None
    assert held.repair.due_at == datetime(2026, 6, 8, 17, 30, tzinfo=ZONE)
    for officer, reasons in (("", "符合"), ("王五", " ")):
        with pytest.raises(Invalid):
            decide_repair(held, Signed(by=officer, token="", at=asked.asked_at), reasons, LAW, date(2026, 6, 4), grant=True)
    by = Signed(by="王五", token="", at=asked.asked_at)
    done = decide_repair(held, by, "符合", LAW, date(2026, 6, 4), grant=True)
    assert (done.state.state, done.because.facts["bars"]) == (RecordState.REPAIRED, True)
    with pytest.raises(Refusal, match="record_over"):
        decide_repair(done.state, by, "符合", LAW, date(2026, 6, 5), grant=True)


def test_what_bars_is_a_record_that_stands_and_the_oldest_is_named() -> None:
    on = date(2026, 6, 4)
    free = (
        record(bars=False),
        record(contested=True),
        record(state=RecordState.ANNULLED, ended_on=on),
        record(state=RecordState.FALLEN, ended_on=on),
        record(state=RecordState.REPAIRED, ended_on=on),
    )
    assert barred(free, (), on, on) is None
    later = record(state=RecordState.REPAIRED, ended_on=on + timedelta(days=1))
    shown_no_more = replace(record(state=RecordState.LAPSED, lapsed_on=on, on=date(2026, 3, 3)), entry="credit:2:1")
    bar = barred((*free, shown_no_more, later), (), on, on)
    assert bar is not None
    assert (bar.record, bar.since, bar.part) == (shown_no_more.entry, date(2026, 3, 3), "own"), "what stands comes first"
    bar = barred((*free, later), (), on, on)
    assert bar is not None
    assert (bar.record, bar.since, bar.repaired_on) == (later.entry, date(2026, 3, 2), on + timedelta(days=1))
    own = OutsideBar(
        id="b",
        kind=SubjectKind.FIRM,
        code="X",
        agency="bureau",
        authority="税务局",
        document="7号",
        ground="虚开",
        since=date(2026, 1, 5),
        until=on,
    )
    assert barred((later,), (own,), on, on) is not None
    assert barred((later,), (own,), on, on).document == "7号"  # type: ignore[union-attr]
    assert barred((), (own,), on + timedelta(days=1), on) is None
    for changes in ({"document": " "}, {"until": date(2026, 1, 4)}, {"repaired_on": on}):
        with pytest.raises(Invalid):
            noted(replace(own, **changes), "李四", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (publicity("minor", "3mo"), "publicity_missing"),
        (publicity("minor", "3mo") + publicity("general", "1y") + publicity("serious", "1y", "13mo"), "publicity_reversed"),
        (publicity("minor", "3mo") + publicity("general", "20wd") + publicity("serious", "3y"), "term_not_calendar"),
        (publicity("minor", "3mo") + publicity("general", "1y") + publicity("serious", "3y") + TWICE, "publicity_twice"),
        (publicity("grave", "3mo"), "value_unknown"),
        (publicity("minor", "3mo", basis="S77:1"), "basis_unknown"),
        ('\n[objection]\nid = "o"\nown = "8wd"\nothers = "7wd"\nbasis = "P:2.4"\n', "objection_reversed"),
        ('\n[repair]\nid = "r"\ndecide = "3wd"\npapers = ["PHOTO"]\nbasis = "P:1.7.2"\n', "value_unknown"),
    ],
)
def test_a_pack_whose_rows_make_no_sense_is_refused(tmp_path: Path, text: str, code: str) -> None:
    write(tmp_path, SHIPPED + text)
    with pytest.raises(PacksInvalid) as refused:
        Policybook.load(tmp_path)
    assert code in [flaw.code for flaw in refused.value.flaws]


def test_a_pack_without_rows_goes_by_what_is_shipped_and_lapses_nothing_and_a_lawyer_reads_the_rows(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    (pack,) = Policybook.load(tmp_path).packs
    assert (pack.credit.publicities, pack.credit.repair, pack.credit.objection) == ({}, REPAIR, OBJECTION)
    page = render(Policybook.load(POLICIES).get("maoji@2026.2"))
    for said in ("原则上不公示", "最长公示期，期满自行停止", "改正并履行义务的证明、公开信用承诺", "7个工作日"):
        assert said in page
