"""Before an act on a draw is carried out, what it rests on is held to the sealed ledger: who wrote into the database beside gains nothing.

Each test is a route by which an act went through on rows that somebody had written (rulings 10, 11, 12, 15).
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.approval import Approval
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.replacement import Ceased
from inspector.domain.visit import VisitState
from inspector.flows import extend, reconcile, replacing, voiding
from inspector.flows.draw import announce_now, prepare
from inspector.flows.office import Office
from inspector.flows.reconcile import telling
from inspector.flows.seeding import type_figures
from inspector.ports import Card, NotYet
from inspector.store.drawtables import draw_file
from inspector.store.store import Store
from inspector.store.tables import work
from tests.drawn import announced, drawing
from tests.house import Hand, application, next_period, post, settle
from tests.integration.test_draw_way import FACTS, Party, thrown, visits
from tests.integration.test_reconcile import differs, held, matters, put, write
from tests.integration.test_replacements import PROOF, given_up, pool_draw
from tests.integration.test_tampered import alter_draw, alter_visit, daily, sealed

pytestmark = pytest.mark.alike


def now_(office: Office, number: str) -> Draw:
    with office.store.read() as tx:
        return tx.draws.get(number)


def seeding(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """A draw whose figures may be typed."""
    office, _, _ = drawing(store, hand)
    made = now_(office, announced(office, hand)[1].number)
    assert made.seed_at is not None
    hand.now = made.seed_at
    settle(office)
    return office, now_(office, made.number)


def throw(office: Office, made: Draw, hand: Hand, *by: str, figures: str = "") -> None:
    for name in by:
        with office.store.begin() as tx:
            type_figures(office, tx, made.number, name, figures or thrown(made.number), hand())


def void_by_rule(office: Office, hand: Hand, number: str, what: str) -> None:
    """It is void by rule, nobody has withheld anything or is sent, nothing follows."""
    settle(office)
    made = now_(office, number)
    assert (made.state, made.void_reason, made.withheld) == (DrawState.VOID, f"REGISTER_CHANGED:{what}", ())
    assert visits(office, number) == []
    hand.on(days=1)
    with office.store.begin() as tx:
        again = announce_now(office, tx, "weekly", "clerk", hand())
    assert again is not None
    assert again.number == number, "nothing follows until two persons have signed"


@pytest.mark.parametrize("table", ["parts", "typed"])
@pytest.mark.slow
def test_figures_exchanged_after_they_were_typed_void_the_draw_before_anybody_is_sent(
    store: Store, hand: Hand, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, made = seeding(store, hand)
    sealed(store, hand)
    if table == "typed":
        alter_draw(store, made, {}, typed={"dice": {"赵": thrown("other")}})
        with pytest.raises(Refusal, match=r"draw_contradicted.*records_figures"):
            throw(office, made, hand, "钱", figures=thrown("other"))
        hand.on(days=1)
    else:
        waits, ask = [True], Party.reveal

        def reveal(self: Party, *asked: Any, **more: Any) -> Any:
            if waits and self.name == "justice":
                raise NotYet("later", attempts=0, retry_after=1.0)
            return ask(self, *asked, **more)

        monkeypatch.setattr(Party, "reveal", reveal)
        throw(office, made, hand, "赵", "钱")
        settle(
            office, enough=lambda: {*now_(office, made.number).parts} >= {*made.promises} - {"justice"}
        )  # who is still to come
        made = now_(office, made.number)
        alter_draw(store, made, {}, parts=dict(made.parts) | {"dice": {"kind": "text", "text": thrown("other")}})
        waits.clear()
        hand.now += timedelta(seconds=5)
    void_by_rule(office, hand, made.number, "seed.json")


def test_a_promise_exchanged_after_the_commitment_voids_by_rule_and_is_no_withheld_part(store: Store, hand: Hand) -> None:
    office, made = seeding(store, hand)
    throw(office, made, hand, "赵")
    promises = {name: dict(one) for name, one in made.promises.items()}
    promises["justice"]["hash"] = "0" * 64
    alter_draw(store, now_(office, made.number), {}, promises=promises)
    hand.on(days=1)
    void_by_rule(office, hand, made.number, "promises")
    assert "records_void" not in differs(office, made.number)


def test_a_last_moment_brought_forward_voids_by_rule_and_is_no_withheld_part(store: Store, hand: Hand) -> None:
    office, made = seeding(store, hand)
    early = hand() + timedelta(minutes=5)
    alter_draw(store, made, {}, figures_by=early.isoformat(), reveal_by=early.isoformat())
    with pytest.raises(Refusal, match=r"draw_contradicted.*records_times"):
        throw(office, made, hand, "赵")
    hand.on(days=7)
    void_by_rule(office, hand, made.number, "record")


def test_an_order_whose_time_somebody_cut_makes_nobody_withhold(store: Store, hand: Hand) -> None:
    office, made = seeding(store, hand)
    key = f"draw.overdue:{made.number}:figures"
    write(store, sa.update(work).where(work.c.key == key).values(due_at=hand()))
    settle(office)
    assert now_(office, made.number).state is DrawState.SEEDING, "the figures have their time"
    cut = hand() + timedelta(minutes=1)
    write(store, sa.update(work).where(work.c.key == f"draw.reveal:{made.number}:dice").values(expires_at=cut, due_at=cut))
    hand.on(minutes=2)
    void_by_rule(office, hand, made.number, "record")


@pytest.mark.parametrize("cell", ["expires_at", "due_at"])
@pytest.mark.slow
def test_an_order_that_somebody_altered_while_its_connector_was_paused_brings_no_next_number(
    store: Store, hand: Hand, cell: str
) -> None:
    office, made = seeding(store, hand)
    with store.begin() as tx:
        tx.lanes.ensure(office.connectors.names())
        assert tx.lanes.pause("justice", hand())
    throw(office, made, hand, "赵", "钱")
    settle(office)  # justice is not asked
    made = now_(office, made.number)
    assert (set(made.parts), made.reveal_by is not None) == ({"dice", "audit"}, True)
    at = hand() - timedelta(minutes=1) if cell == "expires_at" else hand() + timedelta(days=900)
    write(store, sa.update(work).where(work.c.key == f"draw.reveal:{made.number}:justice").values({cell: at}))
    if cell == "due_at" and made.reveal_by is not None:
        hand.now = made.reveal_by
    void_by_rule(office, hand, made.number, "record")


class Late(Party):
    """A party that promises when it is let."""

    open = False

    def promise(self, draw: str, *, key: str) -> Any:
        if not self.open:
            raise NotYet("later", attempts=0, retry_after=1.0)
        return super().promise(draw, key=key)

    card: Card


@pytest.mark.slow
def test_an_order_for_a_promise_whose_time_somebody_cut_brings_no_next_number(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        tx.lanes.ensure(office.connectors.names())
        assert tx.lanes.pause("justice", hand())
        made = announce_now(office, tx, "weekly", "clerk", hand())
    assert made is not None
    settle(office)  # justice is not asked
    cut = hand() - timedelta(minutes=1)
    write(store, sa.update(work).where(work.c.key == f"draw.promise:{made.number}:justice").values(expires_at=cut))
    settle(office)
    with store.read() as tx:
        after = tx.draws.get(made.number)
        assert tx.draws.by_slot("weekly", f"{made.slot}+") is None, "nothing follows by rule"
    assert (after.state, after.void_reason, after.lacked) == (DrawState.VOID, "REGISTER_CHANGED:record", ())


@pytest.mark.slow
@pytest.mark.parametrize("what", ["promises", "objects.tsv", "rules.json", "members.json"])
def test_what_was_altered_before_the_commitment_is_not_committed_to_and_a_person_is_told(
    store: Store, hand: Hand, what: str
) -> None:
    office, _, _ = drawing(store, hand)
    audit = Late("audit")
    office = replace(office, connectors=replace(office.connectors, seeds={**office.connectors.seeds, "audit": audit}))
    for number in range(1, 4):
        post(office, application(number, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        assert announce_now(office, tx, "weekly", "clerk", hand()) is not None

    def prepared() -> bool:
        """All that is to be committed is there but what audit is still to promise."""
        with store.read() as tx:
            (held,) = tx.draws.page(None)
            return "justice" in held.promises and (what == "promises" or tx.draws.file(held.number, what) != b"")

    settle(office, enough=prepared)
    with store.read() as tx:
        made = tx.draws.get("bureau-2026-00001")
        content = tx.draws.file(made.number, what)
    if what == "promises":
        promises = {name: dict(one) for name, one in made.promises.items()}
        promises["justice"]["hash"] = "0" * 64
        alter_draw(store, made, {}, promises=promises)
    else:
        changed = {
            "objects.tsv": (b"\t1\t", b"\tcap\t"),
            "rules.json": (b"1000000", b"900000"),
            "members.json": (b"TEST", b"TEXT"),
        }
        assert content.replace(*changed[what]) != content
        put(store, made.number, what, content.replace(*changed[what]))
    audit.open = True
    hand.on(minutes=1)
    settle(office)
    after = now_(office, made.number)
    assert (after.state, after.c, after.void_reason) == (DrawState.VOID, None, "not_committable:draw_contradicted")
    with store.read() as tx:
        told = {row["kind"]: row["body"] for row in tx.attention.page(None)}
        assert tx.draws.file(made.number, "commit.json") == b""
    assert "records_" in told["draw_not_committable"]


@pytest.mark.slow
def test_a_first_signature_that_nobody_gave_is_none(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand)
    word = {"by": "王主任", "at": hand().isoformat(), "reason": "名册有误", "on": "DRAWN"}
    alter_draw(store, drawn, {}, signed=[word])
    assert differs(office, drawn.number) == {"records_signed"}
    with pytest.raises(Refusal, match="draw_contradicted"), telling(office), store.begin() as tx:
        voiding.sign(office, tx, drawn.number, by="李科员", reason="名册有误", now=hand())
    assert "records_signed" in matters(office)[drawn.number]
    alter_draw(store, drawn, {})
    for by in ("王主任", "李科员"):
        with store.begin() as tx:
            voiding.sign(office, tx, drawn.number, by=by, reason="名册有误", now=hand())
    assert differs(office, drawn.number) == set(), "two who have signed stand"
    alter_draw(store, drawn, {"state": "VOID"}, state="VOID", signed=[word, word | {"by": "李科员"}])
    with pytest.raises(Refusal, match="draw_contradicted"), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())


@pytest.mark.slow
def test_a_first_word_that_an_object_is_no_more_or_that_a_draw_be_extended_is_none_either(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand)
    one = visits(office, drawn.number)[0]
    alter_visit(store, one, {}, ceased="DEREGISTERED", proof=PROOF, ceased_by="王主任")
    assert differs(office, drawn.number) == {"records_visit"}
    with pytest.raises(Refusal, match="draw_contradicted"), store.begin() as tx:
        replacing.cease(office, tx, one.id, how=Ceased.DEREGISTERED, evidence=PROOF, by="李科员", now=hand())
    alter_visit(store, one, {})
    asked = Approval(asked_by="王主任", asked_at=hand(), reason="专项", basis="市局〔2026〕9号", more={"pool-U": 2})
    word = json.loads(json.dumps(asdict(asked), default=str))
    alter_draw(store, drawn, {}, approval=word | {"asked_at": hand().isoformat()})
    assert differs(office, drawn.number) == {"records_signed"}
    with pytest.raises(Refusal, match="draw_contradicted"), store.begin() as tx:
        extend.sign(office, tx, drawn.number, replace(asked, asked_by="李科员"), hand())
    alter_draw(store, drawn, {})
    with store.begin() as tx:
        extend.sign(office, tx, drawn.number, asked, hand())
    with store.begin() as tx:
        made = extend.sign(office, tx, drawn.number, replace(asked, asked_by="李科员"), hand()).made
    assert made is not None
    assert differs(office, drawn.number) == differs(office, made.number) == set()


@pytest.mark.slow
def test_a_reason_that_somebody_rewrote_gives_no_budget(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand, objects=80)  # 20 drawn: one may be given up
    first, second, *_ = visits(office, drawn.number)
    given_up(office, first)
    assert differs(office, drawn.number) == set()
    with store.read() as tx:
        lines = tx.draws.file(drawn.number, "after.jsonl")
    put(store, drawn.number, "after.jsonl", lines.replace(b'"discretionary"', b'"ceased"'))
    assert differs(office, drawn.number) == {"records_after"}
    with pytest.raises(Refusal, match="draw_contradicted"):
        given_up(office, second)
    put(store, drawn.number, "after.jsonl", lines)
    with pytest.raises(Refusal, match="replacement_budget_spent"):
        given_up(office, second)
    assert visits(office, drawn.number)[1].state is VisitState.ASSIGNED


@pytest.mark.slow
def test_the_rules_that_the_next_draw_reads_are_those_that_were_frozen(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand)
    with store.read() as tx:
        rules = tx.draws.file(drawn.number, "rules.json")
    told = json.loads(rules)
    told["derivation"]["ends"] = []
    next_period(office, "weekly")
    hand.on(days=7)
    for content in (json.dumps(told).encode(), b"{}", None):
        if content is None:
            write(store, sa.delete(draw_file).where(draw_file.c.number == drawn.number, draw_file.c.name == "rules.json"))
        else:
            put(store, drawn.number, "rules.json", content)
        assert differs(office, drawn.number) == {"records_frame"}
        with pytest.raises(Refusal, match=r"draw_contradicted.*rules\.json"), store.begin() as tx:
            prepare(office, tx, "weekly", hand().date().isoformat(), hand(), by="clerk")


@pytest.mark.parametrize("state", ["PREPARING", "ANNOUNCED", "SEEDING"])
@pytest.mark.slow
def test_a_draw_set_back_is_found_and_the_next_one_does_not_wait_for_it_in_silence(store: Store, hand: Hand, state: str) -> None:
    office, drawn = held(store, hand)
    alter_draw(store, drawn, {"state": state}, state=state)
    assert differs(office, drawn.number) == {"records_state"}
    daily(office)
    assert "records_state" in matters(office)[drawn.number]
    next_period(office, "weekly")
    hand.on(days=7)
    with pytest.raises(Refusal, match=r"draw_contradicted.*records_state"), telling(office), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())
    with store.read() as tx:
        assert reconcile.sealed(office, tx)[1] == (), "the ledger itself is whole"
