"""The one wire to files of another over SSH (SFTP, version 3); the only connector module that knows asyncssh and an event loop.

It reads and never writes there. Whoever we come to is known by a host key before anything is said; each visit is an event loop of
its own in the thread of whoever fetches, bounded by one time for all of it, and silent: neither contents nor addresses get into errors.
The library is an extra (decision 51).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from connectors.config import confined, secret
from connectors.reply import shown
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Origin, PortError, Unavailable

EXTRA = "sftp"

MOST_FILES = 100_000
"""Names looked at in a folder; one that holds more is not listed to its end, and so not used."""

_MEANS: Mapping[str, tuple[type[Unavailable], str, Origin]] = {
    "HostKeyNotVerifiable": (Barred, "host_unknown", Origin.THEM),
    "KeyExchangeFailed": (Barred, "not_understood", Origin.THEM),
    "ProtocolNotSupported": (Barred, "not_understood", Origin.THEM),
    "PermissionDenied": (Barred, "unauthorised", Origin.US),
    "ChannelOpenError": (Barred, "unauthorised", Origin.US),
    "SFTPPermissionDenied": (Barred, "unauthorised", Origin.US),
    "SFTPNoSuchFile": (Barred, "folder_missing", Origin.US),
    "SFTPNoSuchPath": (Barred, "folder_missing", Origin.US),
    "SFTPNotADirectory": (Barred, "folder_missing", Origin.US),
    "SFTPConnectionLost": (Unavailable, "broken_off", Origin.WIRE),
    "SFTPNoConnection": (Unavailable, "broken_off", Origin.WIRE),
    "SFTPBadMessage": (Unavailable, "broken_off", Origin.WIRE),
    "DisconnectError": (Unavailable, "broken_off", Origin.WIRE),
    "Error": (Unavailable, "source_failed", Origin.THEM),
    "TimeoutError": (Unavailable, "timeout", Origin.WIRE),
    "ConnectionResetError": (Unavailable, "broken_off", Origin.WIRE),
    "BrokenPipeError": (Unavailable, "broken_off", Origin.WIRE),
    "OSError": (Unavailable, "unreachable", Origin.WIRE),
    "Exception": (Unavailable, "broken_off", Origin.WIRE),
}
"""What errors of asyncssh and of the system mean, by their names: of a kind that is not named, what the kind above it means."""

CODES = frozenset((family.__name__, code) for family, code, _ in _MEANS.values())
"""Every family of fault with its code."""

_CHUNK = 1 << 19
_REQUESTS = 8
"""Under way at once: a far server fills the wire, and one that is gone is not written to for long."""
_LAST = 1.0
"""Seconds that a connection which was given up may take to go."""

_Told = TypeVar("_Told")

# asyncssh names hosts and accounts at INFO.
logging.getLogger("asyncssh").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where we come in and as whom: by a key or a password, which lie in files; whose keys are known, in a file of OpenSSH's form."""

    host: str
    port: int
    user: str
    folder: str
    known_hosts_file: str
    key_file: str = ""
    password_file: str = ""


@dataclass(frozen=True, slots=True)
class Lying:
    """A file in their folder: its size in bytes, and when it was changed (seconds since 1970; 0: not told)."""

    name: str
    size: int
    changed: int


class Changed(Exception):
    """A file is not what it was when it was listed."""


class Sftp:
    """Visits to one server."""

    def __init__(self, door: Door, name: str, *, connect_seconds: float) -> None:
        """Raises Invalid (`connector_…`) when the library is missing, or a secret or the known hosts cannot be used."""
        self._door, self._name, self._seconds = door, name, connect_seconds
        self._library = _library(name)
        self._credentials()
        self._known()

    def visit(self, what: Callable[[Visit], Awaitable[_Told]], seconds: float) -> _Told:
        """What comes of a visit that ends after `seconds`, whatever the other side does.

        Raises Unavailable (`unreachable`, `timeout`, `broken_off`, `source_failed`, `keep_failed`) and Barred (`unauthorised`,
        `host_unknown`, `not_understood`, `folder_missing`, `key_unreadable`).
        """
        try:
            credentials, known = self._credentials(), self._known()
        except Invalid as error:
            raise Barred("key_unreadable", detail=error.code, attempts=0) from None
        try:
            return asyncio.run(self._within(what, seconds, credentials, known))
        except PortError:
            raise
        except (OSError, ValueError, EOFError, self._library.Error) as error:
            fault = _fault(error)
        raise fault from None  # what a library says may name the host and the account

    async def _within(
        self, what: Callable[[Visit], Awaitable[_Told]], seconds: float, credentials: dict[str, Any], known: Any
    ) -> _Told:
        """Raises what asyncssh raises, TimeoutError."""
        door, loop = self._door, asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: None)  # what is left of calls that were given up names paths and hosts
        until = loop.time() + seconds
        async with asyncio.timeout_at(until):
            held = await self._library.connect(
                door.host,
                door.port,
                username=door.user,
                known_hosts=known,
                connect_timeout=self._seconds,
                login_timeout=self._seconds,
                config=None,  # nothing of what the account that runs us may have in its home
                agent_path=None,
                gss_host=None,
                host_based_auth=False,
                x509_trusted_certs=None,
                compression_algs=["none"],
                **credentials,
            )

        async def visited() -> _Told:
            return await what(Visit(await held.start_sftp_client(sftp_version=3), door.folder, self._library))

        task = asyncio.ensure_future(visited())
        try:
            done, _ = await asyncio.wait({task}, timeout=max(0.0, until - loop.time()))
            if not done:
                raise TimeoutError
            return task.result()
        finally:
            # First the wire: a call that is cancelled closes its file there, and waits for an answer that may never come.
            held.abort()
            task.cancel()
            with suppress(OSError, ValueError, PortError, self._library.Error):
                await asyncio.wait({task, asyncio.ensure_future(held.wait_closed())}, timeout=_LAST)

    def _credentials(self) -> dict[str, Any]:
        """As they lie in their files now: who exchanges one need not restart. Raises Invalid."""
        door = self._door
        if door.key_file:
            content = confined(door.key_file, self._name, "key_file")
            try:
                key = self._library.import_private_key(content)
            except (ValueError, self._library.KeyEncryptionError):
                raise Invalid("connector_secret_unreadable", connector=self._name, key="key_file", file=door.key_file) from None
            return {"client_keys": [key], "password_auth": False, "kbdint_auth": False}
        word = secret(door.password_file, self._name, "password_file")
        return {"password": word, "client_keys": None, "public_key_auth": False}

    def _known(self) -> Any:
        """The keys that are known. Raises Invalid (`connector_known_hosts`) for a file that knows no key of this host.

        An empty one would do no harm, since then nobody is let in; but None would let anybody be whoever we look for.
        """
        door = self._door
        try:
            known = self._library.import_known_hosts(Path(door.known_hosts_file).read_text(encoding="utf-8"))
            keys = known.match(door.host, "", door.port)
        except (OSError, ValueError) as error:
            raise Invalid(
                "connector_known_hosts", connector=self._name, file=door.known_hosts_file, reason=type(error).__name__
            ) from None
        if not any(keys[:2]):
            raise Invalid("connector_known_hosts", connector=self._name, file=door.known_hosts_file, reason="-")
        return known


