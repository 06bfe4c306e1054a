"""What inspectors find in daily supervision is acted on: by a person, never by a rule (the plan, item 7; handbook 7.4, 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from inspector.domain.case import CaseState, MatterKind, Outcome, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding, Seen
from inspector.domain.visit import Visit
from inspector.flows import dispatch, review, supervision
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.room import Row
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, application, post

pytestmark = pytest.mark.alike

WORDS = "不属实，系伪造"
AID = {"relief-status": "在册"}


def pooled(store: Store, hand: Hand, signed_on: date | None = None) -> tuple[Office, str, Visit]:
    """An exempt case of a person, and the visit that the draw from the pool has given him or her."""
    office, _, _ = drawing(store, hand)
    packs = tuple(
        replace(
            pack,
            samplings=tuple(
                replace(row, ratio=Fraction(1, 2), minimum=4, rolling=False) if row.level and not row.whole else row
                for row in pack.samplings
            ),
        )
        for pack in office.book.packs
    )
    plans = {"weekly": replace(office.plans["weekly"], pool=True)}
    office = replace(office, plans=plans, book=replace(office.book, packs=packs))
    given = application(
        90, "legal-aid", AID, subject_kind=SubjectKind.PERSON, subject_code="11010519491231002X", matter=MatterKind.BENEFIT
    )
    case_id = post(office, given if signed_on is None else replace(given, signed_on=signed_on))
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = (one for one in visits(office, held.number) if one.pooled and one.kind is SubjectKind.PERSON)
    return office, case_id, visit


def seat(office: Office, hand: Hand, visit: Visit) -> str:
    """The first seat of a team that has accepted."""
    with office.store.begin() as tx:
        names = [one.name for one in tx.visits.team(visit.id)]
        for name in names:
            dispatch.accept(tx, name, hand())
    return names[0]


def entered(office: Office, hand: Hand, visit: Visit, seen: Seen | None, remarks: str, findings: Sequence[Finding] = ()) -> Visit:
    """A result."""
    name = seat(office, hand, visit)
    with office.store.begin() as tx:
        return dispatch.report(office, tx, name, findings, remarks, hand(), seen=seen)


def matters(office: Office) -> list[Row]:
    """What waits for a person because a visit has found something."""
    with office.store.read() as tx:
        return [row for row in tx.attention.page(None) if row["kind"] == supervision.FOUND]


def told(office: Office, case_id: str) -> str:
    """A case's explanation."""
    with office.store.read() as tx:
        return render(explain(office, tx, case_id), "zh-Hans")


@pytest.mark.slow
@pytest.mark.parametrize("seen", [Seen.FINDING, None], ids=["a finding", "words that nobody has put a name to"])
def test_what_a_visit_to_the_pool_finds_waits_for_a_person_and_decides_nothing(
    store: Store, hand: Hand, seen: Seen | None
) -> None:
    office, case_id, visit = pooled(store, hand)
    entered(office, hand, visit, seen, WORDS)
    (matter,) = matters(office)
    assert (matter["agency"], matter["about"]) == ("bureau", visit.id)
    assert WORDS not in str(dict(matter)), "the words stand where they can be erased"
    assert WORDS in told(office, case_id)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.POOLED, "a rule ends nothing against anybody"
        assert any(row["rule"] == "visit.report" and WORDS in row["body"] for row in tx.ledger.about(visit.id))


@pytest.mark.slow
def test_a_visit_that_has_found_nothing_leaves_nobody_anything_to_do(store: Store, hand: Hand) -> None:
    office, case_id, visit = pooled(store, hand)
    entered(office, hand, visit, Seen.NOTHING, "正常")
    assert matters(office) == []
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.POOLED


def test_a_finding_needs_words(store: Store, hand: Hand) -> None:
    office, _, visit = pooled(store, hand)
    with pytest.raises(Invalid, match="finding_wordless"):
        entered(office, hand, visit, Seen.FINDING, " \u200b")


