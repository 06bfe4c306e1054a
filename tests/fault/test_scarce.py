"""A real daemon that lacks something for a while: connections, descriptors, room, the right to write, or time.

Each time it says so, nothing is lost and nothing doubled, every invariant reads 0, nothing is stopped, and once there is enough again the
daemon, which stayed all the while, is as it was: as large, with as many files open, and as quick.
"""

from __future__ import annotations

import http.client
import json
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.bench.pacing import Paced
from tests.engine import until
from tests.fault.load import get, leases, problems, resident, started, wait
from tests.fault.office import Site, site
from tests.fault.senders import case, post, sending
from tests.fault.soak import CONNECTIONS, POOL, files, slowest
from tests.needs import postgres_binaries
from tests.postgres import OPTIONS, Server, cluster

WARM, DURING = 60, 40
"""Cases before, so that the daemon is warm, and cases that come in while something lacks."""
LACKS = 3.0
"""Seconds for which it lacks."""
GROWN = 1.1
"""So many times as large a daemon may be afterwards: heaps are given back by pages."""
RATE, BURST, SECONDS = 3.0, 10, 20.0
"""Cases a second on a quiet day, so many times as many in a burst, and how long it lasts; a quiet day is looked at for half as long."""

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True, kw_only=True)
class Like:
    """What a daemon is like at rest: descriptors by what they lead to, and the memory that is its own."""

    files: dict[str, int]
    mebibytes: float

    @classmethod
    def of(cls, pid: int) -> Like:
        """Look."""
        return cls(files=files(pid), mebibytes=resident(pid))

    def left(self, now: Like) -> list[str]:
        """What of a shortage has stayed. Connections come when so many ask at once, and stay, as many as the pools may have."""
        names = {name for name in now.files if not name.endswith(CONNECTIONS)}
        more = {name: now.files[name] - self.files.get(name, 0) for name in names}
        most = max([count for name, count in now.files.items() if name.endswith(CONNECTIONS)], default=0)
        found = [f"{count} more of {name}" for name, count in more.items() if count > (2 * POOL if name == "socket" else 0)]
        found += [f"{most} connections to the file"] * (most > POOL)
        return found + [f"{now.mebibytes - self.mebibytes:.1f} MiB more"] * (now.mebibytes > self.mebibytes * GROWN)


@contextmanager
def lived_through(held: Site, daemon: subprocess.Popen[bytes], lack: Callable[[], None]) -> Iterator[Visitor]:
    """A load before, during and behind a lack, in which the block looks; then all is at rest, once, and the daemon as it was."""
    post(held, list(range(WARM)))
    wait(held, 180)
    before = Like.of(daemon.pid)
    sender = sending(held, range(WARM, WARM + DURING))
    visitor = Visitor(held=held)
    try:
        lack()
        yield visitor
    finally:
        sender.join()
    post(held, visitor.numbers)
    ended(held, daemon, WARM + DURING + len(visitor.numbers), before)


def ended(held: Site, daemon: subprocess.Popen[bytes], cases: int, before: Like) -> None:
    """The daemon that was there all the while is as it was, leaves in order, and the judge has nothing to say."""
    until(lambda: get(held.port, "/health/ready")[0] == 200, seconds=60)
    wait(held, 300)
    by = time.monotonic() + 60
    while (left := before.left(Like.of(daemon.pid))) and time.monotonic() < by:
        time.sleep(1)
    assert left == [], f"of {before} there has stayed"
    daemon.terminate()
    assert daemon.wait(timeout=120) == 0
    assert lasting(problems(held)) == []
    assert len(held.accepted) == cases


def lasting(found: list[str]) -> list[str]:
    """What the judge says, but for cases that lie with an officer: here nobody decides."""
    return [one for one in found if not one.partition(",")[0].endswith(("have not ended", "was not told exactly once"))]


@dataclass(kw_only=True)
class Visitor:
    """Somebody who comes with a case again and again, each time another one, and in the end once more with each that was refused."""

    held: Site
    numbers: list[int] = field(default_factory=list)

    def refused(self) -> bool:
        """Whether a case is refused for now, with the seconds after which to come again, and the daemon says that it is not ready."""
        self.numbers.append(900_000 + len(self.numbers))
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.held.port, timeout=60)) as wire:
                told = {"Authorization": f"Bearer {self.held.token}", "Content-Type": "application/json"}
                wire.request("POST", "/v1/cases", json.dumps(case(self.numbers[-1])), told)
                reply = wire.getresponse()
                said = json.loads(reply.read())
        except (OSError, http.client.HTTPException):
            return False
        if reply.status == 201:
            return False
        assert (reply.status, said["error"]["code"]) == (503, "database_unavailable"), said
        assert int(reply.headers["Retry-After"]) > 0
        return get(self.held.port, "/health/ready")[0] == 503


def limit(daemon: subprocess.Popen[bytes], what: int, soft: int) -> None:
    """From now on it may have no more than that."""
    resource.prlimit(daemon.pid, what, (soft, resource.prlimit(daemon.pid, what)[1]))


def log(held: Site) -> str:
    """All that its daemons have said."""
    assert held.told is not None
    return held.told.read_text(encoding="utf-8")


