"""Codes of one organisation in a file of objects: refused, or several firms by the word of two people (decision 169)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import house
from tests.integration.test_cli_registers import held, objects
from tests.operator import Operator, on_both, one_database, operated, settled, table

pytestmark = [pytest.mark.alike, on_both]

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.mark.slow
def test_one_firm_under_several_codes_is_told_and_needs_a_word_that_is_recorded(operator: Operator) -> None:
    told = "91330106MA2000000F"
    assert objects(operator, told).code == 0
    for same in ("91330106 MA2000000F", "91330106-MA200000-0F", "９１３３０１０６ｍａ２００００００ｆ"):
        file = operator.file("same.csv", table(["code", "name"], [same, f"{told}店"]))
        assert operator.well("roster", "import", "objects", file, "--agency", "bureau", "--json").json["added"] == []
        assert held(operator) == {told}
    for other in ("MA200000-0", "91330106MA20000003"):
        said = objects(operator, told, other)
        assert [(one["row"], one["code"]) for one in said.json["flaws"]] == [(3, "organisation_twice")]
        assert "row 3 or row 2" in said.json["flaws"][0]["fix"], "the remedy names both"
    typed = objects(operator, told, "9133O106MA1000000F", more=("--dry-run",)).json["warnings"]
    assert [one["code"] for one in typed if one["row"] == 3] == ["code_irregular"], "a letter typed for a digit is told, and kept"
    two = ("--same-organisation", "--note", "两个独立的门店")
    assert objects(operator, told, "MA200000-0", more=two[:1]).code == 2, "why, the record asks"
    assert objects(operator, told, "MA200000-0", more=two).code == 0
    assert held(operator) == {told}, "one person asks, and nothing comes in"
    assert "another person" in objects(operator, told, "MA200000-0", more=two).err
    assert objects(operator.another, told, "91330106MA20000003", more=two).code == 0, "another file is another question"
    assert held(operator) == {told}
    assert objects(operator.another, told, "MA200000-0", more=two).code == 0
    assert held(operator) == {told, "MA200000-0"}
    with house.closing(operator.store()) as store:
        recorded = [(rule, facts) for rule, facts in operated(store) if "same_organisation" in facts]
        assert [rule.removeprefix("operator.roster.import.") for rule, _ in recorded] == [
            "objects.asked",
            "objects.asked",
            "objects",
        ]
        made = recorded[-1][1]
        assert made["asked_by"] != made["signed"]
        assert made["note"] == "两个独立的门店"
        with store.read() as tx:
            assert [one.open for one in tx.attention.of_kind("organisation_apart")] == [True, False]
    assert objects(operator, told, "MA200000-0", "TESTC", more=two[:1]).code == 0, (
        "who stands there already is not asked about again"
    )
    names = table(["code", "name"], ["TESTA", "连锁便利店"], ["TESTB", "连锁便利店"])
    said = operator.say("roster", "import", "objects", operator.file("n.csv", names), "--agency", "bureau", "--json", "--dry-run")
    assert [one["code"] for one in said.json["warnings"] if one["column"] == "name"] == ["name_twice"], "chains have one name"
