"""Slips of whoever types a pack on a Chinese keyboard, or from memory; told by `test_policyproofs`, in Chinese where that was foreign."""

from __future__ import annotations

from tests.packs import ITEM, after, edited

_LOW_A = 'id = "low-A"'
_BASIS = 'basis = "S0:7;P:2.2"'

BROKEN = {
    "citations parted by a Chinese semicolon are told with the sign that is meant": (
        after(_LOW_A, _BASIS, 'basis = "S0:7；P:2.2"'),
        ["signs_wide"],
        "strategy low-A · basis: S0:7；P:2.2 has full-width signs of the Chinese keyboard; write S0:7;P:2.2｜",
    ),
    "so is a source parted from its article by a Chinese colon": (
        after(_LOW_A, _BASIS, 'basis = "S0：7"'),
        ["signs_wide"],
        "请用英文半角写成 S0:7",
    ),
    "so is a share with a full-width sign": (
        after('id = "sample-normal-B"', '"3%"', '"３％"'),
        ["signs_wide"],
        "ratio: ３％ has full-width signs of the Chinese keyboard; write 3%",
    ),
    "so is a term in full-width digits": (
        after(ITEM, 'verify = "20wd"', 'verify = "２０wd"'),
        ["signs_wide"],
        "verify: ２０wd has full-width signs of the Chinese keyboard; write 20wd",
    ),
    "a full-width level is the level that is meant": (
        after(_LOW_A, 'levels = ["A"]', 'levels = ["Ａ"]'),
        ["signs_wide", "strategy_missing"],
        "strategy low-A · levels: Ａ has full-width signs of the Chinese keyboard; write A",
    ),
    "a small level is nearest to the capital one": (
        after(_LOW_A, 'levels = ["A"]', 'levels = ["a"]'),
        ["value_unknown", "strategy_missing"],
        "levels: a is unknown; nearest is A",
    ),
    "a word in Chinese is led to the code it is the name of, and the codes are told with their names": (
        after(ITEM, "excluded = []", 'excluded = ["公共安全"]'),
        ["value_unknown"],
        "没有“公共安全”；最接近的是“PUBSEC”，可用：NATSEC 国家安全、",
    ),
    "of what is like nothing no guess is made": (
        after(ITEM, 'subjects = ["FIRM"]', 'subjects = ["企业"]'),
        ["value_unknown"],
        "subjects: 企业 is unknown; known are FIRM, PERSON｜没有“企业”；可用：FIRM 市场主体、PERSON 自然人",
    ),
    "a key that is like none is not led to another one": (
        after(ITEM, "standard =", 'zzz = "x"\nstandard ='),
        ["key_stray"],
        "item business-licence · zzz: unknown; take it out; known are code, name",
    ),
    "an empty basis is told what a basis is": (
        after(_LOW_A, _BASIS, 'basis = ""'),
        ["basis_unreadable"],
        'basis: got ""; write source:article, as "S0:7"',
    ),
    "an empty standard is told to say something": (
        edited(('standard = "登记状态与承诺一致"', 'standard = " "')),
        ["text_blank"],
        "standard: is empty; say in it what the row says",
    ),
    "a term without its unit is told what a term is": (
        after(ITEM, 'verify = "20wd"', "verify = 20"),
        ["term_unreadable"],
        'verify: got 20; write a term such as "20wd"',
    ),
    "a version that is a number is told its quotes": (
        edited(('version = "2026.1"', "version = 2026.1")),
        ["text_unquoted"],
        '这里是文字，须放在英文双引号中："2026.1"',
    ),
    "a whole number is asked for in Chinese": (
        edited(("team = 2", 'team = "2"')),
        ["type_wrong"],
        'draw.team: got "2"; write a whole number from 1｜现为 "2"；应写成 不小于 1 的整数',
    ),
    "a year with its digits changed round is told by itself, and not as a late review": (
        edited(("effective_from = 2026-01-01", "effective_from = 0207-01-01")),
        ["year_absurd"],
        "effective_from: 0207-01-01 cannot be meant: write a year from 1949 to 2199｜0207-01-01 的年份不合情理",
    ),
}
