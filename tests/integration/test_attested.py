"""A visit lawfully made stays made, whatever the register says of its team since; who made none lawfully made none (decision 219)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows import lookback, relief, review
from inspector.store.store import Store
from inspector.web.roles import Role
from tests import gate
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import code, links, note, photo, team
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.integration.test_spared import answered
from tests.integration.test_visitcodes import PHONES
from tests.materials import jpeg

__all__ = ["links"]
pytestmark = pytest.mark.alike


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with serving(gate.signed(office)) as held_edge:
        yield held_edge


def register(edge: Edge, visit: Visit, *places: int, **changes: Any) -> None:
    """The register says otherwise of some of the team from now on, and nobody has looked yet."""
    with edge.office.store.begin() as tx:
        for place in places:
            first = tx.rosters.inspector("bureau", tx.visits.team(visit.id)[place].inspector)
            tx.rosters.put_inspectors([replace(first, **changes)])


def looks(edge: Edge, hand: Hand) -> None:
    with edge.office.store.begin() as tx:
        relief.look(edge.office, tx, "bureau", hand())
    settle(edge.office)


def over(edge: Edge, hand: Hand, visit: Visit, *places: int) -> date:
    """The certificates end with this day, and the look of the night after passes the seats on."""
    day = edge.office.calendar.local_date(hand())
    register(edge, visit, *places, certificate_until=day)
    hand.on(days=1)
    looks(edge, hand)
    return day


def states(edge: Edge, visit: Visit) -> list[str]:
    with edge.office.store.read() as tx:
        return [one.state.value for one in tx.visits.team(visit.id)]


def now_of(edge: Edge, visit: Visit) -> Visit:
    with edge.office.store.read() as tx:
        return tx.visits.get(visit.id)


def matters(edge: Edge) -> dict[str, dict[str, Any]]:
    with edge.office.store.read() as tx:
        return {row["kind"]: json.loads(row["body"]) for row in tx.attention.page(None) if not row["closed_at"]}


def sends(client: httpx.Client, seat: str, body: dict[str, Any]) -> str:
    answer = client.post(f"/v1/seats/{seat}/notes", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["became"])


def written(hand: Hand, hours: float, visit: Visit, verdict: str = "match", words: str = "") -> dict[str, Any]:
    """A note that lay in a phone for so many hours."""
    told = {"captured_at": (hand() - timedelta(hours=hours)).isoformat(), "sent_at": hand().isoformat()}
    return note(visit, verdict, words, **told)


def scan(edge: Edge, links: ExitStack, hand: Hand, text: str, hours: float = 0) -> httpx.Response:
    """The firm's phone has read a code so many hours ago, and tells of it."""
    told = {"code": text, "phone": PHONES[0], "sent_at": hand().isoformat()}
    told["scanned_at"] = (hand() - timedelta(hours=hours)).isoformat()
    return links.enter_context(edge.client()).post("/v1/scans", json=told)


def agree(edge: Edge) -> list[str]:
    """What frames would be made of is what the ledger tells."""
    with edge.office.store.read(steady=True) as tx:
        return lookback.differing(edge.office, tx, sorted(edge.office.tree), edge.office.now())


@pytest.mark.slow
def test_who_had_checked_in_before_the_certificate_ended_has_made_the_visit_and_nobody_is_dealt_it_anew(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    text = client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]
    assert scan(edge, links, hand, text).status_code == 200
    day = over(edge, hand, visit, 0)
    held = now_of(edge, visit)
    assert (states(edge, visit), held.state) == (["DONE", "DONE"], VisitState.ASSIGNED)
    assert [(one.on, one.proof, one.by) for one in held.attested] == [(day, "code_read", ())]
    assert "note_lapsed" not in matters(edge), "what is plain is asked of nobody"
    assert code(client.get(f"/v1/seats/{first}/codes")) == (409, "visit_closed"), "who has no certificate shows none any more"
    register(edge, visit, 1, certificate_until=day)
    hand.on(days=1)
    looks(edge, hand)
    assert states(edge, visit) == ["DONE", "DONE"], "nor is the mate moved by what ends later"
    assert sends(mate, second, written(hand, 40, visit)) == "RESULT"
    held = now_of(edge, visit)
    assert (held.state, held.made_on) == (VisitState.DONE, day)
    assert agree(edge) == []


