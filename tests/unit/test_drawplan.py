"""The plan of a draw without the daemon: exact ratios, and every fault of it at once."""

from __future__ import annotations

from fractions import Fraction

import pytest

from inspector.cli.offline import plan
from inspector.domain.beacon import QUICKNET
from inspector.domain.commitment import Share
from inspector.domain.errors import Invalid
from inspector.flows.diagnosis import fix, what
from inspector.labels import LANGS

GOOD = """
draw = "330106-2026-001"
list = "scjg"
reserve = 5
[[seed]]
kind = "reveal"
party = "justice"
hash = "{hash}"
[[seed]]
kind = "reveal"
party = "county"
make = true
[strata.A]
ratio = "3%"
min = 1
""".format(hash="ab" * 32)


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("3%", Fraction(3, 100)),
        ("2.5 %", Fraction(1, 40)),
        ("100%", Fraction(1)),
        ("1/30", Fraction(1, 30)),
        ("0.1%", Fraction(1, 1000)),
        ("3％", Fraction(3, 100)),
        ("101%", None),
        ("31/30", None),
        ("1/0", None),
        ("0.03", None),
        ("-3%", None),
        ("３%", None),
        ("3%%", None),
        (3, None),
    ],
)
def test_a_ratio_is_exact_or_refused(told: object, value: Fraction | None) -> None:
    assert plan.ratio(told) == value


def test_a_ratio_that_ppm_cannot_say_is_committed_as_its_quota_with_where_it_comes_from() -> None:
    told, flaws = plan.read((GOOD + '[strata.B]\nratio = "1/30"\nmin = 2\n[strata.C]\nppm = 7\n').encode())
    assert flaws == []
    (one,) = told.lists
    shares, derivation = one.shares({"A": 50, "B": 61, "C": 5})
    assert shares == {"A": Share(ppm=30_000, least=1), "B": Share(ppm=0, least=3), "C": Share(ppm=7)}
    assert derivation["B"] == {"ratio": "1/30", "of": 61, "min": 2, "k": 3}
    assert one.shares({"B": 30})[0]["B"] == Share(ppm=0, least=2)


def test_every_fault_of_a_plan_is_told_at_once_with_its_remedy_in_both_languages() -> None:
    bad = """
list = "名单"
prev = "x"
hash = "md5"
team = 0
reserve = -1
round = "up"
base = "some"
codes = ["1"]
colour = "red"
[[seed]]
kind = "wheel"
[[seed]]
kind = "reveal"
party = "a=b"
[[seed]]
kind = "drand"
chain = 7
round = 0
when = "soon"
[[seed]]
kind = "text"
what = ""
[strata.A]
ratio = 0.03
ppm = 3
min = "two"
[strata.B]
"""
    _, flaws = plan.read(bad.encode())
    assert sorted({flaw.column for flaw in flaws}) == sorted(
        [
            *("draw", "list", "prev", "hash", "team", "reserve", "round", "base", "codes", "colour"),
            *(
                "seed.1.kind",
                "seed.2",
                "seed.2.party",
                "seed.3.chain",
                "seed.3.round",
                "seed.3.when",
                "seed.4.what",
                "seed.4",
            ),
            *("strata.A.ratio", "strata.A.ppm", "strata.A.min", "strata.B.ratio"),
        ]
    )
    assert all(what(flaw, lang) and fix(flaw, lang) and "…" not in what(flaw, lang) for flaw in flaws for lang in LANGS)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("reserve = 5", 'reserve = 5\nround = "systematic"', "plan_ratio_systematic"),
        ("[strata.A]", '[[seed]]\nkind = "reveal"\nparty = "justice"\nmake = true\n[strata.A]', "plan_party_twice"),
        ("[strata.A]", '[[seed]]\nkind = "reveal"\nparty = "audit"\n[strata.A]', "plan_reveal"),
    ],
)
def test_what_cannot_be_drawn_so_is_told_before_any_roster_is_committed_to(before: str, after: str, code: str) -> None:
    text = GOOD.replace(before, after) + '[strata.B]\nratio = "1/3"\n'
    assert [flaw.code for flaw in plan.read(text.encode())[1]] == [code]


SEVERAL = (
    GOOD[: GOOD.index("[strata.A]")].replace('list = "scjg"\nreserve = 5\n', "")
    + """
[[lists]]
name = "scjg"
objects = "market.csv"
inspectors = "market-staff.csv"
strata.A.ratio = "3%"
[[lists]]
name = "yjj"
objects = "fire.csv"
team = 3
strata.high.ratio = "30%"
"""
)


def test_a_plan_of_several_lists_gives_each_its_rules_and_its_rosters() -> None:
    told, flaws = plan.read(SEVERAL.encode())
    assert flaws == []
    assert [(one.name, one.team, one.files, one.only_stratum) for one in told.lists] == [
        ("scjg", 2, {"objects": "market.csv", "inspectors": "market-staff.csv"}, "A"),
        ("yjj", 3, {"objects": "fire.csv"}, "high"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("\n[[seed]]", '\nlist = "scjg"\n[[seed]]', ("list", "plan_key_unknown")),
        ("\n[[seed]]", "\nteam = 2\n[[seed]]", ("team", "plan_key_of_list")),
        ('name = "yjj"', 'name = "scjg"', ("lists", "plan_list_twice")),
        ('objects = "fire.csv"', "", ("lists.2.objects", "plan_key_missing")),
        ("team = 3", 'bans = "bans.csv"', ("lists.2.inspectors", "plan_key_missing")),
        ("team = 3", "team = 0", ("lists.2.team", "plan_team")),
        ("team = 3", 'file = "x"', ("lists.2.file", "plan_key_unknown")),
        ('strata.high.ratio = "30%"', "", ("lists.2.strata", "plan_key_missing")),
        ('strata.high.ratio = "30%"', "strata.high.ratio = 0.3", ("lists.2.strata.high.ratio", "plan_ratio")),
        (
            'strata.high.ratio = "30%"',
            'round = "systematic"\nstrata.x.ratio = "1/3"',
            ("lists.2.strata.x.ratio", "plan_ratio_systematic"),
        ),
    ],
)
def test_a_fault_of_one_list_is_told_with_its_place(before: str, after: str, fault: tuple[str, str]) -> None:
    _, flaws = plan.read(SEVERAL.replace(before, after, 1).encode())
    assert [(flaw.column, flaw.code) for flaw in flaws] == [fault]
    assert all(what(flaw, lang) and fix(flaw, lang) for flaw in flaws for lang in LANGS)


