"""By which keys frames, bundles and the ledger know one subject: computed for a head who names it, and for nobody about others.

A natural person stands in a frame by a keyed pseudonym, and so do the objects of entries about edits and levels. Whoever has to answer
what became of one subject needs the key of that one. The secret behind it never leaves the house, and no key leads back to a code.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.case import SubjectKind
from inspector.domain.challenge import head_of
from inspector.domain.errors import Forbidden
from inspector.domain.identity import IdentityKind, identity_kind, pseudonym
from inspector.domain.person import same
from inspector.flows import challenges
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """`frame`: the id in frames and bundles; `entries`: in those of edits and levels; `conflicts`: in those of conflicts of interest."""

    frame: str
    entries: str
    conflicts: str


def keys(office: Office, tx: Tx, agency: str, kind: SubjectKind, code: str, by: str) -> Keys:
    """The keys of the subject of a code, in its one written form.

    Raises Forbidden (`key_not_head`) where an agency of the line names a head, and neither it nor who stands in has asked.
    """
    head = head_of(challenges.line(office, tx, agency), (), ())
    if head.deciders and not any(same(by, one) for one in head.deciders):
        raise Forbidden("key_not_head", by=by, agency=head.agency, heads=", ".join(head.deciders))
    return Keys(
        frame=object_id(office.secret, kind, code),
        entries=pseudonym(office.secret, identity_kind(kind), code),
        conflicts=pseudonym(office.secret, IdentityKind.OTHER, code),
    )
