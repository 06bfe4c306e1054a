"""An acceptance expires: who says yes and is never heard of makes room by the rule, and nothing that lay in a phone is lost by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from inspector.domain.attempt import AttemptWay
from inspector.domain.visit import LAPSED, SeatState, VisitState
from inspector.flows import attempts
from inspector.flows.seats import LAPSED_NOTE, OVERDUE
from inspector.flows.teamnotes import AGAINST
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import Phones, replayed
from tests.integration.test_fieldnotes import note, photo, team
from tests.materials import jpeg

pytestmark = [pytest.mark.alike, pytest.mark.slow]


@pytest.fixture
def links() -> Iterator[ExitStack]:
    """Clients that are closed at the end."""
    with ExitStack() as held:
        yield held


def opened(store: Store, hand: Hand, stack: ExitStack) -> tuple[Edge, Phones]:
    """A house with one drawn visit."""
    office, phones, _ = drawing(store, hand, staff=8)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    return stack.enter_context(serving(office)), phones


def looked(edge: Edge, hand: Hand, visit: str, late: timedelta = timedelta()) -> None:
    """The clock goes to the next look at an overdue visit, which is carried out."""
    with edge.office.store.read() as tx:
        row = next(one for key in _keys(visit) if (one := tx.work.keyed(key)) is not None and one["state"] != "done")
    hand.now = row["due_at"].astimezone(hand.now.tzinfo) + late
    settle(edge.office)


def _keys(visit: str) -> list[str]:
    return [f"visit.due:{visit}", f"visit.lapse:{visit}", *(f"visit.lapse:{visit}:{number}" for number in range(1, 9))]


def states(edge: Edge, visit: str) -> list[tuple[SeatState, str]]:
    with edge.office.store.read() as tx:
        return [(seat.state, seat.reason) for seat in sorted(tx.visits.team(visit), key=lambda one: (one.turn, one.place))]


def matters(edge: Edge, kind: str) -> list[dict[str, Any]]:
    with edge.office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == kind]


def test_who_accepted_and_is_not_heard_of_is_followed_by_the_rule_and_what_lay_in_the_phone_is_kept_for_a_person(
    store: Store, hand: Hand, links: ExitStack
) -> None:
    edge, phones = opened(store, hand, links)
    visit, seats, (client, _) = team(edge, links)
    looked(edge, hand, visit.id)
    assert len(matters(edge, OVERDUE)) == 1
    assert {state for state, _ in states(edge, visit.id)} == {SeatState.ACCEPTED}, "the time to enter a result runs"
    looked(edge, hand, visit.id, late=timedelta(hours=2))
    assert {state for state, _ in states(edge, visit.id)} == {SeatState.ACCEPTED}, "the house was away: nobody could be heard"
    looked(edge, hand, visit.id)
    assert states(edge, visit.id)[:2] == [(SeatState.EXPIRED, LAPSED)] * 2
    assert [state for state, _ in states(edge, visit.id)[2:]] == [SeatState.HANDED_OVER] * 2, "the next ones' phones have it"
    settle(edge.office)
    assert len(phones.off) == 2, "who need not go any more is told"
    with store.read() as tx:
        log = [json.loads(line) for line in tx.draws.files(visit.draw)["after.jsonl"].splitlines()]
    assert [(line["kind"], line["reason"]) for line in log] == [("redeal", LAPSED)] * 2
    replayed(edge.office, visit.draw)
    page = client.get(f"/seat/{seats[0]}/{edge.office.link_token('seat', seats[0])}?lang=en").text
    assert "What still waits on this phone is taken in" in page
    assert 'data-takes="yes"' in page
    came = client.post(f"/v1/seats/{seats[0]}/notes", json=note(visit, "mismatch", "门上贴着转让"))
    assert (came.status_code, came.json()["became"], came.json()["came"]["late"]) == (200, "KEPT", True)
    (told,) = matters(edge, LAPSED_NOTE)
    assert told["seat"] == seats[0]
    (told,) = matters(edge, AGAINST)
    assert told["cases"] == list(visit.case_ids), "whatever became of the seat, an officer reads it"
    _, new, clients = team_of_now(edge, links, visit.id)
    done = clients[0].post(f"/v1/seats/{new[0]}/notes", json=note(visit, "match"))
    assert done.json()["became"] == "RESULT", "what the others wrote decides nothing, and is no clash"
    with store.read() as tx:
        assert len(tx.fieldnotes.notes(visit.id, "bureau")) == 2
        assert tx.visits.get(visit.id).state is VisitState.DONE


def team_of_now(edge: Edge, links: ExitStack, visit: str) -> tuple[str, list[str], list[Any]]:
    """Who sits there now, with a client each; both accept."""
    with edge.office.store.read() as tx:
        names = [one.name for one in tx.visits.team(visit) if one.state.open]
    clients = [links.enter_context(edge.client(X_Link_Token=edge.office.link_token("seat", name))) for name in names]
    for name, client in zip(names, clients, strict=True):
        assert client.post(f"/v1/seats/{name}/accept").status_code == 200
    return visit, names, clients


def test_the_acceptance_of_a_team_that_was_heard_of_does_not_end(store: Store, hand: Hand, links: ExitStack) -> None:
    edge, _ = opened(store, hand, links)
    visit, seats, _ = team(edge, links)
    looked(edge, hand, visit.id)
    with store.begin() as tx:
        attempts.from_seat(edge.office, tx, seats[0], AttemptWay.ON_SITE, None, "大门紧锁", hand())
    for _ in range(2):
        looked(edge, hand, visit.id)
    assert {state for state, _ in states(edge, visit.id)} == {SeatState.ACCEPTED}


def test_what_comes_from_a_team_of_before_keeps_no_silent_team_of_now(store: Store, hand: Hand, links: ExitStack) -> None:
    edge, _ = opened(store, hand, links)
    visit, seats, (client, _) = team(edge, links)
    for _ in range(2):
        looked(edge, hand, visit.id)
    settle(edge.office)
    assert client.post(f"/v1/seats/{seats[0]}/notes", json=note(visit, "match")).json()["became"] == "KEPT"
    assert client.post(f"/v1/seats/{seats[0]}/photos", json=photo(jpeg())).status_code == 200
    assert matters(edge, AGAINST) == []
    _, new, _ = team_of_now(edge, links, visit.id)
    for _ in range(6):  # a seat given late has the term of a visit, and then that of a result
        looked(edge, hand, visit.id)
    with store.read() as tx:
        ended = {one.name: (one.state, one.reason) for one in tx.visits.team(visit.id) if one.name in new}
    assert ended == dict.fromkeys(new, (SeatState.EXPIRED, LAPSED)), "nobody has heard of those who go now"
