"""The words of what can be wrong with the rows of `[[consequence]]`."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "consequence_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "consequence_key": (
        "belongs to {value} alone; take it out",
        "只用于 {value}；请删去",
    ),
    "consequence_limits": (
        "{value} is longer than {other}; the shortest term to rectify comes first",
        "{value} 长于 {other}；整改期限的下限不得长于上限",
    ),
    "consequence_revoke_missing": (
        "where rectification fails a revocation is proposed: add a row for {value}",
        "整改逾期或者不合格时提出撤销：请补上 {value} 的行",
    ),
    "consequence_law_proposal": (
        "a penalty rests on a law, and {value} is only a proposal; cite one, or leave it out, so that the officer names it",
        "处罚须有法律依据，而 {value} 只是建议值；请引用法律，或者不写，由执法人员写明",
    ),
}
