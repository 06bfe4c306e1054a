"""The times of the Penalties Law: found within two years (art. 36), decided within ninety days (art. 60); and who decides (57, 58)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from inspector.domain import course, limitation
from inspector.domain.calendar import Term
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Stage, StatementKind
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.grading import Grading as Found
from inspector.domain.grading import Harm
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.recompute import Again
from inspector.flows import proceedings, review, uncovered
from inspector.flows.office import Office
from inspector.flows.recompute import replay
from inspector.flows.shaken import setting
from inspector.labels import told
from inspector.policybook import Policybook
from inspector.store.deadlines import due_by
from inspector.store.store import Store
from tests.edge import serving
from tests.house import ZONE, Hand, Table, application, open_office, post, settle
from tests.integration.test_forms import hidden, logged_in
from tests.integration.test_proceeding_page import send
from tests.packs import POLICIES
from tests.proceedings import Proceeding, decided

if TYPE_CHECKING:
    from inspector.store.work import Work

pytestmark = pytest.mark.alike

ROW = Policybook.load(POLICIES).get("maoji@2026.3").consequences[Proposal.PENALTY]
"""As it is shipped."""
WORK = cast("Work", None)
"""The order of a morning's look says nothing."""
TIMES = ("within", "found", "found_grave", "by_head", "collective", "reviewers")
REVIEWERS = ("赵六",)


def ruled(office: Office, reviewers: tuple[str, ...] = REVIEWERS, **more: Any) -> Office:
    """The office by packs whose row of a penalty has the times of the shipped one, and with a list of who reviews."""
    told = {name: getattr(ROW, name) for name in TIMES} | more
    packs = tuple(
        replace(
            pack,
            consequences={
                one: replace(row, **told) if one is Proposal.PENALTY else row for one, row in pack.consequences.items()
            },
        )
        for pack in office.book.packs
    )
    tree = {name: replace(one, reviewers=reviewers) for name, one in office.tree.items()}
    return replace(office, book=replace(office.book, packs=packs), tree=tree)


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    return ruled(open_office(store, hand, sources={"registers": Table(default="吊销")}))


@pytest.fixture
def case(store: Store, hand: Hand, office: Office) -> Proceeding:
    return decided(store, hand, Outcome.FALSE_KNOWING, office=office)


def old(hand: Hand, office: Office, signed_on: date, number: int = 1) -> Proceeding:
    """A case by a letter of long ago, in review."""
    given = replace(application(number, "business-licence", {"registration-status": "存续"}), signed_on=signed_on)
    held = post(office, given)
    settle(office)
    return Proceeding(office=office, hand=hand, case=held)


def found_false(case: Proceeding, harm: Harm | None = None) -> None:
    with case.office.store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", case.hand())
        ids = tuple(one.id for one in tx.cases.evidence(case.case))
        told = Outcome.FALSE_KNOWING, "李四", "查询结果与承诺不符", ids, case.hand()
        review.decide(case.office, tx, case.case, *told, token="t-李四", grading=Found(harm=harm))


def propose(case: Proceeding, **more: Any) -> Consequence:
    with case.office.store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    given = Opening(proposal=Proposal.PENALTY, by="李四", evidence=ids, reasons="另有发现", **more)
    return case.act(lambda tx: proceedings.propose(case.office, tx, case.case, given, case.by("李四"), case.hand()))


def test_no_step_of_a_penalty_is_due_behind_the_ninetieth_day_and_the_list_and_the_deadlines_say_so(case: Proceeding) -> None:
    held, hand = case.the(Proposal.PENALTY), case.hand
    last = datetime.combine(hand().date() + timedelta(days=90), held.due_at.astimezone(ZONE).time(), ZONE)  # type: ignore[union-attr]
    assert held.due_at is not None
    assert held.due_at < last, "the steps of the first weeks have their own dates"
    case.give(held)
    hand.now = last - timedelta(days=3)
    served = case.serve(held)
    assert served.due_at == last, "five days for a defence and fifteen for us would end three weeks behind it"
    with case.office.store.read() as tx:
        rows = [one for one in tx.docket.page(["bureau"], None, 50) if one.id == held.id]
        assert [(one.kind, one.due_at) for one in rows] == [(DocketKind.CONSEQUENCE, last)]
        assert (due_by(tx, last)["consequence"] - due_by(tx, last - timedelta(seconds=1))["consequence"]) == 1
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert f"{last:%Y-%m-%d}" in browser.get(f"/consequences/{held.id}").text
    hand.now = last + timedelta(hours=1)
    settle(case.office)
    (told,) = (one for one in case.matters("consequence_due") if one["proposal"] == "PENALTY")
    assert told["overdue"] is True


