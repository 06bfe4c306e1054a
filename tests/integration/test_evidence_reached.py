"""What somebody decides on lies one click away: photos, what was shown, letters, on the case's page and the objection's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from inspector.domain.case import Outcome
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from inspector.web.grounds import NOWHERE, grounds
from tests.drawn import announced, carried_out, drawing
from tests.edge import WEB, Edge, serving
from tests.house import Hand
from tests.integration.test_fieldnotes import note, photo, team
from tests.integration.test_forms import logged_in
from tests.integration.test_selfproof import at_the_edge, book, house, read, show
from tests.materials import jpeg, png
from tests.proceedings import decided
from tests.showing import House

__all__ = ["book", "house"]
pytestmark = [pytest.mark.alike, pytest.mark.slow]


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with serving(office, WEB.model_copy(update={"max_material_bytes": 1_000_000})) as held_edge:
        yield held_edge


def test_what_was_photographed_is_saved_from_the_page_of_the_case_and_who_looked_is_on_record(edge: Edge) -> None:
    with ExitStack() as links:
        visit, seats, clients = team(edge, links)
        (doubt,) = visit.doubts
        taken = (
            clients[0]
            .post(f"/v1/seats/{seats[0]}/photos", json=photo(jpeg(), case_id=doubt.case_id, claim=doubt.claim))
            .json()["digest"]
        )
        done = clients[0].post(f"/v1/seats/{seats[0]}/notes", json=note(visit, "mismatch", "大门紧闭"))
        assert done.json()["became"] == "RESULT"
    link = f"/review/{doubt.case_id}/photos/{taken}"
    with edge.client() as officer, edge.client() as stranger, edge.client() as auditor, edge.client() as nobody:
        logged_in(edge, officer)
        logged_in(edge, stranger, agency="other")
        logged_in(edge, auditor, role="auditor")
        assert f'href="{link}"' in officer.get(f"/review/{doubt.case_id}").text
        saved = officer.get(link)
        assert (saved.headers["content-type"], "attachment" in saved.headers["content-disposition"]) == ("image/jpeg", True)
        assert [one.get(link).status_code for one in (stranger, auditor)] == [404, 403]
        assert nobody.get(link).headers["location"].startswith("/login?next=")
        assert officer.get(f"/review/{doubt.case_id}/photos/{'0' * 64}").status_code == 404
    with edge.office.store.read() as tx:
        assert "visit.looked" in {row["rule"] for row in tx.ledger.about(visit.id)}


def test_what_a_subject_has_shown_is_saved_from_where_it_is_evidence(house: House) -> None:
    with at_the_edge(house) as edge, edge.client() as browser:
        digest = show(edge, house, png()).json()["materials"][-1]["digest"]
        read(edge, house, "mismatch", digests=[digest], value="2人", of_day="2026-03-02", reasons="照片只见两人")
        logged_in(edge, browser)
        with edge.office.store.read() as tx:
            case_id = house.get().case_id
            pieces = [one.id for one in tx.cases.evidence(case_id)]
            told = grounds(tx, case_id, "bureau", [*pieces, "verify:x"])
        page = browser.get(f"/review/{case_id}").text
    proof = [one for one in pieces if one.startswith("self_proof:")][-1]
    assert (told[proof].kind, told[proof].page) == ("proof", f"/proofs/{house.proof}")
    assert told[proof].files == (f"/proofs/{house.proof}/materials/{digest}",)
    assert told["verify:x"] == NOWHERE
    assert f'href="{told[proof].page}"' in page
    assert f'href="{told[proof].files[0]}"' in page


def test_an_objections_page_has_the_evidence_that_it_rests_on_and_what_lies_beside(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.impose(case.the(Proposal.REVOKE))
    objection = case.object(revoke.id, "登记有误")
    case.speaks_for()
    with serving(case.office) as edge, edge.client() as browser, edge.client() as stranger:
        logged_in(edge, browser, name="王五")
        logged_in(edge, stranger, agency="other")
        page = browser.get(f"/credit/objections/{objection.id}").text
        rests, beside = page.index("所依据的证据"), page.index("本办件的其他证据")
        assert "吊销" in page[rests:beside], "what was found, and what it was held against"
        assert "存续" in page[rests:beside]
        assert "一致" in page[beside:], "what has come since"
        assert stranger.get(f"/credit/objections/{objection.id}").status_code == 404
        english = browser.get(f"/credit/objections/{objection.id}?lang=en").text
        assert "The evidence that it rests on" in english
