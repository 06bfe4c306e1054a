"""The tables of a pack about what is put on record: dishonest acts, and how long records are kept; and the insurance behind an item."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from inspector.domain.case import Outcome
from inspector.domain.ending import graded
from inspector.domain.policy import Item, Policy
from inspector.policyrender.legaltime import Told
from inspector.policyrender.words import GRADES, INPUTS, UNITS, WAYS, WORDS

INSURED = {None: "", True: "只限已投保的事项", False: "只限未投保的事项"}
"""For which items a strategy holds."""


def tables(policy: Policy) -> tuple[Told, ...]:
    """Always the same six."""
    acts = {
        row.row: (
            row.name,
            "、".join(WORDS[outcome] for outcome in Outcome if outcome in row.outcomes),
            GRADES[row.grade],
            "是" if row.bars else "否",
            row.basis,
        )
        for row in policy.acts
    }
    retentions = {
        row.row: (
            WORDS[row.record],
            WORDS[row.since],
            f"{row.keep.amount}{UNITS[row.keep.unit]}" if row.keep is not None else "永久",
            row.basis,
        )
        for row in policy.retentions
    }
    sheet = {
        row.row: (WORDS[row.list], row.code, row.name, row.name_en, "是" if row.alone else "否", row.basis)
        for row in policy.sheet
    }
    seeking = {policy.seeking.row: (*map(str, policy.seeking.numbers), policy.seeking.basis)}
    services = {row.row: (WAYS[row.way], f"{row.term.amount}{UNITS[row.term.unit]}", row.basis) for row in policy.services}
    gradings = {
        row.row: (
            "、".join(WORDS[outcome] for outcome in Outcome if outcome in row.outcomes),
            "、".join(INPUTS[one] for one in row.needs),
            f"{row.within.amount}{UNITS[row.within.unit]}",
            row.basis,
        )
        for row in policy.gradings
    }
    return (
        ("失信行为目录", ("编号", "行为", "据以认定的结果", "信用记录", "修复前不适用告知承诺制", "依据"), acts),
        ("记录的保存期限", ("编号", "记录", "起算", "期限", "依据"), retentions),
        ("检查记录表", ("编号", "列表", "代码", "名称", "英文名称", "不得并选", "依据"), sheet),
        ("认定无法联系之前", ("编号", "联系次数不少于", "方式不少于", "日数不少于", "依据"), seeking),
        ("送达方式（依次）", ("编号", "方式", "期限", "依据"), services),
        ("认定前须查明的情节", ("编号", "结果", "情节", "多久以内算再次", "依据"), gradings),
    )


def consequences(policy: Policy, outcomes: Collection[Outcome]) -> Iterator[str]:
    """What a catalogue of acts adds to what is said of outcomes: acts that are entered as graver, and those that bar from committing."""
    for act in policy.acts:
        for row in (policy.outcomes[one] for one in Outcome if one in act.outcomes and one in outcomes):
            grades = [graded(row, act, concluded=stage) for stage in (False, True)]
            if grades != [row.graded(concluded=stage) for stage in (False, True)]:
                before, after = (GRADES.get(grade or "", "不记") for grade in grades)
                told = after if before == after else f"未办结的{before}，已办结的{after}"
                yield f"{WORDS[row.outcome]}中，{act.name}的，记入信用记录（{told}）"
    if barring := [act.name for act in policy.acts if act.bars and act.outcomes & set(outcomes)]:
        yield f"{'，或者'.join(barring)}的，在信用修复之前不适用告知承诺制"


def insurance(item: Item) -> str:
    """The insured sum with its basis; empty where there is none."""
    return f"保险金额 {item.insured_value} 元；依据：{item.insured_basis}" if item.insured else ""
