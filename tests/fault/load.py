"""A load on a real daemon: cases over HTTP by senders who do not give up, and what became of them.

`tests.fault.measure` prints the figures; the fault tests use the parts.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inspector import bootstrap, settings
from inspector.domain.case import CaseState
from inspector.domain.consequence import UNDECIDED
from inspector.flows import relief
from inspector.flows.office import Connectors
from inspector.store.consequencetables import consequence
from inspector.store.drawtables import draw
from inspector.store.tables import case_file, seat, visit, work
from inspector.store.work import Work
from tests.fault import judge
from tests.fault.chance import chance, use
from tests.fault.inside import Inside
from tests.fault.office import ROOT, Site, pace
from tests.fault.senders import post

HEAPS = {"MALLOC_ARENA_MAX": "2", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
"""What `./run` and the container tell the C library of its heaps."""
POINTS = ("claimed", "called", "settling", "settled")
DATES = ("verify.due", "review.remind", "review.due", "assist.remind", "assist.due", "assist.end")
"""Work that waits for a legal date days ahead."""
CLOCKS = (
    *("review.remind", "review.due"),
    *("consequence.remind", "consequence.due", "rectify.remind", "notice.due", "guidance.due"),
    *("credit.lapse", "credit.repairable", "publication.remind", "publication.due"),
)
"""What alone is left when a whole load has come to rest: the clocks of what lies with people, and those of months."""
HURRY = 8
"""So many times faster days go once no case is under way: what is left waits for weeks, and few people have to do with it."""
LOOKS = 3
"""But a day is never shorter than so many of its daily looks take by themselves: else each begins before the last one has ended."""
BEHIND = 3
"""Daily looks that may wait."""
PATIENCE = 30.0
"""Seconds: a house that is further behind for so long does not catch up."""
DAILY = frozenset({"roster.look", "coverage.look", "publication.look", "equality.look", "returns.make", "forget", "ledger.lodge"})
"""What each day brings by itself, whatever the load."""
NOBODY = {"under_way": 0, "begun": 0, "left": 0}  # what a world says of its people that has none
WEEKS = 90
"""Days that the longest of what is left may wait."""
TAIL = 1.5
"""The least seconds of an office day once the last kill is over: what waits for days comes to its end."""

LOOK = Work(
    id=0,
    key="roster.look:load",
    kind="roster.look",
    lane="",
    case_id=None,
    payload={},
    due_at=datetime(2025, 3, 3, tzinfo=UTC),
    expires_at=None,
    attempts=1,
    fence=1,
)


class OverworkedError(Exception):
    """The house is days behind its own clock, or never done with a day's own work: its days are too short for this machine."""


def start(held: Site, *fatal: str) -> subprocess.Popen[bytes]:
    """Start the daemon, perhaps a mortal one, and wait until it is ready (or dead)."""
    with Path(held.told or os.devnull).open("ab") as out:
        daemon = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.fault.daemon",
                str(held.config),
                *([f"--lying={use(None)}"] if held.lying else []),
                *fatal,
            ],
            cwd=ROOT,
            env={**HEAPS, **os.environ},
            start_new_session=True,
            stdout=out,
            stderr=out if held.told else None,
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and daemon.poll() is None:
        try:
            if get(held.port, "/health/ready")[0] == 200:
                return daemon
        except (OSError, http.client.HTTPException):  # not there yet, or gone in the middle of its answer
            pass
        time.sleep(0.05)
    return daemon


def kill(daemon: subprocess.Popen[bytes]) -> None:
    """End it as kill -9 does, the whole session."""
    if daemon.poll() is None:
        os.killpg(daemon.pid, signal.SIGKILL)
    daemon.wait()


