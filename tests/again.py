"""Tries again, alone, what failed beside other tests: `python -m tests.again`, after a run of pytest that left its cache.

Many tests wait for sockets, processes and browsers of a machine that does other things meanwhile. What passes alone is named UNSTABLE,
aloud, as a defect to be mended; one that fails again fails the run, and so do more than LIMIT at once, for then it is no chance.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LIMIT = 3
"""Tests that may have failed beside others only, in one run of some ten thousand."""


def failed(cache: Path) -> list[str]:
    """The names of the tests that failed last.

    Raises:
        OSError: pytest left no word of it.
        ValueError: what it left is no JSON.
    """
    return sorted(json.loads((cache / "v" / "cache" / "lastfailed").read_text(encoding="utf-8")))


def main(root: Path) -> int:
    """0 where each passed alone, 1 where one did not or they are too many."""
    names = failed(root / ".pytest_cache")
    if not 0 < len(names) <= LIMIT:
        print(f"\n{len(names)} failed 项未通过: {LIMIT} at most are tried again alone 至多重试 {LIMIT} 项", file=sys.stderr)
        return 1
    ran = subprocess.run([sys.executable, "-m", "pytest", "-m", "", *names], cwd=root, check=False)
    if ran.returncode:
        return 1
    print("\n== UNSTABLE 不稳定: failed beside others and passed alone; to be mended 并行时失败、单独运行时通过，应予修正")
    print("\n".join(names))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
