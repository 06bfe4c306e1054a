"""What must be of nothing in the house, and is: named one by one, for whoever an alert has woken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding, Words

if TYPE_CHECKING:
    from inspector.flows.office import Office

_SHOWN = 10
"""So many are named; of more the count is told."""

_WHAT: dict[str, Words] = {
    "adverse_without_review": (
        "cases that ended against somebody without an officer's decision or its ground",
        "未经执法人员决定或者没有依据即得出不利结论的办件",
    ),
    "visit_without_team": (
        "visits to be made for which fewer than two places are held",
        "待实施而执法人员不足两名、且未列为人手不足的检查",
    ),
    "draw_without_commitment": ("draws to which nothing was committed beforehand", "事先没有作出承诺值的抽取"),
    "clock_without_step": (
        "what waits with nothing that would go on with it one day",
        "处于等待状态、却没有任何后续时限或者工作的事项",
    ),
    "order_without_owner": ("stopped work of which nobody is told", "已停止、却没有提请任何人处理的工作"),
}
_MEND: Words = (
    "back up first; then docs/how-to/runbooks.md, InspectorInvariantBroken, says of each what to do",
    "请先备份，再按 docs/how-to/runbooks.md 中的 InspectorInvariantBroken 逐项处理",
)


def findings(office: Office) -> Iterator[Finding]:
    """Each invariant that does not hold, with what breaks it."""
    from inspector.flows.invariants import broken

    with office.store.read() as tx:
        found = broken(tx, office.now())
    for of, names in found.items():
        if names:
            named, (english, chinese) = ", ".join(names[:_SHOWN]), _WHAT[of]
            what = (f"{english} ({len(names)}): {named}", f"{chinese}（{len(names)} 项）：{named}")
            yield Finding.warn(f"invariants.{of}", what, _MEND)
