"""What the push channels themselves say of the ways that a register names: nobody is asked, and no connection opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.domain.errors import InspectorError
from inspector.domain.roster import OWN_PHONE
from inspector.incoming import Addressing, Ringing, Subscribing

if TYPE_CHECKING:
    from inspector.flows.registers import Channels
    from inspector.settings import Settings
    from inspector.store.tx import Tx

_NAMED = 5
"""Staff codes that a finding names; there may be hundreds."""


def channels(settings: Settings) -> Channels:
    """The channels of the settings. One that does not load says nothing: `check` tells that."""
    from inspector.cli.reaching import configured, load
    from inspector.flows.registers import Channels

    made: dict[str, object] = {}
    for one in configured(settings):
        if one.section == "channels":
            try:
                made[one.name] = load(one, settings.engine)
            except InspectorError:
                continue
            getattr(made[one.name], "close", lambda: None)()

    def unfit(channel: str, address: str) -> bool:
        held = made.get(channel)
        if held is None or (address == OWN_PHONE and isinstance(held, Subscribing)):
            return False
        return not (held.takes(address) if isinstance(held, Addressing) else address)

    rings = frozenset(name for name, held in made.items() if isinstance(held, Ringing) and held.rings)
    return Channels(names=sorted(settings.channels), unfit=unfit, rings=rings)


def unanswerable(settings: Settings, agencies: Iterable[str], tx: Tx) -> Iterator[Finding]:
    """Inspectors who are reached by no way by which they could answer, though the register names some."""
    told = channels(settings)
    for agency in agencies:
        rows = [one for one in tx.rosters.inspectors(agency) if one.in_post and one.named]
        lost = [one.id for one in rows if all(told.flaw(way) for way in one.named)]
        if lost:
            few = ", ".join(lost[:_NAMED]) + (", …" if len(lost) > _NAMED else "")
            what = (
                f"no way by which they can answer leads to {len(lost)} inspectors: {few}",
                f"{len(lost)} 名检查人员没有可据以应答的推送渠道：{few}",
            )
            mend = (
                f"give each a channel with a link and an address there in the register; push ways {agency} CODE says what is wrong",
                f"请在名录中为其填写能附链接的渠道和地址；push ways {agency} 工号 可查看原因",
            )
            yield Finding.warn(f"agencies.{agency}", what, mend)