@pytest.mark.slow
def test_an_exempt_promise_that_a_visit_contradicts_goes_to_an_officer_with_the_evidence_for_a_decision(
    store: Store, hand: Hand
) -> None:
    office, case_id, visit = pooled(store, hand)
    finding = Finding(case_id=case_id, claim="relief-status", verdict=Verdict.MISMATCH, note="已退出救助")
    entered(office, hand, visit, None, "", [finding])
    assert len(matters(office)) == 1
    with store.read() as tx:
        case, (piece,) = tx.cases.get(case_id), tx.cases.evidence(case_id)
        assert (case.state, case.review_reason, case.outcome) == (CaseState.REVIEW, "FINDING", None)
        assert not [row for row in tx.work.page(case_id=case_id) if row["kind"] == OrderKind.CREDIT.value]
    with store.begin() as tx:
        decided = review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "理由", (piece.id,), hand())
    assert (decided.state, decided.outcome) == (CaseState.CLOSED, Outcome.UNTRUE_CURABLE)


def test_nobody_can_answer_for_a_case_that_is_not_the_visited_subjects(store: Store, hand: Hand) -> None:
    office, _, visit = pooled(store, hand)
    with store.read() as tx:
        other = next(one for one in visits(office, visit.draw) if one.id != visit.id)
        case = tx.cases.get(other.case_ids[0])
    finding = Finding(case_id=case.id, claim=case.claims[0].claim.key, verdict=Verdict.MISMATCH, note="x")
    with pytest.raises(Invalid, match="findings_unknown"):
        entered(office, hand, visit, None, "", [finding])


@pytest.mark.slow
@pytest.mark.parametrize("seen", [None, Seen.FINDING])
def test_what_is_found_beside_the_facts_of_a_case_is_read_by_its_officer(store: Store, hand: Hand, seen: Seen | None) -> None:
    office, _, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    findings = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
    entered(office, hand, visit, seen, "另发现：无证经营", findings)
    assert "另发现：无证经营" in told(office, case_id)
    assert len(matters(office)) == (seen is Seen.FINDING)
    with store.read() as tx:
        assert tx.cases.get(case_id).outcome is Outcome.TRUE, "what is beside the promise does not make it untrue"


@pytest.mark.slow
@pytest.mark.parametrize(("seen", "counts"), [(Seen.NOTHING, (1, 0)), (Seen.FINDING, (1, 1)), (None, (0, 0))])
def test_a_visit_to_the_pool_is_judged_in_the_report_by_what_its_team_says(
    store: Store, hand: Hand, seen: Seen | None, counts: tuple[int, int]
) -> None:
    office, _, visit = pooled(store, hand)
    entered(office, hand, visit, seen, WORDS)
    with store.read() as tx:
        made = report(office, tx, visit.draw)
    (estimate,) = made.estimates
    assert (estimate.judged, estimate.found) == counts
    assert (estimate.share is None) == (seen is None)
    assert ("pool-U (not judged, left out)" in markdown(tell(made, "en"))) == (seen is None), "aloud"


@pytest.mark.slow
def test_the_form_asks_what_was_seen_and_offers_the_exempt_promises(store: Store, hand: Hand) -> None:
    office, case_id, visit = pooled(store, hand)
    name = seat(office, hand, visit)
    secret = office.link_token("seat", name)
    about = f"verdict:{case_id}:relief-status"
    with serving(office) as edge, edge.client() as browser, edge.client(X_Link_Token=secret) as program:
        path = f"/seat/{name}/{secret}"
        assert about in browser.get(path).text
        program.cookies.update(browser.cookies)  # of one phone
        assert [one["claim"] for one in program.get(f"/v1/seats/{name}").json()["exempt"]] == ["relief-status"]
        unsaid = browser.post(path, data={"do": "result", "remarks": WORDS})
        assert (unsaid.status_code, "请填写是否发现问题" in unsaid.text) == (422, True)
        said = {"do": "result", "seen": "FINDING", "remarks": WORDS, about: "match"}
        assert browser.post(path, data=said).status_code == 303
        page = browser.get(path + "?lang=en").text
        assert all(told in page for told in ("Agrees", "Found something", WORDS)), (
            "an exempt promise that was answered is told too"
        )
        (part,) = program.get(f"/v1/seats/{name}").json()["visit"]["parts"]
    assert (part["seen"], part["remarks"]) == ("FINDING", WORDS)
    assert len(matters(office)) == 1
