"""What a penalty is, and by which law, its subject reads before it defends itself and in the decision (Penalties Law art. 44, 59)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain import penalty
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Notice
from inspector.domain.errors import Invalid
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.flows import proceedings
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, open_office
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

LAW = "某条例第8条"


def heard(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """A fine of thirty thousand was announced by an article, and the time for a defence is over."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    return case, case.noticed(case.the(Proposal.PENALTY))


def facts(case: Proceeding, held: Consequence) -> tuple[str, ...]:
    with case.office.store.read() as tx:
        return tx.servings.get(f"{held.id}:decision").facts


def agreed(case: Proceeding, held: Consequence) -> Consequence:
    done = case.the(held.proposal)
    for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六")):
        if done.state is ConsequenceState.NOTICED and kind in (Agreement.SECOND, Agreement.LEGAL):
            done = case.agree(held, kind, name)
    return done


def test_a_penalty_is_announced_with_the_law_that_it_would_rest_on(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.the(Proposal.PENALTY)
    told = Notice(given=case.by("李四"), facts=("不符",), reasons="不符", rights=("陈述、听证",), basis=(), content="罚款三万元")
    with pytest.raises(Invalid, match="consequence_law_missing"):
        case.act(lambda tx: proceedings.give(case.office, tx, held.id, told, held.grading, hand()))
    case.give(held)
    with store.read() as tx:
        assert LAW in tx.servings.get(f"{held.id}:notice").basis


def test_no_penalty_is_decided_by_a_law_that_its_subject_has_not_read(store: Store, hand: Hand) -> None:
    case, held = heard(store, hand)
    with pytest.raises(Invalid, match="penalty_law_unread"):
        case.rule(held, law="另一条例第9条")
    done = case.rule(held, law="某条例 第8条")
    assert done.verdict is not None


def test_the_decision_says_what_the_penalty_is_and_what_it_rests_on(store: Store, hand: Hand) -> None:
    case, held = heard(store, hand)
    case.rule(held)
    done = agreed(case, held)
    assert done.state is ConsequenceState.IMPOSED
    assert done.verdict is not None
    assert (done.verdict.content, done.verdict.law, done.verdict.lighter) == ("罚款三万元", LAW, False)
    told = facts(case, held)
    assert "处罚内容：罚款三万元" in told
    assert f"依据：{LAW}" in told


def test_a_fine_is_lowered_after_the_defence_by_a_word_of_the_officers_and_a_graver_one_is_announced_anew(
    store: Store, hand: Hand
) -> None:
    case, held = heard(store, hand)
    with pytest.raises(Invalid, match="penalty_unread"):
        case.rule(held, content="罚款五万元")
    case.rule(held, content="罚款一万元", lighter=True)
    done = agreed(case, held)
    assert done.verdict is not None
    assert (done.verdict.content, done.verdict.lighter) == ("罚款一万元", True)
    assert "处罚内容：罚款一万元" in facts(case, held)


def test_for_a_graver_penalty_the_proposal_is_let_go_and_its_subject_reads_the_other_one_first(store: Store, hand: Hand) -> None:
    case, held = heard(store, hand)
    case.drop(held)
    graver = case.propose(Proposal.PENALTY)
    told = Notice(
        given=case.by("李四"), facts=("不符",), reasons="不符", rights=("陈述、听证",), basis=(LAW,), content="罚款五万元"
    )
    case.act(lambda tx: proceedings.give(case.office, tx, graver.id, told, graver.grading, hand()))
    case.serve(graver)
    hand.on(days=11)
    done = case.rule(graver)
    assert done.verdict is not None
    assert (done.verdict.content, done.verdict.lighter) == ("罚款五万元", False)


def test_who_agrees_reads_the_penalty_its_law_and_what_is_open_against_it(store: Store, hand: Hand) -> None:
    case, held = heard(store, hand)
    path = f"/consequences/{held.id}"
    with serving(case.office) as edge, edge.client() as browser, edge.client() as other:
        logged_in(edge, browser, name="李四")
        logged_in(edge, other, name="王五")
        form = browser.get(path).text
        assert ">\n罚款三万元</textarea>" in form, "the draft is what was announced"
        assert f'name="law" maxlength="200" dir="auto" value="{LAW}"' in form
        assert ">\n自收到本决定之日起十五日内，到指定的银行或者通过电子支付系统缴纳</textarea>" in form
        told = {"reasons": "清楚", "law": LAW, "rights": "六十日内向市人民政府申请行政复议", "performance": "三十日内分两期缴纳"}
        silent = send(browser, path, "decision", content="罚款一万元", **told)
        assert (silent.status_code, "不重于告知的处罚" in silent.text) == (422, True)
        assert send(browser, path, "decision", content="罚款一万元", lighter="true", **told).status_code == 303
        read = other.get(path).text
        for words in (
            "罚款一万元",
            "三十日内分两期缴纳",
            "与告知的处罚不同，但不重于告知的处罚",
            LAW,
            "六十日内向市人民政府申请行政复议",
        ):
            assert words in read, words


def test_the_decision_of_a_fine_says_how_and_by_when_it_is_paid(store: Store, hand: Hand) -> None:
    case, held = heard(store, hand)
    for silent in ("", "  "):
        with pytest.raises(Invalid, match="penalty_performance_missing"):
            case.rule(held, performance=silent)
    case.rule(held, performance="自收到本决定之日起十五日内缴至指定银行")
    agreed(case, held)
    assert "履行方式和期限：自收到本决定之日起十五日内缴至指定银行" in facts(case, held)
    entry = case.noticed(case.the(Proposal.RECORD_CREDIT))
    with pytest.raises(Invalid, match="penalty_alone"):
        case.rule(entry, performance="十五日内")


@pytest.mark.parametrize(
    ("content", "fine"),
    [("警告，并处罚款二万元", True), ("警告", False), ("A fine of 100", True), ("Refined goods are taken away", False)],
)
def test_what_a_fine_is(content: str, *, fine: bool) -> None:
    assert penalty.fines(content) is fine


def test_a_content_is_decided_of_a_penalty_alone(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.noticed(case.the(Proposal.RECORD_CREDIT))
    with pytest.raises(Invalid, match="penalty_alone"):
        case.rule(entry, content="罚款三万元")


def test_where_the_packs_row_has_the_law_neither_notice_nor_decision_names_it_again(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    packs = tuple(lawful(one) for one in office.book.packs)
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=replace(office, book=replace(office.book, packs=packs)))
    held = case.the(Proposal.PENALTY)
    told = Notice(given=case.by("李四"), facts=("不符",), reasons="不符", rights=("陈述、听证",), basis=(), content="罚款三万元")
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, told, held.grading, hand()))
    with store.read() as tx:
        assert "S0:9" in tx.servings.get(f"{held.id}:notice").basis
    case.serve(held)
    hand.on(days=11)
    with pytest.raises(Invalid, match="penalty_law_unread"):
        case.rule(held, law=LAW)
    done = case.rule(held)
    assert done.verdict is not None
    assert (done.verdict.law, "S0:9" in done.basis) == ("", True)


def lawful(pack: Policy) -> Policy:
    """The same pack with a law in its row of a penalty."""
    row = pack.consequences.get(Proposal.PENALTY)
    return pack if row is None else replace(pack, consequences={**pack.consequences, Proposal.PENALTY: replace(row, law="S0:9")})
