"""The firm asks at its door that an inspector stay away: written down on the spot, decided by the head, and the check goes on (art. 43)."""

from __future__ import annotations

import json

import httpx
import pytest

from inspector.domain.challenge import Applicant, ChallengeState
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding, Seen
from inspector.domain.roster import Recusal
from inspector.domain.visit import SeatState
from inspector.flows import dispatch, recusing
from inspector.store.tx import Tx
from tests.house import Hand, settle
from tests.integration.test_seat_page import Team, accepted, team

pytestmark = pytest.mark.alike
__all__ = ["team"]

WORDS = "店主称其兄弟"


def staff(team: Team) -> list[str]:
    with team.edge.office.store.read() as tx:
        return [one.inspector for one in tx.visits.team(team.visit)]


def matters(team: Team) -> list[str]:
    with team.edge.office.store.read() as tx:
        return [str(row["kind"]) for row in tx.attention.page(None)]


def answered(tx: Tx, visit: str) -> tuple[Finding, ...]:
    """All that a visit asks, as it was promised."""
    return tuple(
        Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH, note="") for one in tx.visits.get(visit).doubts
    )


@pytest.mark.slow
def test_what_a_firm_says_at_its_door_is_entered_on_the_page_waits_for_the_head_and_stops_nothing(team: Team, hand: Hand) -> None:
    accepted(team)
    first, second = staff(team)
    with team.edge.client() as browser:
        page = browser.get(team.first).text
        assert "当事人当场申请回避" in page
        form = {"do": "challenge", "inspector": second, "ground": Recusal.KIN.value, "evidence": WORDS}
        lacking = browser.post(team.first, data={**form, "evidence": " "})
        assert lacking.status_code == 422
        assert browser.post(team.first, data={**form, "inspector": "Z999"}).status_code == 404
        assert browser.post(team.first, data=form).status_code == 303
        assert "recusal_asked" in matters(team)
        again = browser.post(team.first, data=form)
        assert again.status_code == 409, "the head has not decided yet"
        assert 'name="do" value="result"' in browser.get(team.first).text, "the check goes on"
    with team.edge.office.store.begin() as tx:
        (held,) = tx.challenges.of_visit(team.visit)
        assert (held.inspector, held.applicant, held.applied_by, held.reason, held.evidence, held.state) == (
            second,
            Applicant.FIRM,
            first,
            Recusal.KIN,
            WORDS,
            ChallengeState.OPEN,
        )
        with pytest.raises(Exception, match="challenge_own"):
            recusing.decide(team.edge.office, tx, team.visit, second, granted=True, by=first, why="属实", now=hand())
        recusing.decide(team.edge.office, tx, team.visit, second, granted=True, by="王局长", why="属实", now=hand())
    settle(team.edge.office)
    with team.edge.office.store.read() as tx:
        assert [one.state for one in tx.visits.team(team.visit) if one.inspector == second] == [SeatState.RELIEVED]


def test_an_application_comes_from_an_app_too_and_from_nobody_who_does_not_go(team: Team) -> None:
    first, second = staff(team)
    said = {"inspector": second, "reason": Recusal.APPLIED.value, "evidence": WORDS}
    name, token = team.first.split("/")[2:]

    def enters() -> httpx.Response:
        with team.edge.client(X_Link_Token=token) as app:
            return app.post(f"/v1/seats/{name}/recusals", json=said)

    assert enters().json()["error"]["code"] == "seat_passed_on", "who has not accepted stands at no door"
    accepted(team)
    made = enters()
    assert (made.status_code, made.json()["inspector"], made.json()["applied_by"]) == (201, second, first)


@pytest.mark.slow
def test_one_that_lay_in_a_phone_is_kept_with_when_it_was_written_and_taken_though_the_visit_was_made_meanwhile(
    team: Team, hand: Hand
) -> None:
    accepted(team)
    _, second = staff(team)
    name, token = team.first.split("/")[2:]
    said = {"inspector": second, "reason": Recusal.KIN.value, "evidence": WORDS}
    with team.edge.office.store.begin() as tx:
        dispatch.report(team.edge.office, tx, name, answered(tx, team.visit), "", hand(), seen=Seen.NOTHING)
    hand.on(days=30)
    # a month and an hour, by a clock that was never set
    wrote = {"captured_at": "2001-01-01T08:00:00Z", "sent_at": "2001-01-31T09:00:00Z"}
    with team.edge.client(X_Link_Token=token) as app:
        url = f"/v1/seats/{name}/recusals"
        assert app.post(url, json=said).json()["error"]["code"] == "visit_closed", (
            "it is final, and nobody objects to it any more"
        )
        after = {"captured_at": "2001-01-01T08:00:00Z", "sent_at": "2001-01-30T08:00:00Z"}
        assert app.post(url, json=said | after).json()["error"]["code"] == "visit_closed", "nor was there when it was written"
        key = {"Idempotency-Key": "c-1"}
        made = app.post(url, json=said | wrote, headers=key)
        again = app.post(url, json=said | wrote | {"sent_at": "2001-01-31T10:00:00Z"}, headers=key)
    assert (made.status_code, again.json()) == (201, made.json()), "sent once more it is the same message"
    came = made.json()["came"]
    assert (came["captured_at"], came["late"]) == ("2001-01-01T08:00:00Z", True)
    with team.edge.office.store.begin() as tx:
        (entry,) = [json.loads(row["body"]) for row in tx.ledger.about(team.visit) if row["rule"] == "challenge.apply"]
        assert (entry["facts"]["captured_at"][:10], entry["facts"]["late"]) == ("2001-01-01", True)
        recusing.decide(team.edge.office, tx, team.visit, second, granted=True, by="王局长", why="属实", now=hand())
    assert "recused_too_late" in matters(team), "what was found stands, and a person looks at it again"
    settle(team.edge.office)


@pytest.mark.slow
def test_the_firm_reads_the_record_last_and_is_heard_in_the_days_in_which_it_may_object(team: Team, hand: Hand) -> None:
    accepted(team)
    _, second = staff(team)
    office = team.edge.office
    name = team.first.split("/")[2]
    with office.store.begin() as tx:
        dispatch.report(office, tx, name, answered(tx, team.visit), "", hand(), seen=Seen.NOTHING)
        row = office.book.get(tx.draws.get(tx.visits.get(team.visit).draw).pack).credit.objection
    settle(office)
    hand.on(hours=1)
    with team.edge.client() as browser:
        form = {"do": "challenge", "inspector": second, "ground": Recusal.KIN.value, "evidence": WORDS}
        assert 'name="do" value="challenge"' in browser.get(team.first).text
        assert browser.post(team.first, data=form).status_code == 303
    with office.store.begin() as tx:
        (entry,) = [json.loads(one["body"]) for one in tx.ledger.about(team.visit) if one["rule"] == "challenge.apply"]
        assert set(row.basis.split(";")) <= set(entry["basis"]), "by a cited row"
        recusing.decide(office, tx, team.visit, second, granted=True, by="王局长", why="属实", now=hand())
    assert "recused_too_late" in matters(team)
    hand.on(days=60)
    said = {"inspector": staff(team)[0], "applicant": "FIRM", "reason": Recusal.KIN.value, "evidence": WORDS}
    with team.edge.as_("officer") as officer, team.edge.client() as browser:
        late = officer.post(f"/v1/visits/{team.visit}/recusals", json=said)
        assert (late.status_code, late.json()["error"]["code"]) == (409, "visit_closed")
        assert 'name="do" value="challenge"' not in browser.get(team.first).text
