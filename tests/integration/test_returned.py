"""A platform sends a visit's result in its own form: by the assignment's link, held to what any result is, and once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.channels import supervision
from inspector.flows.dispatch import seat_name
from inspector.store.store import Store
from tests.carriers import SECRET
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_carriers import PLATFORM
from tests.integration.test_draw_way import announced, carried_out, drawing
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
    assert (form.status_code, form.json()["error"]["facts"]["field"]) == (422, "body.findings.0.case_id")
    assert [one.json()["state"] for one in done] == ["DONE", "DONE"]
    assert (case["state"], case["outcome"]) == ("CLOSED", "TRUE")
