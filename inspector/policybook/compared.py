"""Examples of comparisons beside a pack: "of this fact that is promised; where that is found, the promise stands or does not"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.evidence import says
from inspector.domain.policy import Policy
from inspector.policybook.part import Part

_EXPECTED = ("verdict",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareExample:
    """A promise and what a source says of it. Expected: the `verdict` (`match`, `mismatch`, `cannot_say`)."""

    name: str
    item: str
    fact: str
    promised: str
    found: str
    expect: Mapping[str, object]

    def observe(self, policy: Policy) -> dict[str, object]:
        """What the pack decides. Raises Invalid (`item_unknown`, `fact_unknown`)."""
        fact = policy.item(self.item).fact(self.fact)
        return {"verdict": says(fact.compare, self.promised, self.found, fact.values).value}


def compare_example(part: Part) -> CompareExample:
    """`[[compare]]`."""
    part.keys(("name", "item", "fact", "promised", "found", "expect"))
    expect = part.table("expect")
    expect.keys(_EXPECTED)
    return CompareExample(
        name=part.text("name"),
        item=part.text("item"),
        fact=part.text("fact"),
        promised=part.text("promised"),
        found=part.text("found"),
        expect=expect.content,
    )
