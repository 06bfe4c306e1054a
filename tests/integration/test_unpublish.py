"""Handbook scenario 61: what is public stands as it was published, and what falls is taken back in days, whatever it fell by."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import CaseState, Method, Outcome
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.finding import Finding, Part, Seen
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.review import finding
from inspector.flows import affix, annulling, gazette, publication, review, supervision, unpublish
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.store.store import Store
from inspector.store.tx import new_id
from tests.house import Hand
from tests.integration.test_gazette import built, over, registered
from tests.integration.test_publications import look, matters, office, said
from tests.integration.test_supervision import entered, pooled
from tests.proceedings import Proceeding

__all__ = ["office"]
pytestmark = pytest.mark.alike


def against(office: Office, hand: Hand, duty: PublicationDuty, verdict: Verdict = Verdict.MISMATCH) -> str:
    """A later visit finds that the promise of the duty's case does not hold, or that it does; the case."""
    with office.store.begin() as tx:
        (case_id,) = tx.visits.get(duty.visit).case_ids
        case = tx.cases.get(case_id, lock=True)
        piece = Evidence(
            id=f"visit:{new_id()}:{case.id}",
            claim=case.claims[0].claim.key,
            method=Method.ON_SITE,
            via="",
            verdict=verdict,
            fresh=True,
            asked_at=hand(),
            as_of=hand(),
        )
        tx.cases.add_evidence(case, piece)
        policy = office.book.get(case.pack)
        settle_case(tx, office, finding(case, piece, policy, hand(), office.calendar), policy, hand())
    return case_id


def decides(office: Office, hand: Hand, case_id: str, outcome: Outcome) -> None:
    """An officer decides the case that is with him or her, by the last that spoke against it."""
    with office.store.begin() as tx:
        piece = [held for held in tx.cases.evidence(case_id) if held.verdict is Verdict.MISMATCH][-1]
        about = [held.id for held in tx.cases.evidence(case_id) if held.claim == piece.claim]
        review.decide(office, tx, case_id, outcome, "李四", "理由", tuple(about), hand())


def contradicted(office: Office, hand: Hand, duty: PublicationDuty, outcome: Outcome) -> str:
    """The visit of a duty has contradicted its case, and an officer has decided that; the case."""
    with office.store.begin() as tx:
        seen = tx.visits.get(duty.visit)
        findings = tuple(replace(held, verdict=Verdict.MISMATCH) for held in seen.findings)
        tx.visits.put(replace(seen, findings=findings))
    case_id = against(office, hand, duty)
    decides(office, hand, case_id, outcome)
    return case_id


def one(office: Office, duty: str) -> PublicationDuty:
    """A duty as it stands."""
    with office.store.read() as tx:
        return tx.publications.get(duty)


def published(office: Office, hand: Hand, folder: Path, outcome: Outcome) -> PublicationDuty:
    """The one result, on the register: of a visit that contradicted its case."""
    (duty,) = look(office, hand)
    contradicted(office, hand, duty, outcome)
    over(office)
    built(office, folder, post=True)
    return one(office, duty.id)


