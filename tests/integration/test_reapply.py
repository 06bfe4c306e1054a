"""A dated bar on applying again: for the item alone, by the row of the pack of that day, and over by itself (handbook 1.1.6, 1.1.23)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, Outcome, Route, SubjectKind
from inspector.domain.consequence import Agreement
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.reapply import After, ReapplyRow
from inspector.domain.serving import SubjectNotice
from inspector.flows import intake, review
from inspector.flows.intake import Application
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.packs import POLICIES, SHIPPED, refused
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

ITEM, EXAM = "business-licence", "exam-work-years"
ROWS = (
    ReapplyRow(row="deceit", after=After.DECEIT, items=frozenset({ITEM}), term=Term(amount=3, unit=Unit.YEAR), basis="S2:79"),
    ReapplyRow(
        row="false", after=After.FALSE_MATERIAL, items=frozenset({ITEM}), term=Term(amount=1, unit=Unit.YEAR), basis="S2:78"
    ),
    ReapplyRow(row="withdrawn", after=After.WITHDRAWN, items=frozenset({EXAM}), basis="S34:1"),
    ReapplyRow(row="not-chosen", after=After.NOT_CHOSEN, items=frozenset({EXAM}), basis="S34:1"),
)


def office(store: Store, hand: Hand, rows: tuple[ReapplyRow, ...] = ROWS) -> Office:
    """An office by a pack with these rows."""
    held = open_office(store, hand, sources={"registers": Table(default="吊销")})
    packs = tuple(replace(pack, reapplies=rows) if pack.id == "demo" else pack for pack in held.book.packs)
    return replace(held, book=replace(held.book, packs=packs))


def again(of: Office, number: int = 1, **changes: object) -> str:
    """The same subject applies for the item once more."""
    told = {"reference": f"AGAIN-{of.now():%Y%m%d}-{number}-{len(changes)}"} | changes
    return post(of, replace(application(number, ITEM, {"registration-status": "吊销"}), **told))  # type: ignore[arg-type]


def barred(do: Callable[[], object], code: str = "reapplication_barred") -> tuple[str, str, str]:
    """What a refusal says: the article, since when, until when."""
    with pytest.raises(Refusal, match=code) as caught:
        do()
    told = caught.value.facts
    return str(told["basis"]), str(told["since"]), str(told["until"])


def test_a_licence_got_by_deceit_and_revoked_is_not_applied_for_again_for_three_years_by_either_route(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand))
    assert again(case.office), "nothing is barred before the revocation is in force"
    revoked = case.impose(case.the(Proposal.REVOKE))
    since = hand().date()
    assert again(case.office, reference="AGAIN-UNSERVED"), "nor by a revocation that has not come"
    case.bring(revoked)
    wanted = ("S2:79", since.isoformat(), since.replace(year=since.year + 3).isoformat())
    hand.on(days=1)
    assert barred(lambda: again(case.office)) == wanted
    assert barred(lambda: again(case.office, route=Route.CERTIFICATE)) == wanted
    assert again(case.office, number=2), "another subject"
    premises = application(1, "dispatch-premises", {"registered-address": "某路1号", "office-in-use": "是"}, reference="OTHER")
    assert post(case.office, premises), "another item"
    hand.on(days=(since.replace(year=since.year + 3) - hand().date()).days)
    assert barred(lambda: again(case.office)) == wanted
    hand.on(days=1)
    assert again(case.office), "it ends by itself"


def test_who_is_to_lose_a_licence_reads_before_and_with_the_decision_since_when_and_until_when_it_is_not_applied_for_again(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand))
    with store.read() as tx:
        item = case.office.book.get(tx.cases.get(case.case).pack).item(ITEM).name
    held = case.give(case.the(Proposal.REVOKE))
    asked = notice(case, f"{held.id}:notice")
    assert f"3 年内不得就“{item}”所涉事项再次申请" in asked.facts[-1]
    assert "期满自行解除，决定被撤销的，随之解除" in asked.facts[-1]
    assert "S2:79" in asked.basis
    hand.on(days=3)
    case.serve(held)
    hand.on(days=11)
    case.rule(held, public_interest="不损害公共利益", law="某条例第8条")
    case.agree(held, Agreement.SECOND, "王五")
    case.agree(held, Agreement.LEGAL, "赵六")
    since = hand().date()
    wanted = f"自 {since} 至 {since.replace(year=since.year + 3)} 不得就“{item}”所涉事项再次申请"
    told = notice(case, f"{held.id}:decision")
    assert [one for one in told.facts if wanted in one], told.facts
    assert "S2:79" in told.basis
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    assert [one for one in notice(case, f"{entry.id}:decision").facts if wanted in one], (
        "the entry's decision names what stands, too"
    )


def test_a_notice_names_no_bar_where_the_pack_begins_none_or_nobody_knew(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=office(store, hand))
    done = case.impose(case.the(Proposal.REVOKE))
    for part in ("notice", "decision"):
        told = notice(case, f"{done.id}:{part}")
        assert not any("再次申请（" in one for one in told.facts)
        assert "S2:79" not in told.basis


def notice(case: Proceeding, name: str) -> SubjectNotice:
    """A notice as its subject reads it."""
    with case.office.store.read() as tx:
        return tx.servings.get(name)


def test_a_bar_falls_with_its_decision_and_bars_nobody_while_an_objection_is_open(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand))
    gone = case.bring(case.impose(case.the(Proposal.REVOKE)))
    barred(lambda: again(case.office))
    objection = case.object(gone.id)
    assert again(case.office)
    case.answer(objection, case.by("周八"), upheld=False)
    hand.on(days=1)
    barred(lambda: again(case.office))
    case.annul(gone)
    assert again(case.office)


def test_other_words_after_a_rejection_do_not_let_anybody_apply_again(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand))
    gone = case.bring(case.impose(case.the(Proposal.REVOKE)))
    case.answer(case.object(gone.id), case.by("周八"), upheld=False)
    hand.on(days=1)
    anew = case.object(gone.id, "另有证人")
    barred(lambda: again(case.office))
    case.answer(anew, case.by("周八"), upheld=True)
    assert again(case.office)


def test_who_only_promised_what_was_untrue_may_apply_again(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=office(store, hand))
    case.impose(case.the(Proposal.REVOKE))
    assert again(case.office)


def test_false_material_at_the_application_bars_for_one_year(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand), concluded=False)
    case.bring(case.impose(case.the(Proposal.TERMINATE)))
    since = hand().date()
    assert barred(lambda: again(case.office)) == ("S2:78", since.isoformat(), since.replace(year=since.year + 1).isoformat())


def test_what_the_pack_of_that_day_did_not_say_bars_nobody(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand, ()))
    case.impose(case.the(Proposal.REVOKE))
    assert again(case.office)


def exam(reference: str, **changes: object) -> Application:
    """A person registers for the examination."""
    claims = {"degree": "本科", "work-years": "5"}
    told = {"subject_kind": SubjectKind.PERSON, "subject_code": "110105194912310020", "subject_name": "某人"}
    more = {"matter": MatterKind.CONFIRMATION, "reference": reference, **changes}
    return replace(application(1, EXAM, claims), **(told | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("first", ["withdrawn", "certificate"])
def test_who_took_an_exams_commitment_back_or_did_not_choose_it_brings_the_certificate_until_the_years_end(
    store: Store, hand: Hand, first: str
) -> None:
    house = office(store, hand)
    case = post(house, exam("E-1", route=Route.CERTIFICATE if first == "certificate" else Route.COMMITMENT))
    settle(house)
    if first == "withdrawn":
        with store.begin() as tx:
            review.withdraw(house, tx, case, "改考其他科目", "hall", hand(), bar_known=True)
    told = barred(lambda: post(house, exam("E-2")), "recommitment_barred")
    assert told == ("S34:1", hand().date().isoformat(), "2026-12-31")
    assert post(house, exam("E-3", route=Route.CERTIFICATE)), "the certificate is open at any time"
    hand.on(days=(date(2026, 12, 31) - hand().date()).days)
    barred(lambda: post(house, exam("E-4")), "recommitment_barred")
    hand.on(days=1)
    assert post(house, exam("E-5")), "it ends by itself"


def test_of_the_shipped_packs_that_of_fire_safety_says_what_the_licensing_law_says() -> None:
    rows = {pack.label: pack.reapplies for pack in Policybook.load(POLICIES).packs if pack.reapplies}
    assert {label: {(row.after, str(row.term), row.basis) for row in held} for label, held in rows.items()} == {
        "fire-safety@3": {(After.DECEIT, "3y", "S2:79"), (After.FALSE_MATERIAL, "1y", "S2:78")}
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('after = "DECEIT"\nitems = ["stable-jobs"]\nterm = "3y"\nbasis = "S1:42"', "stable-jobs is no item"),
        ('after = "WITHDRAWN"\nitems = ["exam-work-year"]\nbasis = "S1:42"', "exam-work-year is no item"),
        ('after = "WITHDRAWN"\nitems = ["exam-work-years"]\nbasis = "P:2.7"', "nobody is kept from applying"),
        ('after = "WITHDRAWN"\nitems = ["exam-work-years"]\nbasis = "S62:1.2.38"', "nobody is kept from applying"),
        ('after = "WITHDRAWN"\nitems = ["exam-work-years"]\nterm = "30wd"\nbasis = "S1:42"', "term"),
    ],
)
def test_a_row_that_nothing_carries_or_that_fits_nothing_is_refused(tmp_path: Path, row: str, told: str) -> None:
    text = f'{SHIPPED}\n[[reapply]]\nid = "reapply-x"\n{row}\n'
    assert any(told in str(flaw) for flaw in refused(tmp_path, text).flaws)


def test_a_correction_leads_to_no_item_that_its_subject_is_barred_from(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office(store, hand))
    case.bring(case.impose(case.the(Proposal.REVOKE)))
    hand.on(days=1)
    barred(lambda: again(case.office))
    other = application(1, "dispatch-premises", {"registered-address": "示例路1号", "office-in-use": "是"}, reference="OTHER")
    sent = post(case.office, other)
    fixed = replace(application(1, ITEM, {"registration-status": "存续"}), reference="OTHER")

    def corrected() -> None:
        with store.begin() as tx:
            intake.correct(case.office, tx, sent, fixed, "hall", hand())

    barred(corrected)
    with store.read() as tx:
        assert tx.cases.get(sent).item == "dispatch-premises"
