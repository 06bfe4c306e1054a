"""The entry of a kept promise is struck by two officers, and its subject is told and may object (decision 160)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.calendar import due
from inspector.domain.case import Outcome
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Refusal
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.domain.timer import Timer
from inspector.flows import annulling, attention, spoken
from tests.edge import Edge, serving
from tests.house import settle
from tests.integration.test_creditrecords import Place, here
from tests.integration.test_forms import hidden, logged_in
from tests.proceedings import Proceeding

__all__ = ["here"]
pytestmark = pytest.mark.alike
GIVEN = {"why": "REVIEW_BODY", "document": "复决字1号", "reasons": "核查所依据的登记已被撤销"}


@dataclass
class Kept:
    """A promise that was found kept, and entered so at two receivers."""

    place: Place
    case: Proceeding
    entry: str

    @property
    def stands(self) -> tuple[RecordState, int]:
        """How our record stands, and how many receivers have it."""
        return self.place.record(self.entry).state, self.receivers(self.entry)

    def receivers(self, entry: str) -> int:
        """How many have an entry."""
        return sum(entry in one.entries for one in (self.place.first, self.place.second))

    def rules(self) -> list[str]:
        """The rules of the case's ledger that speak of its credit entry."""
        with self.place.office.store.read() as tx:
            return [row["rule"] for row in tx.ledger.about(self.case.case) if row["rule"].startswith("credit.")]


@pytest.fixture
def kept(here: Place) -> Kept:
    office = here.office
    case = here.commits(1)
    with office.store.read() as tx:
        held = tx.cases.get(case)
    assert held.outcome is Outcome.TRUE
    assert held.entry is not None
    return Kept(place=here, case=Proceeding(office=office, hand=here.hand, case=case), entry=held.entry)


def enters(edge: Edge, entry: str, name: str, **changes: str) -> tuple[int, str]:
    """An officer enters a document: status, and the record's state or the error's code."""
    with edge.as_("officer", name=name) as officer:
        told = officer.post(f"/v1/credit/records/{entry}/annulment", json=GIVEN | changes)
    body = told.json()
    return told.status_code, body["error"]["code"] if "error" in body else body["state"]


def test_one_officer_alone_strikes_no_entry_of_a_kept_promise_and_with_a_second_one_its_subject_is_told(kept: Kept) -> None:
    case, entry = kept.case, kept.entry
    assert kept.stands == (RecordState.STANDING, 2)
    with serving(case.office) as edge:
        assert enters(edge, entry, "李四", reasons="") == (422, "reason_missing")
        assert enters(edge, entry, "李四") == (200, "STANDING")
        assert enters(edge, entry, "李四") == (200, "STANDING"), "the same again is the same"
        assert enters(edge, entry, "李四", reasons="再说一次") == (409, "strike_same_person")
        assert enters(edge, entry, "王五", document="行初2号") == (409, "strike_other_document")
        settle(case.office)
        assert kept.stands == (RecordState.STANDING, 2), "every receiver keeps it"
        assert len(case.matters("credit_strike_asked")) == 1
        assert enters(edge, entry, "王五", reasons="") == (200, "ANNULLED")
    settle(case.office)
    assert kept.stands == (RecordState.ANNULLED, 0)
    assert case.matters("credit_strike_asked") == []
    with case.office.store.read() as tx:
        (notice,) = [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.STRUCK]
    assert notice.reasons == GIVEN["reasons"]
    assert any("复决字1号" in one for one in notice.facts)
    assert any("行政复议" in one for one in notice.rights)
    assert any("异议" in one for one in notice.rights)
    rules = kept.rules()
    assert rules[rules.index("credit.strike_asked") :][:2] == ["credit.strike_asked", "credit.annulled"]


def test_one_login_under_two_names_is_one_person(kept: Kept) -> None:
    office, told = kept.case.office, (Annulled.COURT, "行初1号")
    with office.store.begin() as tx:
        annulling.entry(office, tx, kept.entry, *told, "李四", office.now(), token="t-1", reasons="不实")
    with office.store.begin() as tx, pytest.raises(Refusal, match="strike_same_person"):
        annulling.entry(office, tx, kept.entry, *told, "赵六", office.now(), token="t-1")