@pytest.mark.slow
def test_what_is_public_stands_as_it_was_published_and_falls_with_its_case_by_the_packs_date(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    duty = published(office, hand, tmp_path, Outcome.UNTRUE_CURABLE)
    assert duty.shown is not None
    assert duty.shown.found is CheckResult.PROBLEM
    page = (tmp_path / "results-00001.html").read_bytes()
    with office.store.begin() as tx:  # the visit's firm is called otherwise since
        seen = tx.visits.get(duty.visit)
        tx.visits.put(replace(seen, name="改了名的公司"))
        (entry,) = (row for row in tx.ledger.about(duty.visit) if row["rule"] == "publication.done")
        assert json.loads(entry["body"])["facts"]["line"] == duty.shown.digest, "the ledger says what became public"
    hand.on(days=1)
    built(office, tmp_path, post=True)
    assert (tmp_path / "results-00001.html").read_bytes() == page
    case_id = against(office, hand, duty, Verdict.MATCH)
    fell, today = one(office, duty.id), office.calendar.local_date(hand())
    assert (fell.state, fell.why, fell.document) == (PublicationState.TO_REMOVE, Fallen.REOPENED, "")
    assert office.calendar.local_date(fell.due_at) == office.calendar.add_working_days(today, 3)
    built(office, tmp_path, post=False)
    assert (tmp_path / "results-00001.html").read_bytes() == page, "nothing goes from the register by itself"
    hand.on(days=1)
    built(office, tmp_path, post=True)
    gone = one(office, duty.id)
    assert (gone.state, gone.removed and gone.removed.reference) == (
        PublicationState.REMOVED,
        f"https://example.org/results/results-00001.html#{duty.id}",
    )
    assert "重新审查" in (tmp_path / "results-00001.html").read_text(encoding="utf-8")
    assert len(look(office, hand)) == 1, "nobody has decided yet"
    decides(office, hand, case_id, Outcome.DATA_ERROR)
    decided_at = hand()
    hand.on(days=1)
    _, anew = look(office, hand)
    assert (anew.id, anew.turn, anew.state) == (f"{duty.id}.2", 2, PublicationState.OWED)
    assert anew.formed_at == decided_at, "from the decision, and not from the visit"
    hand.on(days=1)
    assert len(look(office, hand)) == 2, "twice is once"
    held, _ = built(office, tmp_path, post=True)
    assert [(line.id, line.removed) for line in held.lines] == [(duty.id, Fallen.REOPENED), (anew.id, None)]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.slow
def test_what_speaks_against_nobody_stays_public_until_an_officer_has_decided_otherwise(
    office: Office, hand: Hand, tmp_path: Path, late: bool
) -> None:
    """`late`: the lead comes in while the files are carried out."""
    (duty,) = look(office, hand)
    contradicted(office, hand, duty, Outcome.DATA_ERROR)
    over(office)
    held = gazette.gather(office, hand(), post=True)
    affix.write(tmp_path, registered(held.lines, held.withheld, held.counted))
    if late:
        against(office, hand, duty)
    gazette.say(office, held, "https://example.org/results/", "李四", hand())
    public = one(office, duty.id)
    assert public.shown is not None
    assert (public.state, public.shown.found) == (PublicationState.PUBLISHED, CheckResult.NOTHING)
    case_id = against(office, hand, duty)
    assert one(office, duty.id).state is PublicationState.PUBLISHED, "a lead takes nothing away"
    decides(office, hand, case_id, Outcome.IMMATERIAL)
    assert one(office, duty.id).state is PublicationState.PUBLISHED
    against(office, hand, duty)
    decides(office, hand, case_id, Outcome.UNTRUE_CURABLE)
    fell = one(office, duty.id)
    assert (fell.state, fell.why) == (PublicationState.TO_REMOVE, Fallen.REOPENED)
    hand.on(days=1)
    look(office, hand)
    assert one(office, f"{duty.id}.2").state is PublicationState.OWED, "and is formed anew"


@pytest.mark.slow
def test_an_annulment_of_what_ordered_no_credit_entry_takes_the_published_result_back(office: Office, hand: Hand) -> None:
    (duty,) = look(office, hand)
    case = Proceeding(office, hand, against(office, hand, duty))
    with office.store.begin() as tx:
        pieces = tuple(held.id for held in tx.cases.evidence(case.case))
        tx.cases.put(replace(tx.cases.get(case.case, lock=True), concluded_at=hand()))
        review.decide(office, tx, case.case, Outcome.UNTRUE_CURABLE, "李四", "已过期", pieces, hand())
    said(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    order = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    case.rule(order, until=office.calendar.add_working_days(office.calendar.local_date(hand()), 20))
    with office.store.begin() as tx:
        kept = tx.cases.get(case.case)
        assert kept.overtaken, "the kept promise is entered, and nothing to the discredit"
        annulling.consequence(office, tx, order.id, Annulled.COURT, "行终1号", "李四", hand())
        assert tx.records.get(str(kept.entry)).stands_somewhere, "which is no consequence of what a court annuls"
    fell = one(office, duty.id)
    assert (fell.state, fell.why, fell.document) == (PublicationState.TO_REMOVE, Fallen.REVOKED, "行终1号")


@pytest.mark.slow
def test_a_lead_is_never_said_to_be_published_until_an_officer_has_decided(office: Office, hand: Hand) -> None:
    (duty,) = look(office, hand)
    with office.store.begin() as tx:
        seen = tx.visits.get(duty.visit)
        wrong = tuple(replace(held, verdict=Verdict.MISMATCH, note="不符") for held in seen.findings)
        tx.visits.put(replace(seen, findings=wrong))
        case = tx.cases.get(seen.case_ids[0])
        tx.cases.put(replace(case, state=CaseState.REVIEW, outcome=None))
    with pytest.raises(Refusal, match="publication_undecided"):
        said(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    assert one(office, duty.id).state is PublicationState.OWED


@pytest.mark.slow
def test_what_daily_supervision_finds_enters_the_register_once_an_officer_has_said_what_it_came_to(
    store: Store, hand: Hand
) -> None:
    office, _, visit = pooled(store, hand)
    entered(office, hand, visit, Seen.FINDING, "无证经营")
    (duty,) = (held for held in look(office, hand) if held.visit == visit.id)
    over(office)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_undecided"):
        publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
    with store.begin() as tx:
        publication.rule(office, tx, duty.id, CheckResult.PROBLEM, "现场笔录", "李四", hand())
        assert not [row for row in tx.attention.page(None) if row["kind"] == supervision.FOUND]
        done = publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
    assert done.shown is not None
    assert (done.shown.found, done.shown.name, done.shown.counted) == (CheckResult.PROBLEM, "", True)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_state"):
        publication.rule(office, tx, duty.id, CheckResult.NOTHING, "现场笔录", "李四", hand())


@pytest.mark.slow
def test_what_contradicts_an_exempt_promise_enters_the_register_with_the_officers_decision(store: Store, hand: Hand) -> None:
    office, case_id, visit = pooled(store, hand)
    told = Finding(case_id=case_id, claim="relief-status", verdict=Verdict.MISMATCH, note="已退出救助")
    entered(office, hand, visit, None, "", [told])
    (duty,) = (held for held in look(office, hand) if held.visit == visit.id)
    over(office)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_undecided"):
        publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="publication_nothing_to_rule"):
        publication.rule(office, tx, duty.id, CheckResult.PROBLEM, "见办件", "李四", hand())
    with store.begin() as tx:
        (piece,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "理由", (piece.id,), hand())
        done = publication.publish(office, tx, duty.id, hand().date(), "公告栏", "李四", hand())
    assert done.shown is not None
    assert done.shown.found is CheckResult.PROBLEM
    with store.begin() as tx:  # the visit did not serve the case, and falls with it all the same
        unpublish.annulled(office, tx, tx.cases.get(case_id), Annulled.REVIEW_BODY, "复议1号", "王五", hand())
    assert one(office, duty.id).state is PublicationState.TO_REMOVE


@pytest.mark.slow
def test_what_is_opened_again_while_its_files_are_carried_out_is_public_and_taken_back_at_once(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    (duty,) = look(office, hand)
    contradicted(office, hand, duty, Outcome.UNTRUE_CURABLE)
    over(office)
    held = gazette.gather(office, hand(), post=True)
    affix.write(tmp_path, registered(held.lines, held.withheld, held.counted))
    against(office, hand, duty, Verdict.MATCH)
    assert one(office, duty.id).state is PublicationState.OWED
    gazette.say(office, held, "https://example.org/results/", "李四", hand())
    public = one(office, duty.id)
    assert public.shown is not None, "the file was public"
    assert (public.state, public.why, public.due_at > hand()) == (PublicationState.TO_REMOVE, Fallen.REOPENED, True)
    hand.on(days=1)
    built(office, tmp_path, post=True)
    assert one(office, duty.id).state is PublicationState.REMOVED


@pytest.mark.slow
def test_words_beside_a_kept_promise_are_praised_by_no_rule(office: Office, hand: Hand) -> None:
    (duty,) = look(office, hand)
    with office.store.begin() as tx:
        seen = tx.visits.get(duty.visit)
        (part,) = seen.parts
        tx.visits.put(
            replace(seen, parts=(Part(agency=part.agency, by=part.by, at=part.at, remarks="另有问题", seen=Seen.FINDING),))
        )
    with pytest.raises(Refusal, match="publication_undecided"):
        said(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    assert matters(office) == []


@pytest.mark.parametrize(
    ("public", "why"),
    [
        (True, Annulled.COURT),
        (False, Annulled.OBJECTION),
        *(
            pytest.param(public, why, marks=pytest.mark.slow)
            for public, why in (
                (True, Annulled.OBJECTION),
                (True, Annulled.REVIEW_BODY),
                (False, Annulled.COURT),
                (False, Annulled.REVIEW_BODY),
            )
        ),
    ],
)
def test_what_was_annulled_is_owed_anew_once_its_case_is_decided_again(
    office: Office, hand: Hand, tmp_path: Path, why: Annulled, *, public: bool
) -> None:
    if public:
        duty = published(office, hand, tmp_path, Outcome.UNTRUE_CURABLE)
        case_id = against(office, hand, duty, Verdict.MATCH)
    else:
        (duty,) = look(office, hand)
        case_id = contradicted(office, hand, duty, Outcome.UNTRUE_CURABLE)
    hand.on(hours=1)
    with office.store.begin() as tx:
        unpublish.annulled(office, tx, tx.cases.get(case_id), why, "行初1号", "王五", hand())
    hand.on(days=1)
    if public:
        built(office, tmp_path, post=True)
    assert [held.turn for held in look(office, hand)] == [1], "it was annulled, and nobody has decided since"
    against(office, hand, duty, Verdict.MATCH)
    decides(office, hand, case_id, Outcome.DATA_ERROR)
    hand.on(days=1)
    first, anew = sorted(look(office, hand), key=lambda held: held.turn)
    assert (first.state, first.renewed) == (PublicationState.REMOVED, True)
    assert (anew.state, anew.turn) == (PublicationState.OWED, 2)
    hand.on(days=1)
    assert len(look(office, hand)) == 2, "once"


@pytest.mark.slow
def test_what_falls_is_taken_back_also_under_a_kept_pack_that_says_no_days(office: Office, hand: Hand, tmp_path: Path) -> None:
    duty = published(office, hand, tmp_path, Outcome.UNTRUE_CURABLE)
    bare = tuple(replace(pack, publish=replace(pack.publish, withdraw=None, withdraw_basis="")) for pack in office.book.packs)
    old = replace(office, book=replace(office.book, packs=bare))
    with office.store.begin() as tx:
        (case_id,) = tx.visits.get(duty.visit).case_ids
        unpublish.annulled(old, tx, tx.cases.get(case_id), Annulled.COURT, "行初1号", "王五", hand())
    held = one(office, duty.id)
    assert held.state is PublicationState.TO_REMOVE
    assert office.calendar.local_date(held.due_at) >= office.calendar.add_working_days(office.calendar.local_date(hand()), 3)
