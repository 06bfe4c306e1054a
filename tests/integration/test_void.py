"""Who may stop a draw, and when: nobody who may know where it goes; and what was void stays to be seen. On both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import plan_order
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.register import EntryKind, flaw
from inspector.domain.sampling import Window
from inspector.domain.visit import VisitState
from inspector.flows import voiding
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import void_entry, void_record
from inspector.flows.seeding import type_figures
from inspector.store.drawtables import draw_file, draw_register
from inspector.store.store import Store
from tests import minds
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_draw_way import announced, carried_out, drawing, replayed, thrown, visits
from tests.integration.test_seed_refusals import seeded

pytestmark = [pytest.mark.alike, pytest.mark.slow, pytest.mark.needs("node")]

WHY = "名单遗漏一个片区，须重新锁定"


def sign(office: Office, number: str, by: str, reason: str = WHY) -> Draw:
    with office.store.begin() as tx:
        return voiding.sign(office, tx, number, by=by, reason=reason, now=office.now())


def announce(office: Office) -> Draw | None:
    """Somebody announces the week's draw, on whatever day of it."""
    with office.store.begin() as tx:
        return announce_now(office, tx, "weekly", "clerk", office.now())


def held(office: Office, number: str) -> Draw:
    with office.store.read() as tx:
        return tx.draws.get(number)


def exported(office: Office, number: str, *, public: bool = False) -> dict[str, bytes]:
    """What is handed out of a draw that became void before its result."""
    with office.store.read() as tx:
        held, files = tx.draws.get(number), void_entry(office, tx, number, office.now())
        record = {"draw": held.number, "w": held.w, **void_record(office, tx, held, public=public)}
    return {**files, minds.RECORD: json.dumps(record).encode()}


def told(files: dict[str, bytes]) -> set[str]:
    """What all three verifiers say of the void."""
    ((house, one, page),) = minds.voids([files])
    assert house == one == page
    assert (minds.house(files), minds.python(files)) == (0, 0)
    return house


