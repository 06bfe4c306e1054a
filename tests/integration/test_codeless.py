"""A visit to a firm on which no visit code was read is filed within three working days of the visit (handbook 1.4.11).

In the field's words: 企业未扫描执法码、仅出示执法证件的，自检查之日起三个工作日内补录备案。
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from inspector.daemon import sweeps
from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.duty import Follow, FollowRow
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.visit import Visit, VisitState
from inspector.flows import codeless, dispatch, review, visitcodes
from inspector.flows.office import Office
from inspector.flows.reconcile import differing
from inspector.flows.visitcodes import Reading
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests import gate
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, settle
from tests.integration.test_draw_way import agreeing, visits
from tests.integration.test_joint import AGENCIES, drawn, entered, together, waiting
from tests.integration.test_joint import accepted as going
from tests.integration.test_recount import amended, started

pytestmark = pytest.mark.alike

ROW = FollowRow(row="follow-visit-filing", step=Follow.VISIT_FILING, term=Term.parse("3wd"), basis="S44:18")
WEDNESDAY, FRIDAY = date(2026, 4, 1), date(2026, 4, 3)
PHONE = "0" * 32


def ruled(office: Office) -> Office:
    """The office where such visits are filed, and whose key signs visit codes."""
    packs = tuple(replace(pack, follows={**pack.follows, Follow.VISIT_FILING: ROW}) for pack in office.book.packs)
    return gate.signed(replace(office, book=replace(office.book, packs=packs)))


def accepted(store: Store, hand: Hand, *, asked: bool = True) -> tuple[Office, Visit]:
    """A visit to a firm whose team has accepted, before the holiday of Qingming (4 to 6 April)."""
    office, _, _ = drawing(store, hand)
    office = ruled(office) if asked else gate.signed(office)
    hand.now = datetime(2026, 3, 26, 9, tzinfo=SHANGHAI)
    _, drawn = announced(office, hand, cases=1)
    carried_out(office, hand, drawn.number)
    (visit,) = visits(office, drawn.number)
    hand.now = datetime(2026, 4, 1, 10, tzinfo=SHANGHAI)
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    assert visit.kind is SubjectKind.FIRM
    return office, visit


def shown(office: Office, visit: Visit, hand: Hand) -> str:
    """The code of today, as a firm's phone takes it."""
    with office.store.read() as tx:
        told = visitcodes.codes(office, tx, tx.visits.get(visit.id), tx.visits.team(visit.id)[0], hand())
    return told[0].text


def read(office: Office, text: str, hand: Hand, at: datetime | None = None) -> None:
    """The firm's phone tells that it has read a code."""
    with office.store.begin() as tx:
        visitcodes.scanned(office, tx, Reading(text=text, phone=PHONE, at=at, sent_at=None), hand())


def result(office: Office, visit: Visit, hand: Hand, on: date | None = None) -> None:
    """The team enters its result."""
    found = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
    with office.store.begin() as tx:
        dispatch.report(office, tx, tx.visits.team(visit.id)[0].name, found, "", hand(), on=on)


def held(office: Office, visit: Visit) -> Visit:
    with office.store.read() as tx:
        return tx.visits.get(visit.id)


def matter(office: Office) -> Mapping[str, Any] | None:
    """What a person is told of a filing, while it waits."""
    with office.store.read() as tx:
        told = tx.attention.standing(codeless.UNFILED)
    assert len(told) <= 1
    return told[0] if told else None


def clocks(office: Office) -> list[datetime]:
    """The dates that are watched."""
    with office.store.read() as tx:
        rows = tx.work.page(kind=OrderKind.VISIT_FILING_DUE.value, limit=10)
    return [row["due_at"] for row in rows if row["state"] in ("waiting", "ready")]


def late(office: Office) -> float | None:
    """What the gauge of late filings says."""
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    return metrics.registry.get_sample_value("inspector_visit_filings_late")


def rules(office: Office, visit: Visit) -> list[str]:
    with office.store.read() as tx:
        return [str(row["rule"]) for row in tx.ledger.about(visit.id)]


def refused(office: Office, visit: Visit, hand: Hand, **more: Any) -> str:
    with pytest.raises(InspectorError) as caught, office.store.begin() as tx:
        codeless.file(office, tx, visit.id, now=hand(), **{"by": "王科员", "number": "补录1号", "on": None, **more})
    return caught.value.code


