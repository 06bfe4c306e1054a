"""What is of a subject or of a visit, and of no case, has a date by a row of the pack, and is ended on a page."""

from __future__ import annotations

from datetime import datetime

import pytest

from inspector.domain.calendar import due
from inspector.domain.docket import DocketKind, DocketRow
from inspector.domain.serving import NoticeKind
from inspector.domain.timer import Timer
from inspector.flows import eligibility
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import drawing
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_bars_again import BAR, entered, lets_in
from tests.integration.test_bars_told import known, told
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.integration.test_transfer_head import HEAD, reported, stands_in

pytestmark = pytest.mark.alike


def contested(office: Office, hand: Hand) -> None:
    with office.store.begin() as tx:
        eligibility.contest(office, tx, BAR.id, "不是本公司", (), "hall", hand())


def waiting(office: Office, kind: DocketKind) -> list[DocketRow]:
    with office.store.read() as tx:
        return [one for one in tx.docket.page(list(office.tree), None, 50) if one.kind is kind]


def test_a_contested_bar_of_no_case_stands_on_the_list_by_its_date_and_is_annulled_on_its_page(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    entered(office, BAR)
    contested(office, hand)
    row = office.policy("bureau", hand().date()).credit.objection
    (one,) = waiting(office, DocketKind.BAR)
    assert (one.case_id, one.due_at) == ("", due(hand(), row.own, office.calendar).at)
    path = f"/matters/bar_contested:{BAR.id}"
    with serving(office) as edge, edge.client() as browser, edge.client() as auditor:
        logged_in(edge, browser)
        logged_in(edge, auditor, role="auditor")
        listed = browser.get("/review").text
        assert (f'href="{path}"' in listed, "税稽罚〔2026〕3号" in listed) == (True, True)
        with edge.as_("officer") as officer:
            (duty,) = [row for row in officer.get("/v1/docket").json()["duties"] if row["kind"] == "BAR"]
        assert (duty["id"], duty["case_id"]) == (BAR.id, "")
        page = browser.get(path).text
        assert ("不是本公司" in page, "省税务局" in page, row.basis in page) == (True, True, True)
        assert 'value="annul"' not in auditor.get(path).text, "who only reads ends nothing"
        assert send(browser, path, "annul", why="WRONG_SUBJECT", document="", reasons="").status_code == 422
        assert send(browser, path, "annul", why="WRONG_SUBJECT", document="", reasons="同名另一企业").status_code == 303
        assert f'href="{path}"' not in browser.get("/review").text
        assert 'value="annul"' not in browser.get(path).text
    assert lets_in(office, 5)


def test_whoever_contested_a_bar_hears_that_it_stands_and_why(store: Store, hand: Hand) -> None:
    office, case_id = known(store, hand)
    entered(office, BAR)
    contested(office, hand)
    path = f"/matters/bar_contested:{BAR.id}"
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert send(browser, path, "stands", note="").status_code == 422
        assert send(browser, path, "stands", note="文书所载代码与本企业一致").status_code == 303
    (_, answer) = sorted(told(office, case_id), key=lambda one: "一致" in one.reasons)
    assert (answer.kind, answer.reasons, bool(answer.rights)) == (NoticeKind.BAR, "文书所载代码与本企业一致", True)
    assert (waiting(office, DocketKind.BAR), lets_in(office, 5)) == ([], False)
    with store.read() as tx:
        (entry,) = [row for row in tx.ledger.about(f"bar:{BAR.id}") if row["rule"] == "bar.stands"]
    assert "李四" in entry["body"]


def test_what_was_decided_in_a_heads_stead_is_read_by_a_date_and_by_a_head_alone(store: Store, hand: Hand) -> None:
    case, held = reported(store, hand, "李四", "赵六")
    stands_in(case, HEAD, "吴九", HEAD)
    case.head(held, "吴九", approves=False)
    by: datetime = due(hand(), case.office.policy("bureau", hand().date()).term(Timer.REVIEW).term, case.office.calendar).at
    (one,) = waiting(case.office, DocketKind.STOOD_IN)
    assert (one.id, one.case_id, one.due_at) == (held.id, case.case, by)
    path = f"/matters/head_stood_in:{held.id}"
    with serving(case.office) as edge, edge.client() as browser, edge.client() as chief:
        logged_in(edge, browser)
        logged_in(edge, chief, name=HEAD)
        assert f'href="{path}"' in chief.get("/review").text
        assert "吴九" in chief.get(path).text
        refused = send(browser, path, "seen", note="已阅")
        assert (refused.status_code, HEAD in refused.text) == (409, True)
        assert send(chief, path, "seen", note="已阅").status_code == 303
        assert waiting(case.office, DocketKind.STOOD_IN) == []
        assert chief.get("/matters/head_stood_in:nothing").status_code == 404
