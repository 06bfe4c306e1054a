"""Ways in beside the token: the gateway of a single sign-on, the link of a seat; and sessions, listed and ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from inspector.domain.errors import Forbidden, Invalid, Missing, Refusal
from inspector.signin import Entrance, Gateway
from inspector.store.admissions import Admission
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, open_office
from tests.integration.test_draw_way import one_seat

pytestmark = pytest.mark.alike

SECRET = "k" * 40
SAYS = {"X-Gateway-Secret": SECRET, "X-Gateway-User": "u-7"}


def gateway(*peers: str) -> Gateway:
    return Gateway(
        peers=tuple(map(ip_network, peers)), secret=SECRET, secret_header="X-Gateway-Secret", user_header="X-Gateway-User"
    )


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    office = replace(open_office(store, hand), entrance=Entrance(gateway=gateway("127.0.0.1/32")))
    with serving(office) as held:
        yield held


def admit(edge: Edge, **changes: object) -> str:
    now = datetime.now(UTC)
    told: dict[str, object] = {
        "id": "",
        "via": "gateway",
        "issuer": "",
        "subject": "u-7",
        "name": "李四",
        "agency": "bureau",
        "role": "officer",
        "inspector": None,
        "expires_at": now + timedelta(days=1),
    }
    with edge.office.store.begin() as tx:
        return tx.admissions.admit(Admission(**(told | changes)), now)  # type: ignore[arg-type]


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


@pytest.mark.parametrize(
    ("peer", "secrets", "users", "fine"),
    [
        ("10.0.0.5", [SECRET], ["u-7"], True),
        ("::ffff:10.0.0.5", [SECRET], ["u-7"], True),
        ("10.0.0.6", [SECRET], ["u-7"], False),
        ("unix", [SECRET], ["u-7"], False),
        ("10.0.0.5", ["wrong"], ["u-7"], False),
        ("10.0.0.5", [], ["u-7"], False),
        ("10.0.0.5", [""], ["u-7"], False),
        ("10.0.0.5", [SECRET, SECRET], ["u-7"], False),
        ("10.0.0.5", [SECRET], ["u-1", "u-7"], False),
    ],
)
def test_a_header_counts_only_from_the_gateways_address_with_its_secret_and_once(
    peer: str, secrets: list[str], users: list[str], *, fine: bool
) -> None:
    if fine:
        assert gateway("10.0.0.5").user(peer, secrets, users) == "u-7"
        return
    with pytest.raises(Forbidden, match="gateway_untrusted"):
        gateway("10.0.0.5").user(peer, secrets, users)


def test_whom_the_gateway_names_is_in_while_it_names_him_and_a_cookie_past_it_is_worth_nothing(edge: Edge) -> None:
    made = admit(edge)
    with edge.client() as browser:
        assert browser.post("/signin/gateway", headers={"X-Gateway-User": "u-7"}).status_code == 403, "past the gateway"
        assert browser.post("/signin/gateway", headers=SAYS | {"X-Gateway-Secret": "x" * 40}).status_code == 403
        assert browser.post("/signin/gateway", headers=SAYS | {"X-Gateway-User": "u-8"}).status_code == 403, "nobody of ours"
        assert browser.post("/signin/gateway").status_code == 403
        assert "u-7" not in browser.get("/login", headers={"X-Gateway-User": "u-7"}).text
        assert "以u-7登录" in browser.get("/login", headers=SAYS).text
        assert browser.post("/signin/gateway", headers=SAYS, params={"next": "//elsewhere.example"}).status_code == 422
        answer = browser.post("/signin/gateway", headers=SAYS)
        assert (answer.status_code, 'url=/review"' in answer.text) == (200, True)
        assert browser.get("/review", headers=SAYS).status_code == 200
        assert browser.get("/review").status_code == 303, "the cookie alone, past the gateway"
        assert browser.get("/review", headers=SAYS | {"X-Gateway-User": "u-9"}).status_code == 303, "somebody else by now"
        with edge.office.store.begin() as tx:
            tx.admissions.dismiss(made, datetime.now(UTC))
        assert browser.get("/review", headers=SAYS).status_code == 303


def test_sessions_are_listed_to_their_owner_and_to_operations_and_end_at_once(edge: Edge) -> None:
    with edge.client() as desk, edge.client() as home, edge.client() as other, edge.client() as ops, edge.client() as county:
        token = edge.token("officer", name="李四")
        for browser, text in (
            (desk, token),
            (home, token),
            (other, edge.token("officer", name="王五")),
            (ops, edge.token("ops", "city", name="市级甲")),
            (county, edge.token("ops", name="本局乙")),
        ):
            assert browser.post("/login", data={"token": text}).status_code == 303
        page = desk.get("/sessions").text
        assert page.count('name="session"') == 2
        assert "王五" not in page
        assert page.count("本浏览器") == 1
        mine, theirs = re.findall(r'name="session" value="(\w+)"', page), other.get("/sessions").text
        strange = hidden(theirs, "session") if 'name="session" value' in theirs else re.findall(r'value="(\w{12})"', theirs)[0]
        guard = hidden(page, "guard")
        assert desk.post("/sessions", data={"session": strange, "guard": guard}).status_code == 404, "another's"
        assert desk.post("/sessions", data={"session": mine[0]}).status_code == 403, "from a page of another's (CSRF)"
        kept = next(one for one in mine if one in page.split("本浏览器")[1].split("</tr>")[0])
        away = next(one for one in mine if one != kept)
        assert desk.post("/sessions", data={"session": away, "guard": guard}).status_code == 303
        assert (desk.get("/review").status_code, home.get("/review").status_code) == (200, 303)
        watched = ops.get("/sessions").text
        assert "王五" in watched
        assert "市级甲" not in county.get("/sessions").text, "those above are not its own"
        assert ops.post("/sessions", data={"session": strange, "guard": hidden(watched, "guard")}).status_code == 303
        assert other.get("/review").status_code == 303
        with edge.office.store.read() as tx:
            entries = tx.ledger.about(f"session:{strange}")
        assert len(entries) == 1
        value = desk.cookies["inspector_session"]
        assert desk.post("/logout").status_code == 303
        desk.cookies.set("inspector_session", value)
        assert desk.get("/review").status_code == 303, "logging out ends it here, not only in the browser"


def test_a_session_ends_when_it_is_not_used_and_in_any_case_in_the_end(store: Store, hand: Hand) -> None:
    moment = timedelta(milliseconds=1)
    for ways in (Entrance(idle=moment), Entrance(lasts=moment)):
        with serving(replace(open_office(store, hand), entrance=ways)) as edge, edge.client() as browser:
            assert browser.post("/login", data={"token": edge.token("officer")}).status_code == 303
            assert browser.get("/review", headers={"Cookie": browser.headers.get("cookie", "")}).status_code == 303


def test_with_tls_the_cookie_is_the_hosts_alone(store: Store, hand: Hand) -> None:
    office = replace(open_office(store, hand), base_url="https://inspector.example.cn")
    with serving(office) as edge, edge.client() as browser:
        told = browser.post("/login", data={"token": edge.token("officer")}).headers["set-cookie"]
    assert told.startswith("__Host-inspector_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(told.split("; "))
    assert "Domain" not in told


@pytest.mark.slow
def test_a_seats_link_signs_its_inspector_in_once_and_its_own_page_opens_for_ever(store: Store, hand: Hand) -> None:
    office, name = one_seat(store, hand)
    path = f"{name}/{office.link_token('seat', name)}"
    with serving(replace(office, entrance=Entrance(link=timedelta(-1)))) as edge, edge.client() as phone:
        assert phone.post(f"/mine/{path}").status_code == 403, "pushed long ago"
        assert phone.get(f"/seat/{path}").status_code == 200
    with serving(office) as edge, edge.client() as scanner, edge.client() as phone, edge.client() as forwarded:
        for _ in range(3):
            assert scanner.get(f"/seat/{path}").status_code == 200
        assert scanner.get(f"/mine/{path}").status_code in (404, 405), "a fetch uses nothing up"
        page = phone.get(f"/seat/{path}").text
        assert f'action="/mine/{path}"' in page
        assert phone.get("/mine").status_code == 303
        begun = phone.post(f"/mine/{path}")
        assert (begun.status_code, begun.headers["location"]) == (303, "/mine")
        mine = phone.get("/mine").text
        assert f'href="/seat/{path}"' in mine
        assert phone.get("/review").status_code == 303, "an inspector is no officer"
        assert phone.get("/ops").status_code == 303
        assert phone.get("/sessions").text.count('name="session"') == 1
        assert phone.post(f"/mine/{path}").status_code == 409, "once"
        assert forwarded.post(f"/mine/{path}").status_code == 403, "and on the phone that it is bound to alone"
        assert phone.get(f"/seat/{path}").status_code == 200, "nobody is locked out of the assignment"
        assert forwarded.get(f"/seat/{path}").status_code == 403, "whoever was sent the link alone reads nothing"
        assert forwarded.post(f"/mine/{name}/{'x' * 32}").status_code == 403
        with store.begin() as tx:
            seat = tx.visits.team(name.split(":")[0])[0]
            tx.rosters.remove_inspectors(seat.agency, [seat.inspector], hand())
        assert phone.get("/mine").status_code == 303, "who has departed is out"


def test_who_is_let_in_is_one_person_by_one_identity(edge: Edge) -> None:
    first = admit(edge)
    with pytest.raises(Refusal, match="signin_admitted"):
        admit(edge, name="王五")
    for wrong, code in (({"name": " "}, "token_name_unfit"), ({"subject": " u"}, "signin_subject_unfit")):
        with pytest.raises(Invalid, match=code):
            admit(edge, **wrong)
    with pytest.raises(Invalid, match="signin_inspector_needed"):
        admit(edge, subject="u-9", role="inspector")
    with edge.office.store.begin() as tx:
        tx.admissions.dismiss(first, datetime.now(UTC))
        with pytest.raises(Missing, match="signin_admission_unknown"):
            tx.admissions.dismiss(first, datetime.now(UTC))
    assert admit(edge, name="王五") != first
