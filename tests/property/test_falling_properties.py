"""Over random histories of consequences, entries, objections, annulments and cases opened again all of them agree with each other.

One decision about the matter is in force at most; nothing adverse is imposed while an objection holds; whatever is open has a next step
with a date; of what fell nothing stands that an officer has not before him or her (scenarios 57, 58, 61, 62).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.annulled import Annulled
from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import UNDECIDED, Agreement, Consequence, ConsequenceState, Stage, StatementKind
from inspector.domain.course import clock_key
from inspector.domain.decision import OrderKind
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Verdict
from inspector.domain.falling import IN_FORCE
from inspector.domain.objection import ObjectionState
from inspector.domain.outside import OutsideFinding
from inspector.domain.proceeding import ANNULLABLE
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.domain.sendback import Mistake, SendBackReason
from inspector.domain.serving import NoticeKind
from inspector.domain.withdrawal import Answering, WithdrawalAnswer
from inspector.flows import annulling, contested, missent, outside, review, withdrawals
from inspector.flows.shaken import REMINDING
from inspector.store.tx import Tx
from tests.house import Hand, closing, open_store, settle
from tests.proceedings import Proceeding, decided

T = TypeVar("T")
OFTEN = {
    "impose": 5,
    "advance": 5,
    "object": 4,
    "annul": 3,
    "look": 3,
    "propose": 2,
    "decide": 2,
    "uphold": 2,
    "reject": 2,
    "day": 2,
    "entry": 1,
    "drop": 1,
    "speaks_for": 2,
    "speaks_against": 2,
    "withdraw": 2,
    "reply": 2,
    "send_back": 2,
}
"""How often each step is tried."""
STEP = st.tuples(st.sampled_from([what for what, times in OFTEN.items() for _ in range(times)]), st.integers(0, 11))
Step = tuple[str, int]
KINDS = (Proposal.PENALTY, Proposal.RECORD_CREDIT, Proposal.SUSPEND, Proposal.REVOKE, Proposal.ORDER_RECTIFY, Proposal.TERMINATE)
OUTCOMES = (Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING)
NAMES = ("周八", "李四", "王五", "赵六")


class Life:
    """A case with everything that can become of it; what is refused has changed nothing."""

    def __init__(self, case: Proceeding) -> None:
        self.case = case
        self.before = {one.id: one for one in case.all()}
        self.reached = set[str]()

    def does(self, what: str, number: int) -> None:
        self.case.hand.on(seconds=1)
        with self.case.office.store.read() as tx:
            objected = bool(tx.records.objections(case_id=self.case.case))
        with suppress(InspectorError):
            getattr(self, what)(number)
            self.reached.add(what)
        self.holds(objected=objected)

    def one(self, number: int, *states: ConsequenceState) -> Consequence:
        """One of those in these states. What there is none of, nobody can do anything about."""
        return self.pick([one for one in self.case.all() if one.state in states], number)

    def pick(self, those: Sequence[T], number: int) -> T:
        if not those:
            raise InspectorError("none_there")
        return those[number % len(those)]

    def impose(self, number: int) -> None:
        held = self.one(number, ConsequenceState.PROPOSED)
        if self.case.impose(held, brought=self.brings(number)).state is not ConsequenceState.IMPOSED:
            raise InspectorError("waits")

    def advance(self, number: int) -> None:
        """The next step of one of them, by somebody or other."""
        case, held = self.case, self.one(number, *UNDECIDED)
        told = {"law": "某条例第8条", "public_interest": "不损害公共利益", "until": case.hand().date() + timedelta(days=14)}
        match held.stage:
            case Stage.GIVE:
                case.give(held)
            case Stage.SERVE:
                case.serve(held)
                case.say(held, StatementKind.WAIVER, "我放弃陈述申辩")
            case Stage.DECIDE:
                case.rule(held, NAMES[number % 2], brought=self.brings(number), **told)
            case _:
                case.agree(held, list(Agreement)[number % 2], NAMES[number % 4])

    def brings(self, _: int) -> bool:
        """Whether an order, or an entry, comes to its subject on the day on which it is decided."""
        return True

    def propose(self, number: int) -> None:
        self.case.propose(KINDS[number % len(KINDS)])

    def drop(self, number: int) -> None:
        self.case.drop(self.one(number, *UNDECIDED))

    def annul(self, number: int) -> None:
        self.case.annul(self.one(number, *ANNULLABLE), list(Annulled)[number % 4])

    def entry(self, number: int) -> None:
        told = Annulled.REVIEW_BODY, "复决字1号", "钱七", self.case.hand()
        with self.case.office.store.begin() as tx:
            mine = self.pick(tx.records.of_case(self.case.case), number)
            annulling.entry(self.case.office, tx, mine.entry, *told)

    def object(self, number: int) -> None:
        """To an entry, or to a consequence, now and then to one that did not take effect."""
        with self.case.office.store.read() as tx:
            entries = [one.entry for one in tx.records.of_case(self.case.case)]
        those = [one.id for one in self.case.all() if one.state in ANNULLABLE or number == 0]
        self.case.object(self.pick(those + entries, number), f"不属实{number % 2}")

    def answer(self, number: int, *, upheld: bool) -> None:
        with self.case.office.store.read() as tx:
            waiting = tx.records.objections(case_id=self.case.case)
        self.case.answer(self.pick(waiting, number), self.case.by(NAMES[number % 2]), upheld=upheld)

    def uphold(self, number: int) -> None:
        self.answer(number, upheld=True)

    def reject(self, number: int) -> None:
        self.answer(number, upheld=False)

    def look(self, number: int) -> None:
        """Early or late, and it is done or not."""
        orders = [one for one in self.case.all() if one.rectification is not None and one.state is ConsequenceState.IMPOSED]
        order, hand = self.pick(orders, number), self.case.hand
        hand.on(days=40 if number % 2 else 1)
        self.case.look(order, good=number % 3 != 0, on=hand().date())

    def speaks_for(self, _: int) -> None:
        self.case.speaks_for()

    def speaks_against(self, number: int) -> None:
        """Another system has found a contradiction, as anybody may tell, also who has decided."""
        now = self.case.hand()
        with self.case.office.store.begin() as tx:
            held = tx.cases.get(self.case.case)
            found = OutsideFinding(
                system="日常监管",
                number=f"{now:%d%H%M%S}-{number}",
                agency=held.agency,
                case_id=held.id,
                claim=held.claims[0].claim.key,
                verdict=Verdict.MISMATCH,
                value="注销",
                on=now.date(),
            )
            outside.take(self.case.office, tx, found, "李四", now, typed=True)

    def decide(self, number: int) -> None:
        self.case.decide(OUTCOMES[number % 3])

    def withdraw(self, _: int) -> None:
        with self.case.office.store.begin() as tx:
            review.withdraw(self.case.office, tx, self.case.case, "不办了", "张三", self.case.hand())

    def reply(self, number: int) -> None:
        """An officer answers a withdrawal that took nothing back: outcome and record stand, whatever the answer."""
        now, answer = self.case.hand(), list(WithdrawalAnswer)[number % 3]
        given = Answering(answer=answer, reasons="已核实", by=NAMES[number % 4], token="", at=now)
        with self.case.office.store.begin() as tx:
            before = tx.cases.get(self.case.case), tx.records.of_case(self.case.case)
            withdrawals.answer(self.case.office, tx, self.case.case, given, now)
            after = tx.cases.get(self.case.case)
            assert (after.outcome, after.entry) == (before[0].outcome, before[0].entry)
            assert tx.records.of_case(self.case.case) == before[1]
            assert NoticeKind.WITHDRAWAL in {one.kind for one in tx.servings.of_case(after.id)}, "its subject hears why"

    def send_back(self, number: int) -> None:
        """Two officers say that the case came by mistake; now and then the second one does not agree."""
        office, case = self.case.office, self.case.case
        told = Mistake(reason=list(SendBackReason)[number % 2], words="应由其他机关核查")
        with office.store.begin() as tx:
            missent.ask(office, tx, case, told, "李四", "", self.case.hand())
        with office.store.begin() as tx:
            if number % 3 == 2:
                missent.decline(office, tx, case, "属于本机关", "王五", "", self.case.hand())
            else:
                missent.agree(office, tx, case, "王五", "", self.case.hand())

    def day(self, number: int) -> None:
        self.case.hand.on(days=(1, 5, 15, 60)[number % 4])
        settle(self.case.office)

    def holds(self, *, objected: bool) -> None:
        """What must be true after every step."""
        with self.case.office.store.read() as tx:
            held = tx.consequences.of_case(self.case.case)
            assert sum(one.proposal in ALTERNATIVES and one.state is ConsequenceState.IMPOSED for one in held) <= 1
            for one in held:
                was = self.before.get(one.id)
                anew = was is None and one.proposal is not Proposal.TRANSFER_JUDICIAL
                assert not (anew and objected), "nothing is proposed while an objection holds: not by any order of steps"
                if one.state is ConsequenceState.IMPOSED and (was is None or was.state is not one.state):
                    assert not objected, "nothing adverse is imposed while an objection holds"
                self.has_a_next_step(tx, one)
            self.objections_have_a_matter(tx)
            self.nothing_stands_of_what_fell(tx, held)
            self.who_was_sent_back_has_nothing_adverse(tx, held)
            waits = withdrawals.waiting(tx, self.case.case) is not None
            assert not (waits and tx.cases.get(self.case.case).state.gone), "nobody has to answer for what has left the house"
            self.before = {one.id: one for one in held}

    def has_a_next_step(self, tx: Tx, one: Consequence) -> None:
        assert one.open is (one.due_at is not None), one.state
        key = clock_key(OrderKind.CONSEQUENCE_DUE, one)
        clock = tx.work.keyed(key)
        if one.open:
            told = one.id in {row["about"] for row in tx.attention.page(None, 200) if row["kind"] == "consequence_due"}
            assert told or (clock is not None and clock["state"] != "done"), (one.proposal, one.state)
            return
        assert clock is None or clock["state"] == "done"
        for part in ("notice", *REMINDING):
            notice = tx.servings.find(f"{one.id}:{part}")
            assert notice is None or not notice.state.open, "nobody is told of what is over"

    def objections_have_a_matter(self, tx: Tx) -> None:
        for one in tx.records.objections(case_id=self.case.case, open_ones=False):
            if one.state is not ObjectionState.OPEN:
                assert one.decided_by
                assert tx.servings.find(f"{one.id}:objection") is not None, "who objected hears how it ended"
                continue
            clock = tx.work.keyed(contested.key(one))
            assert contested.stands(tx, one.about) or tx.cases.get(one.case_id).state is CaseState.REVIEW
            assert one.due_at is not None
            assert clock is not None
            assert f"credit_contested:{one.id}" in {row["id"] for row in tx.attention.page(None, 200)}
        for mine in tx.records.of_case(self.case.case):
            others = [one for one in tx.consequences.of_case(self.case.case) if one.grading.outcome.value == mine.outcome]
            names = {mine.entry} | {one.id for one in others if one.entry == mine.entry or one.proposal in ALTERNATIVES}
            waiting = [one for name in names for one in tx.records.objections(about=name)]
            assert mine.contested is (mine.stands_somewhere and bool(waiting)), (
                "it is marked while somebody objects, and no longer"
            )

    def nothing_stands_of_what_fell(self, tx: Tx, held: list[Consequence]) -> None:
        case = tx.cases.get(self.case.case)
        shaken = {row["about"] for row in tx.attention.page(None, 200) if row["kind"] == "consequence_shaken"}
        for one in held:
            mine = tx.records.find(one.entry) if one.entry else None
            if mine is not None:
                in_effect = one.state is ConsequenceState.IMPOSED
                assert mine.stands_somewhere is in_effect, "an entry and the decision that ordered it are one"
            if one.stage is Stage.RECHECK:
                assert (case.state, case.outcome) == (CaseState.CLOSED, one.grading.outcome), (
                    "no step is due that would be refused"
                )
            if case.outcome is None:
                assert one.state not in UNDECIDED
                assert one.state not in IN_FORCE or one.id in shaken
        if any(one.annulled is not None and one.notice is not None for one in held):
            assert NoticeKind.ANNULMENT in {one.kind for one in tx.servings.of_case(case.id)}, "its subject hears of it"
        assert (case.entry is None) is not any(mine.stands_somewhere for mine in tx.records.of_case(case.id))
        for gone in (one for one in held if one.annulled is not None and one.proposal in ALTERNATIVES):
            for one in held:
                if one.imposed_at is None or one.imposed_at > gone.annulled.at or one.state not in IN_FORCE:  # type: ignore[union-attr]
                    continue
                if one.grading.outcome is gone.grading.outcome:
                    assert one.proposal is not Proposal.RECORD_CREDIT, "the entry fell with the decision"
                    assert one.proposal is not Proposal.PENALTY or one.id in shaken, "an officer looks at the penalty"

    def who_was_sent_back_has_nothing_adverse(self, tx: Tx, held: list[Consequence]) -> None:
        case = tx.cases.get(self.case.case)
        if case.state is not CaseState.SENT_BACK:
            return
        assert (case.outcome, case.entry) == (None, None)
        assert not any(one.open or one.state is ConsequenceState.IMPOSED for one in held)
        assert not any(mine.stands_somewhere for mine in tx.records.of_case(case.id))
        names = case.send_back
        assert names is not None
        assert names.ended_by not in ("", names.by), "two officers have said so"


def lives(concluded: bool, outcome: Outcome, steps: list[Step]) -> Life:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/inspector.sqlite3")) as store:
        life = Life(decided(store, Hand(), outcome, concluded=concluded))
        for step in steps:
            life.does(*step)
        return life


HISTORIES: list[tuple[bool, Outcome, list[Step]]] = [
    (True, OUTCOMES[2], [("impose", 0), ("impose", 0), ("impose", 0), ("object", 3), ("annul", 0), ("day", 3)]),
    (True, OUTCOMES[2], [("impose", 0), ("impose", 1), ("object", 2), ("uphold", 0), ("annul", 3), ("day", 0)]),
    (True, OUTCOMES[0], [("impose", 0), ("look", 3), ("impose", 1), ("advance", 0), ("annul", 1), ("annul", 0)]),
    (True, OUTCOMES[0], [("impose", 0), ("impose", 0), ("speaks_for", 0), ("decide", 1), ("annul", 0), ("impose", 0)]),
    (True, OUTCOMES[0], [("impose", 0), ("propose", 2), ("look", 4), ("impose", 0), ("entry", 0), ("day", 2)]),
    (False, OUTCOMES[1], [("impose", 0), ("impose", 0), ("object", 2), ("object", 0), ("reject", 0), ("withdraw", 0)]),
    (False, OUTCOMES[2], [("impose", 0), ("impose", 0), ("impose", 0), ("withdraw", 0), ("reply", 0), ("day", 1)]),
    (True, OUTCOMES[0], [("impose", 0), ("object", 2), ("speaks_for", 0), ("reject", 0), ("decide", 1), ("day", 0)]),
    (True, OUTCOMES[0], [("speaks_for", 0), ("send_back", 2), ("send_back", 0), ("day", 3)]),
]


@pytest.mark.parametrize(("concluded", "outcome", "steps"), HISTORIES)
def test_consequences_entries_and_objections_agree(concluded: bool, outcome: Outcome, steps: list[Step]) -> None:
    life = lives(concluded, outcome, steps)
    assert life.reached >= {what for what, _ in steps}


@pytest.mark.parametrize("again", ["speaks_for", "speaks_against"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_order_of_steps_makes_a_new_proposal_while_an_objection_is_open(again: str, number: int) -> None:
    life = lives(True, OUTCOMES[0], [("impose", 0), ("object", 2), (again, 0), ("decide", number), ("propose", number)])
    assert life.reached == {"impose", "object", again}


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.booleans(), st.sampled_from(OUTCOMES), st.lists(STEP, min_size=16, max_size=40))
def test_consequences_entries_and_objections_agree_whatever_happens(concluded: bool, outcome: Outcome, steps: list[Step]) -> None:
    lives(concluded, outcome, [("impose", len(steps) % 3), ("impose", len(steps) % 2), *steps])  # so that there is what can fall
