"""The judge of loads knows what a long load lawfully comes to: wording whose days are over, a year that turns, daemons that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.demo.approving import ApprovingSystem
from inspector.demo.caller import Desk as Desktop
from inspector.demo.diary import Diary
from inspector.demo.habits import Chance
from inspector.demo.peers import OfficeDay
from inspector.demo.people import Doings, Pace
from inspector.domain.assistance import Request
from inspector.domain.case import Outcome
from inspector.domain.decision import Order, OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.proposal import Proposal
from inspector.flows import assist
from inspector.flows.draw import announce_now
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving
from tests.fault import judge, load
from tests.fault.inside import Inside
from tests.fault.office import Site
from tests.fault.planted import keep, two_frames
from tests.fault.senders import Errand, Senders
from tests.house import ZONE, Hand, application, next_period, open_store, post, settle
from tests.integration.test_draw_way import FACTS
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.integration.test_purging import SIGNER, night
from tests.proceedings import decided

pytestmark = pytest.mark.alike


def outside(replies: Mapping[str, Mapping[str, str]] | None = None) -> judge.Outside:
    """A world that has said this, and nothing else."""
    return judge.Outside(
        summary={"peers": {}, "conflicts": 0, "forged": 0, "mishaps": []},
        keys={},
        notices={},
        entries={},
        retracted=frozenset(),
        letters={},
        replies=replies or {},
        pushes={},
        seats={},
        decided={},
        typed={},
        witnessed={},
        concluded=frozenset(),
        accepted={},
        claimed={},
        withdrawn=frozenset(),
        wished=frozenset(),
        wrong=(),
    )


def lost(store: Store, request: Request, said: Mapping[str, str]) -> bool:
    """Whether the judge takes a reply for lost."""
    with store.read() as tx:
        found = judge.problems(Inside(tx), outside({request.id: said}))
    return any("does not have" in one for one in found)


def test_a_reply_whose_days_are_over_is_known_by_the_fingerprint_that_its_purge_left(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
    case_id = opened(office, 1)
    settle(office)
    request = request_of(store, case_id)
    said = {"value": str(request.question["claimed"]), "signer": SIGNER}
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, said["value"], said["signer"], hand())
    settle(office)
    assert not lost(store, request, said), "word for word"
    assert lost(store, request, {**said, "value": "~"})
    night(office, hand, days=200)
    assert (request_of(store, case_id).reply or {}).get("value") == "", "the wording has gone"
    assert not lost(store, request, said)
    assert lost(store, request, {**said, "value": "~"}), "another reply than the one that went"
    assert lost(store, request, {"reasons": "档案已移交"}), "one that never came"


@pytest.mark.slow
def test_draws_go_on_by_number_in_the_next_year_and_follow_each_other_by_their_entries(store: Store, hand: Hand) -> None:
    hand.now = datetime(2026, 12, 14, 9, 0, tzinfo=ZONE)
    office, _, _ = drawing(store, hand)
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    hand.now = max(hand.now, datetime(2027, 1, 4, 9, 0, tzinfo=ZONE))
    next_period(office, "weekly")
    for number in range(4, 7):
        post(office, application(number, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        second = announce_now(office, tx, "weekly", "clerk", hand())
    assert second is not None
    settle(office)
    carried_out(office, hand, second.number)
    assert (first.number[-10:], second.number[-10:]) == ("2026-00001", "2027-00002")
    with store.begin() as tx:  # whoever waited for another daemon's turn has entered the hour when the waiting began
        drawn = tx.draws.get(first.number).drawn_at
        assert drawn is not None
        tx.draws.put(replace(tx.draws.get(second.number), made_at=drawn - timedelta(minutes=5)))
        keep(tx, second.number, "members.json", tx.draws.files(first.number)["members.json"])
    assert not {"gaps", "frames"} & wrong(store)
    with store.begin() as tx:
        two_frames(tx)
    assert "frames" in wrong(store)


def wrong(store: Store) -> set[str]:
    """The words by which the judge names what is wrong."""
    with store.read() as tx:
        return set(" ".join(judge.problems(Inside(tx), outside())).split())


def test_a_house_that_is_never_done_with_its_days_own_work_is_overworked_and_no_case_waits(
    database_url: str, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(database_url)) as store, store.begin() as tx:
        tx.work.order([Order(kind=OrderKind.ROSTER_LOOK, key="look", due_at=hand(), urgent_by=hand(), payload={})], hand())
    held = Site(folder=tmp_path, url=database_url, world_port=0, port=0, token="", mixed=False)
    monkeypatch.setattr(load, "PATIENCE", 0.3)
    with pytest.raises(load.OverworkedError):
        load.wait(held, 60, behind=load.BEHIND)


def test_who_takes_back_what_was_decided_against_somebody_is_heard_and_has_withdrawn_nothing(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    case.impose(case.the(Proposal.RECORD_CREDIT))
    settle(case.office)
    with serving(case.office) as edge:
        token = edge.token("system", name="hall")
        held = Site(folder=tmp_path, url="", world_port=0, port=edge.server.port, token=token, mixed=True)
        sender = Senders(held, [], 60, errands=[Errand(what="withdraw", number=5, case_id=case.case)])
        sender.send()
        world = replace(outside(), wished=frozenset(held.wished), withdrawn=frozenset(held.withdrawn))
        desk, pace = Desktop(base=edge.url, token=token), Pace(day=0.001, cases=1)
        hall = ApprovingSystem(Chance(seed="x"), pace, Doings(), Diary(), desk, "", OfficeDay(hand().date(), Diary()), run="x")
        asyncio.run(hall._withdraw(case.case, "不办了"))
    assert (held.wished, held.withdrawn, held.wrong) == ({case.case}, set(), [])
    assert (hall.wished, hall.withdrawn) == ({case.case}, set())
    with store.read() as tx:
        inside = Inside(tx)
    assert not any("what the senders said" in one and "withdraw" in one for one in judge.problems(inside, world))
    for missed in (replace(world, wished=frozenset()), replace(world, withdrawn=world.wished)):
        assert any("what the senders said" in one and "withdraw" in one for one in judge.problems(inside, missed))
