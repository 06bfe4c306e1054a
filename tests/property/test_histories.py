"""Over random histories of facts, objections, repairs, annulments, withdrawals and level changes nothing adverse comes about by itself.

Each effect has an officer, a basis, evidence and a notice; each open proposal a next step; a changed level changes only what comes later;
and credit receivers that die and return end with what stands and no open retraction (issue 7, what must be shown, 2).
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.creditrecord import Amend, RecordState
from inspector.domain.errors import InspectorError, Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind
from inspector.domain.wayto import ServiceWay
from inspector.flows import objections, reached, repairs, review
from inspector.store.tx import Tx
from tests.creditplatform import platform
from tests.house import Hand, Table, application, closing, open_office, open_store, post
from tests.integration.test_acts import catalogued
from tests.integration.test_creditrecords import PAPERS
from tests.proceedings import Proceeding
from tests.property.test_books_properties import Story
from tests.property.test_falling_properties import OFTEN, Life

MOST = 3
"""Cases of one history; of two subjects, so that one of them has an earlier one."""
STEPS = [*(what for what, times in OFTEN.items() for _ in range(times) if what != "day"), *["bring"] * 3]
ACTS = {
    Outcome.UNTRUE_CURABLE: "act-untrue-curable",
    Outcome.UNTRUE_INCURABLE: "act-untrue-incurable",
    Outcome.FALSE_KNOWING: "act-false",
}
MODES = ["ok", "away", "lost", "reset", "garbage"]


class Judged(Life):
    """A case whose officer names the dishonest act, as the catalogue asks; of its decisions one in three comes later than it was made."""

    def brings(self, number: int) -> bool:
        return number % 3 != 0

    def bring(self, number: int) -> None:
        """A decision comes to its subject, perhaps long after it, or after it fell."""
        office, hand = self.case.office, self.case.hand
        with office.store.begin() as tx:
            on_their_way = [
                one for one in tx.servings.of_case(self.case.case) if one.kind is NoticeKind.DECISION and one.state.open
            ]
            notice = self.pick(on_their_way, number)
            reached.served(office, tx, notice.id, hand().date(), ServiceWay.PAPER, "回证3", "李四", hand())

    def decide(self, number: int) -> None:
        outcome = [*ACTS][number % len(ACTS)]
        self.case.decide(outcome, act=ACTS[outcome])


class Histories(RuleBasedStateMachine):
    """An office with two receivers of entries, its people, and whatever they do in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        store = self.open.enter_context(closing(open_store(f"sqlite:///{folder}/inspector.sqlite3")))
        self.hand, self.receivers = Hand(), {}
        made = {}
        for name in ("platform", "sector"):
            (folder / name).mkdir()
            self.receivers[name], made[name], _ = self.open.enter_context(platform(self.hand, folder / name))
        office = open_office(store, self.hand, sources={"registers": Table(default="吊销")}, credit=made)
        self.office = replace(catalogued(office), copies=("sector",))
        self.story = Story(self.office, self.receivers["platform"], self.hand)
        self.lives: list[Life] = []
        self.taken = 0
        self.before: dict[str, tuple[bool, dict[str, ConsequenceState]]] = {}
        self.unsure = set[str]()
        self.suspended = set[str]()
        self.lacked: dict[str, set[str]] = {}

    # --- what happens

    @precondition(lambda self: len(self.lives) < MOST)
    @rule(outcome=st.sampled_from([*ACTS]), subject=st.integers(1, 2), concluded=st.booleans())
    def found(self, outcome: Outcome, subject: int, *, concluded: bool) -> None:
        """Somebody commits, the register says otherwise, an officer reviews it. Who is barred is so by a record with officer and act."""
        self.taken += 1
        given = application(subject, "business-licence", {"registration-status": "存续"})
        given = replace(given, reference=f"R-{self.taken:06d}", signed_on=self.hand().date())
        with self.office.store.begin() as tx:  # known, so that no receiver has to be there for its look-up
            tx.credit.state(given.subject_kind, given.subject_code, "D", self.hand(), "platform")
        try:
            case = post(self.office, given)
        except Refusal as error:
            with self.office.store.read() as tx:
                mine = tx.records.get(str(error.facts["record"]))
            assert (mine.act, mine.contested, bool(mine.decided_by)) == ("act-false", False, True)
            return
        self.story.works(lanes=[*self.receivers])
        with self.office.store.begin() as tx:
            if concluded:
                review.conclude(self.office, tx, case, "hall", self.hand())
            ids = tuple(one.id for one in tx.cases.evidence(case))
            told = ("李四", "查询结果与承诺不符", ids, self.hand())
            review.decide(self.office, tx, case, outcome, *told, act=ACTS[outcome], token="t-李四")
        self.lives.append(Judged(Proceeding(office=self.office, hand=self.hand, case=case)))

    @precondition(lambda self: self.lives)
    @rule(which=st.integers(0, MOST - 1), what=st.sampled_from(STEPS), number=st.integers(0, 11))
    def does(self, which: int, what: str, number: int) -> None:
        """A step of somebody; what is refused has changed nothing. What must hold of the case is asked after it."""
        self.lives[which % len(self.lives)].does(what, number)

    @precondition(lambda self: self.lives)
    @rule(which=st.integers(0, MOST - 1))
    def repaired(self, which: int) -> None:
        """The repair of a record is asked for with all papers, and granted."""
        with suppress(InspectorError), self.office.store.begin() as tx:
            for mine in tx.records.of_case(self.lives[which % len(self.lives)].case.case):
                repairs.ask(self.office, tx, mine.entry, "", PAPERS, "hall", self.hand())
                repairs.decide(self.office, tx, mine.entry, "王五", "符合条件", self.hand(), grant=True)

    @rule(subject=st.integers(1, 2), level=st.sampled_from("ABCD"))
    def level_changes(self, subject: int, level: str) -> None:
        """A platform states another level: what there is stays as it is."""
        before = self.judged()
        given = application(subject, "business-licence", {})
        with self.office.store.begin() as tx:
            tx.credit.state(given.subject_kind, given.subject_code, level, self.hand(), "platform")
        self.story.works(lanes=[*self.receivers])
        assert self.judged() == before, "a changed level changes only what comes later"

    @rule(name=st.sampled_from(["platform", "sector"]), mode=st.sampled_from(MODES))
    def receiver(self, name: str, mode: str) -> None:
        """A receiver dies, returns, or answers nonsense."""
        self.receivers[name].mode = mode
        if mode not in ("ok", "away"):
            self.unsure.add(name)

    @rule(days=st.sampled_from([0, 1, 15, 100]))
    def works(self, days: int) -> None:
        """Days pass, and what is due is carried out."""
        self.hand.on(days=days)
        self.story.works()

    @rule()
    def dies(self) -> None:
        """The daemon has asked everybody, and dies before it could write any of it down."""
        self.story.dies()

    # --- what must hold

    @invariant()
    def nothing_adverse_without_officer_basis_evidence_and_notice(self) -> None:
        with self.office.store.read() as tx:
            for life in self.lives:
                held = tx.consequences.of_case(life.case.case)
                for one in (one for one in held if one.imposed_at is not None):
                    _founded(tx, one)
                for mine in tx.records.of_case(life.case.case):
                    (ordered,) = (one for one in held if one.entry == mine.entry)
                    assert ordered.verdict is not None
                    assert (mine.decided_by, mine.basis != "") == (ordered.verdict.signed.by, True)

    @invariant()
    def nobody_outside_has_what_no_officer_has_decided(self) -> None:
        with self.office.store.read() as tx:
            known = {mine.entry for life in self.lives for mine in tx.records.of_case(life.case.case)}
        for outside in self.receivers.values():
            assert outside.entries.keys() <= known

    @invariant()
    def nobody_outside_has_heard_of_a_decision_that_has_not_come_to_its_subject(self) -> None:
        with self.office.store.read() as tx:
            waiting = [mine for life in self.lives for mine in tx.records.of_case(life.case.case) if not mine.in_effect]
        for mine in waiting:
            assert not mine.barring(self.hand().date())
            for outside in self.receivers.values():
                assert mine.entry not in outside.made

    @invariant()
    def nobody_hears_of_a_contested_discredit_for_the_first_time(self) -> None:
        """Of a receiver that has answered clearly whenever it was called: whether it has an entry is known (scenario 62)."""
        with self.office.store.read() as tx:
            held = [mine for life in self.lives for mine in tx.records.of_case(life.case.case)]
        for name, outside in self.receivers.items():
            heard = {mine.entry for mine in held if mine.entry in outside.made}
            if name not in self.unsure:
                assert not (self.lacked.get(name, set()) & self.suspended & heard & {one.entry for one in held if one.suspended})
            self.lacked[name] = {mine.entry for mine in held} - heard
        self.suspended = {mine.entry for mine in held if mine.suspended}

    @invariant()
    def nothing_adverse_goes_on_while_an_objection_is_open(self) -> None:
        """Of a case that was contested before the step and is so after it: nobody failed, nothing was proposed but a transfer (62)."""
        with self.office.store.read() as tx:
            for life in self.lives:
                case = life.case.case
                held = {one.id: one for one in tx.consequences.of_case(case)}
                contested, was = objections.holds(tx, case), self.before.get(case)
                if contested and was is not None and was[0]:
                    for one in held.values():
                        former = was[1].get(one.id)
                        if former is None:
                            assert one.proposal is Proposal.TRANSFER_JUDICIAL, one.origin
                        elif former is not one.state:
                            assert one.state not in (ConsequenceState.FAILED, ConsequenceState.IMPOSED), one.proposal
                self.before[case] = (contested, {one.id: one.state for one in held.values()})

    def judged(self) -> list[object]:
        """How each case stands, and by which strategy; which grade each consequence has."""
        with self.office.store.read() as tx:
            cases = [tx.cases.get(life.case.case) for life in self.lives]
            graded = [(one.id, one.state, one.grading) for case in cases for one in tx.consequences.of_case(case.id)]
        return [*((case.state, case.outcome, case.strategy) for case in cases), *graded]

    def teardown(self) -> None:
        """All receivers are there again, and a person sends round what was given up: each has what stands, marked as it is contested."""
        with self.open:
            for outside in self.receivers.values():
                outside.mode = "ok"
            for _ in range(6):
                self.hand.on(days=3)
                with self.office.store.begin() as tx:
                    for row in tx.work.page(state="quarantined", limit=200):
                        tx.work.retry(row["id"], self.hand())
                self.story.works()
            with self.office.store.read() as tx:
                rows = [row for row in tx.work.page(limit=2000) if row["kind"] == "credit.retract" and row["state"] != "done"]
                records = [mine for life in self.lives for mine in tx.records.of_case(life.case.case)]
            assert rows == [], "no retraction is open"
            for outside in self.receivers.values():
                told = [mine for mine in records if mine.in_effect and not mine.suspended]
                standing = {mine.entry for mine in told if mine.state is RecordState.STANDING}
                assert standing <= outside.entries.keys() <= {mine.entry for mine in records if mine.stands_somewhere}, (
                    "and of what was repaired, or is shown no more, nobody hears for the first time"
                )
                for mine in (mine for mine in records if mine.entry in outside.entries):
                    marks = [one for one in outside.became.get(mine.entry, []) if one in (Amend.MARKED, Amend.UNMARKED)]
                    assert (marks[-1:] == [Amend.MARKED]) is mine.contested
            for life in self.lives:
                life.holds(objected=False)


