"""Letters of the ladder that never left: nobody is passed over unreminded, nobody above lets a date pass unheard (decision 166)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from inspector.domain.assistance import AssistanceState, Quarrel, Request, Rung
from inspector.domain.decision import OrderKind
from inspector.domain.letter import LetterKind
from inspector.flows import assist, attention, dossier
from inspector.flows.office import Office
from inspector.flows.requests import policy_of
from inspector.flows.scoreboard import scoreboard
from inspector.flows.table import FLOWS
from inspector.flows.unsettled import SUPERIOR_UNKNOWN, UNDELIVERABLE
from inspector.labels import LANGS
from inspector.ports import NotYet, Origin, Refused
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, claim, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of

pytestmark = pytest.mark.alike


def house(store: Store, hand: Hand) -> tuple[Office, Desk, Desk, str]:
    """An office whose first letter the agency has, and the common superior."""
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": civil, "county-office": county}))
    case_id = opened(office)
    go(office, letters=True)
    assert civil.kinds == [LetterKind.REQUEST]
    return office, civil, county, case_id


def pause(office: Office, lane: str) -> None:
    with office.store.begin() as tx:
        tx.lanes.ensure([lane])
        assert tx.lanes.pause(lane, tx.machine_now())


def resume(office: Office, lane: str) -> None:
    with office.store.begin() as tx:
        assert tx.lanes.pause(lane, None)


@pytest.mark.slow
def test_while_the_way_to_an_agency_is_paused_nobody_above_hears_of_its_silence_and_then_it_is_reminded_first(
    store: Store, hand: Hand
) -> None:
    office, civil, county, case_id = house(store, hand)
    pause(office, "civil-affairs")
    for rung in request_of(store, case_id).rungs:
        hand.now = rung.at
        settle(office)
    held = request_of(store, case_id)
    assert (civil.kinds, county.kinds, held.state.open) == ([LetterKind.REQUEST], [], True)
    with store.read() as tx:
        assert [(one.unanswered, one.escalated) for one in scoreboard(office, tx)] == [(0, 0)]
    resume(office, "civil-affairs")
    for _ in range(8):  # who waits looks again within the hour, and several did
        if LetterKind.REMINDER not in civil.kinds:
            hand.on(hours=1)
            settle(office)
    held = request_of(store, case_id)
    assert civil.kinds[1:2] == [LetterKind.REMINDER], "the reminder that never left before the date leaves first, and says so"
    assert county.kinds == []
    superior = next(rung for rung in held.rungs if rung.kind is OrderKind.ASSIST_DUE)
    assert superior.at > hand(), "and what follows is counted from here"


def test_when_a_ladder_that_stood_still_goes_on_no_step_overtakes_one_before_it(store: Store, hand: Hand) -> None:
    office, _, county, case_id = house(store, hand)
    pause(office, "civil-affairs")
    for rung in request_of(store, case_id).rungs:
        hand.now = rung.at
        settle(office)
    resume(office, "civil-affairs")
    hand.on(hours=1)
    held = {OrderKind(one.kind): one for one in claim(office)}
    for kind in (OrderKind.ASSIST_DUE, OrderKind.ASSIST_HEAD, OrderKind.ASSIST_LIAISON):
        with pytest.raises(NotYet, match="step_waits"):
            FLOWS[kind].do(held[kind], office)
    assert county.kinds == []


@pytest.mark.slow
def test_whoever_is_above_reads_that_a_letter_was_refused_and_nobody_got_it(store: Store, hand: Hand) -> None:
    office, civil, county, case_id = house(store, hand)
    while (step := next_step(request_of(store, case_id))).kind is not OrderKind.ASSIST_DUE:
        hand.now = step.at
        if step.kind is OrderKind.ASSIST_LIAISON:
            civil.fails = [Refused("http_422", origin=Origin.THEM, attempts=1)]
        settle(office)
    hand.now = step.at
    settle(office)
    rules = [one.rule for one in request_of(store, case_id).history]
    assert rules.count("assistance.liaison_stayed") == 1
    told = county.letters[-1].text if county.letters else ""
    assert (rules.count("assistance.liaison"), civil.kinds.count(LetterKind.LIAISON)) == (1, 0), (
        "what is refused goes no second time"
    )
    assert "告知联络员：函件无人收到" in told, "whoever is above reads it"


def test_whoever_mends_a_letter_that_was_refused_is_told_the_address_and_no_log_or_record_is(store: Store, hand: Hand) -> None:
    office, civil, _, case_id = house(store, hand)
    error = Refused("recipient_refused", origin=Origin.THEM, detail="to[1]: 550 5.1.1", attempts=1)
    error.refused = ("xiezhu@civil.example: 550 5.1.1",)
    civil.fails = [error]
    hand.now = next_step(request_of(store, case_id)).at
    with capture_logs() as logs:
        settle(office)
    with store.read() as tx:
        (matter,) = tx.attention.of_kind(UNDELIVERABLE)
        (row,) = tx.attention.page(None, kind=UNDELIVERABLE)
        kept = str([dict(one) for one in tx.ledger.about(case_id)])
    assert matter.agency == request_of(store, case_id).requester, "its own officers read it"
    for lang in LANGS:
        assert attention.told(UNDELIVERABLE, str(row["body"]), lang).endswith(" (xiezhu@civil.example: 550 5.1.1)")
    assert "xiezhu" not in f"{logs} {kept} {request_of(store, case_id).history}"


def next_step(request: Request) -> Rung:
    """The step of the ladder that comes next."""
    past = {one.rule for one in request.history}
    return min(
        (one for one in request.rungs if one.at > max(line.at for line in request.history) or not past), key=lambda one: one.at
    )


@pytest.mark.parametrize("paused", [True, False])
def test_a_superior_whom_no_letter_reached_has_let_no_date_pass(store: Store, hand: Hand, paused: bool) -> None:
    office, _, county, case_id = house(store, hand)
    if paused:
        pause(office, "county-office")
    else:
        county.fails = [Refused("http_422", origin=Origin.THEM, detail="office 7", attempts=1)]
    with store.begin() as tx:
        assist.contest(office, tx, request_of(store, case_id).id, Quarrel.COMPETENCE, "不属于本局职权", "王五", office.now())
    settle(office)
    held = request_of(store, case_id)
    assert held.dispute is not None
    with store.read() as tx:
        unknown = {one["kind"]: attention.told(str(one["kind"]), str(one["body"]), "en") for one in tx.attention.page(None)}
    assert (SUPERIOR_UNKNOWN in unknown) is not paused, "a person picks whom to tell"
    if not paused:
        assert unknown[SUPERIOR_UNKNOWN].startswith("our letter to county, who was to decide the dispute, reached nobody: ")
        assert unknown[UNDELIVERABLE].endswith(" (office 7)"), "and what the other side said of it"
    hand.now = held.dispute.due_at
    settle(office)
    hand.on(hours=2)
    settle(office)
    held = request_of(store, case_id)
    rules = [one.rule for one in held.history]
    assert "assistance.undecided" not in rules
    with store.read() as tx:
        notes = [one.note for one in tx.cases.evidence(case_id)]
    assert (held.state, rules[-2:]) == (AssistanceState.UNANSWERED, ["assistance.dispute_stayed", "assistance.unjudged"])
    assert (notes[-1], county.kinds) == ("unjudged", [])
    with store.read() as tx:
        assert [(one.unanswered, one.undecided, one.disputed) for one in scoreboard(office, tx)] == [(0, 1, 1)]


@pytest.mark.slow
def test_while_the_way_to_the_superior_is_paused_it_is_not_told_and_then_it_is(store: Store, hand: Hand) -> None:
    office, civil, county, case_id = house(store, hand)
    pause(office, "county-office")
    for rung in request_of(store, case_id).rungs:
        hand.now = rung.at
        settle(office)
    hand.on(days=2)
    settle(office)
    held = request_of(store, case_id)
    assert (held.state, county.kinds, civil.kinds[-1]) == (AssistanceState.REMINDED, [], LetterKind.HEAD)
    resume(office, "county-office")
    hand.on(hours=2)
    settle(office)
    held = request_of(store, case_id)
    assert (held.state, county.kinds) == (AssistanceState.ESCALATED, [LetterKind.ESCALATION])
    assert held.end_at is not None
    assert held.end_at > hand(), "its time is counted from there"


def test_whom_a_request_was_forwarded_to_has_not_been_reminded_by_what_the_one_before_was_told(store: Store, hand: Hand) -> None:
    civil, county, housing = Desk("civil-affairs"), Desk("county-office"), Desk("housing")
    office = climbing(an_office(store, hand, {"civil-affairs": civil, "county-office": county, "housing": housing}))
    case_id = opened(office)
    go(office, letters=True)
    held = request_of(store, case_id)
    hand.now = next(one.at for one in held.rungs if one.kind is OrderKind.ASSIST_REMIND)
    settle(office)
    hand.on(minutes=5)
    with store.begin() as tx:
        fresh = assist.forward(office, tx, held.id, "houses", "不属于本局职权", "王五", office.now())
    settle(office)
    with store.read() as tx:
        fresh = tx.assistance.get(fresh.id)
    hand.now = next(one.at for one in fresh.rungs if one.kind is OrderKind.ASSIST_DUE)
    hand.on(days=3)
    settle(office)
    assert housing.kinds == [LetterKind.REQUEST, LetterKind.REMINDER], "it is reminded first, whoever else was before"


@pytest.mark.parametrize("disputed", [True, False])
def test_who_picks_whom_to_tell_has_the_dossier_and_the_request_keeps_who_was_told(
    store: Store, hand: Hand, disputed: bool
) -> None:
    office, _, _, case_id = house(store, hand)
    nobody = {name: replace(node, connector=None) if name in ("county", "city") else node for name, node in office.tree.items()}
    office, request = replace(office, tree=nobody), request_of(store, case_id)
    if disputed:
        with store.begin() as tx:
            assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
    for rung in () if disputed else request.rungs:
        hand.now = rung.at
        settle(office)
    matter = f"{SUPERIOR_UNKNOWN}:{request.id}"
    with serving(office) as edge:
        with edge.client() as browser:
            logged_in(edge, browser)
            shown = browser.get(f"/requests/{request.id}").text
        for line in ("供告知上级使用的材料", f"协助请求 {request.id} 的办理情况", "不属于本局职权" if disputed else "提醒"):
            assert line in shown, line
        note = {"note": "已电话告知区政府办公室赵主任"}
        with edge.as_("officer", name="李四") as officer:
            assert officer.post(f"/v1/attention/{matter}/close", json=note).status_code == 200
    last = request_of(store, case_id).history[-1]
    assert (last.rule, last.who, last.said) == ("assistance.picked", "李四", note["note"])
    with store.read() as tx:
        assert not tx.attention.standing_about(SUPERIOR_UNKNOWN, [request.id])


def test_a_request_that_somebody_above_was_told_of_has_no_dossier_for_a_person(store: Store, hand: Hand) -> None:
    office, _, county, case_id = house(store, hand)
    for rung in request_of(store, case_id).rungs:
        hand.now = rung.at
        settle(office)
    request = request_of(store, case_id)
    assert (request.state, bool(county.letters[-1].text)) == (AssistanceState.ESCALATED, True)
    with store.read() as tx:
        assert dossier.unaddressed(office, policy_of(office, tx, request), request, "zh-Hans") == ""
