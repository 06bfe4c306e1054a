"""Makes the pictures of docs/pictures anew: `python -m tests.browser.pictures [verifier …]`. Everybody on them is invented."""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import FloatRect, sync_playwright

from inspector.verifier import PAGE, programs
from tests import showing
from tests.browser import scenes
from tests.browser.test_verifier import drop
from tests.browser.visitor import FLAGS, Door
from tests.bundles import vector
from tests.edge import serving
from tests.gate import opened
from tests.house import ROOT, Hand, application, closing, open_store, post, settle
from tests.integration.test_draw_way import visits
from tests.integration.test_secondlook import drawn_again, looking
from tests.needs import NEEDS

FOLDER = ROOT / "docs" / "pictures"
FIRMS = ("示例商贸有限公司", "样例劳务派遣有限公司", "范例餐饮管理有限公司")


def officer(door: Door, file: str) -> None:
    """An officer's case, as far as the decision."""
    with closing(open_store(file)) as store, scenes.doubting(store, Hand()) as edge:
        paths = [scenes.doubt(edge.office, number, name) for number, name in enumerate(FIRMS, 123)]
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="李四"), paths[0])
        desk.page.get_by_label("结论").select_option(label="不实，可以整改")
        desk.page.get_by_role("checkbox").check()
        desk.fill("理由", "登记机关于二月吊销，已电话核对")
        desk.page.set_viewport_size({"width": 1000, "height": 1220})
        desk.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        desk.page.screenshot(path=FOLDER / "review.png")


def inspector(door: Door, file: str) -> None:
    """What the ops page says while two inspectors are on their way."""
    with (
        closing(open_store(file)) as store,
        scenes.visiting(store, Hand(), subject_name=FIRMS[1], subject_code="91000000MA0000001R") as visit,
    ):
        office = visit.edge.office
        phone, other = door.phone(visit.edge.url), door.phone(visit.edge.url)
        for one, path in ((other, visit.second), (phone, visit.first)):
            one.open(path)
            one.press("接受任务")
        for number in range(50, 56):
            post(office, application(number, "business-licence", {"registration-status": "存续"}))
        settle(office)
        scenes.letter(office)
        desk = door.desk(visit.edge.url)
        desk.open("/ops")
        desk.page.set_viewport_size({"width": 1000, "height": 860})
        desk.page.screenshot(path=FOLDER / "ops.png")


def assignment(door: Door, file: str) -> None:
    """An inspector's page from what is asked to what waits for signal, and the firm's notice, in both languages; and the texts on them."""
    texts = dict[str, str]()
    for lang in scenes.CLERK:
        with (
            closing(open_store(f"{file}-{lang}")) as store,
            scenes.visiting(store, Hand(), subject_name=FIRMS[1], subject_code="91000000MA0000001R") as visit,
        ):
            phone, other = door.phone(visit.edge.url), door.phone(visit.edge.url)
            for state in scenes.assigned(phone, other, visit, lang):
                texts[f"{state}-{lang}"] = scenes.anybody(phone.text())
                picture = FOLDER / f"seat-{state}-{lang}.png"
                match state:
                    case "error":  # where the browser has gone
                        phone.page.screenshot(path=picture)
                    case "waiting":
                        phone.page.locator("#outbox").screenshot(path=picture)
                    case _:
                        phone.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
                        whole = phone.page.evaluate("document.documentElement.scrollHeight")
                        clip: FloatRect = {"x": 0, "y": 0, "width": 360, "height": min(whole, 2_200)}
                        phone.page.screenshot(path=picture, full_page=True, clip=clip)
    texts = {name: text for name, text in texts.items() if not name.startswith("waiting")}  # that one tells the phone's own time
    scenes.DAY.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def link(door: Door, file: str) -> None:
    """An officer's page on which the link of a lost phone is called back."""
    with closing(open_store(file)) as store, scenes.visiting(store, Hand(), subject_name=FIRMS[1]) as visit:
        desk = door.desk(visit.edge.url)
        desk.log_in(visit.edge.token("officer", name="李四"), "/assignments/" + visit.first.split("/")[2])
        desk.page.locator("textarea").fill("手机遗失，本人来电")
        desk.page.set_viewport_size({"width": 1000, "height": 860})
        desk.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        desk.page.screenshot(path=FOLDER / "seat-link.png")


def sheet(door: Door, file: str) -> None:
    """The check sheet on an inspector's phone, with several boxes ticked."""
    with (
        closing(open_store(file)) as store,
        scenes.visiting(store, Hand(), subject_name=FIRMS[1], subject_code="91000000MA0000001R") as visit,
    ):
        phone, other = door.phone(visit.edge.url), door.phone(visit.edge.url)
        for one, path in ((other, visit.second), (phone, visit.first)):
            one.open(path)
            one.press("接受任务")
        phone.choose("一致")
        phone.page.locator("details summary").first.click()
        for name in ("发现问题经责令已改正", "已迁出", "现场检查"):
            phone.page.get_by_role("checkbox", name=name, exact=True).check()
        phone.page.evaluate("document.activeElement.blur()")
        phone.page.locator("#result details").first.screenshot(path=FOLDER / "sheet.png")