@pytest.mark.slow
def test_a_reading_that_comes_when_others_sit_there_is_asked_and_by_two_officers_the_team_of_that_day_is_back(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    text = client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]
    day = over(edge, hand, visit, 0)
    assert states(edge, visit)[0] == "RELIEVED"
    with edge.office.store.read() as tx:
        loads = tx.visits.loads(visit.draw, "bureau")
    assert sends(mate, second, written(hand, 23, visit)) == "KEPT", "what the mate saw is not what a new team saw"
    asked = matters(edge)["note_lapsed"]
    assert asked["on"] == day.isoformat()
    assert scan(edge, links, hand, text, hours=23).status_code == 200
    settle(edge.office)
    held = now_of(edge, visit)
    assert (held.attested, states(edge, visit)[0]) == ((), "RELIEVED"), "anybody may send a reading, of any hour"
    assert {"note_lapsed", "visit_code_apart"} & matters(edge).keys() == {"note_lapsed"}
    path, said = f"/v1/visits/{visit.id}/attested", {"on": day.isoformat(), "evidence": "企业手机扫描记录"}
    with edge.as_(Role.OFFICER, name="王") as one, edge.as_(Role.OFFICER, name="李") as other:
        assert one.post(path, json=said).status_code == 200
        assert other.post(path, json={**said, "evidence": "现场笔录"}).json()["stands"] is True
    settle(edge.office)
    held = now_of(edge, visit)
    assert (held.state, held.made_on, len(held.parts)) == (VisitState.DONE, day, 1), "the note that was here is its result"
    assert sorted(states(edge, visit)) == ["DONE", "NEEDLESS", "STOOD"]
    assert {"note_lapsed", "visit_code_apart"}.isdisjoint(matters(edge))
    with edge.office.store.read() as tx:
        seats = tx.visits.team(visit.id)
        assert tx.visits.loads(visit.draw, "bureau") == loads, "strangers replay who was dealt, not who went"
        went = tx.visits.teams("bureau")[visit.id]
    assert went == {one.inspector for one in seats if one.state.made}
    assert len(went) == 2
    assert agree(edge) == []


@pytest.mark.slow
def test_a_reading_that_came_after_the_certificate_had_ended_is_asked_though_nobody_had_looked(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    text = client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]
    register(edge, visit, 0, certificate_until=edge.office.calendar.local_date(hand()))
    hand.on(days=1)
    assert scan(edge, links, hand, text, hours=23).status_code == 200
    looks(edge, hand)
    assert (now_of(edge, visit).attested, states(edge, visit)[0]) == ((), "RELIEVED")


