"""Over random histories of consequences, entries, objections, annulments and cases opened again all of them agree with each other.

One decision about the matter is in force at most; nothing adverse is imposed while an objection holds; whatever is open has a next step
with a date; of what fell nothing stands that an officer has not before him or her (scenarios 57, 58, 61, 62).
"""

from __future__ import annotations

import tempfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import UNDECIDED, Agreement, Consequence, ConsequenceState, StatementKind
from inspector.domain.course import clock_key
from inspector.domain.decision import OrderKind
from inspector.domain.errors import InspectorError
from inspector.domain.falling import IN_FORCE
from inspector.domain.objection import ObjectionState
from inspector.domain.proceeding import ANNULLABLE
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.flows import annulling, contested, review
from inspector.store.tx import Tx
from tests.house import Hand, closing, open_store, settle
from tests.proceedings import Proceeding, decided

KINDS = (Proposal.TERMINATE, Proposal.ORDER_RECTIFY, Proposal.REVOKE, Proposal.PENALTY, Proposal.RECORD_CREDIT, Proposal.SUSPEND)
OUTCOMES = (Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING)
NAMES = ("李四", "王五", "赵六", "周八")
OF_KIND = ("propose", "give", "serve", "rule", "agree", "impose", "impose", "drop", "annul", "annul", "object", "object")
STEP = st.one_of(
    st.tuples(st.sampled_from(OF_KIND), st.sampled_from(KINDS), st.integers(0, 3)),
    st.tuples(
        st.sampled_from(
            ["entry", "object_entry", "uphold", "reject", "failed", "rectified", "speaks_for", "decide", "withdraw", "day"]
        ),
        st.just(Proposal.REVOKE),
        st.integers(0, 3),
    ),
)
Step = tuple[str, Proposal, int]


class Life:
    """A case with everything that can become of it; what is refused has changed nothing."""

    def __init__(self, case: Proceeding) -> None:
        self.case = case
        self.before = {one.id: one for one in case.all()}
        self.reached = set[str]()

    def does(self, what: str, kind: Proposal, number: int) -> None:
        self.case.hand.on(seconds=1)
        with self.case.office.store.read() as tx:
            objected = bool(tx.records.objections(case_id=self.case.case))
        with suppress(InspectorError):
            self.step(what, kind, number)
            self.reached.add(what)
        self.holds(objected=objected)

    def step(self, what: str, kind: Proposal, number: int) -> None:
        case, name = self.case, NAMES[number]
        match what:
            case "propose":
                case.propose(kind)
            case "serve":
                case.serve(self.one(kind))
                case.say(self.one(kind), StatementKind.WAIVER, "我放弃陈述申辩")
            case "rule":
                until = case.hand().date().replace(day=28)
                case.rule(self.one(kind), "李四", law="某条例第8条", public_interest="不损害公共利益", until=until)
            case "agree":
                case.agree(self.one(kind), list(Agreement)[number % 2], name)
            case "annul":
                case.annul(self.one(kind), list(Annulled)[number])
            case "object":
                case.object(self.one(kind).id, f"不属实{number}")
            case "object_entry":
                case.object(self.one(Proposal.RECORD_CREDIT).entry, f"不属实{number}")
            case "give" | "impose" | "drop":
                getattr(case, what)(self.one(kind))
            case _:
                self.of_the_case(what, number)

    def of_the_case(self, what: str, number: int) -> None:
        case, hand = self.case, self.case.hand
        match what:
            case "entry":
                told = self.one(Proposal.RECORD_CREDIT).entry, Annulled.REVIEW_BODY, "复决字1号", "钱七", hand()
                with case.office.store.begin() as tx:
                    annulling.entry(case.office, tx, *told)
            case "uphold" | "reject":
                with case.office.store.read() as tx:
                    waiting = tx.records.objections(case_id=case.case)
                for one in waiting[:1]:
                    case.answer(one, case.by(NAMES[number]), upheld=what == "uphold")
            case "failed" | "rectified":
                order = self.one(Proposal.ORDER_RECTIFY)
                hand.on(days=40 if what == "failed" else 1)
                case.look(order, good=what == "rectified", on=hand().date())
            case "speaks_for":
                case.speaks_for()
            case "decide":
                case.decide(OUTCOMES[number % 3])
            case "withdraw":
                with case.office.store.begin() as tx:
                    review.withdraw(case.office, tx, case.case, "不办了", "张三", hand())
            case _:
                hand.on(days=(1, 5, 15, 60)[number])
                settle(case.office)

    def one(self, kind: Proposal) -> Consequence:
        """The last of a kind; the one in force, where there is one. None there is nothing to refuse."""
        held = [one for one in self.case.all() if one.proposal is kind]
        if not held:
            raise InspectorError("none_there")
        return next((one for one in held if one.state in ANNULLABLE), held[-1])

    def holds(self, *, objected: bool) -> None:
        """What must be true after every step."""
        with self.case.office.store.read() as tx:
            held = tx.consequences.of_case(self.case.case)
            assert sum(one.proposal in ALTERNATIVES and one.state is ConsequenceState.IMPOSED for one in held) <= 1
            for one in held:
                was = self.before.get(one.id)
                if one.state is ConsequenceState.IMPOSED and (was is None or was.state is not one.state):
                    assert not objected, "nothing adverse is imposed while an objection holds"
                self.has_a_next_step(tx, one)
            self.objections_have_a_matter(tx)
            self.nothing_stands_of_what_fell(tx, held)
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
        for part in ("notice", "reminder"):
            notice = tx.servings.find(f"{one.id}:{part}")
            assert notice is None or not notice.state.open, "nobody is told of what is over"

    def objections_have_a_matter(self, tx: Tx) -> None:
        for one in tx.records.objections(case_id=self.case.case, open_ones=False):
            if one.state is not ObjectionState.OPEN:
                assert one.decided_by
                assert tx.servings.find(f"{one.id}:objection") is not None, "who objected hears how it ended"
                continue
            clock = tx.work.keyed(contested.key(one))
            assert contested.stands(tx, one.about)
            assert one.due_at is not None
            assert clock is not None
            assert f"credit_contested:{one.id}" in {row["id"] for row in tx.attention.page(None, 200)}
        for mine in tx.records.of_case(self.case.case):
            names = {mine.entry} | {one.id for one in tx.consequences.of_case(self.case.case) if one.entry == mine.entry}
            waiting = [one for name in names for one in tx.records.objections(about=name)]
            assert mine.contested is bool(waiting), "it is marked while somebody objects, and no longer"

    def nothing_stands_of_what_fell(self, tx: Tx, held: list[Consequence]) -> None:
        case = tx.cases.get(self.case.case)
        shaken = {row["about"] for row in tx.attention.page(None, 200) if row["kind"] == "consequence_shaken"}
        for one in held:
            mine = tx.records.find(one.entry) if one.entry else None
            if mine is not None:
                in_effect = one.state is ConsequenceState.IMPOSED
                assert mine.stands_somewhere is in_effect, "an entry and the decision that ordered it are one"
            if case.outcome is None:
                assert one.state not in UNDECIDED
                assert one.state not in IN_FORCE or one.id in shaken
        assert (case.entry is None) is not any(mine.stands_somewhere for mine in tx.records.of_case(case.id))
        for gone in (one for one in held if one.annulled is not None and one.proposal in ALTERNATIVES):
            for one in held:
                if one.imposed_at is None or one.imposed_at > gone.annulled.at or one.state not in IN_FORCE:  # type: ignore[union-attr]
                    continue
                if one.grading.outcome is gone.grading.outcome:
                    assert one.proposal is not Proposal.RECORD_CREDIT, "the entry fell with the decision"
                    assert one.proposal is not Proposal.PENALTY or one.id in shaken, "an officer looks at the penalty"


