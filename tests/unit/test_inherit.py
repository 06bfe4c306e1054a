"""A pack may build on another one: its own tables replace the other's whole, and nothing holds that stands in neither file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from inspector.policybook import PacksInvalid, Policybook
from tests.packs import SHIPPED, edited, write

HEAD = """
id = "child"
version = "1"
title = "child"
effective_from = 2026-01-01
extends = "maoji@2026.1"

[approval]
by = "nobody"
document = "-"

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
    assert (child.title, child.approval.by) == ("child", "nobody")
    assert child.sources == {**base.sources, "X": "another document"}


def test_a_stated_table_replaces_the_other_s_whole_and_a_left_out_one_does_not_hold(tmp_path: Path) -> None:
    child = load(tmp_path, HEAD.replace("[approval]", 'without = ["floor", "ceiling"]\n[approval]') + SIZES).get("child@1")
    assert [row.row for row in child.bounds.sizes] == ["size-large"]
    assert (child.bounds.floor, child.bounds.ceiling) == (None, None)
    assert child.bounds.staff is not None


def test_its_digest_changes_with_its_own_bytes_and_with_those_of_the_other(tmp_path: Path) -> None:
    digest = load(tmp_path, HEAD).get("child@1").digest
    assert digest == hashlib.sha256(HEAD.encode() + hashlib.sha256(SHIPPED.encode()).hexdigest().encode()).hexdigest()
    assert load(tmp_path, HEAD + "# \n").get("child@1").digest != digest
    assert load(tmp_path, HEAD, SHIPPED + "# \n").get("child@1").digest != digest


def test_a_flaw_of_the_other_pack_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, HEAD, pack="child")
    write(tmp_path, edited(("team = 2", "team = 1")))
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(tmp_path)
    assert [(flaw.file, flaw.code) for flaw in caught.value.flaws] == [("maoji/pack.toml", "team_too_small")]


BROKEN = {
    "the other pack must be there": (
        edited(("maoji@2026.1", "maoji@2025.1"), text=HEAD),
        "child/pack.toml · extends: no pack maoji@2025.1 to build on (one that builds on none itself); nearest is maoji@2026.1",
    ),
    "nothing is built on a pack that builds on another": (
        edited(("maoji@2026.1", "child@1"), text=HEAD),
        "child/pack.toml · extends: no pack child@1 to build on",
    ),
    "a source stands for one document in both": (
        HEAD + 'S1 = "another law"\n',
        "child/pack.toml · sources.S1: S1 stands for another document in the pack this one builds on",
    ),
    "what is left out must be there": (
        edited(("[approval]", 'without = ["flor"]\n[approval]'), text=HEAD),
        "child/pack.toml · without: flor is unknown; nearest is floor",
    ),
    "what is left out is not stated": (
        edited(("[approval]", 'without = ["size"]\n[approval]'), text=HEAD) + SIZES,
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
        edited(("[approval]", 'without = ["check"]\n[approval]'), text=HEAD),
        "child/pack.toml · check: missing: add check",
    ),
}


@pytest.mark.parametrize("behaviour", BROKEN)
def test_a_broken_link_to_another_pack_is_refused_with_file_and_field(behaviour: str, tmp_path: Path) -> None:
    child, told = BROKEN[behaviour]
    assert told in str(refused(tmp_path, child))
