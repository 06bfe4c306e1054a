"""Where notes of a team differ, the page of a seat says so, and what is to be done beside it."""

from __future__ import annotations

import httpx
import pytest

from inspector.domain.evidence import Verdict
from inspector.domain.version import Came
from inspector.domain.visit import Seat, Visit
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.web.todo import differing
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_against import notes
from tests.integration.test_merged import now_of
from tests.integration.test_spared import asked, given

pytestmark = [pytest.mark.alike, pytest.mark.slow]
DIFFER, ENTER, REST = "Notes of your team differ", "then enter the result here", "You need do nothing more"


def said(office: Office, browser: httpx.Client, seat: Seat) -> str:
    page = browser.get(f"/seat/{seat.name}/{office.link_token('seat', seat.name)}?lang=en").text
    return page.partition('class="now">')[2].partition("</p>")[0]


def seats(office: Office, visit: Visit) -> tuple[Seat, ...]:
    with office.store.read() as tx:
        return tx.visits.team(visit.id)


def test_while_facts_are_without_an_answer_nobody_of_a_team_whose_notes_differ_is_told_to_do_nothing_more(
    store: Store, hand: Hand
) -> None:
    office, _, (case_id,), visit = given(store, hand)
    one, other = asked(visit, case_id)
    assert notes(office, visit, 0, (other, Verdict.MISMATCH)) is Came.WAITS
    assert notes(office, visit, 1, (other, Verdict.MATCH)) is Came.CLASH
    with serving(office) as edge, edge.client() as browser:
        lead, mate = (said(office, browser, seat) for seat in seats(office, visit))
        for page in (lead, mate):
            assert DIFFER in page
            assert ENTER in page
            assert REST not in page
        assert notes(office, visit, 1, (one, Verdict.MATCH)) is Came.CLASH
        lead, mate = (said(office, browser, seat) for seat in seats(office, visit))
    assert "say below which version stands" in lead
    assert (DIFFER in mate, ENTER in mate, REST in mate) == (True, False, True), "it waits for the lead alone"


def test_what_keeps_a_team_from_entering_a_result_is_said_though_its_notes_differ(store: Store, hand: Hand) -> None:
    office, _, _, visit = given(store, hand)
    held, (lead, mate) = now_of(office, visit), seats(office, visit)
    for hindered, waits in (("team_short", "short"), ("team_not_accepted", "waits"), ("visit_embargoed", "embargoed")):
        assert differing(held, mate, hindered, lead=False, missing=True) == ("differs", waits)
        assert differing(held, lead, hindered, lead=True, missing=False) == ("decides", waits)
    assert differing(held, lead, "", lead=True, missing=False) == ("decides",)
    assert differing(held, mate, "part_given", lead=False, missing=True) == ("differs", "rests"), "the result is in"
