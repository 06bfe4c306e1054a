"""Ways to put on those who committed what no article permits; told by `test_policyproofs`."""

from __future__ import annotations

from tests.conduct import ACTS, FALSE, act
from tests.legaltime import TRANSITION
from tests.packs import SHIPPED, after, edited, without

ALONE = without('id = "sample-normal-A"')
"""The shipped pack without the stratum of its committers of level A."""


def led_to(stratum: str) -> str:
    """Committers of level A and normal risk in another stratum, on a proposal."""
    text = after('id = "normal-A"', 'stratum = "normal-A"', f'stratum = "{stratum}"', ALONE)
    return after('id = "normal-A"', 'basis = "S0:7;P:2.2"', 'basis = "P:2.2"', text)


BROKEN = {
    "nobody is put by a row among those whose visit is owed": (
        led_to("full"),
        ["stratum_reserved"],
        "strategy normal-A · stratum: full is not for a row to name: it has no level whose daily supervision",
    ),
    "nor among those whose coverage is": (
        led_to("must"),
        ["stratum_reserved"],
        "strategy normal-A · stratum: must is not for a row to name: it has no level whose daily supervision",
    ),
    "nor in a pool that is no level's": (
        after(
            'id = "normal-A"',
            'stratum = "normal-A"',
            'stratum = "pool-z"',
            after('id = "sample-normal-A"', 'stratum = "normal-A"', 'stratum = "pool-z"'),
        ),
        ["stratum_reserved"],
        "strategy normal-A · stratum: pool-z is not for a row to name",
    ),
    "who committed is bound by the ceiling that binds the others of the level": (
        after('id = "sample-normal-B"', "rolling = true\n", "rolling = true\nkey = true\n"),
        ["key_uncited"],
        "sampling sample-normal-B · key: stratum normal-B is key, so ceiling does not bind it, but pool-B, of level B too",
    ),
    "what discriminates is not carried by the article that forbids it: a visit to all": (
        after('id = "normal-A"', "visit_all = false", "visit_all = true"),
        ["visit_all_uncited"],
        "strategy normal-A · basis: sends people to whoever committed, whatever the case needs, and S0:7;P:2.2 has no article marked",
    ),
    "nor by practice of elsewhere": (
        after(
            'id = "normal-A"',
            'basis = "S0:7;P:2.2"',
            'basis = "S0:7;S62:1"',
            after('id = "normal-A"', "all = false", "all = true"),
        ),
        ["visit_all_uncited"],
        "and S0:7;S62:1 has no article marked",
    ),
    "nor by practice of elsewhere that the pack marks as permitting it": (
        after(
            'id = "normal-A"',
            'basis = "S0:7;P:2.2"',
            'basis = "S0:7;S62:1"',
            after(
                'id = "normal-A"',
                "all = false",
                "all = true",
                edited(('S62 = "', 'S62 = { heavier = ["1"], title = "'), ('不是本地依据"\n', '不是本地依据" }\n')),
            ),
        ),
        ["visit_all_uncited"],
        "and S0:7;S62:1 has no article marked",
    ),
    "practice of elsewhere defines no dishonest act": (
        ACTS.replace(FALSE, act("act-false", "FALSE_KNOWING", "general", basis="P:2.7;S62:1")),
        ["act_unfounded"],
        "act act-false · basis: P:2.7;S62:1 has nothing that defines an act here",
    ),
    "nor does the article that forbids to discriminate": (
        ACTS.replace(FALSE, act("act-false", "FALSE_KNOWING", "general", basis="S0:7;P:2.7")),
        ["act_unfounded"],
        "act act-false · basis: S0:7;P:2.7 has nothing that defines an act here",
    ),
    "practice of elsewhere changes nobody's outcome afterwards": (
        SHIPPED + TRANSITION.replace('"S0:8"', '"S62:1"'),
        ["transition_unfounded"],
        "transition before · basis: changes the outcome of who committed before, and S62:1 has nothing that allows it here",
    ),
    "nor does the article that forbids to discriminate: an outcome": (
        SHIPPED + TRANSITION.replace('"S0:8"', '"S0:7"'),
        ["transition_unfounded"],
        "transition before · basis: changes the outcome of who committed before, and S0:7 has nothing that allows it here",
    ),
    "no other agency is asked before the query on line": (
        after('id = "normal-A"', '"ONLINE_QUERY", "ASSISTANCE", "ON_SITE"', '"ASSISTANCE", "ONLINE_QUERY", "ON_SITE"'),
        ["letter_before_query"],
        "strategy normal-A · methods: asks another agency before asking on line; put ONLINE_QUERY before ASSISTANCE",
    ),
}
"""What is broken: the file, the flaws it must lead to, and what one of them says."""
