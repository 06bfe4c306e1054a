"""A pack as a lawyer reads it: Markdown tables in Chinese, each row with its id and its basis, and what changed between two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, Method, Outcome, SubjectKind
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.policy import Compare, Excluded, Fact, Item, Policy, Profile, Proposal, Timer
from inspector.domain.sampling import Window

_UNITS = {
    Unit.WORKING_DAY: "个工作日",
    Unit.DAY: "日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
}
_WORDS: Mapping[str, str] = {
    MatterKind.LICENCE: "行政许可",
    MatterKind.CONFIRMATION: "行政确认",
    MatterKind.BENEFIT: "行政给付",
    SubjectKind.FIRM: "企业",
    SubjectKind.PERSON: "自然人",
    Method.ONLINE_QUERY: "在线核查",
    Method.ASSISTANCE: "协助核查",
    Method.ON_SITE: "现场核查",
    Profile.LOW: "低",
    Profile.NORMAL: "一般",
    Profile.HIGH: "高",
    Compare.EXACT: "完全一致",
    Compare.NORMALISED: "规范化后一致",
    Compare.NOT_BEFORE: "不早于",
    Excluded.NATSEC: "国家安全",
    Excluded.SECRET: "国家秘密",
    Excluded.PUBSEC: "公共安全",
    Excluded.FINPRU: "金融业审慎监管",
    Excluded.ECOENV: "生态环境保护",
    Excluded.HEALTH: "人身健康",
    Excluded.LIFEPROP: "生命财产安全",
    Excluded.FOREIGN: "重要涉外",
    Excluded.IRREVERSIBLE: "损害难以挽回",
    Timer.VERIFY: "核查（新设事项的起草值）",
    Timer.ONLINE: "在线数据源答复",
    Timer.ASSIST_REPLY: "被请求机关答复",
    Timer.ASSIST_REMIND: "协助期满前提醒",
    Timer.ASSIST_ESCALATE: "协助期满后报共同上一级机关",
    Timer.ASSIST_END: "报送后结束协助请求",
    Timer.ACCEPT: "检查人员接受任务",
    Timer.VISIT: "完成现场核查",
    Timer.CREDIT: "报送信用记录",
    Timer.CREDIT_RETRACT: "撤回已报送的信用记录",
    Timer.CALLBACK: "向办件系统回传",
    Timer.REVEAL: "公布随机种子",
    Timer.SEED: "种子来源答复",
    Timer.REVIEW: "工作人员复核",
    Timer.REVIEW_REMIND: "复核期满前提醒",
    Timer.RELEASE: "现场核查期满前告知检查组对象",
    Outcome.TRUE: "属实",
    Outcome.DATA_ERROR: "数据来源有误",
    Outcome.IMMATERIAL: "差异无关紧要",
    Outcome.UNTRUE_CURABLE: "不实，可以改正",
    Outcome.UNTRUE_INCURABLE: "不实，不能改正",
    Outcome.FALSE_KNOWING: "明知虚假",
    Outcome.UNVERIFIABLE: "无法核实",
    Outcome.UNREACHABLE: "无法联系",
    Outcome.CEASED: "主体已终止或者迁出",
    Outcome.NOT_ACTIVE: "未开展活动",
    Outcome.REFUSED: "拒不配合",
    Outcome.WITHDRAWN: "撤回承诺",
    CheckType.PLANNED: "计划内随机检查",
    CheckType.JOINT: "联合检查",
    CheckType.CAMPAIGN: "本级专项检查",
    CheckType.CAMPAIGN_ABOVE: "上级部署的专项检查",
    CheckType.LEAD: "线索检查",
    CheckType.PERMIT: "许可、给付的承诺核查",
    CheckType.RECHECK: "整改复查或者应申请检查",
    CheckType.EMERGENCY: "紧急检查",
    CheckType.OFF_SITE: "在线、书面、协助核查",
    Authority.OWN: "本机关",
    Authority.UPPER: "上级机关",
    Authority.OTHER: "其他机关",
    Proposal.TERMINATE: "终止办理",
    Proposal.ORDER_RECTIFY: "责令限期整改",
    Proposal.REVOKE: "撤销行政决定",
    Proposal.PENALTY: "行政处罚",
    Proposal.TRANSFER_JUDICIAL: "移送司法机关",
    Proposal.REFER_REGISTER: "转登记机关",
}
_WINDOWS = {Window.DRAW: "每次", Window.MONTH: "每月", Window.QUARTER: "每季度", Window.YEAR: "每年"}
_FACTORS = {"volume": "数量", "data": "数据", "supervision": "日常监管", "harm": "危害"}
_GRADES = {"kept": "守信", "minor": "轻微", "general": "一般", "serious": "严重"}
_CITATION = re.compile(r"([A-Z][A-Za-z0-9]*):([0-9A-Za-z][0-9A-Za-z.-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: heads, and cells by row id. The id is the first column."""

    title: str
    heads: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A cell that differs between two packs; `old` or `new` is None where the whole row is new or gone."""

    table: str
    row: str
    field: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.table} · {self.row}：新增 {self.new}"
        if self.new is None:
            return f"{self.table} · {self.row}：删去 {self.old}"
        return f"{self.table} · {self.row} · {self.field}：{self.old or '—'} → {self.new or '—'}"


def render(policy: Policy) -> str:
    """The whole pack as one Markdown page."""
    head = f"# {policy.title}\n\n{policy.label}，摘要 SHA-256 `{policy.digest}`\n"
    return "\n".join([head, *(_markdown(table, policy.sources) for table in tables(policy))])


def diff(old: Policy, new: Policy) -> tuple[Change, ...]:
    """What changed from one pack to another, row by row in the order of the page."""
    changes: list[Change] = []
    for before, after in zip(tables(old), tables(new), strict=True):
        for row in dict.fromkeys([*before.rows, *after.rows]):
            changes += _changes(before, row, before.rows.get(row), after.rows.get(row))
    return tuple(changes)


def _changes(table: Table, row: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Iterable[Change]:
    if old is None or new is None:
        told, gone = "；".join(old or new or ()), new is None
        yield Change(table=table.title, row=row, field="", old=told if gone else None, new=None if gone else told)
        return
    for head, before, after in zip(table.heads[1:], old, new, strict=True):
        if before != after:
            yield Change(table=table.title, row=row, field=head, old=before, new=after)


def tables(policy: Policy) -> tuple[Table, ...]:
    """Every table of the pack, always the same ones in the same order."""
    return (
        _general(policy),
        _levels(policy),
        _items(policy),
        _facts(policy),
        _strategies(policy),
        _samplings(policy),
        _bounds(policy),
        _frequencies(policy),
        _checks(policy),
        _suppressions(policy),
        _terms(policy),
        _outcomes(policy),
        _grounds(policy),
        Table(title="来源", heads=("代号", "名称"), rows={code: (name,) for code, name in policy.sources.items()}),
    )


def _general(policy: Policy) -> Table:
    approval, draw, on = policy.approval, policy.draw, policy.approval.on or "尚未批准"
    further = f"（有来源拒不公布时依次追加 {'、'.join(draw.further)}）" if draw.further else ""
    seeds = f"种子 {'、'.join(draw.seeds)}{further}，见证 {draw.witness or '—'}，随机性不少于 {draw.min_bits} 比特；"
    seeds += "上一次去过的人员不连续去同一对象" if draw.rotate else "人员可以连续去同一对象"
    seeds += "；当年的年度抽查计划公布后方可抽取" if draw.plan else ""
    ceased = f"由同层候补补入（至多随机抽中数的 {draw.ceased_share}）" if draw.replace_ceased else "不补入"
    seeds += f"；对象已不存在的{ceased}，其他替换不超过随机抽中数的 {draw.replace_share}"
    lead = f"，首位须具备 {draw.lead_qualification}" if draw.lead_qualification else ""
    form = f"每次 {draw.team} 人，候补 {draw.reserve} 人{lead}；{seeds}"
    rows = {
        "生效日": (str(policy.effective_from), ""),
        "终止日": (str(policy.effective_to or ""), ""),
        "批准": (f"{approval.by}，文件 {approval.document}，{on}", ""),
        "信用等级有效期": (_term(policy.stale_after), policy.stale_basis),
        **_publishing(policy),
        draw.row: (form, f"{draw.basis};{draw.plan_basis};{draw.replace_basis}"),
    }
    return Table(title="总则", heads=("项目", "内容", "依据"), rows=rows)


def _publishing(policy: Policy) -> dict[str, tuple[str, ...]]:
    told, measured = policy.publish, policy.report
    named = "被抽中的企业列名" if told.firms else "企业不列名"
    shown = f"检查完成后公布，未完成的期满 {_term(told.after)} 后公布；{named}，自然人和检查人员不列名"
    rates = "、".join(map(str, measured.rates))
    by = f"不实率 {rates}；置信度 {measured.confidence}；随机样本少于 {measured.least} 件注明不足；随机抽取不低于 {measured.random_share}；"
    by += f"每席可派 {measured.crowd} 人以下、概率 {measured.certain} 以上的注明可以猜到"
    return {told.row: (shown, told.basis), measured.row: (by, measured.basis)}


def _levels(policy: Policy) -> Table:
    rows = {level.code: (level.name, "未评级时使用" if level.unrated else "") for level in policy.levels}
    return Table(title="信用等级", heads=("等级", "名称", "说明"), rows=rows)


def _items(policy: Policy) -> Table:
    heads = (
        *("编号", "名称", "领域", "事项类型", "对象", "风险", "风险因素", "排除情形", "免予核查", "方式", "代为承诺"),
        *("核查期限", "期限依据", "核查标准", "告知书版本", "依据"),
    )
    return Table(title="证明事项", heads=heads, rows={item.code: _item(item) for item in policy.items.values()})


def _item(item: Item) -> tuple[str, ...]:
    return (
        item.name,
        item.field,
        _words(item.matters),
        _words(item.subjects),
        _WORDS[item.profile],
        "；".join(f"{_FACTORS.get(name, name)}：{told}" for name, told in item.factors.items()),
        f"{_words(item.excluded)}，法律另有规定：{item.override_basis}" if item.excluded else "",
        _exemption(item),
        _words(method for method in Method if method in item.methods),
        "可以" if item.proxy_allowed else "不得",
        _term(item.verify),
        item.verify_basis,
        item.standard,
        item.notice_version,
        item.basis,
    )


def _exemption(item: Item) -> str:
    if not item.exempt:
        return "否"
    factor = _FACTORS.get(item.exempt_factor or "", "—")
    return f"是；理由：{factor}；依据：{item.exempt_basis}；{item.exempt_review_by} 前复审"


def _facts(policy: Policy) -> Table:
    heads = ("编号", "事实", "数据来源", "协助机关", "请求理由", "只在现场", "为场所地址", "比对", "有效期", "依据")
    rows = {f"{item.code}/{fact.code}": _fact(fact) for item in policy.items.values() for fact in item.facts}
    return Table(title="事实", heads=heads, rows=rows)


def _fact(fact: Fact) -> tuple[str, ...]:
    held = (fact.name, fact.source or "", fact.agency or "", fact.ground or "", "是" if fact.premises_fact else "否")
    return (*held, "是" if fact.place else "否", _WORDS[fact.compare], _term(fact.valid_for), fact.basis)


def _strategies(policy: Policy) -> Table:
    heads = ("编号", "风险", "等级", "核查方式及次序", "决定之前核查", "均可上门", "抽查层", "依据")
    order = [level.code for level in policy.levels]
    rows = {
        row.row: (
            _WORDS[row.profile],
            "、".join(sorted(row.levels, key=order.index)),
            "→".join(_WORDS[method] for method in row.methods),
            "是" if row.before_decision else "否",
            "是" if row.visit_all else "否",
            row.stratum or "",
            row.basis,
        )
        for row in policy.strategies
    }
    return Table(title="核查策略", heads=heads, rows=rows)


def _samplings(policy: Policy) -> Table:
    heads = ("编号", "抽查层", "等级", "比例", "最少", "期间", "滚动受理", "重点事项", "依据")
    rows = {
        row.row: (
            row.stratum,
            row.level or "",
            _share(row.ratio) if row.each is None else f"每名人员 {row.each} 个",
            str(row.minimum),
            _WINDOWS[row.per],
            "是" if row.rolling else "否",
            "是" if row.key else "否",
            row.basis,
        )
        for row in policy.samplings
    }
    return Table(title="抽查比例", heads=heads, rows=rows)


def _bounds(policy: Policy) -> Table:
    held, rows = policy.bounds, dict[str, tuple[str, ...]]()
    if held.floor is not None:
        told = f"全年不少于总数的 {_share(held.floor.ratio)}，不足的依次补 {'、'.join(held.floor.order)}"
        rows[held.floor.row] = (told, held.floor.basis)
    if held.ceiling is not None:
        told = f"一般事项全年随机抽取不超过 {_share(held.ceiling.ratio)}"
        rows[held.ceiling.row] = (told, held.ceiling.basis)
    if held.staff is not None:
        told = f"{_WINDOWS[held.staff.per]}不超过可派人员数的 {held.staff.each} 倍"
        rows[held.staff.row] = (told, held.staff.basis)
    for size in held.sizes:
        top = f"、不超过 {size.up_to} 个" if size.up_to is not None else ""
        asked = [*([f"{size.least} 个"] if size.least else []), *([_share(size.ratio)] if size.ratio else [])]
        rows[size.row] = (f"名录多于 {size.over} 个{top}的，全年至少抽 {'且 '.join(asked)}，不足的全抽", size.basis)
    return Table(title="名录的上下限", heads=("编号", "内容", "依据"), rows=rows)


def _frequencies(policy: Policy) -> Table:
    heads = ("编号", "等级", "本机关全年上限", "各机关合计提示", "各机关合计停止", "抽查后间隔", "须检查一次的期间", "依据")
    rows = {
        row.row: (
            row.level,
            f"{row.cap} 次",
            f"{row.warn} 次",
            f"{row.stop} 次",
            _term(row.cool_down) if row.cool_down is not None else "",
            _term(row.coverage) if row.coverage is not None else "",
            row.basis,
        )
        for row in policy.limits.frequencies.values()
    }
    return Table(title="检查频次", heads=heads, rows=rows)


def _checks(policy: Policy) -> Table:
    rows = {row.row: (_WORDS[check], "是" if row.counts else "否", row.basis) for check, row in policy.limits.checks.items()}
    return Table(title="是否计入次数", heads=("编号", "检查类型", "计入", "依据"), rows=rows)


def _suppressions(policy: Policy) -> Table:
    heads = ("编号", "之后不重复检查", "机关", "期间", "只限相同事项", "只限日常监管", "依据")
    rows = {
        row.row: (
            "、".join(_WORDS[check] for check in CheckType if check in row.checks),
            _WORDS[row.authority],
            _term(row.within) if row.within is not None else "当年",
            "是" if row.same_items else "否",
            "是" if row.routine else "否",
            row.basis,
        )
        for row in policy.limits.suppressions
    }
    return Table(title="不重复检查", heads=heads, rows=rows)


def _terms(policy: Policy) -> Table:
    rows = {row.row: (_WORDS[timer], _term(row.term), row.basis) for timer, row in policy.terms.items()}
    return Table(title="期限", heads=("编号", "事项", "期限", "依据"), rows=rows)


def _outcomes(policy: Policy) -> Table:
    rows = {
        row.row: (_WORDS[outcome], _words(row.proposals), _GRADES.get(row.grade or "", row.grade or "不记"), row.basis)
        for outcome, row in policy.outcomes.items()
    }
    return Table(title="核查结果", heads=("编号", "结果", "建议（由工作人员决定）", "信用记录", "依据"), rows=rows)


def _grounds(policy: Policy) -> Table:
    return Table(title="请求协助的理由", heads=("编号", "依据"), rows={code: (basis,) for code, basis in policy.grounds.items()})


def _words(values: Iterable[str]) -> str:
    """Sets have no order, so unordered values are sorted by their words."""
    words = [_WORDS[value] for value in values]
    return "、".join(sorted(words) if isinstance(values, frozenset) else words)


def _term(term: Term) -> str:
    return f"{term.amount}{_UNITS[term.unit]}"


def _share(ratio: Fraction) -> str:
    """Exact: a percentage where one is, else the fraction itself."""
    percent = ratio * 100
    return f"{percent.numerator}%" if percent.denominator == 1 else f"{ratio.numerator}/{ratio.denominator}"


def _markdown(table: Table, sources: Mapping[str, str]) -> str:
    lines = [_line(table.heads), _line(["---"] * len(table.heads))]
    lines += [_line([row, *(_cited(cell, sources) for cell in cells)]) for row, cells in table.rows.items()]
    return "\n".join([f"## {table.title}\n", *lines, ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '｜').replace(chr(10), ' ') for cell in cells)} |"


def _cited(cell: str, sources: Mapping[str, str]) -> str:
    """A citation with the short name of its source: its document number or title in brackets, or what comes before a colon."""

    def told(found: re.Match[str]) -> str:
        return f"{found[0]}（{_short(sources[found[1]])}）" if found[1] in sources else found[0]

    return _CITATION.sub(told, cell)


def _short(title: str) -> str:
    return re.split(r"[《：:（]", title.removeprefix("《"), maxsplit=1)[0].rstrip("》")
