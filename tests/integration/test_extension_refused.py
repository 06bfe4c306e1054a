"""Every way to aim by an extension, to draw again by it, or to have it without those who must stand for it, is tried and refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.cli.bundle import Bundle, judge
from inspector.domain.annual import Consent, canonical
from inspector.domain.case import SubjectKind
from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.plan import DrawState
from inspector.domain.register import EntryKind
from inspector.domain.roster import RosterObject
from inspector.flows import dispatch, planning
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import public_bundle, receipt_of
from inspector.flows.seeding import type_figures
from inspector.flows.voiding import sign as sign_void
from inspector.store.drawtables import draw_file
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, next_period, settle
from tests.integration.test_draw_rivals import at_once
from tests.integration.test_draw_way import carried_out, inspectors, thrown, visits
from tests.integration.test_extension import (
    DOCUMENT,
    POOL,
    WHY,
    asked,
    code,
    code_of,
    drawn,
    extended,
    files,
    held,
    objects,
    raised,
    refused,
    supervised,
)
from tests.operator import on_both, one_database

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database


def accepted(office: Office, number: str) -> None:
    """Every team accepts."""
    for visit in visits(office, number):
        with office.store.begin() as tx:
            for seat in tx.visits.team(visit.id):
                dispatch.accept(tx, dispatch.seat_name(seat), office.now())


def entered(office: Office, number: str) -> None:
    """Every team has been there."""
    for visit in visits(office, number):
        with office.store.begin() as tx:
            dispatch.report(office, tx, dispatch.seat_name(tx.visits.team(visit.id)[0]), [], "", office.now())


def test_nothing_is_announced_without_a_second_person_who_signs_the_same(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    office = raised(office)
    assert asked(office, first.number, "李科长").made is None
    settle(office)
    with store.read() as tx:
        assert [one.number for one in tx.draws.page(None)] == [first.number]
        assert "draw_extension_asked" in {row["kind"] for row in tx.attention.page(None)}
    assert code_of(lambda: asked(office, first.number, " 李 科长")) == "extension_own", "the same person, typed otherwise"
    for changes in ({"reason": "另一理由"}, {"basis": "审管〔2026〕10号"}, {"more": {POOL: 3}}):
        other = refused(lambda changes=changes: asked(office, first.number, "王主任", **changes))  # type: ignore[misc]
        assert other.code == "extension_differs"
    assert asked(office, first.number, "王主任").made is not None


@on_both
@pytest.mark.parametrize(
    "document", ["审管[2026]9号", "审管［2026］9 号", "审管【2026】９号", "审管(2026)9号", "审管﹝2026﹞9号"]
)
def test_a_documents_number_is_one_number_however_its_brackets_are_typed(store: Store, hand: Hand, document: str) -> None:
    office, first = drawn(store, hand)
    asked(office, first.number, "李科长", basis="审管〔2026〕9号", more={POOL: 5})
    own = refused(lambda: asked(office, first.number, "李科长", basis=document, more={POOL: 5}))
    assert own.code == "extension_own", "asked for already, in these words"
    made = asked(office, first.number, "王主任", basis=document, more={POOL: 5}).made
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)  # who alters nothing finds his signature standing
    with store.read() as tx:
        assert tx.draws.get(made.number).approval.basis == "审管〔2026〕9号"  # type: ignore[union-attr]
    used = refused(lambda: asked(office, first.number, "赵副主任", basis=document, more={POOL: 5}))
    assert (used.code, used.facts["used"]) == ("extension_basis_used", made.number)
    other = refused(
        lambda: asked(office, first.number, "赵副主任", basis=document.replace("9", "8").replace("９", "8"), more={POOL: 50})
    )
    assert other.code != "extension_basis_used"


@on_both
def test_one_document_extends_a_draw_once(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(office, first.number, more={POOL: 5})
    assert code_of(lambda: asked(office, first.number, "赵副主任", more={POOL: 5})) == "extension_busy"
    carried_out(office, hand, made.number)
    again = refused(lambda: asked(office, first.number, "赵副主任", basis=f" {DOCUMENT} ", more={POOL: 5}))
    assert (again.code, again.facts["used"]) == ("extension_basis_used", made.number)
    for by in ("李科长", "王主任"):
        with store.begin() as tx:
            sign_void(office, tx, made.number, by=by, reason="误", now=office.now())
    again = refused(lambda: asked(office, first.number, "赵副主任", more={POOL: 5}))
    assert again.code == "extension_basis_used", "nobody draws again by it because the result did not please"


def test_an_extension_that_two_persons_void_before_its_seed_gives_its_document_back(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(office, first.number, more={POOL: 5})
    for by in ("李科长", "王主任"):
        with store.begin() as tx:
            sign_void(office, tx, made.number, by=by, reason="文号有误", now=office.now())
    again = extended(office, first.number, more={POOL: 5})
    carried_out(office, hand, again.number)
    assert (len(objects(office, again.number)), objects(office, made.number)) == (5, set())
    with store.read() as tx:
        kinds = [(one.kind, one.draw) for one in tx.register.of_agency("bureau")]
    assert kinds[1:] == [
        (EntryKind.EXTENSION, made.number),
        (EntryKind.VOID, made.number),
        (EntryKind.EXTENSION, again.number),
    ]


def test_altered_bytes_of_an_extension_whose_seed_is_known_do_not_give_its_document_back(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(office, first.number, more={POOL: 5})
    with store.begin() as tx:
        kept = tx.draws.file(made.number, "objects.tsv")
        changed = sa.update(draw_file).where(draw_file.c.number == made.number, draw_file.c.name == "objects.tsv")
        tx.connection.execute(changed.values(bytes=kept.replace(b"\tdrawn\t", b"\t1\t", 1)))
    void = carried_out(office, hand, made.number)
    assert (void.state, (void.void_reason or "").split(":")[0]) == (DrawState.VOID, "REGISTER_CHANGED")
    assert code_of(lambda: asked(office, first.number, "李科长", more={POOL: 5})) == "extension_basis_used"


def test_what_has_no_result_yet_or_is_void_or_belongs_to_another_year_or_draw_is_not_extended(store: Store, hand: Hand) -> None:
    office, first = supervised(store, hand)
    office = raised(office)
    assert code_of(lambda: asked(office, first.number, "李科长")) == "extension_not_drawn"
    carried_out(office, hand, first.number)
    made = extended(office, first.number)
    assert code_of(lambda: asked(office, made.number, "李科长", basis="二")) == "extension_kind", (
        "it is the draw that is extended"
    )
    carried_out(office, hand, made.number)
    with store.begin() as tx, pytest.raises(Refusal, match="draw_extended"):
        sign_void(office, tx, first.number, by="李科长", reason="误", now=office.now())
    for number in (made.number, first.number):
        for by in ("李科长", "王主任"):
            with store.begin() as tx:
                sign_void(office, tx, number, by=by, reason="误", now=office.now())
    assert code_of(lambda: asked(office, first.number, "李科长", basis="二")) == "extension_void"
    assert code_of(lambda: asked(office, "bureau-2026-00999", "李科长")) == "draw_unknown"


def test_only_the_newest_draw_of_a_plan_and_of_this_year_is_extended_so_nobody_chooses_the_frame(
    store: Store, hand: Hand
) -> None:
    office, first = drawn(store, hand)
    hand.on(days=7)
    asked(office, first.number, "李科长", more={POOL: 3})
    next_period(office, "weekly")
    with store.begin() as tx:
        assert "draw_extension_asked" in {row["kind"] for row in tx.attention.page(None)}
        second = announce_now(office, tx, "weekly", "clerk", hand())
    assert second is not None
    busy = refused(lambda: asked(raised(office), first.number, "李科长"))
    assert (busy.code, busy.facts["open"]) == ("extension_busy", second.number)
    settle(office)
    carried_out(office, hand, second.number)
    old = refused(lambda: asked(raised(office), first.number, "李科长"))
    assert (old.code, old.facts["newest"]) == ("extension_superseded", second.number)
    with store.read() as tx:
        assert "draw_extension_asked" not in {row["kind"] for row in tx.attention.page(None)}, "nobody need sign it any more"
    hand.now = hand.now.replace(year=2027)
    assert code_of(lambda: asked(raised(office), second.number, "李科长")) == "extension_year_over"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({POOL: 16}, "extension_beyond_pool"),
        ({POOL: 12}, "extension_foreseeable"),
        ({POOL: 0}, "extension_number_unusable"),
        ({code(7): 1}, "extension_stratum_unknown"),
        ({"must": 1}, "extension_stratum_unknown"),
        ({}, "extension_nothing"),
    ],
    ids=["more than are left", "nearly all that are left", "none", "a firm", "what is drawn whole", "what the pack has drawn"],
)
def test_no_number_reaches_a_firm_or_leaves_no_chance(store: Store, hand: Hand, more: dict[str, int], why: str) -> None:
    office, first = drawn(store, hand)
    assert code_of(lambda: asked(office, first.number, "李科长", more=more)) == why
    with store.read() as tx:
        assert tx.draws.get(first.number).approval is None, "nothing of it is kept"


def test_a_register_edited_once_the_first_seed_is_known_brings_nobody_in_and_moves_nobody(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    office = raised(office)
    with store.begin() as tx:
        tx.rosters.enrol(
            RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code(99), original="", name="新公司", pool="bureau")
        )
        for number in range(1, 21):
            tx.credit.state(SubjectKind.FIRM, code(number), "D", hand(), "test")
        tx.rosters.put_inspectors(inspectors(7))
    made = extended(office, first.number)
    old, new = (files(office, number)["objects.tsv"].decode().splitlines() for number in (first.number, made.number))
    assert [line.split("\t")[:2] for line in old] == [line.split("\t")[:2] for line in new]
    assert {line.split("\t")[5] for line in old}.isdisjoint({line.split("\t")[5] for line in new}), "its salts are its own"
    assert len(files(office, made.number)["inspectors.tsv"].splitlines()) == 7, "inspectors are today's"


def test_the_seed_of_the_draw_is_none_of_its_extension(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    made = extended(raised(office), first.number)
    hand.now = held(office, made.number).seed_at or hand.now
    settle(office)
    with store.begin() as tx, pytest.raises(Refusal, match="draw_seed_used"):
        type_figures(office, tx, made.number, "赵", thrown(first.number), hand())
    promises = [set(map(str, held(office, number).promises["justice"].values())) for number in (first.number, made.number)]
    assert promises[0] != promises[1]


def test_the_frame_of_an_extension_tells_nobody_who_was_drawn_before_while_those_visits_are_to_be_made(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, first = drawn(store, hand)
    accepted(office, first.number)
    office = raised(office)
    made = extended(office, first.number)
    for number in (3, 4):
        with store.read() as tx, pytest.raises(Refusal, match="receipt_tells"):
            receipt_of(office, tx, made.number, code(number), hand())
    carried_out(office, hand, made.number)
    accepted(office, made.number)
    entered(office, made.number)
    with store.read() as tx, pytest.raises(Refusal, match="draw_embargoed"):
        public_bundle(office, tx, made.number, hand())
    with serving(office) as edge, edge.as_("clerk") as clerk:
        assert clerk.get(f"/v1/draws/{made.number}").json()["result"] is None
    entered(office, first.number)
    with store.read() as tx:
        public = public_bundle(office, tx, made.number, hand())
        told = receipt_of(office, tx, made.number, min(objects(office, first.number)), hand())
    for name, content in public.items():
        (tmp_path / name).write_bytes(content)
    assert judge(Bundle.of_folder(tmp_path), None).verdict.holds
    assert json.loads(public["result.json"])["lists"][0]["strata"][POOL]["n"] == 20
    assert any("本期已抽中" in one for one in told["words"]["zh-Hans"])  # type: ignore[index]
    with serving(office) as edge, edge.as_("clerk") as clerk:
        assert len(clerk.get(f"/v1/draws/{made.number}").json()["result"]) == 5


@on_both
@pytest.mark.differs
def test_of_two_second_signatures_at_one_moment_one_announces_the_extension(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    office = raised(office)
    asked(office, first.number, "李科长")
    (late,) = at_once([lambda by=by: asked(office, first.number, by) for by in ("王主任", "赵副主任")])  # type: ignore[misc]
    assert isinstance(late, InspectorError)
    assert late.code == "extension_busy"
    with store.read() as tx:
        assert len(tx.draws.extensions("weekly", first.number)) == 1


def test_officers_extend_with_tokens_of_their_own_and_nobody_else_can(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    path, body = f"/v1/draws/{first.number}/extension", {"reason": WHY, "basis": DOCUMENT, "more": {POOL: 4}}
    with serving(office) as edge:
        for role, agency, status in (("clerk", "bureau", 403), ("auditor", "bureau", 403), ("officer", "other", 404)):
            with edge.as_(role, agency) as client:
                assert client.post(path, json=body).status_code == status
        with edge.as_("officer", name="李科长") as one, edge.as_("officer", name="王主任") as other:
            assert one.post(path, json={**body, "objects": [code(7)]}).status_code == 422, "nobody names who is drawn"
            assert one.post(path, json={"reason": WHY, "more": {POOL: 4}}).status_code == 422, "no document, no extension"
            assert one.post(path, json={**body, "more": {POOL: 16}}).json()["error"]["code"] == "extension_beyond_pool"
            answer = one.post(path, json=body, headers={"Idempotency-Key": "m-1"})
            assert (answer.status_code, answer.json()["extension"], answer.json()["signed"]) == (200, None, ["李科长"])
            assert one.post(path, json=body, headers={"Idempotency-Key": "m-1"}).json() == answer.json()
            assert one.post(path, json=body).json()["error"]["code"] == "extension_own"
            told = other.post(path, json=body).json()
            assert (told["signed"], told["extension"]["kind"]) == (["李科长", "王主任"], "EXTENSION")
            assert told["extension"]["extends"] == first.number


def test_the_annual_plan_bounds_what_an_extension_draws_until_a_new_edition_is_published(store: Store, hand: Hand) -> None:
    office, _ = supervised(store, hand)
    with store.read() as tx:
        (first,) = tx.draws.page(None)
    first = carried_out(office, hand, first.number)
    packs = tuple(replace(one, draw=replace(one.draw, plan=True)) for one in office.book.packs)
    strict = replace(office, book=replace(office.book, packs=packs))
    assert code_of(lambda: asked(strict, first.number, "李科长", more={POOL: 5})) == "plan_not_published"

    def publish(aside: dict[str, int], trigger: str) -> Office:
        plans = {"weekly": replace(office.plans["weekly"], trigger=trigger)}
        now = replace(strict, plans=plans)
        with store.begin() as tx:
            planning.create(now, tx, "weekly", 2026, by="王科员", now=hand(), aside=aside)
            planning.approve(now, tx, "weekly", 2026, Consent(by="李主任", document="审管〔2026〕3号"), hand())
            planning.publish(now, tx, "weekly", 2026, by="赵科员", reference="公告", on=None, now=hand())
        return now

    once = publish({}, "cron month=12 day=1 09:00")
    over = refused(lambda: asked(once, first.number, "李科长", more={POOL: 5}))
    assert (over.code, over.facts["left"], over.facts["edition"]) == ("extension_beyond_plan", 0, 1), "the others are December's"
    assert code_of(lambda: asked(raised(once), first.number, "李科长")) == "extension_beyond_plan", "nor does a pack alone"
    with store.begin() as tx:
        planning.withdraw(once, tx, "weekly", 2026, by="李主任", reason="增加专项", now=hand())
    with pytest.raises(Invalid, match="plan_stratum_unknown"):
        publish({code(7): 1}, "cron month=12 day=1 09:00")
    wider = publish({POOL: 8}, "cron month=12 day=1 09:00")
    with store.read() as tx:
        edition = tx.annual.get("weekly", 2026)
        assert (edition.content.edition, edition.sound) == (2, True)
        told = [canonical(replace(edition.content, strata=(replace(edition.content.strata[0], set_aside=n),))) for n in (0, 8)]
        assert [b"set_aside" in one for one in told] == [False, True], (
            "what is approved says it, and an older edition's bytes stay"
        )
    made = extended(wider, first.number, more={POOL: 5})
    carried_out(wider, hand, made.number)
    left = refused(lambda: asked(wider, first.number, "李科长", basis="二", more={POOL: 5}))
    assert (left.code, left.facts["left"]) == ("extension_beyond_plan", 3), "what was drawn under it counts"
