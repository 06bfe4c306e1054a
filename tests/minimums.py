"""Ways to break what a pack says about the least number of an item; told by `test_policyproofs`."""

from __future__ import annotations

from tests.packs import after, edited

PERMITTING = edited(('S8 = "', 'S8 = { heavier = ["22"], title = "'), ('——仅供参照，不是本事项的依据"\n', '" }\n'))
"""The shipped pack, one of whose sources has an article that would permit it."""


def owed(least: int = 5, per: str = "quarter", text: str = PERMITTING, **stated: str) -> str:
    """That pack with one row more: so many of an item, at level D unless something else is stated."""
    told = {"id": '"least"', "items": '["dispatch-premises"]', "levels": '["D"]', "basis": '"S8:22;P:2.3"'} | stated
    lines = "".join(f"{key} = {value}\n" for key, value in told.items() if value)
    return f'{text}\n[[minimum]]\n{lines}least = {least}\nper = "{per}"\n'


PLAIN = owed()
"""It loads: five of an item a quarter."""

BROKEN = {
    "a least number is owed of an item that there is": (
        owed(items='["dispatch-premise"]'),
        ["value_unknown"],
        "minimum least · items: dispatch-premise is unknown; nearest is dispatch-premises",
    ),
    "and at a level that there is": (
        owed(levels='["E"]'),
        ["value_unknown"],
        "minimum least · levels: E is unknown",
    ),
    "some item is named": (
        owed(items="[]"),
        ["type_wrong"],
        "minimum least · items: got []; write at least one entry",
    ),
    "no number of an item is owed twice": (
        owed(text=owed(id='"other"')),
        ["minimum_twice"],
        "minimum least · items: dispatch-premises is in other for the same levels and window already",
    ),
    "nothing is owed of an item that no draw comes to": (
        owed(items='["legal-aid"]'),
        ["minimum_unreachable"],
        "minimum least · items: no draw comes to legal-aid: it is exempt, or its strategies at these levels lead to no stratum but",
    ),
    "nor at levels whose strategies draw nobody": (
        owed(items='["stable-jobs"]', levels='["A"]', least=1),
        ["minimum_unreachable"],
        "minimum least · items: no draw comes to stable-jobs",
    ),
    "a least number is counted as its strata are": (
        owed(per="month", least=1),
        ["minimum_window"],
        "minimum least · per: is counted by month, but stratum normal-D by quarter, with which its cases go",
    ),
    "and none by the year of cases of which each quarter has its own: who applied in the first would bear it alone": (
        owed(per="year"),
        ["minimum_window"],
        "minimum least · per: is counted by year, but stratum normal-D by quarter, with which its cases go; write the number for that",
    ),
    "the stratum of an item has a name of its own": (
        owed(
            text=after(
                'id = "low-D"',
                'stratum = "low-D"',
                'stratum = "normal-D/dispatch-premises"',
                after('id = "sample-low-D"', 'stratum = "low-D"', 'stratum = "normal-D/dispatch-premises"', PERMITTING),
            )
        ),
        ["minimum_name"],
        "minimum least · items: the stratum normal-D/dispatch-premises that this makes is there already",
    ),
    "committers are drawn by a number of their item only where an article permits it, however small it is": (
        owed(least=1, basis='"S0:7;P:2.3"'),
        ["minimum_heavier"],
        "minimum least · basis: 1 who committed for dispatch-premises are drawn whatever their share is, of those",
    ),
    "each item of a row by itself": (
        owed(least=1, items='["dispatch-premises", "hukou-housing"]', levels="", basis='"P:2.3"'),
        ["minimum_heavier", "minimum_heavier"],
        "whatever their share is, of those with a certificate (pool-A) none; cite a permit",
    ),
    "that several visits are spread evenly has a basis of its own": (
        after('id = "frequency-D"', 'coverage = "12mo"', 'coverage = "12mo"\ntimes = 2'),
        ["spread_uncited"],
        "frequency frequency-D · spread_basis: 2 visits within 12mo are spread evenly over it",
    ),
    "and one visit is spread over nothing": (
        after('id = "frequency-D"', 'coverage = "12mo"', 'coverage = "12mo"\nspread_basis = "H:14"'),
        ["spread_of_one"],
        "frequency frequency-D · spread_basis: says on what an even spread rests, and one visit is spread over nothing",
    ),
}
