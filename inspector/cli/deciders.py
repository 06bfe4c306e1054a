"""Who reviews and who decides by a pack, in force or to come, and whether the settings name them (Penalties Law art. 57, 58)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.flows.office import AgencyNode
    from inspector.policybook import Policybook
    from inspector.store.tx import Tx

_AT_WORK = ("officer", "system")
"""Roles of tokens by which cases are taken in and decided."""


def answering(tree: Mapping[str, AgencyNode], sending: Collection[str]) -> frozenset[str]:
    """Agencies that letters reach, with no pack of their own, nobody who decides, and no plan that sends (`sending`) their inspectors.

    As far as the settings tell they only answer requests, and have nothing to decide here.
    """
    return frozenset(
        name
        for name, node in tree.items()
        if node.connector and node.pack is None and not node.heads and not node.reviewers and name not in sending
    )


def at_work(tx: Tx) -> frozenset[str]:
    """Agencies that the records know to have cases, inspectors, or tokens to take cases in or decide them."""
    now = tx.machine_now()
    valid = (row for row in tx.tokens.all() if row["revoked_at"] is None and row["expires_at"] > now)
    return frozenset(tx.cases.agencies() | tx.rosters.staffed() | {row["agency"] for row in valid if row["role"] in _AT_WORK})


def unnamed(book: Policybook, tree: Mapping[str, AgencyNode], today: date, agencies: Collection[str]) -> Iterator[Finding]:
    """Of these agencies those in which nothing could be decided once such a pack rules.

    They hear so before that day, not at the first penalty.
    """
    from inspector.flows.office import line_of, pack_of

    for name in sorted(agencies):
        line = [tree[one] for one in line_of(tree, name)]
        packs = [
            one for one in book.packs if one.id == pack_of(tree, name) and (one.effective_to is None or one.effective_to >= today)
        ]
        lacks = (
            ("reviewers", next((one for one in packs if _reviews(one)), None), any(one.reviewers for one in line)),
            ("heads", next((one for one in packs if _by_head(one)), None), any(one.heads for one in line)),
        )
        for what, pack, there in lacks:
            if pack is not None and not there:
                yield _said(name, what, pack, today)


def _reviews(pack: Policy) -> bool:
    return any(row.reviewers for row in pack.consequences.values())


def _by_head(pack: Policy) -> bool:
    return any(row.by_head for row in pack.consequences.values())


def _said(agency: str, what: str, pack: Policy, today: date) -> Finding:
    who = {"reviewers": ("who reviews its decisions", "法制审核人员"), "heads": ("a head who decides", "作出决定的负责人")}[what]
    begin = pack.effective_from
    since = (f"from {begin} on", f"{begin} 起") if begin > today else ("now", "现在")
    told = (
        f"{pack.label} asks for {who[0]} {since[0]}, and neither it nor any above it names one: nothing of the kind can be decided",
        f"{pack.label} {since[1]}要求{who[1]}，本机关及其上级都没有写明：届时无法作出此类决定",
    )
    mend = (
        f'write {what} = ["NAME"] under [agencies.{agency}], as in the token of whoever it is',
        f'请在 [agencies.{agency}] 中写 {what} = ["姓名"]，与其令牌上的姓名一致',
    )
    return Finding.warn(f"agencies.{agency}.{what}", told, mend)
