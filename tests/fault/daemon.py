"""A real daemon that dies at a named point: `python -m tests.fault.daemon CONFIG [--lying] [POINT COUNT]`.

`--lying`: its dispatcher drops and doubles what it is told.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from inspector.bootstrap import House
from inspector.cli.serve import run
from inspector.store import room
from tests import apart
from tests.dispatchers import Liar


def main() -> None:
    """Serve until killed, or until the point has been passed `COUNT` times."""
    config, *more = sys.argv[1:]
    lying, fatal = more[:1] == ["--lying"], [one for one in more if one != "--lying"]
    left = [int(fatal[1]) if fatal else 0]

    def fault(point: str) -> None:
        if fatal and point == fatal[0]:
            left[0] -= 1
            if left[0] <= 0:
                os.write(2, f"died at {point}\n".encode())
                os._exit(137)

    def corrupt(house: House) -> None:
        if lying:
            house.daemon.dispatcher = Liar(house.daemon.dispatcher, house.office.store)

    apart.watch()
    room.STRICT = True  # a turn behind rows is an error that the load cannot come to rest with
    run(Path(config), before=corrupt, fault=fault)


if __name__ == "__main__":
    main()
