"""Whether a pack in force says by which steps somebody is discredited, and for how long; what follows it. Warnings alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding, Words

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.flows.office import AgencyNode
    from inspector.policybook import Policybook


def packs(book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Iterator[Finding]:
    """The versions that agencies go by today: without rows for a consequence or its showing, and those with a successor in the folder."""
    used = {node.pack for node in tree.values() if node.pack}
    for pack in (pack for pack in book.packs if pack.id in used and pack.in_force(today)):
        after = min((one for one in book.packs if _follows(one, pack)), key=lambda one: one.effective_from, default=None)
        if lacks := lacking(pack):
            what = (
                f"is in force without {lacks}: what is found against somebody stands, and its consequence waits for a person",
                f"正在适用，但没有 {lacks}：对当事人不利的结果有效，其处理暂缓，待人办理",
            )
            yield Finding.warn(f"policies.{pack.label}", what, _mend(pack, after))
        if after is not None:
            what = (f"is followed by {after.label} on {after.effective_from}", f"{after.effective_from} 起由 {after.label} 接替")
            mend = (
                f"read policy diff {pack.label} {after.label}, and have it approved by then",
                f"请查看 policy diff {pack.label} {after.label}，并在此之前送批",
            )
            yield Finding.warn(f"policies.{pack.label}", what, mend)


def lacking(pack: Policy) -> str:
    """What a pack lacks for an entry to somebody's discredit to be made by an officer and to end by itself; empty where nothing is."""
    from inspector.domain.act import GRAVITY
    from inspector.domain.proposal import Proposal

    rows = pack.outcomes.values()
    asked = {proposal for row in rows for stage in row.stages for proposal in stage}
    grades = {grade for row in rows for grade in (row.grade, row.undecided_grade)} | {act.grade for act in pack.acts}
    grave = [grade for grade in GRAVITY if grade in grades]
    asked |= {Proposal.RECORD_CREDIT, Proposal.TRANSFER_JUDICIAL} if grave else set()
    steps = sorted(one.value for one in asked - pack.consequences.keys())
    shown = [grade for grade in grave if grade not in pack.credit.publicities]
    return ", ".join(f"[[{table}]] ({', '.join(rows)})" for table, rows in (("consequence", steps), ("publicity", shown)) if rows)


def _follows(one: Policy, pack: Policy) -> bool:
    return one.id == pack.id and one.effective_from > pack.effective_from


def _mend(pack: Policy, after: Policy | None) -> Words:
    if after is not None and not lacking(after):
        return (
            f"{after.label} has them, from {after.effective_from} on: what waits is opened then, by consequence propose",
            f"{after.label} 有这些规定，{after.effective_from} 起适用：暂缓的届时以 consequence propose 提出",
        )
    return (
        f"write a version of {pack.id} that has them (docs/how-to/write-a-pack.md)",
        f"请为 {pack.id} 另写有这些规定的版本（docs/how-to/write-a-pack.md）",
    )
