"""A hunt for planted persons: their names, numbers and words are in no log, metric, address, name of a file or error (PIPL art. 51)."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.roster import InspectorRecord, RosterObject
from inspector.flows import serving as serving_flow
from inspector.flows.office import Office
from inspector.ports import Garbled
from inspector.store.store import Store
from inspector.web.roles import Role
from tests import house
from tests.edge import Edge, a_case, serving
from tests.engine import listening
from tests.house import Hand, Table, open_office, settle
from tests.materials import png
from tests.reached import proposed
from tests.sealing import at_rest, found, sealed_store

CODE, OTHER = "110105194912310002", "11010519491231001X"
NAME, SIGNER, PROXY, TELLER = "欧阳暗记", "暗记签名人", "暗记代理人", "暗记举报人"
PHONE, MAIL, TELLS = "13912345678", "anji@example.test", "13787654321"
LETTER, WORDS, TIP, VALUE, REASONS, PICTURE = ("暗记承诺书", "暗记申辩词", "暗记线索词", "暗记承诺值", "暗记裁量理由", "暗记图片")
OFFICER_PHONE = "13611112222"
MARKS = {
    *(CODE, OTHER, NAME, SIGNER, PROXY, TELLER, PHONE, MAIL, TELLS, LETTER, WORDS, TIP, VALUE, REASONS, PICTURE),
    OFFICER_PHONE,
}


@dataclass
class Hunt:
    """A person's case, and what everybody was told meanwhile."""

    office: Office
    edge: Edge
    errors: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def call(self, client: httpx.Client, method: str, path: str, body: Mapping[str, object] | None = None) -> httpx.Response:
        """One request; what came back as an error, and every name and address that the answer brings along, is kept."""
        told = client.request(method, path, json=body)
        if told.status_code >= 400:
            self.errors.append(f"{method} {path} {told.status_code} {told.text}")
        self.names += [told.headers.get("content-disposition", ""), told.headers.get("location", "")]
        self.names += re.findall(r"(?:href|src|action)=\"([^\"]+)\"", told.text)
        return told


def _case(**changes: object) -> dict[str, object]:
    claims = [{"key": "c1", "fact": "household", "value": VALUE, "on": "2026-02-27"}]
    letter = {"text": LETTER, "notice_version": "2025-01", "signed_by": SIGNER, "proxy": PROXY, "signed_on": "2026-03-01"}
    held = a_case(matter="BENEFIT", item="relief-household", claims=claims, letter=letter)
    held |= {
        "subject": {"kind": "PERSON", "code": CODE, "name": NAME},
        "contact": {"phone": PHONE, "email": MAIL, "agreed": True},
    }
    return held | changes


def _registers(store: Store) -> None:
    """A person under daily supervision, and an officer with a telephone."""
    with store.begin() as tx:
        seen = RosterObject(agency="bureau", kind=SubjectKind.PERSON, code=CODE, original=CODE, name=NAME, pool="east")
        tx.rosters.put_objects([seen])
        told: dict[str, Any] = {
            "certificate": "C1",
            "certificate_until": date(2030, 1, 1),
            "channel": "sms",
            "address": OFFICER_PHONE,
        }
        tx.rosters.put_inspectors([InspectorRecord(agency="bureau", id="A-1", name=SIGNER, pools=("east",), **told)])


def _intake(hunt: Hunt) -> str:
    """The approving system sends the case, again, otherwise under its number, and in several wrong forms."""
    other = {"kind": "PERSON", "code": OTHER, "name": NAME}
    with hunt.edge.as_(Role.SYSTEM, name="hall") as hall:
        case_id = str(hunt.call(hall, "POST", "/v1/cases", _case()).json()["id"])
        hunt.call(hall, "POST", "/v1/cases", _case())
        hunt.call(hall, "POST", "/v1/cases", _case(reference="R-000009", subject=other))
        for wrong in (
            {"subject": other},
            {"subject": {"kind": "NOBODY", "code": CODE, "name": NAME}, "reference": "R-2"},
            {"subject": {"kind": "PERSON", "code": CODE * 9, "name": NAME}, "reference": "R-3"},
            {"contact": {"phone": f"{PHONE}x", "email": MAIL}, "reference": "R-4"},
            {"contact": {"phone": PHONE, "email": f"{MAIL} {NAME}"}, "reference": "R-5"},
            {"letter": f"{LETTER} {SIGNER}", "reference": "R-6"},
            {"claims": [{"key": VALUE, "fact": VALUE, "value": VALUE, "on": VALUE}], "reference": "R-7"},
            {"claims": [{"key": "c1", "fact": "no-such-fact", "value": VALUE, "on": "2026-02-27"}], "reference": "R-8"},
        ):
            hunt.call(hall, "POST", "/v1/cases", _case(**wrong))
        hunt.call(hall, "PUT", f"/v1/cases/{case_id}/contact", {"phone": PHONE, "email": f"no address {MAIL}"})
        told = {"agency": "bureau", "source": "HOTLINE", "subject": {"code": CODE, "kind": "PERSON", "name": NAME}, "words": TIP}
        hunt.call(hall, "POST", "/v1/tip-offs", told | {"informant": {"name": TELLER, "contact": TELLS}})
        hunt.call(hall, "POST", "/v1/tip-offs", told | {"source": TELLER})
        hunt.call(hall, "POST", f"/v1/cases/{case_id}/withdraw", {"reason": [NAME]})
    return case_id


