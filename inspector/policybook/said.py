"""The words of what one row of a pack says against another, and of terms that somebody should look at."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "heavier_uncited": (
        "stratum {value} may draw committers more in a year ({ratio}) than others of level {level} are drawn ({other}); cite a permit",
        "{value} 对承诺人全年可能抽取的（{ratio}）多于日常监管中的等级 {level}（{other}）；须引用其来源标明允许从严（heavier）的条款",
    ),
    "visit_all_uncited": (
        "sends people to whoever committed, whatever the case needs, and {value} has no article marked as permitting it (heavier)",
        "对承诺人一律可以上门，而 {value} 没有其来源标明允许从严（heavier）的条款；须引用，或者写 false",
    ),
    "stratum_reserved": (
        "{value} is not for a row to name: it has no level whose daily supervision it could be held against; name another stratum",
        "{value} 是保留的层，策略不得使用：它没有可以与日常监管对照的等级；请另用一层",
    ),
    "key_uncited": (
        "stratum {value} is key, so {by} does not bind it, but {other}, of level {level} too; mark both or neither, or cite a permit",
        "{value} 层是重点（key），不受 {by} 约束，而同为等级 {level} 的 {other} 受其约束；须同有同无，或者引用允许从严（heavier）的条款",
    ),
    "act_unfounded": (
        "{value} has nothing that defines an act here: a proposal, 仅供参照, 未核对原文, or item 7 alone does not; cite what does",
        "{value} 都不能在此界定失信行为：建议值、仅供参照或者未核对原文的来源、第7项本身均不能；请引用作出界定的文件",
    ),
    "transition_unfounded": (
        "changes the outcome of who committed before, and {value} has nothing that allows it here (仅供参照, 未核对原文, item 7 alone)",
        "改变此前承诺人的结果，而 {value} 都不能在此允许溯及（仅供参照或者未核对原文的来源、第7项本身均不能）；请引用允许溯及的规定",
    ),
    "transition_heavier": (
        "{outcomes} weighs more on who committed under {other} than it did; {value} has no article marked as permitting that (heavier)",
        "此前依 {other} 承诺的人，{outcomes} 的结果比当时更重，而 {value} 没有其来源标明允许从严（heavier）的条款；须引用，或者不溯及",
    ),
    "stratum_level": (
        "stratum {value} is of level {level}, but {by} is of {other}: caps, cool-downs and comparisons go by the level; give each its own",
        "{value} 层写明等级 {level}，而 {by} 属于等级 {other}：上限、间隔和比较都以等级为准；请各用各的层",
    ),
    "visit_all_nowhere": (
        "says that somebody may always be sent, but the row's methods lack ON_SITE; add it, or write false",
        "写明一律可以上门，而核查方式中没有 ON_SITE；请补上，或者写 false",
    ),
    "stop_below_coverage": (
        "visits stop at {value} a year, but one falls due every {other}; raise the stop or lengthen the coverage",
        "全年满 {value} 次即停止，而每 {other} 须检查一次；请提高停止数或者放宽期间",
    ),
    "decision_awaited": (
        "is counted from the decision, and strategy {value} verifies before it; write verify_from = intake, or before_decision = false",
        "自作出决定之日起算，而策略 {value} 在作出决定之前核查；请写 verify_from = intake，或者 before_decision = false",
    ),
    "term_beyond": (
        "{value} is longer than {other}, within which it lies; shorten the one or lengthen the other",
        "{value} 长于它所在的 {other}；请缩短前者，或者放宽后者",
    ),
    "quiet_always": (
        "nobody could ever go: leave some working days open",
        "没有一个工作日可以上门；须留出开放的日期",
    ),
    "letter_before_query": (
        "asks another agency before asking on line; put ONLINE_QUERY before ASSISTANCE",
        "先请求协助后在线查询；能在线查清的先在线核查，请把 ONLINE_QUERY 写在 ASSISTANCE 之前",
    ),
    "verify_hasty": (
        "{value} ends before the letter's dates have passed ({terms}): the superior may never hear of silence; allow more time",
        "核查期限 {value} 短于请求协助的各个期限之和（{terms}）：未答复的，可能来不及报共同上级；请放宽期限",
    ),
    "visit_hasty": (
        "{value} ends before a visit given on its first day has to be made ({terms}): allow more time, or shorten the visit's",
        "核查期限 {value} 短于现场核查的期限（{terms}）：第一天派出的，也可能来不及；请放宽核查期限，或者缩短现场核查期限",
    ),
}
