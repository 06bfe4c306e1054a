"""Whom a firm or person rings, and where to go, stands on what they are told and sent (54号; Penalties Law art. 44, 45; PIPL art. 17)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.channels.sms import SmsChannel
from inspector.cli import above
from inspector.domain.agreed import Contact
from inspector.domain.errors import Invalid
from inspector.flows import frontdesk, serving
from inspector.flows.office import AgencyNode, Office
from inspector.labels import Lang
from inspector.ports import Message
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving as at_the_edge
from tests.house import Hand, settle
from tests.integration.test_carriers import MAS, PUSH, reached
from tests.reached import PHONE, opened

pytestmark = pytest.mark.alike
RUNG, WHERE = "010-12345678", "示例路1号三楼"


def manned(office: Office, agency: str = "bureau") -> Office:
    """The office where an agency says whom to ring and where to go."""
    node = replace(office.tree[agency], telephone=RUNG, address=WHERE)
    return replace(office, tree={**office.tree, agency: node})


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_the_notice_of_a_check_says_whom_to_ring_and_where_to_go_in_both_languages_and_by_the_interface(
    lang: Lang, store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        names = [seat.name for seat in tx.visits.team(visit.id)]
    for told in (office, manned(office)):
        with at_the_edge(told) as edge, edge.client() as phone:
            for name in names:
                phone.post(f"/seat/{name}/{office.link_token('seat', name)}", data={"do": "accept"})
            link = office.link_token("seat", names[0])
            page = phone.get(f"/seat/{names[0]}/{link}/notice?lang={lang}").text
            (part,) = phone.get(f"/v1/seats/{names[0]}/notice", headers={"X-Link-Token": link}).json()["parts"]
        said = told is not office
        assert [word in page for word in (RUNG, WHERE)] == [said, said]
        assert (part["telephone"], part["address"]) == ((RUNG, WHERE) if said else ("", ""))


def test_what_is_pushed_to_a_subject_and_its_page_say_whom_to_ring_and_nothing_of_what_it_is_about(
    store: Store, hand: Hand
) -> None:
    house = opened(store, hand, Contact(phone=PHONE, agreed=True))
    house.office = manned(house.office)
    notice = house.give()
    settle(house.office)
    ((_, message),) = house.sms.pushed
    assert message.text.endswith(f"核实真伪及咨询、陈述申辩：电话：{RUNG}，地址：{WHERE}。")
    assert message.data["telephone"] == RUNG
    with store.read() as tx:
        token = serving.token(house.office, tx, notice.id)
    with at_the_edge(house.office) as edge, edge.client() as browser:
        page = browser.get(f"/subject/{notice.id}/{token}?lang=en").text
    assert (f"telephone {RUNG}" in page, WHERE in page) == (True, True)


def test_an_sms_has_room_for_the_number_where_there_is_one(tmp_path: Path) -> None:
    firm = replace(PUSH, data={"telephone": RUNG})
    with reached("mas", tmp_path, content="{title}[ 电话{telephone}] {link}") as (made, there):
        for message in (firm, PUSH):
            made.push(message, key="k")
    assert [RUNG in one["text"] for one in there.sent] == [True, False]
    assert "电话" not in there.sent[1]["text"], "an inspector is told nobody to ring"
    with pytest.raises(Invalid, match="connector_sms_always"):
        SmsChannel("sms", {**MAS, "url": "https://sms.example", "content": "{title} {telephone} {link}"})
    plain = Message(to="13800000000", title="告知", text="", link="https://office.example/s/1", data={"telephone": RUNG})
    with reached("mas", tmp_path, content="{title} {link}[ Tel. {telephone}]") as (made, there):
        made.push(plain, key="k")
    assert there.sent[0]["text"].endswith(f" Tel. {RUNG}")


def test_who_says_nothing_is_told_so_by_check_and_the_agency_above_speaks_for_it() -> None:
    tree = {
        "county": AgencyNode(id="county", name="区政府"),
        "bureau": AgencyNode(id="bureau", name="区局", parent="county"),
    }
    (found,) = above.unrung(tree, ["bureau", "gone"])
    assert "telephone" in found.mend[0]
    tree["county"] = replace(tree["county"], telephone=RUNG)
    assert list(above.unrung(tree, ["bureau"])) == []


def test_the_agency_above_is_named_where_it_is_its_number(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    top = office.line("bureau")[-1]
    assert top != "bureau"
    told = manned(office, top)
    assert frontdesk.lines(told, "bureau", "zh-Hans") == (f"请向{office.tree[top].name}咨询", f"电话：{RUNG}", f"地址：{WHERE}")
    assert frontdesk.sentence(office, "bureau", "en") == ""


def test_who_sends_inspectors_hears_that_the_prohibitions_on_a_notice_are_unverified_until_somebody_has_compared_them() -> None:
    tree = {
        "county": AgencyNode(id="county", name="区政府"),
        "bureau": AgencyNode(id="bureau", name="区局", parent="county"),
    }
    (found,) = above.unconfirmed(tree, ["bureau", "gone"])
    assert "unverified" in found.what[0]
    assert "notice_confirmed" in found.mend[0]
    tree["county"] = replace(tree["county"], notice_confirmed="法制科，2026-03-02")
    assert list(above.unconfirmed(tree, ["bureau"])) == []
