"""A pack may build on another one: its own tables replace the other's whole, and nothing holds that stands in neither file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from inspector.policybook import PacksInvalid, Policybook, passed_over
from tests.packs import SHIPPED, edited, write
from tests.wide import wide

HEAD = """
id = "child"
version = "1"
title = "child"
effective_from = 2026-01-01
extends = "maoji@2026.1"

[sources]
X = "another document"
"""
SIZES = '\n[[size]]\nid = "size-large"\nover = 100\nratio = "1/2"\nbasis = "X:1"\n'


def load(folder: Path, child: str, base: str = SHIPPED) -> Policybook:
    write(folder, base)
    write(folder, child, pack="child")
    return Policybook.load(folder)


def refused(folder: Path, child: str) -> PacksInvalid:
    with pytest.raises(PacksInvalid) as caught:
        load(folder, child)
    return caught.value


def test_what_a_pack_does_not_state_is_that_of_the_pack_it_builds_on(tmp_path: Path) -> None:
    book = load(tmp_path, HEAD)
    child, base = book.get("child@1"), book.get("maoji@2026.1")
    assert (child.extends, base.extends) == ("maoji@2026.1", "")
    assert (child.items, child.strategies, child.terms, child.limits) == (base.items, base.strategies, base.terms, base.limits)
    assert child.title == "child"
    assert child.sources == {**base.sources, "X": "another document"}


def test_a_stated_table_replaces_the_other_s_whole_and_a_left_out_one_does_not_hold(tmp_path: Path) -> None:
    child = load(tmp_path, HEAD.replace("[sources]", 'without = ["floor", "ceiling"]\n[sources]') + SIZES).get("child@1")
    assert [row.row for row in child.bounds.sizes] == ["size-large"]
    assert (child.bounds.floor, child.bounds.ceiling) == (None, None)
    assert child.bounds.staff is not None


def test_its_digest_changes_with_its_own_bytes_and_with_those_of_the_other(tmp_path: Path) -> None:
    digest = load(tmp_path, HEAD).get("child@1").digest
    assert digest == hashlib.sha256(HEAD.encode() + hashlib.sha256(SHIPPED.encode()).hexdigest().encode()).hexdigest()
    assert load(tmp_path, HEAD + "# \n").get("child@1").digest != digest
    assert load(tmp_path, HEAD, SHIPPED + "# \n").get("child@1").digest != digest


def test_of_a_wide_table_each_gap_and_each_overlap_is_told_with_its_rows(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    write(tmp_path, wide(40), pack="wide")
    assert len(Policybook.load(tmp_path).get("wide@1").strategies) == 120
    write(tmp_path, wide(40, gap="low-L20", overlap="high-L39"), pack="wide")
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(tmp_path)
    gap, overlap = map(str, caught.value.flaws)
    assert gap.startswith("wide/pack.toml · strategy · profile × levels: no row for low/L20;")
    assert overlap.startswith(
        "wide/pack.toml · strategy · profile × levels: more than one row for high/L39 (high-L39, high-L39-again);"
    )
    assert ("没有策略：low/L20" in gap, "策略多于一行：high/L39" in overlap) == (True, True)


def test_a_flaw_of_the_other_pack_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, HEAD, pack="child")
    write(tmp_path, edited(("team = 2", "team = 1")))
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(tmp_path)
    assert [(flaw.file, flaw.code) for flaw in caught.value.flaws] == [("maoji/pack.toml", "team_too_small")]


BROKEN = {
    "the other pack must be there": (
        edited(("maoji@2026.1", "maoji@2025.1"), text=HEAD),
        "child/pack.toml · extends: no pack maoji@2025.1 to build on; nearest is maoji@2026.1",
    ),
    "a pack is not built on itself": (
        edited(("maoji@2026.1", "child@1"), text=HEAD),
        "child/pack.toml · extends: builds on itself: child@1 → child@1",
    ),
    "a source stands for one document in both": (
        HEAD + 'S1 = "another law"\n',
        "child/pack.toml · sources.S1: S1 stands for another document in the pack this one builds on",
    ),
    "what is left out must be there": (
        edited(("[sources]", 'without = ["flor"]\n[sources]'), text=HEAD),
        "child/pack.toml · without: flor is unknown; nearest is floor",
    ),
    "what is left out is not stated": (
        edited(("[sources]", 'without = ["size"]\n[sources]'), text=HEAD) + SIZES,
        "child/pack.toml · without: size is left out here and yet stated",
    ),
    "without another pack nothing can be left out": (
        edited(('extends = "maoji@2026.1"', 'without = ["floor"]'), text=HEAD),
        "child/pack.toml · without: takes nothing over from another pack",
    ),
    "what it must say for itself is not taken over": (
        edited(('version = "1"\n', ""), text=HEAD),
        "child/pack.toml · version: missing: add version",
    ),
    "a required table cannot be left out": (
        edited(("[sources]", 'without = ["check"]\n[sources]'), text=HEAD),
        "child/pack.toml · check: missing: add check",
    ),
}


@pytest.mark.parametrize("behaviour", BROKEN)
def test_a_broken_link_to_another_pack_is_refused_with_file_and_field(behaviour: str, tmp_path: Path) -> None:
    child, told = BROKEN[behaviour]
    assert told in str(refused(tmp_path, child))


def later(text: str, *edits: tuple[str, str]) -> str:
    """Another version of a pack of these tests."""
    return edited(*edits, text=text)


GRAND = later(HEAD, ('id = "child"', 'id = "grand"'), ("maoji@2026.1", "child@1"), ('X = "another document"\n', ""))


def test_a_pack_may_build_on_one_that_builds_on_another_and_its_digest_covers_all_three(tmp_path: Path) -> None:
    write(tmp_path, GRAND, pack="grand")
    book = load(tmp_path, HEAD + SIZES)
    grand = book.get("grand@1")
    assert [row.row for row in grand.bounds.sizes] == ["size-large"], "what the one in the middle changed"
    assert grand.terms == book.get("maoji@2026.1").terms
    assert grand.sources["X"] == "another document"
    assert grand.digest == hashlib.sha256(GRAND.encode() + book.get("child@1").digest.encode()).hexdigest()
    changed = load(tmp_path, HEAD + SIZES, SHIPPED + "# \n")
    assert changed.get("grand@1").digest != grand.digest


def test_packs_that_build_on_each_other_are_each_told_and_who_builds_on_them_is_not(tmp_path: Path) -> None:
    write(tmp_path, GRAND, pack="grand")
    write(tmp_path, later(GRAND, ('id = "grand"', 'id = "last"'), ("child@1", "grand@1")), pack="last")
    told = refused(tmp_path, later(HEAD, ("maoji@2026.1", "grand@1")))
    assert {(flaw.file, flaw.code) for flaw in told.flaws} == {
        ("child/pack.toml", "base_ring"),
        ("grand/pack.toml", "base_ring"),
    }


def test_of_a_base_that_is_not_there_nothing_else_is_told(tmp_path: Path) -> None:
    (flaw,) = refused(tmp_path, later(HEAD, ("maoji@2026.1", "maoji"))).flaws
    assert flaw.code == "base_unknown"


def test_a_flaw_of_a_row_taken_over_names_the_file_it_stands_in_and_the_mend(tmp_path: Path) -> None:
    child = later(HEAD, ("effective_from = 2026-01-01", "effective_from = 2027-01-04"))
    write(tmp_path, later(GRAND, ("effective_from = 2026-01-01", "effective_from = 2027-01-04")), pack="grand")
    error = refused(tmp_path, child)
    (flaw,) = error.flaws
    assert (flaw.code, flaw.stands) == ("exempt_review_early", "maoji/pack.toml")
    assert "(it stands in maoji/pack.toml; to have it otherwise, state all of `item` in this file)" in str(error)
    assert "该行在 maoji/pack.toml 中" in str(error)


def test_who_builds_on_an_earlier_version_than_the_last_is_told_what_is_passed_over(tmp_path: Path) -> None:
    def version(number: str, begins: str, base: str) -> None:
        text = later(
            HEAD, ('id = "child"', 'id = "maoji"'), ('"1"', f'"{number}"'), ("2026-01-01", begins), ("maoji@2026.1", base)
        )
        write(tmp_path, text, name=f"pack-{number}.toml")

    write(tmp_path, SHIPPED)
    version("2026.2", "2026-06-01", "maoji@2026.1")
    version("2026.3", "2026-09-01", "maoji@2026.1")
    (told,) = passed_over(Policybook.load(tmp_path).packs)
    assert (told.file, told.facts["value"], told.facts["other"]) == ("maoji@2026.3", "maoji@2026.1", "maoji@2026.2")
    version("2026.3", "2026-09-01", "maoji@2026.2")
    assert list(passed_over(Policybook.load(tmp_path).packs)) == []
