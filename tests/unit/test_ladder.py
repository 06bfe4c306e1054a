"""The clocks of a request, step by step: when each comes due, what it brings, and what a word does to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.domain import asking, dispute, ladder, letter, reply, respite, scoreboard, sending, unheard
from inspector.domain.almanac import NamedDay
from inspector.domain.assistance import TIMERS, AssistanceState, Door, Inability, Quarrel, Request, Word
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Compare, Policy
from inspector.domain.recounting import recount_request
from inspector.domain.timer import OPTIONAL, Timer
from inspector.domain.urgency import Urgency
from inspector.policybook import Policybook
from tests import paperletters

ROOT = Path(__file__).parent.parent.parent
START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
PACK = "maoji@2026.1"
WORD = Word(reasons="档案移交中", signer="赵六", door=Door())


@cache
def calendar() -> WorkingCalendar:
    """The real years."""
    return load_calendars(ROOT / "policies" / "calendars")


@cache
def pack(label: str = PACK) -> Policy:
    """A pack that ships."""
    return Policybook.load(ROOT / "policies").get(label)


def plain(policy: Policy) -> Policy:
    """The same with none of the steps that a pack may leave out."""
    return replace(policy, terms={timer: row for timer, row in policy.terms.items() if timer not in OPTIONAL})


def order(policy: Policy) -> Order:
    """The verification's order to ask another agency about the first fact that one holds."""
    item, fact = next((item, fact) for item in policy.items.values() for fact in item.facts if fact.agency)
    said: dict[str, object] = {
        "item": item.code,
        "fact": fact.code,
        "claim": "c1",
        "claimed": "8",
        "on": "2026-02-27",
        "kind": "FIRM",
        "code": "X",
    }
    said |= {"via": "housing", "basis": "S0:7", "ground": "DATA_NOT_SHARED", "step": 0}
    return Order(kind=OrderKind.ASSIST_SEND, key="k", due_at=START, urgent_by=START, payload=said)


@dataclass(frozen=True)
class Standing:
    """A request in its office: the rows that wait for it, by key, and the hour."""

    request: Request
    rows: Mapping[str, Order]
    now: datetime

    def after(self, decision: Decision[Request], now: datetime | None = None) -> Standing:
        """What is there once a decision is settled: its rows instead of those it ends."""
        ended = set(decision.state.keys(decision.ends))
        rows = {key: row for key, row in self.rows.items() if key not in ended}
        rows |= {row.key: row for row in decision.orders if row.kind in TIMERS}
        return Standing(decision.state, rows, now or self.now)

    @property
    def next(self) -> Order | None:
        """The row that comes due first."""
        return min(self.rows.values(), key=lambda row: row.due_at, default=None)

    @property
    def shape(self) -> tuple[object, ...]:
        """What tells one position from another, whatever the hour."""
        held = self.request
        flags = (held.accepted, held.extended, held.proposed is not None, held.dispute is not None, held.moved_on, held.urgency)
        waits = tuple(sorted((row.kind.value, row.payload["turn"] == held.turn) for row in self.rows.values()))
        unsent = any(one.rule == sending.UNSENT for one in held.history)
        own = (held.longer, unheard.over(held), *paperletters.lying(held))
        return held.state, self.now < held.due_at, held.reached, unsent, *own, *flags, waits


def opened(policy: Policy) -> Standing:
    """A request that has just been opened."""
    decision = asking.open_request("case", "bureau", order(policy), policy, START, calendar())
    return Standing(decision.state, {}, START).after(decision)


def sent(held: Standing, policy: Policy) -> Standing:
    """The same once its letter has been taken."""
    return held.after(sending.sent(held.request, held.request.requested, "1", policy, held.now, calendar()))


