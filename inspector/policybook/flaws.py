"""What can be wrong with a pack file: each flaw says file, row and field, what is wrong and how to mend it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as value

from inspector.domain.errors import Invalid
from inspector.labels import in_words
from inspector.policybook import filing, said, stepwords, typed

WORDS: Mapping[str, tuple[str, str]] = {
    **filing.WORDS,
    **typed.WORDS,
    **stepwords.WORDS,
    "file_unreadable": ("not TOML in UTF-8: {value}", "文件不是UTF-8编码的TOML：{value_zh}"),
    "fields_missing": ("missing: add {value}", "缺少字段：请补上 {value}"),
    "row_twice": ("{value} is used by two rows; give each its own", "“{value}”被两行使用；每行须有自己的编号"),
    "pack_twice": (
        "{value} is also in {other}; give the changed pack a new version",
        "{value} 在 {other} 中已有；修改后的政策包须用新版本号",
    ),
    "pack_misplaced": ("{value} does not fit the file's place; write {fix}", "“{value}”与文件位置不符；应为 {fix}"),
    "dates_reversed": ("ends before it begins on {value}", "终止日早于生效日 {value}"),
    "dates_overlap": (
        "reaches {value}, but {other} begins on {start}; end it the day before",
        "有效期至 {value}，而 {other} 自 {start} 起生效；须在其前一日终止",
    ),
    "dates_same": (
        "begins on {value} like {other}; two versions cannot be in force at once",
        "与 {other} 同在 {value} 生效；不得有两个版本同时有效",
    ),
    "source_needed": (
        "{value} is cited by the program itself; add the document under this code (S0 the plan, S1 the Penalties Law)",
        "程序本身引用 {value}；请以此代号列出文件（S0 实施方案，S1 行政处罚法）",
    ),
    "unrated_count": (
        "{value} levels are marked unrated ({known}); mark exactly one",
        "标为未评级的等级有 {value} 个（{known}）；须恰好一个",
    ),
    "axis_word": (
        "{value} has one of = ; | in it, or white space at an end; write another word",
        "“{value}”含有 = ; | 之一，或者首尾有空格；请改写",
    ),
    "axes_alone": (
        "{value} stands alone: axes and the rows that combine them go together",
        "只有 {value}：各项评定与合成等级的行须同时写明",
    ),
    "rating_long": (
        "a rating on all axes is stated in up to {value} characters, at most {most} are kept; use shorter words",
        "各项评定合写可达 {value} 个字符，至多保存 {most} 个；请用较短的词",
    ),
    "combinations_many": (
        "{value} combinations, at most {most} can be proven; give the axes fewer values",
        "共有 {value} 种组合，至多 {most} 种；请减少取值",
    ),
    "combination_missing": (
        "no row for {value}; each combination needs exactly one",
        "没有这些组合：{value}；每种组合须恰好一行",
    ),
    "combination_twice": (
        "more than one row for {value}; each combination needs exactly one",
        "组合多于一行：{value}；每种组合须恰好一行",
    ),
    "combination_unreachable": ("no combination leads here; take the row out", "没有组合用到本行；请删去"),
    "strategy_missing": (
        "no row for {value}; each profile and level needs exactly one",
        "没有策略：{value}；每个风险类型与等级须恰好一行",
    ),
    "strategy_twice": (
        "more than one row for {value}; each profile and level needs exactly one",
        "策略多于一行：{value}；每个风险类型与等级须恰好一行",
    ),
    "strategy_unreachable": (
        "no item has profile {value}, so this row is never used; take it out",
        "没有风险为 {value} 的事项，本行永远用不上；请删去",
    ),
    "strategy_insured_unreachable": (
        "no item of profile {value} has insured = {insured}, so this row is never used; take it out, or state insured_value",
        "没有风险为 {value} 且 insured = {insured} 的事项，本行永远用不上；请删去，或者在事项中写明 insured_value",
    ),
    "insured_incomplete": (
        "insured_value and insured_basis go together: add {value}",
        "保险金额（insured_value）与依据（insured_basis）须同时写明：请补上 {value}",
    ),
    "act_graded_missing": (
        "{outcome} is graded {value}, and no act of the catalogue says for what; add an [[act]] with this outcome and grade",
        "结果 {outcome} 记为 {value}，而失信行为目录没有相应的行为；请补上该结果、该程度的 [[act]]",
    ),
    "act_outcome_ungraded": (
        "{value} enters nothing to anybody's discredit, so no act is found by it; take it out, or grade the outcome",
        "结果 {value} 不产生失信记录，不能据以认定失信行为；请删去，或者为该结果写明 grade",
    ),
    "act_lighter": (
        "{value} is lighter than {other}, which {outcome} is graded: an act may weigh heavier than its outcome, never lighter",
        "{value} 轻于结果 {outcome} 的 {other}：失信行为可以重于结果的程度，不得轻于它",
    ),
    "act_uncited": (
        "{value} is only a proposal; a dishonest act is defined by a document first (the plan, item 8): cite it",
        "{value} 只是建议值；失信行为须先由文件界定（实施方案第8项），请引用",
    ),
    "act_vague": (
        "vague wording `{value}`; say what is done (the plan, item 8: acts are defined, none is left open)",
        "含模糊表述或兜底条款“{value}”；失信行为须界定清楚（实施方案第8项）",
    ),
    "act_bars_uncited": (
        "bars from committing; the plan bars for a false commitment alone ({value} is none): cite a statute ({known}), or take it out",
        "限制适用告知承诺制，而实施方案只限制虚假承诺（{value} 不是）；须引用法律、法规（{known}），或者删去 bars",
    ),
    "retention_missing": (
        "no row for {value}; where a pack says how long records are kept, each kind needs one",
        "{value} 没有保存期限；写明保存期限的政策包，每类记录须有一行",
    ),
    "retention_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "sheet_twice": ("list {other} has code {value} twice; keep one", "列表 {other} 的代码 {value} 有两行；保留一行"),
    "seeking_endless": (
        "{value} attempts in {ways} ways on {days} days: each attempt is of one way (there are {known}) on one day; ask for no more",
        "{value} 次联系、{ways} 种方式、{days} 日：一次联系只是一种方式（共 {known} 种）、一日，后两数不得更多",
    ),
    "seeking_uncited": (
        "fewer than {least} attempts in {ways} ways on {days} days, and {value} is only a proposal: cite a document that says so",
        "少于 {least} 次、{ways} 种方式、{days} 日，而 {value} 只是建议值；请引用有此规定的文件",
    ),
    "service_twice": ("way {value} has two rows; keep one", "方式 {value} 有两行；保留一行"),
    "service_no_paper": (
        "every way is electronic, which serves only whom has agreed: add a row of PAPER or IN_PERSON",
        "所有方式都是电子送达，而电子送达须经当事人同意；请增加 PAPER（邮寄等纸质）或 IN_PERSON（直接送达）一行",
    ),
    "retention_outlasts": (
        "what was said word for word is kept for {value}, longer than its case ({other}): shorten it",
        "答复原文的保存期限 {value} 长于案卷的 {other}；请缩短",
    ),
    "sampling_unreachable": (
        "nothing leads to stratum {value}; name it in a strategy, or take the row out",
        "没有任何规定用到抽查层 {value}；请在策略中写明，或者删去本行",
    ),
    "sampling_missing": ("no row for stratum {value}; add one", "抽查层 {value} 没有比例；请补上"),
    "sampling_twice": ("stratum {value} has two rows; keep one", "抽查层 {value} 有两行；保留一行"),
    "full_not_all": ("stratum {value} draws everybody; write ratio 1/1", "“{value}”层须全部核查；比例应为 1/1"),
    "whole_again": (
        "stratum {value} takes everybody at every draw: give {other} a cap or a cool_down",
        "{value} 层每次抽取都会全部抽中：{other} 须写明 cap 或者 cool_down",
    ),
    "size_unstated": (
        "state either ratio or each (so many for each officer)",
        "须写 ratio（比例）或者 each（按人员数），只写其一",
    ),
    "level_needed": (
        "stratum {value} needs its level: caps, cool-downs and topping up go by it; one of {known}",
        "抽查层 {value} 须写明等级（上限、间隔和补足都以此为准）；可用：{known}",
    ),
    "rolling_without_window": (
        "an intake rounds down at each draw and is made up for at the end of a period; write per = month, quarter or year",
        "滚动受理的逐次向下取整、期末补足；per 应为 month、quarter 或 year",
    ),
    "floor_above_ceiling": ("{value} is above the ceiling {other}", "下限 {value} 高于上限 {other}"),
    "order_incomplete": ("name every level exactly once: {known}", "须恰好写明每个等级各一次：{known}"),
    "sizes_overlap": ("overlaps {other}; a register falls under one rule only", "与 {other} 重叠；同一名录只适用一条"),
    "size_reversed": ("{value} is not above {over}", "{value} 应大于 {over}"),
    "frequency_missing": ("no row for level {value}; each level needs one", "等级 {value} 没有频次；每个等级须有一行"),
    "frequency_twice": ("level {value} has two rows; keep one", "等级 {value} 有两行；保留一行"),
    "caps_reversed": (
        "cap {cap}, warn {warn}, stop {stop}: each must be at least the one before",
        "cap {cap}、warn {warn}、stop {stop} 须依次不减",
    ),
    "coverage_within_cool_down": (
        "must be seen within {value}, but cannot be drawn for {other}; lengthen the one or shorten the other",
        "须在 {value} 内查到，而间隔期 {other} 内不得抽取；请调整其一",
    ),
    "coverage_uneven": (
        "{value} visits do not go evenly into {other}; choose a time that they divide",
        "{value} 次不能平均分到 {other} 之内；请改用能整除的期间",
    ),
    "cap_below_coverage": (
        "at most {value} a year, but one falls due every {other}; raise the cap or lengthen the coverage",
        "每年至多 {value} 次，而每 {other} 须检查一次；请提高上限或者放宽期间",
    ),
    "most_below_ratio": (
        "at most {value}, but the ratio asks for {other}; lower the ratio",
        "至多 {value}，而比例为 {other}；请降低比例",
    ),
    "term_not_calendar": (
        '{value} is no stretch of the calendar; write "30d", "3mo" or "1y"',
        "{value} 应按日历计，写成“30d”“3mo”或“1y”",
    ),
    "check_missing": ("no row for {value}; each type of check needs one", "检查类型 {value} 没有规定；每种须有一行"),
    "check_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "timer_missing": ("no row for {value}; each timer needs one", "期限 {value} 没有规定；每种期限须有一行"),
    "timer_twice": ("{value} has two rows; keep one", "期限 {value} 有两行；保留一行"),
    "remind_not_working_days": (
        '{value}: the reminder is counted back in working days; write a term such as "3wd"',
        "{value}：提醒按工作日倒推；应写成“3wd”之类",
    ),
    "outcome_missing": (
        "no row for {value}; each outcome but WITHDRAWN needs one",
        "结果 {value} 没有规定；除撤回外每种结果须有一行",
    ),
    "outcome_twice": ("{value} has two rows; keep one", "结果 {value} 有两行；保留一行"),
    "rule_missing": (
        "no row for {value}; each needs the article it rests on",
        "{value} 没有依据；每项须有一行写明所依据的条款",
    ),
    "rule_twice": ("{value} has two rows; keep one", "{value} 有两行；保留一行"),
    "clause_unanswered": (
        "nothing answers it: name the rows, or say `otherwise` who does ({value})",
        "没有任何规定落实本条（{value}）：请写明哪些行，或者用 otherwise 说明由谁落实",
    ),
    "clause_row_missing": (
        "answered by {value}, which is not there; nearest is {nearest}: add the row, or say what answers the clause now",
        "由“{value}”落实，而没有这一行；最接近的是“{nearest}”：请补上该行，或者写明改由什么落实",
    ),
    "clause_not_cited": (
        "answered by {value}, which does not cite {cites}; add the citation to its basis",
        "由“{value}”落实，而该行的依据没有引用 {cites}；请补上",
    ),
    "clause_missing": (
        "cites {value}, but no clause states what that asks for; add the clause",
        "引用了 {value}，而没有条款写明其要求；请补上该条款",
    ),
    "withdrawal_has_row": (
        "withdrawal is the applicant's right and leads to nothing; take the row out",
        "撤回承诺是申请人的权利，不产生任何后果；请删去本行",
    ),
    "proposals_alternative": (
        "{outcome} leads to {value} at once, but the matter takes one of them: `undecided` says what while it is not concluded",
        "结果 {outcome} 同时导致 {value}，但对同一事项只能择一：未办结时的建议写入 undecided",
    ),
    "proposal_not_allowed": ("{outcome} may not lead to {value}; {known}", "结果 {outcome} 不得导致 {value}；{known}"),
    "grade_not_allowed": ("{outcome} may not carry grade {value}; {known}", "结果 {outcome} 不得记为 {value}；{known}"),
    "item_excluded": (
        "excluded ({value}) and no statute opens it; take the item out, or cite override_basis",
        "属于不适用告知承诺制的范围（{value}），又无法律另行规定；请删去本事项，或写明 override_basis",
    ),
    "override_no_statute": (
        "excluded ({categories}), and {value} cites no statute; cite one that [sources] marks statute = true ({known}), or take it out",
        "属于不适用范围（{categories}），{value} 所引又不是法律、法规；请引用 [sources] 中标明 statute = true 的（{known}），或删去本事项",
    ),
    "source_no_statute": (
        "{value} is no law: S0 is the plan that excludes, P a proposal of this software; take `{mark}` out, a law has a code of its own",
        "{value} 不是法律、法规：S0 是作出排除规定的实施方案，P 是软件的建议值；请删去 {mark}，法律、法规另用代号",
    ),
    "exempt_incomplete": ("an exempt item needs {value}", "免予核查的事项须写明 {value}"),
    "exempt_unstated": (
        "stands on an item that is not exempt; take it out, or write exempt = true",
        "事项并非免予核查；请删去，或写 exempt = true",
    ),
    "exempt_high": ("an item of profile high cannot be exempt (handbook 2.5)", "高风险事项不得免予核查"),
    "exempt_review_late": (
        "review by {value} at the latest: twelve months after the pack takes effect",
        "最迟须在 {value} 前复审（生效后十二个月内）",
    ),
    "exempt_review_early": ("lies before the pack takes effect on {value}", "复审日早于生效日 {value}"),
    "standard_vague": (
        "vague wording `{value}`; say what is measured (the plan, item 5)",
        "含模糊表述或兜底条款“{value}”；要求须可量化、易操作（实施方案第5项）",
    ),
    "publicity_term": (
        "scope {value}: what is made public needs its term, and `none` has no term",
        "公开范围为 {value}：公开的须写明时限（term），不公开（none）的不写",
    ),
    "premises_without_visit": (
        "exists only at the premises, but the item's methods lack ON_SITE",
        "只能在现场核实，而事项的核查方式中没有现场核查",
    ),
    "ground_without_agency": ("agency and ground go together: {value} is missing", "协助机关与请求理由须同时写明：缺少 {value}"),
    "way_unreachable": (
        "is never asked: the item's methods leave this way out, or the fact exists only at the premises",
        "永远不会用到：事项的核查方式中没有这种方式，或者该事实只能在现场核实",
    ),
    "way_missing": (
        "no way to verify it under {value}: add a source, an agency with ground, or a method",
        "在 {value} 下无法核实：请补上数据来源、协助机关及理由，或核查方式",
    ),
    "effect_none": (
        "{value}; an odds ratio to be found lies above 1: at 1 there is no difference",
        "{value}；须发现的差异（比值比）应当大于 1：等于 1 即没有差异",
    ),
    "team_too_small": (
        "{value}; a visit takes two officers at least (Penalties Law art. 42)",
        "{value}；现场核查不得少于两人（行政处罚法第42条）",
    ),
    "seeds_too_few": (
        "{value}; a seed is joined from two sources at least, or one party alone knows it (draw-protocol ruling 19)",
        "{value}；种子至少由两个来源共同产生，否则为一方所独知（抽取协议第19项裁定）",
    ),
    "further_is_seed": (
        "{value} is a seed of every draw already; a further source joins when a part was withheld (draw-protocol ruling 12)",
        "{value} 已是每次抽取的种子来源；追加来源只在有来源拒不公布时加入（抽取协议第12项裁定）",
    ),
    "transition_of_another": (
        "{value} is no earlier version of this pack; write labels such as {known}",
        "{value} 不是本政策包此前的版本；应写 {known} 之类",
    ),
    "transition_of_unknown": (
        "no version {value} is known; nearest is {nearest}, earlier ones are {known}",
        "没有版本 {value}；最接近的是 {nearest}，此前的版本有：{known}",
    ),
    "transition_of_later": (
        "{value} does not begin before this version; earlier ones are {known}",
        "{value} 并非早于本版本生效；此前的版本有：{known}",
    ),
    "transition_twice": ("{value} is in {other} already; one row for each", "{value} 已在 {other} 中；每项只写一行"),
    "transition_uncited": (
        "the outcome or the hearing of who committed under an earlier version changes, and {value} is only a proposal; cite what allows it",
        "改变此前承诺人的结果或者处理程序，而 {value} 只是建议值；须引用允许溯及的规定",
    ),
    "visit_before_query": (
        "sends somebody before asking on line; put ONLINE_QUERY before ON_SITE, or cite what permits it",
        "先上门后在线查询；请把 ONLINE_QUERY 写在 ON_SITE 之前，或者引用允许从严（heavier）的条款",
    ),
    "query_missing": (
        "leaves out ONLINE_QUERY, though {value} can be asked on line; no level is spared it: add it",
        "没有 ONLINE_QUERY，而 {value} 可以在线查询；任何等级都不减免在线核查，请补上",
    ),
    "suspension_unbounded": (
        'waits for a person without end; write longest = "…", for all of a case together',
        "等待当事人而没有最长期限；请写 longest（同一办件各次合计）",
    ),
    "suspension_twice": ("{value} has two rows; keep one", "中止事由 {value} 有两行；保留一行"),
    "extension_twice": (
        "terms in {value} are lengthened by two rows; keep one",
        "以 {value} 计的期限由两行延长；保留一行",
    ),
    "extension_unreachable": (
        "no item's term is counted as {value} is, so this row lengthens nothing; take it out, or write the items' unit",
        "没有事项的期限与 {value} 同一单位，本行永远用不上；请删去，或者改用事项的单位",
    ),
    "quiet_days_or_weekdays": (
        'write either days of the month (days = ["1-25"]) or days of the week (weekdays = ["MON", "TUE"])',
        '须写每月的日期（days = ["1-25"]）或者星期（weekdays = ["MON", "TUE"]），只写其一',
    ),
    "quiet_days_unreadable": (
        'got {value}; write days of a month from 1 to 31, such as "1-25" or "20"',
        "现为 {value}；应写成每月1至31日中的日期，如“1-25”或“20”",
    ),
    "quiet_closes_nothing": (
        "excepts everything that inspectors are sent for ({value}), so it closes nothing; take the row out",
        "把派人上门的各类检查（{value}）全部除外，本行不起作用；请删去",
    ),
    **said.WORDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing wrong, where, and how to mend it. `facts` fill the words of the code.

    `stands`: the file that the row is taken over from, where it is not in `file` itself.
    """

    code: str
    file: str
    row: str = ""
    field: str = ""
    facts: Mapping[str, str] = value(default_factory=dict)
    stands: str = ""

    @property
    def said(self) -> tuple[str, str]:
        """What is wrong and how to mend it, in English and Chinese, without the place."""
        english, chinese = WORDS[self.code]
        if self.facts.get("nearest") in typed.NONE:
            english, chinese = (re.sub(hint, "", words) for hint, words in zip(typed.HINTS, (english, chinese), strict=True))
        english, chinese = english.format_map(self.facts), chinese.format_map(in_words(self.facts, "zh-Hans"))
        if self.stands:
            table = self.row.split(" ")[0].split("[")[0]
            english += f" (it stands in {self.stands}; to have it otherwise, state all of `{table}` in this file)"
            chinese += f"（该行在 {self.stands} 中；要另作规定，须在本文件中写明全部 {table}）"
        return english, chinese

    def __str__(self) -> str:
        where = " · ".join(part for part in (self.file, self.row, self.field) if part)
        english, chinese = self.said
        return f"{where}: {english}｜{chinese}"


class PacksInvalid(Invalid):
    """Every flaw of every file, so that they can be mended in one go. `facts["flaws"]` holds them as values."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("packs_invalid", flaws=list(flaws))
        self.flaws = tuple(flaws)

    def __str__(self) -> str:
        count = len(self.flaws)
        head = f"{count} flaw{'s' if count > 1 else ''} in policy packs; none was loaded｜政策包有 {count} 处错误，均未载入"
        return "\n".join([head, *(f"- {flaw}" for flaw in self.flaws)])
