"""Whether a penalty, and whether a letter, is public stands on the officers' list and is said on a page, by the rules of the API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain import disclosing
from inspector.domain.docket import DISCLOSURE, LETTER_SCOPE
from inspector.domain.publicationduty import PublicationState
from inspector.flows import pledges
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, application, open_office, post
from tests.integration.test_disclosure import SECRET, fined, rule
from tests.integration.test_forms import logged_in
from tests.integration.test_pledges import CLAIMS, ITEM, WANTED, saying
from tests.integration.test_proceeding_page import send

pytestmark = pytest.mark.alike
OWN_WORDS = "仅在本窗口张贴"


@pytest.mark.slow
def test_an_officer_says_on_the_page_of_a_penalty_whether_it_is_public_and_the_list_leads_there(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    path = f"/consequences/{held.id}"
    with serving(case.office) as edge, edge.client() as browser, edge.client() as auditor:
        logged_in(edge, browser)
        logged_in(edge, auditor, role="auditor")
        listed = browser.get("/review").text
        assert f'href="{path}"' in listed
        assert "认定行政处罚是否公开" in listed
        page = browser.get(path).text
        assert all(one in page for one in ('value="disclosure"', "没收违法所得", "处罚公开", "S1:48;P:1.2.26"))
        assert 'value="disclosure"' not in auditor.get(path).text
        assert "is to be public" in browser.get(f"{path}?lang=en").text
        wrong = send(browser, path, "disclosure", public="true", kinds="FINE", fine="三万", reasons="群众关注")
        assert (wrong.status_code, "请以数字填写金额" in wrong.text) == (422, True)
        assert 'value="FINE" checked' in wrong.text, "what was chosen stays"
        assert "群众关注" in wrong.text
        assert (
            send(browser, path, "disclosure", public="true", kinds="FINE", fine="30,000", reasons="群众关注").status_code == 303
        )
        told = browser.get(path).text
        assert ("30000 元" in told, 'value="disclosure"' in told) == (True, False)
        assert f'href="{path}"' not in browser.get("/review").text
        with edge.as_("officer") as officer:
            (duty,) = [one for one in officer.get("/v1/publications").json()["publications"] if one["penalty"]]
            assert (duty["penalty"]["ruled"]["amount"], duty["state"]) == (3_000_000, "OWED")
            body = {"public": False, "reasons": "影响已经消除"}
            done = officer.post(f"/v1/consequences/{held.id}/disclosure", json=body)
            assert (done.status_code, done.json()["state"]) == (200, "NOT_PUBLIC")
        with edge.as_("clerk") as clerk:
            assert clerk.post(f"/v1/consequences/{held.id}/disclosure", json=body).status_code == 403
    with store.read() as tx:
        assert tx.publications.get(disclosing.name(held.id)).state is PublicationState.NOT_PUBLIC


@pytest.mark.parametrize("role", ["clerk", "ops"])
def test_the_reasons_of_the_house_are_read_by_who_decides_or_oversees_alone(store: Store, hand: Hand, role: str) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    with serving(case.office) as edge, edge.as_("officer") as officer, edge.as_("auditor") as auditor, edge.as_(role) as other:
        assert all(SECRET in reader.get("/v1/publications").text for reader in (officer, auditor))
        told = other.get("/v1/publications")
        assert SECRET not in told.text
        (duty,) = told.json()["publications"]
        assert (duty["state"], duty["penalty"]["ruled"]["kinds"], duty["penalty"]["ruled"]["reasons"]) == ("OWED", ["FINE"], "")


def test_no_note_in_passing_ends_what_an_officer_is_to_say(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    with serving(case.office) as edge, edge.as_("officer") as officer:
        said = officer.post(f"/v1/attention/{DISCLOSURE}:{held.id}/close", json={"note": "已阅"})
        assert (said.status_code, said.json()["error"]["code"]) == (409, "attention_needs_word")


def lettered(store: Store, hand: Hand) -> tuple[Office, str]:
    """A letter whose own words say something else than its item's, after the daily look."""
    office = saying(open_office(store, hand), WANTED)
    case_id = post(office, application(1, ITEM, CLAIMS, publicity_scope=OWN_WORDS))
    with store.begin() as tx:
        pledges.look(office, tx, hand(), tuple(pledges.unread(office)))
    return office, case_id


