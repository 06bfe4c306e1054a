"""A duty file holds whoever says a thing to its date, and nobody to another's: about findings, letters, penalties."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from inspector.domain import disclosing as domain
from inspector.domain.annulled import Annulled
from inspector.domain.gazette import CheckResult
from inspector.flows import dutyfile, filepage, pledges, publication
from inspector.flows.dutyfile import Asked
from inspector.flows.office import Office
from inspector.flows.viewings import Viewer
from inspector.store.store import Store
from tests.house import Hand, open_office
from tests.integration.test_disclosed_pages import lettered
from tests.integration.test_disclosure import duty, fined, rule
from tests.integration.test_lead_published import made
from tests.integration.test_province import abroad

pytestmark = pytest.mark.alike
BUREAU = ("bureau",)


def acts(
    office: Office, officer: str, agencies: tuple[str, ...] | None = None
) -> dict[str, list[tuple[str | None, bool | None]]]:
    """By rule what somebody has signed: its date, and whether that was kept; the page counts the same."""
    asked = Asked(officer=officer, since=date(2026, 1, 1), until=date(2027, 12, 31), agencies=agencies)
    file = dutyfile.duty_file(office, asked, Viewer(by="督查", role="auditor", agency="", door="page"))
    told: dict[str, Any] = json.loads(file.files["duty.json"])
    signed = [*(act for case in told["cases"] for act in case["acts"]), *told["others"]]
    late = sum(one["kept"] is False for one in signed)
    page = file.files[filepage.NAMES["en"]].decode()
    assert f"{len(signed)} acts in this name" in page
    assert f"{late} late" in page
    held: dict[str, list[tuple[str | None, bool | None]]] = {}
    for one in signed:
        held.setdefault(one["rule"], []).append((one["due_at"], one["kept"]))
    return held


def published(office: Office, name: str, hand: Hand, by: str) -> None:
    with office.store.begin() as tx:
        publication.publish(office, tx, name, office.calendar.local_date(hand()), "公告栏", by, hand())


@pytest.mark.parametrize("late", [False, True])
def test_a_word_about_a_finding_has_the_date_of_its_publication_and_a_later_word_none(
    store: Store, hand: Hand, late: bool
) -> None:
    office = open_office(store, hand)
    owed = made(office, hand, found=True)
    hand.now = owed.due_at + timedelta(seconds=1 if late else -1)
    for found in (CheckResult.PROBLEM, CheckResult.NOTHING):
        with store.begin() as tx:
            publication.rule(office, tx, owed.id, found, "现场已关闭", "孙八", hand())
    due = owed.due_at.isoformat()
    assert acts(office, "孙八")["publication.rule"] == [(due, not late), (None, None)]
    assert acts(office, "孙八", BUREAU)["publication.rule"] == [(due, not late), (None, None)], "in one's own file, too"
    hand.now = owed.due_at + timedelta(days=1)
    published(office, owed.id, hand, "钱七")
    kept = None if late else False
    assert acts(office, "钱七")["publication.done"] == [(None, kept)], "who publishes is not late by another's word"


@pytest.mark.parametrize("late", [False, True])
def test_a_word_about_a_letter_has_the_date_by_which_it_was_to_be_said(store: Store, hand: Hand, late: bool) -> None:
    office, case_id = lettered(store, hand)
    with store.read() as tx:
        (waits,) = tx.attention.standing("letter_scope")
    due = str(waits["due_at"])
    hand.now = datetime.fromisoformat(due) + timedelta(seconds=1 if late else -1)
    for site in (True, False):
        with store.begin() as tx:
            pledges.rule(office, tx, case_id, site, "已向签署人核实", "孙八", hand())
    assert acts(office, "孙八")["pledge.scope"] == [(due, not late), (None, None)]


def test_a_word_about_a_penalty_is_late_and_not_who_publishes_it_then(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    hand.now = duty(case, held).due_at + timedelta(seconds=1)
    rule(case, held, by="孙八")
    published(case.office, domain.name(held.id), hand, "钱七")
    assert acts(case.office, "孙八")["disclosure.rule"] == [(duty(case, held).due_at.isoformat(), False)]
    assert acts(case.office, "钱七")["publication.done"] == [(None, None)]


def test_the_date_of_a_push_is_that_of_nobody_who_annuls_the_penalty(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    hand.on(days=40)
    case.annul(held, Annulled.CORRECTION)
    assert acts(case.office, "钱七")["consequence.annulled"] == [(None, None)], "nor is that of its decision, which was kept"
