"""What is intended by a proposal, in the words of its subject (Penalties Law art. 44): made by the program from the pack."""

from __future__ import annotations

from inspector.domain.consequence import Consequence
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.domain.reapplied import ReapplyBar, after
from inspector.domain.reapply import ReapplyRow
from inspector.flows import wording
from inspector.labels import Lang, label, of


def line(held: Consequence, item: str, policy: Policy, lang: Lang, content: str = "") -> str:
    """Of an entry its grade, how long it is shown and whether it bars; of anything else what it is, with the `content` of a penalty.

    Then how long the item could not be applied for again, what ends that, and by which article.
    """
    if held.proposal is not Proposal.RECORD_CREDIT or held.grading.grade is None:
        told = label("intended.other", lang, proposal=of(held.proposal, lang))
        told += label("intended.content", lang, content=content) if content else ""
        for bar in again(held, item, policy):
            told += _again(bar, item, policy, lang)
        return told
    grade = held.grading.grade
    row = policy.credit.publicities.get(grade)
    told = label("intended.entry", lang, grade=label(f"grade.{grade}", lang))
    if row is not None:
        told += label("intended.shown" if row.published else "intended.kept", lang, most=wording.term(row.most, lang))
    return told + label("intended.bars" if bars(held, policy) else "intended.bars_not", lang)


def again(held: Consequence, item: str, policy: Policy) -> tuple[ReapplyRow, ...]:
    """The rows of the pack by which the item could not be applied for again once this is decided (handbook 1.1.23)."""
    follows = after(held)
    return tuple(row for row in policy.reapplies if row.after is follows and item in row.items)


def begun(bar: ReapplyBar, item: str, policy: Policy, lang: Lang) -> str:
    """What its subject reads of a bar on the item that a decision has begun: since when, until when, what ends it, by which article."""
    since, until = bar.since.isoformat(), bar.until.isoformat()
    cited = wording.citations(policy, (bar.row.basis,), lang)
    return label("intended.barred", lang, item=policy.item(item).name, since=since, until=until, cited=cited)


def withdrawing(bar: ReapplyBar, item: str, policy: Policy, lang: Lang) -> str:
    """What whoever withdraws a commitment is told before: how long the item then is applied for with its certificate alone, and by what."""
    row = bar.row
    told = {"item": policy.item(item).name, "cited": wording.citations(policy, (row.basis,), lang)}
    if row.term is None:
        return label("intended.withdrawing_year", lang, **told)
    return label("intended.withdrawing", lang, term=wording.term(row.term, lang), **told)


def bars(held: Consequence, policy: Policy) -> bool:
    """Whether an entry as it is graded would keep its subject from committing until it is repaired (the plan, item 2)."""
    return held.proposal is Proposal.RECORD_CREDIT and any(one.bars for one in policy.acts if one.row == held.grading.act)


def _again(row: ReapplyRow, item: str, policy: Policy, lang: Lang) -> str:
    told = {"item": policy.item(item).name, "cited": wording.citations(policy, (row.basis,), lang)}
    if row.term is None:
        return label("intended.again_year", lang, **told)
    return label("intended.again", lang, term=wording.term(row.term, lang), **told)
