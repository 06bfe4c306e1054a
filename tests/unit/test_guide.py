"""The public guide gives no proposal as a basis, and says that it is a draft while nobody has approved its pack; caveats stay visible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from inspector.domain.case import Outcome
from inspector.domain.policy import Approval, Policy
from inspector.domain.source import MARKS, PROPOSED
from inspector.flows import wording
from inspector.policybook import Policybook
from inspector.policyrender import guide, render, tables
from inspector.policyrender.caveats import binding, short
from tests.packs import POLICIES
from tests.unit.test_catalogue import pack, publishing

ITEM = "business-licence"
TODAY = date(2026, 11, 26)
APPROVAL = Approval(by="示例区司法局", document="示例司发〔2026〕1号", on=TODAY)


def page(policy: Policy, item: str = ITEM) -> str:
    """The guide to one published item, as Markdown."""

    def cite(bases: Iterable[str], sources: Mapping[str, str]) -> str:
        return wording.citations(replace(policy, sources=sources), bases, "zh-Hans")

    held = publishing().state
    entry = replace(held, content=replace(held.content, item=item))
    return guide.markdown("示例局", policy, guide.parts(policy, [entry], cite, TODAY), TODAY)


def test_while_nobody_has_approved_the_pack_the_guide_says_that_it_is_a_draft() -> None:
    told = page(pack())
    assert told.startswith("# 【草案】示例局")
    assert "尚未批准：本指南是草案，批准之前不得对外发布" in told
    later = replace(APPROVAL, on=date(2026, 11, 27))
    assert page(replace(pack(), approval=later)) == told, "an approval of tomorrow is none today"
    approved = page(replace(pack(), approval=APPROVAL))
    assert "草案】" not in approved.partition("\n")[0]
    assert "经示例区司法局 2026-11-26 以示例司发〔2026〕1号批准" in approved


def test_the_guide_gives_no_proposal_and_no_practice_of_elsewhere_as_a_basis() -> None:
    for item in pack().items:
        told = page(pack(), item)
        bases = [line.partition("依据：")[2] for line in told.splitlines() if "依据：" in line]
        assert bases
        assert [base for base in bases if any(mark in base for mark in (PROPOSED, *MARKS))] == []


def test_the_guide_says_that_who_commits_may_be_drawn_like_everybody_else() -> None:
    told = next(line for line in page(pack()).splitlines() if "**随机抽查**" in line)
    assert told.startswith("- **随机抽查**：与未选择告知承诺制的一样属于日常监管的对象，被随机抽中的，可以到场检查。")
    assert "随机抽查" not in page(pack(), "legal-aid"), "an exempt item says that it is under daily supervision"
    plain = tuple(replace(row, stratum=None) for row in pack().strategies)
    assert "随机抽查" not in page(replace(pack(), strategies=plain))


def test_who_commits_is_told_which_acts_weigh_more_which_bar_from_committing_and_when_the_clock_stands_still() -> None:
    later = Policybook.load(POLICIES).get("maoji@2026.2")
    told = line(later, "承诺不实的后果")
    for act in later.acts:
        if Outcome.FALSE_KNOWING in act.outcomes:
            assert act.name in told
    assert "二十四个月内再次作出或者有组织作出的，记入信用记录（严重）" in told
    assert "承诺的，在信用修复之前不适用告知承诺制" not in told, "both that bar are named, and no other"
    assert "明知与事实不符而作出承诺，或者明知与事实不符而作出承诺，造成严重危害" in told
    assert "有组织作出的，在信用修复之前不适用告知承诺制" in told
    assert "等待当事人在规定期限内补正、配合（合计至多30个工作日）" in line(later, "期限的中止")
    assert "期限的中止" not in page(later, "legal-aid"), "an exempt item has no term that could stand still"
    assert "信用修复" not in page(pack()), "a pack without a catalogue of acts bars nobody"


APPROVED = f"。依据：示例区司法局示例司发〔2026〕1号（{guide.OWN}）"


def line(policy: Policy, head: str, item: str = ITEM) -> str:
    """What the guide says under a head."""
    return next(told for told in page(policy, item).splitlines() if told.startswith(f"- **{head}**"))


def test_no_article_is_given_for_a_number_that_only_the_proposal_beside_it_has() -> None:
    """The plan's item 7 asks for a time and names none; the 20 working days are a proposal."""
    assert pack().items[ITEM].verify_basis == "S0:7;P:2.4;H:40"
    check = line(pack(), "核查")
    assert "20个工作日内完成" in check
    assert check.endswith(f"。{guide.UNFOUNDED}"), "a draft's number rests on nothing, and says so"
    assert line(replace(pack(), approval=APPROVAL), "核查").endswith(APPROVED)


