"""Agencies that stand above a requester and whom it asks, and that no letter reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.domain.assistance import common_superior

if TYPE_CHECKING:
    from inspector.flows.office import AgencyNode


def mute(tree: Mapping[str, AgencyNode]) -> Iterator[Finding]:
    """Agencies above a requester and one that it asks, where none above both has a connector: nobody above hears of a silence."""
    from inspector.flows.office import pack_of

    parents = {node.id: node.parent for node in tree.values()}
    asks = [name for name in tree if pack_of(tree, name) is not None]
    asked = [node.id for node in tree.values() if node.connector is not None]
    above = {common_superior(parents, one, other): (one, other) for one in asks for other in asked if one != other}
    for name, (one, other) in sorted((name, both) for name, both in above.items() if name):
        here, seen = name, set[str]()
        while here and here not in seen and tree[here].connector is None:
            seen.add(here)
            here = tree[here].parent or ""
        if here and here not in seen:
            continue
        what = (
            f"stands above {one} and {other}, and neither it nor any above it has a connector: it hears of no silence and no dispute",
            f"是 {one} 和 {other} 的共同上级，但它及其上级都没有连接器：逾期未答和争议都无法报告",
        )
        mend = (
            f"set connector under [agencies.{name}], by e-mail or paper if need be",
            f"请在 [agencies.{name}] 中写明 connector，也可用邮件或纸质",
        )
        yield Finding.warn(f"agencies.{name}", what, mend)
