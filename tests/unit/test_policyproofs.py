from __future__ import annotations

from pathlib import Path

import pytest

from inspector.policybook import filing, stepwords
from inspector.policybook.flaws import WORDS
from tests import conduct, contradictions, legaltime, minimums, notices, permits, scales, selfproof, sizes, slips
from tests.packs import EXEMPT, HOUSING, HRAGENCY, ITEM, PREMISES, SHIPPED, after, edited, refused, without

BROKEN = {
    "an unknown key names the nearest valid one": (
        after(ITEM, "standard =", "standart ="),
        ["key_unknown", "fields_missing"],
        "item business-licence · standart: unknown; write `standard`",
    ),
    "an unknown section of the file is refused": (
        SHIPPED + "\n[colour]\nred = 1\n",
        ["key_unknown"],
        "maoji/pack.toml · colour: unknown; write `",
    ),
    "an item lacking deadline and standard lists both": (
        after(ITEM, 'verify = "20wd"\n', "", after(ITEM, 'standard = "登记状态与承诺一致"\n', "")),
        ["fields_missing"],
        "item business-licence · verify, standard: missing: add verify, standard",
    ),
    "a row without basis is refused": (
        after('id = "normal-A"', 'basis = "S0:7;P:2.2"\n', ""),
        ["fields_missing"],
        "strategy normal-A · basis: missing: add basis",
    ),
    "a row without id is named by its place": (
        edited(('id = "low-A"\n', "")),
        ["fields_missing"],
        "strategy[1] · id: missing: add id",
    ),
    "a wrong type says what to write": (
        after(ITEM, "exempt = false", 'exempt = "no"'),
        ["type_wrong"],
        'item business-licence · exempt: got "no"; write true / false',
    ),
    "a flag is no number": (
        edited(("team = 2", "team = true")),
        ["type_wrong"],
        "draw.team: got true; write a whole number from 1",
    ),
    "an unknown word names the nearest one": (
        after(ITEM, 'profile = "normal"', 'profile = "norml"'),
        ["value_unknown"],
        "item business-licence · profile: norml is unknown; nearest is normal",
    ),
    "a word of a list twice is refused": (
        after(ITEM, '["ONLINE_QUERY"]', '["ONLINE_QUERY", "ONLINE_QUERY"]'),
        ["value_twice"],
        "item business-licence · methods: ONLINE_QUERY stands here twice",
    ),
    "an empty list of methods is refused": (
        after('id = "normal-A"', '["ONLINE_QUERY", "ASSISTANCE", "ON_SITE"]', "[]"),
        ["type_wrong"],
        "strategy normal-A · methods: got []; write at least one entry",
    ),
    "two rows with one id are refused": (
        edited(('id = "normal-B"', 'id = "normal-A"')),
        ["row_twice"],
        "strategy normal-A · id: normal-A is used by two rows",
    ),
    "a term row and a sampling row may not share an id": (
        edited(('id = "term-visit"', 'id = "sample-full"')),
        ["row_twice"],
        "sampling sample-full · id: sample-full is used by two rows",
    ),
    "two items with one code are refused": (
        edited((ITEM, HOUSING)),
        ["row_twice"],
        "item hukou-housing · code: hukou-housing is used by two rows",
    ),
    "two facts of an item with one code are refused": (
        edited(('code = "office-in-use"', 'code = "registered-address"')),
        ["row_twice"],
        "item dispatch-premises · fact registered-address · code:",
    ),
    "a basis of an unknown source is refused": (
        after('id = "term-visit"', 'basis = "P:2.4"', 'basis = "S99:3"'),
        ["basis_unknown"],
        "term term-visit · basis: source S99 is not in [sources]; add it, or use one of H, P, S0, S1, S19",
    ),
    "the second of two citations is checked too": (
        after('id = "normal-A"', "S0:7;P:2.2", "S0:7;S98:2"),
        ["basis_unknown"],
        "strategy normal-A · basis: source S98",
    ),
    "a basis without article is refused": (
        after('id = "term-visit"', 'basis = "P:2.4"', 'basis = "S0"'),
        ["basis_unreadable"],
        'term term-visit · basis: got S0; write source:article, as "S0:7"',
    ),
    "the basis of a fact is checked": (
        after('code = "home-title"', 'basis = "S0:7"', 'basis = "X:1"'),
        ["basis_unknown"],
        "item hukou-housing · fact home-title · basis: source X",
    ),
    "a ground without basis is refused": (
        after('code = "DATA_NOT_SHARED"', 'basis = "S0:7"\n', ""),
        ["fields_missing"],
        "ground DATA_NOT_SHARED · basis: missing",
    ),
    "the plan itself must be a source, as the rules cite it": (
        SHIPPED.replace("S0", "S2"),
        ["source_needed"],
        "sources.S0: S0 is cited by the program itself",
    ),
    "the Penalties Law must be a source too, as the rules on inspectors cite it": (
        SHIPPED.replace("S1 =", "S2 =").replace("S1:", "S2:"),
        ["source_needed"],
        "sources.S1: S1 is cited by the program itself",
    ),
    "combinations without strategy are listed": (
        without('id = "high-U"', without('id = "low-B"')),
        ["strategy_missing", "sampling_unreachable"],
        "profile × levels: no row for low/B, high/U;",
    ),
    "combinations with two strategies are listed": (
        after('id = "normal-A"', 'levels = ["A"]', 'levels = ["A", "B"]'),
        ["strategy_twice", "stratum_level"],
        "profile × levels: more than one row for normal/B (normal-A, normal-B);",
    ),
    "a strategy that no item leads to is refused": (
        after(HRAGENCY, 'profile = "high"', 'profile = "normal"'),
        ["strategy_unreachable"] * 5,
        "strategy high-A · profile: no item has profile high, so this row is never used",
    ),
    "a source that is never asked is refused": (
        after(ITEM, '["ONLINE_QUERY"]', '["ASSISTANCE"]'),
        ["way_unreachable"],
        "item business-licence · fact registration-status · source: is never asked",
    ),
    "an agency that is never asked is refused": (
        after(PREMISES, "premises_fact = true", 'premises_fact = true\nagency = "housing"\nground = "DATA_NOT_SHARED"'),
        ["way_unreachable"],
        "item dispatch-premises · fact office-in-use · agency: is never asked",
    ),
    "a strategy for an unknown level is refused": (
        after('id = "normal-A"', 'levels = ["A"]', 'levels = ["A", "E"]'),
        ["value_unknown"],
        "strategy normal-A · levels: E is unknown",
    ),
    "a stratum without sampling row is refused": (
        without('id = "sample-normal-C"'),
        ["sampling_missing"],
        "strategy normal-C · stratum: no row for stratum normal-C",
    ),
    "the stratum of required visits needs its row": (
        without('id = "sample-full"'),
        ["sampling_missing", "clause_row_missing"],
        "sampling · stratum: no row for stratum full",
    ),
    "the stratum of required visits draws all": (
        after('stratum = "full"', '"1/1"', '"1/2"'),
        ["full_not_all"],
        "sampling sample-full · ratio: stratum full draws everybody",
    ),
    "every level needs its pool for daily supervision": (
        without('id = "sample-pool-U"'),
        ["sampling_missing", "sampling_missing", "clause_row_missing", "clause_row_missing"],
        "sampling · stratum: no row for stratum pool-U",
    ),
    "two sampling rows for one stratum are refused": (
        edited(('stratum = "normal-B"\nlevel', 'stratum = "normal-A"\nlevel')),
        ["sampling_twice", "sampling_missing"],
        "sampling · stratum: stratum normal-A has two rows",
    ),
    "a decimal ratio is refused and its exact writing shown": (
        after('id = "sample-normal-B"', 'ratio = "3%"', "ratio = 0.03"),
        ["ratio_float"],
        'sampling sample-normal-B · ratio: a decimal number is not exact; write "3%"',
    ),
    "an unreadable ratio is refused": (
        after('id = "sample-normal-B"', '"3%"', '"three"'),
        ["ratio_unreadable"],
        'sampling sample-normal-B · ratio: got "three"',
    ),
    "a ratio over nothing is refused": (
        after('id = "sample-normal-B"', '"3%"', '"1/0"'),
        ["ratio_unreadable"],
        'sampling sample-normal-B · ratio: got "1/0"',
    ),
    "nobody is exempt from being drawn": (
        after('id = "sample-normal-A"', '"1%"', '"0%"'),
        ["ratio_out_of_range"],
        "sampling sample-normal-A · ratio: 0% is not above 0",
    ),
    "more than all cannot be drawn": (
        after('id = "sample-normal-A"', '"1%"', '"3/2"'),
        ["ratio_out_of_range"],
        "sampling sample-normal-A · ratio: 3/2 is not above 0 and at most 1",
    ),
    "every timer needs a row": (
        without('timer = "accept"', without('timer = "seed"')),
        ["timer_missing"],
        "term · timer: no row for accept, seed",
    ),
    "a timer has one row": (
        edited(('timer = "seed"', 'timer = "reveal"')),
        ["timer_missing", "timer_twice"],
        "term · timer: reveal has two rows",
    ),
    "a reminder is counted in working days": (
        after('timer = "assist_remind"', '"3wd"', '"3d"'),
        ["remind_not_working_days"],
        "term term-assist-remind · term: 3d: the reminder is counted back in working days",
    ),
    "an unreadable term is refused": (
        after('timer = "visit"', '"15wd"', '"15 days"'),
        ["term_unreadable"],
        "term term-visit · term: got 15 days; write a term such as",
    ),
    "every outcome but withdrawal needs a row": (
        without('outcome = "CEASED"'),
        ["outcome_missing"],
        "outcome · outcome: no row for CEASED",
    ),
    "an outcome has one row": (
        edited(('outcome = "CEASED"', 'outcome = "NOT_ACTIVE"')),
        ["outcome_missing", "outcome_twice"],
        "outcome · outcome: NOT_ACTIVE has two rows",
    ),
    "withdrawal leads to nothing and has no row": (
        SHIPPED + '\n[[outcome]]\nid = "w"\noutcome = "WITHDRAWN"\nproposals = []\nbasis = "S0:9"\n',
        ["withdrawal_has_row"],
        "outcome w · outcome: withdrawal is the applicant's right",
    ),
    "an honest promise leads to no proposal": (
        after('outcome = "TRUE"', "[]", '["PENALTY"]'),
        ["proposal_not_allowed"],
        "outcome outcome-true · proposals: TRUE may not lead to PENALTY",
    ),
    "one matter is not both terminated and rectified": (
        after('outcome = "UNTRUE_CURABLE"', '["ORDER_RECTIFY"]', '["TERMINATE", "ORDER_RECTIFY"]'),
        ["proposals_alternative"],
        "outcome outcome-untrue-curable · proposals: UNTRUE_CURABLE leads to TERMINATE, ORDER_RECTIFY at once",
    ),
    "nor is what is not decided yet": (
        after('outcome = "FALSE_KNOWING"', '["TERMINATE", "PENALTY"]', '["TERMINATE", "REVOKE"]'),
        ["proposals_alternative"],
        "outcome outcome-false-knowing · undecided: FALSE_KNOWING leads to TERMINATE, REVOKE at once",
    ),
    "who cannot be reached is referred, not punished": (
        after('outcome = "UNREACHABLE"', '"REFER_REGISTER"', '"REFER_REGISTER", "REVOKE"'),
        ["proposal_not_allowed"],
        "outcome outcome-unreachable · proposals: UNREACHABLE may not lead to REVOKE; allowed: REFER_REGISTER",
    ),
    "an untrue promise is not graded as kept": (
        after('outcome = "UNTRUE_CURABLE"', 'grade = "minor"', 'grade = "kept"'),
        ["grade_not_allowed"],
        "outcome outcome-untrue-curable · grade: UNTRUE_CURABLE may not carry grade kept",
    ),
    "an exempt item needs basis, factor and review date": (
        after(EXEMPT, 'exempt_basis = "S0:7;P:2.5"\nexempt_factor = "supervision"', "#"),
        ["exempt_incomplete"],
        "item legal-aid · exempt_basis, exempt_factor: an exempt item needs exempt_basis, exempt_factor",
    ),
    "an exemption's reason is one of the four factors": (
        after(EXEMPT, 'exempt_factor = "supervision"', 'exempt_factor = "habit"'),
        ["value_unknown"],
        "item legal-aid · exempt_factor: habit is unknown",
    ),
    "an exemption is reviewed within twelve months": (
        after(EXEMPT, "exempt_review_by = 2026-12-31", "exempt_review_by = 2027-01-02"),
        ["exempt_review_late"],
        "item legal-aid · exempt_review_by: review by 2027-01-01 at the latest",
    ),
    "an exemption's review does not lie in the past": (
        after(EXEMPT, "exempt_review_by = 2026-12-31", "exempt_review_by = 2025-12-31"),
        ["exempt_review_early"],
        "item legal-aid · exempt_review_by: lies before",
    ),
    "a high risk is never exempt": (
        after(EXEMPT, 'profile = "low"', 'profile = "high"', edited()),
        ["exempt_high"],
        "item legal-aid · exempt: an item of profile high cannot be exempt",
    ),
    "an exemption's fields without exemption are refused": (
        after(EXEMPT, "exempt = true", "exempt = false"),
        ["exempt_unstated"] * 3,
        "item legal-aid · exempt_basis: stands on an item that is not exempt",
    ),
    "a premises fact needs visits": (
        after(PREMISES, '["ONLINE_QUERY", "ON_SITE"]', '["ONLINE_QUERY"]'),
        ["premises_without_visit", *["method_unannounced"] * 5],
        "item dispatch-premises · fact office-in-use · premises_fact: exists only at the premises",
    ),
    "an agency is asked on a ground": (
        after(HOUSING, 'ground = "DATA_NOT_SHARED"\n', ""),
        ["ground_without_agency"],
        "item hukou-housing · fact home-title · ground: agency and ground go together",
    ),
    "an unknown ground names the nearest": (
        after(HOUSING, 'ground = "DATA_NOT_SHARED"', 'ground = "NOT_SHARED"'),
        ["value_unknown"],
        "item hukou-housing · fact.ground: NOT_SHARED is unknown; nearest is DATA_NOT_SHARED",
    ),
    "a fact without any way is refused": (
        after(ITEM, 'source = "registers"\n', ""),
        ["way_missing"],
        "item business-licence · fact registration-status · source, agency: no way to verify it under normal/A",
    ),
    "a further source is no seed of every draw": (
        edited(('further = ["lottery"]', 'further = ["lottery", "dice"]')),
        ["further_is_seed"],
        "draw.further: dice is a seed of every draw already",
    ),
    "nobody knows a seed alone": (
        edited(('["dice", "justice", "audit"]', '["audit"]')),
        ["seeds_too_few"],
        "draw.seeds: audit; a seed is joined from two sources at least",
    ),
    "a visit takes two officers": (edited(("team = 2", "team = 1")), ["team_too_small"], "draw.team: 1; a visit takes two"),
    "a draw takes 64 bits": (edited(("min_bits = 64", "min_bits = 63")), ["number_too_small"], "draw.min_bits: 63"),
    "a draw has seeds": (edited(('["dice", "justice", "audit"]', "[]")), ["type_wrong"], "draw.seeds: got []"),
    "a pack does not end before it begins": (
        edited(("effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_to = 2025-12-31")),
        ["dates_reversed"],
        "effective_to: ends before it begins on 2026-01-01",
    ),
    "a date in quotes is no date": (
        edited(("effective_from = 2026-01-01", 'effective_from = "2026-01-01"')),
        ["type_wrong"],
        'effective_from: got "2026-01-01"; write 2026-01-01 (no quotes',
    ),
    "a proposal is no statute, whatever the file says": (
        edited(('P = "建议值', 'P = { statute = true, title = "建议值'), ('须由本机关审定"\n', '须由本机关审定" }\n')),
        ["source_no_statute"],
        "maoji/pack.toml · sources.P.statute: P is no law: S0 is the plan that excludes, P a proposal of this software",
    ),
    "nor is the plan that excludes": (
        edited(("S0 = { ", "S0 = { statute = true, ")),
        ["source_no_statute"],
        "maoji/pack.toml · sources.S0.statute: S0 is no law",
    ),
    "a source is a title or says what it is": (
        edited(("[sources]", '[sources]\nS10 = { title = "a law", statut = true }')),
        ["key_unknown"],
        "maoji/pack.toml · sources.S10.statut: unknown; write `statute`",
    ),
    "a pack's id is its folder": (edited(('id = "maoji"', 'id = "maoij"')), ["pack_misplaced"], "id: maoij does not fit"),
    "a file that is no TOML is refused": ("id = \n", ["file_unreadable"], "maoji/pack.toml: not TOML in UTF-8"),
    **(sizes.BROKEN | scales.BROKEN | slips.BROKEN),
    **(legaltime.BROKEN | conduct.BROKEN | contradictions.BROKEN | minimums.BROKEN | notices.BROKEN | permits.BROKEN),
}


