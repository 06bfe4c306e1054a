"""Faults planted in what a load has left behind, each by the words that the judge must find for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

import sqlalchemy as sa

from inspector.domain.decision import OrderKind
from inspector.domain.plan import Draw, DrawState
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.store.assistancetables import assistance
from inspector.store.codec import load
from inspector.store.consequencetables import consequence
from inspector.store.drawtables import draw, draw_file
from inspector.store.tables import case_file, event, evidence, ledger, seat, visit, work
from inspector.store.tx import Tx, new_id
from tests.fault import judge
from tests.fault.inside import Inside
from tests.fault.load import outside
from tests.fault.lodgings import committed, heads
from tests.fault.office import Site

V = TypeVar("V")
NOBODY = "Z999"


def drawn(tx: Tx) -> list[Draw]:
    """The carried-out draws, in order."""
    made = [load(Draw, text) for text in tx.connection.execute(sa.select(draw.c.body).order_by(draw.c.number)).scalars()]
    return [one for one in made if one.state is DrawState.DRAWN]


def first_visit(tx: Tx, state: VisitState = VisitState.DONE) -> Visit:
    """A visit that stands so; of a case, for a pooled one has none."""
    found = tx.connection.execute(sa.select(visit.c.body).where(visit.c.state == state.value).order_by(visit.c.id)).scalars()
    return next(one for one in (load(Visit, text) for text in found) if one.case_ids)


def put_draw(change: Callable[[list[Draw]], Draw]) -> Callable[[Tx], object]:
    """One draw written otherwise."""
    return lambda tx: tx.draws.put(change(drawn(tx)))


def put_visit(**changed: Any) -> Callable[[Tx], object]:
    """A visit that was made, written otherwise."""
    return lambda tx: tx.visits.put(replace(first_visit(tx), **changed))


def put_seat(was: SeatState, **changed: Any) -> Callable[[Tx], object]:
    """The first seat that stands so, written otherwise."""

    def plant(tx: Tx) -> None:
        asked = sa.select(seat.c.body).where(seat.c.state == was.value).order_by(seat.c.visit, seat.c.place, seat.c.turn)
        held = load(Seat, tx.connection.execute(asked.limit(1)).scalar_one())
        tx.visits.put_seat(replace(held, **changed), was)

    return plant


def same_inspector(tx: Tx) -> None:
    """Both places of a visit that was made are one person's."""
    one, other = (held for held in tx.visits.team(first_visit(tx).id) if held.state is SeatState.DONE)
    tx.visits.put_seat(replace(other, inspector=one.inspector), SeatState.DONE)


def two_frames(tx: Tx) -> None:
    """The second draw takes the first one's cases while that one is still open: the first one's end is entered behind all others."""
    first, second = sorted(drawn(tx), key=lambda held: held.made_at)[:2]
    keep(tx, second.number, "members.json", tx.draws.files(first.number)["members.json"])
    ended = (ledger.c.about == first.number, ledger.c.rule == "draw.carry_out")
    tx.connection.execute(sa.update(ledger).where(*ended).values(id=new_id()))


def two_visits(tx: Tx) -> None:
    """A case is to be visited twice at once."""
    one = first_visit(tx)
    for place in (1, 2):
        tx.visits.add(replace(one, id=f"{one.id}-{place}", state=VisitState.ASSIGNED))


def keep(tx: Tx, number: str, name: str, content: bytes) -> None:
    """A file of a draw with other bytes."""
    tx.connection.execute(
        sa.update(draw_file).where(draw_file.c.number == number, draw_file.c.name == name).values(bytes=content)
    )


def other_result(tx: Tx) -> None:
    """A draw has the result of another."""
    one, *_, other = drawn(tx)
    keep(tx, one.number, "result.json", tx.draws.files(other.number)["result.json"])


def no_frame(tx: Tx) -> None:
    """No draw has any member."""
    tx.connection.execute(sa.update(draw_file).where(draw_file.c.name == "members.json").values(bytes=b"{}"))


