"""At a firm's gate: a visit code is judged without network, on the firm's phone; the inspector checks in (issue 6, show 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from inspector.web import visitcodes
from tests import gate, qr
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import LOST, field, ready, signal
from tests.browser.visitor import Door, Visitor
from tests.house import application

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
FIRM = application(1, "dispatch-premises", {}).subject_code
WIDE = "".join(chr(ord(one) + 0xFEE0) for one in FIRM)
REAL, NOT = "真实有效", "核验未通过"


def text_shown(phone: Visitor, visit: Visit) -> str:
    """The code that the inspector's phone shows without signal, read from its picture."""
    signal(phone, there=False)
    phone.open(visit.first + "/code")
    drawn = phone.page.locator("svg.code").first
    assert drawn.bounding_box()["width"] > 250, "large enough for another phone's camera"  # type: ignore[index]
    text = qr.read(drawn.evaluate("(one) => one.outerHTML"))
    assert phone.page.locator("pre.code").first.text_content() == text
    return text


def at(firm: Visitor, moment: datetime) -> None:
    """What the firm's phone believes that time it is."""
    firm.page.clock.set_fixed_time(moment)


def judged(firm: Visitor, text: str, code: str = FIRM) -> str:
    """What the firm's phone says of a code."""
    firm.page.locator("#firm").fill(code)
    firm.page.locator("#code").fill(text)
    firm.page.locator("#judge").click()
    expect(firm.page.locator("#verdict")).to_be_focused()
    return firm.page.locator("#verdict").inner_text()


@contextmanager
def opened(door: Door, visit: Visit, moment: datetime) -> Iterator[Visitor]:
    """A firm's phone that has once opened the page, and has no network now."""
    firm = door.phone(visit.edge.url)
    firm.pardoned = LOST
    at(firm, moment)
    firm.open("/code/check")
    firm.page.get_by_text("没有网络也能打开").wait_for()
    signal(firm, there=False)
    firm.page.reload()
    firm.page.get_by_text("没有网络也能打开").wait_for()
    yield firm


def matters(visit: Visit, kind: str = "visit_code_replayed") -> list[dict[str, object]]:
    with visit.edge.as_("officer") as officer:
        return [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == kind]


@pytest.mark.slow
def test_a_forged_code_or_one_for_another_firm_day_or_hour_or_shown_twice_is_refused_without_network_and_a_replay_is_told_at_sync(
    visit: Visit, door: Door
) -> None:
    phone, _ = ready(door, visit)
    text = text_shown(phone, visit)
    told = gate.opened(text)
    begins = datetime.fromisoformat(told["b"])
    noon = begins + timedelta(hours=2)
    check(phone)
    with opened(door, visit, noon) as firm:
        altered = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]
        assert "没有" not in judged(firm, altered).partition(NOT)[0]
        assert "系伪造" in judged(firm, altered)
        foreign = gate.key(number=8).sign(b"x")
        assert "系伪造" in judged(firm, text.rpartition(".")[0] + "." + qr.base64url(foreign))
        assert "不是您填写的企业" in judged(firm, text, "91000000MA0000099X")
        check(firm)
        for moment, words in ((noon + timedelta(days=1), "日期为"), (begins - timedelta(minutes=1), "有效；本机时间为")):
            at(firm, moment)
            assert words in judged(firm, text)
        at(firm, noon)
        good = judged(firm, text, WIDE)
        assert REAL in good, "an input method writes full width"
        assert all(word in good for word in (*told["p"][0], *told["p"][1], told["d"], told["w"], *told["s"]))
        check(firm)
        assert "已于" in judged(firm, text), "twice on one phone"
        firm.page.reload()
        firm.page.get_by_text("没有网络也能打开").wait_for()
        assert "已于" in judged(firm, text), "nor after a reload"
        assert matters(visit) == []
        with opened(door, visit, noon) as other:
            assert REAL in judged(other, text), "another phone cannot know"
            for one in (firm, other):
                signal(one, there=True)
                expect(one.page.locator("#gate-waits")).to_have_text("")
    (matter,) = matters(visit)
    assert matter["facts"]["phones"] == 2  # type: ignore[index]
    sizes = firm.page.evaluate(
        "Promise.all([location.href, '/code/worker.js', ...[...document.querySelectorAll('link[href], script[src]')]"
        ".map((one) => one.href || one.src)].map((one) => fetch(one).then((got) => got.arrayBuffer()).then((got) => got.byteLength)))"
    )
    assert sum(sizes) < 100_000


@pytest.mark.slow
def test_a_certificate_that_is_over_on_the_day_of_the_visit_is_told_without_network_and_the_office_hears_of_it(
    visit: Visit, door: Door
) -> None:
    phone, _ = ready(door, visit)
    told = gate.opened(text_shown(phone, visit))
    day, number = told["b"][:10], told["p"][1][1]
    assert "证件有效期至" in phone.text()
    told["p"][1][2] = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    text = gate.shown(told)
    with opened(door, visit, datetime.fromisoformat(told["b"]) + timedelta(hours=2)) as firm:
        for _ in range(2):
            said = judged(firm, text)
            assert said.startswith(NOT)
            assert all(word in said for word in (told["p"][1][0], number, told["p"][1][2], "第五十五条"))
        check(firm)
        firm.follow("English")
        assert "counted until" in judged(firm, text)
        check(firm)
        signal(firm, there=True)
        expect(firm.page.locator("#gate-waits")).to_have_text("")
    assert matters(visit, "visit_certificate_over") == [], "the register says otherwise, and counts"
    with visit.edge.office.store.read() as tx:
        about = visit.first.split("/seat/")[1].partition(":")[0]
        assert [row["rule"] for row in tx.ledger.about(about)].count("visit.scanned") == 1


