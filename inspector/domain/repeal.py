"""A cited document is repealed: the items that rest on it are looked at again (the plan, item 3; handbook clause T.1).

Nothing falls by itself. A person applies for a new edition that cites it no longer, or states that the item stands all the same.
Until then no edition that rests on the document is reviewed or published. A repeal entered by mistake is taken back, and stays on record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.catalogue import Entry
from inspector.domain.cataloguing import basis, said
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.policy import Fact, Item, Policy

_NAMED = re.compile(r"([^《]*)《(.+?)》")
_SHOWN = 20
"""So many titles an error lists."""


class Ended(StrEnum):
    """How a re-review was ended."""

    EDITION = "EDITION"
    CONFIRMED = "CONFIRMED"
    TAKEN_BACK = "TAKEN_BACK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereview:
    """That an item be looked at again, since the document `title` is repealed. `document`: what repeals it, empty where none is named.

    `edition` has ended it, or the word of `ended_by`, by the document `confirmation` and for a `reason`; TAKEN_BACK: the document was not
    repealed. `before` is what stood here before it was opened again, or taken back: nothing that somebody has said is written over.
    """

    agency: str
    item: str
    title: str
    repealed_on: date
    document: str
    opened_at: datetime
    opened_by: str
    ended: Ended | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    edition: int | None = None
    confirmation: str | None = None
    reason: str | None = None
    before: Rereview | None = None

    @property
    def holds(self) -> bool:
        """Whether the document is repealed, as far as is known."""
        return self.ended is not Ended.TAKEN_BACK

    @property
    def mark(self) -> str:
        """The document's short name in keys: 16 hex of its title."""
        return mark(self.title)

    @property
    def about(self) -> str:
        """What the matter for a person is about."""
        return f"{self.agency}:{self.item}:{self.mark}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """That items stand although what they rest on is repealed, or that it is not: by whom, by which document, why."""

    by: str
    document: str
    reason: str


def mark(title: str) -> str:
    """16 hex of a title."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def codes(*bases: str | None) -> frozenset[str]:
    """The codes of the sources that bases such as `S0:1;P:2.4` cite."""
    told = (cited for basis in bases if basis for cited in basis.split(";"))
    return frozenset(code for cited in told if (code := cited.partition(":")[0].strip()))


def titles(item: Item, sources: Mapping[str, str]) -> frozenset[str]:
    """The titles of all documents that an item of a pack rests on."""
    return frozenset(sources[code] for code in codes(*bases(item)) if code in sources)


def bases(item: Item) -> Iterator[str]:
    """Everything that an item cites, for itself, for each of its facts and for each notice that it has had."""
    public = item.publicity.basis if item.publicity is not None else None
    own = (item.basis, item.verify_basis, item.exempt_basis, item.override_basis, item.insured_basis, public)
    of_facts = (basis for fact in item.facts for basis in _of_fact(fact))
    yield from (basis for basis in (*own, *of_facts, *(held.basis for held in item.notices)) if basis)


def named(text: str, packs: Iterable[Policy], entries: Iterable[Entry]) -> str:
    """The title of the one cited document that its code, its number, its name or its whole title names.

    Raises Invalid (`catalogue_source_unknown`, `catalogue_source_ambiguous`) naming those there are, and `catalogue_source_part` for
    what is only a part of some title: every item that rests on the document is asked about, so nobody guesses which one is meant.
    """
    told = [(code, title) for pack in packs for code, title in pack.sources.items()]
    told += [(code, title) for entry in entries for code, title in entry.content.sources.items()]
    asked = text.strip()
    exact = {title for _, title in told if title == asked} or {title for code, title in told if code == asked}
    found = sorted(exact or {title for _, title in told if asked and asked in names(title)})
    if not found:
        if parts := sorted({title for _, title in told if asked and asked in title}):
            raise Invalid("catalogue_source_part", source=asked, found="; ".join(parts[:_SHOWN]))
        known = sorted({f"{code} {title}" for code, title in told})
        raise Invalid("catalogue_source_unknown", source=asked, known="; ".join(known[:_SHOWN]))
    if len(found) > 1:
        raise Invalid("catalogue_source_ambiguous", source=asked, found="; ".join(found[:_SHOWN]))
    return found[0]


def names(title: str) -> tuple[str, ...]:
    """What a document is called beside its whole title: its number, its name with its marks and without, both together."""
    found = _NAMED.match(title)
    if found is None:
        return ()
    number, name = found[1].strip(), found[2]
    return tuple(filter(None, (number, name, f"《{name}》", f"{number}《{name}》")))


