"""Commitment letters on the public register: which are shown, which come in, which go, and that somebody hears of one left too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.decision import Because, Decision
from inspector.domain.pledge import Pledge, Shown, pledge
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

MATTER = "pledge_over"
"""The matter of letters that are public longer than their signers were told; it ends with the next posting of the register."""

_TOGETHER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters as they are to stand; `fresh` come in or say something else now, `gone` are cases whose letters go."""

    shown: tuple[Pledge, ...] = ()
    fresh: tuple[Pledge, ...] = ()
    gone: tuple[str, ...] = ()


def gather(office: Office, now: datetime, *, post: bool) -> Letters:
    """The letters that are public; with `post` also what comes in and what goes. Raises Refusal (`shadow_silent`)."""
    office.earnest()
    held = {one.pledge.case_id: one.pledge for one in _public(office)}
    if not post:
        return Letters(shown=tuple(held.values()))
    due = {one.case_id: one for one in _due(office, now)}
    fresh = tuple(one for name, one in due.items() if held.get(name) != one)
    return Letters(shown=tuple(due.values()), fresh=fresh, gone=tuple(sorted(held.keys() - due.keys())))


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
                    because = Because(rule="pledge.posted", basis=basis, pack=case.pack, facts=facts)
                    record(tx, case.id, Decision(state=None, because=because), now, {}, kept=case.pack)
    for start in range(0, len(letters.gone), _TOGETHER):
        with office.store.begin() as tx:
            for case_id in letters.gone[start : start + _TOGETHER]:
                if tx.pledges.take(case_id):
                    case, basis = _case(office, tx, case_id)
                    told = {"by": by, "reference": reference}
                    because = Because(rule="pledge.removed", basis=basis, pack=case.pack, facts=told)
                    record(tx, case_id, Decision(state=None, because=because), now, {}, kept=case.pack)
    with office.store.begin() as tx:
        tx.attention.close(f"{MATTER}:{office.house}", now)


def look(office: Office, tx: Tx, now: datetime) -> None:
    """Letters that are public too long are a matter for a person: nothing goes from the register by itself."""
    if count := tx.pledges.over(office.calendar.local_date(now)):
        tx.attention.open(MATTER, office.house, office.house, {"letters": count}, now)


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
    items = {item.code for pack in office.book.packs for item in pack.items.values() if item.publicity and item.publicity.site}
    today, after = office.calendar.local_date(now), ""
    while items:
        with office.store.read() as tx:
            part = tx.pledges.cases(items, after, _TOGETHER)
        for case in part:
            agency = office.tree[case.agency].name if case.agency in office.tree else case.agency
            shown = pledge(case, office.book.get(case.pack).item(case.item), agency, today)
            if shown is not None:
                yield shown
        if len(part) < _TOGETHER:
            return
        after = part[-1].id


def _case(office: Office, tx: Tx, case_id: str) -> tuple[Case, tuple[str, ...]]:
    """A case, and what its item's notice rests on where it says how far its letters are public."""
    case = tx.cases.get(case_id)
    item = office.book.get(case.pack).item(case.item)
    return case, (item.publicity.basis,) if item.publicity is not None else ()
