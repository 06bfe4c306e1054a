"""A party's time is over without its part of the seed: who withheld it, and whom nobody here asked (ruling 12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from inspector.domain import gathering
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.errors import Missing, Refusal
from inspector.domain.gathering import DUE
from inspector.domain.plan import PROMISES, Draw, DrawState, Step
from inspector.domain.seed import known_at
from inspector.domain.voiding import ALTERED
from inspector.flows import footing, succession
from inspector.flows.office import Office
from inspector.flows.parts import settled, sound
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.flows.voiding import void as by_rule
from inspector.ports import Barred, NotYet, Origin, PortError, Unavailable
from inspector.store import payload
from inspector.store.tx import Tx
from inspector.store.work import Work

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
_DOOR, _UNREACHED, _ANSWER, _SILENCE = "door", "unreached", "answer", "silence"
"""What a call met: it was turned away; it came to nobody who is known to have taken the request (decision 121); something came that is
no part; or nothing did from who took the request, or says to be busy.
"""
_UNHEARD = frozenset({_DOOR, _UNREACHED})
"""By whose doing nobody can tell."""
_TAKEN = "timeout"
"""The code of a connection that stood, over which the request went and nothing came in time."""
NOT_SET_UP = "connector_not_configured"
"""A party whose section is gone from the settings: it is waited for until its date, for a section may come back within the minute."""

ASKED, HALTED = "draw.asked", "draw.halted"
"""The entries by which the ledger, and nothing else, knows whom we asked for a part, and whose order waits for a person (decision 89)."""

LATER = timedelta(hours=1)
"""So long after its last moment an order may be in somebody's hands; then nobody waits for it any more."""
_AGAIN, _LAST = timedelta(hours=1), timedelta(hours=3)
"""How often at most a vain call is entered; and how near its last moment a party was asked again that is said to withhold its part.

It was asked before that, too, and people were told to type before that: nobody withholds in a minute what nobody asked for in two days.
"""
_OVER = ("done", "quarantined")


def given_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """A party's time is over: it has withheld its part; or nobody has asked it, and then that is the reason that everybody reads.

    Not so a ceremony whose figures two have typed alike in time: that nobody here has looked since is no fault of theirs. Raises
    NotYet when it is settled before the party's last moment: nothing but that ends a party's time, whatever was answered until then.
    """

    def write(tx: Tx, now: datetime) -> None:
        _end(work, office, tx, now, error.code if error is not None else work.error or "")

    return Settlement(write=write, outcome="lapsed")


def later(error: PortError) -> NotYet:
    """The same failure, as one that ends nothing: it may be put right until the party's last moment (decision 89)."""
    after = error.retry_after if isinstance(error, Unavailable) else None
    told = NotYet(error.code, origin=error.origin, detail=error.detail, attempts=error.attempts, retry_after=after)
    told.began = error.began
    return told


def timed(office: Office, ask: Callable[[], Mapping[str, object]]) -> Mapping[str, object]:
    """Call a party, and note in what goes wrong when it was called: one that begins in time was made in time, however long it took."""
    began = office.now()
    try:
        return ask()
    except PortError as error:
        error.began = began
        raise


