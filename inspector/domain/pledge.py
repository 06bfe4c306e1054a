"""Commitment letters that are shown to everybody (公示承诺书): of which item, of whom, what was promised, until when (the plan, 5 and 9).

A letter is shown where its item's notice said so before it was signed, as far and as long as it said (`Publicity`). Shown are the facts
that were promised by their names, and neither the letter's text nor a value: they may name somebody. A natural person is never named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.canonical import fingerprint
from inspector.domain.case import Case, Route, SubjectKind
from inspector.domain.policy import Item
from inspector.domain.publicity import NOT_PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A letter as it is shown; `until` is its last day. `name` and `code` are empty for a natural person."""

    case_id: str
    agency: str
    item: str
    facts: tuple[str, ...]
    name: str
    code: str
    signed_on: date
    until: date
    scope: str

    def value(self) -> dict[str, object]:
        """As programs read it. The case's id is the house's own and is not told."""
        told = {"agency": self.agency, "item": self.item, "facts": list(self.facts), "name": self.name, "code": self.code}
        return {**told, "signed_on": str(self.signed_on), "until": str(self.until), "scope": self.scope}

    @property
    def digest(self) -> str:
        """One digest of what it says, for the ledger."""
        return fingerprint(self.value())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A letter that is public since `posted_at`, where `reference` says."""

    pledge: Pledge
    posted_at: datetime
    reference: str
    by: str


def unread(case: Case, item: Item) -> str | None:
    """How far a letter says that it is public, where that is neither what its item says nor nothing; None: it is understood.

    Its words are free: no program can tell whether they allow the register, so an officer says it (`allowed`), once for these words.
    """
    letter, wanted = case.letter, item.publicity
    if letter is None or wanted is None or not wanted.site or case.route is not Route.COMMITMENT or case.state.gone:
        return None
    said = _plain(letter.publicity_scope)
    return None if said in (NOT_PUBLIC, _plain(wanted.scope)) else said


def _plain(scope: str) -> str:
    return "".join(scope.split())


def pledge(case: Case, item: Item, agency: str, today: date, allowed: str | None = None) -> Pledge | None:
    """What is shown of a case's letter today; None where nothing is.

    Nothing is shown of a letter that says less than its item, of one that says something else unless an officer has said that these
    very words (`allowed`) take in the register, of one whose term is over, or of a matter that is gone. Where the two say different
    last days, the earlier one holds: to nobody's harm.
    """
    letter, wanted = case.letter, item.publicity
    if letter is None or wanted is None or not wanted.site or _plain(letter.publicity_scope) == NOT_PUBLIC:
        return None
    if (other := unread(case, item)) is not None and other != allowed:
        return None
    if case.route is not Route.COMMITMENT or case.state.gone:
        return None
    days = [day for day in (wanted.last(letter.signed_on), letter.publicity_until) if day is not None]
    if not days or not letter.signed_on <= today <= min(days):
        return None
    named = case.subject.kind is SubjectKind.FIRM
    return Pledge(
        case_id=case.id,
        agency=agency,
        item=item.name,
        facts=tuple(dict.fromkeys(item.fact(one.claim.fact).name for one in case.claims)),
        name=case.subject.name if named else "",
        code=case.subject.code if named else "",
        signed_on=letter.signed_on,
        until=min(days),
        scope=wanted.scope,
    )
