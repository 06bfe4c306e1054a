"""A subject shows something, or does not, before anybody is sent: what comes of it in the case, over real databases and sockets."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from inspector.daemon import sweeps
from inspector.daemon.schedules import schedules
from inspector.domain.case import CaseState, ClaimStatus, Method, Outcome
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.selfproof import ProofState
from inspector.flows import explain, selfproof
from inspector.flows.intake import correct
from inspector.flows.narrative import render
from inspector.flows.office import AgencyNode
from inspector.flows.required import Given, flaws
from inspector.flows.review import decide, withdraw
from inspector.policybook import Policybook
from inspector.ports import Card, Receipt
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.web.roles import Role
from tests import selfproof as given
from tests import showing
from tests.edge import WEB, WENT, Edge, serving
from tests.house import START, Hand, application, post, settle
from tests.materials import CAMERA, PLACE, SECRET, jpeg, pdf, png
from tests.showing import FACTS, House

pytestmark = pytest.mark.alike


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Policybook:
    return showing.book(tmp_path_factory.mktemp("packs"))


@pytest.fixture
def house(store: Store, hand: Hand, book: Policybook) -> House:
    return showing.opened(store, hand, book)


@contextmanager
def at_the_edge(house: House) -> Iterator[Edge]:
    with serving(house.office, WEB.model_copy(update={"max_material_bytes": 1_000_000})) as edge:
        yield edge


def material(content: bytes, remark: str = "") -> dict[str, str]:
    return {"content": base64.b64encode(content).decode(), "remark": remark}


def show(edge: Edge, house: House, content: bytes, **headers: str) -> httpx.Response:
    with edge.client(X_Link_Token=house.secret(), **headers) as subject:
        return subject.post(f"/v1/self-proofs/{house.proof}/materials", json=material(content, "门口照片"))


def read(edge: Edge, house: House, verdict: str, **said: object) -> httpx.Response:
    with edge.as_(Role.OFFICER, name="李四") as officer:
        told = {"verdict": verdict, "of_day": "2026-03-02", "reasons": "看过照片"} | said
        return officer.post(f"/v1/self-proofs/{house.proof}/reading", json=told)


def test_who_shows_nothing_and_says_nothing_is_verified_in_another_way_and_not_held_to_be_untruthful(house: House) -> None:
    """Handbook scenarios 9, 10: silence is no finding."""
    assert house.get().state is ProofState.ASKED
    assert house.way() is Method.DOCUMENT
    assert "self_proof_to_hand" in house.matters()
    house.hand.on(days=8)
    settle(house.office)
    assert house.get().state is ProofState.UNANSWERED
    assert house.heard() == [(Verdict.NO_ANSWER, "subject_unasked")], "the link was handed over by nobody: that is our omission"
    case = house.case()
    assert (case.state, house.way()) == (CaseState.VERIFYING, Method.ON_SITE)
    assert case.file("office-in-use").status is ClaimStatus.OPEN
    assert house.matters() == set()


def test_what_is_shown_proves_the_promise_once_a_person_has_read_it_and_nobody_is_sent(house: House) -> None:
    with at_the_edge(house) as edge:
        answer = show(edge, house, jpeg())
        assert (answer.status_code, answer.json()["state"], answer.json()["readings"]) == (200, "RECEIVED", [])
        assert house.heard() == [(Verdict.CANNOT_SAY, "material_unread")]
        assert house.case().file("office-in-use").status is ClaimStatus.OPEN, "material is no verdict"
        assert "self_proof_to_read" in house.matters()
        with edge.as_(Role.AUDITOR) as auditor:
            assert [one["id"] for one in auditor.get("/v1/self-proofs").json()["self_proofs"]] == [house.proof]
        told = read(edge, house, "match", value="是")
        assert (told.status_code, told.json()["state"]) == (200, "READ")
    case = house.case()
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.TRUE)
    assert house.matters() == set()
    with house.office.store.read() as tx:
        rules = [row["rule"] for row in tx.ledger.about(house.case_id)]
        text = render(explain.explain(house.office, tx, house.case_id), "zh-Hans")
    assert [one for one in rules if one.startswith("self_proof")] == ["self_proof.ask", "self_proof.receive", "self_proof.read"]
    assert f"可以出示：{given.SHOWS}" in text
    assert "由 李四 审阅：一致（材料日期 2026-03-02）" in text


def test_what_contradicts_is_a_lead_for_an_officer_and_no_finding_by_itself(house: House) -> None:
    """Handbook scenario 14."""
    with at_the_edge(house) as edge:
        show(edge, house, png())
        assert read(edge, house, "mismatch", value="否").status_code == 200
    case = house.case()
    assert (case.state, case.outcome) == (CaseState.REVIEW, None)
    assert case.file("office-in-use").status is ClaimStatus.CONTRADICTED


def test_a_reading_is_of_the_files_that_it_names_and_its_reader_decides_nothing_against_anybody_by_it(house: House) -> None:
    with at_the_edge(house) as edge:
        first = show(edge, house, png()).json()["materials"][0]["digest"]
        second = show(edge, house, jpeg()).json()["materials"][1]["digest"]
        for said in ({}, {"digests": [first]}):
            told = read(edge, house, "mismatch", value="否", **said)
            assert (told.status_code, told.json()["error"]["code"]) == (409, "reading_of_others")
            assert second in told.json()["error"]["message"]
        assert read(edge, house, "mismatch", value="否", digests=[second, first]).status_code == 200
    case = house.case()
    piece = f"self_proof:{house.proof}:read1"
    with house.office.store.begin() as tx, pytest.raises(Invalid, match="evidence_own"):
        decide(house.office, tx, case.id, Outcome.UNTRUE_CURABLE, "李四", "门牌不符", (piece,), house.office.now())
    with house.office.store.begin() as tx:
        decide(house.office, tx, case.id, Outcome.UNTRUE_CURABLE, "王五", "门牌不符", (piece,), house.office.now())
    assert house.case().outcome is Outcome.UNTRUE_CURABLE


def test_who_says_that_nothing_is_shown_is_asked_no_more_and_the_next_way_begins(house: House) -> None:
    with at_the_edge(house) as edge, edge.client(X_Link_Token=house.secret()) as subject:
        path = f"/v1/self-proofs/{house.proof}/decline"
        assert subject.post(path, json={"unable": "OTHER"}).json()["error"]["code"] == "unable_words_missing"
        answer = subject.post(path, json={"unable": "ONLY_CERTIFICATE"})
        assert (answer.status_code, answer.json()["state"]) == (200, "UNABLE")
        assert subject.post(path, json={"unable": "UNWILLING"}).json()["error"]["code"] == "self_proof_over"
    assert house.heard() == [(Verdict.CANNOT_SAY, "subject_unable")]
    assert house.way() is Method.ON_SITE


def test_the_same_bytes_twice_are_one_file_and_a_cut_off_or_oversized_one_leaves_nothing(house: House) -> None:
    with at_the_edge(house) as edge:
        first, again = show(edge, house, jpeg()), show(edge, house, jpeg())
        assert first.json()["materials"] == again.json()["materials"]
        cut = show(edge, house, jpeg()[:200])
        assert (cut.status_code, cut.json()["error"]["code"]) == (422, "material_damaged")
        large = show(edge, house, pdf("x" * 1_000_000))
        assert (large.status_code, large.json()["error"]["code"]) == (422, "material_too_large")
    assert len(house.get().materials) == 1
    assert len(house.heard()) == 1


def test_where_a_photo_was_taken_is_stored_nowhere_and_the_digest_tells_what_came(house: House) -> None:
    with at_the_edge(house) as edge:
        told = show(edge, house, jpeg()).json()["materials"][0]
        with edge.as_(Role.OFFICER) as officer:
            file = officer.get(f"/v1/self-proofs/{house.proof}/materials/{told['digest']}")
        with edge.client(X_Link_Token=house.secret()) as subject:
            assert subject.get(f"/v1/self-proofs/{house.proof}/materials/{told['digest']}").status_code == 401
    assert told["received"] == hashlib.sha256(jpeg()).hexdigest()
    assert told["digest"] == hashlib.sha256(file.content).hexdigest()
    assert not any(word in file.content for word in (PLACE, CAMERA, SECRET))
    assert file.headers["content-type"] == "image/jpeg"
    assert "sandbox" in file.headers["content-security-policy"]
    assert file.headers["content-disposition"].startswith("attachment")
    with house.office.store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(house.case_id)].count("self_proof.looked") == 1


@pytest.mark.slow
def test_opening_the_link_uses_nothing_up_and_one_called_back_opens_nothing(house: House) -> None:
    path = house.path()
    with at_the_edge(house) as edge:
        with edge.client() as subject:
            for _ in range(3):
                assert subject.get(path).status_code == 200
            assert house.get().seen_at is None, "a preview or a scanner of mail has asked nobody"
            assert subject.get(path, headers=WENT).status_code == 200
            assert house.get().seen_at is not None
            assert subject.get(path[:-1]).status_code == 403
            assert subject.get(path.replace(house.proof, "other")).status_code in (403, 404)
        with edge.as_(Role.OFFICER, name="李四") as officer:
            again = officer.post(f"/v1/self-proofs/{house.proof}/link", json={"reason": "发错了人"})
            assert (again.status_code, again.json()["state"], house.get().seen_at) == (200, "ASKED", None)
            assert "self_proof_to_hand" in house.matters()
            handed = officer.post(f"/v1/self-proofs/{house.proof}/handover").json()
        with edge.client() as subject:
            assert subject.get(path).status_code == 403
            assert urlsplit(handed["link"]).path == house.path() != path
            assert subject.get(house.path()).status_code == 200
    house.hand.on(days=8)
    settle(house.office)
    house.hand.on(days=house.office.link_days + 3)
    with house.office.store.read() as tx, pytest.raises(Forbidden, match="link_over"):
        selfproof.by_link(house.office, tx, house.proof, house.secret())


@pytest.mark.slow
def test_the_approving_system_takes_the_link_and_passes_it_on_and_the_term_begins_then(house: House) -> None:
    with at_the_edge(house) as edge:
        with edge.as_(Role.SYSTEM, name="hall") as hall:
            sweeps.seal(house.office.store, house.office)
            types = [one["type"] for one in hall.get("/v1/events").json()["events"]]
            assert "self_proof.asked" in types
            house.hand.on(days=2)
            told = hall.post(f"/v1/self-proofs/{house.proof}/handover").json()
        with edge.as_(Role.SYSTEM, name="another") as other:
            assert other.post(f"/v1/self-proofs/{house.proof}/handover").status_code == 404
    assert told["due_at"].startswith("2026-03-11")
    assert house.get().state is ProofState.HANDED
    assert house.matters() == set()
    with house.office.store.read() as tx:
        due = {row["kind"]: row["due_at"].date().isoformat() for row in tx.work.page(case_id=house.case_id, state="waiting")}
    assert due["self_proof.due"] == "2026-03-11"


@dataclass
class App:
    """A service platform's app that reaches subjects."""

    def __post_init__(self) -> None:
        self.card = Card(name="app", port="channel", kind="test", owner="test", version="1")
        self.messages: list[Any] = []

    def push(self, message: Any, *, key: str) -> Any:
        self.messages.append(message)
        return Receipt(reference="1")


