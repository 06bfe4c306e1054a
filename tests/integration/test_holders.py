"""Whom a drawn staff code stands for: one certificate, one person, from the freeze to the end of the visit (decision 161)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.domain.challenge import Applicant
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw
from inspector.domain.visit import Seat, SeatState
from inspector.flows import edits, holders, recusing, relief, renewing, seatlink
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, closing, settle
from tests.integration.test_draw_edits import edited
from tests.integration.test_draw_leaves import only_a_head_closes
from tests.integration.test_draw_way import inspectors, visits
from tests.integration.test_exclusions import filled, framed, inspected
from tests.integration.test_import_diagnosis import found
from tests.operator import Operator, Said, on_both, one_database, settled, table

pytestmark = pytest.mark.alike

SHOP = "TEST00000000000001"
HEADS = ["id", "name", "certificate", "certificate_until", "pools", "cap", "former"]
LAST = date(2031, 1, 1)

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def matters(office: Office) -> list[tuple[str, int]]:
    with office.store.read() as tx:
        return [
            (str(one.facts["draw"]), int(str(one.facts["count"]))) for one in tx.attention.of_kind(holders.EDITED) if one.open
        ]


def team(office: Office, held: Draw) -> list[Seat]:
    (visit,) = visits(office, held.number)
    with office.store.read() as tx:
        return [seat for seat in tx.visits.team(visit.id) if seat.state.open]


def drawn(office: Office, hand: Hand) -> tuple[Draw, str]:
    """A draw of one object, carried out and pushed, and one who sits there."""
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    hand.on(minutes=5)
    return held, team(office, held)[0].inspector


def signed(office: Office, hand: Hand, staff: str, number: str, by: str) -> renewing.Renewal:
    with office.store.begin() as tx:
        return renewing.sign(office, tx, "bureau", staff, number, LAST, by, "换发新证", hand())


def imported(operator: Operator, *rows: list[str], how: str = "--remove", agency: str = "bureau") -> Said:
    file = operator.file("staff.csv", table(HEADS, *rows))
    return operator.say("roster", "import", "inspectors", file, "--agency", agency, "--yes", how, "--uncovered", "--json")


def recoded(office: Office, hand: Hand, staff: str) -> None:
    """Somebody stands under a new code, which names the former one."""
    with office.store.begin() as tx:
        before = tx.rosters.inspector("bureau", staff)
        tx.rosters.remove_inspectors("bureau", [staff], hand())
        tx.rosters.put_inspectors([replace(before, id="Z900", former=(f"bureau:{staff}",))])


def row(staff: str, certificate: str, former: str = "") -> list[str]:
    return [staff, f"检查员{certificate}", certificate, "2030-01-01", "", "99", former]


@on_both
@pytest.mark.slow
def test_another_certificate_behind_a_drawn_code_is_another_person_and_the_seat_goes_on(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    held, staff = drawn(office, hand)
    (victim,) = [seat for seat in team(office, held) if seat.inspector == staff]
    edited(office, hand, staff, name="某亲信", certificate="C99", address="phone-99")
    assert staff not in {seat.inspector for seat in team(office, held)}
    assert matters(office) == [(held.number, 1)]
    with store.begin() as tx, pytest.raises(Refusal, match="seat_closed"):
        seatlink.call_back(office, tx, victim.name, "李科员", "手机丢失", hand(), anew=True)
    settle(office)
    assert "phone-99" not in {one.to for one in phones.messages if victim.name in str(one.data)}
    with store.read() as tx:
        ((_, told),) = tx.ledger.facts((edits.RULE,), "roster:bureau")
        assert [one[1:] for one in told["edits"][:2]] == [
            ["certificate", f"C{int(staff[1:])}", "C99"],
            ["name", f"检查员{int(staff[1:])}", "某亲信"],
        ]
        assert tx.visits.seat(victim.visit, victim.place, victim.turn).state is SeatState.RELIEVED
    only_a_head_closes(office, hand, f"{holders.EDITED}:{held.number}:bureau", "os:keeper", "李科员", "王五")
    assert matters(office) == []


@on_both
def test_who_is_exchanged_while_the_seed_is_awaited_takes_no_seat_and_the_head_is_told(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    for number in range(1, 4):  # two of five are as they were
        edited(office, hand, f"Z00{number}", certificate=f"C9{number}", address=f"phone-9{number}")
    assert matters(office) == [(held.number, 3)]
    carried_out(office, hand, held.number)
    assert {seat.inspector for seat in team(office, held)} <= {"Z004", "Z005"}
    assert not {one.to for one in phones.messages} & {"phone-91", "phone-92", "phone-93"}


def test_a_register_that_was_written_behind_every_import_is_found_by_the_daily_look(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held, staff = drawn(office, hand)
    with store.begin() as tx:
        tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", staff), certificate="C99")])
    with store.begin() as tx:
        relief.look(office, tx, "bureau", hand())
    assert staff not in {seat.inspector for seat in team(office, held)}
    assert matters(office) == [(held.number, 1)]


@on_both
def test_a_renewed_number_that_two_persons_have_signed_moves_nobody_and_calls_nobody(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held, staff = drawn(office, hand)
    assert not signed(office, hand, staff, "N-1", "王五 (os:wang)").done
    with pytest.raises(Refusal, match="renewal_same_person"):
        signed(office, hand, staff, "N-1", "王五 (os:wang)")
    assert not signed(office, hand, staff, "N-2", "李四 (os:li)").done, "another number is told anew"
    assert signed(office, hand, staff, "N-2", "王五 (os:wang)") == renewing.Renewal(first="李四 (os:li)", done=True)
    assert staff in {seat.inspector for seat in team(office, held)}
    assert matters(office) == []
    with store.read() as tx:
        assert tx.rosters.inspector("bureau", staff).certificate == "N-2"
        assert not tx.attention.of_kind(renewing.ASKED)[0].open
    edited(office, hand, staff, certificate="C99")
    assert (staff in {seat.inspector for seat in team(office, held)}, matters(office)) == (False, [(held.number, 1)])


def test_a_number_that_is_somebody_elses_is_no_renewed_one(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with pytest.raises(Refusal, match="renewal_held"):
        signed(office, hand, "Z001", "c 2", "王五")
    with pytest.raises(Refusal, match="renewal_same"):
        signed(office, hand, "Z001", "C1", "王五")


@on_both
def test_another_name_or_telephone_moves_nobody_and_is_the_heads_matter_while_a_seat_is_open(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    edited(office, hand, "Z001", address="phone-77", name="检查员甲")
    assert matters(office) == [], "no draw is open"
    held, staff = drawn(office, hand)
    edited(office, hand, staff, address="phone-99")
    other = next(f"Z00{number}" for number in range(1, 6) if f"Z00{number}" not in {one.inspector for one in team(office, held)})
    edited(office, hand, other, address="phone-98", name="某某")
    assert staff in {seat.inspector for seat in team(office, held)}
    assert matters(office) == [(held.number, 1)], "the other one sits nowhere"
    with store.read() as tx:
        told = [one for _, facts in tx.ledger.facts((edits.RULE,), "roster:bureau") for one in facts["edits"]]
    assert "phone-99" not in str(told), "addresses stand there by digests"
    edited(office, hand, staff, name="某某某")
    assert matters(office) == [(held.number, 1)], "told once for each officer"


def test_an_address_that_is_changed_while_the_seed_is_awaited_is_the_heads_matter(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    edited(office, hand, "Z001", address="keeper")
    edited(office, hand, "Z002", address="keeper")
    assert matters(office) == [(held.number, 2)]


def test_a_file_that_exchanges_the_persons_of_two_codes_is_refused(operator: Operator) -> None:
    assert imported(operator, row("Z1", "C1"), row("Z2", "C2")).code == 0
    said = imported(operator, row("Z1", "C2"), row("Z2", "C1"))
    assert (said.code, found(said.json)) == (2, [(2, "certificate", "certificate_held"), (3, "certificate", "certificate_held")])


def test_one_person_under_two_codes_is_refused_across_files_agencies_and_spellings(operator: Operator) -> None:
    assert imported(operator, row("Z1", "C-1")).code == 0
    for number in ("C-1", "ｃ－1"):
        for agency in ("bureau", "other"):
            said = imported(operator, row("Z101", number), how="--keep", agency=agency)
            assert (said.code, found(said.json)) == (2, [(2, "certificate", "certificate_held")]), (number, agency)


def test_a_new_code_names_its_former_one_and_has_its_conflicts_cap_and_last_visits(operator: Operator) -> None:
    hand = Hand()
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand, staff=3)
        with store.begin() as tx:
            recusing.declare(
                office,
                tx,
                "bureau",
                SHOP,
                "Z001",
                applicant=Applicant.INSPECTOR,
                by="Z001",
                reason="kin",
                evidence="声明书",
                now=hand(),
            )
        rest = [row("Z002", "C2"), row("Z003", "C3")]
        said = imported(operator, row("Z201", "C1"), *rest)
        assert found(said.json) == [(2, "certificate", "certificate_held")]
        said = imported(operator, row("Z201", "C1", "Z001"), row("Z001", "C9"), *rest)
        assert found(said.json) == [(2, "former", "former_stands")]
        assert found(imported(operator, row("Z201", "C1", "Z777"), *rest).json)[0] == (2, "former", "former_unknown")
        assert imported(operator, row("Z201", "C1", "Z001"), *rest).code == 0
        with store.read() as tx:
            assert (tx.rosters.inspector("bureau", "Z201").former, tx.rosters.recused("bureau", SHOP, "Z201")) == (
                ("bureau:Z001",),
                True,
            )
            assert [one for _, facts in tx.ledger.facts((edits.RULE,), "roster:bureau") for one in facts["edits"]][-1][
                0
            ] == "Z201"
        assert imported(operator, row("Z201", "C1"), *rest).code == 0, "the next file need not say it again"
        assert imported(operator, row("Z301", "C1", "Z201"), *rest).code == 0
        with store.read() as tx:
            last = tx.rosters.inspector("bureau", "Z301")
        assert (last.codes, last.former) == (("Z301", "Z201", "Z001"), ("bureau:Z201", "bureau:Z001"))


@on_both
def test_who_went_the_last_time_under_a_former_code_is_kept_from_going_again(store: Store, hand: Hand) -> None:
    office = filled(store, hand, {1: "B"}, inspected(1, "2024-06-01", inspectors=("Z001", "Z002")))
    recoded(office, hand, "Z001")
    bans = [(ban.inspector, ban.reason) for ban in framed(office, hand).frame.bans]
    assert bans == [("Z002", "last-visit"), ("Z900", "last-visit")]


@on_both
@pytest.mark.slow
def test_a_cap_is_used_up_under_a_former_code(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(5, cap=3))
    _, staff = drawn(office, hand)
    assert {row.id: row.cap for row in framed(office, hand).frame.inspectors}[staff] == 2
    recoded(office, hand, staff)
    assert {row.id: row.cap for row in framed(office, hand).frame.inspectors}["Z900"] == 2


@on_both
def test_a_frame_in_which_one_person_stands_twice_is_refused_also_of_two_agencies(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        first = tx.rosters.inspector("bureau", "Z001")
        tx.rosters.put_inspectors([replace(first, agency="other", id="Y1", certificate="c1")])
    with store.read() as tx:
        assert holders.twice(tx, ["bureau"]) is None
        why = holders.twice(tx, ["bureau", "other"])
        assert why is not None
        assert (why.code, why.facts["codes"]) == ("certificate_shared", "bureau:Z001, other:Y1")
    with store.begin() as tx:
        tx.rosters.put_inspectors([replace(first, id="Z101")])
    with pytest.raises(Refusal, match="certificate_shared"):
        announced(office, hand)


def test_at_the_command_line_another_user_signs_a_renewed_number(operator: Operator) -> None:
    assert imported(operator, row("Z1", "C1")).code == 0
    told = ["roster", "renew", "Z1", "--agency", "bureau", "--certificate", "N1", "--until", "2031-01-01", "--note", "换发"]
    assert operator.well(*told, "--by", "王五", "--json").json["done"] is False
    own = operator.say(*told, "--by", "李四")
    assert (own.code, "another person" in own.err) == (4, True)
    assert "new certificate number" in operator.another.well(*told, "--by", "李四").out
    assert imported(operator, row("Z1", "N1")).code == 0