@contextmanager
def started(*sites: Site) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Daemons, which are gone afterwards whatever happened."""
    made = [start(one) for one in sites]
    try:
        yield made
    finally:
        for daemon in made:
            kill(daemon)


def cpu(pid: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """The memory that a process has of its own, in MiB, in RAM or swapped out.

    Pages of files are not in it: the kernel takes those from whoever sleeps and gives them back as it likes, so that by them a daemon
    shrinks and grows by some 10 MiB with what else the machine does.
    """
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return sum(int(told[name].split()[0]) for name in ("RssAnon", "VmSwap")) / 1024


def get(port: int, path: str) -> tuple[int, Any]:
    """One GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        text = reply.read()
        return reply.status, json.loads(text) if text[:1] == b"{" else text
    finally:
        connection.close()


def wait(held: Site, seconds: float, *, everything: bool = True, behind: float = math.inf) -> dict[str, int]:
    """Wait until no case is under way, or until `everything` is at rest: no order open but far dates, nobody about to speak.

    A whole load is at rest when every case that may be drawn has been in a frame, and every draw, visit, proposal and case has come to
    its end, or lies with an officer who lets it lie: none does once everything is taken up. A visit that is short lies with one (the
    judge asks for the matter); who has said yes to it waits, and is not about to speak. Raises OverworkedError where more daily looks
    wait than `behind` for so long that they are not caught up with, or nothing but the days' own work has been open for as long.
    """
    kept_up, deadline = time.monotonic(), time.monotonic() + seconds
    looked, daily = kept_up, 0.0
    counts: dict[str, int] = {}
    still: dict[str, int] = {}
    with closing(held.store()) as store:
        while time.monotonic() < deadline:
            said = _people(held) if everything else NOBODY
            with store.read() as tx:
                states = sa.select(case_file.c.state, sa.func.count()).group_by(case_file.c.state)
                counts = {row[0]: row[1] for row in tx.connection.execute(states)}
                still = _still(tx.connection, mixed=held.mixed) if everything else {}
                waiting = _waiting(tx.connection)
            still |= {
                "spoken": max(0, said["under_way"] - waiting),
                "unread": counts.get("REVIEW", 0) - said["left"] if everything and held.mixed else 0,
            }
            still |= {state: counts.get(state, 0) for state in (("RATING", "VERIFYING"))}
            if not any(still.values()) and (not everything or _people(held)["begun"] == said["begun"]):
                return counts  # and nobody has heard of anything, and may yet answer it, while the orders were looked at
            before, looked = looked, time.monotonic()
            kept_up = looked if still.get(LOOK.kind, 0) <= behind else kept_up
            daily += 0 if any(count for kind, count in still.items() if kind not in DAILY) else looked - before
            if looked > kept_up + PATIENCE or (daily > PATIENCE and behind < math.inf):
                raise OverworkedError(f"the days' own work is never done: {still}")
            time.sleep(0.25)
    raise AssertionError(f"not done after {seconds} s: {counts}, {still}")


def _people(held: Site) -> dict[str, int]:
    """How many outside are about to speak, and ever were (`begun`), and how many cases their officer lets lie."""
    said = get(held.world_port, "/_seen")[1] if held.mixed else NOBODY
    return {name: said[name] for name in NOBODY}


def _spoken(held: Site) -> bool:
    """Whether somebody outside is still about to speak: it may be taken, and its answer lost with the daemon that was to give it."""
    under_way = _people(held)["under_way"]
    with closing(held.store()) as store, store.read() as tx:
        return under_way > _waiting(tx.connection)


