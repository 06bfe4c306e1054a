"""Who calls: a bearer token, or the capability of a link. An unknown or missing one is 401, a known one without the role 403."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from inspector.domain.case import Case
from inspector.domain.errors import Forbidden, InspectorError, Missing
from inspector.domain.person import declared, nameable
from inspector.domain.signs import among
from inspector.store.tokens import Token
from inspector.store.tx import Tx
from inspector.web.desk import AtDesk, Desk
from inspector.web.roles import Role, lacking


class Unknown(InspectorError):
    """Nobody we know: no token, or none that is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A known caller. `sees` are the agencies of its subtree; `token` is the id, never the text."""

    token: str
    name: str
    role: Role
    agency: str
    sees: tuple[str, ...]

    def may(self, *roles: Role) -> None:
        """Raise Forbidden unless the caller has one of the roles."""
        if self.role not in roles:
            raise lacking(self.role.value, [role.value for role in roles])

    def reads(self) -> None:
        """Raise Forbidden unless the caller is an officer, or an auditor, who reads what officers do."""
        self.may(Role.OFFICER, Role.AUDITOR)

    def case(self, tx: Tx, case_id: str, *, lock: bool = False) -> Case:
        """A case the caller may know of; any other one is Missing, as if it did not exist."""
        case = tx.cases.get(case_id, lock=lock)
        if case.agency not in self.sees or (self.role is Role.SYSTEM and case.sender != self.name):
            raise Missing("case_unknown", case=case_id)
        return case

    def within(self, agency: str) -> None:
        """Raise Missing unless an agency is among the caller's."""
        if agency not in self.sees:
            told = among(agency, self.sees)
            raise Missing("agency_not_yours", agency=agency, yours=told["known"], nearest=told["nearest"], field="agency")

    def for_all(self, desk: Desk) -> None:
        """Raise Forbidden unless the token stands above every agency of the house: for what cannot be told, or said, of some alone."""
        if beyond := sorted(set(desk.office.tree) - set(self.sees)):
            raise Forbidden("token_not_for_all", agency=self.agency, beyond=", ".join(beyond[:10]))

    @property
    def source(self) -> str:
        """Whose messages are counted once together: a renewed token goes on where the old one stopped."""
        return f"{self.role}:{self.agency}:{self.name}"[:200]

    @property
    def sender(self) -> str | None:
        """The sender its cases must have: a system sees only its own, other roles all of their agencies."""
        return self.name if self.role is Role.SYSTEM else None


_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token made by `inspector token`")
_LINK = APIKeyHeader(
    name="X-Link-Token",
    auto_error=False,
    scheme_name="link",
    description="The secret part of the link that was sent for this thing",
)
Shown = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
ShownLink = Annotated[str | None, Security(_LINK)]


_PERSONS = frozenset({Role.OFFICER, Role.CLERK, Role.AUDITOR, Role.OPS})
"""Roles that people have; a system is known by its own name."""


def find(desk: Desk, text: str) -> Caller:
    """The caller behind a token's text. Raises Unknown. Tokens run by machine time: fast office time must not expire them."""
    found = desk.look(lambda tx: tx.tokens.find(text, tx.machine_now()))
    if found is None or found.role not in set(Role):
        raise Unknown("token_invalid")
    return holder(desk, found)


def holder(desk: Desk, held: Token) -> Caller:
    """The caller of a valid token. Raises Unknown where it names nobody: nothing may be signed without a name.

    A person signs by the one name that the house has declared, whichever account is used: so no step that two take is taken by one.
    """
    if not nameable(held.name):
        raise Unknown("token_nameless")
    sees, role = desk.office.within(held.agency), Role(held.role)
    person = declared(held.name, desk.office.entrance.people) if role in _PERSONS else ""
    return Caller(token=held.id, name=person or held.name, role=role, agency=held.agency, sees=sees)


def known(desk: AtDesk, shown: Shown) -> Caller:
    """The caller of a request that needs a token."""
    if shown is None:
        raise Unknown("token_needed")
    return find(desk, shown.credentials)


def allow(*roles: Role) -> Callable[[Caller], Caller]:
    """A dependency: a known caller with one of the roles."""

    def check(caller: Annotated[Caller, Depends(known)]) -> Caller:
        caller.may(*roles)
        return caller

    return check


_HERE = re.compile(r"(?:https?://)?(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?/?", re.IGNORECASE)
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip", "via"})


def local(request: Request, base_url: str) -> bool:
    """Whether a request comes from this very machine and through no proxy.

    In a house with an address for others (`web.base_url`) none does: a proxy stands before it, often on this machine, and need not say
    for whom it asks, nor by which name it was asked.
    """
    if (base_url and not _HERE.fullmatch(base_url)) or not _HERE.fullmatch(request.headers.get("host", "")):
        return False
    return request.client is not None and request.client.host in ("127.0.0.1", "::1") and _FORWARDED.isdisjoint(request.headers)


System = Annotated[Caller, Depends(allow(Role.SYSTEM))]
Officer = Annotated[Caller, Depends(allow(Role.OFFICER))]
Clerk = Annotated[Caller, Depends(allow(Role.CLERK))]
Asker = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER))]
CaseReader = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER, Role.AUDITOR))]
FeedReader = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER, Role.AUDITOR))]
CreditPlatform = Annotated[Caller, Depends(allow(Role.CREDIT))]
DrawReader = Annotated[Caller, Depends(allow(*(role for role in Role if role is not Role.CREDIT)))]
DrawDesk = Annotated[Caller, Depends(allow(Role.OFFICER, Role.CLERK))]
ResultReader = Annotated[Caller, Depends(allow(Role.OFFICER, Role.AUDITOR))]
DrawOfficial = Annotated[Caller, Depends(allow(Role.OFFICER, Role.CLERK, Role.AUDITOR, Role.OPS))]
WorkReader = Annotated[Caller, Depends(allow(Role.OPS, Role.AUDITOR))]
AttentionReader = Annotated[Caller, Depends(allow(Role.OFFICER, Role.AUDITOR, Role.OPS))]