@pytest.mark.slow
def test_two_tabs_of_one_phone_accept_a_code_once_and_forget_none_of_what_they_read(visit: Visit, door: Door) -> None:
    phone, _ = ready(door, visit)
    text = text_shown(phone, visit)
    told = gate.opened(text)
    noon = datetime.fromisoformat(told["b"]) + timedelta(hours=2)
    with opened(door, visit, noon) as firm:
        tab = Visitor(page=firm.page.context.new_page(), home=firm.home)
        tab.pardoned = LOST
        at(tab, noon)
        tab.open("/code/check")
        tab.page.get_by_text("没有网络也能打开").wait_for()
        spaced = f" {FIRM[:2]} {FIRM[2:8]}\u3000{FIRM[8:].lower()} "
        assert REAL in judged(firm, f"{text[:30]} \n{text[30:]}", spaced), "blanks are nothing of a code"
        assert "已于" in judged(tab, text), "one phone, whichever tab"
        for one, scope in ((firm, "另一事项"), (tab, "第三事项")):
            assert REAL in judged(one, gate.shown(told | {"s": [scope]}))
        expect(firm.page.locator("#gate-waits")).to_contain_text("2")
        expect(tab.page.locator("#gate-waits")).to_contain_text("3")
        for one, scope in ((firm, "第三事项"), (tab, "另一事项")):
            assert "已于" in judged(one, gate.shown(told | {"s": [scope]})), "neither has written over what the other read"
        tab.page.close()
        assert tab.faults == []
        of_before = {"0" * 64: {"at": "2026-01-01T00:00:00Z", "sent": True}}
        firm.page.evaluate("(told) => localStorage.setItem('inspector-gate-seen', JSON.stringify(told))", of_before)
        firm.page.reload()
        firm.page.get_by_text("没有网络也能打开").wait_for()
        kept = firm.page.evaluate("Object.keys(localStorage).filter((one) => one.includes('seen'))")
        assert f"inspector-gate-seen-{'0' * 64}" in kept, "what a page of before has seen is taken over"
        assert len(kept) == 4, "one for each code"
        signal(firm, there=True)
        expect(firm.page.locator("#gate-waits")).to_have_text("")


@pytest.mark.slow
def test_the_page_as_a_file_from_a_disk_judges_too_and_says_that_it_tells_nobody(
    visit: Visit, door: Door, tmp_path: Path
) -> None:
    phone, _ = ready(door, visit)
    text = text_shown(phone, visit)
    for lang, real in (("zh-Hans", REAL), ("en", "Real")):
        file = tmp_path / f"{lang}.html"
        file.write_text(visitcodes.alone(visit.edge.office, lang), encoding="utf-8")  # type: ignore[arg-type]
        firm = door.phone("file://")
        at(firm, datetime.fromisoformat(gate.opened(text)["b"]) + timedelta(hours=1))
        firm.open(file.as_posix())
        assert judged(firm, text).startswith(real if lang == "zh-Hans" else "Real")
        assert ("不发送任何内容" if lang == "zh-Hans" else "sends nothing") in firm.text()
        check(firm)


@pytest.mark.slow
def test_an_inspector_checks_in_without_signal_by_what_the_camera_reads_or_by_typing_and_another_firm_s_code_is_said_at_once(
    visit: Visit, door: Door
) -> None:
    phone, mate = ready(door, visit)
    signal(phone, there=False)
    phone.fill("企业代码", "91000000MA0000099X")
    phone.page.get_by_role("button", name="签到").click()
    assert "不是被检查企业的代码" in phone.alert().inner_text()
    phone.fill("企业代码", WIDE[-6:])
    phone.fill("所在地点（可不填）", "南门岗亭")
    phone.page.get_by_role("button", name="签到").click()
    phone.page.get_by_text("待发送：1 项").wait_for()
    assert "到场签到" in phone.text()
    check(phone)
    signal(phone, there=True)
    phone.page.get_by_text("到场签到（填写）").wait_for()
    (kept,) = field(visit)[0].notes
    assert (kept.arrival, kept.place.words) == ("TYPED", "南门岗亭")
    reading = f"Promise.resolve([{{ rawValue: 'https://licence.example/q?{FIRM}' }}])"
    mate.page.add_init_script(
        "self.BarcodeDetector = class { static getSupportedFormats() { return Promise.resolve(['qr_code']); }"
        f" detect() {{ return {reading}; }} }}; self.createImageBitmap = () => Promise.resolve({{}});"
    )
    mate.open(visit.second)
    mate.page.locator("#arrival-scan").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"})
    mate.page.get_by_text("到场签到（扫码）").wait_for()
    assert {one.arrival for one in field(visit)[0].notes} == {"TYPED", "SCANNED"}
    mate.follow("English")
    check(mate)


@pytest.mark.slow
def test_without_scripts_an_inspector_still_checks_in_and_shows_a_code_and_before_the_team_has_accepted_the_page_says_why_not(
    visit: Visit, door: Door
) -> None:
    phone, mate = (door.phone(visit.edge.url, scripts=False) for _ in range(2))
    phone.open(visit.first)
    phone.press("接受任务")
    phone.open(visit.first + "/code")
    assert "尚未接受任务" in phone.now()
    assert "出示执法证件" in phone.text()
    mate.open(visit.second)
    mate.press("接受任务")
    phone.open(visit.first)
    assert "请填写企业代码" in phone.press("签到")
    phone.fill("企业代码", "0000099X")
    assert "不是被检查企业的代码" in phone.press("签到")
    phone.fill("企业代码", FIRM)
    assert "到场签到（填写）" in phone.press("签到")
    phone.follow("执法码")
    assert gate.opened(str(phone.page.locator("pre.code").first.text_content()))["d"] in phone.text()
