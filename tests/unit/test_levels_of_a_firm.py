"""Which of the levels stated of a firm's codes stands for it: what agrees, by whatever code; what differs is a person's matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.credit import Told, of_firm

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SINCE = NOW - timedelta(days=100)
CREDIT, BARE, ELSEWHERE = "91000000MA0000001R", "MA0000001", "91330106MA0000001X"


def said(code: str, level: str, days: int = 1) -> Told:
    return Told(code=code, level=level, as_of=NOW - timedelta(days=days), source="platform")


@pytest.mark.parametrize(
    ("told", "stands", "differ"),
    [
        ([], None, False),
        ([said(CREDIT, "D")], "D", False),
        ([said(BARE, "D")], "D", False),
        ([said(BARE, "D"), said(ELSEWHERE, "D", 5)], "D", False),
        ([said(CREDIT, "A", 5), said(BARE, "D")], "A", True),
        ([said(CREDIT, "D", 5), said(BARE, "A")], "D", True),
        ([said(BARE, "A"), said(ELSEWHERE, "D")], None, True),
        ([said(CREDIT, "A", 200), said(BARE, "D")], "D", False),
        ([said(CREDIT, "A"), said(BARE, "D", 200)], "A", False),
        ([said(BARE, "A", 300), said(ELSEWHERE, "D", 200)], None, True),
    ],
    ids=[
        "none",
        "its own",
        "another's",
        "two that agree",
        "milder own",
        "harsher own",
        "two differ",
        "own stale",
        "other stale",
        "all",
    ],
)
def test_never_the_harsher_and_never_the_milder_of_two_that_differ(told: list[Told], stands: str | None, differ: bool) -> None:
    found, differs = of_firm(CREDIT, told, SINCE)
    assert (found.level if found is not None else None, differs) == (stands, differ)


def test_of_levels_that_agree_the_newest_date_counts() -> None:
    found, _ = of_firm(CREDIT, [said(CREDIT, "A", 9), said(BARE, "A", 2)], SINCE)
    assert found == said(BARE, "A", 2)
