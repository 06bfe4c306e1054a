"""Who writes into the database so that its parts agree with each other is found by seals, entries and lists' lines. On both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding, Seen
from inspector.domain.ledger import body_digest, digest
from inspector.domain.plan import Draw
from inspector.domain.visit import Visit, VisitState
from inspector.flows import dispatch, reconcile, relief
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import Drawn, public_bundle, receipt_of
from inspector.flows.reporting import report
from inspector.store.codec import dump
from inspector.store.drawtables import draw, draw_file, draw_register
from inspector.store.store import Store
from inspector.store.tables import ledger, seal, seat, visit
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand, next_period, settle
from tests.integration.test_reconcile import differs, erased, held, matters, write
from tests.integration.test_supplement import LOOK

pytestmark = pytest.mark.slow


def sealed(store: Store, hand: Hand) -> None:
    """The sealer has come, as it does each second."""
    with store.begin() as tx:
        assert tx.ledger.take_seal_lock()
        while tx.ledger.seal(hand()):
            pass


def daily(office: Office) -> None:
    made = relief.daily(LOOK, office)
    with office.store.begin() as tx:
        made.write(tx, office.now())


def broken(office: Office) -> bool:
    """Whether the daily look and `check` find that the ledger does not hold."""
    with office.store.read(steady=True) as tx:
        return bool(reconcile.sealed(office, tx)[1])


def rewrite(store: Store, about: str, rule: str, **facts: object) -> None:
    """An entry of the ledger, with digests that fit: they need no secret of the house."""
    with store.begin() as tx:
        for row in tx.connection.execute(sa.select(ledger).where(ledger.c.about == about, ledger.c.rule == rule)).all():
            told = json.loads(row.body)
            body = json.dumps(told | {"facts": told["facts"] | facts})
            hidden = body_digest(row.salt, body)
            new = {"body": body, "body_digest": hidden, "digest": digest(row.id, row.at, row.about, row.rule, hidden)}
            tx.connection.execute(sa.update(ledger).where(ledger.c.id == row.id).values(**new))


def alter(
    store: Store, table: sa.Table, where: sa.ColumnElement[bool], body: str, columns: Mapping[str, Any], **told: object
) -> None:
    """A row and its body, so that they agree."""
    text = json.dumps(json.loads(body) | told, ensure_ascii=False)
    write(store, sa.update(table).where(where).values(body=text, **columns))


def alter_draw(store: Store, made: Draw, columns: Mapping[str, Any], **told: object) -> None:
    alter(store, draw, draw.c.number == made.number, dump(made), columns, **told)


def alter_visit(store: Store, one: Visit, columns: Mapping[str, Any], **told: object) -> None:
    alter(store, visit, visit.c.id == one.id, dump(one), columns, **told)


def test_an_entry_rewritten_with_digests_that_fit_breaks_the_seal_over_it_and_nothing_is_published(
    store: Store, hand: Hand
) -> None:
    office, drawn = held(store, hand, cases=1)
    sealed(store, hand)
    assert differs(office, drawn.number, whole=True) == set()
    rewrite(store, drawn.number, "draw.announce", objects=7)
    assert differs(office, drawn.number) == {"records_seal"}
    assert broken(office)
    with store.read() as tx:
        assert [one.code for one in reconcile.intact(tx)] == ["draw.ledger_broken"]
    code = visits(office, drawn.number)[0].code
    hand.on(days=200)
    for publish in (
        lambda tx: Drawn.of(office, tx, drawn.number),
        lambda tx: public_bundle(office, tx, drawn.number, hand()),
        lambda tx: report(office, tx, drawn.number),
        lambda tx: receipt_of(office, tx, drawn.number, code, hand()),
    ):
        with pytest.raises(Refusal, match=rf"{reconcile.MATTER}.*records_seal"), store.read() as tx:
            publish(tx)
    daily(office)
    assert "records_seal" in matters(office)[drawn.number]
    assert "seal 1 does not hold" in matters(office)["ledger"]


def test_the_newest_draw_erased_with_its_entries_leaves_a_hole_in_the_seals_and_no_number_is_given(
    store: Store, hand: Hand
) -> None:
    office, first = held(store, hand, cases=1)
    sealed(store, hand)
    next_period(office, "weekly")
    hand.on(days=7)
    second = announced(office, hand, cases=2)[1]
    sealed(store, hand)
    daily(office)
    with store.read() as tx:
        assert tx.ledger.mark().number == tx.ledger.head()[0], "and it has been looked at"
    erased(store, second.number)
    write(store, sa.delete(ledger).where(ledger.c.about.startswith(second.number)))
    with pytest.raises(Refusal, match="draw_records_broken"), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())
    with store.read() as tx:
        assert reconcile.intact(tx)
    assert broken(office), "what is older is looked at again, in its turn"
    assert differs(office, first.number) <= {"records_seal"}, "a seat of it may have passed on in the same second"


def test_the_look_goes_on_from_where_it_came_to_and_sees_that_the_chain_was_cut(store: Store, hand: Hand) -> None:
    office, _ = held(store, hand, cases=1)
    sealed(store, hand)
    daily(office)
    with store.read() as tx:
        mark = tx.ledger.mark()
        assert (mark.number, mark.head) == tx.ledger.head()
    assert not broken(office)
    write(store, sa.delete(ledger).where(ledger.c.seal == mark.number))
    write(store, sa.delete(seal).where(seal.c.number == mark.number))
    assert broken(office)
    daily(office)
    with store.read() as tx:
        assert tx.ledger.mark() == mark, "it does not pass over what does not hold"


@pytest.mark.alike
def test_older_seals_are_looked_at_again_part_by_part_and_the_mark_says_how_far(store: Store, hand: Hand) -> None:
    office = replace(held(store, hand, cases=1)[0], again=3)
    with store.begin() as tx:
        while tx.ledger.seal(hand(), 3):
            pass
        last = tx.ledger.head()[0]
        tx.ledger.put_mark(tx.ledger.mark_at(last), hand())
        rows = tx.connection.execute(sa.select(ledger).where(ledger.c.seal == last)).all()
    write(store, sa.update(ledger).where(ledger.c.id == rows[0].id).values(rule="other"))
    seen = []
    while not broken(office):
        with store.begin() as tx:
            mark, _ = reconcile.sealed(office, tx)
            tx.ledger.put_mark(mark, hand())
            seen.append(mark.again)
    assert seen == list(range(1, last))


def spared(store: Store, one: Visit) -> None:
    alter_visit(store, one, {"state": "CANCELLED"}, state="CANCELLED")


def test_a_visit_is_not_called_off_by_writing_so_in_its_row(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=2)
    one = visits(office, drawn.number)[0]
    spared(store, one)
    assert differs(office, drawn.number) == {"records_visit"}
    write(store, sa.delete(seat).where(seat.c.visit == one.id))
    line = json.dumps({"seq": 1, "kind": "withdrawn", "object": one.object_id}).encode() + b"\n"
    with store.begin() as tx:
        tx.draws.append_line(drawn.number, "weekly.after.jsonl", line.strip())
    assert "records_visit" in differs(office, drawn.number), "nor with a line as if it had been so from the beginning"


@pytest.mark.alike
def test_a_state_that_no_entry_leads_to_is_none(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    one = visits(office, drawn.number)[0]
    for state in ("DONE", "CEASED", "OWED", "SHORT"):
        alter_visit(store, one, {"state": state}, state=state)
        assert differs(office, drawn.number) == {"records_visit"}, state
    alter_visit(store, one, {"state": one.state.value})
    assert differs(office, drawn.number) == set()


@pytest.mark.alike
def test_what_a_team_entered_stays_as_it_was_entered(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    drawn = carried_out(office, hand, announced(office, hand, cases=1)[1].number)
    (one,) = visits(office, drawn.number)
    hand.now = one.release_at or hand()
    settle(office)
    with store.read() as tx:
        team = tx.visits.team(one.id)
    with store.begin() as tx:
        for seat_ in team:
            dispatch.accept(tx, seat_.name, hand())
        found = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in one.doubts]
        made = dispatch.report(office, tx, team[0].name, found, "一切属实", hand())
    assert made.state is VisitState.DONE
    with store.read() as tx:
        made = tx.visits.get(one.id)
    assert differs(office, drawn.number, whole=True) == set()
    part, finding = json.loads(dump(made))["parts"][0], json.loads(dump(made))["findings"][0]
    told: dict[str, Any]
    for told in (
        {"findings": [finding | {"verdict": "MISMATCH"}]},
        {"findings": [finding | {"note": "other"}]},
        {"findings": []},
        {"parts": [part | {"remarks": "other"}]},
        {"parts": [part | {"on": "2026-01-01"}]},
        {"parts": [part, part]},
        {"parts": [], "findings": []},
    ):
        alter_visit(store, made, {}, **told)
        assert differs(office, drawn.number) == {"records_visit"}, told


@pytest.mark.alike
def test_cases_dates_and_what_was_found_are_those_of_the_entries(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=2)
    one = visits(office, drawn.number)[0]
    later = (one.due_at + timedelta(days=9)).isoformat()
    part = {"agency": "bureau", "by": "i-1", "at": hand().isoformat(), "seen": Seen.NOTHING.value, "remarks": ""}
    finding = {"case_id": "c", "claim": "k", "verdict": Verdict.MATCH.value}
    told: dict[str, Any]
    for told in (
        {"due_at": later},
        {"release_at": later},
        {"case_ids": []},
        {"stratum": "other"},
        {"parts": [part]},
        {"findings": [finding]},
    ):
        alter_visit(store, one, {}, **told)
        assert differs(office, drawn.number) == {"records_visit"}, told
    alter_visit(store, one, {})
    assert differs(office, drawn.number) == set()


def test_a_period_is_not_freed_by_moving_its_draw_to_another(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    alter_draw(store, drawn, {"slot": "2020-01-01T00:00:00+08:00"}, slot="2020-01-01T00:00:00+08:00")
    assert differs(office, drawn.number) == {"records_period"}
    daily(office)
    assert "records_period" in matters(office)[drawn.number]
    with pytest.raises(Refusal, match="draw_contradicted"), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())


@pytest.mark.alike
def test_what_a_draw_was_prepared_by_and_its_times_are_those_of_its_entries(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)

    def shifted(name: str) -> str:
        at = getattr(drawn, name)
        assert isinstance(at, datetime)
        return (at - timedelta(days=1)).isoformat()

    told: dict[str, Any]
    for code, told in (
        ("records_period", {"pack": "other@1"}),
        ("records_period", {"without": ["dice"]}),
        ("records_period", {"further": ["drand"]}),
        ("records_period", {"extends": "bureau-2026-00009"}),
        ("records_void", {"withheld": ["justice"]}),
        ("records_times", {"announced_at": shifted("announced_at")}),
        ("records_times", {"drawn_at": shifted("drawn_at")}),
        ("records_times", {"seed_at": shifted("seed_at")}),
        ("records_times", {"reveal_by": shifted("reveal_by")}),
        ("records_witness", {"witness": "notary:N-99999"}),
        ("records_witness", {"witnessed_at": shifted("witnessed_at")}),
        ("records_witness", {"lodged_at": shifted("lodged_at")}),
    ):
        alter_draw(store, drawn, {}, **told)
        assert code in differs(office, drawn.number), told
    alter_draw(store, drawn, {})
    assert differs(office, drawn.number) == set()


@pytest.mark.alike
def test_the_columns_of_a_draw_say_what_its_body_does(store: Store, hand: Hand) -> None:
    office, drawn = held(store, hand, cases=1)
    was = {"state": drawn.state.value, "plan": drawn.plan, "slot": drawn.slot, "made_at": drawn.made_at}
    for column, value in (("state", "VOID"), ("plan", "other"), ("slot", "elsewhere"), ("made_at", hand())):
        write(store, sa.update(draw).where(draw.c.number == drawn.number).values(was | {column: value}))
        assert differs(office, drawn.number) == {"records_row"}, column


def test_what_nobody_can_read_is_a_finding_of_that_draw_and_silences_no_other(store: Store, hand: Hand) -> None:
    office, first = held(store, hand, cases=1)
    next_period(office, "weekly")
    hand.on(days=7)
    second = carried_out(office, hand, announced(office, hand, cases=2)[1].number)
    one = visits(office, first.number)[0]
    spared(store, visits(office, second.number)[0])
    write(store, sa.update(visit).where(visit.c.id == one.id).values(body=dump(one).replace('"FIRM"', '"FIRMX"')))
    cut = sa.update(draw_file).where(draw_file.c.number == first.number, draw_file.c.name == "commit.json")
    write(store, cut.values(bytes=b"{"))
    assert {"records_commitment"} <= differs(office, first.number, whole=True)
    with store.read() as tx:
        (line,) = reconcile.chain(tx, "bureau", hand(), whole=True)
    assert (line.code, line.facts["draws"]) == ("draw.register_unreadable", first.number)
    with pytest.raises(Refusal, match=rf"{reconcile.MATTER}.*records_visit"), store.read() as tx:
        tx.visits.of_draw(first.number)
    with store.begin() as tx:
        assert reconcile.number(tx, "bureau", hand()).endswith("-00003"), "nobody else waits for it"
    daily(office)
    told = matters(office)
    assert "records_commitment" in told[first.number]
    assert "records_visit" in told[second.number]
    write(store, sa.update(draw).where(draw.c.number == first.number).values(body="{}"))
    write(store, sa.update(draw_register).where(draw_register.c.draw == first.number).values(facts="{"))
    hand.on(days=1)
    daily(office)
    assert "records_unreadable" in {row.code.removeprefix("draw.") for row in _of(office, hand, first.number)}
    assert "records_visit" in matters(office)[second.number]
    with store.read() as tx:
        assert "draw.register_broken" in {one.code for one in reconcile.chain(tx, "bureau", hand(), whole=True)}
    with pytest.raises(Refusal, match=reconcile.MATTER), reconcile.telling(office), store.read() as tx:
        tx.draws.get(first.number)


def _of(office: Office, hand: Hand, number: str) -> list[Any]:
    with office.store.read(steady=True) as tx:
        return [line for _, about, lines in reconcile.watched(office, tx, hand()) if about == number for line in lines]
