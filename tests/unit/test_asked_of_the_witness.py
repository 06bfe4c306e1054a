"""What words of the command line send people to: the witness for every value of the office, and a plan's next edition by its withdrawal."""

from __future__ import annotations

import pytest

from inspector.cli import words
from inspector.cli.words import say
from inspector.domain.errors import Refusal


def test_the_witness_is_asked_for_every_value_of_the_office_for_a_second_series_has_numbers_of_its_own() -> None:
    assert ("any other value of this OFFICE" in say("time_proven", "en"), "不论编号" in say("time_proven", "zh-Hans")) == (
        True,
        True,
    )


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
@pytest.mark.parametrize("code", ["plan_exists", "extension_beyond_plan"])
def test_who_needs_another_edition_hears_that_the_one_that_stands_is_withdrawn_first(code: str, lang: str) -> None:
    facts = {"plan": "weekly", "year": 2026, "state": "PUBLISHED", "edition": 1, "stratum": "A", "left": 0, "more": 2}
    told = words.told(Refusal(code, **facts), lang)  # type: ignore[arg-type]
    assert "plan withdraw weekly --year 2026 --reason" in str(told)
