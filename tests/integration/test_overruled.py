"""Whoever had a part in a decision that others have put right has none in the same again: another officer does (decision 211)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Notice
from inspector.domain.errors import Refusal
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.flows import proceedings
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, open_office
from tests.integration.test_forms import logged_in
from tests.integration.test_penalty_times import ruled
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A case whose entry fell by an objection that another officer has upheld; the finding stands."""
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    case.answer(case.object(entry.entry), case.by("周八"), upheld=True)
    assert case.the(Proposal.RECORD_CREDIT).state is ConsequenceState.ANNULLED
    return case


def again(case: Proceeding, name: str, token: str = "") -> Consequence:
    with case.office.store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    given = Opening(proposal=Proposal.RECORD_CREDIT, by=name, evidence=ids, reasons="另有发现")
    signed = replace(case.by(name), token=token or f"t-{name}")
    return case.act(lambda tx: proceedings.propose(case.office, tx, case.case, given, signed, case.hand()))


@pytest.mark.parametrize(("name", "token"), [("李四", ""), ("李 四", "t-其他"), ("孙七", "t-李四")])
def test_who_was_found_wrong_does_not_propose_the_same_again_by_any_name_or_login(
    case: Proceeding, name: str, token: str
) -> None:
    with pytest.raises(Refusal, match="consequence_overruled") as refused:
        again(case, name, token)
    assert refused.value.facts["proposal"] == "RECORD_CREDIT"


def test_nor_takes_a_step_in_it_and_another_officer_goes_all_the_way(case: Proceeding) -> None:
    held = again(case, "孙七")
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.give(held)
    told = Notice(given=case.by("孙七"), facts=("登记状态为吊销",), reasons="与承诺不符", rights=("陈述、申辩",), basis=())
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, told, held.grading, case.hand()))
    case.serve(held)
    case.hand.on(days=11)
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.rule(held)
    assert case.rule(held, "孙七").state is ConsequenceState.IMPOSED


def test_nor_decides_the_case_so_again_that_the_same_is_proposed(case: Proceeding) -> None:
    case.speaks_for()
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.decide(Outcome.UNTRUE_INCURABLE)
    case.decide(Outcome.UNTRUE_INCURABLE, "孙七")
    assert case.the(Proposal.RECORD_CREDIT).proposed_by == "孙七"


def test_for_its_subject_the_same_officer_decides(case: Proceeding) -> None:
    case.speaks_for()
    case.decide(Outcome.TRUE)
    with case.office.store.read() as tx:
        assert tx.cases.get(case.case).outcome is Outcome.TRUE


@pytest.mark.parametrize(("why", "refused"), [(Annulled.COURT, True), (Annulled.REVIEW_BODY, True), (Annulled.CORRECTION, False)])
def test_what_a_court_or_a_higher_agency_has_annulled_is_another_officers_and_a_correction_of_our_own_is_not(
    store: Store, hand: Hand, why: Annulled, *, refused: bool
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    case.annul(case.impose(case.the(Proposal.RECORD_CREDIT)), why)
    if refused:
        with pytest.raises(Refusal, match="consequence_overruled"):
            again(case, "李四")
    assert again(case, "孙七" if refused else "李四").state is ConsequenceState.PROPOSED


def headed(store: Store, hand: Hand, above: tuple[str, ...]) -> Proceeding:
    """A penalty that went all the way to the agency's one head, and that a review body annulled."""
    office = ruled(open_office(store, hand, sources={"registers": Table(default="吊销")}), reviewers=("赵六", "孙八"))
    tree = {**office.tree, "bureau": replace(office.tree["bureau"], heads=("陈局长",))}
    tree |= {"county": replace(office.tree["county"], heads=above, reviewers=())}
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=replace(office, tree=tree))
    first = written(case, case.the(Proposal.PENALTY), "李四")
    for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六"), (Agreement.HEAD, "陈局长")):
        first = case.agree(first, kind, name)
    assert first.state is ConsequenceState.IMPOSED
    case.annul(first, Annulled.REVIEW_BODY)
    return case


def written(case: Proceeding, held: Consequence, by: str) -> Consequence:
    """Its notice was given and served, its time is over, and somebody writes the decision."""
    told = {"facts": ("登记状态为吊销",), "reasons": "与承诺不符", "rights": ("陈述、申辩，可以要求听证",)}
    notice = Notice(given=case.by(by), basis=("某条例第8条",), content="罚款三万元", **told)  # type: ignore[arg-type]
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, notice, held.grading, case.hand()))
    case.serve(held)
    case.hand.on(days=11)
    return case.rule(held, by, discussed="会议纪要1号")


def test_what_a_review_body_annulled_the_head_above_decides_again_where_the_agency_has_one(store: Store, hand: Hand) -> None:
    case = headed(store, hand, ("周区长",))
    second = written(case, case.propose(Proposal.PENALTY, "孙七"), "孙七")
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="吴十")
        page = browser.get(f"/consequences/{second.id}").text
        assert ("周区长" in page, "孙八" in page, "<bdi>赵六, 孙八" in page) == (True, True, False), "who may agree is named"
    second = case.agree(case.agree(second, Agreement.SECOND, "吴十"), Agreement.LEGAL, "孙八")
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.agree(second, Agreement.HEAD, "陈局长")
    assert case.agree(second, Agreement.HEAD, "周区长").state is ConsequenceState.IMPOSED


def test_where_no_other_head_is_named_nothing_is_written_that_nobody_could_agree_to(store: Store, hand: Hand) -> None:
    case = headed(store, hand, ())
    held = case.propose(Proposal.PENALTY, "孙七")
    with pytest.raises(Refusal, match="penalty_headless"):
        written(case, held, "孙七")


def test_where_the_last_one_who_could_agree_has_gone_meanwhile_the_page_says_so(store: Store, hand: Hand) -> None:
    case = headed(store, hand, ("周区长",))
    second = written(case, case.propose(Proposal.PENALTY, "孙七"), "孙七")
    county = replace(case.office.tree["county"], heads=())
    case.office = replace(case.office, tree={**case.office.tree, "county": county})
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="吴十")
        assert "没有可以同意的负责人" in browser.get(f"/consequences/{second.id}").text
