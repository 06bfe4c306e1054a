"""The tables of a pack about what is put on record: dishonest acts, and how long records are kept; and the insurance behind an item."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from inspector.domain import hearing
from inspector.domain.act import GRAVITY
from inspector.domain.calendar import Term
from inspector.domain.case import Outcome
from inspector.domain.ending import graded
from inspector.domain.policy import Item, Policy
from inspector.domain.proposal import ConsequenceRow
from inspector.policyrender.legaltime import Told
from inspector.policyrender.words import AFTERS, GRADES, INPUTS, UNITS, WAYS, WORDS

INSURED = {None: "", True: "只限已投保的事项", False: "只限未投保的事项"}
"""For which items a strategy holds."""


def tables(policy: Policy) -> tuple[Told, ...]:
    """Always the same twelve."""
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
            _term(row.keep) if row.keep is not None else "永久",
            row.basis,
        )
        for row in policy.retentions
    }
    sheet = {
        row.row: (WORDS[row.list], row.code, row.name, row.name_en, "是" if row.alone else "否", row.basis)
        for row in policy.sheet
    }
    seeking = {policy.seeking.row: (*map(str, policy.seeking.numbers), policy.seeking.basis)}
    law = policy.credit
    publicities = {
        row.row: (
            GRADES[row.grade],
            "公示" if row.published else "原则上不公示",
            _term(row.least) if row.least is not None else "无，改正后即可申请修复",
            _term(row.most),
            row.basis,
        )
        for row in law.publicities.values()
    }
    papers = "、".join(WORDS[paper] for paper in law.repair.papers)
    repairs = {law.repair.row: (papers, _term(law.repair.decide), "是" if law.repair.second else "否", law.repair.basis)}
    objections = {law.objection.row: (_term(law.objection.own), _term(law.objection.others), law.objection.basis)}
    services = {row.row: (WAYS[row.way], f"{row.term.amount}{UNITS[row.term.unit]}", row.basis) for row in policy.services}
    remedies = {
        row.row: (WORDS[row.remedy], row.to, f"{row.term.amount}{UNITS[row.term.unit]}", row.basis) for row in policy.remedies
    }
    reapplies = {
        row.row: (AFTERS[row.after], "、".join(sorted(row.items)), _term(row.term) if row.term else "至当年年底", row.basis)
        for row in policy.reapplies
    }
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
        ("信用记录的公示期", ("编号", "程度", "公示", "最短公示期", "最长公示期，期满自行停止", "依据"), publicities),
        ("信用修复", ("编号", "须提交的材料", "作出决定的期限", "另一人决定", "依据"), repairs),
        ("信用异议", ("编号", "自行核查的期限", "需要他方核查的期限", "依据"), objections),
        ("检查记录表", ("编号", "列表", "代码", "名称", "英文名称", "不得并选", "依据"), sheet),
        (
            "处理程序",
            ("编号", "建议", "每一步的期限", "陈述申辩的时间", "第二人同意", "法制审核", "听证", "其他期限和依据", "依据"),
            {row.row: _steps(row) for row in policy.consequences.values()},
        ),
        ("认定无法联系之前", ("编号", "联系次数不少于", "方式不少于", "日数不少于", "依据"), seeking),
        ("送达方式（依次）", ("编号", "方式", "期限", "依据"), services),
        ("对不利决定的救济", ("编号", "途径", "受理机关", "自知道之日起", "依据"), remedies),
        ("再次申请的限制", ("编号", "何时", "事项", "多久", "依据"), reapplies),
        ("认定前须查明的情节", ("编号", "结果", "情节", "多久以内算再次", "依据"), gradings),
    )


def _steps(row: ConsequenceRow) -> tuple[str, ...]:
    """A row of `[[consequence]]` in words."""
    others = {
        "处罚依据": row.law,
        "听证提前通知": _term(hearing.notice(row)) if row.hearing else "",
        "整改期限不少于": _term(row.least),
        "整改期限不多于": _term(row.most),
        "期满前提醒": _term(row.remind),
        "负责人决定": _term(row.head),
        "批准后移送": _term(row.hand),
        "公安机关答复": _term(row.answer),
        "申请复议或者检察监督": _term(row.contest),
        "移交材料": _term(row.papers),
        "立案后作出决定": _term(row.within),
        "听证时间不计入，依据": row.uncounted,
        "违法行为发现期限": _term(row.found),
        "有严重危害后果的发现期限": _term(row.found_grave),
        "须经负责人集体讨论": "、".join(GRADES[one] for one in GRAVITY if one in row.collective),
    }
    others |= {"决定": "由负责人审查决定"} if row.by_head else {}
    others |= {"法制审核人员": "限于本机关名单所列人员"} if row.reviewers else {}
    others |= {"第二人": "代行职责的人不作为同一处理的第二人，也不处理对其提出的异议"} if row.deputy_apart else {}
    told = "；".join(f"{name} {text}" for name, text in others.items() if text) or "—"
    flags = ("是" if one else "否" for one in (row.second, row.legal, row.hearing))
    return (WORDS[row.proposal], _term(row.decide), _term(row.defend) or "—", *flags, told, row.basis)


def _term(term: Term | None) -> str:
    return f"{term.amount}{UNITS[term.unit]}" if term is not None else ""


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