def _still(connection: sa.Connection, *, mixed: bool) -> dict[str, int]:
    """What is open: orders by kind; of a whole load draws, visits, undecided proposals and cases that wait for a frame, too."""
    far = CLOCKS if mixed else DATES
    orders = sa.select(work.c.kind, sa.func.count()).where(work.c.state.in_(("ready", "waiting")), work.c.kind.not_in(far))
    still = {row[0]: row[1] for row in connection.execute(orders.group_by(work.c.kind))}
    if mixed:
        drawing = sa.select(sa.func.count()).where(draw.c.state.not_in(("DRAWN", "VOID")))
        visiting = sa.select(sa.func.count()).where(visit.c.state == "ASSIGNED")
        undecided = sa.select(sa.func.count()).where(consequence.c.state.in_([one.value for one in UNDECIDED]))
        unframed = sa.select(sa.func.count()).where(
            case_file.c.stratum.is_not(None), case_file.c.drawn.is_(None), case_file.c.state != "WITHDRAWN"
        )
        asking = {"draws": drawing, "visits": visiting, "consequences": undecided, "unframed": unframed}
        still |= {name: connection.execute(asked).scalar_one() for name, asked in asking.items()}
    return still


def _waiting(connection: sa.Connection) -> int:
    """Inspectors who have said yes to a visit that is short: none of them can do more."""
    yes = sa.select(sa.func.count()).join(visit, visit.c.id == seat.c.visit)
    return int(connection.execute(yes.where(visit.c.state.in_(("SHORT", "OWED")), seat.c.state == "ACCEPTED")).scalar_one())


def leased(held: Site, pid: int) -> Counter[str]:
    """Leases by kind that the daemon of this process holds at this moment: not lapsed, and not an earlier victim's."""
    with closing(held.store()) as store, store.read() as tx:
        mine = work.c.owner == f"{socket.gethostname()}-{pid}"
        asked = sa.select(work.c.kind, sa.func.count()).where(
            work.c.state == "ready", work.c.lease_until > tx.machine_now(), mine
        )
        return Counter({row[0]: row[1] for row in tx.connection.execute(asked.group_by(work.c.kind))})


def leases(held: Site, pid: int, least: int, seconds: float = 60.0) -> int:
    """Wait until a daemon holds so many leases; how many it holds."""
    deadline = time.monotonic() + seconds
    while (count := leased(held, pid).total()) < least and time.monotonic() < deadline:
        time.sleep(0.01)
    return count


def drawing(held: Site) -> Counter[str]:
    """The draws that are open at this moment, by state."""
    with closing(held.store()) as store, store.read() as tx:
        asked = sa.select(draw.c.state, sa.func.count()).where(draw.c.state.not_in(("DRAWN", "VOID")))
        return Counter({row[0]: row[1] for row in tx.connection.execute(asked.group_by(draw.c.state))})


def problems(held: Site) -> list[str]:
    """Everything that must not be, in words. Where nobody acts, a case may lie with its officer."""
    there = outside(held)  # before a transaction is open (`tests.apart`)
    with closing(held.store()) as store, store.read() as tx:
        return judge.problems(Inside(tx), there, lying=frozenset() if held.mixed else {CaseState.REVIEW})


def stands(held: Site) -> Counter[str]:
    """What a load has come to, by sorts."""
    with closing(held.store()) as store, store.read() as tx:
        return judge.sorts(Inside(tx))


def outside(held: Site) -> judge.Outside:
    """What the outside world and the senders say they have."""
    return judge.Outside.ask(
        lambda path: get(held.world_port, path)[1],
        accepted=held.accepted,
        claimed=held.claimed,
        withdrawn=frozenset(held.withdrawn),
        wished=frozenset(held.wished),
        wrong=tuple(held.wrong),
    )


def murder(held: Site, kills: int, numbers: list[int], *, least: int = 16) -> list[str]:
    """Send under a daemon that is killed again and again, over the whole sending; tell what each kill hit.

    Half the kills come at random moments, half at named points.
    """
    dice = chance("kills")
    sender = threading.Thread(target=post, args=(held, numbers))
    sender.start()
    story: list[str] = []
    while len(story) < kills:
        told = (
            _kill_at_a_point(held, dice, len(story), least)
            if len(story) % 2
            else _kill_at_random(
                held, dice, least, lambda: len(held.accepted) * kills >= len(story) * len(numbers) or not sender.is_alive()
            )
        )
        if told:
            story.append(told)
        elif not sender.is_alive():
            break
    rest(held, len(numbers), sender)
    return story


