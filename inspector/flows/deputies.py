"""Deputies: named, ended, and asked who decides in whose stead today (domain.deputy)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from inspector.domain import deputy as domain
from inspector.domain.calendar import due
from inspector.domain.consequence import Consequence, Signed
from inspector.domain.decision import Decision
from inspector.domain.deputy import Deputy
from inspector.domain.docket import STOOD_IN
from inspector.domain.errors import Invalid, Missing
from inspector.domain.objection import Objection
from inspector.domain.person import nameable, same
from inspector.domain.timer import Timer
from inspector.flows import touched
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

STOOD = STOOD_IN
_OFFICER = "officer"
"""The role of the accounts by which officers sign (`web.roles`)."""


def name(office: Office, tx: Tx, made: Deputy, now: datetime) -> Deputy:
    """An officer of an agency is away, and another one decides in his or her stead.

    Raises what `domain.deputy.name` raises, and Invalid (`officer_unknown`) for a name that nobody here has.
    """
    tx.deputies.take_turn(made.agency)
    others, today = tx.deputies.page((made.agency,)), office.calendar.local_date(now)
    decided = domain.name(made, others, today, _heads_over(office, made))
    _known(office, tx, made)
    tx.deputies.add(made)
    _record(tx, decided, now)
    return made


def _known(office: Office, tx: Tx, made: Deputy) -> None:
    """Raise Invalid where a name is no officer's account, no head's, and no declared person's: a duty would come to nobody.

    Where nobody has an account, all sign at the command line, and their names are known to nobody before they sign.
    """
    accounts = tx.tokens.names(_OFFICER) | tx.admissions.names(_OFFICER)
    if not accounts:
        return
    people = office.entrance.people
    there = {*accounts, *people, *(one for others in people.values() for one in others)}
    there |= {head for node in office.tree.values() for head in node.heads}
    for field in ("officer", "deputy"):
        name = getattr(made, field)
        if nameable(name) and not any(same(name, one) for one in there):
            raise Invalid("officer_unknown", field=field, name=name)


def end(tx: Tx, deputy_id: str, by: str, now: datetime) -> Deputy:
    """Before its last day. Raises Missing (`deputy_unknown`) and what `domain.deputy.end` raises."""
    decided = domain.end(tx.deputies.get(deputy_id, lock=True), by, now)
    tx.deputies.put(decided.state)
    _record(tx, decided, now)
    return decided.state


def standing(office: Office, tx: Tx, agency: str, now: datetime) -> list[Deputy]:
    """Those that hold today for an agency's duties: its own, and those named in an agency above it."""
    day = office.calendar.local_date(now)
    return [one for one in tx.deputies.page(office.line(agency)) if one.stands(day)]


def signs(office: Office, tx: Tx, held: Consequence | Objection, signed: Signed, now: datetime) -> Signed:
    """A signature under a step, with the officer in whose stead it is given."""
    return domain.signs(signed, domain.keeper(held), standing(office, tx, held.agency, now))


def close(office: Office, tx: Tx, agency: str, signatures: Collection[Signed], now: datetime) -> tuple[str, ...]:
    """Who stands in today for whoever has signed, or is stood in for."""
    return domain.close(signatures, standing(office, tx, agency, now))


def close_to(
    office: Office, tx: Tx, agency: str, effects: Collection[Consequence], deciders: Collection[Signed], now: datetime
) -> tuple[str, ...]:
    """The same of those who decided some consequences, where a row of theirs asks that a deputy is no other person."""
    rows = (office.book.get(one.pack).consequences.get(one.proposal) for one in effects)
    apart = any(row is not None and row.deputy_apart for row in rows)
    return close(office, tx, agency, deciders, now) if apart else ()


def whose(office: Office, tx: Tx, held: Consequence | Objection, now: datetime) -> tuple[str, str]:
    """Whose duty the next step is (`keeper`), and who decides in that officer's stead today; the second is empty where nobody need.

    Nobody is named for an objection who may not decide it: one that a decider passed on, in a release before, is any other officer's.
    """
    officer = domain.keeper(held)
    instead = domain.instead_of(officer, standing(office, tx, held.agency, now)) if officer else ""
    deciders = touched.deciders(tx, held) if officer and isinstance(held, Objection) else ()
    if any(same(officer, one.by) for one in deciders):
        return "", ""
    return officer, "" if any(same(instead, one.by) for one in deciders) else instead


def told(office: Office, tx: Tx, held: Consequence | Objection, now: datetime) -> dict[str, object]:
    """The same as a matter tells it to people: nothing where nobody decides in another's stead."""
    officer, instead = whose(office, tx, held, now)
    return {"officer": officer, "instead": instead} if instead else {}


def hear(office: Office, tx: Tx, agency: str, about: str, by: str, facts: Mapping[str, object], now: datetime) -> None:
    """A head hears what was decided in his or her stead, by whom: of an agency that names one, or of those above it.

    By the pack's term of a decision: whoever may say otherwise is to read it while that helps.
    """
    heads = [name for one in office.line(agency) for name in office.tree[one].heads]
    told = {**facts, "instead": by, "by": by, "heads": list(dict.fromkeys(heads)), **_by(office, agency, now)}
    tx.attention.open(STOOD, agency, about, told, now)


def _by(office: Office, agency: str, now: datetime) -> dict[str, object]:
    """By when, by which row and article of the agency's pack; nothing where none is in force, and then it is due at once."""
    try:
        row = office.policy(agency, office.calendar.local_date(now)).term(Timer.REVIEW)
    except Missing:
        return {}
    return {"due_at": due(now, row.term, office.calendar).at.isoformat(), "row": Timer.REVIEW.value, "basis": row.basis}


def _heads_over(office: Office, made: Deputy) -> tuple[str, ...]:
    """Who says who stands in for a head, where the deputy would count: the heads there and above. Nobody: the officer is no head."""
    lines = (office.line(one) for one in office.tree)
    found = dict[str, None]()
    for line in lines:
        if made.agency in line and any(same(made.officer, head) for head in office.tree[line[0]].heads):
            found |= dict.fromkeys(head for one in line for head in office.tree[one].heads)
    return tuple(found)


def _record(tx: Tx, decided: Decision[Deputy], now: datetime) -> None:
    record(tx, f"deputy:{decided.state.id}", decided, now, {})
