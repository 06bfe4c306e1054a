"""What a firm is told of its check: who comes, how many checks there have been, its rights (54号; Penalties Law art. 43, 44, 55)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.inspection import CheckType
from tests.integration.test_seat_page import Team, accepted, team

pytestmark = pytest.mark.alike
__all__ = ["team"]


def test_the_notice_names_who_comes_with_which_certificate_the_checks_of_the_year_and_the_rights_in_both_languages(
    team: Team,
) -> None:
    name, token = team.first.split("/")[2:]
    with team.edge.client() as browser:
        assert browser.get(f"{team.first}/notice").status_code == 403, "who has not accepted shows nothing to anybody"
        accepted(team)
        told = browser.get(f"/v1/seats/{name}/notice", headers={"X-Link-Token": token}).json()
        chinese = browser.get(f"{team.first}/notice?lang=zh-Hans").text
        english = browser.get(f"{team.first}/notice?lang=en").text
        foreign = browser.get(f"/seat/{name}/{token[:-1]}x/notice")
        seat = browser.get(team.first).text
    assert foreign.status_code == 403
    assert sorted(one["name"] for one in told["officers"]) == sorted(name.split(" ")[0] for name in team.names)
    for one in told["officers"]:
        assert one["name"] in chinese
        assert f"执法证号 {one['certificate']}" in chinese
        assert f"有效期至 {one['certificate_until']}" in chinese, "whoever opens the door sees whether it still counts"
        assert f"valid until {one['certificate_until']}" in english
    assert all(words in chinese for words in (told["name"], "有权拒绝", "申请回避", "不停止检查", "陈述和申辩", *told["items"]))
    assert all(words in english for words in ("may be refused", "stay away", "goes on meanwhile", "object"))
    assert "您并非随机抽中" in chinese, "this permit's premises are seen always"
    assert "经公开随机抽查" not in chinese
    assert "chance did not choose you" in english
    assert "public random draw, what was promised" not in english
    assert all(
        words in chinese
        for words in (
            "严禁逐利检查",
            "馈赠",
            "转嫁",
            "中介机构",
            "严禁干扰",
            "严禁任性处罚",
            "检查指标",
            "严禁变相检查",
            "54号第七部分",
        )
    ), "what 1.4.25 wants told beside the count"
    assert (told["use"]["own"], told["use"]["together"]) == (0, 0), "a visit that a permit needs uses up no cap"
    assert "本次检查不计入" in chinese
    assert "本年度已计入 0 次" in chinese
    assert "counts towards no limit" in english
    assert "/notice" in seat
    assert "本年度已计入 0 次" in seat


@pytest.mark.slow
def test_a_firm_that_was_drawn_is_told_so_and_one_of_a_class_that_is_checked_whole_that_it_was_not(team: Team) -> None:
    accepted(team)
    office, told = team.edge.office, []
    for sampled, check in ((True, CheckType.PLANNED), (False, CheckType.PLANNED), (False, CheckType.PERMIT)):
        with office.store.begin() as tx:
            held = tx.visits.get(team.visit, lock=True)
            tx.visits.put(replace(held, sampled=sampled, check=check))
        with team.edge.client() as browser:
            page = browser.get(f"{team.first}/notice?lang=zh-Hans").text
        told.append([words in page for words in ("经公开随机抽查", "同类检查对象全部检查", "所申请事项须核实现场")])
    assert told == [[True, False, False], [False, True, False], [False, False, True]]
