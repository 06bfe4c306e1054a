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
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE_FORM
from typing import NamedTuple

from connectors.config import secret
from connectors.patience import patiently
from connectors.postal import MailConfig, check, trust
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Origin, PortError, Receipt, Refused, Unavailable

_MOST_SAID = 262_144
"""Bytes that a server may say in one call: a greeting that never ends is no greeting."""
_PULSE = 2.0
"""Seconds in which a kept conversation must show that it goes on; else there is a new one, and nothing of the letter was sent."""
_SHUT = frozenset({530, 534, 535, 538})
"""Our name and password do not let us in (RFC 4954, 6), or are wanted and were not given."""


_MOST_LETTERS = 100
"""Letters that one conversation carries; servers bound it, too, and end what is longer by themselves."""


class Post:
    """The way to one server, from any number of threads. Each letter under way has a connection to itself.

    With `keep` seconds a connection whose letter was taken carries further ones that come so soon. Whatever else was said ends it: what
    one letter leaves behind disturbs no other.
    """

    def __init__(self, config: MailConfig, name: str, *, keep: float = 0.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises Invalid (`connector_…`) when the configuration, the password or a certificate file cannot be used."""
        check(config, name)
        self._keep = keep
        self._kept: deque[_Line] = deque()
        self._config = config
        self._name = name
        self._sleep = sleep
        self._trust = trust(config, name) if config.tls != "none" else None
        self._room = threading.BoundedSemaphore(config.connections)
        self._password()

    def send(self, letter: EmailMessage, to: Sequence[str]) -> Receipt:
        """Hand a letter over to these. Whoever will not take it while another does is named in the receipt (`refused`).

        A letter of the same Message-ID may arrive twice where the last word of a try was lost; mail programs show it once.

        Raises Unavailable (`unreachable`, `timeout`, `broken_off`, `smtp_4xx`), Barred (`tls_missing`, `unauthorised`,
        `sender_refused`, `smtp_5xx` before anything was said), Refused (`recipient_refused`, `smtp_5xx`).
        """
        told = letter.as_bytes(policy=WIRE_FORM)
        until = time.monotonic() + self._config.budget_seconds
        tries = self._config.tries if self._config.once_seconds != 0 else 1  # who is shown each letter is sent one
        for attempt in patiently(tries, self._config.budget_seconds, self._sleep):
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
        if not self._room.acquire(timeout=max(0.0, until - time.monotonic())):
            raise _unsent(Unavailable("timeout", detail="no conversation was free", attempts=number))
        try:
            return self._hand_over(told, to, until, number)
        finally:
            self._room.release()

    def _hand_over(self, told: bytes, to: Sequence[str], until: float, number: int) -> Receipt:
        line, envelope = self._again(to, until) or (self._open(until, number), None)
        taken = False
        try:
            receipt = self._sent(line, envelope or line.envelope(self._config.sender, to), told, to, number)
        except (smtplib.SMTPException, OSError) as error:
            failed = _failure(error, number)
            raise (failed if line.inside else _unsent(failed)) from None
        else:
            taken = not receipt.refused
            return receipt
        finally:
            self._put_by(line, taken=taken)

    def _again(self, to: Sequence[str], until: float) -> tuple[_Line, _Envelope] | None:
        """A kept conversation that has taken the sender, for the other side may have hung up while nobody looked.

        Whatever but a yes is said there is about the conversation and not about the letter, of which nothing has been sent yet.
        """
        while (line := self._taken(self._kept.pop)) is not None:
            if time.monotonic() - line.since < self._keep:
                with suppress(smtplib.SMTPException, OSError):
                    envelope = line.envelope(self._config.sender, to, until)
                    if envelope.sender[0] == 250:
                        return line, envelope
            line.close()
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
            raise _unsent(_unopened(error, number)) from None
        return line

    @staticmethod
    def _sent(line: _Line, envelope: _Envelope, told: bytes, to: Sequence[str], number: int) -> Receipt:
        """The letter itself, once its envelope was taken."""
        _judge(*envelope.sender, number, shut="sender_refused")
        answers = envelope.addressees
        refused = {place: answer for place, answer in enumerate(answers, start=1) if answer[0] not in (250, 251)}
        named = tuple(f"{to[place - 1]}: {status(*answer)}" for place, answer in refused.items())
        if len(refused) == len(answers):
            error = _none_taken(refused, number)
            error.refused = named
            raise error
        _judge(*line.letter(envelope, told), number)
        return Receipt(
            reference="",
            attempts=number,
            refused=named,
            to=tuple(one for place, one in enumerate(to, start=1) if place not in refused),
        )

    def _password(self) -> str:
        """Read each time, so that a new one counts without a restart."""
        return secret(self._config.password_file, self._name, "password_file") if self._config.user else ""


_Reply = tuple[int, bytes]


class _Envelope(NamedTuple):
    """What was said to sender and addressees, and to DATA, where that was asked together with them."""

    sender: _Reply
    addressees: list[_Reply]
    data: _Reply | None


class _Line(smtplib.SMTP):
    """One conversation under one deadline, whatever the other side does."""

    def __init__(self, called: str, until: float, patience: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(local_hostname=called)  # no host yet: nothing is opened; and this machine's own name is told to nobody
        self._until = until
        self._patience = patience
        self._tls = tls
        self._inside = False  # between DATA and the letter's end every word is the letter's
        self.letters, self.since = 0, 0.0

    def envelope(self, sender: str, to: Sequence[str], until: float | None = None) -> _Envelope:
        """Sender and addressees; where the server takes several commands at once (RFC 2920), they and DATA are one journey.

        `until`: the deadline from here on, of a conversation that was kept: its first reply is waited for a short time only.
        """
        if until is not None:
            self._until = min(until, time.monotonic() + _PULSE)
        commands = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{one}>" for one in to)]
        together = self.has_extn("pipelining")
        self.send("".join(f"{one}\r\n" for one in ([*commands, "DATA"] if together else commands[:1])))
        first = self.getreply()
        self._until = until or self._until
        if together:
            answers, data = [self.getreply() for _ in to], self.getreply()
            self._inside = data[0] == 354
            return _Envelope(first, answers, data)
        return _Envelope(first, [self.docmd(one) for one in commands[1:]] if first[0] < 300 else [], None)

    def letter(self, envelope: _Envelope, told: bytes) -> _Reply:
        """The letter behind its envelope. Raises SMTPDataError where the server does not want it."""
        code, said = envelope.data or self.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, said)
        self._inside = True
        told = re.sub(rb"(?m)^\.", b"..", told)  # RFC 5321, 4.5.2
        self.send(told + (b".\r\n" if told.endswith(b"\r\n") else b"\r\n.\r\n"))
        said_at_last = self.getreply()
        self._inside = False
        return said_at_last

    @property
    def inside(self) -> bool:
        """Whether the letter is being said, and nobody has answered to it: it may have been taken."""
        return self._inside

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
            if self.sock is not None and not self._inside:
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


def _none_taken(refused: Mapping[int, tuple[int, bytes]], number: int) -> PortError:
    """None of the addressees was taken: for now, where one of them may be taken later. The detail counts them and names nobody."""
    passing = next((answer for answer in refused.values() if not 500 <= answer[0] < 600), None)
    if passing is not None:
        return Unavailable(f"smtp_{passing[0]}", origin=Origin.THEM, detail=status(*passing), attempts=number)
    detail = "; ".join(f"to[{place}]: {status(*answer)}" for place, answer in refused.items())
    return Refused("recipient_refused", origin=Origin.THEM, detail=detail, attempts=number)


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


def _unsent(error: PortError) -> PortError:
    """A failure before a word of the letter was said: it cannot have arrived."""
    if isinstance(error, Unavailable):
        error.perhaps = False
    return error


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
