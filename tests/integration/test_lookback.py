"""What the house remembers of former draws is what the ledger tells, or no further draw is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from inspector.cli.reconciling import draws
from inspector.domain.errors import Refusal
from inspector.domain.finding import Seen
from inspector.domain.plan import Draw
from inspector.flows import dispatch, lookback
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.store.drawtables import draw, draw_file, visit_agency
from inspector.store.store import Store
from inspector.store.tables import case_file, seat, visit, visit_case
from inspector.store.tx import Tx
from tests.house import Hand, application, next_period, post, settle
from tests.integration.test_draw_way import FACTS, announced, carried_out, drawing, visits
from tests.integration.test_reconcile import matters, write
from tests.integration.test_replacements import given_up, gone, pool_draw
from tests.integration.test_tampered import daily, sealed

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def made(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """A draw whose visits are made, but for one that ceased, one that was replaced and two that are still to be made."""
    office, drawn = pool_draw(store, hand, replace_share=Fraction(1, 5))
    first, second, third, *rest = visits(office, drawn.number)
    gone(office, first)
    given_up(office, second)
    with store.read() as tx:
        someone = tx.visits.team(third.id)[0].name
    with store.begin() as tx:
        dispatch.decline(office, tx, someone, "ill", hand())
    hand.now = max(one.release_at or hand() for one in visits(office, drawn.number))
    settle(office)
    for one in (third, *rest[:-2]):
        with store.begin() as tx:
            sitting = [held.name for held in tx.visits.team(one.id) if held.state.open]
            for name in sitting:
                dispatch.accept(tx, name, hand())
            dispatch.report(office, tx, sitting[0], [], "一切属实", hand(), seen=Seen.NOTHING)
    sealed(store, hand)
    return office, drawn


def remembered(office: Office, tx: Tx) -> list[str]:
    return lookback.differing(office, tx, ["bureau"], office.now())


class _Undone(Exception):
    pass


@contextmanager
def undone(store: Store) -> Iterator[Tx]:
    """What is written within never was."""
    with suppress(_Undone), store.begin() as tx:
        yield tx
        raise _Undone


def test_whatever_a_frame_is_made_of_is_held_to_the_ledger_and_each_row_is_named(store: Store, hand: Hand) -> None:
    office, drawn = made(store, hand)
    with store.read() as tx:
        assert remembered(office, tx) == []
        done = next(one for one in visits(office, drawn.number) if one.done_at and not one.ceased)
        other = next(one for one in visits(office, drawn.number) if one.state.open)
        sat = next(one for one in tx.visits.team(done.id) if one.state.value == "DONE")
    one, whose = visit.c.id == done.id, visit_agency.c.visit == done.id
    place = (seat.c.visit == done.id) & (seat.c.place == sat.place) & (seat.c.turn == sat.turn)
    back = timedelta(days=700)
    attacks: dict[str, sa.Executable] = {
        f"visit {done.id}: done_at": sa.update(visit).where(one).values(done_at=done.done_at - back if done.done_at else None),
        f"visit {done.id}: made_on": sa.update(visit).where(one).values(made_on=hand().date() - back),
        f"visit {done.id}: opened_at": sa.update(visit).where(one).values(opened_at=done.opened_at - back),
        f"visit {done.id}: check_type": sa.update(visit).where(one).values(check_type="PERMIT"),
        f"visit {done.id}: state": sa.update(visit).where(one).values(state="CANCELLED"),
        f"visit {other.id}: state": sa.update(visit).where(visit.c.id == other.id).values(state="DONE", done_at=hand()),
        f"visit {done.id}: object_id": sa.update(visit).where(one).values(object_id=other.object_id),
        f"visit {other.id}: object_id": sa.delete(visit).where(visit.c.id == other.id),
        f"visit {drawn.number}: visits of those who came in": sa.delete(visit).where(visit.c.replaces != ""),
        f"seat {sat.name}: state": sa.update(seat).where(place).values(state="EXPIRED"),
        f"seat {sat.name}: inspector": sa.update(seat).where(place).values(inspector="Z001x"),
        f"seat {sat.name}: agency": sa.update(seat).where(place).values(agency="elsewhere"),
        f"seat {sat.name}: seat.order": sa.delete(seat).where(place),
        f"visit_agency {done.id} bureau": sa.update(visit_agency).where(whose).values(counts=False),
        f"visit_agency {done.id} bureau: stratum": sa.update(visit_agency).where(whose).values(stratum="pool-A"),
        f"visit_agency {done.id} bureau: ": sa.delete(visit_agency).where(whose),
        f"visit_agency {done.id} other": sa.insert(visit_agency).values(
            visit=done.id, agency="other", stratum="pool-U", sampled=True, counts=True
        ),
        f"visit_case {done.id}: cases": sa.insert(visit_case).values(visit=done.id, case_id="x"),
        f"draw {drawn.number}: state": sa.update(draw).where(draw.c.number == drawn.number).values(state="VOID"),
        f"draw_file {drawn.number}: result.json": sa.update(draw_file)
        .where(draw_file.c.number == drawn.number, draw_file.c.name == "result.json")
        .values(bytes=b'{"lists":[]}'),
    }
    for named, attack in attacks.items():
        with undone(store) as tx:
            tx.connection.execute(attack)
            found = remembered(office, tx)
            assert any(line.startswith(named) for line in found), (named, found)
            assert done.object_id not in " ".join(found)


@pytest.mark.bare
def test_a_visit_written_back_refuses_the_next_draw_until_a_person_has_mended_the_row(store: Store, hand: Hand) -> None:
    office, drawn = made(store, hand)
    one = next(held for held in visits(office, drawn.number) if held.done_at and not held.ceased)
    hand.on(days=800)
    body = json.loads(_body(store, one.id)) | {"done_at": (hand() - timedelta(days=3)).isoformat()}
    moved = {"done_at": hand() - timedelta(days=3), "body": json.dumps(body, ensure_ascii=False)}
    write(store, sa.update(visit).where(visit.c.id == one.id).values(**moved))
    next_period(office, "weekly")
    settle(office)
    refused = pytest.raises(Refusal, match=rf"{lookback.MATTER}.*{one.id}: done_at")
    with refused, lookback.telling(office, "weekly"), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())
    assert f"{one.id}: done_at" in matters(office, lookback.MATTER)["plan:weekly"]
    daily(office)
    assert f"{one.id}: done_at" in matters(office, lookback.MATTER)["look"]
    (told,) = [found for found in draws(office) if found.name == "draws.history"]
    assert one.id in str(told)
    write(store, sa.update(visit).where(visit.c.id == one.id).values(done_at=one.done_at))
    with store.begin() as tx:
        assert announce_now(office, tx, "weekly", "clerk", hand()) is not None


def _body(store: Store, name: str) -> str:
    with store.read() as tx:
        return str(tx.connection.execute(sa.select(visit.c.body).where(visit.c.id == name)).scalar_one())


def test_a_case_cannot_be_kept_out_of_every_frame_by_writing_that_an_old_draw_has_had_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    first = carried_out(office, hand, announced(office, hand, cases=2)[1].number)
    sealed(store, hand)
    next_period(office, "weekly")
    hand.on(days=7)
    hidden, other = (post(office, application(number, "dispatch-premises", FACTS)) for number in (11, 12))
    settle(office)
    mine = case_file.c.id == hidden
    attacks: dict[str, Callable[[], sa.Update]] = {
        "drawn": lambda: sa.update(case_file).where(mine).values(drawn=first.number, wants_visit=False),
        "wants_visit": lambda: sa.update(case_file).where(mine).values(wants_visit=False),
        "state": lambda: sa.update(case_file).where(mine).values(state="WITHDRAWN"),
    }
    with store.read() as tx:
        assert remembered(office, tx) == []
    for name, attack in attacks.items():
        with undone(store) as tx:
            tx.connection.execute(attack())
            assert any(line.startswith(f"case_file {hidden}: {name}") for line in remembered(office, tx)), name
    with undone(store) as tx:
        tx.connection.execute(sa.update(draw_file).where(draw_file.c.name == "members.json").values(bytes=b'{"x": []}\n'))
        tx.connection.execute(sa.update(case_file).where(mine).values(drawn=first.number))
        assert any(line.startswith(f"draw_file {first.number}: members.json") for line in remembered(office, tx))
    with undone(store) as tx:
        tx.connection.execute(sa.update(case_file).where(mine).values(drawn=first.number, subject_kind="X"))
        assert f"case_file {hidden}: subject_kind X ≠ FIRM/PERSON" in " ".join(remembered(office, tx))
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    assert {one.case_ids for one in visits(office, carried_out(office, hand, held.number).number)} == {(hidden,), (other,)}
