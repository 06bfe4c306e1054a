"""Dishonest acts, retention and insurance added to the plan's pack, and ways to break them; told by `test_policyproofs`."""

from __future__ import annotations

from tests.packs import ITEM, SHIPPED, after, edited


def act(
    name: str, outcome: str, grade: str, *, basis: str = "S0:8;P:2.7", told: str = "明知与事实不符而作出承诺", more: str = ""
) -> str:
    return f'\n[[act]]\nid = "{name}"\nname = "{told}"\noutcomes = ["{outcome}"]\ngrade = "{grade}"\nbasis = "{basis}"\n{more}'


def keep(name: str, record: str, term: str, *, since: str = "CASE_ENDED", basis: str = "P:2.8") -> str:
    return f'\n[[retention]]\nid = "{name}"\nrecord = "{record}"\nsince = "{since}"\nkeep = "{term}"\nbasis = "{basis}"\n'


CURABLE = act("act-curable", "UNTRUE_CURABLE", "minor")
INCURABLE = act("act-incurable", "UNTRUE_INCURABLE", "general")
FALSE = act("act-false", "FALSE_KNOWING", "general", more="bars = true\n")
REFUSED = act("act-refused", "REFUSED", "general")
ACTS = SHIPPED + CURABLE + INCURABLE + FALSE + REFUSED

CASE, ANSWER = keep("keep-case", "ENFORCEMENT", "10y"), keep("keep-answer", "ANSWER", "6mo")
LOGS = keep("keep-disclosure", "DISCLOSURE", "3y", since="RECORDED") + keep("keep-security", "SECURITY", "6mo", since="RECORDED")
KEPT = SHIPPED + CASE + ANSWER + LOGS

SERVED = SHIPPED + '\n[[service]]\nid = "service-paper"\nway = "PAPER"\nterm = "7wd"\nbasis = "P:2.7"\n'
GRADED = SHIPPED + (
    '\n[[grading]]\nid = "grading-untrue"\noutcomes = ["UNTRUE_CURABLE"]\nneeds = ["harm"]\nwithin = "24mo"\nbasis = "P:2.7"\n'
)

INSURED = after(ITEM, "exempt = false", 'insured_value = 200000\ninsured_basis = "S0:9"\nexempt = false', edited())
"""The plan's pack with an insurance for business licences, of the normal profile like others that have none."""


def apart(*levels: str, insured: str = "true") -> str:
    """A row for insured items of the normal profile alone."""
    return (
        f'\n[[strategy]]\nid = "normal-insured"\nprofile = "normal"\nlevels = {list(levels)}\nmethods = ["ONLINE_QUERY"]\n'
        f'before_decision = false\nvisit_all = false\ninsured = {insured}\nbasis = "S0:7;S0:9"\n'
    ).replace("'", '"')


