"""Who may say the legal review of a decision, and who decides it as the head, where the pack asks for it (Penalties Law art. 57, 58).

Both are named in the settings of the agency: whether somebody is qualified, or the head, is a fact about an office and no right of a token.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain import moretime, proceeding
from inspector.domain.case import Case
from inspector.domain.challenge import head_of
from inspector.domain.consequence import Agreement, Consequence, Signed, Stage
from inspector.domain.errors import Forbidden, Refusal
from inspector.domain.person import same
from inspector.domain.proposal import ConsequenceRow
from inspector.flows import challenges, headed, prevailing
from inspector.flows.office import Office
from inspector.store.tx import Tx


def named(office: Office, agency: str) -> tuple[str, ...]:
    """Who reviews the decisions of an agency: those whom it names, or the nearest agency above that names some."""
    return next((office.tree[one].reviewers for one in office.line(agency) if office.tree[one].reviewers), ())


def refuse_nobody(office: Office, held: Consequence, row: ConsequenceRow) -> None:
    """Raise Refusal where nobody is named who could review a decision that is to be written (`reviewers_unnamed`), or decide it

    as the head (`penalty_headless`).
    """
    if row.by_head and not any(office.tree[one].heads for one in office.line(held.agency)):
        raise Refusal("penalty_headless", consequence=held.id, agency=held.agency)
    _refuse_unlisted(office, held, row)


def _refuse_unlisted(office: Office, held: Consequence, row: ConsequenceRow) -> None:
    if row.reviewers and not named(office, held.agency):
        raise Refusal("reviewers_unnamed", consequence=held.id, agency=held.agency)


def waits(office: Office, case: Case, held: Consequence, now: datetime) -> tuple[tuple[Agreement, tuple[str, ...]], ...]:
    """Whose agreement is still to come, by the row of today, each with the names of those who may give it; none named: anybody else's."""
    if held.stage not in (Stage.AGREE, Stage.EXTEND):
        return ()
    held = prevailing.of(office, case, held, now)
    row = office.book.get(held.pack).consequences[held.proposal]
    more = held.rectification.waits if held.rectification is not None else None
    kinds = moretime.lacking(more, row) if more is not None else proceeding.lacking(held, row)
    heads = next((office.tree[one].heads for one in office.line(held.agency) if office.tree[one].heads), ())
    names = {Agreement.LEGAL: named(office, held.agency) if row.reviewers else (), Agreement.HEAD: heads}
    return tuple((kind, names.get(kind, ())) for kind in kinds)


def signs(office: Office, tx: Tx, held: Consequence, kind: Agreement, signed: Signed, row: ConsequenceRow) -> Signed:
    """A signature under an agreement, with the head in whose stead it is given.

    Raises Refusal (`reviewers_unnamed`, `penalty_headless`), Forbidden (`reviewer_unlisted`, `penalty_not_head`).
    """
    if kind is Agreement.LEGAL and row.reviewers:
        _refuse_unlisted(office, held, row)
        known = named(office, held.agency)
        if not any(same(signed.by, one) for one in known):
            raise Forbidden("reviewer_unlisted", consequence=held.id, by=signed.by, known=", ".join(known))
    return _head(office, tx, held, signed) if kind is Agreement.HEAD and row.by_head else signed


def _head(office: Office, tx: Tx, held: Consequence, signed: Signed) -> Signed:
    """By a head of the nearest agency where one has no part in it, or by who stands in for one."""
    parted = tuple(name for one in held.deciders for name in (one.by, one.stead) if name)
    head = head_of(challenges.line(office, tx, held.agency), (), parted)
    if not head.deciders:
        raise Refusal("penalty_headless", consequence=held.id, agency=held.agency)
    if (by_head := headed.signed_by(head, signed)) is None:
        known = ", ".join(head.deciders)
        raise Forbidden("penalty_not_head", consequence=held.id, by=signed.by, agency=head.agency, heads=known)
    return by_head
