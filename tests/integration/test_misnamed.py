"""What a concluded case has entered by somebody else's code leaves the register by two people, counted, told, and in no draw's time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.case import CaseState
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.plan import DrawState
from inspector.flows import misnaming, moved
from inspector.flows.misnaming import Signed
from inspector.flows.office import Office
from inspector.flows.review import conclude
from inspector.store.store import Store
from tests import house
from tests.drawn import carried_out, drawing
from tests.house import Hand, post, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_twins import certificate, filed, firms, matters
from tests.operator import on_both, one_database, operated, settled

pytestmark = pytest.mark.alike

database_url = one_database

WRONG = "91000000MA0000002P"
OTHER = "MA0000002"
"""The same organisation's code alone."""


def concluded(office: Office, number: int = 1001, code: str = WRONG) -> str:
    """A certificate's case under daily supervision, its matter over."""
    case = post(office, certificate(number, code))
    settle(office)
    with office.store.begin() as tx:
        conclude(office, tx, case, "hall", office.now())
    settle(office)
    return case


def sign(office: Office, case: str, by: str) -> Signed:
    with office.store.begin() as tx:
        return misnaming.sign(office, tx, case, by, "代码第12位录错", office.now())


def events(store: Store, case: str) -> list[str]:
    with store.read() as tx:
        return [str(one["type"]) for one in tx.events.of_case(case)]


@on_both
def test_two_people_take_it_out_and_the_sender_hears_of_it(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    case = concluded(office)
    assert not sign(office, case, "王五 (os:wang)").gone
    assert (firms(store), matters(store, misnaming.ASKED)) == ([WRONG], [case])
    for same in ("王五 (os:wang)", "李四 (os:wang)", "王五 (os:li)"):
        with pytest.raises(Refusal, match="misnamed_same_person"):
            sign(office, case, same)
    assert "register.misnamed" not in events(store, case)
    made = sign(office, case, "李四 (os:li)")
    assert (made.gone, made.first, firms(store), matters(store, misnaming.ASKED)) == (True, "王五 (os:wang)", [], [])
    assert events(store, case).count("register.misnamed") == 1
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(case)][-2:] == ["register.misnamed.asked", "register.misnamed"]
        assert tx.cases.get(case).state is CaseState.POOLED, "what was decided stands"
    with pytest.raises(Refusal, match="misnamed_not_there"):
        sign(office, case, "李四 (os:li)")


def test_it_is_no_door_out_of_supervision_for_anybody_else(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    early = post(office, certificate(1, WRONG))
    settle(office)
    with pytest.raises(Refusal, match="misnamed_not_concluded"):
        sign(office, early, "王五")
    with store.begin() as tx:
        conclude(office, tx, early, "hall", office.now())
    other = concluded(office, 2)
    with pytest.raises(Refusal, match="object_has_cases"):
        sign(office, other, "王五")
    alone = concluded(office, 3, "91000000MA0000003K")
    with store.begin() as tx:
        tx.rosters.put_objects([filed("91000000MA0000003K")])
    with pytest.raises(Refusal, match="object_of_file"):
        sign(office, alone, "王五")
    with pytest.raises(Invalid, match="officer_nameless"):
        sign(office, alone, " ")
    assert matters(store, misnaming.ASKED) == []


@on_both
def test_nothing_goes_between_a_draws_announcement_and_its_publication(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    case = concluded(office)
    sign(office, case, "王五")
    held = announce(office, hand, "weekly")
    with pytest.raises(Refusal, match="misnamed_draw") as refused:
        sign(office, case, "李四")
    assert refused.value.facts["draw"] == held.number
    with pytest.raises(Refusal, match="misnamed_draw"):
        sign(office, concluded(office, 1002, "91000000MA0000003K"), "王五")
    with store.begin() as tx:
        tx.draws.put(replace(tx.draws.get(held.number, lock=True), state=DrawState.VOID))
    assert sign(office, case, "李四").gone


@pytest.mark.slow
def test_a_draw_that_is_carried_out_holds_its_frame_until_it_is_published_and_the_day_is_named(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    case = concluded(office)
    held = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, held.number)
    with pytest.raises(Refusal, match="misnamed_draw") as refused:
        sign(office, case, "王五")
    assert str(refused.value.facts["until"]).startswith("2026-")
    assert not sign(office, concluded(office, 1002, "91000000MA0000003K"), "王五").gone, "it came behind that frame"


@pytest.mark.slow
def test_a_draw_that_holds_the_firm_by_another_code_of_it_holds_its_frame_too(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    with store.begin() as tx:
        tx.rosters.put_objects([filed(OTHER)])
    held = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, held.number)
    with store.begin() as tx:
        tx.rosters.strike(filed(OTHER), WRONG, hand())
    case = concluded(office)
    with pytest.raises(Refusal, match="misnamed_draw") as refused:
        sign(office, case, "王五")
    assert refused.value.facts["draw"] == held.number


def test_at_the_command_line_another_user_signs_and_the_next_commitment_counts_it(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    with house.closing(operator.store()) as store:
        case = concluded(house.open_office(store, Hand()))
        asked = operator.well("roster", "misnamed", case, "--by", "王五", "--note", "录错", "--json").json
        assert (asked["gone"], firms(store)) == (False, [WRONG])
        own = operator.say("roster", "misnamed", case, "--by", "李四", "--note", "属实")
        assert (own.code, "another person" in own.err) == (4, True)
        assert "out of the register" in operator.another.well("roster", "misnamed", case, "--by", "李四", "--note", "属实").out
        assert firms(store) == []
        rules = [rule for rule, _ in operated(store)]
        assert rules == ["operator.roster.misnamed.asked", "operator.roster.misnamed"]
        with store.read() as tx:
            assert moved.between(tx, "bureau", None).removed == 1
