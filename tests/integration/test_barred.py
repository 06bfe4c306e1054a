"""Where we are not let in, by our own fault: work waits, one person is told once, and nobody's case suffers. On both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.daemon.breaker import BARRED
from inspector.domain.case import CaseState
from inspector.domain.evidence import Verdict
from inspector.flows.office import Office
from inspector.flows.tell import place_credit
from inspector.ports import Barred, Notice, PortError, Receipt, Refused, Unavailable
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.web import opswords
from tests.engine import FAST, LANE, Hands, at_work, clock, order, put, real_office, row, until
from tests.house import Hand, Table, application, carry_out, claim, let_lapse, open_office, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike

DENIED = Barred("unauthorised", detail="http_401")


def matters(store: Store, kind: str) -> list[Row]:
    with store.read() as tx:
        return [held for held in tx.attention.page(None) if held["kind"] == kind]


def test_an_expired_credential_holds_all_work_back_tells_one_person_once_and_wears_out_no_try(store: Store) -> None:
    office = real_office(store)
    answers: list[str] = []

    def say(_work: object) -> None:
        if not answers:
            raise DENIED

    put(store, *(order(n, lane=LANE, expires_at=clock().replace(year=clock().year + 1)) for n in range(30)))
    hands = Hands(say=say)
    with at_work(office, hands, patient=True) as worker:
        until(lambda: bool(matters(store, BARRED)) and worker.in_flight == 0)
        asked = len(hands.calls)
        assert asked <= FAST.lane_slots, "the first answer shuts the lane; only what was under way went out"
        (matter,) = matters(store, BARRED)
        assert (matter["id"], matter["agency"]) == (f"{BARRED}:{LANE}", "city")
        assert {row(store, n)["attempts"] for n in range(30)} == {0}
        with store.read() as tx:
            (lane,) = [one for one in tx.lanes.all() if one.name == LANE]
            assert (lane.barred, lane.error) == (True, "unauthorised")
            told = list(opswords._lanes(office, tx, tx.machine_now(), "en"))
        assert "we are not let in (the other side did not accept our credentials)" in told[0]
        answers.append("mended")
        with store.begin() as tx:  # as a restart with mended settings does
            tx.lanes.look_again(tx.machine_now())
        until(lambda: not matters(store, BARRED), office)
        with store.read() as tx:
            (lane,) = [one for one in tx.lanes.all() if one.name == LANE]
        assert (lane.barred, lane.failures, lane.error) == (False, 0, None)
    assert hands.gave_up == []


def test_a_question_that_is_refused_for_itself_alone_shuts_its_connector_once(store: Store) -> None:
    office = real_office(store)

    def say(work: Work) -> None:
        if work.key == "ask:poison":
            raise Barred("http_404", attempts=1)

    year = clock().replace(year=clock().year + 1)
    put(store, order("poison", lane=LANE, expires_at=year, urgent=clock() - timedelta(days=3)))
    engine = replace(FAST, breaker_cool=timedelta(seconds=0.5), ladder=replace(FAST.ladder, tries=99))
    with at_work(office, Hands(say=say), engine, patient=True):
        until(lambda: bool(matters(store, BARRED)), office)
        put(store, *(order(n, lane=LANE, expires_at=year) for n in range(40)))
        until(lambda: all(row(store, n)["state"] == "done" for n in range(40)), office)
        assert matters(store, BARRED) == [], "another question was answered, though this one is more urgent"
        until(lambda: row(store, "poison")["attempts"] >= 2, office)
        assert matters(store, BARRED) == [], "it is its own failure now, and is counted as one"
        with store.read() as tx:
            (lane,) = [one for one in tx.lanes.all() if one.name == LANE]
        assert not lane.barred


def test_a_source_that_does_not_let_us_in_costs_no_case_its_way_before_the_packs_date(store: Store, hand: Hand) -> None:
    source = Table(default=DENIED)
    office = open_office(store, hand, sources={"registers": source})
    cases = [post(office, application(number, "business-licence", LICENCE)) for number in range(1, 6)]
    settle(office)
    with store.read() as tx:
        assert {tx.cases.get(case).state for case in cases} == {CaseState.VERIFYING}, "no letter to another agency, no officer"
        assert [len(tx.cases.evidence(case)) for case in cases] == [0] * 5
    assert len(matters(store, BARRED)) == 1
    hand.on(days=3)
    settle(office)
    with store.read() as tx:
        assert {tx.cases.get(case).review_reason for case in cases} == {"UNDETERMINED"}
        found = [piece for case in cases for piece in tx.cases.evidence(case)]
    assert {(piece.verdict, piece.note) for piece in found} == {(Verdict.NO_ANSWER, "unauthorised")}
    assert len(matters(store, BARRED)) == 1, "it is still to be mended"


@pytest.mark.slow
def test_one_subject_that_a_source_fails_on_has_the_packs_date_while_the_others_are_answered(store: Store, hand: Hand) -> None:
    source = Table(rows={("registration-status", f"TEST{1:014d}"): Unavailable("http_503")}, default="=")
    office = open_office(store, hand, sources={"registers": source})
    first, *others = [post(office, application(number, "business-licence", LICENCE)) for number in range(1, 5)]
    settle(office)
    with store.read() as tx:
        assert {tx.cases.get(case).state for case in others} == {CaseState.CLOSED}
    for number in range(5, 17):  # more tries than the ladder has, all within the two working days of the pack
        hand.on(hours=1)
        others.append(post(office, application(number, "business-licence", LICENCE)))
        settle(office)
    with store.read() as tx:
        assert tx.cases.get(first).state is CaseState.VERIFYING
    source.rows.clear()
    for _ in range(4):
        with store.begin() as tx:  # the last tries may have opened the breaker, which counts the machine's time
            tx.lanes.sooner("registers", tx.machine_now())
        hand.on(minutes=30)
        settle(office)
    with store.read() as tx:
        assert tx.cases.get(first).state is CaseState.CLOSED, "and an answer that comes late in it counts"


@dataclass
class Hall:
    """An approving system that answers as it is told to."""

    error: PortError | None = None
    heard: list[str] = field(default_factory=list)

    def tell(self, notice: Notice, *, key: str) -> Receipt:
        if self.error is not None:
            raise self.error
        self.heard.append(key)
        return Receipt(reference="", at=datetime.now(UTC))


def open_rows(store: Store, kind: str) -> list[Row]:
    with store.read() as tx:
        return [held for held in tx.work.page(kind=kind, limit=200) if held["state"] != "done"]


def test_a_result_that_cannot_be_delivered_is_tried_for_its_term_and_then_kept_and_shown(store: Store, hand: Hand) -> None:
    hall = Hall(error=Unavailable("http_503"))
    platform = Platform(as_of=hand(), away=True)
    sources, credit = {"registers": Table(default="=")}, {"platform": platform}
    office = open_office(store, hand, sources=sources, approving={"hall": hall}, credit=credit)
    given = application(1, "business-licence", LICENCE)
    with store.begin() as tx:
        tx.credit.state(given.subject_kind, given.subject_code, "A", hand(), "platform")
    post(office, given)
    for _ in range(7):
        settle(office)
        hand.on(hours=1)
    assert {held["state"] for kind in ("tell", "credit") for held in open_rows(store, kind)} <= {"waiting", "ready"}
    hand.on(days=2)
    settle(office)
    assert {held["state"] for held in open_rows(store, "tell")} == {"quarantined"}
    assert {held["error"] for held in open_rows(store, "tell")} == {"http_503"}
    assert [held["about"] for held in matters(store, "callback_stuck")] == ["hall:bureau"]
    assert {held["state"] for held in open_rows(store, "credit")} <= {"waiting", "ready"}, "the pack gives it seven working days"
    hand.on(days=14)
    settle(office)
    (entry,) = open_rows(store, "credit")
    assert (entry["state"], [held["about"] for held in matters(store, "credit_stuck")]) == ("quarantined", ["platform:bureau"])
    platform.away = False
    with store.begin() as tx:
        tx.work.retry(entry["id"], hand())
        tx.lanes.succeeded("platform")
    settle(office)
    assert (len(platform.entries), matters(store, "credit_stuck")) == (1, []), "it is over when the platform has it"


def test_orders_whose_connector_has_left_the_settings_are_kept_and_shown_and_never_called_done(store: Store, hand: Hand) -> None:
    platform, hall = Platform(as_of=hand()), Hall()
    before = open_office(
        store, hand, sources={"registers": Table(default="=")}, approving={"hall": hall}, credit={"old-name": platform}
    )
    given = application(1, "business-licence", LICENCE)
    with store.begin() as tx:
        tx.credit.state(given.subject_kind, given.subject_code, "A", hand(), "old-name")
    case = post(before, given)
    after = open_office(store, hand, sources={"registers": Table(default="=")})
    settle_only(before, "ask")
    settle(after)
    told = {(held["kind"], held["state"], held["error"]) for kind in ("tell", "credit") for held in open_rows(store, kind)}
    assert told == {(kind, "quarantined", "connector_not_configured") for kind in ("tell", "credit")}
    assert len(matters(store, "callback_stuck")) == len(matters(store, "credit_stuck")) == 1
    assert (platform.entries, hall.heard, case != "") == ([], [], True)


def test_a_source_that_has_left_the_settings_costs_no_case_its_way_and_what_waits_goes_on_when_it_is_back(
    store: Store, hand: Hand
) -> None:
    sources = {"registers": Table(default="=")}
    case = post(open_office(store, hand, sources=sources), application(1, "business-licence", LICENCE))
    settle(open_office(store, hand))
    with store.read() as tx:
        assert (tx.cases.get(case).state, tx.cases.evidence(case)) == (CaseState.VERIFYING, [])
    (held,) = matters(store, BARRED)
    assert (held["about"], json.loads(held["body"])["error"]) == ("registers", "source_not_configured")
    back = open_office(store, hand, sources=sources)
    with store.begin() as tx:
        tx.lanes.look_again(tx.machine_now())
    settle(back)
    with store.read() as tx:
        assert {piece.verdict for piece in tx.cases.evidence(case)} == {Verdict.MATCH}
    assert matters(store, BARRED) == []


def test_a_source_that_was_never_set_up_is_an_offices_way_of_working_and_the_next_way_begins(store: Store, hand: Hand) -> None:
    case = post(open_office(store, hand), application(1, "business-licence", LICENCE))
    settle(open_office(store, hand))
    with store.read() as tx:
        assert {(piece.verdict, piece.note) for piece in tx.cases.evidence(case)} == {
            (Verdict.CANNOT_SAY, "source_not_configured")
        }
        assert {piece.attempts for piece in tx.cases.evidence(case)} == {0}, "nobody was asked"
    assert matters(store, BARRED) == []


def settle_only(office: Office, kind: str) -> None:
    """Carry out what is due of a kind."""
    for work in claim(office):
        if work.kind == kind:
            carry_out(office, work)
    let_lapse(office)


def test_an_entry_decided_while_there_is_no_platform_waits_for_one_and_is_not_lost(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default="=")}
    office = open_office(store, hand, sources=sources)
    for number in (1, 2):
        post(office, application(number, "business-licence", LICENCE))
    settle(office)
    hand.on(days=30)
    settle(office)
    assert [held["about"] for held in matters(store, "credit_unplaced")] == ["bureau"], "one matter for the agency"
    assert {(held["state"], held["error"], held["attempts"]) for held in open_rows(store, "credit")} == {
        ("waiting", "no_platform", 0)
    }
    with store.read() as tx:
        (line,) = opswords._attention(tx, "zh-Hans")
    assert line == "因未设置信用平台而等待报送的信用记录：2", "it counts the records, as its words say"
    platform = Platform(as_of=hand())
    later = open_office(store, hand, sources=sources, credit={"platform": platform})
    with store.begin() as tx:
        place_credit(later, tx, hand())
    settle(later)
    assert (len(platform.entries), open_rows(store, "credit"), matters(store, "credit_unplaced")) == (2, [], [])


@pytest.mark.parametrize("error", [Refused("http_400", origin="them"), DENIED], ids=["this one", "us"])  # type: ignore[arg-type]
def test_what_is_refused_for_itself_is_shown_at_once_and_what_bars_us_holds_the_connector(
    store: Store, hand: Hand, error: PortError
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")}, approving={"hall": Hall(error=error)})
    post(office, application(1, "business-licence", LICENCE))
    settle(office)
    barred = isinstance(error, Barred)
    assert {held["state"] for held in open_rows(store, "tell")} <= ({"waiting", "ready"} if barred else {"quarantined"})
    assert (len(matters(store, BARRED)), len(matters(store, "callback_stuck"))) == ((1, 0) if barred else (0, 1))
