"""The tables of a pack about who may be drawn: how many of a stratum, of an item, of the register, and how often one object."""

from __future__ import annotations

from inspector.domain.inspection import Authority
from inspector.domain.policy import Policy
from inspector.domain.sampling import FrequencyRow
from inspector.policyrender.legaltime import Told
from inspector.policyrender.words import WINDOWS, WORDS, share, term


def tables(policy: Policy) -> tuple[Told, ...]:
    """Always the same four."""
    return _samplings(policy), _minimums(policy), _bounds(policy), _frequencies(policy)


def _samplings(policy: Policy) -> Told:
    heads = ("编号", "抽查层", "等级", "比例", "最少", "全年至多", "期间", "滚动受理", "重点事项", "依据")
    rows = {
        row.row: (
            row.stratum,
            row.level or "",
            share(row.ratio) if row.each is None else f"每名人员 {row.each} 个",
            str(row.minimum),
            share(row.most) if row.most is not None else "",
            WINDOWS[row.per],
            "是" if row.rolling else "否",
            "是" if row.key else "否",
            row.basis,
        )
        for row in policy.samplings
        if not row.part_of
    }
    return "抽查比例", heads, rows


def _minimums(policy: Policy) -> Told:
    heads = ("编号", "事项（各自计算）", "等级（合并计算）", "至少抽取", "期间", "依据")
    order = [level.code for level in policy.levels]
    rows = {
        row.row: (
            "、".join(policy.item(code).name for code in row.items),
            "、".join(sorted(row.levels, key=order.index)) or "全部",
            f"{row.least} 个，不足的全抽",
            WINDOWS[row.per],
            row.basis,
        )
        for row in policy.minimums
    }
    return "事项的最少抽取数", heads, rows


def _bounds(policy: Policy) -> Told:
    held, rows = policy.bounds, dict[str, tuple[str, ...]]()
    if held.floor is not None:
        told = f"全年不少于总数的 {share(held.floor.ratio)}，不足的依次补 {'、'.join(held.floor.order)}"
        rows[held.floor.row] = (told, held.floor.basis)
    if held.ceiling is not None:
        told = f"一般事项全年随机抽取不超过 {share(held.ceiling.ratio)}"
        rows[held.ceiling.row] = (told, held.ceiling.basis)
    if held.staff is not None:
        told = f"{WINDOWS[held.staff.per]}不超过可派人员数的 {held.staff.each} 倍"
        rows[held.staff.row] = (told, held.staff.basis)
    for size in held.sizes:
        top = f"、不超过 {size.up_to} 个" if size.up_to is not None else ""
        asked = [*([f"{size.least} 个"] if size.least else []), *([share(size.ratio)] if size.ratio else [])]
        rows[size.row] = (f"名录多于 {size.over} 个{top}的，全年至少抽 {'且 '.join(asked)}，不足的全抽", size.basis)
    return "名录的上下限", ("编号", "内容", "依据"), rows


def _frequencies(policy: Policy) -> Told:
    heads = ("编号", "等级", "本机关全年上限", "合计提示", "合计停止", "合计范围", "抽查后间隔", "至少检查", "依据")
    rows = {
        row.row: (
            row.level,
            _times(row.cap),
            _times(row.warn),
            _times(row.stop),
            "、".join(WORDS[authority] for authority in Authority if authority in row.together),
            term(row.cool_down) if row.cool_down is not None else "",
            _covered(row),
            row.basis,
        )
        for row in policy.limits.frequencies.values()
    }
    return "检查频次", heads, rows


def _covered(row: FrequencyRow) -> str:
    """How often it must be seen; that the visits are spread evenly is a rule with a basis of its own."""
    if row.coverage is None:
        return ""
    told = f"{term(row.coverage)}内 {row.times} 次"
    return f"{told}，均匀分布（{row.spread_basis}）" if row.times > 1 else told


def _times(count: int | None) -> str:
    return f"{count} 次" if count is not None else "不限"
