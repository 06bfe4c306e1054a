"""What an inspector is told before accepting: the commitment and the rules of its visit, and never whom it is to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.brief import Asked, Settled, difference, plain_promise
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.visit import Visit
from inspector.flows import briefing, intake, listing
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import WENT, serving
from tests.house import Hand, application, settle
from tests.integration.test_draw_way import FACTS, visits
from tests.integration.test_seat_page import Team, accepted, team

pytestmark = pytest.mark.alike
__all__ = ["team"]
RECUSAL = {"zh-Hans": "行政处罚法第四十三条", "en": "Administrative Penalties Law, article 43"}


def embargoed(office: Office, visit: Visit, hand: Hand) -> None:
    """The visit as it is where the pack has its team learn later whom it is to."""
    with office.store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id, lock=True), released=False, release_at=hand.now))


@pytest.mark.slow
def test_before_accepting_an_inspector_reads_what_is_asked_what_is_proven_the_basis_the_cap_and_recusal_and_not_whom(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    embargoed(office, visit, hand)
    with store.read() as tx:
        seat = tx.visits.team(visit.id)[0]
    token = office.link_token("seat", seat.name)
    with serving(office) as edge, edge.client() as browser:
        pages = {lang: browser.get(f"/seat/{seat.name}/{token}?lang={lang}").text for lang in RECUSAL}
        told = browser.get(f"/v1/seats/{seat.name}", headers={"X-Link-Token": token}).json()
        browser.post(f"/seat/{seat.name}/{token}", data={"do": "decline", "reason": "有利害关系"})
        gone = browser.get(f"/seat/{seat.name}/{token}").text
        passed = browser.get(f"/v1/seats/{seat.name}", headers={"X-Link-Token": token}).json()
    for lang, page in pages.items():
        assert 'name="do" value="accept"' in page
        for words in ("劳务派遣经营场所证明", "经营场所实际使用并设有办公设施", "登记的经营场所地址", RECUSAL[lang]):
            assert words in page, (lang, words)
        for words in (visit.name, visit.code, "某路1号", *visit.case_ids):
            assert words not in page, (lang, words)
    assert "待核实事项" in pages["zh-Hans"]
    assert "承诺内容：是" in pages["zh-Hans"], "yes and no name nobody"
    assert "已核实、不再索要" in pages["zh-Hans"]
    assert "不计入" in pages["zh-Hans"]
    assert "counts towards no limit" in pages["en"]
    brief = told["brief"]
    assert brief["asked"] == [
        {"item": "劳务派遣经营场所证明", "fact": "经营场所实际使用并设有办公设施", "promised": "是", "case": 0}
    ]
    assert brief["settled"] == [{"item": "劳务派遣经营场所证明", "fact": "登记的经营场所地址", "case": 0}]
    assert (brief["checks"]["nth"], brief["checks"]["own"]) == (None, 0), "a visit that a permit needs uses up no cap"
    assert (told["visit"]["name"], told["visit"]["code"], told["visit"]["doubts"]) == ("", "", [])
    assert "经营场所实际使用并设有办公设施" not in gone, "whose seat it is no more reads nothing of it"
    assert passed["brief"] is None


def test_the_push_brings_the_commitment_to_what_reads_for_the_inspector_alone_and_its_text_says_none_of_it(
    store: Store, hand: Hand
) -> None:
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert len(phones.messages) == 2
    for message in phones.messages:
        brief = message.data["brief"]
        assert isinstance(brief, dict)
        assert brief["asked"] == [{"item": "劳务派遣经营场所证明", "fact": "经营场所实际使用并设有办公设施", "promised": "是"}]
        assert brief["proven"] == [{"item": "劳务派遣经营场所证明", "fact": "登记的经营场所地址"}]
        assert brief["checks"] == {"nth": None, "own": 0, "cap": None, "left": None, "together": 0, "stop": None}
        assert brief["basis"]
        assert RECUSAL["zh-Hans"] in str(brief["recusal"])
        assert visit.name not in str(message)
        assert visit.code not in str(message)
        assert "某路" not in str(message)
        assert "经营场所" not in message.title + message.text, "a screen, a group and a provider see the least"


def corrected(office: Office, case_id: str, used: str) -> None:
    given = application(1, "dispatch-premises", {**FACTS, "office-in-use": used})
    with office.store.begin() as tx:
        intake.correct(office, tx, case_id, given, "hall", office.now())


@pytest.mark.slow
def test_what_is_told_stands_still_until_the_release_and_then_the_team_hears_once_what_has_changed(
    store: Store, hand: Hand
) -> None:
    """Else whoever corrects a promise and watches an inspector's page would see whom the visit is to."""
    office, phones, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    embargoed(office, visit, hand)
    with store.read() as tx:
        seat = tx.visits.team(visit.id)[0]
    path = f"/seat/{seat.name}/{office.link_token('seat', seat.name)}"
    with serving(office) as edge, edge.client() as browser:
        before = browser.get(path).text
        corrected(office, case_id, "无")
        corrected(office, case_id, "否")
        settle(office)
        assert len(phones.messages) == 2
        assert "承诺内容：是" in browser.get(path).text
        assert browser.get(path).text.count("经营场所") == before.count("经营场所")
        with store.begin() as tx:
            listing.release(office, tx, tx.visits.get(visit.id, lock=True), hand())
        settle(office)
        assert "承诺内容： <bdi>否</bdi>" in browser.get(path, headers=WENT).text.replace("承诺内容：<", "承诺内容： <")
    news = phones.messages[2:]
    assert [one.data["changed"] for one in news] == [True, True]
    assert {str(one.data["brief"]["asked"][0]["promised"]) for one in news} == {"否"}  # type: ignore[index]


