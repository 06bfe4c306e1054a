"""An agency that gets many letters gets one a day: each request in it has its own clock, which starts with the message that carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from connectors.agencies import paper
from connectors.agencies.http import HttpAgency
from inspector.domain import digest, ladder, recounting
from inspector.domain.almanac import NamedDay
from inspector.domain.assistance import TIMERS, AssistanceState, Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import OrderKind
from inspector.domain.inquiry import Asked
from inspector.domain.letter import LetterKind
from inspector.domain.scoreboard import scores
from inspector.domain.urgency import Urgency
from inspector.flows import assist, replylink
from inspector.flows.office import Office
from inspector.flows.table import FLOWS
from inspector.ports import NotYet, Origin, Refused, Unavailable
from inspector.store.store import Store
from inspector.testing.peer import answer, peer
from tests.house import START, Hand, carry_out, claim, let_lapse, post, settle
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of, withdraw
from tests.integration.test_way import HOUSEHOLD, Post, person

pytestmark = pytest.mark.alike

HOUR = time(8, 30)
NEXT = START.replace(hour=8, minute=30) + timedelta(days=1)
"""The digest after Monday's letters."""


def digesting(store: Store, hand: Hand, agency: object) -> Office:
    """An office whose civil affairs agency gets a digest."""
    office = an_office(store, hand, {"civil-affairs": agency, "county-office": Desk("county-office")})
    return replace(office, tree={**office.tree, "civil": replace(office.tree["civil"], digest=HOUR)})


