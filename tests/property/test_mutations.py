"""Whatever chance changes in a bundle, the three verifiers say the same of it, to the exit code."""

from __future__ import annotations

from collections import Counter

import pytest

from tests import minds, mutations

pytestmark = pytest.mark.needs("node")


def one_mind(numbers: range) -> None:
    files = list(mutations.bundles(numbers))
    said = list(zip(map(minds.house, files), map(minds.python, files), minds.browser(files), strict=True))
    assert [(number, codes) for number, codes in zip(numbers, said, strict=True) if len({*codes}) > 1] == []
    agreed = [one for one, codes in zip(files, said, strict=True) if codes[0] == 0 and b'"void"' in one.get(minds.RECORD, b"")]
    voids = zip(agreed, minds.voids(agreed), strict=True)
    assert [(one.get(minds.RECORD), told) for one, told in voids if len({*map(frozenset, told)}) > 1] == []
    seen = Counter(codes[0] for codes in said)
    assert min(seen[code] for code in (0, 1, 2)) > len(files) // 20, "each answer is met, and met often"


@pytest.mark.slow
def test_three_verifiers_are_of_one_mind_about_bundles_changed_by_chance() -> None:
    one_mind(range(200))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("block", range(10))
def test_three_verifiers_are_of_one_mind_about_twenty_thousand_such_bundles(block: int) -> None:
    one_mind(range(1000 + block * 2000, 1000 + (block + 1) * 2000))
