"""One firm under two spellings of its code has one row in the register and one ticket in a draw, by whichever door it comes first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.case import CaseState, Route, SubjectKind
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.inspection import CheckType, Inspection
from inspector.domain.plan import Draw, DrawState
from inspector.domain.roster import RosterObject
from inspector.flows import enrolment
from inspector.flows.history import history
from inspector.flows.intake import Application
from inspector.flows.members import Member, members_of
from inspector.flows.office import Office
from inspector.flows.review import withdraw
from inspector.store.store import Store
from tests import house
from tests.drawn import drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import FACTS
from tests.operator import Operator, Said, on_both, one_database, operated, settled, table

pytestmark = pytest.mark.alike

database_url = one_database

RIGHT, WRONG, HYPHENS = "91000000MA0000001R", "91OOOOOOMA0000001R", "91OOOOOO-MA00000-01R"
THIRD = "9100000OMA0000001R"
FIRM = SubjectKind.FIRM


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def certificate(number: int, code: str) -> Application:
    """Somebody who brings a certificate, and is under daily supervision from then on."""
    return application(number, "business-licence", {"registration-status": "存续"}, route=Route.CERTIFICATE, subject_code=code)


def filed(code: str) -> RosterObject:
    """A row of the office's own file."""
    return RosterObject(agency="bureau", kind=FIRM, code=code, original=code, name="某店", pool="bureau")


def firms(store: Store) -> list[str]:
    with store.read() as tx:
        return [row.code for row in tx.rosters.objects("bureau") if not row.code.startswith("TEST")]


def matters(store: Store, kind: str) -> list[str]:
    with store.read() as tx:
        return [one.about for one in tx.attention.of_kind(kind) if one.open]


def tickets(store: Store, held: Draw) -> list[Member]:
    with store.read() as tx:
        return [one for one in members_of(tx, held.number).values() if not one.code.startswith("TEST")]


def take_back(office: Office, case_id: str) -> None:
    with office.store.begin() as tx:
        withdraw(office, tx, case_id, "不办了", "hall", office.now())


def strike(office: Office, code: str, right: str | None = None, by: str = "王五") -> enrolment.Struck:
    with office.store.begin() as tx:
        return enrolment.strike(office, tx, "bureau", FIRM, code, right, by, office.now())


@on_both
@pytest.mark.parametrize(("first", "second"), [(RIGHT, WRONG), (WRONG, RIGHT), (RIGHT, HYPHENS), (HYPHENS, WRONG)])
def test_one_firm_has_one_ticket_by_whatever_codes_its_cases_come(store: Store, hand: Hand, first: str, second: str) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    cases = [post(office, certificate(1001, first)), post(office, certificate(1002, second))]
    settle(office)
    with store.read() as tx:
        assert [tx.cases.get(case).state for case in cases] == [CaseState.POOLED] * 2, "neither case is lost"
    (code,) = firms(store)
    assert matters(store, enrolment.TWICE) == ([cases[1]] if (first, second) != (HYPHENS, WRONG) else [])
    (one,) = tickets(store, announce(office, hand, "weekly"))
    assert (one.code, one.pooled) == (code, True)


