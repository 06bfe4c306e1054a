"""Whatever is objected, repaired, annulled, withdrawn, and however receivers die and return: no bar without officer, act and basis.

At the end every receiver has what stands and nothing else, and no retraction is open (scenarios 2, 61, 62, 64).
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Signed
from inspector.domain.creditrecord import Amend, Record, RecordState
from inspector.domain.errors import InspectorError, Refusal
from inspector.domain.objection import ObjectionState
from inspector.domain.wayto import ServiceWay
from inspector.flows import annulling, eligibility, objections, reached, repairs, review
from inspector.flows.intake import drafted
from inspector.flows.office import Office
from inspector.store.tx import Tx
from tests.creditplatform import CreditPlatform, platform
from tests.house import Hand, Table, application, closing, open_office, open_store, post
from tests.integration.test_acts import catalogued
from tests.integration.test_creditrecords import PAPERS, at_once
from tests.integration.test_way import LICENCE
from tests.proceedings import recorded
from tests.property.test_books_properties import Story

SUBJECTS = 3
STEPS = ("found", "serve", "withdraw", "object", "uphold", "reject", "repair", "annul")
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(STEPS), st.integers(0, SUBJECTS - 1)),
        st.tuples(st.sampled_from(["first", "second"]), st.sampled_from(["ok", "away", "lost", "reset", "garbage"])),
        st.tuples(st.sampled_from(["work", "dies", "day", "season", "forget"]), st.just(0)),
    ),
    max_size=24,
)


class Life(Story):
    """An office with two receivers of entries, and what becomes of its subjects' records."""

    def __init__(self, office: Office, first: CreditPlatform, second: CreditPlatform, hand: Hand) -> None:
        super().__init__(office, first, hand)
        self.receivers = {"first": first, "second": second}
        self.entries: dict[int, str] = {}

    def does(self, what: str, told: object) -> None:
        if what in self.receivers:
            self.receivers[what].mode = str(told)
        elif what in STEPS:
            with suppress(InspectorError):  # what is refused has changed nothing
                getattr(self, what)(int(str(told)))
        elif what == "season":
            self.hand.on(days=100)
            self.works()
        else:
            super().does(what, told)
        self.holds()

    def found(self, number: int) -> None:
        if number in self.cases:
            return
        given_ = application(number, "business-licence", {**LICENCE, "registration-status": "注销"})
        with self.office.store.begin() as tx:
            tx.credit.state(given_.subject_kind, given_.subject_code, "D", self.hand(), "platform")
        self.cases[number] = case_id = post(self.office, given_)
        self.works(lanes=["platform", "sector"])
        with self.office.store.begin() as tx:
            cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
            review.decide(
                self.office, tx, case_id, Outcome.FALSE_KNOWING, "李四", "登记已注销", cited, self.hand(), act="act-false"
            )
        recorded(self.office, self.hand, case_id, brought=number > 0)  # the decision about the first one comes when it is served
        with self.office.store.read() as tx:
            self.entries[number] = str(tx.cases.get(case_id).entry)

    def serve(self, number: int) -> None:
        with self.office.store.begin() as tx:
            mine = next(iter(tx.consequences.of_case(self.cases.get(number, "-"))), None)
            if mine is not None:
                proof = ServiceWay.PAPER, "回证3", "李四", self.hand()
                reached.served(self.office, tx, f"{mine.id}:decision", self.hand().date(), *proof)

    def withdraw(self, number: int) -> None:
        self.withdraws(number)

    def object(self, number: int) -> None:
        with self.office.store.begin() as tx:
            objections.object(self.office, tx, self.entries.get(number, "-"), f"不属实，{self.hand()}", (), "link", self.hand())

    def uphold(self, number: int) -> None:
        self._decide(number, upheld=True)

    def reject(self, number: int) -> None:
        self._decide(number, upheld=False)

    def _decide(self, number: int, *, upheld: bool) -> None:
        with self.office.store.begin() as tx:
            for one in tx.records.objections(about=self.entries.get(number, "-"))[:1]:
                who = {name: Signed(by=name, token="", at=self.hand()) for name in ("李四", "王五")}
                with pytest.raises(Refusal, match="objection_same_officer"), tx.savepoint():
                    objections.decide(self.office, tx, one.id, who["李四"], "经核对", self.hand(), upheld=upheld)
                objections.decide(self.office, tx, one.id, who["王五"], "经核对", self.hand(), upheld=upheld)

    def repair(self, number: int) -> None:
        with self.office.store.begin() as tx:
            repairs.ask(self.office, tx, self.entries.get(number, "-"), "", PAPERS, "hall", self.hand())
            repairs.decide(self.office, tx, self.entries[number], "王五", "符合条件", self.hand(), grant=True)

    def annul(self, number: int) -> None:
        with self.office.store.begin() as tx:
            annulling.entry(self.office, tx, self.entries.get(number, "-"), Annulled.COURT, "判决", "王五", self.hand())

    def holds(self) -> None:
        """Who is barred is barred by a record with its officer, act and basis; nobody is by what is repaired, annulled, or contested.

        What was contested once and rejected bars on, whatever is objected anew: each thing is suspended until it was judged once. What has
        not come to its subject bars nobody, and no receiver has heard of it.
        """
        for number, entry in self.entries.items():
            today = self.hand().date()
            with self.office.store.read() as tx:
                record = tx.records.get(entry)
                given_ = replace(application(number, "business-licence", LICENCE), signed_on=today)
                case = drafted(given_, "hall", self.office.book.get("demo@1"), self.hand())
                refused: Refusal | None = None
                try:
                    eligibility.admit(self.office, tx, case, self.hand())
                except Refusal as error:
                    refused = error
                if refused is None:
                    assert (record.contested and not self.judged(tx, record)) or record.state.over or not record.in_effect
                    assert record.in_effect or not any(entry in outside.made for outside in self.receivers.values())
                    continue
                assert record.in_effect
                assert refused.facts["record"] == entry
                assert (record.decided_by, record.act) == ("李四", "act-false")
                assert record.basis
                assert record.state in (RecordState.STANDING, RecordState.LAPSED)
                assert self.judged(tx, record) or not objections.holds(tx, record.case_id)

    def judged(self, tx: Tx, record: Record) -> bool:
        """Whether an objection to a record was rejected, before each came that is open now."""
        said = tx.records.objections(case_id=record.case_id, open_ones=False)
        rejected = [one.decided_at for one in said if one.state is ObjectionState.REJECTED and one.decided_at is not None]
        return any(all(at <= one.opened_at for one in said if one.state is ObjectionState.OPEN) for at in rejected)

    def settles(self) -> None:
        for one in self.receivers.values():
            one.mode = "ok"
        for _ in range(5):
            self.hand.on(days=3)
            with self.office.store.begin() as tx:  # a person sends round again what a platform would not take
                for row in tx.work.page(state="quarantined", limit=100):
                    tx.work.retry(row["id"], self.hand())
            self.works()


