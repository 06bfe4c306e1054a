"""Ways around the watch over edits: rows that leave a register and come back changed are edited all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.flows import edits, moved
from inspector.flows.office import Office, Plan
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.store import Store
from tests.house import ZONE, Hand, closing, settle
from tests.integration.test_draw_edits import matters
from tests.integration.test_draw_rivals import announce
from tests.integration.test_draw_way import announced, carried_out, drawing
from tests.operator import Operator, on_both, one_database, settled, table

pytestmark = pytest.mark.alike

database_url = one_database

STAFF = ["id", "name", "certificate", "certificate_until", "pools", "cap", "channel", "address"]
SHOPS = ["code", "name", "pool", "since"]


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def officer(number: int, cap: int = 99) -> list[str]:
    return [f"Z{number:03d}", f"检查员{number}", f"C{number}", "2030-01-01", "bureau", str(cap), "phones", f"phone-{number}"]


def shop(number: int, pool: str = "bureau") -> list[str]:
    return [f"TEST{number:014d}", "某公司", pool, "2026-01-01"]


def importing(operator: Operator, hand: Hand, what: str, heads: list[str]) -> Callable[..., None]:
    """Brings a whole register in from a file: what it lacks goes."""

    def imports(*rows: list[str]) -> None:
        file = operator.file(f"{what}.csv", table(heads, *rows))
        said = operator.say("roster", "import", what, file, "--agency", "bureau", "--yes", "--remove", "--uncovered")
        assert said.code == 0, said.err
        hand.now = max(hand.now, datetime.now(ZONE))

    return imports


def derived(store: Store, number: str) -> dict[str, Any]:
    """What the commitment of a draw says of how its frame came about."""
    with store.read() as tx:
        told: dict[str, Any] = json.loads(tx.draws.file(number, "commit.json"))["lists"][0]["derivation"]
    return told


def told_of(office: Office, number: str) -> tuple[Any, str]:
    """What a draw's report says of the registers, and the report in words."""
    with office.store.read() as tx:
        made = report(office, tx, number)
    assert made.moves is not None
    return made.moves, markdown(tell(made, "en"))


@on_both
def test_officers_who_are_taken_out_and_come_back_with_another_cap_are_edited_and_put_back(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        imports = importing(operator, hand, "inspectors", STAFF)
        whole = [officer(number) for number in range(1, 6)]
        imports(*whole)
        with store.read() as tx:
            before = moved.between(tx, "bureau", None)
        imports(*whole[3:])
        imports(*(officer(number, 0) for number in range(1, 4)), *whole[3:])
        _, held = announced(office, hand)
        counted = derived(store, held.number)["moved"]
        assert counted["edited"] - before.edited == 3, "three caps, by way of the door"
        assert (counted["officers_added"], counted["officers_removed"]) == (3, 3)
        hand.on(minutes=2)
        imports(*whole[3:])
        imports(*whole)
        (matter,) = matters(office)
        assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 3)
        carried_out(office, hand, held.number)
        moves, words = told_of(office, held.number)
        assert (moves.officers_added, moves.officers_removed) == (3, 3)
        assert moves.put_back == 9, "three who went and came once more, and three caps"
        assert "| Officers taken out of it before | 3 |" in words


@on_both
def test_an_officer_who_is_out_of_the_register_for_one_frame_alone_is_a_matter_of_the_head(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        imports = importing(operator, hand, "inspectors", STAFF)
        whole = [officer(number) for number in range(1, 6)]
        imports(*whole)
        imports(*whole[1:])
        _, held = announced(office, hand)
        assert "Z001" not in _lines(store, held.number, "inspectors.tsv")
        hand.on(minutes=2)
        imports(*whole)
        (matter,) = matters(office)
        assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 1)


def test_objects_that_are_taken_out_and_come_back_elsewhere_are_edited_and_put_back(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        office = replace(office, plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)})
        with store.begin() as tx:
            tx.rosters.put_inspectors([replace(one, pools=("bureau", "西区")) for one in tx.rosters.inspectors("bureau")])
        imports = importing(operator, hand, "objects", SHOPS)
        whole = [shop(number) for number in range(1, 25)]
        imports(*whole)
        imports(*whole[:-2])
        imports(*whole[:-2], shop(23, "西区"), shop(24, "西区"))
        held = announce(office, hand, "weekly")
        settle(office)
        counted = derived(store, held.number)["moved"]
        assert (counted["removed"], counted["returned"], counted["edited"]) == (2, 2, 2)
        hand.on(minutes=2)
        imports(*whole[:-2])
        imports(*whole)
        (matter,) = matters(office)
        assert (matter.facts["draw"], matter.facts["count"]) == (held.number, 2)
        with store.read() as tx:
            last = [facts for _, facts in tx.ledger.facts((edits.RULE,), "roster:bureau")][-1]
        assert [one[1:] for one in last["edits"]] == [["pool", "西区", "bureau"]] * 2


def _lines(store: Store, number: str, name: str) -> list[str]:
    with store.read() as tx:
        return [line.split("\t")[0] for line in tx.draws.file(number, name).decode().splitlines()]
