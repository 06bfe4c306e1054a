"""What the firm says and signs on the spot, and what a team's lead chooses, before whoever decides: by name to the officer alone."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest

from inspector.domain.challenge import Applicant
from inspector.flows import recusing
from inspector.flows.casefile import case_file
from inspector.flows.explain import explain
from inspector.web.roles import Role
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, photo, team
from tests.materials import jpeg

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike
SAID = {
    "signing": "REFUSED",
    "signer": "张三 店长",
    "signing_reason": "认为与事实不符",
    "statement": "本店三月四日才搬来，请复核",
}
WORDS = ("本店三月四日才搬来，请复核", "认为与事实不符", "张三 店长", "已迁出")


def read(edge: Edge, case_id: str) -> dict[str, str]:
    """What an officer reads of a case, by door."""
    with edge.client() as desk:
        desk.post("/login", data={"token": edge.token("officer", name="李四")})
        page = desk.get(f"/review/{case_id}").text
    with edge.as_(Role.OFFICER, name="李四") as officer:
        case, told = officer.get(f"/v1/cases/{case_id}").text, officer.get(f"/v1/cases/{case_id}/explain").json()
    return {"review": page, "case": case, "explain": told["text"]}


def names(edge: Edge, visit: str) -> list[str]:
    with edge.office.store.read() as tx:
        return [f"{tx.rosters.inspector(one.agency, one.inspector).name} ({one.inspector})" for one in tx.visits.team(visit)]


@pytest.mark.slow
def test_what_the_firm_says_signs_and_will_not_stands_before_the_officer_and_in_the_file_where_no_inspector_is_named(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, _), (lead, _) = team(edge, links)
    (doubt,) = visit.doubts
    with edge.office.store.read() as tx:
        item = tx.cases.get(doubt.case_id).item
    sheet = {**SAID, "rows": [{"item": item, "outcomes": ["moved"]}]}
    assert lead.post(f"/v1/seats/{first}/notes", json=note(visit, "mismatch", "空置", sheet=sheet)).json()["became"] == "RESULT"
    settle(edge.office)
    who = names(edge, visit.id)[0]
    for door, text in read(edge, doubt.case_id).items():
        assert [one for one in (*WORDS, who) if one not in text] == [], door
    with edge.as_(Role.SYSTEM) as system:
        near = system.get(f"/v1/cases/{doubt.case_id}").text
    assert [one for one in (*WORDS, who) if one in near] == [], "the approving system reads no words of people"
    file = case_file(edge.office, doubt.case_id, "李四", "api").files
    for name in ("case.json", *(one for one in file if one.endswith(".html"))):
        text = file[name].decode()
        assert [one for one in WORDS[:3] if one not in text] == [], name
        assert who not in text
    with edge.office.store.read() as tx:
        assert who not in str(explain(edge.office, tx, doubt.case_id, outside=True))


@pytest.mark.slow
def test_what_the_lead_chose_and_why_is_told_to_the_team_and_to_the_officer_who_reads_whose_word_is_whose(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    (doubt,) = visit.doubts
    about = {"case_id": doubt.case_id, "claim": doubt.claim}
    assert lead.post(f"/v1/seats/{first}/photos", json=photo(jpeg(), **about)).status_code == 200
    lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match", "招牌在"))
    mate.post(f"/v1/seats/{second}/notes", json=note(visit, "match", "门口有快递柜"))
    said = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "后来才看到大门紧锁")).json()
    choice = {**about, "note": said["note"], "reasons": "已当面核对，以后到者所见为准"}
    assert lead.post(f"/v1/seats/{first}/choices", json=choice).json() == {"became": "KEPT"}
    settle(edge.office)
    with edge.office.store.read() as tx:
        seats = tx.visits.team(visit.id)
    (made,) = lead.get(f"/v1/seats/{first}/notes").json()["choices"]
    assert (made["verdict"], made["inspector"], made["reasons"]) == ("mismatch", seats[1].inspector, choice["reasons"])
    with edge.client() as browser:
        page = browser.get(f"/seat/{second}/{edge.office.link_token('seat', second)}").text
    (chosen,) = re.findall(r'<ul id="chosen">(.*?)</ul>', page, re.DOTALL)
    assert choice["reasons"] in chosen
    one, two = names(edge, visit.id)
    told = read(edge, doubt.case_id)
    for door, text in told.items():
        assert [word for word in (choice["reasons"], "门口有快递柜", one, two) if word not in text] == [], door
    table = told["review"].split("<tbody", 1)[1].split("</tbody>", 1)[0]
    pieces = re.findall(r"<div>(?:(?!<div>).)*?现场核查.*?</div>", table, re.DOTALL)
    assert [(f"<bdi>{one}</bdi>" in piece, f"<bdi>{two}</bdi>" in piece) for piece in pieces] == [(True, True), (False, True)]
    assert ["门口有快递柜" in piece for piece in pieces] == [True, False], "each in the own words"
    assert [piece.count("/photos/") for piece in pieces] == [1, 0], "who took none has none beside her words"
    assert one in pieces[0].split("/photos/")[1], "and beside a photo stands who took it"


def test_that_a_recusal_had_been_applied_for_when_the_result_was_entered_is_read_with_the_case(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, _), (lead, _) = team(edge, links)
    (doubt,) = visit.doubts
    with edge.office.store.begin() as tx:
        staff = tx.visits.team(visit.id)[1].inspector
        recusing.apply(
            edge.office, tx, visit.id, staff, applicant=Applicant.FIRM, by="赵", reason="kin", evidence="口头", now=hand()
        )
    lead.post(f"/v1/seats/{first}/notes", json=note(visit, "mismatch", "空置"))
    settle(edge.office)
    with edge.office.store.read() as tx:
        (spot,) = explain(edge.office, tx, doubt.case_id).spots
    assert spot.challenged == (names(edge, visit.id)[1],)
    assert "结果录入时已有人申请其回避" in read(edge, doubt.case_id)["explain"]
