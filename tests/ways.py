"""Ways to break the order of ways, and what waits without end; told by `test_policyproofs`."""

from __future__ import annotations

from tests.legaltime import SUSPENSION
from tests.packs import ITEM, SHIPPED, after, edited

NOT_PUBLIC = 'publicity = { scope = "none", basis = "S0:5;S0:8" }'
BROKEN = {
    "a letter that is made public is so for a time": (
        after(ITEM, NOT_PUBLIC, NOT_PUBLIC.replace("none", "本机关网站")),
        ["publicity_term"],
        "item business-licence · publicity.term: scope 本机关网站: what is made public needs its term",
    ),
    "an item says whether its letters are made public": (
        after(ITEM, f"{NOT_PUBLIC}\n", ""),
        ["publicity_unstated"],
        "item business-licence · publicity: does not say whether its letters are made public: write publicity = { scope",
    ),
    "nobody is sent before the query on line": (
        after('id = "normal-D"', '"ONLINE_QUERY", "ASSISTANCE", "ON_SITE"', '"ON_SITE", "ONLINE_QUERY", "ASSISTANCE"'),
        ["visit_before_query"],
        "strategy normal-D · methods: sends somebody before asking on line",
    ),
    "nobody is sent before another agency's result is asked for": (
        after(
            'code = "hr-agency-staff"',
            '["ONLINE_QUERY", "ASSISTANCE", "ON_SITE"]',
            '["ONLINE_QUERY", "OTHER_RESULT", "ASSISTANCE", "ON_SITE"]',
            text=after('id = "high-D"', '"ASSISTANCE", "ON_SITE"', '"ASSISTANCE", "ON_SITE", "OTHER_RESULT"'),
        ),
        ["visit_before_result"],
        "strategy high-D · methods: sends somebody before asking for another agency's result",
    ),
    "no level is spared the query where a fact has a source": (
        after('id = "high-A"', '"ONLINE_QUERY", "ASSISTANCE"', '"ASSISTANCE"'),
        ["query_missing"],
        "strategy high-A · methods: leaves out ONLINE_QUERY, though hr-agency-staff/insured-staff can be asked on line",
    ),
    "waiting for the person ends some day": (
        SHIPPED + edited(('reason = "TESTING"', 'reason = "PERSON"'), ('longest = "30d"\n', ""), text=SUSPENSION),
        ["suspension_unbounded"],
        "suspension suspend · longest: waits for a person without end",
    ),
}
"""What is broken: the file, the flaws it must lead to, and what one of them says."""
