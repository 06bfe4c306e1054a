"""Photos that a platform's result has named and keeps for us: fetched one by one, hashed as they come, and never anybody's guilt.

What cannot be fetched, or is none, is a matter for a person from the first failure on, and is asked for again for a month; the result
stands without it. A photo is one of the moment at which the result named it, or of `captured_at` where that is told: late is
not what came late from there, and whoever has left or was recused since has seen what he or she has seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.fieldnote import Place, PlaceHow
from inspector.domain.visit import Seat, Visit
from inspector.flows import fieldnotes, selfproof
from inspector.flows.fieldnotes import Shot
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office
from inspector.flows.seated import by_name
from inspector.flows.seats import short_of
from inspector.flows.settle import Settlement
from inspector.incoming import Fetching
from inspector.ports import Garbled, NotYet, Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

UNFETCHED = "photo_unfetched"
"""The matter of a visit whose photos a platform named and did not give: with the last of them it is over."""

_ASKED_FOR = timedelta(days=30)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A photo that a result names, by its `number` at the platform; `shot.digest` is empty where it tells none."""

    number: str
    shot: Shot


def order(tx: Tx, name: str, channel: str, named: Iterable[Named], most: int, now: datetime) -> None:
    """Have a seat's photos fetched by the channel that named them. Raises Invalid (`photos_too_many`)."""
    held, seat = by_name(tx, name)
    wanted = list(named)
    own = [one for one in tx.fieldnotes.photos(held.id, seat.agency) if one.seat == name]
    if wanted and len(own) + len(wanted) > most:
        raise Invalid("photos_too_many", field="files", most=most)
    tx.work.order([_order(held, seat, channel, one, most, now) for one in wanted], now)


def fetch(work: Work, office: Office) -> Settlement:
    """Fetch one. Raises NotYet where the platform has it not, or not as it said: it may be mended there, and is asked for again."""
    said = work.payload
    channel: object = office.connectors.channels.get(work.lane)
    name, number = str(said["seat"]), str(said["number"])
    if not isinstance(channel, Fetching):
        wait_where_left(office, work.lane, "channel_not_configured")
        raise Refused("channel_not_configured", origin=Origin.US, attempts=0)
    try:
        taken = selfproof.take(channel.fetch(number, name, key=work.key))
    except (Refused, Garbled) as error:
        raise _later(office, error.code, error.attempts) from None
    except Invalid as error:
        raise _later(office, error.code) from None
    shot = _shot(said, office.now())
    if shot.digest not in ("", taken.received):
        raise _later(office, "photo_digest_differs")
    shot = replace(shot, digest=taken.received)

    def write(tx: Tx, now: datetime) -> None:
        held, seat = by_name(tx, name, lock=False)
        try:
            fieldnotes.photo(office, tx, name, taken, shot, int(str(said["most"])), now)
        except (
            Invalid,
            Refusal,
            Forbidden,
        ) as error:  # its visit takes nothing any more: a person is told, and nobody is judged by it
            _tell(tx, held, seat, work.lane, error.code, now)
            return
        others = [row for row in tx.work.begun_so(_beginning(held, seat)) if row.key != work.key and row.error]
        if not others:
            tx.attention.close(f"{UNFETCHED}:{short_of(held, seat.agency)}", now)

    return Settlement(write=write, outcome="fetched")


def missed(tx: Tx, work: Work, _office: Office, error: PortError, now: datetime) -> None:
    """It was asked for and did not come: a person sees it."""
    stuck(tx, work, error.code, now)


def stuck(tx: Tx, work: Work, code: str, now: datetime) -> None:
    """It is not asked for any more by itself: whoever sends the row round again asks for it anew."""
    held, seat = by_name(tx, str(work.payload["seat"]))
    _tell(tx, held, seat, work.lane, code, now)


def _tell(tx: Tx, held: Visit, seat: Seat, channel: str, code: str, now: datetime) -> None:
    facts = {"draw": held.draw, "seat": seat.name, "channel": channel, "error": code}
    tx.attention.open(UNFETCHED, seat.agency, short_of(held, seat.agency), facts, now)


def _later(office: Office, code: str, attempts: int = 1) -> NotYet:
    return NotYet(code, origin=Origin.THEM, attempts=attempts, retry_after=office.after(_HOUR))


def _beginning(held: Visit, seat: Seat) -> str:
    return f"{OrderKind.PHOTO_FETCH.value}:{short_of(held, seat.agency)}:"


def _order(held: Visit, seat: Seat, channel: str, named: Named, most: int, now: datetime) -> Order:
    shot = named.shot
    about = hashlib.sha256(f"{seat.name}\n{named.number}\n{shot.case_id}\n{shot.claim}".encode()).hexdigest()[:16]
    place = {one: getattr(shot.place, one) for one in ("how", "words", "latitude", "longitude", "within")}
    return Order(
        kind=OrderKind.PHOTO_FETCH,
        key=f"{_beginning(held, seat)}{about}",
        due_at=now,
        urgent_by=held.due_at,
        lane=channel,
        expires_at=now + _ASKED_FOR,
        payload={
            "seat": seat.name,
            "number": named.number,
            "digest": shot.digest,
            "case_id": shot.case_id,
            "claim": shot.claim,
            "remark": shot.remark,
            "captured_at": shot.captured_at.isoformat() if shot.captured_at else None,
            "named_at": now.isoformat(),
            "place": place,
            "most": most,
        },
    )


def _shot(said: Mapping[str, object], now: datetime) -> Shot:
    place, captured, named = said["place"], said["captured_at"], said.get("named_at")
    assert isinstance(place, Mapping)
    return Shot(
        digest=str(said["digest"]),
        case_id=str(said["case_id"]),
        claim=str(said["claim"]),
        remark=str(said["remark"]),
        place=Place(**{**place, "how": PlaceHow(str(place["how"]))}),
        captured_at=datetime.fromisoformat(str(captured)) if captured else None,
        sent_at=now if captured else None,
        named_at=datetime.fromisoformat(str(named)) if named else None,  # one of a former release says none
    )
