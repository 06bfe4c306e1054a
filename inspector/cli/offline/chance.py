"""How much chance the sources of a plan hold: what nobody can check holds none, and what is there once counts once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.domain.commitment import LEAST_BITS
from inspector.domain.seed import mark, pinned, spare
from inspector.domain.signs import composed
from inspector.sheets.flaw import RowFlaw

_TO_BE_MADE = "0" * 64
"""Stands for the hash of a secret that is made at the announcement."""
_NUMBER = re.compile("[0-9]{4,}")
"""What numbers a public drawing: its issue, or its day."""


def weigh(sources: Sequence[Mapping[str, Any]]) -> list[RowFlaw]:
    """What is wrong with sources that are each right: one that stands twice, too few bits, or too few without one party's secret."""
    twice = Counter(told for one in sources if (told := _told(one)) is not None)
    flaws = [_flaw(*told) for told, count in twice.items() if count > 1]
    counted = [one if pinned(one) else {**one, "bits": 0} for one in sources]
    bits, unpinned = sum(one.get("bits", 256) for one in counted), len(unchecked(sources))
    if not flaws and bits < LEAST_BITS:
        code = "plan_bits_unpinned" if unpinned else "plan_bits"
        flaws.append(RowFlaw(row=0, column="seed", code=code, facts={"bits": bits, "least": LEAST_BITS}))
    own = {place for place, one in enumerate(sources) if one.get("make")}
    whole = [{"hash": _TO_BE_MADE, **one} if one.get("make") else one for one in counted]
    if not flaws and (left := spare(whole, own)) < LEAST_BITS:
        flaws.append(RowFlaw(row=0, column="seed", code="plan_seed_of_one", facts={"bits": left, "least": LEAST_BITS}))
    return flaws


def unchecked(sources: Sequence[Mapping[str, Any]]) -> list[RowFlaw]:
    """The beacons whose value nobody could check, each by its place: whoever draws could write any, so they count no bit."""
    return [
        RowFlaw(row=0, column=f"seed.{place}", code="plan_beacon_unpinned", facts={"kind": one["kind"]})
        for place, one in enumerate(sources, 1)
        if one and not pinned(one)
    ]


def _told(source: Mapping[str, Any]) -> tuple[str, str] | None:
    """(code of the fault, name) by which one source is another one again; None for a secret that is to be made."""
    if "make" in source:
        return None
    if source.get("kind") != "text":
        found = mark(source)
        return None if found is None else ("plan_seed_twice", found)
    what = "".join(sign for sign in composed(str(source["what"])).casefold() if sign.isalnum())
    balls = source.get("form", {}).get("balls") if isinstance(source.get("form"), Mapping) else None
    if balls and (numbers := _NUMBER.findall(what)):  # an issue of a lottery, in whatever words around it
        what = f"{balls} {' '.join(sorted(numbers))}"
    return "plan_drawing_twice", what


def _flaw(code: str, source: str) -> RowFlaw:
    return RowFlaw(row=0, column="seed", code=code, facts={"source": source[:80]})
