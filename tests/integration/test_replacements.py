"""A drawn object leaves: what stays in the results, who comes in, and what nobody may choose. On both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.replacement import Ceased, Ground, Lists, budget
from inspector.domain.roster import RosterObject
from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows import attention, dispatch, replacing
from inspector.flows.draw import prepare
from inspector.flows.office import Office
from inspector.flows.replacing import Replaced
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving
from tests.house import START, Hand, settle
from tests.integration.test_draw_way import replayed, visits

pytestmark = pytest.mark.alike

PROOF = "登记系统查询：2026-03-04 注销"
WHY = "汛期，道路封闭"


def pool_draw(store: Store, hand: Hand, *, objects: int = 40, share: str = "1/4", **draw: object) -> tuple[Office, Draw]:
    """A draw from a pool of firms, all unrated: a quarter of them is drawn; the pack's draw row changed as said."""
    office, _, _ = drawing(store, hand, staff=9)
    office = replace(office, plans={"weekly": replace(office.plans["weekly"], pool=True)}, book=changed(office, share, draw))
    with store.begin() as tx:
        for number in range(1, objects + 1):
            code = f"TEST{number:014d}"
            firm = RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name="某公司", pool="bureau")
            tx.rosters.enrol(firm)
    with store.begin() as tx:
        held = prepare(office, tx, "weekly", START.date().isoformat(), hand(), by="clerk")
    assert held is not None
    settle(office)
    return office, carried_out(office, hand, held.number)


def changed(office: Office, share: str, draw: dict[str, object]) -> Policybook:
    """The demo pack with another share of the pool, and its draw row changed."""

    def change(pack: Policy) -> Policy:
        rows = tuple(replace(row, ratio=Fraction(share)) if row.stratum == "pool-U" else row for row in pack.samplings)
        return replace(pack, samplings=rows, draw=replace(pack.draw, **draw))  # type: ignore[arg-type]

    return replace(office.book, packs=tuple(map(change, office.book.packs)))


def recorded(office: Office, visit: Visit, by: str, **words: object) -> Replaced:
    """One person's word that an object is no more."""
    told = {"how": Ceased.DEREGISTERED, "evidence": PROOF} | words
    with office.store.begin() as tx:
        return replacing.cease(office, tx, visit.id, by=by, now=office.now(), **told)  # type: ignore[arg-type]


def gone(office: Office, visit: Visit) -> Replaced:
    """Two persons sign that an object is no more."""
    recorded(office, visit, "李科长")
    return recorded(office, visit, "王主任")


def given_up(office: Office, visit: Visit) -> Replaced:
    with office.store.begin() as tx:
        return replacing.give_up(office, tx, visit.id, ground=Ground.UNSAFE, reason=WHY, by="李科长", now=office.now())


def files(office: Office, number: str) -> dict[str, bytes]:
    with office.store.read() as tx:
        return tx.draws.files(number)


def reserve(office: Office, number: str) -> list[str]:
    (stratum,) = json.loads(files(office, number)["result.json"])["lists"][0]["strata"].values()
    return list(stratum["reserve"])


def lines(office: Office, number: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in files(office, number).get("after.jsonl", b"").splitlines()]


@pytest.mark.slow
def test_scenario_29_an_object_that_has_ceased_stays_in_the_results_and_the_next_of_its_reserve_comes_in_by_the_rule(
    store: Store, hand: Hand
) -> None:
    office, drawn = pool_draw(store, hand)
    first, second, *_ = visits(office, drawn.number)
    result = files(office, drawn.number)["result.json"]
    done = gone(office, first)
    assert (done.left.state, done.left.ceased, done.left.proof) == (VisitState.CEASED, "DEREGISTERED", PROOF)
    assert done.spent == 0, "it is not charged to the discretionary budget"
    assert done.came is not None
    assert (done.came.object_id, done.came.replaces, done.came.state) == (
        reserve(office, drawn.number)[0],
        first.id,
        VisitState.ASSIGNED,
    )
    again = gone(office, second)
    assert again.came is not None
    assert again.came.object_id == reserve(office, drawn.number)[1], "in the sealed order, nobody skipped"
    with store.read() as tx:
        assert {seat.state for seat in tx.visits.team(first.id)} == {SeatState.CANCELLED}
        team = [seat.inspector for seat in tx.visits.team(done.came.id)]
        rules = [row["rule"] for row in tx.ledger.about(first.id)]
    assert len(set(team)) == 2
    assert "visit.ceased" in rules
    told = lines(office, drawn.number)
    assert [(line["kind"], line["object"]) for line in told[:3]] == [
        ("replace", first.object_id),
        ("deal", done.came.object_id),
        ("deal", done.came.object_id),
    ]
    assert PROOF not in json.dumps(told, ensure_ascii=False), "the officer's words stay in the house"
    assert files(office, drawn.number)["result.json"] == result
    with store.begin() as tx:
        dispatch.decline(office, tx, dispatch.seat_name(tx.visits.team(done.came.id)[0]), "回避", hand())
    replayed(office, drawn.number)


