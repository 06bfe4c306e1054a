"""In a browser: a hearing is fixed, moved, given up and held; an order gets more time; a fine has its means and its term."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from inspector.domain import hearing
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, Stage, StatementKind
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind
from inspector.flows import serving as links
from inspector.flows.shaken import setting
from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.test_whole_way import say, step
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge, serving
from tests.house import ZONE, Hand
from tests.proceedings import Proceeding, decided

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]

ROOM = "区政务服务中心三楼听证室"


def asked(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """A revocation whose subject has asked to be heard."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.the(Proposal.REVOKE)
    case.serve(case.give(revoke))
    return case, case.say(revoke, StatementKind.HEARING, "要求听证")


def link(case: Proceeding, notice: str) -> str:
    """What the channel brings to the subject."""
    with case.office.store.read() as tx:
        return f"/subject/{notice}/{links.token(case.office, tx, notice)}"


def told(case: Proceeding) -> str:
    """The link of the last notice of a hearing."""
    with case.office.store.read() as tx:
        ids = [one.id for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.HEARING]
    return link(case, max(ids))


def begins(case: Proceeding, held: Consequence, hand: Hand) -> str:
    """Nine in the morning of the first day on which it may be held, as a field of the page takes it."""
    day = hearing.first_day(hand(), setting(case.office, held, hand()))
    return f"{datetime.combine(day, time(9), ZONE):%Y-%m-%dT%H:%M}"


def both(visitor: Visitor, path: str) -> None:
    """The page in both languages, without a fault that axe knows; it is left in Chinese."""
    for lang in ("en", "zh-Hans"):
        visitor.open(f"{path}?lang={lang}")
        check(visitor)


def officer(edge: Edge, door: Door, path: str, name: str = "李四") -> Visitor:
    """An officer at a page."""
    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name=name), path)
    return desk


def stage(case: Proceeding, proposal: Proposal) -> Stage | None:
    return case.the(proposal).stage


def test_a_hearing_is_fixed_moved_and_entered_as_held(store: Store, hand: Hand, door: Door) -> None:
    case, held = asked(store, hand)
    path = f"/consequences/{held.id}"
    with serving(case.office) as edge:
        desk = officer(edge, door, path)
        both(desk, path)
        when = begins(case, held, hand)
        wrong = step(desk, "sitting", "确定并通知", begins=when, place=ROOM, presides="李四")
        assert "行政处罚法第六十四条" in wrong
        check(desk)
        assert ROOM in step(desk, "sitting", "确定并通知", begins=when, place=ROOM, presides="郑九")
        both(desk, path)
        assert "理由" in step(desk, "sitting", "确定并通知", begins=when, place=ROOM, presides="吴十")
        check(desk)
        assert "主持人回避" in step(desk, "sitting", "确定并通知", begins=when, place=ROOM, presides="吴十", reasons="主持人回避")
        both(desk, path)
        hand.now = datetime.fromisoformat(f"{when}+08:00") + timedelta(hours=3)
        step(desk, "hearing", "登记听证", on=when[:10], outcome="held", record="笔录1", proxies="张律师\n王律师\n赵律师")
        assert "不得超过 2 人" in desk.alert().inner_text()
        check(desk)
        held_so = step(desk, "hearing", "登记听证", on=when[:10], outcome="held", record="笔录1", proxies="张律师\n王律师")
        assert ("已举行" in held_so, "王律师" in held_so) == (True, True)
        assert stage(case, Proposal.REVOKE) is Stage.DECIDE
        both(desk, path)


def test_the_subject_objects_to_who_presides_and_gives_the_hearing_up_by_its_link(store: Store, hand: Hand, door: Door) -> None:
    case, held = asked(store, hand)
    case.fix(held)
    with serving(case.office) as edge:
        phone, path = door.phone(edge.url), told(case)
        both(phone, path)
        say(phone, "DEFENCE", "提交")  # without a word
        assert phone.alert().is_visible()
        check(phone)
        assert "郑九是举报人的亲属" in say(phone, "DEFENCE", "提交", "郑九是举报人的亲属，申请回避")
        both(phone, path)
        say(phone, "WAIVER", "放弃听证", "不用听证了")
        both(phone, path)
    assert case.enter(held, "waived").stage is Stage.DECIDE


def test_an_order_gets_more_time_that_its_subject_has_asked_for(store: Store, hand: Hand, door: Door) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=2)
    path, law = f"/consequences/{order.id}", "行政处罚法第28条"
    with serving(case.office) as edge:
        phone = door.phone(edge.url)
        both(phone, link(case, f"{order.id}:decision"))
        say(phone, "MORE_TIME", "提交申请")
        check(phone)
        say(phone, "MORE_TIME", "提交申请", "设备到货晚，请延至23日")
        check(phone)
        desk = officer(edge, door, path)
        both(desk, path)
        assert "设备到货晚，请延至23日" in desk.text()
        step(desk, "more_time", "延长并通知", until="2026-03-10", law=law, reasons="确有困难")
        assert "新的期限应在" in desk.alert().inner_text()
        check(desk)
        assert "2026-03-23" in step(desk, "more_time", "延长并通知", until="2026-03-23", law=law, reasons="确有困难")
        both(desk, path)
        assert "2026-03-23" in phone.open(link(case, f"{order.id}:longer-1"))
        check(phone)


def test_a_fine_is_decided_with_its_means_and_its_term(store: Store, hand: Hand, door: Door) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.noticed(case.the(Proposal.PENALTY))
    path, paid = f"/consequences/{held.id}", "三十日内缴至指定银行"
    with serving(case.office) as edge:
        desk = officer(edge, door, path)
        both(desk, path)
        step(desk, "decision", "决定处理", reasons="事实清楚", performance="")
        assert "履行" in desk.alert().inner_text()
        check(desk)
        assert paid in step(desk, "decision", "决定处理", reasons="事实清楚", performance=paid)
        both(desk, path)
        for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六")):
            case.agree(held, kind, name)
        assert paid in door.phone(edge.url).open(link(case, f"{held.id}:decision"))


def test_the_forms_are_reached_and_sent_by_the_keyboard(store: Store, hand: Hand, door: Door) -> None:
    case, held = asked(store, hand)
    with serving(case.office) as edge:
        desk = officer(edge, door, f"/consequences/{held.id}?lang=en")
        desk.tab_to("Fix the hearing, or move it: its subject is told")
        desk.page.keyboard.press("Enter")
        for name in (
            "When it begins",
            "Where",
            "Who presides (nobody who has investigated the case)",
            "Fix it and tell the subject",
        ):
            desk.tab_to(name)
        with desk.page.expect_navigation():
            desk.page.keyboard.press("Enter")
        assert desk.alert().is_visible()
        check(desk)
