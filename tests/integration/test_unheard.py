"""An agency names another date and nobody of ours says a word: officer, head, and then the ladder goes on, which is held against nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.calendar import Term, Unit
from inspector.domain.timer import OPTIONAL, Timer
from inspector.flows import assist, attention, unsettled
from inspector.flows.office import Office
from inspector.flows.scoreboard import scoreboard
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of
from tests.integration.test_named_dates import waiting

pytestmark = pytest.mark.alike

NAMED = date(2026, 3, 30)
"""A Monday, weeks behind the date of the request."""

WITHIN = date(2026, 3, 18)
"""Less than a whole verification behind it."""


def with_rows(office: Office) -> Office:
    """The same by a pack that has the rows of our own silence."""
    packs = []
    for pack in office.book.packs:
        usual = pack.term(Timer.ASSIST_REPLY)
        rows = {
            timer: replace(
                usual, row=f"term-{timer.value}", timer=timer, term=Term(amount=days, unit=Unit.WORKING_DAY), basis="H:63"
            )
            for timer, days in ((Timer.ASSIST_WORD, 2), (Timer.ASSIST_WORD_HEAD, 2), (Timer.ASSIST_LONGEST, 20))
        }
        packs.append(replace(pack, terms={**pack.terms, **rows}))
    return replace(office, book=replace(office.book, packs=tuple(packs)))


def named(store: Store, hand: Hand, day: date = NAMED) -> tuple[Office, Mapping[str, Desk], str]:
    """The agency has named another date at once."""
    desks = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")}
    office = with_rows(climbing(an_office(store, hand, desks)))
    case_id = opened(office)
    go(office, letters=True)
    with store.begin() as tx:
        assist.propose_date(office, tx, request_of(store, case_id).id, day, "需调阅纸质档案", "王五", hand.now)
    return office, desks, case_id


def until(office: Office, hand: Hand, at: datetime) -> None:
    while hand.now < at:
        hand.on(hours=4)
        waiting(office)


def matters(store: Store) -> set[str]:
    with store.read() as tx:
        return {row["kind"] for row in tx.attention.page(None)} & {unsettled.DATE_PROPOSED, unsettled.DATE_UNHEARD}


@pytest.mark.slow
def test_the_officer_then_the_head_and_no_earlier_than_the_named_day_the_ladder_goes_on(store: Store, hand: Hand) -> None:
    office, desks, case_id = named(store, hand)
    due_at = request_of(store, case_id).due_at
    until(office, hand, due_at + timedelta(days=1))
    assert matters(store) == {unsettled.DATE_PROPOSED}
    until(office, hand, due_at + timedelta(days=5))
    assert matters(store) == {unsettled.DATE_PROPOSED, unsettled.DATE_UNHEARD}
    with store.read() as tx:
        told = {row["kind"]: attention.told(row["kind"], row["body"], "en") for row in tx.attention.page(None)}
    assert NAMED.isoformat() in told[unsettled.DATE_UNHEARD]
    assert NAMED.isoformat() in told[unsettled.DATE_PROPOSED]
    until(office, hand, office.calendar.closing(NAMED) - timedelta(hours=6))
    assert {"liaison", "head"}.isdisjoint(desks["civil-affairs"].kinds), "it has named this day itself"
    while request_of(store, case_id).state.open:
        until(office, hand, hand.now + timedelta(days=1))
    held = request_of(store, case_id)
    assert [one for one in desks["civil-affairs"].kinds if one in ("liaison", "head")] == ["liaison", "head"]
    assert [one.kind.value for one in desks["county-office"].letters][:1] == ["escalation"]
    rules = [one.rule for one in held.history]
    assert rules.count("assistance.unheard") == 1
    assert rules.index("assistance.unheard") < rules.index("assistance.liaison")
    assert (held.state, rules[-1], matters(store)) == (AssistanceState.UNANSWERED, "assistance.unheeded", set())
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        (entry,) = tx.ledger.facts(["assistance.unheard"], case_id)
    assert (score.unheeded, score.unanswered) == (1, 0)
    assert entry[1]["proposed"].startswith(NAMED.isoformat())


@pytest.mark.slow
def test_whoever_is_above_reads_that_it_was_we_who_said_nothing(store: Store, hand: Hand) -> None:
    office, desks, _ = named(store, hand)
    while not desks["county-office"].letters:
        until(office, hand, hand.now + timedelta(days=1))
    told = desks["county-office"].letters[0]
    assert "继续催办" in told.text or "继续催办" in told.words.body


@pytest.mark.slow
def test_a_word_of_ours_in_time_ends_it_and_a_date_named_anew_begins_anew(store: Store, hand: Hand) -> None:
    office, desks, case_id = named(store, hand, date(2026, 3, 18))
    due_at = request_of(store, case_id).due_at
    until(office, hand, due_at + timedelta(days=3))
    with store.begin() as tx:
        request = request_of(store, case_id)
        assist.propose_date(office, tx, request.id, NAMED, "仍在调阅", "王五", hand.now)
    until(office, hand, hand.now + timedelta(days=1))
    assert {"liaison", "head"}.isdisjoint(desks["civil-affairs"].kinds), "of the new date nobody was silent yet"
    with store.begin() as tx:
        assist.agree_date(office, tx, request.id, office.calendar.closing(NAMED), "李四", hand.now)
    assert matters(store) == set()


def test_the_page_shows_the_cases_own_date_beside_the_named_one_and_warns_where_it_lies_before(store: Store, hand: Hand) -> None:
    office, _, case_id = named(store, hand)
    request = request_of(store, case_id)
    with store.read() as tx:
        due_at = tx.cases.get(case_id).due_at
        assert due_at is not None
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        shown = browser.get(f"/requests/{request.id}?lang=en").text
        assert due_at.date().isoformat() in shown
        assert "this date lies after it" in shown
        with store.begin() as tx:
            assist.propose_date(office, tx, request.id, due_at.date() - timedelta(days=3), "可以提前", "王五", hand.now)
        shown = browser.get(f"/requests/{request.id}?lang=en").text
        assert ("this date lies after it" in shown, "this date lies before it" in shown) == (False, True)


@pytest.mark.parametrize("day", [date(2026, 3, 3), None], ids=["inside its term", "the date that binds"])
def test_a_date_that_the_term_reaches_asks_nobody_for_a_word_and_the_ladder_is_climbed(
    store: Store, hand: Hand, day: date | None
) -> None:
    desks = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")}
    office = climbing(an_office(store, hand, desks))
    case_id = opened(office)
    go(office, letters=True)
    before = request_of(store, case_id)
    with store.begin() as tx:
        named_day = day or office.calendar.local_date(before.due_at)
        assist.propose_date(office, tx, before.id, named_day, "按期答复", "王五", hand.now)
    held = request_of(store, case_id)
    assert (held.state, held.proposed, held.due_at) == (AssistanceState.ACCEPTED, None, before.due_at)
    assert [one.rule.removeprefix("assistance.") for one in held.history[-2:]] == ["met", "propose"]
    assert (held.accepted, matters(store)) == (True, set())
    while request_of(store, case_id).state.open and hand.now < before.due_at + timedelta(days=30):
        until(office, hand, hand.now + timedelta(days=1))
    assert [one for one in desks["civil-affairs"].kinds if one in ("liaison", "head")] == ["liaison", "head"]
    assert [one.kind.value for one in desks["county-office"].letters][:1] == ["escalation"]
    assert request_of(store, case_id).history[-1].rule == "assistance.silent"
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.unanswered, score.unheeded, score.heard_in_time) == (1, 0, 1)


def test_a_date_inside_its_term_that_an_older_release_kept_as_proposed_stops_nothing(store: Store, hand: Hand) -> None:
    office, desks, case_id = named(store, hand)
    with store.begin() as tx:
        held = request_of(store, case_id)
        assert held.proposed is not None
        tx.assistance.put(replace(held, proposed=replace(held.proposed, due_at=held.due_at)))
    while request_of(store, case_id).state.open and hand.now < held.due_at + timedelta(days=30):
        until(office, hand, hand.now + timedelta(days=1))
    assert [one.kind.value for one in desks["county-office"].letters][:1] == ["escalation"]
    rules = [one.rule for one in request_of(store, case_id).history]
    assert (rules[-1], "assistance.unheard" in rules, matters(store)) == ("assistance.silent", False, set())


@pytest.mark.slow
@pytest.mark.parametrize("least", [False, True], ids=["its ladder's rows", "with the least that a pack has"])
def test_by_a_pack_without_rows_of_its_own_our_silence_ends_by_those_of_its_ladder(store: Store, hand: Hand, least: bool) -> None:
    desks = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")}
    office = climbing(an_office(store, hand, desks))
    if least:
        packs = (
            replace(one, terms={timer: row for timer, row in one.terms.items() if timer not in OPTIONAL})
            for one in office.book.packs
        )
        office = replace(office, book=replace(office.book, packs=tuple(packs)))
    case_id = opened(office)
    go(office, letters=True)
    with store.begin() as tx:
        assist.propose_date(office, tx, request_of(store, case_id).id, WITHIN, "需调阅纸质档案", "王五", hand.now)
    due_at = request_of(store, case_id).due_at
    while request_of(store, case_id).state.open and hand.now < due_at + timedelta(days=60):
        until(office, hand, hand.now + timedelta(days=1))
    assert request_of(store, case_id).history[-1].rule == "assistance.unheeded"
    assert [one.kind.value for one in desks["county-office"].letters][:1] == ["escalation"]
    with store.read() as tx:
        (entry,) = tx.ledger.facts(["assistance.unheard"], case_id)
        policy = office.book.get(tx.cases.get(case_id).pack)
    steps = [Timer.ASSIST_ESCALATE] * 2 if least else [Timer.ASSIST_LIAISON, Timer.ASSIST_HEAD]
    assert entry[1]["rows"] == [policy.term(one).row for one in steps], "and the entry cites them"


@pytest.mark.slow
def test_an_agency_that_names_a_new_date_every_three_days_stalls_its_request_no_longer_than_the_pack_says(
    store: Store, hand: Hand
) -> None:
    desks = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")}
    office = climbing(an_office(store, hand, desks))
    case_id = opened(office)
    go(office, letters=True)
    due_at = request_of(store, case_id).due_at
    while request_of(store, case_id).state.open and hand.now < due_at + timedelta(days=60):
        with store.begin() as tx:
            day = office.calendar.add_working_days(office.calendar.local_date(max(hand.now, due_at)), 4)
            assist.propose_date(office, tx, request_of(store, case_id).id, day, "仍在调阅", "王五", hand.now)
        until(office, hand, hand.now + timedelta(days=3))
    held = request_of(store, case_id)
    assert [one.kind.value for one in desks["county-office"].letters][:1] == ["escalation"]
    assert [one.rule for one in held.history].count("assistance.unheard") == 1
    assert (held.state, held.history[-1].rule) == (AssistanceState.UNANSWERED, "assistance.unheeded")
