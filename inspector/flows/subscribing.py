"""An officer's own browser as a way of pushes (Web Push): the register names the channel, the phone says where it is.

Whoever is signed in as the officer subscribes, on one browser: the last one counts. The register decides whether a browser is asked at
all and in which order it comes; a file of it neither tells the address nor takes it away, as long as it asks for one (`-`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.edits import edits
from inspector.domain.errors import Missing, Refusal
from inspector.domain.roster import InspectorRecord, Way
from inspector.flows import holders, reaching
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.incoming import Subscribing
from inspector.ports import PortError
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a browser needs to subscribe: our key's public point. `mark`: which one is reached (`Way.mark`'s digest); empty for none."""

    point: str
    mark: str


def offer(office: Office, tx: Tx, agency: str, staff: str) -> Offer | None:
    """Whether an officer's register asks for a browser on a channel that takes one, and which has told; None: it does not."""
    person = tx.rosters.in_force(agency, staff)
    found = _asked(office, person) if person is not None else None
    if found is None:
        return None
    try:
        point = found[1].point()
    except PortError:  # the channel is barred, and its own row says so
        return None
    held = [way.mark.rpartition(":")[2] for way in reaching.ways(tx, agency, staff) if way.channel == found[0]]
    return Offer(point=point, mark=next(iter(held), ""))


def subscribe(office: Office, tx: Tx, agency: str, staff: str, told: str, door: str, now: datetime) -> None:
    """Pushes go to this browser from now on, in its place of the register's order, and what waited for a way goes out.

    While a draw is open in which the officer has a visit its head is told, as of any other address: a session may be in other hands.

    `door`: by which way in the session began. Raises Missing (`inspector_unknown`), Refusal (`browser_unasked`), and Invalid as the
    channel does.
    """
    person = _held(tx, agency, staff)
    found = _asked(office, person)
    if found is None:
        raise Refusal("browser_unasked", inspector=staff)
    channel, made = found
    way = Way(channel=channel, address=made.subscription(told))
    if way != person.browser:
        facts = {"inspector": staff, "way": way.mark, "door": door}
        _put(tx, person, way, Because(rule="push.subscribed", basis=(), pack="", facts=facts), now)
        changed = edits(person, replace(person, browser=way), staff, office.calendar.local_date(now))
        holders.look(office, tx, agency, changed, staff, now)
    if not reaching.turn_on(office, tx, agency, staff, channel, staff, now):
        reaching.again(office, tx, agency, now)


def unsubscribe(tx: Tx, agency: str, staff: str, door: str, now: datetime) -> None:
    """No browser is pushed to any more; the other ways of the register go on. Twice is as good as once. Raises Missing."""
    person = _held(tx, agency, staff)
    if person.browser is not None:
        facts = {"inspector": staff, "way": person.browser.mark, "door": door}
        _put(tx, person, None, Because(rule="push.unsubscribed", basis=(), pack="", facts=facts), now)


def _held(tx: Tx, agency: str, staff: str) -> InspectorRecord:
    """The officer's row, which no import writes meanwhile, and before it the visits whose pushes may go out."""
    tx.draws.take_turn(agency)
    tx.visits.lock(tx.visits.unpushed(agency))
    person = tx.rosters.in_force(agency, staff)
    if person is None:
        raise Missing("inspector_unknown", inspector=staff)
    return person


def _put(tx: Tx, person: InspectorRecord, way: Way | None, because: Because, now: datetime) -> None:
    tx.rosters.put_inspectors([replace(person, browser=way)])
    record(tx, f"roster:{person.agency}", Decision(state=None, because=because), now, {})


def _asked(office: Office, person: InspectorRecord) -> tuple[str, Subscribing] | None:
    """The channel on which the officer's browser is asked for, the preferred one first."""
    for channel in person.asks_browser:
        made: object = office.connectors.channels.get(channel)
        if isinstance(made, Subscribing):
            return channel, made
    return None
