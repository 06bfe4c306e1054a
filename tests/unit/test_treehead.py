"""The tree over the ledger: held to the roots that certificate transparency has published, and to every size up to some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.errors import Invalid
from inspector.domain.suite import Suite, path, root
from inspector.domain.treehead import EMPTY, Frontier, TreeHead, consistency, grew, included

PUBLISHED = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Leaves and roots of the test data that the reference implementation of RFC 6962 is published with."""
MOST = 40
DIGESTS = [Suite().hex(str(number)) for number in range(MOST)]
HEADS = [Frontier().grown(DIGESTS[:size]).head for size in range(MOST + 1)]


def test_the_published_trees_have_the_published_roots() -> None:
    held = Frontier()
    assert held.head == TreeHead(size=0, root=EMPTY)
    assert EMPTY == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, (told, expected) in enumerate(zip(PUBLISHED, ROOTS, strict=True), 1):
        held = held.grown([told])
        assert held.head == TreeHead(size=size, root=expected)


def test_a_tree_that_grows_in_parts_is_the_one_that_is_built_at_once() -> None:
    for size in range(MOST + 1):
        lines = [bytes.fromhex(digest) for digest in DIGESTS[:size]]
        assert HEADS[size].root == root(Suite(), lines)
        for cut in range(size + 1):
            assert Frontier().grown(DIGESTS[:cut]).grown(DIGESTS[cut:size]).head == HEADS[size]


def test_an_entry_is_proven_at_its_place_alone() -> None:
    for size in range(1, MOST + 1):
        lines = [bytes.fromhex(digest) for digest in DIGESTS[:size]]
        for index in range(size):
            steps = path(Suite(), lines, index)
            assert included(DIGESTS[index], index, steps, HEADS[size])
            assert not included(DIGESTS[(index + 1) % MOST], index, steps, HEADS[size])
            assert not included(DIGESTS[index], index + 1, steps, HEADS[size]) or size == 1
    assert not included("no hex", 0, (), HEADS[1])


def test_every_former_head_is_proven_by_the_later_ones_and_no_other_is() -> None:
    for size in range(MOST + 1):
        for former in range(size + 1):
            steps = consistency(DIGESTS[:size], former)
            assert grew(HEADS[former], HEADS[size], steps)
            other = TreeHead(size=former, root="00" * 32)
            assert not grew(other, HEADS[size], steps)
            assert not grew(HEADS[former], TreeHead(size=size, root="00" * 32), steps) or size == former == 0 or former == 0
            assert not grew(HEADS[former], HEADS[size], (*steps, "00" * 32))
            if steps:
                assert not grew(HEADS[former], HEADS[size], steps[:-1])
    with pytest.raises(Invalid, match="ledger_size_beyond"):
        consistency(DIGESTS[:3], 4)


def test_a_ledger_that_was_cut_or_laid_anew_is_none_that_grew() -> None:
    changed = [*DIGESTS[:7], Suite().hex("another"), *DIGESTS[8:]]
    now = Frontier().grown(changed).head
    for former in range(8, MOST):
        assert not grew(HEADS[former], now, consistency(changed, former))
    assert not grew(HEADS[30], HEADS[20], ())


@given(st.integers(1, MOST), st.integers(1, MOST), st.lists(st.text("0123456789abcdefg", max_size=66), max_size=9))
def test_no_made_up_proof_is_believed(former: int, size: int, steps: list[str]) -> None:
    if former != size and steps != list(consistency(DIGESTS[:size], former) if former <= size else ()):
        assert not grew(HEADS[former], HEADS[size], steps)


def test_a_frontier_that_lost_a_part_is_refused() -> None:
    with pytest.raises(Invalid, match="ledger_tree_broken"):
        Frontier(size=3, peaks=("00" * 32,))
