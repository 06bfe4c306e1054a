"""Generated requests against the described API: authenticated, with every check schemathesis has, on SQLite.

One thing is set, nothing is left out: a message that fits its description may still be refused as 422, because it names an
item, agency or date that the office does not know; the description cannot list those. So that the check of accepted messages
loses nothing by it, `fits` below fails when such a message is refused as *not fitting its description*.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from inspector.flows.office import Office
from inspector.settings import Web
from inspector.telemetry.metrics import Metrics
from inspector.web.app import build
from inspector.web.health import Health
from inspector.web.roles import Role
from tests.edge import WEB, Edge, a_case, serving
from tests.house import Hand, closing, open_office, open_store

ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "422", "429", "5xx"]
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}}
EXAMPLES = int(os.environ.get("INSPECTOR_TEST_EXAMPLES", "25"))
"""Requests for each operation; .ci/run and ./test --slow ask for 500."""
QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
Case = schemathesis.Case[Any]
SCHEMA = schemathesis.openapi.from_dict(
    build(cast(Office, None), Metrics(), Health, lambda: True, WEB).openapi(), config=SchemathesisConfig.from_dict(CONFIG)
)
"""The description: it depends on the code alone, so no office is needed to give it."""


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge with some of everything behind it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('api') / 'inspector.sqlite3'}"
    with closing(open_store(url)) as store, serving(open_office(store, Hand()), Web(port=0)) as held:
        yield held


@pytest.fixture(scope="module")
def headers(edge: Edge) -> Callable[[Case], dict[str, str]]:
    """The right headers for a request: the token of the role it is for, or the link of the seat it names."""
    tokens = {role: edge.token(role, "city", "hall") for role in Role}

    def choose(case: Case) -> dict[str, str]:
        path = case.path
        spoilt = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
        if spoilt and "Idempotency-Key" not in (case.headers or {}):
            return {}  # what was spoilt is the token itself: a good one would mend it
        if path.startswith("/v1/seats/") and case.method == "POST":
            return {"X-Link-Token": edge.office.link_token("seat", str(case.path_parameters.get("name", "")))}
        return {"Authorization": f"Bearer {tokens[role_of(path, case.method)]}"}

    return choose


def role_of(path: str, method: str) -> Role:
    """Who an operation is for."""
    if path in ("/v1/work", "/metrics"):
        return Role.OPS
    if path.startswith("/v1/draws"):
        return Role.CLERK
    if path.startswith("/v1/credit"):
        return Role.CREDIT
    if path.endswith("/review") or path.startswith(("/v1/attention", "/v1/assistance", "/v1/seats")):
        return Role.OFFICER
    return Role.SYSTEM


@pytest.fixture(scope="module")
def real(edge: Edge) -> dict[str, str]:
    """Real things to ask about: without them every generated id would end at "unknown"."""
    office, now = edge.office, edge.office.now()
    person = {"kind": "PERSON", "code": "110105194912310021", "name": "王某"}
    claims = [{"key": "c1", "fact": "home-title", "value": "王某", "on": "2026-02-27"}]
    given = a_case(900, matter="CONFIRMATION", item="hukou-housing", subject=person, claims=claims)
    with edge.as_("system", "city", "hall") as client:
        case_id = str(client.post("/v1/cases", json=given).json()["id"])
    with office.store.begin() as tx:
        (request,) = tx.assistance.of_case(case_id)
        tx.attention.open("visit_overdue", "bureau", "v-1", {"n": 1}, now)
    return {"case_id": case_id, "request_id": request.id, "attention_id": "visit_overdue:v-1"}


def to_real(case: Case, real: dict[str, str]) -> None:
    """Put a real thing in the place of a well-formed invented one, in every second request."""
    for name, value in dict(case.path_parameters or {}).items():
        fits = re.fullmatch(r"[0-9a-f]{32}", str(value)) if name == "case_id" else re.fullmatch(r"[A-Za-z0-9]+", str(value))
        if name in real and fits and int(sha256(str(value).encode()).hexdigest(), 16) % 2:
            case.path_parameters[name] = real[name]
    body = case.body
    agency = body.get("agency") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(agency, str) and re.fullmatch(r"[!-~]{1,200}", agency):
        body["agency"] = "bureau"


def fits(ctx: object, response: schemathesis.Response, case: Case) -> None:
    """A request made by the description must not be refused as not fitting it."""
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and response.status_code == 422:
        assert response.json()["error"]["code"] != "message_invalid", response.text


@pytest.mark.timeout(3600)
@SCHEMA.parametrize()
@settings(QUIET, max_examples=EXAMPLES)
def test_nothing_is_found(case: Case, edge: Edge, headers: Callable[[Case], dict[str, str]], real: dict[str, str]) -> None:
    to_real(case, real)
    case.call_and_validate(base_url=edge.url, headers=headers(case), additional_checks=[fits])
