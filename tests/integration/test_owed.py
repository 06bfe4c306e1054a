"""What fails in our house is held against nobody, whichever letter it holds back (decision 75; handbook 1.5.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.assistance import AssistanceState, Door, Quarrel, Request
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.flows import assist, replylink
from inspector.flows.office import Office
from inspector.flows.scoreboard import recent_days, scoreboard
from inspector.ports import NotYet
from inspector.store.store import Store
from tests.house import Hand, carry_out, claim, settle
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of

pytestmark = pytest.mark.alike


def begun(store: Store, hand: Hand, *, climbs: bool = False) -> tuple[Office, Desk, Desk, Request]:
    """A request whose first letter the agency has; `climbs`: by a pack with every step of the ladder."""
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": county})
    office = climbing(office) if climbs else office
    case_id = opened(office)
    settle(office)
    return office, civil, county, request_of(store, case_id)


def owing(office: Office, request: Request, what: str, hand: Hand) -> None:
    """The agency is to have another letter from us, or lacks one."""
    with office.store.begin() as tx:
        if what == "decided":
            assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属本局职权", "区民政局 赵六", hand(), Door())
        else:
            replylink.call_back(tx, request.id, "李四", "转发给了别人", hand(), anew=what == "link")
    if what == "decided":
        settle(office)
        with office.store.begin() as tx:
            assist.decide(office, tx, request.id, True, "属于其职权，应予协助", "区政府 钱七", hand())


def silent(office: Office, hand: Hand, days: int) -> None:
    """Days go by in which nothing leaves this house for the agency, whoever else is told."""
    for _ in range(days):
        while held := claim(office, without=("civil-affairs",)):
            for work in held:
                try:
                    carry_out(office, work)
                except NotYet:
                    with office.store.begin() as tx:
                        tx.work.postpone(work, hand() + timedelta(hours=1), "letter_waits", counted=False)
        hand.on(days=1)


@pytest.mark.parametrize("what", ["link", "decided"])
def test_while_a_letter_that_says_how_or_by_when_to_answer_lies_here_no_step_is_taken_and_the_time_begins_where_it_leaves(
    what: str, store: Store, hand: Hand
) -> None:
    office, civil, county, request = begun(store, hand)
    owing(office, request, what, hand)
    before = len(county.kinds)
    silent(office, hand, 12)
    request = request_of(store, request.case_id)
    assert (request.state.open, request.escalated_to, len(county.kinds)) == (True, None, before)
    settle(office)
    request = request_of(store, request.case_id)
    told = civil.letters[-1]
    assert told.kind is (LetterKind.DECIDED if what == "decided" else LetterKind.REQUEST)
    assert (request.owed, told.due_at) == (None, request.due_at), "the letter tells the date that binds"
    assert request.due_at >= hand.now + timedelta(days=2), "a whole term of its own"
    hand.now = request.escalate_at
    settle(office)
    assert county.kinds[before:] == [LetterKind.ESCALATION], "whoever has it and is silent now is told of"


def test_a_letter_with_another_link_that_leaves_the_same_day_moves_no_date(store: Store, hand: Hand) -> None:
    office, civil, _, request = begun(store, hand)
    owing(office, request, "link", hand)
    settle(office)
    now = request_of(store, request.case_id)
    assert (len(civil.letters), now.due_at, now.turn, now.owed) == (2, request.due_at, request.turn, None)


def test_of_an_agency_whose_link_was_called_back_and_that_got_no_other_a_person_hears_and_nobody_above(
    store: Store, hand: Hand
) -> None:
    office, _, county, request = begun(store, hand)
    owing(office, request, "none", hand)
    with store.read() as tx:
        assert [row["kind"] for row in tx.attention.page(None) if row["closed_at"] is None] == ["link_missing"]
    silent(office, hand, 25)
    request = request_of(store, request.case_id)
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        open_ones = [row["kind"] for row in tx.attention.page(None) if row["kind"] == "link_missing"]
    assert (request.state, county.kinds, open_ones) == (AssistanceState.UNANSWERED, [], [])
    assert (score.unreached, score.unanswered, score.escalated) == (1, 0, 0)


def test_whoever_speaks_by_another_way_than_its_link_can_be_silent_again(store: Store, hand: Hand) -> None:
    office, _, county, request = begun(store, hand)
    owing(office, request, "none", hand)
    with store.begin() as tx:
        assist.accept(office, tx, request.id, "区民政局 王五", hand(), Door(token="agency", by="mail"))
    with store.read() as tx:
        assert [row["kind"] for row in tx.attention.page(None) if row["kind"] == "link_missing"] == []
    hand.now = request_of(store, request.case_id).escalate_at
    go(office, letters=True)
    assert county.kinds == [LetterKind.ESCALATION]


def test_a_link_called_back_after_the_superior_was_told_leaves_the_agency_its_last_days(store: Store, hand: Hand) -> None:
    office, civil, _, request = begun(store, hand)
    hand.now = request.escalate_at
    settle(office)
    was = request_of(store, request.case_id)
    owing(office, was, "link", hand)
    silent(office, hand, 9)
    held = request_of(store, request.case_id)
    assert was.end_at is not None
    assert (held.state, hand.now > was.end_at) == (AssistanceState.ESCALATED, True)
    settle(office)
    held = request_of(store, request.case_id)
    assert (civil.kinds[-1], held.state, held.owed) == (LetterKind.REQUEST, AssistanceState.ESCALATED, None)
    assert held.end_at is not None
    assert held.end_at > hand.now
    hand.now = held.end_at
    settle(office)
    assert request_of(store, request.case_id).state is AssistanceState.UNANSWERED


@pytest.mark.slow
@pytest.mark.parametrize("what", ["link", "decided"])
def test_a_letter_that_leaves_late_gives_another_time_to_acknowledge_only_to_who_has_not_spoken(
    what: str, store: Store, hand: Hand
) -> None:
    office, _, _, request = begun(store, hand, climbs=True)
    assert request.accept_by is not None
    owing(office, request, what, hand)
    silent(office, hand, 12)
    settle(office)
    told = request_of(store, request.case_id)
    assert told.due_at > request.due_at, "the date itself is counted from the sending either way"
    assert told.accept_by is not None
    assert (told.accept_by > request.accept_by) is (what == "link")


@pytest.mark.parametrize(("what", "heard", "took"), [("decided", 2, 7), ("link", 7, 7)])
def test_of_an_agencys_days_only_those_are_left_out_in_which_our_letter_lay_here(
    what: str, heard: int, took: int, store: Store, hand: Hand
) -> None:
    """The first letter came on a Monday, the answer on a Saturday, 15 working days on; of these another letter lay here for eight."""
    office, _, _, request = begun(store, hand)
    hand.on(days=2)
    owing(office, request, what, hand)
    silent(office, hand, 12)
    settle(office)
    hand.on(days=5)
    with office.store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "区民政局 王五", hand(), Door())
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        median = recent_days(office, tx, hand())
    assert (score.heard_days, score.answer_days) == ([heard], [took]), (
        "what was said before that letter is counted from the first"
    )
    assert median == [(score.agency, score.fact, took)], "the metric counts alike"
    assert request_of(store, request.case_id).sent_at == request.sent_at


def test_a_first_word_behind_its_date_was_late_though_the_superior_has_given_the_agency_another_since(
    store: Store, hand: Hand
) -> None:
    office, _, _, request = begun(store, hand)
    hand.now = request.due_at + timedelta(hours=4)
    owing(office, request, "decided", hand)
    assert request_of(store, request.case_id).due_at > hand.now
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.heard_in_time, len(score.heard_days)) == (0, 1)
