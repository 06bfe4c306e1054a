"""Items of which a least number is owed are drawn apart: the strata of their own, each by the row of the stratum it is a part of."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.policy import Policy
from inspector.domain.sampling import SamplingRow


def apart(policy: Policy) -> Policy:
    """The pack with a sampling row for each part of a stratum that its minimums ask for; without any, itself."""
    named = {row.stratum: row for row in policy.samplings}
    made: dict[str, SamplingRow] = {}
    for (item, level), strategy in policy.parts.items():
        whole, code = named[policy.whole(policy.item(item), level).stratum or ""], strategy.stratum or ""
        owed = tuple(row for row in policy.minimums if row.about(item, level))
        known = made.get(code)
        kept = tuple(dict.fromkeys((*known.owed, *owed))) if known is not None else owed
        made[code] = replace(whole, stratum=code, part_of=whole.stratum, item=item, owed=kept, shared=True)
    families = {row.part_of for row in made.values()}
    rows = (replace(row, shared=True) if row.stratum in families else row for row in policy.samplings)
    return replace(policy, samplings=(*rows, *made.values())) if made else policy