def _fault(error: Exception) -> PortError:
    """What went wrong, by its stable code. The detail names kinds of errors only."""
    family, code, origin = next(_MEANS[one.__name__] for one in type(error).__mro__ if one.__name__ in _MEANS)
    if family is Barred:
        return Barred(code, origin=origin, detail=type(error).__name__)
    return Unavailable(code, origin=origin, detail=type(error).__name__)


class Visit:
    """What may be done there."""

    def __init__(self, client: Any, folder: str, library: Any) -> None:
        self._client, self._folder, self._library = client, folder.rstrip("/").encode() or b"/", library
        self.misnamed: list[Lying] = []
        """Plain files of the last list whose names cannot be taken, with these as far as they can be written down."""

    async def rest(self, seconds: float) -> None:
        """Do nothing for so long; the visit's time goes on."""
        await asyncio.sleep(seconds)

    async def lying(self) -> frozenset[Lying]:
        """The plain files in the folder; no links, which might lead anywhere, and no names that would lead out of ours."""
        found: set[Lying] = set()
        self.misnamed = []
        async for one in self._client.scandir(self._folder):
            if len(found) + len(self.misnamed) >= MOST_FILES:
                raise Unavailable("source_failed", origin=Origin.THEM, detail=f"over {MOST_FILES} files")
            if (told := self._lying(one.filename, one.attrs)) is not None:
                found.add(told)
        return frozenset(found)

    async def bring(self, one: Lying, into: Path, going_on: Callable[[], bool]) -> None:
        """Write a file's bytes to `into`, which is made.

        Raises Changed when it is another one by then, or has other than the bytes it had when it was listed.
        """
        path, count = self._folder.rstrip(b"/") + b"/" + one.name.encode(), 0
        try:
            async with self._client.open(path, "rb", max_requests=_REQUESTS) as there:
                with _kept(into) as here:
                    while content := await there.read(_CHUNK):
                        if not going_on():
                            raise Unavailable("keep_failed", origin=Origin.US, detail="the house is closing")
                        count += len(content)
                        if count > one.size:
                            raise Changed(one.name)
                        here(content)
            after = self._lying(one.name.encode(), await self._client.lstat(path))
        except (self._library.SFTPNoSuchFile, self._library.SFTPNoSuchPath):
            raise Changed(one.name) from None
        if after != one or count != one.size:
            raise Changed(one.name)

    def _lying(self, name: bytes, attrs: Any) -> Lying | None:
        regular = attrs.type == self._library.FILEXFER_TYPE_REGULAR
        if not regular or attrs.size is None:
            return None
        told = shown(name)
        if told.encode() != name or told in ("", ".", "..") or "/" in told:
            self.misnamed.append(Lying(told, attrs.size, attrs.mtime or 0))
            return None
        return Lying(told, attrs.size, attrs.mtime or 0)


@contextmanager
def _kept(into: Path) -> Iterator[Callable[[bytes], object]]:
    """A new file for its owner's eyes alone. What fails is our own disk's fault, and no sign of the other side."""
    try:
        held = os.open(into, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None

    def write(content: bytes) -> None:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(held, left) :]
        except OSError as error:
            raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None

    try:
        yield write
    finally:
        os.close(held)


def _library(name: str) -> Any:
    try:
        return import_module("asyncssh")
    except ImportError:
        raise Invalid("connector_library_missing", connector=name, library="asyncssh", extra=EXTRA) from None
