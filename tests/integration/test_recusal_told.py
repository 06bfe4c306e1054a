"""The head decides a recusal with its facts before him or her, and whoever it is about, or has applied, hears the decision and why."""

from __future__ import annotations

from typing import cast

import pytest

from inspector.domain.roster import Recusal
from inspector.flows import recusing
from tests.house import Hand, settle
from tests.integration.test_door_challenges import WORDS, staff
from tests.integration.test_draw_way import Phones
from tests.integration.test_seat_page import Team, accepted, team

pytestmark = pytest.mark.alike
__all__ = ["team"]

WHY = "经查并非近亲属"


def asked(team: Team) -> tuple[str, str]:
    """The firm asks at its door that the second of the team stay away."""
    accepted(team)
    first, second = staff(team)
    with team.edge.client() as browser:
        form = {"do": "challenge", "inspector": second, "ground": Recusal.KIN.value, "evidence": WORDS}
        assert browser.post(team.first, data=form).status_code == 303
    return first, second


def decided(team: Team, hand: Hand, second: str, *, granted: bool) -> None:
    with team.edge.office.store.begin() as tx:
        recusing.decide(team.edge.office, tx, team.visit, second, granted=granted, by="王局长", why=WHY, now=hand())
    settle(team.edge.office)


@pytest.mark.slow
def test_the_head_reads_the_facts_and_all_who_are_concerned_hear_the_refusal_with_its_reason(team: Team, hand: Hand) -> None:
    _, second = asked(team)
    with team.edge.as_("officer", name="王局长") as head:
        (held,) = head.get(f"/v1/visits/{team.visit}/recusals").json()["applications"]
    assert held["evidence"] == WORDS
    phones = cast("Phones", team.edge.office.connectors.channels["phones"])
    before = len(phones.messages)
    decided(team, hand, second, granted=False)
    told = [one for one in phones.messages[before:] if "回避" in one.title]
    assert len(told) == 2, "whom it is about, and who has entered it"
    with team.edge.client() as browser:
        for path in (team.first, team.second):
            page = browser.get(path).text
            assert ("不回避" in page, WHY in page) == (True, True)
        notice = browser.get(f"{team.first}/notice").text
        assert ("对当事人回避申请的决定" in notice, WHY in notice) == (True, True), "the firm reads it on its notice"
        assert WORDS not in notice
    name, token = team.first.split("/")[2:]
    with team.edge.client(X_Link_Token=token) as app:
        (one,) = app.get(f"/v1/seats/{name}/notice").json()["decided"]
    assert (one["state"], one["why"]) == ("REFUSED", WHY)


def test_of_a_recusal_that_was_granted_who_entered_it_and_who_is_recused_read_why(team: Team, hand: Hand) -> None:
    _, second = asked(team)
    decided(team, hand, second, granted=True)
    with team.edge.client() as browser:
        for path in (team.first, team.second):
            page = browser.get(path).text
            assert ("已回避" in page, WHY in page) == (True, True)
