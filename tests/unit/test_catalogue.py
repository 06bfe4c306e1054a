"""The catalogue of items: who may take which step, by which day a change is filed, and what an item's editions come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calendars import load_calendars
from inspector.domain import cataloguing, repeal
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.catalogue import (
    OPEN,
    PUBLIC,
    Content,
    Entry,
    EntryState,
    Exit,
    Meeting,
    Opinion,
    Standing,
    listing,
    refuse_withdrawn,
)
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.duty import Follow
from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.policy import Excluded, Policy
from inspector.domain.recounting import recount_filing
from inspector.policybook import Policybook
from tests.house import ROOT

NOW = datetime(2026, 2, 10, 10, 0, tzinfo=SHANGHAI)
CONTENT = Content(
    agency="bureau",
    item="residence",
    edition=1,
    name="居住证明",
    basis="S0:1;S0:5",
    sources={"S0": "实施方案"},
    pack="maoji@2026.1",
)
OPINION = Opinion(by="李主任", bureau="区司法局", document="区司审〔2026〕1号")
MEETING = Meeting(on=date(2026, 2, 9), experts=3, minutes="论证会纪要 2026-1")
GONE = Exit(by="李主任", reason="依据废止", document="3号")


@cache
def pack() -> Policy:
    """The district's own pack."""
    return Policybook.load(ROOT / "policies").get("maoji@2026.1")


@cache
def calendar() -> WorkingCalendar:
    return load_calendars(ROOT / "policies" / "calendars")


def bare() -> Policy:
    """A pack that asks for no filing."""
    return replace(pack(), follows={})


def applied(content: Content = CONTENT, editions: tuple[Entry, ...] = (), now: datetime = NOW) -> Entry:
    """Wang applies."""
    return cataloguing.apply(content, "王科员", None, pack(), editions, now).state


def reviewed(held: Entry | None = None, now: datetime = NOW) -> Entry:
    return cataloguing.review(held or applied(), OPINION, pack(), now).state


def publishing(
    held: Entry | None = None, *, on: date | None = None, policy: Policy | None = None, former: Entry | None = None
) -> Decision[Entry]:
    """Zhao publishes."""
    return cataloguing.publish(
        held or reviewed(),
        former,
        by="赵科员",
        reference="政务公开平台",
        on=on,
        policy=policy or pack(),
        calendar=calendar(),
        now=NOW,
    )


def filed(held: Entry, on: date | None = None, now: datetime = NOW) -> Entry:
    return cataloguing.file(held, by="赵科员", receipt="回执12号", on=on, policy=pack(), now=now).state


def withdrawing(held: Entry, given: Exit = GONE, now: datetime = NOW) -> Decision[Entry]:
    return cataloguing.withdraw(held, given, pack(), calendar(), now)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(InspectorError) as told:
        do()
    return told.value.code


def test_who_applies_does_not_review_by_whatever_spelling_of_the_name() -> None:
    def reviewing(by: str) -> str:
        return refused(lambda: cataloguing.review(applied(), replace(OPINION, by=by), pack(), NOW))

    assert {reviewing(by) for by in ("王科员", " 王 科员", "王科员 (os:wang)")} == {"catalogue_own_review"}


def test_nothing_is_published_unreviewed_nor_filed_unpublished_nor_reviewed_twice() -> None:
    assert refused(lambda: publishing(applied())) == "catalogue_state"
    assert refused(lambda: filed(applied())) == refused(lambda: filed(reviewed())) == "catalogue_state"
    assert refused(lambda: reviewed(reviewed())) == "catalogue_state"
    assert refused(lambda: filed(filed(publishing().state))) == "catalogue_state"


def test_while_an_edition_is_on_its_way_no_other_is_applied_for() -> None:
    second = replace(CONTENT, edition=2)
    assert refused(lambda: applied(second, (applied(),))) == "catalogue_open"
    assert refused(lambda: applied(second, (reviewed(),))) == "catalogue_open"
    for held in (publishing().state, withdrawing(applied()).state):
        assert applied(second, (held,)).state is EntryState.APPLIED


