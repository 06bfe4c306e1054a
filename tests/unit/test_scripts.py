"""Scripts go out without what only their readers need, and are the same scripts (issue 6, show 3: pages under 100 kB)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from inspector.web.scripts import STATIC, Static, script

SCRIPTS = sorted(STATIC.glob("*.js"))


@pytest.fixture(scope="module")
def house() -> httpx.Client:
    app = Starlette()
    app.mount("/static", Static(directory=STATIC))
    return TestClient(app)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda one: one.stem)
def test_a_script_keeps_every_word_that_is_run_and_every_lines_number(file: Path) -> None:
    written = file.read_text(encoding="utf-8").split("\n")
    lines = bytes(script(file).body).decode().split("\n")
    assert lines == ["" if line.strip().startswith("//") else line.lstrip() for line in written]
    inside = [number for number, line in enumerate(written, start=1) if line.count("`") % 2 or line.rstrip().endswith("\\")]
    assert inside == [], "a text that goes on in the next line would lose its indentation, or a line of it"
    assert "/*" not in "".join(line.split("*/")[0] for line in written if "/*" in line and "*/" not in line)


def test_a_browser_that_has_it_is_not_sent_it_again(house: httpx.Client) -> None:
    first = house.get("/static/seat.js")
    assert (first.status_code, first.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert house.get("/static/seat.js", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert house.get("/static/house.css").headers["content-type"] == "text/css; charset=utf-8"
    assert house.head("/static/seat.js").status_code == 200
    assert house.get("/static/none.js").status_code == 404
    assert house.get("/static/seal-192.png").content == (STATIC / "seal-192.png").read_bytes(), (
        "what is no text is as it lies there"
    )


def test_what_a_phone_carries_for_an_assignment_is_lighter_by_what_nobody_there_reads() -> None:
    names = ("seat", "outbox", "waiting", "shelf", "sheet", "worker")
    spared = sum((STATIC / f"{one}.js").stat().st_size - len(script(STATIC / f"{one}.js").body) for one in names)
    assert spared > 8_000
