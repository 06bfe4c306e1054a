"""Rosters that are not held in memory (extra `large`): every file, every verdict and every refusal is that of the plain way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.bundle import Bundle, Opinion, judge
from inspector.cli.offline import announce as announcing
from inspector.cli.offline import carry as carrying
from inspector.cli.offline import spool
from inspector.cli.offline.announce import Given
from inspector.cli.progress import unwatched
from inspector.domain.calendar import SHANGHAI
from inspector.domain.commitment import Share
from inspector.domain.errors import InspectorError
from inspector.domain.frame import ObjectRow, content, freeze
from inspector.domain.rowfile import RowFile, picked
from inspector.domain.selection import select, select_by
from inspector.domain.suite import Suite
from inspector.flows import large
from tests.bundles import rules, thing
from tests.integration.test_large_tickets import both
from tests.offline import DICE, NONCE, laptop
from tests.operator import table

pytest.importorskip("duckdb", reason="left out: duckdb (the extra `large`)")
NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
SEED = (f"text={DICE}", f"reveal:justice={NONCE}")
AWKWARD = [
    'a"b',
    '""',
    "'",
    "x\\N",
    "NULL",
    "\\t",
    "#1",
    "a,b",
    "企业 甲",
    "😀",
    "ｱ",
    "￭",
    "z z",
    "-",
    "nan",
    "true",
    "1e5",
    "{x}",
    "\U00010fff",
]
"""What a reader of CSV, a comparison by UTF-16 or a sort by locale would take for something else."""
PLAN = """
draw = "330106-2026-001"
list = "scjg"
team = 2
codes = ["cap", "closed"]
{more}
[[seed]]
kind = "text"
what = "26 six-sided dice"
dice = 26
sides = 6
[[seed]]
kind = "reveal"
party = "justice"
hash = "{promise}"
[strata.A]
ratio = "10%"
min = 1
[strata."B b"]
ratio = "{ratio}"
[strata.none]
ratio = "50%"
[strata.rest]
ratio = "0%"
"""
PLANS = {
    "ceil": PLAN.format(more="reserve = 2", ratio="1/30", promise=Suite().hex(f"ssj1/nonce\n{NONCE}")),
    "systematic": PLAN.format(
        more='round = "systematic"\nbase = "eligible"\nreserve = 0', ratio="33.3333%", promise=Suite().hex(f"ssj1/nonce\n{NONCE}")
    ),
    "sm3": PLAN.format(more='hash = "sm3"\nreserve = 1', ratio="100%", promise=Suite(name="sm3").hex(f"ssj1/nonce\n{NONCE}")),
}


def roster(number: int, most: int) -> list[tuple[str, ...]]:
    """So many objects in no order, of three classes, some of them excluded."""
    chance = random.Random(number)
    rows: list[tuple[str, ...]] = [
        (
            f"N{one}",
            chance.choice(["A", "A", "B b", "rest"]),
            chance.choice(["", "1", "cap", "closed"]),
            chance.choice(["", "东区", "西 区"]),
        )
        for one in chance.sample(range(10**7), most)
    ]
    chance.shuffle(rows)
    return rows


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The office's files; every secret that is made is the same, so that two announcements can be the same."""
    monkeypatch.setattr("secrets.token_hex", lambda size: "5e" * size)
    laptop(tmp_path)
    return tmp_path


