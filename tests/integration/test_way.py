"""The way of one case, with the shipped demo pack, on both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.case import CaseState, ClaimStatus, MatterKind, Outcome, Route, SubjectKind
from inspector.domain.errors import Conflict, Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.domain.roster import differences
from inspector.flows import assist, intake, review
from inspector.flows.intake import Application, take
from inspector.ports import Card, Letter, Origin, Receipt, Refused, Unavailable
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike

LICENCE = {"registration-status": "存续"}
SENT_BEFORE = "c71437ce330adcb703540f3a4353d4ab2967b80f52aa2ccf483720d1efeecf5e"
"""The digest of the first application for a licence, as it was before an application could say when the matter was concluded."""
HOUSEHOLD = {"household": "3", "insured-income": "1200"}


@dataclass
class Post:
    """An agency that takes letters and says nothing."""

    name: str
    letters: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="agency", kind="table", owner="test", version="1")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Take a letter."""
        self.letters.append(letter)
        return Receipt(reference=f"no-{len(self.letters)}", at=datetime.now(UTC))


def person(number: int, item: str, claims: dict[str, str], matter: MatterKind = MatterKind.BENEFIT) -> Application:
    """An application by a natural person."""
    return application(
        number, item, claims, matter=matter, subject_kind=SubjectKind.PERSON, subject_code=f"11010519491231{number:04d}"
    )


@pytest.mark.differs
def test_a_matching_answer_closes_a_case_as_true_and_orders_the_kept_promise(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        evidence = tx.cases.evidence(case_id)
        kinds = [row["kind"] for row in tx.work.page(case_id=case_id)]
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.TRUE)
    assert [item.verdict for item in evidence] == [Verdict.MATCH]
    assert "credit" in kinds


@pytest.mark.parametrize(
    ("concluded", "proposed"), [(False, ["TERMINATE", "RECORD_CREDIT"]), (True, ["ORDER_RECTIFY", "RECORD_CREDIT"])]
)
def test_what_is_proposed_is_what_the_stage_of_the_matter_allows(
    store: Store, hand: Hand, concluded: bool, proposed: list[str]
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.begin() as tx:
        if concluded:
            review.conclude(office, tx, case_id, "hall", hand())
        (found,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (found.id,), hand())
        told = [json.loads(row["body"]) for row in tx.events.of_case(case_id) if row["type"] == "consequence.proposed"]
    assert [one["proposal"] for one in told] == proposed


def test_a_matter_concluded_before_the_case_was_sent_is_rectified_and_not_terminated(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    given = application(1, "business-licence", LICENCE)
    with pytest.raises(Invalid, match="concluded_out_of_range"):
        post(office, replace(given, concluded_at=hand() - timedelta(days=2)))
    assert replace(given, concluded_at=None, notice_version="1").digest() == SENT_BEFORE, (
        "a case from before there was the field is the same case"
    )
    case_id = post(office, replace(given, concluded_at=hand() - timedelta(hours=14)))
    settle(office)
    with store.begin() as tx:
        (found,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (found.id,), hand())
        told = [json.loads(row["body"]) for row in tx.events.of_case(case_id) if row["type"] == "consequence.proposed"]
    assert [one["proposal"] for one in told] == ["ORDER_RECTIFY", "RECORD_CREDIT"]


def test_a_mismatch_is_a_lead_until_an_officer_decides(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.begin() as tx:
        case = tx.cases.get(case_id)
        assert (case.state, case.outcome, case.review_reason) == (CaseState.REVIEW, None, "CONTRADICTED")
        (found,) = tx.cases.evidence(case_id)
        with pytest.raises(Invalid, match="evidence_missing"):
            review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (), hand())
    with store.begin() as tx:
        decided = review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (found.id,), hand())
        events = [row["type"] for row in tx.events.of_case(case_id)]
    assert (decided.state, decided.outcome) == (CaseState.CLOSED, Outcome.UNTRUE_CURABLE)
    assert "consequence.proposed" in events


@pytest.mark.parametrize(
    "answer",
    [Unavailable("timeout"), Refused("E-106", origin=Origin.THEM), None],
    ids=["timeout", "refused", "no record"],
)
def test_no_answer_of_any_kind_is_never_untrue(store: Store, hand: Hand, answer: Exception | None) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=answer)})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    hand.on(days=3)  # the pack waits two working days for a source
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        assert case.outcome is None
        assert (case.state, case.review_reason) == (CaseState.REVIEW, "UNDETERMINED")
        assert tx.cases.evidence(case_id)[0].verdict not in (Verdict.MATCH, Verdict.MISMATCH)