@pytest.mark.parametrize("article", ["", "S7:64"])
def test_the_time_of_a_hearing_counts_unless_the_row_names_an_article_by_which_it_does_not(
    store: Store, hand: Hand, office: Office, article: str
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=ruled(office, uncounted=article))
    held = case.the(Proposal.PENALTY)
    opened = held.proposed_at.astimezone(ZONE).date()
    case.serve(case.give(held))
    case.say(held, StatementKind.HEARING)
    asked = hand().date()
    hand.on(days=20)
    assert last_day(case) == opened + timedelta(days=90 + (20 if article else 0)), "while it is open it moves from day to day"
    case.hear(held)
    assert case.the(Proposal.PENALTY).hearing.on == hand().date()  # type: ignore[union-attr]
    kept = hand().date()
    hand.on(days=3)
    assert last_day(case) == opened + timedelta(days=90) + (kept - asked if article else timedelta())
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert last_day(case).isoformat() in browser.get(f"/consequences/{held.id}").text


def last_day(case: Proceeding) -> date:
    held = case.the(Proposal.PENALTY)
    last = course.decided_by(held, setting(case.office, held, case.hand()))
    assert last is not None
    return last.astimezone(ZONE).date()


def test_what_was_found_too_late_is_proposed_by_nobody_and_by_no_rule(hand: Hand, office: Office) -> None:
    case = old(hand, office, date(2024, 1, 31))
    found_false(case)
    assert {one.proposal for one in case.all()} == {Proposal.REVOKE, Proposal.RECORD_CREDIT}
    with pytest.raises(Refusal, match="penalty_out_of_time") as refused:
        propose(case)
    assert (refused.value.facts["since"], refused.value.facts["last"]) == ("2024-01-31", "2026-01-31")
    assert propose(case, since=date(2025, 6, 1)).stage is Stage.GIVE, "of what went on the day counts on which it ended"


def test_grave_harm_lets_it_be_found_within_five_years(hand: Hand, office: Office) -> None:
    case = old(hand, office, date(2024, 1, 31))
    found_false(case, Harm.GRAVE)
    assert case.the(Proposal.PENALTY).stage is Stage.GIVE
    late = old(hand, office, date(2021, 2, 28), 2)
    found_false(late, Harm.GRAVE)
    with pytest.raises(Refusal, match="penalty_out_of_time"):
        propose(late, found=Found(harm=Harm.GRAVE))


@pytest.mark.parametrize("signed_on", [date(2026, 3, 1), date(2024, 1, 31)])
def test_what_a_review_has_proposed_comes_to_the_same_again_whether_found_in_time_or_too_late(
    hand: Hand, office: Office, signed_on: date
) -> None:
    case = old(hand, office, signed_on)
    found_false(case)
    assert any(one.proposal is Proposal.PENALTY for one in case.all()) is (signed_on.year == 2026)
    with office.store.read() as tx:
        told = [(one.rule, again) for one, again in replay(office, tx, case.case)]
    assert {again for _, again in told} == {Again.SAME}, told


def test_by_a_pack_of_before_nothing_of_it_is_asked(store: Store, hand: Hand) -> None:
    case = old(hand, open_office(store, hand, sources={"registers": Table(default="吊销")}), date(2024, 1, 31))
    found_false(case)
    assert Proposal.PENALTY in {one.proposal for one in case.all()}


def test_a_case_that_would_be_looked_at_when_it_is_too_late_stands_on_the_list_by_that_day(
    store: Store, hand: Hand, office: Office
) -> None:
    soon = hand().date() + timedelta(days=4)
    case = old(hand, office, soon.replace(year=soon.year - 2))
    with store.read() as tx:
        (row,) = (one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.LIMIT)
        assert (row.case_id, row.due_at.astimezone(ZONE).date()) == (case.case, soon)
        assert due_by(tx, row.due_at)["limit"] == 1
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert "行政处罚法第三十六条" in browser.get("/review").text
    found_false(case)
    assert case.matters("penalty_limit") == [], "it was found"
    assert case.the(Proposal.PENALTY).stage is Stage.GIVE
    other = old(hand, office, hand().date(), 2)
    assert other.matters("penalty_limit") == [], "what is looked at in time needs no date"


