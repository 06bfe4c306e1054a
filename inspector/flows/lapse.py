"""A party's time is over without its part of the seed: who withheld it, and whom nobody here asked (ruling 12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from inspector.domain import gathering
from inspector.domain.decision import OrderKind
from inspector.domain.plan import Draw, DrawState, Step
from inspector.domain.voiding import ALTERED
from inspector.flows import footing, succession
from inspector.flows.office import Office
from inspector.flows.parts import settled, sound
from inspector.flows.settle import Settlement
from inspector.flows.voiding import void as by_rule
from inspector.ports import Garbled, NotYet, Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

UNASKED = "unasked"
"""Why a draw is void whose part nobody asked for in time, for a reason of ours: nobody has withheld anything, and the reason says so.

What follows is the same (ruling 12): the next number goes without the party. Else whoever knows its part could pause its connector and
draw again and again until the result suits.
"""
NOT_SET_UP = "connector_not_configured"
"""A party whose section is gone from the settings: it is waited for until its date, for a section may come back within the minute."""

_LATER = timedelta(hours=1)
"""So long after its last moment an order may wait by itself, or be in somebody's hands; then nobody waits for it any more."""


def given_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """A party's time is over: it has withheld its part; or nobody has asked it, and then that is the reason that everybody reads."""
    if _tried(work.attempts - 1, work.error) or (error is not None and error.attempts):
        return withheld(work, office, error)

    def write(tx: Tx, now: datetime) -> None:
        _end(work, office, tx, now, error.code if error is not None else work.error or "", asked=False)

    return Settlement(write=write, outcome=UNASKED)


def withheld(work: Work, office: Office, error: PortError | None) -> Settlement:
    """A party gives no promise or no reveal: the draw is void by name, the next number follows at once without it (ruling 12).

    Not so a ceremony whose figures two have typed alike in time: that nobody here has looked since is no fault of theirs.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    code = error.code if error else "silent"

    def write(tx: Tx, now: datetime) -> None:
        if not isinstance(error, Refused | Garbled):
            _end(work, office, tx, now, code, asked=True)
        elif (held := sound(office, tx, number, now)) is not None and party not in held.parts:
            succession.void(office, tx, held, office.book.get(held.pack), f"withheld:{party}:{code}", (party,), now)

    return Settlement(write=write, outcome="withheld")


def _end(work: Work, office: Office, tx: Tx, now: datetime, code: str, *, asked: bool) -> None:
    """A party's time is over, and with it that of all whose time is over too: the number that follows goes without them all.

    Else each of them would be another draw to choose from.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    if (held := sound(office, tx, number, now)) is None:
        return
    held = settled(office, tx, held, (party, *held.ceremonies), now)
    if _has_time(tx, held, party, now):
        if work.expires_at is not None and work.expires_at <= now:  # cut in the order's row: no silence of the party's
            _altered(office, tx, held, now)
        return  # a person had sent the order round again, and its tries are spent: the last moment decides
    if party in held.parts:
        return
    others = [one for one in _over(tx, held, now) if one != party]
    silent = tuple(one for one in others if one in held.ceremonies or _asked(tx, held, one))
    unasked = tuple(one for one in others if one not in silent)
    if asked:
        silent = (party, *silent)
    else:
        unasked = (party, *unasked)
    _void(office, tx, held, silent, unasked, now, f":{code}" if code and not others else "")


def _altered(office: Office, tx: Tx, held: Draw, now: datetime) -> None:
    """Void by rule, and no next number by it: what asks for the seed is not as it was written, and no party has withheld anything."""
    if held.state is DrawState.PREPARING:
        succession.void(office, tx, held, office.book.get(held.pack), f"{ALTERED}:record", (), now)
    else:
        by_rule(office, tx, held, "record", now)


def _void(
    office: Office, tx: Tx, held: Draw, silent: tuple[str, ...], unasked: tuple[str, ...], now: datetime, why: str = ""
) -> None:
    """Void for want of parts; void by rule where the order to ask somebody was put off or altered in its row."""
    if any(_turned(tx, held, party) for party in (*silent, *unasked) if party not in held.ceremonies):
        _altered(office, tx, held, now)
        return
    reason = f"withheld:{','.join(silent)}" if silent else f"{UNASKED}:{','.join(unasked)}"
    succession.void(office, tx, held, office.book.get(held.pack), reason + why, silent, now, unasked=unasked)


