"""The liaison officer and the head of an agency are reached by ways of their own, and a dead way of one rung stops no other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from connectors.agencies.http import HttpAgency
from connectors.channels.webhook import WebhookChannel
from inspector.domain.assistance import AssistanceState
from inspector.domain.decision import OrderKind
from inspector.domain.letter import LetterKind
from inspector.domain.reached import NO_RECIPIENT, Reach, Reached
from inspector.flows import agencytree, assist, mailbox, receipts, required, review
from inspector.flows.office import AgencyNode, Office
from inspector.flows.posting import Lost, lost
from inspector.flows.table import FLOWS
from inspector.flows.unsettled import UNDELIVERABLE
from inspector.labels import LANGS, label
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.testing.peer import Peer, answer, peer
from inspector.testing.peer import lost as lost_answer
from tests.edge import serving
from tests.house import TREE, Hand, claim, let_lapse
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import put, written
from tests.mailroom import mailroom
from tests.phones import Line

LIAISON = "+8613900000000"


@pytest.fixture
def outside() -> Iterator[Peer]:
    """The liaison officer's push gateway and the head's mail room, over a socket."""
    with peer() as held:
        yield held


def reached(office: Office, liaison: str, head: str | None = None) -> Office:
    """The same office, whose asked agency has contacts of its own."""
    return replace(office, tree={**office.tree, "civil": replace(office.tree["civil"], liaison=liaison, head=head)})


def climb(office: Office, hand: Hand, case_id: str, last: OrderKind) -> None:
    """Silence, up to a step."""
    go(office, letters=True)
    for rung in request_of(office.store, case_id).rungs:
        hand.now = rung.at
        mailbox.pick_up(office)
        go(office, letters=True)
        if rung.kind is last:
            return


@pytest.mark.alike
@pytest.mark.slow
def test_each_is_reached_by_its_own_way_and_a_dead_one_is_told_while_the_ladder_goes_on(
    store: Store, hand: Hand, outside: Peer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + base64.b64encode(b"s" * 32).decode())
    secret.chmod(0o600)
    channel = WebhookChannel("sms", {"url": outside.url, "path": "/push", "secret_file": str(secret), "tries": 1})
    head = HttpAgency("civil-head", {"url": outside.url, "path": "/head", "tries": 1})
    desk, above = Desk("civil-affairs"), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": desk, "civil-head": head, "county-office": above}))
    office = replace(office, connectors=replace(office.connectors, channels={"sms": channel}))
    with store.begin() as tx:
        tx.lanes.ensure(["sms", "civil-head"])
    office = reached(office, liaison=f"sms:{LIAISON}", head="civil-head")
    well, dead = opened(office), opened(office, 2)
    outside.plays(answer(204), answer(410), answer(), answer())
    climb(office, hand, well, OrderKind.ASSIST_DUE)

    pushes = [heard for heard in outside.heard if heard.path == "/push"]
    assert len(pushes) == 2
    told = pushes[0].json()
    assert told["to"] == LIAISON
    assert told["link"].startswith("http://inspector.test/assist/")
    assert "1101051949123" not in pushes[0].body.decode(), "a push shows nobody's data"
    letters = [heard.json() for heard in outside.heard if heard.path == "/head"]
    assert [one["kind"] for one in letters] == ["head", "head"]
    assert all("/assist/" in one["reply_url"] for one in letters), "the agency's link, and not the superior's"
    assert {kind for kind in desk.kinds if kind in (LetterKind.LIAISON, LetterKind.HEAD)} == set()
    with store.read() as tx:
        (matter,) = tx.attention.of_kind(UNDELIVERABLE)
    assert matter.facts["letter"] == "liaison"
    assert matter.facts["to"] == "sms"
    assert [request_of(store, one).state for one in (well, dead)] == [AssistanceState.ESCALATED] * 2
    assert above.kinds == [LetterKind.ESCALATION] * 2

    outside.plays(answer())
    with store.begin() as tx:
        review.withdraw(office, tx, well, "改为提交证明", "hall", office.now())
    go(office, letters=True)
    (last,) = outside.heard
    assert (last.path, last.json()["kind"]) == ("/head", "cancel"), (
        "whoever holds a letter hears that it is over; a push leaves none"
    )
    for one in (channel, head):
        one.close()


@pytest.mark.slow
def test_a_contact_may_answer_by_mail_from_the_address_it_is_reached_at(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        (tmp_path / "new").mkdir()
        liaison = agency(room.port, inbox_folder=str(tmp_path), to=["liaison@civil.example"])
        office = climbing(an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "civil-liaison": liaison}))
        with store.begin() as tx:
            tx.lanes.ensure(["civil-liaison"])
        office = reached(office, liaison="civil-liaison")
        case_id = opened(office)
        climb(office, hand, case_id, OrderKind.ASSIST_LIAISON)
        (letter,) = room.letters
    filled = str(letter.get_content()).replace("无法判断）：", "无法判断）：一致", 1).replace("签署人：", "签署人：王五", 1)
    put(tmp_path, "1", written(filled, sender="liaison@civil.example"))
    assert mailbox.pick_up(office) == 1
    assert request_of(store, case_id).state is AssistanceState.ANSWERED


def test_a_contact_that_cannot_be_reached_as_it_is_written_is_told_at_the_start() -> None:
    def flaws(**contacts: str | None) -> list[str]:
        held = AgencyNode(**{"id": "civil", "name": "区民政局", "connector": "civil-affairs", **contacts})  # type: ignore[arg-type]
        tree = {**TREE, "civil": held}
        there = {"assistance": {"civil-affairs", "county-office", "housing", "desk"}, "channels": {"sms"}}
        given = required.Given(tree=tree, plans={}, there=there, not_yet=(), records=frozenset())
        return [one.code for one in (*agencytree.flaws(tree, ["demo"]), *required.flaws(given, (), date(2026, 3, 2)))]

    assert flaws(liaison="desk", head=f"sms:{LIAISON}") == []
    assert flaws(liaison="housing") == ["agency_connector_shared"]
    assert flaws(liaison="sms:") == ["agency_contact_unusable", "agency_contact_unknown"]
    assert flaws(head="desk", connector=None) == ["agency_contact_unusable"]
    assert flaws(head="wecom:li") == ["agency_contact_unknown"]


@pytest.mark.alike
@pytest.mark.parametrize("answers", [False, True])
def test_whom_the_agencys_own_connector_reaches_elsewhere_hears_of_the_end_there_and_once(
    store: Store, hand: Hand, outside: Peer, answers: bool
) -> None:
    told = {"url": outside.url, "path": "/hall", "path_liaison": "/liaison", "tries": 1}
    civil, above = HttpAgency("civil-affairs", told), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": civil, "county-office": above}))
    case_id = opened(office)
    outside.plays(answer())
    climb(office, hand, case_id, OrderKind.ASSIST_DUE)
    request = request_of(store, case_id)
    if answers:
        with store.begin() as tx:
            assist.refuse(office, tx, request.id, "不掌握该信息", "王五", hand())
    else:
        assert request.end_at is not None
        hand.now = request.end_at
    go(office, letters=True)
    request = request_of(store, case_id)
    assert request.state is (AssistanceState.DECLINED if answers else AssistanceState.UNANSWERED)
    over = [heard.path for heard in outside.heard if heard.json()["kind"] == "cancel"]
    assert sorted(over) == (["/liaison"] if answers else ["/hall", "/liaison"]), "the head is reached where the agency is"
    assert above.kinds == [LetterKind.ESCALATION, LetterKind.CANCEL]
    civil.close()


@pytest.mark.alike
@pytest.mark.parametrize("killed", [True, False])
def test_who_may_hold_a_letter_at_an_address_of_its_own_hears_of_the_end_there(
    store: Store, hand: Hand, outside: Peer, killed: bool
) -> None:
    told = {"url": outside.url, "path": "/hall", "path_liaison": "/liaison", "tries": 1}
    with closing(HttpAgency("civil-affairs", told)) as civil:
        office = climbing(an_office(store, hand, {"civil-affairs": civil, "county-office": Desk("county-office")}))
        case_id = opened(office)
        outside.plays(answer())
        climb(office, hand, case_id, OrderKind.ASSIST_LAST)
        request = request_of(store, case_id)
        hand.now = next(rung.at for rung in request.rungs if rung.kind is OrderKind.ASSIST_LIAISON)
        go(office)
        (work,) = [one for one in claim(office) if one.payload.get("letter") == "liaison"]
        if killed:  # between its call and its receipt
            outside.plays(lost_answer)
            with pytest.raises(Unavailable):
                FLOWS[OrderKind(work.kind)].do(work, office)
            outside.plays(answer())
        else:
            code = "timeout"
            with store.begin() as tx:
                lost(
                    tx,
                    office,
                    Lost(
                        request_id=request.id, kind=LetterKind.LIAISON, via="civil-affairs", key=work.key, code=code, unsure=True
                    ),
                    hand(),
                )
                tx.work.finish(work, hand())
        with store.begin() as tx:
            review.withdraw(office, tx, case_id, "改为提交证明", "hall", hand())
        let_lapse(office)
        go(office, letters=True)
        over = [heard.path for heard in outside.heard if heard.json()["kind"] == "cancel"]
    assert sorted(over) == ["/hall", "/liaison"]


@pytest.mark.alike
def test_a_push_that_is_reported_as_failed_has_told_nobody(store: Store, hand: Hand) -> None:
    sms, above = Line("sms"), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": above}))
    office = replace(office, connectors=replace(office.connectors, channels={"sms": sms}))
    with store.begin() as tx:
        tx.lanes.ensure(["sms"])
    office = reached(office, liaison=f"sms:{LIAISON}")
    case_id = opened(office)
    climb(office, hand, case_id, OrderKind.ASSIST_LIAISON)
    ((key, _),) = sms.took
    with store.begin() as tx:
        receipts.ordered(
            tx,
            "sms",
            [Reached(about=key, reach=Reach.DELIVERED), Reached(about="sms-1", reach=Reach.FAILED, code=NO_RECIPIENT)],
            hand(),
        )
    go(office, letters=True)
    with store.read() as tx:
        (matter,) = tx.attention.of_kind(UNDELIVERABLE)
    assert matter.facts == {"letter": "liaison", "to": "sms", "error": NO_RECIPIENT}
    held = request_of(store, case_id)
    assert [(one.rule, one.who, one.said) for one in held.history[-2:]] == [
        ("assistance.liaison", "civil-affairs", ""),
        ("assistance.liaison_stayed", "sms", NO_RECIPIENT),
    ]
    for rung in held.rungs[-2:]:
        hand.now = rung.at
        go(office, letters=True)
    assert "告知联络员：函件无人收到（sms）" in above.letters[-1].text, "and whoever is above reads so"


@pytest.mark.alike
def test_a_liaison_officer_who_is_reached_by_a_push_finds_the_dossier_behind_its_link(store: Store, hand: Hand) -> None:
    sms, above = Line("sms"), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": above}))
    office = reached(replace(office, connectors=replace(office.connectors, channels={"sms": sms})), liaison=f"sms:{LIAISON}")
    with store.begin() as tx:
        tx.lanes.ensure(["sms"])
    case_id = opened(office)
    request = request_of(store, case_id)
    link = f"/assist/{request.id}/{office.link_token('assist', request.id)}"
    with serving(office) as edge, edge.client() as browser:
        assert label("ui.dossier_told", "en") not in browser.get(f"{link}?lang=en").text, "whoever is asked has its letter"
        climb(office, hand, case_id, OrderKind.ASSIST_LIAISON)
        assert len(sms.took) == 1
        for lang in LANGS:
            shown = unescape(browser.get(f"{link}?lang={lang}").text)
            assert label("ui.dossier_told", lang) in shown
            for rule in ("open", "remind", "liaison"):
                assert label(f"rule.assistance.{rule}", lang) in shown
