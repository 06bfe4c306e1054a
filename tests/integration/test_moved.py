"""Agencies and their liaison officers move while letters wait: whose a letter is, the request says, and not the tree (decision 174)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.agencies.http import HttpAgency
from inspector.cli import fitting
from inspector.daemon.breaker import Breaker
from inspector.daemon.engine import Engine
from inspector.daemon.failure import Failure
from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.ladder import MOVED
from inspector.domain.letter import LetterKind
from inspector.domain.reached import NO_RECIPIENT, Reach, Reached
from inspector.flows import agencytree, assist, contacts, receipts, replylink
from inspector.flows.office import AgencyNode, Office
from inspector.flows.requests import node_of, superior_of
from inspector.flows.table import FLOWS
from inspector.flows.unsettled import UNDELIVERABLE
from inspector.store.store import Store
from inspector.testing.peer import peer
from tests.edge import serving
from tests.house import Hand, carry_out, claim
from tests.integration.test_contacts import LIAISON, climb, reached
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of, withdraw
from tests.phones import Line

pytestmark = pytest.mark.alike

LINKED = ("civil-liaison", "sms")


def standing(store: Store, hand: Hand, liaison: str, **agencies: object) -> Office:
    """An office whose pack has every step, and whose asked agency has a liaison officer."""
    desks = {name: Desk(name) for name in ("civil-affairs", "civil-liaison", "civil-mail", "housing", "county-office")}
    office = climbing(an_office(store, hand, {**desks, **agencies}))
    office = replace(office, connectors=replace(office.connectors, channels={"sms": Line("sms")}))
    with store.begin() as tx:
        tx.lanes.ensure([*LINKED, "civil-mail", "housing"])
    return reached(office, liaison)


def desk(office: Office, name: str) -> Desk:
    held = office.connectors.agencies[name]
    assert isinstance(held, Desk)
    return held


def put(office: Office, agency: str, **changes: object) -> Office:
    """The same office after the operator has changed an agency's section."""
    node: AgencyNode = replace(office.tree[agency], **changes)  # type: ignore[arg-type]
    return replace(office, tree={**office.tree, agency: node})


def waiting(office: Office, hand: Hand) -> str:
    """A case whose liaison officer is to be told, by a letter or a push that has not left."""
    case_id = opened(office)
    go(office, letters=True)
    for rung in request_of(office.store, case_id).rungs:
        hand.now = rung.at
        if rung.kind is OrderKind.ASSIST_LIAISON:
            break
        go(office, letters=True)
    while held := claim(office, without=LINKED):
        for work in held:
            carry_out(office, work)
    return case_id


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        lambda office: put(office, "civil", liaison=None),
        lambda office: put(office, "civil", liaison="civil-mail"),
        lambda office: put(office, "civil", connector="civil-mail"),
        lambda office: put(office, "civil", connector="civil-mail", former=("civil-affairs",), liaison=None),
    ],
    ids=["taken-out", "another", "agency-moved", "both"],
)
def test_a_letter_of_the_agency_bears_its_own_link_whatever_becomes_of_the_tree_while_it_waits(
    store: Store, hand: Hand, changed: Callable[[Office], Office]
) -> None:
    before = standing(store, hand, "civil-liaison")
    case_id = waiting(before, hand)
    after = changed(before)
    go(after, letters=True)
    (letter,) = desk(after, "civil-liaison").letters
    assert (letter.kind, "/assist/" in letter.reply_url) == (LetterKind.LIAISON, True)
    request, token = request_of(store, case_id), letter.reply_url.rpartition("/")[2]
    with store.begin() as tx, pytest.raises(Forbidden):
        replylink.oversees(after, tx, request.id, token)
    with serving(after) as edge, edge.client() as client:
        where, link = f"/v1/assistance/{request.id}", {"X-Link-Token": token}
        own = {"about": "COMPETENCE", "reasons": "不属本局职权", "signer": "王五"}
        assert client.post(f"{where}/dispute", json=own, headers=link).status_code == 200
        decided = {"helps": False, "reasons": "无需协助", "signer": "李四"}
        assert client.post(f"{where}/decision", json=decided, headers=link).status_code == 403
    assert request_of(store, case_id).state is AssistanceState.DISPUTED


