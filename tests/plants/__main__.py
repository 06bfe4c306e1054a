"""`python -m tests.plants [NAME…] [--list]`: plants each bug in turn, runs the tests that must not let it pass, and says whether they do.

First the tests themselves, with nothing planted: what fails anyhow catches nothing. Exit code 0: each was caught; 1: some survived;
2: a name that is none, a text that stands there no more, or a test that fails anyhow.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from tests.plants import PLANTS
from tests.plants.plant import Plant
from tests.without import ROOT, otherwise, run

CAUGHT, SURVIVED, AMISS = range(3)
_SOUND = "-"
"""Nothing planted."""
_PATIENCE = 900
"""Seconds for one plant. A test that hangs by it ends earlier, by its own time, and has failed."""


def survives(plant: Plant) -> tuple[tuple[str, ...], str]:
    """The tests that do not fail though the bug is planted, and the end of what was said."""
    try:
        done = subprocess.run(_asked(plant.name), cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return plant.tests, f"no end within {_PATIENCE} s"
    failed = [line.removeprefix("FAILED ") for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    passed = tuple(test for test in plant.tests if not any(one.split("[")[0].split()[0] == test for one in failed))
    return passed, f"{done.stdout[-1500:]}{done.stderr[-500:]}"


def lost(plants: Iterable[Plant]) -> list[str]:
    """What is wrong with plants whose text does not stand in its module once, as it must."""
    told = []
    for one in plants:
        try:
            otherwise(one.module, one.old, one.new)
        except (OSError, ValueError) as error:
            told.append(f"{one.name}: {error}")
    return told


def main(argv: Sequence[str]) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.plants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="plants; none: all")
    parser.add_argument("--list", action="store_true", help="say what they are, and plant nothing")
    parser.add_argument(
        "--within", help=argparse.SUPPRESS
    )  # what this program starts for each: it runs the tests in its own process
    said = parser.parse_args(argv)
    if said.within is not None:
        return _within(said.within, said.names)
    if unknown := [name for name in said.names if name not in PLANTS]:
        for name in unknown:
            print(f"{name}: no such plant; near: {', '.join(get_close_matches(name, PLANTS)) or 'none'}", file=sys.stderr)
        return AMISS
    chosen = [PLANTS[name] for name in said.names] or list(PLANTS.values())
    if said.list:
        for one in chosen:
            print(f"{one.name}: {one.says}\n  {one.module}\n" + "".join(f"  {test}\n" for test in one.tests))
        return CAUGHT
    if told := lost(chosen):
        print("\n".join(told), file=sys.stderr)
        return AMISS
    return _all(chosen)


def _all(chosen: Sequence[Plant]) -> int:
    tests = sorted({test for one in chosen for test in one.tests})
    print(f"{len(tests)} tests with nothing planted", flush=True)
    if subprocess.run(_asked(_SOUND, *(one.name for one in chosen)), cwd=ROOT, check=False).returncode:
        print("They fail anyhow: what is planted would seem to be caught.", file=sys.stderr)
        return AMISS
    survivors = []
    for number, one in enumerate(chosen, 1):
        began = time.monotonic()
        passed, output = survives(one)
        word = "survived" if passed else "caught"
        print(f"[{number:2}/{len(chosen)}] {word:8} {one.name} {time.monotonic() - began:.1f} s", flush=True)
        if passed:
            survivors.append(one.name)
            print("".join(f"    passes all the same: {test}\n" for test in passed) + output, file=sys.stderr, flush=True)
    print(
        f"{len(chosen) - len(survivors)} of {len(chosen)} caught" + (f"; survived: {', '.join(survivors)}" if survivors else "")
    )
    return SURVIVED if survivors else CAUGHT


def _asked(name: str, *others: str) -> list[str]:
    return [sys.executable, "-m", "tests.plants", *others, f"--within={name}"]


def _within(name: str, others: Sequence[str] = ()) -> int:
    if name == _SOUND:
        return run(sorted({test for one in others or PLANTS for test in PLANTS[one].tests}))
    plant = PLANTS[name]
    return run(plant.tests, plant.module, otherwise(plant.module, plant.old, plant.new))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
