"""Webhooks verify by the standard's own library, and weak or open secrets are refused."""

from __future__ import annotations

import base64
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from connectors.callbacks import webhook as callback
from connectors.channels import webhook as channel
from connectors.signers.webhook import Signer
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.testing.peer import answer, peer

WORD = "whsec_" + base64.b64encode(b"n" * 32).decode()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def secret_in(folder: Path, text: str = WORD) -> Path:
    file = folder / "secret"
    file.write_text(text + "\n", encoding="ascii")
    file.chmod(0o600)
    return file


def test_a_callback_verifies_by_the_standards_own_library_and_an_altered_one_does_not(tmp_path: Path) -> None:
    with peer(answer(503), answer(204)) as held:
        config = {"url": held.url, "secret_file": str(secret_in(tmp_path))}
        with closing(callback.connect("approving", config)) as made:
            receipt = made.tell(testing.NOTICE, key="EV-1")
    first, second = held.heard
    assert receipt.attempts == 2
    assert (first.headers["webhook-id"], first.headers["idempotency-key"]) == ("EV-1", "EV-1")
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert Webhook(WORD).verify(second.body, dict(second.headers)) == {
        "id": "EV-1",
        "type": "case.closed",
        "at": "2026-01-06T09:00:00+00:00",
        "case": "C-1",
        "reference": "办件-1",
        "data": {"outcome": "TRUE"},
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(WORD).verify(second.body.replace(b"TRUE", b"FALSE"), dict(second.headers))


def test_a_push_verifies_and_carries_its_link(tmp_path: Path) -> None:
    with peer(answer(202, {"receipt": "push-1"})) as held:
        config = {"url": held.url, "secret_file": str(secret_in(tmp_path))}
        with closing(channel.connect("phones", config)) as made:
            assert made.push(testing.MESSAGE, key="k-1").reference == "push-1"
    told = Webhook(WORD).verify(held.heard[0].body, dict(held.heard[0].headers))
    assert told == {
        "id": "k-1",
        "to": "card-1",
        "title": "新的核查任务",
        "text": "明天上午",
        "link": "https://office.example/v/1",
        "urgent": False,
        "data": {"visit": "V-1"},
    }


def test_a_signature_made_in_beijing_time_is_dated_rightly(tmp_path: Path) -> None:
    signer = Signer(str(secret_in(tmp_path)), "approving")
    Webhook(WORD).verify(b"{}", dict(signer.headers("k-1", b"{}", datetime.now(SHANGHAI))))


def test_while_a_secret_changes_both_receivers_can_verify(tmp_path: Path) -> None:
    new = "whsec_" + base64.b64encode(b"m" * 24).decode()
    headers = dict(Signer(str(secret_in(tmp_path, f"{new} {WORD}")), "approving").headers("k-1", b"{}", datetime.now(UTC)))
    for word in (new, WORD):
        Webhook(word).verify(b"{}", headers)


@pytest.mark.parametrize(
    "text", ["whsec_=", "whsec_c2hvcnQ=", "whsec_" + "密".encode().hex() + "*" * 40, "word", f"{WORD[:20]}*{WORD[20:]}"]
)
def test_a_weak_or_misspelt_secret_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid, match="connector_secret_unreadable") as refused:
        Signer(str(secret_in(tmp_path, text)), "approving")
    assert text not in str(refused.value)


def test_a_webhook_without_a_secret_cannot_be_configured() -> None:
    with pytest.raises(Invalid, match=r"connector_key_missing\(connector='approving', key='secret_file'\)"):
        callback.connect("approving", {"url": "http://a"})
