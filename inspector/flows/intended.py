"""What is intended by a proposal, in the words of its subject (Penalties Law art. 44): made by the program from the pack."""

from __future__ import annotations

from inspector.domain.consequence import Consequence
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.flows import wording
from inspector.labels import Lang, label, of


def line(held: Consequence, policy: Policy, lang: Lang, content: str = "") -> str:
    """Of an entry its grade, how long it is shown and whether it bars; of anything else what it is, with the `content` of a penalty."""
    if held.proposal is not Proposal.RECORD_CREDIT or held.grading.grade is None:
        told = label("intended.other", lang, proposal=of(held.proposal, lang))
        return f"{told}{label('intended.content', lang, content=content)}" if content else told
    grade = held.grading.grade
    row = policy.credit.publicities.get(grade)
    told = label("intended.entry", lang, grade=label(f"grade.{grade}", lang))
    if row is not None:
        told += label("intended.shown" if row.published else "intended.kept", lang, most=wording.term(row.most, lang))
    return told + label("intended.bars" if bars(held, policy) else "intended.bars_not", lang)


def bars(held: Consequence, policy: Policy) -> bool:
    """Whether an entry as it is graded would keep its subject from committing until it is repaired (the plan, item 2)."""
    return held.proposal is Proposal.RECORD_CREDIT and any(one.bars for one in policy.acts if one.row == held.grading.act)
