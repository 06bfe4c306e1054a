"""The words of what one row of a pack says against another, and of terms that somebody should look at."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "publish_one_sided": (
        "{value} is missing: what is owed to the public (within) is taken back when its decision falls (withdraw); say both, or neither",
        "没有写明 {value}：应予公布的（within），决定变更、撤销或者无效时须撤下（withdraw）；两项都写，或者都不写",
    ),
    "heavier_uncited": (
        "stratum {value} may draw committers more in a year ({ratio}) than others of level {level} are drawn ({other}); cite a permit",
        "{value} 对承诺人全年可能抽取的（{ratio}）多于日常监管中的等级 {level}（{other}）；须引用其来源标明允许从严（heavier）的条款",
    ),
    "intake_not_rolling": (
        "{value} holds cases, and counts them by {per}: those not drawn would come into no later draw; add rolling = true, or take per out",
        "{value} 层是办件，按 {per} 计算：没有抽中的不再进入以后的抽查，期末会少抽；请写 rolling = true（期末补足），逐次计算的不写 per",
    ),
    "pool_rolling": (
        "{value} holds objects, who stand in every draw and would be drawn anew at each: take rolling out",
        "{value} 层是日常监管的对象，每次抽查都在其中；写成滚动受理的，每次都重新按比例抽取，抽得过多；请删去 rolling",
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
    "quiet_within": (
        "closes nothing that {other} leaves open; take it out",
        "本行所列的日期 {other} 已经全部涵盖；请删去",
    ),
    "suppression_twice": (
        "says of {value} what {other} says already; keep one",
        "就 {value} 与 {other} 规定同一事；保留一行",
    ),
    "size_beyond": (
        "asks for {value} of at most {other}: write no more than there can be",
        "名录至多 {other} 个，却要求抽 {value} 个；不得多于名录",
    ),
    "minimum_twice": (
        "{value} is in {other} for the same levels and window already; keep one",
        "{value} 在相同等级和期间已由 {other} 规定；保留一行",
    ),
    "minimum_unreachable": (
        "no draw comes to {value}: it is exempt, or its strategies at these levels lead to no stratum but daily supervision's; take it out",
        "抽查不会涉及 {value}：该事项免予核查，或者这些等级的策略没有日常监管以外的抽查层；请删去",
    ),
    "minimum_window": (
        "is counted by {value}, but stratum {other} by {window}, with which its cases go; write the number for that, or count both alike",
        "按 {value} 计算，而抽查层 {other} 按 {window} 计算，期末之后其办件不再进入抽查；请写后一期间的数，或者两处用同一期间",
    ),
    "minimum_name": (
        "the stratum {value} that this makes is there already, or its name is longer than {most} signs; use shorter or other codes",
        "由此产生的抽查层 {value} 已经存在，或者名称超过 {most} 个字符；请改用较短的或者其他代码",
    ),
    "minimum_heavier": (
        "{value} who committed for {item} are drawn whatever their share is, of those with a certificate ({other}) none; cite a permit",
        "等级 {level} 中 {item} 的承诺人须抽满 {value} 个，而提交证明的（{other}）无此要求；须引用标明允许从严（heavier）的条款",
    ),
    "spread_uncited": (
        "{value} visits within {other} are spread evenly over it, which is a rule of its own; give its basis in spread_basis",
        "{other}内 {value} 次按均匀分布计算，这本身是一条规定；请在 spread_basis 中写明依据",
    ),
    "spread_of_one": (
        "says on what an even spread rests, and one visit is spread over nothing; take it out, or write times",
        "写明了均匀分布的依据，而只有一次检查，无从分布；请删去，或者写 times",
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
    "publicity_unstated": (
        'does not say whether its letters are made public: write publicity = {{ scope = "none", basis = "…" }}, or scope, term and basis',
        '没有写明承诺书是否公开：不公开的写 publicity = {{ scope = "none", basis = "…" }}，公开的写明 scope、term 和 basis',
    ),
    "publicity_vague": (
        "vague wording `{value}`; name the places where the letters are made public (the plan, item 5)",
        "含模糊表述或者兜底条款“{value}”；请写明公开的具体场所、平台（第5项）",
    ),
    "notice_twice": (
        "{value} is the notice of now (notice_version); a former one has a version of its own",
        "{value} 是现行的告知书（notice_version）；此前的告知书另有版本号",
    ),
    "notice_not_former": (
        "stood until {value}, and this pack, whose notice is another one, begins on {start}; end it before",
        "有效至 {value}，而告知书不同的本版自 {start} 起生效；须在此之前终止",
    ),
    "notice_overlap": (
        "begins on {value}, while {other} still stood: one notice at a time",
        "自 {value} 起有效，而 {other} 仍然有效；同一时间只有一种告知书",
    ),
    "method_unannounced": (
        "{value} is announced by the notice of none of the items it is about ({items}), so it may never be used: take it out",
        "{value} 在所涉事项（{items}）现行的告知书中都没有告知，不得采用；请删去",
    ),
    "notice_forgotten": (
        "{other} knows the notice {value}, and letters that answer it may still come; add it as [[item.notice]] with what it announced",
        "{other} 有 {value} 版告知书，所答为该版的承诺书仍可能报来；请以 [[item.notice]] 补写它告知的方式",
    ),
    "notice_widened": (
        "the notice {value} announced no {methods} in {other}: what was signed cannot be widened; give the notice a new version",
        "{other} 中的 {value} 版告知书没有告知 {methods}，已经签署的不能扩大；请另定告知书版本",
    ),
    "letter_before_query": (
        "asks another agency before asking on line; put ONLINE_QUERY before ASSISTANCE",
        "先请求协助后在线查询；能在线查清的先在线核查，请把 ONLINE_QUERY 写在 ASSISTANCE 之前",
    ),
    "visit_before_result": (
        "sends somebody before asking for another agency's result; put OTHER_RESULT before ON_SITE, or cite what permits it",
        "先上门后采信其他机关结果；请把 OTHER_RESULT 写在 ON_SITE 之前，或者引用允许从严（heavier）的条款",
    ),
    "values_unfit": (
        "a list of values is held by no rule of order ({value}); take it out, or compare by one of {known}",
        "按 {value} 比对的事实不能列出取值；请删去，或者改为 {known}",
    ),
    "values_alone": (
        "`{value}` is the only value: nothing else could ever be found, so nothing is compared; list all there are, or take it out",
        "只列了“{value}”一个取值，无从比对；请列全，或者删去",
    ),
    "values_wide": (
        "`{value}` has a full-width ＝ in it, which joins nothing, so that nothing would ever match; write = between writings of one value",
        "“{value}”用了全角＝，不起连接作用，永远不会相符；同一取值的不同写法请用半角 = 连接",
    ),
    "values_wordless": (
        "`{value}` says that there is no value, or that something does not work: that contradicts nobody; take it out",
        "“{value}”说的是没有值、不清楚或者出了故障，不能作为与承诺不符的依据；请删去",
    ),
    "self_proof_certificate": (
        "asks for {value}, which the commitment stands for: the notice said that it need not be brought; name other things that show it",
        "要求出示“{value}”，而承诺所替代的正是它，告知书已写明无须提交；请写其他能够自证的材料",
    ),
    "self_proof_vague": (
        "`{value}` does not say what is fit; name what can be shown",
        "“{value}”没有写明可以出示什么；请写出具体材料",
    ),
    "self_proof_uncited": (
        "rests on {value} alone: whoever is asked to show something is asked on an article",
        "只依据 {value}：请当事人自证，须有条款依据",
    ),
    "self_proof_untimed": (
        'by when it is to be shown is not said: add a [[term]] with timer = "{value}"',
        '没有写明何时以前出示：请加一行 [[term]]，timer = "{value}"',
    ),
    "document_before_query": (
        "asks its subject before {value}: what can be asked elsewhere is not collected from people; put DOCUMENT behind it",
        "先请当事人自证后用 {value}；能从别处查到的，不得向当事人收取，请把 DOCUMENT 写在其后",
    ),
    "visit_before_document": (
        "sends somebody before its subject could show it; put DOCUMENT before ON_SITE, or cite what permits it",
        "先上门后请当事人自证；请把 DOCUMENT 写在 ON_SITE 之前，或者引用允许从严（heavier）的条款",
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
