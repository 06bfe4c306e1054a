"""A citizen with a phone shows something by the link, or says that nothing is shown; an officer reads it. In a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.domain.case import CaseState, ClaimStatus, Method, Outcome
from inspector.domain.selfproof import ProofState
from inspector.store.store import Store
from tests import showing
from tests.browser.test_pages import NAUGHTY, check
from tests.browser.visitor import Door, Visitor
from tests.edge import WEB, Edge, serving
from tests.house import Hand
from tests.materials import PLACE, jpeg
from tests.showing import House

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


@pytest.fixture
def house(store: Store, hand: Hand, tmp_path: Path) -> House:
    (folder := tmp_path / "packs").mkdir()
    return showing.opened(store, hand, showing.book(folder))


@pytest.fixture
def edge(house: House) -> Iterator[Edge]:
    with serving(house.office, WEB.model_copy(update={"max_material_bytes": 1_000_000})) as held:
        yield held


def choose(visitor: Visitor, content: bytes, name: str = "IMG_0001.jpg") -> None:
    """Pick a file, as from the gallery."""
    visitor.page.locator("#material").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def officer(edge: Edge, door: Door, house: House, *, scripts: bool = True) -> Visitor:
    desk = door.desk(edge.url, scripts=scripts)
    desk.log_in(edge.token("officer", name="李四"), f"/proofs/{house.proof}")
    return desk


def test_a_citizen_shows_a_photo_without_scripts_and_what_an_officer_reads_in_it_proves_the_promise(
    house: House, edge: Edge, door: Door
) -> None:
    phone = door.phone(edge.url, scripts=False)
    told = phone.open(house.path())
    assert "这是请求，不是义务" in told
    assert "承诺所替代的证明，您无须提交" in told
    assert "近三个月的水电费缴费单，或者门牌和室内的照片" in told
    choose(phone, jpeg())
    phone.fill("说明（可不填）", "门口")
    assert "已经收到，将由工作人员审阅" in phone.press("出示")
    assert house.get().state is ProofState.RECEIVED
    desk = officer(edge, door, house, scripts=False)
    desk.choose("一致")
    desk.fill("材料所反映的日期", "2026-03-01")
    assert "李四：一致" in desk.press("提交审阅意见")
    assert house.case().outcome is Outcome.TRUE
    assert "已由工作人员审阅" in phone.open(house.path())


def test_what_is_kept_of_a_photo_is_what_a_browser_shows_the_right_way_up_and_knows_no_place(
    house: House, edge: Edge, door: Door
) -> None:
    """Chromium's decoder is the second opinion on what is left of the file, and its encoder on what a photo is."""
    phone = door.phone(edge.url)
    phone.open(house.path())
    taken = phone.page.screenshot(type="jpeg")
    for content in (jpeg(6), taken):
        choose(phone, content)
        phone.press("出示")
    desk = officer(edge, door, house)
    sizes = desk.page.evaluate("() => [...document.images].map((one) => [one.naturalWidth, one.naturalHeight])")
    assert sizes[0] == [8, 16], "taken on its side, shown upright"
    assert min(sizes[1]) > 100
    with house.office.store.read() as tx:
        for one in house.get().materials:
            assert PLACE not in tx.materials.content(house.proof, one.digest)


def test_a_citizen_says_by_the_keyboard_alone_that_nothing_is_shown_and_is_not_held_to_be_untruthful(
    house: House, edge: Edge, door: Door
) -> None:
    desk = door.desk(edge.url)
    desk.open(house.path())
    desk.tab_to("只有承诺所替代的证明才能说明")
    desk.page.keyboard.press("Space")
    desk.tab_to("提交")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    assert "已记录您不出示及原因" in desk.now()
    case = house.case()
    step = case.file("office-in-use").step
    assert (case.state, step.method if step else None) == (CaseState.VERIFYING, Method.ON_SITE)
    assert case.file("office-in-use").status is ClaimStatus.OPEN


def test_what_does_not_fit_is_said_beside_the_form_in_the_reader_s_language_and_nothing_typed_is_lost(
    house: House, edge: Edge, door: Door
) -> None:
    phone = door.phone(edge.url)
    phone.open(f"{house.path()}?lang=en")
    phone.press("Show it")
    assert phone.alert().inner_text() == "Choose a file"
    phone.fill("What it shows (may be empty)", "the door <b>plate</b>")
    choose(phone, b"MZ no picture", "photo.jpg")
    phone.press("Show it")
    assert "This kind of file is not taken" in phone.alert().inner_text()
    assert phone.page.locator("#remark").input_value() == "the door <b>plate</b>"
    choose(phone, b"\xff\xd8\xff" + b"0" * 1_200_000)
    phone.press("Show it")
    assert "at most 1 MB are taken" in phone.alert().inner_text()
    phone.press("Say so")
    assert phone.alert().inner_text() == "Say why nothing is shown"
    assert house.get().materials == ()
    assert phone.page.get_attribute("html", "lang") == "en"


def test_the_pages_are_within_reach_of_everybody(house: House, edge: Edge, door: Door) -> None:
    phone = door.phone(edge.url)
    for lang in ("zh-Hans", "en"):
        phone.open(f"{house.path()}?lang={lang}")
        check(phone)
    phone.press("Show it")
    check(phone)
    choose(phone, jpeg())
    phone.fill("What it shows (may be empty)", NAUGHTY[0])
    phone.press("Show it")
    check(phone)
    desk = officer(edge, door, house)
    for path in ("/proofs", f"/proofs/{house.proof}"):
        assert NAUGHTY[0] in desk.open(path) or path == "/proofs"
        check(desk)
    assert desk.page.locator("script").count() == 0
    desk.press("提交审阅意见")
    check(desk)
    desk.press("显示链接")
    assert desk.page.locator("#link").input_value().endswith(house.path())
    check(desk)


def test_a_link_that_was_cut_or_called_back_says_what_to_do(house: House, edge: Edge, door: Door) -> None:
    path = house.path()
    desk = officer(edge, door, house)
    desk.page.locator("#link-reason").fill("发错了人")
    desk.press("收回链接")
    phone = door.phone(edge.url)
    for wrong in (path, path[:-2], path.rpartition("/")[0]):
        phone.open(wrong)
        assert (
            phone.alert().inner_text()
            == "链接无效：链接不完整，或者已经过期、已被收回。请使用最近一封函件或消息中的完整链接；仍打不开的，请与发出链接的机关联系"
        ), wrong
    assert "请在下列日期前出示" in phone.open(house.path())
