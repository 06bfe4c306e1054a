"""What has lain in our house, read or unread, is no delay of the agency's: its word counts from when it came."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.said import Said, Saying
from inspector.domain.scoreboard import Score
from inspector.flows import mailbox, posted, transcription, unsettled
from inspector.flows.office import Office
from inspector.flows.scoreboard import recent, recent_days, scoreboard
from inspector.flows.transcription import Paper
from inspector.store.store import Store
from tests.house import Hand, post, settle
from tests.integration.test_letters import Desk, an_office, climbing, opened, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = [pytest.mark.alike, pytest.mark.slow]

NO = Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MISMATCH, value="5人")
YES = Said(do=Saying.ANSWER, signer="王五", verdict=Verdict.MATCH)


def transcribe(office: Office, request_id: str, paper: Paper, said: Said = YES) -> None:
    """An officer enters what a reply says."""
    with office.store.begin() as tx:
        transcription.transcribe(office, tx, request_id, said, paper, "李四", office.now())


def score(office: Office) -> tuple[Score, list[tuple[str, str, int]]]:
    """The one line of the scoreboard, and what its metric says of days."""
    with office.store.read() as tx:
        (found,) = scoreboard(office, tx)
        return found, recent_days(office, tx, office.now())


def matters(office: Office) -> set[str]:
    """What waits for a person about mails."""
    with office.store.read() as tx:
        return {str(row["kind"]) for row in tx.attention.page(None)} & {unsettled.MAIL_UNREAD, unsettled.MAIL_HOLDS}


def came(folder: Path, letter: str, name: str, at: datetime) -> None:
    """The agency writes in prose, and the mail lies in the box from `at` on."""
    put(folder, name, written("经查，与承诺一致。", In_Reply_To=letter, number=f"<{name}@housing.example>"))
    os.utime(folder / "new" / name, (at.timestamp(), at.timestamp()))


def test_a_mail_that_waited_for_our_officer_is_punctual_as_it_came_however_late_it_is_transcribed(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        sent = hand.now
        came(tmp_path, str(room.letters[0]["Message-ID"]), "1", sent + timedelta(hours=2))
    hand.now = sent + timedelta(days=1)  # the daemon stood still
    mailbox.pick_up(office)
    request = request_of(store, case_id)
    hand.now = request.due_at + timedelta(days=5)
    transcribe(office, request.id, Paper(written="经查，与承诺一致。", scan="0" * 64))
    found, days = score(office)
    assert (found.heard_in_time, found.punctual, found.heard_days, found.answer_days, found.data_days) == (1, 1, [0], [0], [0])
    assert days == [("civil-affairs", "household", 0)]
    told = request_of(store, case_id)
    assert (told.ended_at, told.history[-1].at, told.history[-1].came) == (hand.now, hand.now, sent + timedelta(hours=2))


def test_who_wrote_in_time_that_it_will_answer_was_heard_in_time_though_its_mail_was_read_late_and_nothing_of_it_entered(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        came(tmp_path, str(room.letters[0]["Message-ID"]), "1", hand.now + timedelta(hours=2))
    hand.on(hours=3)
    mailbox.pick_up(office)
    hand.now = request_of(store, case_id).due_at + timedelta(days=3)
    mailbox.pick_up(office)
    settle(office)
    assert matters(office) == {unsettled.MAIL_UNREAD, unsettled.MAIL_HOLDS}, "an officer hears that the request stands still"
    with store.begin() as tx:
        (row,) = [one for one in tx.attention.page(None) if one["kind"] == unsettled.MAIL_UNREAD]
        posted.seen_to(office, tx, row["id"], "李四", hand.now, note="称将尽快答复")
    assert matters(office) == set()
    found, _ = score(office)
    assert (found.heard_in_time, found.heard_days, found.open) == (1, [0], 1)
    assert request_of(store, case_id).state is AssistanceState.SENT, "it has said nothing that its date waits for"


def test_paper_counts_from_the_day_on_which_it_came_and_no_day_before_the_letter_or_ahead_is_taken(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    assert request.sent_at is not None
    sent = request.sent_at.date()
    hand.now = request.due_at + timedelta(hours=1)
    for day in (sent - timedelta(days=1), hand.now.date() + timedelta(days=1), date(1900, 1, 1)):
        with pytest.raises(Invalid, match="came_day"):
            transcribe(office, request.id, Paper(written="一致", scan="0" * 64, came=day))
    transcribe(office, request.id, Paper(written="一致", scan="0" * 64, came=sent))
    answered = request_of(store, case_id).history
    hand.on(days=1)
    transcribe(office, request.id, Paper(written="不一致", scan="0" * 64, came=sent + timedelta(days=1)), NO)
    told = request_of(store, case_id)
    assert (len(told.afterwords), told.history) == (1, answered), "what changes nothing dates nothing"
    found, days = score(office)
    assert (found.heard_in_time, found.punctual, found.answer_days, days) == (1, 1, [0], [("civil-affairs", "household", 0)])


@pytest.mark.parametrize(
    ("said", "end"),
    [
        pytest.param(Said(do=Saying.ACCEPT, signer="王五"), "unanswered", id="accept"),
        pytest.param(Said(do=Saying.PARTLY, signer="王五", value="3人", rest="收入"), "rest_unanswered", id="part"),
        pytest.param(Said(do=Saying.EXTEND, signer="王五", reasons="调档"), "unheeded", id="extend"),
        pytest.param(
            Said(do=Saying.PROPOSE, signer="王五", reasons="调档", day=date(2026, 3, 3)),
            "unanswered",
            id="a date inside its term",
        ),
        pytest.param(Said(do=Saying.PROPOSE, signer="王五", reasons="调档", day=date(2026, 4, 1)), "unheeded", id="a later date"),
        pytest.param(Said(do=Saying.CONTEST, signer="王五", reasons="没有依据"), "unheeded", id="contest"),
    ],
)
def test_a_paper_that_came_in_time_and_was_entered_after_the_end_was_heard_in_time(
    store: Store, hand: Hand, said: Said, end: str
) -> None:
    office = climbing(an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")}))
    case_id = opened(office)
    settle(office)
    first = office.calendar.local_date(hand.now)
    while request_of(store, case_id).state.open:
        hand.on(hours=12)
        settle(office)
    before, _ = score(office)
    assert (before.unanswered, before.heard_in_time, before.heard_days) == (1, 0, [])
    transcribe(office, request_of(store, case_id).id, Paper(written="来函", came=first + timedelta(days=1)), said)
    found, _ = score(office)
    assert (found.heard_in_time, found.heard_days, getattr(found, end), found.partly) == (1, [1], 1, said.do is Saying.PARTLY)
    with store.read() as tx:
        marks = {mark: count for _, _, mark, count in recent(office, tx, office.now())}
    assert (marks.get("heard_in_time"), marks.get(end)) == (1, 1)
    assert request_of(store, case_id).state is AssistanceState.UNANSWERED, "nothing of the request changes any more"


def test_a_paper_that_came_after_the_end_makes_nobody_heard(store: Store, hand: Hand) -> None:
    office = climbing(an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")}))
    case_id = opened(office)
    settle(office)
    while request_of(store, case_id).state.open:
        hand.on(hours=12)
        settle(office)
    hand.on(days=2)
    over = office.calendar.local_date(hand.now)
    hand.on(days=2)
    said = Said(do=Saying.EXTEND, signer="王五", reasons="调档")
    transcribe(office, request_of(store, case_id).id, Paper(written="来函", came=over), said)
    found, _ = score(office)
    assert (found.unanswered, found.unheeded, found.heard_in_time, found.heard_days) == (1, 0, 0, [])
