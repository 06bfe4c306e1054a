"""Our outage makes nobody silent: no step is taken while a door is not looked at by which the agency may have spoken."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import sleep
from typing import Any, cast

import pytest

from connectors.agencies.email import EmailAgency
from inspector.cli.amiss import setting
from inspector.daemon import sweeps
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.letter import LetterKind
from inspector.flows import doorways, mailbox, wording
from inspector.flows.office import Office
from inspector.flows.scoreboard import scoreboard
from inspector.incoming import Mail
from inspector.ports import Barred, NotYet, PortError, Unavailable
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import Hand, let_lapse, settle
from tests.integration.test_clerks import filled
from tests.integration.test_letters import Desk, an_office, climbing, go, opened, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mail_held import asked
from tests.integration.test_mailbox import put, written
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike


def answered(folder: Path, text: str, at: datetime) -> None:
    """A good answer lies in the box from a moment on."""
    put(folder, "1.ok", written(filled(text, {"核查意见": "一致", "签署人": "王五"}), Date=format_datetime(at)))
    os.utime(folder / "new" / "1.ok", (at.timestamp(), at.timestamp()))


def matters(office: Office) -> set[str]:
    """What waits for a person about a box."""
    with office.store.read() as tx:
        return {row["about"] for row in tx.attention.page(None) if row["kind"] == doorways.MAILBOX_AWAY}


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """The folder of a box, beside which it can be put away."""
    folder = tmp_path / "box"
    (folder / "new").mkdir(parents=True)
    return folder


@pytest.fixture
def held(store: Store, hand: Hand, box: Path) -> tuple[Office, Request, str]:
    """A request that has left by mail, the office, and the letter's text."""
    office, case_id, letter = asked(store, hand, box)
    return office, request_of(store, case_id), str(letter.get_content())


@pytest.mark.slow
def test_an_answer_that_lies_in_a_box_which_is_away_makes_nobody_silent(
    held: tuple[Office, Request, str], hand: Hand, box: Path
) -> None:
    office, request, text = held
    answered(box, text, request.due_at - timedelta(days=2))
    box.rename(gone := box.parent / "gone")
    for _ in range(40):
        hand.on(days=1)
        mailbox.pick_up(office)
        settle(office)
    now = request_of(office.store, request.case_id)
    assert (now.state, now.escalated_to) == (AssistanceState.SENT, None), "nobody above hears of whom we have not heard"
    assert matters(office) == {"civil-affairs"}
    gone.rename(box)
    mailbox.pick_up(office)
    now = request_of(office.store, request.case_id)
    assert (now.state, now.late, matters(office)) == (AssistanceState.ANSWERED, False, set())
    with office.store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.unanswered, score.escalated, score.punctual) == (0, 0, 1)


def test_after_an_outage_no_step_is_taken_before_the_box_was_read(
    held: tuple[Office, Request, str], hand: Hand, box: Path
) -> None:
    office, request, text = held
    mailbox.pick_up(office)
    answered(box, text, request.due_at - timedelta(days=1))
    hand.now = request.escalate_at + timedelta(days=4)
    settle(office)  # the worker is quicker than whoever reads the box
    assert request_of(office.store, request.case_id).state is AssistanceState.SENT
    mailbox.pick_up(office)
    now = request_of(office.store, request.case_id)
    assert (now.state, [one.rule for one in now.history][-1]) == (AssistanceState.ANSWERED, "assistance.answer")


