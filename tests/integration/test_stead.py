"""What is done in another's stead says so at each step; and an objection comes to somebody who is there, and who had no part in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState, Notice, StatementKind
from inspector.domain.errors import Refusal
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.proposal import Proposal
from inspector.flows import deputies, objections, proceedings
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_deputies import WHY, anybody, ruled, stands_in
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def told(case: Proceeding, rule: str) -> list[dict[str, object]]:
    """What the ledger's entries of a rule say of the case."""
    with case.office.store.read() as tx:
        return [json.loads(row["body"])["facts"] for row in tx.ledger.about(case.case) if row["rule"] == rule]


def contested(case: Proceeding) -> Objection:
    """A revocation in force by 李四, 王五 and 赵六, to which its subject objects."""
    return case.object(case.impose(case.the(Proposal.REVOKE)).id)


def asking(case: Proceeding, proposal: Proposal) -> Proceeding:
    """The case by a pack whose row asks for another person than a deputy."""
    packs = tuple(
        replace(pack, consequences={**pack.consequences, proposal: replace(pack.consequences[proposal], deputy_apart=True)})
        if proposal in pack.consequences
        else pack
        for pack in case.office.book.packs
    )
    return replace(case, office=replace(case.office, book=replace(case.office.book, packs=packs)))


def passed_on(case: Proceeding, objection: Objection, officer: str) -> None:
    """An officer says that others have to be asked."""
    with case.office.store.begin() as tx:
        objections.pass_on(case.office, tx, objection.id, case.by(officer), "需登记机关核查", case.hand())