@pytest.mark.slow
def test_where_a_channel_reaches_subjects_the_link_goes_through_it_and_so_does_the_reminder(
    store: Store, hand: Hand, book: Policybook
) -> None:
    app = App()
    house = showing.opened(store, hand, book, channels={"app": app})
    assert [urlsplit(one.link).path for one in app.messages] == [house.path()]
    assert "示例路" not in json.dumps([one.text for one in app.messages], ensure_ascii=False)
    assert (house.get().state, house.get().handed_by) == (ProofState.HANDED, "app")
    assert house.matters() == set()
    hand.on(days=4)
    settle(house.office)
    assert len(app.messages) == 2


@pytest.mark.slow
def test_what_is_shown_after_the_date_is_read_all_the_same_and_proves_while_the_case_is_under_way(house: House) -> None:
    house.hand.on(days=8)
    settle(house.office)
    with at_the_edge(house) as edge:
        assert show(edge, house, png()).status_code == 200
        assert read(edge, house, "match").status_code == 200
    assert house.get().readings[-1].late
    assert house.case().outcome is Outcome.TRUE


def test_nobody_is_judged_while_what_he_or_she_has_shown_lies_unread(house: House) -> None:
    house.hand.on(days=3)
    with at_the_edge(house) as edge:
        show(edge, house, png())
    house.hand.on(days=14)
    settle(house.office)
    case = house.case()
    assert (case.state, "self_proof_unread" in house.matters()) == (CaseState.REVIEW, True)
    with house.office.store.begin() as tx, pytest.raises(Refusal, match="material_lies_unread"):
        decide(house.office, tx, case.id, Outcome.REFUSED, "李四", "不配合", (), house.office.now())
    with house.office.store.begin() as tx:
        decide(house.office, tx, case.id, Outcome.UNVERIFIABLE, "李四", "无法核实", (), house.office.now())
    assert house.get().state is ProofState.CANCELLED
    assert house.matters() == set()


