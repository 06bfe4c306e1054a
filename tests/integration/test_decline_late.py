"""A decline that lay in a phone without signal: in time it counts, late it is told as such and stays in the file (issue 6)."""

from __future__ import annotations

import json

import pytest

from inspector.domain.errors import Refusal
from inspector.domain.visit import Seat, SeatState
from inspector.flows import dispatch
from inspector.flows.office import Office
from inspector.flows.seated import by_name
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_relief import drawn, team

pytestmark = [pytest.mark.alike, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
WHY = "与当事人有亲属关系"


def silent(store: Store, hand: Hand) -> tuple[Office, Seat, str]:
    """A seat whose date to accept passes; what its phone wrote before, by its own clock."""
    office, _, visit = drawn(store, hand, staff=6)
    seat = team(office, visit)[0]
    written = hand().isoformat()
    hand.now = seat.accept_by
    settle(office)
    return office, seat, written


def stands(office: Office, name: str) -> Seat:
    with office.store.read() as tx:
        return by_name(tx, name)[1]


@pytest.mark.slow
def test_one_that_comes_when_the_seat_has_passed_on_says_so_and_stays_in_the_file_and_moves_nobody(
    store: Store, hand: Hand
) -> None:
    office, seat, written = silent(store, hand)
    assert stands(office, seat.name).state is SeatState.EXPIRED
    before = [one.name for one in _all(office, seat)]
    with serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", seat.name)) as phone:
        path, said = f"/v1/seats/{seat.name}/decline", {"reason": WHY, "captured_at": written, "accepted": False}
        for _ in range(2):  # each try is the same message
            hand.on(minutes=5)
            told = phone.post(path, json=said | {"sent_at": hand().isoformat()}, headers={"Idempotency-Key": "phone-1"})
            assert (told.status_code, told.json()["state"], told.json()["belated"]) == (200, "EXPIRED", WHY)
        again = phone.post(path, json=said, headers={"Idempotency-Key": "phone-2"})
        online = phone.post(path, json={"reason": WHY})
        page = phone.get(f"/seat/{seat.name}/{office.link_token('seat', seat.name)}", headers={"Accept-Language": "zh"}).text
        with edge.as_("officer") as officer:
            held = officer.get(f"/v1/seats/{seat.name}").json()
    assert [one.json()["error"]["code"] for one in (again, online)] == ["seat_closed", "seat_closed"]
    assert ("您的推辞在任务另行抽派之后才收到" in page, WHY in page) == (True, True)
    assert (held["state"], held["belated"]) == ("EXPIRED", WHY)
    assert [one.name for one in _all(office, seat)] == before, "nobody is dealt anew by it"
    with store.read() as tx:
        (entry,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(seat.visit) if row["rule"] == "seat.decline_late"]
    assert entry["captured_at"] == written
    assert WHY not in json.dumps(entry, ensure_ascii=False), "of a recusal the fact counts; its reason stays with the seat"


def test_one_that_comes_in_time_is_a_decline_however_long_it_lay(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    seat, written = team(office, visit)[0], hand()
    hand.on(hours=3)
    with store.begin() as tx:
        made = dispatch.decline(office, tx, seat.name, WHY, hand(), captured_at=written, sent_at=hand(), unaccepted=True)
    assert (made.state, made.reason, made.belated) == (SeatState.DECLINED, WHY, "")


@pytest.mark.slow
def test_who_has_accepted_since_it_was_written_has_said_so_later(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    seat, written = team(office, visit)[0], hand()
    with store.begin() as tx:
        dispatch.accept(tx, seat.name, hand())
    with store.begin() as tx, pytest.raises(Refusal, match="seat_accepted_since"):
        dispatch.decline(office, tx, seat.name, WHY, hand(), captured_at=written, unaccepted=True)
    assert stands(office, seat.name).state is SeatState.ACCEPTED
    with store.begin() as tx:
        dispatch.decline(office, tx, seat.name, WHY, hand(), captured_at=written)
    assert stands(office, seat.name).state is SeatState.DECLINED, "who declines what he or she has accepted does decline"


def _all(office: Office, seat: Seat) -> list[Seat]:
    with office.store.read() as tx:
        return list(tx.visits.team(seat.visit))
