"""Scenario 39: whom an unannounced check is to stands behind no address, in no log and in no metric, and is released to the team alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from itertools import product

import httpx
import pytest

from inspector.domain.calendar import Term
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.domain.visit import Visit
from inspector.flows import dispatch
from inspector.flows.office import Office, Plan
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.drawn import carried_out, drawing
from tests.edge import Edge, serving
from tests.engine import listening
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce
from tests.integration.test_draw_way import Phones, visits
from tests.integration.test_exclusions import firm
from tests.integration.test_replacements import changed
from tests.unit.test_addresses import routes

pytestmark = [pytest.mark.alike, pytest.mark.slow]

FIRMS = 12
STREAM = "/ops/stream"
"""It never ends; its first event tells what each of them does."""
OTHERS = (Role.CLERK, Role.OPS, Role.SYSTEM, Role.CREDIT)
"""Officers and auditors may read the list, and the ledger says who did (test_embargo)."""


def unannounced(store: Store, hand: Hand) -> tuple[Office, Phones, Draw]:
    """A carried-out draw from a pool of firms of which teams hear a working day before the last day of the visit."""
    office, phones, _ = drawing(store, hand, staff=9)
    office = replace(office, book=changed(office, "1/4", {}))

    def change(pack: Policy) -> Policy:
        row = replace(pack.terms[Timer.RELEASE], term=Term.parse("1wd"))
        return replace(pack, terms={**pack.terms, Timer.RELEASE: row})

    plans = {"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)}
    office = replace(office, plans=plans, book=replace(office.book, packs=tuple(map(change, office.book.packs))))
    with store.begin() as tx:
        tx.rosters.put_objects(firm(number, name=f"临溪第{number}饮食店") for number in range(FIRMS))
    held = announce(office, hand, "weekly")
    settle(office)
    return office, phones, carried_out(office, hand, held.number)


def naming(texts: Iterable[str], visit: Visit) -> list[int]:
    """In which texts an object's code or name stands."""
    return [place for place, text in enumerate(texts) if visit.code in text or visit.name in text]


def addresses(visit: Visit, seats: Iterable[str]) -> list[str]:
    """Every address that answers to GET, with each thing of this draw that its places may mean."""
    places = {
        "number": [visit.draw],
        "visit": [visit.id],
        "name": [*seats, "weekly", "bureau"],
        "agency": ["bureau"],
        "inspector": ["Z001"],
        "year": ["2026"],
    }
    told = set[str]()
    for path in {re.sub(r":\w+}", "}", route.path) for route in routes() if "GET" in (route.methods or ())}:
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        for values in product(*(places.get(name, ["unknown"]) for name in names)):
            told.add(path.format(**dict(zip(names, values, strict=True))))
    return sorted(told)


def answer(client: httpx.Client, path: str) -> tuple[int, str]:
    """What is answered, as far as it goes."""
    if path != STREAM:
        heard = client.get(path)
        return heard.status_code, heard.text
    with client.stream("GET", path) as heard:
        return heard.status_code, next(heard.iter_text(), "")


def readable(edge: Edge, paths: list[str]) -> tuple[dict[str, str], set[str]]:
    """What everybody reads who is neither of the team nor one that may look at the list; and the paths that answered somebody."""
    told, open_to = dict[str, str](), set[str]()
    with ExitStack() as stack:
        clients = {"a stranger": stack.enter_context(edge.client())}
        for role, agency in (*((role, "bureau") for role in OTHERS), (Role.OPS, "city")):
            clients[f"{role} of {agency}"] = stack.enter_context(edge.as_(role, agency, f"{role}-{agency}"))
            if role in (Role.CLERK, Role.OPS):
                screen = clients[f"{role} of {agency} at the screen"] = stack.enter_context(edge.client())
                screen.post("/login", data={"token": edge.token(role, agency, f"{role}-{agency}")})
        for (who, client), path in product(clients.items(), paths):
            status, told[f"{who} {path}"] = answer(client, path)
            open_to |= {path} if status == httpx.codes.OK else set()
    return told, open_to


def test_scenario_39_behind_no_address_in_no_log_and_in_no_metric_stands_whom_an_unannounced_check_is_to(
    store: Store, hand: Hand
) -> None:
    with listening(level="DEBUG") as log:
        office, phones, drawn = unannounced(store, hand)
        made = visits(office, drawn.number)
        visit = made[0]
        assert (len(made), visit.release_at is not None and visit.release_at > hand()) == (3, True)
        with store.read() as tx:
            teams = {one.id: tx.visits.team(one.id) for one in made}
        paths = addresses(visit, [seat.name for seat in teams[visit.id]])
        with serving(office) as edge:
            told, open_to = readable(edge, paths)
            assert {f"/v1/draws/{drawn.number}", "/ops", f"/figures/{drawn.number}", "/v1/events"} <= open_to
            assert [where for where, text in told.items() if naming([text], visit)] == [], "not before the release"

            for one in made:
                for seat in teams[one.id]:
                    with store.begin() as tx:
                        dispatch.accept(tx, seat.name, hand())
            assert visit.release_at is not None
            hand.now = visit.release_at
            settle(office)
            told, _ = readable(edge, sorted(open_to))
            assert [where for where, text in told.items() if naming([text], visit)] == [], "nor to anybody else after it"

            read = dict[str, bool]()
            for one in made:
                for seat in teams[one.id]:
                    with edge.client(X_Link_Token=office.link_token("seat", seat.name)) as phone:
                        read[seat.name] = bool(naming([phone.get(f"/v1/seats/{seat.name}").text], visit))
                        assert phone.get(f"/v1/seats/{teams[visit.id][0].name}").status_code == (
                            200 if seat.name == teams[visit.id][0].name else 403
                        ), "nobody opens another's assignment"
            assert {name for name, there in read.items() if there} == {seat.name for seat in teams[visit.id]}
            metrics = edge.metrics.render().decode()
    assert naming([metrics, log.getvalue()], visit) == []
    assert visit.id in log.getvalue()
    told_off = {one.to for one in phones.messages if naming([one.title, one.text, repr(one.data)], visit)}
    assert told_off <= {f"phone-{int(seat.inspector[1:])}" for seat in teams[visit.id]}
