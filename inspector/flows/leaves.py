"""Changes of who is away, written down one by one; and a head's matter where an absence that has moved something is taken back.

An honest change is hindered by nothing: somebody is ill, and well again. But an absence that kept an inspector out of a frozen frame, or
moved his or her seat, and was taken back or shortened while that draw or its visits are open, is looked at by the head (handbook scenario
36, draw-protocol threat 7). Entries name the inspector as those of seats do, by the staff code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from inspector.domain import absence
from inspector.domain.absence import Altered, Begun, Noted, Standing
from inspector.domain.challenge import head_of
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Forbidden, Missing
from inspector.domain.person import same
from inspector.domain.plan import Draw
from inspector.domain.visit import Seat, Visit
from inspector.flows import challenges, lists
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store import payload
from inspector.store.tx import Tx

RULE, UNDONE = "inspector.leave", "leave_undone"
"""The rule of an entry about somebody's absence; the matter of one that has counted for an open draw and was taken back."""
_NEAR = timedelta(seconds=1)
"""So much earlier than a freeze is looked for entries that count from it: those of its own moment are among them."""
_AWAY = ("leave", "departed")
"""What a frame, and a seat that passed on, says of somebody who was away."""


def standing(tx: Tx, agency: str, staff: Iterable[str]) -> dict[str, Standing]:
    """How the register has some inspectors, those among them whom it has had."""
    found = {}
    for name in staff:
        try:
            row, listed = tx.rosters.standing(agency, name)
        except Missing:
            continue
        found[name] = Standing(row=row, listed=listed)
    return found


def note(
    office: Office, tx: Tx, agency: str, before: Mapping[str, Standing], staff: Collection[str], by: str, now: datetime
) -> None:
    """Write down what a change of the register does to the absences of some inspectors, as it had them `before`; tell the head.

    Called in the transaction that has written the register, before seats pass on by it.
    """
    today = office.calendar.local_date(now)
    changes = [
        told for name, one in standing(tx, agency, staff).items() if (told := absence.altered(before.get(name), one, today))
    ]
    for told in changes:
        row = tx.rosters.inspector(agency, told.inspector)
        given = row.leave_from is not None or row.leave_until is not None
        leave = [_iso(row.leave_from), _iso(row.leave_until)] if given else None
        fields = {name: list(pair) for name, pair in told.fields.items()}
        facts = {
            "agency": agency,
            "inspector": told.inspector,
            "what": told.what.value,
            "fields": fields,
            "leave": leave,
            "by": by,
        }
        because = Because(rule="inspector.leave", basis=(), pack="", facts=facts)
        record(tx, f"inspector:{told.inspector}", Decision(state=None, because=because), now, {})
    _tell(tx, agency, [one for one in changes if one.undone], by, now)


def _tell(tx: Tx, agency: str, undone: Sequence[Altered], by: str, now: datetime) -> None:
    """The head of whose officers it is looks at each open draw for which one of these absences has counted."""
    names = {one.inspector for one in undone}
    for number, moved in sorted(_moved(tx, agency, names).items() if names else ()):
        _add(tx, number, agency, moved, {by}, now)


def _add(tx: Tx, number: str, agency: str, moved: set[str], by: set[str], now: datetime) -> None:
    """Open the matter, or tell of more in the open one.

    The staff codes are told to nobody who reads of matters (`attention.facts`): the ledger has who, of whom and when.
    """
    done = by | {one for name in moved for one in _hands(tx, agency, name)}

    def facts(told: Mapping[str, object]) -> Mapping[str, object]:
        known, hands = (set(payload.texts(told.get(name))) for name in ("inspectors", "by"))
        return {"draw": number, "inspectors": sorted(known | moved), "count": len(known | moved), "by": sorted(hands | done)}

    tx.attention.add(UNDONE, agency, f"{number}:{agency}", facts, now)


def _hands(tx: Tx, agency: str, staff: str) -> set[str]:
    """Who has entered the last absence of somebody, or changed it since."""
    found: set[str] = set()
    for _, facts in _entries(tx, agency, [staff]):
        found = {*(found if facts["what"] != absence.Absence.ENTERED else ()), str(facts["by"])}
    return found


