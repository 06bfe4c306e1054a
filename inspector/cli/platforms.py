"""What a platform's codes mean in ours, held against the packs by which its results are read: by a code of none each is refused.

A result is held to the pack that its visit was drawn under: codes of a version that has just ended, or is to come, are needed, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from inspector.cli.finding import Finding

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.flows.office import AgencyNode
    from inspector.policybook import Policybook

KIND = "supervision"
_OPEN = timedelta(days=365)
"""How long after its end a pack may have visits open that were drawn under it."""


def strange(
    channels: Mapping[str, Mapping[str, Any]], book: Policybook, tree: Mapping[str, AgencyNode], today: date
) -> Iterator[Finding]:
    """Codes of `outcomes`, `modes`, `follow_ups` and `items` that no pack has which is in force, to come, or has ended this year.

    Two lists are kept alike by hand.
    """
    used = {node.pack for node in tree.values() if node.pack}
    packs = [one for one in book.packs if one.id in used and (one.effective_to is None or one.effective_to + _OPEN >= today)]
    labels = ", ".join(f"{one.label} {one.effective_from.isoformat()}" for one in packs)
    known = _known(packs)
    for name, told in sorted(channels.items()):
        for key in known if packs and told.get("kind") == KIND else ():
            means = told.get(key)
            for theirs, code in means.items() if isinstance(means, Mapping) else ():
                if code not in known[key]:
                    yield _unknown(f"channels.{name}.{key}", str(theirs), str(code), labels)


def _known(packs: list[Policy]) -> Mapping[str, set[str]]:
    """The codes of some packs, by the key whose words mean them."""
    from inspector.domain.checkcode import CodeList

    lists = {"outcomes": CodeList.OUTCOME, "modes": CodeList.MODE, "follow_ups": CodeList.FOLLOW_UP}
    codes = {key: {row.code for pack in packs for row in pack.sheet if row.list is among} for key, among in lists.items()}
    return {**codes, "items": {item for pack in packs for item in pack.items}}


def _unknown(name: str, theirs: str, code: str, labels: str) -> Finding:
    what = (
        (
            f'"{theirs}" = "{code}": {code} is no code of any pack in force, to come, or ended within a year ({labels}): '
            f'each result with "{theirs}" is refused'
        ),
        f'"{theirs}" = "{code}"：现行、即将施行以及一年之内停止施行的政策包（{labels}）中均没有 {code}，凡含“{theirs}”的结果都将被退回',
    )
    mend = (
        (
            f'write the pack\'s own code for "{theirs}" (`policy render` shows them), or take the line out; '
            "where a visit that was drawn under an older pack is open yet, once it has its result"
        ),
        (
            f"请为“{theirs}”写明政策包中的代码（可用 policy render 查看），或者删去该行；"
            "如仍有按更早政策包抽出、尚未录入结果的检查，则待其录入之后再删"
        ),
    )
    return Finding.warn(name, what, mend)
