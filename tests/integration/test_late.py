"""Answers that come when nobody waits for them any more are kept, and what they say against a promise reaches a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from inspector.daemon.worker import Worker
from inspector.domain import verification
from inspector.domain.case import CaseRemark, CaseState, Outcome
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.flows import assist, intake, replylink, review, unsettled
from inspector.flows.explain import explain
from inspector.flows.intake import Application
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.labels import LANGS
from inspector.ports import Answer, Question, Unavailable
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.edge import serving
from tests.engine import until
from tests.house import QUICK, Hand, Table, application, claim, open_office, post, running, settle, take_over
from tests.integration.test_way import HOUSEHOLD, LICENCE, Post, person

pytestmark = pytest.mark.alike


@dataclass
class Slow(Table):
    """A source during whose call something else happens, once."""

    meanwhile: Callable[[], None] = lambda: None

    def ask(self, question: Question, *, key: str) -> Answer:
        """Let it happen, then answer."""
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()
        return super().ask(question, key=key)


@dataclass
class Scene:
    """An office with one slow source and one case."""

    office: Office
    hand: Hand
    source: Slow
    given: Application
    case_id: str

    def overdue(self) -> None:
        """The verification's date passes."""
        with self.office.store.begin() as tx:
            case = tx.cases.get(self.case_id, lock=True)
            policy = self.office.book.get(case.pack)
            decision = verification.overdue(case, policy, self.hand(), self.office.calendar)
            settle_case(tx, self.office, decision, policy, self.hand())

    def correct(self, value: str) -> None:
        """The sender promises something else."""
        changed = tuple(replace(one, value=value) for one in self.given.claims)
        with self.office.store.begin() as tx:
            intake.correct(self.office, tx, self.case_id, replace(self.given, claims=changed), "hall", self.hand())

    def decide(self, outcome: Outcome) -> None:
        """An officer decides."""
        with self.office.store.begin() as tx:
            review.decide(self.office, tx, self.case_id, outcome, "李四", "现有材料无法核实", (), self.hand())

    def withdraw(self) -> None:
        """The applicant withdraws."""
        with self.office.store.begin() as tx:
            review.withdraw(self.office, tx, self.case_id, "不再办理", "hall", self.hand())

    def found(self) -> list[Evidence]:
        """The evidence."""
        with self.office.store.read() as tx:
            return tx.cases.evidence(self.case_id)

    def rules(self) -> list[str]:
        """The rules of the ledger."""
        with self.office.store.read() as tx:
            return [row["rule"] for row in tx.ledger.about(self.case_id)]

    def stands(self) -> tuple[CaseState, Outcome | None, str | None]:
        """Where the case stands."""
        with self.office.store.read() as tx:
            case = tx.cases.get(self.case_id)
        return case.state, case.outcome, case.review_reason


def slow(store: Store, hand: Hand, says: str) -> Scene:
    """A case whose source says something, and has not been asked yet."""
    source = Slow(default=says)
    office = open_office(store, hand, sources={"registers": source})
    given = application(1, "business-licence", LICENCE)
    return Scene(office=office, hand=hand, source=source, given=given, case_id=post(office, given))


def test_an_answer_that_comes_when_the_date_has_passed_lies_before_the_officer_and_changes_nothing(
    store: Store, hand: Hand
) -> None:
    scene = slow(store, hand, "=")
    scene.source.meanwhile = scene.overdue
    settle(scene.office)
    assert scene.stands() == (CaseState.REVIEW, None, "DEADLINE")
    assert [one.verdict for one in scene.found()] == [Verdict.MATCH]
    assert scene.rules().count("evidence.late") == 1


@pytest.mark.differs
def test_the_answer_of_one_whose_row_another_has_claimed_is_left_to_the_other(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "=")

    def taken_over() -> None:
        take_over(scene.office)
        scene.overdue()

    scene.source.meanwhile = taken_over
    settle(scene.office)
    assert (scene.stands()[0], scene.found()) == (CaseState.REVIEW, [])


