"""The fence round the excluded categories: only a cited statute opens it, at the loader and at the door (handbook 2.6, scenario 1)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain import admission
from inspector.domain.case import Case, MatterKind
from inspector.domain.errors import Invalid
from inspector.domain.policy import Excluded, Policy
from inspector.flows.intake import drafted
from inspector.policybook import Policybook
from tests.house import START, application
from tests.packs import ITEM, POLICIES, after, edited, loaded, refused

BOOK = Policybook.load(POLICIES)
DEMO = BOOK.get("demo@1")


def overridden(basis: str, category: str = "LIFEPROP", *, statute: str = "true") -> str:
    """The shipped pack with an excluded item that cites a basis; S10 is a law, as far as the file says so."""
    law = f'[sources]\nS10 = {{ title = "《中华人民共和国消防法》", statute = {statute} }}'
    fenced = f'excluded = ["{category}"]\noverride_basis = "{basis}"'
    return after(ITEM, "excluded = []", fenced, edited(("[sources]", law)))


@pytest.mark.parametrize("category", Excluded)
def test_the_fence_refuses_an_excluded_item_and_a_statute_opens_it(category: Excluded, tmp_path: Path) -> None:
    fenced = after(ITEM, "excluded = []", f'excluded = ["{category}"]')
    error = refused(tmp_path, fenced)
    assert [flaw.code for flaw in error.flaws] == ["item_excluded"]
    assert f"item business-licence · excluded: excluded ({category})" in str(error)
    opened = overridden("S10:15", category)
    assert loaded(tmp_path, opened).item("business-licence").override_basis == "S10:15"


@pytest.mark.parametrize("basis", ["P:2.3", "S0:1", "S62:1", "S35:4", "S0:1;P:2.3"])
def test_a_plan_a_proposal_or_a_practice_of_elsewhere_opens_no_excluded_category(basis: str, tmp_path: Path) -> None:
    error = refused(tmp_path, overridden(basis))
    found = [(flaw.code, flaw.row, flaw.field) for flaw in error.flaws]
    assert found == [("override_no_statute", "item business-licence", "override_basis")]
    english, chinese = str(error.flaws[0]).split("｜")
    assert f"excluded (LIFEPROP), and {basis} cites no statute; cite one that [sources] marks statute = true (S10), or" in english
    assert f"{basis} 所引又不是法律、法规；请引用 [sources] 中标明 statute = true 的（S10），或删去本事项" in chinese


@pytest.mark.parametrize("basis", ["S10:15", "P:2.3; S10:15"])
def test_a_statute_opens_one_also_beside_what_is_none(basis: str, tmp_path: Path) -> None:
    pack = loaded(tmp_path, overridden(basis))
    assert pack.statutes == {"S10"}
    assert pack.sources["S10"] == "《中华人民共和国消防法》", "a source that says what it is has a title like any other"


def test_a_source_that_says_that_it_is_no_statute_opens_nothing(tmp_path: Path) -> None:
    error = refused(tmp_path, overridden("S10:15", statute="false"))
    assert [flaw.code for flaw in error.flaws] == ["override_no_statute"]
    assert "statute = true (-), or" in str(error)


def fenced(basis: str | None) -> Policy:
    """The demo's pack as the loader would never let it pass: an excluded item, and at best a basis that is no statute."""
    item = replace(DEMO.items["business-licence"], excluded=frozenset({Excluded.ECOENV}), override_basis=basis)
    return replace(DEMO, items={**DEMO.items, item.code: item})


def case(policy: Policy) -> Case:
    """An application for the item."""
    return drafted(application(1, "business-licence", {"registration-status": "存续"}), "hall", policy, START)


@pytest.mark.parametrize("basis", [None, "P:2.3", "S0:1", "S62:1", "S35:4"])
def test_an_excluded_item_that_no_statute_opens_is_refused_at_the_door_too(basis: str | None) -> None:
    policy = fenced(basis)
    with pytest.raises(Invalid, match="item_excluded") as caught:
        admission.admit(case(policy), policy, START)
    assert caught.value.facts == {"item": "business-licence", "categories": (Excluded.ECOENV,), "field": "item"}
    assert [one.code for one in admission.objections(case(policy), policy, START)] == ["item_excluded"]


def test_one_that_a_statute_opens_is_taken() -> None:
    policy = replace(fenced("P:2.3;S10:15"), statutes=frozenset({"S10"}))
    assert admission.admit(case(policy), policy, START).code == "business-licence"


def test_a_pack_kept_from_before_statutes_were_marked_still_decides_what_was_taken_in_under_it() -> None:
    marked = (POLICIES / "fire-safety" / "pack.toml").read_text(encoding="utf-8")
    unmarked = (('S10 = { title = "', 'S10 = "'), ('仅供参照", statute = true, heavier = ["15"] }', '仅供参照"'))
    old = edited(('version = "2"', 'version = "1"'), *unmarked, text=marked)
    policy = BOOK.remembering({"fire-safety@1": old}, ["fire-safety@1"]).get("fire-safety@1")
    given = application(1, "public-venue-fire-safety", {"fire-safety-conditions": "符合"}, matter=MatterKind.LICENCE)
    given = replace(given, notice_version="2026-01")
    assert admission.admit(drafted(given, "hall", policy, START), policy, START).override_basis == "S10:15"
