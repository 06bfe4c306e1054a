"""What an office takes along is decided for each table and each column: whoever adds one says what it is."""

from __future__ import annotations

from pathlib import Path

from inspector.labels import LANGS, known
from inspector.store import leaving
from inspector.store.tables import metadata

HIDDEN = ("secret", "digest", "once")
"""Names of columns that may be what a door knows somebody by."""
KNOWN_BY = {"office", "token", "browser_session", "seat_phone", "admission"}
"""Tables of who may come in."""


def test_every_table_and_every_form_of_a_column_has_its_words_in_both_languages() -> None:
    told = leaving.leaving()
    wanted = {f"leaving.table_{name}" for name in told} | {f"leaving.form_{one.form}" for held in told.values() for one in held}
    assert [(key, lang) for key in sorted(wanted) for lang in LANGS if not known(key, lang)] == []


def test_no_column_leaves_by_which_doors_know_somebody() -> None:
    places = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    assert places >= leaving.WITHHELD
    left = {f"{name}.{one.name}" for name, held in leaving.leaving().items() if name in KNOWN_BY for one in held}
    assert sorted(one for one in left if one.partition(".")[2] in HIDDEN) == []


def test_the_tables_by_which_the_ledger_is_proven_are_laid_out_as_they_stand(tmp_path: Path) -> None:
    seen = leaving.chained({name: [] for name in leaving.CHAIN}, (), tmp_path)
    assert (seen.seals, seen.tree.size, seen.problem) == (0, 0, None)