def _subject(hunt: Hunt, case_id: str) -> None:
    """Its subject gets a notice, reads it, and speaks with a file, well and wrongly."""
    given = {"case_id": case_id, "kind": "GUIDANCE", "title": "提示", "facts": [f"{NAME} {VALUE}"], "reasons": REASONS}
    with hunt.edge.as_(Role.OFFICER, name="李四") as officer:
        hunt.call(officer, "POST", "/v1/subject-notices", given | {"basis": ["P:2.7"]})
    made = proposed(hunt.office, case_id, f"{NAME} {VALUE}", REASONS)
    with hunt.office.store.read() as tx:
        token = serving_flow.token(hunt.office, tx, made)
    shown = f"/v1/subject-notices/{made}/words"
    said = {"word": "DEFENCE", "words": WORDS}
    with hunt.edge.client(X_Link_Token=token) as subject:
        hunt.call(subject, "GET", f"/subject/{made}/{token}")
        hunt.call(subject, "POST", shown, said | {"file": {"content": base64.b64encode(png()).decode()}})
        hunt.call(subject, "POST", shown, said | {"file": {"content": base64.b64encode(PICTURE.encode()).decode()}})
        hunt.call(subject, "POST", shown, {"word": WORDS})
    with hunt.edge.client(X_Link_Token=token[::-1]) as stranger:
        hunt.call(stranger, "POST", shown, said)


def _officer(hunt: Hunt, case_id: str) -> None:
    """An officer looks the person up, decides wrongly, reads who told, and takes the case's file out of the house."""
    with hunt.edge.as_(Role.OFFICER, name="李四") as officer:
        for path in (f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/explain", f"/v1/cases/{case_id}/inquiries", "/v1/tip-offs"):
            hunt.call(officer, "GET", path)
        decision = {"outcome": "UNTRUE_CURABLE", "reasons": REASONS, "evidence": [f"{NAME} {CODE}"]}
        hunt.call(officer, "POST", f"/v1/cases/{case_id}/review", decision | {"knowledge": NAME})
        hunt.call(officer, "POST", f"/v1/cases/{case_id}/review", {"outcome": "TRUE", "reasons": REASONS, "evidence": []})
        attempt = {"way": "PHONE", "to": PHONE, "what": WORDS, "result": NAME}
        hunt.call(officer, "POST", f"/v1/cases/{case_id}/attempts", attempt)
        (tip,) = hunt.call(officer, "GET", "/v1/tip-offs").json()["tip_offs"]
        assert hunt.call(officer, "POST", f"/v1/tip-offs/{tip['id']}/informant").json()["name"] == TELLER
        file = hunt.call(officer, "GET", f"/v1/cases/{case_id}/dossier")
        hunt.names += zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    with hunt.edge.client() as browser:
        browser.post("/login", data={"token": hunt.edge.token(Role.OFFICER, name="李四")})
        found_by_name = hunt.call(browser, "GET", "/review").text
        found_by_name += browser.post("/review", data={"find": NAME}).text
        assert NAME in found_by_name, "the page was read"
        for path in (f"/review/{case_id}", "/tip-offs", "/notices"):
            hunt.call(browser, "GET", path)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with house.closing(sealed_store(database_url)) as held:
        yield held


@pytest.mark.slow
def test_planted_persons_are_found_in_no_log_metric_address_name_or_error_and_nowhere_on_the_disk(
    store: Store, hand: Hand
) -> None:
    rows: dict[tuple[str, str], str | Exception] = {
        ("household", CODE): Garbled("garbled", digest="0" * 64),
        ("household", OTHER): RuntimeError(f"no row for {OTHER} {NAME}"),
    }
    social = Table(name="social", default=RuntimeError(f"{NAME} {CODE} {PHONE}"))
    with listening(level="DEBUG") as log:
        office = open_office(store, hand, sources={"registers": Table(rows=rows, default="="), "social": social})
        _registers(store)
        with serving(office) as edge:
            hunt = Hunt(office, edge)
            case_id = _intake(hunt)
            settle(office)
            _subject(hunt, case_id)
            _officer(hunt, case_id)
            settle(office)
            with edge.client() as anybody:
                metrics = anybody.get("/metrics").text
    told = {"log": log.getvalue(), "metrics": metrics, "names": "\n".join(hunt.names), "errors": "\n".join(hunt.errors)}
    assert {where: found(text.encode(), MARKS) for where, text in told.items()} == {where: set[str]() for where in told}
    assert len(hunt.errors) > 8, "there were errors to look at"
    assert "connector.called" in told["log"]
    assert found(at_rest(store), MARKS) == set()
