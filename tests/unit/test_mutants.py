"""Mutants are judged by what the tests say, and a sample by what it lets conclude of all (`tests/mutants`)."""

from __future__ import annotations

import pytest

from tests.mutants.__main__ import KILLED, LATE, SURVIVED, UNREACHED, Played, judged, share, summary
from tests.without import ROOT

MODULE, TEST = "inspector/domain/backoff.py", "tests/unit/test_backoff.py"


def ended(end: str) -> Played:
    return Played(module=MODULE, number=7, line=3, told="-a\n+b", end=end, seconds=1.0)


@pytest.mark.slow
def test_a_change_that_a_test_sees_is_killed_and_none_at_all_survives() -> None:
    text = (ROOT / MODULE).read_text(encoding="utf-8")
    assert judged(MODULE, text, [TEST]) == SURVIVED
    assert judged(MODULE, text.replace("min(", "max("), [TEST]) == KILLED


def test_where_no_test_comes_nothing_is_killed() -> None:
    assert judged(MODULE, "", []) == UNREACHED


def test_who_makes_the_tests_late_is_seen_and_who_no_test_comes_to_is_not() -> None:
    results = [ended(KILLED)] * 255 + [ended(LATE)] * 5 + [ended(SURVIVED)] * 30 + [ended(UNREACHED)] * 10
    killed, least, most = share(results)
    assert (round(killed, 3), round(least, 3), round(most, 3)) == (0.867, 0.824, 0.901)  # Wilson's interval of 260 of 300
    told = summary(results)
    assert told.endswith("260 of 300 killed: 87% (82% to 90% of all with 95 %)")
    assert told.count("#7 survived") == 30
    assert told.count("#7 no test comes there") == 10