def test_a_case_that_stands_past_its_own_date_is_on_the_list_by_that_day_from_the_next_morning_on(
    store: Store, hand: Hand, office: Office
) -> None:
    last = hand().date() + timedelta(days=60)
    case = old(hand, office, last.replace(year=last.year - 2))
    with store.read() as tx:
        term = tx.cases.get(case.case).review_term
    assert term is not None
    assert (term.due_at.astimezone(ZONE).date() < last, case.matters("penalty_limit")) == (True, []), "it would be in time"
    hand.now = term.due_at + timedelta(hours=1)
    settle(office)
    uncovered.daily(WORK, office)
    (told,) = case.matters("penalty_limit")
    assert told["due_at"].startswith(last.isoformat())
    with store.begin() as tx:
        tx.attention.close(f"penalty_limit:{case.case}", hand())
    uncovered.daily(WORK, office)
    assert case.matters("penalty_limit") == [], "what an officer has closed is not told anew each morning"


def test_a_case_of_before_is_looked_at_by_the_row_that_would_rule_its_penalty_today(store: Store, hand: Hand) -> None:
    before = open_office(store, hand, sources={"registers": Table(default="吊销")})
    soon = hand().date() + timedelta(days=1)
    case = old(hand, before, soon.replace(year=soon.year - 2))
    uncovered.daily(WORK, before)
    assert case.matters("penalty_limit") == []
    uncovered.daily(WORK, ruled(before))
    assert len(case.matters("penalty_limit")) == 1, "a version with a time begins, and nobody touches the case"


def test_what_was_opened_on_paper_in_time_is_entered_with_its_own_day_and_seen_to_be_late(hand: Hand, office: Office) -> None:
    case = old(hand, office, date(2024, 1, 31))
    found_false(case)
    paper = {"opened_on": date(2026, 1, 30), "document": "立案〔2026〕7号"}
    for wrong, code in (
        ({"opened_on": paper["opened_on"]}, "onset_unproven"),
        ({"document": paper["document"]}, "onset_unproven"),
        (paper | {"opened_on": date(2024, 1, 30)}, "onset_out_of_range"),
        (paper | {"opened_on": hand().date() + timedelta(days=1)}, "onset_out_of_range"),
        ({"since": hand().date() + timedelta(days=1)}, "onset_out_of_range"),
    ):
        with pytest.raises(Invalid, match=code):
            propose(case, **wrong)
    with pytest.raises(Refusal, match="penalty_out_of_time"):
        propose(case, **paper | {"opened_on": date(2026, 2, 1)})
    with serving(office) as edge, edge.as_("officer", name="李四") as officer, edge.client() as browser:
        logged_in(edge, browser, name="李四")
        page = browser.get(f"/review/{case.case}/proceeding?lang=en").text
        assert ('value="PENALTY"' in page, "to be found by" in page or "found by 2026-01-31" in page) == (True, True)
        with office.store.read() as tx:
            ids = [piece.id for piece in tx.cases.evidence(case.case)]
        form = {
            "guard": hidden(page, "guard"),
            "message": hidden(page),
            "proposal": "PENALTY",
            "reasons": "另有发现",
            "evidence": ids,
        }
        assert browser.post(f"/review/{case.case}/proceeding", data=form).status_code == 409
        told = form | {"opened_on": "2026-01-30", "document": "立案〔2026〕7号", "message": "m-2"}
        made = browser.post(f"/review/{case.case}/proceeding", data=told)
        assert made.status_code == 303
        shown = browser.get(made.headers["location"].split("?")[0] + "?lang=en").text
        assert ("立案〔2026〕7号" in shown, "Entered here behind 2026-01-31" in shown) == (True, True)
        onset = officer.get(f"/v1/consequences/{case.the(Proposal.PENALTY).id}").json()["onset"]
        assert (onset["found_on"], onset["last"], onset["opened_on"]) == ("2026-01-30", "2026-01-31", "2026-01-30")
    held = case.the(Proposal.PENALTY)
    assert last_day(case) == date(2026, 1, 30) + timedelta(days=90), "and its ninety days are those of the paper"
    with office.store.read() as tx:
        rows = [json.loads(row["body"])["facts"] for row in tx.ledger.about(case.case) if row["rule"] == held.origin]
    assert [one["document"] for one in rows if one["consequence"] == held.id] == ["立案〔2026〕7号"]


