"""Firms that two lists have by different codes: the same are found whether their rosters are held, put away, or some of each."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import product
from pathlib import Path
from random import Random

from inspector.cli.offline import doubles, rosters, spool
from inspector.cli.offline.rosters import Roster
from inspector.domain.frame import ObjectRow
from inspector.domain.identity import uscc_check_digit

ORGANISATIONS = [f"MA{number:06d}X" for number in range(8)]


def codes(random: Random) -> list[str]:
    """Credit codes of several districts, organisation codes alone, small letters, and ids that are no codes."""
    found = []
    for told in random.sample(ORGANISATIONS, 5):
        begun = f"91{random.choice(['330106', '000000'])}{told}"
        whole = begun + uscc_check_digit(begun)
        found.append(random.choice([whole, whole.lower(), told]))
    return [*found, *(f"TEST{random.randrange(5)}" for _ in range(2))]


def roster(listed: list[str], room: spool.Spool | None) -> Roster[ObjectRow]:
    made = Roster[ObjectRow](file=Path("objects.csv"), layout=rosters.OBJECTS, spool=room)
    for number, name in enumerate(listed, 2):
        made.take(ObjectRow(id=name, stratum="A", status="1", pool="东区", qual="", salt="0" * 32), number)
    return made


def found(lists: list[list[str]], away: tuple[bool, ...], folder: Path) -> list[tuple[int, int, int, int, str]]:
    with ExitStack() as held:
        rooms = [held.enter_context(spool.room(folder / "draw")) if one else None for one in away]
        return list(doubles._across([roster(one, room) for one, room in zip(lists, rooms, strict=True)]))


def test_the_same_are_found_held_and_put_away(tmp_path: Path) -> None:
    random = Random(7)
    several = 0
    for _ in range(3):
        lists = [codes(random) for _ in range(3)]
        held = found(lists, (False,) * 3, tmp_path)
        several += len(held)
        for away in product((False, True), repeat=3):
            assert found(lists, away, tmp_path) == held, (lists, away)
    assert several > 5
