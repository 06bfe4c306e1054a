"""Who writes into the database beside the program makes its records contradict each other: nothing is published then. On both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from inspector.domain import draw as protocol
from inspector.domain.commitment import read
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.frame import read as read_frame
from inspector.domain.plan import Draw, DrawState
from inspector.flows import footing, reconcile
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import Drawn, public_bundle, receipt_of
from inspector.flows.reporting import report
from inspector.ports import Origin, Refused
from inspector.store.codec import dump
from inspector.store.drawtables import draw, draw_file, draw_register, seed_used
from inspector.store.store import Store
from inspector.store.tables import ledger, seat, visit
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, next_period, settle
from tests.integration.test_draw_way import thrown, visits
from tests.integration.test_extension import supervised

pytestmark = pytest.mark.alike


def held(store: Store, hand: Hand, cases: int = 3) -> tuple[Office, Draw]:
    """A draw that was carried out, with visits to be made."""
    office, _, _ = drawing(store, hand)
    made = announced(office, hand, cases=cases)[1]
    return office, carried_out(office, hand, made.number)


def differs(office: Office, number: str, *, whole: bool = False) -> set[str]:
    with office.store.read() as tx:
        found = reconcile.differing(office, tx, tx.draws.get(number), whole=whole)
    return {one.code.removeprefix("draw.") for one in found}


def write(store: Store, asked: sa.Update | sa.Delete) -> None:
    """What somebody with a client of the database does."""
    with store.begin() as tx:
        tx.connection.execute(asked)


def put(store: Store, number: str, name: str, content: bytes) -> None:
    write(store, sa.update(draw_file).where(draw_file.c.number == number, draw_file.c.name == name).values(bytes=content))


def matters(office: Office, kind: str = reconcile.MATTER) -> Mapping[str, str]:
    with office.store.read() as tx:
        return {row["about"]: row["body"] for row in tx.attention.page(None) if row["kind"] == kind}


def looked(office: Office, hand: Hand) -> None:
    """The daily look has come."""
    hand.on(days=1)
    with office.store.read(steady=True) as tx:
        found = list(reconcile.watched(office, tx, hand()))
    with office.store.begin() as tx:
        for agency, about, lines in found:
            reconcile.note(tx, agency, about, footing.named(lines), hand())


@pytest.mark.differs
@pytest.mark.slow
def test_of_a_draw_that_nobody_touched_all_records_agree(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    made = announced(office, hand)[1]
    assert differs(office, made.number, whole=True) == set()
    drawn = carried_out(office, hand, made.number)
    assert differs(office, drawn.number, whole=True) == set()
    looked(office, hand)
    assert matters(office) == {}


@pytest.mark.slow
def test_figures_exchanged_with_the_outcome_in_view_are_found_though_the_result_follows_from_them(
    store: Store, hand: Hand
) -> None:
    office, drawn = held(store, hand)
    with store.read() as tx:
        files = tx.draws.files(drawn.number)
    seed, commitment = json.loads(files["seed.json"]), read(files["commit.json"])
    place = drawn.parties.index("dice")
    seed["parts"][place]["text"] = thrown("the figures that spare a friend")
    frame = read_frame(files["objects.tsv"], files["inspectors.tsv"], files["bans.tsv"])
    other = protocol.carry_out(commitment, {"weekly": frame}, seed["parts"])
    put(store, drawn.number, "seed.json", json.dumps(seed).encode())
    put(store, drawn.number, "result.json", other.content())
    assert {"records_seed_file", "records_result"} <= differs(office, drawn.number)
    hand.on(days=200)
    for publish in (
        lambda tx: Drawn.of(office, tx, drawn.number),
        lambda tx: public_bundle(office, tx, drawn.number, hand()),
        lambda tx: report(office, tx, drawn.number),
        lambda tx: receipt_of(office, tx, drawn.number, visits(office, drawn.number)[0].code, hand()),
    ):
        with pytest.raises(Refusal), reconcile.telling(office), store.read() as tx:
            publish(tx)
    with pytest.raises(Refusal, match=reconcile.MATTER), reconcile.telling(office), store.read() as tx:
        Drawn.of(office, tx, drawn.number)
    assert "records_seed_file" in matters(office)[drawn.number]
    with store.begin() as tx:  # and with the record itself written over, the sealed ledger still knows
        parts = {**drawn.parts, "dice": seed["parts"][place]}
        told = json.loads(dump(drawn)) | {"parts": parts, "typed": {"dice": dict.fromkeys(("赵", "钱"), parts["dice"]["text"])}}
        tx.connection.execute(
            sa.update(draw).where(draw.c.number == drawn.number).values(body=json.dumps(told, ensure_ascii=False))
        )
    assert {"records_figures", "records_seed", "records_mark"} <= differs(office, drawn.number)
    with pytest.raises(Refusal, match=rf"{reconcile.MATTER}.*records_seed"), store.read() as tx:
        receipt_of(office, tx, drawn.number, visits(office, drawn.number)[0].code, hand())


def test_a_ledger_entry_that_was_changed_is_none(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    asked = sa.update(ledger).where(ledger.c.about == drawn.number, ledger.c.rule == "draw.carry_out")
    write(store, asked.values(body=sa.func.replace(ledger.c.body, "seed", "sead")))
    assert {"records_entry", "records_seed"} <= differs(office, drawn.number)


def test_a_visit_given_to_another_object_is_found_by_the_daily_look(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand)
    one, other = visits(office, drawn.number)[:2]
    told = json.loads(dump(one)) | {name: getattr(other, name) for name in ("object_id", "code", "name")}
    asked = sa.update(visit).where(visit.c.id == one.id)
    write(store, asked.values(object_id=other.object_id, body=json.dumps(told, ensure_ascii=False)))
    assert "records_visit" in differs(office, drawn.number)
    looked(office, hand)
    assert one.id in matters(office)[drawn.number]
    assert not any(text in matters(office)[drawn.number] for text in (one.code, other.code)), "a matter names no object"


@pytest.mark.slow
def test_a_visit_whose_code_alone_is_another_ones_is_found(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand)
    one, other = visits(office, drawn.number)[:2]
    told = json.loads(dump(one)) | {"code": other.code}
    write(store, sa.update(visit).where(visit.c.id == one.id).values(body=json.dumps(told, ensure_ascii=False)))
    assert differs(office, drawn.number) == {"records_visit"}


@pytest.mark.slow
def test_a_name_that_is_not_the_one_in_the_frame_is_found_where_the_frame_has_names(store: Store, hand: Hand) -> None:
    office, made = supervised(store, hand)
    drawn = carried_out(office, hand, made.number)
    one = visits(office, drawn.number)[0]
    told = json.loads(dump(one)) | {"name": "别的公司"}
    write(store, sa.update(visit).where(visit.c.id == one.id).values(body=json.dumps(told, ensure_ascii=False)))
    assert differs(office, drawn.number, whole=True) == {"records_visit"}


@pytest.mark.slow
def test_who_sits_at_a_visit_is_whom_the_dealing_put_there(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=2)
    with store.read() as tx:
        first, *_ = tx.visits.team(visits(office, drawn.number)[0].id)
        idle = next(row.id for row in tx.rosters.inspectors("bureau") if row.id not in tx.visits.loads(drawn.number, "bureau"))
    place = (seat.c.visit == first.visit) & (seat.c.place == first.place)
    told = json.loads(dump(first)) | {"inspector": idle}
    write(store, sa.update(seat).where(place).values(inspector=idle, body=json.dumps(told)))
    assert differs(office, drawn.number) == {"records_seat"}
    write(store, sa.delete(seat).where(place))
    assert differs(office, drawn.number) == {"records_seat"}
    write(store, sa.delete(visit).where(visit.c.id == first.visit))
    assert differs(office, drawn.number) == {"records_visit_gone"}


@pytest.mark.slow
def test_a_result_taken_out_so_that_it_may_be_drawn_again_stands_in_the_ledger(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    told = json.loads(dump(drawn)) | {"state": "SEEDING", "drawn_at": None}
    write(store, sa.update(draw).where(draw.c.number == drawn.number).values(state="SEEDING", body=json.dumps(told)))
    assert "records_unentered" in differs(office, drawn.number)


def erased(store: Store, number: str) -> None:
    for table, column in (
        (draw_register, "draw"),
        (draw_file, "number"),
        (visit, "draw"),
        (seed_used, "number"),
        (draw, "number"),
    ):
        write(store, sa.delete(table).where(table.c[column] == number))


@pytest.mark.slow
def test_the_newest_draw_that_was_erased_is_not_held_anew(store: Store, hand: Hand) -> None:
    office, first = held(store, hand, cases=1)
    next_period(office, "weekly")
    hand.on(days=7)
    second = announced(office, hand, cases=2)[1]
    assert second.number != first.number
    erased(store, second.number)
    for whole in (False, True):
        with store.read() as tx:
            (line,) = reconcile.chain(tx, "bureau", hand(), whole=whole)
        assert (line.code, line.facts["draws"]) == ("draw.register_gone", second.number)
    with pytest.raises(Refusal, match="draw_number_known"), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())
    looked(office, hand)
    assert second.number in matters(office)["register:bureau"]


@pytest.mark.slow
def test_a_draw_erased_in_the_middle_leaves_a_hole_in_the_register(store: Store, hand: Hand) -> None:
    office, first = held(store, hand, cases=1)
    next_period(office, "weekly")
    hand.on(days=7)
    announced(office, hand, cases=2)
    erased(store, first.number)
    with store.read() as tx:
        codes = {one.code for one in reconcile.chain(tx, "bureau", hand())}
    assert "draw.register_broken" in codes
    with store.begin() as tx:
        made = tx.draws.last(None)[0]
        told = json.loads(dump(made)) | {"state": "VOID", "void_reason": "silence"}
        tx.connection.execute(
            sa.update(draw).where(draw.c.number == made.number).values(state=DrawState.VOID.value, body=json.dumps(told))
        )
    assert {"records_register", "records_void"} <= differs(office, made.number)


@pytest.mark.slow
def test_the_scheduled_draw_under_an_erased_number_is_a_matter_and_no_draw(store: Store, hand: Hand) -> None:
    office, first = held(store, hand, cases=1)
    erased(store, first.number)
    hand.on(days=7)
    with store.begin() as tx:
        slot = f"{hand():%Y-%m-%dT%H:%M}"
        payload = {"plan": "weekly", "slot": slot, "without": []}
        tx.work.order(
            [
                Order(
                    kind=OrderKind.DRAW_ANNOUNCE,
                    key="draw.announce:weekly:again",
                    due_at=hand(),
                    urgent_by=hand(),
                    payload=payload,
                )
            ],
            hand(),
        )
    settle(office)
    assert first.number in matters(office)["plan:weekly"]
    with store.read() as tx:
        assert tx.draws.page(None) == []


def test_a_witness_who_holds_another_value_for_the_number_is_a_matter_of_its_own(store: Store, hand: Hand) -> None:
    office, _, notary = drawing(store, hand)
    notary.refuses = Refused("conflict", origin=Origin.US, detail="http_409")
    made = announced(office, hand, cases=1)[1]
    with store.read() as tx:
        kinds = {row["kind"] for row in tx.attention.page(None) if row["about"] == made.number}
        assert tx.draws.get(made.number).witness is None, "and its time is not proven"
    assert "draw_witness_other" in kinds
    assert "draw_without_witness" not in kinds