def overdue(work: Work, office: Office) -> Settlement:
    """The last moment for reveals; further sources have a later one of their own.

    Nobody withholds what nobody has been asked for: until the figures are settled it is they that are missing, and secrets asked for
    late have a later moment. Raises NotYet while somebody is at work on the order to ask one of them.
    """

    def write(tx: Tx, now: datetime) -> None:
        held = sound(office, tx, str(work.payload["draw"]), now)
        if held is None:
            return
        if wanted := work.payload.get("wanted"):
            _ask_for(tx, held, tuple(map(str, wanted)), str(work.payload["until"]), now)
            return
        held = settled(office, tx, held, held.ceremonies, now)
        figures = held.of_step(Step.FIGURES)
        parties = tuple(map(str, work.payload["parties"])) if held.figured else figures
        if held.figured and held.reveal_by is not None and now < held.reveal_by and not set(parties) <= set(figures):
            return
        missing = [party for party in parties if party not in held.parts and not _has_time(tx, held, party, now)]
        if any(_leased(tx, held, party, now) for party in missing):
            raise NotYet("reveal_in_flight", origin=Origin.US, attempts=0, retry_after=1.0)  # what comes of it says who was asked
        silent = tuple(party for party in missing if party in held.ceremonies or _asked(tx, held, party))
        if missing:
            _void(office, tx, held, silent, tuple(party for party in missing if party not in silent), now)

    return Settlement(write=write)


def _asked(tx: Tx, held: Draw, party: str) -> bool:
    """Whether a call to a party has ended, however it did, or nobody knows any more."""
    row = tx.work.keyed(_key(held, party))
    return row is not None and _tried(row["attempts"], row["error"])


def _leased(tx: Tx, held: Draw, party: str, now: datetime) -> bool:
    """Whether somebody is at work on the order to ask a party, and not for longer than anybody would be."""
    row, closes = tx.work.keyed(_key(held, party)), held.closes(party)
    busy = row is not None and row["state"] == "ready" and row["lease_until"] > tx.machine_now()
    return busy and closes is not None and now < closes + _LATER


def _tried(attempts: int, error: str | None) -> bool:
    """Whether a party was called, by what its order's row says; that we had nobody to call, or could not read the order, is no call."""
    return attempts > 0 or error not in (None, NOT_SET_UP, "kind_unknown", "pack_unknown")


def _key(held: Draw, party: str) -> str:
    kind = OrderKind.DRAW_PROMISE if held.state is DrawState.PREPARING else OrderKind.DRAW_REVEAL
    return f"{kind.value}:{held.number}:{party}"


def _turned(tx: Tx, held: Draw, party: str) -> bool:
    """Whether the row of an order to ask is gone, has another last moment than the draw, or waits for a moment beyond it."""
    row, closes = tx.work.keyed(_key(held, party)), held.closes(party)
    if row is None:
        return True
    if closes is None or held.state is not DrawState.SEEDING:
        return False
    return row["expires_at"] not in (None, closes) or row["due_at"] > closes + _LATER  # none: a person has sent it round again


def _has_time(tx: Tx, held: Draw, party: str, now: datetime) -> bool:
    """Whether a party's last moment is still to come, whatever the row of an order says."""
    if held.state is DrawState.PREPARING:
        closes = footing.promised_by(tx, held.number)
        return closes is not None and now < closes and party not in held.promises
    closes = held.closes(party) if held.state is DrawState.SEEDING else None
    return closes is not None and now < closes and party not in held.parts


def _over(tx: Tx, held: Draw, now: datetime) -> tuple[str, ...]:
    """The parties whose last moment has passed without their part. Nobody withholds a secret before the figures are settled."""
    if held.state is DrawState.PREPARING:
        closes = footing.promised_by(tx, held.number)
        return held.awaited if closes is not None and closes <= now else ()
    asked = held.parties if held.figured else held.of_step(Step.FIGURES)
    dates = {party: held.closes(party) for party in asked if party not in held.parts}
    return tuple(party for party, closes in dates.items() if closes is not None and closes <= now)


def _ask_for(tx: Tx, held: Draw, ceremonies: tuple[str, ...], until: str, now: datetime) -> None:
    """The time has come to type the figures of a ceremony: people are told until when, and the second typing ends it."""
    for party in ceremonies:
        if held.state is DrawState.SEEDING and party not in held.parts and gathering.agreed(held, party) is None:
            facts = {"draw": held.number, "party": party, "until": until}
            tx.attention.open(succession.FIGURES_DUE, held.agency, f"{held.number}:{party}", facts, now)
