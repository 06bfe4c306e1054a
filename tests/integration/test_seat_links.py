"""A seat's link is its inspector's: bound to the phone that first acts by it, and called back by the office when that is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from inspector.domain.visit import Seat
from inspector.flows import dispatch, seatlink
from inspector.flows.seated import LINK
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import Phones, announced, carried_out, drawing, visits
from tests.operator import settled

pytestmark = pytest.mark.alike

APP = {"X-Phone-Key": "an application's own key 1"}


@pytest.fixture
def given(store: Store, hand: Hand) -> Iterator[tuple[Edge, Phones, Seat]]:
    """A visit was given, and the first seat's push has come."""
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        seat = tx.visits.team(visit.id)[0]
    with serving(office) as edge:
        yield edge, phones, seat


def page(edge: Edge, seat: Seat) -> str:
    with edge.office.store.read() as tx:
        return f"/{LINK}/{seat.name}/{seatlink.token(edge.office, tx, seat.name)}"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def accepts(phone: httpx.Client, address: str) -> int:
    form = phone.get(address).text
    message = form.partition('name="message" value="')[2].partition('"')[0]
    return phone.post(address, data={"do": "accept", "message": message}).status_code


def test_whoever_previews_a_link_binds_nothing_and_the_phone_that_says_yes_is_its_phone(given: tuple[Edge, Phones, Seat]) -> None:
    edge, _, seat = given
    address = page(edge, seat)
    with edge.client() as preview, edge.client() as phone, edge.client() as other:
        assert preview.get(address).status_code == 200
        assert phone.get(address).status_code == 200
        assert accepts(phone, address) == 303
        assert phone.get(address).status_code == 200, "its own phone goes on"
        for stranger in (preview, other):
            told = stranger.get(address)
            assert told.status_code == 403
            assert "某路" not in told.text
            assert "另一部手机" in told.text
            assert stranger.get(f"{address}/code").status_code == 403
            assert stranger.get(f"{address}/notice").status_code == 403
    token = address.rpartition("/")[2]
    with edge.client(X_Link_Token=token) as thief:
        for path in ("", "/notes", "/notice", "/codes"):
            assert code(thief.get(f"/v1/seats/{seat.name}{path}")) == (403, "link_elsewhere")
        assert code(thief.post(f"/v1/seats/{seat.name}/decline", json={"reason": "x"})) == (403, "link_elsewhere")
    with edge.office.store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(seat.visit)].count("seat.bound") == 1


def test_a_lost_phone_s_link_is_called_back_and_the_next_one_comes_by_a_push_and_binds_anew(
    given: tuple[Edge, Phones, Seat],
) -> None:
    edge, phones, seat = given
    former = page(edge, seat)
    with edge.client() as lost:
        assert accepts(lost, former) == 303
        asked = {"reason": "手机遗失", "anew": True}
        with edge.as_(Role.OFFICER, agency="other") as stranger:
            assert code(stranger.post(f"/v1/seats/{seat.name}/link", json=asked)) == (404, "seat_unknown")
        with edge.as_(Role.OFFICER, name="李四") as officer:
            assert code(officer.post(f"/v1/seats/{seat.name}/link", json={"reason": " ", "anew": True}))[1] == "reason_missing"
            told = officer.post(f"/v1/seats/{seat.name}/link", json=asked)
            assert told.status_code == 200
            assert told.json()["state"] == "ACCEPTED", "nothing of the seat is lost with it"
        assert lost.get(former).status_code == 403
        settle(edge.office)
        (message,) = [one for one in phones.messages if former not in one.link and one.data.get("changed")]
        assert message.link.endswith(page(edge, seat))
        with edge.client() as phone:
            assert phone.get(page(edge, seat)).status_code == 200
            with edge.client(X_Link_Token=page(edge, seat).rpartition("/")[2], **APP) as app:
                assert app.post(f"/v1/seats/{seat.name}/accept").status_code == 200, "an application of the agency's own"
                assert app.get(f"/v1/seats/{seat.name}").status_code == 200
            assert phone.get(page(edge, seat)).status_code == 403
    with edge.office.store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(seat.visit)].count("seat.link") == 1


def test_what_has_no_key_of_its_own_acts_while_nobody_is_bound_and_binds_nobody(given: tuple[Edge, Phones, Seat]) -> None:
    edge, _, seat = given
    token = page(edge, seat).rpartition("/")[2]
    with edge.client(X_Link_Token=token) as plain, edge.client() as phone:
        assert plain.post(f"/v1/seats/{seat.name}/accept").status_code == 200
        assert phone.get(page(edge, seat)).status_code == 200


def test_of_two_phones_that_act_at_once_one_has_the_link(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        name = dispatch.seat_name(tx.visits.team(visit.id)[0])
        seatlink.bind(tx, name, "the first one's secret", hand())
        seatlink.bind(tx, name, "the first one's secret", hand())
        with pytest.raises(Exception, match="link_elsewhere"):
            seatlink.bind(tx, name, "the second one's secret", hand())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_clerk_calls_a_link_back_at_the_machine_with_a_reason(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        name = dispatch.seat_name(tx.visits.team(visit.id)[0])
    operator = settled(str(store.engine.url.render_as_string(hide_password=False)), tmp_path)
    assert operator.say("push", "link", name, "--json").code != 0, "without a reason nothing is called back"
    assert operator.say("push", "link", name, "--reason", "手机遗失", "--json").json == {"seat": name, "anew": False}
    with store.read() as tx:
        assert tx.replylinks.edition(LINK, name) == 1
