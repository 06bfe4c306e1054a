"""The remedies that a decision names (救济), in the words of its subject: by which way, to whom, until when, by which article."""

from __future__ import annotations

from inspector.domain.consequence import Consequence
from inspector.domain.errors import Refusal
from inspector.domain.evidence import blank
from inspector.domain.policy import Policy
from inspector.flows import wording
from inspector.labels import Lang, label


def rights(policy: Policy, lang: Lang) -> tuple[str, ...]:
    """What is open to whoever a decision of this pack goes against; none where the pack has no `[[remedy]]`."""
    told = [
        label(
            f"remedying.{row.remedy.value}",
            lang,
            term=wording.term(row.term, lang),
            to=row.to,
            cited=wording.citations(policy, (row.basis,), lang),
        )
        for row in policy.remedies
    ]
    return (*told, label("remedying.objection", lang)) if told else ()


def of(held: Consequence, policy: Policy, lang: Lang) -> tuple[str, ...]:
    """The rights that a decision's notice names: as the officer has worded them, else as the pack's rows say.

    Raises Refusal (`remedy_unstated`) where neither does: a decision that hides its remedies is none (Penalties Law art. 59).
    """
    own = held.verdict.rights if held.verdict is not None else ()
    told = tuple(one for one in own if not blank(one)) or rights(policy, lang)
    if not told:
        raise Refusal("remedy_unstated", consequence=held.id, pack=held.pack)
    return told


def bases(policy: Policy) -> tuple[str, ...]:
    """The articles behind them."""
    return tuple(row.basis for row in policy.remedies)