def open_for(
    agency: str, item: str, title: str, *, on: date, by: str, document: str, policy: Policy, now: datetime
) -> Decision[Rereview]:
    """An item is to be looked at again. `on` may lie ahead: repeals are announced before they take effect."""
    held = Rereview(
        agency=agency,
        item=item,
        title=title,
        repealed_on=on,
        document=said("document", document) if document.strip() else "",
        opened_at=now,
        opened_by=said("by", by),
    )
    facts = {"item": item, "title": title, "on": on, "by": held.opened_by, "document": held.document}
    return Decision(state=held, because=_because("catalogue.repeal", policy, facts))


def confirm(held: Rereview, given: Word, policy: Policy, now: datetime) -> Decision[Rereview]:
    """The item stands although the document is repealed, by a document and for a reason. Raises Refusal and Invalid."""
    if held.ended is not None:
        raise Refusal("catalogue_rereview_over", agency=held.agency, item=held.item, how=held.ended)
    told = replace(
        held,
        ended=Ended.CONFIRMED,
        ended_at=now,
        ended_by=said("by", given.by),
        confirmation=said("document", given.document),
        reason=said("reason", given.reason),
    )
    facts = {"title": held.title, "by": told.ended_by, "document": told.confirmation, "reason": told.reason}
    return Decision(state=told, because=_because("catalogue.confirm", policy, facts))


def mended(held: Rereview, on: date, by: str, document: str, policy: Policy, now: datetime) -> Decision[Rereview]:
    """The document is repealed from another day than was entered; what has been said of the item meanwhile stands."""
    told = replace(held, repealed_on=on, document=said("document", document) if document.strip() else held.document)
    facts = {
        "item": held.item,
        "title": held.title,
        "was": held.repealed_on,
        "on": on,
        "by": said("by", by),
        "document": told.document,
        "at": now,
    }
    return Decision(state=told, because=_because("catalogue.repeal_mended", policy, facts))


def taken_back(held: Rereview, given: Word, policy: Policy, now: datetime) -> Decision[Rereview]:
    """The document was not repealed: by whom that is said, and why. `before` keeps what was said of the item while it was held repealed."""
    told = replace(
        held,
        ended=Ended.TAKEN_BACK,
        ended_at=now,
        ended_by=said("by", given.by),
        edition=None,
        confirmation=said("document", given.document) if given.document.strip() else None,
        reason=said("reason", given.reason),
        before=held if held.ended is not None else held.before,
    )
    facts = {
        "item": held.item,
        "title": held.title,
        "on": held.repealed_on,
        "by": told.ended_by,
        "document": told.confirmation or "",
        "reason": told.reason,
    }
    return Decision(state=told, because=_because("catalogue.repeal_taken_back", policy, facts))


def unsettled(entry: Entry, known: Iterable[Rereview], day: date) -> list[Rereview]:
    """Those by which a document that an edition rests on is repealed by a day, and nobody has said that the item stands.

    One of each document; a word about the item speaks for its editions in all catalogues whose re-reviews are `known`.
    """
    cited = frozenset(entry.content.sources.values())
    gone = [one for one in known if one.title in cited and one.holds and one.repealed_on <= day]
    stands = {one.title for one in gone if one.item == entry.content.item and one.ended is Ended.CONFIRMED}
    return list({one.title: one for one in gone if one.title not in stands}.values())


def answered(held: Rereview, entry: Entry, by: str, policy: Policy, now: datetime) -> Decision[Rereview] | None:
    """A published edition that cites the document no longer ends the re-review; None where it does, or where that is over."""
    if held.ended is not None or held.title in entry.content.sources.values():
        return None
    told = replace(held, ended=Ended.EDITION, ended_at=now, ended_by=by, edition=entry.content.edition)
    facts = {"title": held.title, "by": by, "edition": entry.content.edition}
    return Decision(state=told, because=_because("catalogue.rereviewed", policy, facts))


def _because(rule: str, policy: Policy, facts: Mapping[str, object]) -> Because:
    return Because(rule=rule, basis=basis(policy), pack=policy.label, facts=facts)


def _of_fact(fact: Fact) -> Iterator[str | None]:
    yield from (fact.basis, fact.valid_for_basis, fact.record_basis, fact.values_basis)
    if fact.result is not None:
        yield fact.result.basis
    if fact.self_proof is not None:
        yield fact.self_proof.basis
