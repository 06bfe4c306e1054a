"""What is said of a draw: exact, from random cases alone, and nothing left out for being small (handbook 1.2.38, 2.3, scenario 31)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import comb

import pytest

from inspector.domain.areas import areas
from inspector.domain.case import Outcome
from inspector.domain.finding import Seen
from inspector.domain.frame import Frame, InspectorRow, ObjectRow, freeze
from inspector.domain.power import Sample, interval
from inspector.domain.replacement import CEASED, DISCRETIONARY
from inspector.domain.report import (
    Checked,
    Crowd,
    Estimate,
    Found,
    Report,
    Share,
    certain,
    chances,
    crowds,
    estimates,
    excluded,
    followed,
    found,
    powers,
)
from inspector.domain.selection import Stratum
from inspector.domain.visit import EXPIRED, EXPIRED_RECALLED, LAPSED, RECALLED
from inspector.flows import reportwords
from inspector.flows.assign import SUPPLEMENTED
from inspector.flows.slots import RETURNED
from inspector.flows.voiding import VOIDED
from inspector.labels import LANGS, known
from inspector.policybook import Policybook
from tests.bundles import salt
from tests.packs import POLICIES

POLICY = Policybook.load(POLICIES).get("maoji@2026.1")
ROW = POLICY.report


def stratum(eligible: int, k: int, n: int | None = None) -> Stratum:
    return Stratum(n=n or eligible, eligible=eligible, wanted=k, k=k, selected=(), reserve=(), limit=None)


def checks(stratum: str, count: int, false: int, *, random: bool = True) -> Iterable[Checked]:
    return [Checked(stratum=stratum, random=random, found=Found.FALSE if n < false else Found.TRUE) for n in range(count)]


def reported(one: Estimate) -> Report:
    """A report that has nothing but an estimate."""
    return Report(
        draw="2026-1",
        pack=POLICY.label,
        row=ROW.row,
        basis=ROW.basis,
        confidence=ROW.confidence,
        chances=(),
        powers=(),
        estimates=(one,),
        share=Share(random=0, planned=0, wanted=Fraction(0)),
        crowds=(),
        certain=(),
        excluded={},
        imported=0,
        set_aside=0,
        after={},
        shortages=0,
    )


def thing(name: str, stratum: str = "pool-U", status: str = "1", pool: str = "P", qual: str = "") -> ObjectRow:
    return ObjectRow(id=name, stratum=stratum, status=status, pool=pool, qual=qual, salt=salt(name))


def framed(objects: Iterable[ObjectRow], staff: int = 0, cap: int = 9, **changes: object) -> Frame:
    people = [
        InspectorRow(id=f"Z{n}", pools=("P",), cap=cap, salt=salt(f"z{n}"), **changes)  # type: ignore[arg-type]
        for n in range(staff)
    ]
    return freeze(objects, people, [])


def test_of_fifty_random_and_ten_lead_checks_the_estimate_uses_the_fifty_alone() -> None:
    told = estimates(
        [*checks("pool-U", 50, 5), *checks("pool-U", 10, 10, random=False)], {"pool-U": stratum(1000, 50)}, POLICY, ROW
    )
    (one,) = told
    assert (one.level, one.judged, one.found, one.enough, one.share) == ("U", 50, 5, True, Fraction(1, 10))
    low, high = interval(Sample(n=1000, k=50, found=5), Fraction(95, 100))
    assert (one.least, one.greatest) == (Fraction(low, 1000), Fraction(high, 1000))
    assert low < 100 < high


def test_small_numbers_are_called_insufficient_and_are_not_dropped() -> None:
    strata = {"pool-A": stratum(200, 3), "pool-C": stratum(40, 2), "full": stratum(5, 5), "must": stratum(3, 3)}
    told = {one.level: one for one in estimates(checks("pool-A", 3, 1), strata, POLICY, ROW)}
    assert set(told) == {"A", "C"}, "what was taken whole is no sample"
    assert (told["A"].enough, told["A"].share, told["A"].least) == (False, Fraction(1, 3), Fraction(1, 100)), (
        "one of 200 would be met by 3 in 1.5 % alone"
    )
    assert (told["C"].enough, told["C"].judged, told["C"].share, told["C"].drawn) == (False, 0, None, 0)


def test_a_visit_speaks_against_nobody_until_an_officer_has_found_a_promise_untrue() -> None:
    assert found([Outcome.TRUE, Outcome.FALSE_KNOWING], over=True) is Found.FALSE
    assert found([Outcome.TRUE, None], over=True) is Found.OPEN
    assert found([Outcome.UNTRUE_CURABLE], over=False) is Found.OPEN
    assert found([Outcome.IMMATERIAL, Outcome.DATA_ERROR], over=True) is Found.TRUE
    assert [found([one], over=True) for one in (Outcome.UNREACHABLE, Outcome.UNVERIFIABLE)] == [Found.UNDECIDED] * 2
    assert found([], over=True) is Found.UNDECIDED, "nobody has said what was seen"
    held = [Checked(stratum="pool-U", random=True, found=one) for one in Found]
    (one,) = estimates(held, {"pool-U": stratum(100, 4)}, POLICY, ROW)
    assert (one.judged, one.found, one.open, one.undecided) == (2, 1, 1, 1)


def test_a_visit_to_the_pool_without_a_case_is_judged_by_what_its_team_says_and_cases_by_officers() -> None:
    assert found([], over=True, seen=Seen.NOTHING) is Found.TRUE
    assert found([], over=True, seen=Seen.FINDING) is Found.FALSE
    assert found([], over=False, seen=Seen.FINDING) is Found.OPEN
    assert found([None], over=True, seen=Seen.FINDING) is Found.OPEN, "an officer has not decided about the promise yet"
    assert found([Outcome.TRUE], over=True, seen=Seen.FINDING) is Found.TRUE


def test_a_class_that_cannot_be_judged_is_left_out_aloud_and_its_level_has_no_interval_until_it_is() -> None:
    strata = {"pool-U": stratum(1000, 50), "normal-U": stratum(40, 2)}
    assert POLICY.sampling("normal-U").level == "U"
    (one,) = estimates(checks("pool-U", 50, 5), strata, POLICY, ROW)
    assert (one.strata, one.left_out, one.share) == (("pool-U", "normal-U"), ("normal-U",), Fraction(1, 10))
    assert (one.drawn, one.eligible, one.judged) == (50, 1000, 50), "of the class that was judged alone"
    assert (one.least, one.greatest) == (None, None), "bounds of a part are none of the level"
    (whole,) = estimates([*checks("pool-U", 50, 5), *checks("normal-U", 1, 0)], strata, POLICY, ROW)
    assert (whole.left_out, whole.drawn, whole.eligible, whole.least is not None) == ((), 52, 1040, True)
    (none,) = estimates([], strata, POLICY, ROW)
    assert (none.left_out, none.share, none.drawn) == (("pool-U", "normal-U"), None, 0)


def test_each_class_is_told_its_exact_probability_by_stratum_level_and_route() -> None:
    frame = framed([*(thing(f"a{n}", "pool-A") for n in range(7)), thing("u1"), thing("u2", status="cap")])
    routes = {row.id: {"POOL"} for row in frame.objects} | {"a1": {"COMMITMENT", "POOL"}, "a2": {"CERTIFICATE"}}
    told = chances(frame, {"pool-A": stratum(7, 2), "pool-U": stratum(1, 1, 2)}, routes, POLICY)
    assert [(one.stratum, one.level, one.route, one.objects, one.could, one.probability) for one in told] == [
        ("pool-A", "A", "CERTIFICATE", 1, 1, Fraction(2, 7)),
        ("pool-A", "A", "COMMITMENT", 1, 1, Fraction(2, 7)),
        ("pool-A", "A", "POOL", 6, 6, Fraction(2, 7)),
        ("pool-U", "U", "POOL", 2, 1, Fraction(1)),
    ]
    assert excluded(frame) == {"pool-U": {"cap": 1}}


def test_the_power_of_a_draw_is_told_for_each_rate_of_the_pack_with_what_would_be_enough() -> None:
    told = powers({"pool-U": stratum(1000, 57), "pool-D": stratum(0, 0)}, ROW)
    assert [(str(one.rate), one.false, one.enough) for one in told] == [("1/100", 10, 258), ("1/50", 20, 138), ("1/20", 50, 57)]
    met = 1 - Fraction(comb(950, 57), comb(1000, 57))
    assert Fraction(told[2].per_cent) <= met * 100 < Fraction(told[2].per_cent) + Fraction(1, 100)


@pytest.mark.parametrize(("staff", "told"), [(6, ()), (5, (Crowd(pool="P", seat="", inspectors=5, wanted=6),))])
def test_a_pool_with_fewer_than_three_inspectors_for_each_seat_is_called_foreseeable(staff: int, told: tuple[Crowd, ...]) -> None:
    assert crowds(framed([thing("o1"), thing("o2")], staff), 2, ROW) == told


def test_inspectors_on_leave_or_at_their_cap_make_no_crowd_and_a_first_seat_has_one_of_its_own() -> None:
    for nobody in (framed([thing("o1")], 9, status="leave"), framed([thing("o1")], 9, cap=0)):
        assert crowds(nobody, 2, ROW)[0].inspectors == 0
    frame = framed([thing("o1", qual="lift"), thing("o2", pool="Q", status="cap")], 9, quals=())
    assert crowds(frame, 2, ROW) == (Crowd(pool="P", seat="lift", inspectors=0, wanted=3),)


def test_a_class_nearly_all_of_which_is_drawn_is_no_surprise_unless_it_is_meant_to_be_drawn_whole() -> None:
    strata = {"pool-U": stratum(5, 4), "pool-A": stratum(50, 39), "pool-D": stratum(0, 0), "full": stratum(3, 3)}
    assert certain(strata, POLICY, ROW) == ("pool-U",)


def test_what_followed_is_counted_by_kind_and_reason() -> None:
    events: list[dict[str, object]] = [
        {"kind": "redeal", "reason": "declined"},
        {"kind": "redeal", "reason": "declined"},
        {"kind": "withdrawn", "reason": None},
    ]
    assert followed(events) == {"redeal:declined": 2, "withdrawn": 1}


def test_what_followed_is_told_by_area_and_of_no_area_whose_figure_would_be_a_persons() -> None:
    staff = [("P", 6), ("Q", 4), ("R", 3)]
    people = [
        InspectorRow(id=f"{pool}{n}", pools=(pool,), cap=9, salt=salt(f"{pool}{n}")) for pool, many in staff for n in range(many)
    ]
    held = freeze([thing(f"{pool}-{n}", pool=pool) for pool in "PQR" for n in range(4)], people, [])
    drawn = ["P-0", "P-1", "Q-0", "R-0"]
    events: list[dict[str, object]] = [
        {"kind": "redeal", "object": "P-0", "reason": "declined", "in": "P3"},
        {"kind": "replace", "object": "P-1", "reason": "CLOSED", "in": "P-2"},
        {"kind": "deal", "object": "P-2", "reason": None, "in": "P1"},
        {"kind": "redeal", "object": "P-2", "reason": "declined", "in": None},
        {"kind": "redeal", "object": "Q-0", "reason": "recused", "in": None},
    ]
    told = [(one.pool, one.kind, one.reason, one.count, one.of) for one in areas([held], 2, drawn, events)]
    assert told == [("", "redeal", "recused", 1, 4), ("P", "redeal", "declined", 2, 6), ("P", "replace", "CLOSED", 1, 3)]
    assert areas([held], 2, ["P-0", "R-0"], [{**events[4], "object": "R-0"}]) == (), "three officers alone are named by no figure"
    assert areas([held], 2, drawn, []) == ()


def test_less_than_seven_tenths_by_chance_is_called_low() -> None:
    assert [Share(random=n, planned=10, wanted=ROW.random_share).low for n in (6, 7)] == [True, False]
    none = Share(random=0, planned=0, wanted=ROW.random_share)
    assert (none.share, none.low) == (None, False)


def test_every_kind_and_route_of_a_report_has_words() -> None:
    assert all(known(f"report.{name}", lang) for lang in LANGS for name in ("POOL", "redeal", "withdrawn"))


def test_every_code_that_a_line_gives_as_its_reason_has_words_in_both_languages() -> None:
    codes = (RETURNED, SUPPLEMENTED, VOIDED, LAPSED, CEASED, DISCRETIONARY, EXPIRED, EXPIRED_RECALLED, RECALLED)
    written = ("declined", "departed", "uncertified", "leave", "recused")
    assert [code for code in (*codes, *written) for lang in LANGS if not known(f"followed.{code}", lang)] == []


def test_a_level_of_which_a_class_is_not_judged_is_told_without_an_interval_and_why() -> None:
    (one,) = estimates(checks("pool-U", 50, 5), {"pool-U": stratum(1000, 50), "normal-U": stratum(40, 2)}, POLICY, ROW)
    told = {lang: reportwords.tell(reported(one), lang).tables for lang in LANGS}
    held = {lang: next(table for table in tables if "10.00 %" in str(table.rows)) for lang, tables in told.items()}
    rows = {lang: dict(zip(table.heads, table.rows[0], strict=True)) for lang, table in held.items()}
    assert (rows["en"]["Drawn"], rows["en"]["Interval"]) == ("50/1000", "— (none while a class is left out)")
    assert rows["zh-Hans"]["区间"] == "—（有类别尚无结论，不列）"
