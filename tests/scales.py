"""Two ratings that make one level, and ways to break the rows that do it; told by `test_policyproofs`."""

from __future__ import annotations

from tests.packs import SHIPPED, edited

AXES = """
[[axis]]
code = "grade"
name = "信用评价"
values = ["good", "poor"]
basis = "P:2.1"

[[axis]]
code = "risk"
name = "风险类别"
values = ["low", "middle", "high"]
basis = "P:2.1"
"""


def row(name: str, level: str, **of: list[str]) -> str:
    told = ", ".join(f"{axis} = {values!r}" for axis, values in of.items())
    return f'\n[[combine]]\nid = "{name}"\nlevel = "{level}"\nof = {{ {told} }}\nbasis = "P:2.1"\n'.replace("'", '"')


GOOD = row("x-A", "A", grade=["good"], risk=["low"]) + row("x-B", "B", grade=["good"], risk=["middle", "high"])
POOR = row("x-D", "D", grade=["poor"])
WHOLE = SHIPPED + AXES + GOOD + POOR

BROKEN = {
    "no level is unrated": (
        edited(("unrated = true\n", "")),
        ["unrated_count"],
        "level · unrated: 0 levels are marked unrated",
    ),
    "two levels are unrated": (
        edited(('name = "信用风险高"\n', 'name = "信用风险高"\nunrated = true\n')),
        ["unrated_count"],
        "2 levels are marked unrated (U, D)",
    ),
    "a combination without a row is named": (
        SHIPPED + AXES + row("x-A", "A", grade=["good"], risk=["low"]) + POOR,
        ["combination_missing"],
        "combine · of: no row for good/middle, good/high; each combination needs exactly one",
    ),
    "a combination with two rows is named with both": (
        WHOLE + row("x-C", "C", risk=["high"]),
        ["combination_twice"],
        "combine · of: more than one row for good/high (x-B, x-C), poor/high (x-D, x-C)",
    ),
    "a row that speaks of no combination is refused": (
        SHIPPED + AXES + GOOD + POOR + row("x-C", "C", grade=["bad"]),
        ["value_unknown", "combination_unreachable"],
        "combine x-C · of.grade: bad is unknown; known are good, poor",
    ),
    "a row that speaks of an axis that is none is refused": (
        SHIPPED + AXES + GOOD + row("x-D", "D", grade=["poor"], colour=["red"]),
        ["value_unknown"],
        "combine x-D · of.colour: colour is unknown",
    ),
    "a combination leads to a level that says something": (
        SHIPPED + AXES + GOOD + row("x-U", "U", grade=["poor"]),
        ["value_unknown"],
        "combine x-U · level: U is unknown; known are A, B, C, D",
    ),
    "axes without rows say nothing": (SHIPPED + AXES, ["axes_alone"], "combine: [[axis]] stands alone"),
    "a value that would be read as two is refused": (
        WHOLE.replace('"good"', '"good;fair"'),
        ["axis_word"],
        "axis grade · values: good;fair has one of = ; | in it",
    ),
    "a rating longer than its column is refused": (
        WHOLE.replace('"middle"', '"' + "m" * 200 + '"'),
        ["rating_long"],
        "axis · values: a rating on all axes is stated in up to 216 characters, at most 200 are kept",
    ),
    "more combinations than anybody reads are refused": (
        SHIPPED
        + "".join(
            f'\n[[axis]]\ncode = "a{n}"\nname = "a"\nvalues = {[str(value) for value in range(20)]}\nbasis = "P:2.1"\n'
            for n in range(4)
        )
        + row("x-A", "A", a0=["0"]),
        ["combinations_many"],
        "axis · values: 160000 combinations, at most 100000",
    ),
}