def test_an_excluded_category_comes_in_by_a_statute_alone() -> None:
    touched = replace(CONTENT, excluded=(Excluded.HEALTH,), override_basis="P:2.6")
    assert refused(lambda: applied(touched)) == "item_excluded"
    assert refused(lambda: applied(replace(touched, override_basis=None))) == "item_excluded"
    opened = cataloguing.apply(
        replace(touched, override_basis="S1:1"), "王科员", None, replace(pack(), statutes=frozenset({"S1"})), (), NOW
    )
    assert opened.state.state is EntryState.APPLIED


def test_a_technical_item_is_reviewed_with_the_record_of_an_experts_meeting_that_was_before() -> None:
    held = applied(replace(CONTENT, technical=True))
    assert refused(lambda: reviewed(held)) == "catalogue_meeting_missing"

    def met(meeting: Meeting) -> Entry:
        return cataloguing.review(held, replace(OPINION, meeting=meeting), pack(), NOW).state

    assert refused(lambda: met(replace(MEETING, experts=0))) == "catalogue_meeting_unclear"
    assert refused(lambda: met(replace(MEETING, experts=1, names=("甲", "乙")))) == "catalogue_meeting_unclear"
    assert refused(lambda: met(replace(MEETING, on=date(2026, 2, 11)))) == "catalogue_day_order"
    assert refused(lambda: met(replace(MEETING, minutes=" "))) == "catalogue_field_unusable"
    told = met(replace(MEETING, names=("甲", "乙")))
    assert told.review is not None
    assert told.review.meeting == replace(MEETING, names=("甲", "乙"))


def test_what_was_reviewed_is_what_was_read_and_what_is_published_is_what_was_reviewed() -> None:
    held = applied()
    assert refused(lambda: cataloguing.review(held, replace(OPINION, digest="0" * 8), pack(), NOW)) == "catalogue_digest_differs"
    assert refused(lambda: cataloguing.review(held, replace(OPINION, digest=held.digest[:7]), pack(), NOW)) == (
        "catalogue_digest_differs"
    )
    assert cataloguing.review(held, replace(OPINION, digest=held.digest[:8]), pack(), NOW).state.sound
    altered = replace(reviewed(), content=replace(CONTENT, basis="S0:2"))
    assert refused(lambda: publishing(altered)) == "catalogue_altered"


def test_each_step_has_a_day_that_has_come_and_none_before_the_step_it_rests_on() -> None:
    assert refused(lambda: cataloguing.apply(CONTENT, "王科员", date(2026, 2, 11), pack(), (), NOW)) == "catalogue_day_ahead"
    assert refused(lambda: publishing(on=date(2026, 2, 9))) == "catalogue_day_order"
    assert refused(lambda: filed(publishing().state, on=date(2026, 2, 9))) == "catalogue_day_order"
    early = replace(GONE, on=date(2026, 2, 9))
    assert refused(lambda: withdrawing(publishing().state, early)) == "catalogue_day_order"


def test_the_filing_is_due_seven_working_days_after_publication_over_the_spring_festival_and_says_how_it_was_counted() -> None:
    """Published on Tuesday 10 February 2026: 11, 12, 13, Saturday 14 (worked), then the festival to the 23rd; 24, 25, 26."""
    decision = publishing()
    duty = decision.state.duty
    assert duty is not None
    assert (duty.row, duty.basis, duty.due_at.isoformat()) == ("follow-catalogue-filing", "S0:3", "2026-02-26T17:30:00+08:00")
    assert (duty.counted.event, duty.counted.after, len(duty.counted.skipped)) == ("CATALOGUE_PUBLISHED", NOW.date(), 9)
    assert [named.day for named in duty.counted.made_up] == [date(2026, 2, 14)]
    told = {order.kind: order.due_at.isoformat() for order in decision.orders}
    assert told == {
        OrderKind.CATALOGUE_REMIND: "2026-02-24T08:30:00+08:00",
        OrderKind.CATALOGUE_DUE: "2026-02-26T17:30:00+08:00",
    }
    assert decision.because.basis == ("S0:3",)


