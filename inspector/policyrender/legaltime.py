"""The tables of a pack about time: former notices, suspensions, extensions, quiet windows, and what holds for cases of before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from inspector.domain.calendar import Term
from inspector.domain.inspection import CheckType
from inspector.domain.policy import Item, Policy
from inspector.domain.publicity import NOT_PUBLIC, Publicity
from inspector.domain.quiet import QuietRow, Weekday
from inspector.domain.transition import Scope
from inspector.policyrender.words import REASONS, UNITS, WORDS

WEEK = dict(zip(Weekday, "一二三四五六日", strict=True))

Told = tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]
"""Title, heads and rows of a table."""


def tables(policy: Policy) -> tuple[Told, ...]:
    """Always the same five."""
    suspensions = {
        row.row: (REASONS[row.reason], row.name, _term(row.longest) if row.longest else "由经办人写明", row.basis)
        for row in policy.suspensions
    }
    transitions = {
        row.row: ("、".join(sorted(row.of)), "、".join(WORDS[scope] for scope in Scope if scope in row.scopes), row.basis)
        for row in policy.transitions
    }
    extensions = {
        row.row: ("核查", _term(row.term), f"{row.times} 次", WORDS[row.approver], row.basis) for row in policy.extensions
    }
    quiets = {
        row.row: (
            spans(row),
            "、".join(sorted(WORDS[kind] for kind in row.subjects)),
            "、".join(sorted(row.pools)),
            "、".join(WORDS[check] for check in CheckType if check in row.excepted),
            row.basis,
        )
        for row in policy.quiets
    }
    notices = {
        f"{item.code}/{held.version}": (
            "、".join(WORDS[method] for method in held.announced),
            str(held.since),
            str(held.until),
            held.basis,
        )
        for item in policy.items.values()
        for held in item.notices
    }
    return (
        ("此前的告知书", ("编号", "告知的核查方式", "起", "止", "依据"), notices),
        ("期限的中止", ("编号", "事由", "名称", "最长", "依据"), suspensions),
        ("过渡规定", ("编号", "此前按哪些版本受理", "适用本版的", "依据"), transitions),
        ("期限的延长", ("编号", "事项", "延长", "次数", "决定人", "依据"), extensions),
        ("安静期", ("编号", "不得上门的日期", "对象", "片区", "除外的检查", "依据"), quiets),
    )


def spans(row: QuietRow) -> str:
    """The closed days in words: `每月1至25日`, `每周一、二`."""
    if row.weekdays:
        return "每周" + "、".join(WEEK[day] for day in sorted(row.weekdays))
    return "每月" + "、".join(_span([day for _, day in run]) for run in _runs(row.days))


def _runs(days: Iterable[int]) -> Iterable[list[tuple[int, int]]]:
    for _, run in groupby(enumerate(sorted(days)), lambda told: told[1] - told[0]):
        yield list(run)


def _span(days: list[int]) -> str:
    return f"{days[0]}日" if len(days) == 1 else f"{days[0]}至{days[-1]}日"


def _term(term: Term) -> str:
    return f"{term.amount}{UNITS[term.unit]}"


def clock(policy: Policy) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """What may put the end of a verification off, for whoever waits for it: a head, its words, and the bases; nothing where nothing may."""
    if rows := policy.suspensions:
        still = (f"{row.name}（{f'合计至多{_term(row.longest)}' if row.longest else '截止日另行写明'}）" for row in rows)
        yield "期限的中止", f"下列时间不计入核查期限：{'、'.join(still)}", tuple(row.basis for row in rows)
    if longer := policy.extensions:
        more = (f"可以延长{_term(row.term)}，至多 {row.times} 次，由{WORDS[row.approver]}决定" for row in longer)
        yield "期限的延长", "；".join(more), tuple(row.basis for row in longer)


def public(held: Publicity) -> str:
    """How far a letter is made public, and for how long after it was signed."""
    if held.scope == NOT_PUBLIC or held.term is None:
        return "不公开"
    return f"公开范围：{held.scope}；自签署之日起{_term(held.term)}"


def publicity(item: Item) -> str:
    """How far and how long an item's letters are public, with the basis."""
    held = item.publicity
    return "未写明" if held is None else f"{public(held)}；依据：{held.basis}"
