"""Handbook T.6: what is reported to the justice bureau of each period is counted from the records, and comes out the same again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import sweep_order
from inspector.domain.case import Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid
from inspector.domain.returns import Counted, Like, Line, Per, Seen, lines
from inspector.flows import returns, review
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tables import case_file
from tests.edge import serving
from tests.house import Hand, Table, application, closing, open_office, post, settle
from tests.operator import on_both, one_database, settled

database_url = one_database
MARCH = date(2026, 3, 1), date(2026, 3, 31)


def of(agency: str, period: str, outcome: str = "TRUE") -> Like:
    return Like(period=period, counted=Counted.ENDED, agency=agency, item="licence", level="B", methods="SOURCE", outcome=outcome)


def test_a_row_counts_like_cases_with_their_days_and_what_was_in_time() -> None:
    seen = [
        Seen(like=of("a", "2026-03"), days=days, in_time=in_time)
        for days, in_time in ((2, True), (9, False), (3, None), (5, True))
    ]
    told = lines([*seen, Seen(like=of("a", "2026-02"), days=1)])
    assert [(one.like.period, one.cases, one.in_time, one.late, one.days_median, one.days_most) for one in told] == [
        ("2026-02", 1, 0, 0, 1, 1),
        ("2026-03", 4, 2, 1, 3, 9),
    ]
    assert lines([*seen][::-1]) == lines(seen), "in whatever order they are read"
    assert isinstance(told[0], Line)


@pytest.mark.parametrize(
    ("per", "name"), [(Per.MONTH, "2026-03"), (Per.QUARTER, "2026-Q1"), (Per.YEAR, "2026")], ids=["month", "quarter", "year"]
)
def test_a_period_is_called_by_its_own_name(per: Per, name: str) -> None:
    assert {per.name_of(date(2026, 3, day)) for day in (1, 31)} == {name}
    assert per.name_of(date(2025, 12, 31)) != name


def checked(store: Store, hand: Hand) -> Office:
    """An office that has taken in three cases in March: one was true, one is decided otherwise by an officer, one is under way."""
    said: dict[tuple[str, str], str | Exception] = {
        ("registration-status", f"TEST{number:014d}"): "存续" if number == 1 else "注销" for number in (1, 2)
    }
    office = open_office(store, hand, sources={"registers": Table(rows=said)})
    for number in (1, 2, 3):
        post(office, application(number, "business-licence", {"registration-status": "存续"}))
    settle(office)
    return office


def made(office: Office, since: date, until: date) -> returns.Return:
    with office.store.read() as tx:
        return returns.made(office, tx, since, until, Per.MONTH, ("bureau",))


@on_both
def test_cases_are_counted_when_they_came_and_when_they_ended_and_the_same_days_give_the_same_bytes(
    store: Store, hand: Hand
) -> None:
    office = checked(store, hand)
    first = made(office, *MARCH)
    rows = returns.rows(first)
    assert [(row["counted"], row["cases"]) for row in rows if row["counted"] == "CAME"] == [("CAME", 3)]
    (ended,) = (row for row in rows if row["outcome"] == "TRUE")
    assert (ended["period"], ended["item"], ended["cases"], ended["in_time"], ended["late"]) == (
        "2026-03",
        "business-licence",
        1,
        1,
        0,
    )
    assert ended["methods"], "by which ways it was verified"
    assert not first.over, "March is not over"
    hand.on(days=40)
    again = made(office, *MARCH)
    assert again.over
    post(office, application(9, "business-licence", {"registration-status": "存续"}))
    settle(office)
    third = made(office, *MARCH)
    assert (third.csv, third.digest) == (again.csv, again.digest), "what came since is of another month"
    with store.begin() as tx:
        held = next(one.id for one in tx.cases.page(agencies=("bureau",), sender=None, only={}, after="", limit=9) if one.outcome)
        tx.connection.execute(sa.update(case_file).where(case_file.c.id == held).values(body=""))
    assert (made(office, *MARCH).unreadable, made(office, *MARCH).digest != third.digest) == (1, True), "what is gone is told"
    with pytest.raises(Invalid, match="returns_span"):
        made(office, *reversed(MARCH))


def test_a_case_that_an_officer_decided_is_counted_by_its_outcome_in_the_month_of_the_decision(store: Store, hand: Hand) -> None:
    office = checked(store, hand)
    hand.on(days=31)
    with store.read() as tx:
        pages = tx.cases.page(agencies=("bureau",), sender=None, only={}, after="", limit=9)
        case = next(one for one in pages if one.state.value == "REVIEW")
        seen = tuple(one.id for one in tx.cases.evidence(case.id))
    with store.begin() as tx:
        review.decide(office, tx, case.id, Outcome.UNTRUE_CURABLE, "李四", "登记已注销", seen, hand())
    rows = returns.rows(made(office, MARCH[0], date(2026, 4, 30)))
    (told,) = (row for row in rows if row["outcome"] == "UNTRUE_CURABLE")
    assert (told["period"], told["cases"]) == ("2026-04", 1)


def test_a_return_over_http_is_of_the_agencies_of_the_token_names_nobody_and_is_the_same_as_csv(store: Store, hand: Hand) -> None:
    office = checked(store, hand)
    days = {"since": str(MARCH[0]), "until": str(MARCH[1])}
    with serving(office) as edge, edge.as_("auditor") as auditor, edge.as_("clerk") as clerk, edge.as_("auditor", "other") as far:
        shown = auditor.get("/v1/returns", params=days).json()
        sheet = auditor.get("/v1/returns", params={**days, "form": "csv"})
        assert sheet.headers["content-type"].startswith("text/csv")
        read = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
        assert [{name: "" if value is None else str(value) for name, value in row.items()} for row in shown["rows"]] == read
        assert shown["digest"] == made(office, *MARCH).digest == hashlib.sha256(sheet.content).hexdigest()
        again = auditor.get("/v1/returns", params={**days, "form": "csv"})
        assert (again.content, "2026-03" in again.headers["content-disposition"]) == (sheet.content, True)
        assert "TEST0000" not in sheet.text
        assert far.get("/v1/returns", params=days).json()["rows"] == []
        assert clerk.get("/v1/returns", params=days).status_code == 403
        assert (
            auditor.get("/v1/returns", params={"since": "2026-04-01", "until": "2026-03-01"}).json()["error"]["code"]
            == "returns_span"
        )


@pytest.mark.slow
def test_the_command_gives_the_return_in_both_languages_as_json_and_as_csv(database_url: str, tmp_path: Path) -> None:
    office = settled(database_url, tmp_path)
    told = office.well("returns", "report", "--since", "2026-01-01", "--until", "2026-12-31", "--per", "QUARTER", "--json").json
    assert told["per"] == "QUARTER"
    assert {row["counted"] for row in told["rows"]} <= {"CAME", "ENDED"}
    sheet = office.well("returns", "report", "--since", "2026-01-01", "--until", "2026-12-31", "--csv").out
    file = tmp_path / "return.csv"
    digest = office.well("returns", "report", "--since", "2026-01-01", "--until", "2026-12-31", "--to", str(file), "--json").json[
        "digest"
    ]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    assert office.say("returns", "report", "--to", str(file)).code == 2, "another one's file stays"
    assert office.say("returns", "report", "--since", "9999-12-31").code == 2, "a day that nobody means"
    assert sheet.splitlines()[0] == ",".join(returns.COLUMNS)
    assert "SHA-256" in office.well("returns", "report").out
    assert "，按月；" in office.well("returns", "report", lang="zh-Hans").out
    with closing(office.store()) as store:
        post(open_office(store, Hand()), application(1, "business-licence", {"registration-status": "存续"}))
    days = ("--since", "2026-01-01", "--until", "2026-12-31")
    assert "（business-licence）" in office.well("returns", "report", *days, lang="zh-Hans").out, "people read an item's name"
    assert ",business-licence," in office.well("returns", "report", *days, "--csv", lang="zh-Hans").out, "programs its code"


def test_each_month_the_calendar_makes_the_return_and_the_same_days_asked_for_later_have_its_digest(
    store: Store, hand: Hand
) -> None:
    office = checked(store, hand)
    hand.on(days=31)
    with store.begin() as tx:
        tx.work.order([sweep_order(OrderKind.RETURNS_MAKE, {}, hand(), hand())], hand())
    settle(office)
    with store.read() as tx:
        (entry,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(returns.ABOUT)]
    assert (entry["since"], entry["until"], entry["per"]) == ("2026-01-01", "2026-03-31", "MONTH")
    hand.on(days=20)
    with store.read() as tx:
        again = returns.made(office, tx, date(2026, 1, 1), date(2026, 3, 31), Per.MONTH, tuple(office.tree))
    assert (again.digest, len(again.lines)) == (entry["sha256"], entry["rows"])