@pytest.mark.slow
def test_when_the_reserve_is_used_up_the_draw_is_one_smaller_and_a_person_knows(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand, reserve=1, replace_share=Fraction(1, 2))
    first, second, third, *_ = visits(office, drawn.number)
    assert gone(office, first).came is not None
    assert gone(office, second).came is None
    assert lines(office, drawn.number)[-1]["kind"] == "withdrawn"
    with store.read() as tx:
        assert [row["about"] for row in tx.attention.page(None) if row["kind"] == "reserve_used_up"] == [second.id]
    with pytest.raises(Refusal, match="reserve_used_up"):
        given_up(office, third)
    assert third == next(one for one in visits(office, drawn.number) if one.id == third.id), "a refused one changes nothing"
    replayed(office, drawn.number)


@pytest.mark.slow
def test_beyond_the_packs_share_an_object_that_has_ceased_is_recorded_and_nobody_comes_in(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand, ceased_share=Fraction(1, 100))
    first, second, *_ = visits(office, drawn.number)
    assert gone(office, first).came is not None, "rounded up: one"
    assert gone(office, second).came is None
    assert [one.state for one in visits(office, drawn.number)[:2]] == [VisitState.CEASED] * 2
    told = [(one["kind"], one["reason"]) for one in lines(office, drawn.number) if one["kind"] != "deal"]
    assert told == [("replace", "ceased"), ("withdrawn", "ceased")]
    with store.read() as tx:
        (matter,) = [one for one in tx.attention.page(None) if one["kind"] == "ceased_beyond_share"]
    assert matter["about"] == second.id
    replayed(office, drawn.number)


@pytest.mark.slow
def test_where_the_pack_says_so_nobody_comes_in_for_an_object_that_has_ceased(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand, replace_ceased=False)
    first, *_ = visits(office, drawn.number)
    done = gone(office, first)
    assert (done.left.state, done.came) == (VisitState.CEASED, None)
    assert [line["kind"] for line in lines(office, drawn.number)] == ["withdrawn"]
    replayed(office, drawn.number)


@pytest.mark.slow
def test_scenario_30_a_discretionary_replacement_beyond_five_in_a_hundred_of_the_drawn_is_refused(
    store: Store, hand: Hand
) -> None:
    office, drawn = pool_draw(store, hand, objects=80, share="1/2", reserve=5)
    made = visits(office, drawn.number)
    assert len(made) == 40
    gone(office, made[0])
    for number, visit in enumerate(made[1:3], 1):
        done = given_up(office, visit)
        assert (done.left.state, done.spent, done.most) == (VisitState.CANCELLED, number, 2)
        assert done.came is not None
        assert done.came.object_id == reserve(office, drawn.number)[number], "like for like, the next in order"
    before = lines(office, drawn.number)
    with pytest.raises(Refusal, match="replacement_budget_spent") as refused:
        given_up(office, made[3])
    assert refused.value.facts == {"draw": drawn.number, "drawn": 40, "most": 2, "spent": 2}
    assert lines(office, drawn.number) == before
    assert gone(office, made[4]).came is not None, "one that ceased is followed all the same"
    assert [line["reason"] for line in before if line["kind"] == "replace"] == ["ceased", "discretionary", "discretionary"]
    replayed(office, drawn.number)


@pytest.mark.parametrize(
    ("drawn", "share", "most"), [(40, "1/20", 2), (39, "1/20", 1), (19, "1/20", 0), (7, "1/3", 2), (3, "1/3", 1)]
)
def test_the_budget_is_exact_and_rounded_down(drawn: int, share: str, most: int) -> None:
    assert budget(drawn, Fraction(share)) == most


def test_full_coverage_adds_nothing_to_the_budget() -> None:
    strata = {"full": {"k": 60, "eligible": 60, "reserve": []}, "A": {"k": 40, "eligible": 900, "reserve": ["x"]}}
    assert Lists.of(strata, []).drawn == 40


