"""What is public, or owed to the public, held to the ledger: every entry that made or took something back is answered by its row.

The table of duties is the house's own; what a person has said to be public stands in the ledger. So each row is as the last entry about it
left it, and no row is missing. Nothing is mended here: whoever builds the register, and whoever asks whether the ledger holds, is told
which line says otherwise; and once a day a person of the house.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from inspector.domain.errors import Missing, Newer, Refusal
from inspector.domain.gazette import Fallen
from inspector.domain.publicationduty import OWN, PublicationDuty, PublicationState
from inspector.flows import displayed
from inspector.flows.lookback import named
from inspector.flows.office import Office
from inspector.store.codec import load
from inspector.store.lookback import LookbackRoom, Told
from inspector.store.publications import OWE, PENALTY, PUSH
from inspector.store.store import Store
from inspector.store.tx import Tx

DONE, KEPT, RECALL, REMOVED = "publication.done", "publication.kept", "publication.recall", "publication.removed"
DROP = "publication.drop"
"""Of what goes, or has gone, while a court stayed it: it fell meanwhile, which is why it is gone from then on."""
RULE, DISCLOSE = "publication.rule", "disclosure.rule"
_LEFT = {
    OWE: PublicationState.OWED,
    PENALTY: PublicationState.OWED,
    PUSH: PublicationState.OWED,
    "province.spare": PublicationState.NOT_PUBLIC,
    DONE: PublicationState.PUBLISHED,
    KEPT: PublicationState.PUBLISHED,
    RECALL: PublicationState.TO_REMOVE,
    REMOVED: PublicationState.REMOVED,
    DROP: PublicationState.REMOVED,
}
"""Where an entry leaves its duty, where it does not say so itself."""
_RULES = (*_LEFT, RULE, DISCLOSE)
MATTER = "publication_contradicted"
"""The refusal, and the matter, of public lines that are not what the ledger tells."""
_TOGETHER = 500
"""So many duties are looked at again in one transaction."""


@dataclass(slots=True)
class _Said:
    """What the ledger tells of one duty, entry by entry: where it stands, its line by digest, why and on which days, what was ruled.

    `until`: a penalty's last day. `renewed`: it is owed anew, by another duty. `erased`: the words of an entry went; `vague`: an entry
    names no duty, as those of former releases.
    """

    state: PublicationState | None = None
    line: str = ""
    why: str = ""
    on: str = ""
    removed: str = ""
    until: str = ""
    ruled: Mapping[str, object] | None = None
    renewed: bool = False
    altered: set[str] = field(default_factory=set)
    erased: bool = False
    vague: bool = False

    def hear(self, rule: str, facts: Mapping[str, object], state: object) -> None:
        """One entry more, in order."""
        told = PublicationState(str(state)) if state in {*PublicationState} else _LEFT.get(rule, self.state)
        if told is PublicationState.OWED:  # also once more, at another turn: what was public before is told no more
            self.line = self.why = self.on = self.removed = ""
        self.state = told
        self.line = str(facts.get("line") or self.line)
        self.why = str(facts.get("why") or self.why)
        self.until = str(facts.get("until") or self.until)
        if rule == DONE:
            self.on = str(facts.get("on"))
        if rule == REMOVED:
            self.removed = str(facts.get("on"))
        if rule in (RULE, DISCLOSE):
            self.ruled = facts


def refuse(office: Office, suspected: Sequence[str]) -> None:
    """Raise Refusal (`publication_contradicted`), naming the lines, where some of these are still not what the ledger tells."""
    if found := confirmed(office.store, suspected):
        raise Refusal("publication_contradicted", rows=named(found))


def whole(office: Office) -> None:
    """Raise Refusal (`publication_contradicted`) where the ledger says that something is owed, or public, of which no row is there."""
    with office.store.read() as tx:
        found = lost(tx)
    if found:
        raise Refusal("publication_contradicted", rows=named(found))


def lost(tx: Tx) -> list[str]:
    """Of what more entries say that it is owed than duties are there to be found, by what the entries are about."""
    return [f"publication_duty {about}: gone" for about in tx.publications.lost()]


def looked(office: Office, tx: Tx, found: Sequence[str], now: datetime) -> None:
    """The daily look has come: a person of the house is told which lines say otherwise, or need not be any more."""
    if found:
        tx.attention.open(MATTER, office.house, office.house, {"rows": named(found)}, now)
    else:
        tx.attention.close(f"{MATTER}:{office.house}", now)


def suspects(tx: Tx, duties: Sequence[PublicationDuty]) -> list[str]:
    """The ids of those that seem to say otherwise than the ledger; one that somebody changes at this moment may be among them."""
    said = _said(tx, duties)
    return [one.id for one in duties if next(_differing(one, said[one.id], bare=False), "")]


def confirmed(store: Store, suspected: Sequence[str]) -> list[str]:
    """What of these still says otherwise when nobody else changes it; a line that a lawful purge has made nameless is not told."""
    found: list[str] = []
    for start in range(0, len(suspected), _TOGETHER):
        with store.begin() as tx:
            held = [tx.publications.get(one, lock=True) for one in suspected[start : start + _TOGETHER]]
            said = _said(tx, held)
            found += [told for one in held for told in _differing(one, said[one.id], bare=_unnamed(tx, one))]
    return list(dict.fromkeys(found))


def look(store: Store) -> list[str]:
    """Every line of the house that is not what the ledger tells, every duty that nobody can read, and whatever is not there any more.

    Letters that are public are among them. A draw's lines of which nothing was found, and that read the same, are not taken apart again.
    """
    found, suspected = list[str](), list[str]()
    with store.read() as tx:
        for draw in tx.publications.draws():
            after: str | None = ""
            while after is not None:
                ids = tx.publications.ids(draw, after, _TOGETHER)
                told = store.rereads.look(tx, ("public", draw, after), partial(_page, draw=draw, after=after))
                found += [one.row for one in told if one.sure]
                suspected += [one.row for one in told if not one.sure]
                after = ids[-1] if len(ids) == _TOGETHER else None
        found += lost(tx)
    return [*found, *confirmed(store, suspected), *displayed.look(store)]


class _Odd(NamedTuple):
    """A row that says otherwise; not `sure`: or that somebody changes at this moment, and then it is named by its id."""

    row: str
    sure: bool


def _page(tx: Tx, *, draw: str, after: str) -> tuple[_Odd, ...]:
    """What is odd about some duties of a draw, or of those of none."""
    odd, duties = list[_Odd](), list[PublicationDuty]()
    for name, body, beside in tx.publications.every(draw, after, _TOGETHER):
        try:
            duty = load(PublicationDuty, body)
        except (ValueError, Newer):
            odd.append(_Odd(f"publication_duty {name}: body", sure=True))
            continue
        if duty.id != name or not tx.publications.beside(duty, beside):
            odd.append(_Odd(f"publication_duty {name}: row", sure=True))
        duties += [duty] if duty.id == name else []
    return (*odd, *(_Odd(one, sure=False) for one in suspects(tx, duties)))


def _said(tx: Tx, duties: Sequence[PublicationDuty]) -> dict[str, _Said]:
    room, told = LookbackRoom(tx.ledger.batch), {one.id: _Said() for one in duties}
    by_about: defaultdict[str, list[_Said]] = defaultdict(list)
    before = {one.next_id: told[one.id] for one in duties}
    for one in duties:
        by_about[one.about].append(told[one.id])
    entries, changed = room.told_of(by_about, _RULES)
    for entry in entries:
        if entry.id in changed or (read := _read(entry)) is None:
            for unsaid in by_about[entry.about]:
                unsaid.erased = True
                unsaid.altered |= {entry.id} & changed
            continue
        body, facts = read
        name = facts.get("duty") or body.get("publication")
        if entry.rule == OWE and str(name) in before:
            before[str(name)].renewed = True
        if not name:
            for unnamed in by_about[entry.about]:
                unnamed.vague = True
        elif (held := told.get(str(name))) is not None:  # else of another agency
            held.hear(entry.rule, facts, body.get("publication_state"))
    return told


def _read(entry: Told) -> tuple[Mapping[str, object], Mapping[str, object]] | None:
    """The body of an entry, and its facts; None where its words went, or nobody can read them."""
    try:
        body = json.loads(entry.body) if entry.body else None
    except ValueError:
        return None
    facts = body.get("facts") if isinstance(body, dict) else None
    return (body, facts) if isinstance(body, dict) and isinstance(facts, dict) and facts else None


def _differing(held: PublicationDuty, said: _Said, *, bare: bool) -> Iterator[str]:
    """What of a duty is not as its entries left it. `bare`: what it rests on went lawfully, and it names nobody (`purge.unnamed`)."""
    yield from (f"ledger {one}: body" for one in sorted(said.altered))
    row, public = f"publication_duty {held.id}", held.posted is not None
    if bare and said.erased:
        return
    line = held.penalty.shown if held.penalty is not None else held.shown
    lines = said.line or not said.vague
    if public and not bare and lines and (line.digest if line is not None else "") != said.line:
        yield f"{row}: line"
    if said.state is None and said.vague:
        return
    shown = said.state in (PublicationState.PUBLISHED, PublicationState.TO_REMOVE) or bool(said.removed)
    if held.state is not said.state or public is not (shown or bool(said.line)):
        yield f"{row}: state"
    if public and said.on and str(held.posted and held.posted.on) != said.on:
        yield f"{row}: posted"
    if public and said.why in {*Fallen} and held.why != said.why:
        yield f"{row}: why"
    if str(held.removed.on if held.removed is not None else "") != said.removed:
        yield f"{row}: removed"
    if _ruled(held, said) or (held.penalty is not None and said.until not in ("", str(held.penalty.until))):
        yield f"{row}: ruled"
    if held.renewed is not said.renewed and not said.vague:
        yield f"{row}: renewed"


def _ruled(held: PublicationDuty, said: _Said) -> bool:
    """Whether what an officer has ruled is not what its last entry says."""
    ruled = held.penalty.ruled if held.penalty is not None else held.ruled
    if held.penalty is not None and not held.id.startswith(OWN):
        return False  # what is pushed elsewhere goes by the word about one's own register
    if ruled is None or said.ruled is None:
        return (ruled is None) is not (said.ruled is None)
    if held.ruled is not None:
        return said.ruled.get("found") != held.ruled.found.value
    assert held.penalty is not None
    assert held.penalty.ruled is not None
    mine = held.penalty.ruled
    told = (mine.public, [one.value for one in mine.kinds], mine.amount)
    return tuple(said.ruled.get(name, told[place]) for place, name in enumerate(("public", "kinds", "amount"))) != told


def _unnamed(tx: Tx, held: PublicationDuty) -> bool:
    """Whether a duty names nobody because what it rests on went lawfully, and the ledger says that it went."""
    line = held.penalty.shown if held.penalty is not None else held.shown
    if line is not None and line.name:
        return False
    if not held.lead:
        return tx.purging.unnamed(held.about)
    try:
        tx.tips.check(held.lead)
    except Missing:
        return tx.purging.went(held.about)
    return False
