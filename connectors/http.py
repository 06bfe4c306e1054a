"""The one wire that leaves the house over HTTP; the only module that knows httpx.

Blocking, bounded in every direction (time, tries, bytes), and silent: neither addresses nor contents are logged or put into
errors, for both may hold personal data or secrets.
"""

from __future__ import annotations

import hashlib
import json as jsonlib
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx

from connectors.config import ConnectorConfig, parse, unfit
from connectors.connection import Connection
from connectors.deadline import Deadline
from connectors.kept import Kept
from connectors.patience import ahead, in_turn, patiently
from connectors.reply import Reply
from connectors.status import judge, shut, untaken
from connectors.trust import kept as kept_trust
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Garbled, Origin, PortError, Receipt, Refused, Unavailable

# httpx writes whole URLs at INFO, httpcore headers at DEBUG.
for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)

Anew = Callable[[], tuple[Mapping[str, str], Mapping[str, object] | bytes]]
"""Headers and body (JSON, or bytes as they are) as they go out at one try: a signature that holds its own time is good for one only."""

Signs = Callable[[str, str, Mapping[str, str], bytes], Mapping[str, str]]
"""Further headers for a request as it is sent: of its method, URL, headers and body. Raises ValueError for what cannot be signed."""

Answers = Callable[[Reply], bool]
"""Whether a reply answers the question though its status says that it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireConfig(ConnectorConfig):
    """How to reach one outside party. `url` has no query and no password; times are in seconds.

    `budget_seconds` bounds one `send` with all its tries and waits; the house refuses one that is not under half of the engine's
    lease (60 s by default). `reuse`: a connection is kept for the next question, of a party whose answers name theirs; any other's late
    duplicate would be taken for the answer about somebody else.
    """

    url: str
    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    budget_seconds: float = 20.0
    tries: int = 3
    token_file: str = ""
    ca_file: str = ""
    client_cert_file: str = ""
    max_reply_bytes: int = 1_048_576
    reuse: bool = False

    @property
    def longest_seconds(self) -> float | None:
        """One `send` is one call."""
        return self.budget_seconds

    @property
    def names_question(self) -> bool:
        """Whether an answer says which question it is to, and is not taken where it is to another one."""
        return False


class Wire:
    """Calls to one outside party from any number of threads.

    Each call under way has a line with one connection to itself, kept for the next call with `reuse`: one big httpx pool searches all its
    connections at every step and gets slower by the square of their number. Lines are httpx transports, not clients: no redirect
    that a token could follow, no cookies that would lead from one case to the next, and a third less time for each call.

    `ahead`: how far the party's clock was ahead of this machine's when it last told the time; None while it has not.
    """

    def __init__(
        self,
        config: WireConfig | Mapping[str, object],
        name: str = "http",
        *,
        sleep: Callable[[float], None] = time.sleep,
        signs: Signs | None = None,
        secrets: Sequence[Kept[Any]] = (),
    ) -> None:
        """`secrets`: those that show who asks besides the token, so that it is known when one was exchanged meanwhile.

        Raises Invalid (`connector_…`) when the configuration, a secret or a certificate file cannot be used.
        """
        self._config = config if isinstance(config, WireConfig) else parse(WireConfig, name, config)
        _check(self._config, name)
        self._trust = kept_trust(self._config.url, self._config.ca_file, self._config.client_cert_file, name)
        self._sleep, self._signs = sleep, signs
        self._headers = {"User-Agent": "inspector", "Accept": "application/json", "Accept-Encoding": "identity"}
        token = self._config.token_file
        self._token = Kept(token, name, "token_file", "Bearer {}".format) if token else None
        self._secrets = (*((self._token,) if self._token is not None else ()), *secrets)
        held = self._config
        self._timeouts = {
            "connect": held.connect_seconds,
            "read": held.read_seconds,
            "write": held.read_seconds,
            "pool": held.connect_seconds,  # nobody waits for it: each line has its connection to itself
        }
        self._idle: deque[_Line] = deque()
        self._closed = False
        self._parted = lru_cache(maxsize=1)(httpx.URL)  # many have one address for all, and taking it apart is a tenth of a call
        self.ahead: timedelta | None = None

    def send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        anew: Anew | None = None,
        key: str = "",
        case_id: str = "",
        within: float | None = None,
        answers: Answers | None = None,
    ) -> Reply:
        """Ask within the budget, with the same `key` at every try, and answer what came with a 2xx status.

        `anew` makes further headers and the body for each try, instead of `json`. `within`: seconds that are left of a budget which
        several calls share. What `answers` although its status is none of 2xx is told like an answer.

        Raises Unavailable (`unreachable`, `timeout`, `broken_off`, `http_429`, `http_5xx`; with `retry_after` where named;
        `secret_exchanged`), Barred (`unauthorised`, `key_unreadable`, `http_<status>` of a wrong address), Refused (other
        `http_<status>`, `request_malformed`), Garbled (`too_large`, `encoded`).
        """
        body = None if json is None else encoded(json)
        typed = json if anew is None else None if method == "GET" else {}
        told = self._told(typed, key, case_id, {"Cache-Control": "no-cache"})
        return self._patiently(_Ask(method, self._url(path), body, told, anew=anew, answers=answers), within)

    def deliver(
        self,
        path: str,
        *,
        json: object,
        key: str,
        case_id: str = "",
        heed: bool = True,
        dated: str = "",
    ) -> Receipt:
        """Hand something over by POST: any 2xx, and what its body tells. Not `heed`: what it tells does not matter.

        `dated`: the field in which the other side may date its receipt.

        A first try may have arrived though its answer was lost. Whoever says so with 409 names `key` and gives the receipt of
        then; a 409 that does not is about other contents under the same key, a defect of ours (`conflict`).

        Raises as `send` does, and Garbled for a body that is no receipt.
        """
        body, told = encoded(json), self._told(json, key, case_id, {})
        ask = _Ask("POST", self._url(path), body, told, delivers=True, answers=lambda reply: reply.repeats(printable(key)))
        try:
            reply = self._patiently(ask)
            return reply.receipt(dated=dated)
        except Garbled as error:
            if heed:
                raise
            return Receipt(reference="", attempts=error.attempts)

    def _told(self, json: object, key: str, case_id: str, more: Mapping[str, str]) -> Mapping[str, str]:
        told = {
            "Content-Type": "application/json" if json is not None else "",
            "Idempotency-Key": key,
            "X-Correlation-Id": case_id,
        }
        return self._headers | {name: printable(value) for name, value in told.items() if value} | dict(more)

    def _patiently(self, ask: _Ask, within: float | None = None) -> Reply:
        budget = self._config.budget_seconds if within is None else min(within, self._config.budget_seconds)
        budget = in_turn(budget, self._sleep)
        deadline, sure = time.monotonic() + budget, True
        tries = self._config.tries if self._config.once_seconds != 0 else 1  # who is shown each try is asked once
        for attempt in patiently(tries, budget, self._sleep):
            number = attempt.retry_state.attempt_number
            with attempt:
                try:
                    return self._shown(ask, deadline, number)
                except PortError as error:
                    sure = error.sure = sure and untaken(error)
                    raise
        raise AssertionError("tenacity either returns or raises")

    def _shown(self, ask: _Ask, deadline: float, number: int) -> Reply:
        """One try with the secrets as they lie in their files now: a try may come long after the one before.

        A 401 to one that is not in force any more says nothing of the one that is, and bars nobody: it is asked again with that.
        Raises Unavailable (`secret_exchanged`) for it, and as `_try`.
        """
        held = [one.now() for one in self._secrets]
        ours = {"Authorization": self._token.now()} if self._token is not None else {}
        try:
            return self._try(self._signed(replace(ask, headers={**ours, **ask.headers}).made(), number), deadline, number)
        except Barred as error:
            if not shut(error) or held == [one.now() for one in self._secrets]:
                raise
            raise Unavailable("secret_exchanged", origin=Origin.US, detail=error.detail, attempts=number) from None

    def _signed(self, ask: _Ask, number: int) -> _Ask:
        if self._signs is None:
            return ask
        try:
            told = self._signs(ask.method, str(httpx.URL(ask.url)), ask.headers, ask.body or b"")
        except (ValueError, httpx.InvalidURL) as error:
            raise Refused("request_malformed", origin=Origin.US, detail=type(error).__name__, attempts=number) from None
        return replace(ask, headers={**ask.headers, **told})

    def close(self) -> None:
        """Close the connections at rest; those under way close when their call ends."""
        self._closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _url(self, path: str) -> str:
        """Always parted by a slash: a `path` written without one must not become part of the host, and take the token there."""
        return f"{self._config.url.rstrip('/')}/{path.lstrip('/')}" if path else self._config.url

    def _try(self, ask: _Ask, deadline: float, number: int) -> Reply:
        asked_at = datetime.now(UTC)
        try:
            with self._line() as line, closing(line.ask(ask, self._parted(ask.url), deadline, self._timeouts)) as response:
                body, whole = self._read(response)
        except httpx.TransportError as error:
            raise _failure(error, number) from None
        except httpx.InvalidURL:  # a path with a line break; its text would show the address
            raise Refused("request_malformed", origin=Origin.US, detail="InvalidURL", attempts=number) from None
        self.ahead = ahead(response.headers, asked_at, datetime.now(UTC), self.ahead)
        digest = hashlib.sha256(body).hexdigest()
        reply = Reply(
            status=response.status_code,
            headers=dict(response.headers),
            body=body,
            attempts=number,
            request_digest=ask.digest,
            reply_digest=digest,
            asked_at=asked_at,
        )
        if not (whole and ask.answers is not None and not 200 <= reply.status < 300 and ask.answers(reply)):
            judge(reply, self.ahead, delivers=ask.delivers)
        if not whole:
            raise Garbled("too_large", digest=digest, detail=f"over {self._config.max_reply_bytes} bytes", attempts=number)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Garbled("encoded", digest=digest, detail="answered compressed though asked not to", attempts=number)
        return reply

    @contextmanager
    def _line(self) -> Iterator[_Line]:
        """A line nobody else uses. After an error it is thrown away: a connection in doubt must not meet another case."""
        trust = self._trust()
        line = _popped(self._idle)
        if line is not None and line.trust is not trust:
            line.close()
            line = None
        line = line or _Line(trust)
        try:
            yield line
        except BaseException:
            line.close()
            raise
        if not self._config.reuse:
            line.close()
            return
        self._idle.append(line)
        if self._closed:
            self.close()

    def _read(self, response: httpx.Response) -> tuple[bytes, bool]:
        """The raw body and whether it is whole."""
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._config.max_reply_bytes:
                return bytes(body), False
        return bytes(body), True


@dataclass(frozen=True, slots=True)
class _Ask:
    method: str
    url: str
    body: bytes | None
    headers: Mapping[str, str]
    delivers: bool = False
    anew: Anew | None = None
    answers: Answers | None = None

    @property
    def digest(self) -> str:
        """Of the body; without one of the address and the key, which names the case: by an address alone a code could be guessed."""
        bare = f"{self.url}\n{self.headers.get('Idempotency-Key', '')}".encode("utf-8", "replace")
        return hashlib.sha256(self.body or bare).hexdigest()

    def made(self) -> _Ask:
        """As it goes out at the next try."""
        if self.anew is None:
            return self
        headers, told = self.anew()
        return replace(self, headers={**self.headers, **headers}, body=told if isinstance(told, bytes) else encoded(told))


class _Line(httpx.HTTPTransport):
    """One connection to the party, under one deadline for each call."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        super().__init__(verify=trust, trust_env=False)
        self.trust = trust
        self._deadline = Deadline()
        # httpx offers no way to hand a backend in; should it rename this, the test of the trickling header fails.
        self._pool = Connection(trust, self._deadline)

    def ask(self, ask: _Ask, url: httpx.URL, deadline: float, timeouts: Mapping[str, float]) -> httpx.Response:
        """The answer's head; the body is still to be read, and the answer to be closed."""
        self._deadline.at = deadline
        request = httpx.Request(ask.method, url, content=ask.body, headers=ask.headers, extensions={"timeout": dict(timeouts)})
        return self.handle_request(request)


