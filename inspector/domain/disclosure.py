"""What the public register says of a penalty (行政处罚信息公示): whom where that may be told, which kind, until when.

A penalty of a certain social influence is public, and taken back within days where it is changed, revoked, found unlawful or void
(Penalties Law, art. 48; open-government regulation, art. 26). Whether it has such an influence an officer says. Nothing that anybody
has typed becomes public, for words may name somebody: the kinds are those of article 9, the amount is a number, item and act are the
pack's own names. A natural person is never named (the founding plan, item 8; handbook 1.6.16).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.canonical import fingerprint
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank
from inspector.domain.gazette import Fallen

_YUAN = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?")


class PenaltyKind(StrEnum):
    """The kinds of penalty, as article 9 of the Penalties Law lists them."""

    WARNING = "WARNING"
    CRITICISM = "CRITICISM"
    FINE = "FINE"
    CONFISCATION = "CONFISCATION"
    LICENCE_WITHHELD = "LICENCE_WITHHELD"
    DOWNGRADED = "DOWNGRADED"
    LICENCE_REVOKED = "LICENCE_REVOKED"
    RESTRICTED = "RESTRICTED"
    HALTED = "HALTED"
    CLOSED = "CLOSED"
    BARRED = "BARRED"
    DETAINED = "DETAINED"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """Whether a penalty is to be public, and what it is, by an officer; the reasons stay in the house. `amount` in fen."""

    public: bool
    kinds: tuple[PenaltyKind, ...]
    amount: int | None
    reasons: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyLine:
    """A penalty in the register. `name` is empty where it may not be told: then it is in no list and only counted.

    `subject`: whose it is, which is not published itself: persons are counted, and who has no name any more was not always one.

    `until` is its last day. `contested`: an objection is open, and nobody has decided about it; it is no part of what was published.
    """

    id: str
    agency: str
    name: str
    code: str
    item: str
    act: str
    kinds: tuple[PenaltyKind, ...]
    amount: int | None
    decided_on: date | None
    posted_on: date
    until: date
    contested: bool = False
    removed: Fallen | None = None
    removed_on: date | None = None
    subject: SubjectKind | None = None

    @property
    def person(self) -> bool:
        """Whether it is one of those that stand as a number alone: a natural person's."""
        return not self.name and self.subject is not SubjectKind.FIRM

    def value(self) -> dict[str, object]:
        """As programs read it. `amount` in yuan."""
        if self.removed:
            return {"id": self.id, "removed_on": str(self.removed_on), "reason": self.removed.value}
        told: dict[str, object] = {"id": self.id, "agency": self.agency, "name": self.name, "code": self.code}
        parts: Mapping[str, object] = {
            "item": self.item,
            "act": self.act,
            "kinds": [one.value for one in self.kinds],
            "amount": yuan(self.amount),
            "decided_on": str(self.decided_on or ""),
        }
        told |= {name: held for name, held in parts.items() if held}
        told |= {"posted_on": str(self.posted_on), "until": str(self.until)}
        return {**told, "contested": True} if self.contested else told

    def taken_back(self, why: Fallen, on: date) -> PenaltyLine:
        """What stands of it once it was taken back."""
        return replace(self, removed=why, removed_on=on)

    @property
    def digest(self) -> str:
        """One digest of what it says, for the ledger's entry that it is public."""
        return fingerprint(replace(self, contested=False).value())


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """What a duty is about where it is about a penalty. `shown` is the line as it became public, None before.

    `elsewhere`: the province in which its subject is registered, where that is another one: it is to be pushed there by the duty's date.
    """

    consequence: str
    case_id: str
    decided_on: date
    until: date
    elsewhere: str = ""
    ruled: Disclosed | None = None
    shown: PenaltyLine | None = None

    @property
    def public(self) -> bool:
        """Whether an officer has said that it is to be public."""
        return self.ruled is not None and self.ruled.public


def fen(yuan: str) -> int | None:
    """An amount that somebody has typed in yuan, in fen; None where nothing was typed. Raises Invalid (`disclosure_amount`)."""
    if blank(yuan):
        return None
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", yuan).replace(",", "").strip())
    if found is None:
        raise Invalid("disclosure_amount", field="fine")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yuan(amount: int | None) -> str:
    """An amount in fen as it is written in yuan; empty for none."""
    if amount is None:
        return ""
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
