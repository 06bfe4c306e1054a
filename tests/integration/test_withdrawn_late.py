"""A case that was withdrawn too late: an officer says what follows, and where its matter is to be verified after all, it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from inspector.domain.case import CaseState
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.serving import NoticeKind
from inspector.domain.withdrawal import Following, OvertakenAnswer
from inspector.flows import overtaken as flow
from inspector.flows import posted, review
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_dated import waiting
from tests.integration.test_reapply import exam
from tests.integration.test_reapply import office as barring

pytestmark = pytest.mark.alike


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    return open_office(store, hand, sources={"registers": Table(default="吊销")})


def overtaken(office: Office, hand: Hand) -> str:
    """A case that was withdrawn an hour after its matter had been concluded, as is told only then."""
    given = application(1, "business-licence", {"registration-status": "存续"})
    case = post(office, replace(given, signed_on=hand().date()))
    at = hand() + timedelta(minutes=5)
    hand.on(seconds=3600)
    with office.store.begin() as tx:
        review.withdraw(office, tx, case, "不办了", "hall", hand())
    with office.store.begin() as tx:
        review.conclude(office, tx, case, "hall", hand(), at=at)
    return case


def says(office: Office, case: str, answer: str, reasons: str = "证照已在手") -> httpx.Response:
    with serving(office) as edge, edge.as_("officer", name="李四") as officer:
        return officer.post(f"/v1/cases/{case}/withdrawal/follow-up", json={"answer": answer, "reasons": reasons})


def test_its_matter_is_verified_after_all_as_a_case_of_its_own_and_everybody_hears_so(office: Office, hand: Hand) -> None:
    case = overtaken(office, hand)
    made = says(office, case, "VERIFY").json()
    settle(office)
    with office.store.read() as tx:
        former, anew = tx.cases.get(case), tx.cases.get(made["id"])
        assert (former.state, anew.state) == (CaseState.WITHDRAWN, CaseState.REVIEW), "the register says otherwise"
        assert (anew.reference, anew.sender, anew.concluded_at) == (f"{former.reference}/2", former.sender, former.concluded_at)
        assert (anew.claims[0].claim, anew.letter, anew.pack) == (former.claims[0].claim, former.letter, former.pack)
        (told,) = (one for one in tx.servings.of_case(case) if one.kind is NoticeKind.WITHDRAWAL)
        (said,) = (one for _, one in tx.ledger.facts(["withdrawal.followed"], case))
        heard = [one for one in tx.events.of_case(case) if one["type"] == "withdrawal.followed"]
    assert ("继续核查" in " ".join(told.facts), told.reasons) == (True, "证照已在手")
    assert (said["anew"], said["officer"], len(heard)) == (anew.id, "李四", 1)
    assert waiting(office, DocketKind.OVERTAKEN) == []
    again = says(office, case, "VERIFY")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "withdrawal_not_overtaken")


@pytest.mark.parametrize("answer", ["RETURNED", "NEEDLESS"])
def test_or_the_licence_is_back_or_nothing_is_needed_with_reasons_that_its_subject_reads(
    office: Office, hand: Hand, answer: str
) -> None:
    case = overtaken(office, hand)
    assert says(office, case, answer, " ").status_code == 422
    assert says(office, case, answer).json()["id"] == case
    with office.store.read() as tx:
        assert [one.reasons for one in tx.servings.of_case(case) if one.kind is NoticeKind.WITHDRAWAL] == ["证照已在手"]
        assert tx.cases.get(case).state is CaseState.WITHDRAWN


def test_it_ends_by_no_word_in_passing(office: Office, hand: Hand) -> None:
    case = overtaken(office, hand)
    with pytest.raises(Refusal, match="overtaken_unanswered"), office.store.begin() as tx:
        posted.seen_to(office, tx, f"withdrawal_overtaken:{case}", "李四", hand(), note="已阅")
    assert len(waiting(office, DocketKind.OVERTAKEN)) == 1


def test_whoever_withdrew_may_not_commit_anew_and_is_verified_all_the_same(store: Store, hand: Hand) -> None:
    house = barring(store, hand)
    case = post(house, exam("E-1"))
    at = hand() + timedelta(minutes=5)
    hand.on(seconds=3600)
    with store.begin() as tx:
        review.withdraw(house, tx, case, "不考了", "hall", hand(), bar_known=True)
        review.conclude(house, tx, case, "hall", hand(), at=at)
    with pytest.raises(Refusal, match="recommitment_barred"):
        post(house, exam("E-2"))
    assert says(house, case, "VERIFY").status_code == 200


def test_nobody_without_a_name_says_so(office: Office, hand: Hand) -> None:
    case = overtaken(office, hand)
    given = Following(answer=OvertakenAnswer.RETURNED, reasons="证照已交回", by=" ", token="", at=hand())
    with pytest.raises(Invalid, match="officer_nameless"), office.store.begin() as tx:
        flow.follow(office, tx, case, given, hand())