def test_where_the_source_has_nothing_another_agency_is_asked_reminded_and_the_superior_told(store: Store, hand: Hand) -> None:
    civil, county = Post("civil-affairs"), Post("county-office")
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": civil, "county-office": county})
    places = {"county": "county-office", "city": None}
    tree = {name: replace(node, connector=places.get(name, node.connector)) for name, node in office.tree.items()}
    office = replace(office, tree=tree)
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    assert [letter.kind for letter in civil.letters] == [LetterKind.REQUEST]
    hand.on(days=3)
    settle(office)
    assert [letter.kind for letter in civil.letters] == [LetterKind.REQUEST, LetterKind.REMINDER]
    hand.on(days=4)
    settle(office)
    with store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    assert (request.state, request.escalated_to) == (AssistanceState.ESCALATED, "county-office")
    assert [letter.kind for letter in county.letters] == [LetterKind.ESCALATION]
    hand.on(days=14)
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert (case.state, case.outcome) == (CaseState.REVIEW, None), "silence is no finding"


def test_an_agency_answers_and_the_case_goes_on_and_a_second_answer_is_refused(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    with store.begin() as tx:
        (request,) = tx.assistance.of_case(case_id)
        with pytest.raises(Invalid, match="reasons_missing"):
            assist.refuse(office, tx, request.id, " ", "王五", hand())
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
        assert tx.cases.get(case_id).outcome is Outcome.TRUE
    with store.begin() as tx, pytest.raises(Refusal, match="word_known"):
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())


@pytest.mark.differs
def test_withdrawal_ends_all_open_work_tells_those_asked_and_leaves_no_credit_mark(store: Store, hand: Hand) -> None:
    civil = Post("civil-affairs")
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": civil})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "改为提交证明", "hall", hand())
    settle(office)
    with store.read() as tx:
        work = tx.work.page(case_id=case_id)
        (request,) = tx.assistance.of_case(case_id)
        case = tx.cases.get(case_id)
    assert case.state is CaseState.WITHDRAWN
    assert request.state is AssistanceState.CANCELLED
    assert [letter.kind for letter in civil.letters] == [LetterKind.REQUEST, LetterKind.CANCEL]
    assert {row["state"] for row in work} == {"done"}
    assert "credit" not in {row["kind"] for row in work}


def test_after_the_matter_is_concluded_withdrawal_is_refused_even_while_verification_runs(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=Unavailable("timeout"))})
    case_id = post(office, application(1, "business-licence", LICENCE))
    with store.begin() as tx:
        review.conclude(office, tx, case_id, "hall", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="already_concluded"):
        review.withdraw(office, tx, case_id, "反悔", "hall", hand())


