"""Withdrawal from wherever a case stands, whatever work is open and however far it has come (issue of rule 1.1.5, scenario 6).

Each stage is tried with its work as it lies, and with all of it claimed and called by somebody who settles too late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from inspector.domain.case import CaseState, MatterKind, Outcome, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal, Stale
from inspector.domain.letter import LetterKind
from inspector.flows import dispatch, review
from inspector.flows.draw import announce_now
from inspector.flows.explain import explain
from inspector.flows.office import Office, Plan
from inspector.flows.seeding import type_figures
from inspector.flows.settle import Settlement
from inspector.flows.table import FLOWS
from inspector.ports import NotYet, PortError, Unavailable
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.store.work import Work
from tests.house import Hand, Table, application, carry_out, claim, let_lapse, open_office, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_draw_way import DICE, FACTS, Dice, Notary, Party, Phones, inspectors
from tests.integration.test_way import HOUSEHOLD, LICENCE, Post

pytestmark = pytest.mark.alike

OUT = {"tell", "assist.send", "credit.retract", "push.off", "notice.due"}
"""What may still leave the house for a withdrawn case: that it is over, to whoever was told, asked, sent or entered; retractions."""


@dataclass
class Scene:
    """An office with everybody outside, at one point of a case's way."""

    office: Office
    hand: Hand
    registers: Table
    platform: Platform
    civil: Post
    county: Post
    phones: Phones
    case_id: str = ""

    def take(self, item: str, claims: dict[str, str], *, person: bool = False, rated: bool = True) -> None:
        """Open the case."""
        given = application(1, item, claims)
        if person:
            code = "110105194912310001"
            kind, matter = SubjectKind.PERSON, MatterKind.BENEFIT
            given = application(1, item, claims, matter=matter, subject_kind=kind, subject_code=code)
        elif rated:
            with self.office.store.begin() as tx:
                tx.credit.state(given.subject_kind, given.subject_code, "A", self.hand(), "platform")
        self.case_id = post(self.office, given)

    def go(self, *without: str) -> None:
        """Carry out what is due, but for the lanes named, until there is nothing else."""
        while held := claim(self.office, without=without):
            for work in held:
                carry_out(self.office, work)

    def draw(self, *without: str) -> None:
        """Announce a draw, hold its ceremony, carry it out."""
        with self.office.store.begin() as tx:
            held = announce_now(self.office, tx, "weekly", "clerk", self.hand())
        assert held is not None
        settle(self.office)
        self.hand.on(days=2)
        settle(self.office)
        for by in ("赵", "钱"):
            with self.office.store.begin() as tx:
                type_figures(self.office, tx, held.number, by, DICE, self.hand())
        self.go(*without)

    def rows(self) -> list[Row]:
        """The work of the case and of its visits, whatever its state."""
        with self.office.store.read() as tx:
            visits = [held.id for held in tx.visits.of_case(self.case_id)]
            every = tx.work.page(limit=500)
        return [row for row in every if row["case_id"] == self.case_id or any(one in row["key"] for one in visits)]


def open_rating(scene: Scene) -> None:
    """The level is about to be looked up."""
    scene.take("business-licence", LICENCE, rated=False)


def open_asking(scene: Scene) -> None:
    """A source is about to be asked."""
    scene.take("business-licence", LICENCE)


def asked_in_vain(scene: Scene) -> None:
    """A source was away and is asked again later."""
    scene.registers.default = Unavailable("timeout")
    scene.take("business-licence", LICENCE)
    for work in claim(scene.office):
        with scene.office.store.begin() as tx:
            tx.work.postpone(work, scene.hand(), "timeout", counted=True)


def letter_ready(scene: Scene) -> None:
    """A letter to another agency is written and has not left."""
    scene.registers.default = None
    scene.take("relief-household", HOUSEHOLD, person=True)
    scene.go("civil-affairs")


def letter_sent(scene: Scene) -> None:
    """The agency has the letter; reminder and escalation wait for their days."""
    letter_ready(scene)
    scene.go()


def reminded(scene: Scene) -> None:
    """The reminder is due."""
    letter_sent(scene)
    scene.hand.on(days=3)


def escalation_ready(scene: Scene) -> None:
    """The date has passed; the letter to the common superior is written and has not left."""
    letter_sent(scene)
    scene.hand.on(days=4, hours=9)
    scene.go("county-office")


def escalated(scene: Scene) -> None:
    """The common superior has been told."""
    escalation_ready(scene)
    scene.go()


def wants_visit(scene: Scene) -> None:
    """The premises must be seen; no draw yet."""
    scene.take("dispatch-premises", FACTS)
    scene.go()


def framed(scene: Scene) -> None:
    """In the frame of an announced draw."""
    wants_visit(scene)
    with scene.office.store.begin() as tx:
        announce_now(scene.office, tx, "weekly", "clerk", scene.hand())
    settle(scene.office)


def drawn(scene: Scene) -> None:
    """Drawn; the pushes have not left."""
    wants_visit(scene)
    scene.draw("phones")


