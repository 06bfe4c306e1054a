"""An agency's answer is of the day on which it came, and grows no fresher by lying here until somebody enters it (handbook scenario 13)."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import CaseState, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.evidence import TO_COME, Evidence, Verdict
from inspector.domain.said import Said, Saying
from inspector.flows import mailbox, review, transcription
from inspector.flows.office import Office
from inspector.flows.transcription import Paper
from inspector.store.store import Store
from tests.house import Hand, post, settle
from tests.integration.test_clerks import filled
from tests.integration.test_letters import Desk, an_office, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike


def asked(office: Office, on: date) -> str:
    """A case whose promise speaks of a day to come, and in which an agency was asked about it."""
    told = person(1, "relief-household", HOUSEHOLD)
    claims = tuple(replace(one, on=on) if one.fact == "household" else one for one in told.claims)
    case_id = post(office, replace(told, claims=claims))
    settle(office)
    return case_id


def enter(office: Office, case_id: str, said: Said, came: date) -> None:
    """An officer enters a paper, which came on a day."""
    with office.store.begin() as tx:
        paper = Paper(written="x", scan="0" * 64, came=came)
        transcription.transcribe(office, tx, request_of(office.store, case_id).id, said, paper, "李四", office.now())


def heard(office: Office, case_id: str) -> list[Evidence]:
    """What the agency has said, as evidence."""
    with office.store.read() as tx:
        return [one for one in tx.cases.evidence(case_id) if one.id.startswith("assist:")]


def test_a_match_on_paper_of_before_the_day_proves_nothing_however_late_it_is_entered(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    sent = hand.now.date()
    case_id = asked(office, sent + timedelta(days=6))
    hand.on(days=7)
    enter(office, case_id, Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MATCH), sent + timedelta(days=1))
    (piece,) = heard(office, case_id)
    assert (piece.fresh, piece.note) == (False, TO_COME)
    assert piece.came_at == datetime.combine(sent + timedelta(days=1), time(), SHANGHAI)
    assert piece.entered_at == hand.now, "both moments stand in its provenance"
    with store.read() as tx:
        assert (tx.cases.get(case_id).state, tx.cases.get(case_id).outcome) == (CaseState.REVIEW, None)


def test_a_mismatch_on_paper_of_before_the_day_is_a_lead_and_no_ground(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    sent = hand.now.date()
    case_id = asked(office, sent + timedelta(days=6))
    hand.on(days=7)
    enter(office, case_id, Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MISMATCH, value="2"), sent + timedelta(days=1))
    (piece,) = heard(office, case_id)
    with store.begin() as tx, pytest.raises(Invalid, match="evidence_stale"):
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "赵一", "不符", (piece.id,), hand.now)


def test_a_paper_of_the_very_day_decides_also_where_it_is_entered_later(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    on = hand.now.date() + timedelta(days=6)
    case_id = asked(office, on)
    hand.on(days=9)
    enter(office, case_id, Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MATCH), on)
    (piece,) = heard(office, case_id)
    assert (piece.fresh, piece.note) == (True, "")


def test_what_comes_beside_an_answer_is_of_its_own_day_too(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    sent = hand.now.date()
    case_id = asked(office, sent + timedelta(days=6))
    hand.on(days=7)
    enter(office, case_id, Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MATCH), sent + timedelta(days=6))
    no = Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MISMATCH, value="2")
    enter(office, case_id, no, sent + timedelta(days=1))
    (piece,) = [one for one in heard(office, case_id) if one.verdict is Verdict.MISMATCH]
    assert (piece.fresh, piece.note, piece.entered_at) == (False, TO_COME, hand.now)
    assert piece.came_at == datetime.combine(sent + timedelta(days=1), time(), SHANGHAI)


def test_a_mail_that_lay_in_the_box_over_the_day_is_of_the_day_on_which_it_got_there(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = asked(office, (hand.now + timedelta(days=2)).date())
        text = filled(str(room.letters[0].get_content()), {"核查意见": "一致", "签署人": "王五"})
    at = hand.now + timedelta(hours=3)
    put(tmp_path, "1.ok", written(text, Date=format_datetime(at)))
    os.utime(tmp_path / "new" / "1.ok", (at.timestamp(), at.timestamp()))
    hand.on(days=3)
    mailbox.pick_up(office)
    (piece,) = heard(office, case_id)
    assert (piece.fresh, piece.note, piece.came_at, piece.entered_at) == (False, TO_COME, at, hand.now)
    with store.read() as tx:
        assert tx.cases.get(case_id).outcome is None