@pytest.mark.slow
def test_where_no_check_in_says_it_two_officers_do_and_the_words_of_that_day_are_the_result(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    day = over(edge, hand, visit, 0, 1)
    held = now_of(edge, visit)
    assert (held.state, states(edge, visit)[:2]) == (VisitState.OWED, ["RELIEVED", "CANCELLED"]) or held.state.short
    assert sends(client, first, written(hand, 22, visit, "mismatch", "大门紧锁")) == "KEPT"
    assert {"note_lapsed", "note_against"} <= matters(edge).keys()
    path, said = f"/v1/visits/{visit.id}/attested", {"on": day.isoformat(), "evidence": "现场笔录，企业签字"}
    with edge.as_(Role.OFFICER, name="王") as one, edge.as_(Role.OFFICER, name="李") as other:
        assert code(one.post(path, json={**said, "on": (day - timedelta(days=30)).isoformat()}))[0] == 422
        assert one.post(path, json=said).json()["stands"] is False
        assert code(one.post(path, json=said)) == (409, "attest_own")
        assert code(other.post(path, json={**said, "on": (day + timedelta(days=1)).isoformat()}))[0] == 409
        assert now_of(edge, visit).parts == (), "one alone makes nothing so"
        done = other.post(path, json={**said, "evidence": "打卡及照片"}).json()
    assert (done["stands"], done["by"], done["state"]) == (True, ["王", "李"], "DONE")
    settle(edge.office)
    held = now_of(edge, visit)
    assert (held.made_on, held.findings[0].note) == (day, "大门紧锁")
    assert "note_against" not in matters(edge), "what the result tells nobody reads apart"
    with edge.office.store.read() as tx:
        made = {row["id"] for row in tx.visits.made()}
        entries = [json.loads(row["body"]) for row in tx.ledger.about(visit.id) if row["rule"] == "visit.attested"]
    assert visit.id in made, "caps and cool-downs count it"
    assert [(one["facts"]["by"], one["facts"]["evidence"]) for one in entries] == [
        (["王", "李"], "现场笔录，企业签字 / 打卡及照片")
    ]
    assert "S1:42" in entries[0]["basis"]
    assert agree(edge) == []


@pytest.mark.slow
@pytest.mark.parametrize("why", ["uncertified", "declined"])
def test_who_was_not_certified_on_that_day_or_had_declined_made_no_lawful_visit(
    edge: Edge, hand: Hand, links: ExitStack, why: str
) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    text = client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]
    day = edge.office.calendar.local_date(hand())
    if why == "uncertified":
        register(edge, visit, 0, certificate_until=day - timedelta(days=1))
    else:
        assert client.post(f"/v1/seats/{first}/decline", json={"reason": "与法定代表人系亲属"}).status_code == 200
    hand.on(days=1)
    looks(edge, hand)
    assert scan(edge, links, hand, text, hours=23.9).status_code == 200
    held = now_of(edge, visit)
    assert (held.attested, held.state.open) == ((), True)
    with edge.as_(Role.OFFICER, name="王") as one:
        told = one.post(f"/v1/visits/{visit.id}/attested", json={"on": day.isoformat(), "evidence": "现场笔录"})
    assert code(told) == (409, "attest_unlawful")
    assert told.json()["error"]["facts"]["why"] == why
    assert now_of(edge, visit).attested == ()


@pytest.mark.slow
def test_of_who_has_left_officers_are_asked_and_who_does_not_agree_ends_it_with_reasons(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    text = client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]
    register(edge, visit, 0, in_post=False)
    hand.on(days=1)
    looks(edge, hand)
    assert scan(edge, links, hand, text, hours=23).status_code == 200
    assert now_of(edge, visit).attested == (), "since when, the register does not say"
    day = edge.office.calendar.local_date(hand()) - timedelta(days=1)
    assert matters(edge)["note_lapsed"]["on"] == day.isoformat()
    path = f"/v1/visits/{visit.id}/attested"
    with edge.as_(Role.OFFICER, name="王") as one, edge.as_(Role.OFFICER, name="李") as other:
        closing = f"/v1/attention/note_lapsed:{visit.id}/close"
        assert one.post(path, json={"on": day.isoformat(), "evidence": "考勤记录"}).status_code == 200
        assert code(one.post(closing, json={"note": "作罢"})) == (409, "attention_own")
        assert other.post(closing, json={"note": "当日已离任"}).status_code in (200, 204)
    assert now_of(edge, visit).attested == ()
    assert "seat.stood" not in {row["rule"] for row in _entries(edge, visit)}


