"""Who may say the legal review of a decision, and who decides it as the head, where the pack asks for it (Penalties Law art. 57, 58).

Both are named in the settings of the agency: whether somebody is qualified, or the head, is a fact about an office and no right of a token.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain import moretime, proceeding
from inspector.domain.case import Case
from inspector.domain.challenge import head_of
from inspector.domain.consequence import Agreement, Consequence, Signed, Stage
from inspector.domain.errors import Forbidden, Refusal
from inspector.domain.person import same
from inspector.domain.proposal import ConsequenceRow
from inspector.flows import challenges, headed, overruled, prevailing
from inspector.flows.office import Office
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whose agreement is still to come, and by whom: `names` empty, anybody else's; with `nobody`, nobody is left whom the row asks for."""

    kind: Agreement
    names: tuple[str, ...]
    nobody: bool = False


def named(office: Office, agency: str, parted: Collection[str] = ()) -> tuple[str, ...]:
    """Who reviews the decisions of an agency: those whom it names, or the nearest agency above that names some; nobody of the `parted`."""
    lists = (tuple(one for one in office.tree[name].reviewers if not _among(one, parted)) for name in office.line(agency))
    return next((some for some in lists if some), ())


def refuse_nobody(office: Office, tx: Tx, held: Consequence, row: ConsequenceRow, by: str) -> None:
    """Raise Refusal where nobody is left who could review a decision that is to be written (`reviewers_unnamed`), or decide it

    as the head (`penalty_headless`): who has a part in it, or had one in the same that was put right, is neither. `by`: who writes it.
    Whoever agreed to a text in whose place this one comes may agree to this one, too.
    """
    parted = (*overruled.parted(tx, replace(held, verdict=None)), by)
    if row.by_head and not head_of(challenges.line(office, tx, held.agency), (), parted).deciders:
        raise Refusal("penalty_headless", consequence=held.id, agency=held.agency)
    _refuse_unlisted(office, held, row, parted)


def _refuse_unlisted(office: Office, held: Consequence, row: ConsequenceRow, parted: Collection[str]) -> None:
    if row.reviewers and not named(office, held.agency, parted):
        raise Refusal("reviewers_unnamed", consequence=held.id, agency=held.agency)


def waits(office: Office, tx: Tx, case: Case, held: Consequence, now: datetime) -> tuple[Awaited, ...]:
    """Whose agreement is still to come, by the row of today, each with the names of those who may give it."""
    if held.stage not in (Stage.AGREE, Stage.EXTEND):
        return ()
    held = prevailing.of(office, case, held, now)
    row = office.book.get(held.pack).consequences[held.proposal]
    more = held.rectification.waits if held.rectification is not None else None
    kinds = moretime.lacking(more, row) if more is not None else proceeding.lacking(held, row)
    parted = overruled.parted(tx, held)
    names = {
        Agreement.LEGAL: named(office, held.agency, parted) if row.reviewers else None,
        Agreement.HEAD: head_of(challenges.line(office, tx, held.agency), (), parted).deciders if row.by_head else None,
    }
    known = [(kind, names.get(kind)) for kind in kinds]
    return tuple(Awaited(kind, some or (), nobody=some is not None and not some) for kind, some in known)


def signs(office: Office, tx: Tx, held: Consequence, kind: Agreement, signed: Signed, row: ConsequenceRow) -> Signed:
    """A signature under an agreement, with the head in whose stead it is given.

    Raises Refusal (`reviewers_unnamed`, `penalty_headless`), Forbidden (`reviewer_unlisted`, `penalty_not_head`).
    """
    if kind is Agreement.LEGAL and row.reviewers:
        parted = overruled.parted(tx, held)
        _refuse_unlisted(office, held, row, parted)
        known = (*named(office, held.agency, parted), *named(office, held.agency))  # who has a part in it hears that
        if not any(same(signed.by, one) for one in known):
            raise Forbidden("reviewer_unlisted", consequence=held.id, by=signed.by, known=", ".join(dict.fromkeys(known)))
    return _head(office, tx, held, signed) if kind is Agreement.HEAD and row.by_head else signed


def _head(office: Office, tx: Tx, held: Consequence, signed: Signed) -> Signed:
    """By a head of the nearest agency where one has no part in it, or by who stands in for one."""
    head = head_of(challenges.line(office, tx, held.agency), (), overruled.parted(tx, held))
    if not head.deciders:
        raise Refusal("penalty_headless", consequence=held.id, agency=held.agency)
    if (by_head := headed.signed_by(head, signed)) is None:
        known = ", ".join(head.deciders)
        raise Forbidden("penalty_not_head", consequence=held.id, by=signed.by, agency=head.agency, heads=known)
    return by_head


def _among(one: str, others: Collection[str]) -> bool:
    return any(same(one, other) for other in others)
