"""Ways to break what a pack says about who may be drawn, how many, and how often; told by `test_policyproofs`."""

from __future__ import annotations

from tests import ways
from tests.packs import after, edited, without

WHOLE = after('id = "sample-pool-D"', 'ratio = "30%"', 'ratio = "100%"')
HEAVIER = after('id = "sample-normal-D"', 'ratio = "30%"', 'ratio = "40%"')
PERMITTING = edited(('S8 = "', 'S8 = { heavier = ["22"], title = "'), ('——仅供参照，不是本事项的依据"\n', '" }\n'), text=HEAVIER)
"""A pack that draws committers of one level more, and says which article of which source would permit it."""
BROKEN = {
    "the stratum of what must be seen needs its row": (
        without('id = "sample-must"'),
        ["sampling_missing"],
        "sampling · stratum: no row for stratum must",
    ),
    "a stratum that nothing leads to is refused": (
        after('id = "low-D"', 'stratum = "low-D"', 'stratum = "pool-D"'),
        ["sampling_unreachable"],
        "sampling sample-low-D · stratum: nothing leads to stratum low-D",
    ),
    "the plan that forbids to discriminate permits no heavier draw of those who committed": (
        HEAVIER,
        ["heavier_uncited"],
        "stratum normal-D may draw committers more in a year (2/5 per quarter (minimum 5)) than others of level D are drawn (3/10 per",
    ),
    "nor does a law that says nothing of it": (
        after('id = "sample-normal-D"', "S0:7;P:2.3;H:11", "S0:7;S8:22", HEAVIER),
        ["heavier_uncited"],
        "stratum normal-D may draw committers more in a year (2/5 per quarter (minimum 5)) than others of level D are drawn (3/10 per",
    ),
    "nor does another article of a source one of whose articles does": (
        after('id = "sample-normal-D"', "S0:7;P:2.3;H:11", "S0:7;S8:42", PERMITTING),
        ["heavier_uncited"],
        "stratum normal-D may draw committers more in a year (2/5 per quarter (minimum 5)) than others of level D are drawn (3/10 per",
    ),
    "the plan is marked as no permission, whatever the file says": (
        edited(("S0 = { ", 'S0 = { heavier = ["7"], ')),
        ["source_no_statute"],
        "maoji/pack.toml · sources.S0.heavier: S0 is no law",
    ),
    "who is all drawn is not all drawn again at the next draw": (
        after('id = "frequency-D"', "cap = 4\n", "", after('id = "frequency-D"', 'cool_down = "3mo"\n', "", WHOLE)),
        ["whole_again"],
        "sampling sample-pool-D · ratio: stratum pool-D takes everybody at every draw: give frequency-D a cap or a cool_down",
    ),
    "a stratum without its level is refused": (
        edited(('stratum = "normal-B"\nlevel = "B"\n', 'stratum = "normal-B"\n')),
        ["level_needed"],
        "sampling sample-normal-B · level: stratum normal-B needs its level",
    ),
    "a size goes by a ratio or by officers, not by both": (
        after('id = "sample-normal-B"', 'ratio = "3%"', 'ratio = "3%"\neach = "5"'),
        ["size_unstated"],
        "sampling sample-normal-B · ratio: state either ratio or each",
    ),
    "an intake is made up for at the end of some period": (
        after('id = "sample-normal-B"', 'per = "quarter"', 'per = "draw"'),
        ["rolling_without_window"],
        "sampling sample-normal-B · per: an intake rounds down",
    ),
    "a floor as a decimal is refused": (
        after("[floor]", 'ratio = "3%"', "ratio = 0.03"),
        ["ratio_float"],
        'floor.ratio: a decimal number is not exact; write "3%"',
    ),
    "a floor above the ceiling is refused": (
        after("[floor]", 'ratio = "3%"', 'ratio = "11%"'),
        ["floor_above_ceiling"],
        "floor floor · ratio: 11/100 is above the ceiling 1/10",
    ),
    "the order of topping up names every level once": (
        after("[floor]", '["D", "C", "U", "B", "A"]', '["D", "C", "U", "B"]'),
        ["order_incomplete"],
        "floor floor · order: name every level exactly once: A, B, U, C, D",
    ),
    "two rules for one size of register are refused": (
        after(
            "[[size]]",
            'basis = "S62:1.2.13;P:2.3"\n',
            'basis = "S62:1.2.13"\n\n[[size]]\nid = "b"\nover = 9\nleast = 3\nbasis = "P:2.3"\n',
        ),
        ["sizes_overlap"],
        "size b · over: overlaps size-small",
    ),
    "a rule for no size at all is refused": (
        after("[[size]]", "over = 0", "over = 10"),
        ["size_reversed"],
        "size size-small · up_to: 10 is not above 10",
    ),
    "every level has its frequency": (
        without('id = "frequency-C"'),
        ["frequency_missing", "clause_row_missing"],
        "frequency · level: no row for level C",
    ),
    "a level has one frequency": (
        after('id = "frequency-C"', 'level = "C"', 'level = "D"'),
        ["frequency_missing", "frequency_twice"],
        "frequency · level: level D has two rows",
    ),
    "a cap above the stop of all agencies is refused": (
        after('id = "frequency-C"', "cap = 2", "cap = 5"),
        ["caps_reversed"],
        "frequency frequency-C · stop: cap 5, warn 2, stop 4",
    ),
    "what must be seen must be drawable by then": (
        after('id = "frequency-C"', 'coverage = "24mo"', 'coverage = "6mo"'),
        ["coverage_within_cool_down"],
        "frequency frequency-C · coverage: must be seen within 6mo, but cannot be drawn for 6mo",
    ),
    "a rest after a draw is counted by the calendar": (
        after('id = "frequency-C"', 'cool_down = "6mo"', 'cool_down = "90wd"'),
        ["term_not_calendar"],
        "frequency frequency-C · cool_down: 90wd is no stretch of the calendar",
    ),
    "so many visits in a time go evenly into it": (
        after('id = "frequency-D"', 'coverage = "12mo"', 'coverage = "12mo"\ntimes = 5'),
        ["coverage_uneven"],
        "frequency frequency-D · times: 5 visits do not go evenly into 12mo",
    ),
    "so many visits need their time": (
        after('id = "frequency-A"', 'cool_down = "24mo"', "times = 2"),
        ["fields_missing"],
        "frequency frequency-A · coverage: missing: add coverage",
    ),
    "a cap leaves room for what must be seen": (
        after('id = "frequency-D"', "cap = 4", "cap = 1", after('id = "frequency-D"', 'coverage = "12mo"', 'coverage = "6mo"')),
        ["cap_below_coverage"],
        "frequency frequency-D · cap: at most 1 a year, but one falls due every 6mo",
    ),
    "a share of the year leaves room for the ratio": (
        after('id = "sample-normal-B"', 'ratio = "3%"', 'ratio = "3%"\nmost = "2%"'),
        ["most_below_ratio"],
        "sampling sample-normal-B · most: at most 2%, but the ratio asks for 3%",
    ),
    "somebody's visits are counted together": (
        after('id = "frequency-A"', "stop = 4", "stop = 4\ntogether = []"),
        ["type_wrong"],
        "frequency frequency-A · together: got []; write at least one entry",
    ),
    "every type of check says whether it counts": (
        without('id = "check-lead"'),
        ["check_missing"],
        "check · type: no row for LEAD",
    ),
    "a type of check has one row": (
        edited(('type = "LEAD"', 'type = "PERMIT"')),
        ["check_missing", "check_twice"],
        "check · type: PERMIT has two rows",
    ),
    "a suppression leads to an exclusion of the closed list": (
        after("[[suppression]]", 'code = "upper"', 'code = "friends"'),
        ["value_unknown"],
        "suppression after-upper · code: friends is unknown; known are upper",
    ),
    "each for nobody is refused": (
        after("[staff]", 'each = "5"', 'each = "0"'),
        ["type_wrong"],
        'staff.each: got "0"; write "5" / "5/2" (in quotes)',
    ),
    "a rule for small registers asks for something": (
        after("[[size]]", "least = 2\n", ""),
        ["fields_missing"],
        "size size-small · least: missing: add least / ratio",
    ),
    **ways.BROKEN,
}
"""What is broken: the file, the flaws it must lead to, and what one of them says."""
