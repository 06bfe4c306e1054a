"""Who was asked what about whom: on record once for each question that left, and for nothing that did not."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from inspector.daemon.schedules import schedules
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.inquiry import Asked
from inspector.domain.manners import Manners, Window
from inspector.flows import review, verify
from inspector.ports import Answer, Garbled, Origin, PortError, Question, Refused, Unavailable
from inspector.settings import Schedules
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, application, claim, open_office, post, settle
from tests.integration.test_digest import NEXT, digesting
from tests.integration.test_letters import Desk
from tests.integration.test_way import HOUSEHOLD, LICENCE, Post, person
from tests.operator import one_database, settled

database_url = one_database

pytestmark = pytest.mark.alike


def test_each_question_that_left_is_on_record_once_with_its_ground_and_its_end(store: Store, hand: Hand) -> None:
    """The register of incomes answers, that of households has nothing: then the civil affairs bureau is asked by letter."""
    civil = Post("civil-affairs")
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": civil})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    with store.read() as tx:
        case, held = tx.cases.get(case_id), tx.inquiries.of_case(case_id)
        assert tx.inquiries.about(case.subject.kind, case.subject.code, "", 9) == held
    assert {(one.port, one.connector, one.fact, one.outcome) for one in held} == {
        (Asked.SOURCE, "registers", "household", "not_found"),
        (Asked.SOURCE, "social", "insured-income", "found"),
        (Asked.AGENCY, "civil-affairs", "household", "request"),
    }
    assert all(one.basis and one.owner and one.attempts == 1 and one.at == hand() for one in held)
    told = {str(value) for one in held for value in asdict(one).values()}
    assert not {case.subject.name, *HOUSEHOLD.values()} & told, "neither who it is by name nor what was promised"


def test_nothing_is_on_record_where_nobody_was_asked_and_an_outage_is_as_often_as_it_was_tried(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    nobody = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    away = Table(default=Unavailable("timeout", origin=Origin.WIRE))
    other = replace(office, connectors=replace(office.connectors, sources={"registers": away}))
    with store.begin() as tx:
        tx.lanes.ensure(["registers"])
    tried = post(other, application(2, "business-licence", LICENCE))
    for _ in range(40):
        settle(other)
        hand.on(days=1)
    with store.read() as tx:
        assert tx.inquiries.of_case(nobody) == []
        (held,) = tx.inquiries.of_case(tried)
    assert (held.outcome, held.attempts > 1) == ("no_answer", True)


def test_a_question_whose_case_was_withdrawn_meanwhile_left_all_the_same(store: Store, hand: Hand) -> None:
    def withdraw() -> None:
        with store.begin() as tx:
            review.withdraw(office, tx, case_id, "自行提供证明", "hall", hand())

    class Slow(Table):
        def ask(self, question, *, key):  # type: ignore[no-untyped-def]
            withdraw()
            return super().ask(question, key=key)

    office = open_office(store, hand, sources={"registers": Slow(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.read() as tx:
        assert [one.connector for one in tx.inquiries.of_case(case_id)] == ["registers"]


def test_the_record_is_shown_to_who_may_see_the_case_and_the_reading_is_written_down(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with serving(office) as edge, edge.as_("auditor") as client:
        (shown,) = client.get(f"/v1/cases/{case_id}/inquiries").json()["inquiries"]
        assert client.get(f"/v1/cases/{'0' * 32}/inquiries").status_code == 404
    assert (shown["port"], shown["fact"], shown["outcome"]) == ("source", "registration-status", "found")
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(case_id)].count("inquiry.read") == 1


def test_the_record_outlasts_its_work_and_leaves_after_its_own_days(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    told = Schedules(keep_inquiries_days=1_100)
    for days, left in ((1_099, 1), (2, 0)):
        hand.on(days=days)
        with store.begin() as tx:
            order = schedules(told, {}, hand())["sweep:forget"].order(hand(), hand())
            tx.work.order([replace(order, key=f"forget:{days}")], hand())
        settle(office)
        with store.read() as tx:
            assert len(tx.inquiries.of_case(case_id)) == left


@pytest.mark.slow
def test_a_clerk_lists_what_was_asked_about_a_subject_in_words(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    store, hand = operator.store(), Hand()
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    hand.on(seconds=1)
    post(office, application(1, "business-licence", LICENCE, reference="R-2"))
    settle(office)
    store.close()
    first = operator.well("case", "inquiries", "--code", "test00000000000001", "--limit", "1")
    assert "a data-sharing source" in first.out
    assert "it has a record" in first.out
    assert "--after" in first.err
    rows = operator.well("case", "inquiries", "--code", "TEST00000000000001", "--json").json
    rest = operator.well("case", "inquiries", "--code", "TEST00000000000001", "--after", rows[0]["key"], "--json").json
    assert (len(rows), rest) == (2, rows[1:])
    assert operator.well("case", "inquiries", case_id, "--json").json == [rows[0]]
    assert operator.well("case", "inquiries", case_id, "--after", rows[0]["key"], "--json").json == []
    assert operator.say("case", "inquiries").code == 2
    assert timedelta(days=Schedules().keep_inquiries_days) > timedelta(days=3 * 365 + 1)


@pytest.mark.slow
def test_what_left_in_vain_is_on_record_though_the_case_is_withdrawn_and_what_waited_for_its_turn_is_not(
    store: Store, hand: Hand
) -> None:
    away = Table(default=Unavailable("timeout", origin=Origin.WIRE))
    office = open_office(store, hand, sources={"registers": away})
    left = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.begin() as tx:
        review.withdraw(office, tx, left, "自行提供证明", "hall", hand())
    hand.now = hand().replace(hour=21)
    asked, evening = len(away.asked), Manners(hours=(Window(begins=time(18), ends=time(20)),))
    waiting = post(office := replace(office, manners={"registers": evening}), application(2, "business-licence", LICENCE))
    settle(office)
    for _ in range(30):
        hand.now = hand().replace(hour=21)
        hand.on(days=1)
        settle(office)
    with store.read() as tx:
        (one,) = tx.inquiries.of_case(left)
        assert (one.outcome, one.attempts) == ("no_answer", asked)
        assert len(away.asked) == asked >= 1
        assert tx.inquiries.of_case(waiting) == []
        assert [(found.verdict, found.attempts) for found in tx.cases.evidence(waiting)] == [(Verdict.NO_ANSWER, 0)]


def test_what_left_after_a_first_try_that_never_left_is_on_record_and_counted_at_each(store: Store, hand: Hand) -> None:
    class Away(Table):
        def ask(self, question, *, key):  # type: ignore[no-untyped-def]
            self.asked.append(question)
            full = len(self.asked) == 1  # no call left the house
            raise Unavailable("pool_full" if full else "timeout", origin=Origin.US if full else Origin.WIRE, attempts=not full)

    away = Away()
    office = open_office(store, hand, sources={"registers": away})
    case_id = post(office, application(1, "business-licence", LICENCE))
    for _ in range(4):
        settle(office)
        hand.on(minutes=30)
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "自行提供证明", "hall", hand())
    with store.read() as tx:
        (one,) = tx.inquiries.of_case(case_id)
    assert one.attempts == len(away.asked) - 1 > 1
    assert one.outcome == "no_answer"


@pytest.mark.parametrize("fails", ["garbled", "withdrawn", "split"])
def test_a_digest_that_may_have_arrived_is_on_record_for_each_subject_in_it(fails: str, store: Store, hand: Hand) -> None:
    errors: dict[str, list[PortError]] = {
        "garbled": [Garbled("not_json", digest="0" * 64)],
        "withdrawn": [Unavailable("timeout", origin=Origin.WIRE) for _ in range(50)],
        "split": [Refused("http_413", origin=Origin.THEM)],
    }
    civil = Desk("civil-affairs", fails=[*errors[fails]])
    office = digesting(store, hand, civil)
    cases = [post(office, person(number, "relief-household", HOUSEHOLD)) for number in (1, 2)]
    settle(office)
    hand.now = NEXT
    settle(office)
    calls = len(errors[fails]) - len(civil.fails)
    for case_id in cases if fails == "withdrawn" else ():
        with store.begin() as tx:
            review.withdraw(office, tx, case_id, "自行提供证明", "hall", hand())
    with store.read() as tx:
        told = [[one for one in tx.inquiries.of_case(case_id) if one.port is Asked.AGENCY] for case_id in cases]
    ends = {
        "garbled": [("undeliverable", 1)],
        "withdrawn": [("no_answer", calls)],
        "split": [("undeliverable", 1), ("request", 1)],  # the digest, and the letter that went by itself
    }
    assert [[(one.outcome, one.attempts) for one in held] for held in told] == [ends[fails]] * 2


def test_a_question_without_its_basis_reaches_no_connector_though_that_would_ask(store: Store, hand: Hand) -> None:
    asked: list[Question] = []

    class Careless(Table):
        """A connector of others that looks at neither."""

        def ask(self, question: Question, *, key: str) -> Answer:
            asked.append(question)
            return super().ask(question, key=key)

    office = open_office(store, hand, sources={"registers": Careless(default="=")})
    post(office, application(1, "business-licence", LICENCE))
    row = next(row for row in claim(office) if row.kind == OrderKind.ASK)
    for lacking in (replace(row, payload={**row.payload, "basis": " "}), replace(row, case_id="")):
        made = verify.ask(lacking, office)
        assert (made.call, made.attempts) == ("refused", 0), "nothing left, and the claim goes its next way"
    assert asked == []
    verify.ask(row, office)
    assert [bool(one.case_id and one.basis) for one in asked] == [True]
