"""A hearing is told in time, presided over by somebody who had no part in the case, nothing is decided before (Penalties Law art. 64)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, Notice, Stage, StatementKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import proceedings, reached, review, spoken
from inspector.flows import serving as links
from inspector.labels import of
from inspector.labels import told as worded
from inspector.store.store import Store
from tests.edge import serving
from tests.house import ZONE, Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.integration.test_visit_day import VISITED, on_site, seen
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

TEST: dict[str, Any] = {"public_interest": "不损害公共利益"}


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A case of which 李四 has found that it was known to be false."""
    return decided(store, hand, Outcome.FALSE_KNOWING)


@pytest.fixture
def held(case: Proceeding) -> Consequence:
    """A revocation of which its subject was told on Monday 2 March 2026, and asked to be heard on the same day."""
    revoke = case.the(Proposal.REVOKE)
    case.serve(case.give(revoke))
    return case.say(revoke, StatementKind.HEARING, "要求听证")


def told(case: Proceeding) -> list[SubjectNotice]:
    """What the subject was told of its hearing."""
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.HEARING]


def came(case: Proceeding, notice: SubjectNotice) -> None:
    """A notice is served on paper today."""
    with case.office.store.begin() as tx:
        reached.served(case.office, tx, notice.id, case.hand().date(), ServiceWay.PAPER, "回证3", "李四", case.hand())


def test_when_where_and_before_whom_is_told_by_a_notice_seven_working_days_before(
    case: Proceeding, held: Consequence, hand: Hand
) -> None:
    assert held.stage is Stage.FIX
    early = datetime.combine(date(2026, 3, 10), time(9), ZONE)
    with pytest.raises(Invalid, match="hearing_too_early") as refused:
        case.fix(held, begins=early)
    assert refused.value.facts["first"] == "2026-03-11", "the seventh working day behind Monday the second"
    assert not told(case)
    sitting = case.fix(held, begins=early + timedelta(days=1))
    (notice,) = told(case)
    said = " ".join((*notice.facts, *notice.rights))
    for words in ("2026-03-11 09:00", "区政务服务中心三楼听证室", "郑九", "公开举行", "申请回避", "委托一至二人"):
        assert words in said, words
    assert (notice.about, notice.answer_by, "S1:64;S1:85" in notice.basis) == (held.id, sitting.begins, True)
    now = case.the(Proposal.REVOKE)
    assert (now.stage, now.due_at) == (Stage.HEAR, sitting.begins)


@pytest.mark.parametrize("begins", ["2026-03-15T09:00", "2026-03-16T17:30"])
def test_a_hearing_on_a_day_off_or_outside_office_hours_is_told_to_nobody_before_an_officer_has_said_that_it_is_meant(
    case: Proceeding, held: Consequence, begins: str
) -> None:
    path, form = (
        f"/consequences/{held.id}",
        {"begins": begins, "place": "听证室", "presides": "郑九", "closed": "", "reasons": ""},
    )
    with serving(case.office) as edge, edge.client() as browser, edge.as_("officer") as officer:
        logged_in(edge, browser)
        asked = send(browser, path, "sitting", **form)
        assert (asked.status_code, "08:30—17:30" in asked.text, 'name="off_hours"' in asked.text) == (422, True, True), asked.text
        given = {"begins": f"{begins}:00+08:00", "place": "听证室", "presides": "郑九"}
        refused = officer.post(f"/v1{path}/sitting", json=given)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"], error["facts"]["field"]) == (422, "hearing_off_hours", "off_hours"), error
        assert not told(case)
        assert send(browser, path, "sitting", **form, off_hours="true").status_code == 303
    (notice,) = told(case)
    assert begins.replace("T", " ") in notice.facts[0]


def test_a_hearing_that_is_not_public_says_why(case: Proceeding, held: Consequence) -> None:
    case.fix(held, closed="涉及商业秘密")
    (notice,) = told(case)
    assert any("不公开" in one and "涉及商业秘密" in one for one in notice.facts)


