"""Visit codes over the interface: who has one and when, what firms' phones tell of it, and a check-in that nothing hangs on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.visit import VisitState
from inspector.flows import codeless
from inspector.flows.recall import call_off_visit
from inspector.store.store import Store
from inspector.web.roles import Role
from tests import gate
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_fieldnotes import code, note, team
from tests.integration.test_relief import register

pytestmark = pytest.mark.alike
PHONES = tuple(f"{number:032x}" for number in range(30))


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with serving(gate.signed(office)) as held_edge:
        yield held_edge


@pytest.mark.slow
def test_a_code_is_for_the_team_that_has_accepted_and_a_reading_on_a_second_phone_is_a_matter_and_voids_nothing(
    edge: Edge, hand: Hand
) -> None:
    with ExitStack() as links:
        with edge.office.store.read() as tx:
            (held,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
            early = tx.visits.team(held.id)[0].name
        with edge.client(X_Link_Token=edge.office.link_token("seat", early)) as alone:
            assert code(alone.get(f"/v1/seats/{early}/codes")) == (409, "not_accepted"), "nobody learns of it before"
        visit, (first, second), (client, mate) = team(edge, links)
        told = client.get(f"/v1/seats/{first}/codes").json()["codes"]
        assert [one["text"] for one in client.get(f"/v1/seats/{first}/codes").json()["codes"]] == [one["text"] for one in told]
        said = gate.opened(told[0]["text"])
        assert said["w"] == tx_w(edge, visit.draw)
        assert len(said["p"]) == 2
        assert said["p"][0] == gate.opened(mate.get(f"/v1/seats/{second}/codes").json()["codes"][0]["text"])["p"][1]
        assert visit.code not in str(said)
        assert visit.name not in str(said)

        firm = links.enter_context(edge.client())
        scan = {"code": told[0]["text"], "phone": PHONES[0], "scanned_at": "2026-03-10T09:00:00+08:00"}
        heard = firm.post("/v1/scans", json=scan)
        assert (heard.status_code, heard.json()["phones"]) == (200, 1)
        assert firm.post("/v1/scans", json=scan).json()["received_at"] == heard.json()["received_at"], "sent twice, kept once"
        with edge.as_(Role.OFFICER) as officer:
            assert "visit_code_replayed" not in officer.get("/v1/attention").text
            assert firm.post("/v1/scans", json={**scan, "phone": PHONES[1]}).json()["phones"] == 2
            (matter,) = [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "visit_code_replayed"]
        assert matter["facts"]["phones"] == 2
        assert matter["facts"]["draw"] == visit.draw
        for phone in PHONES[2:20]:
            assert firm.post("/v1/scans", json={**scan, "phone": phone}).status_code == 200
        assert code(firm.post("/v1/scans", json={**scan, "phone": PHONES[20]})) == (409, "visit_code_worn")
        forged = told[0]["text"][:-10] + "A" * 10
        assert code(firm.post("/v1/scans", json={**scan, "code": forged})) == (422, "visit_code_false")
        assert code(firm.post("/v1/scans", json={**scan, "code": "SSV1.none"})) == (422, "visit_code_unreadable")
        with edge.office.store.begin() as tx:
            assert tx.entryscans.of_visits(hand() + timedelta(days=400)) == [], "the visit is still to be made"
        assert client.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()["became"] == "RESULT"
        with edge.office.store.begin() as tx:
            assert tx.entryscans.of_visits(hand()) == [], "its case has not been over for so long"
            assert tx.entryscans.of_visits(hand() + timedelta(days=1)) == [visit.id]
            assert tx.entryscans.forget(visit.id, hand() + timedelta(days=1)) == 20
        with edge.office.store.read() as tx:
            assert tx.visits.get(visit.id).state is VisitState.DONE
            assert [row["rule"] for row in tx.ledger.about(visit.id)].count("visit.scanned") == 20


@pytest.mark.slow
def test_a_check_in_is_a_note_with_its_moment_late_is_shown_and_another_firm_s_code_is_refused_with_the_fix(
    edge: Edge, hand: Hand
) -> None:
    with ExitStack() as links:
        visit, (first, _), (client, _) = team(edge, links)
        where, path = {"words": "南门", "latitude": 31.2, "longitude": 121.4}, f"/v1/seats/{first}/notes"
        here = {"arrival": {"how": "SCANNED", "code": f"企业码 {visit.code}"}, "place": where}
        assert client.post(path, json=here).json()["became"] == "WAITS"
        assert code(client.post(path, json={"arrival": {"how": "TYPED", "code": "91000000MA0000099X"}})) == (
            422,
            "arrival_elsewhere",
        )
        assert client.post(path, json=note(visit, "match")).json()["became"] == "RESULT", "a check-in changes nothing of it"
        hand.on(days=60)
        late = client.post(path, json={"arrival": {"how": "TYPED", "code": visit.code[-6:]}}).json()
        assert (late["became"], late["came"]["late"]) == ("KEPT", True)
        notes = client.get(path).json()["notes"]
        assert [(one["arrival"], one["place"]["how"]) for one in notes] == [
            ("SCANNED", "MEASURED"), (None, "UNSAID"), ("TYPED", "UNSAID"),
        ]  # fmt: skip


def test_that_a_certificate_was_over_on_the_day_of_the_code_is_a_matter_at_sync_and_voids_nothing(edge: Edge, hand: Hand) -> None:
    with ExitStack() as links:
        visit, (first, _), (client, _) = team(edge, links)
        told = client.get(f"/v1/seats/{first}/codes").json()["codes"][0]
        assert gate.opened(told["text"])["p"][0][2] > told["day"]
        with edge.office.store.read() as tx:
            (seat, mate) = tx.visits.team(visit.id)
            number = tx.rosters.inspector(seat.agency, seat.inspector).certificate
        firm = links.enter_context(edge.client())
        scan = {"code": told["text"], "phone": PHONES[0]}
        with edge.as_(Role.OFFICER) as officer:
            assert firm.post("/v1/scans", json=scan).status_code == 200
            assert "visit_certificate_over" not in officer.get("/v1/attention").text
            register(edge.office, seat, certificate_until=hand().date() - timedelta(days=1))
            assert firm.post("/v1/scans", json={**scan, "phone": PHONES[1]}).status_code == 200
            (matter,) = [
                one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "visit_certificate_over"
            ]
        assert matter["facts"]["certificates"] == [number], "withdrawn since the code was made, and not the mate's"
        assert client.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()["became"] == "RESULT"
        with edge.office.store.read() as tx:
            (_, last) = [row for row in tx.ledger.about(visit.id) if row["rule"] == "visit.scanned"]
        assert mate.inspector not in str(matter)
        assert json.loads(last["body"])["facts"]["over"] == [number]


@pytest.mark.parametrize("off", [False, True], ids=["who has declined", "of a visit that was called off"])
def test_a_code_of_who_goes_no_more_is_flagged_when_the_firm_s_phone_tells_of_it_and_proves_no_check_in(
    edge: Edge, hand: Hand, *, off: bool
) -> None:
    with ExitStack() as links:
        visit, (first, second), (client, mate) = team(edge, links)
        gone, here = (one.get(f"/v1/seats/{seat}/codes").json()["codes"][1] for seat, one in ((first, client), (second, mate)))
        firm = links.enter_context(edge.client())
        if off:
            with edge.office.store.begin() as tx:
                call_off_visit(edge.office, tx, tx.visits.get(visit.id, lock=True), "withdrawn", "p", hand())
        else:
            assert client.post(f"/v1/seats/{first}/decline", json={"reason": "有利害关系"}).status_code == 200
        hand.on(days=1)

        def heard(text: str, phone: str) -> tuple[set[str], list[str | None]]:
            assert (
                firm.post("/v1/scans", json={"code": text, "phone": phone, "scanned_at": hand().isoformat()}).status_code == 200
            )
            with edge.office.store.read() as tx:
                open_now = {row["kind"] for row in tx.attention.page(None) if not row["closed_at"]}
                return open_now, [one.seat for one in codeless.readings(tx, tx.visits.get(visit.id))]

        if not off:
            told, proofs = heard(here["text"], PHONES[0])
            assert ("visit_code_apart" in told, proofs) == (False, [second]), "the mate of who has declined goes"
        told, proofs = heard(gone["text"], PHONES[1])
        assert ("visit_code_apart" in told, proofs) == (True, [] if off else [second])


@pytest.mark.slow
def test_a_code_that_was_read_before_its_visit_was_called_off_is_no_matter_when_the_phone_tells_of_it_later(
    edge: Edge, hand: Hand
) -> None:
    with ExitStack() as links:
        visit, (first, second), clients = team(edge, links)
        texts = [
            one.get(f"/v1/seats/{seat}/codes").json()["codes"][0]["text"]
            for one, seat in zip(clients, (first, second), strict=True)
        ]
        firm = links.enter_context(edge.client())
        shown = hand()
        hand.on(hours=2)
        with edge.office.store.begin() as tx:
            call_off_visit(edge.office, tx, tx.visits.get(visit.id, lock=True), "withdrawn", "p", hand())
        hand.on(hours=2)

        def heard(text: str, phone: str, at: datetime) -> bool:
            told = {"code": text, "phone": phone, "scanned_at": at.isoformat(), "sent_at": hand().isoformat()}
            assert firm.post("/v1/scans", json=told).status_code == 200
            with edge.office.store.read() as tx:
                return "visit_code_apart" in {row["kind"] for row in tx.attention.page(None) if not row["closed_at"]}

        assert not heard(texts[0], PHONES[0], shown)
        assert heard(texts[1], PHONES[1], shown + timedelta(hours=3)), "by then nobody was to go"


@pytest.mark.slow
def test_without_a_key_there_is_no_code_and_the_visit_goes_on(edge: Edge) -> None:
    keyless = replace(edge.office, keys=type(edge.office.keys)(signing={}))
    with serving(keyless) as other, ExitStack() as links:
        visit, (first, _), (client, _) = team(other, links)
        assert code(client.get(f"/v1/seats/{first}/codes")) == (409, "visit_code_unsigned")
        assert client.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()["became"] == "RESULT"


def tx_w(edge: Edge, number: str) -> str | None:
    with edge.office.store.read() as tx:
        return tx.draws.get(number).w
