"""Commitment letters on the public register: which are shown, which come in, which go, and that somebody hears of one left too long."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from inspector.domain import pledge as domain
from inspector.domain.calendar import due
from inspector.domain.case import Case
from inspector.domain.decision import Because, Decision
from inspector.domain.docket import LETTER_SCOPE
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless
from inspector.domain.pledge import Pledge, Shown, pledge
from inspector.domain.policy import Item
from inspector.domain.publish import LEAST
from inspector.domain.timer import Timer
from inspector.flows import displayed
from inspector.flows.lookback import named
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.pledges import POSTED, TAKEN
from inspector.store.tx import Tx

RULED = "pledge.scope"
"""The rule of the entry by which an officer says whether a letter's own words of how far it is public take in the register."""
UNREAD = "pledge_scope"
"""The matter of former releases, one for all letters about whose words nobody has said that yet: each has its own now (`LETTER_SCOPE`)."""
MATTER = "pledge_over"
"""The matter of letters that are public longer than their signers were told; it ends with the next posting of the register."""

_TOGETHER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters as they are to stand; `fresh` come in or say something else now, `gone` are cases whose letters go.

    `unread`: so many say of publicity what nobody has understood yet, and are not shown. `least`: by the most careful of the packs.
    """

    shown: tuple[Pledge, ...] = ()
    fresh: tuple[Pledge, ...] = ()
    gone: tuple[str, ...] = ()
    unread: int = 0
    least: int = LEAST


def gather(office: Office, now: datetime, *, post: bool) -> Letters:
    """The letters that are public; with `post` also what comes in and what goes. Raises Refusal.

    `shadow_silent`, and `publication_contradicted` where a letter is not what the ledger tells.
    """
    office.earnest()
    if off := displayed.look(office.store):
        raise Refusal("publication_contradicted", rows=named(off))
    held = {one.pledge.case_id: one.pledge for one in _public(office)}
    if not post:
        return Letters(shown=tuple(held.values()), least=_least(office))
    due = {one.case_id: one for one in _due(office, now)}
    waiting = sum(1 for _ in unread(office))
    fresh = tuple(one for name, one in due.items() if held.get(name) != one)
    return Letters(
        shown=tuple(due.values()), fresh=fresh, gone=tuple(sorted(held.keys() - due.keys())), unread=waiting, least=_least(office)
    )


def _least(office: Office) -> int:
    ids = {node.pack for node in office.tree.values()}
    return max((pack.publish.least for pack in office.book.packs if pack.id in ids), default=LEAST)


def unread(office: Office) -> Iterator[Case]:
    """The cases whose letters say of publicity what is neither their item's scope nor nothing, and about which nobody has ruled."""
    for case, item, ruled in _cases(office):
        if (words := domain.unread(case, item)) is not None and words not in ruled:
            yield case


def rule(office: Office, tx: Tx, case_id: str, site: bool, reasons: str, by: str, now: datetime) -> None:
    """A named officer says whether a letter's words take in the public register: of these words alone, and the last word holds.

    Raises Missing, Refusal (`pledge_understood`) where there is nothing to say, Invalid without reasons.
    """
    refuse_nameless(by)
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")
    case = tx.cases.get(case_id, lock=True)
    item = office.book.get(case.pack).item(case.item)
    if (words := domain.unread(case, item)) is None or item.publicity is None:
        raise Refusal("pledge_understood", case=case_id)
    facts: dict[str, object] = {"by": by, "scope": words, "site": site, "reasons": reasons.strip()} | _date(tx, case_id, now)
    tx.attention.close(f"{LETTER_SCOPE}:{case_id}", now)
    because = Because(rule=RULED, basis=(item.publicity.basis,), pack=case.pack, facts=facts)
    record(tx, case.id, Decision(state=None, because=because), now, {}, kept=case.pack)


def _date(tx: Tx, case_id: str, now: datetime) -> dict[str, object]:
    """By when that was to be said, while it waits to be: a later word has no date."""
    waits = tx.attention.get(f"{LETTER_SCOPE}:{case_id}")
    due_at = json.loads(waits["body"]).get("due_at") if waits is not None and waits["closed_at"] is None else None
    return {"due_at": due_at, "late": now > datetime.fromisoformat(due_at)} if due_at else {}