@pytest.mark.differs
def test_whoever_is_killed_as_soon_as_a_row_is_found_ended_has_kept_its_answer(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "=")
    scene.source.meanwhile = scene.overdue
    left: list[list[Verdict]] = []

    def fault(point: str) -> None:
        if point == "settled" and scene.source.asked:
            left.append([one.verdict for one in scene.found()])  # what a kill at this point would leave

    with running(Worker(scene.office, Metrics(), QUICK, "one", fault=fault)):
        until(lambda: bool(left))
    assert left[0] == [Verdict.MATCH]
    assert scene.rules().count("evidence.late") == 1


def test_a_row_that_was_ended_brings_its_answer_once(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "=")
    (row,) = [one for one in claim(scene.office) if one.kind == "ask"]
    with store.begin() as tx:
        assert not tx.work.late(row), "it is still wanted"
    scene.overdue()
    for first in (True, False):
        with store.begin() as tx:
            assert tx.work.late(row) is first


def test_what_an_answer_says_against_a_promise_that_is_corrected_meanwhile_reaches_an_officer(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "吊销")
    scene.source.meanwhile = lambda: scene.correct("吊销")
    settle(scene.office)
    assert scene.stands() == (CaseState.REVIEW, None, "FORMER"), "the new promise is true, and no rule ends the case"
    with store.read() as tx:
        case = tx.cases.get(scene.case_id)
        told = [render(explain(scene.office, tx, scene.case_id), lang) for lang in LANGS]
    assert case.remarks == (CaseRemark.FORMER_MISMATCH,)
    assert [(one.claim, one.verdict) for one in scene.found()] == [
        ("registration-status", Verdict.MISMATCH),
        (case.claims[0].claim.key, Verdict.MATCH),
    ]
    assert all("存续" in text and "吊销" in text for text in told)
    scene.decide(Outcome.TRUE)
    assert scene.stands()[:2] == (CaseState.CLOSED, Outcome.TRUE)


def test_an_answer_about_a_former_promise_that_agrees_with_it_is_kept_and_stops_nobody(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "=")
    scene.source.meanwhile = lambda: scene.correct("歇业")
    settle(scene.office)
    assert scene.stands()[:2] == (CaseState.CLOSED, Outcome.TRUE)
    assert [one.verdict for one in scene.found()] == [Verdict.MATCH, Verdict.MATCH]


def test_an_answer_that_comes_after_a_withdrawal_is_not_kept(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "吊销")
    scene.source.meanwhile = scene.withdraw
    settle(scene.office)
    assert (scene.stands()[0], scene.found()) == (CaseState.WITHDRAWN, [])


@pytest.mark.parametrize(
    ("decided", "says", "state"),
    [
        (Outcome.TRUE, "吊销", CaseState.REVIEW),
        (Outcome.TRUE, "=", CaseState.CLOSED),
        (Outcome.UNVERIFIABLE, "吊销", CaseState.REVIEW),
        (Outcome.UNVERIFIABLE, "=", CaseState.REVIEW),
        (Outcome.DATA_ERROR, "=", CaseState.CLOSED),
    ],
)
def test_an_answer_that_speaks_otherwise_than_was_decided_opens_a_closed_case_again(
    store: Store, hand: Hand, decided: Outcome, says: str, state: CaseState
) -> None:
    scene = slow(store, hand, says)

    def over() -> None:
        scene.overdue()
        scene.decide(decided)

    scene.source.meanwhile = over
    settle(scene.office)
    assert scene.stands() == (
        state,
        None if state is CaseState.REVIEW else decided,
        "LATE" if state is CaseState.REVIEW else None,
    )
    assert len(scene.found()) == 1


def silent(store: Store, hand: Hand) -> tuple[Scene, str]:
    """A case with an officer because the agency that was asked has not said anything by the last date."""
    source = Slow(default=None)
    sources = {"registers": source, "social": Table(name="social", default="=")}
    posts = {"civil-affairs": Post("civil-affairs"), "county-office": Post("county-office")}
    office = open_office(store, hand, sources=sources, agencies=posts)
    given = person(1, "relief-household", HOUSEHOLD)
    scene = Scene(office=office, hand=hand, source=source, given=given, case_id=post(office, given))
    for days in (0, 3, 4, 14):
        hand.on(days=days)
        settle(office)
    with store.read() as tx:
        (request,) = tx.assistance.of_case(scene.case_id)
    assert scene.stands()[0] is CaseState.REVIEW
    return scene, request.id