def test_whoever_does_not_agree_closes_the_matter_and_the_entry_stands(kept: Kept) -> None:
    case, entry = kept.case, kept.entry
    with serving(case.office) as edge:
        enters(edge, entry, "李四")
        with case.office.store.begin() as tx:
            attention.close(tx, f"credit_strike_asked:{entry}", "王五", case.hand(), note="文书与本记录无关")
        assert kept.rules()[-1] == "credit.strike_declined"
        assert enters(edge, entry, "王五") == (200, "STANDING"), "it begins anew"
    assert kept.stands == (RecordState.STANDING, 2)


def test_an_objection_holds_the_striking_and_what_was_struck_is_entered_anew_when_one_is_upheld(kept: Kept) -> None:
    case, entry = kept.case, kept.entry
    with serving(case.office) as edge:
        enters(edge, entry, "李四")
        objection = case.object(entry, "文书不是针对我的")
        assert enters(edge, entry, "王五") == (409, "objection_holds")
        case.answer(objection, case.by("周八"), upheld=False)
        assert enters(edge, entry, "王五") == (200, "ANNULLED")
    settle(case.office)
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, f"{entry}:struck", SubjectWord.OBJECTION, "文书已被撤回", (), case.hand())
        (made,) = tx.records.objections(case_id=case.case)
    assert made.about == entry
    for name in ("李四", "王五"):
        with pytest.raises(Refusal, match="objection_same_officer"):
            case.answer(made, case.by(name), upheld=True)
    case.answer(made, case.by("周八"), upheld=True)
    settle(case.office)
    with case.office.store.read() as tx:
        anew = tx.cases.get(case.case).entry
    assert anew is not None
    assert (anew == entry, kept.place.record(anew).state, kept.receivers(anew)) == (False, RecordState.STANDING, 2)
    assert kept.stands == (RecordState.ANNULLED, 0), "what was struck stays in the history"
    assert "credit.restored" in kept.rules()


def test_an_upheld_objection_to_a_kept_promise_waits_for_a_second_officer_too(kept: Kept) -> None:
    case, entry = kept.case, kept.entry
    objection = case.object(entry, "这不是我的记录")
    case.answer(objection, case.by("周八"), upheld=True)
    assert kept.stands == (RecordState.STANDING, 2)
    with serving(case.office) as edge:
        told = {"why": "OBJECTION", "document": objection.id, "reasons": ""}
        assert enters(edge, entry, "周八", **told) == (409, "strike_same_person")
        assert enters(edge, entry, "王五", **told) == (200, "ANNULLED")


def test_what_is_to_somebodys_discredit_is_annulled_by_one_officer_at_once(here: Place) -> None:
    entry = here.found(1)
    with serving(here.office) as edge:
        assert enters(edge, entry, "王五", why="OBJECTION") == (422, "annulled_by_objection")
        assert enters(edge, entry, "王五", reasons="") == (200, "ANNULLED")


def test_the_officers_page_shows_what_waits_and_takes_the_second_word(kept: Kept) -> None:
    with serving(kept.case.office) as edge, edge.client() as browser:
        enters(edge, kept.entry, "王五")
        logged_in(edge, browser)
        path = f"/credit/records/{kept.entry}"
        with edge.as_("officer", name="李四") as other:
            (mine,) = [one for one in other.get("/v1/docket").json()["duties"] if one["kind"] == "STRIKING"]
        with kept.case.office.store.read() as tx:
            deleted = kept.case.office.book.get(tx.cases.get(kept.case.case).pack).term(Timer.CREDIT_RETRACT).term
        by = due(kept.case.hand(), deleted, kept.case.office.calendar).at
        assert (mine["id"], mine["case_id"], datetime.fromisoformat(mine["due_at"])) == (kept.entry, kept.case.case, by)
        lists = [browser.get(one, headers={"Accept-Language": "zh"}).text for one in ("/credit", "/review")]
        assert all(f'href="{path}' in one for one in lists), "it stands on the lists of whoever decides"
        assert all(kept.case.office.calendar.local(by).strftime("%Y-%m-%d") in one for one in lists), "with its date"
        assert "待另一名工作人员决定是否撤销的履约记录" in lists[1]
        shown = browser.get(path, headers={"Accept-Language": "zh"}).text
        assert "王五 已录入撤销本条履约记录的文书" in shown
        assert GIVEN["reasons"] in shown
        form = {"guard": hidden(shown, "guard"), "message": hidden(shown), "do": "strike"}
        assert browser.post(path, data=form | GIVEN).status_code == 303
        assert path not in browser.get("/review").text
    assert kept.stands[0] is RecordState.ANNULLED