@pytest.mark.parametrize(("word", "shown"), [("site", True), ("no_site", False)])
def test_an_officer_says_on_a_page_what_a_letters_own_words_allow(store: Store, hand: Hand, word: str, shown: bool) -> None:
    office, case_id = lettered(store, hand)
    path = f"/matters/{LETTER_SCOPE}:{case_id}"
    with serving(office) as edge, edge.client() as browser, edge.client() as auditor:
        logged_in(edge, browser)
        logged_in(edge, auditor, role="auditor")
        listed = browser.get("/review").text
        assert f'href="{path}"' in listed
        assert "认定承诺书所写公开范围是否包括网站" in listed
        page = browser.get(path).text
        for one in (OWN_WORDS, "本机关网站", "S0:5", "2027-", 'value="site"', 'value="no_site"', f"/review/{case_id}"):
            assert one in page, one
        assert "The words take in the public register" in browser.get(f"{path}?lang=en").text
        assert 'value="site"' not in auditor.get(path).text
        assert send(browser, path, word, reasons="").status_code == 422
        assert send(browser, path, word, reasons="已向签署人核实").status_code == 303
        assert f'href="{path}"' not in browser.get("/review").text
        assert 'value="site"' not in browser.get(path).text
    assert [one.case_id for one in pledges.gather(office, hand(), post=True).shown] == ([case_id] if shown else [])
    with store.read() as tx:
        (facts,) = [facts for _, facts in tx.ledger.facts([pledges.RULED], case_id)]
    assert (facts["site"], facts["reasons"], facts["scope"]) == (shown, "已向签署人核实", OWN_WORDS)


def test_a_letters_date_is_that_of_the_first_look_and_what_is_understood_meanwhile_waits_no_more(
    store: Store, hand: Hand
) -> None:
    office, case_id = lettered(store, hand)
    with store.read() as tx:
        (first,) = tx.attention.standing(LETTER_SCOPE)
    hand.on(days=1)
    with store.begin() as tx:
        pledges.look(office, tx, hand(), tuple(pledges.unread(office)))
        assert [one["due_at"] for one in tx.attention.standing(LETTER_SCOPE)] == [first["due_at"]]
    with store.begin() as tx:
        held = tx.cases.get(case_id, lock=True)
        assert held.letter is not None
        tx.cases.put(replace(held, letter=replace(held.letter, publicity_scope="本机关网站")))
    with store.begin() as tx:
        pledges.look(office, tx, hand(), tuple(pledges.unread(office)))
        assert tx.attention.standing(LETTER_SCOPE) == []


def test_a_house_that_had_one_matter_for_all_letters_has_one_for_each(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        tx.attention.open(pledges.UNREAD, office.house, office.house, {"letters": 2}, hand())
        pledges.look(office, tx, hand())
        assert tx.attention.standing(pledges.UNREAD) == []


def test_a_program_says_the_same_of_a_letter_by_the_api(store: Store, hand: Hand) -> None:
    office, case_id = lettered(store, hand)
    with serving(office) as edge, edge.as_("officer") as officer:
        path = f"/v1/cases/{case_id}/letter-publicity"
        assert officer.post(path, json={"site": True, "reasons": " "}).status_code == 422
        assert officer.post(path, json={"site": True, "reasons": "已核实"}).json() == {"case": case_id, "site": True}


@pytest.mark.parametrize("role", ["ops", "officer", "auditor"])
def test_a_letters_own_words_stand_in_no_list_of_matters(store: Store, hand: Hand, role: str) -> None:
    office, case_id = lettered(store, hand)
    with serving(office) as edge, edge.as_(role) as reader:
        told = reader.get("/v1/attention", params={"kind": LETTER_SCOPE})
    (matter,) = told.json()["attention"]
    assert OWN_WORDS not in told.text
    assert (matter["about"], "words" in matter["facts"]) == (case_id, False)
    assert matter["facts"].get("wanted") == (None if role == "ops" else "本机关网站"), "ops reads codes alone (decision 225)"
