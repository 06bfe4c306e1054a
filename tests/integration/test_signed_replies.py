"""Letters that are signed and answers that are: believed by the standard's own vector, once each, and by both secrets during a change."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from connectors.agencies.http import HttpAgency
from connectors.signers.webhook import Signer, Verifier
from inspector.domain.assistance import AssistanceState
from inspector.flows import doorways, mailbox
from inspector.incoming import Unproven
from inspector.store.store import Store
from inspector.testing import LETTER, caught
from inspector.testing.peer import Peer, answer, peer
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_letters import an_office, climbing, opened, request_of

OLD, NEW = (f"whsec_{base64.b64encode(sign * 32).decode()}" for sign in (b"o", b"n"))
VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""The example of the standard's own library tests, over `{"test": 2432232314}`."""


def kept(folder: Path, *words: str) -> str:
    """A file with secrets."""
    file = folder / "secret"
    file.write_text(" ".join(words) + "\n", encoding="ascii")
    file.chmod(0o600)
    return str(file)


def test_the_standards_vector_is_what_we_sign_and_too_old_to_be_believed(tmp_path: Path) -> None:
    file = kept(tmp_path, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body, at = b'{"test": 2432232314}', datetime.fromtimestamp(1614265330, UTC)
    made = Signer(file, "a").headers(VECTOR["webhook-id"], body, at)
    assert {name: made[name] for name in VECTOR} == VECTOR
    with pytest.raises(Unproven, match="signature_stale"):
        Verifier(file, "a").verify(VECTOR, body)


def test_only_what_is_whole_fresh_and_signed_with_one_of_our_secrets_is_believed(tmp_path: Path) -> None:
    verifier, body = Verifier(kept(tmp_path, OLD), "a"), '{"a":"区"}'.encode()

    def headers(secret: str = OLD, minutes: float = 0, number: str = "m-1") -> dict[str, str]:
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        signed = Webhook(secret).sign(number, at, body.decode())
        return {"webhook-id": number, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}

    def refused(told: dict[str, str], content: bytes = body) -> str:
        with pytest.raises(Unproven) as error:
            verifier.verify(told, content)
        return error.value.code

    good = headers()
    assert verifier.verify(good, body) == "m-1"
    assert refused(good, body + b" ") == "signature_wrong"
    assert refused(good | {"webhook-id": "m-2"}) == "signature_wrong"
    assert refused(headers(NEW)) == "signature_wrong"
    assert refused(headers(minutes=-6)) == refused(headers(minutes=6)) == "signature_stale"
    assert {refused({**good, name: ""}) for name in good} == {"signature_missing"}
    assert refused(headers(number="区")) == refused(headers(number="x" * 201)) == "signature_missing"
    for strange in ("v1", "v1,*", "v2,AAAA", "v1a,AAAA"):
        assert refused(good | {"webhook-signature": strange}) == "signature_wrong"
    assert refused(good, b"\xff") == "signature_wrong"
    kept(tmp_path, NEW, OLD)  # while the secret changes, both count; and then the old one no longer, all without a restart
    assert verifier.verify(good, body) == verifier.verify(headers(NEW), body) == "m-1"
    kept(tmp_path, NEW)
    assert refused(good) == "signature_wrong"
    (tmp_path / "secret").unlink()
    assert refused(headers(NEW)) == "signature_unready"


@pytest.fixture
def outside() -> Iterator[Peer]:
    """The agency's system, over a socket."""
    with peer(answer(200, {"receipt": "HZ-1"})) as held:
        yield held


@pytest.fixture
def edge(store: Store, hand: Hand, outside: Peer, tmp_path: Path) -> Iterator[Edge]:
    """A house that signs its letters to an agency and believes what it signs."""
    file = kept(tmp_path, OLD)
    told = {"url": outside.url, "secret_file": file, "reply_secret_file": file}
    with closing(HttpAgency("civil-affairs", told)) as made, serving(an_office(store, hand, {"civil-affairs": made})) as held:
        yield held


def said(edge: Edge, told: object, number: str, *, name: str = "civil-affairs", secret: str = OLD) -> httpx.Response:
    """Post a message as the agency's system does."""
    body = json.dumps(told, ensure_ascii=False)
    at = datetime.now(UTC)
    signed = {
        "webhook-id": number,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(number, at, body),
        "content-type": "application/json",
    }
    with edge.client() as client:
        return client.post(f"/v1/agencies/{name}/replies", content=body.encode(), headers=signed)


@pytest.mark.alike
def test_a_letter_leaves_signed_and_each_signed_answer_counts_once(edge: Edge, outside: Peer, tmp_path: Path) -> None:
    agency = edge.office.connectors.agencies["civil-affairs"]
    agency.send(LETTER, key="k-1")
    (letter,) = outside.heard
    assert Webhook(OLD).verify(letter.body, dict(letter.headers))["request"] == LETTER.request_id
    assert letter.headers["webhook-id"] == letter.headers["idempotency-key"] == "k-1"
    kept(tmp_path, NEW)
    agency.send(LETTER, key="k-2")
    Webhook(NEW).verify(outside.heard[-1].body, dict(outside.heard[-1].headers))
    (tmp_path / "secret").unlink()
    assert caught(lambda: agency.send(LETTER, key="k-3")).code == "key_unreadable", "never unsigned"
    assert len(outside.heard) == 2
    kept(tmp_path, OLD)

    request = request_of(edge.office.store, opened(edge.office))
    accepts = {"request": request.id, "do": "accept", "signer": "某某局 王五"}
    first, again = said(edge, accepts, "m-1"), said(edge, accepts, "m-1")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["state"] == AssistanceState.ACCEPTED
    assert said(edge, accepts | {"signer": "某某局 赵六"}, "m-1").status_code == 409, "an id is used for one message"

    answers = {"request": request.id, "do": "answer", "verdict": "match", "signer": "某某局 王五"}
    for told, number, name, secret, status in (
        (answers, "m-2", "civil-affairs", NEW, 401),
        (answers, "m-2", "nobody", OLD, 401),
        (answers | {"request": "R-9"}, "m-2", "civil-affairs", OLD, 404),
        (answers | {"verdict": None}, "m-2", "civil-affairs", OLD, 422),
        (answers | {"more": 1}, "m-2", "civil-affairs", OLD, 422),
    ):
        assert said(edge, told, number, name=name, secret=secret).status_code == status, (told, name)
    with edge.client() as client:
        assert client.post("/v1/agencies/civil-affairs/replies", json=answers).status_code == 401
    assert request_of(edge.office.store, request.case_id).state is AssistanceState.ACCEPTED
    assert said(edge, answers, "m-2").json()["state"] == AssistanceState.ANSWERED
    codeless = said(edge, answers | {"do": "decline", "reasons": "x"}, "m-3")
    assert (codeless.status_code, codeless.json()["error"]["code"]) == (422, "inability_missing")
    after = said(edge, answers | {"do": "decline", "reasons": "x", "inability": "NOT_HELD"}, "m-3").json()
    assert (after["state"], after["reply"]["verdict"], len(after["afterwords"])) == ("ANSWERED", "match", 1), (
        "the first answer stands"
    )
    with edge.office.store.read() as tx:
        (held, _) = [one for one in tx.cases.evidence(request.case_id) if one.via == "civil-affairs"]
    assert held.door == "signed"


@pytest.mark.alike
def test_an_agencys_system_says_everything_that_an_agency_may_say(edge: Edge) -> None:
    request = request_of(edge.office.store, opened(edge.office))
    numbers = (f"n-{number}" for number in range(20))

    def say(**told: object) -> httpx.Response:
        words = {"request": request.id, "signer": "某某局 王五", "reasons": "档案移交中"}
        return said(edge, words | told, next(numbers))

    assert say(do="propose").json()["error"]["code"] == "day_missing"
    assert say(do="forward").json()["error"]["code"] == "to_missing"
    assert say(do="forward", to="nowhere").json()["error"]["code"] == "forward_unknown"
    assert say(do="partly", value="有", rest="面积待查").json()["state"] == AssistanceState.PARTLY
    assert say(do="propose", day="2026-03-20").json()["state"] == AssistanceState.PROPOSED
    longer = say(do="extend").json()
    assert (longer["state"], longer["extended"]) == (AssistanceState.PROPOSED, True), (
        "the day that it has named waits on (decision 153)"
    )
    told = say(do="forward", to="区住建局").json()
    assert (told["state"], told["id"]) == (AssistanceState.FORWARDED, request.id), "the new request is the other agency's"
    late = say(do="decline", inability="NOT_HELD").json()
    assert (late["state"], [word["do"] for word in late["afterwords"]]) == (AssistanceState.FORWARDED, ["decline"]), "and is kept"


@pytest.mark.alike
def test_an_answer_that_a_fault_of_ours_refuses_makes_nobody_silent_and_comes_again(
    edge: Edge, hand: Hand, tmp_path: Path
) -> None:
    office = climbing(edge.office)
    mailbox.pick_up(office)
    request = request_of(office.store, opened(office))
    settle(office)
    file = tmp_path / "secret"
    file.chmod(0o644)  # an operator's slip: others may read it
    answers = {"request": request.id, "do": "answer", "verdict": "match", "signer": "某某局 王五"}
    refused = said(edge, answers, "m-1")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "signature_unready")
    assert refused.headers["retry-after"]
    hand.now = request.due_at + timedelta(days=60)
    mailbox.pick_up(office)
    settle(office)
    held = request_of(office.store, request.case_id)
    assert held.state.open
    assert "assistance.liaison" not in [one.rule for one in held.history]
    with office.store.read() as tx:
        assert [row["about"] for row in tx.attention.page(None) if row["kind"] == doorways.MAILBOX_AWAY] == ["civil-affairs"]
    file.chmod(0o600)
    mailbox.pick_up(office)
    with office.store.read() as tx:
        assert [row for row in tx.attention.page(None) if row["kind"] == doorways.MAILBOX_AWAY] == []
    assert said(edge, answers, "m-1").json()["state"] == AssistanceState.ANSWERED
