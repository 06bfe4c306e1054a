"""That a visit was made before its seats passed on stands until who made it enters it, or may not have made it (decision 219)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from inspector.domain.attested import UNENTERED
from inspector.domain.challenge import Applicant
from inspector.domain.roster import Recusal
from inspector.domain.visit import Visit, VisitState
from inspector.flows import attested, recusing, review
from inspector.store.store import Store
from inspector.web.roles import Role
from tests import gate
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.forgetting import forget_done
from tests.house import Hand, settle
from tests.integration.test_attested import agree, matters, now_of, over, scan, sends, states, written
from tests.integration.test_corrected_visits import corrected_at
from tests.integration.test_draw_way import Phones
from tests.integration.test_fieldnotes import links, note, team
from tests.integration.test_overdue import looked

__all__ = ["links"]
pytestmark = [pytest.mark.alike, pytest.mark.slow]


@pytest.fixture
def given(store: Store, hand: Hand) -> Iterator[tuple[Edge, Phones]]:
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with serving(gate.signed(office)) as edge:
        yield edge, phones


def owed(edge: Edge, visit: Visit) -> list[str]:
    """Why the ledger says that the visit is owed."""
    with edge.office.store.read() as tx:
        return [str(told["reason"]) for _, told in tx.ledger.facts(("visit.owe",), visit.id)]


def test_who_is_recused_before_the_result_made_no_lawful_visit_and_it_is_dealt_anew(
    given: tuple[Edge, Phones], hand: Hand, links: ExitStack
) -> None:
    edge, phones = given
    visit, (first, second), (client, mate) = team(edge, links)
    assert scan(edge, links, hand, client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]).status_code == 200
    over(edge, hand, visit, 0)
    assert now_of(edge, visit).vouched == {"bureau"}
    assert sends(mate, second, {"findings": [], "seen": "FINDING", "remarks": "货架已清空"}) == "WAITS"
    told = {"reason": Recusal.KIN.value, "evidence": "书面申请"}
    with edge.office.store.begin() as tx:
        staff = tx.visits.team(visit.id)[0].inspector
        recusing.apply(edge.office, tx, visit.id, staff, applicant=Applicant.FIRM, by="店长", **told, now=hand())
    hand.on(hours=1)
    (head, *_) = edge.office.tree["bureau"].heads
    with edge.office.store.begin() as tx:
        recusing.decide(edge.office, tx, visit.id, staff, granted=True, by=head, why="属实", now=hand())
    settle(edge.office)
    held = now_of(edge, visit)
    assert (held.vouched, held.state, owed(edge, visit)) == (frozenset(), VisitState.OWED, ["recused"])
    assert states(edge, visit) == ["CANCELLED", "CANCELLED"]
    assert sorted(str(one.data["seat"]) for one in phones.off) == [first, second], "who was to enter it hears that nobody need"
    assert {"team_short", "note_against"} <= matters(edge).keys(), "what was seen by then is read"
    assert sends(mate, second, written(hand, 24, visit, "mismatch", "无货架")) == "KEPT"
    assert now_of(edge, visit).parts == ()
    assert matters(edge)["note_against"]["cases"] == list(visit.case_ids), "what was seen is read all the same"
    assert agree(edge) == []


def test_a_made_visit_of_which_nobody_enters_anything_is_asked_for_and_in_the_end_dealt_anew(
    given: tuple[Edge, Phones], hand: Hand, links: ExitStack
) -> None:
    edge, phones = given
    visit, (first, second), (client, mate) = team(edge, links)
    assert scan(edge, links, hand, client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]).status_code == 200
    day = over(edge, hand, visit, 0)
    told = [str(one.data["seat"]) for one in phones.messages if one.title == "检查：请录入结果"]
    assert sorted(told) == [first, second]
    looked(edge, hand, visit.id)
    assert now_of(edge, visit).vouched, "the time to enter a result runs"
    looked(edge, hand, visit.id, late=timedelta(hours=2))
    assert now_of(edge, visit).vouched, "the house was away: nobody could be heard"
    with edge.office.store.begin() as tx:
        assert forget_done(tx, hand() + timedelta(days=1)), "their pushes among it"
    looked(edge, hand, visit.id)
    assert sorted(str(one.data["seat"]) for one in phones.off) == [first, second], "who was to enter it hears that nobody need"
    held = now_of(edge, visit)
    assert (held.vouched, held.state, owed(edge, visit)) == (frozenset(), VisitState.OWED, [UNENTERED])
    assert "team_short" in matters(edge)
    assert agree(edge) == []
    came = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "match"))
    assert came.json()["became"] == "KEPT", "by one word of theirs alone no team keeps the next one away"
    assert (now_of(edge, visit).state, "note_lapsed" in matters(edge)) == (VisitState.OWED, True)
    path, said = f"/v1/visits/{visit.id}/attested", {"on": day.isoformat(), "evidence": "企业手机扫描记录"}
    with edge.as_(Role.OFFICER, name="王") as one, edge.as_(Role.OFFICER, name="李") as other:
        assert one.post(path, json=said).json()["stands"] is False
        assert other.post(path, json=said).json()["state"] == "DONE", "late is never void: two officers say that it counts"
    assert agree(edge) == []


def test_a_made_visit_of_which_something_was_entered_waits_for_the_rest(
    given: tuple[Edge, Phones], hand: Hand, links: ExitStack
) -> None:
    edge, _ = given
    visit, (first, second), (client, mate) = team(edge, links)
    assert scan(edge, links, hand, client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]).status_code == 200
    over(edge, hand, visit, 0)
    assert sends(mate, second, {"findings": [], "seen": "NOTHING", "remarks": "门面整洁"}) == "WAITS"
    for _ in range(3):
        looked(edge, hand, visit.id)
    assert now_of(edge, visit).vouched == {"bureau"}
    assert "visit_overdue" in matters(edge)


def test_who_was_called_off_and_then_asked_to_enter_what_was_seen_hears_once_more_that_nobody_need(
    given: tuple[Edge, Phones], hand: Hand, links: ExitStack
) -> None:
    edge, phones = given
    visit, (first, _), _ = team(edge, links)
    day = over(edge, hand, visit, 0)
    assert [str(one.data["seat"]) for one in phones.off] == [first]
    path, said = f"/v1/visits/{visit.id}/attested", {"on": day.isoformat(), "evidence": "企业手机扫描记录"}
    with edge.as_(Role.OFFICER, name="王") as one, edge.as_(Role.OFFICER, name="李") as other:
        assert one.post(path, json=said).json()["stands"] is False
        assert other.post(path, json={**said, "evidence": "现场笔录"}).json()["stands"] is True
    settle(edge.office)
    assert [str(one.data["seat"]) for one in phones.messages if one.title == "检查：请录入结果"].count(first) == 1
    with edge.office.store.begin() as tx:
        attested.unmade(edge.office, tx, tx.visits.get(visit.id, lock=True), "bureau", UNENTERED, hand())
    settle(edge.office)
    assert [str(one.data["seat"]) for one in phones.off].count(first) == 2


def test_who_is_to_enter_the_result_of_a_made_visit_hears_what_is_asked_otherwise_and_that_it_was_called_off(
    given: tuple[Edge, Phones], hand: Hand, links: ExitStack
) -> None:
    edge, phones = given
    visit, (first, second), (client, mate) = team(edge, links)
    assert scan(edge, links, hand, client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]).status_code == 200
    over(edge, hand, visit, 0)
    told = len(phones.messages)
    corrected_at(edge.office, visit.case_ids[0], 7, "hall")
    settle(edge.office)
    heard = phones.messages[told:]
    assert sorted(str(one.data["seat"]) for one in heard) == [first, second]
    assert all("录入结果之前请重新查看" in one.text and "前往" not in one.text for one in heard)
    off = len(phones.off)
    with edge.office.store.begin() as tx:
        review.withdraw(edge.office, tx, visit.case_ids[0], "改为提交证明", "counter", hand())
    settle(edge.office)
    assert now_of(edge, visit).state is VisitState.CANCELLED
    assert sorted(str(one.data["seat"]) for one in phones.off[off:]) == [first, second]
    assert all("不必再录入结果" in one.text for one in phones.off[off:])
    assert sends(mate, second, written(hand, 22, visit, "mismatch", "无货架")) == "KEPT", "as the push says"