@pytest.mark.slow
def test_the_case_of_an_object_that_has_ceased_goes_to_an_officer_and_no_finding_stands_against_anybody(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    done = gone(office, visit)
    assert done.came is None, "full coverage has no reserve"
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        assert (case.state, case.outcome) == (CaseState.REVIEW, None)
        assert "reserve_used_up" not in {row["kind"] for row in tx.attention.page(None)}
    replayed(office, held.number)


@pytest.mark.slow
def test_want_of_inspectors_is_no_ground_and_a_visit_that_is_over_is_not_replaced(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand, objects=80, share="1/2", reserve=5)
    first, second, *_ = visits(office, drawn.number)
    gone(office, first)
    for act in (gone, given_up):
        with pytest.raises(Refusal, match="visit_closed"):
            act(office, first)
    with store.begin() as tx:
        for place in range(9):
            for seat in [seat for seat in tx.visits.team(second.id) if seat.state.open][:1]:
                dispatch.decline(office, tx, dispatch.seat_name(seat), f"回避{place}", hand())
    assert next(one for one in visits(office, drawn.number) if one.id == second.id).state is VisitState.SHORT
    with pytest.raises(Refusal, match="team_short"):
        given_up(office, second)


@pytest.mark.slow
def test_officers_say_why_and_the_rule_says_who(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand, objects=80, share="1/2", reserve=5)
    first, second, *_ = visits(office, drawn.number)
    with serving(office) as edge:
        with edge.as_("clerk") as clerk, edge.as_("officer", "other") as stranger:
            told = {"ground": "UNSAFE", "reason": WHY}
            assert clerk.post(f"/v1/visits/{first.id}/replacement", json=told).status_code == 403
            assert stranger.post(f"/v1/visits/{first.id}/replacement", json=told).status_code == 404
        with edge.as_("officer", name="李科长") as officer:
            chosen = {"ground": "UNSAFE", "reason": WHY, "in": "TEST00000000000077"}
            assert officer.post(f"/v1/visits/{first.id}/replacement", json=chosen).status_code == 422, "nobody names who comes in"
            assert officer.post(f"/v1/visits/{first.id}/replacement", json={**told, "ground": "CONVENIENT"}).status_code == 422
            answer = officer.post(f"/v1/visits/{first.id}/replacement", json=told).json()
            again = officer.post(f"/v1/visits/{first.id}/replacement", json=told)
            moved = {"how": "MOVED", "evidence": PROOF}
            asked = officer.post(f"/v1/visits/{second.id}/ceased", json=moved).json()
            alone = officer.post(f"/v1/visits/{second.id}/ceased", json=moved)
        assert (asked["state"], alone.status_code, alone.json()["error"]["code"]) == ("ASSIGNED", 409, "ceased_own")
        with edge.as_("officer", name="王主任") as other:
            differs = other.post(f"/v1/visits/{second.id}/ceased", json={**moved, "how": "CLOSED"})
            assert (differs.status_code, differs.json()["error"]["code"]) == (409, "ceased_differs")
            over = other.post(f"/v1/visits/{second.id}/ceased", json=moved).json()
    assert (answer["state"], answer["spent"], answer["most"]) == ("CANCELLED", 1, 2)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "visit_closed"), "the same again replaces nobody else"
    assert (over["state"], over["spent"]) == ("CEASED", 1)
    assert "object" not in json.dumps([answer, over]), "nobody need read an embargoed name to replace one"
    replayed(office, drawn.number)


@pytest.mark.slow
def test_one_person_alone_lets_no_drawn_object_leave(store: Store, hand: Hand) -> None:
    office, held = pool_draw(store, hand)
    drawn = visits(office, held.number)
    for visit in drawn:
        done = recorded(office, visit, "李科长", how=Ceased.CLOSED, evidence="听说关门了")
        assert (done.left.state, done.came) == (VisitState.ASSIGNED, None)
        for name in ("李科长", " 李 科长"):
            with pytest.raises(Refusal, match="ceased_own"):
                recorded(office, visit, name, how=Ceased.CLOSED, evidence="听说关门了")
    settle(office)
    assert {visit.state for visit in visits(office, held.number)} == {VisitState.ASSIGNED}
    assert lines(office, held.number) == [], "nobody has left, and nobody has come in"
    with store.read() as tx:
        assert all(seat.state.open for visit in drawn for seat in tx.visits.team(visit.id))
        asked = [row["about"] for row in tx.attention.page(None) if row["kind"] == "object_ceased"]
    assert sorted(asked) == sorted(visit.id for visit in drawn)
    replayed(office, held.number)


@pytest.mark.slow
def test_who_does_not_agree_that_an_object_is_no_more_closes_the_matter_and_the_visit_is_made(store: Store, hand: Hand) -> None:
    office, held = pool_draw(store, hand)
    visit, other, *_ = visits(office, held.number)
    recorded(office, visit, "李科长")
    matter = f"object_ceased:{visit.id}"
    with store.begin() as tx, pytest.raises(Refusal, match="attention_own"):
        attention.close(tx, matter, " 李科长", hand())
    with store.begin() as tx:
        attention.close(tx, matter, "王主任", hand(), note="现场仍在营业")
        told = [row["rule"] for row in tx.ledger.about(visit.id)]
    (stays,) = [one for one in visits(office, held.number) if one.id == visit.id]
    assert (stays.state, stays.ceased, stays.proof, stays.ceased_by) == (VisitState.ASSIGNED, "", "", "")
    assert [rule for rule in told if rule.startswith("visit.ceased")] == ["visit.ceased_asked", "visit.ceased_refused"]
    assert recorded(office, visit, "王主任").left.state is VisitState.ASSIGNED, "what was refused is signed by nobody any more"
    assert gone(office, other).left.state is VisitState.CEASED
    with store.read() as tx:
        ids = [row["id"] for row in tx.attention.page(None)]
    assert (matter in ids, f"object_ceased:{other.id}" in ids) == (True, False), "and where two have signed it is over"
