"""What is asked for a whole file at once: every row hears what it would have heard alone, and thousands cost a few questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unicodedata import normalize

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.errors import InspectorError
from inspector.domain.gate import OutsideBar
from inspector.flows import bulk
from inspector.flows.importing import CaseRow, Parsed
from inspector.flows.intake import Application, foresee, look_ahead, take
from inspector.store.ahead import Coming
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.house import Hand, Table, application, post
from tests.integration.test_catalogue import public, withdrawn
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_same import CREDIT, ORGANISATION, OTHER, a_bar, barred
from tests.integration.test_way import LICENCE

FIRM, PERSON = SubjectKind.FIRM, SubjectKind.PERSON
MET = "91000000MA0000003M"


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


def given(here: Place, number: int, **changes: object) -> Application:
    on = here.office.calendar.local_date(here.hand())
    return application(number, "business-licence", LICENCE, **({"signed_on": on} | changes))


@pytest.fixture
def file(here: Place) -> list[Application]:
    """Rows of which each has something of its own, and some that have nothing."""
    registers = here.office.connectors.sources["registers"]
    assert isinstance(registers, Table)
    registers.rows |= {("registration-status", code): "存续" for code in (CREDIT, OTHER, MET, "MA0000004")}
    known = given(here, 700, reference="申请-é-700", subject_code=OTHER)
    post(here.office, known)
    here.found(1, subject_code=CREDIT)
    here.found(2, subject_code="MA0000004")
    here.hand.on(days=1)
    barred(here, MET)
    barred(here, "MA0000005")
    with here.office.store.begin() as tx:
        tx.credit.state(FIRM, "TEST00000000000703", "A", here.hand(), "platform")
    public(here.office, "hr-agency-staff")
    return [
        *(given(here, number) for number in range(710, 716)),
        given(here, 701, subject_code=CREDIT),
        given(here, 702, subject_code=ORGANISATION),
        given(here, 703),
        given(here, 704, subject_code="91000000MA0000004K"),
        given(here, 705, subject_code=MET),
        given(here, 706, subject_code="MA0000003"),
        given(here, 707, subject_code="MA0000005"),
        given(here, 708, subject_code="?"),
        known,
        replace(known, reference=normalize("NFD", known.reference)),
        given(here, 709, reference=known.reference),
        given(here, 716, subject_kind=PERSON, subject_code="11010519491231002X"),
    ]


def heard(here: Place, tx: Tx, rows: list[Application]) -> list[tuple[object, ...]]:
    """What each row hears: what was foreseen, and what came of it."""
    told: list[tuple[object, ...]] = []
    for row in rows:
        try:
            foreseen = foresee(here.office, tx, row, "hall", here.hand())
            taken = take(here.office, tx, row, "hall", here.hand())
            case = taken.case
            assert foreseen is taken.new
            told.append((taken.new, case.state, case.due_at, case.strategy and case.strategy.level.level, case.reference))
        except InspectorError as error:
            told.append((error.code, {name: value for name, value in error.facts.items() if name != "case"}))
    return told


@contextmanager
def undone(store: Store) -> Iterator[Tx]:
    """A transaction of which nothing stays."""
    with suppress(InterruptedError), store.begin() as tx:
        yield tx
        raise InterruptedError


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach a database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.slow
def test_a_row_of_a_file_hears_what_it_would_have_heard_alone(here: Place, file: list[Application]) -> None:
    with undone(here.office.store) as tx:
        alone = heard(here, tx, file)
    with undone(here.office.store) as tx:
        look_ahead(here.office, tx, file, "hall", here.hand())
        together = heard(here, tx, file)
    assert together == alone
    codes = [one[0] for one in alone]
    assert codes == [
        *[True] * 6,
        *["subject_barred"] * 2,
        True,
        *["subject_barred"] * 4,
        "identity_empty",
        *[False] * 2,
        "reference_reused",
        "subject_not_covered",
    ], alone


@pytest.mark.slow
def test_a_file_is_judged_by_a_few_statements_and_costs_as_few_or_two_a_row_where_others_write_too(here: Place) -> None:
    rows = [given(here, number) for number in range(800, 860)]
    lines = tuple(CaseRow(row=number, application=one, sound=True) for number, one in enumerate(rows))
    parsed = Parsed(lines=lines, flaws=(), warnings=())
    for dry_run, most in ((True, 40), (False, 60 if here.office.store.sqlite else 2 * len(rows) + 40)):
        with counted() as asked:
            done = bulk.load(here.office, parsed, "hall", dry_run=dry_run, sign=lambda *_: None)
        assert (done.opened, done.flaws) == (60, ())
        assert len(asked) <= most, asked


def test_what_is_written_in_the_same_transaction_is_seen_though_it_was_not_there_before(here: Place) -> None:
    row = given(here, 900, subject_code=CREDIT)
    coming = Coming(reference=row.reference, kind=FIRM, code=CREDIT)

    def looked(tx: Tx) -> Tx:
        tx.ahead.look("bureau", "hall", [coming], here.office.line("bureau"))
        assert not tx.records.bars_of(FIRM, CREDIT)
        assert not tx.records.of_subject(FIRM, CREDIT)
        assert tx.credit.level(FIRM, CREDIT) is None
        assert tx.cases.by_reference("bureau", "hall", row.reference) is None
        return tx

    with undone(here.office.store) as tx:
        looked(tx).records.keep_bar(a_bar("b1", ORGANISATION))
        assert [one.id for one in tx.records.bars_of(FIRM, CREDIT)] == ["b1"]
    with undone(here.office.store) as tx:
        looked(tx).credit.state(FIRM, CREDIT, "A", here.hand(), "platform")
        assert tx.credit.level(FIRM, CREDIT) == ("A", here.hand(), "platform")
    with undone(here.office.store) as tx:
        made = take(here.office, looked(tx), row, "hall", here.hand())
        assert take(here.office, tx, row, "hall", here.hand()).case.id == made.case.id
        assert (made.new, foresee(here.office, tx, row, "hall", here.hand())) == (True, False)


def test_a_reference_that_stands_in_a_file_in_two_forms_is_one_case(here: Place) -> None:
    row = given(here, 910, reference="申请-é-910")
    with here.office.store.begin() as tx:
        file = [row, replace(row, reference=normalize("NFD", row.reference))]
        look_ahead(here.office, tx, file, "hall", here.hand())
        first, second = (take(here.office, tx, one, "hall", here.hand()) for one in file)
    assert (first.new, second.new, second.case.id) == (True, False, first.case.id)


def test_a_catalogue_that_is_kept_is_asked_and_an_item_that_left_it_is_refused_in_a_file_too(here: Place) -> None:
    public(here.office)
    withdrawn(here.office)
    row = given(here, 901)
    with undone(here.office.store) as tx:
        look_ahead(here.office, tx, [row], "hall", here.hand() + timedelta(seconds=1))
        assert heard(here, tx, [row])[0][0] == "item_withdrawn"


def test_bars_are_kept_apart_by_kind(here: Place) -> None:
    with here.office.store.begin() as tx:
        tx.records.keep_bar(
            OutsideBar(**{name: getattr(a_bar("p1", MET), name) for name in OutsideBar.__slots__} | {"kind": PERSON})
        )
        tx.ahead.look("bureau", "hall", [Coming(reference="R", kind=FIRM, code=MET)], ["bureau"])
        assert tx.records.bars_of(FIRM, MET) == []
        assert [one.id for one in tx.records.bars_of(PERSON, MET)] == ["p1"]
