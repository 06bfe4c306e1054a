"""Ways to break what an item says of its notices; told by `test_policyproofs`."""

from __future__ import annotations

from tests.packs import ITEM, after

BASE = 'basis = "S0:1;S0:5"\n'
FORMER = """
[[item.notice]]
version = "2025-06"
methods = ["ONLINE_QUERY"]
from = 2025-06-01
to = 2025-12-31
basis = "S0:5"
"""


def former(*edits: tuple[str, str], anchor: str = ITEM, text: str | None = None) -> str:
    """The plan's pack with a former notice of an item, edited."""
    notice = FORMER
    for old, new in edits:
        assert old in notice, old
        notice = notice.replace(old, new)
    return after(anchor, BASE, BASE + notice) if text is None else after(anchor, BASE, BASE + notice, text)


HERE = "item business-licence · notice 2025-06"
BROKEN = {
    "a former notice is not the one of now": (
        former(('"2025-06"', '"2026-01"')),
        ["notice_twice"],
        "item business-licence · notice 2026-01 · version: 2026-01 is the notice of now",
    ),
    "a former notice was over before the pack that has another one": (
        former(("to = 2025-12-31", "to = 2026-01-01")),
        ["notice_not_former"],
        f"{HERE} · to: stood until 2026-01-01, and this pack, whose notice is another one, begins on 2026-01-01",
    ),
    "a notice does not end before it begins": (
        former(("to = 2025-12-31", "to = 2025-05-31")),
        ["dates_reversed"],
        f"{HERE} · to: ends before it begins on 2025-06-01",
    ),
    "one notice stands at a time": (
        former(('"2025-06"', '"2024-06"'), ("from = 2025", "from = 2024"), text=former()),
        ["notice_overlap"],
        f"{HERE} · from: begins on 2025-06-01, while 2024-06 still stood",
    ),
    "a version of the notice has one row": (
        former(("from = 2025-06-01\nto = 2025-12-31", "from = 2024-06-01\nto = 2024-12-31"), text=former()),
        ["row_twice"],
        f"{HERE} · version: 2025-06 is used by two rows",
    ),
    "a notice announces something": (
        former(('["ONLINE_QUERY"]', "[]")),
        ["type_wrong"],
        f"{HERE} · methods: got []; write at least one entry",
    ),
    "what a former notice announced bears its basis": (
        former(('basis = "S0:5"\n', "")),
        ["fields_missing"],
        f"{HERE} · basis: missing: add basis",
    ),
    "a way that no notice of now announces is in no strategy": (
        after('id = "low-D"', '["ONLINE_QUERY"]', '["ONLINE_QUERY", "ON_SITE"]'),
        ["method_unannounced"],
        "strategy low-D · methods: ON_SITE is announced by the notice of none of the items it is about (stable-jobs)",
    ),
}
"""What is broken: the file, the flaws it must lead to, and what one of them says."""
