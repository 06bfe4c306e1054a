"""A transfer is decided by the agency's head, and falls by whoever has it: police, procurator or court (handbook 1.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.bundle import Part
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState
from inspector.domain.deputy import Deputy
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.proposal import Proposal
from inspector.flows import annulling, deputies
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import new_id
from inspector.web.stages import offered
from tests.edge import serving
from tests.house import ZONE, Hand, Table, open_office
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

HEAD = "陈局长"


def reported(store: Store, hand: Hand, *names: str) -> tuple[Proceeding, Consequence]:
    """A suspicion that two officers have reported."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in names or ("李四", "王五"):
        held = case.report(held, name)
    return case, held


def filed(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """What the police have filed."""
    case, held = reported(store, hand)
    case.head(held, HEAD)
    case.hand_over(held)
    return case, case.police(held, accepted=True)


def headless(store: Store, hand: Hand) -> Office:
    """An office whose settings name no head."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    return replace(office, tree={name: replace(one, heads=()) for name, one in office.tree.items()})


def stands_in(case: Proceeding, officer: str, deputy: str, by: str) -> None:
    day = case.hand().date()
    made = Deputy(
        id=new_id(),
        agency="bureau",
        officer=officer,
        deputy=deputy,
        since=day,
        until=day + timedelta(days=9),
        named_by=by,
        named_at=case.hand(),
    )
    with case.office.store.begin() as tx:
        deputies.name(case.office, tx, made, case.hand())


def test_no_officer_but_the_head_approves_a_transfer(store: Store, hand: Hand) -> None:
    case, held = reported(store, hand)
    with serving(case.office) as edge, edge.as_("officer", name="新来的") as officer:
        tried = officer.post(f"/v1/consequences/{held.id}/head", json={"approves": True, "reasons": "同意"})
        assert (tried.status_code, tried.json()["error"]["code"]) == (403, "transfer_not_head")
    assert case.head(held, HEAD).state is ConsequenceState.APPROVED


def test_nobody_but_the_head_ends_the_question_of_a_transfer_and_why_stays_on_record(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    case.report(held, "王五")
    path = f"/v1/consequences/{held.id}/drop"
    with serving(case.office) as edge:
        for name, status, code in (
            ("李四", 403, "transfer_not_head"),
            ("王五", 403, "transfer_not_head"),
            ("赵六", 403, "transfer_not_head"),
        ):
            with edge.as_("officer", name=name) as officer:
                tried = officer.post(path, json={"reasons": "不移送"})
                assert (tried.status_code, tried.json()["error"]["code"]) == (status, code), name
        page = f"/consequences/{held.id}"
        with edge.client() as browser, edge.client() as chief:
            logged_in(edge, browser, name="赵六")
            logged_in(edge, chief, name=HEAD)
            offers = ['value="drop"' in one.get(page).text for one in (browser, chief)]
            assert offers == [False, True], "the page offers it to the head alone"
        with pytest.raises(Refusal, match="consequence_transfer_open"):
            case.give(case.the(Proposal.PENALTY))
        with edge.as_("officer", name=HEAD) as head:
            done = head.post(path, json={"reasons": "不涉嫌犯罪：系经办人笔误"}).json()
    assert (done["state"], done["transfer"]["head"]["by"]) == ("DROPPED", HEAD)
    assert done["transfer"]["head_reasons"] == "不涉嫌犯罪：系经办人笔误"
    assert case.give(case.the(Proposal.PENALTY)).notice is not None


def test_where_no_head_is_named_another_than_who_raised_or_reported_it_says_no(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=headless(store, hand))
    held = case.report(case.propose(Proposal.TRANSFER_JUDICIAL), "王五")
    for name in ("李四", "王五"):
        with pytest.raises(Refusal, match="consequence_same_person"):
            case.drop(held, name)
    assert case.drop(held, "赵六").state is ConsequenceState.DROPPED


def test_two_officers_do_not_decide_in_the_stead_of_a_head_who_is_there_and_the_head_hears_what_a_deputy_did(
    store: Store, hand: Hand
) -> None:
    case, held = reported(store, hand, "李四", "赵六")
    day = hand().date().isoformat()
    path, told = f"/v1/consequences/{held.id}/head", {"approves": False, "reasons": "不移送"}
    given = {"officer": HEAD, "deputy": "吴九", "since": day, "until": day}
    with serving(case.office) as edge:
        with edge.as_("officer", name="周八") as officer:
            tried = officer.post("/v1/deputies", json=given)
            assert (tried.status_code, tried.json()["error"]["code"]) == (409, "deputy_of_head")
            assert HEAD in tried.json()["error"]["message"], "whoever asks hears who may"
        with store.begin() as tx:  # as a release of before took it
            today = hand().date()
            former = Deputy(
                id="former",
                agency="bureau",
                officer=HEAD,
                deputy="吴九",
                since=today,
                until=today,
                named_by="周八",
                named_at=hand(),
            )
            tx.deputies.add(former)
        with edge.as_("officer", name="吴九") as officer:
            assert officer.post(path, json=told).json()["error"]["code"] == "transfer_not_head"
        with store.begin() as tx:
            deputies.end(tx, "former", HEAD, hand())
        with edge.as_("officer", name=HEAD) as head:
            assert head.post("/v1/deputies", json=given).status_code == 200
        with edge.as_("officer", name="吴九") as officer:
            assert officer.post(path, json=told).json()["state"] == "DROPPED"
        (matter,) = case.matters(deputies.STOOD)
        assert (matter["officer"], matter["instead"], matter["consequence"]) == (HEAD, "吴九", held.id)
        shut = f"/v1/attention/{deputies.STOOD}:{held.id}/close"
        with edge.as_("officer", name="周八") as officer:
            assert officer.post(shut, json={"note": "阅"}).json()["error"]["code"] == "attention_of_head"
        with edge.as_("officer", name=HEAD) as head:
            assert head.post(shut, json={"note": "阅"}).status_code in {200, 204}
    assert case.matters(deputies.STOOD) == []


def test_the_head_hears_that_a_deputy_said_no_before_two_had_reported(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.report(case.propose(Proposal.TRANSFER_JUDICIAL), "王五")
    stands_in(case, HEAD, "周八", HEAD)
    assert case.drop(held, "周八").state is ConsequenceState.DROPPED
    assert [one["instead"] for one in case.matters(deputies.STOOD)] == ["周八"]


def test_a_heads_deputy_decides_in_the_heads_stead_unless_a_reporter_has_named_that_one(store: Store, hand: Hand) -> None:
    case, held = reported(store, hand, "李四", "王局长")
    stands_in(case, HEAD, "周八", "王局长")
    with pytest.raises(Forbidden, match="transfer_not_head"):
        case.head(held, "周八")
    stands_in(case, "王局长", "吴九", HEAD)
    done = case.head(held, "吴九")
    assert done.transfer is not None
    assert done.transfer.head is not None
    assert (done.state, done.transfer.head.stead) == (ConsequenceState.APPROVED, "王局长")


def test_a_head_who_has_reported_leaves_the_decision_to_another_head_and_where_all_have_to_nobody(
    store: Store, hand: Hand
) -> None:
    case, held = reported(store, hand, HEAD, "王局长")
    for one in (HEAD, "李四"):
        with pytest.raises((Refusal, Forbidden), match=r"consequence_same_person|transfer_not_head"):
            case.head(held, one)
    assert case.head(held, "head").state is ConsequenceState.APPROVED


def test_the_legal_review_is_not_done_by_whoever_has_proposed_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    penalty = case.noticed(case.the(Proposal.PENALTY))
    assert case.rule(penalty, "王五", law="某条例第8条").verdict is not None
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(penalty, Agreement.LEGAL, "李四")
    assert case.agree(penalty, Agreement.LEGAL, "赵六").verdict is not None


@pytest.mark.parametrize("why", [Annulled.CORRECTION, Annulled.REVIEW_BODY, Annulled.OBJECTION])
def test_what_the_police_have_filed_is_not_undone_by_ourselves_and_no_fine_follows(
    store: Store, hand: Hand, why: Annulled
) -> None:
    case, held = filed(store, hand)
    with pytest.raises(Refusal, match="transfer_stands"):
        case.annul(held, why, "自行更正")
    with pytest.raises(Refusal, match="consequence_transfer_open"):
        case.give(case.the(Proposal.PENALTY))


@pytest.mark.parametrize("why", [Annulled.POLICE, Annulled.PROCURATOR, Annulled.COURT])
def test_it_falls_by_their_document_entered_by_the_head_and_then_a_fine_may_be_proposed(
    store: Store, hand: Hand, why: Annulled
) -> None:
    case, held = filed(store, hand)
    assert offered(held) == ("papers", "annulment")
    told = held.id, why, "撤案决定1号"
    with case.office.store.begin() as tx, pytest.raises(Forbidden, match="transfer_not_head"):
        annulling.consequence(case.office, tx, *told, "李四", hand())
    with case.office.store.begin() as tx:
        assert annulling.consequence(case.office, tx, *told, HEAD, hand()).state is ConsequenceState.ANNULLED
    assert case.give(case.the(Proposal.PENALTY)).notice is not None


def test_nothing_else_falls_by_a_word_of_the_police(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    with pytest.raises(Invalid, match="annulled_whose"):
        case.annul(case.impose(case.the(Proposal.PENALTY)), Annulled.POLICE)


def test_no_objection_is_heard_here_to_a_transfer_and_the_way_that_is_open_is_named(store: Store, hand: Hand) -> None:
    case, held = reported(store, hand)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        steps: tuple[Callable[[], Consequence], ...] = (
            lambda: held,
            lambda: case.head(held, HEAD),
            lambda: case.hand_over(held),
            lambda: case.police(held, accepted=True),
        )
        for step in steps:
            now = step()
            told = system.post(f"/v1/credit/records/{held.id}/objections", json={"words": "我没有伪造"})
            assert (told.status_code, told.json()["error"]["code"]) == (409, "objection_transfer"), now.state
        chinese = system.post(
            f"/v1/credit/records/{held.id}/objections", json={"words": "我没有伪造"}, headers={"Accept-Language": "zh"}
        )
        for words in ("公安机关", "人民检察院", "仍可分别提出异议"):
            assert words in chinese.text, words
    with store.read() as tx:
        assert not tx.records.objections(case_id=case.case, open_ones=False)
    assert case.give(case.the(Proposal.RECORD_CREDIT)).notice is not None, "nothing is held up by it"


def at(day: int, hour: int) -> datetime:
    """An hour of March 2026, by the office's clock."""
    return datetime(2026, 3, day, hour, tzinfo=ZONE)


def test_the_hours_run_from_the_approval_and_not_from_when_it_was_entered(store: Store, hand: Hand) -> None:
    hand.now = at(5, 9)
    case, held = reported(store, hand)
    hand.now = at(9, 9)  # a Monday; the head approved on Friday at five (scenario 51)
    for wrong in (at(5, 8), at(9, 10)):
        with pytest.raises(Invalid, match="transfer_moment_out_of_range"):
            case.head(held, HEAD, at=wrong)
    approved = case.head(held, HEAD, at=at(6, 17))
    assert approved.due_at == at(7, 17), "which is over"
    for wrong in (at(6, 16), at(9, 10)):
        with pytest.raises(Invalid, match="transfer_moment_out_of_range"):
            case.hand_over(held, at=wrong)
    handed = case.hand_over(held, at=at(7, 11))
    assert handed.transfer is not None
    assert handed.due_at is not None
    assert handed.transfer.handed_at == at(7, 11)
    assert handed.due_at.date() == at(10, 0).date(), "and the police's three days from the hand-over"
    with store.read() as tx:
        told = [facts for _, facts in tx.ledger.facts(("consequence.handed",), case.case)]
    assert [one["in_time"] for one in told] == [True]


def test_who_has_reported_a_transfer_does_not_end_it_alone_once_the_police_have_declined(store: Store, hand: Hand) -> None:
    case, held = reported(store, hand)
    case.head(held, HEAD)
    case.hand_over(held)
    held = case.police(held, accepted=False)
    path, page = f"/v1/consequences/{held.id}/drop", f"/consequences/{held.id}"
    with serving(case.office) as edge:
        for name in ("李四", "王五", "赵六"):
            with edge.as_("officer", name=name) as officer:
                tried = officer.post(path, json={"reasons": "公安机关不予立案"})
                assert (tried.status_code, tried.json()["error"]["code"]) == (403, "transfer_not_head"), name
        with edge.client() as browser, edge.client() as chief:
            logged_in(edge, browser, name="李四")
            logged_in(edge, chief, name=HEAD)
            assert ['value="drop"' in one.get(page).text for one in (browser, chief)] == [False, True]
        with edge.as_("officer", name=HEAD) as head:
            assert head.post(path, json={"reasons": "公安机关不予立案"}).json()["state"] == "DROPPED"


def test_where_no_head_is_named_none_of_the_reporters_lets_the_refusal_of_the_police_stand(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=headless(store, hand))
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("王五", "赵六"):
        held = case.report(held, name)
    case.head(held, "钱七")
    case.hand_over(held)
    case.police(held, accepted=False)
    for name in ("李四", "王五", "赵六"):
        with pytest.raises(Refusal, match="consequence_same_person"):
            case.drop(held, name)
    assert case.drop(held, "周八").state is ConsequenceState.DROPPED


@pytest.mark.parametrize("nothing", ["无", " 无。", "（无）", "None", "n/a", "—", "ＮＯＮＥ"])
def test_no_transfer_goes_without_its_letter_and_its_report(store: Store, hand: Hand, nothing: str) -> None:
    case, held = reported(store, hand)
    case.head(held, HEAD)
    with pytest.raises(Refusal, match="transfer_bundle_incomplete") as lacks:
        case.hand_over(held, dict.fromkeys(Part, nothing))
    assert lacks.value.facts["lacking"] == ("LETTER", "REPORT")
    some = dict.fromkeys(Part, nothing) | {Part.LETTER: "移送书〔2026〕1号", Part.REPORT: "无证经营情况调查报告"}
    assert case.hand_over(held, some).state is ConsequenceState.HANDED, "of goods, tests and other papers there may be none"


def test_the_silence_of_the_police_is_taken_to_the_procurator_once_their_time_is_over(store: Store, hand: Hand) -> None:
    case, held = reported(store, hand)
    case.head(held, HEAD)
    held = case.hand_over(held)
    page, path = f"/consequences/{held.id}", f"/v1/consequences/{held.id}/contest"

    def asks(officer: httpx.Client, to: str) -> tuple[int, str]:
        told = officer.post(path, json={"to": to, "document": "检察建议1号"})
        return told.status_code, told.json().get("state") or told.json()["error"]["code"]

    with serving(case.office) as edge, edge.as_("officer", name="李四") as officer, edge.client() as browser:
        logged_in(edge, browser, name="李四")
        assert asks(officer, "procurator") == (409, "transfer_in_time")
        assert 'value="contest"' not in browser.get(page).text
        hand.on(days=5)
        assert 'value="contest"' in browser.get(page).text
        assert asks(officer, "police") == (409, "consequence_state"), "nothing was refused that they could reconsider"
        assert asks(officer, "procurator") == (200, "CONTESTED")
        again = case.the(Proposal.TRANSFER_JUDICIAL)
        assert again.due_at is not None
        assert again.due_at > hand()
        assert asks(officer, "procurator") == (409, "transfer_in_time")
    assert case.police(again, accepted=True).state is ConsequenceState.FILED
