"""What a subject handed in or posted in time is in time, whenever somebody types it in; and what came too late has an end, too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, Stage, StatementKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import proceedings, reached, spoken
from inspector.flows import serving as links
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.unworded import unworded
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

WISH = {"kind": "HEARING", "words": "要求听证"}


def over(store: Store, hand: Hand) -> tuple[Proceeding, Consequence, str]:
    """A penalty whose subject has had its time, and the last day of that."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.serve(case.give(case.the(Proposal.PENALTY)))
    assert held.notice is not None
    assert held.notice.defend_by is not None
    last = held.notice.defend_by.date().isoformat()
    hand.now = held.notice.defend_by + timedelta(minutes=1)
    return case, held, last


@pytest.mark.parametrize("role", ["officer", "system"])
def test_a_wish_to_be_heard_that_was_posted_on_the_last_day_is_in_time_whoever_types_it_in_later(
    store: Store, hand: Hand, role: str
) -> None:
    case, held, last = over(store, hand)
    with serving(case.office) as edge, edge.as_(role, name="hall") as client:
        told = WISH | {"said_on": last, "stamp": "邮戳"}
        answer = client.post(f"/v1/consequences/{held.id}/statements", json=told)
        assert (answer.status_code, answer.json()["stage"], answer.json()["statements"][-1]["late"]) == (200, "FIX", False)
    said = case.the(Proposal.PENALTY).statements[-1]
    assert (said.stamp, said.at.date().isoformat()) == ("邮戳", last)
    with pytest.raises(Refusal, match="consequence_hearing_open"):
        case.rule(held)


def test_a_day_is_shown_by_something_and_lies_between_the_notice_and_today(store: Store, hand: Hand) -> None:
    case, held, last = over(store, hand)
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        path = f"/v1/consequences/{held.id}/statements"
        for more, code in (
            ({"said_on": last}, "stamp_missing"),
            ({"said_on": "2026-01-01", "stamp": "邮戳"}, "stamp_out_of_range"),
            ({"said_on": "2027-01-01", "stamp": "邮戳"}, "stamp_out_of_range"),
        ):
            answer = officer.post(path, json=WISH | more)
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert case.the(Proposal.PENALTY).statements == ()


def test_what_was_asked_for_too_late_an_officer_may_grant_with_reasons_until_it_is_decided(store: Store, hand: Hand) -> None:
    case, held, _ = over(store, hand)
    case.say(held, StatementKind.HEARING)
    late = case.the(Proposal.PENALTY)
    assert (late.hearing, late.stage, late.statements[-1].late) == (None, Stage.DECIDE, True)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="李四")
        page = browser.get(f"/consequences/{held.id}").text
        assert 'value="sitting"' in page or "sitting" in page
    with pytest.raises(Invalid, match="consequence_words_missing"):
        case.fix(held)
    case.rule(held)
    case.fix(held, reasons="当事人因住院未能及时提出")
    granted = case.the(Proposal.PENALTY)
    assert (granted.stage, granted.verdict) == (Stage.HEAR, None), "what was written was written without it"
    with pytest.raises(Refusal, match="consequence_hearing_open"):
        case.rule(held)


def test_where_nobody_asked_no_hearing_is_fixed(store: Store, hand: Hand) -> None:
    case, held, _ = over(store, hand)
    with pytest.raises(Refusal, match="consequence_no_hearing"):
        case.fix(held, reasons="依职权")


def test_who_asks_too_late_by_the_link_reads_what_that_means(store: Store, hand: Hand) -> None:
    case, held, _ = over(store, hand)
    name = f"{held.id}:notice"
    with store.begin() as tx:
        spoken.say(case.office, tx, name, SubjectWord.HEARING, "要求听证", (), hand())
        secret = links.token(case.office, tx, name)
    with serving(case.office) as edge, edge.client() as phone:
        assert "不再当然举行" in phone.get(f"/subject/{name}/{secret}").text


def test_the_clock_on_us_runs_from_the_day_on_which_an_objection_was_handed_in(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    day = hand().date().isoformat()
    plain = case.object(entry.entry, "先前提出")
    hand.on(days=5)
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        told = {"word": "OBJECTION", "words": "不属实，五日前已递交", "said_on": day, "stamp": "窗口收件章"}
        assert officer.post(f"/v1/subject-notices/{entry.id}:decision/words", json=told).status_code == 200
    with store.read() as tx:
        mine = next(one for one in tx.records.objections(case_id=case.case) if one.id != plain.id)
    assert (mine.opened_at.date().isoformat(), mine.due_at.date() if mine.due_at else None) == (
        day,
        plain.due_at.date() if plain.due_at else "",
    )


def test_the_re_check_is_due_from_when_it_was_asked_for(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    held = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    order = case.rule(held, until=(hand.now + timedelta(days=20)).date())
    day = hand().date()
    hand.on(days=4)
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        told = {"words": "请复查", "said_on": day.isoformat(), "stamp": "窗口收件章"}
        assert officer.post(f"/v1/consequences/{order.id}/recheck-request", json=told).status_code == 200
    asked = case.the(Proposal.ORDER_RECTIFY).rectification
    assert asked is not None
    assert asked.asked_at is not None
    assert (asked.asked_at.date(), asked.recheck_by < hand() + timedelta(days=2)) == (day, True)


def test_a_notice_that_came_before_a_paper_proceeding_was_entered_here_is_proven_by_its_own_day(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.drop(case.the(Proposal.PENALTY))
    opened = hand().date()
    hand.on(days=20)
    with store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    paper = Opening(proposal=Proposal.PENALTY, by="李四", evidence=ids, reasons="另有发现", opened_on=opened, document="立案1号")
    held = case.give(case.act(lambda tx: proceedings.propose(case.office, tx, case.case, paper, case.by("李四"), hand())))
    told = ServiceWay.IN_PERSON, "回证1", "李四", hand()
    with store.begin() as tx, pytest.raises(Invalid, match="served_out_of_range"):
        reached.noticed(case.office, tx, held.id, opened - timedelta(days=1), *told)
    done = case.act(lambda tx: reached.noticed(case.office, tx, held.id, opened + timedelta(days=2), *told))
    assert done.notice is not None
    assert done.notice.served_at is not None
    assert (done.notice.served_at.date(), done.state) == (opened + timedelta(days=2), ConsequenceState.NOTICED)
    with pytest.raises(Refusal, match="service_own"):
        case.rule(held)


def test_the_next_steps_of_a_case_say_of_which_proceeding_they_are(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    with store.read() as tx:
        told = render(explain(case.office, tx, case.case), "zh-Hans")
        near = render(unworded(explain(case.office, tx, case.case, outside=True)), "zh-Hans")
    steps = [line for line in told.splitlines() if "处理步骤期满" in line]
    assert (["（撤销" in one for one in steps].count(True), len(steps)) == (1, len(case.all()))
    assert not any("撤销" in line for line in near.splitlines() if "处理步骤期满" in line)
