"""A case's requests for assistance as its explanation tells them: who was asked by when, how each stands, what is agreed or disputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.assistance import AssistanceState, Quarrel, Request
from inspector.domain.calendar import Counting
from inspector.domain.counting import Tallied, tally
from inspector.domain.echo import Echo
from inspector.domain.policy import Policy
from inspector.domain.scoreboard import ended_as
from inspector.domain.urgency import Urgency
from inspector.flows.articles import Article, articles
from inspector.flows.office import Office, Place, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for assistance. `forwarded_to` and `forwarded_by` are agencies, as `party` is; `dispute` is what about.

    `dispute_helps`: what the common superior has decided about it; None: nothing.
    `end`: as what it counts on the scoreboard.
    """

    id: str
    requested: str
    party: str
    claim: str
    ground: str
    basis: tuple[Article, ...]
    state: AssistanceState
    end: str
    opened_at: datetime
    due_at: datetime
    due_provisional: bool
    due_counted: Counting
    due_days: tuple[Tallied, ...]
    sent_at: datetime | None
    ended_at: datetime | None
    escalated_to: str | None
    reply: Mapping[str, object]
    urgency: Urgency
    accepted_at: datetime | None
    proposed_at: datetime | None
    forwarded_by: tuple[str, ...]
    forwarded_to: str
    dispute: Quarrel | None
    dispute_due_at: datetime | None
    dispute_helps: bool | None
    echo: Echo | None


def letter(office: Office, held: Request, policy: Policy) -> Asked:
    """A request as it is told."""
    local = office.calendar.local
    to = str((held.reply or {}).get("to", "")) if held.state is AssistanceState.FORWARDED else ""
    return Asked(
        id=held.id,
        requested=held.requested,
        party=party(office, held.requested),
        claim=held.claim,
        ground=held.ground,
        basis=articles(policy, held.basis),
        state=held.state,
        end=ended_as(held),
        opened_at=local(held.opened_at),
        due_at=local(held.due_at),
        due_provisional=held.due_provisional,
        due_counted=held.due_counted,
        due_days=tally(held.due_counted),
        sent_at=_local(office, held.sent_at),
        ended_at=_local(office, held.ended_at),
        escalated_to=held.escalated_to,
        reply=held.reply or {},
        urgency=held.urgency,
        accepted_at=_local(office, held.accepted_at),
        proposed_at=_local(office, held.proposed.due_at if held.proposed else None),
        forwarded_by=tuple(party(office, one) or one for one in held.chain),
        forwarded_to=party(office, to) or to,
        dispute=held.dispute.about if held.dispute else None,
        dispute_due_at=_local(office, held.dispute.due_at if held.dispute else None),
        dispute_helps=held.dispute.helps if held.dispute else None,
        echo=Echo(held.echo) if held.echo else None,
    )


def party(office: Place, connector: str) -> str:
    """The agency that is reached by a connector, by its name; empty for what is no agency of the tree."""
    return names_of(office.tree).get(connector, "")


def _local(office: Place, moment: datetime | None) -> datetime | None:
    return office.calendar.local(moment) if moment is not None else None
