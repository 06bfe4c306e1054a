"""Which items at which levels come out otherwise under another pack: what two packs make of the same facts, combination by combination."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

from inspector.domain import backtest
from inspector.domain.backtest import Course
from inspector.domain.calendar import Term
from inspector.domain.case import Route
from inspector.domain.combination import Aspect, combinations, fate, stated
from inspector.domain.scale import Scale
from inspector.domain.supposed import Supposed, case_of, level_of
from tests import scales
from tests.house import START
from tests.packs import loaded
from tests.unit.test_backtest import BOOK, CALENDAR, DEMO


def test_an_outcome_is_what_the_daemon_would_decide() -> None:
    for policy in BOOK.packs:
        for item, level in product(policy.items.values(), policy.levels):
            told = Supposed(
                item=item.code,
                route=Route.COMMITMENT,
                matter=min(item.matters),
                subject=min(item.subjects),
                level=level.code,
                at=START,
            )
            rated = level_of(policy, told)
            ruling = backtest.ruled(case_of(policy, told), policy, rated, CALENDAR)
            found = fate(policy, item.code, rated.level)
            assert (found.course, found.stratum) == (ruling.course, ruling.stratum)
            if ruling.strategy is not None and ruling.term is not None:
                assert (found.before_decision, found.term) == (ruling.strategy.before_decision, ruling.term.due_counted.term)
                ways = [(fact, [(step.method, step.via, step.ground) for step in steps]) for fact, steps in ruling.ways]
                assert [(fact, list(steps)) for fact, steps in found.ways] == ways


def test_a_pack_beside_itself_or_beside_other_names_and_bases_changes_no_outcome() -> None:
    rows = tuple(replace(row, row=f"{row.row}-2", basis="P:9") for row in DEMO.strategies)
    assert list(combinations(DEMO, DEMO)) == []
    assert list(combinations(DEMO, replace(DEMO, version="2", strategies=rows))) == []


def test_each_combination_says_in_what_it_differs_and_no_other_is_named() -> None:
    licence = replace(DEMO.items["business-licence"], verify=Term.parse("8wd"))
    items = {code: item for code, item in DEMO.items.items() if code != "exam-work-years"} | {"business-licence": licence}
    samplings = tuple(replace(row, ratio=Fraction(1, 5)) if row.stratum == "high-A" else row for row in DEMO.samplings)
    after = replace(DEMO, version="2", items=items, samplings=samplings)
    found = {(one.item, one.level): one.aspects for one in combinations(DEMO, after)}
    levels = [level.code for level in DEMO.levels]
    assert found == {
        **{("business-licence", level): (Aspect.TERM,) for level in levels},
        **{("exam-work-years", level): (Aspect.COURSE,) for level in levels},
    }  # high-A is drawn by one in five already
    gone = next(one for one in combinations(DEMO, after) if one.item == "exam-work-years")
    assert (gone.before.course, gone.after.course) == (Course.VERIFIED, Course.REFUSED)
    assert Aspect.DRAW in {
        aspect
        for one in combinations(DEMO, replace(DEMO, version="3", samplings=tuple(replace(row, minimum=9) for row in samplings)))
        for aspect in one.aspects
    }


def test_a_level_that_a_pack_does_not_know_counts_there_as_unrated() -> None:
    assert fate(DEMO, "business-licence", "AAA") == fate(DEMO, "business-licence", "U")


def test_ratings_that_make_another_level_are_named_with_what_that_changes(tmp_path: Path) -> None:
    before = loaded(tmp_path, scales.WHOLE)
    (tmp_path / "other").mkdir()
    after = loaded(tmp_path / "other", scales.WHOLE.replace('id = "x-B"\nlevel = "B"', 'id = "x-B"\nlevel = "C"'))
    found = {(one.item, one.level): one for one in combinations(before, after)}
    whom = {code for code, item in before.items.items() if not item.exempt}
    assert found.keys() == {(code, f"grade=good;risk={risk}") for code in whom for risk in ("middle", "high")}
    licence = found["business-licence", "grade=good;risk=high"]
    assert (licence.before.level, licence.after.level) == ("B", "C")
    assert {Aspect.LEVEL, Aspect.STRATUM, Aspect.DRAW} <= {*licence.aspects}
    assert len(stated(before, after)) == len(before.levels) + 6, "six combinations of ratings"


def test_ratings_that_the_other_pack_does_not_read_count_there_as_unrated(tmp_path: Path) -> None:
    combined = loaded(tmp_path, scales.WHOLE)
    plain = replace(combined, version="plain", scale=Scale())
    assert {one.level for one in combinations(combined, plain)} == set(combined.scale.levels())
    assert stated(plain, combined)["grade=poor;risk=low"] == ("U", "D")
