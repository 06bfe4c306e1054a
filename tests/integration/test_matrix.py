"""Every kind of connector has a test for everything that may go wrong with it, or a reason why it cannot."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_type_hints

import pytest

from inspector import plugins
from inspector.testing import OverHttp, PortContract
from inspector.testing.faults import table
from tests.cells import By, Fault, Kind, Never, Played
from tests.faultrows import HTTP
from tests.house import ROOT
from tests.matrix import KINDS

NAMES = {one.name for one in table({}, heeds=True, empty=False)}


def found(test: str) -> Any:
    """A test by its module and name; a method by its class, where it may be inherited."""
    module, _, name = test.partition(":")
    held: Any = import_module(f"tests.{module}")
    for part in name.split("."):
        held = getattr(held, part, None)
    return held


def named(kind: Kind) -> Iterator[str]:
    """Every test elsewhere that a kind's row or its property names."""
    yield from kind.more
    for _, cell in kind.cells():
        if isinstance(cell, By):
            yield from cell.tests


def test_every_kind_has_a_cell_for_every_fault() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    kinds = {f"{group.removeprefix('inspector.')}.{name}" for group, names in declared.items() for name in names}
    assert set(KINDS) == kinds, "a new kind gets a row in tests/matrix.py; over HTTP that is one line"
    assert {name: set(Fault) - set(kind.row) for name, kind in KINDS.items() if set(kind.row) != set(Fault)} == {}


def test_every_test_that_a_cell_names_is_there() -> None:
    tests = sorted({test for kind in KINDS.values() for test in named(kind)})
    assert [test for test in tests if not callable(found(test))] == []
    assert [name for name in {test.rpartition(":")[2].rpartition(".")[2] for test in tests} if not name.startswith("test_")] == []


@pytest.mark.parametrize("name", KINDS)
def test_what_the_contract_suite_plays_is_played_to_this_very_kind(name: str) -> None:
    kind = KINDS[name]
    suite, group = found(kind.suite), name.partition(".")[0]
    assert issubclass(suite, PortContract)
    played = [cell for cell in kind.row.values() if isinstance(cell, Played)]
    if not kind.wire:
        assert (played, issubclass(suite, OverHttp)) == ([], False)
        return
    assert issubclass(suite, OverHttp)
    assert suite.factory is plugins.load(group, name.partition(".")[2]), "the suite makes another kind"
    assert [cell for cell in played if not (set(cell.names) <= NAMES and callable(getattr(suite, cell.test, None)))] == []


def test_each_fault_of_the_suites_table_that_a_wire_can_have_stands_in_the_matrix_or_is_a_status() -> None:
    """What is added to the table of the contract suite is named here, too: nothing is played that nobody can find."""
    told = {name for cell in HTTP.values() if isinstance(cell, Played) for name in cell.names}
    more = {name for name in NAMES - told if not name.isdigit()}
    assert more == {"429-after-endless", "429-after-words", "packed"}, "and a body that came packed though it was not asked for"


def test_whose_words_come_by_another_way_than_ours_go_has_a_cell_for_every_fault_of_that_way_too() -> None:
    """A box that mail lies in, or a door of ours that signed messages come to."""
    made = {name: get_type_hints(plugins.load(*name.split(".", 1)))["return"] for name in KINDS}
    heard = {name for name, kind in made.items() if {"waiting", "proven", "reported"} & {*dir(kind)}}
    wanted = ("agencies.email", "agencies.http", "channels.supervision", "channels.webhook")
    assert {name: set(Fault) - set(KINDS[name].reads) for name in heard} == {name: set() for name in wanted}
    assert {name for name, kind in KINDS.items() if kind.reads} == heard


def test_whoever_could_be_believed_has_a_test_of_faults_in_any_order() -> None:
    believed = {name for name in KINDS if name.startswith(("sources.", "credit.", "witnesses.", "agencies.", "seeds."))}
    believed -= {"agencies.paper", "seeds.ceremony"}  # people carry and type what comes back by these
    ordered = {name: [test for test in KINDS[name].more if "_in_any_order" in test] for name in believed}
    assert {name for name, tests in ordered.items() if not tests} == set()


def test_what_cannot_happen_has_a_reason_that_says_something() -> None:
    reasons = {cell.why for kind in KINDS.values() for _, cell in kind.cells() if isinstance(cell, Never)}
    assert [why for why in reasons if len(why.split()) < 8] == []
