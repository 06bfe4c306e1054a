"""When a matter was concluded (办结): told with the case or afterwards, as it was. On both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.domain.docket import DocketKind
from inspector.store.store import Store
from tests.edge import a_case, serving
from tests.house import Hand, open_office
from tests.integration.test_api_cases import code
from tests.integration.test_dated import by_now, waiting
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send

pytestmark = pytest.mark.alike


def test_a_matter_concluded_before_its_case_came_in_is_told_truly_by_either_message(store: Store, hand: Hand) -> None:
    before = (hand() - timedelta(hours=14)).isoformat()
    ahead = (hand() + timedelta(seconds=5)).isoformat()
    with serving(open_office(store, hand)) as edge, edge.as_("system") as client:
        late = client.post("/v1/cases", json=a_case()).json()["id"]
        told = client.post(f"/v1/cases/{late}/conclude", json={"at": before})
        given = a_case(2, concluded_at=before)
        opened = client.post("/v1/cases", json=given)
        again = client.post("/v1/cases", json=given)
        other = client.post("/v1/cases", json=a_case(2))
        quick = client.post("/v1/cases", json=a_case(3, concluded_at=ahead))
        withdrawn = client.post(f"/v1/cases/{opened.json()['id']}/withdraw", json={"reason": "不再办理"})
        why = client.get(f"/v1/cases/{opened.json()['id']}").json()["explanation"]["decisions"]
        refused = [
            client.post("/v1/cases", json=a_case(4, concluded_at=at))
            for at in ("2026-02-28T23:59:59+08:00", (hand() + timedelta(minutes=6)).isoformat(), "1800-01-01T00:00:00+14:00")
        ]
        bare = {name: value for name, value in a_case(5, route="CERTIFICATE", claims=[]).items() if name != "letter"}
        certificate = client.post("/v1/cases", json=bare | {"concluded_at": "2025-12-31T09:00:00+08:00"})
    moments = [datetime.fromisoformat(one.json()["concluded_at"]) for one in (told, opened)]
    assert moments == [datetime.fromisoformat(before)] * 2
    assert (opened.status_code, again.status_code, again.json()["id"]) == (201, 200, opened.json()["id"])
    assert code(other) == (409, "reference_reused"), "when it was concluded is content"
    assert (quick.status_code, certificate.status_code) == (201, 201), "clocks may differ a little; a certificate has no letter"
    assert code(withdrawn) == (409, "already_concluded")
    assert [one["facts"]["by"] for one in why if one["rule"] == "matter.conclude"] == [opened.json()["sender"]]
    assert {code(one) for one in refused} == {(422, "concluded_out_of_range")}
    assert {one.json()["error"]["facts"]["field"] for one in refused} == {"concluded_at"}


def test_that_a_withdrawn_matter_had_been_concluded_before_is_kept_and_an_officers_to_follow(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with serving(office) as edge, edge.as_("system") as client, edge.client() as browser:
        given = client.post("/v1/cases", json=a_case()).json()["id"]
        at = (hand() + timedelta(minutes=5)).isoformat()
        hand.on(seconds=3600)
        assert client.post(f"/v1/cases/{given}/withdraw", json={"reason": "不再办理"}).json()["state"] == "WITHDRAWN"
        after = client.post(f"/v1/cases/{given}/conclude", json={"at": hand().isoformat()})
        assert code(after) == (409, "already_withdrawn"), "what was concluded afterwards is another way's"
        told = client.post(f"/v1/cases/{given}/conclude", json={"at": at})
        assert (told.status_code, told.json()["state"]) == (200, "WITHDRAWN")
        assert datetime.fromisoformat(told.json()["concluded_at"]) == datetime.fromisoformat(at)
        assert client.post(f"/v1/cases/{given}/conclude", json={"at": at}).json() == told.json()
        rules = [one["rule"] for one in client.get(f"/v1/cases/{given}").json()["explanation"]["decisions"]]
        assert rules.count("withdrawal.overtaken") == 1
        assert waiting(office, DocketKind.OVERTAKEN) == [(given, given, by_now(office, given))]
        path = f"/matters/withdrawal_overtaken:{given}"
        logged_in(edge, browser)
        assert f'href="{path}"' in browser.get("/review").text
        assert send(browser, path, "follows", answer="NEEDLESS", reasons="").status_code == 422
        assert send(browser, path, "follows", answer="", reasons="未领取证照").status_code == 422
        assert send(browser, path, "follows", answer="NEEDLESS", reasons="未领取证照").status_code == 303
    assert waiting(office, DocketKind.OVERTAKEN) == []
