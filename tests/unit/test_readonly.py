"""An overseer reads and changes nothing: no operation that writes lets the role in, but for readings that are asked for by a message."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from inspector.web.caller import allow
from inspector.web.roles import Role
from tests.unit.test_addresses import routes

READINGS = {
    "/v1/duty": "whose file it is stands in no address; that it was read is an entry of the ledger",
    "/v1/draws/{number}/receipts": "for which firm stands in no address; that it was asked for is an entry of the ledger",
}


def needs(told: Dependant) -> Iterator[object]:
    yield told.call
    for one in told.dependencies:
        yield from needs(one)


def let_in(route: APIRoute) -> frozenset[Role] | None:
    """The roles that an operation lets in; None where it asks for no role by itself."""
    for call in needs(route.dependant):
        if getattr(call, "__qualname__", "").startswith(f"{allow.__name__}."):
            return frozenset(inspect.getclosurevars(call).nonlocals["roles"])  # type: ignore[arg-type]
    return None


def writing() -> list[APIRoute]:
    return [one for one in routes() if one.path.startswith("/v1/") and one.methods and not one.methods <= {"GET", "HEAD"}]


def test_no_operation_that_writes_lets_an_overseer_in() -> None:
    held = {route.path: let_in(route) for route in writing()}
    assert len(held) > 80
    assert {path for path, roles in held.items() if roles and Role.AUDITOR in roles} == READINGS.keys()


BY_LINK = (
    "/v1/assistance/",
    "/v1/seats/",
    "/v1/self-proofs/",
    "/v1/subject-notices/",
    "/v1/channels/",
    "/v1/agencies/",
    "/v1/scans",
)
"""What is also, or only, said by the capability of a link or by a signature: `tests.integration.test_oversight` tries them by a token."""


def test_what_asks_for_no_role_is_said_by_a_link_or_a_signature() -> None:
    assert [one.path for one in writing() if let_in(one) is None and not one.path.startswith(BY_LINK)] == []