def tried(tx: Tx, work: Work, office: Office, error: PortError, now: datetime) -> None:
    """Enter into the ledger that a party was asked, by a call that left and came to nothing, once an hour; what failed here asked nobody.

    What it met is entered with it. Of a ceremony people are told (`overdue`), and asking a connector of ours tells nobody anything.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    held = tx.draws.get(number)
    met, began = _met(error), error.began or now
    if met is None or party in held.ceremonies:
        return
    if all(at + _AGAIN <= began for at in entered(tx, held, ASKED, work.key)):
        told = {"party": party, "work": work.key, "error": error.code, "met": met, "began": began.isoformat()}
        _enter(office, tx, held, ASKED, told, now)
        _warn(tx, held, party, met, error.code, now)


def _warn(tx: Tx, held: Draw, party: str, met: str, code: str, now: datetime) -> None:
    """A person is told while there is time to telephone: its address answers, and with no part. One who has closed it knows.

    Whoever answers 202 does not want to yet, a beacon's relay has no telephone, and of silence the lane's own matter tells.
    """
    closes, matter = _closes(tx, held, party), tx.attention.get(f"{succession.AMISS}:{held.number}:{party}")
    lawful = met in (_SILENCE, _UNREACHED) or code == WAITING or held.promises.get(party, {}).get("kind", "reveal") != "reveal"
    if lawful or closes is None or closes <= now or (matter is not None and matter["closed_at"] is not None):
        return
    facts = {"draw": held.number, "party": party, "error": code, "until": closes.isoformat()}
    tx.attention.open(succession.AMISS, held.agency, f"{held.number}:{party}", facts, now)


def _met(error: PortError) -> str | None:
    """What a call met; None where it met nobody, for it failed here."""
    if isinstance(error, Barred) or error.code == OTHERS or "http_409" in (error.code, error.detail):
        return _DOOR
    if error.origin is Origin.US:
        return None
    if isinstance(error, NotYet):
        return _ANSWER
    return _SILENCE if error.origin is Origin.THEM or error.code == _TAKEN else _UNREACHED


def halted(tx: Tx, work: Work, office: Office, code: str, now: datetime) -> None:
    """Enter that an order of a draw waits for a person, by a fault of the program; one that lies idle without this was altered."""
    try:
        held = tx.draws.get(str(work.payload.get("draw", "")))
    except (Missing, Refusal):
        return  # of no draw, or one that nobody can read: what is to be kept of it lies in quarantine
    _enter(office, tx, held, HALTED, {"work": work.key, "error": code}, now)


def _enter(office: Office, tx: Tx, held: Draw, rule: str, facts: Mapping[str, object], now: datetime) -> None:
    policy = office.book.get(held.pack)
    because = Because(rule=rule, basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    record(tx, held.number, Decision(state=held, because=because), now, {})


def _told(tx: Tx, held: Draw, rule: str, key: str) -> list[tuple[datetime, Mapping[str, object]]]:
    """What was entered of an order: of a call when it began, of anything else when it was entered."""
    entries = [one for one in footing.told(tx, held.number, (rule,))[0] if one.facts.get("work") == key and one.at is not None]
    began = [one.facts.get("began") for one in entries]
    return [
        (datetime.fromisoformat(str(at)) if at else one.at, one.facts) for one, at in zip(entries, began, strict=True) if one.at
    ]


def entered(tx: Tx, held: Draw, rule: str, key: str) -> list[datetime]:
    """When something was entered of an order."""
    return [at for at, _ in _told(tx, held, rule, key)]


def _end(work: Work, office: Office, tx: Tx, now: datetime, code: str) -> None:
    """A party's time is over, and with it that of all whose time is over too: the number that follows goes without them all.

    Else each of them would be another draw to choose from.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    if (held := sound(office, tx, number, now)) is None:
        return
    held = settled(office, tx, held, (party, *held.ceremonies), now)
    if not _lacks(held, party):
        return
    if _has_time(tx, held, party, now):
        if work.expires_at is not None and work.expires_at <= now:  # cut in the order's row: no silence of the party's
            _altered(office, tx, held, now)
            return
        raise NotYet(code or "silent", origin=Origin.US, attempts=0)  # of an order without a date: the last moment decides
    missing = over(tx, held, now) or ((party,) if held.state is DrawState.PREPARING else ())
    if missing:
        _void(office, tx, held, missing, now, code if missing == (party,) else "", ended=party)


def _altered(office: Office, tx: Tx, held: Draw, now: datetime) -> None:
    """Void by rule, and no next number by it: what asks for the seed is not as it was written, and no party has withheld anything."""
    if held.state is DrawState.PREPARING:
        succession.void(office, tx, held, office.book.get(held.pack), f"{ALTERED}:record", (), now)
    else:
        by_rule(office, tx, held, "record", now)


def _void(
    office: Office, tx: Tx, held: Draw, missing: tuple[str, ...], now: datetime, code: str = "", *, ended: str = ""
) -> None:
    """Void for want of parts; void by rule where the order to ask somebody was put off or altered in its row.

    `ended`: whose order is being settled, and is done by that. The reason names those who were asked, and those whom nobody asked.
    """
    if any(_turned(tx, held, party, ended=party == ended) for party in missing):
        _altered(office, tx, held, now)
        return
    words = {party: _word(tx, held, party) for party in missing}
    names = {word: tuple(party for party in missing if words[party] == word) for word in (WITHHELD, TURNED_AWAY, UNASKED)}
    reason = ";".join(f"{word}:{','.join(those)}" for word, those in names.items() if those)
    reason += f":{_shown(tx, held, missing[0], code)}" if code else ""
    law, beside = office.book.get(held.pack), {word: names[word] for word in (UNASKED, TURNED_AWAY)}
    succession.void(office, tx, held, law, reason, names[WITHHELD], now, **beside)
    if unreached := _together(tx, held, names[TURNED_AWAY]):
        facts = {"draw": held.number, "parties": ", ".join(unreached)}
        tx.attention.open(succession.LINE, held.agency, held.number, facts, now)


