"""`python -m tests.mutants map TEST… --into FILE`, then `python -m tests.mutants play --map FILE… [--sample 300] [--seed 1]`.

`map` runs everyday tests and writes down which of them come to which line of `inspector/domain` and `inspector/daemon` (maps of parts of
the tests may be made beside each other). `play` draws mutants of all that mutmut makes of these rooms, plants each in memory, in a process
of its own, and runs the tests that come to its lines, until one fails: killed. It says each as it ends, then every survivor as it reads,
and the share that was killed with the interval in which that of all lies with 95 % (Wilson). Exit code 1: fewer are killed than the aim.
It needs the environment of `requirements-bench.lock`.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from tests.without import ROOT, run

AIM = 0.85
PATIENCE = 300
"""Seconds for the tests of one mutant; whoever makes them last longer is seen."""
KILLED, SURVIVED, LATE, UNREACHED = "killed", "survived", "killed by time", "no test comes there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What became of a mutant, of which it is told where it stands and how it reads."""

    module: str
    number: int
    line: int
    told: str
    end: str
    seconds: float


def main(argv: Sequence[str]) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ways = parser.add_subparsers(dest="way", required=True)
    mapped = ways.add_parser("map", help="which everyday tests come to which line")
    mapped.add_argument("tests", nargs="+", metavar="TEST", help="files or folders")
    mapped.add_argument("--into", type=Path, required=True)
    asked = ways.add_parser("play", help="draw mutants, and see which of them the tests see")
    asked.add_argument("--map", type=Path, required=True, nargs="+", dest="maps", metavar="FILE", help="what `map` wrote")
    asked.add_argument("--sample", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--beside", type=int, default=2, help="mutants that are played at once")
    within = ways.add_parser("within", help="run tests against the module that comes in: what `play` starts for each mutant")
    within.add_argument("module")
    within.add_argument("tests", nargs="+")
    said = parser.parse_args(argv)
    if said.way == "map":
        from tests.mutants.covering import record

        return record(said.tests, said.into)
    if said.way == "within":
        return run(said.tests, said.module, ast.parse(sys.stdin.read()), "--exitfirst")
    return _play(said.maps, said.sample, said.seed, said.beside)


def _play(maps: Iterable[Path], size: int, seed: int, beside: int) -> int:
    from tests.mutants.covering import Lines
    from tests.mutants.sample import counts, drawn, modules, mutant

    lines, of = Lines.read(maps), {}
    for module, count in counts(modules()):
        of[module] = count
        if len(of) % 50 == 0:
            print(f"{sum(of.values())} mutants of {len(of)} modules so far", file=sys.stderr, flush=True)
    sample = drawn(of, size, seed)
    print(f"{len(sample)} of {sum(of.values())} mutants, seed {seed}", flush=True)

    def play(one: tuple[str, int]) -> Played:
        made, began = mutant(*one), time.monotonic()
        end = judged(made.module, made.text, lines.tests(made.module, made.lines))
        took = time.monotonic() - began
        return Played(module=made.module, number=made.number, line=made.lines.start, told=made.told, end=end, seconds=took)

    results = []
    with ThreadPoolExecutor(beside) as pool:
        for number, one in enumerate(pool.map(play, sample), 1):
            results.append(one)
            print(
                f"[{number:3}/{len(sample)}] {one.end:15} {one.module}:{one.line} #{one.number} {one.seconds:.1f} s", flush=True
            )
    print(summary(results))
    return 0 if share(results)[0] >= AIM else 1


def judged(module: str, text: str, tests: Sequence[str]) -> str:
    """What becomes of a mutant when the tests are run against it."""
    if not tests:
        return UNREACHED
    asked = [sys.executable, "-m", "tests.mutants", "within", module, *tests]
    try:
        done = subprocess.run(asked, cwd=ROOT, input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return LATE
    return SURVIVED if done.returncode == 0 else KILLED


def share(results: Sequence[Played]) -> tuple[float, float, float]:
    """How many of those drawn were killed, and between which shares that of all lies with 95 % (Wilson's interval)."""
    n, z = len(results), 1.96
    p = sum(one.end in (KILLED, LATE) for one in results) / n
    middle, width = (p + z * z / (2 * n)) / (1 + z * z / n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, middle - width, middle + width


def summary(results: Sequence[Played]) -> str:
    """The survivors as they read, and the figures."""
    alive = [one for one in results if one.end in (SURVIVED, UNREACHED)]
    told = [f"\n{one.module}:{one.line} #{one.number} {one.end}\n{one.told}" for one in alive]
    p, least, most = share(results)
    return "\n".join(
        [*told, f"\n{len(results) - len(alive)} of {len(results)} killed: {p:.0%} ({least:.0%} to {most:.0%} of all with 95 %)"]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
