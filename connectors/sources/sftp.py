"""File exchange by SFTP (文件交换): deliveries are fetched from the other side's server, whose key is known, and read as in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from connectors import delivery
from connectors.config import parse, unfit
from connectors.delivery import UNDER_WAY, Completeness, Passed
from connectors.exchange import DeliveryConfig, Left
from connectors.records import digest, now
from connectors.sftp import Changed, Door, Lying, Sftp, Visit
from connectors.sources.files import FilesSource
from inspector.domain.errors import Invalid
from inspector.incoming import Supply
from inspector.ports import Answer, Card, Origin, Question, Sighting, Unavailable

_NO_NAME = re.compile("(?!)")
"""What no name fits."""

Pair = tuple[Lying, Lying | None]
"""A delivery, and what says of it that it is whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpConfig(DeliveryConfig):
    """Whose folder it is, and who we are there; times are in seconds.

    `known_hosts_file` holds the server's key in OpenSSH's form; one of `key_file` and `password_file` opens the door. `fetch_seconds`
    bounds one visit with all it fetches; `still_seconds` is how long a file must not have changed; `newest` deliveries are fetched.
    """

    url: str
    known_hosts_file: str
    key_file: str = ""
    password_file: str = ""
    connect_seconds: float = 10.0
    fetch_seconds: float = 300.0
    still_seconds: float = 2.0
    newest: int = 3
    look_seconds: float = 300.0


