"""Whatever somebody changes in a bundle, a verifier sees it, and a second one in another language is of the same mind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.errors import Invalid
from tests import needs
from tests.bundles import VECTORS
from tests.tampering import Change, Means, changes, published

EVERY = int(os.environ.get("INSPECTOR_TEST_EVERY", "29"))
"""Of the corpus, every so manieth: a prime, so that no kind of change is always passed over. 1 is all of it."""


@pytest.fixture(scope="module")
def corpus() -> list[Change]:
    return list(islice(changes(), 0, None, EVERY))


NEEDED = {"commit.json", "seed.json", "result.json"}


def holds(change: Change) -> bool:
    """What the house's own verifier says; nothing but an expected error may come of any bundle."""
    files = {name: content for name, content in change.files.items() if "/" not in name}
    folder = {name.partition("/")[2]: content for name, content in change.files.items() if "/" in name}
    try:
        record = Bundle.record_of(folder.get("record.json"))
        return files.keys() >= NEEDED and judge(Bundle(files=files, record=record), None).verdict.holds
    except Invalid:
        return False


@pytest.fixture(scope="module")
def own(corpus: list[Change]) -> Mapping[str, bool]:
    return {change.name: holds(change) for change in corpus}


def test_a_change_of_meaning_never_holds_and_other_bytes_for_the_same_always_do(
    corpus: list[Change], own: Mapping[str, bool]
) -> None:
    expected = {Means.SAME: True, Means.OTHER: False}
    assert [one.name for one in corpus if one.means in expected and own[one.name] is not expected[one.means]] == []
    assert {one.means for one in corpus} == {*Means}


@pytest.mark.needs("node")
def test_a_second_verifier_is_of_the_same_mind_about_every_change(
    corpus: list[Change], own: Mapping[str, bool], tmp_path: Path
) -> None:
    base = {number: _written(tmp_path / f"base-{number}", files) for number, (_, files) in enumerate(published())}
    known = {
        (name, content): tmp_path / f"base-{number}" / name for number, files in base.items() for name, content in files.items()
    }
    folders = []
    for number, one in enumerate(corpus):
        folder = tmp_path / str(number)
        (folder / "witness").mkdir(parents=True)
        for name, content in one.files.items():
            if (name, content) in known:
                (folder / name).hardlink_to(known[name, content])  # most files of a changed bundle are not changed
            else:
                (folder / name).write_bytes(content)
        folders.append(str(number))
    ran = subprocess.run(
        [needs.require("node"), str(VECTORS / "verify.mjs"), *folders], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    second = [line.startswith("agrees ") for line in ran.stdout.splitlines()]
    assert len(second) == len(corpus), ran.stderr
    assert [(one.name, own[one.name]) for one, told in zip(corpus, second, strict=True) if own[one.name] is not told] == []


def _written(folder: Path, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return files
