"""Three licences of one firm, one visit: whoever finds one of three addresses empty can say of which promise (issue 6)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from inspector.domain.brief import Asked, Brief, Settled, difference
from inspector.domain.visit import Visit
from inspector.flows import dispatch
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import Edge, serving
from tests.house import Hand, application, post, settle
from tests.integration.test_brief import embargoed

pytestmark = pytest.mark.alike
FACT = "经营场所实际使用并设有办公设施"
ADDRESSES = ("某路1号", "某路2号", "某路3号")


def three(store: Store, hand: Hand) -> tuple[Office, Visit]:
    """A visit that serves three cases of one item, each of premises of its own."""
    office, _, _ = drawing(store, hand)
    for number, address in enumerate(ADDRESSES, 1):
        facts = {"registered-address": address, "office-in-use": "是"}
        post(office, replace(application(1, "dispatch-premises", facts), reference=f"2025-000{number}"))
    settle(office)
    _, held = announced(office, hand, cases=0)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert len(visit.case_ids) == 3
    return office, visit


def paths(office: Office, visit: Visit) -> list[str]:
    with office.store.read() as tx:
        return [f"/seat/{one.name}/{office.link_token('seat', one.name)}" for one in tx.visits.team(visit.id)]


def bare(page: str) -> str:
    return re.sub("[\u2068\u2069]", "", page)


def sent(edge: Edge, path: str, **form: str) -> None:
    with edge.client() as browser:
        assert browser.post(path, data=form).status_code == 303


@pytest.mark.slow
def test_before_acceptance_the_facts_of_several_cases_have_numbers_and_say_nothing_of_whom(store: Store, hand: Hand) -> None:
    office, visit = three(store, hand)
    embargoed(office, visit, hand)
    with serving(office) as edge, edge.client() as browser:
        first = paths(office, visit)[0]
        page, english = browser.get(first).text, browser.get(first + "?lang=en").text
        name, token = first.split("/")[2:]
        brief = browser.get(f"/v1/seats/{name}", headers={"X-Link-Token": token}).json()["brief"]
    for number in (1, 2, 3):
        assert page.count(f"第 {number} 件") == 2, "what is asked, and what is proven"
        assert f"matter {number}" in english
    for words in ("2025-000", *ADDRESSES, visit.name, visit.code, *visit.case_ids):
        assert words not in page
    assert [one["case"] for one in brief["asked"]] == [1, 2, 3]
    assert sorted(one["case"] for one in brief["settled"]) == [1, 2, 3]


@pytest.mark.slow
def test_each_box_photo_receipt_and_version_says_of_which_case_it_is(store: Store, hand: Hand) -> None:
    office, visit = three(store, hand)
    first, second = paths(office, visit)
    with store.begin() as tx:
        cases = {case_id: tx.cases.get(case_id) for case_id in visit.case_ids}
        for path in (first, second):
            dispatch.accept(tx, path.split("/")[2], hand())
    called = {
        case.id: f"{FACT} · 第 {number} 件 · {case.reference} · "
        + next(one.claim.value for one in case.claims if one.claim.fact == "registered-address")
        for number, case in enumerate(cases.values(), 1)
    }
    doubts = {one.case_id: f"{one.case_id}:{one.claim}" for one in visit.doubts}
    two = next(case.id for case in cases.values() if case.reference == "2025-0002")
    with serving(office) as edge, edge.client() as browser:
        page = bare(browser.get(first).text)
        for case_id, name in called.items():
            _, _, box = page.partition(f"<fieldset data-fact>\n<legend>{name}</legend>")
            assert box.partition('name="verdict:')[2].startswith(f'{doubts[case_id]}"')
        for case in cases.values():
            assert sum(f"第 {number} 件 · {case.reference}" in page for number in (1, 2, 3)) == 1
        unsaid = {f"verdict:{about}": "match" for case_id, about in doubts.items() if case_id != two}
        refused = bare(browser.post(first, data={"do": "result", **unsaid}).text)
        assert f"：{called[two]}" in refused, "what lacks an answer is named, too"
        found = {f"verdict:{doubts[two]}": "mismatch", f"note:{doubts[two]}": "空置"}
        sent(edge, first, do="note", **unsaid, **found)
        sent(edge, second, do="note", **unsaid, **{f"verdict:{doubts[two]}": "match"})
        lead = bare(browser.get(first).text)
        assert f"{called[two]}: 不一致" in lead, "the receipt"
        assert f"<legend>{called[two]}</legend>" in lead, "the versions that the lead chooses between"
        assert "同组记录不一致，您是主办人员" in lead, "not that nothing more is needed"
        assert "由主办人员选定" in bare(browser.get(second).text)
        assert len(lead.encode()) < 100_000


def test_which_number_a_case_has_is_no_change_of_what_is_asked() -> None:
    """Also of a brief that was written before there were numbers."""
    asked, more = (Asked(item="i", fact="f", promised="是", case=number) for number in (1, 2))
    of = Brief(agency="bureau", items=(), asked=(asked, more), settled=(), checks=None)  # type: ignore[arg-type]
    assert not difference(of, replace(of, asked=(replace(asked, case=0), replace(more, case=0))))
    assert difference(of, replace(of, asked=(replace(more, case=1),))) == "spared"
    assert difference(of, replace(of, asked=(asked, more, replace(more, case=3)))) == "added"
    assert (
        difference(
            replace(of, settled=(Settled(item="i", fact="p", case=1),)), replace(of, settled=(Settled(item="i", fact="p"),))
        )
        == ""
    )