def lives(doings: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/inspector.sqlite3")) as store:
        hand = Hand()
        for name in ("1", "2"):
            (Path(folder) / name).mkdir()
        with platform(hand, Path(folder) / "1") as (first, one, _), platform(hand, Path(folder) / "2") as (second, two, _):
            office = open_office(
                store, hand, sources={"registers": Table(default="存续")}, credit={"platform": one, "sector": two}
            )
            life = Life(replace(at_once(catalogued(office)), copies=("sector",)), first, second, hand)
            for what, told in doings:
                life.does(what, told)
            life.settles()
            with store.read() as tx:
                records = {entry: tx.records.get(entry) for entry in life.entries.values()}
                retractions = [
                    row["key"] for row in tx.work.page(limit=1000) if row["kind"] == "credit.retract" and row["state"] != "done"
                ]
            assert retractions == []
            standing = {entry for entry, one in records.items() if one.state not in (RecordState.ANNULLED, RecordState.FALLEN)}
            for outside in (first, second):
                lacking = standing - set(outside.entries)
                assert set(outside.entries) <= standing
                assert all(not records[one].in_effect or records[one].suspended or records[one].state.over for one in lacking)
                for entry in standing - lacking:
                    told_ = [one for one in outside.became.get(entry, []) if one in (Amend.MARKED, Amend.UNMARKED)]
                    assert (told_[-1:] == [Amend.MARKED]) is records[entry].contested


HISTORIES: list[list[tuple[str, object]]] = [
    [("found", 1), ("work", 0), ("second", "away"), ("object", 1), ("uphold", 1), ("work", 0), ("day", 0), ("work", 0)],
    [("found", 1), ("object", 1), ("work", 0), ("first", "lost"), ("reject", 1), ("work", 0), ("object", 1), ("dies", 0)],
    [("found", 2), ("second", "garbage"), ("work", 0), ("season", 0), ("repair", 2), ("annul", 2), ("forget", 0)],
    [("found", 0), ("dies", 0), ("annul", 0), ("work", 0), ("annul", 0)],
    [
        ("found", 0),
        ("work", 0),
        ("season", 0),
        ("second", "away"),
        ("serve", 0),
        ("work", 0),
        ("object", 0),
        ("second", "ok"),
        ("day", 0),
    ],
    [("found", 0), ("serve", 0), ("object", 0), ("work", 0), ("season", 0), ("reject", 0), ("dies", 0), ("work", 0)],
    [("found", 0), ("object", 0), ("serve", 0), ("first", "lost"), ("work", 0), ("uphold", 0), ("serve", 0), ("work", 0)],
    [("found", 1), ("work", 0), ("object", 1), ("reject", 1), ("day", 0), ("object", 1)],
]


@pytest.mark.slow
@pytest.mark.parametrize("doings", HISTORIES)
def test_receivers_end_with_what_stands_and_nobody_is_barred_without_reason(doings: list[tuple[str, object]]) -> None:
    lives(doings)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(DOINGS)
def test_receivers_end_with_what_stands_whatever_happens(doings: list[tuple[str, object]]) -> None:
    lives(doings)
