"""A proposal becomes true by a named officer's steps alone: notice, service, the subject's words, decision (handbook 2.7, 57-61)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.bundle import Part
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, ConsequenceState, Stage, StatementKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.proposal import Proposal
from inspector.domain.review import finding
from inspector.domain.serving import NoticeKind
from inspector.flows import annulling, review
from inspector.flows.settle import settle_case
from inspector.labels import told
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.proceedings import PARTS, decided, recorded

pytestmark = pytest.mark.alike


@pytest.mark.slow
def test_what_a_review_proposes_has_a_first_step_with_a_date_and_the_approving_system_hears_its_id(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.all()
    assert [(one.id, one.proposal, one.stage) for one in held] == [
        (f"{case.case}-1", Proposal.REVOKE, Stage.GIVE),
        (f"{case.case}-2", Proposal.PENALTY, Stage.GIVE),
        (f"{case.case}-3", Proposal.RECORD_CREDIT, Stage.GIVE),
    ]
    assert all(one.due_at is not None and one.evidence and one.basis for one in held)
    assert (held[0].grading.knowing, held[0].grading.earlier, held[0].grading.grade) == (True, 0, "general")
    assert [one["consequence"] for one in case.events("consequence.proposed")] == [one.id for one in held]
    with store.read() as tx:
        assert tx.cases.get(case.case).entry is None  # nothing is entered to anybody's discredit by a review alone
        assert min(tuple(row)[1:] for row in tx.consequences.counts()) == ("PENALTY", "PROPOSED", 1)
    hand.on(days=30)
    settle(case.office)
    assert {(one["step"], one["overdue"]) for one in case.matters("consequence_due")} == {("GIVE", True)}


def test_nothing_is_imposed_before_notice_service_and_the_end_of_the_time_for_a_statement(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.the(Proposal.REVOKE)
    test = {"public_interest": "不损害公共利益"}
    with pytest.raises(Refusal, match="consequence_not_given"):
        case.rule(revoke, **test)
    with pytest.raises(Refusal, match="consequence_not_given"):
        case.serve(revoke)
    case.give(revoke)
    assert case.matters("notice_to_serve")
    with pytest.raises(Refusal, match="consequence_not_served"):
        case.rule(revoke, **test)
    served = case.serve(revoke)
    assert not case.matters("notice_to_serve")
    assert served.notice is not None
    assert served.notice.defend_by is not None
    hand.now = served.notice.defend_by
    with pytest.raises(Refusal, match="consequence_defence_open"):
        case.rule(revoke, **test)
    hand.on(seconds=1)
    with pytest.raises(Invalid, match="public_interest_missing"):
        case.rule(revoke)
    written = case.rule(revoke, **test)
    assert (written.state, written.stage) == (ConsequenceState.NOTICED, Stage.AGREE)
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(revoke, Agreement.SECOND, "李 四")
    case.agree(revoke, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(revoke, Agreement.LEGAL, "王五")
    done = case.agree(revoke, Agreement.LEGAL, "赵六")
    assert (done.state, done.due_at) == (ConsequenceState.IMPOSED, None)
    (told,) = case.events("consequence.imposed")
    assert (told["consequence"], "事实清楚" in str(told)) == (revoke.id, False)


def test_a_waiver_ends_the_time_early_and_a_wish_to_be_heard_holds_the_decision_until_it_is_entered(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry, revoke = case.the(Proposal.RECORD_CREDIT), case.the(Proposal.REVOKE)
    case.serve(case.give(entry))
    with pytest.raises(Invalid, match="consequence_words_missing") as wordless:
        case.say(entry, StatementKind.WAIVER, "  ")
    assert told(wordless.value, "zh-Hans") == "内容 没有内容：请填写"
    case.say(entry, StatementKind.WAIVER, "我放弃陈述申辩")
    assert case.rule(entry).state is ConsequenceState.IMPOSED
    case.serve(case.give(revoke))
    asked = case.say(revoke, StatementKind.HEARING, "要求听证")
    assert asked.stage is Stage.FIX
    hand.on(days=20)
    with pytest.raises(Refusal, match="consequence_hearing_open"):
        case.rule(revoke, public_interest="无")
    case.hear(revoke)
    case.rule(revoke, public_interest="无")
    late = case.say(revoke, StatementKind.DEFENCE, "补充意见")
    assert (late.verdict, late.statements[-1].late) == (None, True)  # decided without these words: it is decided anew


def test_an_entry_is_made_only_by_an_officers_decision_and_an_annulment_takes_it_back(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.the(Proposal.RECORD_CREDIT)
    with store.read() as tx:
        assert not tx.work.page(kind="credit", limit=9)
    done = case.rule(case.noticed(held))
    with store.read() as tx:
        booked, now = tx.books.get(done.entry), tx.cases.get(case.case)
    assert booked is not None
    assert (booked.body["grade"], booked.body["by"], now.entry) == ("general", "李四", done.entry)
    with store.begin() as tx:
        gone = annulling.consequence(case.office, tx, held.id, Annulled.COURT, "行终1号", "李四", hand())
    with store.read() as tx:
        assert (gone.state, tx.cases.get(case.case).entry) == (ConsequenceState.ANNULLED, None)
    assert [one["consequence"] for one in case.events("consequence.annulled")] == [held.id]


def test_rectified_in_time_closes_it_with_a_minor_entry_at_most_and_no_penalty(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    penalty, order = case.propose(Proposal.PENALTY), case.the(Proposal.ORDER_RECTIFY)
    assert order.due_at is not None
    assert order.due_at.date().isoformat() == "2026-03-05"  # the notice: three working days from the check (handbook 1.1.11)
    case.noticed(order)
    with pytest.raises(Invalid, match="rectify_out_of_range"):
        case.rule(order, until=hand().date() + timedelta(days=90))
    until = hand().date() + timedelta(days=14)
    ordered = case.rule(order, until=until)
    assert (ordered.stage, ordered.rectification is not None) == (Stage.RECHECK, True)
    hand.on(days=12)
    settle(case.office)
    assert case.events("consequence.reminded")
    with pytest.raises(Invalid, match="recheck_unproven"):
        case.look(order, good=True, on=hand().date(), documents=())
    assert case.look(order, good=False).state is ConsequenceState.IMPOSED  # not yet: it has until its date
    done = case.look(order, good=True, on=hand().date())
    assert done.state is ConsequenceState.RECTIFIED
    assert [case.the(one.proposal).state for one in (penalty,)] == [ConsequenceState.DROPPED]
    assert case.the(Proposal.RECORD_CREDIT).grading.grade == "minor"
    with pytest.raises(Refusal, match="consequence_spared"):
        case.propose(Proposal.PENALTY)
    assert Proposal.REVOKE not in {one.proposal for one in case.all()}


def test_rectification_that_fails_proposes_to_revoke_and_revokes_nothing(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    suspended = case.propose(Proposal.SUSPEND)
    case.noticed(suspended)
    case.rule(suspended)
    order = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    case.rule(order, until=hand().date() + timedelta(days=7))
    hand.on(days=30)
    settle(case.office)
    assert {one["step"] for one in case.matters("consequence_due")} >= {"RECHECK"}
    assert case.the(Proposal.ORDER_RECTIFY).state is ConsequenceState.IMPOSED  # silence says nothing
    assert case.look(order, good=True, on=hand().date()).state is ConsequenceState.FAILED  # corrected, and too late
    revoke = case.the(Proposal.REVOKE)
    assert (revoke.state, revoke.stage, set(order.evidence) <= set(revoke.evidence)) == (
        ConsequenceState.PROPOSED,
        Stage.GIVE,
        True,
    )
    assert case.the(Proposal.SUSPEND).state is ConsequenceState.IMPOSED
    assert revoke.basis, "by which articles"
    case.serve(case.give(revoke))
    hand.on(days=90)
    settle(case.office)
    waits = case.the(Proposal.REVOKE)
    assert (waits.state, waits.imposed_at) == (ConsequenceState.NOTICED, None), "no date and no silence revokes anything"
    with store.read() as tx:
        notice = tx.servings.get(f"{revoke.id}:notice")
    assert (notice.kind, bool(notice.rights), set(revoke.basis) <= set(notice.basis)) == (NoticeKind.PROPOSAL, True, True)
    case.drop(revoke)
    assert case.the(Proposal.SUSPEND).state is ConsequenceState.LIFTED  # with the main decision the interim one ends


def test_a_suspected_crime_is_transferred_within_its_hours_and_no_fine_is_given_instead(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    penalty = case.the(Proposal.PENALTY)
    transfer = case.propose(Proposal.TRANSFER_JUDICIAL)
    with pytest.raises(Refusal, match="consequence_transfer_open"):
        case.give(penalty)
    case.report(transfer, "李四")
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.report(transfer, "李四")
    reported = case.report(transfer, "王五")
    assert reported.due_at is not None
    assert (reported.state, reported.due_at.date() - hand().date()) == (ConsequenceState.REPORTED, timedelta(days=3))
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.head(transfer, "王五")
    hand.now = hand.now.replace(month=3, day=6, hour=17, minute=0)  # a Friday
    approved = case.head(transfer)
    assert approved.due_at == hand() + timedelta(hours=24)  # the Saturday at 17:00 (scenario 51)
    with pytest.raises(Refusal, match="transfer_bundle_incomplete") as lacks:
        case.hand_over(transfer, {part: text for part, text in PARTS.items() if part is not Part.GOODS})
    assert lacks.value.facts["lacking"] == ("GOODS",)
    assert "缺少：物品清单。" in told(lacks.value, "zh-Hans")
    assert case.hand_over(transfer).state is ConsequenceState.HANDED
    assert case.police(transfer, accepted=False).stage is Stage.CONTEST
    case.drop(transfer, "陈局长")
    assert case.give(penalty).notice is not None


def test_a_case_that_is_opened_again_drops_what_nobody_has_decided(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    assert [one.proposal for one in case.all()] == [Proposal.TERMINATE, Proposal.RECORD_CREDIT]
    with store.begin() as tx:
        review.withdraw(case.office, tx, case.case, "不办了", "张三", hand())
    assert {one.state for one in case.all()} == {ConsequenceState.DROPPED}


def test_what_is_concluded_meanwhile_is_terminated_no_more_and_what_fits_is_proposed_in_its_place(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    end = case.noticed(case.the(Proposal.TERMINATE))
    case.rule(case.noticed(case.propose(Proposal.SUSPEND)))
    for _ in range(2):
        with store.begin() as tx:
            review.conclude(case.office, tx, case.case, "hall", hand())
    with pytest.raises(Refusal, match="consequence_wrong_stage"):
        case.rule(end)
    assert case.the(Proposal.TERMINATE).state is ConsequenceState.DROPPED
    rectify = case.the(Proposal.ORDER_RECTIFY)
    assert (rectify.stage, rectify.origin, rectify.notice) == (Stage.GIVE, "consequence.restaged", None)
    assert (rectify.evidence, rectify.grading.concluded, rectify.proposed_by) == (end.evidence, True, end.proposed_by)
    assert case.events("consequence.proposed")[-1]["consequence"] == rectify.id
    assert case.the(Proposal.SUSPEND).state is ConsequenceState.IMPOSED
    case.drop(rectify)
    assert case.the(Proposal.SUSPEND).state is ConsequenceState.LIFTED


def test_what_is_terminated_already_stays_so_when_the_matter_is_concluded_all_the_same(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    case.rule(case.noticed(case.the(Proposal.TERMINATE)))
    with store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", hand())
    assert [(one.proposal, one.state) for one in case.all() if one.proposal is not Proposal.RECORD_CREDIT] == [
        (Proposal.TERMINATE, ConsequenceState.IMPOSED)
    ]


def test_what_speaks_for_somebody_afterwards_takes_the_entry_back_and_asks_a_person_about_what_took_effect(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    recorded(case.office, hand, case.case)
    revoke = case.noticed(case.the(Proposal.REVOKE))
    case.rule(revoke, public_interest="不损害公共利益")
    case.agree(revoke, Agreement.SECOND, "王五")
    case.agree(revoke, Agreement.LEGAL, "赵六")
    with store.begin() as tx:
        held, (against,) = tx.cases.get(case.case, lock=True), tx.cases.evidence(case.case)
        seen = replace(against, id="e-later", verdict=Verdict.MATCH, asked_at=hand(), found="存续")
        tx.cases.add_evidence(held, seen)
        pack = case.office.book.get(held.pack)
        settle_case(tx, case.office, finding(held, seen, pack, hand(), case.office.calendar), pack, hand())
    entry = case.the(Proposal.RECORD_CREDIT)
    with store.read() as tx:
        assert (tx.cases.get(case.case).entry, entry.state) == (None, ConsequenceState.ANNULLED)
    assert case.the(Proposal.REVOKE).state is ConsequenceState.IMPOSED, "what took effect is annulled by a person"
    assert [one["proposal"] for one in case.matters("consequence_shaken")] == ["REVOKE"]
    with store.begin() as tx:
        annulling.consequence(case.office, tx, revoke.id, Annulled.CORRECTION, "更正1号", "李四", hand())
    assert case.matters("consequence_shaken") == []
