"""An inspector of another team, with a phone: what was entered is read, and said to bear the result out or not."""

from __future__ import annotations

import pytest

from inspector.domain.finding import Seen
from inspector.flows import dispatch
from inspector.store.store import Store
from tests.browser.scenes import OPEN_OPS, link
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_draw_way import visits
from tests.integration.test_secondlook import drawn_again, looking

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_who_looks_again_reads_what_was_entered_and_says_in_words_what_differs(store: Store, hand: Hand, door: Door) -> None:
    office, _ = looking(store, hand, share="1/8")
    (look,) = visits(office, drawn_again(office, hand).number)
    with store.read() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(look.id)]
    with serving(office, OPEN_OPS) as edge:
        first, mate = (door.phone(edge.url) for _ in names)
        assert "接受之后方可查看原记录" in first.open(link(office, "seat", names[0]))
        assert "正常营业" not in first.text()
        first.press("接受任务")
        mate.open(link(office, "seat", names[1]))
        mate.press("接受任务")
        assert "正常营业" in first.open(link(office, "seat", names[0]))
        assert "填写复核意见" in first.now()
        assert first.page.locator("#visited_on").count() == 0, "nobody goes"
        check(first)
        first.open(link(office, "seat", names[0]) + "?lang=en")
        first.press("Enter the result")
        assert first.alert().is_visible()
        check(first)
        first.open(link(office, "seat", names[0]) + "?lang=zh-Hans")
        first.press("提交结果")
        assert first.alert().is_visible()
        first.choose("与原结果有出入")
        first.press("提交结果")
        assert "复核" in first.alert().inner_text(), "what differs is said in words"
        check(first)
        first.fill("说明（能够印证的可以不填）", "没有照片可以印证")
        assert "没有照片可以印证" in first.press("提交结果")
    with store.read() as tx:
        assert [part.seen for part in tx.visits.get(look.id).parts] == [Seen.FINDING]
