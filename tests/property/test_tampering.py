"""Whatever somebody changes in a bundle, a verifier sees it, and a second one in another language is of the same mind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.errors import Invalid
from tests.second import opinions
from tests.tampering import Change, Means, changes

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
def test_a_second_verifier_is_of_the_same_mind_about_every_change(corpus: list[Change], own: Mapping[str, bool]) -> None:
    told = list(opinions(change.files for change in corpus))
    assert [line for line in told if line.startswith("UNREADABLE program ")] == [], "it expects whatever a file may hold"
    second = [line.startswith("agrees ") for line in told]
    assert [(one.name, own[one.name]) for one, held in zip(corpus, second, strict=True) if own[one.name] is not held] == []
