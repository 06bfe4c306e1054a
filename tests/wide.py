"""A pack with a table as wide as one likes, and faults planted in it: it builds on the plan's pack and states its own levels."""

from __future__ import annotations

from collections.abc import Iterator

PROFILES = ("low", "normal", "high")
_MORE = {"low": "", "normal": ', "ASSISTANCE", "ON_SITE"', "high": ', "ASSISTANCE"'}
"""The ways beside the query that some notice announces."""
HEAD = """
id = "wide"
version = "1"
title = "wide"
effective_from = 2026-01-01
extends = "maoji@2026.1"
cites_only = ["S0"]
without = ["floor", "clause"]

[sources]
X = "a document"
"""


def wide(levels: int, *, gap: str = "", overlap: str = "") -> str:
    """Three strategies for each level; the row called `gap` is left out, the one called `overlap` stands there twice."""
    return HEAD + "".join(_tables(levels, gap, overlap))


def _tables(levels: int, gap: str, overlap: str) -> Iterator[str]:
    codes = [f"L{number}" for number in range(levels)]
    for code in codes:
        yield f'[[level]]\ncode = "{code}"\nname = "{code}"\nbasis = "X:1"\n' + ("unrated = true\n" if code == "L0" else "")
        yield f'[[sampling]]\nid = "pool-{code}"\nstratum = "pool-{code}"\nlevel = "{code}"\nratio = "1%"\nminimum = 0\nbasis = "X:1"\n'
        yield f'[[frequency]]\nid = "often-{code}"\nlevel = "{code}"\nbasis = "X:1"\n'
    for stratum in ("full", "must"):
        yield f'[[sampling]]\nid = "{stratum}"\nstratum = "{stratum}"\nratio = "1/1"\nminimum = 0\nbasis = "X:1"\n'
    for profile in PROFILES:
        for code in codes:
            name = f"{profile}-{code}"
            for row in [name, f"{name}-again"] if name == overlap else [] if name == gap else [name]:
                yield (
                    f'[[strategy]]\nid = "{row}"\nprofile = "{profile}"\nlevels = ["{code}"]\n'
                    f'methods = ["ONLINE_QUERY"{_MORE[profile]}]\nbefore_decision = false\nvisit_all = false\n'
                    f'stratum = "pool-{code}"\nbasis = "X:1"\n'
                )
