"""Whatever somebody changes in a bundle, every verifier sees it, and all three are of one mind, to the exit code."""

from __future__ import annotations

import os
from itertools import chain, islice

import pytest

from tests import minds, published, tampering
from tests.tampering import Change, Means

EVERY = int(os.environ.get("INSPECTOR_TEST_EVERY", "29"))
"""Of the corpus, every so manieth: a prime, so that no kind of change is always passed over. 1 is all of it."""
BEYOND = ("'teams'",)
"""What the public bundle cannot show to be wrong: who should sit there."""


def holds(change: Change) -> bool:
    """What the house's own verifier says."""
    return minds.house(change.files) == 0


@pytest.fixture(scope="module")
def corpus() -> list[Change]:
    return list(chain(islice(tampering.changes(), 0, None, EVERY), islice(published.changes(), 0, None, EVERY)))


@pytest.fixture(scope="module")
def own(corpus: list[Change]) -> list[int]:
    return [minds.house(one.files) for one in corpus]


def differing(corpus: list[Change], own: list[int], others: list[int]) -> list[tuple[str, int, int]]:
    told = zip(corpus, own, others, strict=True)
    return [(one.name, ours, other) for one, ours, other in told if ours != other]


@pytest.mark.slow
def test_a_change_of_meaning_never_holds_and_other_bytes_for_the_same_always_do(corpus: list[Change], own: list[int]) -> None:
    expected = {Means.SAME: True, Means.OTHER: False}
    wrong = [
        one.name
        for one, code in zip(corpus, own, strict=True)
        if one.means in expected and (code == 0) is not expected[one.means]
    ]
    unseen = [name for name in wrong if name.startswith("public ") and any(map(name.__contains__, BEYOND))]
    assert [name for name in wrong if name not in unseen] == []
    assert {one.means for one in corpus} == {*Means}


@pytest.mark.slow
def test_the_one_file_of_python_is_of_the_same_mind_about_every_change(corpus: list[Change], own: list[int]) -> None:
    assert differing(corpus, own, [minds.python(one.files) for one in corpus]) == []


@pytest.mark.needs("node")
@pytest.mark.slow
def test_the_browsers_verifier_is_of_the_same_mind_about_every_change(corpus: list[Change], own: list[int]) -> None:
    assert differing(corpus, own, list(minds.browser(one.files for one in corpus))) == []


@pytest.mark.needs("node")
@pytest.mark.slow
def test_no_verifier_lets_anybody_stand_in_a_public_bundle_twice_or_without_a_row_for_somebody_who_is_hidden() -> None:
    made = [
        (f"{name}: {one.name}", one.files)
        for name, files in published.bundles()
        if name.endswith(" 1")
        for kind in (published.doubles, published.strangers)
        for one in kind(files)
    ]
    files = [held for _, held in made]
    said = zip(made, map(minds.house, files), map(minds.python, files), minds.browser(files), strict=True)
    assert [(name, *codes) for (name, _), *codes in said if codes != [1, 1, 1]] == []
    assert len(made) > 160