def filed(office: Office, visit: Visit, hand: Hand, on: date | None = None) -> Visit:
    with office.store.begin() as tx:
        return codeless.file(office, tx, visit.id, by="王科员", number="补录〔2026〕1号", on=on, now=hand())


def test_a_code_that_was_read_is_the_check_in_and_nothing_is_filed(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    read(office, shown(office, visit, hand), hand, at=hand())
    result(office, visit, hand)
    assert (held(office, visit).filing, matter(office), clocks(office)) == (None, None, [])
    assert refused(office, visit, hand) == "visit_filing_none"


def test_certificates_alone_are_filed_within_three_working_days_over_the_holiday_and_a_person_knows_at_once(
    store: Store, hand: Hand
) -> None:
    office, visit = accepted(store, hand)
    result(office, visit, hand)
    due = datetime(2026, 4, 7, 17, 30, tzinfo=SHANGHAI)  # Thursday, Friday; Qingming until Monday; Tuesday
    assert held(office, visit).file_by == due
    assert clocks(office) == [due]
    assert matter(office) == {"draw": visit.draw, "on": "2026-04-01", "due_at": due.isoformat(), "overdue": False}
    with store.read() as tx:
        (told,) = [row for row in tx.ledger.about(visit.id) if row["rule"] == "visit.codeless"]
    assert json.loads(told["body"])["basis"] == ["S44:18"]
    hand.now = datetime(2026, 4, 3, 9, tzinfo=SHANGHAI)
    assert refused(office, visit, hand, number=" ") == "draw_field_unusable"
    assert refused(office, visit, hand, by=" ") == "officer_nameless"
    assert refused(office, visit, hand, on=date(2026, 3, 31)) == "visit_filing_day"
    assert refused(office, visit, hand, on=date(2026, 4, 4)) == "visit_filing_day"
    done = filed(office, visit, hand).filing
    assert done is not None
    assert done.filed is not None
    assert (done.filed.by, done.filed.receipt, done.filed.on, done.filed.late) == ("王科员", "补录〔2026〕1号", FRIDAY, False)
    assert (held(office, visit).file_by, matter(office), clocks(office)) == (None, None, [])
    assert refused(office, visit, hand) == "visit_filed_already"
    assert rules(office, visit)[-1] == "visit.filed"
    agreeing(office, visit.draw)


@pytest.mark.slow
def test_a_date_that_passes_is_told_anew_is_late_in_the_metric_and_ends_by_its_proof_alone(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    result(office, visit, hand)
    with store.begin() as tx:
        tx.attention.close(f"{codeless.UNFILED}:{visit.id}", hand())
    assert matter(office) is None
    hand.now = datetime(2026, 4, 7, 17, 29, tzinfo=SHANGHAI)
    assert late(office) == 0
    hand.now = datetime(2026, 4, 8, 9, tzinfo=SHANGHAI)
    settle(office)
    told = matter(office)
    assert told is not None, "whoever has closed the matter has filed nothing"
    assert told["overdue"] is True
    assert late(office) == 1
    done = filed(office, visit, hand).filing
    assert done is not None
    assert done.filed is not None
    assert done.filed.late is True
    assert (matter(office), late(office)) == (None, 0)


def test_a_result_that_lay_in_a_phone_is_filed_from_the_day_of_the_visit_and_in_time_is_what_was_done_in_time(
    store: Store, hand: Hand
) -> None:
    office, visit = accepted(store, hand)
    hand.now = datetime(2026, 4, 9, 9, tzinfo=SHANGHAI)
    result(office, visit, hand, on=WEDNESDAY)
    assert held(office, visit).file_by == datetime(2026, 4, 7, 17, 30, tzinfo=SHANGHAI), "and not from the day of the entry"
    told = matter(office)
    assert told is not None
    assert told["overdue"] is True
    settle(office)
    done = filed(office, visit, hand, on=FRIDAY).filing
    assert done is not None
    assert done.filed is not None
    assert done.filed.late is False, "they had filed it while the result lay in the phone"


def test_a_firm_s_phone_without_network_tells_later_and_ends_the_duty(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    text, at = shown(office, visit, hand), hand()
    result(office, visit, hand)
    assert matter(office) is not None
    hand.now = datetime(2026, 4, 2, 9, tzinfo=SHANGHAI)
    read(office, text, hand, at=at)
    done = held(office, visit)
    assert done.filing is not None
    assert (done.filing.read != "", done.file_by, matter(office), clocks(office)) == (True, None, None, [])
    assert rules(office, visit)[-2:] == ["visit.scanned", "visit.code_found"]
    assert refused(office, visit, hand) == "visit_filing_none"
    agreeing(office, visit.draw)


def test_the_code_of_another_day_and_one_read_on_another_day_prove_no_check_in(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    closed, at = shown(office, visit, hand), hand()
    read(office, closed, hand, at=at)
    hand.now = datetime(2026, 4, 2, 10, tzinfo=SHANGHAI)
    today = shown(office, visit, hand)
    result(office, visit, hand)
    assert held(office, visit).file_by == datetime(2026, 4, 8, 17, 30, tzinfo=SHANGHAI), "the door was closed the day before"
    told = matter(office)
    assert told is not None
    assert told["codes_of"] == ["2026-04-01"], "or the result has a slip in its day: who files sees it"
    hand.now = datetime(2026, 4, 3, 10, tzinfo=SHANGHAI)
    read(office, today, hand, at=hand())
    assert held(office, visit).file_by is not None, "by its own clock the phone has read it the day after"
    agreeing(office, visit.draw)


def test_nothing_is_filed_of_a_visit_that_is_called_off_or_where_the_pack_asks_for_nothing(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    with store.begin() as tx:
        review.withdraw(office, tx, visit.case_ids[0], "改为提交证明", "hall", hand())
    assert not held(office, visit).state.open
    assert (held(office, visit).filing, matter(office), clocks(office)) == (None, None, [])


def test_a_pack_without_the_row_asks_for_no_filing(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand, asked=False)
    result(office, visit, hand)
    assert (held(office, visit).filing, matter(office), clocks(office)) == (None, None, [])


def test_nothing_is_asked_of_a_visit_to_a_natural_person_to_whom_no_code_is_shown(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id, lock=True), kind=SubjectKind.PERSON))
    result(office, visit, hand)
    assert (held(office, visit).filing, matter(office)) == (None, None)


@pytest.mark.slow
def test_a_notice_of_more_days_off_puts_the_date_and_its_clock_off(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    started(office)
    result(office, visit, hand)
    hand.now = datetime(2026, 4, 2, 9, tzinfo=SHANGHAI)
    newer = amended(office, ("2026-04-03",))
    started(newer)
    settle(newer)
    later = datetime(2026, 4, 8, 17, 30, tzinfo=SHANGHAI)
    assert (held(newer, visit).file_by, clocks(newer)) == (later, [later])
    assert rules(newer, visit)[-1] == "visit.filing_moved"
    agreeing(newer, visit.draw)


def test_whoever_takes_a_filing_out_of_the_records_is_found_by_the_entries(store: Store, hand: Hand) -> None:
    office, visit = accepted(store, hand)
    result(office, visit, hand)
    filing = held(office, visit).filing
    assert filing is not None
    for gone in (None, replace(filing, read="ab" * 32)):
        with store.begin() as tx:
            kept = tx.visits.get(visit.id, lock=True)
            changed = tx.visits.put(replace(kept, filing=gone))
        with store.read() as tx:
            assert differing(office, tx, tx.draws.get(visit.draw), whole=True) != ()
        with store.begin() as tx:
            tx.visits.put(replace(changed, filing=kept.filing))
    agreeing(office, visit.draw)


@pytest.mark.slow
def test_a_joint_visit_is_filed_once_by_its_lead_from_its_last_day_also_where_it_ends_by_a_withdrawal(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand)
    office = ruled(office)
    hand.now = datetime(2026, 3, 26, 9, tzinfo=SHANGHAI)
    cases = waiting(office, *AGENCIES)
    _, made = drawn(office, hand)
    going(office, hand, made)
    hand.now = datetime(2026, 4, 2, 10, tzinfo=SHANGHAI)
    entered(office, hand, made, "bureau")
    entered(office, hand, made, "other")
    assert held(office, made).filing is None, "civil affairs is still to go"
    hand.now = datetime(2026, 4, 3, 10, tzinfo=SHANGHAI)
    with store.begin() as tx:
        review.withdraw(office, tx, cases["civil"], "不再办理", "hall", hand())
    done = held(office, made)
    assert (done.state, done.made_on, done.file_by) == (
        VisitState.DONE,
        date(2026, 4, 2),
        datetime(2026, 4, 8, 17, 30, tzinfo=SHANGHAI),
    )
    with store.read() as tx:
        assert [one.agency for one in tx.attention.of_kind(codeless.UNFILED)] == ["bureau"]
    agreeing(office, made.draw)
