"""An inspector's own browser as a way of pushes: the register asks for it, the phone tells where it is, a lost one is told nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.roster import InspectorRecord
from inspector.domain.visit import SeatState, Visit
from inspector.flows import holders, seatlink, subscribing, trial
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_signin import hidden
from tests.phones import Line, matters, passed, team

pytestmark = pytest.mark.alike


class Browsers(Line):
    """A channel of browsers, which tell where they are."""

    def point(self) -> str:
        """Our public key."""
        return "the-point"

    def subscription(self, told: str) -> str:
        """The address that a browser's word comes to; `?` is none."""
        if told in ("", "?"):
            raise Invalid("subscription_unfit", field="subscription")
        return f"at-{told}"

    @property
    def reached(self) -> list[str]:
        """The addresses to which something went, in order."""
        return [message.to for _, message in self.took]


def asking(store: Store, hand: Hand, channel: str, address: str) -> tuple[Office, Visit, Browsers, Line]:
    """A drawn visit whose inspectors' register has these channels and addresses."""
    browsers, sms = Browsers("browser"), Line("sms")
    office, _, _ = drawing(store, hand)
    office = replace(office, connectors=replace(office.connectors, channels={"browser": browsers, "sms": sms}))
    with store.begin() as tx:
        tx.lanes.ensure(office.connectors.names())
        rows = [replace(row, channel=channel, address=address) for row in tx.rosters.inspectors("bureau")]
        tx.rosters.put_inspectors(rows)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    return office, visit, browsers, sms


def subscribe(office: Office, staff: str, told: str) -> None:
    with office.store.begin() as tx:
        subscribing.subscribe(office, tx, "bureau", staff, told, "link", office.now())
    settle(office)


def person(office: Office, staff: str) -> InspectorRecord:
    with office.store.read() as tx:
        return tx.rosters.inspector("bureau", staff)


def told(office: Office) -> list[tuple[str, dict[str, object]]]:
    """What the ledger tells about browsers: rule and facts."""
    with office.store.read() as tx:
        rows = [(row["rule"], json.loads(row["body"])["facts"]) for row in tx.ledger.about("roster:bureau")]
    return [one for one in rows if one[0].startswith("push.")]


@pytest.mark.slow
def test_until_the_phone_has_told_where_it_is_nothing_goes_that_way_and_nobody_is_passed_over(store: Store, hand: Hand) -> None:
    office, visit, browsers, _ = asking(store, hand, "browser", "-")
    first, second = team(office, visit)
    assert len(matters(office, "push_undelivered")) == 2, "a person is told of both"
    subscribe(office, first.inspector, "one")
    assert browsers.reached == ["at-one"], "what waited goes out, to the one who has told"
    assert [seat.state for seat in team(office, visit)] == [SeatState.HANDED_OVER, SeatState.ORDERED]
    assert (len(matters(office, "push_undelivered")), passed(office, visit)) == (1, [])
    subscribe(office, first.inspector, "one")
    subscribe(office, first.inspector, "two")
    with store.begin() as tx:
        trial.order(office, tx, "bureau", first.inspector, "clerk", hand())
    settle(office)
    assert browsers.reached == ["at-one", "at-two"], "the last phone counts"
    (edited,) = matters(office, holders.EDITED)
    assert (edited["count"], edited["by"]) == (1, [first.inspector]), "the head of an open draw hears of another address"
    with store.begin() as tx:
        for _ in range(2):
            subscribing.unsubscribe(tx, "bureau", first.inspector, "link", hand())
        with pytest.raises(Refusal, match="push_no_way"):
            trial.order(office, tx, "bureau", first.inspector, "clerk", hand())
    said = told(office)
    assert [rule for rule, _ in said if rule != "push.tested"] == [
        "push.subscribed",
        "push.subscribed",
        "push.test",
        "push.unsubscribed",
    ]
    assert "at-" not in json.dumps(said), "the ledger tells which by its mark"
    assert person(office, second.inspector).browser is None


@pytest.mark.slow
def test_a_browser_has_its_place_in_the_registers_order_and_the_next_way_serves_until_it_is_there(
    store: Store, hand: Hand
) -> None:
    office, visit, browsers, sms = asking(store, hand, "browser,sms", "-,138")
    first, _ = team(office, visit)
    assert (browsers.reached, len(sms.took)) == ([], 2)
    assert matters(office, "push_undelivered") == []
    subscribe(office, first.inspector, "one")
    with store.begin() as tx:
        number, channels = trial.order(office, tx, "bureau", first.inspector, "clerk", hand())
    settle(office)
    assert (number != "", channels, browsers.reached) == (True, ("browser", "sms"), ["at-one"])


