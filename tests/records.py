"""What a house holds of a draw besides its files, for draws that a test puts into the store without the flows."""

from __future__ import annotations

from inspector.domain.calendar import Counting, Term, Unit
from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because
from inspector.domain.draw import Result
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw
from inspector.domain.reconcile import marks
from inspector.domain.register import EntryKind
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.store.tx import Tx, new_id


def entered(tx: Tx, held: Draw, result: Result | None = None) -> None:
    """What else the house holds of a draw, as the flows leave it behind: register, marks, ledger, visits and who sits there."""
    tx.register.append(held.agency, EntryKind.DRAW, held.number, {}, held.made_at)
    said: list[tuple[str, dict[str, object]]] = [("draw.prepare", {}), ("draw.announce", {"w": held.w})]
    said += [("draw.promise", {"party": party, **promise}) for party, promise in held.promises.items()]
    if held.witness is not None:
        dates = {"witnessed_at": held.witnessed_at, "lodged_at": held.lodged_at}
        said += [("draw.lodge", {"receipt": held.witness} | {name: at and at.isoformat() for name, at in dates.items()})]
    said += [("draw.reveal", {"party": one}) for one in held.parts]
    if held.drawn_at is not None and result is not None:
        said.append(("draw.carry_out", {"seed": result.seed}))
    for rule, facts in said:
        late = {"draw.announce": held.announced_at, "draw.reveal": held.drawn_at, "draw.carry_out": held.drawn_at}
        at = late.get(rule) or held.made_at
        tx.ledger.append(new_id(), held.number, Because(rule=rule, basis=(), pack=held.pack, facts=facts), {}, at)
    for party, mark in marks(held).items():
        assert tx.draws.claim(mark, held.number, party, held.made_at)
    if held.drawn_at is None or result is None:
        return
    (listed,) = result.lists
    day = held.drawn_at.date()
    counted = Counting(term=Term(amount=5, unit=Unit.WORKING_DAY), after=day, nominal=day, last=day)
    for place, (name, team) in enumerate(listed.dealt.teams.items() if listed.dealt else (), 1):
        one = Visit(
            id=f"{held.number}-{place:04d}",
            draw=held.number,
            agency=held.agency,
            object_id=name,
            kind=SubjectKind.FIRM,
            code=name,
            name="",
            check=CheckType.PLANNED,
            stratum="A",
            sampled=True,
            pooled=True,
            doubts=(),
            case_ids=(),
            basis="",
            state=VisitState.CANCELLED,
            opened_at=held.drawn_at,
            due_at=held.drawn_at,
            due_counted=counted,
        )
        tx.visits.add(one)
        off = Because(rule="visit.cancel", basis=(), pack=held.pack, facts={})
        tx.ledger.append(new_id(), one.id, off, {}, held.drawn_at)
        for seat, staff in enumerate(team):
            if staff is not None:
                tx.visits.add_seat(
                    Seat(
                        visit=one.id,
                        agency=held.agency,
                        place=seat,
                        turn=0,
                        inspector=staff,
                        state=SeatState.CANCELLED,
                        ordered_at=held.drawn_at,
                        accept_by=held.drawn_at,
                        accept_counted=counted,
                    )
                )
