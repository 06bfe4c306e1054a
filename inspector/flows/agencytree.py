"""The tree of agencies: what of it cannot be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from inspector.domain.contact import contact
from inspector.domain.errors import Invalid
from inspector.flows.office import AgencyNode


def flaws(tree: Mapping[str, AgencyNode], packs: Collection[str]) -> Iterator[Invalid]:
    """Parents exist and make no ring; packs exist; a connector leads to one agency, since who is asked is known by it."""
    reached: dict[str, str] = {}
    for node in tree.values():
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", node.id):
            yield Invalid("agency_id_unusable", agency=node.id)
        if node.parent is not None and node.parent not in tree:
            yield Invalid("agency_parent_unknown", agency=node.id, parent=node.parent, known=", ".join(sorted(tree)))
        if node.pack is not None and node.pack not in packs:
            yield Invalid("agency_pack_unknown", agency=node.id, pack=node.pack, known=", ".join(sorted(packs)))
        yield from _reached(tree, node, reached)
        for key in ("liaison", "head"):
            told = getattr(node, key)
            if told is not None and (node.connector is None or not contact(told).connector or told.strip().endswith(":")):
                yield Invalid("agency_contact_unusable", agency=node.id, key=key)
        if _in_ring(tree, node):
            yield Invalid("agency_ring", agency=node.id)


def _reached(tree: Mapping[str, AgencyNode], node: AgencyNode, reached: dict[str, str]) -> Iterator[Invalid]:
    """What leads to an agency leads to no other one, and is not what another is called by."""
    own = [*node.connectors]
    own += [one.connector for one in map(contact, filter(None, (node.liaison, node.head))) if not one.pushed]
    for name in dict.fromkeys(own):
        if name in tree and name != node.id:
            yield Invalid("agency_connector_named", agency=node.id, other=name, connector=name)
        if (other := reached.setdefault(name, node.id)) != node.id:
            yield Invalid("agency_connector_shared", agency=node.id, other=other, connector=name)


def _in_ring(tree: Mapping[str, AgencyNode], node: AgencyNode) -> bool:
    """Whether an agency stands above itself."""
    seen: set[str] = set()
    here = node.parent
    while here is not None and here in tree and here not in seen:
        if here == node.id:
            return True
        seen.add(here)
        here = tree[here].parent
    return False