@on_both
def test_cases_that_wait_for_a_visit_are_one_object_with_the_firm_of_the_register(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    cases = [
        post(office, application(number, "dispatch-premises", FACTS, subject_code=code))
        for number, code in enumerate((WRONG, RIGHT, HYPHENS), start=1)
    ]
    settle(office)
    with store.begin() as tx:
        tx.rosters.put_objects([filed(WRONG)])
    (one,) = tickets(store, announce(office, hand, "weekly"))
    assert (one.code, sorted(one.cases)) == (WRONG, sorted(cases)), "as the register has it"


def test_cases_of_a_firm_in_no_register_are_one_object_by_the_code_that_is_in_order(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    for number, code in enumerate((WRONG, RIGHT), start=1):
        post(office, application(number, "dispatch-premises", FACTS, subject_code=code))
    settle(office)
    (one,) = tickets(store, announce(office, hand, "weekly"))
    assert (one.code, len(one.cases)) == (RIGHT, 2)


def test_where_somebody_has_said_that_two_codes_are_two_firms_each_has_its_own_cases(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    with store.begin() as tx:
        tx.rosters.put_objects([filed(RIGHT)])
    post(office, certificate(1, WRONG))
    with store.begin() as tx:
        assert tx.rosters.spellings("bureau", FIRM, RIGHT) == (RIGHT, WRONG)
        tx.rosters.put_objects([filed(WRONG)])
        assert tx.rosters.spellings("bureau", FIRM, RIGHT) == (RIGHT,)
    post(office, certificate(2, WRONG))
    assert firms(store) == [RIGHT, WRONG]


@on_both
@pytest.mark.parametrize("code", [RIGHT, WRONG])
def test_a_withdrawal_takes_back_what_that_case_alone_had_entered(store: Store, hand: Hand, code: str) -> None:
    office = house.open_office(store, hand)
    alone, other = post(office, certificate(1, RIGHT)), post(office, certificate(2, code))
    take_back(office, alone)
    assert firms(store) == [RIGHT], "another case stands by it"
    take_back(office, other)
    assert (firms(store), matters(store, enrolment.TWICE)) == ([], [])
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(other)].count("register.taken_back") == 1


def test_what_the_offices_file_names_stays_and_is_the_files_again(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    with store.begin() as tx:
        tx.rosters.put_objects([filed(RIGHT)])
    take_back(office, post(office, certificate(1, WRONG)))
    later = post(office, certificate(2, "91000000MA0000002P"))
    with store.begin() as tx:
        assert [(row.code, row.enrolled) for row in tx.rosters.objects("bureau")] == [
            (RIGHT, False),
            ("91000000MA0000002P", True),
        ]
        tx.rosters.put_objects([filed("91000000MA0000002P")])
    take_back(office, later)
    assert firms(store) == [RIGHT, "91000000MA0000002P"], "a file has named it since"


@on_both
def test_what_a_draw_holds_is_left_until_it_is_over_and_a_person_is_told(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    case_id = post(office, certificate(1001, WRONG))
    held = announce(office, hand, "weekly")
    take_back(office, case_id)
    assert (firms(store), matters(store, enrolment.STAYS)) == ([WRONG], [f"bureau:{WRONG}"])
    with pytest.raises(Refusal, match="object_in_draw"):
        strike(office, WRONG)
    with store.begin() as tx:
        tx.draws.put(replace(tx.draws.get(held.number, lock=True), state=DrawState.VOID))
    strike(office, WRONG)
    assert (firms(store), matters(store, enrolment.STAYS)) == ([], [])


@on_both
def test_nobody_leaves_supervision_by_a_correction(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    case_id = post(office, certificate(1, WRONG))
    with store.begin() as tx:
        tx.rosters.put_objects([filed("91000000MA0000002P")])
    post(office, certificate(2, "91000000MA0000002P"))  # a case names what the file has brought in
    for code, right, why in (
        (WRONG, None, "object_has_cases"),
        (WRONG, "91000000MA0000002P", "object_other_firm"),
        (WRONG, WRONG, "object_same_code"),
        ("91000000MA0000002P", None, "object_of_file"),
        ("91000000MA0000002P", "91110000MA0000002P", "object_of_file"),
    ):
        with pytest.raises(Refusal, match=why):
            strike(office, code, right)
    with pytest.raises(Missing, match="object_not_in_register"):
        strike(office, RIGHT)
    with pytest.raises(Invalid, match="officer_nameless"):
        strike(office, WRONG, RIGHT, by=" ")
    made = strike(office, WRONG, RIGHT)
    assert (firms(store), made.cases) == ([RIGHT, "91000000MA0000002P"], (case_id,))
    with pytest.raises(Refusal, match="object_code_odd"):
        strike(office, RIGHT, WRONG)
    with pytest.raises(Refusal, match="object_has_cases"):
        strike(office, RIGHT)
    with store.read() as tx:
        assert tx.rosters.aliases("bureau") == [(WRONG, RIGHT)]
        assert tx.rosters.standing_object("bureau", FIRM, RIGHT).enrolled  # type: ignore[union-attr]


@on_both
@pytest.mark.parametrize("state", [CaseState.REVIEW, CaseState.CLOSED])
def test_who_was_found_against_stays_under_supervision_whatever_became_of_the_case(
    store: Store, hand: Hand, state: CaseState
) -> None:
    office = house.open_office(store, hand)
    first, second = post(office, certificate(1, WRONG)), post(office, certificate(2, WRONG))
    with store.begin() as tx:
        tx.cases.put(replace(tx.cases.get(first, lock=True), state=state))
    take_back(office, second)
    assert firms(store) == [WRONG], "the other case had entered it as well"
    with pytest.raises(Refusal, match="object_has_cases"):
        strike(office, WRONG)
    assert strike(office, WRONG, RIGHT).cases == (first,)
    with store.read() as tx:
        assert tx.rosters.standing_object("bureau", FIRM, RIGHT).enrolled  # type: ignore[union-attr]


@on_both
def test_a_code_in_order_is_not_exchanged_for_an_odd_one_that_stands_there_too(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    post(office, certificate(1, RIGHT))
    with store.begin() as tx:
        tx.rosters.put_objects([filed(WRONG)])
    with pytest.raises(Refusal, match="object_code_odd"):
        strike(office, RIGHT, WRONG)
    assert firms(store) == sorted([RIGHT, WRONG])


def test_a_corrected_row_keeps_the_day_and_the_checks_of_the_firm_and_the_commitment_counts_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    post(office, certificate(1001, WRONG))
    with store.begin() as tx:
        on = hand().date() - timedelta(days=3)
        tx.inspections.put([Inspection(agency="bureau", kind=FIRM, code=WRONG, on=on, check=CheckType.PLANNED)])
    strike(office, WRONG, RIGHT)
    with store.read() as tx:
        assert len(history(office, tx, "bureau").of(RIGHT)) == 1, "its rest after a visit goes on"
    held = announce(office, hand, "weekly")
    with store.read() as tx:
        assert json.loads(tx.draws.file(held.number, "rules.json"))["derivation"]["struck"] == 1


def imported(operator: Operator, *codes: str) -> Said:
    file = operator.file("objects.csv", table(["code", "name"], *([code, "某店"] for code in codes)))
    return operator.say("roster", "import", "objects", file, "--agency", "bureau", "--json")


@on_both
def test_a_mistyped_case_and_then_the_offices_file_come_to_one_row(operator: Operator, hand: Hand) -> None:
    with house.closing(operator.store()) as store:
        case_id = post(house.open_office(store, hand), certificate(1, WRONG))
    said = imported(operator, RIGHT)
    assert [(one["code"], case_id in one["what"]) for one in said.json["flaws"]] == [("organisation_enrolled", True)]
    struck = operator.say(
        "roster", "strike", WRONG, "--for", RIGHT, "--agency", "bureau", "--by", "王五", "--note", "录入有误", "--json"
    )
    assert (struck.code, struck.json["stands_as"], struck.json["cases"]) == (0, RIGHT, [case_id])
    assert imported(operator, RIGHT).code == 0
    with house.closing(operator.store()) as store:
        assert firms(store) == [RIGHT]
        (told,) = (facts for rule, facts in operated(store) if rule == "operator.roster.strike")
        assert (told["object"], told["becomes"], told["note"], "王五" in told["by"]) == (WRONG, RIGHT, "录入有误", True)


def test_one_strike_ends_the_matters_of_every_spelling_of_the_firm(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    post(office, certificate(1, WRONG))
    other = post(office, certificate(2, THIRD))
    assert matters(store, enrolment.TWICE) == [other]
    with store.begin() as tx:
        tx.rosters.put_objects([filed(RIGHT)])
    strike(office, WRONG, RIGHT)
    assert (firms(store), matters(store, enrolment.TWICE)) == ([RIGHT], []), "its row has gone, so nothing is left to find out"


def test_the_matter_names_both_codes_of_the_firm(operator: Operator, hand: Hand) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, hand)
        post(office, certificate(1, RIGHT))
        post(office, certificate(2, WRONG))
    (matter,) = [one["id"] for one in operator.well("attention", "list", "--json").json if one["kind"] == enrolment.TWICE]
    assert WRONG not in operator.say("attention", "list").out, "a list names nobody"
    for lang in ("en", "zh-Hans"):
        said = operator.say("attention", "show", matter, lang=lang).out
        assert RIGHT in said, said
        assert WRONG in said, said


@on_both
def test_the_offices_file_and_then_a_mistyped_case_come_to_one_row(operator: Operator, hand: Hand) -> None:
    assert imported(operator, RIGHT).code == 0
    with house.closing(operator.store()) as store:
        case_id = post(house.open_office(store, hand), certificate(1, WRONG))
        assert (firms(store), matters(store, enrolment.TWICE)) == ([RIGHT], [case_id])
    assert imported(operator, RIGHT).code == 0
