"""The other side of one channel in a process of its own, so that it does not share the interpreter of the house that pushes to it.

`python -m tests.bench.standin KIND` prints where it is reached, and then, for each line it is given, how many messages have come.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inspector.testing.peer import peer
from tests.carriers import Carrier
from tests.integration import test_carriers, test_messengers, test_webpush
from tests.mailroom import mailroom


@contextmanager
def apart(kind: str) -> Iterator[tuple[str, Callable[[], int]]]:
    """Where it is reached (a URL, of e-mail a port), and how many messages have come; for the length of a block."""
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.standin", kind], stdin=-1, stdout=-1, text=True)
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None

    def came() -> int:
        stdin.write("\n")
        stdin.flush()
        return int(stdout.readline())

    try:
        yield stdout.readline().strip(), came
    finally:
        stdin.close()
        process.wait()
        stdout.close()


@contextmanager
def _played(kind: str) -> Iterator[tuple[str, Callable[[], int]]]:
    if kind == "email":
        with mailroom(together=True) as room:
            yield str(room.port), lambda: len(room.taken)
    elif kind == "webpush":
        service = test_webpush.Service(test_webpush.sender())
        with peer(beside={f"/send/zhang.san{number}": service.push for number in range(1, 5001)}) as party:
            service.url = party.url
            yield party.url, lambda: len(service.shown)
    elif kind in test_messengers.MADE:
        there = test_messengers.MADE[kind][1]()
        with peer(test_messengers.NOWHERE, beside=there.paths()) as party:  # type: ignore[attr-defined]
            yield party.url, lambda: len(there.shown)
    else:
        _, _, reads, codes, _ = test_carriers.KINDS[kind]
        carrier = Carrier(reads=reads, codes=codes)
        with peer(beside={"/send": carrier.step}) as party:
            yield party.url, lambda: len(carrier.sent)


def main() -> None:
    """Play it until nobody asks any more."""
    with _played(sys.argv[1]) as (where, came):
        print(where, flush=True)
        for _ in sys.stdin:
            print(came(), flush=True)


if __name__ == "__main__":
    main()
