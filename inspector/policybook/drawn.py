"""Examples of draws beside a pack: "of a register like this, so many are drawn", "with this history, an object may not be drawn"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from inspector.domain.errors import Invalid
from inspector.domain.exclusion import Seen, barred, first, near, overdue, suppressed
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.policy import Policy
from inspector.domain.quota import Count, quota
from inspector.domain.sampling import Window
from inspector.policybook.part import Part

_COUNTS = ("rows", "able", "drawn", "year_drawn", "year_rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawExample:
    """Strata as they stand before a draw, and how many of each are drawn. `unfinished`: windows that this draw does not end."""

    name: str
    strata: Mapping[str, Count]
    officers: int
    staff_drawn: int
    unfinished: tuple[Window, ...]
    expect: Mapping[str, object]

    def observe(self, policy: Policy) -> dict[str, object]:
        """What the pack decides. Raises Invalid (`stratum_unknown`) for a stratum that it does not know."""
        known = {row.stratum for row in policy.samplings}
        if unknown := sorted(self.strata.keys() - known):
            raise Invalid("stratum_unknown", stratum=", ".join(unknown), known=", ".join(sorted(known)))
        made = quota(
            policy.samplings,
            policy.bounds,
            self.strata,
            officers=self.officers,
            staff_drawn=self.staff_drawn,
            unfinished=self.unfinished,
        )
        drawn = {code: size.k for code, size in made.sizes.items()}
        return {"drawn": drawn, "total": made.total, "full_coverage": sorted(made.whole)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectExample:
    """An object of a level with its history, seen on a day. `horizon`: when the next draw's visits are due; the day itself if unsaid.

    Expected: `barred` (the code, "" for none), its `row`, whether it `must` be seen, and whether it is `near` its stop.
    """

    name: str
    level: str
    on: date
    horizon: date
    since: date | None
    items: tuple[str, ...]
    seen: tuple[Seen, ...]
    expect: Mapping[str, object]

    def observe(self, policy: Policy) -> dict[str, object]:
        """What the pack decides. Raises Invalid (`level_unknown`) for a level off its scale."""
        frequency = policy.limits.frequencies.get(self.level)
        if frequency is None:
            raise Invalid("level_unknown", level=self.level, known=", ".join(policy.limits.frequencies))
        must = overdue(self.seen, self.since, frequency, self.horizon)
        found = list(barred(self.seen, frequency, policy.limits, self.on, must=must))
        skipped = suppressed(self.seen, policy.limits, self.items, self.on)
        if skipped is not None and not must:
            found.append(skipped)
        why = first(found)
        told = {"barred": why.code if why else "", "row": why.row if why else ""}
        return {**told, "must": must, "near": near(self.seen, frequency, policy.limits, self.on)}


def draw_example(part: Part) -> DrawExample:
    """`[[draw]]`: a stratum is `{ rows = 40, drawn = 3 }`, or its number of rows alone."""
    part.keys(("name", "strata", "officers", "expect"), ("staff_drawn", "unfinished"))
    strata = part.table("strata")
    return DrawExample(
        name=part.text("name"),
        strata={code: _count(strata, code) for code in strata.content},
        officers=part.whole("officers", 0),
        staff_drawn=part.maybe_whole("staff_drawn", 0) or 0,
        unfinished=part.choices("unfinished", Window) if "unfinished" in part.content else (),
        expect=_expected(part, ("drawn", "total", "full_coverage", "refused")),
    )


def object_example(part: Part) -> ObjectExample:
    """`[[object]]`."""
    part.keys(("name", "level", "on", "expect"), ("horizon", "since", "items", "seen"))
    on = part.day("on")
    return ObjectExample(
        name=part.text("name"),
        level=part.text("level"),
        on=on,
        horizon=part.maybe_day("horizon") or on,
        since=part.maybe_day("since"),
        items=part.texts("items") if "items" in part.content else (),
        seen=tuple(_seen(one) for one in part.maybe_rows("seen", "on")),
        expect=_expected(part, ("barred", "row", "must", "near", "refused")),
    )


def _expected(part: Part, known: tuple[str, ...]) -> Mapping[str, object]:
    expect = part.table("expect")
    expect.keys((), known)
    if "expect" in part.content and not expect.content:
        part.flaw("fields_missing", "expect", value=" / ".join(known))
    return expect.content


def _count(strata: Part, code: str) -> Count:
    if not isinstance(strata.content[code], dict):
        rows = strata.whole(code, 0)
        return Count(rows=rows, able=rows)
    one = strata.table(code)
    one.keys(("rows",), _COUNTS[1:])
    rows = one.whole("rows", 0)
    able = one.maybe_whole("able", 0)
    return Count(
        rows=rows,
        able=rows if able is None else able,
        drawn=one.maybe_whole("drawn", 0) or 0,
        year_drawn=one.maybe_whole("year_drawn", 0) or 0,
        year_rows=one.maybe_whole("year_rows", 0) or 0,
    )


def _seen(part: Part) -> Seen:
    part.keys(("on", "check"), ("authority", "items", "completed", "open"))
    return Seen(
        on=part.day("on"),
        check=part.choice("check", CheckType),
        authority=part.choice("authority", Authority) if "authority" in part.content else Authority.OWN,
        items=frozenset(part.texts("items")) if "items" in part.content else frozenset(),
        completed="completed" not in part.content or part.flag("completed"),
        open="open" in part.content and part.flag("open"),
    )
