"""Other Pythons of this machine on which the product is to run: what is drawn may not hang on the one that the tests run on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

LEAST = 11
"""The lowest 3.x of `requires-python`."""
_ASK = "import sys; print(sys.version_info[1])"


@cache
def others() -> tuple[str, ...]:
    """One interpreter for each other version: those on the path, and those that lie beside ours."""
    named = [shutil.which(f"python3.{minor}") for minor in range(LEAST, 30)]
    beside = sorted(Path(sys.base_prefix).parent.glob("*/bin/python3"))
    found = {sys.version_info[1]: ""}
    for one in [*filter(None, named), *map(str, beside)]:
        asked = subprocess.run([one, "-I", "-c", _ASK], capture_output=True, text=True, check=False)
        minor = asked.stdout.strip()
        if (
            asked.returncode == 0 and minor.isdigit() and int(minor) >= LEAST
        ):  # what is on the path may be a name with nothing behind it
            found.setdefault(int(minor), one)
    return tuple(filter(None, found.values()))