def look(door: Door, file: str) -> None:
    """A second look on the phone of an inspector of another team."""
    with closing(open_store(file)) as store:
        hand = Hand()
        office, _ = looking(store, hand, share="1/8")
        (again,) = visits(office, drawn_again(office, hand).number)
        with store.read() as tx:
            names = [seat.name for seat in tx.visits.team(again.id)]
        with serving(office, scenes.OPEN_OPS) as edge:
            other, phone = (door.phone(edge.url) for _ in names)
            for one, name in zip((other, phone), names, strict=True):
                one.open(scenes.link(office, "seat", name))
                one.press("接受任务")
            phone.page.screenshot(path=FOLDER / "second-look.png", full_page=True)


def agency(door: Door, file: str) -> None:
    """A clerk's answer to a letter: not begun, filled in, refused, taken; in both languages, on a phone and at a desk; with the texts."""
    texts = dict[str, str]()
    with closing(open_store(file)) as store, scenes.doubting(store, Hand()) as edge:
        _, path = scenes.letter(edge.office)
        for lang in scenes.CLERK:
            for width, visitor in (("phone", door.phone(edge.url)), ("desk", door.desk(edge.url))):
                for state in scenes.answering(visitor, path, lang):
                    if width == "desk":
                        visitor.page.set_viewport_size({"width": 1000, "height": 1400})
                    visitor.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
                    picture = FOLDER / f"assist-{state}-{lang}-{width}.png"
                    visitor.page.screenshot(path=picture, full_page=width == "phone")
                    if state != "populated":  # what is filled in is no text
                        texts[f"{state}-{lang}"] = scenes.unnumbered(visitor.text())
        visitors = [(width, lang) for lang in scenes.CLERK for width in ("phone", "desk")]
        for number, (width, lang) in enumerate(visitors, start=102):
            visitor = door.phone(edge.url) if width == "phone" else door.desk(edge.url)
            scenes.answered(visitor, scenes.letter(edge.office, number)[1], lang)
            visitor.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            visitor.page.screenshot(path=FOLDER / f"assist-answered-{lang}-{width}.png", full_page=width == "phone")
            texts[f"answered-{lang}"] = scenes.unnumbered(visitor.text())
    scenes.BEHIND.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def subject(door: Door, file: str) -> None:
    """What a subject is asked to show, on a phone."""
    with closing(open_store(file)) as store, tempfile.TemporaryDirectory() as name:
        house = showing.opened(store, Hand(), showing.book(Path(name)))
        with serving(house.office) as edge:
            phone = door.phone(edge.url)
            phone.open(house.path())
            phone.page.screenshot(path=FOLDER / "show.png", full_page=True)


def verifier(door: Door, _: str) -> None:
    """A stranger's check of a published draw: calm when it agrees, and to the point when it does not."""
    with tempfile.TemporaryDirectory() as name:
        folder = vector("1").write(Path(name) / "bundle")
        page = Path(name) / PAGE
        page.write_bytes(programs()[PAGE])
        for scheme, lang, picture in (("light", "zh-Hans", "verify.png"), ("dark", "en", "verify-dark.png")):
            desk = door.desk("file://")
            desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            desk.open(f"{page.as_posix()}?lang={lang}")
            if scheme == "dark":
                result = folder / "result.json"
                result.write_text(
                    result.read_text(encoding="utf-8").replace("91330100MA00006702", "91330100MA00010053"), encoding="utf-8"
                )
            drop(desk.page, folder)
            desk.page.locator("#verdict").wait_for()
            desk.page.set_viewport_size({"width": 1000, "height": 1150})
            desk.page.evaluate("scrollTo(0, 0)")
            desk.page.screenshot(path=FOLDER / picture)


def gate(door: Door, file: str) -> None:
    """A visit code on the inspector's phone, and what the firm's phone says of it; and of a code that was altered."""
    with (
        closing(open_store(file)) as store,
        scenes.visiting(store, Hand(), subject_name=FIRMS[1], subject_code="91000000MA0000001R") as visit,
    ):
        phone, other, firm = (door.phone(visit.edge.url) for _ in range(3))
        for one, path in ((other, visit.second), (phone, visit.first)):
            one.open(path)
            one.press("接受任务")
        phone.open(visit.first + "/code")
        phone.page.screenshot(path=FOLDER / "visit-code.png", full_page=True)
        text = str(phone.page.locator("pre.code").first.text_content())
        firm.page.clock.set_fixed_time(datetime.fromisoformat(opened(text)["b"]) + timedelta(hours=1))
        for shown, lang, picture in ((text, "zh-Hans", "code-check.png"), (text[:-9] + "A" * 9, "en", "code-check-refused.png")):
            firm.open(f"/code/check?lang={lang}")
            firm.page.locator("#firm").fill("91000000MA0000001R")
            firm.page.locator("#code").fill(shown)
            firm.page.locator("#judge").click()
            firm.page.locator("#good, #bad").wait_for()
            firm.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            firm.page.screenshot(path=FOLDER / picture, full_page=True)


def main() -> None:
    """Take them all, or those of the pages that are named."""
    pages = {take.__name__: take for take in (officer, inspector, assignment, link, sheet, look, gate, agency, subject, verifier)}
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        door = Door(playwright.chromium.launch(executable_path=NEEDS["chromium"].find(), args=FLAGS))
        for name in sys.argv[1:] or pages:
            pages[name](door, f"sqlite:///{Path(folder) / name}.sqlite3")
        door.close()


if __name__ == "__main__":
    main()
