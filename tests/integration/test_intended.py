"""Officer and subject read before a decision what would follow: grade, how long it is shown, whether it bars (Penalties Law art. 44)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Notice
from inspector.domain.errors import Invalid
from inspector.domain.proposal import Proposal
from inspector.flows import proceedings
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, open_office
from tests.integration.test_acts import catalogued
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def barred(store: Store, hand: Hand) -> Proceeding:
    """A knowing falsehood, under a pack whose act bars; an earlier case of the subject ended untrue, and the decision came."""
    office = catalogued(open_office(store, hand, sources={"registers": Table(default="吊销")}))
    before = decided(store, hand, Outcome.UNTRUE_CURABLE, office=office, act="act-untrue-curable", reference="R-0001")
    before.impose(before.the(Proposal.RECORD_CREDIT))
    return decided(store, hand, Outcome.FALSE_KNOWING, office=office, act="act-false", reference="R-0002")


def test_the_notice_of_an_entry_says_which_grade_how_long_and_whether_it_bars(store: Store, hand: Hand) -> None:
    case = barred(store, hand)
    held = case.give(case.the(Proposal.RECORD_CREDIT))
    assert held.notice is not None
    with store.read() as tx:
        told = tx.servings.get(f"{held.id}:notice")
    assert told.facts[-1] == held.notice.intended
    for words in ("一般", "最长公示 1 年", "修复前不再适用告知承诺制"):
        assert words in told.facts[-1], told.facts[-1]
    done = case.impose(case.the(Proposal.REVOKE))
    with store.read() as tx:
        assert not any("拟" in fact for fact in tx.servings.get(f"{done.id}:decision").facts), "a decision intends nothing"


def test_the_officers_page_shows_gravity_and_articles_before_the_form(store: Store, hand: Hand) -> None:
    case = barred(store, hand)
    held = case.the(Proposal.RECORD_CREDIT)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{held.id}", headers={"Accept-Language": "zh"}).text
    for words in ("等级为一般", "此前不实的办件", "<dd>1 ·"):
        assert words in page, words
    assert "P:2.7" not in page, "articles stand in words"
    assert page.index('id="way-notice"') > page.index("此前不实的办件") > page.index("吊销")


def test_a_penalty_is_proposed_with_its_content_or_not_at_all(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.the(Proposal.PENALTY)
    notice = Notice(given=case.by("李四"), facts=("不符",), reasons="不符", rights=("陈述、申辩，可以要求听证",), basis=())
    with pytest.raises(Invalid, match="consequence_words_missing"):
        case.act(lambda tx: proceedings.give(case.office, tx, held.id, notice, held.grading, hand()))
    fine = replace(notice, content="罚款三万元", basis=("某条例第8条",))
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, fine, held.grading, hand()))
    with store.read() as tx:
        assert "罚款三万元" in tx.servings.get(f"{held.id}:notice").facts[-1]