@pytest.mark.postgres
@pytest.mark.needs("postgres")
def test_a_server_whose_connections_others_have_is_an_outage_and_no_fault(tmp_path: Path) -> None:
    binaries = postgres_binaries()
    assert binaries is not None
    if "://" in binaries:
        pytest.skip("somebody else's server has its own number of connections")
    few = OPTIONS.replace("max_connections=200", "max_connections=40")
    with ExitStack() as stack:
        server = stack.enter_context(cluster(Path(binaries), few))
        url = Server(admin=server.admin).create()
        held = stack.enter_context(site(url, tmp_path, told=tmp_path / "log"))
        (daemon,) = stack.enter_context(started(held))
        others = stack.enter_context(ExitStack())

        def crowd() -> None:
            """Whoever else uses the server takes all that it has, and it ends the daemon's."""
            plain = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inspector'"
            first = others.enter_context(psycopg.connect(plain, autocommit=True))
            by = time.monotonic() + LACKS
            while time.monotonic() < by:
                first.execute(end)
                with suppress(psycopg.OperationalError):
                    while True:
                        others.enter_context(psycopg.connect(plain))

        with lived_through(held, daemon, crowd) as visitor:
            until(visitor.refused, seconds=60)
            time.sleep(LACKS)
            others.close()
        assert not [one for one in log(held).splitlines() if '"request.failed"' in one or '"work.failed"' in one]


def test_a_daemon_without_a_descriptor_left_asks_again_when_it_has_some(database_url: str, tmp_path: Path) -> None:
    with site(database_url, tmp_path, told=tmp_path / "log") as held, started(held) as (daemon,):
        whole = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)[0]

        def lack() -> None:
            """What is open stays open, and not one file, connection or socket more."""
            until(lambda: len(held.accepted) > WARM)
            limit(daemon, resource.RLIMIT_NOFILE, 3)
            time.sleep(LACKS)

        with lived_through(held, daemon, lack):
            limit(daemon, resource.RLIMIT_NOFILE, whole)
        assert '"error": "unreachable"' in log(held), "sources were asked, and no wire was to be had"
        assert not [one for one in log(held).splitlines() if '"request.failed"' in one or "Exception in ASGI" in one]


@pytest.mark.parametrize("how", ["full", "unwritable"])
def test_a_disk_that_takes_nothing_more_loses_nothing(how: str, tmp_path: Path) -> None:
    """RLIMIT_FSIZE: the kernel refuses each write past it, beyond what the file has, or at all; nobody need be root for that."""
    url = f"sqlite:///{tmp_path / 'inspector.sqlite3'}"
    with site(url, tmp_path) as held, started(held) as (daemon,):

        def lack() -> None:
            time.sleep(0.3)
            wal = (tmp_path / "inspector.sqlite3-wal").stat().st_size
            limit(daemon, resource.RLIMIT_FSIZE, wal if how == "full" else 0)

        with lived_through(held, daemon, lack) as visitor:
            until(visitor.refused, seconds=60)
            time.sleep(LACKS)
            limit(daemon, resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A small file system of its own."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.needs("mount")
def test_a_file_system_that_others_fill_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    with (
        disk(tmp_path / "disk") as place,
        site(f"sqlite:///{place / 'inspector.sqlite3'}", tmp_path) as held,
        started(held) as (daemon,),
    ):

        def lack() -> None:
            until(lambda: len(held.accepted) > WARM)
            with (place / "others").open("wb", buffering=0) as others, suppress(OSError):
                while others.write(bytes(4096)):
                    pass

        with lived_through(held, daemon, lack) as visitor:
            until(visitor.refused, seconds=60)
            time.sleep(LACKS)
            (place / "others").unlink()


@pytest.mark.needs("mount")
def test_on_a_read_only_file_system_a_daemon_does_not_begin_and_afterwards_goes_on_where_the_last_one_died(
    tmp_path: Path,
) -> None:
    (tmp_path / "disk").mkdir()
    with (
        disk(tmp_path / "disk") as place,
        site(f"sqlite:///{place / 'inspector.sqlite3'}", tmp_path, told=tmp_path / "log") as held,
    ):
        with started(held) as (first,):
            sender = sending(held, range(DURING))
            assert leases(held, first.pid, 3) >= 3, "it died while it held work"
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        said = len(log(held))
        with started(held) as (second,):
            assert second.wait(timeout=60) == 2, "what is to be mended here"
        refusal = log(held)[said:]
        assert "read-only" in refusal
        assert "Traceback" not in refusal
        subprocess.run(["mount", "-o", "remount,rw", place], check=True)
        with started(held) as (third,):
            before = Like.of(third.pid)
            sender.join()
            ended(held, third, DURING, before)


def test_ten_times_as_many_cases_are_taken_in_and_afterwards_all_is_as_it_was(database_url: str, tmp_path: Path) -> None:
    with site(database_url, tmp_path) as held, started(held) as (daemon,):
        days = Days(held)
        days.pass_at(RATE * BURST, SECONDS / 4)  # so that pools and heaps are as they are in an office that has seen some
        before = days.pass_at(RATE, SECONDS / 2)
        like = Like.of(daemon.pid)
        days.pass_at(RATE * BURST, SECONDS)
        after = days.pass_at(RATE, SECONDS / 2)
        ended(held, daemon, days.posted, like)
    assert after < max(2 * before, before + 250), f"{before:.0f} ms before the burst, {after:.0f} ms after"


@dataclass
class Days:
    """Cases that come in at a pace, one number after the other."""

    held: Site
    posted: int = 0

    def pass_at(self, rate: float, seconds: float) -> float:
        """So long at so many a second, and until all are at rest; the 99th of their answers, in ms."""
        with closing(self.held.store()) as store, store.read() as tx:
            floor = tx.connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM work").scalar_one()
        together = 10 if rate > RATE else 1
        for _ in Paced(round(rate * seconds / together), rate / together):
            post(self.held, list(range(self.posted, self.posted + together)), threads=together)
            self.posted += together
        wait(self.held, 300)
        return slowest(self.held, floor)
