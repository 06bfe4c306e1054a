"""A real daemon that dies at a named point: `python -m tests.fault.daemon CONFIG [--lying=SEED] [POINT COUNT]`.

`--lying`: its dispatcher drops and doubles what it is told, by that seed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random

import typer

from inspector.bootstrap import House
from inspector.cli.command import guarded
from inspector.cli.serve import run
from inspector.cli.terminal import Terminal
from inspector.store import room
from tests import apart
from tests.dispatchers import Liar


def main() -> None:
    """Serve until killed, or until the point has been passed `COUNT` times."""
    config, *more = sys.argv[1:]
    lies = [one.partition("=")[2] for one in more if one.startswith("--lying=")]
    fatal = [one for one in more if not one.startswith("--lying=")]
    left = [int(fatal[1]) if fatal else 0]

    def fault(point: str) -> None:
        if fatal and point == fatal[0]:
            left[0] -= 1
            if left[0] <= 0:
                os.write(2, f"died at {point}\n".encode())
                os._exit(137)

    def corrupt(house: House) -> None:
        for seed in lies:
            house.daemon.dispatcher = Liar(house.daemon.dispatcher, house.office.store, Random(seed))

    apart.watch()
    room.STRICT = True  # a turn behind rows is an error that the load cannot come to rest with
    try:
        guarded(
            Terminal(Path(config), None, as_json=False), lambda: run(Path(config), before=corrupt, fault=fault)
        )  # as `serve` does
    except typer.Exit as ended:
        raise SystemExit(ended.exit_code) from None


if __name__ == "__main__":
    main()