def pushed(scene: Scene) -> None:
    """The inspectors have been asked, one has accepted."""
    wants_visit(scene)
    scene.draw()
    with scene.office.store.begin() as tx:
        (held,) = tx.visits.of_case(scene.case_id)
        dispatch.accept(tx, dispatch.seat_name(tx.visits.team(held.id)[0]), scene.hand())


def visit_late(scene: Scene) -> None:
    """The visit's day has come without a result."""
    pushed(scene)
    with scene.office.store.begin() as tx:
        (held,) = tx.visits.of_case(scene.case_id)
        dispatch.accept(tx, dispatch.seat_name(tx.visits.team(held.id)[1]), scene.hand())
    scene.hand.now = held.due_at


def in_review(scene: Scene) -> None:
    """An officer is to decide; the reminder is due."""
    scene.registers.default = "吊销"
    scene.take("business-licence", LICENCE)
    scene.go()
    scene.hand.on(days=1)


def entry_ready(scene: Scene) -> None:
    """Ended as true; the entry has not left."""
    scene.take("business-licence", LICENCE)
    scene.go("platform")


def entered(scene: Scene) -> None:
    """Ended as true, and the credit platform knows."""
    scene.take("business-licence", LICENCE)
    scene.go()


def decided(scene: Scene) -> None:
    """Ended against the subject by an officer; nobody has decided the entry yet."""
    in_review(scene)
    with scene.office.store.begin() as tx:
        cited = tuple(piece.id for piece in tx.cases.evidence(scene.case_id))
        review.decide(scene.office, tx, scene.case_id, Outcome.FALSE_KNOWING, "李四", "明知不实", cited, scene.hand())
    scene.go()


def pooled(scene: Scene) -> None:
    """An exempt item: nothing is verified."""
    scene.take("legal-aid", {"relief-status": "是"}, person=True)


STAGES: dict[Callable[[Scene], None], set[str]] = {
    open_rating: {"rate", "verify.due"},
    open_asking: {"ask", "verify.due"},
    asked_in_vain: {"ask", "verify.due"},
    letter_ready: {"assist.send", "assist.remind", "assist.due", "verify.due"},
    letter_sent: {"assist.remind", "assist.due", "verify.due"},
    reminded: {"assist.remind", "assist.due", "verify.due"},
    escalation_ready: {"assist.send", "assist.end", "verify.due"},
    escalated: {"assist.end", "verify.due"},
    wants_visit: {"verify.due"},
    framed: {"verify.due"},
    drawn: {"push", "push.due", "visit.due", "verify.due"},
    pushed: {"accept.due", "visit.due", "verify.due"},
    visit_late: {"visit.due", "verify.due"},
    in_review: {"review.remind", "review.due"},
    entry_ready: {"credit"},
    entered: set(),
    decided: {"consequence.remind", "consequence.due"},
    pooled: set(),
}
"""Each stage with the kinds of work that are open there."""

CALLS = {"rate", "ask", "assist.send", "push", "credit"}
"""Of these, what goes outside: where it is in somebody's hands, his fence is what the two databases hold differently."""


@pytest.fixture
def scene(store: Store, hand: Hand) -> Scene:
    """Everybody is there and answers well."""
    registers, platform, phones = Table(default="="), Platform(as_of=hand()), Phones()
    civil, county = Post("civil-affairs"), Post("county-office")
    office = open_office(
        store,
        hand,
        plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d")},
        sources={"registers": registers, "social": Table(name="social", default="=")},
        agencies={"civil-affairs": civil, "county-office": county},
        credit={"platform": platform},
        seeds={"dice": Dice(), "justice": Party("justice"), "audit": Party("audit")},
        witnesses={"notary": Notary(clock=hand)},
        channels={"phones": phones},
    )
    places = {"county": "county-office", "city": None}
    tree = {**office.tree, **{name: replace(office.tree[name], connector=via) for name, via in places.items()}}
    office = replace(office, tree=tree)
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(5))
    return Scene(office, hand, registers, platform, civil, county, phones)


def call(office: Office) -> list[tuple[Work, Settlement]]:
    """Claim all that is due and call outside; nothing is settled yet."""
    called = []
    for work in claim(office):
        try:
            called.append((work, FLOWS[OrderKind(work.kind)].do(work, office)))
        except PortError:
            continue
    return called