def code_of(do: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        do()
    return refused.value.code


def test_two_persons_with_one_reason_void_a_draw_whose_seed_nobody_knows_and_its_period_is_announced_anew(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    ids, first = announced(office, hand)
    assert sign(office, first.number, "李科长").state is DrawState.SEEDING
    assert code_of(lambda: sign(office, first.number, " 李 科长")) == "draw_void_own", "the same person, typed otherwise"
    assert code_of(lambda: sign(office, first.number, "王主任", "另一理由")) == "draw_void_reason_differs"
    assert announce(office) == held(office, first.number), "one name changes nothing"
    void = sign(office, first.number, "王主任")
    assert (void.state, void.void_reason, [one.by for one in void.signed]) == (DrawState.VOID, WHY, ["李科长", "王主任"])
    whole, public = exported(office, first.number), exported(office, first.number, public=True)
    assert [told(files) for files in (whole, public)] == [{"stopped_unknown"}] * 2, "a lawful void lacks nothing"
    names = [json.loads(files[minds.RECORD])["signed"] for files in (whole, public)]
    assert (names[0], len({*names[1]}), {*names[0]} & {*names[1]}) == (["李科长", "王主任"], 2, set()), "the public hears no name"
    assert told({**whole, minds.RECORD: b'{"void": "why"}'}) == {"void_lacks", "stopped_unknown"}
    hand.on(days=3)
    settle(office)
    assert (held(office, first.number).parts, visits(office, first.number)) == ({}, []), "nobody is asked for its seed any more"
    second = announce(office)
    assert second is not None
    assert second.number != first.number
    assert announce(office) == second, "and that one stands"
    settle(office)
    drawn = carried_out(office, hand, second.number)
    assert (drawn.state, drawn.prev) == (DrawState.DRAWN, void.c), "the void commitment stays in the chain"
    assert sorted(case for visit in visits(office, second.number) for case in visit.case_ids) == sorted(ids)
    with store.read() as tx:
        lines = tx.register.of_agency("bureau")
        matters = {row["kind"] for row in tx.attention.page(None)}
    kinds = [(one.number, one.kind, one.draw) for one in lines]
    assert kinds == [(1, EntryKind.DRAW, first.number), (2, EntryKind.VOID, first.number), (3, EntryKind.DRAW, second.number)]
    assert (lines[1].facts["reason"], lines[1].facts["approved"]) == (WHY, ["李科长", "王主任"])
    assert (flaw(lines), flaw([lines[0], *lines[2:]])) == (None, 2), "a void that is left out is missed"
    assert "draw_void_asked" not in matters


def test_a_slot_whose_period_is_over_before_the_open_draw_ends_is_a_matter_for_a_person(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, first = announced(office, hand)
    with store.begin() as tx:
        tx.work.order([plan_order(office.plans["weekly"], hand(), hand())], hand())
    settle(office)
    with store.read() as tx:
        (told,) = (row for row in tx.attention.page(None) if row["kind"] == "draw_slot_overtaken")
    slot = hand().isoformat()
    assert (told["agency"], told["about"]) == ("bureau", f"weekly:{slot}")
    assert json.loads(told["body"]) == {"plan": "weekly", "slot": slot, "open": first.number}


@pytest.mark.parametrize("known", ["its day has come", "a figure is typed"])
def test_nobody_aborts_a_draw_of_whose_seed_a_part_may_be_known(store: Store, hand: Hand, known: str) -> None:
    office, _, _ = drawing(store, hand)
    _, first = announced(office, hand)
    sign(office, first.number, "李科长")
    hand.on(days=2)
    if known == "a figure is typed":
        with store.begin() as tx:
            type_figures(office, tx, first.number, "赵", thrown(first.number), hand())
    assert code_of(lambda: sign(office, first.number, "王主任")) == "draw_seed_known", "the second name comes too late"
    settle(office)
    for by in ("赵", "钱"):
        with store.begin() as tx:
            type_figures(office, tx, first.number, by, thrown(first.number), hand())
    settle(office)
    assert held(office, first.number).state is DrawState.DRAWN
    assert sign(office, first.number, "王主任").state is DrawState.DRAWN, "what was signed before the result counts no longer"


def test_a_carried_out_draw_that_two_persons_void_keeps_its_result_and_a_second_one_may_follow(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    ids, first = announced(office, hand)
    carried_out(office, hand, first.number)
    assert announce(office) == held(office, first.number), "running it again returns the first result"
    with store.read() as tx:
        before = tx.draws.files(first.number)
    sign(office, first.number, "李科长")
    assert announce(office) == held(office, first.number)
    void = sign(office, first.number, "王主任")
    assert (void.state, void.drawn_at is not None) == (DrawState.VOID, True)
    assert code_of(lambda: sign(office, first.number, "赵副主任")) == "draw_void_already"
    with store.read() as tx:
        after = tx.draws.files(first.number)
    assert {name: content for name, content in after.items() if name != "after.jsonl"} == before, "nothing is taken away"
    assert {visit.state for visit in visits(office, first.number)} == {VisitState.CANCELLED}
    replayed(office, first.number)
    second = announce(office)
    assert second is not None
    settle(office)
    carried_out(office, hand, second.number)
    assert sorted(case for visit in visits(office, second.number) for case in visit.case_ids) == sorted(ids)
    with store.read() as tx:
        both = {one.number: one.state for one in tx.draws.page(None)}
    assert both == {first.number: DrawState.VOID, second.number: DrawState.DRAWN}


@pytest.mark.parametrize("file", ["objects.tsv", "inspectors.tsv", "bans.tsv", "commit.json", "members.json"])
def test_frozen_bytes_altered_once_the_seed_is_known_void_the_draw_and_nobody_draws_again_alone(
    store: Store, hand: Hand, file: str
) -> None:
    office, _, _ = drawing(store, hand)
    _, first = announced(office, hand)
    with store.begin() as tx:
        kept = tx.draws.files(first.number)[file]
        content = kept.replace(b"TEST00000000000001", b"TEST00000000000009").replace(b'"team":2', b'"team":3')
        content += {"bans.tsv": b"x\tZ001\trecusal\t%s\n" % (b"0" * 32), "inspectors.tsv": b"x\n"}.get(file, b"")
        changed = sa.update(draw_file).where(draw_file.c.number == first.number, draw_file.c.name == file)
        assert content != kept
        tx.connection.execute(changed.values(bytes=content))
    if file == "commit.json":  # nobody is even asked by another commitment than the one that was lodged
        hand.now = held(office, first.number).seed_at or hand()
        settle(office)
    void = held(office, first.number) if file == "commit.json" else carried_out(office, hand, first.number)
    assert (void.state, (void.void_reason or "").split(":")[0]) == (DrawState.VOID, "REGISTER_CHANGED")
    assert visits(office, first.number) == []
    assert announce(office) == void, "altering the bytes is no way to another draw"
    sign(office, first.number, "李科长")
    assert announce(office) == held(office, first.number)
    if handed := file in (
        "objects.tsv",
        "members.json",
    ):  # of small files the house knows at once that they differ, and hands out nothing
        assert told(exported(office, first.number)) == {"void_lacks", "stopped_unknown"}, "one name alone stands for nothing"
    else:
        assert code_of(lambda: exported(office, first.number)) == "draw_contradicted"
    sign(office, first.number, "王主任")
    if handed:
        assert told(exported(office, first.number)) == {"stopped_unknown"}, "two stand for it: grave all the same"
    second = announce(office)
    assert second is not None
    assert second.number != first.number
    with store.read() as tx:
        facts = [one.facts.get("reason") for one in tx.register.of_agency("bureau") if one.kind is EntryKind.VOID]
    assert facts == ["REGISTER_CHANGED", WHY], "both voids have their number"


def test_a_draw_void_for_a_withheld_part_is_followed_by_the_rule_alone(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    assert held(office, first.number).state is DrawState.VOID
    for by in ("李科长", "王主任"):
        assert code_of(lambda by=by: sign(office, first.number, by)) == "draw_void_already"  # type: ignore[misc]
    assert told(exported(office, first.number)) == {"stopped_withheld"}, "nobody signs, and the rule names whose part lacked"
    again = announce(office)
    assert again is not None
    assert (again.number, again.parties) != (first.number, first.parties)
    with store.read() as tx:
        assert len(tx.draws.page(None)) == 2


def test_a_quota_of_a_quarter_that_a_void_draw_took_is_owed_still(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    rows = tuple(
        replace(row, ratio=Fraction(1, 4), minimum=1, per=Window.QUARTER)
        for row in office.policy("bureau", hand().date()).samplings
    )
    office = replace(office, book=replace(office.book, packs=tuple(replace(pack, samplings=rows) for pack in office.book.packs)))
    office = pooled(office, "weekly")
    first = announce(office)
    assert first is not None
    settle(office)
    carried_out(office, hand, first.number)
    taken = len(visits(office, first.number))
    for by in ("李科长", "王主任"):
        sign(office, first.number, by)
    second = announce(office)
    assert second is not None
    settle(office)
    carried_out(office, hand, second.number)
    assert (taken, len(visits(office, second.number))) == (3, 3), "a quarter of the twelve, voided or not"


def test_two_persons_bring_nobody_back_who_withheld_a_part_while_the_next_number_waits_for_a_further_source(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    waiting = seeded(office, lottery=None)
    _, first = announced(waiting, hand)
    carried_out(waiting, hand, first.number)
    assert (held(waiting, first.number).state, held(waiting, first.number).followed) == (DrawState.VOID, False)
    for by in ("李科长", "王主任"):
        assert code_of(lambda by=by: sign(waiting, first.number, by)) == "draw_void_already"  # type: ignore[misc]
    assert code_of(lambda: announce(waiting)) == "draw_no_further", "nor does anybody alone"


def test_a_follower_that_two_persons_void_is_itself_followed_without_whoever_withheld_a_part(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    second = announce(office)
    assert second is not None
    for by in ("李科长", "王主任"):
        sign(office, second.number, by)
    third = announce(office)
    assert third is not None
    assert third.number not in (first.number, second.number)
    assert (third.parties, third.further, third.without) == (second.parties, ("lottery",), ("audit",))


def test_a_changed_line_of_the_register_is_found(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    announced(office, hand)
    with store.begin() as tx:
        tx.connection.execute(sa.update(draw_register).values(facts='{"by": "somebody else"}'))
        assert flaw(tx.register.of_agency("bureau")) == 1


def test_officers_sign_with_tokens_of_their_own_and_a_message_told_twice_is_one(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, first = announced(office, hand)
    path = f"/v1/draws/{first.number}/void"
    with serving(office) as edge:
        for role, agency, status in (("clerk", "bureau", 403), ("officer", "other", 404)):
            with edge.as_(role, agency) as client:
                assert client.post(path, json={"reason": WHY}).status_code == status
        with edge.as_("officer", name="李科长") as one, edge.as_("officer", name="王主任") as other:
            answer = one.post(path, json={"reason": WHY}, headers={"Idempotency-Key": "m-1"})
            assert (answer.status_code, answer.json()["state"]) == (200, "SEEDING")
            assert one.post(path, json={"reason": WHY}, headers={"Idempotency-Key": "m-1"}).json() == answer.json()
            assert one.post(path, json={"reason": WHY}).json()["error"]["code"] == "draw_void_own"
            told = other.post(path, json={"reason": WHY}).json()
    assert (told["state"], [signed["by"] for signed in told["signed"]]) == ("VOID", ["李科长", "王主任"])
