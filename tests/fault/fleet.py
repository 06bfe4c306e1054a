"""Three daemons on one PostgreSQL under load, of which for minutes now one and now another is killed, paused or cut off from the database.

`python -m tests.fault.fleet --minutes 10 [--seed 1] [--rate 1.5] [--replicas 3]`

Cases come in at every daemon at a steady rate, and people act on them. Which daemon is harmed next, when, for how long and in which order
is the seed's: it is killed (`kill -9`) and started again, paused (SIGSTOP) for longer than its lease, or cut off (each word of the server
ends its connection, so that it does not know whether it has committed). Then nobody is harmed any more, all comes to rest, and the judge
of loads says what must not be: a case without exactly one outcome, anything doubled, an order lost. A daemon that ends by itself, or does
not leave in order, is a fault, too. It ends with 1 where anything is.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests import postgres
from tests.bench.pacing import Paced
from tests.fault.chance import use
from tests.fault.load import kill, leases, problems, rest, stands, start, take_up, wait
from tests.fault.office import Site, pace, replicas, site
from tests.fault.senders import post
from tests.relay import Relay, relay

HARMS = ("kill", "pause", "cut")
LEASE = 4.0
"""Seconds, as the load's offices have it (`office.CONFIG`)."""
AWAY = (LEASE + 1, LEASE + 5)
"""Seconds for which one is paused or cut off: its leases are over, and the others have its work."""
BETWEEN = (0.5, 4.0)
"""Seconds in which nobody is harmed."""
LEAST = 3
"""Leases that one should hold when it is harmed; a daemon with less to do is not waited for longer than `PATIENCE`."""
PATIENCE = 5.0
TOGETHER = 4
"""Cases that a sender hands in behind each other, so that some are corrected or withdrawn while others come."""


@dataclass
class Replica:
    """One of the daemons: its office, its own wire to the database, and the process that runs now."""

    site: Site
    wire: Relay
    daemon: subprocess.Popen[bytes]

    def harm(self, how: str, away: float) -> None:
        """Do it, and bring it back."""
        match how:
            case "kill":
                kill(self.daemon)
                self.daemon = start(self.site)
            case "pause":
                os.kill(self.daemon.pid, signal.SIGSTOP)
                time.sleep(away)
                os.kill(self.daemon.pid, signal.SIGCONT)
            case _:
                self.wire.mode = "reset"
                time.sleep(away)
                self.wire.mode = "pass"


def bags(chance: random.Random) -> Iterator[str]:
    """Harms without end: each once, in an order of chance, and all again."""
    while True:
        yield from chance.sample(HARMS, len(HARMS))


def siege(fleet: list[Replica], seconds: float, seed: int, say: Callable[[str], None]) -> tuple[list[str], list[str]]:
    """Harm one after the other for so long, and until each harm has been done: what was done, and which daemons ended by themselves."""
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    done, found = list[str](), list[str]()
    for how in bags(chance):
        if time.monotonic() > end and {*HARMS} <= {*done}:
            return done, found
        place, away = chance.randrange(len(fleet)), chance.uniform(*AWAY)
        time.sleep(chance.uniform(*BETWEEN))
        found += [f"replica {number} ended by itself: {one.daemon.returncode}" for number, one in ended(fleet)]
        for _, one in ended(fleet):
            one.daemon = start(one.site)
        one = fleet[place]
        held = leases(one.site, one.daemon.pid, LEAST, PATIENCE)
        say(f"{how} replica {place + 1} with {held} leases" + ("" if how == "kill" else f", for {away:.1f} s"))
        one.harm(how, away)
        done.append(how)
    raise AssertionError("bags have no end")


def ended(fleet: list[Replica]) -> list[tuple[int, Replica]]:
    """Those that do not run, by number."""
    return [(number, one) for number, one in enumerate(fleet, 1) if one.daemon.poll() is not None]


def feed(held: Site, numbers: list[int], rate: float) -> threading.Thread:
    """Cases come in at one daemon at so many a second, while it is there; what it missed comes at once when it is back."""

    def send() -> None:
        for first, _ in Paced(-(-len(numbers) // TOGETHER), rate / TOGETHER):
            post(held, numbers[first * TOGETHER : (first + 1) * TOGETHER], threads=2)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    return sender


def besieged(
    first: Site, *, minutes: float, seed: int, rate: float, count: int = 3, say: Callable[[str], None] = print
) -> tuple[list[str], list[str]]:
    """A whole siege of an office until all has come to rest: which harms were done, and everything that must not be."""
    cases = max(count, round(minutes * 60 * rate))
    day = pace(cases)
    with ExitStack() as stack:
        wires = [stack.enter_context(relay(postgres.address(first.url))) for _ in range(count)]
        sites = replicas(first, day, [postgres.through(first.url, wire) for wire in wires])
        fleet = [Replica(site=one, wire=wire, daemon=start(one)) for one, wire in zip(sites, wires, strict=True)]
        for one in fleet:
            stack.callback(lambda held: kill(held.daemon), one)
        senders = [feed(one, list(range(cases))[place::count], rate / count) for place, one in enumerate(sites)]
        done, found = siege(fleet, minutes * 60, seed, say)
        for sender in senders:
            sender.join()
        say(f"{len(done)} harms, {len(first.accepted)} cases accepted; all comes to rest")
        if first.mixed:
            take_up(first)
        wait(first, 300 + cases, everything=not first.mixed)
        for one in fleet:
            one.daemon.send_signal(signal.SIGTERM)
        left = [one.daemon.wait(timeout=120) for one in fleet]
        found += [f"replica {number} did not leave in order: {code}" for number, code in enumerate(left, 1) if code]
    if first.mixed:  # what waits for weeks one daemon brings to rest, in days that the machine keeps up with
        rest(first, cases, senders[0])
    if len(first.accepted) != cases:
        found.append(f"{len(first.accepted)} of {cases} cases were accepted")
    return done, found + problems(first)


def main() -> None:
    """Besiege an office from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="of harm; the rest comes on top")
    parser.add_argument("--seed", type=int, default=None, help="of the harms; by chance, and said")
    parser.add_argument("--rate", type=float, default=1.5, help="cases a second, at all daemons together")
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--plain", action="store_true", help="online questions alone, on which nobody acts")
    given = parser.parse_args()
    seed = use(given.seed)
    print(f"seed {seed}; load {os.getloadavg()[0]:.1f}", flush=True)
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    cases = round(given.minutes * 60 * given.rate)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.server() as server,
        site(server.create(), Path(folder), mixed=not given.plain, day=pace(cases)) as first,
    ):
        done, found = besieged(first, minutes=given.minutes, seed=seed, rate=given.rate, count=given.replicas, say=say)
        print("came to:", ", ".join(f"{count} {sort}" for sort, count in sorted(stands(first).items())))
    harms = ", ".join(f"{how} {done.count(how)} times" for how in HARMS)
    print(f"took {time.monotonic() - began:.0f} s; {harms}; load {os.getloadavg()[0]:.1f}; problems: {found or 'none'}")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
