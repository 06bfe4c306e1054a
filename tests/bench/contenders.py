"""Who is measured: how each enqueues, how its worker is started, and its configuration in words, for the published table."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.bench import domain, ours, servers
from tests.postgres import Server

ROOT = Path(__file__).resolve().parent.parent.parent
CELERY = ("-P", "threads", "-c", "32", "-Ofair", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a round takes place: the servers, the outside party, how long a dead worker's jobs stay its own."""

    postgres: Server | None
    redis: str
    stub: str
    lease: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One configuration. `enqueue` empty: ours, in this process."""

    name: str
    packages: tuple[str, ...]
    setting: str
    database: str
    work: tuple[str, ...]
    enqueue: tuple[str, ...] = ()
    redis: bool = False

    @property
    def ours(self) -> bool:
        """Whether this is the house's own engine."""
        return not self.enqueue


_PYTHON = (sys.executable, "-m")
_PEERS = "tests.bench.peers"
_OURS = "threads 128 (32 a lane), capacity 512, group up to 128, lane and breaker in use"
_ROWS = "domain rows by psycopg pool of 16"

ALL = (
    Contender(
        name="sqlite",
        packages=("sqlalchemy",),
        setting=f"ours; {_OURS}; WAL, synchronous=FULL",
        database="sqlite",
        work=(*_PYTHON, "tests.bench.ours"),
    ),
    Contender(
        name="postgres",
        packages=("sqlalchemy", "psycopg"),
        setting=f"ours; {_OURS}",
        database="postgres",
        work=(*_PYTHON, "tests.bench.ours"),
    ),
    Contender(
        name="celery",
        packages=("celery", "kombu", "redis"),
        setting=f"-P threads -c 32, acks late, prefetch 4, -Ofair, no results, no events; {_ROWS}",
        database="postgres",
        redis=True,
        work=(*_PYTHON, "celery", "-A", f"{_PEERS}.celery_peer", "worker", *CELERY),
        enqueue=(*_PYTHON, f"{_PEERS}.celery_peer"),
    ),
    Contender(
        name="dramatiq",
        packages=("dramatiq", "redis"),
        setting=f"1 process, 32 threads, maintenance ten times the default; {_ROWS}",
        database="postgres",
        redis=True,
        work=(*_PYTHON, "dramatiq", f"{_PEERS}.dramatiq_peer", "--processes", "1", "--threads", "32"),
        enqueue=(*_PYTHON, f"{_PEERS}.dramatiq_peer"),
    ),
    Contender(
        name="procrastinate",
        packages=("procrastinate", "psycopg", "uvloop", "sniffio"),
        setting=f"asyncio, uvloop, concurrency 32, delete_jobs=always, stalled jobs retried; {_ROWS}",
        database="postgres",
        work=(*_PYTHON, _PEERS, "procrastinate_peer", "work"),
        enqueue=(*_PYTHON, _PEERS, "procrastinate_peer", "enqueue"),
    ),
    Contender(
        name="pgqueuer",
        packages=("pgqueuer", "asyncpg", "uvloop", "sniffio"),
        setting="asyncio, uvloop, batch 16, 32 picked at most; engine on one asyncpg connection, domain rows by a pool of 16",
        database="postgres",
        work=(*_PYTHON, _PEERS, "pgqueuer_peer", "work"),
        enqueue=(*_PYTHON, _PEERS, "pgqueuer_peer", "enqueue"),
    ),
)
NAMES = tuple(contender.name for contender in ALL)


def tidy_when_terminated() -> None:
    """Let SIGTERM end the program as an exception does: servers stopped, folders removed."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))


def chosen(only: str) -> list[Contender]:
    """The contenders of a comma-separated list; all when empty."""
    names = [name for name in only.split(",") if name] or list(NAMES)
    unknown = set(names) - set(NAMES)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}")
    contenders = [contender for contender in ALL if contender.name in names]
    missing = {package for contender in contenders for package in contender.packages if find_spec(package) is None}
    if missing:  # before the first round, not in the midst of it
        raise SystemExit(
            f"not installed: {', '.join(sorted(missing))}; pip install -r requirements-bench.lock, or leave them out by --only"
        )
    return contenders


class Round:
    """One fresh database with its jobs enqueued, and the worker that comes and goes."""

    def __init__(self, contender: Contender, place: Place, url: str) -> None:
        self.contender = contender
        self._place = place
        self.url = url
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the round

    def enqueue(self, cases: Sequence[str]) -> None:
        """Tables, cases and one job for each case."""
        domain.create(self.url, cases)
        if self.contender.ours:
            ours.enqueue(self.url, cases)
            return
        told = "\n".join(cases).encode()
        subprocess.run(
            self.contender.enqueue, input=told, env=self._environment(), cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )

    def start(self) -> None:
        """A worker, in a session of its own so that all its processes can be killed together."""
        command = list(self.contender.work)
        if self.contender.ours:
            command += ["--url", self.url, "--stub", self._place.stub, "--lease", str(self._place.lease)]
        self._process = subprocess.Popen(
            command, env=self._environment(), cwd=ROOT, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def kill(self) -> None:
        """`kill -9` for the worker and its children."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """The worker's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the worker runs."""
        return self._process is not None and self._process.poll() is None

    def cpu(self) -> float:
        """User and system seconds of the worker's processes so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it may have just ended
                fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(fields[3]) == self.pid:  # its session: see proc(5)
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def said(self) -> str:
        """The end of what the worker printed."""
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 2000))
        return self._log.read().decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        told = {"BENCH_DATABASE": self.url, "BENCH_STUB": self._place.stub, "BENCH_REDIS": self._place.redis}
        return {**os.environ, **told, "BENCH_LEASE": str(self._place.lease)}


@contextmanager
def opened(contender: Contender, place: Place, appendfsync: str) -> Iterator[Round]:
    """A round on databases of its own; the worker is dead at its end."""
    with _database(contender, place) as url, _redis(contender, place, appendfsync) as there:
        held = Round(contender, there, url)
        try:
            yield held
        finally:
            held.kill()


@contextmanager
def _database(contender: Contender, place: Place) -> Iterator[str]:
    if contender.database == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        try:
            yield f"sqlite:///{folder / 'bench.db'}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    assert place.postgres is not None
    url = place.postgres.create()
    try:
        yield url
    finally:
        place.postgres.drop(url)


@contextmanager
def _redis(contender: Contender, place: Place, appendfsync: str) -> Iterator[Place]:
    if not contender.redis:
        yield place
        return
    with servers.redis(appendfsync) as url:
        yield Place(postgres=place.postgres, redis=url, stub=place.stub, lease=place.lease)
