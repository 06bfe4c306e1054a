"""A seat's link is its inspector's: bound to the phone that first acts by it, and called back by the office when that is lost."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from inspector.domain.errors import Forbidden
from inspector.domain.visit import Seat, SeatState
from inspector.flows import dispatch, seatlink
from inspector.flows.seated import LINK
from inspector.labels import label
from inspector.signin import Entrance
from inspector.store.store import Store
from inspector.web import seatdoor
from inspector.web.desk import Desk
from inspector.web.roles import Role
from tests.drawn import announced, carried_out, drawing
from tests.edge import WENT, Edge, serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import Phones, visits
from tests.integration.test_forms import logged_in
from tests.integration.test_signin import SAYS, admit, gateway
from tests.operator import Operator

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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_program_that_previews_a_link_reads_no_object_before_the_acceptance_and_whoever_looks_does(
    given: tuple[Edge, Phones, Seat],
) -> None:
    edge, _, seat = given
    address = page(edge, seat)
    with edge.office.store.read() as tx:
        visit = tx.visits.get(seat.visit)
    assert visit.released
    known = [visit.code, visit.name, "某路"]
    with edge.client() as preview:
        told = preview.get(address)
        assert (told.status_code, [one for one in known if one in told.text]) == (200, [])
        assert visit.code in preview.post(address, data={"do": "look"}).text, "a press is somebody's"
    with edge.client() as phone:
        assert all(one in phone.get(address, headers=WENT).text for one in known)
        early = {**WENT, "Sec-Purpose": "prefetch;prerender"}
        assert visit.code not in phone.get(address, headers=early).text
        assert visit.code in phone.get(address, headers={"Sec-Fetch-Site": "same-origin"}).text, "the page's own script keeps it"
        assert accepts(phone, address) == 303
        assert visit.code in phone.get(address).text


@pytest.mark.slow
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
@pytest.mark.slow
def test_a_clerk_calls_a_link_back_at_the_machine_with_a_reason(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        name = dispatch.seat_name(tx.visits.team(visit.id)[0])
    operator = Operator(tmp_path, store.url.render_as_string(hide_password=False)).settle_in()
    assert operator.say("push", "link", name, "--json").code != 0, "without a reason nothing is called back"
    assert operator.say("push", "link", name, "--reason", "手机遗失", "--json").json == {"seat": name, "anew": False}
    with store.read() as tx:
        assert tx.replylinks.edition(LINK, name) == 1


@pytest.mark.slow
def test_another_phone_is_refused_before_a_word_of_what_it_says_is_read(given: tuple[Edge, Phones, Seat]) -> None:
    edge, _, seat = given
    address = page(edge, seat)
    link = address.rpartition("/")[2]
    with edge.client() as phone:
        assert accepts(phone, address) == 303
    for head in (
        f"POST /v1/seats/{seat.name}/photos HTTP/1.1\r\nX-Link-Token: {link}\r\nContent-Type: application/json",
        f"POST {address} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded",
    ):
        with socket.create_connection(("127.0.0.1", edge.server.port), timeout=60) as wire:
            wire.sendall(f"{head}\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n".encode() + b'{"digest"')
            assert wire.recv(20).startswith(b"HTTP/1.1 403"), "it has sent nine bytes of a thousand"


@pytest.mark.slow
def test_what_cannot_be_read_and_what_is_refused_bind_no_phone(given: tuple[Edge, Phones, Seat]) -> None:
    edge, _, seat = given
    link = page(edge, seat).rpartition("/")[2]
    with edge.client(X_Link_Token=link, X_Phone_Key="the key of a first phone") as first:
        assert code(first.post(f"/v1/seats/{seat.name}/decline", json={"grund": "x"})) == (422, "message_invalid")
        assert code(first.post(f"/v1/seats/{seat.name}/notes", json={"seen": "NOTHING"}))[0] in (403, 409), "nobody has accepted"
    with edge.client(X_Link_Token=link, **APP) as second:
        assert second.post(f"/v1/seats/{seat.name}/accept").status_code == 200
        with edge.client(X_Link_Token=link, X_Phone_Key="the key of a first phone") as first:
            assert code(first.get(f"/v1/seats/{seat.name}")) == (403, "link_elsewhere")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_act_by_a_link_that_was_called_back_meanwhile_is_none(given: tuple[Edge, Phones, Seat]) -> None:
    edge, _, seat = given
    desk = SimpleNamespace(office=edge.office)
    seated = seatdoor.Seated(name=seat.name, token=page(edge, seat).rpartition("/")[2], phone="a phone's own secret")
    with edge.office.store.begin() as tx:
        seatlink.call_back(edge.office, tx, seat.name, "李四", "手机遗失", edge.office.now(), anew=False)
        with pytest.raises(Forbidden, match="link_unknown"):
            seated.acting(cast(Desk, desk), lambda _tx, _now: None)(tx, edge.office.now())
        assert not seatlink.bound_elsewhere(tx, seat.name, "another phone"), "the next one is nobody's yet"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_the_officers_page_takes_no_form_of_other_pages_or_other_roles_and_what_it_shows_is_on_record(
    given: tuple[Edge, Phones, Seat],
) -> None:
    edge, _, seat = given
    at, before = f"/assignments/{seat.name}", page(edge, seat)
    with edge.client() as officer, edge.client() as auditor, edge.client() as other, edge.client() as stranger:
        logged_in(edge, officer, "officer", name="李四")
        logged_in(edge, auditor, "auditor", name="王五")
        logged_in(edge, other, "officer", agency="other", name="外人")
        assert stranger.get(at).status_code == 303, "to the login"
        assert (auditor.get(at).status_code, other.get(at).status_code) == (403, 404)
        shown = officer.get(at).text
        guard = shown.partition('name="guard" value="')[2].partition('"')[0]
        form = {"reason": "手机遗失", "anew": "yes", "message": "m1"}
        assert officer.post(at, data={**form, "guard": "x"}).status_code == 403
        assert auditor.post(at, data={**form, "guard": guard}).status_code == 403
        assert officer.post("/assignments", data={"inspector": seat.inspector}).status_code == 403, (
            "a foreign page learns nothing"
        )
        assert page(edge, seat) == before
        assert officer.post(at, data={**form, "guard": guard}).status_code == 303
        assert officer.post(at, data={**form, "guard": guard}).status_code == 303, "a double click counts once"
        found = officer.post("/assignments", data={"inspector": seat.inspector, "guard": guard}).text
    assert seat.name in found
    with edge.office.store.read() as tx:
        assert tx.replylinks.edition(LINK, seat.name) == 1
        draw = tx.visits.get(seat.visit).draw
        read = [row["body"] for row in tx.ledger.about(draw) if row["rule"] == "draw.read"]
    assert any(f"page:seat:{seat.name}" in one and "李四" in one for one in read)
    assert any("page:assignments" in one for one in read)


@pytest.mark.slow
def test_a_session_that_a_link_has_begun_neither_shows_nor_opens_what_is_another_phones(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, staff=2)
    office = replace(office, entrance=Entrance(gateway=gateway("127.0.0.1/32")))
    _, held = announced(office, hand, cases=3)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        teams = [tx.visits.team(visit.id) for visit in visits(office, held.number)]
        mine, fresh, third = (next(seat for seat in team if seat.inspector == teams[0][0].inspector) for team in teams)
        code = tx.visits.get(mine.visit).code
    with serving(office) as edge, edge.client() as own, edge.client() as stranger, edge.client() as known:
        assert accepts(own, page(edge, mine)) == 303
        assert stranger.post(page(edge, fresh).replace("/seat/", "/mine/")).status_code == 303, (
            "whoever holds a link that nobody has used"
        )
        listed = stranger.get("/mine").text
        assert mine.name not in listed
        assert fresh.name in listed
        assert label("ui.mine_elsewhere", "zh-Hans") in listed
        for answer in (
            stranger.get(page(edge, mine)),
            stranger.post(page(edge, mine), data={"do": "decline", "reason": "x", "message": "m1"}),
            stranger.get(f"{page(edge, mine)}/notice"),
        ):
            assert (answer.status_code, code in answer.text) == (403, False)
        assert own.get(page(edge, fresh)).status_code == 403, "its inspector hears of it, and tells the office"
        assert own.post(page(edge, third).replace("/seat/", "/mine/")).status_code == 303
        shown = own.get("/mine").text
        assert [seat.name in shown for seat in (mine, fresh, third)] == [True, False, True], "one phone has all that is its own"
        assert own.get(page(edge, mine)).status_code == 200
        admit(edge, name="检查员", role="inspector", inspector=mine.inspector)
        assert known.post("/signin/gateway", headers=SAYS).status_code == 200
        assert [seat.name in known.get("/mine", headers=SAYS).text for seat in (mine, fresh, third)] == [True] * 3
        assert known.get(page(edge, mine), headers=SAYS).status_code == 200, "a new phone, of somebody whom others know"
        assert (
            known.post(page(edge, mine), headers=SAYS, data={"do": "decline", "reason": "x", "message": "m2"}).status_code == 303
        )
    with store.read() as tx:
        assert tx.visits.team(mine.visit)[mine.place].state is SeatState.DECLINED
