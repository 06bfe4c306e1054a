"""A real daemon that dies at a named point: `python -m tests.fault.daemon CONFIG [POINT COUNT]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from inspector.cli.serve import run


def main() -> None:
    """Serve until killed, or until the point has been passed `COUNT` times."""
    config, *fatal = sys.argv[1:]
    left = [int(fatal[1]) if fatal else 0]

    def fault(point: str) -> None:
        if fatal and point == fatal[0]:
            left[0] -= 1
            if left[0] <= 0:
                os.write(2, f"died at {point}\n".encode())
                os._exit(137)

    run(Path(config), fault=fault)


if __name__ == "__main__":
    main()
