"""Who was asked for a part of a seed and what each call met, by the sealed ledger alone; and what may be said of whose part is missing.

Nothing here writes (decisions 89, 121).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from inspector.domain.decision import OrderKind
from inspector.domain.gathering import LAST
from inspector.domain.plan import Draw, DrawState
from inspector.flows import footing
from inspector.ports import Barred, NotYet, Origin, PortError
from inspector.store.tx import Tx

UNASKED = "unasked"
"""Why a draw is void whose part nobody asked for in time, for a reason of ours: nobody has withheld anything, and the reason says so.

What follows is the same (ruling 12): the next number goes without the party. Else whoever knows its part could pause its connector and
draw again and again until the result suits.
"""
WITHHELD, TURNED_AWAY = "withheld", "turned_away"
"""Who took the request or answered it, and no part came; and whom our calls did not reach or were not let in by: for a reason of ours
or of theirs, which nobody can tell. Else whoever withholds would choose its own word, by 401 or 409, and be said not to have been asked.
"""
NO_PART = "no_part"
"""The code of whatever an address answers that is no part: no answer proves whose it is, and so none says more than silence does."""
OTHERS, WAITING = "reveal_others", "reveal_waiting"
"""A 409 to whoever asks for a secret, and a 202."""
DOOR, UNREACHED, ANSWER, SILENCE = "door", "unreached", "answer", "silence"
"""What a call met: it was turned away; it came to nobody who is known to have taken the request (decision 121); something came that is
no part; or nothing did from who took the request, or says to be busy.
"""
_UNHEARD, _NOTHING = frozenset({DOOR, UNREACHED}), frozenset({SILENCE, UNREACHED})
"""By whose doing nobody can tell; and what a line that is out looks like from here, or what stands in it before the parties."""
_TAKEN = "timeout"
"""The code of a connection that stood, over which the request went and nothing came in time."""
_BETWEEN = frozenset({"http_502", "http_504"})
"""A gateway says that it has not reached the party itself (RFC 9110, 15.6.3 and 15.6.5)."""

ASKED, HALTED = "draw.asked", "draw.halted"
"""The entries by which the ledger, and nothing else, knows whom we asked for a part, and whose order waits for a person (decision 89)."""
_AGAIN = timedelta(hours=1)
"""How often at most a vain call is entered, and how near to each other two are of the same hour."""

Calls = list[tuple[datetime, Mapping[str, object]]]


def met(error: PortError) -> str | None:
    """What a call met; None where it met nobody, for it failed here."""
    if isinstance(error, Barred) or error.code == OTHERS or "http_409" in (error.code, error.detail):
        return DOOR
    if error.origin is Origin.US:
        return None
    if isinstance(error, NotYet):
        return ANSWER
    taken = error.origin is Origin.THEM or error.code == _TAKEN
    return SILENCE if taken and not _BETWEEN & {error.code, error.detail} else UNREACHED


def told(tx: Tx, held: Draw, rule: str, key: str) -> Calls:
    """What was entered of an order, in order: of a call when it began, of anything else when it was entered.

    An entry that was altered says nothing against anybody.
    """
    entries = footing.told(tx, held.number, (rule,))[0]
    mine = [one for one in entries if one.sound and one.facts.get("work") == key and one.at is not None]
    began = [one.facts.get("began") for one in mine]
    calls = [
        (datetime.fromisoformat(str(at)) if at else one.at, one.facts) for one, at in zip(mine, began, strict=True) if one.at
    ]
    return sorted(calls, key=lambda call: call[0])


def entered(tx: Tx, held: Draw, rule: str, key: str) -> list[datetime]:
    """When something was entered of an order."""
    return [at for at, _ in told(tx, held, rule, key)]


def worth(calls: Calls, met: str, began: datetime) -> bool:
    """Whether a vain call is entered: the first of an hour, and at once one that nobody heard behind one that somebody did."""
    fresh = all(at + _AGAIN <= began for at, _ in calls)
    return fresh or (met in _UNHEARD and calls[-1][1].get("met") not in _UNHEARD)


def key(held: Draw, party: str) -> str:
    """The key of the order to ask a party, for its promise or for its part."""
    kind = OrderKind.DRAW_PROMISE if held.state is DrawState.PREPARING else OrderKind.DRAW_REVEAL
    return f"{kind.value}:{held.number}:{party}"


def closes(tx: Tx, held: Draw, party: str) -> datetime | None:
    """The last moment for a party's promise or part, whatever the row of an order says; None for promises of an older release."""
    return footing.promised_by(tx, held.number) if held.state is DrawState.PREPARING else held.closes(party)


def early(asked: list[datetime], ends: datetime) -> bool:
    """Whether the first asking lay a decent part of the term before its end."""
    return any(at < ends - LAST for at in asked)


def word(tx: Tx, held: Draw, party: str) -> str:
    """What is said of whose part is missing: nothing came, though asked in time; our calls came to nobody; nobody asked in time.

    Who was heard until our line went dead has withheld nothing that could still have come: the last call has to have been heard, too.
    """
    calls, ends = told(tx, held, ASKED, key(held, party)), closes(tx, held, party)
    heard = [at for at, facts in calls if facts.get("met") not in _UNHEARD]
    last = next((at for at, _ in reversed(calls) if ends is None or at < ends), None)
    if _asked(held, party, heard, ends) and (last is None or last in heard):
        return WITHHELD
    return TURNED_AWAY if _asked(held, party, [at for at, _ in calls], ends) else UNASKED


def _asked(held: Draw, party: str, asked: list[datetime], ends: datetime | None) -> bool:
    """Whether a party was asked in time, or people were told to type a ceremony's figures; who typed was told.

    It was asked near its last moment, too: an hour's outage of its, behind which we asked no more, is no will of its; and of a
    ceremony it was said once more, so that nobody is named who had no door to type at, for our house was down. And it was asked well
    before: whoever keeps us from asking until the last minute, in which it is away, has not made it withhold anything.
    """
    typed = bool(held.typed.get(party))
    if ends is None:
        return bool(asked) or typed
    return (early(asked, ends) or typed) and any(ends - LAST <= at < ends for at in asked)


def together(tx: Tx, held: Draw, missing: tuple[str, ...]) -> tuple[str, ...]:
    """The parties that are asked over a wire, where in the same hour nothing came from any of them: that may well be our own line.

    Or what stands in it before them all: a forwarder takes a connection and lets the request lie, and no party has taken anything. Of
    a single one only that it was not reached says so.
    """
    wired = tuple(party for party in held.parties if party not in held.ceremonies)
    if not wired or not {*wired} <= {*missing}:
        return ()
    vain = _NOTHING if len(wired) > 1 else {UNREACHED}
    missed = [[at for at, facts in told(tx, held, ASKED, key(held, party)) if facts.get("met") in vain] for party in wired]
    return wired if any(all(any(abs(at - one) <= _AGAIN for at in those) for those in missed) for one in missed[0]) else ()


def shown(tx: Tx, held: Draw, party: str, code: str) -> str:
    """The code that is told of why nothing came of the one who is missing, as the ledger has it and no order's row."""
    calls = [facts for _, facts in told(tx, held, ASKED, key(held, party)) if "error" in facts]
    if not calls:
        return code
    return NO_PART if calls[-1].get("met") == ANSWER else str(calls[-1]["error"])