@pytest.mark.slow
def test_a_release_that_finds_nothing_changed_tells_nobody(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    embargoed(office, visit, hand)
    with store.begin() as tx:
        assert listing.release(office, tx, tx.visits.get(visit.id, lock=True), hand()).released
    settle(office)
    assert len(phones.messages) == 2


@pytest.mark.slow
def test_the_notice_says_which_check_of_the_year_it_is_of_how_many_under_which_rule(team: Team, hand: Hand) -> None:
    office = team.edge.office
    with office.store.begin() as tx:
        held = tx.visits.get(team.visit, lock=True)
        policy = office.book.get(tx.draws.pack_of(held.draw, "bureau"))
        stratum = next(one.stratum for one in policy.samplings if one.level == "B")
        tx.visits.put(replace(held, check=CheckType.PLANNED, stratum=stratum))
        told = {"agency": "bureau", "kind": held.kind, "code": held.code, "authority": Authority.OWN}
        past = Inspection(on=date(hand().year, 1, 5), check=CheckType.PLANNED, **told)  # type: ignore[arg-type]
        tx.inspections.put([past, replace(past, on=date(hand().year - 1, 12, 30))], hand())
    accepted(team)
    name, token = team.first.split("/")[2:]
    with team.edge.client() as browser:
        use = browser.get(f"/v1/seats/{name}/notice", headers={"X-Link-Token": token}).json()["use"]
        chinese = browser.get(f"{team.first}/notice?lang=zh-Hans").text
        english = browser.get(f"{team.first}/notice?lang=en").text
        seat = browser.get(team.first).text
    row = policy.limits.frequencies["B"]
    assert (use["nth"], use["own"], use["cap"], use["basis"]) == (2, 2, row.cap, row.basis), use
    left = max((row.cap or 0) - 2, 0)
    for page in (chinese, seat):
        assert f"本年度第 2 次检查，上限 {row.cap} 次，尚余 {left} 次</dd>" in page, page
        assert "次数依据：" in page
    assert "This is check no. 2 of this year by" in english
    assert f", at most {row.cap}, {left} left</dd>" in english


def test_a_promise_is_told_early_only_where_it_names_nobody(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    item = office.policy("bureau", hand().date()).item("dispatch-premises")
    used, place = item.fact("office-in-use"), item.fact("registered-address")
    assert plain_promise(used, "是") == "是"
    assert plain_promise(used, "某某公司") == plain_promise(place, "某路1号") == ""
    listed = replace(place, values=("存续=在营", "注销"))
    assert plain_promise(listed, "在营") == "存续"
    assert plain_promise(listed, "是") == "", "what the pack does not list may be anything"


def test_what_has_become_of_a_brief_is_added_spared_or_changed(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        was = briefing.brief(office, tx, visit, "bureau", hand())
    more = replace(was, asked=(*was.asked, Asked(item="另一事项", fact="甲")))
    assert difference(was, was) == ""
    assert difference(was, more) == "added"
    assert difference(more, was) == "spared"
    assert difference(was, replace(was, asked=(Asked(item="另一事项", fact="甲"),))) == "changed"
    assert difference(was, replace(was, settled=(*was.settled, Settled(item="甲", fact="乙")))) == "spared"
    assert difference(was, replace(was, checks=replace(was.checks, own=7))) == "", "another check is no change of the case"