def passed(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> None:
    """A seat passes on for a leave: where that ends by its dates before the visit is to be made, the head looks.

    Nobody has to take such a one back, and no later change says of it that it has counted.
    """
    last = tx.rosters.inspector(seat.agency, seat.inspector).leave_until
    if last is not None and last < office.calendar.local_date(held.due_at):
        _add(tx, held.draw, seat.agency, {seat.inspector}, set(), now)


def refuse(office: Office, tx: Tx, matter: str, agency: str, told: Mapping[str, object], by: str) -> None:
    """Raise Forbidden (`leave_not_head`) where somebody else than the head, or who stands in, would close a matter of what was undone.

    Found as for recusals: a head's own leave is looked at above, and who had a hand in it chooses nobody. Where no head is named, any
    officer who had none does.
    """
    hands, staff = payload.texts(told.get("by")), payload.texts(told.get("inspectors"))
    about = {name for code, one in standing(tx, agency, staff).items() for name in (code, one.row.name)} | set(staff)
    head = head_of(challenges.line(office, tx, agency), about, (*hands, *about))
    if head.deciders and not any(same(by, one) for one in head.deciders):
        raise Forbidden("leave_not_head", attention=matter, by=by, agency=head.agency, heads=", ".join(head.deciders))


def _moved(tx: Tx, agency: str, names: Collection[str]) -> dict[str, set[str]]:
    """By draw who of these was away in its frame or has lost a seat by it, while the draw or one of its visits is open."""
    found: dict[str, set[str]] = {}
    for held in {one.number: one for one in (*tx.draws.under_way([agency]), *tx.draws.going(agency))}.values():
        if moved := _kept_out(tx, held, agency, names):
            found[held.number] = moved
    for number, who, reason in tx.draws.relieved(agency):
        if who in names and reason in _AWAY:
            found.setdefault(number, set()).add(who)
    return found


def _kept_out(tx: Tx, held: Draw, agency: str, names: Collection[str]) -> set[str]:
    """Who of these a draw's frame does not deal, for they were away when it was frozen, or in no register."""
    if agency not in held.agencies:
        return set()
    listed = held.list_of(agency)
    files = {kind: tx.draws.file(held.number, lists.kept(held, listed, kind)) for kind in lists.FRAME[1:]}
    frame = lists.people(held, {lists.kept(held, listed, kind): content for kind, content in files.items()}, listed)
    status = {row.id: row.status for row in frame.inspectors}
    missing = {name for name in names if name not in status and _known(tx, agency, name, held.made_at)}
    return missing | {name for name in names if status.get(name) in _AWAY}


def _known(tx: Tx, agency: str, staff: str, at: datetime) -> bool:
    """Whether the register had somebody before a moment, whom it then lacks: one who was hired since has missed no frame."""
    return bool(_entries(tx, agency, [staff], until=at))


def within(office: Office, tx: Tx, held: Draw, visits: Iterable[Visit], agencies: Collection[str]) -> list[Begun]:
    """The leaves of some agencies' officers that began to count from a draw's freeze until its last visit's date, or now."""
    now, visits = office.now(), list(visits)
    final = max((one.due_at for one in visits), default=held.drawn_at or held.made_at)
    until = now if any(one.state.open for one in visits) else min(now, final)  # an overdue one passes on as well
    noted = []
    for agency in sorted(agencies):
        for at, facts in _entries(tx, agency, _counting(office, tx, agency, held.made_at), until=until):
            first, last = (date.fromisoformat(day) if day else None for day in facts["leave"] or (None, None))
            who = f"{agency}:{facts['inspector']}"
            noted.append(Noted(at=at, inspector=who, none=facts["leave"] is None, first=first, last=last))
    return [one for one in absence.begun(noted, until, office.calendar.zone) if held.made_at <= one.at <= until]


def _counting(office: Office, tx: Tx, agency: str, since: datetime) -> set[str]:
    """Whose leave may have begun since a freeze: of whom an entry was made since, and whose leave as it stands begins later.

    Of all others the ledger's years of leaves are not read.
    """
    named = _entries(tx, agency, tx.rosters.staff(agency), since=since - _NEAR)
    day = office.calendar.local_date(since)
    later = {row.id for row in tx.rosters.inspectors(agency) if row.leave_from is not None and row.leave_from >= day}
    return later | {str(facts["inspector"]) for _, facts in named}


def _entries(
    tx: Tx, agency: str, staff: Iterable[str], since: datetime | None = None, until: datetime | None = None
) -> list[tuple[datetime, dict[str, Any]]]:
    """When each entry about an absence of these officers of an agency was made, and its facts, in order."""
    told = tx.ledger.facts((RULE,), sorted(f"inspector:{one}" for one in staff), since, until)
    return [(at, facts) for at, facts in told if facts["agency"] == agency]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
