"""What later facts may and may not do: corrections, stale ratings, withdrawal, and who stays drawn. On both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain import verification
from inspector.domain.case import CaseState, ClaimStatus, Method, Outcome, Route, SubjectKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.roster import RosterObject
from inspector.flows import assist, intake, review
from inspector.flows.draw import announce_now
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office, Plan
from inspector.flows.settle import settle_case
from inspector.labels import LANGS
from inspector.policybook import Policybook
from inspector.ports import Card, CreditEntry, CreditRetraction, Provenance, Rating, Receipt, Unavailable
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_draw_way import FACTS, Dice, Notary, Party, Phones, inspectors, visits
from tests.integration.test_forms import logged_in
from tests.integration.test_way import HOUSEHOLD, LICENCE, Post, person

pytestmark = pytest.mark.alike

AWAY = Table(default=Unavailable("timeout"))


@dataclass
class Platform:
    """A credit platform with one answer for everybody, sometimes away."""

    as_of: datetime
    away: bool = False
    entries: list[CreditEntry] = field(default_factory=list)
    retracted: list[tuple[str, CreditRetraction]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = Card(name="platform", port="credit", kind="table", owner="test", version="1")

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """Level A, as of its date."""
        told = Provenance(
            source="platform",
            owner="test",
            asked_at=datetime.now(UTC),
            as_of=self.as_of,
            source_version="1",
            request_digest="0" * 64,
            reply_digest="1" * 64,
            attempts=1,
        )
        return Rating(level="A", as_of=self.as_of, provenance=told)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Take an entry."""
        if self.away:
            raise Unavailable("down")
        self.entries.append(entry)
        return Receipt(reference="", at=datetime.now(UTC))

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take an entry back."""
        if self.away:
            raise Unavailable("down")
        self.retracted.append((key, retraction))
        self.entries = [entry for entry in self.entries if entry.entry_id != retraction.entry_id]
        return Receipt(reference="x-1", at=datetime.now(UTC))


def level_of(office: Office, case_id: str) -> str:
    """The level frozen into a case."""
    with office.store.read() as tx:
        strategy = tx.cases.get(case_id).strategy
    assert strategy is not None
    return strategy.level.level


@pytest.mark.parametrize(
    ("age", "level"),
    [
        (timedelta(days=10), "A"),
        (timedelta(days=400), "U"),
        (timedelta(days=-3), "U"),
        (timedelta(seconds=-2), "A"),
        (timedelta(minutes=-6), "U"),
    ],
    ids=["fresh", "stale", "from the future", "by a clock that is ahead", "by one that is far ahead"],
)
def test_a_looked_up_level_counts_only_while_it_is_fresh(store: Store, hand: Hand, age: timedelta, level: str) -> None:
    platform = Platform(as_of=hand() - age)
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": platform})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    assert level_of(office, case_id) == level


def test_a_correction_cannot_lay_one_firms_case_on_another_but_may_mend_the_name(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": AWAY})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    for other in (
        replace(given, subject_code="TEST00000000000099", subject_name="另一公司"),
        replace(given, subject_kind=SubjectKind.PERSON, subject_code="110105194912310021"),
    ):
        with store.begin() as tx, pytest.raises(Refusal, match="correction_of_subject"):
            intake.correct(office, tx, case_id, other, "hall", hand())
    with store.begin() as tx:
        mended = intake.correct(office, tx, case_id, replace(given, subject_name="更名后的公司"), "hall", hand())
    assert (mended.subject.code, mended.subject.name) == (given.subject_code, "更名后的公司")


@pytest.mark.slow
def test_evidence_about_what_was_claimed_before_a_correction_decides_nothing(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=None), "social": Table(name="social", default="=")})
    office = replace(office, connectors=replace(office.connectors, agencies={"civil-affairs": Post("civil-affairs")}))
    given = person(1, "relief-household", HOUSEHOLD)
    case_id = post(office, given)
    settle(office)
    with store.begin() as tx:
        former = [piece.id for piece in tx.cases.evidence(case_id)]
        changed = tuple(replace(claim, value=claim.value + "0") for claim in given.claims)
        intake.correct(office, tx, case_id, replace(given, claims=changed), "hall", hand())
    settle(office)  # the sources answer anew, before the last date makes their answers pointless
    hand.on(days=60)
    settle(office)
    assert former
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW
    with store.begin() as tx, pytest.raises(Invalid, match="evidence_former"):
        review.decide(office, tx, case_id, Outcome.REFUSED, "李四", "拒不配合", (former[0],), hand())
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/review/{case_id}").text
    assert ('name="evidence"' in page, [one for one in former if f'value="{one}"' in page]) == (True, [])


def test_a_case_with_an_officer_cannot_be_corrected_back_into_a_good_one(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    settle(office)
    changed = replace(given, claims=tuple(replace(claim, value="吊销") for claim in given.claims))
    with store.begin() as tx, pytest.raises(Refusal, match="correction_in_review"):
        intake.correct(office, tx, case_id, changed, "hall", hand())
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert (case.state, case.review_reason) == (CaseState.REVIEW, "CONTRADICTED")


def test_a_lead_reaches_an_officer_though_other_claims_are_still_open(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="0")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    given = person(1, "relief-household", HOUSEHOLD)
    case_id = post(office, given)
    settle(office)
    changed = tuple(replace(claim, value="0") for claim in given.claims)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.VERIFYING
    with store.begin() as tx, pytest.raises(Refusal, match="correction_after_mismatch"):
        intake.correct(office, tx, case_id, replace(given, claims=changed), "hall", hand())
    hand.on(days=60)
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW


def test_a_correction_says_by_whom_and_what_and_the_same_content_again_leaves_no_line(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": AWAY})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    changed = replace(given, subject_name="更名后的公司", letter_text="改正后的承诺")
    with store.begin() as tx:
        corrected = intake.correct(office, tx, case_id, changed, "hall", hand())
    with store.begin() as tx:
        assert intake.correct(office, tx, case_id, changed, "hall", hand()) == corrected
    with store.read() as tx:
        (row,) = [row for row in tx.ledger.about(case_id) if row["rule"] == "case.correct"]
        told = {lang: render(explain(office, tx, case_id), lang) for lang in LANGS}
    facts = json.loads(row["body"])["facts"]
    assert (facts["by"], facts["changed"]) == ("hall", ["letter", "subject_name"])
    assert (facts["content_before"], facts["content_after"]) == (given.digest(), changed.digest())
    assert "what changed: letter of commitment, name of the subject" in told["en"]
    assert "更正的内容" in told["zh-Hans"]


def test_a_case_corrected_before_its_rating_is_looked_up_again(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": Platform(as_of=hand())})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    with store.begin() as tx:
        intake.correct(office, tx, case_id, replace(given, letter_text="改正后的承诺"), "hall", hand())
    settle(office)
    assert level_of(office, case_id) == "A"


def test_a_look_up_that_contradicts_a_level_of_its_moment_turns_nothing_and_a_person_is_told(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": Platform(as_of=hand())})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    with store.begin() as tx:
        tx.credit.state(given.subject_kind, given.subject_code, "D", hand(), "pushed")
    settle(office)
    assert level_of(office, case_id) == "D"
    with store.read() as tx:
        (matter,) = [one for one in tx.attention.page(None) if one["kind"] == "level_conflict"]
        held = tx.credit.level(given.subject_kind, given.subject_code)
    assert (matter["about"], json.loads(matter["body"])["stated"]) == (case_id, "A")
    assert held is not None
    assert held[0] == "D"


def test_a_correction_to_the_certificate_route_enrols_the_subject(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": AWAY})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    with store.begin() as tx:
        corrected = intake.correct(office, tx, case_id, replace(given, route=Route.CERTIFICATE), "hall", hand())
        enrolled = [row.code for row in tx.rosters.objects("bureau")]
    assert (corrected.state, enrolled) == (CaseState.POOLED, [given.subject_code])


def test_a_corrected_case_stays_drawn_and_the_inspectors_look_at_what_is_claimed_now(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    ids, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    given = application(1, "dispatch-premises", FACTS)
    changed = replace(given, claims=tuple(replace(claim, value=claim.value + "甲") for claim in given.claims))
    with store.begin() as tx:
        corrected = intake.correct(office, tx, ids[0], changed, "hall", hand())
    (visit,) = visits(office, held.number)
    assert {doubt.claim for doubt in visit.doubts} <= {file.claim.key for file in corrected.claims}
    assert visit.doubts


def visiting(office: Office) -> Office:
    """An office whose pack sends somebody where nobody else could say, at level C and high risk."""
    packs = tuple(
        replace(pack, strategies=tuple(replace(row, visit_all=row.visit_all or row.row == "high-C") for row in pack.strategies))
        for pack in office.book.packs
    )
    return replace(office, book=Policybook(packs=packs))


@pytest.mark.slow
def test_a_case_that_comes_to_need_a_visit_after_its_frame_is_framed_again(store: Store, hand: Hand) -> None:
    office = open_office(
        store,
        hand,
        plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d")},
        sources={"registers": Table(default=None), "social": Table(name="social", default="=")},
        agencies={"housing": Post("housing")},
        seeds={"dice": Dice(), "justice": Party("justice"), "audit": Party("audit")},
        witnesses={"notary": Notary(clock=hand)},
        channels={"phones": Phones()},
    )
    office = visiting(office)
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(6))
    ids = []
    for number in range(1, 13):
        given = application(number, "hr-agency-staff", {"insured-staff": "5", "office-lease": "有"})
        with store.begin() as tx:
            tx.credit.state(SubjectKind.FIRM, given.subject_code, "C", hand(), "platform")
        ids.append(post(office, given))
    settle(office)
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    carried_out(office, hand, held.number)
    left = sorted(set(ids) - {case_id for visit in visits(office, held.number) for case_id in visit.case_ids})
    assert left, "the draw takes some and leaves some"
    with store.begin() as tx:
        (request,) = tx.assistance.of_case(left[0])
        assist.refuse(office, tx, request.id, "无法协助", "王五", hand())
        step = tx.cases.get(left[0]).file("office-lease").step
        assert step is not None
        assert step.method is Method.ON_SITE
        assert [row["id"] for row in tx.cases.undrawn("bureau")] == [left[0]]


def test_withdrawal_calls_back_a_credit_entry_that_has_not_left(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand(), away=True)
    office = open_office(store, hand, sources={"registers": Table(default="吊销")}, credit={"platform": platform})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.begin() as tx:
        (found,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.FALSE_KNOWING, "李四", "明知不实", (found.id,), hand())
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "改为提交证明", "hall", hand())
    platform.away = False
    hand.on(days=1)
    settle(office)
    assert platform.entries == []


def test_a_withdrawn_case_cannot_be_concluded(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": AWAY})
    case_id = post(office, application(1, "business-licence", LICENCE))
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "不再办理", "hall", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="already_withdrawn"):
        review.conclude(office, tx, case_id, "hall", hand())


def test_nobody_escapes_a_draw_from_the_pool_by_withdrawing_a_case(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = replace(office, plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)})
    given = application(1, "dispatch-premises", FACTS)
    row = RosterObject(
        agency="bureau",
        kind=SubjectKind.FIRM,
        code=given.subject_code,
        original=given.subject_code,
        name="某公司",
        pool="bureau",
    )
    with store.begin() as tx:
        tx.rosters.enrol(row)
    ids, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        review.withdraw(office, tx, ids[0], "不再办理", "hall", hand())
        assert tx.visits.get(visit.id).state.open


def test_what_inspectors_saw_conflicts_with_a_register_while_another_claim_is_still_open_and_a_person_decides(
    store: Store, hand: Hand
) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    with store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        policy = office.book.get(case.pack)
        (proven,) = [held.claim.key for held in case.claims if held.status is ClaimStatus.PROVEN]
        seen = Evidence(
            id="visit:1",
            claim=proven,
            method=Method.ON_SITE,
            via="",
            verdict=Verdict.MISMATCH,
            fresh=True,
            asked_at=hand(),
            as_of=hand(),
        )
        case = settle_case(tx, office, verification.weigh(case, seen, policy, hand(), office.calendar), policy, hand())
        assert (case.state, case.file(proven).status) == (CaseState.VERIFYING, ClaimStatus.CONFLICT)
        (request,) = tx.assistance.of_case(case_id)
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
        held = tx.cases.get(case_id)
        assert (held.state, held.review_reason) == (CaseState.REVIEW, "CONFLICT")