def _together(tx: Tx, held: Draw, turned: tuple[str, ...]) -> tuple[str, ...]:
    """The parties that are asked over a wire, where none of several was reached in the same hour: that may well be our own line."""
    wired = tuple(party for party in held.parties if party not in held.ceremonies)
    if len(wired) < 2 or not {*wired} <= {*turned}:
        return ()
    missed = [
        [at for at, facts in _told(tx, held, ASKED, _key(held, party)) if facts.get("met") == _UNREACHED] for party in wired
    ]
    return wired if any(all(any(abs(at - one) <= _AGAIN for at in those) for those in missed) for one in missed[0]) else ()


def _shown(tx: Tx, held: Draw, party: str, code: str) -> str:
    """The code that is told of why nothing came of the one who is missing, as the ledger has it and no order's row."""
    met = [facts for _, facts in _told(tx, held, ASKED, _key(held, party)) if "error" in facts]
    if not met:
        return code
    return NO_PART if met[-1].get("met") == _ANSWER else str(met[-1]["error"])


def overdue(work: Work, office: Office) -> Settlement:
    """A last moment has come, for promises, figures, reveals or further sources: void for want of all parts whose time is over.

    Nobody withholds what nobody has been asked for: until the figures are settled it is they that are missing, and secrets asked for
    late have a later moment. Raises NotYet while somebody is at work on the order to ask one of them.
    """

    def write(tx: Tx, now: datetime) -> None:
        held = sound(office, tx, str(work.payload["draw"]), now)
        if held is None:
            return
        if wanted := work.payload.get("wanted"):
            _ask_for(office, tx, held, tuple(map(str, wanted)), str(work.payload["until"]), now)
            return
        if held.state is not (DrawState.PREPARING if work.key.endswith(PROMISES) else DrawState.SEEDING):
            return
        if held.state is DrawState.SEEDING:
            held = settled(office, tx, held, held.ceremonies, now)
        missing = over(tx, held, now)
        if any(_leased(tx, held, party, now) for party in missing):
            raise NotYet("reveal_in_flight", origin=Origin.US, attempts=0, retry_after=1.0)  # what comes of it says who was asked
        if missing:
            _void(office, tx, held, missing, now)

    return Settlement(write=write)


def _word(tx: Tx, held: Draw, party: str) -> str:
    """What is said of whose part is missing: nothing came, though asked in time; our calls came to nobody; nobody asked in time."""
    told = _told(tx, held, ASKED, _key(held, party))
    if _asked(held, party, [at for at, facts in told if facts.get("met") not in _UNHEARD], _closes(tx, held, party)):
        return WITHHELD
    return TURNED_AWAY if _asked(held, party, [at for at, _ in told], _closes(tx, held, party)) else UNASKED


def _asked(held: Draw, party: str, told: list[datetime], closes: datetime | None) -> bool:
    """Whether a party was asked in time, or people were told to type a ceremony's figures, by the sealed ledger; who typed was told.

    A party was asked near its last moment, too: an hour's outage of its, behind which we asked no more, is no will of its. And it was
    asked well before: whoever keeps us from asking until the last minute, in which it is away, has not made it withhold anything.
    """
    if closes is None or held.typed.get(party):
        return bool(told or held.typed.get(party))
    ceremony = held.state is DrawState.SEEDING and party in held.ceremonies
    return _early(told, closes) and (ceremony or any(closes - _LAST <= at < closes for at in told))


def _early(told: list[datetime], closes: datetime) -> bool:
    """Whether the first asking lay a decent part of the term before its end."""
    return any(at < closes - _LAST for at in told)


def _leased(tx: Tx, held: Draw, party: str, now: datetime) -> bool:
    """Whether somebody is at work on the order to ask a party, and not for longer than anybody would be."""
    row, closes = tx.work.keyed(_key(held, party)), _closes(tx, held, party)
    return row is not None and _held(tx, row) and closes is not None and now < closes + LATER