def test_a_hearing_that_is_moved_is_told_anew_with_the_reason_and_the_former_time_stays_visible(
    case: Proceeding, held: Consequence, hand: Hand
) -> None:
    first = case.fix(held)
    hand.on(days=2)
    with pytest.raises(Invalid, match="consequence_words_missing"):
        case.fix(held, "吴十")
    second = case.fix(held, "吴十", reasons="主持人回避")
    before, after = told(case)
    assert (before.state, after.state.open) == (NoticeState.CANCELLED, True), "nobody is brought a day that counts no more"
    assert any(f"{first.begins:%Y-%m-%d}" in one and "主持人回避" in one for one in after.facts)
    now = case.the(Proposal.REVOKE)
    assert now.hearing is not None
    assert (now.hearing.sittings, now.due_at) == ((first, second), second.begins)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{held.id}").text
        assert all(f"{one.begins:%Y-%m-%d}" in page and one.presides in page for one in (first, second))


@pytest.mark.parametrize("presides", ["李四", "李 四"])
def test_nobody_presides_who_has_found_or_proposed_it(case: Proceeding, held: Consequence, presides: str) -> None:
    with pytest.raises(Refusal, match="hearing_presider_own"):
        case.fix(held, presides)
    assert not told(case)


def test_whoever_found_it_does_not_preside_either_where_another_officer_has_proposed_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    penalty, by = case.propose(Proposal.PENALTY, "王五"), case.by("王五")
    words: dict[str, Any] = {"facts": ("不符",), "reasons": "不符", "rights": ("陈述、听证",), "basis": ("某条例第8条",)}
    notice = Notice(given=by, content="罚款三万元", **words)
    case.act(lambda tx: proceedings.give(case.office, tx, penalty.id, notice, penalty.grading, hand()))
    case.serve(penalty)
    case.say(penalty, StatementKind.HEARING)
    for own in ("李四", "王五"):
        with pytest.raises(Refusal, match="hearing_presider_own"):
            case.fix(penalty, own)
    assert case.fix(penalty, "郑九").presides == "郑九"


def test_a_hearing_is_held_once_it_is_fixed_on_the_day_that_was_told_and_at_most_two_come_for_the_subject(
    case: Proceeding, held: Consequence, hand: Hand
) -> None:
    hand.on(days=1)
    with pytest.raises(Refusal, match="hearing_unfixed"):
        case.enter(held, "held")
    sitting = case.fix(held)
    with pytest.raises(Invalid, match="hearing_other_day"):
        case.enter(held, "held")
    hand.now = sitting.begins - timedelta(hours=1)  # the time for a defence is over by then
    with pytest.raises(Refusal, match="consequence_hearing_open"):
        case.rule(held, "王五", **TEST)
    hand.now = sitting.begins + timedelta(hours=3)
    with pytest.raises(Invalid, match="hearing_proxies"):
        case.enter(held, "held", proxies=("张律师", "王律师", "赵律师"))
    done = case.enter(held, "held", proxies=("张律师", "王律师"))
    assert done.hearing is not None
    assert (done.stage, done.hearing.proxies) == (Stage.DECIDE, ("张律师", "王律师"))
    assert [one.state for one in told(case)] == [NoticeState.CANCELLED]
    assert case.rule(held, "王五", **TEST).verdict is not None


def test_who_was_not_told_in_time_has_not_stayed_away(case: Proceeding, held: Consequence, hand: Hand) -> None:
    sitting = case.fix(held)
    hand.now = sitting.begins + timedelta(hours=1)
    with pytest.raises(Refusal, match="hearing_untold") as untold:
        case.enter(held, "absent")
    assert ("7 个工作日" in worded(untold.value, "zh-Hans"), "7 working days" in worded(untold.value, "en")) == (True, True)
    came(case, told(case)[0])
    with pytest.raises(Refusal, match="hearing_untold"):
        case.enter(held, "absent")  # it came on the day itself
    second = case.fix(held, reasons="通知送达过晚")
    came(case, told(case)[-1])
    hand.now = second.begins + timedelta(hours=1)
    done = case.enter(held, "absent")
    assert done.hearing is not None
    assert (done.hearing.held, done.hearing.absent, done.stage) == (False, True, Stage.DECIDE)
    with pytest.raises(Refusal, match="waiver_own"):
        case.rule(held, "李四", **TEST)  # nobody alone ends another's hearing
    assert case.rule(held, "王五", **TEST).verdict is not None