BROKEN = {
    "an act without basis is refused": (
        ACTS.replace(FALSE, FALSE.replace('basis = "S0:8;P:2.7"\n', "")),
        ["fields_missing"],
        "act act-false · basis: missing: add basis",
    ),
    "an act's basis is a source of the pack": (
        ACTS.replace(FALSE, act("act-false", "FALSE_KNOWING", "general", basis="S77:8")),
        ["basis_unknown"],
        "act act-false · basis: source S77 is not in [sources]; add it, or use one of H, P, S0",
    ),
    "a proposal alone makes no act dishonest": (
        ACTS.replace(FALSE, act("act-false", "FALSE_KNOWING", "general", basis="P:2.7")),
        ["act_uncited"],
        "act act-false · basis: P:2.7 is only a proposal; a dishonest act is defined by a document first",
    ),
    "an act says what is done": (
        ACTS + act("act-other", "FALSE_KNOWING", "general", told="其他失信行为"),
        ["act_vague"],
        "act act-other · name: vague wording `其他`; say what is done",
    ),
    "an outcome that discredits has an act of its grade": (
        ACTS.replace(CURABLE, act("act-curable", "UNTRUE_CURABLE", "general")),
        ["act_graded_missing"],
        "act · outcomes: UNTRUE_CURABLE is graded minor, and no act of the catalogue says for what; add an [[act]]",
    ),
    "a catalogue leaves no such outcome out": (
        ACTS.replace(REFUSED, ""),
        ["act_graded_missing"],
        "act · outcomes: REFUSED is graded general, and no act of the catalogue says for what",
    ),
    "no act is found by an outcome that enters nothing": (
        ACTS + act("act-silent", "UNVERIFIABLE", "minor"),
        ["act_outcome_ungraded"],
        "act act-silent · outcomes: UNVERIFIABLE enters nothing to anybody's discredit",
    ),
    "nor is a kept promise one": (
        ACTS + act("act-kept", "TRUE", "minor"),
        ["act_outcome_ungraded"],
        "act act-kept · outcomes: TRUE enters nothing",
    ),
    "a promise is not kept by a dishonest act": (
        ACTS.replace(REFUSED, act("act-refused", "REFUSED", "kept")),
        ["value_unknown"],
        "act act-refused · grade: kept is unknown; known are minor",
    ),
    "an act weighs no less than its outcome": (
        ACTS + act("act-light", "FALSE_KNOWING", "minor"),
        ["act_lighter"],
        "act act-light · grade: minor is lighter than general, which FALSE_KNOWING is graded",
    ),
    "who was untrue is not barred without a statute": (
        ACTS.replace(CURABLE, act("act-curable", "UNTRUE_CURABLE", "minor", basis="S1:42", more="bars = true\n")),
        ["act_bars_uncited"],
        "act act-curable · bars: bars from committing; the plan bars for a false commitment alone (UNTRUE_CURABLE is none)",
    ),
    "a clause is answered by an act that is there": (
        ACTS.replace('"outcome-false-knowing", "outcome-refused"]\notherwise = "失信行为目录尚未实现"', '"act-fales"]'),
        ["clause_row_missing"],
        "clause 8.2 · rows: answered by act-fales, which is not there; nearest is act-false: add the row",
    ),
    "a row of retention without basis is refused": (
        KEPT.replace(CASE, CASE.replace('basis = "P:2.8"\n', "")),
        ["fields_missing"],
        "retention keep-case · basis: missing: add basis",
    ),
    "a retention's basis is a source of the pack": (
        KEPT.replace(CASE, keep("keep-case", "ENFORCEMENT", "10y", basis="S77:1")),
        ["basis_unknown"],
        "retention keep-case · basis: source S77 is not in [sources]",
    ),
    "every kind of record is kept some time": (
        KEPT.replace(LOGS, ""),
        ["retention_missing"],
        "retention · record: no row for DISCLOSURE, SECURITY; where a pack says how long records are kept, each kind needs one",
    ),
    "and only one time": (
        KEPT + keep("keep-again", "ANSWER", "3mo"),
        ["retention_twice"],
        "retention · record: ANSWER has two rows; keep one",
    ),
    "records are kept by the calendar": (
        KEPT.replace(CASE, keep("keep-case", "ENFORCEMENT", "20wd")),
        ["term_not_calendar"],
        "retention keep-case · keep: 20wd is no stretch of the calendar",
    ),
    "what was said word for word does not outlast its case": (
        KEPT.replace(ANSWER, keep("keep-answer", "ANSWER", "11y")),
        ["retention_outlasts"],
        "retention keep-answer · keep: what was said word for word is kept for 11y, longer than its case (10y)",
    ),
    "not for good either": (
        KEPT.replace(ANSWER, keep("keep-answer", "ANSWER", "permanent")),
        ["retention_outlasts"],
        "retention keep-answer · keep: what was said word for word is kept for permanent, longer",
    ),
    "each way to a subject is listed once": (
        SERVED + SERVED.removeprefix(SHIPPED).replace("service-paper", "service-again"),
        ["service_twice"],
        "service · way: way PAPER has two rows; keep one",
    ),
    "whom has agreed to nothing is served on paper or in person": (
        SERVED.replace("PAPER", "APP"),
        ["service_no_paper"],
        "service · way: every way is electronic, which serves only whom has agreed: add a row of PAPER or IN_PERSON",
    ),
    "a time within which it is not the first is one of the calendar": (
        GRADED.replace('within = "24mo"', 'within = "500wd"'),
        ["term_not_calendar"],
        "grading grading-untrue · within: 500wd is no stretch of the calendar",
    ),
    "a kind of record that nobody knows is refused": (
        KEPT + keep("keep-photo", "PHOTO", "1y"),
        ["value_unknown"],
        "retention keep-photo · record: PHOTO is unknown; known are",
    ),
    "a clause is not answered by a table of retention that is not there": (
        edited(('rows = ["publish"]', 'rows = ["publish", "retention"]')),
        ["clause_row_missing"],
        "clause 8.8 · rows: answered by retention, which is not there; nearest is",
    ),
    "an insured value without basis is refused": (
        INSURED.replace('insured_basis = "S0:9"\n', ""),
        ["insured_incomplete"],
        "item business-licence · insured_basis: insured_value and insured_basis go together: add insured_basis",
    ),
    "a basis without insured value is refused": (
        INSURED.replace("insured_value = 200000\n", ""),
        ["insured_incomplete"],
        "item business-licence · insured_value: insured_value and insured_basis go together: add insured_value",
    ),
    "an insurance's basis is a source of the pack": (
        INSURED.replace('insured_basis = "S0:9"', 'insured_basis = "S77:9"'),
        ["basis_unknown"],
        "item business-licence · insured_basis: source S77 is not in [sources]",
    ),
    "an insured value is a sum of money": (
        INSURED.replace("insured_value = 200000", "insured_value = 0"),
        ["number_too_small"],
        "item business-licence · insured_value: 0; write a whole number from 1",
    ),
    "a strategy for insured items beside one for all is one too many": (
        INSURED + apart("A"),
        ["strategy_twice"],
        "strategy · profile × levels: more than one row for normal/A/insured (normal-A, normal-insured); each profile and level",
    ),
    "a strategy for insured items alone leaves the others without": (
        after('id = "normal-A"', 'basis = "S0:7;P:2.2"', 'basis = "S0:7;P:2.2"\ninsured = true', INSURED),
        ["strategy_missing", "method_unannounced"],
        "strategy · profile × levels: no row for normal/A; each profile and level needs exactly one",
    ),
    "a strategy for insured items leads nowhere where none is": (
        SHIPPED.replace('id = "high-A"', 'insured = false\nid = "high-A"') + apart("A").replace('"normal"', '"high"'),
        ["strategy_insured_unreachable"],
        "strategy normal-insured · insured: no item of profile high has insured = true, so this row is never used",
    ),
}
"""Behaviour → broken text, the codes of its flaws, and words of the first."""
