"""A platform sends a visit's result in its own form: by the assignment's link, held to what any result is, and once.

Whose link a phone has, its platform answers by its signature, or by that phone's key; nobody else does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from connectors.channels import supervision
from connectors.signers.webhook import Signer
from inspector.domain.visit import Seat
from inspector.flows.dispatch import seat_name
from inspector.store.store import Store
from tests.carriers import SECRET
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_carriers import PLATFORM
from tests.messengers import kept

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_the_platforms_result_settles_the_case_like_one_from_the_page(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        first, second = (seat_name(seat) for seat in tx.visits.team(visit.id))
    made = supervision.connect("platform", {**PLATFORM, "url": "http://127.0.0.1:9", "key_file": kept(tmp_path, SECRET, "key")})
    channels = {**office.connectors.channels, "platform": made}
    office = replace(office, connectors=replace(office.connectors, channels=channels))
    path = f"/v1/seats/{first}/result"
    with closing(made), serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", first)) as client:
        with edge.client(X_Link_Token=office.link_token("seat", second)) as other:
            for name, phone in ((first, client), (second, other)):
                assert phone.post(f"/v1/seats/{name}/accept").status_code == 200
            stranger = other.post(f"{path}/platform", json={"data": {"items": []}})
        doubts = client.get(f"/v1/seats/{first}").json()["visit"]["doubts"]
        items = [{"ajbh": one["case_id"], "sxbm": one["claim"], "jg": "1"} for one in doubts]
        told = {"data": {"items": items, "bz": "属实", "jcjg": "未发现问题"}}
        nowhere = client.post(f"{path}/phones", json=told)
        word = client.post(f"{path}/platform", json={"data": {"items": [{**items[0], "jg": "7"}]}})
        form = client.post(f"{path}/platform", json={"data": {"items": [{**items[0], "ajbh": 7}]}})
        short = client.post(f"{path}/platform", json={"data": {"items": []}})
        done = [client.post(f"{path}/platform", json=told, headers={"Idempotency-Key": "r-1"}) for _ in range(2)]
        with edge.as_("officer") as officer:
            case = officer.get(f"/v1/cases/{doubts[0]['case_id']}").json()
    assert [(one.status_code, one.json()["error"]["code"]) for one in (stranger, nowhere, word, short)] == [
        (403, "link_unknown"),
        (404, "channel_returns_nothing"),
        (422, "result_word_unknown"),
        (422, "findings_missing"),
    ]
    assert (form.status_code, form.json()["error"]["facts"]["field"]) == (422, "body.data.items.0.ajbh"), "by its own names"
    assert [one.json()["state"] for one in done] == ["DONE", "DONE"]
    assert (case["state"], case["outcome"]) == ("CLOSED", "TRUE")


@contextmanager
def bound(store: Store, hand: Hand, folder: Path, *, signs: bool) -> Iterator[tuple[Edge, Seat, httpx.Client]]:
    """An assignment that the platform was handed, and whose link a phone has accepted by: with the client of that phone."""
    office, phones, _ = drawing(store, hand)
    secret = kept(folder, AGREED, "replies")
    more = {"reply_secret_file": secret} if signs else {}
    made = supervision.connect(
        "phones", {**PLATFORM, **more, "url": "http://127.0.0.1:9", "key_file": kept(folder, SECRET, "key")}
    )
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    assert phones.messages
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        seat, mate = tx.visits.team(visit.id)
    office = replace(office, connectors=replace(office.connectors, channels={"phones": made}))
    with closing(made), serving(office) as edge:
        link, key = office.link_token("seat", seat.name), "the key of a phone, made once"
        with (
            edge.client(X_Link_Token=link, X_Phone_Key=key) as phone,
            edge.client(X_Link_Token=office.link_token("seat", mate.name)) as other,
        ):
            assert phone.post(f"/v1/seats/{seat.name}/accept").status_code == 200
            assert other.post(f"/v1/seats/{mate.name}/accept").status_code == 200
            yield edge, seat, phone


AGREED = "whsec_" + base64.b64encode(b"a secret of the platform and ours").decode()


def result(phone: httpx.Client, seat: Seat) -> bytes:
    doubts = phone.get(f"/v1/seats/{seat.name}").json()["visit"]["doubts"]
    return json.dumps({"data": {"items": [{"ajbh": one["case_id"], "sxbm": one["claim"], "jg": "1"} for one in doubts]}}).encode()


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error", {}).get("code", "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_platform_that_signs_is_known_by_that_whichever_phone_has_the_link(store: Store, hand: Hand, tmp_path: Path) -> None:
    with bound(store, hand, tmp_path, signs=True) as (edge, seat, phone):
        body, path = result(phone, seat), f"/v1/seats/{seat.name}/result/phones"
        signed = Signer(str(tmp_path / "replies"), "platform").headers("r-1", body, datetime.now(UTC))
        with edge.client(X_Link_Token=phone.headers["X-Link-Token"], Content_Type="application/json") as platform:
            assert told(platform.post(path, content=body)) == (401, "signature_missing")
            assert told(platform.post(path, content=body + b" ", headers=signed)) == (401, "signature_wrong")
            assert told(platform.post(path, content=b"{", headers={**signed})) == (401, "signature_wrong"), "before it is read"
            done = platform.post(path, content=body, headers=signed)
            again = platform.post(path, content=body, headers={**signed, "Idempotency-Key": "another"})
            other = body.replace(b'"1"', b'"2"')
            twice = Signer(str(tmp_path / "replies"), "platform").headers("r-1", other, datetime.now(UTC))
            assert told(platform.post(path, content=other, headers=twice)) == (409, "message_id_reused")
        assert (done.status_code, done.json()["state"]) == (200, "DONE")
        assert (again.status_code, again.json()) == (200, done.json()), "the id that it signs is the one that counts"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_platform_that_does_not_sign_is_held_to_the_phone_as_anybody_is(store: Store, hand: Hand, tmp_path: Path) -> None:
    with bound(store, hand, tmp_path, signs=False) as (edge, seat, phone):
        body, path = result(phone, seat), f"/v1/seats/{seat.name}/result/phones"
        with edge.client(X_Link_Token=phone.headers["X-Link-Token"], Content_Type="application/json") as thief:
            assert told(thief.post(path, content=body)) == (403, "link_elsewhere")
            assert told(thief.post(path, content=b"{")) == (403, "link_elsewhere"), "before it is read"
            assert told(thief.post(path, content=body, headers={"X-Phone-Key": "a key of another one"})) == (
                403,
                "link_elsewhere",
            )
        done = phone.post(path, content=body, headers={"Content-Type": "application/json"})
        assert (done.status_code, done.json()["state"]) == (200, "DONE")
