"""Joint checks: who joins the lead, what bars an object for them, how their officers are listed, and which cases come along.

The lead makes the register and draws the objects; each agency deals its own officers (handbook 1.2.29, draw-protocol ruling 16). All
lists have one file of objects, so an object's area and qualification are the lead's. What they stand for among a partner's officers is
committed beside that list: the partner's whole area is the lead's, and who may lead a visit by the partner's pack may lead here.

Where each list has rules of its own nothing of that holds (vector 3): what two lists share is the ticket of an object, and its visit.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from operator import itemgetter

from inspector.domain.case import SubjectKind
from inspector.domain.exclusion import Barred, barred
from inspector.domain.frame import InspectorRow
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.spelling import told_of
from inspector.flows.history import History, history
from inspector.flows.members import Member, Members
from inspector.flows.office import Office
from inspector.flows.placing import Bars
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An agency that joins: its pack in force, and what has been done about each object as this agency sees it."""

    agency: str
    policy: Policy
    past: History


def partners(office: Office, tx: Tx, agencies: Sequence[str], now: datetime) -> tuple[Partner, ...]:
    """The agencies that join, in their order."""
    return tuple(
        Partner(agency=agency, policy=office.policy(agency, now.date()), past=history(office, tx, agency)) for agency in agencies
    )


def bars(joining: Sequence[Partner], today: date) -> Bars:
    """What bars an object for a partner: its own visit under way, caps and rests, by its own pack, named in the row.

    The visit counts for each agency that takes part, so no agency's cap may be broken by joining.
    """

    def found(name: str, level: str, must: bool) -> Iterator[Barred]:
        for one in joining:
            limits = one.policy.limits
            frequency = limits.frequencies.get(level) or limits.frequencies[one.policy.unrated]
            for why in barred(one.past.of(name), frequency, limits, today, must=must):
                yield replace(why, row=f"{one.agency}: {why.row}")

    return found


def as_listed(staff: Sequence[InspectorRow], lead: str, one: Partner, qualifications: Sequence[str]) -> list[InspectorRow]:
    """A partner's officers in the words of the objects' file: their whole area is the lead's, who may lead holds what is asked."""
    needed = one.policy.draw.lead_qualification
    return [
        replace(
            row,
            pools=tuple(dict.fromkeys(lead if pool == one.agency else pool for pool in row.pools)),
            quals=tuple(qualifications) if not needed or needed in row.quals else (),
        )
        for row in staff
    ]


def told(lists: Sequence[Listed], joining: Sequence[Partner], qualifications: Sequence[str]) -> dict[str, dict[str, object]]:
    """What each list of a joint check commits to beside its files: whose it is, and what the objects' words stand for in it."""
    if not joining:
        return {}
    held: dict[str, dict[str, object]] = {lists[0].name: {"agency": lists[0].agency, "lead": True}}
    for listed, one in zip(lists[1:], joining, strict=True):
        stands = dict.fromkeys(qualifications, one.policy.draw.lead_qualification)
        held[listed.name] = {"agency": one.agency, "pools": {lists[0].agency: one.agency}, "qualifications": stands}
    return held


def own(lists: Sequence[Listed]) -> dict[str, dict[str, object]]:
    """What each list with rules of its own commits to beside them: whose it is, and who leads the draw."""
    return {one.name: {"agency": one.agency, **({"lead": True} if one == lists[0] else {})} for one in lists}


def shared_keys(tx: Tx, made: Mapping[str, Members], agency: str) -> Mapping[str, str]:
    """By which key a firm of several codes stands in the frame of the next list, by its `party_of`: that of the list before it.

    Else a firm whose agencies have written different codes of its organisation would be two, with two visits. Where either register
    has several rows of it, nobody knows which of them is meant: each stays by its own code (and is told, `firm_drawn_twice`).
    """
    apart = tx.rosters.spelt_apart(
        {agency, *made}
    )  # few: the other firms have one code everywhere, and nobody looks them through
    several, keys = set(tx.rosters.several_of(agency)), dict[str, str]()
    for told in made.values() if apart else ():
        for name, _ in told:
            if (party := apart.get(name)) is not None and keys.setdefault(party, name) != name:
                several.add(party)
    return {party: name for party, name in keys.items() if party not in several}


@dataclass(frozen=True, slots=True)
class Merged:
    """The objects of all lists by their keys, from those of each agency: the same key is the same object."""

    parts: Mapping[str, Members]

    def __iter__(self) -> Iterator[tuple[str, Member]]:
        lists = [self._of(agency) for agency in self.parts]
        for name, found in groupby(heapq.merge(*lists, key=itemgetter(0)), key=itemgetter(0)):
            yield name, reduce(_both, (one for _, one in found))

    def _of(self, agency: str) -> Iterator[tuple[str, Member]]:
        return ((name, replace(one, supervised=(agency,) if one.pooled else ())) for name, one in self.parts[agency])


def _both(was: Member, one: Member) -> Member:
    cases, supervised = (*was.cases, *one.cases), (*was.supervised, *one.supervised)
    return replace(was, name=was.name or one.name, cases=cases, pooled=was.pooled or one.pooled, supervised=supervised)


def joined(tx: Tx, held: Draw, drawn: Mapping[str, Member]) -> dict[str, Member]:
    """The drawn objects with the partners' own waiting cases about them: what one visit can settle takes one visit.

    A case may name the firm by another code of its organisation, where one object of it was drawn and neither the lead nor the partner
    holds several of it: each of those is a firm of its own (decision 170). Nobody picks them: they are all
    those that wait for a draw, or for a visit, at this moment. They come along because the object was drawn, so they are in no frame and
    in no statistics of their agency. The caller has their turns: no draw of their own takes the same case into a frame meanwhile.
    """
    names = {(member.kind, member.code): name for name, member in drawn.items()}
    alike: dict[tuple[SubjectKind, str | None], list[str]] = {}
    for (kind, code), name in names.items():
        alike.setdefault((kind, told_of(kind, code)), []).append(name)
    parties = {party: several[0] for party, several in alike.items() if len(several) == 1 and party[1] is not None}
    more: dict[str, list[str]] = {}
    apart = tx.rosters.several_of(held.agency)
    for agency in sorted(held.partners):
        several = apart.keys() | tx.rosters.several_of(agency).keys()
        for row in tx.cases.undrawn(agency):
            kind, code = SubjectKind(row["subject_kind"]), row["subject_code"]
            party = told_of(kind, code)
            if found := names.get((kind, code)) or (parties.get((kind, party)) if party not in several else None):
                more.setdefault(found, []).append(row["id"])
    tx.cases.mark_drawn([case for cases in more.values() for case in cases], held.number)
    return {name: replace(member, cases=(*member.cases, *more.get(name, ()))) for name, member in drawn.items()}