def test_each_step_that_a_deputy_takes_says_in_whose_stead(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    stands_in(case, "周八", days=60)
    held, by = case.the(Proposal.REVOKE), case.by("周八")
    notice = Notice(given=by, facts=("登记状态为吊销",), reasons="与承诺不符", rights=("陈述、申辩，可以要求听证",), basis=())
    given = case.act(lambda tx: proceedings.give(case.office, tx, held.id, notice, held.grading, hand()))
    assert given.notice is not None
    assert given.notice.given.stead == "李四"
    case.serve(held)
    case.say(held, StatementKind.HEARING)
    hand.now = case.fix(held, name="周八").begins
    case.enter(held, "held", "周八")
    case.act(lambda tx: proceedings.drop(case.office, tx, held.id, "情节轻微", case.by("周八"), hand()))
    for rule in ("consequence.given", "consequence.hearing_fixed", "consequence.hearing", "consequence.dropped"):
        assert [(one["by"], one.get("stead")) for one in told(case, rule)] == [("周八", "李四")], rule


def headed(case: Proceeding, *names: str) -> None:
    """The agency's heads, in the settings."""
    tree = case.office.tree
    case.office = replace(case.office, tree={**tree, "bureau": replace(tree["bureau"], heads=names)})


def test_the_heads_step_of_a_transfer_is_no_duty_of_who_reports_nor_of_a_deputy(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    headed(case, "周八")
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    stands_in(case, "周八", days=60)
    case.report(held, "李四")
    with store.read() as tx:
        assert deputies.whose(case.office, tx, case.the(Proposal.TRANSFER_JUDICIAL), hand()) == ("李四", "周八")
    case.report(held, "王五")
    with store.read() as tx:
        assert deputies.whose(case.office, tx, case.the(Proposal.TRANSFER_JUDICIAL), hand()) == ("", "")
    hand.on(days=4)
    settle(case.office)
    (matter,) = (one for one in case.matters("consequence_due") if one["proposal"] == "TRANSFER_JUDICIAL")
    assert (matter["step"], "instead" in matter) == ("HEAD", False)
    approved = case.head(held, "周八")
    assert approved.transfer is not None
    assert approved.transfer.head is not None
    assert approved.transfer.head.stead == "", "a head decides as the head, whomever he or she stands in for besides"


def test_where_the_pack_asks_neither_the_second_report_nor_the_heads_word_comes_from_who_stands_in_for_a_reporter(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    headed(case, "周八", "孙九")
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    stands_in(case, "周八")
    stands_in(case, "孙九", "王五")
    asked, free = asking(case, Proposal.TRANSFER_JUDICIAL), case
    asked.report(held, "李四")
    with pytest.raises(Refusal, match="consequence_deputy_agrees"):
        asked.report(held, "周八")
    asked.report(held, "王五")
    for name in ("周八", "孙九"):
        with pytest.raises(Refusal, match="consequence_deputy_agrees"):
            asked.head(held, name)
    assert free.head(held, "周八").state is ConsequenceState.APPROVED, "a pack that does not ask for it"


def test_where_the_pack_asks_who_stands_in_for_a_decider_decides_no_objection_to_the_decision(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    objection = contested(case)
    stands_in(case, "周八", "王五")
    stands_in(case, "赵六", "钱七")
    for officer in ("周八", "周 八", "钱七"):
        with pytest.raises(Refusal, match="objection_deputy_decides"):
            case.answer(objection, case.by(officer), upheld=False)
    assert case.answer(objection, case.by("孙九"), upheld=False).state is ObjectionState.REJECTED


def test_where_no_pack_asks_a_deputy_decides_an_objection_but_not_in_a_deciders_stead(store: Store, hand: Hand) -> None:
    case = anybody(decided(store, hand, Outcome.UNTRUE_INCURABLE))
    objection = contested(case)
    stands_in(case, "周八")
    with store.begin() as tx:  # as a release before let it be passed on
        tx.records.decided(replace(objection, others="需登记机关核查", passed_by="李四"))
    with pytest.raises(Refusal, match="objection_deputy_decides"):
        case.answer(objection, case.by("周八"), upheld=False)
    stands_in(case, "孙九", "王五")
    assert case.answer(objection, case.by("孙九"), upheld=False).state is ObjectionState.REJECTED


def test_who_decided_passes_no_objection_to_it_on_and_is_named_for_none_that_was(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    objection = contested(case)
    stands_in(case, "周八", "孙九")
    for officer in ("李四", "李 四", "王五", "赵六"):
        with pytest.raises(Refusal, match="objection_same_officer"):
            passed_on(case, objection, officer)
    held = case.objection(objection)
    assert (held.others, held.passed_by) == ("", "")
    before = replace(held, others="需登记机关核查")  # as a release before let it be passed on
    stands_in(case, "王五", "钱七")
    with store.read() as tx:
        named = [deputies.whose(case.office, tx, replace(before, passed_by=one), hand()) for one in ("李四", "孙九", "钱七")]
    assert named == [("", ""), ("孙九", "周八"), ("钱七", "")], "a decider is named for none, and stands in for nobody in it"


@pytest.mark.slow
def test_an_objection_that_somebody_has_passed_on_comes_to_the_deputy_while_that_officer_is_away(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    objection = contested(case)
    stands_in(case, "周八", "孙九", days=30)
    with store.read() as tx:
        assert deputies.whose(case.office, tx, objection, hand()) == ("", ""), "nobody has begun it: any other officer's"
    passed_on(case, objection, "孙九")
    (matter,) = case.matters("credit_contested")
    assert (matter["officer"], matter["instead"], matter["overdue"]) == ("孙九", "周八", False)
    hand.on(days=16)
    settle(case.office)
    (matter,) = case.matters("credit_contested")
    assert (matter["officer"], matter["instead"], matter["overdue"]) == ("孙九", "周八", True)
    with serving(case.office) as edge, edge.as_("officer") as officer, edge.client() as browser:
        duties = [one for one in officer.get("/v1/docket").json()["duties"] if one["kind"] == "OBJECTION"]
        assert [(one["officer"], one["instead"]) for one in duties] == [("孙九", "周八")]
        logged_in(edge, browser)
        assert "周八 代 孙九" in browser.get("/review").text
        done = case.answer(objection, case.by("周八"), upheld=True)
        assert (done.decided_by, done.stead, done.passed_by) == ("周八", "孙九", "孙九")
        page = browser.get(f"/credit/objections/{objection.id}").text
        assert ("由 孙九 提出" in page, "周八 代 孙九" in page) == (True, True)
    assert [(one["officer"], one["stead"]) for one in told(case, "objection.decided")] == [("周八", "孙九")]


@pytest.mark.slow
def test_whose_decision_waits_for_others_may_write_it_anew_on_the_page_and_nobody_else_is_offered_to(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = ruled(case)
    stands_in(case, "周八")

    def offered(name: str) -> bool:
        with edge.client() as browser:
            logged_in(edge, browser, name=name)
            return 'value="decision"' in browser.get(f"/consequences/{held.id}").text

    with serving(case.office) as edge:
        assert [offered(name) for name in ("李四", "周八", "王五")] == [True, True, False]
        case.rule(held, "周八", public_interest=WHY)
        with edge.client() as browser:
            logged_in(edge, browser, name="王五")
            assert "周八 代 李四" in browser.get(f"/consequences/{held.id}").text
