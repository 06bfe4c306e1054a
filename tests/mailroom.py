"""A real mail server (aiosmtpd) that takes letters or refuses them as told, and a socket that only pretends to be one."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.fault.office import free_port
from tests.listening import accepting


@dataclass
class Mailroom:
    """The server's handler. `answers`: what it says at a step (`MAIL`, `DATA`, or an addressee's own address) instead of yes.

    `together`: it says that it takes several commands at once (RFC 2920), as it does.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)
    tried: int = 0
    connections: int = 0
    together: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    _servers: list[Any] = field(default_factory=list)

    async def handle_EHLO(self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802 - the server calls it so
        session.host_name = hostname
        self.connections += 1
        self._servers.append(server)
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.together else responses

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - the server calls it so
        self.over.set()
        return "221 bye"

    def hang_up(self) -> None:
        """End what goes on, without a word. It is over when this returns."""
        self.over.clear()
        for server in self._servers:
            if server.transport is not None:
                asyncio.run_coroutine_threadsafe(_hung_up(server.transport), server.loop).result(60)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - the server calls it so
        self.tried += 1
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802 - the server calls it so
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - the server calls it so
        if "DATA" not in self.answers:
            self.taken.append(envelope)
        return self.answers.get("DATA", "250 OK")

    @property
    def letters(self) -> list[EmailMessage]:
        """What was taken, read."""
        assert all(isinstance(one.content, bytes) for one in self.taken)
        return [message_from_bytes(one.content, policy=policy.default) for one in self.taken]  # type: ignore[arg-type]


async def _hung_up(transport: asyncio.WriteTransport) -> None:
    transport.abort()
    await asyncio.sleep(0.01)  # its socket is closed at the loop's next turn


USER, PASSWORD = "inspector", "mail-word"


def _known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, told: Any) -> AuthResult:
    fine = isinstance(told, LoginPassword) and (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fine, handled=fine)


@contextmanager
def mailroom(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False, together: bool = False
) -> Iterator[Mailroom]:
    """A server on a free port: with `tls` by STARTTLS, or from the first byte (`implicit`); with `login` to whom it knows alone."""
    held = Mailroom(together=together)
    # Its name is told, for it would look it up for each connection, a tenth of a second during which it serves nobody.
    told: dict[str, Any] = {"server_hostname": "mail.example", "auth_required": login, "authenticator": _known if login else None}
    told |= {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": tls is not None}
    if login and (implicit or tls is None):
        told["auth_require_tls"] = False  # it does not see that the whole line is TLS
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")  # which it says
    held.port = free_port()
    controller = Controller(held, hostname="127.0.0.1", port=held.port, **told)
    controller.start()
    try:
        yield held
    finally:
        controller.stop()


Script = Mapping[str, bytes]
"""What is said to a command's first word; `""`: the greeting, `.`: the letter. Nothing said where there is nothing: then it is silence."""


def pretending(script: Script, *, drip: float = 0.0) -> AbstractContextManager[int]:
    """The port of a socket that plays a script, a byte every `drip` seconds; `!` in place of an answer hangs up, `!!` resets."""
    return accepting(lambda line, over: _play(line, script, drip, over))


def _play(line: socket.socket, script: Script, drip: float, over: threading.Event) -> None:
    with line, suppress(OSError), line.makefile("rb") as heard:
        _say(line, script.get("", b"220 here\r\n"), drip, over)
        inside = False  # the letter, which ends with a line of its own
        for told in heard:
            if inside and told != b".\r\n":
                continue
            word = told[:4].decode("latin-1").strip().upper()
            answer = script.get(word, script.get("*", b""))
            inside = word == "DATA" and answer.startswith(b"354")
            if answer == b"!!":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if answer in (b"!", b"!!"):
                return
            _say(line, answer, drip, over)
        over.wait(60)


def _say(line: socket.socket, content: bytes, drip: float, over: threading.Event) -> None:
    step = 1 if drip else len(content) or 1
    for place in range(0, len(content), step):
        line.sendall(content[place : place + step])
        if drip and over.wait(drip):
            return
