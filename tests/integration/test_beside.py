"""What stands beside each other on one finding has one fate: what others found wrong of one is weighed in each (decision 244)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.beside import MATTER as BESIDE
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Notice, StatementKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.flows import attention, proceedings, upholding
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

SHAKEN = "consequence_shaken"


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """The entry of a finding fell by an upheld objection, while a revocation waits for its decision and a penalty for its notice."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    case.noticed(case.the(Proposal.REVOKE))
    case.answer(case.object(entry.entry, "并非明知"), case.by("周八"), upheld=True)
    return case


def uphold(case: Proceeding, held: Consequence, by: str) -> Consequence:
    return case.act(lambda tx: upholding.uphold(case.office, tx, held.id, "另有证据", case.by(by), case.hand()))


def rule(case: Proceeding, by: str) -> Consequence:
    return case.rule(case.the(Proposal.REVOKE), by, public_interest="不损害公共利益", law="某条例第8条")


def test_an_upheld_objection_to_the_entry_stops_what_nobody_has_decided_of_the_same_finding(case: Proceeding) -> None:
    revoke, penalty = case.the(Proposal.REVOKE), case.the(Proposal.PENALTY)
    assert sorted(one["proposal"] for one in case.matters(SHAKEN)) == ["PENALTY", "REVOKE"]
    with pytest.raises(Refusal, match="consequence_finding_fallen"):
        rule(case, "孙七")
    words = {"facts": ("吊销",), "reasons": "与承诺不符", "rights": ("听证",), "basis": ("某条例",), "content": "罚款"}
    told = Notice(given=case.by("孙七"), **words)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="consequence_finding_fallen"):
        case.act(lambda tx: proceedings.give(case.office, tx, penalty.id, told, penalty.grading, case.hand()))
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="shaken_unanswered"):
        attention.close(tx, f"{SHAKEN}:{revoke.id}", "孙七", case.hand(), note="已阅")


def test_it_goes_on_by_the_word_of_another_officer_and_whoever_was_put_right_neither_says_so_nor_decides(
    case: Proceeding,
) -> None:
    revoke = case.the(Proposal.REVOKE)
    for login in (case.by("李四"), replace(case.by("孙七"), token="t-李四")):
        with case.office.store.begin() as tx, pytest.raises(Refusal, match="consequence_overruled"):
            upholding.uphold(case.office, tx, revoke.id, "另有证据", login, case.hand())
    held = uphold(case, revoke, "孙七")
    assert (held.state, held.stage, held.due_at) == (revoke.state, revoke.stage, revoke.due_at)
    assert [one["proposal"] for one in case.matters(SHAKEN)] == ["PENALTY"]
    with pytest.raises(Refusal, match="consequence_overruled"):
        rule(case, "李四")
    rule(case, "孙七")
    case.agree(revoke, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.agree(revoke, Agreement.LEGAL, "李四")
    assert case.agree(revoke, Agreement.LEGAL, "赵六").state is ConsequenceState.IMPOSED
    case.drop(case.the(Proposal.PENALTY))
    assert case.matters(SHAKEN) == [], "to let go anybody is free, and nothing is left to be looked at"


def test_a_decision_that_waits_for_another_was_written_before_and_is_written_anew(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    revoke = case.noticed(case.the(Proposal.REVOKE))
    rule(case, "李四")
    case.answer(case.object(entry.entry), case.by("周八"), upheld=True)
    with pytest.raises(Refusal, match="consequence_finding_fallen"):
        case.agree(revoke, Agreement.SECOND, "王五")
    assert uphold(case, revoke, "孙七").verdict is None


def test_what_became_of_an_objection_is_read_at_each_consequence_of_the_finding(case: Proceeding) -> None:
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="孙七")
        for held in (case.the(Proposal.REVOKE), case.the(Proposal.PENALTY)):
            page = browser.get(f"/consequences/{held.id}").text
            assert ("并非明知" in page, "经核对" in page, 'value="stands"' in page) == (True, True, True)


@pytest.fixture
def three(store: Store, hand: Hand) -> Proceeding:
    """Three notices on the same facts have come, and nobody has decided."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    for one in (Proposal.REVOKE, Proposal.PENALTY, Proposal.RECORD_CREDIT):
        case.serve(case.give(case.the(one)))
    return case


@pytest.mark.parametrize("kind", [StatementKind.DEFENCE, StatementKind.HEARING])
def test_what_is_said_in_one_is_read_before_the_others_are_decided(three: Proceeding, kind: StatementKind) -> None:
    case, entry = three, three.the(Proposal.RECORD_CREDIT)
    case.hand.on(days=11)
    read = case.turn(entry)
    case.say(case.the(Proposal.REVOKE), kind, "登记状态系误录，已申请更正")
    with pytest.raises(Refusal, match="consequence_moved_on"):
        case.rule(entry, turn=read)
    assert sorted((one["proposal"], one["statement"]) for one in case.matters(BESIDE)) == [
        ("PENALTY", kind.value),
        ("RECORD_CREDIT", kind.value),
    ]
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{entry.id}").text
        assert ("登记状态系误录" in page, 'value="seen_beside"' in page) == (True, True)
        posted = send(browser, f"/consequences/{case.the(Proposal.PENALTY).id}", "seen_beside", note="已阅，登记机关未更正")
        assert posted.status_code == 303
    assert [one["proposal"] for one in case.matters(BESIDE)] == ["RECORD_CREDIT"]
    assert case.rule(entry).state is ConsequenceState.IMPOSED
    assert case.matters(BESIDE) == [], "whoever decided has weighed them"


def test_a_decision_that_waits_for_others_falls_by_what_is_said_beside_it_and_a_waiver_says_nothing(three: Proceeding) -> None:
    case, penalty = three, three.the(Proposal.PENALTY)
    case.hand.on(days=11)
    due = penalty.due_at
    assert case.rule(penalty).verdict is not None
    case.say(case.the(Proposal.REVOKE), StatementKind.WAIVER, "我放弃")
    assert (case.the(Proposal.PENALTY).verdict is not None, case.matters(BESIDE)) == (True, [])
    case.say(case.the(Proposal.REVOKE), StatementKind.DEFENCE)
    held = case.the(Proposal.PENALTY)
    assert (held.verdict, held.due_at) == (None, due), "it is written anew, and no date moves"