@pytest.mark.slow
def test_the_officers_page_takes_the_word_and_shows_what_the_first_has_said(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    day = over(edge, hand, visit, 0)
    assert sends(client, first, written(hand, 22, visit)) == "KEPT"
    path = f"/matters/note_lapsed:{visit.id}"
    with edge.client() as one, edge.client() as other:
        logged_in(edge, one, name="王")
        logged_in(edge, other, name="李")
        assert f'href="{path}"' in one.get("/review").text
        shown = one.get(path, params={"lang": "en"}).text
        assert "A note of the team&#39;s" in shown
        assert f"/review/{visit.case_ids[0]}" in shown, "its words and photos stand with the case"
        assert send(one, path, "made", on=day.isoformat(), evidence="").status_code == 422
        assert send(one, path, "made", on=day.isoformat(), evidence="现场笔录").status_code == 303
        assert "现场笔录" in other.get(path).text
        assert "被代行的负责人" not in other.get(path).text, "who has said it is nobody's head"
        assert send(other, path, "made", on=day.isoformat(), evidence="打卡记录").status_code == 303
        over_now = other.get(path).text
        assert all(one in over_now for one in ("王", "现场笔录", "李", "打卡记录", day.isoformat(), "已认定检查进行过"))
        assert f'href="{path}"' not in other.get("/review").text
    assert now_of(edge, visit).state is VisitState.DONE
    assert SeatState.STOOD.value in states(edge, visit)


def _entries(edge: Edge, visit: Visit) -> list[Any]:
    with edge.office.store.read() as tx:
        return list(tx.ledger.about(visit.id))


@pytest.mark.slow
def test_what_the_team_of_a_made_visit_saw_is_read_though_its_subject_withdraws(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    assert scan(edge, links, hand, client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]).status_code == 200
    over(edge, hand, visit, 0)
    with edge.office.store.begin() as tx:
        review.withdraw(edge.office, tx, visit.case_ids[0], "改为提交证明", "counter", hand())
    settle(edge.office)
    assert (now_of(edge, visit).state, states(edge, visit)) == (VisitState.CANCELLED, ["DONE", "DONE"])
    assert sends(mate, second, written(hand, 22, visit, "mismatch", "无货架，无人员")) == "KEPT"
    assert matters(edge)["note_against"]["cases"] == list(visit.case_ids)
    shot = mate.post(f"/v1/seats/{second}/photos", json=photo(jpeg()))
    assert shot.status_code == 200, shot.text
    page, words = f"/matters/note_lapsed:{visit.id}", ("予以采信", "其后已取消", "不复存在", "无人复核认定")
    ceased = replace(now_of(edge, visit), state=VisitState.CEASED)
    alone = replace(now_of(edge, visit).attested[0], by=("王",), said=("现场笔录",))
    states_of = {"其后已取消": now_of(edge, visit), "不复存在": ceased, "无人复核认定": replace(ceased, attested=(alone,))}
    with edge.client() as desk:
        logged_in(edge, desk, name="王")
        for said, held in states_of.items():
            with edge.office.store.begin() as tx:
                tx.visits.put(replace(held, version=tx.visits.get(visit.id).version))
            shown = desk.get(page).text
            assert [one for one in words if one in shown] == [said]


@pytest.mark.slow
def test_nobody_calls_off_a_visit_that_was_made_because_a_proof_comes_in_late(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    assert scan(edge, links, hand, client.get(f"/v1/seats/{first}/codes").json()["codes"][0]["text"]).status_code == 200
    over(edge, hand, visit, 0)
    answered(edge.office, visit.case_ids[0], visit.doubts[0].claim)
    settle(edge.office)
    held = now_of(edge, visit)
    assert (held.state, held.doubts) == (VisitState.ASSIGNED, visit.doubts)
    assert sends(mate, second, written(hand, 22, visit, "mismatch", "无货架，无人员")) == "RESULT"


@pytest.mark.slow
def test_of_a_photo_alone_the_day_on_which_it_was_taken_is_asked_about(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    taken = hand()
    hand.on(hours=23)
    lay = {"captured_at": taken.isoformat(), "sent_at": hand().isoformat()}
    assert client.post(f"/v1/seats/{first}/photos", json={**photo(jpeg()), **lay}).status_code == 200
    sent_on = over(edge, hand, visit, 0)
    assert edge.office.calendar.local_date(taken) < sent_on
    assert matters(edge)["note_lapsed"]["on"] == edge.office.calendar.local_date(taken).isoformat()


@pytest.mark.parametrize(
    "before", [pytest.param(True, id="sent before", marks=pytest.mark.slow), pytest.param(False, id="sent since")]
)
def test_a_photo_alone_of_who_goes_no_more_is_asked_about_as_a_note_is(
    edge: Edge, hand: Hand, links: ExitStack, *, before: bool
) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    shot = photo(jpeg())
    if before:
        assert client.post(f"/v1/seats/{first}/photos", json=shot).status_code == 200
        assert "note_lapsed" not in matters(edge), "who sits there enters what was seen"
    day = over(edge, hand, visit, 0)
    assert states(edge, visit)[0] == "RELIEVED"
    if not before:
        assert "note_lapsed" not in matters(edge)
        lay = {"captured_at": (hand() - timedelta(hours=23)).isoformat(), "sent_at": hand().isoformat()}
        assert client.post(f"/v1/seats/{first}/photos", json={**shot, **lay}).status_code == 200
    asked = matters(edge)["note_lapsed"]
    assert (asked["seat"], asked["on"]) == (first, day.isoformat())
