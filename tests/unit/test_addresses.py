"""No address holds a person's name, number or code: addresses are logged by every server, proxy and browser on the way."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from inspector import web

ASKED = {
    "after": "a place in a list, by an id of ours",
    "agency": "an agency's id",
    "case": "a case's id",
    "form": "json or csv",
    "kind": "a kind of matter",
    "lang": "a language",
    "limit": "a number of rows",
    "next": "a page of ours",
    "pdf": "whether a print comes along",
    "per": "a month, a quarter or a year",
    "reference": "the number of an application",
    "since": "a day",
    "state": "a state",
    "until": "a day",
    "year": "a year",
    **dict.fromkeys(("code", "error", "iss", "state"), "OpenID Connect Core 3.1.2.5: a code for one use, which names nobody"),
}
"""What addresses ask by. Add what names nobody; a name, a number or a code of somebody goes into the message."""

PLACES = {
    **dict.fromkeys(("case_id", "request_id", "consequence_id", "notice_id", "proof_id", "tip_id", "check_id"), "an id of ours"),
    **dict.fromkeys(("attention_id", "objection", "entry", "bar", "visit", "duty", "deputy"), "an id of ours"),
    "agency": "an agency's id",
    "channel": "a channel of the settings",
    "digest": "SHA-256 of a picture",
    "inspector": "an officer's number in the roster",
    "item": "an item of a pack",
    "name": "a seat, a plan, an agency or a connector by its id",
    "number": "a draw's number",
    "token": "a secret of a link, of use once the link is known",
    "year": "a year",
}


def routes() -> Iterator[APIRoute]:
    for one in pkgutil.iter_modules(web.__path__):
        room = importlib.import_module(f"{web.__name__}.{one.name}")
        for router in vars(room).values():
            if isinstance(router, APIRouter):
                yield from (route for route in router.routes if isinstance(route, APIRoute))


def asked(needs: Dependant) -> Iterator[tuple[str, str]]:
    yield from (("query", one.alias) for one in needs.query_params)
    yield from (("path", one.alias) for one in needs.path_params)
    for one in needs.dependencies:
        yield from asked(one)


def test_no_address_asks_by_a_name_a_number_or_a_code_of_somebody() -> None:
    seen = {(*one, route.path) for route in routes() for one in asked(route.dependant)}
    assert len(seen) > 100
    known = {"query": ASKED, "path": PLACES}
    assert sorted(one for one in seen if one[1] not in known[one[0]]) == []
    assert {one for one in seen if one[:2] == ("query", "code")} == {("query", "code", "/signin/{name}/back")}
    assert {(name, kind) for kind, name, _ in seen} == {(name, kind) for kind, names in known.items() for name in names}
