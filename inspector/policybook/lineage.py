"""Which versions a pack's transitions come from: they are there, and hold before it. A slip of the pen would never apply to anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from inspector.domain.act import GRAVITY
from inspector.domain.case import Outcome
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.domain.source import permitting
from inspector.domain.transition import Scope
from inspector.policybook.flaws import Flaw
from inspector.policybook.part import nearest

_MATTER: Mapping[Proposal, int] = {Proposal.ORDER_RECTIFY: 1, Proposal.TERMINATE: 2, Proposal.REVOKE: 3}
"""What may become of the matter, the lightest first."""

_BESIDE = frozenset({Proposal.PENALTY, Proposal.TRANSFER_JUDICIAL})


def lineage(packs: Sequence[tuple[str, Policy]]) -> tuple[list[Flaw], list[Flaw]]:
    """Flaws of transitions, the packs with their files: those from a version that begins later, and those from one that is not here."""
    begins = {pack.label: pack.effective_from for _, pack in packs}
    late, unknown = list[Flaw](), list[Flaw]()
    for file, pack in packs:
        known = [label for label, begin in begins.items() if label.startswith(f"{pack.id}@") and begin < pack.effective_from]
        for row in pack.transitions:
            for label in sorted(row.of - {*known}):
                facts = {"value": label, "nearest": nearest(label, known) or "-", "known": ", ".join(sorted(known)) or "-"}
                code = "transition_of_later" if label in begins else "transition_of_unknown"
                flaw = Flaw(code=code, file=file, row=f"transition {row.row}", field="of", facts=facts)
                (late if label in begins else unknown).append(flaw)
    return late, unknown


def heavier(packs: Sequence[tuple[str, Policy]], kept: Sequence[Policy] = ()) -> Iterator[Flaw]:
    """Transitions by which who committed under an earlier version fares worse than by it: only an article that permits it does that.

    The earlier version is one of these packs, or was `kept` when it left the folder.
    """
    held = {pack.label: pack for pack in (*kept, *(pack for _, pack in packs))}
    for file, pack in packs:
        for row in pack.transitions:
            if Scope.OUTCOMES not in row.scopes or permitting(row.basis, pack.heavier, pack.sources, pack.statutes):
                continue
            for label in sorted(row.of & held.keys()):
                if worse := sorted(outcome for outcome in pack.outcomes if _worse(held[label], pack, outcome)):
                    facts = {"value": row.basis, "other": label, "outcomes": ", ".join(worse)}
                    yield Flaw(code="transition_heavier", file=file, row=f"transition {row.row}", field="basis", facts=facts)


def _worse(before: Policy, after: Policy, outcome: Outcome) -> bool:
    """Whether a proposal, a grade or a bar of an outcome weighs more than before, at either stage of the matter."""
    was, now = before.outcomes[outcome], after.outcomes[outcome]
    matters = any(
        _matter(new) > _matter(old) or (_BESIDE & {*new}) - {*old} for old, new in zip(was.stages, now.stages, strict=True)
    )
    grades = any(
        _gravity(after, outcome, concluded=stage) > _gravity(before, outcome, concluded=stage) for stage in (False, True)
    )
    return matters or grades or (_bars(after, outcome) and not _bars(before, outcome))


def _matter(proposals: Sequence[Proposal]) -> int:
    return max((_MATTER.get(one, 0) for one in proposals), default=0)


def _gravity(pack: Policy, outcome: Outcome, *, concluded: bool) -> int:
    """The place of the heaviest grade that an officer may give: the outcome's, or that of an act it is found by; -1 where there is none."""
    grade = pack.outcomes[outcome].graded(concluded=concluded)
    if grade not in GRAVITY:
        return -1
    return max(GRAVITY.index(one) for one in (grade, *(act.grade for act in pack.acts if outcome in act.outcomes)))


def _bars(pack: Policy, outcome: Outcome) -> bool:
    return any(act.bars for act in pack.acts if outcome in act.outcomes)