@pytest.mark.parametrize("behaviour", BROKEN)
def test_a_broken_pack_is_refused_with_file_row_and_field(behaviour: str, tmp_path: Path) -> None:
    text, codes, told = BROKEN[behaviour]
    error = refused(tmp_path, text)
    assert [flaw.code for flaw in error.flaws] == codes, str(error)
    assert told in str(error)
    assert all(flaw.file == "maoji/pack.toml" for flaw in error.flaws)


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("nobody is put by a row among those whose visit is owed", "full 是保留的层，策略不得使用"),
        ("nor among those whose coverage is", "must 是保留的层，策略不得使用"),
        ("those who committed are drawn more only where a law is cited: by a larger share", "（每年 1/20，至少 1 个）多于"),
        ("no other agency is asked before the query on line", "先请求协助后在线查询；能在线查清的先在线核查"),
    ],
)
def test_what_no_article_permits_is_refused_in_chinese_too(behaviour: str, told: str, tmp_path: Path) -> None:
    assert told in str(refused(tmp_path, BROKEN[behaviour][0]))


@pytest.mark.parametrize("outcome", ["UNVERIFIABLE", "DATA_ERROR", "IMMATERIAL", "CEASED", "NOT_ACTIVE"])
def test_silence_leads_to_no_proposal_and_no_grade(outcome: str, tmp_path: Path) -> None:
    text = after(f'outcome = "{outcome}"', "proposals = []", 'proposals = ["REVOKE"]\ngrade = "minor"')
    error = refused(tmp_path, text)
    assert [flaw.code for flaw in error.flaws] == ["proposal_not_allowed", "grade_not_allowed"]
    assert f"{outcome} may not lead to REVOKE" in str(error)


def test_every_kind_of_flaw_is_shown_by_a_broken_pack() -> None:
    elsewhere = {
        *filing.WORDS,
        "item_excluded",
        "override_no_statute",
        "standard_vague",
        "pack_twice",
        "dates_overlap",
        "dates_same",
    }
    elsewhere |= {"verify_hasty", "visit_hasty", "notice_forgotten", "notice_widened", *(code for _, code in selfproof.BROKEN)}
    elsewhere |= {*stepwords.WORDS, "seeking_uncited", "seeking_endless", "sheet_twice", "effect_none", "publish_one_sided"}
    elsewhere |= {"clause_unanswered", "clause_row_missing", "clause_not_cited", "clause_missing", "rule_missing", "rule_twice"}
    assert {code for _, codes, _ in BROKEN.values() for code in codes} | elsewhere | {
        "transition_of_later",
        "transition_heavier",
    } == set(WORDS)
