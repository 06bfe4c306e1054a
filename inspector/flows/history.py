"""What has been done about each object so far: the house's own visits and those that were imported, as one history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from inspector.domain.case import SubjectKind
from inspector.domain.exclusion import Seen
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.leadcheck import LeadCheck
from inspector.domain.spelling import party_of, told_of
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.store.room import Row
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every visit, and who was there the last time the agency itself went, by whom the frame's key stands for (`party_of`).

    What was done about a firm was done about each row of its organisation: two rows are two tickets, and one firm. `told`: who of
    these was there by what was imported alone.
    """

    seen: Mapping[str, tuple[Seen, ...]]
    last: Mapping[str, frozenset[str]]
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[Seen, ...]:
        """The visits of an object."""
        return self.seen.get(party_of(name), ()) if self.seen else ()

    def went(self, name: str) -> frozenset[str]:
        """Who of the agency was at an object the last time."""
        return self.last.get(party_of(name), frozenset()) if self.last else frozenset()

    def only_told(self, name: str) -> frozenset[str]:
        """The same, as far as nothing but an import says so."""
        return self.told.get(party_of(name), frozenset()) if self.told else frozenset()


def history(office: Office, tx: Tx, agency: str) -> History:
    """The history as one agency sees it: an agency above it in the tree is `UPPER`, any other but itself `OTHER`.

    A joint visit is one visit of each agency that takes part, and one of all together (handbook 2.2, "Does it use up the cap?").
    What other agencies have on record as their own counts, too (`_recorded`). What stands in an agency's imported record and was also
    a visit of the house is counted twice: import what came before it.
    """
    seen: dict[str, list[Seen]] = {}
    last: dict[str, tuple[date, frozenset[str]]] = {}
    above = set(office.line(agency)[1:])
    for row in _recorded(tx, agency, above):
        name = party_of(object_id(office.secret, row.kind, row.code))
        one = Seen(on=row.on, check=row.check, authority=row.authority, items=frozenset(row.items), completed=row.completed)
        seen.setdefault(name, []).append(one)
        if row.completed and row.authority is Authority.OWN and row.inspectors and row.check is not CheckType.OFF_SITE:
            _later(last, name, row.on, frozenset(row.inspectors))
    becomes = {code: row.id for row in tx.rosters.inspectors(agency) for code in row.codes} if last else {}
    last = {name: (on, frozenset(becomes.get(staff, staff) for staff in team)) for name, (on, team) in last.items()}
    imported = dict(last)
    teams, going = tx.visits.teams(agency), tx.visits.going()
    items = tx.visits.items(above) if above else {}
    nobody = met_nobody(office, tx)
    for held in tx.visits.made():
        done = held["done_at"]
        on = _day(office, held)
        there = going[held["id"]]
        mine = agency in there
        one = Seen(
            on=on,
            check=CheckType(held["check_type"]),
            authority=_whose(there, agency, above),
            items=items.get(held["id"], frozenset()),
            completed=done is not None,
            open=done is None,
            nobody=held["id"] in nobody,
            visit=held["id"],
        )
        name = party_of(held["object_id"])
        seen.setdefault(name, []).append(one)
        if mine and (team := teams.get(held["id"])):
            _later(last, name, on, team)
    for check in tx.tips.approved():
        name = party_of(object_id(office.secret, check.kind, check.code))
        seen.setdefault(name, []).append(_reserved(office, check, agency, above))
    # What was done about a firm by a code that was corrected was done about it; of one organisation both codes are met anyway.
    later = {(party_of(struck), party_of(stands)) for struck, stands in tx.rosters.aliases(agency)}
    for struck, stands in sorted((struck, stands) for struck, stands in later if struck != stands):
        seen.setdefault(stands, []).extend(seen.get(struck, ()))
        if struck in last:
            _later(last, stands, *last[struck])
    return History(
        seen={name: tuple(held) for name, held in seen.items()},
        last={name: team for name, (_, team) in last.items()},
        told={name: team for name, (on, team) in imported.items() if last[name][0] == on},
    )


def met_nobody(office: Office, tx: Tx, ids: Collection[str] | None = None) -> frozenset[str]:
    """The visits made that found nobody; those for no case are looked through only where a pack's row goes by it (scenario 42)."""
    found = tx.visits.found_nobody(ids)
    goes = any(not row.nobody for pack in office.book.packs for row in pack.limits.checks.values())
    return found | tx.visits.called_on(ids) if goes else found


