"""Nothing in a shipped pack is invented: every citation leads to a rule that somebody has looked up, and what is no law here says so."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from inspector.domain.policy import Policy
from inspector.policybook import Policybook
from tests.packs import POLICIES

BOOK = Policybook.load(POLICIES)
PRESETS = [pack for pack in BOOK.packs if pack.extends and not pack.extends.startswith(f"{pack.id}@")]
"""Packs for other offices; a later version of a pack may build on the one before it."""

ARTICLES = {
    "S0": {*map(str, range(1, 10)), "G", "T"},  # the plan's items 1 to 9, its aim, its steps and safeguards
    "S1": {"42", "43", "55"},  # 1.2.20, 1.2.21, 1.2.22
    "S10": {"15"},  # 1.1.10
    "S8": {"22", "42"},  # 1.2.33, 1.2.30
    "S9": {"17"},  # 1.2.31
    "S19": {"17"},  # 1.5.3
    "S35": {"4"},  # 1.2.9
    "S62": {"1"},  # 1.2.12, 1.2.13, 1.2.38
    "S4": {"19", "56"},  # 1.6.6, 1.6.10
    "S14": {"21"},  # 1.6.12
    "S15": {"12"},  # 1.6.11
}
"""The articles that shipped packs may cite, with the handbook's rule where it is not the plan."""

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
    assert {one for one in cited if one[1] not in ARTICLES.get(one[0], ()) and not is_rule(one[1])} == set()
    assert {source for source, _ in cited} <= set(pack.sources)


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
    assert opened == {("fire-safety@2", "S10:15")}
    assert {(pack.label, *pack.statutes) for pack in BOOK.packs if pack.statutes} == {("fire-safety@2", "S10")}


@pytest.mark.parametrize("article", ["1.11.1", "1.2.39", "2.10", "7", "x", "1.2.0", ""])
def test_a_number_that_the_handbook_does_not_have_is_no_rule(article: str) -> None:
    assert not is_rule(article)
