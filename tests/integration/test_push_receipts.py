"""What a gateway reports of pushes: believed when it is signed, counted once, and never half."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from connectors.channels.receipts import read
from connectors.channels.webhook import WebhookChannel
from inspector.domain.reached import Reach
from inspector.domain.visit import SeatState
from inspector.ports import Garbled
from inspector.store.store import Store
from inspector.testing import MESSAGE, caught
from inspector.testing.peer import answer, peer
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_signed_replies import NEW, OLD, kept
from tests.phones import Line, sent, team


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[WebhookChannel]:
    """A gateway that signs its reports."""
    file = kept(tmp_path, OLD)
    with peer(answer(200, {"receipt": "m-1"})) as party:
        told = {"url": party.url, "secret_file": file, "receipt_secret_file": file}
        with closing(WebhookChannel("wecom", told)) as made:
            yield made


def said(edge: Edge, *told: Mapping[str, object], name: str = "wecom", secret: str = OLD, body: str = "") -> httpx.Response:
    """Post reports as the gateway does."""
    text, at = body or json.dumps({"receipts": told}), datetime.now(UTC)
    signed = {
        "webhook-id": "r-1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("r-1", at, text),
        "content-type": "application/json",
    }
    with edge.client() as client:
        return client.post(f"/v1/channels/{name}/receipts", content=text.encode(), headers=signed)


@pytest.mark.slow
@pytest.mark.alike
def test_reports_that_the_gateway_has_signed_bring_a_seat_further_once_and_others_are_not_heard(
    store: Store, hand: Hand, gateway: WebhookChannel
) -> None:
    line = Line("wecom")
    office, visit = sent(store, hand, line)
    office = replace(office, connectors=replace(office.connectors, channels={"wecom": gateway, "silent": Line("silent")}))
    first, second = team(office, visit)
    keys = {str(message.data["seat"]): key for key, message in line.took}
    numbers = {str(message.data["seat"]): f"wecom-{place}" for place, (_, message) in enumerate(line.took, 1)}
    delivered = {"id": keys[first.name], "state": "delivered", "at": "2026-03-04T08:59:00+08:00"}
    with serving(office) as edge:
        taken = said(edge, {"id": numbers[second.name], "state": "read"}, delivered)
        again = said(edge, {"id": numbers[second.name], "state": "read"}, delivered)
        assert (taken.status_code, taken.json(), again.json()) == (200, {"taken": 2}, {"taken": 2})
        read_first = {"id": keys[first.name], "state": "read"}
        for name, secret in (("wecom", NEW), ("nobody", OLD), ("silent", OLD)):
            assert said(edge, read_first, name=name, secret=secret).status_code == 401, (
                "and nobody learns which channels there are"
            )
        with edge.client() as client:
            bare = [client.post(f"/v1/channels/{name}/receipts", json={"receipts": [read_first]}) for name in ("wecom", "nobody")]
        assert {(one.status_code, one.json()["error"]["code"]) for one in bare} == {(401, "signature_wrong")}, (
            "without a signature"
        )
        for body in (json.dumps({"receipts": [read_first, {"id": "x", "state": "burnt"}]}), "{}", "nothing"):
            refused = said(edge, body=body)
            assert (refused.status_code, refused.json()["error"]["code"]) == (422, "receipt_unreadable")
    settle(office)
    assert [seat.state for seat in team(office, visit)] == [SeatState.DELIVERED, SeatState.READ]
    with store.read() as tx:
        (push,) = tx.pushes.of_seat(first.name)
        assert len(tx.work.page(kind="push.report")) == 2
    assert (push.delivered_at, push.read_at) == (datetime.fromisoformat(str(delivered["at"])), None)


def test_a_gateway_says_by_410_that_the_recipient_is_gone(tmp_path: Path) -> None:
    with peer(answer(410)) as party, closing(WebhookChannel("w", {"url": party.url, "secret_file": kept(tmp_path, OLD)})) as made:
        assert caught(lambda: made.push(MESSAGE, key="k-1")).code == "recipient_refused"
        assert not made.reports


@pytest.mark.parametrize(
    "flaw",
    [
        {"id": "", "state": "read"},
        {"id": "x" * 201, "state": "read"},
        {"id": "a\nb", "state": "read"},
        {"id": 7, "state": "read"},
        {"id": "x", "state": "READ"},
        {"id": "x", "state": "read", "at": "2026-03-05T09:30:00"},
        {"id": "x", "state": "read", "at": 1},
        {"id": "x", "state": "failed", "code": "x" * 81},
        {"id": "x", "state": "read", "more": 1},
        {"id": "x"},
        "x",
    ],
)
def test_a_message_with_a_flaw_is_read_by_nobody_and_the_place_is_named_without_the_value(flaw: object) -> None:
    sound = {"id": "push:v:0:0:1", "state": "failed", "code": "no_such_user"}
    (one,) = read(json.dumps({"receipts": [sound]}).encode())
    assert (one.about, one.reach, one.code) == ("push:v:0:0:1", Reach.FAILED, "no_such_user")
    with pytest.raises(Garbled) as error:
        read(json.dumps({"receipts": [sound, flaw]}).encode())
    assert error.value.detail.startswith("receipts[1]")
