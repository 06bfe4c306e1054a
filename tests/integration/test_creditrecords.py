"""A credit record's life: it bars, is contested, repaired, annulled, and is shown no more by itself. Scenarios 2–4, 61, 62, 64."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inspector.daemon import sweeps
from inspector.domain import creditrecord
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome, Route
from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.docket import AMEND_BY_HAND, DocketKind
from inspector.domain.errors import Refusal
from inspector.domain.gate import OutsideBar
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState
from inspector.flows import annulling, creditbook, eligibility, objections, repairs, review
from inspector.flows.bars import bar_id
from inspector.flows.office import Office
from inspector.labels import told
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.creditplatform import CreditPlatform, platform
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_acts import catalogued
from tests.integration.test_way import LICENCE
from tests.proceedings import decided, recorded

pytestmark = pytest.mark.alike

PAPERS = ((RepairPaper.CORRECTED, "a" * 64), (RepairPaper.COMMITMENT, "b" * 64))
NAMES = {"a" * 64: "整改验收单", "b" * 64: "公开信用承诺书"}
FALSE = {"registration-status": "注销"}


@dataclass
class Place:
    """An office with two receivers of entries, and a hand on the time."""

    office: Office
    first: CreditPlatform
    second: CreditPlatform
    hand: Hand
    number: int = 0

    def commits(self, subject: int, claims: dict[str, str] = LICENCE, **changes: Any) -> str:
        """A subject commits; its case, settled."""
        self.number += 1
        code = f"TEST{subject:014d}"
        on = self.office.calendar.local_date(self.hand())
        told: dict[str, Any] = {"reference": f"R-{self.number:06d}", "subject_code": code, "signed_on": on}
        given = application(subject, "business-licence", claims, **(told | changes))
        with self.office.store.begin() as tx:
            tx.credit.state(given.subject_kind, given.subject_code, "D", self.hand(), "platform")
        case_id = post(self.office, given)
        settle(self.office)
        return case_id

    def found(
        self,
        subject: int,
        outcome: Outcome = Outcome.FALSE_KNOWING,
        act: str = "act-false",
        *,
        brought: bool = True,
        **changes: Any,
    ) -> str:
        """An officer finds a commitment false, or untrue; the entry, whose decision is `brought` to its subject on the same day."""
        case_id = self.commits(subject, {**LICENCE, **FALSE}, **changes)
        with self.office.store.begin() as tx:
            cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
            review.conclude(self.office, tx, case_id, "hall", self.hand())
            review.decide(self.office, tx, case_id, outcome, "李四", "登记已注销", cited, self.hand(), act=act)
        recorded(self.office, self.hand, case_id, brought=brought)
        settle(self.office)
        with self.office.store.read() as tx:
            entry = tx.cases.get(case_id).entry
        assert entry is not None
        return entry

    def record(self, entry: str) -> Record:
        with self.office.store.read() as tx:
            return tx.records.get(entry)

    def matters(self, kind: str) -> list[str]:
        with self.office.store.read() as tx:
            return [str(row["about"]) for row in tx.attention.page(None, 200) if row["kind"] == kind]

    def repaired(self, entry: str) -> None:
        """Somebody asks with all papers, an officer grants it."""
        with self.office.store.begin() as tx:
            repairs.ask(self.office, tx, entry, "已改正", PAPERS, "hall", self.hand(), names=NAMES)
            repairs.decide(self.office, tx, entry, "王五", "符合修复条件", self.hand(), grant=True)
        settle(self.office)

    def objects(self, entry: str, words: str = "登记在承诺之后才注销") -> str:
        with self.office.store.begin() as tx:
            made = objections.object(self.office, tx, entry, words, (), "link", self.hand())
        settle(self.office)
        return made.id

    def decides(self, objection: str, officer: str, *, upheld: bool) -> None:
        with self.office.store.begin() as tx:
            by = Signed(by=officer, token=f"t-{officer}", at=self.hand())
            objections.decide(self.office, tx, objection, by, "经核对", self.hand(), upheld=upheld)
        settle(self.office)


@contextmanager
def place(store: Store, hand: Hand, folder: Path, *, direct: bool = True, **config: object) -> Iterator[Place]:
    (folder / "2").mkdir()
    with platform(hand, folder, **config) as (first, one, _), platform(hand, folder / "2") as (second, two, _):
        registers = Table(rows={("registration-status", f"TEST{number:014d}"): "存续" for number in range(30)}, default="=")
        office = open_office(store, hand, sources={"registers": registers}, credit={"platform": one, "sector": two})
        office = catalogued(office)
        office = at_once(office) if direct else office
        yield Place(office=replace(office, copies=("sector",)), first=first, second=second, hand=hand)


def at_once(office: Office) -> Office:
    """The office by packs whose one proceeding is that of the entry, so that nothing else is under way in these tests."""
    alone = Proposal.RECORD_CREDIT
    rows = [(pack, pack.consequences) for pack in office.book.packs]
    packs = tuple(replace(pack, consequences={alone: held[alone]} if alone in held else {}) for pack, held in rows)
    return replace(office, book=replace(office.book, packs=packs))


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


@pytest.mark.slow
def test_an_earlier_false_commitment_bars_until_repaired_and_the_repair_opens_the_gate_by_itself(here: Place) -> None:
    """Scenarios 2, 3, 4: level D is no bar, untrue is not false, and who brings the certificate passes without a mark."""
    entry = here.found(1)
    here.found(2, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    assert here.commits(2), "untrue is not false, and level D bars nobody"
    before = here.office.calendar.local_date(here.hand())
    here.hand.on(days=1)
    for signed in (before.replace(day=1), here.hand().date()):
        with pytest.raises(Refusal, match="subject_barred") as refused:
            here.commits(1, signed_on=signed)
        assert refused.value.facts["record"] == entry
        assert refused.value.facts["since"] == before.isoformat()
        assert refused.value.facts["repairable_from"] == here.record(entry).repairable_from.isoformat()
    bare = {"route": Route.CERTIFICATE, "signed_on": None, "letter_text": "", "letter_digest": "", "signed_by": ""}
    assert here.commits(1, {}, **bare)
    here.hand.on(days=95)
    settle(here.office)
    assert here.matters(creditbook.REPAIRABLE) == [entry], "people are told on the day"
    with here.office.store.read() as tx:
        told = tx.servings.get(f"{entry}:repairable")
    assert (told.kind, told.state.open) == (NoticeKind.REPAIRABLE, True), (
        "and so is its subject, who may ask by the notice's link"
    )
    early = here.hand().date()
    here.hand.on(days=1)
    here.repaired(entry)
    assert here.matters(creditbook.REPAIRABLE) == []
    with here.office.store.read() as tx:
        assert tx.servings.get(f"{entry}:repairable").state is NoticeState.CANCELLED, "and nobody brings it any more"
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1, signed_on=early)
    assert here.commits(1), "a letter of the day of the repair is accepted"
    assert (here.first.became[entry], here.second.became[entry]) == (["REPAIRED"], ["REPAIRED"])


def test_an_objection_marks_at_once_bars_nobody_and_is_decided_by_another_officer(here: Place) -> None:
    """Scenario 62."""
    entry = here.found(1)
    objection = here.objects(entry)
    with here.office.store.read() as tx:
        assert objections.holds(tx, here.record(entry).case_id)
    assert here.matters(creditbook.CONTESTED) == [objection]
    assert (here.first.became[entry], here.second.became[entry]) == (["MARKED"], ["MARKED"])
    assert here.commits(1)
    with pytest.raises(Refusal, match="objection_same_officer"):
        here.decides(objection, "李 四", upheld=False)
    with here.office.store.begin() as tx:
        own = tx.records.objection(objection)
        longer = objections.pass_on(
            here.office, tx, objection, Signed(by="周八", token="", at=here.hand()), "需登记机关核查", here.hand()
        )
    assert own.due_at is not None
    assert longer.due_at is not None
    assert (own.due_at.date(), longer.due_at.date()) == (date(2026, 3, 5), date(2026, 3, 11))
    here.hand.on(days=10)
    settle(here.office)
    with here.office.store.read() as tx:
        assert tx.attention.standing(creditbook.CONTESTED)[0]["overdue"] is True
    here.decides(objection, "王五", upheld=False)
    with here.office.store.read() as tx:
        assert tx.servings.get(f"{objection}:objection").reasons == "经核对"
    assert here.first.became[entry] == here.second.became[entry] == ["MARKED", "UNMARKED"]
    assert here.matters(creditbook.CONTESTED) == []
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1)


def test_nobody_hears_twice_of_an_entry_that_an_officer_decided_nor_of_a_kept_promise(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    kept = post(case.office, application(2, "business-licence", {"registration-status": "吊销"}))
    settle(case.office)
    with store.read() as tx:
        good = tx.cases.get(kept).entry
        assert good is not None
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    with store.read() as tx:
        assert not tx.servings.find(f"{entry}:record")
        assert not tx.servings.find(f"{good}:record")


@pytest.mark.slow
def test_what_a_court_annuls_is_deleted_at_every_receiver_however_long_it_is_away(here: Place) -> None:
    """Scenario 61: the bar is lifted at once, and a retraction follows every copy until each has acknowledged it."""
    entry = here.found(1)
    assert entry in here.first.entries
    assert entry in here.second.entries
    here.second.mode = "away"
    with here.office.store.begin() as tx:
        annulling.entry(here.office, tx, entry, Annulled.COURT, "（2026）行初1号", "王五", here.hand())
    assert here.record(entry).state is RecordState.ANNULLED
    assert here.commits(1)
    for _ in range(4):
        here.hand.on(days=1)
        settle(here.office)
    assert entry not in here.first.entries
    assert entry in here.second.entries
    assert open_retractions(here.office) == 1
    here.second.mode = "ok"
    here.hand.on(days=3)
    with here.office.store.begin() as tx:
        tx.lanes.succeeded("sector")
    settle(here.office)
    assert entry not in here.second.entries
    assert open_retractions(here.office) == 0
    with here.office.store.read() as tx:
        kept = [row["rule"] for row in tx.ledger.about(here.record(entry).case_id)]
    assert {"credit.recorded", "officer.review", "credit.annulled"} <= set(kept)
    assert kept.count("credit.retracted") == 2


def test_a_serious_entry_is_shown_for_three_years_and_no_repair_is_asked_for_within_the_first(here: Place) -> None:
    """Scenario 64."""
    entry = here.found(1, act="act-false-grave")
    with pytest.raises(Refusal, match="repair_early") as refused, here.office.store.begin() as tx:
        repairs.ask(here.office, tx, entry, "", PAPERS, "hall", here.hand())
    assert refused.value.facts["earliest"] == "2027-03-03"
    assert "（严重，" in told(refused.value, "zh-Hans")
    here.hand.on(days=3 * 365)
    settle(here.office)
    assert here.record(entry).state is RecordState.STANDING
    here.hand.on(days=2)
    settle(here.office)
    gone = here.record(entry)
    assert (gone.state, gone.lapsed_on) == (RecordState.LAPSED, date(2029, 3, 3))
    assert here.first.became[entry] == here.second.became[entry] == ["LAPSED"]
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1)


def test_an_upheld_objection_annuls_what_was_entered_before_there_were_records_too_and_a_repair_lacks_its_papers(
    here: Place,
) -> None:
    entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    with here.office.store.begin() as tx:
        tx.connection.exec_driver_sql("DELETE FROM credit_record")
    creditbook.take_over_all(here.office)
    assert here.record(entry).most_until == date(2026, 6, 2)
    with here.office.store.begin() as tx:
        held = repairs.ask(here.office, tx, entry, "已改正", PAPERS[:1], "hall", here.hand())
    assert held.repair is not None
    began = held.repair.due_at
    assert began is not None, "our clock begins with the asking, whatever lacks"
    with pytest.raises(Refusal, match="repair_lacks") as refused, here.office.store.begin() as tx:
        repairs.decide(here.office, tx, entry, "王五", "符合条件", here.hand(), grant=True)
    assert refused.value.facts["papers"] == ("COMMITMENT",)
    assert "缺少：公开信用承诺；" in told(refused.value, "zh-Hans")
    with here.office.store.begin() as tx:
        held = repairs.ask(here.office, tx, entry, "", PAPERS[1:], "hall", here.hand())
    assert held.repair is not None
    assert held.repair.due_at == began
    here.decides(here.objects(entry), "王五", upheld=True)
    assert (here.first.entries, here.second.entries, here.record(entry).ended_by) == ({}, {}, "OBJECTION")


def test_who_annuls_without_a_part_in_it_upholds_what_was_objected_and_who_objected_is_told(here: Place) -> None:
    entry = here.found(1)
    objection = here.objects(entry)
    with here.office.store.begin() as tx:
        annulling.entry(here.office, tx, entry, Annulled.REVIEW_BODY, "复决字1号", "王五", here.hand())
    settle(here.office)
    with here.office.store.read() as tx:
        held, told = tx.records.objection(objection), tx.servings.get(f"{objection}:objection")
        assert not tx.records.objections(case_id=held.case_id)
    assert (held.state, held.decided_by, told.reasons) == (ObjectionState.UPHELD, "王五", held.reasons)
    assert "复决字1号" in told.reasons, "by which paper"
    assert (here.record(entry).ended_by, here.matters(creditbook.CONTESTED)) == ("REVIEW_BODY", [])
    assert (here.first.entries, here.second.entries) == ({}, {})


@pytest.mark.slow
def test_who_says_the_same_again_has_said_it_once_and_the_gate_does_not_open_anew(here: Place) -> None:
    entry = here.found(1)
    objection = here.objects(entry)
    assert here.objects(entry) == objection
    here.decides(objection, "王五", upheld=False)
    assert here.objects(entry, " 登记在承诺之后才注销 ") == objection, "blanks are no new words"
    assert not here.record(entry).contested
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1)
    more = here.objects(entry, "登记机关已经更正，见附件")
    assert more != objection, "who has more to say is heard"
    assert here.record(entry).contested
    assert here.matters(creditbook.CONTESTED) == [more]
    assert here.first.became[entry] == ["MARKED", "UNMARKED", "MARKED"], "and marked at every receiver"
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1)


@pytest.mark.slow
def test_what_was_rejected_once_lets_nobody_in_again_by_one_word_more_and_is_taken_marked_and_decided(here: Place) -> None:
    entry = here.found(1)
    first, beside = here.objects(entry), here.objects(entry, "承诺由代办人代签")
    assert here.commits(1), "until it was judged it bars nobody"
    here.hand.on(hours=1)
    here.decides(first, "王五", upheld=False)
    assert here.commits(1, reference="R-2"), "what was said before that is heard, too, before it bars again"
    here.decides(beside, "王五", upheld=False)
    again = here.objects(entry, "登记在承诺之后才注销，另有证人")
    told = here.record(entry)
    assert (told.contested, creditrecord.told(told).data["bars"]) == (True, True)
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1, reference="R-3")
    here.decides(again, "王五", upheld=True)
    assert here.commits(1, reference="R-3"), "an officer's word opens the gate"


def test_a_receiver_that_no_program_can_tell_is_told_by_a_person(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path, path_amend="") as here:
        entry = here.found(1)
        here.objects(entry)
        assert here.matters(AMEND_BY_HAND) == [f"{entry}@platform:MARKED"]
        assert here.second.became[entry] == ["MARKED"]
        with here.office.store.read() as tx:
            (told,) = tx.attention.standing(AMEND_BY_HAND)
            (row,) = (one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.AMENDMENT)
        assert (row.due_at.isoformat(), row.due_at > here.hand()) == (told["due_at"], True), (
            "by the days for a change at a receiver"
        )


def test_a_bad_record_of_another_authority_bars_by_its_dates_and_until_its_repair(here: Place) -> None:
    today = here.hand().date()
    code = f"TEST{5:014d}"
    given = application(5, "business-licence", LICENCE)
    made = OutsideBar(
        id=bar_id(given.subject_kind, code, "某市税务局", "税罚〔2026〕7号"),
        kind=given.subject_kind,
        code=code,
        agency="bureau",
        authority="某市税务局",
        document="税罚〔2026〕7号",
        ground="虚开发票",
        since=today,
        until=date(2026, 3, 20),
    )
    with here.office.store.begin() as tx:
        first = eligibility.enter(here.office, tx, [made], "李四", here.hand())
        assert first.added == 1
        assert eligibility.enter(here.office, tx, [made], "李四", here.hand()).same == 1
    with pytest.raises(Refusal, match="subject_barred") as refused:
        here.commits(5)
    assert (refused.value.facts["document"], refused.value.facts["until"]) == ("税罚〔2026〕7号", "2026-03-20")
    with here.office.store.begin() as tx:
        (held,) = first.held  # an office that seals keeps it under an id of its own
        eligibility.repair(here.office, tx, held.id, ["bureau"], date(2026, 3, 2), "税修〔2026〕1号", "李四", here.hand())
    assert here.commits(5)


def open_retractions(office: Office) -> float:
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    held = metrics.registry.get_sample_value("inspector_credit_retractions_open")
    assert held is not None
    return held
