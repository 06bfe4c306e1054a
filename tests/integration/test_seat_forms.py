"""The inspector's form without scripts: accept, enter a result, decline, by the link of the push."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from inspector.flows.dispatch import seat_name
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import WENT, serving
from tests.house import Hand
from tests.integration.test_draw_way import one_seat
from tests.integration.test_forms import hidden

pytestmark = pytest.mark.alike


def test_an_inspector_accepts_and_enters_the_result(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        name, second = map(seat_name, tx.visits.team(visit.id))
    path = f"/seat/{name}/{office.link_token('seat', name)}"
    with serving(office) as edge, edge.client() as browser:
        assert browser.post(f"/seat/{second}/{office.link_token('seat', second)}", data={"do": "accept"}).status_code == 303
        page = browser.get(path, headers=WENT)
        assert visit.name in page.text
        assert page.text.count("某路1号") == 1, "where to go, once"
        english = browser.get(path + "?lang=en", headers=WENT).text
        assert "Address, as the case has it" in english
        assert "None is known here" not in english
        assert browser.post(path, data={"do": "accept", "message": hidden(page.text)}).status_code == 303
        form = browser.get(path).text
        about = re.findall(r'name="verdict:([^"]+)" value="match"', form)
        partly = browser.post(path, data={"do": "result", f"note:{about[0]}": "门牌相符", "remarks": "现场有人"})
        assert partly.status_code == 422
        assert "门牌相符" in partly.text
        assert "现场有人" in partly.text
        mismatch = {"do": "result", f"verdict:{about[0]}": "mismatch", "remarks": "现场有人"}
        wordless = browser.post(path, data=mismatch | {f"note:{about[0]}": " "})
        assert wordless.status_code == 422
        assert len(re.findall(r"认定不一致的，须写明所见情况：[^<]*经营场所", wordless.text)) == 2, "on top, and beside the field"
        assert re.search(r'id="note-1"[^>]*aria-invalid', wordless.text)
        assert re.search(r'value="mismatch" checked', wordless.text)
        assert "现场有人" in wordless.text
        whole = {f"verdict:{one}": "match" for one in about} | {
            "do": "result",
            f"note:{about[0]}": "门牌相符",
            "remarks": "现场有人",
        }
        assert browser.post(path, data=whole).status_code == 303
        assert "已完成" in browser.get(path).text
        mate = f"/seat/{second}/{office.link_token('seat', second)}"
        for one in (path, mate):
            assert all(told in browser.get(one).text for told in ("门牌相符", "现场有人")), "both read what was entered"
        mates = [re.search(r"<dt>同行人员</dt><dd><bdi>([^<]+)</bdi></dd>", browser.get(one).text) for one in (path, mate)]
        with store.read() as tx:
            team = {
                f"{tx.rosters.inspector(one.agency, one.inspector).name} ({one.inspector})" for one in tx.visits.team(visit.id)
            }
        assert {mate[1] for mate in mates if mate} == team, "each reads the other's name"


@pytest.mark.slow
def test_an_inspector_is_told_that_no_address_is_known_and_none_once_out_of_the_team(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    for pack in office.book.packs:
        for item in pack.items.values():
            assert [fact.code for fact in item.facts if fact.place] == [
                one.code for one in item.facts if one.code == "registered-address"
            ]
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.begin() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        first, second = map(seat_name, tx.visits.team(visit.id))
        tx.visits.put(replace(visit, case_ids=(), doubts=()))
    with serving(office) as edge, edge.client() as browser:
        bare = browser.get(f"/seat/{first}/{office.link_token('seat', first)}", headers=WENT).text
        path = f"/seat/{second}/{office.link_token('seat', second)}"
        browser.post(path, data={"do": "decline", "reason": "需要回避"})
        out = browser.get(path).text
    assert "本系统没有地址，请按上列代码在登记系统查询" in bare
    assert "本系统没有地址" not in out


@pytest.mark.slow
def test_an_inspector_who_cannot_go_says_why(store: Store, hand: Hand) -> None:
    office, name = one_seat(store, hand)
    path = f"/seat/{name}/{office.link_token('seat', name)}"
    with serving(office) as edge, edge.client() as browser:
        assert browser.post(path, data={"do": "decline", "reason": ""}).status_code == 422
        assert browser.post(path, data={"do": "decline", "reason": "需要回避"}).status_code == 303
        assert "已推辞" in browser.get(path).text
        assert browser.post(path, data={"do": "accept"}).status_code == 409
