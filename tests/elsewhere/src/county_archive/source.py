"""The archive as a source: one connection and one deadline for each question."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connectors.config import ConnectorConfig, parse
from connectors.kept import Kept
from inspector.domain.errors import Invalid
from inspector.ports import Answer, AnswerStatus, Barred, Garbled, Origin, Provenance, Question, Refused, Unavailable

from county_archive.message import HEAD, LONGEST, Unreadable, length, pack, unpack

BEIJING = ZoneInfo("Asia/Shanghai")
STATUSES = {"00": AnswerStatus.FOUND, "44": AnswerStatus.NOT_FOUND, "40": AnswerStatus.CANNOT_SAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveConfig(ConnectorConfig):
    """How the archive is reached."""

    url: str
    """`archive://HOST:PORT`."""
    secret_file: str
    """File (mode 600) with the secret of our terminal."""
    seconds: float = 10.0
    """The longest time one question may take, whatever the archive does."""

    @property
    def longest_seconds(self) -> float | None:
        """One question is one call."""
        return self.seconds


class Archive:
    """One archive. Threads share it: nothing is kept between questions."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid."""
        self._config = parse(ArchiveConfig, name, config)
        place = urlsplit(self._config.url)
        if place.scheme != "archive" or not place.hostname or not place.port:
            raise Invalid("connector_url", connector=name, key="url")
        if not 0 < self._config.seconds < 600:
            raise Invalid("connector_key_range", connector=name, key="seconds", wanted="> 0, < 600")
        self._place = (place.hostname, place.port)
        self._secret = Kept(self._config.secret_file, name, "secret_file", str.encode)
        self.card = self._config.card(name, port="source", kind="county-archive")

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact. Raises Unavailable, Barred, Refused, Garbled."""
        if not question.case_id.strip() or not question.basis.strip():
            raise Refused("question_without_purpose", origin=Origin.US, attempts=0)
        secret = self._secret.now()
        fields = ["QRY", key, question.case_id, question.basis, question.fact, question.subject_code, question.on.isoformat()]
        try:
            sent = pack(fields, secret)
        except ValueError:
            raise Refused("request_malformed", origin=Origin.US, attempts=0) from None
        asked_at = datetime.now(UTC)
        received = self._exchange(sent)
        digest = hashlib.sha256(received).hexdigest()
        try:
            told = unpack(received[HEAD:], secret) if length(received[:HEAD]) == len(received) - HEAD else []
        except Unreadable as error:
            raise Garbled(f"archive_{error}", digest=digest) from None
        if len(told) != 4 or told[0] != key:
            raise Garbled("archive_other", digest=digest, detail="an answer to something else")
        _, status, value, day = told
        where = Provenance(
            source=self.card.name,
            owner=self.card.owner,
            asked_at=asked_at,
            as_of=_moment(day, digest),
            source_version="",
            request_digest=hashlib.sha256(sent).hexdigest(),
            reply_digest=digest,
            attempts=1,
        )
        return _answer(status, value.strip(), where)

    def close(self) -> None:
        """Nothing is kept open."""

    def _exchange(self, sent: bytes) -> bytes:
        """What comes back, at most one message, within one deadline over all of it. Raises Unavailable."""
        until = time.monotonic() + self._config.seconds
        received = b""
        try:
            with socket.create_connection(self._place, timeout=self._config.seconds) as line:
                line.sendall(sent)
                wanted = HEAD
                while len(received) < wanted:
                    line.settimeout(max(until - time.monotonic(), 0.001))
                    more = line.recv(wanted - len(received))
                    if not more:
                        raise Unavailable("archive_broken_off")
                    received += more
                    if time.monotonic() > until:
                        raise TimeoutError
                    if wanted == HEAD and len(received) == HEAD:
                        wanted = HEAD + (int(received) if received.isdigit() and int(received) <= LONGEST else 0)
        except TimeoutError:
            raise Unavailable("archive_silent") from None
        except OSError:
            raise Unavailable("archive_unreachable") from None
        return received


def _answer(status: str, value: str, where: Provenance) -> Answer:
    if status == "91":
        raise Unavailable("archive_busy", origin=Origin.THEM)
    if status == "31":
        raise Barred("archive_shut")
    if status == "20":
        raise Refused("archive_refused", origin=Origin.THEM)
    if status not in STATUSES or (status == "00") != bool(value):
        raise Garbled("archive_unknown", digest=where.reply_digest)
    return Answer(status=STATUSES[status], value=value or None, provenance=where)


def _moment(day: str, digest: str) -> datetime | None:
    if not day:
        return None
    try:
        return datetime.strptime(day, "%Y%m%d").replace(tzinfo=BEIJING)
    except ValueError:
        raise Garbled("archive_date", digest=digest) from None


def connect(name: str, config: Mapping[str, object]) -> Archive:
    """The entry point. Raises Invalid."""
    return Archive(name, config)
