"""A pack as a lawyer reads it: Markdown tables in Chinese, each row with its id and its basis, and what changed between two."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inspector.domain.case import Method
from inspector.domain.inspection import CheckType
from inspector.domain.policy import Fact, Item, Policy
from inspector.domain.publish import DrawRow
from inspector.domain.reuse import Reuse
from inspector.labels import Lang, known, label
from inspector.policyrender import caveats, conduct, legaltime, publicity, quotas
from inspector.policyrender.caveats import short
from inspector.policyrender.words import FACTORS, WORDS, graded, share, term

UNAPPROVED = "尚未批准"
"""What the sheet and the guide say of a pack that nobody has approved."""

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
        return self.told("zh-Hans")

    def told(self, lang: Lang) -> str:
        """The change in a line; tables, rows and fields are called as on the pack's page, whose law is Chinese."""
        colon, added, gone = (": ", "added", "taken out") if lang == "en" else ("：", "新增", "删去")
        if self.old is None:
            return f"{self.table} · {self.row}{colon}{added} {self.new}"
        if self.new is None:
            return f"{self.table} · {self.row}{colon}{gone} {self.old}"
        return f"{self.table} · {self.row} · {self.field}{colon}{self.old or '—'} → {self.new or '—'}"


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
        _axes(policy),
        _combinations(policy),
        _items(policy),
        _facts(policy),
        _strategies(policy),
        *(Table(title=title, heads=heads, rows=rows) for title, heads, rows in quotas.tables(policy)),
        _checks(policy),
        _suppressions(policy),
        _terms(policy),
        _outcomes(policy),
        _rules(policy),
        _follows(policy),
        _clauses(policy),
        *(
            Table(title=title, heads=heads, rows=rows)
            for title, heads, rows in (*legaltime.tables(policy), *conduct.tables(policy))
        ),
        _grounds(policy),
        Table(title="来源", heads=caveats.HEADS, rows=caveats.sources(policy)),
    )


def _general(policy: Policy) -> Table:
    approval, draw = policy.approval, policy.draw
    further = f"（有来源拒不公布时依次追加 {'、'.join(draw.further)}）" if draw.further else ""
    seeds = f"种子 {'、'.join(draw.seeds)}{further}，见证 {draw.witness or '—'}，随机性不少于 {draw.min_bits} 比特；"
    seeds += "上一次去过的人员不连续去同一对象" if draw.rotate else "人员可以连续去同一对象"
    seeds += "；当年的年度抽查计划公布后方可抽取" if draw.plan else ""
    ceased = f"由同层候补补入（{_at_most(draw.ceased_share)}）" if draw.replace_ceased else "不补入"
    seeds += f"；对象已不存在的{ceased}，其他替换不超过随机抽中数的 {share(draw.replace_share)}"
    lead = f"，首位须具备 {draw.lead_qualification}" if draw.lead_qualification else ""
    form = f"每次 {draw.team} 人，候补 {draw.reserve} 人{lead}；{seeds}"
    rows = {
        "生效日": (str(policy.effective_from), ""),
        "终止日": (str(policy.effective_to or ""), ""),
        **({"底本": (f"{policy.extends}，本包未写明的各表照其原文", "")} if policy.extends else {}),
        "批准": (f"{approval.by}，{approval.document}，{approval.on}" if approval else UNAPPROVED, ""),
        "信用等级有效期": (term(policy.stale_after), policy.stale_basis),
        **_publishing(policy),
        **_plan(draw),
        f"抽取（{draw.row}）": (form, f"{draw.basis};{draw.plan_basis};{draw.replace_basis}"),
    }
    return Table(title="总则", heads=("项目", "内容", "依据"), rows=rows)


def _plan(draw: DrawRow) -> dict[str, tuple[str, ...]]:
    if draw.plan_within is None:
        return {}
    return {"年度抽查计划公布期限": (f"批准之日起 {term(draw.plan_within)} 内", draw.plan_within_basis)}


