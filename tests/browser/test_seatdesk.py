"""An inspector has lost the phone and calls the office: an officer calls the link back on a page, without scripts too (issue 6)."""

from __future__ import annotations

import pytest

from inspector.flows import seatlink
from inspector.flows.seated import LINK
from inspector.flows.seats import RENEWED
from tests.browser.scenes import FIRM, Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import ready
from tests.browser.visitor import Door
from tests.house import settle

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def seat_of(visit: Visit) -> tuple[str, str]:
    """The first seat's name, and its inspector's staff code."""
    name = visit.first.split("/seat/")[1].partition("/")[0]
    with visit.edge.office.store.read() as tx:
        return name, tx.visits.team(name.partition(":")[0])[0].inspector


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.slow
def test_an_officer_calls_the_link_of_a_lost_phone_back_and_the_next_one_opens_on_another_phone(
    visit: Visit, door: Door, *, scripts: bool
) -> None:
    lost, _ = ready(door, visit)
    name, staff = seat_of(visit)
    officer = door.desk(visit.edge.url, scripts=scripts)
    officer.open("/review")
    officer.log_in(visit.edge.token("officer", name="李四"))
    assert "留痕" in officer.follow("任务链接")
    assert "请填写要查询的检查人员的工号" in officer.press("查找")
    officer.fill("工号", "nobody")
    assert "没有未完成的任务" in officer.press("查找")
    officer.fill("工号", staff)
    officer.press("查找")
    told = officer.follow(name)
    assert "从未收回" in officer.now()
    assert FIRM not in told, "whom the visit is to is nothing that a caller need hear"
    assert "reason" in officer.page.locator("textarea").get_attribute("name")  # type: ignore[operator]
    officer.press("收回链接")
    assert officer.alert().inner_text()
    assert officer.page.locator("textarea").get_attribute("aria-invalid") == "true"
    officer.page.locator("textarea").fill("手机遗失")
    officer.press("收回链接")
    assert "原链接已收回" in officer.now()
    assert FIRM not in lost.open(visit.first), "the phone that was lost opens nothing any more"
    settle(visit.edge.office)
    with visit.edge.office.store.read() as tx:
        following = f"/{LINK}/{name}/{seatlink.token(visit.edge.office, tx, name)}"
        (told_of,) = [one for one in tx.pushes.of_seat(name) if one.word == RENEWED]
        (entry,) = [row for row in tx.ledger.about(name.partition(":")[0]) if row["rule"] == "seat.link"]
    assert told_of.inspector == staff
    assert FIRM in door.phone(visit.edge.url).open(following)
    assert "手机遗失" in entry["body"]
    assert "李四" in entry["body"]


@pytest.mark.slow
def test_the_pages_of_links_have_no_barrier_in_either_language_empty_populated_or_refused(visit: Visit, door: Door) -> None:
    name, staff = seat_of(visit)
    clerk = door.phone(visit.edge.url)
    assert "复核人员" in clerk.log_in(visit.edge.token("clerk", name="赵"), "/assignments")
    for lang, find, call in (("zh-Hans", "查找", "收回链接"), ("en", "Look up", "Call the link back")):
        officer = door.phone(visit.edge.url)
        officer.log_in(visit.edge.token("officer", name="李四"), "/assignments")
        officer.open(f"/assignments?lang={lang}")
        check(officer)
        for typed in ("", "nobody", staff):
            officer.page.locator("#inspector").fill(typed)
            officer.press(find)
            check(officer)
        officer.follow(name)
        check(officer)
        officer.press(call)
        check(officer)
