"""Both sides see what became of a date that the agency has named before it extended, or disputed; the matter follows it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest

from inspector.domain import unheard
from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.domain.errors import Refusal, Stale
from inspector.flows import assist, attention, posted, unsettled
from inspector.flows.office import Office
from inspector.flows.scoreboard import scoreboard
from inspector.labels import label
from inspector.ports import NotYet
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, carry_out, claim, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of

pytestmark = pytest.mark.alike

FAR, NEAR = date(2026, 6, 30), date(2026, 3, 5)


def waits(office: Office) -> bool:
    """Whether a date waits for an officer's word."""
    with office.store.read() as tx:
        return bool(tx.attention.standing(unsettled.DATE_PROPOSED))


def test_a_date_waits_on_behind_an_extension_rests_while_the_superior_decides_and_is_then_asked_about_again(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    settle(office)
    with serving(office) as edge, edge.client() as browser:
        link, path = f"/assist/{request.id}/{office.link_token('assist', request.id)}", f"/requests/{request.id}"
        logged_in(edge, browser)
        with store.begin() as tx:
            assist.propose_date(office, tx, request.id, FAR, "档案移交", "王五", hand())
            assist.extend(office, tx, request.id, "人手不足", "王五", hand())
        assert waits(office)
        assert request_of(store, request.case_id).due_at > request.due_at
        shown = browser.get(f"{path}?lang=en").text
        assert 'value="agree"' in shown
        for rule in ("propose", "extend"):
            assert label(f"rule.assistance.{rule}", "en") in shown, "both words are on the page"
        with store.begin() as tx:
            assist.contest(office, tx, request.id, Quarrel.GROUND, "没有依据", "王五", hand())
        rests = label("ui.proposed_rests", "zh-Hans")
        shown = browser.get(f"{path}?lang=zh-Hans").text
        assert (waits(office), rests in shown, 'value="agree"' in shown) == (False, True, False)
        assert rests in browser.get(f"{link}?lang=zh-Hans").text
        with store.begin() as tx:
            assist.decide(office, tx, request.id, True, "应当协助", "县政府办", hand())
        assert waits(office)
        assert 'value="agree"' in browser.get(path).text
        with store.begin() as tx:
            assist.agree_date(office, tx, request.id, office.calendar.closing(FAR), "李四", hand())
    held = request_of(store, request.case_id)
    assert (held.due_at, held.state, waits(office)) == (office.calendar.closing(FAR), AssistanceState.ACCEPTED, False)


def test_a_date_that_the_extension_reaches_waits_for_nobody_and_both_sides_are_told(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    request = request_of(store, opened(office))
    settle(office)
    with store.begin() as tx:
        assist.propose_date(office, tx, request.id, NEAR, "档案移交", "王五", hand())
        assist.extend(office, tx, request.id, "人手不足", "王五", hand())
    assert not waits(office)
    assert request_of(store, request.case_id).state is AssistanceState.EXTENDED
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        for lang in ("en", "zh-Hans"):
            for path in (f"/assist/{request.id}/{office.link_token('assist', request.id)}", f"/requests/{request.id}"):
                shown = browser.get(f"{path}?lang={lang}").text
                assert label("rule.assistance.met", lang) in shown
                assert NEAR.isoformat() in shown


def waiting(office: Office) -> None:
    """Carry out what is due; what has to wait is looked at again an hour later."""
    while held := claim(office):
        for work in held:
            try:
                with suppress(Stale):  # a step before has set those behind it anew
                    carry_out(office, work)
            except NotYet as error:
                with office.store.begin() as tx:
                    tx.work.postpone(work, office.now() + timedelta(hours=1), error.code, counted=False)


def silent_we(store: Store, hand: Hand, until: timedelta) -> tuple[Office, dict[str, Desk], str]:
    """The agency names another date, and for so long nobody of ours says anything."""
    desks = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")}
    office = climbing(an_office(store, hand, desks))
    case_id = opened(office)
    go(office, letters=True)
    with store.begin() as tx:
        assist.propose_date(office, tx, request_of(store, case_id).id, date(2026, 3, 20), "需调阅纸质档案", "王五", hand.now)
    end = request_of(store, case_id).due_at + until
    while hand.now < end:
        hand.on(hours=12)
        waiting(office)
    return office, desks, case_id


@pytest.mark.slow
def test_who_named_a_date_and_hears_nothing_of_us_is_neither_passed_on_above_nor_put_down_as_silent(
    store: Store, hand: Hand
) -> None:
    office, desks, case_id = silent_we(store, hand, timedelta(days=8))
    request = request_of(store, case_id)
    assert (request.state, request.escalated_to) == (AssistanceState.PROPOSED, None)
    assert {"liaison", "head"}.isdisjoint(desks["civil-affairs"].kinds)
    assert desks["county-office"].letters == []
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        (matter,) = [row for row in tx.attention.page(None) if row["kind"] == unsettled.DATE_PROPOSED]
    assert (score.open, score.unanswered, score.unheeded, score.escalated, score.heard_in_time) == (1, 0, 0, 0, 1)
    until = office.calendar.local_date(request.due_at).isoformat()
    for lang in ("en", "zh-Hans"):
        told = attention.told(matter["kind"], matter["body"], lang)
        assert told.startswith(label("attention_told.date_holds", lang, requested="civil-affairs", day="2026-03-20", until=until))


@pytest.mark.slow
def test_the_ladder_goes_on_from_where_we_say_that_the_old_date_stands_and_the_agency_is_told_so(
    store: Store, hand: Hand
) -> None:
    office, desks, case_id = silent_we(store, hand, timedelta(days=8))
    with store.begin() as tx:
        request = request_of(store, case_id)
        assert request.proposed is not None
        assist.keep_date(office, tx, request.id, request.proposed.due_at, "李四", "案情紧急", hand.now)
    kept = hand.now
    upper = []
    while request_of(store, case_id).state.open:
        hand.on(hours=12)
        waiting(office)
        upper.append(request_of(store, case_id).escalated_to)
    assert [kind for kind in desks["civil-affairs"].kinds if kind in ("kept", "liaison", "head")] == ["kept", "liaison", "head"]
    assert [one.kind.value for one in desks["county-office"].letters][:1] == ["escalation"]
    assert upper.index("county-office") >= 4, f"nobody above hears in the days after {kept}: the steps are climbed from there"


def test_a_note_in_passing_answers_no_date_and_its_matter_says_by_when(store: Store, hand: Hand) -> None:
    office, _, case_id = silent_we(store, hand, -timedelta(days=2))
    request = request_of(store, case_id)
    with store.begin() as tx:
        (matter,) = [row for row in tx.attention.page(None) if row["kind"] == unsettled.DATE_PROPOSED]
        until = office.calendar.local_date(request.due_at).isoformat()
        told = attention.told(matter["kind"], matter["body"], "en")
        case_due = tx.cases.get(case_id).due_at
        assert case_due is not None
        facts = {"requested": "civil-affairs", "day": "2026-03-20", "until": until}
        beyond = label("attention_told.date_beyond", "en", case_due=office.calendar.local_date(case_due).isoformat())
        silence = unheard.ours(request, office.book.get(tx.cases.get(case_id).pack), office.calendar)
        assert silence is not None, "a pack without rows of its own for it counts by those of its ladder"
        ends = {"head": silence.head_at.date().isoformat(), "goes_on": silence.on_at.date().isoformat()}
        goes_on = label("attention_told.date_goes_on", "en", **ends)
        assert told == label("attention_told.date_proposed", "en", **facts) + goes_on + beyond
        with pytest.raises(Refusal, match="date_unanswered"):
            posted.seen_to(office, tx, matter["id"], "李四", hand.now, note="ok")
    assert waits(office)
    with store.begin() as tx:
        assist.agree_date(office, tx, request.id, office.calendar.closing(date(2026, 3, 20)), "李四", hand.now)
    assert not waits(office)


def test_a_date_that_was_agreed_is_not_brought_forward_by_the_superiors_decision(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    settle(office)
    far = office.calendar.closing(FAR)
    with store.begin() as tx:
        assist.propose_date(office, tx, request.id, FAR, "档案移交", "王五", hand())
        assist.agree_date(office, tx, request.id, far, "李四", hand())
        assist.contest(office, tx, request.id, Quarrel.GROUND, "没有依据", "王五", hand())
    hand.on(days=1)
    with store.begin() as tx:
        assist.decide(office, tx, request.id, True, "应当协助", "县政府办", hand())
        (entry,) = tx.ledger.facts(["assistance.decide"], request.case_id)
    held = request_of(store, request.case_id)
    assert (held.state, held.due_at, entry[1]["due_at"]) == (AssistanceState.ACCEPTED, far, far.isoformat())
    assert held.escalate_at > far, "and its ladder is counted from there"
    with store.begin() as tx, pytest.raises(Refusal, match="extension_after_agreement"):
        assist.extend(office, tx, request.id, "仍在移交", "王五", hand())
