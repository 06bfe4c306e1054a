"""Lines that are too many to hold come in the order of their bytes, and leave nothing behind."""

from __future__ import annotations

import gc
import random
from itertools import zip_longest
from pathlib import Path

import pytest

from inspector.store.sorting import Sorted

MANY = [f"企业{random.Random(n).random()}\t{n}".encode() for n in range(500)]


@pytest.mark.parametrize("run", [1, 100, 5_000, 10**9])
def test_lines_come_in_the_order_of_their_bytes_however_few_of_them_are_held(run: int) -> None:
    held = Sorted(iter([*MANY, *MANY[:3], b""]), run)
    assert list(held) == sorted([*MANY, *MANY[:3], b""])
    assert list(held) == list(held), "as often as one likes"
    assert all(one == other for one, other in zip_longest(held, held)), "and twice at once"


def test_no_lines_are_lines_too() -> None:
    assert list(Sorted([], 1)) == []


@pytest.mark.slow
def test_what_lies_on_the_disk_has_no_name_and_is_gone_with_the_lines() -> None:
    def open_files() -> set[str]:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return {str(link.readlink()) for link in links if link.is_symlink()}

    before = open_files()
    held = Sorted(MANY, 100)
    (mine,) = [name for name in open_files() - before if name.startswith("/") and "/proc/" not in name]
    assert mine.endswith(" (deleted)")
    del held
    gc.collect()
    assert mine not in open_files()
