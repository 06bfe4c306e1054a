"""A bar is met by the organisation that it is about, whichever of its codes a case or an authority writes, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from inspector.domain.case import Outcome, Subject, SubjectKind
from inspector.domain.errors import Refusal
from inspector.domain.gate import OutsideBar
from inspector.domain.roster import RosterObject
from inspector.flows import eligibility, same
from inspector.flows.bars import bar_id
from inspector.store.store import Store
from tests.house import Hand, Table
from tests.integration.test_creditrecords import Place, place

CREDIT, ORGANISATION, HYPHENS, TYPED = "91000000MA0000001R", "MA0000001", "MA000000-1", "91000000MAOOOOOO1R"
OTHER = "91000000MA0000002P"
FIRM = SubjectKind.FIRM


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


def barred(here: Place, code: str, kind: SubjectKind = FIRM) -> None:
    bar = OutsideBar(
        id=bar_id(kind, code, "市税务局", "罚〔2025〕3号"),
        kind=kind,
        code=code,
        agency="bureau",
        authority="市税务局",
        document="罚〔2025〕3号",
        ground="重大税收违法失信主体",
        since=date(2025, 6, 1),
    )
    with here.office.store.begin() as tx:
        eligibility.enter(here.office, tx, [bar], "os:clerk", here.hand())


def refused(here: Place, number: int, code: str, kind: SubjectKind = FIRM) -> bool:
    try:
        here.commits(number, subject_code=code, subject_kind=kind)
    except Refusal as error:
        return error.code == "subject_barred"
    return False


@pytest.mark.parametrize(
    ("said", "comes"),
    [(CREDIT, ORGANISATION), (ORGANISATION, CREDIT), (HYPHENS, CREDIT), (CREDIT, TYPED), (TYPED, ORGANISATION)],
)
def test_a_bar_of_another_authority_is_met_by_whatever_code_of_the_organisation(here: Place, said: str, comes: str) -> None:
    assert not refused(here, 1, comes), "while nothing is entered"
    barred(here, said)
    assert refused(here, 2, comes)
    assert not refused(here, 3, OTHER), "somebody else is met by nothing"
    barred(here, OTHER)
    assert refused(here, 4, OTHER), "one that was entered later is seen as well"


@pytest.mark.alike
def test_a_false_commitment_bars_the_organisation_under_its_other_code_and_counts_as_an_earlier_one(here: Place) -> None:
    registers = here.office.connectors.sources["registers"]
    assert isinstance(registers, Table)
    registers.rows |= {("registration-status", code): "存续" for code in (CREDIT, OTHER)}
    here.found(1, subject_code=CREDIT)
    here.hand.on(days=1)
    assert refused(here, 2, ORGANISATION)
    assert not refused(here, 3, OTHER)
    here.found(4, Outcome.UNTRUE_CURABLE, "act-untrue-curable", subject_code=OTHER)
    here.hand.on(days=1)
    case = here.commits(5, subject_code="MA0000002")
    with here.office.store.read() as tx:
        subject = tx.cases.get(case).subject
        codes = same.codes(tx, subject)
        assert codes == [OTHER, "MA0000002"]
        assert tx.cases.untrue_since(FIRM, codes, here.hand.now.replace(year=2020), case) == 1


def test_a_natural_person_is_met_by_the_own_number_alone(here: Place) -> None:
    person, number = SubjectKind.PERSON, "11010519491231002X"
    barred(here, CREDIT, person)  # whatever was typed for a person
    barred(here, number, person)
    assert not refused(here, 1, CREDIT), "a firm is no person"
    with here.office.store.read() as tx:

        def met(code: str) -> int:
            return len(same.bars(tx, Subject(kind=person, code=code, original=code, name="张三")))

        assert met(ORGANISATION) == 0
        assert met("310105194912310021") == 0, "born on the same day in another place"
        assert (met(number), met(CREDIT)) == (1, 1)


def test_a_firm_that_the_register_holds_under_several_codes_is_met_under_each_of_them(here: Place) -> None:
    rows = [
        RosterObject(agency="bureau", kind=FIRM, code=code, original=code, name="某店", pool="bureau")
        for code in (CREDIT, ORGANISATION)
    ]
    with here.office.store.begin() as tx:
        tx.rosters.put_objects(rows)
    barred(here, CREDIT)
    assert refused(here, 1, ORGANISATION), "two rows are two tickets, and no second firm"
    assert refused(here, 2, CREDIT)


def a_bar(bar_id_: str, code: str) -> OutsideBar:
    return OutsideBar(
        id=bar_id_, kind=FIRM, code=code, agency="bureau", authority="a", document="d", ground="g", since=date(2025, 1, 1)
    )


class BrokenOffError(Exception):
    """The file is taken back."""


def enter_and_break_off(here: Place) -> None:
    with here.office.store.begin() as tx:
        tx.records.keep_bar(a_bar("x", CREDIT))
        assert len(tx.records.bars_of(FIRM, ORGANISATION)) == 1
        raise BrokenOffError


def test_what_a_transaction_that_fails_has_entered_is_met_by_nobody(here: Place) -> None:
    barred(here, OTHER)
    with pytest.raises(BrokenOffError):
        enter_and_break_off(here)
    with here.office.store.begin() as tx:
        tx.records.keep_bar(a_bar("y", TYPED))
    with here.office.store.begin() as tx:
        assert [one.code for one in tx.records.bars_of(FIRM, ORGANISATION)] == [TYPED], "as many as there were, and another one"