def _founded(tx: Tx, one: Consequence) -> None:
    """What took effect has a named officer with reasons, articles, evidence of its case, and a notice that came before it."""
    assert one.verdict is not None
    assert one.verdict.signed.by
    assert one.verdict.reasons
    assert one.basis
    assert {*one.evidence} & {piece.id for piece in tx.cases.evidence(one.case_id)}
    assert one.notice is not None
    assert one.notice.served_at is not None
    assert one.imposed_at is not None
    assert one.notice.served_at <= one.imposed_at
    assert tx.servings.find(f"{one.id}:notice") is not None
    assert tx.servings.find(f"{one.id}:decision") is not None, "and its subject is told what was decided"


@pytest.mark.slow
def test_an_untrue_promise_is_revoked_entered_contested_and_annulled_while_receivers_die_and_return() -> None:
    one = Histories()
    try:
        one.found(Outcome.FALSE_KNOWING, 1, concluded=True)
        for _ in range(3):
            one.does(0, "impose", 0)
        one.receiver("sector", "away")
        one.works(1)
        one.does(0, "object", 3)
        one.dies()
        one.found(Outcome.UNTRUE_CURABLE, 1, concluded=False)
        assert len(one.lives) == 2, "what is contested bars nobody"
        one.level_changes(1, "A")
        one.receiver("platform", "lost")
        one.does(0, "annul", 0)
        one.works(15)
        one.nothing_adverse_goes_on_while_an_objection_is_open()
        one.nothing_adverse_without_officer_basis_evidence_and_notice()
        one.nobody_outside_has_what_no_officer_has_decided()
    finally:
        one.teardown()


