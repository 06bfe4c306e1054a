"""What waits about a visit stands on the officers' list, with a page that says what to do; a head decides a recusal there."""

from __future__ import annotations

import pytest

from inspector.domain.challenge import ChallengeState
from inspector.flows import seats
from inspector.flows.challenges import TOO_LATE
from tests.house import Hand
from tests.integration.test_door_challenges import WORDS
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.integration.test_recusal_told import asked
from tests.integration.test_seat_page import Team, team

pytestmark = pytest.mark.alike
__all__ = ["team"]


@pytest.mark.slow
@pytest.mark.parametrize(("word", "state"), [("grant", ChallengeState.GRANTED), ("refuse", ChallengeState.REFUSED)])
def test_the_head_decides_a_recusal_on_a_page_that_the_list_leads_to(team: Team, word: str, state: ChallengeState) -> None:
    _, second = asked(team)
    office = team.edge.office
    with office.store.read() as tx:
        (seat,) = [one.name for one in tx.visits.team(team.visit) if one.inspector == second]
    path = f"/matters/recusal_asked:{seat}"
    with team.edge.client() as head, team.edge.client() as other, team.edge.client() as auditor:
        logged_in(team.edge, head, name="王局长")
        logged_in(team.edge, other)
        logged_in(team.edge, auditor, role="auditor")
        assert f'href="{path}"' in head.get("/review").text
        with team.edge.as_("officer") as officer:
            (duty,) = [one for one in officer.get("/v1/docket").json()["duties"] if one["kind"] == "RECUSAL"]
        assert (duty["id"], duty["case_id"]) == (seat, "")
        page = head.get(path).text
        assert (WORDS in page, second in page, "近亲属" in page) == (True, True, True), "the facts lie before the head"
        assert 'value="grant"' not in auditor.get(path).text
        assert send(other, path, word, told="属实").status_code == 403, "an officer who is no head"
        assert send(head, path, word, told="").status_code == 422
        assert send(head, path, word, told="已查明").status_code == 303
        assert f'href="{path}"' not in head.get("/review").text
        assert 'value="grant"' not in head.get(path).text
        with office.store.read() as tx:
            (held,) = tx.challenges.of_visit(team.visit)
            read = [row for row in tx.ledger.about(tx.visits.get(team.visit).draw) if row["rule"] == "draw.read"]
    assert (held.state, held.why, held.decided_by) == (state, "已查明", "王局长")
    assert read, "who has read before the visit who goes is an entry"


def test_what_is_to_be_seen_to_about_a_visit_stands_on_the_list_with_what_to_do_and_is_ended_with_a_word(
    team: Team, hand: Hand
) -> None:
    office = team.edge.office
    matters = [seats.SHORT, seats.UNDELIVERED, TOO_LATE, "visit_finding", "note_against"]  # of a clash: test_fieldnotes
    with office.store.begin() as tx:
        for kind in matters:
            tx.attention.open(kind, "bureau", team.visit, {}, hand())
    with team.edge.client() as browser:
        logged_in(team.edge, browser)
        for kind in matters:
            path = f"/matters/{kind}:{team.visit}"
            assert f'href="{path}"' in browser.get("/review").text
            assert send(browser, path, "done", note="").status_code == 422
            assert send(browser, path, "done", note="已处理").status_code == 303
            assert f'href="{path}"' not in browser.get("/review").text