def test_a_law_is_not_cited_for_the_number_of_a_rule_that_nobody_has_read() -> None:
    """The Fire Law, article 15, says 及时; the 20 working days stand in a report of another rule."""
    policy, item = Policybook.load(POLICIES).get("fire-safety@2"), "public-venue-fire-safety"
    assert policy.items[item].verify_basis == "S10:15;S28:1.1.10"
    check = line(policy, "核查", item)
    assert "自作出决定之日起20个工作日内完成" in check
    assert "消防法" not in check
    assert check.endswith(f"。{guide.UNFOUNDED}")
    assert line(replace(policy, approval=APPROVAL), "核查", item).endswith(APPROVED)


def test_grades_and_the_date_of_an_exemption_s_review_rest_on_no_article_that_does_not_have_them() -> None:
    for head, item in (("承诺不实的后果", ITEM), ("免予核查", "legal-aid")):
        told = line(pack(), head, item)
        assert "依据：" not in told
        assert told.endswith(f"。{guide.UNFOUNDED}")
        assert line(replace(pack(), approval=APPROVAL), head, item).endswith(APPROVED)


def test_what_a_document_says_by_itself_is_cited_whoever_approved_the_pack() -> None:
    for policy in (pack(), replace(pack(), approval=APPROVAL)):
        assert "第2项" in line(policy, "选择").partition("。依据：")[2]
        assert "示例司发" not in line(policy, "选择")
    licence = replace(pack().items[ITEM], verify_basis="S0:7")
    assert "第7项" in line(replace(pack(), items={ITEM: licence}), "核查").partition("。依据：")[2]


def test_of_an_exempt_item_the_guide_does_not_say_that_it_is_verified() -> None:
    told = page(pack(), "legal-aid")
    assert ("**免予核查**：" in told, "**核查**：" in told, "内完成" in told) == (True, False, False)


def test_only_a_statute_and_what_nothing_speaks_against_is_given_to_the_public() -> None:
    sources = {"S0": "〔2021〕4号《方案》", "S8": "《办法》——仅供参照", "S10": "《消防法》——仅供参照", "P": "建议值，非规定"}
    assert binding("S0:7;S8:2;S10:15;P:2.4", sources, {"S10"}) == "S0:7;S10:15"


def test_a_caveat_of_a_source_stands_beside_each_citation_of_it_on_the_sheet_and_in_an_explanation() -> None:
    book = Policybook.load(POLICIES)
    assert "S8:22（食品生产经营监督检查管理办法〔仅供参照〕）" in render(book.get("maoji@2026.1"))
    assert "〔仅供参照、未核对原文〕" in render(book.get("fire-safety@2"))
    assert "〔仅供参照〕" in wording.citations(book.get("maoji@2026.1"), ["S8:22"], "zh-Hans")
    for title in {title for one in book.packs for title in one.sources.values() if "——" in title}:
        assert "〔" in short(title).removeprefix(title[: title.index("——")]), title


def test_the_sheet_calls_no_row_of_its_first_table_and_no_ground_by_a_code_alone() -> None:
    for one in Policybook.load(POLICIES).packs:
        general = tables(one)[0]
        assert [row for row in general.rows if row.isascii()] == []
        facts = next(table for table in tables(one) if table.title == "事实")
        assert {cell for cells in facts.rows.values() for cell in cells} & {*one.grounds} == set()
    assert "相关数据尚未实现网络共享" in render(pack())