def fired(held: Standing, policy: Policy, superior: str | None, *, paper: bool = False) -> Standing:
    """The next row has come due and is carried out, as flows.ladder does; on `paper` its letter lies here."""
    row = held.next
    assert row is not None
    left = {key: other for key, other in held.rows.items() if key != row.key}
    rest, now = replace(held, rows=left), max(held.now, row.due_at)
    if row.payload["turn"] != held.request.turn:
        return replace(rest, now=now)
    if row.kind is not OrderKind.ASSIST_DECIDE and stands_still(held.request, now):
        silence = unheard.ours(held.request, policy, calendar())
        assert silence is not None, f"{held.shape}: the row is put off from hour to hour, and nothing ends that"
        if now < silence.on_at:
            return replace(held, rows={**left, row.key: replace(row, due_at=silence.on_at)}, now=now)
        return held.after(unheard.go_on(held.request, silence, policy.label, now, calendar()), now)
    if (laid := paperletters.waits(held.request, policy, now, calendar())) is not None:
        return held.after(*laid)
    kind = ladder.first(held.request, row.kind, now, calendar())
    behind = kind is not row.kind or ladder.late(held.request, row.kind, now, calendar())
    match kind if held.request.knows else row.kind:
        case OrderKind.ASSIST_DUE:
            decision = sending.escalate(held.request, superior, policy, now, calendar())
        case OrderKind.ASSIST_END:
            decision = ladder.silent(held.request, now, policy.label)
        case OrderKind.ASSIST_DECIDE:
            decision = dispute.undecided(held.request, now, policy.label)
        case kind:
            decision = ladder.remind(held.request, kind, now, policy, calendar(), behind=behind)
    return rest.after(paperletters.laid(decision, policy, now, calendar()) if paper else decision, now)


def stands_still(request: Request, now: datetime) -> bool:
    """Whether a step waits for our word about a named date (`flows.ladder._wait_for_word`)."""
    return respite.waits_for_us(request) and now >= request.due_at and not unheard.over(request)


def shown(held: Request) -> datetime:
    """The proposed date as the officer's page has it, or the one that binds."""
    return held.proposed.due_at if held.proposed else held.due_at


def without(*days: date) -> WorkingCalendar:
    """The calendar with these days off besides."""
    years = {table.year: table for table in calendar().tables}
    off = (*years[2026].days_off, *(NamedDay(day=day, name="调休") for day in days))
    return WorkingCalendar(
        tables=(*(one for year, one in years.items() if year != 2026), replace(years[2026], version=2, days_off=off))
    )


def bound(held: Request) -> tuple[datetime | None, ...]:
    """The dates of a request that others were told."""
    return held.due_at, held.accept_by, held.escalate_at


def words(policy: Policy, now: datetime) -> Iterator[Callable[[Request], Decision[Request]]]:
    """Everything that anybody can say about a request."""
    day, at, late = calendar(), policy.label, now + timedelta(days=45)
    yield lambda held: sending.sent(held, held.requested, "1", policy, now, day)
    yield lambda held: sending.sent(held, held.requested, "1", policy, now, day, by_hand=True)
    yield lambda held: sending.posted(held, "officer", policy, now, day)
    for kind in ladder.REMINDERS.values():
        yield lambda held, kind=kind: paperletters.posted(held, kind, policy, now, day)  # type: ignore[misc]
    yield lambda held: reply.deliver(held, now, at)
    yield lambda held: reply.accept(held, "赵六", now, at)
    yield lambda held: reply.partly(held, "一处", "另一处", "赵六", now, at)
    yield lambda held: reply.answer(held, Verdict.MATCH, "", "赵六", Compare.EXACT, now, at)
    yield lambda held: reply.decline(held, "没有", "赵六", now, at, inability=Inability.NOT_HELD)
    yield lambda held: respite.extend(held, WORD, policy, now, day)
    yield lambda held: respite.propose(held, day.add_working_days(day.local_date(late), 1), WORD, now, day, at)
    yield lambda held: respite.propose(held, day.local_date(held.due_at), WORD, now, day, at)
    yield lambda held: respite.agree(held, shown(held), "officer", policy, now, day)
    yield lambda held: respite.keep(held, shown(held), WORD, now, at)
    yield lambda held: respite.calm(held, WORD, policy, now, day)
    yield lambda held: reply.warn(held, WORD, now, at)
    yield lambda held: asking.forward(held, "archives", WORD, policy, now, day).old
    yield lambda held: asking.forward(held, "archives", WORD, policy, now, day).new
    yield lambda held: dispute.dispute(held, Quarrel.COMPETENCE, WORD, "county", policy, now, day)
    yield lambda held: dispute.dispute(held, Quarrel.REFUSAL, WORD, None, policy, now, day)
    yield lambda held: dispute.decide(held, True, WORD, policy, now, day)
    yield lambda held: dispute.decide(held, False, WORD, policy, now, day)
    yield lambda held: letter.cancel(held, {}, now, at)


