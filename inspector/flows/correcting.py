"""What an inspector hears of a seat after its push: that it is taken back, changed, earlier, or that nobody may go for the time being."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.decision import Order, OrderKind
from inspector.domain.reached import NO_RECIPIENT, UNCONFIRMED
from inspector.domain.result import enters
from inspector.domain.roster import Way
from inspector.domain.urgency import Urgency
from inspector.domain.visit import Seat
from inspector.flows import once, reaching, seatlink
from inspector.flows.briefing import carried
from inspector.flows.contents import named
from inspector.flows.office import Office
from inspector.flows.pushing import closed, dated, quiet
from inspector.flows.recall import wait_for_it
from inspector.flows.seated import read
from inspector.flows.seats import (
    ADDED,
    APPOINTED,
    AWAITED,
    CHANGED,
    CLASH,
    DECIDED,
    DIFFERS,
    RENEWED,
    SEVERAL,
    SOONER,
    SPARED,
    UNDELIVERED,
    short_of,
)
from inspector.flows.settle import Settlement, nothing
from inspector.labels import label
from inspector.ports import Garbled, Message, PortError, Refused
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx
from inspector.store.work import Work

_ASKED = (CHANGED, SPARED, ADDED, SEVERAL)
"""Words that say what is asked otherwise: they concern who is to enter the result, too."""


def tell(work: Work, office: Office) -> Settlement:
    """Tell an inspector whose seat has been taken back that he or she need not go; never before the push that it takes back.

    So is told that nobody may go, for the item was taken off the published list, that somebody may again, and that what is in
    question was corrected, partly settled or is more, that the visit is to be made earlier, or to its lead that notes differ; to whom a
    recusal concerns that the head has decided; and to who had made the visit before that its result is to be entered.
    """
    wait_for_it(work, office)
    with office.store.read() as tx:
        seat, held = read(tx, work)
        policy = office.book.get(tx.draws.pack_of(held.draw, seat.agency))
        differ = tx.attention.get(f"{CLASH}:{short_of(held, seat.agency)}")
        person, link = tx.rosters.inspector(seat.agency, seat.inspector), seatlink.address(office, tx, seat.name)
    channel, way = office.connectors.channels.get(work.lane), reaching.by_lane(person, work.lane)
    word = _word(work)
    turned = word in ("blocked", "unblocked") and bool(held.unpublished) is not (word == "blocked")
    concerned = differ is not None and differ["closed_at"] is None if word == DIFFERS else word == "off" or seat.state.open
    concerned |= (word == DECIDED and seat.state.made) or (word in (AWAITED, *_ASKED) and enters(held, seat))
    if turned or not concerned:
        return nothing("obsolete")  # it has turned again meanwhile, or is nobody's affair any more
    if channel is None or way is None:
        return _on(work, office, "channel_not_configured" if channel is None else "address_gone").unasked()
    last = _last(work)
    urgency = quiet(office, word, last or held.due_at)
    lang = office.agency(seat.agency).language
    tells = (
        {"changed": True}
        if word in (CHANGED, SPARED, ADDED, SOONER, APPOINTED, SEVERAL, RENEWED, DIFFERS, DECIDED, AWAITED)
        else {"called_off": word != "unblocked"}
    )
    until = {"until": last.isoformat()} if last is not None else {}
    about = {} if tells.get("called_off") else carried(held, seat.agency, policy, lang)
    moved = (SOONER, APPOINTED, SEVERAL)
    # who has not answered yet does so by an earlier moment, too, and read another one in the push before
    by = f"{office.calendar.local(seat.accept_by):%Y-%m-%d %H:%M}" if word in moved and seat.state.awaited else ""
    message = Message(
        to=way.address,
        title=label(f"push.{word}_title", lang),
        text=label(_text(word, seat), lang, visit=held.id)
        + (closed(office, held, lang) if word in moved else "")
        + label("push.accept_by", lang, accept_by=by) * bool(by),
        link=link,
        urgent=urgency is Urgency.URGENT,
        data={
            "visit": held.id,
            "seat": seat.name,
            **tells,
            **until,
            **about,
            **(dated(office, held) if word in moved else {}),
            **({"accept_by": seat.accept_by.isoformat()} if by else {}),
        },
    )
    key = named(work.key, message)
    try:
        receipt = once.hand(office, work, channel, message, key=key)
    except (Refused, Garbled) as error:
        return _on(work, office, error.code, way if error.code == NO_RECIPIENT else None, detail=error.detail).after(error)

    def write(tx: Tx, now: datetime) -> None:
        made = Pushed(
            key=key[:300],
            seat=seat.name,
            word=word,
            agency=seat.agency,
            inspector=seat.inspector,
            channel=way.channel,
            mark=way.mark,
            reference=receipt.reference[:200],
            handed_at=now,
            code=short,
        )
        tx.pushes.add(made)
        if short:  # who need not go shall hear so from something that knows whether it was taken, and says of which assignment
            on.write(tx, now)
        else:
            tx.attention.over(f"{UNDELIVERED}:{_first(work)}", now)  # where somebody was told that it reached nobody yet

    short = reaching.outcome(office, way.channel, receipt)
    on, told = _on(work, office, short), "called_off" if word == "off" else word
    return Settlement(write=write, outcome=UNCONFIRMED if receipt.unconfirmed else told, attempts=receipt.attempts)


def not_told(work: Work, office: Office, error: PortError | None) -> Settlement:
    """It went not this way in time: the next one. Of the last one a person is told while there is time to telephone; it is tried on."""
    return _on(work, office, error.code if error else "patience_over", detail=error.detail if error else "", goes_on=True)


def _on(work: Work, office: Office, code: str, dead: Way | None = None, *, detail: str = "", goes_on: bool = False) -> Settlement:
    """It cannot go this way: the next one, or a person is told what was to be said, and by when it is of use.

    `goes_on`: the way is only away, and tried on until then; `detail`: what the other side said, as a connector tells it to operators.
    """

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        if dead is not None:
            reaching.turn_off(tx, seat.agency, seat.inspector, dead, code, now)
        tried, last = (*work.payload.get("tried", ()), work.lane), _last(work)
        of_use, ways = last is None or now < last, reaching.ways(tx, seat.agency, seat.inspector)
        found = [way for way in ways if way.channel not in tried]
        if found and of_use:
            leaves = office.pushing.hush.until(office.pushing.hush.of(_word(work)), now, last or held.due_at)
            patient = leaves + office.pushing.patience
            tx.work.order([_order(work, found[0], tried, now, min(patient, last) if last else patient)], now)
            return
        said = {
            "seat": seat.name,
            "error": code,
            "channel": work.lane,
            "word": _word(work),
            **({"detail": detail} if detail else {}),
        }
        due = {"due_at": last.isoformat()} if last is not None and last > now else {}
        tx.attention.open(UNDELIVERED, seat.agency, _first(work), {**said, **due}, now)
        away = [way for way in ways if way.channel == work.lane]
        if goes_on and away and of_use and not work.payload.get("told"):
            order = _order(work, away[0], tried, now, last)
            tx.work.order([replace(order, payload={**order.payload, "told": True})], now)

    return Settlement(write=write, outcome="undelivered")


def _text(word: str, seat: Seat) -> str:
    """What a word says; who has made the visit goes nowhere, and hears what becomes of the result that was to be entered."""
    if seat.state.made and word in (*_ASKED, "off"):
        return "push.made_off_text" if word == "off" else "push.made_changed_text"
    return f"push.{word}_text"


def _word(work: Work) -> str:
    return str(work.payload.get("word", "off"))


def _first(work: Work) -> str:
    """The key of the word by its first way: what a person is told of it is one matter."""
    return work.key.partition("~")[0]


def _last(work: Work) -> datetime | None:
    """Until when it is of use to anybody; None: as long as it takes. An order of a release before says it by `expires_at`."""
    told = work.payload.get("last", work.expires_at.isoformat() if work.expires_at else None)
    return datetime.fromisoformat(str(told)) if told else None


def _order(work: Work, way: Way, tried: tuple[str, ...], now: datetime, until: datetime | None) -> Order:
    """The same word by another way."""
    base = Order(
        kind=OrderKind(work.kind),
        key=f"{_first(work)}~{len(tried)}",
        due_at=now,
        urgent_by=_last(work) or now,
        lane=way.channel,
        expires_at=until,
    )
    return replace(base, payload={**work.payload, "tried": list(tried)})