def settle_late(office: Office, called: list[tuple[Work, Settlement]]) -> set[str]:
    """Settle what was called before; the kinds of what was refused."""
    refused = set()
    for work, settlement in called:
        try:
            with office.store.begin() as tx:
                tx.work.finish(work, office.now())
                settlement.write(tx, office.now())
        except Stale:
            refused.add(work.kind)
    return refused


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "under_way"),
    [
        pytest.param(
            stage,
            under_way,
            id=f"{stage.__name__}-{'under way' if under_way else 'lying'}",
            marks=[pytest.mark.differs] if under_way and kinds & CALLS else [],
        )
        for stage, kinds in STAGES.items()
        for under_way in (False, True)
    ],
)
def test_withdrawal_ends_everything_in_one_step_and_what_comes_late_changes_nothing(
    scene: Scene, stage: Callable[[Scene], None], under_way: bool
) -> None:
    office, store = scene.office, scene.office.store
    stage(scene)
    assert {row["kind"] for row in scene.rows() if row["state"] != "done"} == STAGES[stage], "the stage is what it says"
    called = call(office) if under_way else []
    with store.begin() as tx:
        withdrawn = review.withdraw(office, tx, scene.case_id, "改为提交证明", "hall", scene.hand())
        evidence = tx.cases.evidence(scene.case_id)
        told = explain(office, tx, scene.case_id)
    assert not any(way.under_way for claim in told.claims for way in claim.ways), "nobody reads that somebody is still asking"
    left = [row["kind"] for row in scene.rows() if row["state"] != "done"]
    assert set(left) <= OUT, "one step: no order of the case survives but what others must hear"
    ours = {row["key"] for row in scene.rows()}
    assert settle_late(office, called) >= {work.kind for work, _ in called if work.key in ours}
    let_lapse(office)
    settle(office)
    scene.hand.on(days=60)
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(scene.case_id)
        after = tx.cases.evidence(scene.case_id)
        requests = tx.assistance.of_case(scene.case_id)
        heard = tx.servings.of_case(scene.case_id)
        seats = [seat for held in tx.visits.of_case(scene.case_id) for seat in tx.visits.team(held.id)]
        about = [row["kind"] for row in tx.attention.page(None) if scene.case_id in row["about"] or "visit" in row["kind"]]
    assert (case, case.entry, case.review_term) == (withdrawn, None, None)
    assert (case.state, case.outcome, after) == (CaseState.WITHDRAWN, Outcome.WITHDRAWN, evidence)
    assert [row["kind"] for row in scene.rows() if row["state"] != "done"] == []
    assert [one.kind for one in heard if one.state.open] == [], "nobody is told of the end of what nobody had decided"
    assert not any(request.state.open for request in requests)
    assert not any(seat.state.open for seat in seats), "seats are free"
    assert scene.platform.entries == [], "no credit mark"
    assert set(about) == set(), "nobody looks after what is over"
    for other in (scene.civil, scene.county):
        kinds = [letter.kind for letter in other.letters]
        wanted = [LetterKind.CANCEL] if kinds else []
        assert [kind for kind in kinds if kind is LetterKind.CANCEL] == wanted, "told once who was asked, and nobody else"
        assert kinds[-1:] == wanted, "the notice of the end is the last letter"
    with store.begin() as tx, pytest.raises(Refusal, match="already_withdrawn"):
        review.withdraw(office, tx, scene.case_id, "再次", "hall", scene.hand())


@pytest.mark.parametrize(
    "stage", [open_asking, letter_sent, pushed, in_review, entered, pooled], ids=lambda stage: stage.__name__
)
def test_after_conclusion_and_without_a_reason_it_is_refused_and_changes_nothing(
    scene: Scene, stage: Callable[[Scene], None]
) -> None:
    office, store = scene.office, scene.office.store
    stage(scene)
    with store.begin() as tx, pytest.raises(Invalid, match="reason_missing"):
        review.withdraw(office, tx, scene.case_id, "  ", "hall", scene.hand())
    with store.begin() as tx:
        concluded = review.conclude(office, tx, scene.case_id, "hall", scene.hand())
    before = scene.rows()
    with store.begin() as tx, pytest.raises(Refusal, match="already_concluded"):
        review.withdraw(office, tx, scene.case_id, "反悔", "hall", scene.hand())
    with store.read() as tx:
        assert tx.cases.get(scene.case_id) == concluded
    assert scene.rows() == before


@pytest.mark.parametrize(
    ("stage", "told"), [(pushed, 2), (visit_late, 2), (drawn, 0)], ids=lambda stage: getattr(stage, "__name__", stage)
)
def test_inspectors_who_have_an_assignment_hear_once_that_it_is_called_off(
    scene: Scene, stage: Callable[[Scene], None], told: int
) -> None:
    stage(scene)
    with scene.office.store.begin() as tx:
        (held,) = tx.visits.of_case(scene.case_id)
        review.withdraw(scene.office, tx, scene.case_id, "改为提交证明", "hall", scene.hand())
    settle(scene.office)
    scene.hand.on(days=60)
    settle(scene.office)
    assert sorted(str(one.data["seat"]) for one in scene.phones.off) == [f"{held.id}:{place}:0" for place in range(told)]
    assert len(scene.phones.messages) == told


@pytest.mark.slow
@pytest.mark.differs
def test_the_end_of_an_assignment_waits_until_its_push_is_surely_over(scene: Scene) -> None:
    drawn(scene)
    called = call(scene.office)
    assert len(scene.phones.messages) == 2
    with scene.office.store.begin() as tx:
        review.withdraw(scene.office, tx, scene.case_id, "改为提交证明", "hall", scene.hand())
    assert settle_late(scene.office, called) == {"push"}
    with pytest.raises(NotYet, match="still_under_way"):
        scene.go()
    assert scene.phones.off == [], "it never overtakes what it takes back"
    let_lapse(scene.office)
    scene.hand.on(days=1)
    settle(scene.office)
    assert len(scene.phones.off) == 2
