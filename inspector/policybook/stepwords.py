"""The words of what can be wrong with the rows of `[[consequence]]`, `[[remedy]]`, `[[publicity]]` and `[objection]`."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "remedy_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "remedy_missing": (
        "no row for {value}; where a pack decides against somebody it says by which way, to whom and until when that is contested",
        "没有 {value} 的规定；作出不利决定的政策包，须写明救济的途径、受理机关和期限",
    ),
    "remedy_proposal": (
        "a remedy is opened by a law, and {value} is only a proposal; cite the law",
        "救济途径须有法律依据，而 {value} 只是建议值；请引用法律",
    ),
    "reapply_item": (
        "{value} is no item of this pack to which that bar could apply; name an item, a licence for DECEIT and FALSE_MATERIAL",
        "{value} 不是本政策包中可以适用这一限制的事项；DECEIT、FALSE_MATERIAL 只用于行政许可",
    ),
    "reapply_unfounded": (
        "nobody is kept from applying by what binds nobody here, and {value} does not; cite the law",
        "限制再次申请须有在此有效的依据，而 {value} 没有；请引用法律",
    ),
    "consequence_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "consequence_key": (
        "belongs to {value} alone; take it out",
        "只用于 {value}；请删去",
    ),
    "consequence_limits": (
        "{value} is longer than {other}; the shortest term to rectify comes first",
        "{value} 长于 {other}；整改期限的下限不得长于上限",
    ),
    "reviewers_alone": (
        "{value}: only where the row has `legal = true` is there a legal review; take it out",
        "{value}：只有 legal = true 的行才有法制审核；请删去",
    ),
    "found_grave_alone": (
        "{value} lengthens `found` where grave harm was done; write `found`, too",
        "{value} 是有严重危害后果时对 found 的延长；请同时写明 found",
    ),
    "hearing_notice_alone": (
        "{value}: only where the row has `hearing = true` is there a hearing to tell of; take it out",
        "{value}：只有 hearing = true 的行才有听证；请删去",
    ),
    "hearing_notice_short": (
        'a hearing is told seven working days before at least (Penalties Law art. 64, 85), and {value} is less; write "7wd" or more',
        "听证至少提前七个工作日通知（行政处罚法第六十四条、第八十五条），{value} 不足；请写“7wd”以上",
    ),
    "consequence_revoke_missing": (
        "where rectification fails a revocation is proposed: add a row for {value}",
        "整改逾期或者不合格时提出撤销：请补上 {value} 的行",
    ),
    "consequence_law_proposal": (
        "a penalty rests on a law, and {value} is only a proposal; cite one, or leave it out, so that the officer names it",
        "处罚须有法律依据，而 {value} 只是建议值；请引用法律，或者不写，由执法人员写明",
    ),
    "consequence_at_once_proposal": (
        "towards others a decision counts by its service, and {value} is only a proposal: cite the law that says otherwise",
        "对他人的效力自决定送达时起，而 {value} 只是建议值；请引用另有规定的法律，或者不写",
    ),
    "consequence_uncounted_proposal": (
        "the time of a hearing counts unless a law says otherwise, and {value} is only a proposal: cite that law, or leave it out",
        "听证的时间计入期限，法律、法规、规章另有规定的除外，而 {value} 只是建议值；请引用另有规定的条文，或者不写",
    ),
    "uncounted_alone": (
        "there is no term from which the time of a hearing could be taken out: add within, or leave it out",
        "没有写明作出决定的期限（within），听证的时间无从扣除；请补上，或者不写",
    ),
    "publicity_missing": (
        "no row for {value}; every grade needs one where any has",
        "没有 {value} 的规定；有一类的，各类均须有一行",
    ),
    "publicity_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "publicity_reversed": (
        "shown for at least {value} and at most {other}: make the minimum the shorter one",
        "最短公示期 {value} 长于最长公示期 {other}；请改短",
    ),
    "objection_reversed": (
        "what the agency checks itself takes {value}, longer than what needs others ({other}): make it the shorter one",
        "自行核查的期限 {value} 长于需要他方核查的期限 {other}；请改短",
    ),
}
