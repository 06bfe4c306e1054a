"""An extension of a draw (ruling 10): a new number with a fresh seed over what the draw has left, asked for by one and signed by two.

It never widens the limit of the old draw, whose seed is known by now. So that nobody can aim at anybody, its objects are those of
the draw's own frame, in their own strata; its size is the pack's, or a number for a whole stratum that leaves chance its part; and
only the newest draw of a plan can be extended, once for each document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from inspector.domain.approval import Approval
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.person import said, same
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.policy import Policy
from inspector.domain.quota import Quota
from inspector.domain.signs import cited

ASKED = "draw_extension_asked"
"""The matter of an extension that one person has signed: another has to see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A draw with what has come of it. `newest` is the plan's newest draw of a period; `years` those of the draw and of today."""

    draw: Draw
    newest: Draw | None
    extensions: Sequence[Draw]
    busy: str | None
    years: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One stratum before an extension: rows in the frame, drawn before, how many of the rest may be drawn, and by which row.

    `stratum` is as `Listed.called`. `wanted` is how many more the pack in force asks for, as far as there are any; `whole`: full
    coverage, so nothing is random. From `certain` on the pack's report, by its row `certain_by`, would call being drawn no surprise.
    """

    stratum: str
    row: str
    rows: int
    drawn: int
    able: int
    wanted: int
    whole: bool
    certain: Fraction
    certain_by: str


def ask(held: Kin, given: Approval, policy: Policy, now: datetime) -> Decision[Draw]:
    """A named person asks for an extension, or another one signs what the first has asked for.

    The decision's draw is the extended one: with the approval that waits for its second name, or that has both. Raises Invalid
    (`draw_field_unusable`, `extension_number_unusable`), and Refusal as `may` does and `extension_own`, `extension_differs`.
    """
    wrong = next((code for code, count in given.more.items() if count < 1), None)
    if wrong is not None:
        raise Invalid("extension_number_unusable", stratum=wrong, count=given.more[wrong])
    by = said("by", given.asked_by)
    told = replace(given, reason=said("reason", given.reason), basis=said("basis", given.basis), asked_by=by)
    may(held, told.basis)
    first = held.draw.approval
    facts = {"by": by, "reason": told.reason, "basis": told.basis, "more": dict(told.more)}
    because = Because(rule="draw.extension_asked", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    if first is None or same(first.asked_by, by):
        if first is not None and first.says(told):
            raise Refusal("extension_own", draw=held.draw.number, by=first.asked_by)
        return Decision(state=replace(held.draw, approval=told), because=because)
    if not first.says(told):
        raise Refusal("extension_differs", draw=held.draw.number, asked=first.words)
    signed = replace(first, approved_by=by, approved_at=now)
    facts |= {"by": list(signed.names), "basis": first.basis}  # as it was asked for: its brackets may have been typed otherwise
    because = replace(because, rule="draw.extension_signed", facts=facts)
    return Decision(state=replace(held.draw, approval=signed), because=because)


def may(held: Kin, basis: str) -> None:
    """Whether a draw can be extended now, on this document.

    Raises Refusal: `extension_kind`, `extension_void`, `extension_not_drawn`, `extension_year_over`,
    `extension_superseded`, `extension_busy`, `extension_basis_used`.
    """
    draw, (year, today) = held.draw, held.years
    if draw.kind is not DrawKind.PLAN:
        raise Refusal("extension_kind", draw=draw.number, of=draw.extends or "-")
    if draw.state is DrawState.VOID:
        raise Refusal("extension_void", draw=draw.number)
    if draw.state is not DrawState.DRAWN:
        raise Refusal("extension_not_drawn", draw=draw.number, state=draw.state)
    if year != today:
        raise Refusal("extension_year_over", draw=draw.number, year=year)
    if held.newest is not None and held.newest.number != draw.number:
        raise Refusal("extension_superseded", draw=draw.number, plan=draw.plan, newest=held.newest.number)
    if held.busy is not None:
        raise Refusal("extension_busy", draw=draw.number, plan=draw.plan, open=held.busy)
    used = next((one.number for one in held.extensions if _spent(one, basis)), None)
    if used is not None:
        raise Refusal("extension_basis_used", draw=draw.number, basis=basis, used=used)


def sizes(left: Sequence[Left], approval: Approval, policy: Policy, draw: str) -> dict[str, int]:
    """How many more of each stratum: what the pack asks, or what the document orders for a stratum whose draw stays chance.

    Raises Invalid (`extension_stratum_unknown`) and Refusal: `extension_nothing`, `extension_beyond_pool`, and
    `extension_foreseeable` where the pack's report would call being drawn no surprise.
    """
    if not approval.more:
        asked = {one.stratum: one.wanted for one in left}
        if not any(asked.values()):
            raise Refusal("extension_nothing", draw=draw, pack=policy.label)
        return asked
    known = {one.stratum: one for one in left if not one.whole}
    for code, count in sorted(approval.more.items()):
        one = known.get(code)
        if one is None:
            raise Invalid("extension_stratum_unknown", stratum=code, known=", ".join(sorted(known)))
        if count > one.able:
            raise Refusal("extension_beyond_pool", stratum=code, able=one.able, more=count)
        if Fraction(count, one.able) >= one.certain:
            limit = str(one.certain)
            raise Refusal("extension_foreseeable", stratum=code, able=one.able, more=count, limit=limit, row=one.certain_by)
    return {one.stratum: approval.more.get(one.stratum, 0) for one in left}


def within(more: Mapping[str, int], room: Mapping[str, int] | None, plan: str, year: int, edition: int) -> None:
    """Whether the annual plan has so many left of what it sets aside, by stratum (None: the pack asks for no plan).

    Raises Refusal (`extension_beyond_plan`): more objects than were approved and published need an edition that is.
    """
    for code, count in sorted(more.items()) if room is not None else ():
        if count > (spare := max(0, (room or {}).get(code, 0))):
            raise Refusal("extension_beyond_plan", stratum=code, more=count, left=spare, plan=plan, year=year, edition=edition)


def lacking(quota: Quota, drawn: Mapping[str, int], able: Mapping[str, int]) -> dict[str, int]:
    """By stratum what the quota of today asks beyond what was drawn, as far as there are objects."""
    return {code: max(0, min(size.k - drawn.get(code, 0), able.get(code, 0))) for code, size in quota.sizes.items()}


def _spent(one: Draw, basis: str) -> bool:
    """Whether a document has served for this extension: it has, unless that became void while nobody could know its result."""
    served = one.state is not DrawState.VOID or one.drawn_at is not None or one.seeded
    return served and one.approval is not None and cited(one.approval.basis) == cited(basis)