def test_a_withdrawn_or_corrected_case_asks_nobody_any_more(house: House, book: Policybook) -> None:
    with house.office.store.begin() as tx:
        changed = application(1, "dispatch-premises", FACTS | {"office-in-use": "是的"})
        correct(house.office, tx, house.case_id, changed, "hall", house.office.now())
    settle(house.office)
    assert house.get().state is ProofState.CANCELLED
    with house.office.store.read() as tx:
        fresh = next(one for one in tx.selfproofs.of_case(house.case_id) if one.id != house.proof)
    assert fresh.state is ProofState.ASKED
    with house.office.store.begin() as tx:
        withdraw(house.office, tx, house.case_id, "改走原程序", "hall", house.office.now())
    with at_the_edge(replace(house, proof=fresh.id)) as edge:
        answer = show(edge, replace(house, proof=fresh.id), png())
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "self_proof_over")


@pytest.mark.slow
def test_what_was_shown_goes_some_time_after_its_case_and_its_digest_stays(house: House) -> None:
    with at_the_edge(house) as edge:
        told = show(edge, house, png()).json()["materials"][0]
        read(edge, house, "match")

        def night() -> None:
            with house.office.store.begin() as tx:
                told = Schedules(keep_materials_days=183)
                tx.work.order([schedules(told, {}, house.hand())["sweep:forget"].order(house.hand(), house.hand())], house.hand())
            settle(house.office)

        house.hand.on(days=180)
        night()
        with house.office.store.read() as tx:
            assert tx.materials.content(house.proof, told["digest"])
        house.hand.on(days=5)
        night()
        with edge.as_(Role.OFFICER) as officer:
            gone = officer.get(f"/v1/self-proofs/{house.proof}/materials/{told['digest']}")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "material_gone")
    assert house.get().materials[0].digest == told["digest"]
    with house.office.store.read() as tx:
        let_go = [row["at"] for row in tx.ledger.about(house.case_id) if row["rule"] == "self_proof.forget"]
    assert let_go == [house.hand()], "an entry is of the moment at which it is written"


