"""One Chromium for each process; a context of its own, and a watch over it, for each visitor of each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from inspector.store.store import Store
from tests import needs
from tests.browser import scenes
from tests.browser.visitor import FLAGS, Door
from tests.edge import Edge
from tests.house import Hand

expect.set_options(timeout=30_000)  # as long as a locator is waited for; five seconds are little on a busy machine


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; none is ever downloaded. Starting one costs more than most visits, so they share it.

    Not for the session: its library keeps an event loop running in this thread, where other tests may want one of their own.
    """
    program = needs.require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite only: what a database does is the integration tests' affair."""
    return f"sqlite:///{tmp_path / 'inspector.sqlite3'}"


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The house of `scenes.doubting`, its ops page open to everybody."""
    with scenes.doubting(store, hand) as held:
        yield held


@pytest.fixture
def visit(store: Store, hand: Hand) -> Iterator[scenes.Visit]:
    """The house of `scenes.visiting`."""
    with scenes.visiting(store, hand) as held:
        yield held


@pytest.fixture
def door(chromium: Browser) -> Iterator[Door]:
    """Where visitors come in. Whatever a page did that it must not do fails the test at its end."""
    held = Door(chromium)
    yield held
    faults = held.close()
    assert faults == []
