from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from inspector.domain.calendar import Term
from inspector.domain.case import MatterKind, Method, Outcome, SubjectKind, VerifyFrom
from inspector.domain.duty import Follow, Rule
from inspector.domain.pause import Approver, Reason
from inspector.domain.policy import Compare, Excluded, Policy, Profile
from inspector.domain.proposal import Proposal
from inspector.domain.timer import Timer
from inspector.policybook import Policybook
from inspector.policyrender import diff, render
from inspector.policyrender.words import REASONS, WORDS
from tests.packs import POLICIES

BOOK = Policybook.load(POLICIES)
MAOJI = BOOK.get("maoji@2026.1")


def row(page: str, first: str) -> list[str]:
    """The cells of the one line that begins with this cell."""
    (line,) = (line for line in page.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_row_of_the_pack_is_on_the_page_with_its_basis_and_the_short_name_of_the_source() -> None:
    page = render(MAOJI)
    cited = "S0:7（毛管办〔2021〕4号）;P:2.3（建议值，非规定）;H:11（本软件的起草值，非规定）"
    assert row(page, "sample-normal-B") == ["sample-normal-B", "normal-B", "B", "3%", "1", "", "每季度", "是", "否", cited]
    rows = [
        *(one.row for one in MAOJI.strategies),
        *(one.row for one in MAOJI.samplings),
        *(one.row for one in MAOJI.terms.values()),
        *(one.row for one in MAOJI.outcomes.values()),
        *(f"{item.code}/{fact.code}" for item in MAOJI.items.values() for fact in item.facts),
        *MAOJI.items,
        *MAOJI.grounds,
        *MAOJI.sources,
    ]
    assert all(len(row(page, one)) > 1 for one in rows)


def test_the_page_speaks_chinese_of_strategy_terms_and_outcomes() -> None:
    page = render(MAOJI)
    assert row(page, "high-D")[1:7] == ["高", "D", "在线核查→协助核查", "是", "否", "high-D"]
    assert row(page, "term-assist-reply")[1:3] == ["被请求机关答复", "10个工作日"]
    assert row(page, "outcome-untrue-curable")[1:5] == ["不实，可以改正", "终止办理", "责令限期整改", "轻微"]
    assert row(page, "outcome-unverifiable")[1:5] == ["无法核实", "", "", "不记"]
    assert row(page, "信用等级有效期")[1] == "45日"
    assert "2026-12-31 前复审" in row(page, "legal-aid")[8]


def test_the_page_says_which_sources_are_laws_and_a_change_of_that_is_seen() -> None:
    law = changed(statutes=frozenset({"S1"}))
    assert [row(render(law), code)[2] for code in ("S0", "S1", "P")] == ["", "是", ""]
    assert [(change.table, change.row, change.old, change.new) for change in diff(MAOJI, law)] == [("来源", "S1", "", "是")]


def test_the_page_says_which_articles_permit_heavier_checks() -> None:
    held = changed(heavier=frozenset({"S8:22", "S8:42", "S9:17"}))
    assert [row(render(held), code)[3] for code in ("S0", "S8", "S9")] == ["", "22、42", "17"]


def test_the_page_says_that_the_pack_is_not_approved() -> None:
    assert row(render(MAOJI), "批准")[1] == "尚未批准"


def test_a_fraction_that_is_no_whole_percentage_stays_a_fraction() -> None:
    samplings = tuple(replace(one, ratio=Fraction(1, 200)) for one in MAOJI.samplings)
    assert row(render(changed(samplings=samplings)), "sample-pool-C")[3] == "1/200"


def test_the_share_of_ceased_objects_that_are_made_up_for_is_no_bare_fraction() -> None:
    draw = replace(MAOJI.draw, replace_ceased=True, ceased_share=Fraction(1), replace_share=Fraction(1, 20))
    assert "由同层候补补入（数量不限），其他替换不超过随机抽中数的 5%" in render(replace(MAOJI, draw=draw))
    few = replace(draw, ceased_share=Fraction(1, 100))
    assert "由同层候补补入（至多随机抽中数的 1%）" in render(replace(MAOJI, draw=few))


def test_a_bar_in_a_name_does_not_break_the_table() -> None:
    named = replace(MAOJI.items["legal-aid"], name="a|b\nc")
    page = render(replace(MAOJI, items={**MAOJI.items, "legal-aid": named}))
    assert row(page, "legal-aid")[1] == "a｜b c"


def test_every_member_shown_has_its_word() -> None:
    for kind in (
        MatterKind,
        SubjectKind,
        Method,
        Outcome,
        Compare,
        Excluded,
        Profile,
        Timer,
        Proposal,
        Rule,
        Follow,
        Approver,
        VerifyFrom,
    ):
        assert {member.value for member in kind} <= set(WORDS)
    assert set(Reason) == set(REASONS)


def changed(**fields: object) -> Policy:
    return replace(MAOJI, **fields)  # type: ignore[arg-type]


def test_a_pack_does_not_differ_from_itself() -> None:
    assert diff(MAOJI, MAOJI) == ()


def test_a_changed_ratio_and_term_are_told_by_row_and_column() -> None:
    samplings = tuple(replace(one, ratio=Fraction(1, 50)) if one.stratum == "normal-A" else one for one in MAOJI.samplings)
    visit = replace(MAOJI.term(Timer.VISIT), term=Term.parse("1mo"))
    told = [str(change) for change in diff(MAOJI, changed(samplings=samplings, terms={**MAOJI.terms, Timer.VISIT: visit}))]
    assert told == ["抽查比例 · sample-normal-A · 比例：1% → 2%", "期限 · term-visit · 期限：15个工作日 → 1个月"]


def test_rows_that_come_and_go_are_told() -> None:
    items = {code: item for code, item in MAOJI.items.items() if code != "legal-aid"}
    assert all("新增" not in one.told("en") and "：" not in one.told("en")[:60] for one in diff(MAOJI, changed(items=items)))
    told = [str(change) for change in diff(MAOJI, changed(items=items))]
    assert len(told) == 2
    assert told[0].startswith("证明事项 · legal-aid：删去 法律援助申请人救助对象身份证明")
    assert told[1].startswith("事实 · legal-aid/relief-status：删去")
    back = [str(change) for change in diff(changed(items=items), MAOJI)]
    assert back[0].startswith("证明事项 · legal-aid：新增")


def test_every_field_of_a_row_that_decides_is_seen_by_the_comparison() -> None:
    strategy, item = MAOJI.strategies[0], MAOJI.items["business-licence"]
    for other in (
        replace(strategy, methods=(Method.ON_SITE,)),
        replace(strategy, before_decision=True),
        replace(strategy, visit_all=True),
        replace(strategy, stratum=None),
        replace(strategy, levels=frozenset({"A", "B"})),
        replace(strategy, basis="S0:9"),
    ):
        assert len(diff(MAOJI, changed(strategies=(other, *MAOJI.strategies[1:])))) == 1
    for fenced in (
        replace(item, excluded=frozenset({Excluded.HEALTH})),
        replace(item, proxy_allowed=False),
        replace(item, standard="登记号码一致"),
        replace(item, subjects=frozenset(SubjectKind)),
    ):
        assert len(diff(MAOJI, changed(items={**MAOJI.items, item.code: fenced}))) == 1


def test_the_bounds_frequencies_and_counted_checks_of_a_pack_are_on_the_page() -> None:
    page = render(MAOJI)
    assert "全年不少于总数的 3%，不足的依次补 D、C、U、B、A" in row(page, "floor")[1]
    assert "一般事项全年随机抽取不超过 10%" in row(page, "ceiling")[1]
    assert row(page, "frequency-D")[1:8] == ["D", "4 次", "2 次", "6 次", "本机关、上级机关、其他机关", "3个月", "12个月内 1 次"]
    assert row(page, "check-permit")[1:3] == ["许可、给付的承诺核查", "否"]
    assert row(page, "after-licence")[3] == "当年"
