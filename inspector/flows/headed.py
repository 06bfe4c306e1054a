"""Whose head decides about a transfer (handbook 1.8.2): as for recusals, and nobody who has reported (decisions 144, 148)."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.challenge import Head, head_of
from inspector.domain.consequence import Consequence, Signed
from inspector.domain.errors import Forbidden, Refusal
from inspector.domain.person import same
from inspector.flows import challenges
from inspector.flows.office import Office
from inspector.store.tx import Tx


def signs(office: Office, tx: Tx, held: Consequence, signed: Signed) -> Signed:
    """A head's signature about a transfer, with the head in whose stead it is given; where no head is named, whoever signs.

    Raises Refusal (`transfer_headless`) where every head that is named has reported, Forbidden (`transfer_not_head`) for anybody else.
    """
    line = challenges.line(office, tx, held.agency)
    if not any(one.names for one in line):
        return signed
    head = head_of(line, (), tuple(by for one in held.reporters for by in (one.by, one.stead) if by))
    if not head.deciders:
        raise Refusal("transfer_headless", consequence=held.id, agency=held.agency)
    if (by_head := signed_by(head, signed)) is None:
        raise Forbidden(
            "transfer_not_head", consequence=held.id, by=signed.by, agency=head.agency, heads=", ".join(head.deciders)
        )
    return by_head


def signed_by(head: Head, signed: Signed) -> Signed | None:
    """A signature by one of these heads, or by who stands in for one, with the head in whose stead it is given; None: by nobody of them."""
    if any(same(signed.by, one) for one in head.names):
        return signed
    stood = next((one.officer for one in head.deputies if same(signed.by, one.deputy)), None)
    return replace(signed, stead=stood) if stood is not None else None


def refuses(office: Office, tx: Tx, held: Consequence, signed: Signed) -> bool:
    """Whether who looks may say no to a transfer that two have not reported yet (`transfer.refuse`)."""
    raised = Signed(by=held.proposed_by, token=held.proposed_token, at=held.proposed_at)
    if any(signed.is_of(one) for one in (raised, *held.reporters)):
        return False
    try:
        signs(office, tx, held, signed)
    except (Refusal, Forbidden):
        return False
    return True
