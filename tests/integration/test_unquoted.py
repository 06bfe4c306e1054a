"""Whatever is said about a request, by whichever operation, nobody else reads the link that it quotes; and its data stand as written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.urgency import Urgency
from inspector.domain.veil import VEIL
from inspector.flows import replylink
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests.edge import Edge, serving
from tests.house import Hand, open_office, settle
from tests.integration.test_api_assistance import say
from tests.integration.test_api_links import asked
from tests.integration.test_way import Post

pytestmark = pytest.mark.alike

CODE = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zC"
"""A number of their register, as long as a secret of ours and mixed like one."""

GIVEN: dict[str, dict[str, Any]] = {
    "answer": {"verdict": "cannot_say", "value": "见 {0}"},
    "decline": {"inability": "OTHER", "reasons": "见 {0}"},
    "accept": {},
    "part": {"value": "一处", "rest": "另一处，见 {0}"},
    "date": {"day": "2026-03-20", "reasons": "见 {0}"},
    "extension": {"reasons": "见 {0}"},
    "urgency": {"reasons": "见 {0}"},
    "warning": {"reasons": "见 {0}"},
    "forward": {"to": "civil", "reasons": "见 {0}"},
    "dispute": {"about": "COMPETENCE", "reasons": "见 {0}"},
    "decision": {"helps": False, "reasons": "见 {0}"},
    "transcription": {"do": "answer", "verdict": "match", "reasons": "见 {0}", "written": "来函如下：{0}", "scan": "0" * 64},
}
"""What each operation takes; every one is signed by a name behind which a link stands."""


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks other agencies, each of which takes its letters."""
    agencies = {name: Post(name) for name in ("housing", "civil-affairs", "county-office")}
    with serving(open_office(store, hand, agencies=agencies)) as held:
        yield held


def operations(edge: Edge) -> list[str]:
    """Every operation of a request by which somebody signs words."""
    with edge.client() as client:
        told = client.get("/openapi.json").json()
    found = []
    for path, methods in told["paths"].items():
        if not path.startswith("/v1/assistance/{request_id}/") or "post" not in methods:
            continue
        name = methods["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        if "signer" in told["components"]["schemas"][name]["properties"]:
            found.append(path.removeprefix("/v1/assistance/{request_id}/"))
    return found


def everything(store: Store) -> str:
    """All that the database holds of requests, ledger, evidence, notices and matters."""
    with store.read() as tx:
        rows = [tx.connection.execute(sa.select(table)).all() for table in metadata.sorted_tables]
    return json.dumps([[str(row) for row in table] for table in rows], ensure_ascii=False)


@pytest.mark.slow
def test_no_operation_keeps_the_link_that_is_quoted_in_it(edge: Edge) -> None:
    there = operations(edge)
    assert set(there) >= set(GIVEN) - {"warning"}
    for number, what in enumerate(there, 1):
        request_id, _ = asked(edge, number)
        with edge.office.store.read() as tx:
            link, above = replylink.secrets(edge.office, tx, (request_id,))
        if what == "urgency":
            with edge.office.store.begin() as tx:
                tx.assistance.put(replace(tx.assistance.get(request_id), urgency=Urgency.URGENT))
        quoted = f"https://x.example/assist/{request_id}/{link} {above[:9]} > {above[9:]}"
        given = {name: told.format(quoted) if isinstance(told, str) else told for name, told in GIVEN[what].items()}
        given["signer"] = f"赵六 {link}"
        own = edge.as_("officer") if what == "transcription" else edge.client(X_Link_Token=above if what == "decision" else link)
        with own as client:
            if what == "decision":
                with edge.client(X_Link_Token=link) as agency:
                    say(agency, request_id, "dispute", about="COMPETENCE", reasons="不归我局", signer="赵六")
            code, told = say(client, request_id, what, **given)
        assert code == 200, (what, told)
        kept = everything(edge.office.store) + json.dumps(told, ensure_ascii=False)
        assert VEIL in kept, what
        for secret in (link, above, above[9:]):
            assert secret not in kept, what


def test_words_that_come_afterwards_keep_none_either(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency:
        say(agency, request_id, "answer", verdict="match", signer="赵六")
        code, told = say(agency, request_id, "decline", inability="OTHER", reasons=f"见 {link}", signer="赵六")
    assert (code, told["afterwords"][0]["text"]) == (200, f"见 {VEIL}")
    assert link not in everything(edge.office.store)


@pytest.mark.parametrize("what", ["answer", "part"])
def test_a_number_of_their_register_stands_though_it_looks_like_a_secret_and_a_link_of_ours_is_refused_by_name(
    edge: Edge, what: str
) -> None:
    (request_id, link), (_, other) = asked(edge), asked(edge, 2)
    settle(edge.office)  # both letters have left
    rest = {"rest": "另一处"} if what == "part" else {}
    with edge.client(X_Link_Token=link) as agency:
        for value in (link, f"/assist/R-1/{CODE}", other):
            code, told = say(agency, request_id, what, value=value, signer="赵六", **rest)
            assert (code, told["code"]) == (422, "value_quotes"), value
        code, told = say(agency, request_id, what, value=CODE, signer="赵六", **rest)
    assert code == 200
    assert CODE in json.dumps(told["parts"] if rest else told["reply"])
