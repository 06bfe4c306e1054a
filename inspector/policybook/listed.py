"""What must be true of a fact's closed list of values: on an article, for a rule that it fits, each writing of one value alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from inspector.domain.policy import Compare
from inspector.domain.value import plain, wordless, writings
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found

_FIT = (Compare.EXACT, Compare.NORMALISED, Compare.SET)
"""Rules that hold one value against another: those of order have forms of their own, and yes and no are two anyway."""
_WIDE = "＝"
"""The sign that joins the writings of one value, as a Chinese keyboard writes it: by it nothing is joined, and nothing ever matches."""


def _values(draft: Draft, found: Found) -> None:
    for item in draft.items:
        for fact in (fact for fact in item.facts if fact.values):
            here = f"item {item.code} · fact {fact.code}"
            if fact.compare not in _FIT:
                found("values_unfit", here, "values", value=fact.compare, known=", ".join(_FIT))
            if len(fact.values) == 1:
                found("values_alone", here, "values", value=fact.values[0])
            told = [writing for value in fact.values for writing in writings(value)]
            for writing in (writing for writing in told if wordless(writing)):
                found("values_wordless", here, "values", value=writing)
            for writing in (writing for writing in told if _WIDE in writing):
                found("values_wide", here, "values", value=writing)
            for writing, times in Counter(map(plain, told)).items():
                if times > 1:
                    found("value_twice", here, "values", value=writing)


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = ((("item",), _values),)
"""Packs of before have no such list, so none is spared."""