def test_the_word_of_the_end_bears_the_holders_own_link_though_its_contact_has_left_the_tree(store: Store, hand: Hand) -> None:
    with peer() as outside, closing(HttpAgency("civil-liaison", {"url": outside.url, "path": "/in", "tries": 1})) as liaison:
        office = standing(store, hand, "civil-liaison", **{"civil-liaison": liaison})
        case_id = opened(office)
        climb(office, hand, case_id, OrderKind.ASSIST_DUE)
        after = put(office, "civil", liaison=None)
        withdraw(after, case_id)
        go(after, letters=True)
        told = outside.heard[-1].json()
    assert (told["kind"], "/assist/" in told["reply_url"]) == ("cancel", True)
    (_, over) = desk(after, "county-office").letters
    assert (over.kind, "/oversee/" in over.reply_url) == (LetterKind.CANCEL, True)


@pytest.mark.parametrize("kind", [OrderKind.ASSIST_LIAISON, OrderKind.ASSIST_DUE])
def test_no_letter_goes_to_the_other_side_where_its_way_leads_there_by_now(store: Store, hand: Hand, kind: OrderKind) -> None:
    """The liaison officer's connector is another agency's by now, or the superior's that of the agency which is asked for help."""
    before = standing(store, hand, "civil-liaison")
    above = kind is OrderKind.ASSIST_DUE
    case_id = opened(before)
    climb(before, hand, case_id, OrderKind.ASSIST_HEAD) if above else waiting(before, hand)
    if above:
        hand.now = request_of(store, case_id).escalate_at
        go(before)
        after = put(put(before, "county", connector=None), "civil", head="county-office")
    else:
        after = put(put(before, "civil", liaison=None), "houses", connector="civil-liaison")
    go(after, letters=True)
    name = "county-office" if above else "civil-liaison"
    assert desk(after, name).letters == []
    with store.read() as tx:
        (matter,) = tx.attention.of_kind(UNDELIVERABLE)
    assert (matter.facts["to"], matter.facts["error"]) == (name, MOVED)
    assert request_of(store, case_id).state is (AssistanceState.PAST_DUE if above else AssistanceState.REMINDED)


@pytest.mark.parametrize("liaison", ["civil-liaison", f"wecom:{LIAISON}", None])
def test_a_push_whose_contact_has_moved_bars_no_channel_and_its_step_is_taken_once_more(
    store: Store, hand: Hand, liaison: str | None
) -> None:
    before = standing(store, hand, f"sms:{LIAISON}")
    case_id = waiting(before, hand)
    after = put(before, "civil", liaison=liaison)
    (row,) = [work for work in claim(after) if work.lane == "sms"]
    carry_out(after, row)
    with store.read() as tx:
        assert not any(lane.barred for lane in tx.lanes.all() if lane.name == "sms"), "inspectors are pushed by it, too"
        (matter,) = tx.attention.of_kind(UNDELIVERABLE)
    assert matter.facts == {"letter": "liaison", "to": "sms", "error": MOVED}
    if liaison != "civil-liaison":
        return
    hand.now = next(rung.at for rung in request_of(store, case_id).rungs if rung.kind is OrderKind.ASSIST_HEAD)
    go(after, letters=True)
    assert desk(after, "civil-liaison").kinds == [LetterKind.LIAISON], "by its present way, before the head hears of a silence"


def test_a_push_by_a_channel_that_has_left_the_settings_still_waits_there(store: Store, hand: Hand) -> None:
    before = standing(store, hand, f"sms:{LIAISON}")
    waiting(before, hand)
    after = replace(before, connectors=replace(before.connectors, channels={}))
    (row,) = [work for work in claim(after) if work.lane == "sms"]
    breaker = Breaker(threshold=5, cool=timedelta(seconds=30), most=timedelta(minutes=10), quiet=timedelta(hours=1))
    failure = Failure(office=after, engine=Engine(), flows=FLOWS, breaker=breaker, later=lambda moment: moment)
    with pytest.raises(Exception, match="channel_not_configured") as raised:
        FLOWS[OrderKind(row.kind)].do(row, after)
    with store.begin() as tx:
        tx.machine_now()
        assert failure.settle(tx, row, raised.value, hand()) == "postponed"