def of_one(  # noqa: PLR0913 - one object, and as of when it is asked
    office: Office,
    tx: Tx,
    agency: str,
    name: str,
    kind: SubjectKind,
    code: str,
    *,
    known_at: datetime | None = None,
    without: str = "",
    above: Collection[str] | None = None,
) -> tuple[Seen, ...]:
    """The same of one object by its frame's key and its subject: what counts towards caps. Items and teams are left out.

    `known_at`: of what was imported, and of lead checks that were approved, only what was on record then. The house's own visits
    count whenever they were given, but for the visit `without` which it is asked. `above`: which agencies stood above this one when that
    counted; None: as the settings have it.
    """
    above = set(office.line(agency)[1:] if above is None else above)
    seen = [
        Seen(on=row.on, check=row.check, authority=row.authority, completed=row.completed)
        for row in _recorded(tx, agency, above, (kind, tx.inspections.spellings(kind, code)), known_at)
    ]
    made = [held for held in tx.visits.made(names(tx, name)) if held["id"] != without]
    ids = [held["id"] for held in made]
    going, nobody = tx.visits.going(ids), met_nobody(office, tx, ids)
    for held in made:
        done, whose = held["done_at"], _whose(going[held["id"]], agency, above)
        on = _day(office, held)
        check = CheckType(held["check_type"])
        unmet, over = held["id"] in nobody, done is not None
        seen.append(Seen(on=on, check=check, authority=whose, completed=over, open=not over, nobody=unmet, visit=held["id"]))
    party = told_of(kind, code) or code
    approved = [one for one in tx.tips.approved() if one.kind is kind and (told_of(kind, one.code) or one.code) == party]
    known = [one for one in approved if known_at is None or (one.decided_at or one.made_at) <= known_at]
    seen += [_reserved(office, one, agency, above) for one in known]
    return tuple(seen)


def names(tx: Tx, name: str) -> frozenset[str]:
    """The keys by which visits may have been given to whom a frame's key stands for: of a firm the codes that registers or cases had."""
    return frozenset({name, *tx.rosters.ever(party_of(name))})


def _recorded(
    tx: Tx,
    agency: str,
    above: Collection[str],
    about: tuple[SubjectKind, Collection[str]] | None = None,
    known_at: datetime | None = None,
) -> Iterator[Inspection]:
    """What is on record of checks, as one agency sees it: in its own record, and what others have in theirs as their own.

    A firm bears the visits of all of them, whoever has told us (handbook 2.3). Two checks of one subject, day and kind, of which one
    stands in the agency's record as another's and one in another's as its own, are one check: nobody can tell them apart.
    """
    told: Counter[tuple[object, ...]] = Counter()
    for row in tx.inspections.of(agency, about, known_at=known_at):
        if row.authority is not Authority.OWN:
            told[_told(row)] += 1
        yield row
    for row in tx.inspections.of_others(agency, about, known_at=known_at):
        if told[_told(row)]:
            told[_told(row)] -= 1
        else:
            yield replace(row, authority=_whose({row.agency}, agency, above))


def _told(row: Inspection) -> tuple[object, ...]:
    return (row.kind, told_of(row.kind, row.code) or row.code, row.on, row.check, row.completed)


def _reserved(office: Office, check: LeadCheck, agency: str, above: Collection[str]) -> Seen:
    """A check for cause that a head has approved and nobody has made yet: its slot of a cap is its own from then on."""
    on, whose = office.calendar.local_date(check.decided_at or check.made_at), _whose({check.agency}, agency, above)
    return Seen(on=on, check=CheckType.LEAD, authority=whose, completed=False, reserved=True)


def _whose(there: AbstractSet[str], agency: str, above: Collection[str]) -> Authority:
    """Whose check it is, as one agency sees it, by the agencies that take part."""
    return Authority.OWN if agency in there else Authority.OTHER if there.isdisjoint(above) else Authority.UPPER


def _day(office: Office, held: Row) -> date:
    """The day of a visit: on which its team was there, whenever that was entered; of one still to be made, on which it was given.

    A cap is of a calendar year and a rest runs from the check (handbook 2.3), not from the desk. Of what was entered before
    anybody told the day, that of the entry.
    """
    made: date | None = held["made_on"]
    return made or office.calendar.local_date(held["done_at"] or held["opened_at"])


def _later(last: dict[str, tuple[date, frozenset[str]]], name: str, on: date, team: frozenset[str]) -> None:
    """Keep the later of two visits; of two on one day both teams were there last."""
    held = last.get(name)
    if held is None or on > held[0]:
        last[name] = (on, team)
    elif on == held[0]:
        last[name] = (on, held[1] | team)
