"""A service of an X-Road (REST, protocol r1): asked through our own security server, by which its members know us and keep record."""

from __future__ import annotations

import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from connectors.config import parse, unfit
from connectors.http import Wire, printable
from connectors.reply import Reply
from connectors.sources.answers import Answers
from connectors.sources.asking import Asking, AskingConfig
from inspector.ports import Answer, Barred, Origin, Question, Unavailable

_KIND = re.compile(r"(Client|Server)(\.[A-Za-z0-9]{1,60}){1,4}")
_HASH = re.compile(r"[A-Za-z0-9+/]{85}[AQgw]==")
"""Base64 of the 64 bytes of a SHA-512."""
_HASHES = 10_000
"""Hashes of answers that are remembered."""
_SHUT = frozenset({"AccessDenied", "SslAuthenticationFailed", "UnknownMember", "UnknownService", "ServiceDisabled"})
"""Last words of errors by which nobody is let in, whatever is asked (the header is of PR-REST 4.6, the words are the servers')."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XroadConfig(AskingConfig):
    """Who we are, `INSTANCE/CLASS/MEMBER/SUBSYSTEM`, and which service is asked, with `/SERVICE` behind it; `url` is our security server's.

    `user_id`: on whose behalf, where the service wants it; `represented`: for which other member, `CLASS/MEMBER`.
    """

    client: str
    service: str
    user_id: str = ""
    represented: str = ""
    version_field: str = ""


class XroadSource:
    """One service of one member."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(XroadConfig, name, config)
        for key, given, counts in (
            ("client", held.client, (3, 4)),
            ("service", held.service, (4, 5)),
            ("represented", held.represented or "CLASS/MEMBER", (2,)),
        ):
            parts = given.split("/")
            if len(parts) not in counts or not all(part.strip() and part.isprintable() for part in parts):
                raise unfit(name, key, ("names_parted", " | ".join(map(str, counts))))
        self._client, self._service = _encoded(held.client), _encoded(held.service)
        self._wire = Wire(held, name)
        self.card = held.card(name, port="source", kind="xroad")
        self._answers = Answers(held, self.card)
        self._asking = Asking(held, self._answers)
        self._hashes, self._hashing = OrderedDict[str, str](), threading.Lock()

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact. The case travels as X-Road-Issue, so that both sides' records name it; the version is the request's number.

        Raises as every source over HTTP; for errors of security servers Unavailable (`fault_theirs`), Barred (`unauthorised`,
        `fault_form`), Garbled (`code_unknown`); Garbled (`echo_differs`) for an answer to another message or client, of another service,
        or without what says so (each answer of a security server bears all three, PR-REST 4.3), or whose hash of the question is none or
        is another question's (`_fits`).
        """
        asked, sent = self._asking.made(question, key), list[str]()

        def anew() -> tuple[Mapping[str, str], Mapping[str, object] | bytes]:
            sent.append(str(uuid.uuid4()))
            return asked.anew(self._headers(sent[-1], question))()

        path = f"/r1/{self._service}/{asked.path.lstrip('/')}".rstrip("/")
        reply = self._wire.send(asked.method, path, anew=anew, key=key, case_id=question.case_id, answers=_failed)
        if _failed(reply):
            raise self._fault(reply)
        for name, wanted in (("x-road-id", sent[-1]), ("x-road-client", self._client), ("x-road-service", self._service)):
            if reply.headers.get(name) != wanted:  # without it, whoever answered is no security server, and nobody has signed it
                raise reply.garbled("echo_differs", name)
        if not self._fits(reply.headers.get("x-road-request-hash"), sent[-1]):
            raise reply.garbled("echo_differs", "x-road-request-hash")
        answer = self._answers.read(reply, question, key)
        number = reply.headers.get("x-road-request-id", "")
        if self._config.version_field or not re.fullmatch(r"[\w-]{1,64}", number):
            return answer
        return replace(answer, provenance=replace(answer.provenance, source_version=number))

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _headers(self, number: str, question: Question) -> Mapping[str, str]:
        held = self._config
        told = {
            "X-Road-Client": self._client,
            "X-Road-Id": number,
            "X-Road-Issue": printable(question.case_id),
            "X-Road-UserId": printable(held.user_id),
            "X-Road-Represented-Party": _encoded(held.represented),
        }
        return {name: value for name, value in told.items() if value}

    def _fits(self, told: str | None, number: str) -> bool:
        """Whether a hash can be that of the message of this number; no hash is no fault.

        Over which lines of the headers it is taken the protocol leaves to the security servers, which put in and leave out some of them:
        ours must compare it (PR-REST 4.3), and nobody behind it can. What can be told here: it is a SHA-512, and as each message has a
        number of its own, one that came with another message's answer is that message's.
        """
        if told is None:
            return True
        if not _HASH.fullmatch(told):
            return False
        with self._hashing:
            whose = self._hashes.setdefault(told, number)
            if len(self._hashes) > _HASHES:
                self._hashes.popitem(last=False)
        return whose == number

    def _fault(self, reply: Reply) -> Exception:
        """What an error of a security server means: the header says that it is one, and not an answer of the service."""
        told, tried = reply.headers["x-road-error"], reply.attempts
        if not _KIND.fullmatch(told):
            return reply.garbled("code_unknown", "X-Road-Error")
        if told.rpartition(".")[2] in _SHUT:
            return Barred("unauthorised", detail=told, attempts=tried)
        if told.startswith("Client."):
            return Barred("fault_form", detail=told, attempts=tried)
        return Unavailable("fault_theirs", origin=Origin.THEM, detail=told, attempts=tried)


def connect(name: str, config: Mapping[str, object]) -> XroadSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return XroadSource(name, config)


def _failed(reply: Reply) -> bool:
    return "x-road-error" in reply.headers


def _encoded(name: str) -> str:
    """A name of X-Road in a header or a path (PR-REST 4.1, 4.3): percent-encoded UTF-8, its slashes kept."""
    return "/".join(quote(part, safe="") for part in name.split("/"))