def test_open_self_proofs_are_told_page_by_page_what_waits_to_be_read_first(house: House) -> None:
    for number in range(2, 6):
        post(house.office, application(number, "dispatch-premises", FACTS))
        settle(house.office)
        house.hand.on(hours=1)
    with at_the_edge(house) as edge:
        assert show(edge, house, png()).status_code == 200
    with house.office.store.read() as tx:
        whole = [one.id for one in tx.selfproofs.open_of(["bureau"], 100)]
        found: list[str] = []
        while page := tx.selfproofs.open_of(["bureau"], 2, found[-1] if found else ""):
            found += [one.id for one in page]
    assert (len(whole), whole[0]) == (5, house.proof)
    assert found == whole


@pytest.mark.slow
def test_the_page_takes_a_file_without_a_script_and_says_beside_the_form_what_does_not_fit(house: House) -> None:
    path = house.path()
    with at_the_edge(house) as edge, edge.client(Accept="text/html", Accept_Language="en") as subject:

        def send(content: bytes, name: str = "photo.jpg") -> httpx.Response:
            return subject.post(path, data={"do": "show", "message": "m1", "remark": "门口"}, files={"material": (name, content)})

        nothing = subject.post(path, data={"do": "show"}, files={"material": ("", b"")})
        assert (nothing.status_code, "Choose a file" in nothing.text) == (422, True)
        wrong = send(b"<script>alert(1)</script>", "photo.jpg")
        assert (wrong.status_code, "This kind of file is not taken" in wrong.text, "门口" in wrong.text) == (422, True, True)
        large = send(b"\xff\xd8\xff" + b"0" * 1_100_000)
        assert (large.status_code, "at most 1 MB" in large.text, "<form" in large.text) == (422, True, True)
        assert house.get().materials == ()
        done = send(jpeg())
        assert (done.status_code, done.headers["location"].startswith("/show/")) == (303, True)
        twice = send(jpeg())
        assert twice.status_code == 303
        broken = subject.post(
            path,
            content=b'--b\r\nContent-Disposition: form-data; name="do"\r\n\r\nsh',
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert broken.status_code == 400
        tiny = b"--b\r\nA: b\r\n\r\n\r\n" * 50_000
        assert subject.post(path, content=tiny, headers={"Content-Type": "multipart/form-data; boundary=b"}).status_code == 400
    assert len(house.get().materials) == 1


def test_an_upload_that_breaks_off_leaves_nothing_half_and_the_next_one_is_taken(house: House) -> None:
    with at_the_edge(house) as edge:
        host, port = urlsplit(edge.url).hostname or "", urlsplit(edge.url).port or 0
        with socket.create_connection((host, port)) as line:
            head = f"POST {house.path()} HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n"
            head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            line.sendall(head.encode() + b'--b\r\nContent-Disposition: form-data; name="material"; filename="a"\r\n\r\n' + jpeg())
        assert show(edge, house, png()).status_code == 200
    assert [one.kind.value for one in house.get().materials] == ["image/png"]


def test_an_agency_named_with_a_channel_that_is_not_there_is_told_at_the_start() -> None:
    told = Given(
        tree={"bureau": AgencyNode(id="bureau", name="局", subjects="ap")},
        plans={},
        there={"sources": (), "assistance": (), "seeds": (), "channels": ("app",)},
    )
    (flaw,) = flaws(told, (), START.date())
    assert (flaw.code, flaw.facts["nearest"]) == ("agency_subjects_unknown", "app")
