"""Who may not be drawn this time and who must be, by the plan's own pack: scenarios 26, 27, 40, 42, 46 and handbook 1.2.31, 1.2.33."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.calendar import Term
from inspector.domain.exclusion import Exclusion, Seen, barred, counted, first, near, overdue, suppressed
from inspector.domain.inspection import Authority, CheckType
from inspector.policybook import Policybook
from tests.packs import POLICIES

MAOJI = Policybook.load(POLICIES).get("maoji@2026.1")
TODAY = date(2026, 8, 3)
PLANNED, PERMIT, LEAD, JOINT = CheckType.PLANNED, CheckType.PERMIT, CheckType.LEAD, CheckType.JOINT


def seen(on: str, check: CheckType = PLANNED, authority: Authority = Authority.OWN, **changes: object) -> Seen:
    return Seen(on=date.fromisoformat(on), check=check, authority=authority, **changes)  # type: ignore[arg-type]


def codes(*visits: Seen, level: str = "B", today: date = TODAY, must: bool = False) -> list[str]:
    return [one.code for one in barred(visits, MAOJI.limits.frequencies[level], MAOJI.limits, today, must=must)]


def test_scenario_26_a_completed_draw_is_followed_by_a_rest_and_a_cancelled_visit_by_none() -> None:
    assert codes(seen("2026-03-03"), today=date(2026, 8, 3)) == ["cap", "cool-down"]
    assert codes(seen("2025-12-03"), today=date(2026, 5, 3)) == ["cool-down"], "five months ago, in another year"
    assert codes(seen("2026-03-03", completed=False)) == []


@pytest.mark.parametrize(("level", "last"), [("A", "2027-12-03"), ("B", "2026-12-03"), ("C", "2026-06-03"), ("D", "2026-03-03")])
def test_the_rest_goes_by_level_and_ends_on_its_last_day(level: str, last: str) -> None:
    day = date.fromisoformat(last)
    assert codes(seen("2025-12-03"), level=level, today=day) == ["cool-down"]
    assert codes(seen("2025-12-03"), level=level, today=date.fromordinal(day.toordinal() + 1)) == []


def test_a_visit_that_was_no_planned_draw_is_followed_by_no_rest() -> None:
    assert codes(seen("2026-07-01", LEAD), seen("2026-07-01", PERMIT), seen("2026-07-01", authority=Authority.UPPER)) == []


def test_a_knock_that_met_nobody_gives_no_rest_and_discharges_no_duty_to_look() -> None:
    knock = seen("2026-03-03", nobody=True)
    assert "cool-down" not in codes(knock, today=date(2027, 1, 4))
    assert "cool-down" in codes(replace(knock, nobody=False), level="A", today=date(2027, 1, 4))


def test_scenario_27_items_that_an_agency_above_has_just_checked_are_skipped_for_three_months() -> None:
    above = seen("2026-06-03", authority=Authority.UPPER, items=frozenset({"a", "b"}))
    held = suppressed([above], MAOJI.limits, {"a"}, TODAY)
    assert held is not None
    assert (held.code, held.row, held.basis) == ("upper", "after-upper", "S8:42;P:2.3")
    assert suppressed([above], MAOJI.limits, {"c"}, TODAY) is None
    assert suppressed([above], MAOJI.limits, {"a"}, date(2026, 9, 4)) is None
    assert suppressed([above], MAOJI.limits, set(), TODAY) is None, "some items are not the whole object"


def test_a_check_of_the_whole_object_from_above_covers_every_item() -> None:
    above = [seen("2026-06-03", authority=Authority.UPPER)]
    assert suppressed(above, MAOJI.limits, {"c"}, TODAY)
    assert suppressed(above, MAOJI.limits, set(), TODAY)


def test_after_a_licence_check_daily_supervision_leaves_the_object_alone_for_the_rest_of_the_year() -> None:
    held = suppressed([seen("2026-01-05", PERMIT)], MAOJI.limits, set(), TODAY)
    assert held is not None
    assert (held.code, held.row) == ("licence", "after-licence")
    assert suppressed([seen("2025-12-31", PERMIT)], MAOJI.limits, set(), TODAY) is None
    assert suppressed([seen("2026-01-05", PERMIT)], MAOJI.limits, {"a"}, TODAY) is None, "another promise may still be verified"


def test_the_cap_counts_planned_visits_of_the_agency_in_the_calendar_year() -> None:
    assert codes(seen("2026-01-02", CheckType.CAMPAIGN)) == ["cap"]
    assert codes(seen("2025-12-31", CheckType.CAMPAIGN)) == []
    assert codes(seen("2026-01-02", CheckType.CAMPAIGN), level="C") == []
    assert codes(seen("2026-01-02", CheckType.CAMPAIGN_ABOVE), seen("2026-02-02", LEAD), seen("2026-02-03", PERMIT)) == []


def test_the_visits_of_all_agencies_together_have_a_stop_and_a_joint_one_counts_once() -> None:
    others = [seen(f"2026-0{month}-01", CheckType.CAMPAIGN, Authority.OTHER) for month in (1, 2, 3)]
    assert codes(*others) == []
    assert codes(*others, seen("2026-04-01", JOINT, Authority.OTHER)) == ["cap-all"]
    joint = [seen("2026-04-01", JOINT, Authority.OTHER)] * 3
    assert counted(joint, MAOJI.limits, TODAY, frozenset(Authority)) == 1
    dealt = [replace(joint[0], visit=f"V-{number}") for number in (1, 2)]
    assert counted([*joint, *dealt], MAOJI.limits, TODAY, frozenset(Authority)) == 2, "two were given on that day"


TWO_LEVELS = replace(
    MAOJI.limits.frequencies["A"], cap=2, warn=3, stop=4, together=frozenset({Authority.OWN, Authority.UPPER}), cool_down=None
)
"""At most two a year by the agency, four by it and the one above (handbook 1.4.5)."""


def test_a_cap_of_two_levels_counts_those_two_and_nobody_else() -> None:
    def told(*visits: Seen) -> list[str]:
        return [one.code for one in barred(visits, TWO_LEVELS, MAOJI.limits, TODAY, must=False)]

    above = [seen(f"2026-0{month}-01", authority=Authority.UPPER) for month in (1, 2, 3)]
    other = [seen(f"2026-0{month}-01", authority=Authority.OTHER) for month in range(1, 8)]
    assert told(seen("2026-01-05"), *other) == []
    assert told(seen("2026-01-05"), seen("2026-02-05"), *other) == ["cap"]
    assert told(seen("2026-01-05"), *above) == ["cap-all"]
    assert (near(above, TWO_LEVELS, MAOJI.limits, TODAY), near(other, TWO_LEVELS, MAOJI.limits, TODAY)) == (True, False)


def test_without_a_cap_nothing_stops_and_nothing_warns() -> None:
    free = replace(TWO_LEVELS, cap=None, warn=None, stop=None)
    visits = [seen(f"2026-0{month}-01") for month in range(1, 8)]
    assert barred(visits, free, MAOJI.limits, TODAY, must=False) == ()
    assert not near(visits, free, MAOJI.limits, TODAY)


def test_three_visits_a_year_fall_due_every_four_months() -> None:
    thrice = replace(MAOJI.limits.frequencies["D"], coverage=Term.parse("12mo"), times=3)
    assert overdue([seen("2026-04-03")], None, thrice, date(2026, 8, 3))
    assert not overdue([seen("2026-04-04")], None, thrice, date(2026, 8, 3))


def test_nobody_is_drawn_again_while_a_visit_is_under_way() -> None:
    assert codes(seen("2026-08-01", completed=False, open=True), level="C") == ["open"]
    assert codes(seen("2026-08-01", completed=False, open=True), level="C", must=True) == ["open"]


def test_scenario_46_a_visit_given_in_december_and_still_open_counts_in_january_until_it_was_made_in_december() -> None:
    given = seen("2026-12-22", completed=False, open=True)
    for year, visit, counts in ((2027, given, 1), (2026, given, 1), (2025, given, 0), (2027, seen("2026-12-24"), 0)):
        assert counted([visit], MAOJI.limits, date(year, 1, 4), {Authority.OWN}) == counts


def test_what_must_be_seen_is_not_kept_from_it_by_the_visits_of_others() -> None:
    others = [seen(f"2026-0{month}-01", CheckType.CAMPAIGN, Authority.OTHER) for month in range(1, 8)]
    assert codes(*others, level="D") == ["cap-all"]
    assert codes(*others, level="D", must=True) == []


def test_of_several_reasons_the_first_in_the_stated_order_is_written_down() -> None:
    visits = [seen("2026-07-01"), seen("2026-08-01", completed=False, open=True)]
    found = barred(visits, MAOJI.limits.frequencies["B"], MAOJI.limits, TODAY, must=False)
    above = suppressed([seen("2026-07-01", authority=Authority.UPPER)], MAOJI.limits, set(), TODAY)
    assert above is not None
    assert [one.code for one in found] == ["open", "cap", "cool-down"]
    assert first([*reversed(found), above]) == found[0]
    assert first([found[2], above]) == above
    assert first([]) is None
    assert [code.value for code in Exclusion] == ["drawn", "open", "cap", "cap-all", "upper", "licence", "cool-down"]


@pytest.mark.parametrize(
    ("visits", "since", "due"),
    [
        ([], date(2025, 9, 1), True),
        ([], date(2025, 10, 1), False),
        ([], None, False),
        ([seen("2025-08-20")], None, True),
        ([seen("2025-08-20"), seen("2026-02-01", LEAD)], None, False),
        ([seen("2025-08-20"), seen("2026-02-01", completed=False)], None, True),
        ([seen("2025-08-20"), seen("2026-02-01", authority=Authority.UPPER)], None, True),
        ([seen("2025-08-20"), seen("2026-02-01", CheckType.OFF_SITE)], None, True),
        ([seen("2025-08-20"), seen("2026-02-01", nobody=True)], None, True),
    ],
)
def test_an_object_of_the_riskiest_level_must_be_seen_once_in_twelve_months(
    visits: list[Seen], since: date | None, due: bool
) -> None:
    horizon = date(2026, 9, 1)
    assert overdue(visits, since, MAOJI.limits.frequencies["D"], horizon) is due
    assert overdue(visits, since, MAOJI.limits.frequencies["A"], horizon) is False


VISITS = st.lists(
    st.builds(
        Seen,
        on=st.dates(date(2025, 1, 1), TODAY),
        check=st.sampled_from(CheckType),
        authority=st.sampled_from(Authority),
        completed=st.booleans(),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(VISITS, st.sampled_from("ABUCD"), st.randoms())
def test_the_order_of_the_history_says_nothing(visits: list[Seen], level: str, chance: object) -> None:
    frequency = MAOJI.limits.frequencies[level]
    turned = visits[::-1]
    assert barred(visits, frequency, MAOJI.limits, TODAY, must=False) == barred(
        turned, frequency, MAOJI.limits, TODAY, must=False
    )
    assert suppressed(visits, MAOJI.limits, set(), TODAY) == suppressed(turned, MAOJI.limits, set(), TODAY)


@settings(deadline=None)
@given(VISITS, st.sampled_from("ABUCD"))
def test_more_visits_never_make_an_object_drawable_again(visits: list[Seen], level: str) -> None:
    fewer = [one.code for one in barred(visits[1:], MAOJI.limits.frequencies[level], MAOJI.limits, TODAY, must=False)]
    more = [one.code for one in barred(visits, MAOJI.limits.frequencies[level], MAOJI.limits, TODAY, must=False)]
    assert set(fewer) <= set(more)
