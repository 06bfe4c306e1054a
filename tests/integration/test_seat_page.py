"""The inspector's page: a result is asked for when it would be taken, and what was recorded is read by the whole team."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from inspector.domain.visit import VisitState
from inspector.flows.dispatch import seat_name
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.house import Hand

pytestmark = pytest.mark.alike
RESULT = 'name="do" value="result"'


@dataclass(frozen=True)
class Team:
    """A visit that was drawn: the pages of its two inspectors, and who they are."""

    edge: Edge
    visit: str
    first: str
    second: str
    names: tuple[str, str]


@pytest.fixture
def team(store: Store, hand: Hand) -> Iterator[Team]:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        seats = tx.visits.team(visit.id)
        people = [tx.rosters.inspector(one.agency, one.inspector) for one in seats]
    first, second = (f"/seat/{name}/{office.link_token('seat', name)}" for name in map(seat_name, seats))
    names = f"{people[0].name} ({people[0].id})", f"{people[1].name} ({people[1].id})"
    with serving(office) as edge:
        yield Team(edge=edge, visit=visit.id, first=first, second=second, names=names)


def told(page: str) -> str:
    """The result as the page tells it, without its tags."""
    found = re.search(r"<h2>(?:检查结果|Result of the visit)</h2>\n<dl>(.*?)</dl>", page, re.DOTALL)
    assert found is not None, page
    return " ".join(re.sub("<[^>]+>", " ", found[1]).split())


def accepted(team: Team) -> None:
    with team.edge.client() as browser:
        for path in (team.first, team.second):
            assert browser.post(path, data={"do": "accept"}).status_code == 303


@pytest.mark.slow
def test_the_form_of_a_result_is_there_when_it_would_be_taken_and_else_what_is_waited_for(team: Team, hand: Hand) -> None:
    store = team.edge.office.store
    with team.edge.client() as browser:
        assert RESULT not in browser.get(team.first).text, "nobody has accepted"
        browser.post(team.first, data={"do": "accept"})
        waits, english = browser.get(team.first).text, browser.get(team.first + "?lang=en").text
        assert RESULT not in waits
        assert f"尚待：{team.names[1]}。" in waits
        assert f"still to accept: {team.names[1]}." in english
        browser.post(team.second, data={"do": "accept"})
        assert RESULT in browser.get(team.first).text
        for change, words in (
            ({"state": VisitState.SHORT}, "检查人员不足两人"),
            ({"released": False, "release_at": hand.now}, "检查对象于下列时间起在此显示"),
            ({"state": VisitState.CANCELLED}, "任务已取消"),
        ):
            with store.begin() as tx:
                held = tx.visits.get(team.visit, lock=True)
                tx.visits.put(replace(held, **change))
            page = browser.get(team.first).text
            with store.begin() as tx:
                now = tx.visits.get(team.visit, lock=True)
                tx.visits.put(replace(held, version=now.version))
            assert (RESULT in page, words in page) == (False, True), change
        assert RESULT in browser.get(team.first).text


@pytest.mark.slow
def test_what_was_recorded_is_read_by_the_whole_team_with_who_entered_it_and_when(team: Team, hand: Hand) -> None:
    accepted(team)
    with team.edge.office.store.read() as tx:
        (doubt,) = tx.visits.get(team.visit).doubts
    hand.on(hours=3)
    about = f"{doubt.case_id}:{doubt.claim}"
    form = {
        "do": "result",
        f"verdict:{about}": "mismatch",
        f"note:{about}": "大门\n紧锁",
        "seen": "FINDING",
        "remarks": "另有<异味>",
    }
    with team.edge.client() as browser:
        assert browser.post(team.first, data=form).status_code == 303
        for path in (team.first, team.second):
            page = browser.get(path).text
            shown = told(page)
            for words in ("承诺内容： 是", "不一致", "大门 紧锁", "另有&lt;异味&gt;", f"提交人 {team.names[0]}，2026-03-0"):
                assert words in shown, (words, shown)
            assert "大门\n紧锁" in page
            assert 'name="do" value="result"' not in page, "to read, not to change"
            assert page.count("<form") == 2
            assert page.count('name="do" value="note"') == 1, "one's own note stands beside it"
            assert page.count('name="do" value="challenge"') == 1, "the firm reads the record last"
            assert "Beside the facts in question Found something; a person will look at it" in told(
                browser.get(path + "?lang=en").text
            )


def test_a_visit_whose_date_has_passed_says_so_beside_a_later_date_to_accept(team: Team, hand: Hand) -> None:
    with team.edge.client() as browser:
        assert "已逾期" not in browser.get(team.first).text
        hand.on(days=60)
        assert "已逾期，仍须检查" in browser.get(team.first).text


@pytest.mark.slow
def test_a_visit_that_asked_nothing_shows_what_was_seen_as_its_result(team: Team) -> None:
    with team.edge.office.store.begin() as tx:
        held = tx.visits.get(team.visit, lock=True)
        tx.visits.put(replace(held, doubts=(), case_ids=()))
    accepted(team)
    with team.edge.client() as browser:
        assert browser.post(team.first, data={"do": "result", "seen": "NOTHING"}).status_code == 303
        assert told(browser.get(team.second + "?lang=en").text).startswith("What was seen Nothing")


@pytest.mark.slow
def test_who_has_left_the_team_reads_nothing_of_its_result(team: Team) -> None:
    office = team.edge.office
    with team.edge.client() as browser:
        browser.post(team.first, data={"do": "accept"})
        browser.post(team.second, data={"do": "decline", "reason": "需要回避"})
        with office.store.read() as tx:
            (doubt,) = tx.visits.get(team.visit).doubts
            name = next(seat_name(one) for one in tx.visits.team(team.visit) if one.state.awaited)
        third = f"/seat/{name}/{office.link_token('seat', name)}"
        browser.post(third, data={"do": "accept"})
        result = {"do": "result", f"verdict:{doubt.case_id}:{doubt.claim}": "match", "remarks": "现场有人"}
        assert browser.post(third, data=result).status_code == 303
        assert "现场有人" in told(browser.get(team.first).text)
        assert "现场有人" not in browser.get(team.second).text
