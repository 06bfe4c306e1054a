"""The draw of a register too large for memory: DuckDB over a frozen register in Parquet, bit for bit what the domain gives.

The file has the columns of objects.tsv as texts. It is one that was frozen: what `frame.freeze` refuses is not looked for again.
`database` is an open connection of DuckDB (the extra `large`); its `memory_limit` bounds what it holds, and beyond that only the
drawn objects are held. DuckDB knows no SM3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import isqrt
from pathlib import Path
from typing import Any

from inspector.domain.commitment import Rules
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE
from inspector.domain.selection import Stratum, quotas, stratum
from inspector.domain.suite import Suite

_BATCH = 20_000
_EVERY = "g"  # above every hex digit

_COUNTED = """
SELECT stratum, status, count(*), min(id), count(*) - count(id) FROM read_parquet(?) GROUP BY ALL ORDER BY ALL
"""
_DRAWN = """
WITH bars AS (SELECT unnest(?::VARCHAR[]) AS stratum, unnest(?::VARCHAR[]) AS bar),
     tickets AS (SELECT stratum, id, sha256(? || id) AS ticket FROM read_parquet(?) WHERE status = ?)
SELECT stratum, ticket, id FROM tickets JOIN bars USING (stratum) WHERE ticket < bar ORDER BY ticket, id
"""
_LINES = """
SELECT concat_ws(chr(9), id, stratum, coalesce(status, ''), coalesce(pool, ''), coalesce(qual, ''), coalesce(salt, ''))
FROM read_parquet(?) ORDER BY id
"""


def select(
    database: Any, file: Path, rules: Rules, suite: Suite, draw_key: str, round_key: str, *, spare: int = 6
) -> dict[str, Stratum]:
    """As `selection.select`. Raises Invalid as it does, and for the suite sm3.

    Only tickets below a bar are sorted: k of E, and `spare` standard deviations more. Should a stratum fall short, which happens
    once in a thousand million, it is done again without a bar: the bar saves time and decides nothing.
    """
    if suite.name != "sha256":
        raise Invalid("draw_suite_unavailable", suite=suite.name, known="sha256")
    counts = _counts(database, file, rules)
    sizes = quotas(rules, counts, suite, round_key)
    firsts = {code: min(k + rules.reserve, counts[code][1]) for code, (_, k) in sizes.items()}
    order = _order(database, file, draw_key, {code: _bar(size, counts[code][1], spare) for code, size in firsts.items()})
    if short := [code for code, size in firsts.items() if len(order[code]) < size]:
        order |= _order(database, file, draw_key, dict.fromkeys(short, _EVERY))
    return {code: stratum(counts[code], sizes[code], order[code][:size]) for code, size in firsts.items()}


def lines(database: Any, file: Path) -> Iterator[bytes]:
    """The rows of objects.tsv in their order, without line feeds, for `suite.root`."""
    held = database.execute(_LINES, [str(file)])
    while batch := held.fetchmany(_BATCH):
        for (line,) in batch:
            yield line.encode()


def _counts(database: Any, file: Path, rules: Rules) -> dict[str, tuple[int, int]]:
    """(rows, eligible rows) of each declared stratum."""
    counts = dict.fromkeys(rules.strata, (0, 0))
    for code, status, count, first, nameless in database.execute(_COUNTED, [str(file)]).fetchall():
        if nameless:
            raise Invalid("draw_row_invalid", file=file.name, row="", field="id", value="None")
        if code not in counts:
            raise Invalid("draw_stratum_undeclared", row=first, stratum=str(code))
        if rules.codes is not None and status != ELIGIBLE and status not in rules.codes:
            raise Invalid("draw_code_undeclared", row=first, status=str(status))
        n, able = counts[code]
        counts[code] = (n + count, able + count if status == ELIGIBLE else able)
    return counts


def _bar(size: int, able: int, spare: int) -> str:
    """The first 16 hex digits above which hardly any of the `size` smallest of so many tickets can lie."""
    most = size + spare * (isqrt(size) + 1)
    return f"{(most << 64) // able:016x}" if 0 <= most < able else _EVERY


def _order(database: Any, file: Path, draw_key: str, bars: Mapping[str, str]) -> dict[str, list[bytes]]:
    """The tickets below the bar of each stratum, each with its id behind it, in order."""
    order: dict[str, list[bytes]] = defaultdict(list)
    held = database.execute(_DRAWN, [list(bars), list(bars.values()), draw_key, str(file), ELIGIBLE])
    while batch := held.fetchmany(_BATCH):
        for code, ticket, name in batch:
            order[code].append(bytes.fromhex(ticket) + name.encode())
    return order
