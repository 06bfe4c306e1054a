"""The list of planted bugs: each has its place in the program and its tests, and (slow) these tests do not let it pass."""

from __future__ import annotations

import pytest

from tests.plants import PLANTS
from tests.plants.__main__ import AMISS, CAUGHT, lost, main, survives
from tests.plants.plant import Plant
from tests.unit.test_scenarios import named_in
from tests.without import otherwise

LEAST = 25
"""So many there are at least, and some of each part."""
PARTS = ("inspector/daemon/", "inspector/domain/", "inspector/flows/")


def test_there_are_bugs_of_every_part() -> None:
    assert len(PLANTS) >= LEAST
    assert [part for part in PARTS if sum(one.module.startswith(part) for one in PLANTS.values()) < 5] == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_bug_has_one_place_to_be_planted_and_tests_that_are_there(plant: Plant) -> None:
    assert plant.new != plant.old
    otherwise(plant.module, plant.old, plant.new)
    assert plant.tests
    assert [test for test in plant.tests if test.partition("::")[2] not in named_in(test.partition("::")[0])] == []


def test_a_bug_whose_text_is_gone_or_stands_there_twice_is_said_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    known = next(iter(PLANTS.values()))
    gone = Plant(name="gone", says="", module=known.module, old="no such line", new="", tests=known.tests)
    twice = Plant(name="twice", says="", module=known.module, old="return", new="", tests=known.tests)
    nowhere = Plant(name="nowhere", says="", module="inspector/no_such.py", old="", new="", tests=known.tests)
    assert [one.split(":")[0] for one in lost([gone, known, twice, nowhere])] == ["gone", "twice", "nowhere"]
    assert main(["unfence"]) == AMISS
    assert "near: unfenced" in capsys.readouterr().err


def test_the_list_says_what_each_is_and_plants_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == CAUGHT
    told = capsys.readouterr().out
    assert [one.name for one in PLANTS.values() if f"{one.name}: {one.says}" not in told] == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_bug_does_not_pass(plant: Plant) -> None:
    passed, output = survives(plant)
    assert passed == (), f"{plant.says}: {output}"