def test_the_subject_reads_it_by_its_link_and_gives_it_up_or_asks_for_somebody_else_there(
    case: Proceeding, held: Consequence, hand: Hand
) -> None:
    case.fix(held)
    (notice,) = told(case)
    with case.office.store.read() as tx:
        path = f"/subject/{notice.id}/{links.token(case.office, tx, notice.id)}"
    with serving(case.office) as edge, edge.client() as phone:
        page = phone.get(path).text
        for words in ("听证通知书", "区政务服务中心三楼听证室", "听证主持人：郑九", "申请听证主持人回避", "放弃听证"):
            assert words in page, words
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, notice.id, SubjectWord.DEFENCE, "郑九是举报人的亲属，申请回避", (), hand())
    assert [one["statement"] for one in case.matters("statement_unread")] == ["DEFENCE"]
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, notice.id, SubjectWord.WAIVER, "不用听证了", (), hand())
    assert case.enter(held, "waived").stage is Stage.DECIDE, "the subject's own word needs no paper"


def test_a_hearing_asked_for_and_not_fixed_stands_on_the_officers_list_with_a_date_and_is_fixed_on_the_page(
    case: Proceeding, held: Consequence, hand: Hand
) -> None:
    assert held.due_at is not None
    assert held.due_at.date() == date(2026, 3, 23), "the row's fifteen working days"
    path = f"/consequences/{held.id}"
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert of(Stage.FIX, "zh-Hans") in browser.get("/review").text
        form = {"begins": "2026-03-16T09:30", "place": "听证室", "presides": "郑九", "closed": "", "reasons": ""}
        wrong = send(browser, path, "sitting", **(form | {"presides": "李四"}))
        assert (wrong.status_code, "行政处罚法第六十四条" in wrong.text) == (409, True)
        assert send(browser, path, "sitting", **form).status_code == 303
        assert "2026-03-16 09:30" in browser.get(path).text
    hand.on(days=30)
    settle(case.office)
    assert [one["step"] for one in case.matters("consequence_due") if one["proposal"] == "REVOKE"] == ["HEAR"]


def test_the_approving_system_hears_when_a_hearing_is_and_that_there_is_a_notice(case: Proceeding, held: Consequence) -> None:
    sitting = case.fix(held)
    assert [one["kind"] for one in case.events("subject.notice")][-1] == "HEARING"
    heard = case.events("consequence.moved")[-1]
    assert (heard["stage"], datetime.fromisoformat(heard["due_at"])) == ("HEAR", sitting.begins)
    with serving(case.office) as edge, edge.as_("officer") as officer:
        text = officer.get(f"/v1/cases/{case.case}/explain?lang=zh-Hans").json()["text"]
    assert "区政务服务中心三楼听证室" in text
    assert "郑九" in text


def test_where_the_proposal_is_let_go_nobody_is_brought_the_day_of_its_hearing(case: Proceeding, held: Consequence) -> None:
    case.fix(held)
    case.drop(held)
    assert [one.state for one in told(case)] == [NoticeState.CANCELLED]


@pytest.mark.slow
def test_no_inspector_who_went_to_it_presides(store: Store, hand: Hand) -> None:
    office, visited = seen(store, hand, Verdict.MISMATCH, date(2026, 3, 2), VISITED)
    piece = on_site(office, visited)
    with store.begin() as tx:
        review.conclude(office, tx, visited.id, "hall", hand())
        review.decide(office, tx, visited.id, Outcome.UNTRUE_INCURABLE, "李四", "理由", (piece.id,), hand())
    case = Proceeding(office=office, hand=hand, case=visited.id)
    revoke = case.the(Proposal.REVOKE)
    case.serve(case.give(revoke))
    case.say(revoke, StatementKind.HEARING)
    with store.read() as tx:
        (visit,) = tx.visits.of_case(visited.id)
        went = [tx.rosters.in_force(one.agency, one.inspector) for one in tx.visits.team(visit.id)]
    assert len(went) == 2
    for one in went:
        assert one is not None
        with pytest.raises(Refusal, match="hearing_presider_own"):
            case.fix(revoke, one.name)