def test_a_pack_without_the_row_asks_for_no_date_and_takes_the_proof_all_the_same() -> None:
    decision = publishing(policy=bare())
    assert (decision.state.duty, decision.orders, decision.because.basis) == (None, (), ())
    told = filed(decision.state)
    assert (told.state, told.filed and told.filed.late) == (EntryState.FILED, None)


def test_proof_of_the_last_day_is_in_time_and_of_the_next_one_late() -> None:
    later = NOW + timedelta(days=30)
    held = publishing().state
    days = [filed(held, on, later).filed for on in (date(2026, 2, 26), date(2026, 2, 27))]
    assert [one and one.late for one in days] == [False, True]


def test_no_edition_follows_another_whose_filing_has_no_proof() -> None:
    first = publishing().state
    second = reviewed(applied(replace(CONTENT, edition=2), (first,)))
    assert refused(lambda: publishing(second, former=first)) == "catalogue_former_unfiled"
    assert publishing(second, former=filed(first)).state.state is EntryState.PUBLISHED
    replaced = cataloguing.supersede(filed(first), second, pack()).state
    assert (replaced.state, replaced.unfiled) == (EntryState.REPLACED, None)


def test_the_withdrawal_of_what_was_public_is_filed_too_and_that_of_an_application_is_not() -> None:
    decision = withdrawing(filed(publishing().state))
    held = decision.state
    assert (held.state, held.filed, held.duty and held.duty.counted.event) == (
        EntryState.WITHDRAWN,
        None,
        "CATALOGUE_WITHDRAWN",
    )
    assert decision.because.facts["receipt"] == "回执12号", "the proof that stood there is told on"
    told = filed(held)
    assert (told.state, told.unfiled) == (EntryState.WITHDRAWN, None)
    dropped = withdrawing(applied())
    assert (dropped.state.duty, dropped.orders) == (None, ())
    assert refused(lambda: filed(dropped.state)) == refused(lambda: withdrawing(dropped.state)) == "catalogue_state"


def test_the_last_public_edition_says_what_an_item_is_and_an_empty_catalogue_says_nothing() -> None:
    first = filed(publishing().state)
    second = replace(CONTENT, edition=2)
    gone, dropped = withdrawing(first).state, withdrawing(applied(second, (first,))).state
    assert listing((), kept=False).standing is Standing.SILENT
    assert listing((), kept=True).standing is listing((applied(),), kept=True).standing is Standing.UNPUBLISHED
    for more in ((), (applied(second, (first,)),), (dropped,)):
        assert listing((first, *more), kept=True).standing is Standing.PUBLISHED
    for more in ((), (applied(second, (gone,)),), (dropped,)):
        assert listing((gone, *more), kept=True).standing is Standing.WITHDRAWN
    with pytest.raises(Refusal, match="item_withdrawn") as caught:
        refuse_withdrawn(listing((gone,), kept=True))
    assert (caught.value.facts["reason"], caught.value.facts["document"]) == ("依据废止", "3号")
    refuse_withdrawn(listing((first,), kept=True))


def test_a_new_calendar_moves_the_date_of_a_filing_that_waits_and_of_no_other() -> None:
    plain = WorkingCalendar()
    held = publishing().state
    found = recount_filing(held, plain)
    assert found is not None
    assert (found[0].state.duty and found[0].state.duty.due_at.isoformat(), found[1]) == ("2026-02-19T17:30:00+08:00", "earlier")
    assert recount_filing(held, calendar()) is None
    assert recount_filing(filed(held), plain) is None