def test_the_days_of_a_penalty_are_said_of_nothing_else(case: Proceeding) -> None:
    with case.office.store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    given = Opening(proposal=Proposal.TRANSFER_JUDICIAL, by="李四", evidence=ids, reasons="涉嫌犯罪", since=case.hand().date())
    with pytest.raises(Invalid, match="onset_of_penalty"):
        case.act(lambda tx: proceedings.propose(case.office, tx, case.case, given, case.by("李四"), case.hand()))


def test_a_decision_is_reviewed_by_somebody_on_the_offices_list_who_has_not_proposed_it_and_decided_by_the_head(
    case: Proceeding,
) -> None:
    held = case.noticed(case.the(Proposal.PENALTY))
    case.rule(held)
    case.agree(held, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="head_before_others") as early:
        case.agree(held, Agreement.HEAD, "陈局长")
    assert "尚待 法制审核" in told(early.value, "zh-Hans")
    with pytest.raises(Forbidden, match="reviewer_unlisted") as refused:
        case.agree(held, Agreement.LEGAL, "孙七")
    assert refused.value.facts["known"] == "赵六"
    case.agree(held, Agreement.LEGAL, "赵 六")
    with pytest.raises(Forbidden, match="penalty_not_head"):
        case.agree(held, Agreement.HEAD, "孙七")
    done = case.agree(held, Agreement.HEAD, "陈局长")
    assert done.state is ConsequenceState.IMPOSED
    assert done.verdict is not None
    assert {kind: one.by for kind, one in done.verdict.agreed.items()} == {
        Agreement.SECOND: "王五",
        Agreement.LEGAL: "赵 六",
        Agreement.HEAD: "陈局长",
    }


def test_who_has_proposed_it_reviews_nothing_though_the_list_names_him(store: Store, hand: Hand, office: Office) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=ruled(office, ("李四", "赵六")))
    held = case.noticed(case.the(Proposal.PENALTY))
    case.rule(held, "周八")
    with pytest.raises(Refusal, match="consequence_same_person"):
        case.agree(held, Agreement.LEGAL, "李四")


def test_where_nobody_is_listed_or_no_head_is_named_nothing_is_decided(store: Store, hand: Hand, office: Office) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=ruled(office, ()))
    held = case.noticed(case.the(Proposal.PENALTY))
    with pytest.raises(Refusal, match="reviewers_unnamed"):
        case.rule(held)
    tree = {name: replace(one, heads=()) for name, one in office.tree.items()}
    case.office = replace(office, tree=tree)
    with pytest.raises(Refusal, match="penalty_headless"):
        case.rule(held)
    case.office = office
    case.rule(held)
    case.office = replace(office, tree=tree)
    case.agree(held, Agreement.SECOND, "王五")
    case.agree(held, Agreement.LEGAL, "赵六")
    with pytest.raises(Refusal, match="penalty_headless"):
        case.agree(held, Agreement.HEAD, "陈局长")


def test_a_weighty_one_is_decided_after_the_heads_have_discussed_it(store: Store, hand: Hand, office: Office) -> None:
    weighty = ruled(office, collective=frozenset({"general"}))
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=weighty)
    held = case.noticed(case.the(Proposal.PENALTY))
    assert held.grading.grade == "general"
    with pytest.raises(Invalid, match="penalty_undiscussed"):
        case.rule(held)
    with serving(weighty) as edge, edge.client() as browser:
        logged_in(edge, browser, name="李四")
        told = {"reasons": "事实清楚", "performance": "十五日内缴纳", "discussed": "局长办公会纪要〔2026〕3号"}
        assert send(browser, f"/consequences/{held.id}", "decision", **told).status_code == 303
        assert "局长办公会纪要〔2026〕3号" in browser.get(f"/consequences/{held.id}").text
    lighter = ruled(office)
    other = decided(store, hand, Outcome.FALSE_KNOWING, number=2, office=lighter)
    assert other.rule(other.noticed(other.the(Proposal.PENALTY))).stage is Stage.AGREE


@pytest.mark.parametrize(
    ("since", "grave", "last"),
    [
        (date(2024, 2, 29), False, date(2026, 2, 28)),
        (date(2024, 3, 2), False, date(2026, 3, 2)),
        (date(2021, 3, 2), True, date(2026, 3, 2)),
    ],
)
def test_two_years_and_five_are_years_of_the_calendar(since: date, *, grave: bool, last: date) -> None:
    assert limitation.last_day(ROW, since, grave=grave) == last
    assert limitation.last_day(replace(ROW, found=None, found_grave=None), since) is None
    assert (str(ROW.within), str(ROW.found), str(ROW.found_grave)) == ("90d", "2y", "5y")
    assert isinstance(ROW.within, Term)
