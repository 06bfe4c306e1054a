"""What the law asks for (a licence that was got by deceit is revoked) is let go by as many as decide it, and by nobody alone."""

from __future__ import annotations

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Stage
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.flows import annulling
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    return decided(store, hand, Outcome.FALSE_KNOWING)


def test_a_revocation_after_deceit_is_let_go_by_nobody_alone(case: Proceeding) -> None:
    revoke = case.the(Proposal.REVOKE)
    written = case.drop(revoke)
    assert (written.state, written.stage, written.due_at) == (ConsequenceState.PROPOSED, Stage.AGREE, revoke.due_at)
    assert case.events("consequence.dropped") == [], "nothing is let go yet"
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(revoke, Agreement.SECOND, "李 四")
    case.agree(revoke, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(revoke, Agreement.LEGAL, "王五")
    done = case.agree(revoke, Agreement.LEGAL, "赵六")
    assert (done.state, done.due_at) == (ConsequenceState.DROPPED, None)
    assert done.ended is not None
    assert (done.ended.by, done.ended.why) == ("李四", "情节轻微")
    with case.office.store.read() as tx:
        said = [one for _, one in tx.ledger.facts(["consequence.dropped"], case.case)]
    assert said[-1]["agreed"] == ["SECOND: 王五", "LEGAL: 赵六"]


def test_who_does_not_agree_goes_on_with_it(case: Proceeding) -> None:
    revoke = case.the(Proposal.REVOKE)
    case.drop(revoke, "王五")
    given = case.give(revoke)
    assert (given.stage, given.verdict) == (Stage.SERVE, None), "the notice takes the place of what was written"
    served = case.serve(revoke)
    case.hand.on(days=11)
    case.drop(revoke, "王五")
    assert case.the(Proposal.REVOKE).stage is Stage.AGREE
    written = case.rule(revoke, public_interest="不损害公共利益")
    assert written.verdict is not None
    assert (written.verdict.signed.by, written.verdict.spares, served.state) == ("李四", False, ConsequenceState.NOTICED)


def test_what_the_law_leaves_to_the_office_one_officer_lets_go(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    assert case.drop(case.the(Proposal.REVOKE)).state is ConsequenceState.DROPPED
    false = decided(store, hand, Outcome.FALSE_KNOWING, number=2, office=case.office)
    assert false.drop(false.the(Proposal.RECORD_CREDIT)).state is ConsequenceState.DROPPED


def test_the_second_person_reads_on_the_page_why_and_agrees_there(case: Proceeding) -> None:
    revoke: Consequence = case.the(Proposal.REVOKE)
    path = f"/consequences/{revoke.id}"
    with serving(case.office) as edge, edge.client() as first, edge.client() as second, edge.client() as third:
        for browser, name in ((first, "李四"), (second, "王五"), (third, "赵六")):
            logged_in(edge, browser, name=name)
        assert send(first, path, "drop", reasons="撤销将严重损害公共利益").status_code == 303
        told = second.get(path).text
        assert ("拟不予处理" in told, "撤销将严重损害公共利益" in told, 'value="notice"' in told) == (True, True, True)
        assert send(first, path, "agreement", kind="SECOND", words="同意").status_code == 409
        assert send(second, path, "agreement", kind="SECOND", words="同意").status_code == 303
        assert send(third, path, "agreement", kind="LEGAL", words="同意").status_code == 303
    assert case.the(Proposal.REVOKE).state is ConsequenceState.DROPPED


def taken_back(case: Proceeding, why: Annulled) -> Consequence:
    """Whoever has proposed and decided it annuls it alone."""
    revoke = case.impose(case.the(Proposal.REVOKE))
    told = why, "自行纠正1号", "李四", case.hand()
    return case.act(lambda tx: annulling.consequence(case.office, tx, revoke.id, *told, token="t-李四"))


def test_who_takes_it_back_alone_once_it_is_decided_has_it_before_them_again(case: Proceeding) -> None:
    gone = taken_back(case, Annulled.CORRECTION)
    again = case.the(Proposal.REVOKE)
    assert (gone.state, again.id == gone.id) == (ConsequenceState.ANNULLED, False)
    assert (again.stage, again.origin, again.grading, again.evidence) == (
        Stage.GIVE,
        "consequence.anew",
        gone.grading,
        gone.evidence,
    )
    assert again.due_at is not None, "with a date"
    assert case.drop(again).stage is Stage.AGREE, "and nobody lets it go alone"


def test_with_it_comes_anew_what_the_pack_proposes_of_the_same_finding_and_fell_with_it_but_not_what_was_let_go(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    gone = taken_back(case, Annulled.CORRECTION)
    assert case.the(Proposal.RECORD_CREDIT).id != entry.id, "the entry fell with the revocation"
    again = [one for one in case.all() if one.origin == "consequence.anew"]
    assert {one.proposal for one in again} == {Proposal.REVOKE, Proposal.PENALTY, Proposal.RECORD_CREDIT}
    assert {one.grading.grade for one in again if one.proposal is Proposal.RECORD_CREDIT} == {entry.grading.grade}
    other = decided(store, hand, Outcome.FALSE_KNOWING, number=2, office=case.office)
    other.drop(other.the(Proposal.PENALTY))
    taken_back(other, Annulled.CORRECTION)
    assert {one.proposal for one in other.all() if one.origin == "consequence.anew"} == {Proposal.REVOKE, Proposal.RECORD_CREDIT}
    assert other.the(Proposal.PENALTY).state is ConsequenceState.DROPPED
    assert gone.state is ConsequenceState.ANNULLED


@pytest.mark.parametrize("why", [Annulled.COURT, Annulled.REVIEW_BODY])
def test_what_a_court_has_annulled_is_proposed_by_no_rule(case: Proceeding, why: Annulled) -> None:
    assert taken_back(case, why).id == case.the(Proposal.REVOKE).id


def test_nor_what_another_officer_takes_back_upon_an_objection(case: Proceeding) -> None:
    revoke = case.impose(case.the(Proposal.REVOKE))
    case.object(revoke.id)
    case.annul(revoke, Annulled.CORRECTION, "更正1号")
    assert case.the(Proposal.REVOKE).id == revoke.id


def own_word(case: Proceeding, revoke: Consequence) -> None:
    """Whoever has decided it takes it back."""
    with case.office.store.begin() as tx:
        told = Annulled.CORRECTION, "自纠1号", "李四"
        annulling.consequence(case.office, tx, revoke.id, *told, case.hand(), token="t-李四")


def test_nor_does_it_stay_let_go_where_another_officer_rejects_the_objection_meanwhile(case: Proceeding) -> None:
    revoke = case.impose(case.the(Proposal.REVOKE))
    said = case.object(revoke.id, "不属实")
    own_word(case, revoke)
    assert case.the(Proposal.REVOKE).id == revoke.id, "another officer has it before him or her"
    case.answer(said, case.by("周八"), upheld=False)
    again = case.the(Proposal.REVOKE)
    assert (again.state, again.origin, again.proposed_by) == (ConsequenceState.PROPOSED, "consequence.anew", "李四")
    assert {one.proposal for one in case.all() if one.open} == {Proposal.REVOKE, Proposal.PENALTY, Proposal.RECORD_CREDIT}


def test_an_objection_that_is_upheld_leaves_it_let_go(case: Proceeding) -> None:
    revoke = case.impose(case.the(Proposal.REVOKE))
    said = case.object(revoke.id, "不属实")
    own_word(case, revoke)
    case.answer(said, case.by("周八"), upheld=True)
    assert case.the(Proposal.REVOKE).id == revoke.id


def test_while_an_objection_to_another_decision_is_open_nothing_is_proposed_anew(case: Proceeding) -> None:
    revoke = case.impose(case.the(Proposal.REVOKE))
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    said, heard = case.object(entry.entry, "不属实"), len(case.events("consequence.proposed"))
    own_word(case, revoke)
    assert (case.the(Proposal.REVOKE).id, len(case.events("consequence.proposed"))) == (revoke.id, heard)
    case.answer(said, case.by("周八"), upheld=True)
    again = [one for one in case.all() if one.origin == "consequence.anew"]
    assert {one.proposal for one in again} == {Proposal.REVOKE, Proposal.PENALTY}, (
        "the entry was found wrong, and the deceit was not"
    )
