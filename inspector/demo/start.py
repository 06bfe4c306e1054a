"""Starts the demo: furnishes its folder, starts the outside world as a process of its own, and says where everything is.

Who calls this runs the daemon: `prepare`, put the tokens and registers in, serve `config`, and in the end `stop`.
"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from inspector.demo.office import DAY, PROJECT, DemoFolder, DemoToken, configure, furnish, pace, where
from inspector.domain.errors import Invalid
from inspector.domain.roster import InspectorRecord, RosterObject

WEB_PORT, WORLD_PORT = 8321, 8322
_PATIENCE = 20.0
_BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOffice:
    """A demo ready to be served. `tokens`, `objects` and `inspectors` are to be put into the migrated database before."""

    made: DemoFolder
    config_path: Path
    base_url: str
    world_port: int
    world: subprocess.Popen[bytes]
    listener: socket.socket

    @property
    def tokens(self) -> tuple[DemoToken, ...]:
        """The tokens to issue, with their texts."""
        return self.made.tokens

    @property
    def objects(self) -> tuple[RosterObject, ...]:
        """The register of objects."""
        return self.made.objects

    @property
    def inspectors(self) -> tuple[InspectorRecord, ...]:
        """The register of inspectors."""
        return self.made.inspectors

    def stop(self) -> None:
        """Send the outside world home; safe to call twice. Call it after the daemon has drained."""
        self.listener.close()
        if self.world.stdin is not None:
            with suppress(OSError):
                self.world.stdin.close()
        try:
            self.world.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.world.kill()
            self.world.wait()
        if self.world.stdout is not None:
            self.world.stdout.close()


def prepare(folder: Path | None = None, *, day: float | None = None, cases: float = 1.5) -> DemoOffice:
    """Furnish the folder, start the world and wait until it listens, and write the configuration of this start.

    `day` is how many seconds an office day takes (None: as `pace` says), `cases` how many are opened in a second at the usual pace.
    Raises Invalid, OSError.
    """
    day = day or pace()
    made = furnish(folder or where())
    listener = _taken(WEB_PORT)
    web = listener.getsockname()[1]
    base = f"http://127.0.0.1:{web}"
    wanted = ["--office", base, "--keys", str(made.keys), "--kept", str(made.folder / "world.jsonl"), "--watched", "--or-another"]
    wanted += ["--day", str(day), "--cases", str(cases * DAY / day), "--tries", "12"]
    try:
        world, port = start_world(WORLD_PORT, *wanted)
    except BaseException:
        listener.close()
        raise
    config = configure(made, world=port, web=web, day=day)
    return DemoOffice(made=made, config_path=config, base_url=base, world_port=port, world=world, listener=listener)


def start_world(port: int = 0, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a world that ends with us, and wait for its line.

    Raises Invalid (`demo_world_failed`) with what it said instead, or how it ended; what it wrote on standard error stands above.
    """
    command = [sys.executable, "-P", "-m", "inspector.demo", "--port", str(port), "--tied", *arguments]
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH", "")]))
    # In a process group of its own: the terminal's Ctrl-C does not reach it, and it stays until the office has drained.
    world = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}, process_group=0
    )
    said = _first_line(world)
    if not said.startswith("listening "):
        told = _instead(world, said)
        world.kill()
        world.wait()
        for pipe in (world.stdin, world.stdout):
            if pipe is not None:
                pipe.close()
        raise Invalid("demo_world_failed", **told)
    return world, int(said.rpartition(":")[2])


def _first_line(world: subprocess.Popen[bytes]) -> str:
    """The first line of a process, or nothing when it ends or stays silent too long."""
    heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    assert world.stdout is not None
    threading.Thread(target=lambda stream: heard.put(stream.readline()), args=(world.stdout,), daemon=True).start()
    with suppress(queue.Empty):
        return heard.get(timeout=_PATIENCE).decode().strip()
    return ""


def _instead(world: subprocess.Popen[bytes], said: str) -> dict[str, str]:
    """What a world did instead of listening, in both languages."""
    if said:
        return {"said": said, "said_zh": said}
    try:
        code = world.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return {"said": f"no word from it in {_PATIENCE:.0f} s", "said_zh": f"{_PATIENCE:.0f} 秒内没有响应"}
    return {"said": f"it ended with exit code {code}; why stands above", "said_zh": f"进程已退出（退出码 {code}），原因见上"}


def _taken(wanted: int) -> socket.socket:
    """The wanted port, or another one when somebody has it: taken, and kept until the office serves, so that nobody comes between."""
    try:
        return socket.create_server(("127.0.0.1", wanted), backlog=_BACKLOG)
    except OSError:
        return socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
