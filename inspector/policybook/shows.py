"""What must be true of a fact that its subject may be asked to show: never the certificate itself, on an article, in time, in its turn."""

from __future__ import annotations

from collections.abc import Callable

from inspector.domain.case import Method
from inspector.domain.policy import Fact, Item
from inspector.domain.timer import Timer
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import PROPOSALS, Found
from inspector.policybook.vague import vague


def _facts(draft: Draft, found: Found) -> None:
    timed = any(row.timer is Timer.SELF_PROOF for row in draft.terms)
    for item in draft.items:
        for fact in item.facts:
            if fact.self_proof is not None:
                _fact(item, fact, found, timed=timed)


def _fact(item: Item, fact: Fact, found: Found, *, timed: bool) -> None:
    """The notice said that the certificate need not be brought (the plan, items 2, 4): nothing may ask for it; law allows the rest."""
    here, told = f"item {item.code} · fact {fact.code}", fact.self_proof
    assert told is not None, "asked of facts that have one"
    for name in (item.name, fact.name):
        if (plain := name.partition("（")[0]) in told.shows:
            found("self_proof_certificate", here, "self_proof.shows", value=plain)
    if word := vague(told.shows):
        found("self_proof_vague", here, "self_proof.shows", value=word)
    if {one.partition(":")[0].strip() for one in told.basis.split(";")} <= PROPOSALS:
        found("self_proof_uncited", here, "self_proof.basis", value=told.basis)
    if not timed:
        found("self_proof_untimed", here, "self_proof", value=Timer.SELF_PROOF)


def _turns(draft: Draft, found: Found) -> None:
    """What can be asked on line is not collected from people, and nobody is sent before they could show it (handbook 1.6.5, 2.2)."""
    for row in draft.strategies:
        if Method.DOCUMENT not in row.methods:
            continue
        here, at = f"strategy {row.row}", row.methods.index(Method.DOCUMENT)
        after = {Method.ONLINE_QUERY, Method.OTHER_RESULT} & {*row.methods[at:]}
        if after:
            found("document_before_query", here, "methods", value=", ".join(sorted(after)))
        if Method.ON_SITE in row.methods[:at] and not draft.permits(row.basis):
            found("visit_before_document", here, "methods")


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("item", "term"), _facts),
    (("strategy",), _turns),
)
"""Packs of before have none of it, so none is spared."""
