"""A real broker (mosquitto) and a real subscriber of its own kind, and sockets that only pretend to be a broker."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.fault.office import free_port
from tests.listening import accepting
from tests.needs import require

USER, PASSWORD = "inspector", "broker-word"
READERS = "phones"
"""The account by which phones of these tests read; ours may write below `inspector` and read nothing."""


@dataclass
class Heard:
    """What a subscriber was told: topic, QoS, retained or not, seconds left, payload."""

    lines: list[str] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def add(self, line: str) -> None:
        with self._more:
            self.lines.append(line)
            self._more.notify_all()

    def wait(self, count: int, seconds: float = 60.0) -> list[str]:
        """The lines, once there are so many; fewer when the time is over."""
        with self._more:
            self._more.wait_for(lambda: len(self.lines) >= count, seconds)
            return list(self.lines)


@dataclass(frozen=True)
class Mosquitto:
    """A running broker: its port, and how its clients find their way in."""

    port: int
    tls: tuple[str, ...]

    @contextmanager
    def subscriber(self, topic: str = "#", *options: str) -> Iterator[Heard]:
        """The broker's own program listens to a topic for the length of a block."""
        asked = ["-h", "127.0.0.1", "-p", str(self.port), "-V", "5", "-q", "1", "-u", READERS, "-P", PASSWORD, "-t", topic, "-d"]
        command = ["stdbuf", "-oL", require("mosquitto_sub"), *asked, "-F", "heard %t %q %r %p", *self.tls, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        heard, ready = Heard(), threading.Event()

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("Subscribed"):
                    ready.set()
                elif line.startswith("heard "):
                    heard.add(line.removeprefix("heard ").rstrip("\n"))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            assert ready.wait(60), "nobody was let in to listen"
            yield heard
        finally:
            process.terminate()
            process.wait(60)
            reader.join(60)
            assert process.stdout is not None
            process.stdout.close()


@contextmanager
def mosquitto(folder: Path, *, certificate: tuple[Path, Path] | None = None) -> Iterator[Mosquitto]:
    """A broker that lets two accounts in; with a `certificate` (its file and that of its key) by TLS alone."""
    port = free_port()
    words, rights = folder / "words", folder / "rights"
    broker = require("mosquitto")
    words.touch(0o600)
    for name in (USER, READERS):
        subprocess.run(["mosquitto_passwd", "-b", str(words), name, PASSWORD], check=True, capture_output=True)
    rights.write_text(f"user {USER}\ntopic write inspector/#\nuser {READERS}\ntopic read #\n", encoding="utf-8")
    lines = [f"listener {port} 127.0.0.1", "user root", "allow_anonymous false", "persistence false", "log_dest none"]
    lines += [f"password_file {words}", f"acl_file {rights}"]
    if certificate is not None:
        lines += [f"certfile {certificate[0]}", f"keyfile {certificate[1]}"]
    (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen([broker, "-c", str(folder / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    try:
        _listens(port)
        yield Mosquitto(port, ("--cafile", str(certificate[0])) if certificate else ())
    finally:
        process.terminate()
        process.wait(60)


def _listens(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError("the broker does not listen")


Script = Mapping[int, bytes]
"""What is said to a packet, by its type (the first four bits): 1 CONNECT, 3 PUBLISH; `!` hangs up, `!!` resets, nothing: silence."""

LET_IN = bytes([0x20, 0x03, 0x00, 0x00, 0x00])
"""CONNACK without a flag, reason 0x00, no properties (MQTT 5.0, 3.2)."""


def pretending(script: Script, *, drip: float = 0.0) -> AbstractContextManager[int]:
    """The port of a socket that plays a script to whoever comes, a byte every `drip` seconds."""
    return accepting(lambda line, over: _play(line, script, drip, over))


def _play(line: socket.socket, script: Script, drip: float, over: threading.Event) -> None:
    with line, suppress(OSError):
        while (packet := _packet(line)) is not None:
            kind, body = packet
            said = script.get(kind, b"")
            if kind == 3:  # an acknowledgement names the message that it is about: behind the topic, in two bytes
                size = struct.unpack("!H", body[:2])[0]
                said = said.replace(b"NN", body[2 + size : 4 + size])
            if said == b"!!":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if said in (b"!", b"!!"):
                return
            step = 1 if drip else len(said) or 1
            for place in range(0, len(said), step):
                line.sendall(said[place : place + step])
                if drip and over.wait(drip):
                    return


def _packet(line: socket.socket) -> tuple[int, bytes] | None:
    """Type and rest of what was sent (MQTT 5.0, 2.1): nothing of ours is longer than four bytes of length can say."""
    first = line.recv(1)
    size, shift = 0, 0
    while first:
        byte = line.recv(1)
        if not byte:
            return None
        size |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            body = b""
            while len(body) < size and (more := line.recv(size - len(body))):
                body += more
            return first[0] >> 4, body
    return None
