"""From the call to the receipt: 500 distinct recipients at once through each channel, to its stand-in on this machine over real sockets.

`python -m tests.bench.pushes --recipients 500 --threads 32`
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from connectors.channels import email
from inspector.ports import Channel, Message
from tests.bench.machine import machine, told
from tests.integration import test_carriers, test_messengers
from tests.integration.test_mail_pushes import PLAIN, PUSH
from tests.mailroom import mailroom


def main() -> None:
    """Print a line for each channel."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--recipients", type=int, default=500)
    asked.add_argument("--threads", type=int, default=32)
    given = asked.parse_args()
    print(told(machine()))
    for name in (*test_messengers.MADE, *test_carriers.KINDS, "email"):
        with TemporaryDirectory() as folder, _reached(name, Path(folder)) as (made, message, arrived):
            took = _push(made, message, given.recipients, given.threads)
            cuts = quantiles(took, n=100)
            said = f"p50 {cuts[49] * 1000:6.1f} ms  p99 {cuts[98] * 1000:6.1f} ms  longest {max(took) * 1000:6.1f} ms"
            print(f"{name:<16} {said}  arrived {arrived()} of {given.recipients}")


def _push(made: Channel, message: Message, recipients: int, threads: int) -> list[float]:
    def one(number: int) -> float:
        to = message.to[:-4] + f"{number:04}" if message.to.isdigit() else message.to.replace("zhang.san", f"zhang.san{number}")
        began = time.monotonic()
        made.push(replace(message, to=to), key=f"k-{number}")
        return time.monotonic() - began

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(recipients)))


@contextmanager
def _reached(name: str, folder: Path) -> Iterator[tuple[Channel, Message, Callable[[], int]]]:
    if name == "email":
        with mailroom() as room:
            made = email.connect("mail", {**PLAIN, "port": room.port, "budget_seconds": 20, "read_seconds": 15})
            yield made, PUSH, lambda: len({one.rcpt_tos[0] for one in room.taken})
    elif name in test_messengers.MADE:
        with test_messengers.reached(name, folder) as (messenger, there):
            yield messenger, test_messengers.PUSH, lambda: len(there.shown)
    else:
        with test_carriers.reached(name, folder) as (made, carrier):
            yield made, test_carriers.PUSH, lambda: len({one["to"] for one in carrier.sent})


if __name__ == "__main__":
    main()