def steps(held: Standing, policy: Policy, *, paper: bool = False) -> Iterator[Standing]:
    """Every position that may come next: somebody speaks, or the next row comes due; its letter may lie here on `paper`."""
    for say in words(policy, held.now):
        try:
            decision = say(held.request)
        except (Invalid, Refusal):
            continue
        fresh = replace(held, rows={}) if decision.state.id != held.request.id else held
        yield fresh.after(decision)
    if held.next is not None:
        yield fired(held, policy, "county")
        yield fired(held, policy, None)
        yield from [fired(held, policy, "county", paper=True)] * paper


def to_the_end(held: Standing, policy: Policy) -> Standing:
    """What is left when nobody says a word from here on: of every ladder a dozen steps at most, each put off once at most."""
    for _ in range(24):
        if held.next is None:
            break
        held = fired(held, policy, "county")
    return held


def test_the_ladder_of_a_pack_is_climbed_step_by_step_in_working_days_and_each_letter_goes_once() -> None:
    policy, held = pack(), sent(opened(pack()), pack())
    climbed: list[tuple[str, str]] = []
    while held.next is not None:
        row = held.next
        held = fired(held, policy, "county")
        climbed.append((row.due_at.strftime("%m-%d %H:%M"), row.kind.value))
    assert climbed == [
        ("03-04 17:30", "assist.ack"),
        ("03-11 08:30", "assist.remind"),
        ("03-16 08:30", "assist.last"),
        ("03-17 17:30", "assist.liaison"),
        ("03-18 17:30", "assist.head"),
        ("03-19 17:30", "assist.due"),
        ("03-26 17:30", "assist.end"),
    ]
    assert [one.rule.removeprefix("assistance.") for one in held.request.history] == [
        *("open", "sent", "acknowledge", "remind", "last", "liaison", "head", "escalate", "silent")
    ]


def test_a_letter_that_has_not_left_is_reminded_of_by_nobody_and_ends_in_two_terms_as_one_that_reached_nobody() -> None:
    policy, held = pack(), opened(pack())
    climbed = []
    while held.next is not None:
        held = fired(held, policy, "county")
        climbed.append(held.request.due_at.date())
    assert [one.rule.removeprefix("assistance.") for one in held.request.history] == ["open", "unsent", "undeliverable"]
    assert (scoreboard.unreached(held.request), held.request.escalated_to) == (True, None)
    assert sorted(set(climbed)) == [date(2026, 3, 16), date(2026, 4, 2)], "ten working days, counted anew on 19 March"


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_letter_that_leaves_late_begins_the_clock_there_and_its_score_is_counted_from_there(by_hand: bool) -> None:
    policy, held = pack(), opened(pack())
    late = datetime(2026, 3, 16, 16, 30, tzinfo=SHANGHAI)
    told = sending.sent(held.request, "housing", "1", policy, late, calendar(), by_hand=by_hand)
    if by_hand:
        assert (told.state.state, told.state.sent_at, told.orders) == (AssistanceState.ORDERED, None, ())
        assert sending.sent(told.state, "housing", "1", policy, late, calendar(), by_hand=True).state.sent_at is None
        told = sending.posted(told.state, "李四", policy, late, calendar())
    sent = told.state
    assert (sent.state, sent.sent_at, sent.due_at.date()) == (AssistanceState.SENT, late, date(2026, 3, 30))
    assert sent.accept_by == datetime(2026, 3, 18, 17, 30, tzinfo=SHANGHAI)
    assert (told.ends, {row.payload["turn"] for row in told.orders}) == (TIMERS, {1})
    done = reply.answer(sent, Verdict.MATCH, "", "赵六", Compare.EXACT, late + timedelta(hours=18), PACK).state
    (score,) = scoreboard.scores([done], calendar())
    assert (score.punctual, score.heard_in_time, score.answer_days, score.moved) == (1, 1, [1], 0)


def test_a_letter_of_the_same_day_leaves_its_date_as_it_is() -> None:
    policy, held = pack(), opened(pack())
    told = sending.sent(held.request, "housing", "1", policy, START + timedelta(hours=8), calendar())
    assert (told.state.due_at, told.state.turn, told.orders) == (held.request.due_at, 0, ())
    assert sending.written(held.request, "housing", policy, START + timedelta(hours=8), calendar()) is None


