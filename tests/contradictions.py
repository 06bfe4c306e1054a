"""Ways to let one row of a pack speak against another; told by `test_policyproofs`."""

from __future__ import annotations

from tests.packs import HRAGENCY, ITEM, SHIPPED, after, edited

PROPOSED = 'basis = "P:2.3;H:11"'
LAW = 'basis = "S0:7;P:2.3;H:11"'


def proposed(*edits: tuple[str, str], row: str = "normal-A") -> str:
    """The shipped pack with a stratum of committers that is drawn as daily supervision is, on no law, but for some edits."""
    text = after(f'id = "sample-{row}"', LAW, PROPOSED)
    for old, new in (('per = "quarter"', 'per = "year"'), *edits):
        text = after(f'id = "sample-{row}"', old, new, text)
    return text


def quiet(name: str, days: str) -> str:
    return f'\n[[quiet]]\nid = "{name}"\n{days}\nsubjects = ["FIRM"]\nexcept = ["LEAD"]\nbasis = "P:2.4"\n'


AGAIN = """
[[suppression]]
id = "again"
code = "upper"
checks = ["JOINT"]
authority = "UPPER"
within = "6mo"
same_items = true
routine = false
basis = "S8:42"
"""
"""What another row of the shipped pack says of three months."""

PLAIN = proposed()
"""It loads: committers of A drawn as others of A are."""

