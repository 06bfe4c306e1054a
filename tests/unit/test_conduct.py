"""What is put on record of people: dishonest acts from a cited catalogue, the insurance behind an item, how long records are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.domain import backtest
from inspector.domain.act import found
from inspector.domain.calendar import Term
from inspector.domain.case import Case, MatterKind, Method, Outcome, Route, SubjectKind
from inspector.domain.combination import Aspect, combinations
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.ending import entry
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.grading import EXAMPLE
from inspector.domain.policy import Policy
from inspector.domain.retention import Record
from inspector.domain.review import conclude, review
from inspector.domain.ruling import ruling
from inspector.domain.supposed import Supposed, case_of, level_of
from inspector.domain.transition import Scope, TransitionRow
from inspector.domain.verification import begin, weigh
from inspector.flows.office import Place
from inspector.flows.records import kept
from inspector.flows.supposing import suppose
from inspector.flows.supposingwords import render as told
from inspector.policybook import Policybook
from inspector.policyrender import diff, paper, render
from tests import conduct
from tests.house import START
from tests.packs import POLICIES, loaded, write
from tests.unit.test_render import row

CALENDAR = load_calendars(POLICIES / "calendars")
BOOK = Policybook.load(POLICIES)
BEFORE, MAOJI = BOOK.get("maoji@2026.1"), BOOK.get("maoji@2026.2")
ACTS = {one.row: one for one in MAOJI.acts}


class Laptop:
    """An office without a database."""

    calendar = CALENDAR
    tree = {}  # type: ignore[var-annotated]  # noqa: RUF012


def facts(item: str = "business-licence", level: str = "A") -> Supposed:
    return Supposed(item=item, route=Route.COMMITMENT, matter=MatterKind.LICENCE, subject=SubjectKind.FIRM, level=level, at=START)


def contradicted(policy: Policy) -> tuple[Case, Evidence]:
    """A licence whose register says something else, concluded, with an officer."""
    case = begin(case_of(policy, facts()), policy, level_of(policy, facts()), START, CALENDAR).state
    against = Evidence(
        id="e1",
        claim="registration-status",
        method=Method.ONLINE_QUERY,
        via="registers",
        verdict=Verdict.MISMATCH,
        fresh=True,
        asked_at=START,
        as_of=None,
    )
    case = weigh(case, against, policy, START, CALENDAR).state
    return conclude(case, "system", policy, START, CALENDAR).state, against


def judged(policy: Policy, outcome: Outcome, act: str) -> Decision[Case]:
    case, against = contradicted(policy)
    return review(case, outcome, "李四", "已核对", (against,), policy, START, CALENDAR, act=act, grading=EXAMPLE)


def lines(page: str, start: str) -> Iterable[str]:
    return (line for line in page.splitlines() if line.strip().startswith(start))


# --- acts


def test_the_decision_the_proposals_and_the_credit_entry_store_the_act_and_its_grade() -> None:
    made = judged(MAOJI, Outcome.FALSE_KNOWING, "act-false-grave")
    because = made.because
    assert {name: because.facts[name] for name in ("act", "graded", "bars")} == {
        "act": "act-false-grave",
        "graded": "serious",
        "bars": True,
    }
    assert because.basis == ("S0:7;S0:8;P:2.7", "S0:2;S0:8;P:2.7")
    assert not [
        order for order in made.orders if order.kind is OrderKind.CREDIT
    ]  # an officer decides it (consequence RECORD_CREDIT)
    entered = entry(made.state, MAOJI.outcomes[Outcome.FALSE_KNOWING], ACTS["act-false-grave"], "王五", START).payload
    assert (entered["grade"], entered["act"], entered["basis"]) == (
        "serious",
        "act-false-grave",
        "S0:7;S0:8;P:2.7;S0:2;S0:8;P:2.7",
    )
    heard = {one.type: one.data for one in made.told}
    assert heard["verification.result"] == {
        "outcome": "FALSE_KNOWING",
        "decided_by": "officer",
        "act": "act-false-grave",
        "would_bar": True,
    }
    proposed = [one.data for one in made.told if one.type == "consequence.proposed"]
    assert [(one["proposal"], one["act"], one.get("grade")) for one in proposed] == [
        ("REVOKE", "act-false-grave", None),
        ("PENALTY", "act-false-grave", None),
        ("RECORD_CREDIT", "act-false-grave", "serious"),
    ]


@pytest.mark.parametrize(("concluded", "grade"), [(True, "general"), (False, "minor")])
def test_the_decision_names_the_grade_of_the_entry_also_where_a_matter_not_yet_decided_lowers_it(
    *, concluded: bool, grade: str
) -> None:
    case, against = contradicted(MAOJI)
    case = case if concluded else replace(case, concluded_at=None)
    made = review(
        case,
        Outcome.UNTRUE_INCURABLE,
        "李四",
        "已核对",
        (against,),
        MAOJI,
        START,
        CALENDAR,
        act="act-untrue-incurable",
        grading=EXAMPLE,
    )
    (told,) = (one.data for one in made.told if one.data.get("proposal") == "RECORD_CREDIT")
    assert (made.because.facts["graded"], told["grade"]) == (grade, grade)


@pytest.mark.parametrize(
    ("outcome", "act", "code"),
    [
        (Outcome.UNTRUE_CURABLE, "", "act_missing"),
        (Outcome.UNTRUE_CURABLE, "act-false", "act_unknown"),
        (Outcome.UNTRUE_CURABLE, "act-none", "act_unknown"),
        (Outcome.DATA_ERROR, "act-false", "act_unknown"),
    ],
)
def test_nobody_is_entered_for_an_act_that_the_catalogue_does_not_have(outcome: Outcome, act: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        judged(MAOJI, outcome, act)
    assert (refused.value.code, refused.value.facts["field"]) == (code, "act")
    assert ("act-untrue-curable" in str(refused.value.facts["known"])) is (outcome is Outcome.UNTRUE_CURABLE)


def test_what_discredits_nobody_needs_no_act_and_a_pack_without_a_catalogue_asks_for_none() -> None:
    assert "act" not in judged(MAOJI, Outcome.DATA_ERROR, "").because.facts
    made = judged(BEFORE, Outcome.FALSE_KNOWING, "")
    assert [order for order in made.orders if order.kind is OrderKind.CREDIT] == [], "it has no rule for an entry either"
    (held,) = (told.data for told in made.told if told.type == "credit.held")
    assert (held["grade"], "act" in held, "act" in made.because.facts) == ("general", False, False)
    with pytest.raises(Invalid, match="act_unknown"):
        judged(BEFORE, Outcome.FALSE_KNOWING, "act-false")


def test_who_committed_before_the_catalogue_is_judged_by_it_only_where_a_transition_says_so() -> None:
    kept_back = ruling(BEFORE, MAOJI, Scope.OUTCOMES).policy
    assert (kept_back.acts, kept_back.outcomes, kept_back.consequences) == ((), BEFORE.outcomes, MAOJI.consequences)
    assert ruling(BEFORE, replace(MAOJI, transitions=()), Scope.OUTCOMES).policy == BEFORE
    given = TransitionRow(row="before", of=frozenset({BEFORE.label}), scopes=frozenset({Scope.OUTCOMES}), basis="S1:42")
    assert ruling(BEFORE, replace(MAOJI, transitions=(given,)), Scope.OUTCOMES).policy.acts == MAOJI.acts


def test_every_graded_outcome_of_the_shipped_catalogue_offers_an_act_and_only_false_ones_bar() -> None:
    for outcome, held in MAOJI.outcomes.items():
        offered = [one for one in MAOJI.acts if outcome in one.outcomes]
        assert bool(offered) is (held.grade not in (None, "kept"))
        assert {found(MAOJI.acts, outcome, held.grade, one.row) for one in offered} == set(offered)
    assert {one.row for one in MAOJI.acts if one.bars} == {"act-false", "act-false-grave"}


# --- retention


def test_a_closed_case_tells_until_when_it_and_its_answers_are_kept() -> None:
    rows = {one.record: one for one in kept(MAOJI, START, CALENDAR)}  # 2 March 2026
    assert rows[Record.ENFORCEMENT].until == date(2036, 3, 2), "a Sunday: nobody has to act, so nothing is moved"
    assert rows[Record.ANSWER].until == date(2026, 9, 2)
    assert (rows[Record.DISCLOSURE].until, rows[Record.SECURITY].until) == (None, None), "these count from their own day"
    assert {one.until for one in kept(MAOJI, None, CALENDAR)} == {None}
    assert [one.code for one in rows[Record.SECURITY].basis] == ["S14:21"]


def test_what_is_kept_for_good_has_no_last_day(tmp_path: Path) -> None:
    text = conduct.KEPT.replace(conduct.CASE, conduct.keep("keep-case", "ENFORCEMENT", "permanent"))
    policy = loaded(tmp_path, text)
    (case,) = (one for one in kept(policy, START, CALENDAR) if one.record is Record.ENFORCEMENT)
    assert (case.keep, case.until) == (None, None)
    assert row(render(policy), "keep-case")[1:4] == ["案卷（含证据和各项决定）", "办件终结之日", "永久"]


@pytest.mark.parametrize(("answer", "case"), [("12mo", "1y"), ("1y", "12mo"), ("10y", "10y")])
def test_the_same_time_in_other_words_is_no_longer_one(answer: str, case: str, tmp_path: Path) -> None:
    text = conduct.KEPT.replace(conduct.CASE, conduct.keep("keep-case", "ENFORCEMENT", case))
    text = text.replace(conduct.ANSWER, conduct.keep("keep-answer", "ANSWER", answer))
    assert {str(one.keep) for one in loaded(tmp_path, text).retentions} >= {answer, case}


# --- insurance


def test_an_insured_item_is_verified_by_the_row_for_insured_ones_and_every_other_by_its_own(tmp_path: Path) -> None:
    plain = conduct.INSURED.replace('id = "normal-A"', 'id = "normal-A"\ninsured = false')
    policy = loaded(tmp_path, plain + conduct.apart("A"))
    insured, other = policy.items["business-licence"], policy.items["dispatch-premises"]
    assert [policy.strategy(insured, level).row for level in "AB"] == ["normal-insured", "normal-B"]
    assert [policy.strategy(other, level).row for level in "AB"] == ["normal-A", "normal-B"]
    because = begin(case_of(policy, facts()), policy, level_of(policy, facts()), START, CALENDAR).because
    assert (because.facts["row"], because.facts["insured_value"], "S0:9" in because.basis) == ("normal-insured", 200_000, True)


def test_a_case_of_before_the_insurance_is_replayed_to_the_row_of_insured_items(tmp_path: Path) -> None:
    plain = conduct.INSURED.replace('id = "normal-A"', 'id = "normal-A"\ninsured = false')
    after = loaded(tmp_path, plain + conduct.apart("A"))
    before = begin(case_of(BEFORE, facts()), BEFORE, level_of(BEFORE, facts()), START, CALENDAR).state
    again = backtest.ruled(backtest.afresh(before), after, backtest.level_of(before, BEFORE, after), CALENDAR)
    was = backtest.recorded(before)
    assert (was.name, was.stratum, again.name, again.stratum) == ("normal-A", "normal-A", "normal-insured", None)
    changed = {(one.item, one.level): one.aspects for one in combinations(BEFORE, after)}
    assert changed == {("business-licence", "A"): (Aspect.STRATUM, Aspect.DRAW)}


# --- what people read


def test_the_approval_sheet_tells_acts_retention_and_insurance_in_each_form(tmp_path: Path) -> None:
    page = render(MAOJI)
    assert row(page, "act-false-grave")[2:5] == ["明知虚假", "严重", "是"]
    assert row(page, "act-uncorrected")[2:5] == ["不实，不能改正", "一般", "否"]
    assert row(page, "keep-answer")[1:4] == ["数据源和机关的答复原文", "办件终结之日", "6个月"]
    html, book = paper.html(MAOJI), paper.workbook(MAOJI)
    assert all(word in html for word in ("失信行为目录", "act-refused", "记录的保存期限", "keep-disclosure"))
    assert paper.workbook(replace(MAOJI, acts=(), retentions=())) != book
    policy = loaded(tmp_path, conduct.INSURED)
    assert row(render(policy), "business-licence")[16].startswith("保险金额 200000 元；依据：S0:9")
    assert row(render(policy), "dispatch-premises")[16] == ""


def test_the_comparison_sees_every_field_of_these_rows(tmp_path: Path) -> None:
    act, keep = MAOJI.acts[0], MAOJI.retentions[0]
    others = (
        replace(act, name="另一行为"),
        replace(act, outcomes=frozenset({Outcome.REFUSED})),
        replace(act, grade="serious"),
        replace(act, bars=True),
        replace(act, basis="S0:9"),
    )
    assert [len(diff(MAOJI, replace(MAOJI, acts=(one, *MAOJI.acts[1:])))) for one in others] == [1] * 5
    terms = (
        replace(keep, keep=Term.parse("30y")),
        replace(keep, keep=None),
        replace(keep, record=Record.ANSWER),
        replace(keep, basis="S0:9"),
    )
    assert [len(diff(MAOJI, replace(MAOJI, retentions=(one, *MAOJI.retentions[1:])))) for one in terms] == [1] * 4
    told_of = [str(one) for one in diff(replace(BEFORE, effective_to=None), loaded(tmp_path, conduct.INSURED))]
    assert told_of == ["证明事项 · business-licence · 责任保险：— → 保险金额 200000 元；依据：S0:9"]
    strategy = replace(MAOJI.strategies[0], insured=False)
    assert len(diff(MAOJI, replace(MAOJI, strategies=(strategy, *MAOJI.strategies[1:])))) == 1


def test_an_explanation_tells_the_acts_the_time_of_keeping_and_the_insurance_with_their_articles(tmp_path: Path) -> None:
    place: Place = Laptop()
    english = told(suppose(place, MAOJI, facts()), "en")
    assert (
        "(row act-false; by outcome Knowingly false; credit entry: general); no further commitment until it is repaired"
        in english
    )
    assert "answers of sources and agencies, word for word: 6 months, from the end of the case (row keep-answer)" in english
    assert list(lines(english, "[S14]")) == ["  [S14] 《中华人民共和国网络安全法》（2016年）"]
    chinese = told(suppose(place, MAOJI, facts()), "zh-Hans")
    assert "案卷（含证据和各项决定）：自办件终结之日起保存10 年（第 keep-case 行）" in chinese
    insured = told(suppose(place, loaded(tmp_path, conduct.INSURED), facts()), "en")
    assert "Insured: a liability insurance stands for it up to 200,000 yuan" in insured
    assert "[S0] item 9" in insured
    assert "nsured" not in told(suppose(place, BEFORE, facts()), "en")


def test_a_later_version_may_take_the_catalogue_over_or_leave_it(tmp_path: Path) -> None:
    write(tmp_path, conduct.ACTS)
    child = 'id = "maoji"\nversion = "2026.6"\ntitle = "x"\neffective_from = 2026-06-01\nextends = "maoji@2026.1"\n'
    child += "{}\n[sources]\n"
    for more, count in (("", 4), ('without = ["act"]', 0)):
        write(tmp_path, child.format(more), "pack-2026.6.toml")
        assert len(Policybook.load(tmp_path).get("maoji@2026.6").acts) == count
