"""What an officer has signed, read from the ledger alone: what was known then, by when it was due, and whether the date was kept (T.5).

Tolerance for those who have done their duty needs what the data said at the time, not what is known today: nothing here is read from the
state of a case. Of one officer only, and never beside another's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.person import acted
from inspector.domain.recounting import RULE as RECOUNTED

_SIGNED = ("officer", "by", "approved_by", "approved")
"""The facts of an entry that say in whose name something was done: a name, or those of several."""
_SEATED = frozenset({"seat.accept", "seat.decline", "seat.decline_late"})
"""What an inspector has done with a seat of his or her own; whatever else names an `inspector` was done about one."""
_DUE: Mapping[str, str] = {"officer.review": "review_due_at", "self_proof.read": "read_by"}
"""By the rule of what an officer does: under which fact an earlier entry of the case has told its date."""


_OWN = frozenset({"publication.rule", "pledge.scope"})
"""What tells itself by when it was due: a first word about a finding, or about a letter; a later one has no date."""
_TOOK_EFFECT = "consequence.imposed"
"""What ends the dates of a proceeding, unless it tells one of what is next: by that date it was decided, and nothing else was due."""
_OWED, _RULED = "disclosure.owe", ("disclosure.rule", "publication.done")
"""What tells by when it is to be said whether a penalty is public, and what is behind that: a later word has no date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An entry of the ledger with its body read. `beside` is what the body holds besides facts, basis and pack."""

    id: str
    at: datetime
    rule: str
    facts: Mapping[str, object]
    beside: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What was done in an officer's name: `known` are the entries about evidence that stood in the case's ledger by then.

    `due_at` is None where no date was set for it; `kept` is None where neither a date nor the entry itself says.
    """

    entry: Noted
    known: tuple[Noted, ...]
    due_at: datetime | None
    kept: bool | None


def signers(facts: Mapping[str, object]) -> Iterator[str]:
    """Who has signed, as it was signed. Whether something was approved may stand where others have the name of who did."""
    for name in _SIGNED:
        told = facts.get(name)
        yield from (one for one in (told if isinstance(told, list) else [told]) if isinstance(one, str) and one)


def signs(rule: str, facts: Mapping[str, object], names: Collection[str]) -> bool:
    """Whether an entry was signed by whoever has these names. What a review proposes the rule has written, after the review itself."""
    if rule == "consequence.proposed":
        return False
    own = [str(facts["inspector"])] if rule in _SEATED and facts.get("inspector") else []
    return any(acted(one, names) for one in (*signers(facts), *own))


def signed(entries: Sequence[Noted], names: Collection[str], since: datetime, until: datetime) -> list[Signed]:
    """What whoever has these names has signed among one case's entries, from `since` and before `until`; all entries, in their order."""
    return [
        _act(entry, entries[:place])
        for place, entry in enumerate(entries)
        if since <= entry.at < until and signs(entry.rule, entry.facts, names)
    ]


def _act(entry: Noted, before: Sequence[Noted]) -> Signed:
    due = _due(entry, before)
    late = entry.facts.get("late")
    kept = entry.at <= due if due is not None else not late if isinstance(late, bool) else None
    if entry.facts.get("word_late"):  # another's word came behind the date: nobody else is late for it
        kept = None
    known = tuple(one for one in before if isinstance(one.facts.get("evidence"), str) and "verdict" in one.facts)
    return Signed(entry=entry, known=known, due_at=due, kept=kept)


def _due(entry: Noted, before: Iterable[Noted]) -> datetime | None:
    """The date of what was done, as the last entry before it has told it, and as a new calendar has moved it since."""
    if entry.rule == _RULED[0]:
        return _owed(str(entry.facts.get("duty")), before)
    if entry.rule in _OWN:
        return datetime.fromisoformat(str(entry.facts["due_at"])) if "due_at" in entry.facts else None
    if (consequence := entry.facts.get("consequence")) is not None:  # each step tells the date of the next one
        steps = (one for one in before if one.rule != _OWED and one.facts.get("consequence") == consequence)
        dates = [one.facts.get("due_at") for one in steps if "due_at" in one.facts or one.rule == _TOOK_EFFECT]
        return datetime.fromisoformat(str(dates[-1])) if dates and dates[-1] else None
    name = _DUE.get(entry.rule)
    if name is None:
        return None
    told: str | None = None
    proof = entry.beside.get("self_proof")
    for one in before:
        if name in one.facts and one.beside.get("self_proof") in (None, proof):
            told = str(one.facts[name])
        elif told is not None and one.rule == RECOUNTED and one.facts.get("was_due") == told:
            told = str(one.facts["due_at"])
    return datetime.fromisoformat(told) if told is not None else None


def _owed(duty: str, before: Iterable[Noted]) -> datetime | None:
    """By when an officer was to say whether a penalty is public, the first time."""
    told: str | None = None
    for one in before:
        if one.rule == _OWED and one.beside.get("publication") == duty:
            told = str(one.facts.get("word_by", one.facts["due_at"]))  # of a firm of another province before the push, too
        elif one.rule in _RULED and one.facts.get("duty") == duty:
            told = None
    return datetime.fromisoformat(told) if told is not None else None