def test_a_box_in_which_more_lies_than_one_look_takes_is_read_to_its_end_before_it_counts_as_read(
    held: tuple[Office, Request, str], hand: Hand, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, request, text = held
    monkeypatch.setattr("connectors.mailbox.AT_ONCE", 2)
    monkeypatch.setattr("inspector.flows.mailbox._LOOKS", 2)
    for number in range(5):
        put(box, f"0.{number}", written("您好", number=f"<{number}@x.example>"))
    answered(box, text, hand.now)
    mailbox.pick_up(office)
    with office.store.read() as tx:
        assert tx.doorways.last("civil-affairs") is None
    mailbox.pick_up(office)
    mailbox.pick_up(office)
    with office.store.read() as tx:
        last = tx.doorways.last("civil-affairs")
        assert last is not None
        assert last.until == hand.now
    assert request_of(office.store, request.case_id).state is AssistanceState.ANSWERED


def test_a_box_that_fails_for_a_moment_is_no_matter_and_one_that_stays_away_shows_in_the_gauge(
    held: tuple[Office, Request, str], hand: Hand, box: Path
) -> None:
    office, _, _ = held
    mailbox.pick_up(office)
    box.rename(gone := box.parent / "gone")
    hand.on(minutes=1)
    mailbox.pick_up(office)
    assert matters(office) == set()
    hand.on(minutes=9)
    mailbox.pick_up(office)
    assert matters(office) == {"civil-affairs"}
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    assert 'inspector_mailbox_unread_seconds{connector="civil-affairs"} 600.0' in metrics.render().decode()
    gone.rename(box)
    mailbox.pick_up(office)
    assert matters(office) == set()


class Hanging:
    """A box whose files lie on a share that answers nothing: whoever opens one waits, as before a pipe into which nobody writes."""

    boxed = True

    def __init__(self, folder: Path) -> None:
        self.pipe, self.opened = folder / "pipe", 0
        os.mkfifo(self.pipe)

    def waiting(self) -> list[Mail]:
        self.opened += 1
        if self.pipe.exists():
            self.pipe.read_bytes()
        return []

    def put_away(self, mail: Mail, *, read: bool) -> None:
        raise AssertionError("nothing was read in it")

    def speaks(self, sender: str) -> bool:
        return False

    def answers(self) -> None:
        """The share is back."""
        pipe = self.pipe.rename(self.pipe.with_name("over"))
        pipe.write_bytes(b"")


def test_a_box_that_hangs_holds_up_no_other_and_is_known_as_away(
    held: tuple[Office, Request, str], hand: Hand, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, request, text = held
    monkeypatch.setattr("inspector.flows.apart.SECONDS", 2)  # the box that answers is given time enough on a busy machine
    hangs = Hanging(box.parent)
    others = office.connectors.agencies
    office = replace(office, connectors=replace(office.connectors, agencies={"county-office": cast("Any", hangs), **others}))
    answered(box, text, hand.now)
    mailbox.pick_up(office)
    assert request_of(office.store, request.case_id).state is AssistanceState.ANSWERED
    with office.store.read() as tx:
        assert tx.doorways.last("county-office") is None
        assert tx.doorways.last("civil-affairs") is not None
    hand.on(minutes=10)
    for _ in range(5):
        mailbox.pick_up(office)
    assert (matters(office), hangs.opened) == ({"county-office"}, 1), "one thread waits before it, and no look but that one"
    hangs.answers()
    for _ in range(100):
        mailbox.pick_up(office)
        if hangs.opened > 1:
            break
        sleep(0.05)
    assert (matters(office), hangs.opened) == (set(), 2)


@pytest.mark.differs
def test_a_check_of_the_connector_opens_the_box(tmp_path: Path) -> None:
    with mailroom() as room:
        made = agency(room.port, inbox_folder=str(tmp_path / "nowhere"))
        assert isinstance(made, EmailAgency)
        with pytest.raises(Unavailable, match="folder_failed") as gone:
            made.look()
        amiss = setting("assistance.civil-affairs", {"inbox_folder": str(tmp_path / "nowhere")}, gone.value)
        assert amiss is not None
        for said in (*amiss.what, *amiss.mend):
            assert "inbox_folder" in said, "the key that a person mends, in both languages"
        (tmp_path / "nowhere" / "new").mkdir(parents=True)
        assert [one.code for one in made.look()] == ["mail_ready"]
        (tmp_path / "nowhere" / "new").chmod(0o500)
        if os.geteuid():
            with pytest.raises(Barred, match="unauthorised"):
                made.look()
        assert not agency(room.port).boxed


def test_a_step_waits_for_a_sign_of_life_of_the_house(held: tuple[Office, Request, str], hand: Hand) -> None:
    office, request, _ = held
    mailbox.pick_up(office)
    with office.store.begin() as tx:
        doorways.looked(office, tx, doorways.HOUSE, hand.now)
        doorways.wait(office, tx, request, hand.now + timedelta(minutes=5))
        with pytest.raises(PortError, match="door_unwatched"):
            doorways.wait(office, tx, request, hand.now + timedelta(minutes=6))


def test_a_date_that_came_while_the_house_was_shut_is_put_off_before_any_step_is_taken(store: Store, hand: Hand) -> None:
    desk, above = Desk("civil-affairs"), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": desk, "county-office": above}))
    case_id = opened(office)
    go(office, letters=True)
    was, since = request_of(store, case_id), hand.now
    hand.now = was.escalate_at + timedelta(days=1)
    with store.begin() as tx:
        doorways.looked(office, tx, doorways.HOUSE, since)
    with pytest.raises(NotYet, match="door_unwatched"):
        go(office, letters=True)
    let_lapse(office)
    doorways.open_again(office)
    now = request_of(store, case_id)
    assert now.due_at > hand.now
    assert [one.rule for one in now.history][-1] == "assistance.shut"
    assert "本系统停止运行" in wording.counted(now.due_counted, "zh-Hans")
    go(office, letters=True)
    assert (above.kinds, now.escalated_to) == ([], None)
    doorways.open_again(office)
    assert request_of(store, case_id).due_at == now.due_at, "once"


@pytest.mark.slow
def test_after_an_outage_that_nobody_wrote_down_the_agency_is_reminded_and_nobody_above_hears_yet(
    store: Store, hand: Hand
) -> None:
    desk, above = Desk("civil-affairs"), Desk("county-office")
    office = climbing(an_office(store, hand, {"civil-affairs": desk, "county-office": above}))
    case_id = opened(office)
    go(office, letters=True)
    hand.now = request_of(store, case_id).escalate_at + timedelta(days=4)
    settle(office)  # several rows at once, by the daemon's own worker
    assert (desk.kinds, above.kinds) == ([LetterKind.REQUEST, LetterKind.REMINDER], [])
    text = desk.letters[-1].words.body
    assert "答复期限已过" in text
    while request_of(store, case_id).state.open:
        hand.on(hours=12)
        settle(office)
    assert desk.kinds[2:4] == [LetterKind.LIAISON, LetterKind.HEAD]
    moments = {one.rule: one.at for one in request_of(store, case_id).history}
    assert len({moments[f"assistance.{word}"].date() for word in ("remind", "liaison", "head", "escalate")}) == 4
