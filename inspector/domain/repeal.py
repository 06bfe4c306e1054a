"""A cited document is repealed: the items that rest on it are looked at again (the plan, item 3; handbook clause T.1).

Nothing falls by itself. A person applies for a new edition that cites it no longer, or states that the item stands all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.catalogue import Entry
from inspector.domain.cataloguing import basis, said
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.policy import Fact, Item, Policy

_SHOWN = 20
"""So many titles an error lists."""


class Ended(StrEnum):
    """How a re-review was ended."""

    EDITION = "EDITION"
    CONFIRMED = "CONFIRMED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereview:
    """That an item be looked at again, since the document `title` is repealed. `document`: what repeals it, empty where none is named.

    `edition` has ended it, or the word of `ended_by`, by the document `confirmation` and for a `reason`.
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
    """That items stand although what they rest on is repealed: by whom, by which document, why."""

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
    """The title of the one cited document that a code or a part of a title names.

    Raises Invalid (`catalogue_source_unknown`, `catalogue_source_ambiguous`) naming those there are.
    """
    told = [(code, title) for pack in packs for code, title in pack.sources.items()]
    told += [(code, title) for entry in entries for code, title in entry.content.sources.items()]
    asked = text.strip()
    exact = {title for _, title in told if title == asked} or {title for code, title in told if code == asked}
    found = sorted(exact or {title for _, title in told if asked and asked in title})
    if not found:
        known = sorted({f"{code} {title}" for code, title in told})
        raise Invalid("catalogue_source_unknown", source=asked, known="; ".join(known[:_SHOWN]))
    if len(found) > 1:
        raise Invalid("catalogue_source_ambiguous", source=asked, found="; ".join(found[:_SHOWN]))
    return found[0]


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
        raise Refusal("catalogue_rereview_over", agency=held.agency, item=held.item, how=held.ended.value)
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
    yield from (fact.basis, fact.valid_for_basis, fact.record_basis)
    if fact.result is not None:
        yield fact.result.basis
