"""The demo's desk empties as well: its people serve notices and publish results of a real office, over its own doors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from inspector.demo.caller import Desk, Heard
from inspector.demo.deciders import Deciders
from inspector.demo.habits import Chance
from inspector.demo.people import Pace
from inspector.domain.case import Outcome
from inspector.domain.challenge import ChallengeState
from inspector.domain.consequence import ConsequenceState, StatementKind
from inspector.domain.gazette import Fallen
from inspector.domain.proposal import Proposal
from inspector.flows import publication
from inspector.settings import Web
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_codeless import accepted, result
from tests.integration.test_gazette import over
from tests.integration.test_recusal import applied, matters, sitting
from tests.integration.test_relief import drawn
from tests.living import living
from tests.proceedings import decided


def notices(desk: Desk) -> set[str]:
    """The notices that are on their way."""
    return {str(row["id"]) for row in asyncio.run(desk.notices()).rows("subject_notices")}


def owed(desk: Desk) -> set[str]:
    """The results that are to be published."""
    return {str(row["id"]) for row in asyncio.run(desk.publications("OWED")).rows("publications")}


@pytest.mark.alike
@pytest.mark.slow
def test_notices_are_served_and_results_are_published_as_they_come(store: Store) -> None:
    hand = Hand()
    held = living(store, hand)
    over(held.office)
    with serving(held.office, Web(port=0)) as edge:
        desk = Desk(base=edge.url, token=edge.token(Role.OFFICER, "bureau", "officer"))
        people = Deciders(Chance(seed="desk"), Pace(day=0.01), (desk, desk, desk, desk), desk)
        told, formed = notices(desk), owed(desk)
        assert told
        assert formed
        asyncio.run(people.serve())
        asyncio.run(people.publish())
        assert not notices(desk) & told
        published = {str(row["id"]) for row in asyncio.run(desk.publications("PUBLISHED")).rows("publications")}
        assert published & formed
        hand.on(days=1)
        gone = min(published & formed)
        with held.office.store.begin() as tx:
            publication.recall(held.office, tx, gone, Fallen.REVOKED, "", "", "李四", held.office.now())
        asyncio.run(people.publish())
        removed = {str(row["id"]): row["removed"] for row in asyncio.run(desk.publications("REMOVED")).rows("publications")}
        today = held.office.calendar.local_date(held.office.now())
        assert removed[gone]["on"] == str(today), "on the day on which it was taken down, which is not before its recall"
        assert owed(desk) == formed - published, "what nobody has decided about waits for whoever decides"


@pytest.mark.slow
def test_of_two_decisions_of_one_sort_about_one_case_the_later_is_let_go(store: Store) -> None:
    case = decided(store, Hand(), Outcome.UNTRUE_INCURABLE)

    def revoked() -> list[ConsequenceState]:
        return [one.state for one in case.all() if one.proposal is Proposal.REVOKE]

    case.impose(case.the(Proposal.REVOKE))
    case.speaks_for()
    case.decide(Outcome.UNTRUE_INCURABLE)
    again = next(one for one in case.all() if one.proposal is Proposal.REVOKE and one.state is ConsequenceState.PROPOSED)
    case.give(again)
    case.serve(again)
    case.say(again, StatementKind.WAIVER, "我放弃陈述申辩")
    with serving(case.office, Web(port=0)) as edge:
        desk = Desk(base=edge.url, token=edge.token(Role.OFFICER, "bureau", "officer"))
        people = Deciders(Chance(seed="desk"), Pace(day=0.01), (desk, desk, desk, desk), desk)
        assert revoked() == [ConsequenceState.IMPOSED, ConsequenceState.NOTICED]
        asyncio.run(people.decide())
    assert revoked() == [ConsequenceState.IMPOSED, ConsequenceState.DROPPED]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_application_that_an_inspector_be_recused_is_decided_by_the_demos_head(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    first, second = sitting(office, visit)
    applied(office, visit, first)
    with serving(office, Web(port=0)) as edge:
        desk = Desk(base=edge.url, token=edge.token(Role.OFFICER, "bureau", "officer"))
        head = Desk(base=edge.url, token=edge.token(Role.OFFICER, "bureau", "head"))
        people = Deciders(Chance(seed="desk"), Pace(day=0.01), (desk, desk, desk, head), desk)
        asyncio.run(people.recuse())
        asyncio.run(people.recuse())
    with store.read() as tx:
        (made,) = tx.challenges.of_visit(visit.id)
    assert (made.state is not ChallengeState.OPEN, made.decided_by) == (True, "head")
    assert matters(office) == []
    assert (first in sitting(office, visit)) is (made.state is ChallengeState.REFUSED)
    assert second in sitting(office, visit)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_visits_on_which_no_code_was_read_are_filed(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    result(office, visit, hand)
    with serving(office, Web(port=0)) as edge:
        desk = Desk(base=edge.url, token=edge.token(Role.OFFICER, "bureau", "officer"))
        asyncio.run(Deciders(Chance(seed="desk"), Pace(day=0.01), (desk, desk, desk, desk), desk).file())
    with store.read() as tx:
        made = tx.visits.get(visit.id)
    assert made.filing is not None
    assert made.filing.filed is not None
    assert made.filing.filed.by == "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Desk):
    """An office that answers nobody before a second one asks."""

    asked: list[str] = field(default_factory=list)
    second: asyncio.Event = field(default_factory=asyncio.Event)

    async def consequences(self) -> Heard:
        rows = [{"id": str(number), "stage": "REFER"} for number in range(20)]
        return Heard(status=200, data={"consequences": rows})

    async def consequence(self, about: str, what: str, said: Mapping[str, Any]) -> Heard:
        self.asked.append(about)
        if len(self.asked) > 1:
            self.second.set()
        await self.second.wait()
        return Heard(status=200, data={})


def test_officers_take_steps_beside_each_other_and_do_not_wait_for_one_anothers_answers() -> None:
    async def looked() -> int:
        desk = Slow(base="")
        await asyncio.wait_for(Deciders(Chance(seed="desk"), Pace(day=0.01), (desk, desk, desk, desk), desk).decide(), 30)
        return len(set(desk.asked))

    assert asyncio.run(looked()) == 20