def say(office: Office, letters: Letters, base: str, by: str, now: datetime) -> None:
    """A named person says that these letters are public at an address, and that those are gone. Said again, nothing is added."""
    reference = f"{base.rstrip('/')}/letters.html"
    for start in range(0, len(letters.fresh), _TOGETHER):
        with office.store.begin() as tx:
            for one in letters.fresh[start : start + _TOGETHER]:
                held = tx.pledges.find(one.case_id)
                if held is None or held.pledge != one:
                    tx.pledges.put(Shown(pledge=one, posted_at=now, reference=reference, by=by))
                    facts = {"by": by, "reference": reference, "until": str(one.until), "letter": one.digest}
                    case, basis = _case(office, tx, one.case_id)
                    because = Because(rule=POSTED, basis=basis, pack=case.pack, facts=facts)
                    record(tx, case.id, Decision(state=None, because=because), now, {}, kept=case.pack)
    for start in range(0, len(letters.gone), _TOGETHER):
        with office.store.begin() as tx:
            for case_id in letters.gone[start : start + _TOGETHER]:
                if tx.pledges.take(case_id):
                    case, basis = _case(office, tx, case_id)
                    told = {"by": by, "reference": reference}
                    because = Because(rule=TAKEN, basis=basis, pack=case.pack, facts=told)
                    record(tx, case_id, Decision(state=None, because=because), now, {}, kept=case.pack)
    with office.store.begin() as tx:
        tx.attention.close(f"{MATTER}:{office.house}", now)


def look(office: Office, tx: Tx, now: datetime, waiting: Sequence[Case] = ()) -> None:
    """Letters that are public too long are a matter for a person: nothing goes from the register by itself.

    So is each of those (`waiting`) that say of publicity what nobody has understood yet, on the list of decisions with the date by which
    an officer reviews; what was ruled, corrected or withdrawn meanwhile waits no more.
    """
    tx.attention.close(f"{UNREAD}:{office.house}", now)
    there = {case.id for case in waiting}
    for one in tx.attention.of_kind(LETTER_SCOPE):
        if one.open and one.about not in there:
            tx.attention.close(f"{LETTER_SCOPE}:{one.about}", now)
    for case in waiting:
        by = due(now, office.book.get(case.pack).term(Timer.REVIEW).term, office.calendar).at
        tx.attention.add(LETTER_SCOPE, case.agency, case.id, partial(_waits, office, case, by), now)
    if count := tx.pledges.over(office.calendar.local_date(now)):
        tx.attention.open(MATTER, office.house, office.house, {"letters": count}, now)


def _waits(office: Office, case: Case, by: datetime, told: Mapping[str, object]) -> Mapping[str, object]:
    """What an officer reads of a letter: its own words, and what its item's notice said; the date stays that of the first look."""
    item, letter = office.book.get(case.pack).item(case.item), case.letter
    assert letter is not None, "what waits has a letter"
    assert item.publicity is not None, "and an item that makes letters public"
    days = [day for day in (item.publicity.last(letter.signed_on), letter.publicity_until) if day is not None]
    said = {"words": letter.publicity_scope, "wanted": item.publicity.scope, "signed_on": str(letter.signed_on)}
    dated = {"until": str(min(days)) if days else "", "due_at": told.get("due_at", by.isoformat())}
    return {**said, **dated, "case": case.id, "basis": item.publicity.basis}


def _public(office: Office) -> Iterator[Shown]:
    after = ""
    while True:
        with office.store.read() as tx:
            part = tx.pledges.page(after, _TOGETHER)
        yield from part
        if len(part) < _TOGETHER:
            return
        after = part[-1].pledge.case_id


def _due(office: Office, now: datetime) -> Iterator[Pledge]:
    """What is to be shown today, of every pack's items whose letters stand on the register."""
    today = office.calendar.local_date(now)
    for case, item, ruled in _cases(office):
        agency = office.tree[case.agency].name if case.agency in office.tree else case.agency
        allowed = next((words for words, site in ruled.items() if site and words == domain.unread(case, item)), None)
        if (shown := pledge(case, item, agency, today, allowed)) is not None:
            yield shown


def _cases(office: Office) -> Iterator[tuple[Case, Item, Mapping[str, bool]]]:
    """The cases whose items' letters stand on the register, each with what officers have said of its letter's words."""
    items = {item.code for pack in office.book.packs for item in pack.items.values() if item.publicity and item.publicity.site}
    after = ""
    while items:
        with office.store.read() as tx:
            part = [(case, office.book.get(case.pack).item(case.item)) for case in tx.pledges.cases(items, after, _TOGETHER)]
            ruled = {case.id: _ruled(tx, case.id) for case, item in part if domain.unread(case, item) is not None}
        yield from ((case, item, ruled.get(case.id, {})) for case, item in part)
        if len(part) < _TOGETHER:
            return
        after = part[-1][0].id


def _ruled(tx: Tx, case_id: str) -> Mapping[str, bool]:
    return {str(facts["scope"]): facts["site"] is True for _, facts in tx.ledger.facts([RULED], case_id)}


def _case(office: Office, tx: Tx, case_id: str) -> tuple[Case, tuple[str, ...]]:
    """A case, and what its item's notice rests on where it says how far its letters are public."""
    case = tx.cases.get(case_id)
    item = office.book.get(case.pack).item(case.item)
    return case, (item.publicity.basis,) if item.publicity is not None else ()
