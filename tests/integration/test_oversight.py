"""Handbook T.3: an overseer sees what people complain of and by when it is to be answered, reads, and changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.challenge import Applicant, Challenge, ChallengeState
from inspector.domain.complaint import Handled
from inspector.domain.roster import Recusal
from inspector.flows import leads, oversight
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_leads import CODE, NAME, tip
from tests.operator import on_both, one_database
from tests.unit.test_readonly import READINGS, let_in, writing

database_url = one_database


def entered(here: Place) -> tuple[str, str]:
    """A subject's objection and a tip-off from the telephone."""
    objection = here.objects(here.found(3))
    with here.office.store.begin() as tx:
        return objection, tip(here.office, tx, here.hand)


@pytest.mark.slow
@pytest.mark.alike
@on_both
def test_complaints_stand_by_their_dates_and_those_that_are_late_are_told(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge:
        objection, tip_id = entered(here)
        with edge.as_("auditor") as overseer, edge.as_("auditor", "other") as far, edge.as_("clerk") as clerk:
            told = overseer.get("/v1/oversight").json()
            assert {(one["kind"], one["id"]) for one in told["complaints"]} == {("OBJECTION", objection), ("TIP_OFF", tip_id)}
            assert (told["overdue"], told["decided_in_time"], told["decided_late"]) == (0, 0, 0)
            dates = [one["due_at"] for one in told["complaints"]]
            assert dates == sorted(dates)
            assert far.get("/v1/oversight").json()["complaints"] == []
            assert clerk.get("/v1/oversight").status_code == 403
            text = overseer.get("/v1/oversight").text
            assert [one for one in (NAME, CODE, "实际并未经营", "登记在承诺之后才注销") if one in text] == [], "it names nobody"
            hand.on(days=30)
            late = overseer.get("/v1/oversight").json()
            assert (late["overdue"], {one["near"] for one in late["complaints"]}) == (2, {"OVERDUE"})
            here.decides(objection, "王五", upheld=False)
            with store.begin() as tx:
                check = leads.propose(here.office, tx, tip_id, "现场是否经营", "线索具体", "李四", hand())
            told = overseer.get("/v1/oversight").json()
            assert (told["decided_in_time"], told["decided_late"]) == (0, 1)
            assert ("LEAD_CHECK", check.id) in {(one["kind"], one["id"]) for one in told["complaints"]}
        with store.read() as tx:
            assert oversight.of_late(tx, ("bureau",), hand() + timedelta(days=100)) == Handled(in_time=0, late=0), "of late alone"


def asks(here: Place, inspector: str, agency: str = "bureau") -> Challenge:
    """A colleague asks that an inspector of a visit be recused."""
    made = Challenge(
        visit="V-1",
        agency=agency,
        inspector=inspector,
        number=1,
        applicant=Applicant.COLLEAGUE,
        applied_by="督查",
        reason=Recusal.KIN,
        evidence="户籍档案",
        applied_at=here.hand(),
    )
    with here.office.store.begin() as tx:
        tx.challenges.add(made)
    return made


def test_each_is_seen_once_page_by_page_with_its_working_days_and_what_has_no_date_stands_behind(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge, edge.as_("auditor") as overseer:
        here.objects(here.found(3))
        for _ in range(3):
            with store.begin() as tx:
                tip(here.office, tx, here.hand)
            hand.on(days=1)
        made = asks(here, "i-1")
        asks(here, "i-2")
        asks(here, "i-3", "elsewhere")
        whole = overseer.get("/v1/oversight").json()
        assert (whole["open"], whole["next"], len(whole["complaints"])) == (5, None, 5)
        last = whole["complaints"][-1]
        assert (last["kind"], last["id"], last["due_at"], last["working_days"]) == ("RECUSAL", "V-1", None, None)
        assert "i-1" not in overseer.get("/v1/oversight").text, "of a visit, and of nobody"
        today = here.office.calendar.local_date(hand())
        for one in whole["complaints"][:-1]:
            due_on = here.office.calendar.local_date(datetime.fromisoformat(one["due_at"]))
            assert here.office.calendar.add_working_days(today, one["working_days"]) == due_on
        seen = list[str]()
        after: str | None = ""
        while after is not None:
            told = overseer.get("/v1/oversight", params={"limit": 2, "after": after}).json()
            assert (told["open"], told["overdue"]) == (5, whole["overdue"]), "of all, and not of the page"
            seen += [one["id"] for one in told["complaints"]]
            after = told["next"]
        assert seen == [one["id"] for one in whole["complaints"]]
        with store.begin() as tx:
            tx.challenges.put(replace(made, state=ChallengeState.REFUSED, decided_at=hand()))
        assert [one["id"] for one in overseer.get("/v1/oversight").json()["complaints"]][-1] == "V-1", "another waits there"


def test_where_nothing_is_open_the_page_says_so_and_is_calm(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge, edge.client() as browser:
        browser.post("/login", data={"token": edge.token("auditor"), "next": "/oversight"}, headers={"Origin": edge.url})
        page = browser.get("/oversight").text
        assert "没有未办结的投诉异议" in page
        assert "<table" not in page
        assert "No complaint is open" in browser.get("/oversight?lang=en").text


def test_the_page_shows_the_same_in_both_languages_and_leads_to_what_it_is_about(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge:
        objection, tip_id = entered(here)
        hand.on(days=30)
        with edge.client() as browser, edge.client() as clerk:
            assert browser.get("/oversight").status_code == 303
            browser.post("/login", data={"token": edge.token("auditor"), "next": "/oversight"}, headers={"Origin": edge.url})
            page = browser.get("/oversight").text
            assert [
                word
                for word in ("当事人异议", "举报线索", "其中逾期 2 件", f"/tip-offs/{tip_id}", f"/credit/objections/{objection}")
                if word not in page
            ] == []
            assert NAME not in page
            assert "2 are open, 2 of them overdue" in browser.get("/oversight?lang=en").text
            forms = re.findall(r"<form[^>]*action=\"([^\"?]*)", page)
            assert forms == ["/logout"], "there is nothing to do here"
            for path in (f"/tip-offs/{tip_id}", f"/credit/objections/{objection}"):
                assert browser.get(path).status_code == 200
            sheet = browser.get("/oversight/returns?per=QUARTER")
            assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/csv; charset=utf-8")
            assert sheet.content == browser.get("/oversight/returns?per=QUARTER").content
            assert clerk.get("/oversight/returns").status_code == 303
            clerk.post("/login", data={"token": edge.token("clerk")}, headers={"Origin": edge.url})
            assert [clerk.get(path).status_code for path in ("/oversight", "/oversight/returns")] == [403, 403]


@pytest.mark.slow
def test_an_overseer_s_token_changes_nothing_by_any_operation_that_writes(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge, edge.as_("auditor") as overseer:
        entered(here)
        before = everything(store)
        for route in writing():
            if route.path in READINGS:
                continue
            path = re.sub(r"\{year:int\}", "2026", route.path)
            path = re.sub(r"\{[^}]*\}", "0" * 32, path)
            for method in sorted(route.methods or ()):
                answer = overseer.request(method, path, json={})
                refused = {403} if let_in(route) is not None else {401, 403, 404, 422}
                assert answer.status_code in refused, (method, path, answer.text)
        assert everything(store) == before


def everything(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with store.read() as tx:
        counts = {table.name: sa.select(sa.func.count()).select_from(table) for table in metadata.sorted_tables}
        return {name: tx.connection.execute(asked).scalar_one() for name, asked in counts.items()}
