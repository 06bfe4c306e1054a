"""No verification goes beyond what the notice announced that the letter answers: at intake, in the decision, and wherever it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.case import CaseRemark, CaseState, Method
from inspector.domain.errors import Invalid
from inspector.domain.notice import Notice
from inspector.flows.explain import explain
from inspector.flows.intake import Application, correct
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike

PREMISES = {"registered-address": "某路1号", "office-in-use": "是"}


def former(*methods: Method) -> Notice:
    """The notice of 2024, which announced only some ways."""
    return Notice(version="2024-01", methods=frozenset(methods), basis="S0:5", since=date(2024, 1, 1), until=date(2024, 12, 31))


def knowing(office: Office, notice: Notice, item: str = "dispatch-premises") -> Office:
    """The office with a pack whose item had another notice before."""
    packs = tuple(
        replace(one, items={**one.items, item: replace(one.items[item], notices=(notice,))}) if item in one.items else one
        for one in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=packs))


def letter(**changes: object) -> Application:
    """A letter of last year under the notice of last year."""
    return application(
        1, "dispatch-premises", PREMISES, **({"notice_version": "2024-01", "signed_on": date(2024, 6, 3)} | changes)
    )


def test_what_the_letter_s_own_notice_did_not_announce_is_not_used_and_a_person_decides(store: Store, hand: Hand) -> None:
    office = knowing(open_office(store, hand, sources={"registers": Table(default="=")}), former(Method.ONLINE_QUERY))
    case_id = post(office, letter())
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        made = next(row for row in tx.ledger.about(case_id) if row["rule"] == "strategy.choose")
        english, chinese = (render(explain(office, tx, case_id), lang) for lang in ("en", "zh-Hans"))
    assert case.strategy is not None
    assert case.strategy.notice == "2024-01"
    assert [[step.method for step in held.steps] for held in case.claims] == [[Method.ONLINE_QUERY], []]
    assert (case.state, case.review_reason, case.outcome) == (CaseState.REVIEW, "UNDETERMINED", None)
    assert CaseRemark.NOTICE_VERSION in case.remarks
    assert '"announced": ["ONLINE_QUERY"]' in made["body"]
    assert '"notice": "2024-01"' in made["body"]
    assert (
        "Notice: the letter answers version 2024-01 (2024-01-01 to 2024-12-31), which announced On-line query: no other way"
        in english
    )
    assert "承诺书所答为 2024-01 版（2024-01-01 至 2024-12-31），告知的核查方式为在线核查，不采用其他方式" in chinese
    assert "S0" in english


def test_a_letter_under_the_notice_of_now_is_verified_by_all_that_it_announces(store: Store, hand: Hand) -> None:
    office = knowing(open_office(store, hand, sources={"registers": Table(default="=")}), former(Method.ONLINE_QUERY))
    case_id = post(office, letter(notice_version="2025-01", signed_on=date(2026, 3, 1)))
    with store.read() as tx:
        case = tx.cases.get(case_id)
        told = render(explain(office, tx, case_id), "en")
    assert case.strategy is not None
    assert case.strategy.notice == ""
    assert [step.method for step in case.file("office-in-use").steps] == [Method.ON_SITE]
    assert CaseRemark.NOTICE_VERSION not in case.remarks
    assert "the letter answers version 2025-01, which announces On-line query" in told


def test_what_a_former_notice_announced_and_the_item_uses_no_more_is_not_used_either(store: Store, hand: Hand) -> None:
    office = knowing(open_office(store, hand), former(*Method))
    case_id = post(office, letter())
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert [[step.method for step in held.steps] for held in case.claims] == [[Method.ONLINE_QUERY], [Method.ON_SITE]]


def test_a_letter_that_answers_a_notice_nobody_knows_is_refused_with_those_there_are_and_nothing_is_kept(
    store: Store, hand: Hand
) -> None:
    office = knowing(open_office(store, hand), former(Method.ONLINE_QUERY))
    with pytest.raises(Invalid, match="notice_unknown") as caught:
        post(office, letter(notice_version="2023-07"))
    assert caught.value.facts == {
        "item": "dispatch-premises",
        "version": "2023-07",
        "wanted": "2025-01",
        "known": "2024-01",
        "field": "letter.notice_version",
    }
    assert post(office, letter()), "the sender mends the version and sends it again under its reference"


def test_a_correction_of_the_version_is_verified_by_what_that_one_announced(store: Store, hand: Hand) -> None:
    office = knowing(open_office(store, hand), former(Method.ONLINE_QUERY))
    case_id = post(office, letter(notice_version="2025-01"))
    with store.begin() as tx:
        correct(office, tx, case_id, letter(), "hall", office.now())
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert case.strategy is not None
    assert case.strategy.notice == "2024-01"
    assert [[step.method for step in held.steps] for held in case.claims] == [[Method.ONLINE_QUERY], []]


@pytest.mark.parametrize(
    ("version", "signed_on", "odd"),
    [
        ("2024-01", date(2024, 6, 3), False),
        ("2024-01", date(2025, 2, 3), True),
        ("2024-01", date(2023, 12, 31), True),
        ("2025-01", date(2024, 6, 3), True),
    ],
)
def test_a_letter_signed_when_its_notice_did_not_stand_is_marked(
    store: Store, hand: Hand, version: str, signed_on: date, odd: bool
) -> None:
    office = knowing(open_office(store, hand), former(Method.ONLINE_QUERY))
    case_id = post(office, letter(signed_on=signed_on, notice_version=version))
    with store.read() as tx:
        assert (CaseRemark.NOTICE_DAY in tx.cases.get(case_id).remarks) is odd
        told = render(explain(office, tx, case_id), "zh-Hans")
    assert ("承诺书签署之日，所答的告知书版本并不有效" in told) is odd
    assert ("核查不超出该告知书告知的方式：2024-01，事项现行版本为 2025-01" in told) is (version == "2024-01")