def lives(concluded: bool, outcome: Outcome, steps: list[Step]) -> Life:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/inspector.sqlite3")) as store:
        life = Life(decided(store, Hand(), outcome, concluded=concluded))
        for step in steps:
            life.does(*step)
        return life


R, P, C, T, O, S = (  # noqa: E741 - six kinds, as short as the histories want them
    Proposal.REVOKE,
    Proposal.PENALTY,
    Proposal.RECORD_CREDIT,
    Proposal.TERMINATE,
    Proposal.ORDER_RECTIFY,
    Proposal.SUSPEND,
)
HISTORIES: list[tuple[bool, Outcome, list[Step]]] = [
    (
        True,
        OUTCOMES[2],
        [("impose", R, 0), ("impose", P, 0), ("impose", C, 0), ("object_entry", C, 0), ("annul", R, 0), ("day", R, 3)],
    ),
    (True, OUTCOMES[2], [("impose", R, 0), ("impose", C, 0), ("object", C, 1), ("uphold", C, 3), ("annul", R, 3)]),
    (
        True,
        OUTCOMES[0],
        [("impose", O, 0), ("failed", O, 0), ("impose", R, 0), ("annul", O, 1), ("decide", O, 1), ("annul", R, 0)],
    ),
    (
        True,
        OUTCOMES[0],
        [("impose", O, 0), ("impose", C, 0), ("speaks_for", O, 0), ("decide", O, 1), ("impose", R, 0), ("annul", O, 3)],
    ),
    (
        True,
        OUTCOMES[0],
        [("impose", O, 0), ("propose", S, 0), ("rectified", O, 0), ("impose", C, 0), ("entry", C, 0), ("day", R, 2)],
    ),
    (False, OUTCOMES[1], [("impose", T, 0), ("impose", C, 0), ("object_entry", C, 0), ("object", T, 0), ("withdraw", T, 0)]),
]


@pytest.mark.parametrize(("concluded", "outcome", "steps"), HISTORIES)
def test_consequences_entries_and_objections_agree(concluded: bool, outcome: Outcome, steps: list[Step]) -> None:
    life = lives(concluded, outcome, steps)
    assert life.reached >= {what for what, _, _ in steps if what not in ("impose", "annul", "decide", "withdraw")}


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.booleans(), st.sampled_from(OUTCOMES), st.lists(STEP, min_size=4, max_size=24))
def test_consequences_entries_and_objections_agree_whatever_happens(concluded: bool, outcome: Outcome, steps: list[Step]) -> None:
    lives(concluded, outcome, steps)
