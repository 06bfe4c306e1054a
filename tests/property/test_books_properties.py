"""Whatever is sent, taken back, lost, doubled and restored in whatever order: after a comparison both sides have the same, once each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.daemon.schedules import outside_order
from inspector.domain.case import Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Stale
from inspector.domain.statement import Step
from inspector.flows import books, review
from inspector.flows.office import Office
from inspector.flows.table import FLOWS
from inspector.ports import PortError
from inspector.store.work import Work
from tests.creditplatform import CreditPlatform, platform
from tests.forgetting import forget_done
from tests.house import Hand, Table, application, carry_out, claim, closing, let_lapse, open_office, open_store, post
from tests.integration.test_way import LICENCE
from tests.proceedings import recorded

CASES = 4
"""The last of them is found untrue: what is entered about it is to somebody's discredit."""

OUTSIDE = ("ok", "ok", "away", "lost", "reset", "garbage")
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("mode"), st.sampled_from(OUTSIDE)),
        st.tuples(st.sampled_from(["open", "withdraw", "loses", "restores", "doubles"]), st.integers(0, CASES - 1)),
        st.tuples(st.sampled_from(["work", "dies", "compare", "day", "forget"]), st.just(0)),
    ),
    max_size=24,
)


class Story:
    """An office and a platform, and what happens to them."""

    def __init__(self, office: Office, outside: CreditPlatform, hand: Hand) -> None:
        self.office, self.outside, self.hand = office, outside, hand
        self.cases: dict[int, str] = {}
        self.backup: dict[str, dict[str, object]] = {}
        self.slots = 0

    def does(self, what: str, told: object) -> None:
        if what == "mode":
            self.outside.mode = str(told)
            return
        acts: dict[str, Callable[[int], None]] = {
            "open": self.opens,
            "withdraw": self.withdraws,
            "loses": self.loses,
            "restores": self.restores,
            "doubles": self.doubles,
            "work": lambda _: self.works(),
            "dies": lambda _: self.dies(),
            "compare": lambda _: self.compares(),
            "day": lambda _: self.hand.on(days=1),
            "forget": lambda _: self.forgets(),
        }
        acts[what](int(str(told)))

    def opens(self, number: int) -> None:
        if number in self.cases:
            return
        untrue = number == CASES - 1
        given_ = application(number, "business-licence", {**LICENCE, "registration-status": "注销"} if untrue else LICENCE)
        with self.office.store.begin() as tx:
            tx.credit.state(given_.subject_kind, given_.subject_code, "A", self.hand(), "platform")
        self.cases[number] = case_id = post(self.office, given_)
        self.works(lanes=["platform"])
        if untrue:
            with self.office.store.begin() as tx:
                cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
                review.decide(self.office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记已注销", cited, self.hand())
            recorded(self.office, self.hand, case_id)

    def withdraws(self, number: int) -> None:
        if number in self.cases:
            with suppress(Exception), self.office.store.begin() as tx:
                review.withdraw(self.office, tx, self.cases[number], "改为提交证明", "hall", self.hand())

    def loses(self, number: int) -> None:
        """The platform loses one, and does not know it."""
        names = sorted(self.outside.entries)
        if number < len(names):
            self.backup[names[number]] = self.outside.entries.pop(names[number])
            self.outside.made[names[number]] -= 1

    def restores(self, _number: int) -> None:
        """What was lost or taken back there comes back from a copy of before, without a word of its retraction."""
        for name, row in self.backup.items():
            if name not in self.outside.entries:
                self.outside.entries[name] = row
                self.outside.gone.pop(name, None)

    def doubles(self, number: int) -> None:
        """A work row that is done is carried out once more, as after a lease that ran out in the middle."""
        with self.office.store.read() as tx:
            done = [row for row in tx.work.page(state="done", limit=500) if row["kind"].startswith("credit")]
        if number < len(done):
            row = done[number]
            with self.office.store.begin() as tx:
                tx.connection.exec_driver_sql("UPDATE work SET state = 'ready', done_at = NULL WHERE id = ?", (row["id"],))

    def works(self, lanes: list[str] | None = None) -> None:
        """What is due is carried out; what fails is tried again later, as its lease has run out."""
        for _ in range(12):
            held = claim(self.office, without=lanes or [])
            if not held:
                break
            for work in held:
                self.carries_out(work)
        let_lapse(self.office)

    def carries_out(self, work: Work) -> None:
        try:
            carry_out(self.office, work)
        except PortError as error:
            over = work.expires_at is not None and self.office.now() >= work.expires_at
            give_up = FLOWS[OrderKind(work.kind)].give_up
            if over and give_up is not None:
                made = give_up(work, self.office, error)
                with suppress(Stale), self.office.store.begin() as tx:
                    tx.work.finish(work, self.office.now())
                    made.write(tx, self.office.now())
                return
            with suppress(Stale), self.office.store.begin() as tx:
                tx.work.postpone(work, self.office.now() + timedelta(hours=6), error.code, counted=True)
        except Stale:
            return

    def dies(self) -> None:
        """A daemon has done everything that was due, and dies before it could write any of it down."""
        for work in claim(self.office):
            with suppress(PortError, Stale):
                FLOWS[OrderKind(work.kind)].do(work, self.office)
        let_lapse(self.office)

    def compares(self) -> None:
        self.slots += 1
        with self.office.store.begin() as tx:
            tx.work.order(
                [outside_order(OrderKind.CREDIT_COMPARE, "platform", self.hand() + timedelta(seconds=self.slots), self.hand())],
                self.hand(),
            )
        self.works()

    def forgets(self) -> None:
        with self.office.store.begin() as tx:
            forget_done(tx, self.hand() - timedelta(days=1))

    def ends(self) -> None:
        """The platform is there, days pass, and a person sees to what waits for one."""
        self.outside.mode = "ok"
        for _ in range(4):
            self.hand.on(days=2)
            self.works()
            self.compares()
            with self.office.store.read() as tx:
                waiting = [row for row in tx.books.differences("platform") if row["stepped_at"] is None]
            for row in waiting:
                if row["step"] != Step.SPEAK:
                    with self.office.store.begin() as tx:
                        books.decide(tx, self.office, row["entry"], Step(row["step"]), "李四", "已与平台核实", self.hand())
            self.works()


def both_sides(story: Story) -> tuple[set[str], set[str]]:
    with story.office.store.read() as tx:
        ours = {entry for case in story.cases.values() if (entry := tx.cases.get(case).entry) is not None}
    return ours, set(story.outside.entries)


def tells(doings: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/inspector.sqlite3")) as store:
        hand = Hand()
        with platform(hand, Path(folder)) as (outside, made, _):
            registers = Table(
                rows={("registration-status", f"TEST{number:014d}"): "存续" for number in range(CASES)}, default="="
            )
            office = open_office(store, hand, sources={"registers": registers}, credit={"platform": made})
            story = Story(office, outside, hand)
            for what, told in doings:
                story.does(what, told)
            story.ends()
            ours, theirs = both_sides(story)
            assert ours == theirs
            assert {name for name in theirs if outside.made[name] > 1} == set(), "entered once"
            with store.read() as tx:
                assert tx.books.differences("platform") == []
                assert tx.attention.standing(books.DIFFERS) == []
                opened = [
                    row for row in tx.work.page(limit=500) if row["kind"].startswith("credit.retract") and row["state"] != "done"
                ]
            assert opened == [], "no retraction is open"
            assert outside.refused == []


STORIES: list[list[tuple[str, object]]] = [
    [
        ("open", 0),
        ("work", 0),
        *[("day", 0)] * 3,
        ("forget", 0),
        ("loses", 0),
        ("mode", "lost"),
        ("compare", 0),
        ("restores", 0),
        ("withdraw", 0),
    ],
    [("open", 0), ("mode", "lost"), ("work", 0), ("withdraw", 0), ("mode", "ok"), ("work", 0)],
    [("open", 3), ("work", 0), ("loses", 0), ("compare", 0), ("day", 0), ("compare", 0), ("restores", 0)],
    [("open", 1), ("work", 0), ("loses", 0), ("withdraw", 0), ("work", 0), ("restores", 0), ("forget", 0)],
    [
        ("open", 2),
        ("dies", 0),
        ("doubles", 0),
        ("day", 0),
        ("compare", 0),
        ("loses", 0),
        ("day", 0),
        ("mode", "away"),
        ("compare", 0),
    ],
]


@pytest.mark.parametrize("doings", STORIES)
def test_both_sides_end_alike(doings: list[tuple[str, object]]) -> None:
    tells(doings)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(DOINGS)
def test_both_sides_end_alike_whatever_happens(doings: list[tuple[str, object]]) -> None:
    tells(doings)
