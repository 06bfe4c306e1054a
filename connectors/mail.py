"""The one wire that leaves the house as mail (RFC 5321); the only module that knows smtplib.

Like HTTP it is blocking, bounded in every direction (time, bytes, tries) and silent: neither addresses nor contents are logged or put
into errors. What a server says in its own words is told by its code alone (RFC 5321, 4.2; RFC 3463), for its words repeat addresses.
"""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE_FORM

from connectors.config import ConnectorConfig, secret
from connectors.patience import patiently
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Origin, PortError, Receipt, Refused, Unavailable

_MOST_SAID = 262_144
"""Bytes that a server may say in one call: a greeting that never ends is no greeting."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_PULSE = 2.0
"""Seconds in which a kept conversation must show that it goes on; else there is a new one."""
_SHUT = frozenset({530, 534, 535, 538})
"""Our name and password do not let us in (RFC 4954, 6), or are wanted and were not given."""
_TLS = ("starttls", "implicit", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConfig(ConnectorConfig):
    """How to reach the office's own mail server, and who writes. Times are in seconds.

    `tls` "none" is for a server on this very machine only. `sender` is the envelope's, too: refusals come back there.
    """

    host: str
    sender: str
    port: int = 0
    tls: str = "starttls"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    budget_seconds: float = 25.0
    tries: int = 2

    @property
    def longest_seconds(self) -> float | None:
        """One letter is one call."""
        return self.budget_seconds


_MOST_LETTERS = 100
"""Letters that one conversation carries; servers bound it, too, and end what is longer by themselves."""


class Post:
    """The way to one server, from any number of threads. Each letter under way has a connection to itself.

    With `keep` seconds a connection whose letter was taken carries further ones that come so soon. Whatever else was said ends it: what
    one letter leaves behind disturbs no other.
    """

    def __init__(self, config: MailConfig, name: str, *, keep: float = 0.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises Invalid (`connector_…`) when the configuration, the password or a certificate file cannot be used."""
        _check(config, name)
        self._keep = keep
        self._kept: deque[_Line] = deque()
        self._config = config
        self._name = name
        self._sleep = sleep
        self._trust = _trust(config, name) if config.tls != "none" else None
        self._password()

    def send(self, letter: EmailMessage, to: Sequence[str]) -> Receipt:
        """Hand a letter over to these. Whoever will not take it while another does is named in the receipt (`refused`).

        A letter of the same Message-ID may arrive twice where the last word of a try was lost; mail programs show it once.

        Raises Unavailable (`unreachable`, `timeout`, `broken_off`, `smtp_4xx`), Barred (`tls_missing`, `unauthorised`,
        `sender_refused`, `smtp_5xx` before anything was said), Refused (`recipient_refused`, `smtp_5xx`).
        """
        told = letter.as_bytes(policy=WIRE_FORM)
        until = time.monotonic() + self._config.budget_seconds
        for attempt in patiently(self._config.tries, self._config.budget_seconds, self._sleep):
            number = attempt.retry_state.attempt_number
            with attempt:
                return self._try(told, to, until, number)
        raise AssertionError("tenacity either returns or raises")

    def reach(self) -> None:
        """Greet the server and go, for `connector check`; nothing is sent. Raises as `send` does."""
        line = self._open(time.monotonic() + self._config.budget_seconds, 1)
        line.leave()

    def close(self) -> None:
        """End the conversations that were kept; what is under way goes on, and a letter after it has a connection of its own."""
        self._keep = 0.0
        by = time.monotonic() + 1
        while (line := self._taken(self._kept.pop)) is not None:
            line.leave(by)

    def _try(self, told: bytes, to: Sequence[str], until: float, number: int) -> Receipt:
        line = self._again(until) or self._open(until, number)
        taken = False
        try:
            receipt = self._hand_over(line, told, to, number)
        except (smtplib.SMTPException, OSError) as error:
            raise _failure(error, number) from None
        else:
            taken = not receipt.refused
            return receipt
        finally:
            self._put_by(line, taken=taken)

    def _again(self, until: float) -> _Line | None:
        """A kept conversation that still goes on: the other side is asked first, for it may have hung up while nobody looked."""
        while (line := self._taken(self._kept.pop)) is not None:
            if line.goes_on(until, self._keep):
                return line
        return None

    @staticmethod
    def _taken(take: Callable[[], _Line]) -> _Line | None:
        """A kept conversation; None: there is none, or another thread was quicker."""
        try:
            return take()
        except IndexError:
            return None

    def _put_by(self, line: _Line, *, taken: bool) -> None:
        line.letters += 1
        line.since = time.monotonic()
        if taken and self._keep and line.letters < _MOST_LETTERS:
            self._kept.append(line)
        else:
            line.leave()
        while self._kept and time.monotonic() - self._kept[0].since > self._keep:  # the oldest, which nobody came for
            if (old := self._taken(self._kept.popleft)) is not None:
                old.leave()

    def _open(self, until: float, number: int) -> _Line:
        config = self._config
        called = config.sender.rpartition("@")[2]
        line = _Line(called, until, config.read_seconds, self._trust if config.tls == "implicit" else None)
        try:
            line.greet(config.host, config.port or {"implicit": 465, "starttls": 587}.get(config.tls, 25), config.connect_seconds)
            if config.tls == "starttls":
                if not line.has_extn("starttls"):  # nothing is ever said in the clear because somebody in between left a line out
                    raise Barred("tls_missing", origin=Origin.THEM, attempts=number)
                assert self._trust is not None
                line.starttls(context=self._trust)
                line.ehlo_or_helo_if_needed()
            if config.user:
                line.login(config.user, self._password())
        except PortError:
            line.leave()
            raise
        except (smtplib.SMTPException, OSError, Invalid) as error:
            line.leave()
            raise _unopened(error, number) from None
        return line

    def _hand_over(self, line: _Line, told: bytes, to: Sequence[str], number: int) -> Receipt:
        code, said = line.mail(self._config.sender)
        _judge(code, said, number, shut="sender_refused")
        answers = [line.rcpt(one) for one in to]
        refused = {place: answer for place, answer in enumerate(answers, start=1) if answer[0] not in (250, 251)}
        if len(refused) == len(answers):
            passing = next((answer for answer in refused.values() if not 500 <= answer[0] < 600), None)
            if passing is not None:
                raise Unavailable(f"smtp_{passing[0]}", origin=Origin.THEM, detail=status(*passing), attempts=number)
            detail = "; ".join(f"to[{place}]: {status(*answer)}" for place, answer in refused.items())
            raise Refused("recipient_refused", origin=Origin.THEM, detail=detail, attempts=number)
        code, said = line.data(told)
        _judge(code, said, number)
        return Receipt(
            reference="",
            attempts=number,
            refused=tuple(f"{to[place - 1]}: {status(*answer)}" for place, answer in refused.items()),
        )

    def _password(self) -> str:
        """Read each time, so that a new one counts without a restart."""
        return secret(self._config.password_file, self._name, "password_file") if self._config.user else ""


