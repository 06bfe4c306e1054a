"""What comes from the spot over the interface: kept once, whenever it comes, with a receipt; and what is forgotten in its time."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from inspector.domain.case import CaseState
from inspector.domain.visit import VisitState
from inspector.flows import relief
from inspector.flows.dispatch import seat_name
from inspector.flows.weeding import weed
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.drawn import announced, carried_out, drawing
from tests.edge import WEB, Edge, serving
from tests.house import Hand
from tests.materials import CAMERA, PLACE, jpeg

pytestmark = pytest.mark.alike


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with serving(office, WEB.model_copy(update={"max_photos": 2, "max_material_bytes": 1_000_000})) as held_edge:
        yield held_edge


@pytest.fixture
def links() -> Iterator[ExitStack]:
    """Clients that are closed at the end."""
    with ExitStack() as held:
        yield held


def team(edge: Edge, links: ExitStack) -> tuple[Any, list[str], list[httpx.Client]]:
    """The visit, its seats, and a client with the link of each; everybody has accepted."""
    with edge.office.store.read() as tx:
        (visit,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
        seats = [seat_name(one) for one in tx.visits.team(visit.id)]
    clients = [links.enter_context(edge.client(X_Link_Token=edge.office.link_token("seat", name))) for name in seats]
    for name, client in zip(seats, clients, strict=True):
        assert client.post(f"/v1/seats/{name}/accept").status_code == 200
    return visit, seats, clients


def note(visit: Any, verdict: str, words: str = "", **more: object) -> dict[str, object]:
    (doubt,) = visit.doubts
    return {"findings": [{"case_id": doubt.case_id, "claim": doubt.claim, "verdict": verdict, "note": words}], **more}


def photo(content: bytes, **more: object) -> dict[str, object]:
    return {"content": base64.b64encode(content).decode(), "digest": hashlib.sha256(content).hexdigest(), **more}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.slow
def test_a_photo_is_the_one_that_was_taken_counts_once_has_a_receipt_and_lets_nobody_know_where_the_phone_was(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, _), (client, mate) = team(edge, links)
    where = {"words": "东门", "latitude": 31.2345678, "longitude": 121.4, "within": 12}
    stated = {"captured_at": "2030-01-01T00:00:00Z", "sent_at": "2030-01-01T02:00:00Z", "place": where}
    sent, key = photo(jpeg(), **stated), {"Idempotency-Key": "p1"}
    receipt = client.post(f"/v1/seats/{first}/photos", json=sent, headers=key).json()
    later = {**sent, "sent_at": "2030-01-01T03:00:00Z"}
    assert client.post(f"/v1/seats/{first}/photos", json=later, headers=key).json() == receipt, "the same message, sent once more"
    assert client.post(f"/v1/seats/{first}/photos", json=sent).json() == receipt, "the same bytes are one photo"
    assert receipt["received"] == sent["digest"]
    assert (receipt["place"]["how"], receipt["place"]["latitude"]) == ("MEASURED", 31.23457)
    assert receipt["came"]["clock_off"] < -86_400, "the phone's clock is told, and not trusted"
    assert not receipt["came"]["late"]
    damaged = {**photo(jpeg(width=32)), "digest": "0" * 64}
    assert code(client.post(f"/v1/seats/{first}/photos", json=damaged)) == (422, "photo_digest_differs")
    assert client.post(f"/v1/seats/{first}/photos", json=photo(jpeg(width=24))).status_code == 200
    assert code(client.post(f"/v1/seats/{first}/photos", json=photo(jpeg(width=40)))) == (422, "photos_too_many")
    kept = mate.get(f"/v1/seats/{first}/photos/{receipt['digest']}")
    assert kept.status_code == 403, "each by the own link"
    with edge.as_(Role.OFFICER) as officer:
        seen = officer.get(f"/v1/seats/{first}/photos/{receipt['digest']}")
    assert seen.headers["content-type"] == "image/jpeg"
    assert PLACE not in seen.content
    assert CAMERA not in seen.content
    with edge.office.store.read() as tx:
        rules = {row["rule"]: row["id"] for row in tx.ledger.about(visit.id)}
        assert "visit.looked" in rules
        assert len(tx.fieldnotes.photos(visit.id, "bureau")) == 2
    with edge.office.store.begin() as tx:
        assert tx.materials.of_visits(hand() + timedelta(days=400)) == [], "the visit is still to be made"


@pytest.mark.slow
def test_the_same_photo_beside_another_fact_has_a_receipt_of_its_own_and_is_kept_once(edge: Edge, links: ExitStack) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    (doubt,) = visit.doubts
    plain, beside = photo(jpeg()), photo(jpeg(), case_id=doubt.case_id, claim=doubt.claim)
    receipts = [client.post(f"/v1/seats/{first}/photos", json=one).json() for one in (plain, beside, plain, beside)]
    assert receipts[:2] == receipts[2:], "beside one fact the same bytes are one"
    assert receipts[0]["receipt"] != receipts[1]["receipt"]
    assert [one["claim"] for one in receipts[:2]] == ["", doubt.claim]
    shown = client.get(f"/v1/seats/{first}/notes").json()["photos"]
    assert sorted(one["receipt"] for one in shown) == sorted({one["receipt"] for one in receipts})
    with edge.office.store.read() as tx:
        assert [one[:2] for one in tx.materials.kept()] == [(visit.id, receipts[0]["digest"])]
    assert code(client.post(f"/v1/seats/{first}/photos", json=photo(jpeg(width=24)))) == (422, "photos_too_many")


@pytest.mark.slow
def test_the_second_phone_s_note_is_kept_late_or_not_and_what_it_says_otherwise_is_for_the_lead_and_for_whoever_decides(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, seats, clients = team(edge, links)
    (first, second), (lead, mate) = seats, clients
    done = lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()
    assert (done["became"], done["clashes"]) == ("RESULT", [])
    assert mate.post(f"/v1/seats/{second}/notes", json=note(visit, "match", "有人办公")).json()["became"] == "KEPT"
    with edge.as_(Role.OFFICER) as officer:
        assert not [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "note_clash"]
        hand.on(days=1)
        said = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "大门紧锁")).json()
        assert (said["became"], said["came"]["late"]) == ("CLASH", True)
        (matter,) = [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "note_clash"]
        assert len(matter["facts"]["versions"][0]["said"]) == 2
        closing = f"/v1/attention/{matter['id']}/close"
        early = officer.post(closing, json={"note": "已知悉"})
        assert code(early) == (409, "clash_undecided"), "the lead alone says which stands"
        assert early.json()["error"]["facts"]["seat"] == first
    (doubt,) = visit.doubts
    with edge.office.store.read() as tx:
        held, case = tx.visits.get(visit.id), tx.cases.get(doubt.case_id)
        assert held.state is VisitState.DONE
        assert [one.verdict.value for one in held.findings] == ["match"], "the result itself is not written over"
        found = [one.verdict.value for one in tx.cases.evidence(doubt.case_id) if one.id.startswith("visit:")]
        assert found == ["match", "mismatch"]
        assert case.state is CaseState.REVIEW, "a person decides, with both before the eyes"
    choice = {"case_id": doubt.case_id, "claim": doubt.claim, "note": said["note"], "reasons": "已当面核对"}
    assert code(mate.post(f"/v1/seats/{second}/choices", json=choice)) == (403, "not_the_lead")
    assert code(lead.post(f"/v1/seats/{first}/choices", json={**choice, "reasons": " "})) == (422, "reason_missing")
    assert lead.post(f"/v1/seats/{first}/choices", json=choice).json() == {"became": "KEPT"}
    told = lead.get(f"/v1/seats/{first}/notes").json()
    assert (len(told["notes"]), told["clashes"], told["lead"]) == (3, [], told["notes"][0]["inspector"])
    assert code(lead.post(f"/v1/seats/{first}/choices", json=choice)) == (409, "clash_over")


def test_an_inspectors_earlier_word_that_comes_in_last_is_kept_and_replaces_no_later_one(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    (doubt,) = visit.doubts
    hand.on(hours=3)
    wrong = {
        "captured_at": "2031-01-01T08:00:00Z",
        "sent_at": "2031-01-01T10:00:00Z",
    }  # two hours without signal, by a wrong clock
    assert client.post(f"/v1/seats/{first}/notes", json=note(visit, "match", "已补看")).json()["became"] == "RESULT"
    late = client.post(f"/v1/seats/{first}/notes", json=note(visit, "mismatch", "初看无人", **wrong)).json()
    assert (late["became"], late["clashes"]) == ("KEPT", [])
    with edge.office.store.read() as tx:
        assert [one.findings[0].note for one in tx.fieldnotes.notes(visit.id, "bureau")] == ["已补看", "初看无人"], (
            "nothing is lost"
        )
        assert [one.verdict.value for one in tx.cases.evidence(doubt.case_id) if one.id.startswith("visit:")] == ["match"]
        assert tx.cases.get(doubt.case_id).state is CaseState.CLOSED
    hand.on(hours=1)
    said = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "大门紧锁", **wrong)).json()
    assert said["became"] == "CLASH", "what another one has seen is another word, whenever it was said"


@pytest.mark.slow
def test_notes_that_lay_in_a_phone_are_of_the_day_they_were_written_and_before_the_team_is_whole_nothing_is_taken(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    with edge.office.store.read() as tx:
        (visit,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
        name = seat_name(tx.visits.team(visit.id)[0])
    with edge.client(X_Link_Token=edge.office.link_token("seat", name)) as alone:
        alone.post(f"/v1/seats/{name}/accept")
        assert code(alone.post(f"/v1/seats/{name}/notes", json=note(visit, "match"))) == (409, "team_not_accepted")
    _, (first, _), (client, _) = team(edge, links)
    assert code(client.post(f"/v1/seats/{first}/notes", json={"remarks": " "})) == (422, "note_empty")
    wrong = {"captured_at": "2031-01-01T00:00:00Z", "sent_at": "2031-01-02T00:00:00Z"}
    hand.on(days=2)
    client.post(f"/v1/seats/{first}/notes", json=note(visit, "match", **wrong))
    with edge.office.store.read() as tx:
        (kept,) = tx.fieldnotes.notes(visit.id, "bureau")
        assert kept.on == (hand() - timedelta(days=1)).date()
        assert tx.visits.get(visit.id).parts[0].on == kept.on
    lost = {"captured_at": "0001-01-02T00:00:00Z", "sent_at": "9999-12-30T00:00:00Z"}
    taken = client.post(f"/v1/seats/{first}/photos", json=photo(jpeg()) | lost)
    assert taken.status_code == 200, "a phone whose clock was lost says any year"
    with edge.office.store.begin() as tx:
        held = tx.fieldnotes.photos(visit.id, "bureau")[0]
        assert held.times.late, "the result was there before it"
    hand.on(days=400)
    weed(edge.office, 0)
    with edge.office.store.begin() as tx:
        assert "visit.forget" in [row["rule"] for row in tx.ledger.about(visit.id)]


@pytest.mark.slow
@pytest.mark.parametrize("why", ["decided", "nobody"])
def test_a_clash_is_closed_by_an_officer_alone_who_had_both_versions_to_decide_or_where_no_lead_is_left(
    why: str, edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match"))
    mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "大门紧锁"))
    with edge.as_(Role.OFFICER, name="李四") as officer:
        (matter,) = [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "note_clash"]
        closing = f"/v1/attention/{matter['id']}/close"
        assert code(officer.post(closing, json={"note": "已知悉"})) == (409, "clash_undecided")
        if why == "decided":
            (doubt,) = visit.doubts
            with edge.office.store.read() as tx:
                cited = [one.id for one in tx.cases.evidence(doubt.case_id)]
            told = {"outcome": "UNVERIFIABLE", "reasons": "两名检查人员记录不一，无法认定", "evidence": cited}
            assert officer.post(f"/v1/cases/{doubt.case_id}/review", json=told).status_code == 200
        else:
            with edge.office.store.begin() as tx:
                people = tx.rosters.inspectors("bureau")
                tx.rosters.put_inspectors([replace(one, in_post=False) for one in people])
        assert code(officer.post(closing, json={"note": " "})) == (422, "reason_missing"), "why it is over is said"
        assert officer.post(closing, json={"note": "两份记录均已入卷"}).status_code == 200
    with edge.office.store.read() as tx:
        assert len(tx.fieldnotes.notes(visit.id, "bureau")) == 2, "what each has said stays"


@pytest.mark.slow
def test_with_a_new_lead_goes_what_differs_now_with_both_versions_once(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    (doubt,) = visit.doubts
    lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match"))
    mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "大门紧锁"))
    old = {"claim": "of-before", "said": [["E-9", "mismatch"]]}
    with edge.office.store.begin() as tx:  # as a release before left it: a version that nobody says any more
        (row,) = [one for one in tx.attention.page(None, kind="note_clash") if not one["closed_at"]]
        told = json.loads(row["body"])
        tx.attention.open("note_clash", "bureau", visit.id, {**told, "versions": [old, *told["versions"]]}, hand())
        leads = tx.visits.team(visit.id)[0].inspector
        tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", leads), in_post=False)])
    for _ in range(2):
        with edge.office.store.begin() as tx:
            relief.look(edge.office, tx, "bureau", hand())
    with edge.office.store.read() as tx:
        (row,) = [one for one in tx.attention.page(None, kind="note_clash") if not one["closed_at"]]
        told = json.loads(row["body"])
    assert told["lead"] == second
    assert [one["claim"] for one in told["versions"]] == [doubt.claim], "what differs now"
    assert sorted(one[1] for one in told["versions"][0]["said"]) == ["match", "mismatch"], "both versions"


@pytest.mark.slow
def test_what_one_has_said_and_entered_stands_once_among_the_versions_of_a_clash_that_came_after_the_result(edge: Edge) -> None:
    with ExitStack() as links:
        visit, (first, second), (client, mate) = team(edge, links)
        assert client.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()["became"] == "RESULT"
        assert mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "大门紧锁")).json()["became"] == "CLASH"
        page = client.get(f"/seat/{first}/{edge.office.link_token('seat', first)}").text
    assert page.count('type="radio" name="note"') == 2
    assert page.count('name="shown"') == 3, "all that lay before the lead are named with the choice"