def least(column: sa.ColumnElement[Any], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """The first of a column."""
    return sa.select(sa.func.min(column)).where(*where).scalar_subquery()


INSIDE: Mapping[str, sa.Executable | Callable[[Tx], object]] = {
    "never told": sa.update(event).where(event.c.id.in_(sa.select(sa.func.min(event.c.id)))).values(id="~new"),
    "told differently": sa.update(event).values(type="verification.other"),
    "not told exactly once": sa.delete(event).where(event.c.type == "verification.result"),
    "accepted cases are not there": sa.delete(case_file).where(case_file.c.id == least(case_file.c.id)),
    "more or less than they have answers": sa.delete(ledger).where(ledger.c.rule == "evidence.weigh"),
    "without exactly one piece of evidence": sa.delete(evidence),
    "findings without their evidence": sa.delete(evidence).where(evidence.c.id.like("visit:%")),
    "have not ended": sa.update(case_file).values(body=sa.func.replace(case_file.c.body, '"CLOSED"', '"REVIEW"')),
    "does not hold exactly once": sa.update(ledger)
    .where(ledger.c.rule == "officer.review")
    .values(body=sa.func.replace(ledger.c.body, '"state": "CLOSED"', '"state": "REVIEW"')),
    "that the load never makes": sa.update(work).where(work.c.key == least(work.c.key)).values(kind=OrderKind.NOTICE_PUSH),
    "that nobody ordered": sa.delete(work).where(work.c.kind == OrderKind.ASK),
    "in quarantine": sa.update(work).where(work.c.kind == OrderKind.TELL).values(state="quarantined"),
    "invariant order_without_owner": sa.update(work).where(work.c.kind == OrderKind.TELL).values(state="quarantined"),
    "invariant visit_without_team": put_visit(state=VisitState.ASSIGNED),
    "still open": sa.update(work).where(work.c.kind == OrderKind.CREDIT).values(state="ready"),
    "letters without a request": sa.delete(assistance).where(assistance.c.state == "ANSWERED"),
    "ledger: entry": sa.update(ledger).where(ledger.c.rule == "evidence.weigh").values(body=""),
    "cases wait without a clock": sa.update(case_file).values(body=sa.func.replace(case_file.c.body, '"CLOSED"', '"RATING"')),
    "that no officer has decided": sa.update(consequence).values(
        body=sa.func.replace(consequence.c.body, '"state":"IMPOSED"', '"state":"DROPPED"')
    ),
    "clocks run for what is over": sa.update(work).where(work.c.kind == OrderKind.VERIFY_DUE).values(state="waiting"),
    "open of cases that are over": sa.update(assistance).values(body=sa.func.replace(assistance.c.body, '"ANSWERED"', '"SENT"')),
    "draws stand still": put_draw(lambda held: replace(held[0], state=DrawState.SEEDING)),
    "series of draws with gaps": sa.delete(draw).where(draw.c.number == least(draw.c.number)),
    "the chain of commitments": put_draw(lambda held: replace(held[-1], prev="0" * 64)),
    "not the one on file": put_draw(lambda held: replace(held[-1], w="0" * 64)),
    "does not recompute": other_result,
    "and has a result": put_draw(lambda held: replace(held[0], state=DrawState.VOID)),
    "two frames at once": two_frames,
    "no frame has taken in": no_frame,
    "two open visits": two_visits,
    "other visits than its result": sa.delete(visit).where(visit.c.id == least(visit.c.id)),
    "another team than the rule names": put_seat(SeatState.DONE, inspector=NOBODY),
    "the record does not call off": put_visit(state=VisitState.CANCELLED),
    "blank seat": put_seat(SeatState.DONE, state=SeatState.CANCELLED),
    "one inspector twice": same_inspector,
    "short and nobody was told": put_visit(state=VisitState.SHORT),
    "visits wait without a clock": lambda tx: (
        put_visit(state=VisitState.ASSIGNED)(tx),
        tx.connection.execute(sa.delete(work).where(work.c.kind == OrderKind.VISIT_DUE)),
    ),
    "wait for an answer without a clock": put_seat(SeatState.DONE, state=SeatState.ORDERED),
    "never ordered": sa.delete(work).where(work.c.key == least(work.c.key, work.c.kind == OrderKind.PUSH)),
    "their seats do not know": put_seat(SeatState.DONE, state=SeatState.HANDED_OVER),
    "accepted and nobody said yes": put_seat(SeatState.DECLINED, state=SeatState.ACCEPTED),
}
"""What may go wrong within."""

OUTSIDE: Mapping[str, Callable[[judge.Outside], judge.Outside]] = {
    "never told": lambda held: replace(held, notices=without(held.notices)),
    "under two names": lambda held: replace(held, notices={**held.notices, "~": last_result(held.notices)}),
    "notices of no event": lambda held: replace(held, notices={**held.notices, "~": last_result(held.notices)}),
    "the platform lacks": lambda held: replace(held, entries=without(held.entries)),
    "too many at the platform": lambda held: replace(held, entries={**held.entries, "~": next(iter(held.entries.values()))}),
    "and not at the platform": lambda held: replace(held, retracted=frozenset()),
    "nobody wanted back": lambda held: replace(held, retracted=held.retracted | {"~"}),
    "without exactly one letter": lambda held: replace(held, letters=unanswerable(held)),
    "not told that it is over": lambda held: replace(held, letters={k: v for k, v in held.letters.items() if v[1] != "cancel"}),
    "does not have": lambda held: replace(held, replies=altered(held.replies, {"value": "~"})),
    "never seen outside": lambda held: replace(held, keys={}),
    "with two contents": lambda held: replace(held, summary={**held.summary, "conflicts": 1}),
    "does not hold": lambda held: replace(held, summary={**held.summary, "forged": 1}),
    "another reference": lambda held: replace(held, accepted=altered(held.accepted, "~")),
    "nobody was told of": lambda held: replace(held, accepted=without(held.accepted)),
    "their sender last said": lambda held: replace(held, claimed=altered(held.claimed, ("~",))),
    "withdrawals do not agree": lambda held: replace(held, withdrawn=frozenset()),
    "conclusions do not agree": lambda held: replace(held, concluded=frozenset()),
    "as their officer decided": lambda held: replace(held, decided=altered(held.decided, ["~"])),
    "no phone has it": lambda held: replace(held, pushes={}),
    "another phone": lambda held: replace(held, pushes=altered(held.pushes, ("phone-0", "~"))),
    "of no seat reached a phone": lambda held: replace(held, pushes={**held.pushes, "~": ("phone-1", "~")}),
    "refusals of seats do not agree": lambda held: replace(held, seats=unsaid(held.seats, "decline")),
    "without exactly one result": lambda held: replace(held, seats=unsaid(held.seats, "result")),
    "what is not kept": lambda held: replace(held, seats={**held.seats, next(iter(held.seats)): {"note": []}}),
    "results other than entered": lambda held: replace(held, seats=misheard(held.seats)),
    "figures typed": lambda held: replace(held, typed=altered(held.typed, ["~"])),
    "no such commitment": lambda held: replace(held, witnessed={**held.witnessed, **altered(committed(held.witnessed), "~")}),
    "the notary does not know": lambda held: replace(held, witnessed=without(committed(held.witnessed))),
    "not this ledger's": lambda held: replace(held, witnessed={**held.witnessed, **altered(heads(held.witnessed), "~")}),
    "the notary does not have": lambda held: replace(held, witnessed=committed(held.witnessed)),
}
"""What may go wrong outside."""


def without(held: Mapping[str, V]) -> dict[str, V]:
    """All but the first."""
    return dict(list(held.items())[1:])


def altered(held: Mapping[str, V], value: V) -> dict[str, V]:
    """The first with another value."""
    return {**held, next(iter(held)): value}


def last_result(held: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The last outcome that was told: nothing of its case has been told since."""
    return [said for _, said in sorted(held.items()) if said["type"] == "verification.result"][-1]


def unanswerable(held: judge.Outside) -> dict[str, tuple[str, str, str]]:
    """The letter of a reply that ended its request is not there: it is surely missed, for one that was called off need never have come."""
    called_off = {request for _, kind, request in held.letters.values() if kind == "cancel"}
    gone = min(held.replies.keys() - called_off)
    return {key: said for key, said in held.letters.items() if said[2] != gone}


def unsaid(held: Mapping[str, Mapping[str, Any]], what: str) -> dict[str, Mapping[str, Any]]:
    """Nobody said that."""
    return {name: {word: told for word, told in said.items() if word != what} for name, said in held.items()}


def misheard(held: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The first findings, with a verdict that nobody has."""
    name, said = next((name, said) for name, said in held.items() if said.get("result"))
    return {**held, name: {**said, "result": [{**one, "verdict": "~"} for one in said["result"]]}}


def overlooked(held: Site) -> list[str]:
    """The planted faults that the judge does not find; each is undone again."""
    seen = outside(held)
    missed: list[str] = []
    with closing(held.store()) as store:
        for words, change in INSIDE.items():
            with contextlib.suppress(InterruptedError), store.begin() as tx:
                if isinstance(change, sa.Executable):
                    tx.connection.execute(change)
                else:
                    change(tx)
                missed += [words] * (words not in " ".join(judge.problems(Inside(tx), seen)))
                raise InterruptedError
        with store.read() as tx:
            inside = Inside(tx)
        for words, changed in OUTSIDE.items():
            missed += [words] * (words not in " ".join(judge.problems(inside, changed(seen))))
    return missed
