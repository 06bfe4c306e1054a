"""The databases of the measurements, with full durability: a private PostgreSQL cluster and a private Redis."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.needs import postgres_binaries
from tests.postgres import Server, _ordinary_user, _reachable

POSTGRES = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "200",
}
"""Durable in every respect; a checkpoint in the middle of a round would measure the checkpoint."""


@contextmanager
def postgres() -> Iterator[Server]:
    """A fresh cluster on a socket of its own."""
    found = postgres_binaries()
    if found is None:
        raise SystemExit("no PostgreSQL here: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    user = _ordinary_user()
    binaries = Path(found)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        binaries = _reachable(binaries, folder, user)

    def run(tool: str, *arguments: str) -> None:
        subprocess.run(
            [binaries / tool, "-D", folder / "data", *arguments],
            check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            user=user.pw_uid if user else None, group=user.pw_gid if user else None,
            extra_groups=[] if user else None, env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        )  # fmt: skip

    settings = " ".join(f"-c {name}={value}" for name, value in POSTGRES.items())
    try:
        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        run("pg_ctl", "-w", "-s", "-l", str(folder / "log"), "-o", f"{settings} -c listen_addresses='' -k {folder}", "start")
        try:
            yield Server(admin=f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}")
        finally:
            run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis(appendfsync: str) -> Iterator[str]:
    """A fresh Redis that keeps an append-only file; its URL."""
    folder = Path(tempfile.mkdtemp(prefix="bench-redis-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    durable = ["--appendonly", "yes", "--appendfsync", appendfsync, "--maxmemory-policy", "noeviction"]
    process = subprocess.Popen([*command, *durable], stdout=subprocess.DEVNULL)
    try:
        _answers(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("redis-server does not answer")
