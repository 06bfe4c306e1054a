"""A credit level is a firm's, by whichever code of its organisation somebody has stated it (decisions 169 and 170)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from inspector.domain.case import Case, LevelReason, SubjectKind
from inspector.domain.plan import Draw
from inspector.domain.restated import Brought
from inspector.flows import rating, restating
from inspector.flows.draw import prepare
from inspector.flows.office import Office
from inspector.store.credit import Statement
from inspector.store.store import Store
from tests.drawn import carried_out, drawing
from tests.house import Hand, application, open_office, post, settle
from tests.integration.test_caps import matters
from tests.integration.test_draw_doors import derived
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import FACTS
from tests.integration.test_one_firm import BARE, CREDIT, ELSEWHERE, stands

pytestmark = pytest.mark.alike


def stated(office: Office, hand: Hand, levels: Mapping[str, str], by: str = "os:keeper") -> None:
    hand.on(minutes=5)
    said = [Statement(code=code, level=level, as_of=hand(), source="import") for code, level in levels.items()]
    with office.store.begin() as tx:
        tx.credit.take_turn(alone=True)
        restating.note(office, tx, tx.credit.take(said), Brought(by=by, source="import", digest="0" * 64), hand())
    hand.on(minutes=5)


def strata(store: Store, held: Draw) -> dict[str, str]:
    with store.read() as tx:
        rows = tx.draws.file(held.number, "objects.tsv").decode().splitlines()
    return {line.split("\t")[0]: line.split("\t")[1] for line in rows}


def frozen(store: Store, hand: Hand, levels: Mapping[str, str], *codes: str) -> tuple[Office, Draw]:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stands(office, *codes)
    stated(office, hand, levels)
    held = announce(office, hand, "weekly")
    settle(office)
    return office, held


@pytest.mark.parametrize("told", [BARE, ELSEWHERE])
def test_a_level_stated_of_another_code_puts_the_firm_into_its_stratum(store: Store, hand: Hand, told: str) -> None:
    _, held = frozen(store, hand, {told: "D", "TEST00000000000001": "D"}, CREDIT)
    found = strata(store, held)
    assert found[CREDIT] == found["TEST00000000000001"] != found["TEST00000000000002"]
    assert rating.DIFFER not in derived(store, held.number)


def test_where_two_codes_differ_the_own_one_stands_and_without_it_there_is_none_and_the_head_is_told(
    store: Store, hand: Hand
) -> None:
    levels = {CREDIT: "A", BARE: "D", "TEST00000000000001": "A"}
    office, held = frozen(store, hand, levels, CREDIT)
    found = strata(store, held)
    assert found[CREDIT] == found["TEST00000000000001"], "its own, as ever; not the harsher"
    assert derived(store, held.number)[rating.DIFFER] == 1
    (matter,) = matters(office, rating.DIFFER)
    assert (matter["agency"], json.loads(matter["body"])) == ("bureau", {"draw": held.number, "count": 1})


def test_of_two_others_that_differ_neither_stands(store: Store, hand: Hand) -> None:
    _, held = frozen(store, hand, {ELSEWHERE: "A", BARE: "D"}, CREDIT)
    found = strata(store, held)
    assert found[CREDIT] == found["TEST00000000000002"], "unrated, like one of whom nobody has stated any"
    assert derived(store, held.number)[rating.DIFFER] == 1


def test_a_level_stated_of_another_code_for_one_draw_and_back_behind_it_is_counted_and_told(store: Store, hand: Hand) -> None:
    office, held = frozen(store, hand, {BARE: "A"}, CREDIT)
    carried_out(office, hand, held.number)
    stated(office, hand, {BARE: "D"})
    hand.on(days=7)

    with store.begin() as tx:
        following = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
    assert following is not None
    settle(office)
    assert derived(store, following.number)["levels"]["levels_changed"] == 1
    stated(office, hand, {BARE: "A"}, by="os:other")
    (matter,) = matters(office, restating.UNDONE)
    told = json.loads(matter["body"])
    assert (told["draw"], told["count"], told["by"]) == (following.number, 1, ["os:keeper", "os:other"])


def taken_in(office: Office) -> Case:
    given = replace(application(1, "dispatch-premises", FACTS), subject_code=CREDIT)
    case_id = post(office, given)
    with office.store.read() as tx:
        return tx.cases.get(case_id)


def test_a_case_has_the_level_of_its_firm_by_whatever_code_and_two_that_differ_are_told(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        tx.credit.state(SubjectKind.FIRM, BARE, "A", hand(), "platform")
    case = taken_in(office)
    assert case.strategy is not None
    assert (case.strategy.level.level, case.strategy.level.reason) == ("A", LevelReason.STATED)
    assert matters(office, rating.DIFFER) == []


def test_two_levels_of_one_firm_that_differ_are_a_persons_matter_and_the_case_is_unrated(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        tx.credit.state(SubjectKind.FIRM, BARE, "A", hand(), "platform")
        tx.credit.state(SubjectKind.FIRM, ELSEWHERE, "D", hand(), "platform")
    case = taken_in(office)
    assert case.strategy is not None
    assert case.strategy.level.reason is LevelReason.DIFFER
    (matter,) = matters(office, rating.DIFFER)
    assert json.loads(matter["body"]) == {"case": case.id}


def test_a_delivery_is_asked_about_every_code_by_which_cases_have_named_a_registered_firm(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    stands(office, BARE)
    taken_in(office)
    with store.read() as tx:
        assert tx.credit.registered("", 10) == sorted([CREDIT, BARE])
        assert tx.credit.registered(CREDIT, 10) == [BARE]
