"""An exemption from verification has a date by which it is reviewed; a date that passes has a person for its next event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inspector.cli import fitting
from inspector.cli.finding import State
from inspector.domain.case import CaseRemark, CaseState, MatterKind, SubjectKind
from inspector.flows import attention, exemptions
from inspector.flows.explain import explain
from inspector.flows.intake import Application
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.store.room import Row
from inspector.store.store import Store
from tests.house import TREE, Hand, application, open_office, post
from tests.packs import POLICIES

pytestmark = pytest.mark.alike

REVIEW_BY = date(2025, 12, 31)


def aid(**changes: object) -> Application:
    """An application under the exempt item of the demo pack."""
    person = {"subject_kind": SubjectKind.PERSON, "subject_code": "11010519491231002X", "matter": MatterKind.BENEFIT}
    return application(1, "legal-aid", {"relief-status": "在册"}, **person, **changes)


def reviewed(office: Office, by: date) -> Office:
    """The office with a pack that says until when the exemption was prolonged."""
    packs = tuple(
        replace(
            pack,
            items={code: replace(item, exempt_review_by=by) if item.exempt else item for code, item in pack.items.items()},
        )
        for pack in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=packs))


def looked(office: Office) -> list[Row]:
    """The daily look, and the open matters that it leaves."""
    with office.store.begin() as tx:
        exemptions.look(office, tx, office.now())
        return [row for row in tx.attention.page(None) if row["kind"] == exemptions.UNREVIEWED]


def test_an_exemption_whose_review_is_late_asks_for_a_person_once_and_a_new_version_ends_it(store: Store, hand: Hand) -> None:
    office = reviewed(open_office(store, hand), hand().date())
    assert looked(office) == [], "its last day is not over"
    hand.on(days=1)
    (matter,) = looked(office)
    assert (matter["agency"], matter["about"]) == ("city", f"city:legal-aid:{hand().date().replace(day=2)}")
    assert len(looked(office)) == 1
    assert looked(reviewed(office, date(2026, 12, 31))) == [], "prolonged by a new version"


def test_what_a_person_has_seen_to_is_not_asked_again_each_day(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    (matter,) = looked(office)
    with store.begin() as tx:
        attention.close(tx, matter["id"], "李四", hand(), note="已报司法局")
    hand.on(days=1)
    assert looked(office) == []


@pytest.mark.parametrize(("by", "late"), [(REVIEW_BY, True), (date(2026, 12, 31), False)])
def test_a_late_review_voids_no_exemption_by_itself_and_the_case_says_so(store: Store, hand: Hand, by: date, late: bool) -> None:
    office = reviewed(open_office(store, hand), by)
    case_id = post(office, aid())
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.POOLED
        told = render(explain(office, tx, case_id), "zh-Hans")
    assert f"免予核查复审期限：{by}" in told
    assert ("逾期未复审，免予核查暂继续有效" in told) == late


def test_a_letter_that_is_to_be_public_otherwise_than_the_item_says_is_explained(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    case_id = post(office, aid(notice_version="2025-01", subject_name="张三", publicity_scope="本机关网站"))
    with store.read() as tx:
        assert tx.cases.get(case_id).remarks == (CaseRemark.PUBLICITY,)
        english, chinese = (render(explain(office, tx, case_id), lang) for lang in ("en", "zh-Hans"))
    assert "made public: the letter says 本机关网站, the item not at all" in english
    assert "承诺书为“本机关网站”，事项为“不公开”" in chinese


@pytest.mark.parametrize(("today", "told"), [("2025-10-31", []), ("2025-11-01", ["is"]), ("2026-01-01", ["was"])])
def test_check_warns_ahead_of_a_review_and_when_it_is_late(today: str, told: list[str]) -> None:
    found = list(fitting.exemptions(Policybook.load(POLICIES), TREE, date.fromisoformat(today)))
    assert [(one.state, one.name) for one in found] == [(State.WARN, "policies.demo@1.legal-aid")] * len(told)
    for one, verb in zip(found, told, strict=True):
        assert f"its exemption {verb} to be reviewed by 2025-12-31" in one.told(0)