class SftpSource:
    """One exchange by SFTP: a folder of our own that follows theirs, and what reads from a folder."""

    def __init__(self, name: str, config: Mapping[str, object] | SftpConfig) -> None:
        held = self._config = config if isinstance(config, SftpConfig) else parse(SftpConfig, name, config)
        _check(held, name)
        self._sftp = Sftp(_door(held, name), name, connect_seconds=held.connect_seconds)
        self._lying = 0
        folder = Path(held.keep) / f"{digest(name)[:16]}.in"
        self._files = FilesSource(name, held, folder, kind="sftp", fetch=self._fetch)
        self._names, self._complete = delivery.pattern(held.files), Completeness(held.complete)
        self.card: Card = self._files.card

    def ask(self, question: Question, *, key: str) -> Answer:
        """Look one fact up in the delivery in use, as `FilesSource.ask` does; nobody waits for the server but for a first delivery.

        Raises what that raises, and while there is no delivery what keeps one from being fetched (`connectors.sftp`).
        """
        return self._files.ask(question, key=key)

    def pick_up(self) -> None:
        """Fetch what is new and take the newest good delivery into use. Raises PortError."""
        self._files.pick_up()

    def supply(self, *, look: bool) -> Supply:
        """How old the delivery in use is, and how long a visit is overdue that read their folder to its end."""
        return self._files.supply(look=look)

    @property
    def refused(self) -> tuple[Invalid, ...]:
        """What is wrong with deliveries that came after the one in use, as of the last look."""
        return self._files.refused

    def look(self) -> Sequence[Sighting]:
        """That the server is whom we know and lets us in, how many deliveries lie there, and what is to be said of them.

        Raises Unavailable, Barred.
        """
        told = self._files.look()
        return [Sighting(code="deliveries_lying", facts={"count": self._lying}, fine=self._lying > 0), *told]

    def close(self) -> None:
        """Give up what is being fetched or read."""
        self._files.close()

    def _fetch(self, folder: Path, going_on: Callable[[], bool]) -> Left:
        """Have `folder` hold what lies there, as far as it is whole; what is too long to be fetched, and what counts as no delivery.

        Raises Unavailable, Barred. What was fetched before something went wrong stays.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None
        return self._sftp.visit(lambda visit: self._follow(visit, folder, going_on), self._config.fetch_seconds)

    async def _follow(self, visit: Visit, folder: Path, going_on: Callable[[], bool]) -> Left:
        first = await visit.lying()
        whole = self._whole(first)
        self._lying = len(whole)
        wanted = whole[: self._config.newest]
        long: dict[tuple[str, tuple[int, ...]], Invalid] = {
            (one.name, (one.size, one.changed)): Invalid(
                "delivery_large", file=one.name, bytes=one.size, most=self._config.max_file_bytes
            )
            for one, _ in wanted
            if one.size > self._config.max_file_bytes
        }
        new = [pair for pair in wanted if pair[0].size <= self._config.max_file_bytes and not _had(folder, pair)]
        if new:
            await visit.rest(self._config.still_seconds)
            again = await visit.lying()
            for pair in new:
                if all(one is None or one in again for one in pair):  # else it is still being written: at the next look
                    await _brought(visit, pair, folder, going_on)
        _cleared(folder, {one.name for pair in wanted for one in pair if one is not None})
        return Left(flaws=long, passed=tuple(self._passed(first, visit.misnamed)))

    def _passed(self, lying: Iterable[Lying], misnamed: Iterable[Lying]) -> Iterator[Passed]:
        """What lies there and counts as no delivery, as in a folder; what has no name that we can write down is `misnamed`."""
        names = {one.name for one in lying}
        for one in sorted((*lying, *misnamed), key=lambda told: told.name):
            written, agreed = datetime.fromtimestamp(one.changed, UTC), self._names if one.name in names else _NO_NAME
            yield from delivery.passed_over(one.name, written, names, agreed, self._complete, now())

    def _whole(self, lying: Iterable[Lying]) -> list[Pair]:
        """The deliveries that are said to be whole, by the dates in their names (or when they were changed) the newest first."""
        by_name = {one.name: one for one in lying}
        found: list[tuple[str, int, str, Pair]] = []
        for one in by_name.values():
            told, note = delivery.named(self._names, one.name), delivery.note(one.name, self._complete)
            if told is not None and (note is None or note in by_name):
                dated = "".join(filter(str.isdigit, told.groupdict().get("as_of") or ""))
                found.append((dated, one.changed, one.name, (one, by_name[note] if note else None)))
        return [pair for *_, pair in sorted(found, key=lambda told: told[:3], reverse=True)]


def connect(name: str, config: Mapping[str, object]) -> SftpSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return SftpSource(name, config)


def _had(folder: Path, pair: Pair) -> bool:
    """Whether it lies in our folder as it lies in theirs."""
    for one in pair:
        if one is None:
            continue
        try:
            held = (folder / one.name).lstat()
        except OSError:
            return False
        if (held.st_size, int(held.st_mtime)) != (one.size, one.changed):
            return False
    return True


async def _brought(visit: Visit, pair: Pair, folder: Path, going_on: Callable[[], bool]) -> None:
    """Fetch a delivery, and what says that it is whole after it; one that changes meanwhile is left for the next look.

    Raises what the visit raises, Unavailable (`keep_failed`).
    """
    parts = [(one, folder / f"{one.name}{UNDER_WAY}") for one in pair if one is not None]
    try:
        for one, part in parts:
            await visit.bring(one, part, going_on)
        if pair[1] is not None:  # an old word of a new file would be a lie, for as long as we might be interrupted
            (folder / pair[1].name).unlink(missing_ok=True)
        for one, part in parts:
            os.utime(part, (one.changed, one.changed))
            part.replace(folder / one.name)
    except Changed:
        return
    except OSError as error:
        raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None
    finally:
        for _, part in parts:
            part.unlink(missing_ok=True)


def _cleared(folder: Path, wanted: set[str]) -> None:
    """Forget what the other side has cleared away or what newer deliveries have overtaken: it is personal data."""
    for file in folder.iterdir():
        if file.name not in wanted:
            with suppress(OSError):
                file.unlink()


def _door(held: SftpConfig, name: str) -> Door:
    """Raises Invalid (`connector_key_range`) for an address that is none."""
    wanted = "sftp_address"
    try:
        told = urlsplit(held.url)
        port = told.port or 22
    except ValueError:
        raise unfit(name, "url", wanted) from None
    folder, user = unquote(told.path), unquote(told.username or "")
    fine = told.scheme == "sftp" and told.hostname and user and folder.startswith("/") and folder.isprintable()
    if not fine or told.password is not None or told.query or told.fragment:
        raise unfit(name, "url", wanted)
    return Door(
        host=told.hostname or "",
        port=port,
        user=user,
        folder=folder,
        known_hosts_file=held.known_hosts_file,
        key_file=held.key_file,
        password_file=held.password_file,
    )


def _check(held: SftpConfig, name: str) -> None:
    """Raise Invalid (`connector_key_range`) for settings that contradict each other or say too little."""
    wanted: dict[str, tuple[bool, str]] = {
        "key_file": (bool(held.key_file) is not bool(held.password_file), "key_file | password_file"),
        "connect_seconds": (0 < held.connect_seconds < 86_400, "> 0"),
        "fetch_seconds": (0 < held.fetch_seconds < 86_400, "> 0"),
        "still_seconds": (0 <= held.still_seconds < held.fetch_seconds, "≥ 0, < fetch_seconds"),
        "newest": (1 <= held.newest <= 1000, "1–1000"),
    }
    for key, (fine, told) in wanted.items():
        if not fine:
            raise unfit(name, key, told)
