"""Who of an agency may not go to an object of a frame: declared conflicts, and whoever went the last time; with the frame's salts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from inspector.domain.frame import DECLARED, LAST, Ban
from inspector.domain.listed import Listed
from inspector.domain.policy import Policy
from inspector.domain.spelling import party_of, told_of
from inspector.flows.history import History
from inspector.flows.members import Members
from inspector.flows.office import Office
from inspector.store.tx import Tx


def on_word(past: History, ban: Ban) -> bool:
    """Whether a ban rests on what somebody has said: a conflict that was declared, or a check that was imported."""
    return ban.reason == DECLARED or ban.inspector in past.only_told(ban.object)


def bans(tx: Tx, agency: str, policy: Policy, members: Members, past: History, secret: bytes) -> Sequence[Ban]:
    """Declared conflicts about objects of this frame (the fact, not the private reason: scenario 33), and who went the last time."""
    declared: dict[str, list[str]] = {}
    for conflict in tx.rosters.recusals(agency):
        for key in {conflict.object, party_of(conflict.object)}:  # a person's number is met whole, a firm's by its organisation
            declared.setdefault(key, []).append(conflict.inspector)
    last = bool(past.last) and policy.draw.rotate
    becomes = {code: row.id for row in tx.rosters.inspectors(agency) for code in row.codes} if last else {}
    found: dict[tuple[str, str], str] = {}
    for name, member in members if declared or last else ():
        found |= {(name, becomes.get(staff, staff)): LAST for staff in (past.went(name) if last else ())}
        found |= {(name, staff): DECLARED for staff in declared.get(told_of(member.kind, member.code) or member.code, ())}
    return [
        Ban(object=name, inspector=staff, reason=reason, salt=salt(secret, f"{name}/{staff}"))
        for (name, staff), reason in found.items()
    ]


def list_secret(office: Office, number: str, listed: Listed) -> bytes:
    """What a list's salts come of. The objects of a joint check have the lead's in every list: they are one file."""
    return office.secret + f"{number}/{listed.name}/".encode()


def salt(secret: bytes, name: str) -> str:
    """Ruling 8: rows cannot be linked across lists or draws."""
    return hashlib.sha256(secret + name.encode()).hexdigest()[:32]
