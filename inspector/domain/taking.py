"""What an entry says that a purge took, and whether it may have taken that: it is believed of nothing beside what its class lets go.

The entry is about the same thing as what went, so that whoever reads about that thing reads it too, and stands beside it in the ledger:
so whoever has both sees this, without the database and without the pack (decision 215).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspector.domain.calendar import SHANGHAI, Term, Unit, nominal_last_day
from inspector.domain.errors import InspectorError
from inspector.domain.retention import Record

PURGED = "ledger.purge"
"""The rule of an entry that words of others were erased when their retention ended; its facts name them by digest, as `entries`."""
LETTING = frozenset({PURGED, "self_proof.forget", "visit.forget", "notice.forget", "tip_off.forget", "retention.forget"})
"""The rules of the entries that say what went: digests, and nobody's data. They never go themselves."""
SAID = (
    *("assistance.answer", "assistance.partly", "assistance.decline", "assistance.again", "assistance.dispute"),
    *("assistance.decide", "assistance.forward", "assistance.propose"),
    *("assistance.accept", "assistance.extend", "assistance.calm", "assistance.warn"),
)
"""The entries that hold what an agency said, word for word: the wording of answers (`ANSWER`), and nothing else of it."""
CIVIL = frozenset({Unit.DAY, Unit.MONTH, Unit.YEAR})
"""The units of a term whose last day no calendar of this house moves."""
MARGIN = timedelta(minutes=10)
"""By so much the clocks of two machines of a house may differ, or one transaction last."""

Key = tuple[str, datetime, datetime, Record]
"""What went, when, since when it was kept, and of which class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A purge by its entry: since when what it took was kept, the digests of the entries, what it leaves of some (JSON, by digest).

    `of`: the case that went, or what no case is about, where the entry is about something of it that has a name of its own; else `about`.
    `former`: a release before said not of which. What went as such, under the name of the case, said the digest of its rows (`whole`).
    """

    at: datetime
    about: str
    of: str
    record: Record
    since: datetime
    entries: tuple[str, ...]
    left: dict[str, str]
    former: bool
    whole: bool

    @property
    def unnamed(self) -> bool:
        """Whether this is of a former release, and maybe a part of something of which it does not say the name."""
        return self.former and not self.whole

    @property
    def key(self) -> Key:
        """Of which purge this is, or is a part (`wholes`)."""
        return "" if self.unnamed else self.of, self.at, self.since, self.record

    def may(self, rule: str) -> bool:
        """Whether an entry by a rule goes with what is let go of this class."""
        return rule in SAID if self.record is Record.ANSWER else rule not in LETTING


def wholes(takings: Iterable[Taking]) -> frozenset[Key]:
    """Of what some purges are, and may have parts: by the name of what went; without one, where a former release let it go."""
    told = [(one, (one.at, one.since, one.record)) for one in takings]
    return frozenset({(one.about, *when) for one, when in told} | {("", *when) for one, when in told if one.former and one.whole})


def ahead(at: datetime, seen: datetime | None) -> bool:
    """Whether an entry is dated later than it was there already (`seen`): its days were not over then (decision 242)."""
    return seen is not None and at > seen + MARGIN


def taking(body: str, at: datetime, about: str, seen: datetime | None = None) -> Taking | None:
    """What the entry of a purge of a moment, about a thing, tells; `seen`: when it was there at the latest, by its seal or a file's making.

    None where it cannot be read, says not of what class and since when it was kept, is dated ahead, or says itself that it came too early.
    """
    if ahead(at, seen):
        return None
    try:
        facts = json.loads(body)["facts"]
        told, left = facts["entries"], facts.get("restated", {})
        since, record = datetime.fromisoformat(facts["since"]), Record(facts["record"])
        wrong = not isinstance(told, list) or not isinstance(left, dict) or since.tzinfo is None or "until" not in facts
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if wrong or record not in (Record.ANSWER, Record.ENFORCEMENT) or early(facts, at):
        return None
    return Taking(
        at=at,
        about=about,
        of=str(facts.get("of") or about),
        record=record,
        since=since,
        entries=tuple(one for one in told if isinstance(one, str)),
        left={name: json.dumps(one, ensure_ascii=False) for name, one in left.items()},
        former=record is Record.ENFORCEMENT and not facts.get("of"),
        whole="digest" in facts,
    )


def early(facts: Mapping[str, object], at: datetime) -> bool:
    """Whether a purge of a moment went too early by what it says itself: since when, how long and until when its words were kept.

    What its case says of that, and its pack, the entry alone does not show (`ledger purges` holds it to the records).
    """
    until, since, keep = (facts.get(name) for name in ("until", "since", "keep"))
    if until is None:
        return False
    try:
        last = date.fromisoformat(str(until))
        if at.astimezone(SHANGHAI).date() <= last:
            return True
        if since is None:
            return False
        begun = datetime.fromisoformat(str(since)).astimezone(SHANGHAI)
        term = Term.parse(str(keep)) if keep is not None else None
        due = nominal_last_day(begun.date(), term) if term is not None and term.unit in CIVIL else begun.date()
    except (ValueError, OverflowError, InspectorError):
        return True
    return begun > at or due > last