class _Line(smtplib.SMTP):
    """One conversation under one deadline, whatever the other side does."""

    def __init__(self, called: str, until: float, patience: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(local_hostname=called)  # no host yet: nothing is opened; and this machine's own name is told to nobody
        self._until = until
        self._patience = patience
        self._tls = tls
        self.letters, self.since = 0, 0.0

    def goes_on(self, until: float, keep: float) -> bool:
        """Whether it can carry one more letter, under the deadline of that one; if not, it is closed.

        RSET (RFC 5321, 4.1.1.5) is asked in little time, and whatever but a yes is said to it is about the conversation, not the letter.
        """
        if time.monotonic() - self.since < keep:
            self._until = min(until, time.monotonic() + _PULSE)
            with suppress(smtplib.SMTPException, OSError):
                if self.rset()[0] == 250:
                    self._until = until
                    return True
        self.close()
        return False

    def greet(self, host: str, port: int, patience: float) -> None:
        """Connect and say who we are. Raises OSError, SMTPException."""
        self.timeout = min(patience, self._left())
        self._host = host  # what the certificate must name
        code, said = self.connect(host, port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        self.ehlo_or_helo_if_needed()

    def leave(self, by: float | None = None) -> None:
        """Say goodbye where that is possible, and close; `by` this moment for one that was kept."""
        with suppress(smtplib.SMTPException, OSError):
            if self.sock is not None:
                self._until = min(self._until, time.monotonic() + 1) if by is None else by
                self.quit()
        self.close()

    def send(self, s: bytes | str) -> None:  # type: ignore[override] # the stub wants any buffer, and smtplib says text or bytes
        """As smtplib does, within what is left."""
        if self.sock is not None:
            self.sock.settimeout(self._left())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """One reply. What is no reply ends the conversation: it is no refusal."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Within(self.sock, self._left))
        try:
            code, said = super().getreply()
        except smtplib.SMTPResponseException as error:
            raise smtplib.SMTPServerDisconnected("a line without an end") from error
        if not 200 <= code < 600:
            self.close()
            raise smtplib.SMTPServerDisconnected("no reply of this protocol")
        if self.sock is not None:
            self.sock.settimeout(self._left())  # for a handshake, which follows a reply
        return code, said

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        held = socket.create_connection((host, port), timeout)
        if self._tls is None:
            return held
        try:
            return self._tls.wrap_socket(held, server_hostname=host)
        except BaseException:
            held.close()
            raise

    def _left(self) -> float:
        """Seconds for the next step. Raises TimeoutError when none are left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call's time is used up")
        return min(left, self._patience)


class _Within(io.RawIOBase):
    """What a socket says: each piece within what is left of the call's time, and not without end."""

    def __init__(self, held: socket.socket, left: Callable[[], float]) -> None:
        self._held = held
        self._left = left
        self._said = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview, /) -> int:  # type: ignore[override] # the stub's buffer is no type at run time
        self._held.settimeout(self._left())
        count = self._held.recv_into(into)
        self._said += count
        if self._said > _MOST_SAID:
            raise OSError("too much was said")
        return count


def status(code: int, said: bytes) -> str:
    """A reply without its words: its code, and the enhanced one where there is one (`550 5.1.1`)."""
    found = re.match(rb"([245]\.\d{1,3}\.\d{1,3})\b", said)
    return f"{code} {found[1].decode()}" if found else str(code)


def _judge(code: int, said: bytes, number: int, *, shut: str = "") -> None:
    """Raises what a reply means; 2xx means nothing bad. `shut`: what a final no is called where it is about us and not the letter."""
    if code < 300:
        return
    detail = status(code, said)
    if code in _SHUT:
        raise Barred("unauthorised", detail=detail, attempts=number)
    if code < 500:  # a 3xx is out of place: whoever says it cannot be meant
        raise Unavailable(f"smtp_{code}", origin=Origin.THEM, detail=detail, attempts=number)
    if shut:
        raise Barred(shut, detail=detail, attempts=number)
    raise Refused(f"smtp_{code}", origin=Origin.THEM, detail=detail, attempts=number)


def _unopened(error: Exception, number: int) -> PortError:
    """Why there was no conversation: nothing of the letter has been said, so that no reply is about it."""
    if isinstance(error, Invalid):
        return Barred("password_unreadable", detail=error.code, attempts=number)
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        return Barred("unauthorised", detail="no way to log in", attempts=number)
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        try:
            shut = "unauthorised" if isinstance(error, smtplib.SMTPAuthenticationError) else f"smtp_{error.smtp_code}"
            _judge(error.smtp_code, said, number, shut=shut)
        except PortError as judged:
            return judged
    return _failure(error, number)


def _failure(error: Exception, number: int) -> PortError:
    """A failure of the wire by its stable code; the detail names the kind of error only."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        try:
            _judge(error.smtp_code, said, number)
        except PortError as judged:
            return judged
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib says "closed" for both
        return Unavailable("timeout", detail=type(error).__name__, attempts=number)
    if isinstance(error, socket.gaierror | ConnectionRefusedError | ssl.SSLError):
        return Unavailable("unreachable", detail=type(error).__name__, attempts=number)
    return Unavailable("broken_off", detail=type(error).__name__, attempts=number)


def _check(config: MailConfig, name: str) -> None:
    """Raise Invalid for settings that contradict each other or say too little."""
    local = config.host in ("localhost", "127.0.0.1", "::1")
    wanted: Mapping[str, tuple[bool, str]] = {
        "host": (bool(config.host) and not re.search(r"[\s/@:]", config.host.replace("::1", "")), "a host's name"),
        "port": (0 <= config.port < 65_536, "0-65535"),
        "tls": (config.tls in _TLS, " | ".join(_TLS)),
        "sender": (addressed([config.sender]), "an address"),
        "password_file": (bool(config.password_file) == bool(config.user), "with `user`, and only then"),
        "budget_seconds": (config.budget_seconds > 0, "> 0"),
        "connect_seconds": (config.connect_seconds > 0, "> 0"),
        "read_seconds": (config.read_seconds > 0, "> 0"),
        "tries": (config.tries > 0, "> 0"),
    }
    for key, (fine, told) in wanted.items():
        if not fine:
            raise Invalid("connector_key_range", connector=name, key=key, wanted=told)
    if config.tls == "none" and not local:
        raise Invalid("connector_key_range", connector=name, key="tls", wanted="starttls | implicit; none on this machine only")


def addressed(given: Sequence[str]) -> bool:
    """Whether all of these are plain addresses, without a name before them and without a line break."""
    return all(_ADDRESS.fullmatch(one) is not None for one in given)


def _trust(config: MailConfig, name: str) -> ssl.SSLContext:
    """The certificates believed: the machine's, or only those of `ca_file`."""
    try:
        return ssl.create_default_context(cafile=config.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        facts = {"file": config.ca_file, "reason": type(error).__name__}
        raise Invalid("connector_ca_file", connector=name, key="ca_file", **facts) from error
