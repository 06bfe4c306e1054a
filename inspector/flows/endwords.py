"""How a proceeding ended, was annulled, or was said to stand, in words: rules and reasons are codes, and no reader knows those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.annulled import Annulled
from inspector.domain.consequence import Consequence
from inspector.domain.ended import Ended
from inspector.flows import wording
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx

_RULE = "rule"
"""What stands in the place of a name under what a rule does (`consequence.by_rule`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One of them as it is read: `title` is the key of its heading."""

    title: str
    at: datetime
    by: str
    why: str
    document: str


def told(tx: Tx, held: Consequence, lang: Lang) -> tuple[Ending, ...]:
    """What there is to be told, in the order in which a page says it."""
    held_ones = (("proceeding.upheld", held.upheld), ("proceeding.over", held.ended), ("proceeding.over", held.annulled))
    return tuple(_told(tx, title, one, lang) for title, one in held_ones if one is not None)


def by_door(by: str, lang: Lang) -> str:
    """Through which door a word came: of the link of a notice its receipt."""
    door, _, receipt = by.partition(":")
    return label("proceeding.by_link", lang, receipt=receipt) if door == "subject" and receipt else by


def _told(tx: Tx, title: str, one: Ended, lang: Lang) -> Ending:
    by = label("proceeding.by_rule", lang) if one.by == _RULE else one.by
    return Ending(title=title, at=one.at, by=by, why=_why(tx, one, lang), document=one.document)


def _why(tx: Tx, one: Ended, lang: Lang) -> str:
    """An officer's words as they are; of a rule its own words, and of another decision which one."""
    if one.why in {why.value for why in Annulled}:
        return of(Annulled(one.why), lang)
    if one.by != _RULE:
        return one.why
    if (other := tx.consequences.find(one.why)) is not None:
        return label("proceeding.with_other", lang, proposal=of(other.proposal, lang), id=other.id)
    return wording.code("rule", one.why, lang)