def _held(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Whether a row says that somebody is at work on it."""
    return bool(row["state"] == "ready" and row["lease_until"] > tx.machine_now())


def _key(held: Draw, party: str) -> str:
    kind = OrderKind.DRAW_PROMISE if held.state is DrawState.PREPARING else OrderKind.DRAW_REVEAL
    return f"{kind.value}:{held.number}:{party}"


def _turned(tx: Tx, held: Draw, party: str, *, ended: bool) -> bool:
    """Whether the order to ask a party is not as the program leaves one (decision 89).

    It is gone; it leads elsewhere, by its lane or by what it carries; it has another last moment than the draw, or waits for one
    beyond it; it is said to be in somebody's hands for an hour from now, which no claim lasts; or it is done, or lies in quarantine,
    though no part came of it and nothing of a halt was entered.
    For the figures of a ceremony that is the order to tell people.
    """
    closes, told = _closes(tx, held, party), held.state is DrawState.SEEDING and party in held.ceremonies
    further = held.step(party) is Step.FURTHER
    key = f"{OrderKind.DRAW_OVERDUE.value}:{held.number}{DUE}{':further' if further else ''}" if told else _key(held, party)
    if (row := tx.work.keyed(key)) is None:
        return True
    if closes is None:
        return False
    if not _leads(row, held, party, closes if told else None):
        return True
    if told:
        opens = held.opens(party)
        asked, waits = entered(tx, held, ASKED, _key(held, party)), bool(entered(tx, held, HALTED, key))
        late = opens is not None and row["due_at"] > opens and not _early(asked, closes)  # else the program has tried anew
        return _known(tx, held) and not waits and (late or (row["state"] in _OVER and not asked))
    promise = held.promises.get(party)
    latest = max(closes, (known_at(promise) if promise else None) or closes)
    idle = _known(tx, held) and row["state"] in _OVER and not ended and not entered(tx, held, HALTED, key)
    # A daemon that was down may well take it up hours behind its moment; no lease of the program's lasts an hour from now.
    kept = not ended and row["state"] == "ready" and row["lease_until"] > tx.machine_now() + LATER
    other = row["expires_at"] not in (None, closes)  # none: sent round again by an older release
    return other or row["due_at"] > latest or kept or idle


def _leads(row: Mapping[str, Any], held: Draw, party: str, until: datetime | None) -> bool:
    """Whether an order goes where the program sends it: to a party, by its own lane; or, with a date, to those who are told to type."""
    said = payload.read(row["payload"])
    if said is None:
        return False
    if until is None:
        return bool(row["lane"] == party and said == {"draw": held.number, "party": party})
    same = said.get("draw") == held.number and party in said.get("wanted", ())
    return bool(not row["lane"] and same and said.get("until") == until.isoformat())


def _known(tx: Tx, held: Draw) -> bool:
    """Whether the ledger has entries of who was asked and what halted: of a draw that an older release prepared, it need not."""
    return footing.promised_by(tx, held.number) is not None


def _closes(tx: Tx, held: Draw, party: str) -> datetime | None:
    """The last moment for a party's promise or part, whatever the row of an order says; None for promises of an older release."""
    return footing.promised_by(tx, held.number) if held.state is DrawState.PREPARING else held.closes(party)


def _lacks(held: Draw, party: str) -> bool:
    """Whether a party's promise or part is still waited for."""
    if held.state is DrawState.PREPARING:
        return party not in held.promises
    return held.state is DrawState.SEEDING and party not in held.parts


def _has_time(tx: Tx, held: Draw, party: str, now: datetime) -> bool:
    """Whether a party's last moment is still to come."""
    closes = _closes(tx, held, party)
    return _lacks(held, party) and closes is not None and now < closes


def over(tx: Tx, held: Draw, now: datetime) -> tuple[str, ...]:
    """The parties whose last moment has passed without their part. Nobody withholds a secret before the figures are settled."""
    asked = held.parties if held.state is DrawState.PREPARING or held.figured else held.of_step(Step.FIGURES)
    dates = {party: _closes(tx, held, party) for party in asked if _lacks(held, party)}
    return tuple(party for party, closes in dates.items() if closes is not None and closes <= now)


def _ask_for(office: Office, tx: Tx, held: Draw, ceremonies: tuple[str, ...], until: str, now: datetime) -> None:
    """The time has come to type the figures of a ceremony: people are told until when, and the second typing ends it.

    That they were told is entered as that of a party that was asked is; when it comes too late, that stands there too.
    """
    for party in ceremonies:
        if held.state is not DrawState.SEEDING or party in held.parts:
            continue
        _enter(office, tx, held, ASKED, {"party": party, "work": _key(held, party), "until": until}, now)
        if gathering.agreed(held, party) is None:
            facts = {"draw": held.number, "party": party, "until": until}
            tx.attention.open(succession.FIGURES_DUE, held.agency, f"{held.number}:{party}", facts, now)