def test_a_code_a_number_or_a_name_names_one_cited_document_and_a_part_of_one_is_refused() -> None:
    s0 = pack().sources["S0"]
    name = "毛集实验区全面推行证明事项告知承诺制实施方案"
    for said in ("S0", "毛管办〔2021〕4号", s0, name, f"《{name}》", f"毛管办〔2021〕4号《{name}》"):
        assert repeal.named(said, [pack()], []) == s0
    for part in ("办法", "毛管办", "实施方案"):
        assert refused(partial(repeal.named, part, [pack()], [])) == "catalogue_source_part"
    assert refused(lambda: repeal.named("民法典", [pack()], [])) == "catalogue_source_unknown"
    assert refused(lambda: repeal.named(" ", [pack()], [])) == "catalogue_source_unknown"
    other = replace(CONTENT, sources={"S0": "另一份文件"})
    assert refused(lambda: repeal.named("S0", [pack()], [applied(other)])) == "catalogue_source_ambiguous"


def test_a_re_review_ends_once_by_an_edition_without_the_document_or_by_a_word_with_a_reason() -> None:
    day = date(2026, 7, 1)
    opened = repeal.open_for("bureau", "residence", "实施方案", on=day, by="周", document="", policy=pack(), now=NOW).state
    assert repeal.answered(opened, publishing().state, "赵", pack(), NOW) is None, "it still cites the document"
    clean = replace(CONTENT, basis="P:1", sources={"P": "建议值"})
    ended = repeal.answered(opened, publishing(reviewed(applied(clean))).state, "赵", pack(), NOW)
    assert ended is not None
    assert (ended.state.ended, ended.state.edition) == ("EDITION", 1)
    word = repeal.Word(by="周", document="5号", reason="上位依据仍在")
    assert refused(lambda: repeal.confirm(ended.state, word, pack(), NOW)) == "catalogue_rereview_over"
    assert refused(lambda: repeal.confirm(opened, replace(word, reason=" "), pack(), NOW)) == "catalogue_field_unusable"
    assert repeal.confirm(opened, word, pack(), NOW).state.ended == "CONFIRMED"


STEPS = st.lists(st.sampled_from(["apply", "review", "own", "publish", "file", "withdraw_open", "withdraw_public"]), max_size=25)


@settings(max_examples=80, deadline=None)
@given(steps=STEPS)
def test_whatever_is_tried_one_edition_is_on_its_way_one_is_public_and_each_public_one_was_reviewed_by_another(
    steps: list[str],
) -> None:
    held: list[Entry] = []
    for step in steps:
        try:
            held = _tried(held, step)
        except (Refusal, Invalid):
            continue
    assert sum(one.state in OPEN for one in held) <= 1
    assert sum(one.state in PUBLIC for one in held) <= 1
    for one in held:
        assert one.sound
        assert (one.publication is None) or (one.review is not None and one.review.by != one.applied_by)
        assert one.filed is None or one.publication is not None
        assert one.state is not EntryState.FILED or one.filed is not None
    told = listing(held, kept=any(one.publication for one in held))
    assert (told.standing is Standing.PUBLISHED) == any(one.state in PUBLIC for one in held)


def _tried(held: list[Entry], step: str) -> list[Entry]:
    going = next((one for one in held if one.state in OPEN), held[-1] if held else None)
    public = next((one for one in held if one.state in PUBLIC), None)
    if step == "apply":
        return [*held, applied(replace(CONTENT, edition=len(held) + 1), tuple(held))]
    told = public if step in ("withdraw_public", "file") and public else going
    if told is None:
        return held
    match step:
        case "review":
            fresh = reviewed(told)
        case "own":
            fresh = cataloguing.review(told, replace(OPINION, by=told.applied_by), pack(), NOW).state
        case "publish":
            fresh = publishing(told, former=public).state
            if public is not None:
                held = [cataloguing.supersede(one, told, pack()).state if one is public else one for one in held]
        case "file":
            fresh = filed(told)
        case _:
            fresh = withdrawing(told).state
    return [fresh if one is told else one for one in held]


def test_the_term_stands_in_the_pack_with_its_article() -> None:
    rows = {step: (str(row.term), row.basis) for step, row in pack().follows.items()}
    assert rows[Follow.CATALOGUE_FILING] == ("7wd", "S0:3")
