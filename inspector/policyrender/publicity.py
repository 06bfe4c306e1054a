"""What a pack says of publication, row by row: results of checks, and penalties."""

from __future__ import annotations

from inspector.domain.publish import DisclosureRow, PublishRow
from inspector.labels import label
from inspector.policyrender.words import term


def results(told: PublishRow) -> dict[str, tuple[str, ...]]:
    """By when a result is public, and taken back."""
    rows: dict[str, tuple[str, ...]] = {}
    if told.within is not None:
        rows["结果公布期限"] = (f"结果形成之日起 {term(told.within)} 内", told.within_basis)
    if told.withdraw is not None:
        rows["撤下公布期限"] = (f"决定变更、撤销或者无效的，{term(told.withdraw)} 内撤下并说明理由", told.withdraw_basis)
    return rows


def penalties(told: DisclosureRow | None) -> dict[str, tuple[str, ...]]:
    """What of a penalty is public, by when, and until when; nothing where the pack has no row for it."""
    if told is None:
        return {}
    named = "企业列名" if told.firms else "企业不列名"
    shown = f"具有一定社会影响的，由执法人员认定后公开；{named}，自然人不列名，满 {told.least} 件的只公布件数"
    if told.second:
        shown += "；不公开的，由作出处罚决定以外的人员认定"
    pushed = {}
    if told.elsewhere is not None:
        by = f"登记地不在 {told.home} 省的，{term(told.elsewhere)} 内推送至登记地"
        pushed = {"处罚推送外省期限": (by, told.elsewhere_basis)}
    parts = "、".join(label(f"DisclosurePart.{one.name}", "zh-Hans") for one in told.parts)
    return {
        f"处罚公开（{told.row}）": (shown, told.basis),
        "处罚公开内容": (parts, told.parts_basis),
        "处罚公开期限": (f"作出决定之日起 {term(told.within)} 内", told.within_basis),
        **pushed,
        "处罚撤下期限": (f"决定变更、撤销、确认违法或者无效的，{term(told.withdraw)} 内撤下并说明理由", told.withdraw_basis),
        "处罚公开时长": (f"最长 {term(told.most)}，程度另有公示期的从其较短者", told.most_basis),
    }
