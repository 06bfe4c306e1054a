"""Who was drawn, withdraws, and commits to the same again: an officer is told, and nothing else follows (decision 165). Both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from inspector.domain.case import CaseState, Route
from inspector.domain.plan import Draw
from inspector.domain.visit import Visit, VisitState
from inspector.flows import review
from inspector.flows.anew import ANEW
from inspector.flows.intake import look_ahead, take
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, application, next_period, post, settle
from tests.integration.test_draw_report import LICENCE
from tests.integration.test_draw_rivals import announce
from tests.integration.test_draw_way import agreeing, replayed, visits

pytestmark = pytest.mark.alike


def offered(store: Store, hand: Hand) -> Office:
    """An office that draws half of its commitments by lot, and has six of them."""
    office, _, _ = drawing(store, hand)
    packs = tuple(
        replace(
            pack,
            samplings=tuple(
                replace(row, ratio=Fraction(1, 2), minimum=4, rolling=False) if row.level and not row.whole else row
                for row in pack.samplings
            ),
        )
        for pack in office.book.packs
    )
    office = replace(office, book=replace(office.book, packs=packs))
    for number in range(20, 26):
        post(office, application(number, "business-licence", LICENCE))
    settle(office)
    return office


def drawn(office: Office, hand: Hand) -> tuple[Draw, Visit]:
    """A draw that is carried out, and a visit that chance alone has given."""
    number = announce(office, hand, "weekly").number
    settle(office)
    held = carried_out(office, hand, number)
    return held, next(one for one in visits(office, held.number) if one.sampled)


def withdrawn(office: Office, hand: Hand, held: Visit) -> None:
    """The subject takes its commitment back, as it may."""
    for case_id in held.case_ids:
        with office.store.begin() as tx:
            review.withdraw(office, tx, case_id, "改为提交证明", "hall", hand())
    settle(office)


def again(office: Office, code: str, number: int = 90, item: str = "business-licence", **changes: Any) -> str:
    """The same subject applies once more."""
    made = post(office, application(number, item, LICENCE, subject_code=code, **changes))
    settle(office)
    return made


def told(office: Office) -> list[dict[str, Any]]:
    """What the open matters say."""
    with office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == ANEW]


@pytest.mark.slow
def test_a_drawn_subject_that_withdraws_and_commits_anew_is_told_to_an_officer_and_nothing_else_follows(
    store: Store, hand: Hand
) -> None:
    office = offered(store, hand)
    held, visit = drawn(office, hand)
    withdrawn(office, hand, visit)
    assert told(office) == [], "to withdraw is a right, and nobody's matter"
    anew = again(office, visit.code)
    assert told(office) == [{"case": anew, "withdrawn": [*visit.case_ids], "draw": held.number, "visit": visit.id}]
    with store.read() as tx:
        case, left = tx.cases.get(anew), tx.visits.get(visit.id)
        assert (left.state, tx.visits.of_case(anew)) == (VisitState.CANCELLED, []), "the place stays empty"
        assert tx.consequences.of_case(anew) == []
    assert case.state in (CaseState.CLOSED, CaseState.VERIFYING)
    replayed(office, held.number)
    hand.on(days=30)
    next_period(office, "weekly")
    following = announce(office, hand, "weekly")
    settle(office)
    with store.read() as tx:
        rows = tx.draws.file(following.number, "objects.tsv").decode().splitlines()
    (row,) = [one.split("\t") for one in rows if one.startswith(f"{visit.code}\t")]
    assert row[2] == "1", "in the next frame like anybody, without a rest for a visit that nobody has made"


@pytest.mark.parametrize(
    "how",
    [
        "nobody withdrew",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("another subject", "another item", "by certificate")),
    ],
)
def test_whoever_has_escaped_nothing_is_told_of_to_nobody(store: Store, hand: Hand, how: str) -> None:
    office = offered(store, hand)
    held, visit = drawn(office, hand)
    if how != "nobody withdrew":
        withdrawn(office, hand, visit)
    match how:
        case "another item":
            post(
                office,
                application(
                    90, "dispatch-premises", {"registered-address": "某路1号", "office-in-use": "是"}, subject_code=visit.code
                ),
            )
        case "by certificate":
            bare: dict[str, Any] = {
                "route": Route.CERTIFICATE,
                "signed_on": None,
                "letter_text": "",
                "letter_digest": "",
                "signed_by": "",
            }
            again(office, visit.code, **bare, notice_version="")
        case "another subject":
            again(office, "TEST00000000000090")
        case _:
            again(office, visit.code)
    assert told(office) == []
    agreeing(office, held.number)


@pytest.mark.slow
def test_who_withdraws_before_the_seed_and_has_applied_anew_when_the_lot_falls_is_told_of_then(store: Store, hand: Hand) -> None:
    office = offered(store, hand)
    made = announce(office, hand, "weekly")
    settle(office)
    with store.begin() as tx:
        cases = tx.cases.page(agencies=["bureau"])
        for case in cases:
            review.withdraw(office, tx, case.id, "改为提交证明", "hall", hand())
    hand.on(hours=1)
    for place, case in enumerate(cases):
        again(office, case.subject.code, 90 + place)
    assert told(office) == [], "nobody knows yet whom the lot names"
    held = carried_out(office, hand, made.number)
    named = {one.code for one in visits(office, held.number)}
    with store.read() as tx:
        assert {tx.cases.get(one["case"]).subject.code for one in told(office)} == named
    assert named
    assert {one.state for one in visits(office, held.number)} == {VisitState.CANCELLED}
    replayed(office, held.number)


@pytest.mark.slow
def test_who_comes_in_a_file_of_many_is_told_of_as_whoever_comes_alone(store: Store, hand: Hand) -> None:
    office = offered(store, hand)
    _, visit = drawn(office, hand)
    withdrawn(office, hand, visit)
    file = [application(90 + place, "business-licence", LICENCE) for place in range(3)]
    file.append(application(99, "business-licence", LICENCE, subject_code=visit.code))
    with store.begin() as tx:
        look_ahead(office, tx, file, "hall", hand())
        ids = [take(office, tx, one, "hall", hand()).case.id for one in file]
    assert [one["case"] for one in told(office)] == ids[-1:]


@pytest.mark.slow
def test_who_is_visited_since_the_case_needs_it_is_visited_for_the_next_one_too(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    withdrawn(office, hand, visit)
    facts = {"registered-address": "某路1号", "office-in-use": "是"}
    post(office, application(90, "dispatch-premises", facts, subject_code=visit.code))
    assert told(office) == []


@pytest.mark.slow
def test_when_the_rest_of_a_visit_would_be_over_nobody_has_escaped_anything(store: Store, hand: Hand) -> None:
    office = offered(store, hand)
    _, visit = drawn(office, hand)
    withdrawn(office, hand, visit)
    hand.on(days=3)
    early = again(office, visit.code)
    assert [one["case"] for one in told(office)] == [early]
    hand.on(days=60)
    again(office, visit.code, 91)
    assert [one["case"] for one in told(office)] == [early], "a rest of fifteen days is over"
