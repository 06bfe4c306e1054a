"""An officer goes on leave and says in a browser who decides meanwhile; no axe violation, and the page works in both languages."""

from __future__ import annotations

import pytest

from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.test_whole_way import step
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand, Table, open_office

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_an_officer_names_a_deputy_and_is_back_sooner(store: Store, hand: Hand, door: Door) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    with serving(office) as edge:
        edge.token("officer", name="周八")
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="李四"), "/deputies")
        check(desk)
        told = step(desk, "name", "指定", deputy="李四", since="2026-04-01", until="2026-04-30")
        assert "不能由本人代行" in told
        check(desk)
        told = step(desk, "name", "指定", deputy="周八", since="2026-04-01", until="2026-04-30")
        assert "由 周八 代行 李四 的职责" in told
        check(desk)
        assert "周八 decides in the stead of 李四" in desk.open("/deputies?lang=en")
        check(desk)
        desk.open("/deputies?lang=zh-Hans")
        assert "没有人不在岗" in desk.press("终止 李四")
