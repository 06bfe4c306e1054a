"""A subject reads on a phone what the office says, and answers; an officer prints the same on paper. In a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspector.domain.agreed import Contact
from inspector.domain.serving import NoticeKind, NoticeState, SubjectWord
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.browser.test_pages import NAUGHTY, check
from tests.browser.visitor import Door
from tests.edge import WEB, WENT, Edge, serving
from tests.house import Hand
from tests.materials import jpeg
from tests.reached import PHONE, House, opened

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


@pytest.fixture
def house(store: Store, hand: Hand) -> House:
    return opened(store, hand, Contact(phone=PHONE))


@pytest.fixture
def edge(house: House) -> Iterator[Edge]:
    with serving(house.office, WEB.model_copy(update={"max_material_bytes": 1_000_000})) as held:
        yield held


def test_a_subject_defends_itself_with_a_file_without_scripts_and_confirms_the_receipt(
    house: House, edge: Edge, door: Door
) -> None:
    notice = house.give(facts=("登记机关记载：吊销", NAUGHTY[0]))
    phone = door.phone(edge.url, scripts=False)
    told = phone.open(house.path(notice.id))
    assert "登记机关记载：吊销" in told
    assert "您有权陈述、申辩" in told
    assert "不答复不等于承认" in told
    assert house.get(notice.id).state is NoticeState.MADE, "opening it serves nobody"
    phone.page.locator("#way-DEFENCE").click()
    phone.page.locator("#words-DEFENCE").fill("登记已于三月恢复")
    phone.page.locator("#file-DEFENCE").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    told = phone.press("提交陈述、申辩")
    assert f"回执 {notice.id}-1" in told
    assert "登记已于三月恢复" in told
    phone.page.locator("#way-RECEIVED").click()
    assert "本告知已送达" in phone.press("确认收到")
    held = house.get(notice.id)
    assert (held.state, [one.kind for one in held.words]) == (NoticeState.SERVED, [SubjectWord.DEFENCE, SubjectWord.RECEIVED])
    assert len(held.words[0].digests) == 1
    assert house.matters() == {"subject_spoke"}


def test_what_does_not_fit_is_said_beside_its_form_and_nothing_typed_is_lost(house: House, edge: Edge, door: Door) -> None:
    notice = house.give(NoticeKind.RECORD)
    phone = door.phone(edge.url)
    phone.open(f"{house.path(notice.id)}?lang=en")
    phone.page.locator("#way-OBJECTION").click()
    phone.press("Send my objection")
    assert "Say in your words" in phone.alert().inner_text()
    phone.page.locator("#words-OBJECTION").fill("not <b>ours</b>")
    phone.page.locator("#file-OBJECTION").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"MZ"})
    phone.press("Send my objection")
    assert "This kind of file is not taken" in phone.alert().inner_text()
    assert phone.page.locator("#words-OBJECTION").input_value() == "not <b>ours</b>"
    assert house.get(notice.id).words == ()


def test_the_subject_s_page_and_the_paper_are_light_and_within_reach_of_everybody(house: House, edge: Edge, door: Door) -> None:
    notices = [house.give(kind, facts=tuple(NAUGHTY)) for kind in (NoticeKind.PROPOSAL, NoticeKind.RECORD)]
    phone = door.phone(edge.url)
    for notice in notices:
        for lang in ("zh-Hans", "en"):
            phone.open(f"{house.path(notice.id)}?lang={lang}")
            for one in phone.page.locator("summary").all():
                one.click()
            check(phone)
    assert phone.page.locator("script").count() == 0
    with edge.client(**WENT) as preview:
        answer = preview.get(house.path(notices[0].id))
        assert len(answer.content) < 100_000
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert preview.get(house.path(notices[0].id)[:-3]).status_code == 403
    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name="李四"), f"/notices/{notices[0].id}")
    check(desk)
    desk.press("登记送达凭证")
    assert "请写明送达凭证" in desk.alert().inner_text()
    desk.fill("送达凭证（签收人、回执号）", "张三签收")
    desk.page.locator("#served_on").fill("2026-03-02")
    assert "张三签收 · 李四" in desk.press("登记送达凭证")
    desk.open("/notices")
    check(desk)
    desk.open(f"/notices/{notices[0].id}/paper")
    assert "送达回证" in desk.text()
    assert house.path(notices[0].id).rpartition("/")[2] not in desk.page.content(), "paper names no link"
    check(desk)


def test_the_page_of_who_has_looked_is_within_reach_of_everybody_be_it_empty_or_full(
    house: House, edge: Edge, door: Door
) -> None:
    notice = house.give()
    phone = door.phone(edge.url)
    for looked in (False, True):
        if looked:
            for name in ("李四", "王暗记"):
                with edge.as_(Role.OFFICER, name=name) as officer:
                    officer.get(f"/v1/cases/{house.case_id}")
        for lang, link, nobody in (
            ("zh-Hans", "谁看过我的信息", "还没有人查看过。"),
            ("en", "Who has looked at my data", "Nobody has looked yet."),
        ):
            phone.open(f"{house.path(notice.id)}?lang={lang}")
            phone.page.get_by_role("link", name=link).click()
            assert (nobody in phone.page.content()) is not looked
            check(phone)
    assert phone.page.locator("script").count() == 0
    assert "王暗记" not in phone.page.content(), "no clerk's name"