def _publishing(policy: Policy) -> dict[str, tuple[str, ...]]:
    told, measured = policy.publish, policy.report
    named = "被抽中的企业列名" if told.firms else "企业不列名"
    shown = f"检查完成后公布，未完成的期满 {term(told.after)} 后公布；{named}，自然人和检查人员不列名"
    rates = "、".join(map(str, measured.rates))
    by = f"不实率 {rates}；置信度 {measured.confidence}；随机样本少于 {measured.least} 件注明不足；随机抽取不低于 {measured.random_share}；"
    by += f"每席可派 {measured.crowd} 人以下、概率 {measured.certain} 以上的注明可以猜到"
    rows: dict[str, tuple[str, ...]] = {
        f"公布（{told.row}）": (shown, told.basis),
        **publicity.results(told),
        **publicity.penalties(policy.disclosure),
        f"抽查报告（{measured.row}）": (by, measured.basis),
    }
    if (again := policy.second_look) is not None:
        looked = f"未发现问题的结果，每次随机抽取 {share(again.share)} 由另一组人员依原记录复核，不再上门"
        rows[f"抽查复核（{again.row}）"] = (looked, again.basis)
    if (alike := policy.equality) is not None:
        plan = label(f"Spending.{alike.spending.name}", "zh-Hans")
        found = f"比值相差 {alike.effect} 倍的，以 {share(alike.power)} 的把握发现，不足的注明"
        tested = f"四项、全年合计误报不超过 {share(alike.alpha)}（{plan}）；{found}"
        rows[f"平等对待（{alike.row}）"] = (tested, alike.basis)
    rows["与年度计划相差"] = (
        f"名录对象数与已公布计划相差超过 {share(measured.margin)} 的，由人员查看，抽取照常",
        measured.margin_basis,
    )
    if measured.visit_days is not None:
        rows["一次上门所需人天"] = (f"每人 {measured.visit_days} 个工作日，只用于回放的测算", measured.days_basis)
    return rows


def _levels(policy: Policy) -> Table:
    rows = {level.code: (level.name, "未评级时使用" if level.unrated else "", level.basis) for level in policy.levels}
    return Table(title="信用等级", heads=("等级", "名称", "说明", "依据"), rows=rows)


def _axes(policy: Policy) -> Table:
    rows = {axis.code: (axis.name, "、".join(axis.values), axis.basis) for axis in policy.scale.axes}
    return Table(title="合成等级的各项评定", heads=("代号", "名称", "取值", "依据"), rows=rows)


def _combinations(policy: Policy) -> Table:
    """One column for each rating; a pack without any has an empty table, so that two packs can be compared."""
    rows = {
        row.row: (
            "；".join(f"{axis.name}：{_any(axis.values, row.of.get(axis.code))}" for axis in policy.scale.axes),
            row.level,
            row.basis,
        )
        for row in policy.scale.rows
    }
    return Table(title="由各项评定合成的等级", heads=("编号", "评定", "等级", "依据"), rows=rows)


def _any(values: Sequence[str], named: Collection[str] | None) -> str:
    return "不限" if named is None else "、".join(value for value in values if value in named)


def _items(policy: Policy) -> Table:
    heads = (
        *("编号", "名称", "领域", "事项类型", "对象", "风险", "风险因素", "排除情形", "免予核查", "方式", "代为承诺"),
        *("核查期限", "期限依据", "核查标准", "告知书版本", "承诺书公开", "责任保险", "依据"),
    )
    return Table(title="证明事项", heads=heads, rows={item.code: _item(item) for item in policy.items.values()})


def _item(item: Item) -> tuple[str, ...]:
    return (
        item.name,
        item.field,
        _words(item.matters),
        _words(item.subjects),
        WORDS[item.profile],
        "；".join(f"{FACTORS.get(name, name)}：{told}" for name, told in item.factors.items()),
        f"{_words(item.excluded)}，法律另有规定：{item.override_basis}" if item.excluded else "",
        _exemption(item),
        _words(method for method in Method if method in item.methods),
        "可以" if item.proxy_allowed else "不得",
        f"自{WORDS[item.verify_from]}之日起{term(item.verify)}",
        item.verify_basis,
        item.standard,
        item.notice_version,
        legaltime.publicity(item),
        conduct.insurance(item),
        item.basis,
    )


def _exemption(item: Item) -> str:
    if not item.exempt:
        return "否"
    factor = FACTORS.get(item.exempt_factor or "", "—")
    return f"是；理由：{factor}；依据：{item.exempt_basis}；{item.exempt_review_by} 前复审"


def _facts(policy: Policy) -> Table:
    heads = (
        "编号",
        "事实",
        "数据来源",
        "协助机关",
        "请求理由",
        "只在现场",
        "为场所地址",
        "比对",
        "有效期",
        "有效期依据",
        "可取整条记录的依据",
        "取值",
        "取值依据",
        "依据",
    )
    rows = {f"{item.code}/{fact.code}": _fact(fact) for item in policy.items.values() for fact in item.facts}
    return Table(title="事实", heads=heads, rows=rows)


def _fact(fact: Fact) -> tuple[str, ...]:
    shown = f"当事人自证：{fact.self_proof.shows}（依据 {fact.self_proof.basis}）" if fact.self_proof else ""
    sources = filter(None, (fact.source, _result(fact.result) if fact.result else "", shown))
    held = (fact.name, "；".join(sources), fact.agency or "", _ground(fact.ground), "是" if fact.premises_fact else "否")
    return (*held, "是" if fact.place else "否", WORDS[fact.compare], term(fact.valid_for), *_bases(fact))


def _bases(fact: Fact) -> tuple[str, ...]:
    return fact.valid_for_basis, fact.record_basis, "；".join(fact.values), fact.values_basis, fact.basis