def rest(held: Site, cases: int, sender: threading.Thread) -> None:
    """What so many cases come to when nobody kills a daemon any more: first every case is decided, then all else comes to rest.

    Its people take everything up, and its days are as long as this machine needs. Raises AssertionError where something does not rest.
    """
    take_up(held)
    own = pace(cases, least=TAIL)
    _rest(held, own, 180 + cases / 5, sender, everything=False)
    hurried = max(TAIL, own / HURRY, LOOKS * look(held))
    _rest(held, hurried, 180 + WEEKS * hurried, sender, everything=True)


def take_up(held: Site) -> None:
    """From now on the officer decides every case that lies with him: an accepted case ends in an outcome, or is withdrawn."""
    connection = http.client.HTTPConnection("127.0.0.1", held.world_port, timeout=60)
    try:
        connection.request("POST", "/_leaves", json.dumps({"share": 0}))
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def look(held: Site) -> float:
    """Seconds that a daily look takes at this size, by itself; what it writes is undone."""
    with closing(held.store()) as store:
        office = bootstrap.office(settings.load(held.config), store, connectors=Connectors())
        began = time.monotonic()
        settlement = relief.daily(LOOK, office)
        with contextlib.suppress(InterruptedError), store.begin() as tx:
            settlement.write(tx, office.now())
            raise InterruptedError
    return time.monotonic() - began


def _rest(held: Site, day: float, seconds: float, sender: threading.Thread, *, everything: bool, again: int = 2) -> None:
    """A daemon that nobody kills, whose days take so many seconds, until what is to come to rest has done so.

    A machine on which the days' own work takes longer gets longer days, and when `everything` is to rest, draws are rarer, as days are
    shorter: else there is no rest, however long one waits. What somebody said between the last look at the load and the stop has left
    orders, or was taken without an answer; the next daemon carries them out and answers: `again` so often.
    """
    held.configure(day, every=24 if everything else 4)
    daemon = start(held)
    sender.join()
    try:
        wait(held, seconds, everything=everything, behind=BEHIND)
        overworked = False
    except OverworkedError:
        overworked = True
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=120)
    if overworked:
        _rest(held, 2 * day, 2 * seconds, sender, everything=everything)
    elif everything and again and (_spoken(held) or any("orders are still open" in one for one in problems(held))):
        _rest(held, day, seconds, sender, everything=True, again=again - 1)


def _kill_at_random(held: Site, dice: random.Random, least: int, due: Callable[[], bool]) -> str:
    """Kill while enough leases are held, some moment after it is `due`; what was hit, or nothing when too few were held."""
    daemon = start(held)
    deadline = time.monotonic() + 60
    while not due() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(dice.uniform(0.3, 1.5))
    deadline = time.monotonic() + 15
    while leased(held, daemon.pid).total() < least and time.monotonic() < deadline and daemon.poll() is None:
        time.sleep(0.01)
    kill(daemon)
    return _hit(held, daemon.pid, "random", least)


def _kill_at_a_point(held: Site, dice: random.Random, number: int, least: int) -> str:
    """Let it die at the next named point."""
    point = POINTS[number // 2 % 4]
    daemon = start(held, point, str(dice.randint(2, 6) if point != "called" else dice.randint(60, 300)))
    try:
        daemon.wait(timeout=30)
    except subprocess.TimeoutExpired:
        point = "random"
    kill(daemon)
    return _hit(held, daemon.pid, point, least)


def _hit(held: Site, pid: int, point: str, least: int) -> str:
    """What a dead daemon held."""
    leases = leased(held, pid)
    kinds = ", ".join(f"{kind} {count}" for kind, count in leases.most_common())
    open_draws = ", ".join(f"{count} {state}" for state, count in sorted(drawing(held).items())) or "none"
    return f"{point}: {leases.total()} leases held ({kinds}); open draws: {open_draws}" if leases.total() >= least else ""