def test_who_has_acknowledged_is_not_asked_to_and_a_pack_without_the_steps_tells_the_superior_a_day_after_the_date() -> None:
    policy = plain(pack())
    assert [rung.kind for rung in opened(policy).request.rungs] == [OrderKind.ASSIST_REMIND, OrderKind.ASSIST_DUE]
    assert opened(policy).request.escalate_at == datetime(2026, 3, 17, 17, 30, tzinfo=SHANGHAI)
    accepted = opened(pack())
    accepted = accepted.after(reply.accept(accepted.request, "赵六", START, PACK))
    assert OrderKind.ASSIST_ACK not in {row.kind for row in accepted.rows.values()}


def test_an_extension_is_asked_before_the_date_with_reasons_and_once() -> None:
    policy, held = pack(), opened(pack()).request
    longer = respite.extend(held, WORD, policy, START, calendar()).state
    assert (held.due_at.date(), longer.due_at.date()) == (date(2026, 3, 16), date(2026, 3, 23)), "ten working days, and five"
    with pytest.raises(Refusal, match="extension_used"):
        respite.extend(longer, WORD, policy, START, calendar())
    with pytest.raises(Refusal, match="extension_after_due"):
        respite.extend(held, WORD, policy, held.due_at, calendar())
    with pytest.raises(Invalid, match="reasons_missing"):
        respite.extend(held, replace(WORD, reasons="\u200b"), policy, START, calendar())
    with pytest.raises(Refusal, match="extension_not_provided"):
        respite.extend(held, WORD, plain(policy), START, calendar())


def test_a_proposed_date_binds_once_it_is_agreed_and_the_ladder_is_counted_anew_from_it() -> None:
    policy, held = pack(), opened(pack()).request
    asked = respite.propose(held, date(2026, 4, 1), WORD, START, calendar(), PACK).state
    assert (asked.state, asked.due_at) == (AssistanceState.PROPOSED, held.due_at)
    kept = respite.keep(asked, shown(asked), WORD, START, PACK).state
    assert (kept.proposed, kept.due_at) == (None, held.due_at)
    agreed = respite.agree(asked, shown(asked), "officer", policy, START, calendar())
    assert agreed.state.due_at == datetime(2026, 4, 1, 17, 30, tzinfo=SHANGHAI)
    with pytest.raises(Refusal, match="extension_after_agreement"):
        respite.extend(agreed.state, WORD, policy, START, calendar())
    with pytest.raises(Refusal, match="date_changed"):
        respite.agree(asked, held.due_at, "officer", policy, START, calendar())
    assert {row.due_at for row in agreed.orders if row.kind is OrderKind.ASSIST_LIAISON} == {
        datetime(2026, 4, 2, 17, 30, tzinfo=SHANGHAI)
    }
    passed = shown(asked) + timedelta(minutes=1)
    with pytest.raises(Refusal, match="date_passed"):
        respite.agree(asked, shown(asked), "officer", policy, passed, calendar())
    assert respite.keep(asked, shown(asked), WORD, passed, PACK).state.proposed is None, "no proposal is one that nobody can end"
    for day in (date(2026, 4, 4), date(2026, 3, 1)):  # a day of a festival, and one that has passed
        with pytest.raises(Invalid, match="date_not_working"):
            respite.propose(held, day, WORD, START, calendar(), PACK)


def test_a_forwarded_request_keeps_its_history_and_runs_a_clock_of_its_own_and_a_circle_is_refused() -> None:
    policy, held = pack(), opened(pack()).request
    later = START + timedelta(days=2)
    found = asking.forward(held, "archives", WORD, policy, later, calendar())
    old, new = found.old.state, found.new.state
    assert (old.state, old.forwarded_to, new.forwarded_from) == (AssistanceState.FORWARDED, new.id, old.id)
    assert [one.rule for one in new.history] == ["assistance.open", "assistance.forward"]
    assert (old.due_at, new.opened_at, new.due_at.date()) == (held.due_at, later, date(2026, 3, 18)), "ten working days from then"
    assert (new.first, new.chain) == ("housing", ("housing",))
    with pytest.raises(Refusal, match="forward_circle"):
        asking.forward(new, "housing", WORD, policy, later, calendar())
    with pytest.raises(Invalid, match="forward_self"):
        asking.forward(new, "archives", WORD, policy, later, calendar())
    with pytest.raises(Refusal, match="request_closed"):
        asking.forward(old, "archives", WORD, policy, later, calendar())