def _result(held: Reuse) -> str:
    return f"其他机关结果 {held.source}（{term(held.valid_for)}内，依据 {held.basis}）"


def _strategies(policy: Policy) -> Table:
    heads = ("编号", "风险", "等级", "核查方式及次序", "决定之前核查", "均可上门", "抽查层", "责任保险", "依据")
    order = [level.code for level in policy.levels]
    rows = {
        row.row: (
            WORDS[row.profile],
            "、".join(sorted(row.levels, key=order.index)),
            "→".join(WORDS[method] for method in row.methods),
            "是" if row.before_decision else "否",
            "是" if row.visit_all else "否",
            row.stratum or "",
            conduct.INSURED[row.insured],
            row.basis,
        )
        for row in policy.strategies
    }
    return Table(title="核查策略", heads=heads, rows=rows)


def _checks(policy: Policy) -> Table:
    told = {True: "是", False: "是（未见到任何人的除外）"}
    rows = {
        row.row: (WORDS[check], told[row.nobody] if row.counts else "否", row.basis)
        for check, row in policy.limits.checks.items()
    }
    return Table(title="是否计入次数", heads=("编号", "检查类型", "计入", "依据"), rows=rows)


def _suppressions(policy: Policy) -> Table:
    heads = ("编号", "之后不重复检查", "机关", "期间", "只限相同事项", "只限日常监管", "依据")
    rows = {
        row.row: (
            "、".join(WORDS[check] for check in CheckType if check in row.checks),
            WORDS[row.authority],
            term(row.within) if row.within is not None else "当年",
            "是" if row.same_items else "否",
            "是" if row.routine else "否",
            row.basis,
        )
        for row in policy.limits.suppressions
    }
    return Table(title="不重复检查", heads=heads, rows=rows)


def _terms(policy: Policy) -> Table:
    rows = {row.row: (WORDS[timer], term(row.term), row.basis) for timer, row in policy.terms.items()}
    return Table(title="期限", heads=("编号", "事项", "期限", "依据"), rows=rows)


def _outcomes(policy: Policy) -> Table:
    rows = {
        row.row: (WORDS[outcome], *map(_words, row.stages), graded(row), row.basis) for outcome, row in policy.outcomes.items()
    }
    return Table(title="核查结果", heads=("编号", "结果", "未办结时建议", "已办结时建议", "信用记录", "依据"), rows=rows)


def _rules(policy: Policy) -> Table:
    rows = {row.row: (WORDS[rule], row.basis) for rule, row in policy.rules.items()}
    return Table(title="程序所作决定的依据", heads=("编号", "决定", "依据"), rows=rows)


def _follows(policy: Policy) -> Table:
    rows = {row.row: (WORDS[step], term(row.term), row.basis) for step, row in policy.follows.items()}
    return Table(title="随后须办的事", heads=("编号", "事项", "期限", "依据"), rows=rows)


def _clauses(policy: Policy) -> Table:
    rows = {row.code: (row.cites, row.says, "、".join(row.rows), row.otherwise) for row in policy.clauses}
    return Table(title="条款由什么落实", heads=("条款", "出处", "原文", "落实的行", "行之外"), rows=rows)


def _grounds(policy: Policy) -> Table:
    return Table(
        title="请求协助的理由",
        heads=("编号", "理由", "依据"),
        rows={code: (_ground(code), basis) for code, basis in policy.grounds.items()},
    )


def _ground(code: str | None) -> str:
    """A ground in words where the software knows it; a pack's own is told by its code."""
    key = f"ground.{code}"
    return label(key, "zh-Hans") if code and known(key, "zh-Hans") else code or ""


def _words(values: Iterable[str]) -> str:
    """Sets have no order, so unordered values are sorted by their words."""
    words = [WORDS[value] for value in values]
    return "、".join(sorted(words) if isinstance(values, frozenset) else words)


def _at_most(part: Fraction) -> str:
    """How many of those drawn at random; a whole of them is no bound."""
    return "数量不限" if part == 1 else f"至多随机抽中数的 {share(part)}"


def _markdown(table: Table, sources: Mapping[str, str]) -> str:
    lines = [_line(table.heads), _line(["---"] * len(table.heads))]
    lines += [_line([row, *(cited(cell, sources) for cell in cells)]) for row, cells in table.rows.items()]
    return "\n".join([f"## {table.title}\n", *lines, ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '｜').replace(chr(10), ' ') for cell in cells)} |"


def cited(cell: str, sources: Mapping[str, str]) -> str:
    """A citation with the short name of its source: its document number or title in brackets, or what comes before a colon."""

    def told(found: re.Match[str]) -> str:
        return f"{found[0]}（{short(sources[found[1]])}）" if found[1] in sources else found[0]

    return _CITATION.sub(told, cell)
