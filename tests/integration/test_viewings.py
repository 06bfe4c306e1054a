"""Who of the house has looked at somebody's data, for what and on which ground: on record before it is shown (PIPL art. 44, 45, 51, 56)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.daemon.schedules import schedules
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Away
from inspector.domain.tipoff import TipSource
from inspector.domain.viewing import BASIS, Purpose, Shown
from inspector.flows import assist, leads, replylink, viewings
from inspector.flows.leads import Given
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import Hand, Table, open_office, post, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.integration.test_way import HOUSEHOLD, person

pytestmark = pytest.mark.alike

CODE = "110105194912310002"
OFFICER = viewings.Viewer(by="李四", role="officer", agency="bureau", door="api")


def test_whoever_is_shown_a_case_is_on_record_once_a_day_with_purpose_and_ground(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    case_id = post(office, person(2, "relief-household", HOUSEHOLD))
    with serving(office) as edge:
        with edge.as_(Role.OFFICER, name="李四") as officer:
            for _ in range(3):
                assert officer.get(f"/v1/cases/{case_id}").status_code == 200
            officer.get(f"/v1/cases/{case_id}/explain")
        with edge.as_(Role.AUDITOR, agency="city", name="王审计") as auditor:
            auditor.get("/v1/cases")
        with edge.as_(Role.SYSTEM, name="hall") as hall:
            hall.get(f"/v1/cases/{case_id}")
            told = hall.get(f"/v1/cases/{case_id}/viewings").json()["viewings"]
        with edge.as_(Role.OFFICER, agency="other", name="赵六") as stranger:
            assert stranger.get(f"/v1/cases/{case_id}").status_code == 404
            assert stranger.get(f"/v1/cases/{case_id}/viewings").status_code == 404
        hand.on(days=1)
        with edge.as_(Role.OFFICER, name="李四") as officer:
            officer.get(f"/v1/cases/{case_id}")
            named = officer.get(f"/v1/cases/{case_id}/viewings").json()["viewings"]
    seen = [(one["role"], one["agency"], one["shown"], one["purpose"], one["basis"]) for one in told]
    assert sorted(seen) == [
        ("auditor", "city", "LIST", "SUPERVISION", "PIPL:54"),
        ("officer", "bureau", "CASE", "HANDLING", "PIPL:34"),
        ("officer", "bureau", "EXPLANATION", "HANDLING", "PIPL:34"),
        ("system", "bureau", "CASE", "SENDING", "PIPL:34"),
        ("system", "bureau", "VIEWINGS", "ANSWERING", "PIPL:45"),
    ]
    assert {one["by"] for one in told} == {""}, "through the counter a subject hears which agency looked, not who works there"
    assert [one["by"] for one in named if one["shown"] == "CASE"].count("李四") == 2, "another day, another row"
    with store.read() as tx:
        assert {one.case_id for one in tx.viewings.about(SubjectKind.PERSON, CODE, 99)} == {case_id}
        assert len(tx.viewings.about(SubjectKind.PERSON, CODE, 2)) == 2


def test_by_whichever_page_an_officer_finds_somebody_it_is_on_record(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, person(2, "relief-household", HOUSEHOLD))
    settle(office)
    with serving(office) as edge, edge.client() as browser:
        browser.post("/login", data={"token": edge.token(Role.OFFICER, name="李四")})
        assert case_id in browser.post("/review", data={"find": CODE}).text
        browser.get(f"/review/{case_id}")
    with store.read() as tx:
        assert [(one.by, one.door, one.shown) for one in tx.viewings.of_case(case_id)] == [
            ("李四", "page", Shown.CASE),
            ("李四", "page", Shown.LIST),
        ]


def test_what_cannot_be_written_down_is_not_shown(store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    office = open_office(store, hand)
    case_id = post(office, person(2, "relief-household", HOUSEHOLD))

    def full(_store: Store) -> Tx:
        raise Away("database_unavailable", problem="FULL")

    with serving(office) as edge, edge.as_(Role.OFFICER, name="李四") as officer:
        officer.get("/v1/cases?limit=1")
        with monkeypatch.context() as broken:
            broken.setattr(Store, "begin", full)
            refused = officer.get(f"/v1/cases/{case_id}")
        assert (refused.status_code, CODE in refused.text) == (503, False)
        assert officer.get(f"/v1/cases/{case_id}").status_code == 200


def test_a_viewing_is_kept_as_long_as_an_inquiry_and_longer_than_its_case_is_open(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    case_id = post(office, person(2, "relief-household", HOUSEHOLD))
    with store.read() as tx:
        case = tx.cases.get(case_id)
    viewings.note(store, hand(), OFFICER, Shown.CASE, (case, case))
    for days, left in ((1_099, 1), (2, 0)):
        hand.now += timedelta(days=days)
        with store.begin() as tx:
            tx.work.order(
                [schedules(Schedules(keep_inquiries_days=1_100), {}, hand())["sweep:forget"].order(hand(), hand())], hand()
            )
        settle(office)
        with store.read() as tx:
            assert len(tx.viewings.of_case(case_id)) == left


def test_each_purpose_has_its_article() -> None:
    assert set(BASIS) == set(Purpose)
    assert all(one.startswith("PIPL:") for one in BASIS.values())


def test_a_tip_off_a_lead_check_and_a_request_show_a_case_and_never_that_somebody_told(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
    case_id = opened(office, 1)
    settle(office)
    with store.begin() as tx:
        about = tx.cases.get(case_id).subject
        given = Given(
            agency="bureau",
            source=TipSource.HOTLINE,
            words="有人反映",
            case_id=case_id,
            kind=about.kind,
            code=about.code,
            name=about.name,
        )
        tip = leads.take(office, tx, given, "热线", hand())
        check = leads.propose(office, tx, tip.id, "范围", "理由", "李四", hand())
    request = request_of(store, case_id)
    doors = {
        "/v1/tip-offs": ("api", "LIST"),
        f"/v1/tip-offs/{tip.id}": ("api", "CASE"),
        "/v1/lead-checks": ("api", "LIST"),
        f"/v1/lead-checks/{check.id}": ("api", "CASE"),
        f"/v1/assistance/{request.id}": ("api", "REQUEST"),
        "/tip-offs": ("page", "LIST"),
        f"/tip-offs/{tip.id}": ("page", "CASE"),
    }
    with serving(office) as edge, edge.client() as browser, edge.as_(Role.OFFICER, name="李四") as officer:
        logged_in(edge, browser)
        for path, (door, shown) in doors.items():
            hand.on(days=1)
            answer = (officer if door == "api" else browser).get(path)
            assert (answer.status_code, about.code in answer.text or about.name in answer.text) == (200, True), path
            with store.read() as tx:
                last = tx.viewings.of_case(case_id)[-1:]
            assert [(one.day, one.door, one.shown) for one in last] == [(hand().date(), door, shown)], path


def test_an_officer_who_opens_the_page_of_a_request_or_its_notices_is_on_record_and_the_agency_that_wrote_them_is_not(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    case_id = opened(office, 1)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.refuse(office, tx, request.id, "该户档案已移交", "王五", hand())
        link = replylink.token(office, tx, replylink.LINK, request.id)
    notices = f"/v1/assistance/{request.id}/notices"
    doors = {f"/requests/{request.id}": "page", notices: "api"}
    with serving(office) as edge, edge.client() as browser, edge.as_(Role.OFFICER, name="李四") as officer:
        with edge.client(X_Link_Token=link) as agency:
            assert "该户档案已移交" in agency.get(notices).text
        with store.read() as tx:
            assert tx.viewings.of_case(case_id) == [], "who wrote them is no reader of the house's"
        logged_in(edge, browser)
        for path, door in doors.items():
            hand.on(days=1)
            assert "该户档案已移交" in (officer if door == "api" else browser).get(path).text
            with store.read() as tx:
                last = tx.viewings.of_case(case_id)[-1:]
            assert [(one.day, one.by, one.door, one.shown) for one in last] == [(hand().date(), "李四", door, "REQUEST")], path