def told(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def announced(folder: Path, out: str, **changes: Any) -> announcing.Handed:
    """Announced into `folder/out`; what was read of the files."""
    paths = {name: folder / f"{name}.csv" for name in ("objects", "inspectors", "bans")} | {"plan": folder / "plan.toml"}
    given = Given(**{**paths, "out": folder / out / "draw", "uncovered": True, **changes})
    given.out.parent.mkdir(exist_ok=True)
    with announcing.rooms(given) as room:
        handed = announcing.read(given, NOW, step, room)
        if not handed.faults:
            announcing.announce(given, handed, NOW, step)
    return handed


@contextmanager
def step(_name: str) -> Iterator[Callable[[int, int], None]]:
    """A step that nobody watches."""
    yield unwatched("")


def drawn(folder: Path, *, large: bool) -> Opinion:
    """Carried out and verified."""
    carrying.carry(folder, SEED, lambda _: None, unwatched, datetime.now(SHANGHAI), large=large)
    return judge(Bundle.of_folder(folder, large=large), None)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("most", [pytest.param(3, marks=pytest.mark.slow), 700, pytest.param(5000, marks=pytest.mark.slow)])
def test_a_roster_that_is_not_held_gives_the_same_files_and_the_same_verdict(files: Path, plan: str, most: int) -> None:
    (files / "plan.toml").write_text(PLANS[plan], encoding="utf-8")
    rows = roster(most, most)
    heads = ("编号", "类别", "状态", "片区")
    (files / "objects.csv").write_text(table(heads, *rows), encoding="utf-8")
    (files / "bans.csv").write_text(table(("编号", "工号"), (rows[0][0], "Z0"), ("nobody", "Z1")), encoding="utf-8")
    plain, unheld = announced(files, "plain"), announced(files, "large", large=True)
    assert (plain.faults, unheld.faults) == (0, 0)
    (held,), (spooled,) = plain.lists, unheld.lists
    assert spooled.bans and held.bans and spooled.bans.told.warnings == held.bans.told.warnings  # noqa: PT018
    assert "ban_of_nobody" in [one.code for one in spooled.bans.told.warnings]
    assert (len(held.objects.rows), spooled.objects.rows) == (most, [])
    assert told(files / "large") == told(files / "plain")
    opinions = [drawn(files / way / "draw", large=way == "large") for way in ("plain", "large")]
    assert told(files / "large") == told(files / "plain")
    assert opinions[0].verdict.holds
    assert opinions[0] == opinions[1]


OWN = f"""
draw = "330106-2026-001"
{PLANS["ceil"][PLANS["ceil"].index("[[seed]]") : PLANS["ceil"].index("[strata.A]")]}
[[lists]]
name = "scjg"
objects = "objects.csv"
inspectors = "inspectors.csv"
bans = "bans.csv"
codes = ["cap", "closed"]
reserve = 2
strata.A.ratio = "10%"
strata."B b".ratio = "1/30"
strata.rest.ratio = "0%"
[[lists]]
name = "yjj"
objects = "fire.csv"
inspectors = "inspectors.csv"
codes = ["cap", "closed"]
team = 3
strata.A.ratio = "30%"
strata."B b".ratio = "20%"
strata.rest.ratio = "1%"
"""


@pytest.mark.slow
def test_lists_with_rules_of_their_own_are_put_away_each_by_itself_and_give_the_same_files(files: Path) -> None:
    (files / "plan.toml").write_text(OWN, encoding="utf-8")
    heads, rows = ("编号", "类别", "状态", "片区"), roster(7, 900)
    for name, some in (("objects", rows[:600]), ("fire", rows[300:])):
        (files / f"{name}.csv").write_text(table(heads, *some), encoding="utf-8")
    (files / "bans.csv").write_text(table(("编号", "工号"), (rows[0][0], "Z0"), (rows[-1][0], "Z1")), encoding="utf-8")
    named: dict[str, Any] = dict.fromkeys(("objects", "inspectors", "bans"))
    plain, unheld = announced(files, "plain", **named), announced(files, "large", large=True, **named)
    assert (plain.faults, unheld.faults) == (0, 0)
    assert [len(one.objects.rows) for one in plain.lists] == [600, 600]
    assert [(one.objects.rows, one.objects.spool is not None) for one in unheld.lists] == [([], True), ([], True)]
    warned = [[one.code for one in held.bans.told.warnings] if held.bans else None for held in unheld.lists]
    assert warned == [["ban_of_nobody"], None], "who stands in the other list alone is nobody in this one"
    assert told(files / "large") == told(files / "plain")
    opinions = [drawn(files / way / "draw", large=way == "large") for way in ("plain", "large")]
    assert told(files / "large") == told(files / "plain")
    assert opinions[0].verdict.holds
    assert opinions[0] == opinions[1]


def test_awkward_ids_classes_and_areas_are_sorted_counted_and_drawn_alike(tmp_path: Path) -> None:
    rows = [
        thing(f"{one}{n}", stratum=code, pool=one, qual=one.replace(",", "")) for one in AWKWARD for n, code in enumerate(AWKWARD)
    ]
    rows = [replace(row, pool=row.pool.replace(",", "")) for row in rows] + [thing("x" * 70_000, stratum="-")]
    random.Random(1).shuffle(rows)
    frame = freeze(rows, [], [])
    with spool.room(tmp_path / "out") as room:
        for number, row in enumerate(rows, 2):
            room.put(row, number)
        assert list(room.twice(unwatched(""))) == []
        assert room.known({"'0", "nobody", 'a"b1'}) == {"'0", 'a"b1'}
        made = room.freeze(Suite(), unwatched(""))
        assert b"".join(made.content()) == content(frame.objects)
        file = tmp_path / "objects.tsv"
        file.write_bytes(content(frame.objects))
    held = rules({code: Share(ppm=200_000) for code in AWKWARD}, reserve=3)
    assert both(file, held, "0" * 32) == select(held, frame.objects, Suite(), "0" * 32, "0" * 32)


WRONG: Mapping[str, Sequence[tuple[str, ...]]] = {
    "a row in no class": [("X1", "Q", "", "")],
    "an unknown code": [("X1", "A", "gone", "")],
    "an id a spreadsheet has destroyed": [("9.13E+17", "A", "", "")],
    "rows that stand twice": [("X1", "A", "", ""), ("X2", "A", "", ""), ("X1", "B b", "", ""), ("X1", "A", "", "")],
    "an id in small letters": [("X1", "A", "", ""), ("x1", "A", "", ""), ("X2", "A", "", "")],
    "several codes of one organisation": [
        *((code, "A", "", "") for code in ("MA27W0001", "X1", "91330106MA27W0001X", "MA27W000-1", "91330106MA27W0002X")),
        ("91330106MA27W00019", "B b", "", ""),
    ],
    "a hundred and more that stand twice": [(f"X{n % 60}", "A", "", "") for n in range(300)],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_every_fault_is_told_as_the_plain_way_tells_it_and_nothing_is_left_behind(files: Path, wrong: str) -> None:
    (files / "plan.toml").write_text(PLANS["ceil"], encoding="utf-8")
    rows = [*roster(1, 50)[:20], *WRONG[wrong], *roster(1, 50)[20:]]
    (files / "objects.csv").write_text(table(("编号", "类别", "状态", "片区"), *rows), encoding="utf-8")
    plain, unheld = announced(files, "plain", bans=None), announced(files, "large", large=True, bans=None)
    (held,), (spooled,) = plain.lists, unheld.lists
    assert spooled.objects.told.flaws == held.objects.told.flaws != []
    assert (unheld.faults, spooled.objects.untold) == (plain.faults, held.objects.untold)
    assert told(files / "large") == told(files / "plain") == {}
    assert list((files / "large").iterdir()) == []


def raised(call: Callable[[], object]) -> tuple[str, Mapping[str, object]]:
    with pytest.raises(InspectorError) as refused:
        call()
    return refused.value.code, refused.value.facts


SPOILT: Mapping[str, Callable[[list[bytes]], list[bytes]]] = {
    "a row out of order": lambda rows: [rows[1], rows[0], *rows[2:]],
    "a row twice": lambda rows: [rows[0], *rows],
    "a row dropped": lambda rows: rows[1:],
    "another class": lambda rows: [rows[0].replace(b"\tA\t", b"\trest\t").replace(b"\tB b\t", b"\tA\t"), *rows[1:]],
    "a column too many": lambda rows: [rows[0] + b"\tx", *rows[1:]],
    "no UTF-8": lambda rows: [b"\xff" + rows[0], *rows[1:]],
    "a field with a quote and a blank at its end": lambda rows: [*rows[:-1], rows[-1].replace(b"\tA\t", b"\tA \t")],
    "cut short": lambda rows: [*rows[:-1], rows[-1][:-5]],
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_an_altered_register_is_refused_and_named_as_the_plain_way_does(files: Path, spoilt: str) -> None:
    (files / "plan.toml").write_text(PLANS["ceil"], encoding="utf-8")
    (files / "objects.csv").write_text(table(("编号", "类别", "状态", "片区"), *roster(2, 200)), encoding="utf-8")
    announced(files, "one", bans=None)
    folder = files / "one/draw"
    register = folder / "scjg.objects.tsv"
    kept = register.read_bytes()
    drawn(folder, large=False)
    altered = b"\n".join(SPOILT[spoilt](kept.split(b"\n")[:-1])) + (b"" if spoilt == "cut short" else b"\n")
    register.write_bytes(altered)
    opinions = [judge(Bundle.of_folder(folder, large=way), None) for way in (False, True)]
    assert not opinions[0].verdict.holds
    assert opinions[0].verdict == opinions[1].verdict
    (folder / "result.json").unlink()
    for way in (False, True):
        with pytest.raises(carrying.DiffersError):
            carrying.carry(folder, SEED, lambda _: None, unwatched, datetime.now(SHANGHAI), large=way)


def test_a_register_that_is_exchanged_while_it_is_read_stops_the_draw(tmp_path: Path) -> None:
    file = tmp_path / "objects.tsv"
    file.write_bytes(content([thing("a"), thing("b")]))
    held = RowFile(spool.Standing(file).pieces, Suite())
    file.write_bytes(content([thing("a"), thing("c")]))
    assert raised(lambda: list(picked(held, ["a"]))) == ("REGISTER_CHANGED", {"list": "", "file": "objects.tsv"})


def test_who_computes_tickets_must_see_the_rows_that_were_read(tmp_path: Path) -> None:
    file, other = tmp_path / "objects.tsv", tmp_path / "other.tsv"
    file.write_bytes(content([thing("a"), thing("b")]))
    other.write_bytes(content([thing("a"), thing("b", status="cap")]))
    held = RowFile(spool.Standing(file).pieces, Suite())
    with spool.tickets({"x": spool.Standing(other)}, Suite()) as beside:
        assert raised(lambda: select_by(rules(), held, beside["x"], Suite(), "0" * 32, "0" * 32))[0] == "REGISTER_CHANGED"


def test_the_rows_of_a_file_are_a_sequence_like_every_other(tmp_path: Path) -> None:
    rows = [thing(f"o{row:05d}") for row in range(3000)]
    file = tmp_path / "objects.tsv"
    file.write_bytes(content(rows))
    held: Sequence[ObjectRow] = RowFile(spool.Standing(file).pieces, Suite())
    assert (len(held), held[0], held[-1], list(held[5:7]), list(held)) == (3000, rows[0], rows[-1], rows[5:7], rows)
    assert raised_index(lambda: held[3000])


def raised_index(call: Callable[[], object]) -> bool:
    with pytest.raises(IndexError):
        call()
    return True


def test_without_the_extra_large_is_refused_with_what_to_install_and_large_registers_are_drawn_all_the_same(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "plan.toml").write_text(PLANS["ceil"], encoding="utf-8")
    (files / "objects.csv").write_text(table(("编号", "类别", "状态", "片区"), *roster(2, 200)), encoding="utf-8")
    announced(files, "plain", bans=None)
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    monkeypatch.setattr(large, "there", lambda: False)
    assert raised(lambda: announced(files, "large", large=True, bans=None)) == ("large_needs_extra", {})
    assert raised(lambda: drawn(files / "plain/draw", large=True)) == ("large_needs_extra", {})
    monkeypatch.setattr("inspector.cli.bundle.LEAST", 1)
    bundle = Bundle.files_of(files / "plain/draw", large=False)
    assert list(bundle[1]) == ["scjg.objects.tsv"]
    assert drawn(files / "plain/draw", large=False).verdict.holds


def test_what_duckdb_cannot_do_is_told_in_words_and_never_ends_in_another_result(tmp_path: Path) -> None:
    file = tmp_path / "objects.tsv"
    file.write_bytes(content([thing("x" * 3_000_000)]))
    with pytest.raises(InspectorError, match="large_failed"), spool.tickets({"x": spool.Standing(file)}, Suite()) as beside:
        beside["x"].below("0" * 32, {"A": "1"})