def test_an_agencys_answer_after_the_last_date_lies_before_the_officer_once(store: Store, hand: Hand) -> None:
    scene, request_id = silent(store, hand)
    link = scene.office.link_token(replylink.LINK, request_id)
    answer = {"verdict": "mismatch", "value": "4", "signer": "赵六"}
    with serving(scene.office) as edge, edge.client(X_Link_Token=link) as agency, edge.client() as browser:
        page = browser.get(f"/assist/{request_id}/{link}").text
        first = agency.post(f"/v1/assistance/{request_id}/answer", json=answer)
        again = agency.post(f"/v1/assistance/{request_id}/answer", json=answer)
        after = browser.get(f"/assist/{request_id}/{link}").text
    assert ('id="declining"' in page, 'id="declining"' in after) == (True, False)
    assert (first.status_code, first.json()["state"], first.json()["late"]) == (200, "ANSWERED", True)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "word_known")
    late = [one for one in scene.found() if one.id == f"assist:{request_id}:late"]
    assert [(one.verdict, one.found, one.door) for one in late] == [(Verdict.MISMATCH, "4", "link")]
    assert scene.stands()[:2] == (CaseState.REVIEW, None)
    with store.begin() as tx:
        decided = review.decide(
            scene.office, tx, scene.case_id, Outcome.UNTRUE_CURABLE, "李四", "民政局迟到的答复", (late[0].id,), hand()
        )
    assert decided.outcome is Outcome.UNTRUE_CURABLE


def test_an_agency_that_says_by_form_and_late_why_it_cannot_help_is_heard(store: Store, hand: Hand) -> None:
    scene, request_id = silent(store, hand)
    link = scene.office.link_token(replylink.LINK, request_id)
    with serving(scene.office) as edge, edge.client() as browser:
        said = {"do": "decline", "inability": "NOT_HELD", "reasons": "档案移交中", "signer": "赵六", "message": "m-1"}
        assert browser.post(f"/assist/{request_id}/{link}", data=said).status_code == 303
    (late,) = [one for one in scene.found() if one.id.endswith(":late")]
    assert (late.verdict, late.remark) == (Verdict.CANNOT_SAY, "档案移交中")


def test_an_agencys_late_word_is_a_lead_in_a_closed_case_and_no_outcome(store: Store, hand: Hand) -> None:
    scene, request_id = silent(store, hand)
    scene.decide(Outcome.TRUE)
    with store.begin() as tx:
        assist.answer(scene.office, tx, request_id, Verdict.MISMATCH, "4", "赵六", hand())
    assert scene.stands() == (CaseState.REVIEW, None, "LATE")


def test_what_an_agency_says_of_a_withdrawn_case_is_kept_and_read_and_is_no_evidence(store: Store, hand: Hand) -> None:
    scene, request_id = silent(store, hand)
    scene.withdraw()
    with store.read() as tx:
        before = tx.cases.get(scene.case_id), tx.cases.evidence(scene.case_id)
    with store.begin() as tx:
        assist.answer(scene.office, tx, request_id, Verdict.MISMATCH, "4", "赵六", hand())
        assist.refuse(scene.office, tx, request_id, "档案已移交", "赵六", hand())
        with pytest.raises(Refusal, match="request_closed"):
            assist.contest_refusal(scene.office, tx, request_id, "法定义务", "李四", hand())
    with store.read() as tx:
        held = tx.assistance.get(request_id)
        assert [(word["do"], word["signer"]) for word in held.afterwords] == [("answer", "赵六"), ("decline", "赵六")]
        assert held.reply is None
        assert (tx.cases.get(scene.case_id), tx.cases.evidence(scene.case_id)) == before, "nothing is gathered, nothing moves"
        assert [one.open for one in tx.attention.of_kind(unsettled.AFTERWORD)] == [True], "a person reads it"
    link = scene.office.link_token(replylink.LINK, request_id)
    with serving(scene.office) as edge, edge.client() as browser:
        assert 'name="signer"' not in browser.get(f"/assist/{request_id}/{link}").text


def test_what_did_not_come_at_all_is_no_late_evidence(store: Store, hand: Hand) -> None:
    scene = slow(store, hand, "=")
    scene.source.default = Unavailable("timeout")
    scene.source.meanwhile = scene.overdue
    settle(scene.office)
    assert scene.found() == []
