"""Plans whose draws are so far apart that a visit for a case may be due after the case itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid, Missing

if TYPE_CHECKING:
    from datetime import date

    from inspector.flows.office import AgencyNode
    from inspector.policybook import Policybook
    from inspector.settings import Settings


def plans(told: Settings, book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Iterator[Finding]:
    """Each plan with the items whose term is shorter than the time to its next draw and a visit's term together.

    What the draw itself takes, till the seed is there, comes on top.
    """
    from inspector.domain.timer import Timer
    from inspector.flows.office import pack_of
    from inspector.policybook import late
    from inspector.trigger import parse, widest

    now = datetime(today.year, today.month, today.day, tzinfo=SHANGHAI)
    for name, plan in told.plans.items():
        if plan.of == "results":  # no case waits for it
            continue
        pack_id = pack_of(tree, plan.agency)
        try:
            pack, every = book.in_force(pack_id or "", today), widest(parse(plan.trigger, SHANGHAI, now), now)
        except (Invalid, Missing):
            continue  # told of elsewhere
        slow = [f"{item.code} {item.verify}" for item in pack.items.values() if late(pack, item, every)]
        if not slow:
            continue
        visit, listed = pack.term(Timer.VISIT).term, ", ".join(slow)
        what = (
            f"its draws are up to {every.days} days apart and a visit has {visit}: a case of these may be due before its visit: {listed}",
            f"两次抽取最长相隔 {every.days} 天，现场核查期限为 {visit}：这些事项的办件可能在现场核查之前到期：{listed}",
        )
        mend = (
            "draw more often, or write a longer term into a new version of the pack",
            "请缩短抽取间隔，或者在政策包新版本中放宽期限",
        )
        yield Finding.warn(f"plans.{name}", what, mend)