BROKEN = {
    "what is owed of a quarter's cases is owed of all of them: they wait for its end": (
        after('id = "sample-normal-C"', "rolling = true\n", ""),
        ["intake_not_rolling"],
        "sampling sample-normal-C · rolling: normal-C holds cases, and counts them by quarter: those not drawn",
    ),
    "and objects of daily supervision, who stand in every draw, wait for none": (
        after('id = "sample-pool-C"', 'per = "quarter"\n', 'per = "quarter"\nrolling = true\n'),
        ["pool_rolling"],
        "sampling sample-pool-C · rolling: pool-C holds objects, who stand in every draw",
    ),
    "a level says on what it rests": (
        after('code = "D"', 'basis = "P:2.1"\n', ""),
        ["fields_missing"],
        "level D · basis: missing: add basis",
    ),
    "so does one of the ratings that make a level": (
        SHIPPED + '\n[[axis]]\ncode = "grade"\nname = "信用评价"\nvalues = ["good"]\n'
        '\n[[combine]]\nid = "combine"\nlevel = "A"\nof = { grade = ["good"] }\nbasis = "P:2.1"\n',
        ["fields_missing"],
        "axis grade · basis: missing: add basis",
    ),
    "and for how long a fact holds, apart from that it is to be proven": (
        after('code = "registration-status"', 'valid_for_basis = "H:10"\n', ""),
        ["fields_missing"],
        "item business-licence · fact registration-status · valid_for_basis: missing: add valid_for_basis",
    ),
    "and on what its closed list of values rests": (
        after('code = "registration-status"', 'values_basis = "H:44"\n', ""),
        ["fields_missing"],
        "item business-licence · fact registration-status · values_basis: missing: add values_basis",
    ),
    "a list is of values that a rule without order can tell apart": (
        after('code = "registration-status"', 'compare = "exact"', 'compare = "at_least"'),
        ["values_unfit"],
        "item business-licence · fact registration-status · values: a list of values is held by no rule of order (at_least)",
    ),
    "of more than one": (
        after('code = "degree"', ', "本科=大学本科", "硕士=硕士研究生", "博士=博士研究生"', ""),
        ["values_alone"],
        "item exam-work-years · fact degree · values: `专科=大专=大学专科` is the only value",
    ),
    "joined by the sign that joins": (
        after('code = "degree"', '"本科=大学本科"', '"本科＝大学本科"'),
        ["values_wide"],
        "item exam-work-years · fact degree · values: `本科＝大学本科` has a full-width ＝ in it",
    ),
    "each by writings of its own": (
        after('code = "degree"', '"本科=大学本科"', '"本科=大专"'),
        ["value_twice"],
        "item exam-work-years · fact degree · values: 大专 stands here twice",
    ),
    "and none of them is what stands for no value, or for an outage": (
        after('code = "registration-status"', '"迁出"', '"迁出=系统维护"'),
        ["values_wordless"],
        "item business-licence · fact registration-status · values: `系统维护` says that there is no value",
    ),
    "an item states its own term with its basis": (
        after(ITEM, 'verify_basis = "S0:7;P:2.4;H:40"\n', ""),
        ["fields_missing"],
        "item business-licence · verify_basis: missing: add verify_basis",
    ),
    "a stratum has the level of the rows that lead to it": (
        after('id = "sample-normal-A"', 'level = "A"', 'level = "D"'),
        ["stratum_level"],
        "sampling sample-normal-A · level: stratum normal-A is of level D, but normal-A is of A",
    ),
    "a row of several levels leads to no stratum of one": (
        after(
            'id = "normal-A"',
            '["A"]',
            '["A", "B"]',
            after(
                'id = "normal-B"',
                '["B"]',
                '["U"]',
                after(
                    'id = "normal-U"',
                    '["U"]',
                    '["C"]',
                    after(
                        'id = "normal-C"',
                        '["C"]',
                        '["D"]',
                        SHIPPED.replace(
                            SHIPPED[
                                SHIPPED.index('[[strategy]]\nid = "normal-D"') : SHIPPED.index('[[strategy]]\nid = "high-A"')
                            ],
                            "",
                        ).replace(
                            SHIPPED[
                                SHIPPED.index('[[sampling]]\nid = "sample-normal-D"') : SHIPPED.index(
                                    '[[sampling]]\nid = "sample-high-A"'
                                )
                            ],
                            "",
                        ),
                    ),
                ),
            ),
        ),
        ["stratum_level"] * 4,
        "sampling sample-normal-A · level: stratum normal-A is of level A, but normal-A is of B",
    ),
    "the pool of a level is of that level": (
        after('id = "sample-pool-B"', 'level = "B"', 'level = "C"'),
        ["stratum_level", "stratum_level"],
        "sampling sample-pool-B · level: stratum pool-B is of level C, but pool-B is of B",
    ),
    "those who committed are drawn more only where a law is cited: by a larger share": (
        proposed(('ratio = "1%"', 'ratio = "5%"')),
        ["heavier_uncited"],
        "normal-A may draw committers more in a year (1/20 per year (minimum 1)) than others of level A are drawn (1/100 per quarter",
    ),
    "by a larger least number": (
        proposed(("minimum = 1", "minimum = 5000")),
        ["heavier_uncited"],
        "(1/100 per year (minimum 5000)) than",
    ),
    "by the same number more often": (
        proposed(('per = "year"', 'per = "month"')),
        ["heavier_uncited"],
        "(1/100 per month (minimum 1)) than",
    ),
    "at every draw that somebody holds": (
        proposed(('per = "year"\nrolling = true\n', "")),
        ["heavier_uncited"],
        "(1/100 per draw (minimum 1)) than",
    ),
    "by the number of officers": (
        proposed(('ratio = "1%"', 'each = "9000"')),
        ["heavier_uncited"],
        "(each 9000 per year (minimum 1)) than",
    ),
    "a proposal of this software is no law either": (
        proposed((PROPOSED, 'basis = "H:11"'), ('ratio = "1%"', 'ratio = "5%"')),
        ["heavier_uncited"],
        "sampling sample-normal-A · basis: stratum normal-A",
    ),
    "nobody is sent to all who committed on a proposal": (
        after(
            'id = "normal-D"',
            'basis = "S0:7;P:2.2"',
            'basis = "P:2.2"',
            after('id = "normal-D"', "visit_all = false", "visit_all = true"),
        ),
        ["visit_all_uncited"],
        "strategy normal-D · basis: sends people to whoever committed, whatever the case needs, and P:2.2 has no article marked",
    ),
    "who may always be sent has the way by which to go": (
        after('id = "high-D"', "visit_all = false", "visit_all = true"),
        ["visit_all_uncited", "visit_all_nowhere"],
        "strategy high-D · visit_all: says that somebody may always be sent, but the row's methods lack ON_SITE",
    ),
    "a window closes something that no wider one does": (
        SHIPPED + quiet("wide", 'days = ["1-20"]') + quiet("narrow", 'days = ["5-6"]\npools = ["east"]'),
        ["quiet_within"],
        "quiet narrow · days: closes nothing that wide leaves open",
    ),
    "the same window is written once": (
        SHIPPED + quiet("a", 'weekdays = ["MON"]') + quiet("b", 'weekdays = ["MON"]'),
        ["quiet_within"],
        "quiet b · weekdays: closes nothing that a leaves open",
    ),
    "a check makes another superfluous by one row": (
        SHIPPED + AGAIN,
        ["suppression_twice"],
        "suppression again · checks: says of JOINT what after-upper says already; keep one",
    ),
    "no more is asked of a small register than there can be in it": (
        after("[[size]]", "least = 2", "least = 11"),
        ["size_beyond"],
        "size size-small · least: asks for 11 of at most 10",
    ),
    "visits are not stopped below what is owed": (
        after(
            'id = "frequency-D"',
            "cap = 4\nwarn = 2\nstop = 6",
            "warn = 1\nstop = 1",
            after('id = "frequency-D"', 'coverage = "12mo"', 'coverage = "12mo"\ntimes = 3\nspread_basis = "H:14"'),
        ),
        ["stop_below_coverage"],
        "frequency frequency-D · stop: visits stop at 1 a year, but one falls due every 4mo",
    ),
    "a reminder lies within what it reminds of": (
        after('id = "term-assist-remind"', '"3wd"', '"30wd"'),
        ["term_beyond"],
        "term term-assist-remind · term: 30wd is longer than assist_reply 10wd, within which it lies",
    ),
    "so does the acceptance of a visit, in whatever unit": (
        after('id = "term-accept"', '"2wd"', '"60d"'),
        ["term_beyond"],
        "term term-accept · term: 60d is longer than visit 15wd",
    ),
    "and the telling of its object": (
        after('id = "term-release"', '"3wd"', '"30wd"'),
        ["term_beyond"],
        "term term-release · term: 30wd is longer than visit 15wd",
    ),
    "windows that only together close every day are refused": (
        SHIPPED + quiet("first", 'days = ["1-15"]') + quiet("rest", 'days = ["16-31"]'),
        ["quiet_always"],
        "quiet first, quiet rest · days, weekdays: nobody could ever go",
    ),
    "so is one that leaves only weekends": (
        SHIPPED + quiet("week", 'weekdays = ["MON", "TUE", "WED", "THU", "FRI"]'),
        ["quiet_always"],
        "quiet week · days, weekdays: nobody could ever go",
    ),
    "a term from the decision is not for what is verified before it": (
        after(HRAGENCY, "standard =", 'verify_from = "decision"\nstandard ='),
        ["decision_awaited"],
        "item hr-agency-staff · verify_from: is counted from the decision, and strategy high-A, high-B, high-C, high-D, high-U verifies",
    ),
    "nor is it graded by stage where it is not graded at all": (
        edited(('undecided_grade = "minor"', 'undecided_grade = "kept"')),
        ["grade_not_allowed"],
        "outcome outcome-untrue-incurable · undecided_grade: UNTRUE_INCURABLE may not carry grade kept",
    ),
}