def test_an_urgent_request_has_its_own_term_and_is_treated_as_any_other_once_that_is_contested() -> None:
    item = next(item for item in pack().items.values() for fact in item.facts if fact.agency)
    facts = tuple(replace(fact, urgency=Urgency.URGENT) for fact in item.facts)
    policy = replace(pack(), items={**pack().items, item.code: replace(item, facts=facts)})
    held = opened(policy).request
    assert (held.urgency, held.due_at.date(), held.accept_by) == (Urgency.URGENT, date(2026, 3, 4), None)
    calm = respite.calm(held, WORD, policy, START, calendar()).state
    assert (calm.urgency, calm.due_at.date()) == (Urgency.NORMAL, date(2026, 3, 16))
    with pytest.raises(Refusal, match="request_not_urgent"):
        respite.calm(calm, WORD, policy, START, calendar())
    assert opened(plain(policy)).request.urgency is Urgency.NORMAL, "a pack without a term for it knows no urgency"


def test_the_common_superior_decides_a_dispute_and_a_case_that_has_gone_on_takes_what_comes_as_late() -> None:
    policy, held = pack(), opened(pack()).request
    with pytest.raises(Refusal, match="dispute_not_provided"):
        dispute.dispute(held, Quarrel.COMPETENCE, WORD, "county", plain(policy), START, calendar())
    told = dispute.dispute(held, Quarrel.COMPETENCE, WORD, "county", policy, START, calendar()).state
    assert told.dispute is not None
    assert told.dispute.due_at.date() == date(2026, 3, 16), f"{policy.term(Timer.ASSIST_DISPUTE).term} from the day it is raised"
    helps = dispute.decide(told, True, WORD, policy, START, calendar()).state
    assert (helps.state, helps.moved_on) == (AssistanceState.ACCEPTED, False)
    with pytest.raises(Refusal, match="dispute_decided"):
        dispute.dispute(helps, Quarrel.GROUND, WORD, "county", policy, START, calendar())
    refused = reply.decline(held, "不归我们管", "赵六", START, PACK).state
    again = dispute.dispute(refused, Quarrel.REFUSAL, WORD, "county", policy, START, calendar()).state
    assert dispute.undecided(again, START, PACK).state.state is AssistanceState.DECLINED, (
        "who refused with reasons was not silent"
    )
    assert letter.cancel(again, {}, START, PACK).state.state is AssistanceState.DECLINED, "nor was it called off"
    must = dispute.decide(again, True, WORD, policy, START, calendar()).state
    assert must.moved_on
    late = reply.answer(must, Verdict.MATCH, "", "赵六", Compare.EXACT, START, PACK)
    assert (late.state.late, late.because.facts["late"]) == (True, True)


def test_a_new_calendar_puts_every_step_off_and_a_superiors_date_and_brings_none_forward() -> None:
    policy, held = pack(), opened(pack()).request
    fewer = without(date(2026, 3, 10))
    later = recount_request(held, policy, fewer)
    assert later is not None
    moved, change = later[0].state, later[1]
    assert (change, moved.due_at.date()) == ("later", date(2026, 3, 17))
    assert all(new.at >= old.at for new, old in zip(moved.rungs, held.rungs, strict=True))
    assert moved.rungs[-1].at == moved.escalate_at == datetime(2026, 3, 20, 17, 30, tzinfo=SHANGHAI)
    further = recount_request(held, policy, without(date(2026, 3, 10), date(2026, 3, 18)))
    assert further is not None
    put = further[0].state
    again = recount_request(put, policy, calendar())
    assert again is not None
    stands = again[0].state
    assert (again[1], stands.due_at, stands.accept_by, stands.escalate_at) == ("kept", *bound(put))
    after = [(new.at, old.at) for new, old in zip(stands.rungs, put.rungs, strict=True) if old.at > put.due_at]
    assert all(new >= old for new, old in after), "what was put off stays put off"
    told = dispute.dispute(held, Quarrel.COMPETENCE, WORD, "county", policy, START, calendar()).state
    put_off = recount_request(told, policy, fewer)
    assert put_off is not None
    assert put_off[0].state.dispute is not None
    assert put_off[0].state.dispute.due_at.date() == date(2026, 3, 17)
    back = recount_request(put_off[0].state, policy, calendar())
    assert back is not None
    assert (back[1], back[0].state.dispute) == ("kept", replace(put_off[0].state.dispute, counted=back[0].state.dispute.counted))  # type: ignore[union-attr]