def test_the_same_reference_is_the_same_case_and_other_content_a_conflict(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    first = post(office, application(1, "business-licence", LICENCE))
    assert post(office, application(1, "business-licence", LICENCE)) == first
    with store.begin() as tx, pytest.raises(Conflict, match="reference_reused"):
        take(office, tx, application(1, "business-licence", {"registration-status": "注销"}), "hall", hand())


def test_a_subject_that_was_removed_from_supervision_is_enrolled_again_and_no_file_takes_it_out(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=None)})
    given = application(1, "business-licence", LICENCE, route=Route.CERTIFICATE)
    post(office, given)
    with store.begin() as tx:
        (row,) = tx.rosters.objects("bureau")
        tx.rosters.remove_objects("bureau", [("FIRM", row.code)], hand())
        assert tx.rosters.objects("bureau") == []
    post(office, replace(given, reference="R-2"))
    listed = replace(row, name="名录中的名称", enrolled=False)
    with store.begin() as tx:
        assert [(held.code, held.enrolled) for held in tx.rosters.objects("bureau")] == [(row.code, True)]
        assert differences(tx.rosters.objects("bureau"), []) == (), "the office's file knows nothing of the cases"
        assert [one.kind for one in differences(tx.rosters.objects("bureau"), [listed])] == ["changed"]
        tx.rosters.put_objects([listed])
        assert tx.rosters.objects("bureau") == [replace(listed, enrolled=True)]
        assert differences(tx.rosters.objects("bureau"), [listed]) == ()
        tx.rosters.put_objects([replace(listed, code="TESTNEW")])
        assert [one.key for one in differences(tx.rosters.objects("bureau"), [])] == ["FIRM:TESTNEW"]


def test_an_exempt_item_enrols_its_subject_and_asks_nobody(store: Store, hand: Hand) -> None:
    social = Table(name="social", default="=")
    office = open_office(store, hand, sources={"social": social})
    case_id = post(office, person(1, "legal-aid", {"relief-status": "是"}))
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.POOLED
        assert [row.code for row in tx.rosters.objects("bureau")] == ["110105194912310001"]
    assert not social.asked


def test_both_routes_enter_the_same_pool(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    post(office, application(1, "business-licence", LICENCE, route=Route.CERTIFICATE))
    with store.read() as tx:
        assert len(tx.rosters.objects("bureau")) == 1


def test_a_pushed_level_is_frozen_and_a_stale_one_is_unrated(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    given = [application(number, "business-licence", LICENCE) for number in (1, 2)]
    with store.begin() as tx:
        tx.credit.state(SubjectKind.FIRM, given[0].subject_code, "D", hand(), "platform")
        tx.credit.state(SubjectKind.FIRM, given[1].subject_code, "A", hand().replace(year=2025), "platform")
    ids = [post(office, one) for one in given]
    with store.read() as tx:
        levels = [held.level.level for held in (tx.cases.get(one).strategy for one in ids) if held]
    assert levels == ["D", "U"]


def test_when_the_term_has_run_out_what_is_open_goes_to_a_person(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "dispatch-premises", {"registered-address": "某路1号", "office-in-use": "是"}))
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).file("registered-address").status is ClaimStatus.PROVEN
    hand.on(days=60)
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert (case.state, case.review_reason, case.outcome) == (CaseState.REVIEW, "DEADLINE", None)


def test_a_correction_starts_the_verification_anew_cancels_what_was_asked_and_keeps_a_deadline(store: Store, hand: Hand) -> None:
    civil = Post("civil-affairs")
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": civil})
    given = person(1, "relief-household", HOUSEHOLD)
    case_id = post(office, given)
    settle(office)
    with store.begin() as tx:
        changed = replace(given, claims=tuple(replace(claim, value=claim.value + "0") for claim in given.claims))
        intake.correct(office, tx, case_id, changed, "hall", hand())
    settle(office)
    with store.read() as tx:
        states = [request.state for request in tx.assistance.of_case(case_id)]
        deadlines = [row["state"] for row in tx.work.page(case_id=case_id, limit=200) if row["kind"] == "verify.due"]
    assert sorted(states) == [AssistanceState.CANCELLED, AssistanceState.SENT]
    assert [letter.kind for letter in civil.letters].count(LetterKind.CANCEL) == 1
    assert sorted(deadlines) == ["done", "waiting"]
    with store.begin() as tx, pytest.raises(Conflict, match="correction_of_another_case"):
        intake.correct(office, tx, case_id, replace(given, reference="R-other"), "hall", hand())
