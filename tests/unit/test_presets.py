"""Nothing in a shipped pack is invented: every citation leads to a rule that somebody has looked up, and what is no law here says so."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from inspector.domain.case import VerifyFrom
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.policybook import Policybook
from tests.needs import ROOT
from tests.packs import POLICIES

BOOK = Policybook.load(POLICIES)
PRESETS = [pack for pack in BOOK.packs if pack.extends and not pack.extends.startswith(f"{pack.id}@")]
"""Packs for other offices; a later version of a pack may build on the one before it."""

ARTICLES = {
    "S0": {*map(str, range(1, 10)), "G", "T"},  # the plan's items 1 to 9, its aim, its steps and safeguards
    # 1.2.20, 1.2.21, 2.7, 1.2.27, 1.6.16, 1.2.22, 2.7; 63, 64, 85: who is heard, told seven days before, all working days (decision 179)
    "S1": {"42", "43", "44", "45", "48", "50", "55", "58", "59", "61", "63", "64", "85"},
    "S2": {"69", "78", "79"},  # 1.1.22, 1.1.23
    "S6": {"5", "6", "8", "9", "11", "12"},  # 1.8
    "S7": {"9", "11", "13"},  # 1.2.26, 1.2.27, 1.7.4
    "S16": {"26"},  # 1.2.25
    "S10": {"15"},  # 1.1.10
    "S65": {"20", "24"},  # reconsideration: sixty days; the government of the same level
    "S66": {"14", "18", "46"},  # litigation: the basic court of the agency's seat; six months
    "S67": {"95"},  # service by public notice: thirty days, after every other way
    "S44": {"18"},  # 1.4.11
    "S51": {"1.2"},  # the result form of a province, told in 1.2
    "S8": {"22", "42"},  # 1.2.33, 1.2.30
    "S9": {"17"},  # 1.2.31
    "S18": {"42"},  # 1.5.5
    "S19": {"17"},  # 1.5.3
    "S20": {"35"},  # 1.5.6
    "S35": {"4"},  # 1.2.9
    "S62": {"1"},  # 1.2.12, 1.2.13, 1.2.38
    "S4": {"19", "56"},  # 1.6.6, 1.6.10
    "S14": {"21"},  # 1.6.12
    "S15": {"12"},  # 1.6.11
}
"""The articles that shipped packs may cite, with the handbook's rule where it is not the plan."""

_PAGE = (ROOT / "docs" / "reference" / "proposals.md").read_text(encoding="utf-8")
PROPOSALS = dict(re.findall(r"^\| H:([0-9]+) \| (.+?) \|", _PAGE, re.MULTILINE))
"""What this software proposes by itself, for the handbook has no such rule: each with the reason, on one page."""

RULES = {"1.1": 26, "1.2": 38, "1.3": 16, "1.4": 25, "1.5": 16, "1.6": 18, "1.7": 14, "1.8": 7, "1.9": 5, "1.10": 15, "2": 9}
"""The handbook's chapters of rules and proposals with their last numbers."""

CITED = re.compile(r"([A-Z][A-Za-z0-9]*):([0-9A-Za-z.-]+)")