@pytest.mark.slow
def test_an_entry_comes_late_is_contested_before_all_have_heard_of_it_and_goes_on_once_that_is_rejected() -> None:
    one = Histories()
    try:
        one.found(Outcome.FALSE_KNOWING, 1, concluded=True)
        for _ in range(3):
            one.does(0, "impose", 0)
        one.works(15)
        one.nobody_outside_has_heard_of_a_decision_that_has_not_come_to_its_subject()
        one.receiver("sector", "away")
        for number in range(3):
            one.does(0, "bring", number)
        one.works(1)
        one.does(0, "object", 3)
        one.receiver("sector", "ok")
        for _ in range(3):
            one.nobody_hears_of_a_contested_discredit_for_the_first_time()
            one.works(15)
        with one.office.store.read() as tx:
            (mine,) = tx.records.of_case(one.lives[0].case.case)
        assert (mine.in_effect, mine.suspended) == (True, True)
        assert [mine.entry in one.receivers[name].made for name in ("platform", "sector")] == [True, False]
        for number in (1, 0):
            one.does(0, "reject", number)
        one.works(1)
        assert mine.entry in one.receivers["sector"].entries
    finally:
        one.teardown()


@pytest.mark.slow
def test_whatever_happens_in_whatever_order_nothing_adverse_comes_about_by_itself_and_receivers_end_with_what_stands() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=30, stateful_step_count=40, deadline=None))
