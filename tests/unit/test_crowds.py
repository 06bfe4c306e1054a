"""A result that names nobody is told among enough others, or not at all: whoever saw the visit must not read what was found."""

from __future__ import annotations

import pytest

from inspector.domain.gazette import CheckResult, crowded

GOOD, BAD, GONE = CheckResult.NOTHING, CheckResult.PROBLEM, CheckResult.CEASED


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ([], False),
        ([GOOD] * 4, False),
        ([GOOD] * 5, True),
        ([BAD] * 5, False),
        ([BAD, BAD, BAD, BAD, CheckResult.UNCLEAR], False),
        ([BAD] * 4 + [GOOD], True),
        ([GONE] * 5, True),
    ],
)
def test_a_group_tells_nothing_of_anybody_when_it_is_large_and_not_all_bad(told: list[CheckResult], fits: bool) -> None:
    assert crowded(told, 5) is fits
