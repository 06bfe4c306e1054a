"""Everything that the project says of its own speed, size and steadiness, had again by one command.

`python -m tests.bench [--into FOLDER [NAME…]] [--zen PYTHON]`

Without a folder it lists the measurements and how long each takes on two cores (an estimate where no run told). With one it runs those
named, or all, one after the other: what each says goes to FOLDER/NAME/said.txt, and how it ended, how long it took, at which load and
commit is a line of FOLDER/took.jsonl. It ends with 1 where one did not end well. A machine that does other work beside tells little.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.claims import Bench, benches

ROOT = Path(__file__).resolve().parent.parent.parent


def listed(benches: Sequence[Bench]) -> str:
    """Each measurement: its name, how long it takes, its command, and what it needs beside."""
    lines = [
        f"{one.name:16} {one.minutes:4.0f} min  {one.command}" + (f"  (needs {one.needs})" if one.needs else "")
        for one in benches
    ]
    whole = sum(one.minutes for one in benches) / 60
    return "\n".join([*lines, f"all of them: {whole:.1f} hours"])


def parts(command: str, folder: Path, zen: str) -> tuple[dict[str, str], list[str]]:
    """A command as it is run: what it has in its environment, and its words."""
    said = [{"FOLDER": str(folder), "PYTHON": zen, "python": sys.executable}.get(word, word) for word in shlex.split(command)]
    first = next(place for place, word in enumerate(said) if "=" not in word)
    return dict(word.split("=", 1) for word in said[:first]), said[first:]


def run(bench: Bench, into: Path, zen: str) -> int:
    """Run one; what it ended with. What it says and how it went is kept, whatever that is."""
    folder = into / bench.name
    folder.mkdir(parents=True, exist_ok=True)
    environment, words = parts(bench.command, folder, zen)
    load, began, at = os.getloadavg()[0], time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    with (folder / "said.txt").open("wb") as out:
        done = subprocess.run(
            words, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False
        )
    took = {
        "name": bench.name,
        "ended": done.returncode,
        "seconds": round(time.monotonic() - began, 1),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "at": at,
        "commit": commit(),
    }
    with (into / "took.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(took) + "\n")
    print(f"{bench.name}: {took['seconds']} s, ended with {done.returncode}; {folder / 'said.txt'}", flush=True)
    return done.returncode


def commit() -> str:
    """What is measured, with a plus where files differ from it; empty outside a clone."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return told.stdout.strip()


def main(argv: Sequence[str] | None = None) -> int:
    """List them, or run them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="measurements; none: all")
    parser.add_argument(
        "--into", type=Path, metavar="FOLDER", help="run them, and keep what they say here; without it they are listed"
    )
    parser.add_argument(
        "--zen", default="", metavar="PYTHON", help="an interpreter that has zen-engine; without it ours alone is measured"
    )
    given = parser.parse_args(argv)
    known = benches()
    if unknown := {*given.names} - {one.name for one in known}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; `python -m tests.bench` lists what is there")
    chosen = [one for one in known if not given.names or one.name in given.names]
    if given.into is None:
        print(listed(chosen))
        return 0
    into = given.into.resolve()
    return max([int(run(one, into, given.zen) != 0) for one in chosen])


if __name__ == "__main__":
    sys.exit(main())
