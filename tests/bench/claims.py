"""What the project says of its own speed, size and steadiness (`claims.toml`): by which command, beside what, and what came of it last.

`python -m tests.generate_docs` makes the table of docs/reference/measurements.md of it, `python -m tests.bench` runs it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.markdown import table

UNMEASURED = "not yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that is said. `against`: a peer in the same run, or the limit. `commit`: in parentheses what brought the figure here."""

    says: str
    against: str = ""
    ratio: str = ""
    day: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One measurement. In `command` FOLDER is one that it may keep, PYTHON an interpreter with zen-engine; `minutes` on two cores."""

    name: str
    command: str
    minutes: float
    needs: str = ""
    claims: tuple[Claim, ...] = ()


def benches() -> tuple[Bench, ...]:
    """All of them, in the order in which the page tells them."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(Bench(claims=tuple(Claim(**claim) for claim in one.pop("claim")), **one) for one in told["bench"])


def page() -> str:
    """The table of every claim."""
    heads = ("what is said", "by", "beside: a peer, or the limit", "ratio", "of", "commit")
    return table(heads, [_row(bench, claim) for bench in benches() for claim in bench.claims])


def _row(bench: Bench, claim: Claim) -> tuple[str, ...]:
    return (claim.says, f"`{bench.command}`", claim.against, claim.ratio, claim.day, claim.commit)
