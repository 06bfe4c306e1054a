"""The office calls a seat's link back before its inspector has answered: nobody's silence is made by it (decision 143)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from inspector.domain.reached import Reach
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows import dispatch, seatlink, supplement
from inspector.flows.lookback import differing
from inspector.flows.office import Office
from inspector.flows.reconcile import watched
from inspector.flows.seats import UNDELIVERED
from inspector.ports import Message, Receipt
from inspector.store.store import Store
from tests.drawn import carried_out
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import replayed, visits
from tests.integration.test_pushes import open_lanes
from tests.phones import AWAY, Line, clocks, matters, passed, report, sent, team

pytestmark = pytest.mark.alike


@dataclass
class Crossed(Line):
    """While it takes the push of a seat, something else happens, once."""

    about: str = ""
    meanwhile: Callable[[], object] | None = None

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take a message; what happens meanwhile comes behind it, and so does the push that follows from it, whoever is quicker."""
        receipt = super().push(message, key=key)
        if self.meanwhile is not None and message.data["seat"] == self.about:
            happen, self.meanwhile = self.meanwhile, None
            happen()
        return receipt


def called_back(office: Office, seat: Seat, *, anew: bool, reason: str = "换手机") -> Seat:
    with office.store.begin() as tx:
        return seatlink.call_back(office, tx, seat.name, "王科长", reason, office.now(), anew=anew)


def at(office: Office, visit: Visit, place: int) -> Seat:
    """Who sits at a place now, or sat there last."""
    return [seat for seat in team(office, visit) if seat.place == place][-1]


def entries(office: Office, visit: Visit, rule: str) -> list[dict[str, object]]:
    with office.store.read() as tx:
        return [json.loads(row["body"])["facts"] for row in tx.ledger.about(visit.id) if row["rule"] == rule]


def test_whose_link_is_called_back_is_not_silent_and_has_a_clock_of_its_own_from_the_next_hand_over(
    store: Store, hand: Hand
) -> None:
    line = Line("wecom", reports=True)
    office, visit = sent(store, hand, line)
    first, second = team(office, visit)
    with store.begin() as tx:
        dispatch.accept(tx, second.name, hand())
    old = next(key for key, message in line.took if message.data["seat"] == first.name)
    held = called_back(office, first, anew=False)
    assert (held.state, held.handed_at, clocks(office, first), clocks(office, held)) == (SeatState.ORDERED, None, set(), set())
    assert matters(office, UNDELIVERED) == [{"seat": first.name, "error": "link_called_back"}], "a person is told at once"
    report(office, "wecom", (old, Reach.READ))
    assert at(office, visit, 0).state is SeatState.ORDERED, "what came bears a link that opens nothing"
    hand.now = first.accept_by + timedelta(minutes=1)
    settle(office)
    assert (at(office, visit, 0), passed(office, visit)) == (held, []), "nobody is passed over while the link opens nothing"
    again = called_back(office, first, anew=True)
    assert (again.state, again.recalled) == (SeatState.ORDERED, 1), "the next link goes out: that is no second calling back"
    settle(office)
    fresh = at(office, visit, 0)
    assert (fresh.state, fresh.handed_at, clocks(office, fresh)) == (SeatState.HANDED_OVER, hand(), {"accept.due"})
    assert fresh.accept_by > hand() > first.accept_by, "as long as anybody has, counted from there"
    assert matters(office, UNDELIVERED) == []
    token = urlsplit(line.assignments[-1].link).path.rpartition("/")[2]
    with serving(office) as edge, edge.client(X_Link_Token=token) as phone:
        assert phone.post(f"/v1/seats/{first.name}/accept").json()["state"] == "ACCEPTED"


@pytest.mark.slow
def test_an_officer_who_calls_links_back_walks_no_seat_down_the_order(store: Store, hand: Hand) -> None:
    """The second time at one place the visit is owed by a draw whose seed nobody knows (ruling 13, decision 28)."""
    line = Line("wecom")
    office, visit = sent(store, hand, line, staff=8)
    first, second = team(office, visit)
    with store.begin() as tx:
        dispatch.accept(tx, second.name, hand())
    called_back(office, first, anew=True)
    settle(office)
    hand.now = at(office, visit, 0).accept_by + timedelta(minutes=1)
    settle(office)
    assert at(office, visit, 0).turn == 1
    assert passed(office, visit) == ["expired_recalled"], "the public record tells whose link had been called back"
    with store.read() as tx:
        assert seatlink.last(tx, tx.visits.get(visit.id), at(office, visit, 0)), (
            "said before it is done, though it is another link"
        )
        assert not seatlink.last(tx, tx.visits.get(visit.id), second)
    called_back(office, at(office, visit, 0), anew=True, reason="又换手机")
    settle(office)
    (owed,) = visits(office, visit.draw)
    assert (owed.state, [seat.inspector for seat in team(office, visit) if seat.state.open]) == (VisitState.OWED, [])
    assert passed(office, visit) == ["expired_recalled", "recalled"]
    assert [told["reason"] for told in matters(office, "team_short")] == ["recalled"], "a person is told"
    told = [(one["by"], one["reason"], one["unanswered"]) for one in entries(office, visit, "seat.link")]
    assert told == [("王科长", "换手机", True), ("王科长", "又换手机", True)]
    replayed(office, visit.draw)
    with store.read() as tx:
        assert [*differing(office, tx, ["bureau"], hand()), *watched(office, tx, hand())] == [], "the records agree"
    with store.begin() as tx:
        made = supplement.announce(office, tx, "weekly", by="李科长", now=hand())
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    assert [one.state for one in visits(office, made.number)] == [VisitState.ASSIGNED]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_push_that_is_on_its_way_as_its_link_is_called_back_starts_no_clock(store: Store, hand: Hand) -> None:
    line = Crossed("wecom", fault=AWAY)
    office, visit = sent(store, hand, line)
    first = team(office, visit)[0]
    line.fault, line.meanwhile = None, lambda: called_back(office, first, anew=True)
    line.about = first.name
    open_lanes(office)
    hand.on(hours=2)
    settle(office)
    fresh = at(office, visit, 0)
    assert (fresh.state, fresh.recalled, len(fresh.tried)) == (SeatState.HANDED_OVER, 0, 2), "nobody had it by then"
    with store.read() as tx:
        assert [one.key.rpartition(":")[0] for one in tx.pushes.of_seat(first.name)] == [first.push(1)]
        assert line.assignments[-1].link.endswith(seatlink.token(office, tx, first.name))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_nobody_s_acceptance_ends_whose_link_was_called_back_and_is_no_phone_s_yet(store: Store, hand: Hand) -> None:
    """Who has said yes and cannot enter anything is not silent: a person has the matter."""
    office, visit = sent(store, hand, Line("wecom"), staff=8)
    for seat in team(office, visit):
        with store.begin() as tx:
            dispatch.accept(tx, seat.name, hand())
    assert called_back(office, team(office, visit)[0], anew=False).state is SeatState.ACCEPTED
    for _ in range(30):
        hand.on(hours=12)
        settle(office)
    assert {seat.state for seat in team(office, visit)} == {SeatState.ACCEPTED}
    assert passed(office, visit) == []
    assert len(matters(office, "visit_overdue")) == 1
