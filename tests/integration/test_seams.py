"""Where notices, consequences and credit records meet: whose words count, of which matter, from when, and what stands with what."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import Agreement, ConsequenceState, Look, Notice
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import giving, objections, proceedings, reached, rectifying, spoken
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, application, post, settle
from tests.integration.test_creditrecords import Place, here
from tests.integration.test_forms import logged_in
from tests.integration.test_way import LICENCE
from tests.materials import png
from tests.proceedings import Proceeding, decided

__all__ = ["here"]
pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    return decided(store, hand, Outcome.UNTRUE_INCURABLE)


def notice(case_id: str, about: str, at: datetime) -> SubjectNotice:
    return SubjectNotice(
        id="n1",
        kind=NoticeKind.PROPOSAL,
        case_id=case_id,
        agency="bureau",
        about=about,
        title="告知",
        facts=("不符",),
        reasons="不符",
        rights=("陈述",),
        basis=("S0:7",),
        answer_by=None,
        made_at=at,
    )


def test_a_notice_of_another_case_reaches_no_consequence_and_another_notice_starts_no_time(case: Proceeding, hand: Hand) -> None:
    held = case.give(case.the(Proposal.REVOKE))
    other = post(case.office, application(7, "business-licence", LICENCE))
    with case.office.store.begin() as tx, pytest.raises(Missing, match="consequence_unknown"):
        giving.give(case.office, tx, notice(other, held.id, hand()), hand())
    with case.office.store.begin() as tx:
        giving.give(case.office, tx, notice(case.case, held.id, hand()), hand())
        reached.served(case.office, tx, "n1", hand().date(), ServiceWay.IN_PERSON, "回证", "李四", hand())
    assert case.the(Proposal.REVOKE).state is ConsequenceState.PROPOSED, "its own notice has not come"


def test_a_notice_is_given_once_so_that_what_the_subject_reads_is_what_the_record_says(case: Proceeding) -> None:
    held = case.give(case.the(Proposal.REVOKE))
    with pytest.raises(Refusal, match="consequence_given"):
        case.give(held)


def test_who_asked_to_be_heard_in_time_is_heard_however_late_the_proof_is_typed_in(case: Proceeding, hand: Hand) -> None:
    held = case.give(case.the(Proposal.REVOKE))
    served_on = hand().date()
    hand.on(days=1)
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, f"{held.id}:notice", SubjectWord.HEARING, "请求听证", (), hand())
    hand.on(days=21)
    with case.office.store.begin() as tx:
        done = reached.noticed(case.office, tx, held.id, served_on, ServiceWay.PAPER, "邮件回执", "李四", hand())
    assert [one.late for one in done.statements] == [False]
    assert done.hearing is not None
    assert done.awaits_hearing


def test_a_hearing_is_offered_where_the_row_gives_the_right_to_one_and_nowhere_else(case: Proceeding, hand: Hand) -> None:
    offered = {}
    for proposal, rights in ((Proposal.REVOKE, "陈述、申辩，可以要求听证"), (Proposal.RECORD_CREDIT, "陈述、申辩")):
        held = case.serve(case.give(case.the(proposal), rights))
        name = f"{held.id}:notice"
        with case.office.store.read() as tx:
            says = spoken.may_say(case.office, tx.cases.get(case.case), tx.servings.get(name), hand(), held)
        with serving(case.office) as edge, edge.client() as browser:
            logged_in(edge, browser)
            pages = browser.get(f"/consequences/{held.id}").text
        offered[proposal] = SubjectWord.HEARING in says, '<option value="HEARING"' in pages
    assert offered == {Proposal.REVOKE: (True, True), Proposal.RECORD_CREDIT: (False, False)}
    entry = f"{case.the(Proposal.RECORD_CREDIT).id}:notice"
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="word_unfit"):
        spoken.say(case.office, tx, entry, SubjectWord.HEARING, "请求听证", (), hand())


@pytest.mark.parametrize(
    ("proposal", "rights", "refused"),
    [
        (Proposal.REVOKE, ("陈述、申辩",), True),
        (Proposal.REVOKE, ("陈述、申辩", "本案不适用听证"), True),
        (Proposal.REVOKE, ("陈述、申辩", "逾期不要求听证的，不举行听证"), True),
        (Proposal.RECORD_CREDIT, ("陈述、申辩", "本案不适用听证"), False),
        (Proposal.REVOKE, ("陈述、申辩", "可以要求听证"), False),
        (Proposal.REVOKE, ("You may speak, and ask for a Hearing",), False),
        (Proposal.RECORD_CREDIT, ("陈述、申辩",), False),
    ],
)
def test_a_notice_of_what_may_be_heard_by_law_names_the_hearing(
    case: Proceeding, proposal: Proposal, rights: tuple[str, ...], *, refused: bool
) -> None:
    held = case.the(proposal)
    told = Notice(given=case.by("李四"), facts=("登记状态为吊销",), reasons="与承诺不符", rights=rights, basis=())
    unnamed = pytest.raises(Invalid, match="consequence_hearing_unnamed") if refused else nullcontext()
    with case.office.store.begin() as tx, unnamed:
        proceedings.give(case.office, tx, held.id, told, held.grading, case.hand())
    assert (case.the(proposal).notice is None) is refused


def let_go(case: Proceeding) -> list[SubjectNotice]:
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.LET_GO]


def test_whoever_was_told_of_a_proposal_hears_once_that_it_is_not_done(case: Proceeding) -> None:
    held = case.serve(case.give(case.the(Proposal.REVOKE)))
    case.drop(held)
    (told,) = let_go(case)
    assert (told.about, told.state, told.answer_by) == (held.id, NoticeState.MADE, None)
    assert "情节轻微" not in f"{told.facts}{told.reasons}", "an officer's reasons may speak of what others look into"
    assert [one["about"] for one in case.events("subject.notice") if one["kind"] == "LET_GO"] == [held.id]
    assert case.matters("notice_to_serve"), "it is brought as every notice is"
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="consequence_decided"):
        proceedings.drop(case.office, tx, held.id, "情节轻微", case.by("李四"), case.hand())
    assert let_go(case) == [told]


def test_whoever_was_told_nothing_of_a_proposal_is_told_nothing_of_its_end(case: Proceeding) -> None:
    case.drop(case.give(case.the(Proposal.REVOKE)))
    case.drop(case.the(Proposal.RECORD_CREDIT))
    assert let_go(case) == []


def test_whoever_has_spoken_to_a_proposal_hears_also_where_a_rule_lets_it_go(case: Proceeding, hand: Hand) -> None:
    held = case.give(case.the(Proposal.REVOKE))
    with case.office.store.begin() as tx:
        spoken.say(
            case.office,
            tx,
            f"{held.id}:notice",
            SubjectWord.DEFENCE,
            "登记有误",
            (),
            hand(),
            door="李四",
            entered=case.by("李四"),
        )
    case.speaks_for()
    assert [one.about for one in let_go(case)] == [held.id]


def test_only_the_link_speaks_for_the_subject(case: Proceeding, hand: Hand) -> None:
    held = case.give(case.the(Proposal.REVOKE))
    name = f"{held.id}:notice"
    with case.office.store.begin() as tx, pytest.raises(Invalid, match="word_empty"):
        spoken.say(case.office, tx, name, SubjectWord.WAIVER, "", (), hand(), door="李四")
    with case.office.store.begin() as tx:
        told, at = (case.office, tx, name, SubjectWord.WAIVER, "本人放弃陈述申辩"), case.by("李四")
        with pytest.raises(Invalid, match="waiver_unsigned"):
            spoken.say(*told, (), hand(), door="李四", entered=at)
        made = spoken.say(*told, (spoken.take(png()),), hand(), door="李四", entered=at).notice
    assert (made.state is NoticeState.SERVED, case.the(Proposal.REVOKE).state) == (False, ConsequenceState.PROPOSED)
    with case.office.store.begin() as tx:
        reached.noticed(case.office, tx, held.id, hand().date(), ServiceWay.IN_PERSON, "本人签收", "李四", hand())
    assert case.the(Proposal.REVOKE).waivers, "what was entered at the counter counts once the notice has come"


def test_a_record_is_marked_until_the_last_objection_by_either_of_its_names_is_over(here: Place) -> None:
    entry = here.found(1)
    first, second = here.objects(entry), here.objects(entry, "查错了人")
    here.decides(first, "王五", upheld=False)
    assert here.record(entry).contested, "another one is open"
    here.decides(second, "王五", upheld=False)
    assert not here.record(entry).contested
    settle(here.office)
    with here.office.store.read() as tx:
        assert not objections.holds(tx, here.record(entry).case_id)


def test_nobody_has_failed_at_an_order_that_was_never_brought_nor_at_one_whose_outcome_fell(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=True)
    noticed = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    order = case.rule(noticed, brought=False, until=hand().date() + timedelta(days=20))
    for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六")):
        if case.the(Proposal.ORDER_RECTIFY).state is not ConsequenceState.IMPOSED:
            case.agree(order, kind, name)
    hand.on(days=40)
    seen = Look(signed=case.by("李四"), good=False, corrected_on=None, words="未改正", documents=("照片1",), evidence=())
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="rectification_unserved"):
        rectifying.look(case.office, tx, order.id, seen, hand())
    with case.office.store.begin() as tx:
        tx.cases.put(replace(tx.cases.get(case.case, lock=True), state=CaseState.REVIEW, outcome=None))
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="consequence_case_open"):
        rectifying.ask(case.office, tx, order.id, "请求复查", "李四", hand())
