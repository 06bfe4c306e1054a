"""Scripts go out without what only their readers need, and are the same scripts (issue 6, show 3: pages under 100 kB)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.responses import Response

from inspector.web.scripts import STATIC, Static, script

SCRIPTS = sorted(STATIC.glob("*.js"))


def got(path: str, **headers: str) -> Response:
    """What a browser is answered."""
    told = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "headers": told}
    return asyncio.run(Static(directory=STATIC).get_response(path, scope))


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda one: one.stem)
def test_a_script_keeps_every_word_that_is_run_and_every_lines_number(file: Path) -> None:
    written = file.read_text(encoding="utf-8").split("\n")
    lines = bytes(script(file).body).decode().split("\n")
    assert lines == ["" if line.strip().startswith("//") else line.lstrip() for line in written]
    inside = [number for number, line in enumerate(written, start=1) if line.count("`") % 2 or line.rstrip().endswith("\\")]
    assert inside == [], "a text that goes on in the next line would lose its indentation, or a line of it"


def test_a_browser_that_has_it_is_not_sent_it_again() -> None:
    first = got("seat.js")
    assert (first.status_code, first.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert got("seat.js", If_None_Match=first.headers["etag"]).status_code == 304
    assert got("house.css").headers["content-type"] == "text/css; charset=utf-8"
    assert got("seal-192.png").headers["content-type"] == "image/png", "what is no text is as it lies there"
    with pytest.raises(HTTPException):
        got("none.js")


def test_what_a_phone_carries_for_an_assignment_is_lighter_by_what_nobody_there_reads() -> None:
    names = ("seat", "outbox", "waiting", "shelf", "sheet", "worker")
    spared = sum((STATIC / f"{one}.js").stat().st_size - len(script(STATIC / f"{one}.js").body) for one in names)
    assert spared > 8_000
