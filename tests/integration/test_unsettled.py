"""What a person is asked to see to ends with what answers it; our channel's failure ends no request that an agency knows of."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.agencies import paper
from inspector.daemon.patience import too_late
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.case import ClaimStatus
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.flows import assist, replylink, unsettled
from inspector.flows.office import Office
from inspector.ports import Origin, PortError, Refused, Unavailable
from inspector.store.store import Store
from tests.house import START, Hand, carry_out, claim, settle
from tests.integration.test_digest import NEXT, digesting
from tests.integration.test_letters import STEPS, Desk, an_office, climbing, go, opened, request_of, withdraw

pytestmark = pytest.mark.alike

FULL = Refused("mailbox_full", origin=Origin.THEM, attempts=1)
AWAY = Unavailable("timeout", origin=Origin.WIRE)
KINDS = (unsettled.UNDELIVERABLE, unsettled.TO_POST, unsettled.PARTLY, unsettled.DATE_PROPOSED)
DAY = date(2026, 3, 20)


def matters(office: Office) -> list[str]:
    """The kinds of what waits for a person about requests."""
    with office.store.read() as tx:
        return [str(one["kind"]) for one in tx.attention.page(None) if one["kind"] in KINDS]


def called_back(office: Office, request: Request) -> None:
    """An officer calls the link back, and the letter goes out with another."""
    with office.store.begin() as tx:
        replylink.call_back(tx, request.id, "李四", "发错邮箱", office.now(), anew=True)


def accept(office: Office, request: Request) -> None:
    """The agency takes it on."""
    with office.store.begin() as tx:
        assist.accept(office, tx, request.id, "王五", office.now())


@pytest.mark.parametrize(
    ("error", "late"),
    [
        pytest.param(FULL, False, id="refused in time"),
        pytest.param(FULL, True, id="refused behind the date", marks=pytest.mark.slow),
        pytest.param(AWAY, True, id="one failure behind the date"),
    ],
)
def test_a_letter_with_another_link_that_nobody_takes_ends_no_request_and_a_person_hears_until_there_is_a_word(
    store: Store, hand: Hand, error: PortError, late: bool
) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": Desk("county-office")})
    case_id = opened(office)
    settle(office)
    accept(office, request_of(store, case_id))
    if late:
        hand.now = request_of(store, case_id).due_at + timedelta(hours=1)
        settle(office)
    before = request_of(store, case_id)
    civil.fails.append(error)
    called_back(office, before)
    settle(office)
    after = request_of(store, case_id)
    assert (after.state, after.ended_at) == (before.state, None), "its word stands"
    with store.read() as tx:
        assert ClaimStatus.UNDETERMINED not in {one.status for one in tx.cases.get(case_id).claims}
    if isinstance(error, Unavailable):
        hand.on(minutes=10)
        settle(office)
        assert (civil.kinds.count(civil.letters[0].kind), matters(office)) == (2, []), "it is tried again"
        return
    assert matters(office) == ["letter_undeliverable"]
    called_back(office, before)
    settle(office)
    assert matters(office) == [], "one that was taken answers it"
    civil.fails.append(error)
    called_back(office, before)
    settle(office)
    assert matters(office) == ["letter_undeliverable"]
    with store.begin() as tx:
        assist.answer(office, tx, after.id, Verdict.MATCH, "", "王五", hand())
    assert matters(office) == [], "and so does a word"


def test_the_first_letter_ends_its_request_as_long_as_the_agency_knows_nothing_and_no_longer(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs", fails=[AWAY])
    office = an_office(store, hand, {"civil-affairs": civil})
    known, unknown = opened(office, 1), opened(office, 2)
    accept(office, request_of(store, known))  # by a token of its own, or the letter arrived and its receipt did not
    civil.fails += [FULL] * 4
    settle(office)
    hand.on(minutes=30)
    settle(office)
    assert request_of(store, known).state is AssistanceState.ACCEPTED
    assert request_of(store, unknown).state is AssistanceState.UNANSWERED


def test_a_letter_with_another_link_ends_nothing_while_the_first_is_still_on_its_way(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs", fails=[FULL])
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    request = request_of(store, case_id)
    called_back(office, request)
    held = {row.key: row for row in claim(office)}
    carry_out(office, held[request_of(store, case_id).again[0]])
    assert (request_of(store, case_id).state, matters(office)) == (AssistanceState.ORDERED, ["letter_undeliverable"])
    carry_out(office, held[request.letter_key("request", request.requested)])
    assert request_of(store, case_id).state is AssistanceState.SENT


def test_who_may_hold_a_letter_with_another_link_hears_of_the_end(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs", fails=[FULL])
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    request = request_of(store, case_id)
    called_back(office, request)
    with store.read() as tx:
        rows = {row["key"] for row in tx.work.page(case_id=case_id, kind="assist.send")}
    assert {*request_of(store, case_id).again} == {key for key in rows if ":link" in key}
    withdraw(office, case_id)
    with store.read() as tx:
        held = {row["key"]: row["state"] for row in tx.work.page(case_id=case_id, kind="assist.send")}
    assert {held[key] for key in rows} == {"done"}, "what has not left does not leave"


@pytest.mark.parametrize("end", ["answered", "refused", "withdrawn"])
def test_a_proposed_date_is_nobodys_matter_once_its_request_is_over(store: Store, hand: Hand, end: str) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.propose_date(office, tx, request.id, DAY, "档案移交", "王五", hand())
    assert matters(office) == ["date_proposed"]
    if end == "withdrawn":
        withdraw(office, case_id)
    with store.begin() as tx:
        if end == "answered":
            assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
        if end == "refused":
            assist.refuse(office, tx, request.id, "没有资料", "王五", hand())
    assert not request_of(store, case_id).state.open
    assert "date_proposed" not in matters(office)


@pytest.mark.parametrize("word", [True, False], ids=["answered", "withdrawn"])
def test_a_page_of_a_digest_need_not_be_posted_once_the_agency_has_answered_or_the_case_is_over(
    store: Store, hand: Hand, tmp_path: Path, word: bool
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    office = digesting(store, hand, paper.connect("civil-affairs", {"folder": str(folder)}))
    cases = [opened(office, number) for number in (1, 2)]
    go(office, letters=True)
    hand.now = NEXT
    settle(office)
    assert matters(office) == ["letter_to_post"] * 2
    if word:
        with store.begin() as tx:
            assist.answer(office, tx, request_of(store, cases[0]).id, Verdict.MATCH, "", "王五", hand())
    else:
        withdraw(office, cases[0])
    assert matters(office) == ["letter_to_post"]


def test_every_date_that_an_agency_has_proposed_and_nobody_agreed_to_is_answered_with_the_reasons(
    store: Store, hand: Hand
) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    for day, why in ((DAY, "承诺人急需办结"), (START.date() + timedelta(days=10), "仍然太晚")):
        with store.begin() as tx:
            assist.propose_date(office, tx, request.id, day, "档案移交", "王五", hand())
        with store.begin() as tx:
            assist.keep_date(office, tx, request.id, office.calendar.closing(day), "李四", why, hand())
        settle(office)
        assert civil.letters[-1].kind == "kept"
        assert why in civil.letters[-1].words.body
    assert civil.kinds.count(civil.letters[-1].kind) == 2


def test_nobody_is_reminded_of_a_date_that_has_passed_or_of_what_he_has_done(store: Store, hand: Hand) -> None:
    """Each reminder is due, the daemon stands still until the date has passed, and nothing of it leaves."""
    early = {kind: step for kind, step in STEPS.items() if kind in ("acknowledge", "reminder", "last")}
    for number, (kind, step) in enumerate(early.items(), 1):
        hand.now = START
        civil = Desk("civil-affairs")
        office = climbing(an_office(store, hand, {"civil-affairs": civil}))
        case_id = opened(office, number)
        go(office, letters=True)
        request = request_of(store, case_id)
        for rung in request.rungs[: [one.kind for one in request.rungs].index(step)]:
            hand.now = rung.at
            go(office, letters=True)
        hand.now = next(rung.at for rung in request.rungs if rung.kind is step)
        go(office)
        held = {one.key: one for one in claim(office, without=["county-office"])}
        row = held[request.letter_key(kind, request.requested)]
        hand.now = request.due_at + timedelta(minutes=1)
        assert too_late(row, office), kind
        carry_out(office, row)
        assert kind not in civil.kinds


def test_a_reminder_of_a_date_that_was_moved_meanwhile_does_not_leave(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    go(office, letters=True)
    request = request_of(store, case_id)
    hand.now = next(rung.at for rung in request.rungs if rung.kind is STEPS[LetterKind.REMINDER])
    go(office)
    with store.begin() as tx:
        assist.extend(office, tx, request.id, "需调阅纸质档案", "王五", hand())
    go(office, letters=True)
    assert civil.kinds == [LetterKind.REQUEST], "the clock that runs has a reminder of its own"