def test_a_push_about_a_forwarded_request_that_is_reported_as_failed_is_of_that_request(store: Store, hand: Hand) -> None:
    office = put(standing(store, hand, f"sms:{LIAISON}"), "houses", liaison=f"sms:{LIAISON}")
    case_id = opened(office)
    go(office, letters=True)
    with store.begin() as tx:
        (first,) = tx.assistance.of_case(case_id)
        second = assist.forward(office, tx, first.id, "houses", "不属本局职权", "王五", hand())
    assert ":" in second.id
    go(office, letters=True)
    for rung in second.rungs:
        hand.now = rung.at
        go(office, letters=True)
        if rung.kind is OrderKind.ASSIST_LIAISON:
            break
    with store.begin() as tx:
        receipts.ordered(tx, "sms", [Reached(about="sms-1", reach=Reach.FAILED, code=NO_RECIPIENT)], hand())
    go(office, letters=True)
    with store.read() as tx:
        (matter,) = tx.attention.of_kind(UNDELIVERABLE)
        told = {one.id: [line.rule for line in one.history] for one in tx.assistance.of_case(case_id)}
    assert matter.facts == {"letter": "liaison", "to": "sms", "error": NO_RECIPIENT}
    assert [name for name, rules in told.items() if "assistance.liaison_stayed" in rules] == [second.id]


def test_an_agency_that_has_moved_to_another_connector_keeps_what_is_open_by_its_former_one(store: Store, hand: Hand) -> None:
    before = standing(store, hand, "civil-liaison")
    request = request_of(store, opened(before))
    lost = put(before, "civil", connector="civil-mail")
    with store.read() as tx:
        assert [one.name for one in fitting.moved(before.tree, tx)] == []
        (told,) = fitting.moved(lost.tree, tx)
    assert (told.name, 'former = ["civil-affairs"]' in told.told(0)) == ("assistance.civil-affairs", True)

    after = put(lost, "civil", former=("civil-affairs",))
    with store.read() as tx:
        assert [*fitting.moved(after.tree, tx)] == []
    assert (node_of(after, "civil-affairs"), superior_of(after, request)) == ("civil", superior_of(before, request))
    assert set(contacts.ways(after, "civil-affairs")) == {"civil-affairs", "civil-mail", "civil-liaison"}
    assert [one.code for one in agencytree.flaws(put(after, "houses", connector="civil-affairs").tree, ["demo"])] == [
        "agency_connector_shared"
    ]
    go(after, letters=True)
    for office, status in ((lost, 404), (after, 200)):
        with serving(office) as edge, edge.as_("officer", "civil") as client:
            got = client.post(f"/v1/assistance/{request.id}/accept", json={"signer": "王五"})
        assert got.status_code == status
    assert request_of(store, request.case_id).state is AssistanceState.ACCEPTED
    with store.begin() as tx, pytest.raises(Invalid, match="forward_self"):
        assist.forward(after, tx, request.id, "civil", "不属本局职权", "王五", hand())
    with store.begin() as tx:
        second = assist.forward(after, tx, request.id, "houses", "不属本局职权", "王五", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="forward_circle"):
        assist.forward(after, tx, second.id, "civil", "不属本局职权", "赵六", hand())


def test_a_dispute_is_decided_by_whom_it_stands_with_and_by_nobody_who_was_told_before_or_stands_above_since(
    store: Store, hand: Hand
) -> None:
    before = standing(store, hand, "civil-liaison", **{"city-office": Desk("city-office")})
    with store.begin() as tx:
        tx.lanes.ensure(["city-office"])
    case_id = opened(before)
    climb(before, hand, case_id, OrderKind.ASSIST_DUE)
    (silent,) = desk(before, "county-office").letters
    request = request_of(store, case_id)
    assert (request.state, request.escalated_to) == (AssistanceState.ESCALATED, "county-office")

    after = put(put(before, "county", connector=None), "city", connector="city-office")
    with store.begin() as tx:
        assist.contest(after, tx, request.id, Quarrel.COMPETENCE, "不属本局职权", "王五", hand())
    go(after, letters=True)
    (asked,) = desk(after, "city-office").letters
    moved = put(put(after, "county", connector="county-office"), "city", connector="city-mail", former=("city-office",))
    said = {"helps": True, "reasons": "由区民政局协助", "signer": "市办"}
    with serving(moved) as edge:
        where = f"/v1/assistance/{request.id}/decision"
        with edge.client() as client:
            link = {"X-Link-Token": silent.reply_url.rpartition("/")[2]}
            assert client.post(where, json=said, headers=link).status_code == 403, "its link is called back"
        for name in ("county", "civil"):
            with edge.as_("officer", name) as client:
                assert client.post(where, json=said).status_code == 403
        with edge.as_("officer", "city") as client:
            assert client.post(where, json=said).json()["state"] == "ACCEPTED"
    with store.begin() as tx:
        replylink.oversees(moved, tx, request.id, asked.reply_url.rpartition("/")[2])