def citations(value: object) -> Iterator[tuple[str, str]]:
    """Every citation in a pack's rows, wherever a row holds one."""
    if isinstance(value, str):
        if CITED.fullmatch(value.split(";")[0].strip()):
            yield from CITED.findall(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from citations(getattr(value, field.name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from citations(one)
    elif isinstance(value, tuple | frozenset):
        for one in value:
            yield from citations(one)


def is_rule(article: str) -> bool:
    """Whether the handbook has a rule or section of this number."""
    chapter, _, number = article.rpartition(".")
    return number.isdigit() and 1 <= int(number) <= RULES.get(chapter, 0)


@pytest.mark.parametrize("pack", BOOK.packs, ids=lambda pack: pack.label)
def test_every_basis_of_a_shipped_pack_leads_to_a_rule_of_the_handbook(pack: Policy) -> None:
    cited = set(citations(pack))
    assert len(cited) > 10
    known = ARTICLES | {"H": set(PROPOSALS)}
    assert {one for one in cited if one[1] not in known.get(one[0], ()) and (one[0] == "H" or not is_rule(one[1]))} == set()
    assert {source for source, _ in cited} <= set(pack.sources)


def test_every_proposal_of_this_software_is_used_and_says_that_it_is_none_of_the_handbook_s() -> None:
    used = {article for pack in BOOK.packs for source, article in citations(pack) if source == "H"}
    assert used == set(PROPOSALS)
    assert all("H" not in pack.statutes and "非规定" in pack.sources["H"] for pack in BOOK.packs)


TERMS = {
    "verify": "20wd",
    "assist_ack": "2wd",
    "assist_reply": "10wd",
    "assist_urgent": "2wd",
    "assist_extend": "5wd",
    "assist_dispute": "10wd",
    "assist_remind": "3wd",
    "assist_escalate": "1wd",
    "accept": "2wd",
    "visit": "15wd",
    "entry": "3wd",
    "credit": "7wd",
    "credit_retract": "1wd",
}
"""What the handbook's table of deadlines, 2.4, has a row for."""


def test_what_cites_the_handbook_s_table_of_deadlines_has_its_number_and_everything_else_cites_another_source() -> None:
    for pack in (BOOK.get("maoji@2026.1"), BOOK.get("maoji@2026.2")):
        cites = {row.timer.value: str(row.term) for row in pack.terms.values() if "P:2.4" in row.basis}
        assert cites == TERMS
        assert {str(item.verify) for item in pack.items.values()} == {"20wd"}, "finish verification: 20"


@pytest.mark.parametrize("label", ["maoji@2026.1", "maoji@2026.2", "demo@1"])
def test_how_long_a_clock_may_stand_still_is_not_the_handbook_s_number_and_says_so(label: str) -> None:
    """Handbook 2.4: within a set term, and none is named; 1 to 30 days is the term to rectify."""
    bounded = [row for row in BOOK.get(label).suspensions if row.longest is not None]
    assert [(row.row, ("H", "18") in set(citations(row))) for row in bounded] == [(row.row, True) for row in bounded]
    assert label == "maoji@2026.1" or bounded


@pytest.mark.parametrize("label", ["maoji@2026.1", "maoji@2026.2"])
def test_a_term_of_verification_that_is_not_counted_from_the_decision_as_the_handbook_s_is_says_so(label: str) -> None:
    """Handbook 2.4: finish verification after decision; counted from the intake the same 20 days end sooner."""
    pack = BOOK.get(label)
    counted = [item for item in pack.items.values() if "P:2.4" in item.verify_basis and item.verify_from is VerifyFrom.INTAKE]
    assert counted
    assert [item.code for item in counted if "H:40" not in item.verify_basis.split(";")] == []
    assert "H:40" in pack.term(Timer.VERIFY).basis.split(";")


DEEP = {"A": ("1/100", 1), "B": ("3/100", 1), "U": ("1/20", 2), "C": ("1/10", 5), "D": ("3/10", 5)}
DAILY = {"A": "1/100", "B": "1/100", "U": "1/100", "C": "3/100", "D": "1/20"}
"""Handbook 2.3: the share and least number of a level's verification in depth, and the share of its daily supervision."""


@pytest.mark.parametrize("label", ["maoji@2026.1", "maoji@2026.2"])
def test_every_share_of_the_plan_s_pack_is_that_of_the_handbook_s_row_for_it_or_cites_why_it_is_not(label: str) -> None:
    pack = BOOK.get(label)
    for row in pack.samplings:
        if row.level is None:
            continue
        cited = set(citations(row))
        if row.stratum.startswith("pool-"):
            own = (str(row.ratio), row.minimum) != (DAILY[row.level], 0)
            assert ("H", "17") in cited or not own, (
                f"{row.row}: {row.ratio}, and the handbook's daily supervision has {DAILY[row.level]}"
            )
        else:
            assert (str(row.ratio), row.minimum) == DEEP[row.level], row.row
    assert "daily supervision" in PROPOSALS["17"]


def test_the_plan_s_pack_follows_the_handbook_s_table_of_methods_but_sends_nobody_for_having_committed() -> None:
    """Handbook 2.2: low risk is drawn apart at D alone; that everybody may be sent to at high risk and D no article here permits."""
    pack = BOOK.get("maoji@2026.1")
    low = {level: pack.strategy(pack.items["stable-jobs"], level).stratum for level in "ABUCD"}
    assert low == {level: f"pool-{level}" for level in "ABUC"} | {"D": "low-D"}
    assert {(row.profile.value, *row.levels) for row in pack.strategies if row.visit_all} == set()
    assert [row.row for row in pack.strategies if ("H", "16") in set(citations(row))] == ["high-D"]
    assert all(row.before_decision is (row.profile.value == "high") for row in pack.strategies)


@pytest.mark.parametrize("pack", PRESETS, ids=lambda pack: pack.label)
def test_a_preset_says_that_it_is_one_and_that_its_sources_are_no_law_here(pack: Policy) -> None:
    base = BOOK.get(pack.extends)
    assert pack.title.startswith("【预置】")
    assert pack.approval is None
    own = {code: title for code, title in pack.sources.items() if code not in base.sources}
    assert own
    assert all("仅供参照" in title for title in own.values())
    assert {code for code, _ in citations(pack)} >= set(own), "a source that nothing cites"


def test_no_shipped_item_is_excluded_but_those_that_a_law_opens() -> None:
    opened = {(pack.label, item.override_basis) for pack in BOOK.packs for item in pack.items.values() if item.excluded}
    assert opened == {("fire-safety@2", "S10:15"), ("fire-safety@3", "S10:15")}
    assert {(pack.label, *pack.statutes) for pack in BOOK.packs if pack.statutes} == {
        ("fire-safety@2", "S10"),
        ("fire-safety@3", "S10"),
    }


@pytest.mark.parametrize("article", ["1.11.1", "1.2.39", "2.10", "7", "x", "1.2.0", ""])
def test_a_number_that_the_handbook_does_not_have_is_no_rule(article: str) -> None:
    assert not is_rule(article)
