"""A lead check (线索核查): a check for cause, opened by a named officer and approved by a named head, drawn by nobody and counted apart.

It stands in no draw and in no statistics of draws (handbook 1.2.2, scenario 31); it uses up a cap only where the pack says so of its
type (scenario 40). It finds leads: an outcome is an officer's, in the case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless, same
from inspector.domain.sampling import CheckRow
from inspector.domain.tipoff import TipOff, TipState

TEAM = 2
"""At least so many go (Administrative Penalties Law, article 42)."""


class LeadState(StrEnum):
    """Where a lead check stands. `PROPOSED`: it waits for a head; nobody goes before."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    DONE = "DONE"

    @property
    def open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self in (LeadState.PROPOSED, LeadState.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCheck:
    """One check for cause. `scope`: what is looked at, in the officer's own words, so that nothing of who told goes along."""

    id: str
    tip_off: str
    agency: str
    kind: SubjectKind
    code: str
    name: str
    scope: str
    reasons: str
    proposed_by: str
    made_at: datetime
    due_at: datetime
    state: LeadState = LeadState.PROPOSED
    decided_by: str = ""
    decided_at: datetime | None = None
    document: str = ""
    counts: bool = False
    inspectors: tuple[str, ...] = ()
    visited_on: date | None = None
    found: bool | None = None
    words: str = ""
    entered_by: str = ""

    @property
    def key(self) -> str:
        """The key of its wait."""
        return f"{OrderKind.LEAD_DUE.value}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What those who went have entered: who they were, on which day, and whether they found anything."""

    inspectors: Collection[str]
    on: date
    found: bool
    words: str
    by: str


def propose(
    tip: TipOff, scope: str, reasons: str, by: str, row: CheckRow, due_at: datetime, now: datetime, pack: str
) -> Decision[LeadCheck]:
    """An officer proposes a check from a tip-off. Raises Refusal (`tip_off_over`), Invalid."""
    refuse_nameless(by)
    for field, text in (("scope", scope), ("reasons", reasons)):
        if blank(text):
            raise Invalid("lead_lacks", field=field)
    if tip.state is TipState.CLOSED:
        raise Refusal("tip_off_over", tip_off=tip.id)
    made = LeadCheck(
        id=f"{tip.id}-{len(tip.checks) + 1}",
        tip_off=tip.id,
        agency=tip.agency,
        kind=tip.kind,
        code=tip.code,
        name=tip.name,
        scope=scope,
        reasons=reasons,
        proposed_by=by,
        made_at=now,
        due_at=due_at,
        counts=row.counts,
    )
    because = Because(rule="lead.propose", basis=(row.basis,), pack=pack, facts={"by": by, "row": row.row, "counts": row.counts})
    wait = Order(kind=OrderKind.LEAD_DUE, key=made.key, due_at=due_at, urgent_by=due_at, payload={"lead_check": made.id})
    return Decision(state=made, because=because, orders=(wait,))


def decide(  # noqa: PLR0913 - a head's decision in all its parts
    held: LeadCheck,
    by: str,
    *,
    approved: bool,
    document: str,
    used: int,
    cap: int | None,
    now: datetime,
    basis: str,
    pack: str,
) -> Decision[LeadCheck]:
    """A named head approves it by a document, or refuses it with reasons (`document`): never who has proposed it.

    `used` of `cap` are the checks of this year that count; where this type counts, the cap holds, and the slot is this one's from `now`
    on. Raises Refusal (`lead_decided`, `lead_same_person`, `lead_cap_reached`), Invalid.
    """
    refuse_nameless(by)
    if held.state is not LeadState.PROPOSED:
        raise Refusal("lead_decided", lead_check=held.id, state=held.state)
    if same(by, held.proposed_by):
        raise Refusal("lead_same_person", by=by)
    if blank(document):
        raise Invalid("lead_lacks", field="document")
    if approved and held.counts and cap is not None and used >= cap:
        raise Refusal("lead_cap_reached", cap=cap)
    facts = {"by": by, "document": document, "approved": approved, "counts": held.counts}
    because = Because(rule="lead.decide", basis=(basis,), pack=pack, facts=facts)
    state = LeadState.APPROVED if approved else LeadState.REFUSED
    return Decision(state=replace(held, state=state, decided_by=by, decided_at=now, document=document), because=because)


def report(held: LeadCheck, told: Report, now: datetime, basis: str, pack: str) -> Decision[LeadCheck]:
    """What was found, on which day, by whom: two at least. Raises Refusal (`lead_unapproved`), Invalid."""
    refuse_nameless(told.by)
    if held.state is not LeadState.APPROVED:
        raise Refusal("lead_unapproved", lead_check=held.id, state=held.state)
    team = tuple(sorted({*told.inspectors}))
    if len(team) < TEAM or any(blank(one) for one in team):
        raise Invalid("lead_team_short", field="inspectors", least=TEAM)
    if told.found and blank(told.words):
        raise Invalid("lead_lacks", field="words")
    if not held.made_at.astimezone(SHANGHAI).date() <= told.on <= now.astimezone(SHANGHAI).date():
        raise Invalid("lead_day_impossible", field="visited_on", on=told.on.isoformat())
    made = replace(
        held,
        state=LeadState.DONE,
        inspectors=team,
        visited_on=told.on,
        found=told.found,
        words=told.words,
        entered_by=told.by,
    )
    seen = "FINDING" if told.found else "NOTHING"
    facts = {"by": told.by, "inspectors": list(team), "visited_on": told.on.isoformat(), "seen": seen, "remarks": told.words}
    return Decision(state=made, because=Because(rule="lead.report", basis=(basis,), pack=pack, facts=facts))


def drop(held: LeadCheck, by: str, reasons: str, basis: str, pack: str) -> Decision[LeadCheck]:
    """Its tip-off is closed before a head has decided: nobody goes. Raises Refusal (`tip_off_checking`) where one has approved it."""
    if held.state is LeadState.APPROVED:
        raise Refusal("tip_off_checking", lead_check=held.id)
    because = Because(rule="lead.drop", basis=(basis,), pack=pack, facts={"by": by, "reasons": reasons})
    return Decision(state=replace(held, state=LeadState.REFUSED, decided_by=by, document=reasons), because=because)