def _failure(error: httpx.TransportError, number: int) -> PortError:
    """A failure of the wire by its stable code. The detail names kinds of errors only: their texts may hold addresses."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return Refused("request_malformed", origin=Origin.US, detail=" < ".join(kinds), attempts=number)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        code = "unreachable"
    elif isinstance(error, httpx.TimeoutException):
        code = "timeout"
    else:
        code = "broken_off"
    return Unavailable(code, detail=" < ".join(kinds), attempts=number)


def encoded(told: object) -> bytes:
    """`told` as the JSON bytes that leave the house. Raises ValueError, TypeError for what JSON cannot say."""
    return jsonlib.dumps(told, separators=(",", ":"), allow_nan=False).encode()


def printable(value: str) -> str:
    """A header's value in printable ASCII; anything else (a Chinese case number, a line break) travels percent-encoded."""
    return quote(value, safe=_PRINTABLE, errors="replace")


_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def _check(config: WireConfig, name: str) -> None:
    """A query or a password in the address would be a secret in plain sight. Raises Invalid."""
    try:
        url = httpx.URL(config.url)
        usable = url.scheme in ("http", "https") and url.host and 0 < (url.port or 80) < 65_536
    except (httpx.InvalidURL, UnicodeError):  # a host that begins like an encoded name and is none is found out when it is read
        raise Invalid("connector_url", connector=name, key="url") from None
    if not usable:
        raise Invalid("connector_url", connector=name, key="url")
    if url.query or url.fragment or url.userinfo:
        raise Invalid("connector_url_more", connector=name, key="url")
    if config.reuse and not config.names_question:
        raise unfit(name, "reuse", "false_or_echo")
    for key in ("connect_seconds", "read_seconds", "budget_seconds", "tries", "max_reply_bytes"):
        if not getattr(config, key) > 0:
            raise unfit(name, key, "> 0")


def _popped(idle: deque[_Line]) -> _Line | None:
    try:
        return idle.pop()
    except IndexError:  # another thread was quicker
        return None


__all__ = ["Anew", "Reply", "Wire", "WireConfig", "encoded", "printable"]
