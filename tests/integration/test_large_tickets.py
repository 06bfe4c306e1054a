"""Tickets that DuckDB computes beside the rows (extra `large`): what is drawn is, bit for bit, what the domain draws."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.offline import spool
from inspector.domain import selection
from inspector.domain.commitment import Rules, Share
from inspector.domain.frame import content
from inspector.domain.rowfile import RowFile
from inspector.domain.selection import Stratum, select, select_by
from inspector.domain.suite import Suite
from inspector.flows import large
from tests.bundles import rules, thing

pytest.importorskip("duckdb", reason="left out: duckdb (the extra `large`)")


def both(file: Path, held: Rules, key: str, **changes: Any) -> Mapping[str, Stratum]:
    """Drawn by DuckDB from a file."""
    with spool.tickets({"x": file}, Suite()) as beside:
        objects = RowFile(spool.Standing(file).pieces, Suite())
        return select_by(held, objects, beside["x"], Suite(), key, key, **changes)


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


@pytest.mark.parametrize("number", range(8))
def test_duckdb_draws_bit_for_bit_what_the_domain_draws_even_where_its_bar_was_too_low(tmp_path: Path, number: int) -> None:
    chance, held, key = random.Random(number), drawing(number), f"{number:032x}"
    names = {
        f"{chance.choice(['9133', '企业', '😀', 'ｱ', '￭', 'z'])}{chance.randrange(10**9)}"
        for _ in range([0, 3, 60, 3000][number % 4])
    }
    rows = [thing(name, stratum=chance.choice("AB丙"), status=chance.choice(["1", "1", "cap"])) for name in sorted(names)]
    file = tmp_path / "objects.tsv"
    file.write_bytes(content(rows))
    expected = select(held, rows, Suite(), key, key)
    unheld = RowFile(spool.Standing(file).pieces, Suite())
    assert select(held, unheld, Suite(), key, key) == expected
    assert [both(file, held, key, spare=spare) for spare in (6, 0, -1)] == [expected] * 3


def test_most_tickets_are_above_the_bar_and_none_of_the_drawn_is(tmp_path: Path) -> None:
    file = tmp_path / "objects.tsv"
    file.write_bytes(content([thing(f"o{row:05d}") for row in range(20_000)]))
    with spool.tickets({"x": file}, Suite()) as beside:
        seen, told = beside["x"].below("0" * 32, {"A": selection.bar(400, 20_000, selection.SPARE)})
        below = [one for _, one in told]
    assert seen == {("A", "1"): 20_000}
    assert 400 < len(below) < 700
    assert below == sorted(below)


def test_a_register_is_gone_through_once_for_the_selection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, passes, rows = tmp_path / "objects.tsv", list[str](), large.rows
    file.write_bytes(content([thing(f"o{row:05d}") for row in range(2000)]))

    def told(*more: str) -> str:
        passes.append("one")
        return rows(*more)

    monkeypatch.setattr(large, "rows", told)
    assert len(both(file, rules({"A": Share(ppm=50_000)}), "0" * 32)["A"].selected) == 100
    assert passes == ["one"]