def test_letters_of_a_day_go_in_one_message_and_each_clock_starts_with_it(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = digesting(store, hand, civil)
    cases = [post(office, person(number, "relief-household", HOUSEHOLD)) for number in (1, 2, 3)]
    settle(office)
    assert civil.letters == []
    before = [request_of(store, case_id) for case_id in cases]
    assert {one.state for one in before} == {AssistanceState.ORDERED}
    withdraw(office, cases[2])

    hand.now = NEXT
    settle(office)
    (letter,) = civil.letters
    assert letter.kind is LetterKind.DIGEST
    assert [one.request_id for one in letter.enclosed] == [one.id for one in before[:2]]
    after = [request_of(store, case_id) for case_id in cases[:2]]
    assert {one.state for one in after} == {AssistanceState.SENT}
    for old, new, told in zip(before, after, letter.enclosed, strict=False):
        assert new.due_at == told.due_at == old.due_at + timedelta(days=1), "the term is counted from the digest"
        assert new.due_counted.after == NEXT.date()
        assert told.reply_url == f"{office.base_url}/assist/{new.id}/{office.link_token('assist', new.id)}"
        assert told.reply_url in letter.words.body
        assert "答复码" not in letter.words.body, "one reply by mail is for one request"
    assert request_of(store, cases[2]).state is AssistanceState.CANCELLED
    with store.read() as tx:
        assert tx.digests.waiting("civil-affairs", NEXT) == []
        asked = [[one.connector for one in tx.inquiries.of_case(case_id) if one.port is Asked.AGENCY] for case_id in cases]
        assert asked == [["civil-affairs"], ["civil-affairs"], []], "who was asked about whom, where the question left"
        waits = {row["key"]: row["state"] for row in tx.work.page(case_id=cases[0], limit=100)}
    assert waits[f"assist.due:{after[0].id}"] == "done"
    assert waits[f"assist.due:{after[0].id}:1"] == "waiting", "each request has its own next step"

    fourth = opened(office, 4)
    go(office, letters=True)
    hand.on(days=1)
    settle(office)
    last = civil.letters[-1]
    assert [one.kind for one in last.enclosed] == [LetterKind.REQUEST, LetterKind.REMINDER, LetterKind.REMINDER], (
        "whatever is open"
    )
    assert last.enclosed[0].request_id == request_of(store, fourth).id


def test_a_digest_says_what_a_first_letter_says_and_what_in_it_is_told_again(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = digesting(store, hand, civil)
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    hand.now = NEXT
    settle(office)
    opened(office, 2)
    go(office, letters=True)
    hand.on(days=1)
    settle(office)
    first, second = (one.words.body for one in civil.letters[:2])
    requester = office.tree["bureau"].name
    for body in (first, second):
        entry = body.split("1. ")[1]
        assert f"{requester}办理政务服务事项" in entry, "who asks, on which ground, by which line"
        assert "依据" in entry
        assert "不作不利认定" in body, "what the answer will do"
        assert "书面说明理由" in body
        assert "新请求的答复期限自本函之日起计算" in body
    assert "（提醒）" not in first
    assert second.count(f"（提醒）{requester}此前请贵机关协助核查的下列情况，尚未答复。") == 1
    assert request_of(store, case_id).id in second.split("（提醒）")[1]


def test_a_digest_that_is_refused_is_split_and_each_letter_goes_once_by_itself(store: Store, hand: Hand) -> None:
    refused = [Refused(code, origin=Origin.THEM, attempts=1) for code in ("http_413", "http_422")]
    civil = Desk("civil-affairs", fails=[*refused])
    office = digesting(store, hand, civil)
    cases = [post(office, person(number, "relief-household", HOUSEHOLD)) for number in (1, 2, 3)]
    settle(office)
    hand.now = NEXT
    settle(office)
    held = [request_of(store, one) for one in cases]
    assert (civil.fails, civil.kinds) == ([], [LetterKind.REQUEST] * 2), (
        "one of the three is not acceptable, the others are taken"
    )
    assert sorted(one.state for one in held) == ["SENT", "SENT", "UNANSWERED"]
    sent = {one.id: one for one in held if one.state is AssistanceState.SENT}
    assert {one.request_id: one.due_at for one in civil.letters} == {one.id: one.due_at for one in sent.values()}
    assert all(one.words.slip and one.reply_url for one in civil.letters), "each with its form"
    with store.read() as tx:
        assert tx.digests.waiting("civil-affairs", NEXT) == []
        assert len([one for one in tx.attention.page(None) if one["kind"] == "letter_undeliverable"]) == 1
    hand.on(days=1)
    settle(office)
    again = [letter for letter in civil.letters[2:] if letter.kind is LetterKind.REQUEST]
    assert again == [], "nothing is asked twice"


def test_a_digest_that_is_known_there_is_not_sent_again_singly_and_each_request_goes_on_alone(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs", fails=[Unavailable("timeout"), Refused("conflict", origin=Origin.THEM, attempts=1)])
    office = digesting(store, hand, civil)
    cases = [post(office, person(number, "relief-household", HOUSEHOLD)) for number in (1, 2)]
    settle(office)
    hand.now = NEXT
    settle(office)
    assert (civil.kinds, civil.fails) == ([LetterKind.CANCEL] * 2, []), "it has the digest, and hears that both are over"
    assert {request_of(store, one).state for one in cases} == {AssistanceState.UNANSWERED}
    with store.read() as tx:
        matters = [one["about"] for one in tx.attention.page(None) if one["kind"] == "letter_undeliverable"]
    assert len(matters) == 2


def test_what_does_not_bear_waiting_goes_at_once(store: Store, hand: Hand) -> None:
    office = digesting(store, hand, Post("civil-affairs"))
    request = request_of(store, opened(office))
    policy = office.policy("bureau", START.date())
    urgent = replace(request, urgency=Urgency.URGENT)

    def bears(one: Request, kind: LetterKind, case_due: datetime | None = None) -> bool:
        return digest.bears(one, kind, NEXT, case_due, policy, office.calendar)

    counted = digest.patience(request, LetterKind.REQUEST, NEXT, policy, office.calendar)
    assert bears(request, LetterKind.REQUEST)
    assert bears(request, LetterKind.REQUEST, counted)
    assert not bears(request, LetterKind.REQUEST, counted - timedelta(minutes=1)), "the case's own date would be missed"
    assert not bears(urgent, LetterKind.REQUEST)
    sent = replace(request, state=AssistanceState.SENT)
    assert bears(sent, LetterKind.REMINDER)
    assert not bears(replace(sent, due_at=NEXT), LetterKind.REMINDER)
    assert not any(bears(sent, kind) for kind in LetterKind if kind not in digest.PUT_BY)


def test_the_next_digest_is_the_next_working_days_hour(store: Store, hand: Hand) -> None:
    calendar = digesting(store, hand, Post("civil-affairs")).calendar
    friday = START.replace(day=6, hour=9)
    assert digest.slot(START.replace(hour=8), HOUR, calendar) == START.replace(hour=8, minute=30)
    assert digest.slot(START.replace(hour=8, minute=30), HOUR, calendar) == NEXT
    assert digest.slot(friday, HOUR, calendar) == START.replace(day=9, hour=8, minute=30)


def test_an_agency_gets_its_digest_whatever_its_connector_is_called(store: Store, hand: Hand) -> None:
    linkou = Desk("linkou-civil")
    office = an_office(store, hand, {"linkou-civil": linkou, "civil-affairs": Desk("civil-affairs")})
    linked = replace(office.tree["houses"], connector="linkou-civil", digest=HOUR)
    office = replace(office, tree={**office.tree, "houses": linked})
    with store.begin() as tx:
        tx.lanes.ensure(["linkou-civil"])
    case_id = opened(office)
    go(office, letters=True)
    with store.begin() as tx:
        fresh = assist.forward(office, tx, request_of(store, case_id).id, "houses", "不属本局职权", "王五", hand())
    settle(office)
    assert linkou.letters == []
    hand.now = NEXT
    settle(office)
    (letter,) = linkou.letters
    assert (letter.kind, [one.request_id for one in letter.enclosed]) == (LetterKind.DIGEST, [fresh.id])
    with store.begin() as tx:
        replylink.call_back(tx, fresh.id, "李四", "手机遗失", hand(), anew=True)
    settle(office)
    assert [one.kind for one in linkou.letters] == [LetterKind.DIGEST, LetterKind.REQUEST], (
        "another link leaves at once, as before"
    )


def test_on_paper_each_letter_of_a_digest_is_a_page_without_a_link(store: Store, hand: Hand, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    office = digesting(store, hand, paper.connect("civil-affairs", {"folder": str(folder)}))
    for number in (1, 2):
        opened(office, number)
    settle(office)
    assert list(folder.iterdir()) == []
    hand.now = NEXT
    settle(office)
    (file,) = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    assert (text.count("<article>"), text.count("签署人</dt>")) == (2, 2)
    assert "/assist/" not in text
    with store.read() as tx:
        assert len([one for one in tx.attention.page(None) if one["kind"] == "letter_to_post"]) == 2, "one for each request"


def test_over_http_a_digest_is_its_letters(store: Store, hand: Hand) -> None:
    with peer(answer(200, {"receipt": "HZ-1"})) as outside:
        made = HttpAgency("civil-affairs", {"url": outside.url, "tries": 1})
        office = digesting(store, hand, made)
        case_id = opened(office)
        settle(office)
        hand.now = NEXT
        settle(office)
        made.close()
        (heard,) = outside.heard
    told = heard.json()
    assert (told["kind"], [one["request"] for one in told["letters"]]) == ("digest", [request_of(store, case_id).id])
    assert {*told} == {"kind", "letters"}


def test_the_date_that_a_digest_has_told_binds_though_the_daemon_died_before_it_could_write_that_it_was_taken(
    store: Store, hand: Hand
) -> None:
    civil = Desk("civil-affairs")
    office = digesting(store, hand, civil)
    hand.now = START.replace(day=6, hour=9)  # a Friday, after its digest
    cases = [post(office, person(number, "relief-household", HOUSEHOLD)) for number in (1, 2)]
    go(office, letters=True)
    hand.now = START.replace(day=9, hour=8, minute=30)
    (work,) = (row for row in claim(office) if row.kind == OrderKind.ASSIST_DIGEST)
    FLOWS[OrderKind.ASSIST_DIGEST].do(work, office)  # taken there, and never settled
    told = [one.due_at for one in civil.letters[0].enclosed]
    with store.begin() as tx:
        assist.deliver(office, tx, request_of(store, cases[0]).id, hand())
    with store.begin() as tx:
        assist.accept(office, tx, request_of(store, cases[1]).id, "王五", hand())
    let_lapse(office)
    settle(office)
    held = [request_of(store, case_id) for case_id in cases]
    assert [one.due_at for one in held] == told == [START.replace(day=12, hour=17, minute=30)] * 2
    assert [one.state for one in held] == [AssistanceState.DELIVERED, AssistanceState.ACCEPTED]
    assert all(one.escalate_at > one.due_at for one in held)
    assert civil.letters[0] == civil.letters[1], "the same again"
    assert [score.moved for score in scores(held, office.calendar)] == [0], "nobody has moved a date"
    with store.read() as tx:
        rows = tx.work.page(case_id=cases[1], limit=100)
    waits = {row["key"] for row in rows if row["state"] == "waiting" and row["kind"] in TIMERS}
    assert waits == {held[1].key(kind) for kind in (OrderKind.ASSIST_REMIND, OrderKind.ASSIST_DUE)}, "of the clock that was told"


def test_in_a_digest_the_time_to_acknowledge_runs_from_it_too_and_no_calendar_brings_it_forward(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = climbing(digesting(store, hand, civil))
    hand.now = START.replace(day=6, hour=9)
    case_id = opened(office)
    go(office, letters=True)
    before = request_of(store, case_id)
    hand.now = START.replace(day=9, hour=8, minute=30)
    settle(office)
    after = request_of(store, case_id)
    (told,) = civil.letters[0].enclosed
    assert before.accept_by == START.replace(day=10, hour=17, minute=30)
    assert told.accept_by == after.accept_by == START.replace(day=11, hour=17, minute=30) == ladder.accept_by(after.rungs)

    policy = office.policy("bureau", START.date())
    for day, later in (("2026-03-12", 0), ("2026-03-10", 1)):  # behind it, and within it
        tables = [table for table in office.calendar.tables if table.year != 2026]
        (old,) = [table for table in office.calendar.tables if table.year == 2026]
        off = NamedDay(day=date.fromisoformat(day), name="调休")
        new = WorkingCalendar(tables=(*tables, replace(old, version=old.version + 1, days_off=(*old.days_off, off))))
        found = recounting.recount_request(after, policy, new)
        assert found is not None
        moved = found[0].state
        assert moved.accept_by == ladder.accept_by(moved.rungs) == START.replace(day=11 + later, hour=17, minute=30)
        assert all(rung.at >= was.at for rung, was in zip(moved.rungs, after.rungs, strict=True))


@pytest.mark.parametrize("alone", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_digest_is_tried_as_long_as_a_letter_alone_to_the_date_that_it_tells(store: Store, hand: Hand, alone: bool) -> None:
    civil = Desk("civil-affairs", fails=[Unavailable("timeout")] * 1000)
    digest_office = digesting(store, hand, civil)
    office = an_office(store, hand, {"civil-affairs": civil}) if alone else digest_office
    hand.now = START.replace(day=5, hour=15)  # Thursday: its digest goes on Friday
    case_id = opened(office)
    settle(office)
    for day in (6, 7, 9):
        hand.now = START.replace(day=day, hour=8, minute=30)
        settle(office)
    request = request_of(store, case_id)
    assert request.state.open, "over a weekend nobody could take it"
    last = request.due_at
    hand.now = last - timedelta(minutes=30)
    settle(office)
    assert request_of(store, case_id).state.open
    hand.now = last + timedelta(hours=2)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.UNANSWERED
    assert last == START.replace(day=10 if alone else 11, hour=17, minute=30)


def test_a_digest_that_goes_late_counts_from_its_own_hour_and_tells_nothing_twice(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = digesting(store, hand, civil)
    case_id = opened(office)
    go(office, letters=True)
    hand.now = START.replace(day=9, hour=10)  # the daemon stood still for a week
    (due,) = (row for row in claim(office) if row.kind == OrderKind.ASSIST_DUE)
    with pytest.raises(NotYet, match="letter_waits"):
        carry_out(office, due)
    let_lapse(office)
    settle(office)
    first, *more = civil.letters
    (told,) = first.enclosed
    request = request_of(store, case_id)
    assert request.due_at == told.due_at == START.replace(day=12, hour=17, minute=30)
    assert "2026-03-09" in first.words.title
    assert (more, request.state, request.escalated_to) == ([], AssistanceState.SENT, None)


@pytest.mark.slow
def test_a_digest_tells_again_the_nearest_dates_that_are_ahead_and_says_how_many_requests_are_open_besides(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "BESIDE", 1)
    civil = Desk("civil-affairs")
    office = digesting(store, hand, civil)
    for day in (2, 3, 4):
        hand.now = START.replace(day=day)
        opened(office, day)
        go(office, letters=True)
    hand.now = START.replace(day=5, hour=8, minute=30)
    settle(office)
    one, two, three = civil.letters
    kinds = [[each.kind for each in letter.enclosed] for letter in (one, two, three)]
    assert kinds == [[LetterKind.REQUEST], *[[LetterKind.REQUEST, LetterKind.REMINDER]] * 2]
    assert three.enclosed[1].request_id == one.enclosed[0].request_id, "the nearest date"
    assert ("尚有 1 件未结" in three.words.body, "尚有" in two.words.body) == (True, False)
    withdraw(office, opened(office, 8))
    go(office, letters=True)
    hand.now = START.replace(day=10, hour=9)
    opened(office, 9)
    go(office, letters=True)
    assert [letter.kind for letter in civil.letters].count(LetterKind.DIGEST) == 3, "one without a letter does not leave"
    hand.now = START.replace(day=11, hour=8, minute=30)
    go(office, letters=True)
    digests = [letter for letter in civil.letters if letter.kind is LetterKind.DIGEST]
    assert [each.kind for each in digests[-1].enclosed] == [LetterKind.REQUEST], "nobody is reminded of a date that has passed"
