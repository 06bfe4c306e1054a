"""Deputies (代行职责): an officer who is away names who decides in his or her stead for a time, so that no duty waits for one person. Pure.

Why somebody is away is nobody's business here: only the days are kept (PIPL art. 6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.consequence import Consequence, Signed, Stage
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.objection import Objection
from inspector.domain.person import nameable, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """Who stands in for an officer of an agency, from one day to another, both counted. `named_by`: who entered it."""

    id: str
    agency: str
    officer: str
    deputy: str
    since: date
    until: date
    named_by: str
    named_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""

    def stands(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.ended_at is None and self.since <= day <= self.until


def name(made: Deputy, others: Iterable[Deputy], today: date, heads: Collection[str] = ()) -> Decision[Deputy]:
    """Name a deputy. `others`: those of the same agency. `heads`: where the officer is a head, who may say so: a head, there or above.

    Nobody names himself or herself for another, and whoever is away at the time stands in for nobody: a duty must come to somebody who
    is there. Raises Invalid (`officer_nameless`, `deputy_self`, `deputy_dates`), Refusal (`deputy_by_self`, `deputy_there`, `deputy_away`,
    `deputy_of_head`).
    """
    _usable(made, today)
    if same(made.named_by, made.deputy):
        raise Refusal("deputy_by_self", officer=made.officer, deputy=made.deputy)
    if heads and not any(same(made.named_by, one) for one in heads):
        raise Refusal("deputy_of_head", officer=made.officer, by=made.named_by, heads=", ".join(heads))
    for one in others:
        if one.ended_at is not None or one.until < made.since or made.until < one.since:
            continue
        told = {"officer": one.officer, "deputy": one.deputy, "since": one.since.isoformat(), "until": one.until.isoformat()}
        if same(one.officer, made.officer):
            raise Refusal("deputy_there", **told)
        if same(one.officer, made.deputy) or same(one.deputy, made.officer):
            raise Refusal("deputy_away", **told)
    return Decision(state=made, because=_because("named", made, by=made.named_by))


def _usable(made: Deputy, today: date) -> None:
    for field in ("officer", "deputy", "named_by"):
        if not nameable(getattr(made, field)):
            raise Invalid("officer_nameless", field=field)
    if same(made.officer, made.deputy):
        raise Invalid("deputy_self", field="deputy", officer=made.officer)
    if not today <= made.until or made.until < made.since:
        raise Invalid(
            "deputy_dates", field="until", since=made.since.isoformat(), until=made.until.isoformat(), today=today.isoformat()
        )


def end(held: Deputy, by: str, now: datetime) -> Decision[Deputy]:
    """The officer is back, or somebody else is to be named. Raises Refusal (`deputy_over`), Invalid."""
    if not nameable(by):
        raise Invalid("officer_nameless", field="by")
    if held.ended_at is not None:
        raise Refusal("deputy_over", officer=held.officer, deputy=held.deputy)
    ended = replace(held, ended_at=now, ended_by=by)
    return Decision(state=ended, because=_because("ended", ended, by=by))


def instead_of(officer: str, standing: Iterable[Deputy]) -> str:
    """Who decides in an officer's stead; empty: nobody need, or nobody is named."""
    return next((one.deputy for one in standing if same(one.officer, officer)), "")


def keeper(held: Consequence | Objection) -> str:
    """Whose duty the next step is, as it follows from what happened; empty: any officer's, since nobody has begun it.

    Of a consequence who has written its decision, else who has proposed it, but for the head's step of a transfer: the head is none of
    those who report (handbook 1.8.1). Of an objection who has passed it on: others are to answer that officer.
    """
    if isinstance(held, Objection):
        return held.passed_by
    if held.stage is Stage.HEAD:
        return ""
    return held.verdict.signed.by if held.verdict is not None else held.proposed_by


def signs(signed: Signed, officer: str, standing: Iterable[Deputy]) -> Signed:
    """A signature, which says in whose stead it is given where whoever signs stands in for the officer whose duty it is."""
    deputy = instead_of(officer, standing) if officer else ""
    return replace(signed, stead=officer) if deputy and same(deputy, signed.by) else signed


def close(signatures: Iterable[Signed], standing: Collection[Deputy]) -> tuple[str, ...]:
    """Who is no other person beside these signatures where the pack asks for it: their deputies, and for whom they stand in."""
    found = dict[str, None]()
    for signed in signatures:
        with_them = [one for one in standing if same(one.officer, signed.by) or same(one.deputy, signed.by)]
        found |= dict.fromkeys(one.deputy if same(one.officer, signed.by) else one.officer for one in with_them)
        found |= {signed.stead: None} if signed.stead else {}
    return tuple(found)


def _because(what: str, held: Deputy, **facts: object) -> Because:
    told = {"deputy": held.id, "officer": held.officer, "instead": held.deputy, "agency": held.agency}
    days = {"since": held.since.isoformat(), "until": held.until.isoformat()}
    return Because(rule=f"deputy.{what}", basis=(), pack="", facts={**told, **days, **facts})