@pytest.mark.parametrize("lists", ["lists = []", "lists = 3", "lists = [3]"])
def test_lists_that_are_none_are_a_fault_and_no_crash(lists: str) -> None:
    text = SEVERAL[: SEVERAL.index("[[lists]]")].replace("[[seed]]", f"{lists}\n[[seed]]")
    assert plan.read(text.encode())[1]


SEEDS = GOOD[GOOD.index("[[seed]]") : GOOD.index("[strata.A]")]
OWN = '[[seed]]\nkind = "reveal"\nparty = "county"\nmake = true\n'
THEIRS = f'[[seed]]\nkind = "reveal"\nparty = "justice"\nhash = "{"ab" * 32}"\n'
DICE = '[[seed]]\nkind = "text"\nwhat = "dice"\ndice = 26\nsides = 6\n'
LOTTERY = '[[seed]]\nkind = "text"\nwhat = "3D"\nballs = [[6, 33], [1, 16]]\n'


def seeded(*sources: str) -> list[tuple[str, str]]:
    """(column, code) of what is wrong with a plan of these sources."""
    return [(flaw.column, flaw.code) for flaw in plan.read(GOOD.replace(SEEDS, "".join(sources)).encode())[1]]


def test_too_little_chance_is_refused_in_words_of_the_field() -> None:
    (flaw,) = plan.read(GOOD.replace(SEEDS, LOTTERY).encode())[1]
    assert (flaw.code, "24" in what(flaw, "en"), "骰子" in fix(flaw, "zh-Hans")) == ("plan_bits", True, True)


@pytest.mark.parametrize(
    ("sources", "refused"),
    [
        ((OWN,), True),
        ((OWN, OWN.replace("county", "city")), True),
        ((THEIRS,), True),
        ((OWN, LOTTERY), True),
        ((OWN, THEIRS), False),
        ((OWN, DICE), False),
        ((DICE,), False),
        ((OWN, f'[[seed]]\nkind = "drand"\nchain = "{QUICKNET.hash}"\nround = 7\n'), False),
    ],
    ids=["my secret", "two of mine", "another's", "mine and 24 bits", "two parties", "mine and dice", "dice", "a beacon"],
)
def test_a_seed_that_one_party_knows_beforehand_is_refused(sources: tuple[str, ...], refused: bool) -> None:
    assert seeded(*sources) == ([("seed", "plan_seed_of_one")] if refused else [])


@pytest.mark.parametrize(
    ("changed", "flaws"),
    [
        (DICE.replace("dice = 26\n", ""), [("seed.1", "plan_form")]),
        (DICE.replace("dice = 26\nsides = 6", "bits = 67"), [("seed.1", "plan_form")]),
        (DICE + "balls = [[6, 33]]\n", [("seed.1", "plan_form")]),
        (DICE + "bits = 68\n", [("seed.1.bits", "plan_bits_overstated")]),
        (DICE.replace("26", "1") + "bits = 64\n", [("seed.1.bits", "plan_bits_overstated")]),
        (DICE + "bits = 64\n", []),
        (DICE + "lowest = 0\n", []),
    ],
    ids=["no number", "bits alone", "both", "68 bits", "one die", "trusted less", "digits"],
)
def test_a_ceremony_states_what_is_thrown_and_no_more_chance_than_that_holds(changed: str, flaws: list[tuple[str, str]]) -> None:
    assert seeded(changed) == flaws


def test_the_form_is_committed_to_and_its_bits_are_what_it_holds() -> None:
    told, _ = plan.read(GOOD.replace(SEEDS, DICE).encode())
    assert told.sources == ({"kind": "text", "what": "dice", "bits": 67, "form": {"dice": 26, "sides": 6, "lowest": 1}},)


def test_what_is_no_toml_is_refused_as_such() -> None:
    with pytest.raises(Invalid) as refused:
        plan.read(b"draw = ")
    assert refused.value.code == "draw_plan_unreadable"


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (GOOD[: GOOD.index("[strata.A]")] + '[strata]\nA = "3%"\n', "strata.A"),
        (GOOD[: GOOD.index("[strata.A]")], "strata"),
        ('seed = ["dice"]\n' + GOOD[: GOOD.index("[[seed]]")] + GOOD[GOOD.index("[strata.A]") :], "seed.1"),
        ('lists = ["market"]\n' + GOOD[: GOOD.index("[strata.A]")].replace('list = "scjg"\nreserve = 5\n', ""), "lists.1"),
    ],
)
def test_a_table_that_is_none_is_one_fault_and_what_it_should_have_held_is_not_missed_too(told: str, at: str) -> None:
    assert [one.column for one in plan.read(told.encode())[1]] == [at]
