"""What comes back by link: agencies' answers, inspectors' words; and the draw's two faces. On both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from inspector.domain.plan import DrawState
from inspector.flows.dispatch import seat_name
from inspector.store.store import Store
from inspector.store.tables import token
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, a_case, serving
from tests.house import Hand, open_office, settle
from tests.integration.test_draw_way import DICE, one_seat

pytestmark = pytest.mark.alike

PERSON = {"kind": "PERSON", "code": "110105194912310021", "name": "王某"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks other agencies."""
    with serving(open_office(store, hand)) as held:
        yield held


def asked(edge: Edge, number: int = 1) -> tuple[str, str]:
    """A request to the housing agency, and its link's secret."""
    claims = [{"key": "c1", "fact": "home-title", "value": "王某", "on": "2026-02-27"}]
    given = a_case(number, matter="CONFIRMATION", item="hukou-housing", subject=PERSON, claims=claims)
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=given).json()["id"]
    with edge.office.store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    return request.id, edge.office.link_token("assist", request.id)


def test_an_agency_answers_by_its_link_once_and_reading_uses_nothing_up(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency:
        shown = [agency.get(f"/v1/assistance/{request_id}").json()["state"] for _ in range(2)]
        bare = agency.post(f"/v1/assistance/{request_id}/answer", json={"verdict": "mismatch", "signer": "赵六"})
        answer = {"verdict": "match", "signer": "赵六"}
        first = agency.post(f"/v1/assistance/{request_id}/answer", json=answer, headers={"Idempotency-Key": "a"})
        again = agency.post(f"/v1/assistance/{request_id}/answer", json=answer, headers={"Idempotency-Key": "a"})
        late = agency.post(f"/v1/assistance/{request_id}/answer", json={"verdict": "mismatch", "value": "李某", "signer": "赵六"})
        more = agency.post(f"/v1/assistance/{request_id}/answer", json={"verdict": "mismatch", "value": "李某", "signer": "钱七"})
    assert shown == ["DELIVERED", "DELIVERED"]
    assert (bare.status_code, bare.json()["error"]["code"]) == (422, "mismatch_wordless"), "it goes against somebody"
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert first.json()["reply"] == {"verdict": "match", "value": "", "signer": "赵六"}
    assert (late.status_code, late.json()["reply"]) == (200, first.json()["reply"]), "the first answer stands, the other is kept"
    assert more.json()["error"]["code"] == "word_known", "and once"
    with edge.as_("officer") as officer:
        case = officer.get(f"/v1/cases/{first.json()['case_id']}").json()
    assert (case["state"], case["outcome"], case["review_reason"]) == ("REVIEW", None, "LATE"), "a person sees both"
    assert [one["verdict"] for one in case["explanation"]["heard"]] == ["match", "mismatch"]


def test_whoever_shows_a_link_and_a_token_answers_by_neither(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.as_("officer", "houses") as agency:
        given = {"verdict": "match", "signer": "赵六"}
        both = agency.post(f"/v1/assistance/{request_id}/answer", json=given, headers={"X-Link-Token": link})
        assert (both.status_code, both.json()["error"]["code"]) == (401, "credentials_two")
        assert agency.get(f"/v1/assistance/{request_id}").json()["reply"] is None


@pytest.mark.parametrize("given", [("mismatch", "王某"), ("not_found", "王某"), ("cannot_say", "王某")])
def test_an_answer_whose_verdict_and_value_contradict_each_other_decides_nothing_by_any_door(
    edge: Edge, given: tuple[str, str]
) -> None:
    request_id, link = asked(edge)
    said = dict(zip(("verdict", "value"), given, strict=True)) | {"signer": "赵六"}
    path = f"/v1/assistance/{request_id}/answer"
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer", "houses") as token, edge.client() as browser:
        refused = [client.post(path, json=said) for client in (agency, token)]
        page = browser.post(f"/assist/{request_id}/{link}", data=said | {"do": "answer", "message": "m-1"})
        kept = agency.get(f"/v1/assistance/{request_id}").json()
        mended = agency.post(path, json=said | {"value": "李某"})
    for one in refused:
        error = one.json()["error"]
        assert (one.status_code, error["code"]) == (422, "value_contradicts")
        assert given[1] in error["message"]
        assert "王某" in error["message_zh"]
    assert (page.status_code, "aria-invalid" in page.text) == (422, True)
    assert (kept["state"], kept["reply"]) == ("DELIVERED", None), "the agency can correct it at once"
    assert mended.status_code == 200


def test_a_refusal_needs_reasons_and_a_wrong_link_opens_nothing(edge: Edge) -> None:
    request_id, link = asked(edge)
    code = {"inability": "NOT_HELD"}
    with edge.client(X_Link_Token=link) as agency, edge.client(X_Link_Token="guess") as stranger, edge.client() as nobody:
        codeless = agency.post(f"/v1/assistance/{request_id}/decline", json={"reasons": "档案移交中", "signer": "赵六"})
        assert (codeless.status_code, "inability" in codeless.text) == (422, True), "nobody chooses a reason in its place"
        bare = agency.post(f"/v1/assistance/{request_id}/decline", json=code | {"reasons": "  ", "signer": "赵六"})
        strange = stranger.get(f"/v1/assistance/{request_id}")
        unknown = nobody.get(f"/v1/assistance/{request_id}")
        for blank in ("\u200b\u2060", "\u3000", "\u3164"):
            for given in ({"reasons": blank, "signer": "赵六"}, {"reasons": "档案移交中", "signer": blank}):
                unseen = agency.post(f"/v1/assistance/{request_id}/decline", json=code | given)
                assert unseen.status_code == 422, given
        declined = agency.post(f"/v1/assistance/{request_id}/decline", json=code | {"reasons": "档案移交中", "signer": "赵六"})
    assert (bare.status_code, bare.json()["error"]["code"]) == (422, "reasons_missing")
    assert (strange.status_code, unknown.status_code) == (403, 401)
    assert declined.json()["state"] == "DECLINED"


def test_the_requested_agency_may_answer_with_its_own_token_and_no_other_agency(edge: Edge) -> None:
    request_id, _ = asked(edge)
    for role, agency, expected in (
        ("officer", "other", 404),
        ("auditor", "houses", 403),
        ("officer", "bureau", 404),
        ("officer", "houses", 200),
    ):
        with edge.as_(role, agency) as client:
            given = {"value": "王某", "signer": "赵六"}
            assert client.post(f"/v1/assistance/{request_id}/answer", json=given).status_code == expected, (role, agency)


@pytest.mark.slow
def test_a_seat_is_accepted_and_its_result_settles_the_case(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        seats = [seat_name(seat) for seat in tx.visits.team(visit.id)]
    with serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", seats[0])) as client:
        shown = client.get(f"/v1/seats/{seats[0]}").json()
        other = client.get(f"/v1/seats/{seats[1]}")
        early = client.post(f"/v1/seats/{seats[0]}/result", json={"findings": []})
        accepted = client.post(f"/v1/seats/{seats[0]}/accept")
        doubts = shown["visit"]["doubts"]
        findings = [{"case_id": one["case_id"], "claim": one["claim"], "verdict": "match"} for one in doubts]
        alone = client.post(f"/v1/seats/{seats[0]}/result", json={"findings": findings})
        with edge.client(X_Link_Token=office.link_token("seat", seats[1])) as second:
            assert second.post(f"/v1/seats/{seats[1]}/accept").status_code == 200
        short = client.post(f"/v1/seats/{seats[0]}/result", json={"findings": []})
        done = client.post(f"/v1/seats/{seats[0]}/result", json={"findings": findings, "remarks": "属实"})
        with edge.as_("officer") as officer:
            case = officer.get(f"/v1/cases/{doubts[0]['case_id']}").json()
    assert (other.status_code, early.status_code) == (403, 409)
    assert accepted.json()["state"] == "ACCEPTED"
    assert (alone.status_code, alone.json()["error"]["code"]) == (409, "team_not_accepted")
    assert short.json()["error"]["code"] == "findings_missing"
    assert (done.json()["state"], done.json()["visit"]["state"]) == ("DONE", "DONE")
    assert (case["state"], case["outcome"]) == ("CLOSED", "TRUE")


def test_an_inspector_declines_with_a_reason(store: Store, hand: Hand) -> None:
    office, name = one_seat(store, hand)
    with serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", name)) as client:
        bare = client.post(f"/v1/seats/{name}/decline", json={"reason": ""})
        declined = client.post(f"/v1/seats/{name}/decline", json={"reason": "与当事人有亲属关系"})
    assert bare.json()["error"]["code"] == "reason_missing"
    assert declined.json()["state"] == "DECLINED"


@pytest.mark.slow
def test_a_draw_tells_number_date_and_witness_value_before_and_its_result_afterwards_to_those_who_may(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with serving(office) as edge, edge.as_("clerk", name="甲") as first, edge.as_("clerk", name="乙") as second:
        assert first.post("/v1/draws/announce", json={"plan": "weekly"}).json() == {"plan": "weekly", "draw": None}
        _, held = announced(office, hand, cases=1)
        unknown = first.post("/v1/draws/announce", json={"plan": "nobody's"})
        before = first.get(f"/v1/draws/{held.number}").json()
        early = first.post(f"/v1/draws/{held.number}/figures", json={"figures": DICE})
        assert (early.status_code, early.json()["error"]["code"]) == (409, "draw_seed_early")
        hand.on(days=2)
        minutes = {"held_at": hand().isoformat()}
        slip = second.post(
            f"/v1/draws/{held.number}/figures", json=minutes | {"figures": " ".join(reversed(DICE.split()))}
        ).json()
        right = first.post(f"/v1/draws/{held.number}/figures", json=minutes | {"figures": DICE}).json()
        agreed = second.post(f"/v1/draws/{held.number}/figures", json=minutes | {"figures": DICE}).json()
        assert [one["typed"] for one in (slip, right, agreed)] == ["WAITS", "DIFFERS", "AGREES"]
        assert DICE not in json.dumps([slip, right, agreed]), "nobody is told what the other typed"
        for client in (first, second):
            typed = client.post(f"/v1/draws/{held.number}/figures", json={"figures": DICE, "held_at": hand().isoformat()})
            assert typed.status_code == 200, typed.text
        hand.on(minutes=30)
        settle(office)
        with edge.as_("system") as system, edge.as_("officer", "other") as stranger, edge.as_("officer") as officer:
            after = officer.get(f"/v1/draws/{held.number}").json()
            public = system.get(f"/v1/draws/{held.number}").json()
            hidden = stranger.get(f"/v1/draws/{held.number}")
            listed = system.get("/v1/draws").json()
    assert unknown.json()["error"]["code"] == "plan_unknown"
    assert before["w"] is not None
    assert before["result"] is None
    assert after["state"] == DrawState.DRAWN
    assert [len(one["team"]) for one in after["result"]] == [2]
    assert public["result"] is None
    assert hidden.status_code == 404
    assert [one["number"] for one in listed["draws"]] == [held.number]


def test_an_expired_or_revoked_token_is_no_token(edge: Edge) -> None:
    text = edge.token("officer")
    with edge.client(Authorization=f"Bearer {text}") as client:
        assert client.get("/v1/cases").status_code == 200
        with edge.office.store.begin() as tx:
            tx.tokens.revoke(tx.tokens.all()[0]["id"], datetime.now(UTC))
        assert client.get("/v1/cases").status_code == 401
        old = edge.token("officer", days=-1)
        assert client.get("/v1/cases", headers={"Authorization": f"Bearer {old}"}).status_code == 401


def test_a_tokens_text_is_given_out_once_and_kept_nowhere(edge: Edge) -> None:
    text = edge.token("officer")
    with edge.office.store.read() as tx:
        kept = repr(tx.connection.execute(sa.select(token)).all())
    assert text not in kept
    assert text.removeprefix("ins_")[:16] not in kept


def test_a_message_id_alone_opens_no_answer_given_before(edge: Edge) -> None:
    request_id, link = asked(edge)
    answer = {"verdict": "match", "signer": "赵六"}
    with edge.client(X_Link_Token=link) as agency, edge.client(X_Link_Token="guess") as stranger:
        for client, expected in ((agency, 200), (stranger, 403), (agency, 200)):
            given = client.post(f"/v1/assistance/{request_id}/answer", json=answer, headers={"Idempotency-Key": "a"})
            assert given.status_code == expected
