"""A register in Parquet, drawn by DuckDB, is drawn as the domain draws it (extra `large`)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from inspector.domain import frame, selection
from inspector.domain.commitment import Rules, Share
from inspector.domain.errors import Invalid
from inspector.domain.frame import ObjectRow, freeze
from inspector.domain.suite import Suite, root
from inspector.flows import large
from tests.bundles import rules, thing

duckdb: Any = pytest.importorskip("duckdb", reason="left out: duckdb (the extra `large`)")
COLUMNS = ("id", "stratum", "status", "pool", "qual", "salt")


@pytest.fixture(scope="module")
def database() -> Iterator[Any]:
    with duckdb.connect(config={"memory_limit": "200MB", "threads": 2}) as connection:
        yield connection


def parquet(database: Any, rows: Sequence[Sequence[str | None]], file: Path) -> Path:
    """A Parquet file of these rows in the order they come in."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * len(COLUMNS)
    unnested = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in COLUMNS)
    database.execute("CREATE OR REPLACE TEMP TABLE rows AS SELECT " + unnested, columns)
    database.execute(f"COPY rows TO '{file}' (FORMAT parquet)")
    return file


def register(number: int, most: int) -> list[ObjectRow]:
    """So many objects of three strata and any signs, in no order."""
    chance = random.Random(number)
    names = {f"{chance.choice(['9133', '企业', '😀', 'ｱ', '￭', 'z'])}{chance.randrange(10**9)}" for _ in range(most)}
    strata, codes, pools = ["A", "B", "B", "丙"], ["1", "1", "cap"], ["", "P"]
    rows = [
        thing(name, stratum=chance.choice(strata), status=chance.choice(codes), pool=chance.choice(pools))
        for name in sorted(names)
    ]
    chance.shuffle(rows)
    return rows


def drawing(number: int) -> Rules:
    """Rules with few and many drawn, none, all, and more than there are."""
    chance = random.Random(number)
    ratios, least = [0, 1, 50_000, 1_000_000], [0, 1, 9000]
    return rules(
        {code: Share(ppm=chance.choice(ratios), least=chance.choice(least)) for code in ["A", "B", "丙", "none"]},
        reserve=chance.choice([0, 5]),
        rounding=chance.choice(["ceil", "systematic"]),
        base=chance.choice(["all", "eligible"]),
    )


@pytest.mark.parametrize("spare", [6, 0, -1])
@pytest.mark.parametrize("number", range(8))
def test_the_large_way_draws_bit_for_bit_what_the_domain_draws_even_where_its_bar_was_too_low(
    database: Any, tmp_path: Path, number: int, spare: int
) -> None:
    rows, held, key = register(number, [0, 3, 60, 3000][number % 4]), drawing(number), f"{number:032x}"
    file = parquet(database, [row.fields() for row in rows], tmp_path / "objects.parquet")
    assert large.select(database, file, held, Suite(), key, key, spare=spare) == selection.select(held, rows, Suite(), key, key)


def test_most_tickets_are_above_the_bar_and_none_of_the_drawn_is(database: Any, tmp_path: Path) -> None:
    rows = [thing(f"o{row}") for row in range(20_000)]
    file = parquet(database, [row.fields() for row in rows], tmp_path / "objects.parquet")
    below = large._order(database, file, "0" * 32, {"A": large._bar(400, 20_000, 6)})["A"]
    assert 400 < len(below) < 700
    assert below == sorted(below)


def test_the_lines_of_a_register_lead_to_the_root_of_its_frame(database: Any, tmp_path: Path) -> None:
    rows = register(3, 4000)
    file = parquet(database, [[text or None for text in row.fields()] for row in rows], tmp_path / "objects.parquet")
    assert root(Suite(), large.lines(database, file)) == root(Suite(), frame.lines(freeze(rows, [], []).objects))


@pytest.mark.parametrize(
    ("row", "changes", "code"),
    [
        (["a", "Z", "1", "P", "", "0"], {}, "draw_stratum_undeclared"),
        (["a", None, "1", "P", "", "0"], {}, "draw_stratum_undeclared"),
        (["a", "A", "gone", "P", "", "0"], {"codes": frozenset({"cap"})}, "draw_code_undeclared"),
        ([None, "A", "1", "P", "", "0"], {}, "draw_row_invalid"),
    ],
)
def test_what_the_domain_refuses_is_refused(
    database: Any, tmp_path: Path, row: list[str | None], changes: dict[str, Any], code: str
) -> None:
    file = parquet(database, [row, ["b", "A", "1", "P", "", "0"]], tmp_path / "objects.parquet")
    with pytest.raises(Invalid, match=code):
        large.select(database, file, rules(**changes), Suite(), "0" * 32, "0" * 32)


def test_sm3_is_refused_by_name(database: Any, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"draw_suite_unavailable\(suite='sm3', known='sha256'\)"):
        large.select(database, tmp_path / "x", rules(), Suite(name="sm3"), "0" * 32, "0" * 32)
