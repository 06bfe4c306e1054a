"""The public register read from a disk: within reach of everybody, in both languages, and nothing is asked for beyond its folder."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.domain.gazette import Fallen
from inspector.flows import affix
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.integration.test_gazette import lines

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_the_register_is_read_from_the_disk_alone_within_reach_of_everybody(door: Door, tmp_path: Path) -> None:
    held = lines(620)
    affix.write(tmp_path, pages.files(pages.Register(title="云溪区市场监管局", lines=held, withheld=3)))
    for reader in (door.desk(f"file://{tmp_path}/"), door.phone(f"file://{tmp_path}/")):
        assert "另有 3 项待决定" in reader.open("index.html")
        check(reader)
        assert "第2饮食店" not in reader.follow("第 1 页")
        assert "<云溪>第1饮食店" in reader.text()
        check(reader)
        reader.follow("较新")
        assert reader.page.url.endswith("results-00002.html")
        english = reader.follow("English")
        assert "no problem found" in english
        check(reader)
        reader.follow("All pages")
        check(reader)


def asked(reader: Visitor, what: str) -> list[str]:
    """What the search shows for a name or a code, once it has ended."""
    reader.page.get_by_role("searchbox").fill(what)
    reader.page.keyboard.press("Enter")
    reader.page.get_by_role("status").filter(has_not_text="已查").filter(
        has_text=re.compile("[条字]|完整|Found|newest")
    ).wait_for()
    return [one.inner_text() for one in reader.page.get_by_role("listitem").all()]


def test_whoever_asks_for_a_name_finds_it_from_the_disk_alone_and_who_is_not_named_is_never_found(
    door: Door, tmp_path: Path
) -> None:
    held = lines(620)
    held[31] = held[31].taken_back(Fallen.REVOKED, held[31].posted_on)
    affix.write(tmp_path, pages.files(pages.Register(title="云溪区市场监管局", lines=held)))
    reader = door.phone(f"file://{tmp_path}/")
    reader.open("index.html")
    reader.follow("按名称或者代码查询")
    check(reader)
    assert asked(reader, "第619饮食店") == ["<云溪>第619饮食店 TEST00000000000619 2026-01-07"]
    check(reader)
    assert asked(reader, "ｔｅｓｔ00000000000001")[0].startswith("<云溪>第1饮食店"), "however it is typed"
    assert len(asked(reader, "饮食店")) == 50, "the newest, and that there are more"
    assert "还有更多" in reader.now()
    assert asked(reader, "TEST00000000000600") == [], "a natural person"
    assert asked(reader, "第31饮食店") == [], "what was taken back"
    assert asked(reader, "店") == []
    asked(reader, "第617饮食店")
    with reader.page.expect_navigation():
        reader.page.get_by_role("link", name="第617饮食店").click()
    assert reader.page.url.endswith("results-00002.html#v-000617.bureau")
    (tmp_path / "find" / "00001.js").unlink()
    reader.pardoned = "net::ERR_FILE_NOT_FOUND"
    reader.open("en/find.html")
    reader.page.get_by_role("searchbox").fill("第1饮食店")
    reader.page.get_by_role("button", name="Search").click()
    reader.page.get_by_role("status").filter(has_text="not complete").wait_for()


def test_who_runs_no_scripts_reads_the_pages_all_the_same(door: Door, tmp_path: Path) -> None:
    affix.write(tmp_path, pages.files(pages.Register(title="云溪区市场监管局", lines=lines(20))))
    reader = door.desk(f"file://{tmp_path}/", scripts=False)
    assert "不运行脚本" in reader.open("find.html")
    assert "第1饮食店" in reader.open("results-00001.html")


def test_a_hundred_thousand_results_are_read_and_searched_from_the_disk_in_files_that_do_not_grow(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = lines(100_000)
    began = time.perf_counter()
    affix.write(tmp_path, pages.files(pages.Register(title="云溪区市场监管局", lines=held)))
    built = time.perf_counter() - began
    sizes = {path.relative_to(tmp_path).as_posix(): path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
    assert max(sizes.values()) < 2_000_000, max(sizes, key=lambda name: sizes[name])
    assert built < 60
    began = time.perf_counter()
    written, _ = affix.write(tmp_path, pages.files(pages.Register(title="云溪区市场监管局", lines=[*held, *lines(100_002)[-2:]])))
    again = time.perf_counter() - began
    assert written == 2 * 4 + 3, "in each language index, search, the new page and the last one; one new part of each kind"
    reader = door.desk(f"file://{tmp_path}/")
    told, took = {}, {}
    for name, what in (("newest", "第99997饮食店"), ("oldest", "TEST00000000000001"), ("nobody", "没有这样的名称")):
        reader.open("find.html")
        began = time.perf_counter()
        told[name] = asked(reader, what)
        took[name] = time.perf_counter() - began
    assert [len(one) for one in told.values()] == [1, 1, 0]
    assert max(took.values()) < 10
    for page in ("index.html", "results-00001.html", "results-00200.html", "en/find.html"):
        began = time.perf_counter()
        reader.open(page)
        took[page] = time.perf_counter() - began
    check(reader)
    reader.open("index.html")
    check(reader)
    largest = max(sizes, key=lambda name: sizes[name])
    facts = {
        "built": built,
        "again": again,
        "files": len(sizes),
        "bytes": sum(sizes.values()),
        "largest": (largest, sizes[largest]),
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{facts | took}\n")
