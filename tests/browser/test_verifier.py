"""The verifier's page in a real Chromium: opened from a disk as from the house, it takes a bundle in and lets nothing out."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inspector.domain import draw, frame
from inspector.domain.commitment import Listing
from inspector.verifier import PAGE
from tests import house
from tests.browser.test_pages import NAUGHTY, check
from tests.browser.visitor import Door, Visitor
from tests.bundles import Bundle, carried_out, committed, person, reveal, rules, thing, vector
from tests.edge import Edge
from tests.integration import test_cli_draw as exporting
from tests.integration.test_cli_draw import NUMBER
from tests.operator import Operator, settled
from tests.published import of_the_house

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.fixture
def exported(operator: Operator) -> Path:
    """What `draw export` writes."""
    with house.closing(operator.store()) as store:
        exporting.carried_out(store)
    folder = operator.folder / "bundle"
    operator.well("draw", "export", NUMBER, str(folder))
    return folder


@pytest.fixture
def desk(door: Door, exported: Path) -> Visitor:
    """Somebody who opens the page that lies in the export."""
    return opened(door.desk("file://"), exported)


def opened(visitor: Visitor, folder: Path, query: str = "") -> Visitor:
    visitor.open((folder / PAGE).as_posix() + query)
    return visitor


def drop(page: Page, *things: Path) -> None:
    """Drag files or folders from the desktop onto the page."""
    session, over = page.context.new_cdp_session(page), page.locator("#drop").bounding_box()
    assert over is not None
    data = {"items": [], "files": list(map(str, things)), "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": over["x"] + 20, "y": over["y"] + 20, "data": data})


def verdict(visitor: Visitor, words: str) -> str:
    """The verdict, once it is there."""
    told = visitor.page.locator("#verdict")
    expect(told.get_by_role("heading")).to_have_text(words)
    return told.inner_text()


def states(visitor: Visitor) -> list[str]:
    """The mark of each step."""
    return visitor.page.locator("ol.steps .mark").all_inner_texts()


def other_winner(folder: Path) -> tuple[str, str]:
    """Put a reserve in the place of the first one drawn; who was drawn, and who stands there now."""
    told = json.loads((folder / "result.json").read_bytes())
    (stratum,) = (one for one in told["lists"][0]["strata"].values() if one["reserve"])
    right, wrong = stratum["selected"][0], stratum["reserve"][0]
    stratum["selected"][0], stratum["reserve"][0] = wrong, right
    (folder / "result.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return right, wrong


def test_a_dropped_export_is_recomputed_from_the_disk_alone_within_reach_of_everybody(desk: Visitor, exported: Path) -> None:
    drop(desk.page, exported)
    assert "重新计算的结果与公布的完全相同" in verdict(desk, "一致")
    assert NUMBER in desk.text()
    assert "✗" not in states(desk)
    assert "以下文件与核对无关" not in desk.text(), "the verifiers beside the bundle are known to each other"
    assert "时间未证明" in desk.text()
    desk.page.locator("summary").first.click()
    desk.page.set_viewport_size({"width": 360, "height": 740})
    check(desk)
    desk.text()
    desk.page.get_by_role("button", name="English").click()
    assert verdict(desk, "Agrees")
    assert desk.page.locator("html").get_attribute("lang") == "en"
    desk.text()


def test_a_winner_put_in_another_place_is_named_with_who_should_stand_there(desk: Visitor, exported: Path) -> None:
    right, wrong = other_winner(exported)
    drop(desk.page, exported)
    told = verdict(desk, "不一致")
    assert re.search(rf"selected\[0\]：公布的是 \"{wrong}\"，重新计算的是 \"{right}\"", told)
    assert states(desk)[7:] == ["✗", "–", "–"]
    check(desk)
    desk.page.get_by_role("button", name="English").click()
    assert f'published is "{wrong}", recomputed is "{right}"' in verdict(desk, "Does not agree")


@pytest.mark.slow
def test_a_folder_that_is_no_bundle_is_said_to_be_none(desk: Visitor, exported: Path) -> None:
    (exported / "seed.json").unlink()
    drop(desk.page, exported)
    assert "缺少文件 seed.json" in verdict(desk, "无法读取")


@pytest.mark.slow
def test_a_changed_row_is_found_where_the_browser_refuses_workers(door: Door, exported: Path) -> None:
    desk = door.desk("file://")
    desk.page.add_init_script("Object.defineProperty(globalThis, 'Worker', { value: undefined })")
    opened(desk, exported, "?lang=en")
    drop(desk.page, exported)
    verdict(desk, "Agrees")
    (register,) = exported.glob("*objects.tsv")
    lines = register.read_bytes().split(b"\n")
    register.write_bytes(b"\n".join([lines[0].replace(b"\t", b"0\t", 1), *lines[1:]]))
    drop(desk.page, exported)
    assert "the register was changed" in verdict(desk, "Does not agree")


@pytest.fixture
def first(exported: Path) -> dict[str, object]:
    """The receipt of the first one drawn."""
    contents = [(next(exported.glob(f"*{kind}.tsv"))).read_bytes() for kind in ("objects", "inspectors", "bans")]
    made = Bundle(
        content=(exported / "commit.json").read_bytes(),
        frames={"licensing": tuple(contents)},
        parts=json.loads((exported / "seed.json").read_bytes())["parts"],
        result={},
        expected={},
    )
    result = made.carry_out()
    held = frame.read(*contents)
    return draw.receipt(made.commitment, held, result.lists[0].selected[0], result.lists[0].name, result)


@pytest.mark.slow
def test_a_firm_checks_its_receipt_and_sees_that_its_ticket_was_under_the_limit(
    desk: Visitor, exported: Path, tmp_path: Path, first: dict[str, object]
) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(first, ensure_ascii=False), encoding="utf-8")
    drop(desk.page, file)
    told = desk.page.locator("#receipt-told")
    expect(told).to_contain_text("还没有与承诺文件对照")
    drop(desk.page, exported)
    verdict(desk, "一致")
    expect(told).to_contain_text(f"{str(first['line']).partition(chr(9))[0]} 在承诺过的登记册里")
    expect(told).to_contain_text(re.compile("不超过界限 [0-9a-f]{64}：被抽中"))
    check(desk)
    desk.page.locator("#receipt-text").fill(json.dumps({**first, "line": f"9{first['line']}"}))
    desk.page.get_by_role("button", name="核对回执").click()
    expect(told).to_contain_text("不是这次抽查所承诺的")
    desk.page.locator("#receipt-text").fill("{")
    desk.page.get_by_role("button", name="核对回执").click()
    expect(told).to_contain_text("不是正确的 JSON")


@pytest.mark.slow
def test_a_receipt_dropped_together_with_the_files_is_judged_beside_the_draw(
    desk: Visitor, exported: Path, tmp_path: Path, first: dict[str, object]
) -> None:
    file, other = tmp_path / "receipt.json", tmp_path / "another.json"
    file.write_text(json.dumps(first, ensure_ascii=False), encoding="utf-8")
    other.write_text(json.dumps({**first, "line": f"9{first['line']}"}), encoding="utf-8")
    drop(desk.page, *(one for one in exported.iterdir() if one.is_file()), file, other)
    verdict(desk, "一致")
    told = desk.page.locator("#report")
    expect(told).to_contain_text(re.compile("不超过界限 [0-9a-f]{64}：被抽中"))
    expect(told.locator(".bad")).to_contain_text("不是这次抽查所承诺的")
    assert "没有理会" not in desk.text()
    check(desk)
    drop(desk.page, exported, file)
    expect(told).to_contain_text("被抽中")
    expect(told.locator(".bad")).to_have_count(0)


@pytest.mark.slow
def test_an_id_is_looked_up_and_the_witness_is_compared(desk: Visitor, exported: Path) -> None:
    drop(desk.page, exported)
    verdict(desk, "一致")
    told = json.loads((exported / "result.json").read_bytes())["lists"][0]
    drawn = next(iter(told["teams"]))
    for name, words in ((drawn, "，被抽中"), ("nobody", "登记册里没有 nobody")):
        desk.fill("对象编号（如统一社会信用代码）", name)
        desk.page.get_by_role("button", name="查询").click()
        expect(desk.page.locator("#find-told")).to_contain_text(words)
    record = json.loads((exported / "witness" / "record.json").read_bytes())
    for value, at, words in (
        ("0" * 64, "", "不是这次抽查的见证值"),
        (record["w"], "", "还须知道见证人何时收到"),
        (record["w"], "2026-06-01T00:00", "不能证明承诺在先"),
        (record["w"], "2099-01-01T00:00", "有一个时间尚未到来"),
    ):
        desk.page.locator("#witness-label").fill(value)
        desk.page.locator("#witness-at").fill(at)
        desk.page.get_by_role("button", name="对照").click()
        expect(desk.page.locator("#witness-told")).to_contain_text(words)


@pytest.mark.slow
def test_the_figures_of_the_minutes_are_compared_by_the_keyboard_alone_and_others_are_no_agreement(
    door: Door, exported: Path, tmp_path: Path
) -> None:
    held = vector("2")
    folder, thrown = held.write(tmp_path / "ceremony"), str(held.parts[2]["text"])
    desk = opened(door.desk("file://"), exported)
    drop(desk.page, folder)
    verdict(desk, "一致")
    loud = "请与签字的现场记录核对"
    assert (loud in desk.text(), states(desk)[3]) == (True, "!")
    desk.tab_to("签字的现场记录上的数字（以空格隔开，每次仪式一行）")
    for typed, answer, headline, mark in (
        (thrown[:-1], "的数字与您所给出的现场记录不符", "不一致", "✗"),
        (f" {thrown.replace(' ', '  ')}", "的数字与您所给出的现场记录一致", "一致", "✓"),
    ):
        desk.page.keyboard.press("ControlOrMeta+A")
        desk.page.keyboard.type(typed)
        desk.tab_to("对照数字")
        desk.page.keyboard.press("Enter")
        told = desk.page.locator("#figures-told")
        expect(told).to_contain_text(answer)
        assert thrown in told.inner_text()
        assert (answer in verdict(desk, headline), states(desk)[3], loud in desk.text()) == (mark == "✗", mark, False)
        desk.page.keyboard.press("Shift+Tab")  # the focus is where it was
    desk.page.set_viewport_size({"width": 360, "height": 740})
    check(desk)
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.locator("#figures-told")).to_contain_text("are those that you state from the minutes")
    assert thrown in " ".join(desk.page.get_by_label("The figures on the signed minutes").input_value().split())
    desk.page.get_by_label("The figures on the signed minutes").fill(" ")
    desk.page.get_by_role("button", name="Compare the figures").click()
    expect(desk.page.locator("#figures-told")).to_contain_text("Compare them with the signed minutes")
    assert states(desk)[3] == "!", "nothing was compared"
    desk.text()


@pytest.mark.slow
def test_what_followed_is_the_houses_word_until_a_hash_from_elsewhere_is_typed(
    door: Door, exported: Path, tmp_path: Path
) -> None:
    desk, nothing = opened(door.desk("file://"), exported), sha256(b"").hexdigest()
    drop(desk.page, vector("1").write(tmp_path / "draw"))
    verdict(desk, "一致")
    loud = "仅凭机关自述"
    assert (loud in desk.text(), states(desk)[8]) == (True, "!")
    field = desk.page.get_by_label("后续变动的 SHA-256 摘要（64 位），由您另行取得")
    for typed, answer, headline, mark in (
        ("0" * 64, "与您给出的摘要不符", "不一致", "✗"),
        ("零", "不是 SHA-256 摘要", "一致", "!"),
        (nothing.upper(), "与您给出的摘要一致", "一致", "✓"),
    ):
        field.fill(typed)
        desk.page.get_by_role("button", name="核对摘要").click()
        expect(desk.page.locator("#after-told")).to_contain_text(answer)
        verdict(desk, headline)
        assert (states(desk)[8], loud in desk.page.locator("#remarks").inner_text()) == (mark, mark != "✓")
    check(desk)


@pytest.mark.slow
def test_the_house_offers_the_page_and_a_folder_is_chosen_by_the_keyboard_alone(edge: Edge, door: Door, tmp_path: Path) -> None:
    desk = door.desk(edge.url)
    desk.page.on(
        "filechooser", lambda _: None
    )  # from now on a chooser is a matter for the test: a key is quicker than asking for it
    desk.open("/")
    desk.follow("自己核对一次抽查")
    folder = vector("3").write(tmp_path / "joint")
    desk.tab_to("选择文件夹")
    with desk.page.expect_file_chooser() as chooser:
        desk.page.keyboard.press("Enter")
    chooser.value.set_files(folder)
    verdict(desk, "一致")
    assert "各类名额 · yjj" in desk.text()
    assert "没有写明信标的链号" in desk.text()


@pytest.mark.slow
def test_whatever_a_bundle_holds_is_shown_as_it_is_and_does_nothing(door: Door, tmp_path: Path, exported: Path) -> None:
    held = frame.freeze([thing(text.strip()) for text in NAUGHTY], [person("<b>甲</b>")], [])
    made = committed([Listing(name="x", frame=held, rules=rules())], number=NAUGHTY[0])
    folder = carried_out(made, {"x": held}, [reveal("one")]).write(tmp_path / "naughty")
    phone = opened(door.phone("file://"), exported)
    drop(phone.page, folder)
    verdict(phone, "一致")
    phone.page.get_by_text("抽中的对象 · x").click()
    shown = phone.text()
    assert all(text.strip() in shown for text in NAUGHTY)
    assert phone.page.locator("img, script:not([id]), main b").count() == 0


@pytest.mark.slow
def test_of_a_public_bundle_nothing_is_marked_as_checked_that_its_files_cannot_show(desk: Visitor, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    for name, content in of_the_house(vector("1")).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    drop(desk.page, folder)
    verdict(desk, "一致")
    steps = desk.page.locator("ol.steps li").all_inner_texts()
    unproven = " ".join(one for one in steps if "凭文件不能证明" in one)
    assert all(name in unproven for name in ("登记册一行未改", "名额与抽中的对象", "检查人员的派出", "事后改派"))
    assert "未进行" not in " ".join(steps)
    assert "objects.tsv" not in desk.text(), "no command for a file that is not there"


@pytest.mark.slow
def test_a_public_bundle_that_leaves_a_drawn_firm_out_does_not_agree_beside_its_receipt(desk: Visitor, tmp_path: Path) -> None:
    held = vector("1")
    (listed,) = held.carry_out().lists
    code, one = next((code, one) for code, one in listed.strata.items() if len(one.selected) > 1)
    files = of_the_house(held, *listed.selected)
    told = json.loads(files["result.json"])
    there = told["lists"][0]["strata"][code]["selected"]
    there[0]["ticket"] = f"{int(there[0]['ticket'], 16) - 1:064x}"
    own = draw.receipt(held.commitment, held.frame(listed.name), one.selected[0], listed.name, held.carry_out())
    for name, content in {**files, "result.json": json.dumps(told).encode()}.items():
        file = tmp_path / "public" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    drop(desk.page, tmp_path / "public")
    verdict(desk, "一致")
    desk.page.locator("#receipt-text").fill(json.dumps(own))
    desk.page.locator("#receipt button").click()
    verdict(desk, "不一致")
    expect(desk.page.locator("#verdict")).to_contain_text("它的位置被换成了别的")


@pytest.mark.slow
def test_one_line_in_the_place_of_a_result_is_believed_by_nobody_and_a_lawful_void_says_what_it_leaves_open(
    desk: Visitor, exported: Path
) -> None:
    for name in ("seed.json", "result.json"):
        (exported / name).unlink()
    record = exported / "witness" / "record.json"
    held = json.loads(record.read_bytes()) | {"void": "名录有误"}
    record.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
    drop(desk.page, exported)
    told = verdict(desk, "文件相符，但不能据以采信")
    assert ("没有结果可供重新计算" in told, "作废记录不完整，缺少：voided_at, signed" in told) == (True, True)
    assert states(desk) == ["!", "✓", "!", "–", "✓", "–", "–", "–", "–", "✓"]
    assert ("本次抽取已作废（名录有误）" in desk.text(), "不能排除" in desk.text()) == (True, True)
    assert desk.page.locator("#find-label").count() == 0, "there are no tickets to look up"
    check(desk)
    desk.page.get_by_role("button", name="English").click()
    assert "lacks voided_at, signed" in verdict(desk, "The files agree, but nothing here may be believed")
    assert "cannot be ruled out" in desk.text()
    lawful = held | {"voided_at": held["announced_at"], "signed": ["李科长", "王主任"]}
    record.write_text(json.dumps(lawful, ensure_ascii=False), encoding="utf-8")
    drop(desk.page, exported)
    assert "no result to recompute" in verdict(desk, "Agrees")
    assert states(desk)[0] == "✓"
    assert ("lacks" in desk.text(), "cannot be ruled out" in desk.text()) == (False, True)
