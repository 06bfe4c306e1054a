"""The public register read from a disk: within reach of everybody, in both languages, and nothing is asked for beyond its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.flows import affix
from tests.browser.test_pages import check
from tests.browser.visitor import Door
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
