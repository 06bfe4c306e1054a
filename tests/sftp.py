"""A real SFTP server for tests: asyncssh's own, held to OpenSSH's client in a test, over files that lie in a folder of this machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from tests.deliveries import Exchange

USER, WORD = "inspector", "word-of-the-account"
_KEYS: dict[str, asyncssh.SSHKey] = {}


def key(name: str) -> asyncssh.SSHKey:
    """One key for each name in a test process."""
    return _KEYS.setdefault(name, asyncssh.generate_private_key("ssh-ed25519"))


@dataclass
class Server:
    """What listens on `port` and shows `root`. `endless`: whatever is read never ends. `writes`: what it was asked to change."""

    root: Path
    port: int = 0
    endless: bool = False
    writes: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)


class _Account(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, WORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key.public_data == _KEYS["office"].public_data


@contextmanager
def server(root: Path, host_key: str = "host") -> Iterator[Server]:
    """The server, in a thread with its own loop, until the test is over."""
    key("office")
    held, loop = Server(root=root), asyncio.new_event_loop()

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            held.visits.append(chan.get_extra_info("username"))
            super().__init__(chan, chroot=str(held.root).encode())

        def read(self, file_obj: Any, offset: int, size: int) -> Any:
            return b"x" * size if held.endless else super().read(file_obj, offset, size)

        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            held.writes.append("write")
            raise asyncssh.SFTPPermissionDenied("read only")

        def remove(self, path: bytes) -> None:
            held.writes.append("remove")
            raise asyncssh.SFTPPermissionDenied("read only")

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key(host_key)], server_factory=_Account, sftp_factory=Files, login_timeout=120
        )

    async def ends(listening: asyncssh.SSHAcceptor) -> None:
        listening.close()
        await listening.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.01)

    thread = threading.Thread(target=loop.run_forever)  # not in the caller's: there a browser of another test may have its own
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(60)
    held.port = listening.get_port()
    try:
        yield held
    finally:
        asyncio.run_coroutine_threadsafe(ends(listening), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


def known(at: Path, host_key: str = "host") -> str:
    """A file that knows the server's key at any port."""
    file = at / f"known-{host_key}"
    file.write_bytes(b"127.0.0.1 " + key(host_key).export_public_key("openssh"))
    return str(file)


def credential(at: Path, name: str, content: bytes) -> str:
    file = at / name
    file.write_bytes(content)
    file.chmod(0o600)
    return str(file)


def keys(exchange: Exchange, port: int, **more: object) -> Mapping[str, Any]:
    """What an office writes to fetch from it, with a password."""
    told = dict(exchange.keys()) | {
        "url": f"sftp://{USER}@127.0.0.1:{port}/in",
        "known_hosts_file": known(exchange.at),
        "password_file": credential(exchange.at, "word", WORD.encode()),
        "connect_seconds": 20,
        "fetch_seconds": 40,
        "still_seconds": 0.02,
    }
    del told["folder"]
    return {name: value for name, value in (told | more).items() if value is not None}