@pytest.mark.slow
def test_a_link_that_is_called_back_takes_the_browser_of_its_inspector_with_it_until_he_or_she_subscribes_anew(
    store: Store, hand: Hand
) -> None:
    office, visit, browsers, sms = asking(store, hand, "browser,sms", "-,138")
    first, _ = team(office, visit)
    subscribe(office, first.inspector, "lost")
    with store.begin() as tx:
        seatlink.call_back(office, tx, first.name, "clerk", "手机遗失", hand(), anew=True)
    settle(office)
    assert browsers.reached == [], "the next link goes to no phone that may be lost"
    assert len(sms.took) == 3
    with store.begin() as tx:
        assert subscribing.offer(office, tx, "bureau", first.inspector) == subscribing.Offer(point="the-point", mark="")
    assert [one["channel"] for one in matters(office, "channel_off")] == ["browser"]
    subscribe(office, first.inspector, "lost")
    assert matters(office, "channel_off") == [], "found again, and said so by its inspector"
    with store.read() as tx:
        held = subscribing.offer(office, tx, "bureau", first.inspector)
    assert held is not None
    assert held.mark == person(office, first.inspector).ways[0].mark.removeprefix("browser:")


def test_whose_register_asks_for_none_is_offered_none(store: Store, hand: Hand) -> None:
    office, visit, _, _ = asking(store, hand, "sms", "-")
    first, _ = team(office, visit)
    with store.begin() as tx:
        assert subscribing.offer(office, tx, "bureau", first.inspector) is None, "an SMS goes to no browser"
        assert subscribing.offer(office, tx, "bureau", "nobody") is None
        with pytest.raises(Refusal, match="browser_unasked"):
            subscribing.subscribe(office, tx, "bureau", first.inspector, "one", "link", hand())
        with pytest.raises(Missing, match="inspector_unknown"):
            subscribing.unsubscribe(tx, "bureau", "nobody", "link", hand())


@contextmanager
def signed_in(office: Office, visit: Visit) -> Iterator[tuple[Edge, httpx.Client, str]]:
    """The edge, a phone with the session of the first inspector, and who that is."""
    first, _ = team(office, visit)
    with office.store.read() as tx:
        path = seatlink.address(office, tx, first.name).removeprefix(f"{office.base_url}/seat/")
    with serving(office) as edge, edge.client() as phone:
        assert phone.get(f"/seat/{path}").status_code == 200
        assert phone.post(f"/mine/{path}").status_code == 303
        yield edge, phone, first.inspector


@pytest.mark.slow
def test_the_page_takes_a_subscription_from_its_own_forms_alone_and_says_what_is_wrong(store: Store, hand: Hand) -> None:
    office, visit, _, _ = asking(store, hand, "browser,sms", "-,138")
    with signed_in(office, visit) as (edge, phone, staff):
        page = phone.get("/mine").text
        assert 'data-point="the-point"' in page
        assert 'id="ring-end"' not in page
        guard = hidden(page, "guard")
        with edge.client() as stranger:
            assert stranger.post("/mine/browser", data={"subscription": "x", "guard": guard}).status_code == 303, "to the login"
        assert phone.post("/mine/browser", data={"subscription": "x"}).status_code == 403
        unfit = phone.post("/mine/browser", data={"subscription": "?", "guard": guard})
        assert (unfit.status_code, "请重新登记" in unfit.text) == (422, True)
        assert person(office, staff).browser is None
        assert phone.post("/mine/browser", data={"subscription": "x", "guard": guard}).headers["location"] == "/mine"
        assert person(office, staff).ways[0].address == "at-x"
        assert 'id="ring-end"' in phone.get("/mine").text
        assert phone.post("/mine/browser", data={"guard": guard}).status_code == 422, "no word of a browser is none"
        assert phone.post("/mine/browser", data={"guard": guard, "do": "end"}).status_code == 303
        assert person(office, staff).browser is None
        with store.begin() as tx:
            tx.rosters.put_inspectors([replace(person(office, staff), channel="sms", address="138")])
        assert 'id="ring"' not in phone.get("/mine").text
        assert phone.post("/mine/browser", data={"subscription": "x", "guard": guard}).status_code == 409
