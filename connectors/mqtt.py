"""The one wire to a broker of messages (MQTT 5.0, OASIS standard); the only module that knows paho.

It publishes and subscribes to nothing. As HTTP it is blocking, bounded in every direction (time, bytes, tries) and silent: neither
topics nor contents are logged or put into errors. A session lives in a thread of its own and is shared by whoever publishes; one that
fails is given up whole and nothing of it is sent later: what must go out again is the house's affair. The library is an extra
(decision 95).
"""

from __future__ import annotations

import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from connectors.config import ConnectorConfig, secret, unfit
from connectors.patience import patiently
from connectors.trust import kept as kept_trust
from inspector.domain.errors import Invalid
from inspector.ports import Barred, NotYet, Origin, PortError, Refused, Unavailable

EXTRA = "mqtt"
NOBODY_LISTENS = "nobody_listens"
"""The broker says that nobody has subscribed to the topic (reason code 0x10): what it took it has dropped."""

_PORTS = {"mqtts": 8883, "mqtt": 1883}
_HERE = ("localhost", "127.0.0.1", "::1")
_MOST_HEARD = 1 << 20
"""Bytes that a broker may say between two acknowledgements; each of its packets to us has some ten."""
_KEEP, _LASTS = 30.0, 600.0
"""Seconds for which a session that nobody uses is used again, and after which it is begun anew, with the password of its moment."""
_AGAIN = 60.0
"""Seconds until a topic without a subscriber is tried again: a phone that is switched on subscribes by itself."""
_ALIVE = 60
"""Seconds after which a silent session is asked whether it goes on (3.1.2.10)."""

CONNECTS: Mapping[int, tuple[type[Unavailable], str]] = {
    0x84: (Barred, "not_understood"),
    0x85: (Barred, "channel_barred"),
    **dict.fromkeys((0x86, 0x87, 0x8A, 0x8C), (Barred, "unauthorised")),
    **dict.fromkeys((0x88, 0x89, 0x97, 0x9F), (Unavailable, "channel_busy")),
    **dict.fromkeys((0x9C, 0x9D), (Barred, "channel_barred")),
}
"""Reason codes of CONNACK (3.2.2.2); any other is no answer that we could have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerConfig(ConnectorConfig):
    """How to reach the office's broker. Times are in seconds.

    `url`: `mqtts://HOST:PORT`; `mqtt://…` is for a broker on this very machine only.
    """

    url: str
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    client_cert_file: str = ""
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    budget_seconds: float = 20.0
    tries: int = 2

    @property
    def longest_seconds(self) -> float | None:
        """One message is one call."""
        return self.budget_seconds


class Broker:
    """The way to one broker, from any number of threads."""

    def __init__(self, config: BrokerConfig, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises Invalid (`connector_…`) when the library is missing, or address, password or a certificate cannot be used."""
        self._library = _library(name)
        self._config, self._name, self._sleep = config, name, sleep
        self._where = _address(config, name)
        self._trust = kept_trust("https:" if self._tls else "", config.ca_file, config.client_cert_file, name)
        self._password()
        self._guard = threading.Lock()
        self._session: _Session | None = None

    def publish(self, topic: str, told: bytes, *, number: str, lasts: int) -> int:
        """Hand a message over: at least once (QoS 1), never retained, for `lasts` seconds; the tries it took.

        `number` tells a reader that two messages are one. The broker's acknowledgement (PUBACK) is what is waited for; it says that the
        broker has it, and no more.

        Raises Unavailable (`unreachable`, `timeout`, `broken_off`, `channel_busy`, `rate_limited`), NotYet (`nobody_listens`), Barred
        (`unauthorised`, `not_understood`, `channel_barred`, `key_unreadable`), Refused (`channel_refused`).
        """
        until = time.monotonic() + self._config.budget_seconds
        for attempt in patiently(self._config.tries, self._config.budget_seconds, self._sleep):
            tried = attempt.retry_state.attempt_number
            with attempt, self._used(until, tried) as session:
                left = min(until, time.monotonic() + self._config.read_seconds)
                _judge(session.publish(topic, told, self._properties(number, lasts), left), tried)
                return tried
        raise AssertionError("tenacity either returns or raises")

    def reach(self) -> None:
        """Come in and go, for `connector check`; nothing is published. Raises as `publish` does."""
        with self._used(time.monotonic() + self._config.budget_seconds, 1):
            pass

    def close(self) -> None:
        """Take leave of the broker."""
        with self._guard:
            session, self._session = self._session, None
        if session is not None:
            session.leave()

    @property
    def _tls(self) -> bool:
        return self._config.url.startswith("mqtts:")

    @contextmanager
    def _used(self, until: float, tried: int) -> Iterator[_Session]:
        """The session, open and ours for a while. Every failure is told by its stable code."""
        session = self._entered(until, tried)
        try:
            yield session
        except (OSError, ValueError, EOFError) as error:
            raise _failure(error, tried) from None
        finally:
            with self._guard:
                session.users -= 1

    def _entered(self, until: float, tried: int) -> _Session:
        if not self._guard.acquire(timeout=max(0.0, until - time.monotonic())):
            raise Unavailable("timeout", detail="session", attempts=tried)
        try:
            held = self._session
            if held is not None and not held.serves():
                self._session = None
                held.leave()
            if self._session is None:
                self._session = self._opened(until, tried)
            self._session.users += 1
            return self._session
        finally:
            self._guard.release()

    def _opened(self, until: float, tried: int) -> _Session:
        try:
            trust, password = self._trust() if self._tls else None, self._password()
        except Invalid as error:
            raise Barred("key_unreadable", detail=error.code, attempts=0) from None
        session = _Session(self._library, self._where, self._config, trust, password)
        try:
            code = session.enter(until)
        except (OSError, ValueError, EOFError) as error:
            session.drop()
            raise _failure(error, tried) from None
        if code:
            session.drop()
            family, told = CONNECTS.get(code, (Unavailable, "broken_off"))
            origin = Origin.US if family is Barred else Origin.THEM
            raise family(told, origin=origin, detail=f"connack {code:#04x}", attempts=tried)
        return session

    def _properties(self, number: str, lasts: int) -> Any:
        kinds, packets = import_module("paho.mqtt.properties"), import_module("paho.mqtt.packettypes")
        told = kinds.Properties(packets.PacketTypes.PUBLISH)
        told.MessageExpiryInterval, told.ContentType, told.PayloadFormatIndicator = lasts, "application/json", 1
        told.UserProperty = ("id", number)
        return told

    def _password(self) -> str:
        """Read for each session, so that a new one counts without a restart."""
        return secret(self._config.password_file, self._name, "password_file") if self._config.user else ""


@dataclass(slots=True)
class _Waiter:
    """Who waits for an acknowledgement: its reason code, or None where the session ended first."""

    told: threading.Event = field(default_factory=threading.Event)
    code: int | None = None


class _Session:
    """One session with a clean start, in a thread of its own. It is never begun anew: the broker must not get later what we gave up."""

    def __init__(
        self, library: Any, where: tuple[str, int], config: BrokerConfig, trust: ssl.SSLContext | None, password: str
    ) -> None:
        self.users, self._since, self._last = 0, time.monotonic(), time.monotonic()
        self._config, self._where, self._trust = config, where, trust
        self._waiting: dict[int, _Waiter] = {}
        self._entered, self._over, self._dropped = threading.Event(), threading.Event(), False
        self._code, self._fault, self._wire = 0, None, None  # type: int, Exception | None, socket.socket | None
        self._client = client = _client(library, self)
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        if config.user:
            client.username_pw_set(config.user, password)

    def serves(self) -> bool:
        """Whether one more may use it."""
        now = time.monotonic()
        fresh = now - self._last < _KEEP and now - self._since < _LASTS
        return not self._over.is_set() and (self.users > 0 or fresh)

    def enter(self, until: float) -> int:
        """The reason code of the broker's answer. Raises OSError, ValueError, EOFError."""
        self._client.connect_async(*self._where, keepalive=_ALIVE, clean_start=True)
        self._client.loop_start()
        by = min(until, time.monotonic() + self._config.connect_seconds + self._config.read_seconds)
        if not self._entered.wait(max(0.0, by - time.monotonic())):
            raise TimeoutError("no answer to our greeting")
        if self._over.is_set() and not self._code:
            raise self._fault or EOFError("ended before it began")
        return self._code

    def publish(self, topic: str, told: bytes, properties: Any, until: float) -> int:
        """The reason code of the acknowledgement. Raises TimeoutError, EOFError."""
        info = self._client.publish(topic, told, qos=1, retain=False, properties=properties)
        waiter = self._waiting.setdefault(info.mid, _Waiter())
        if self._over.is_set():
            waiter.told.set()
        came = waiter.told.wait(max(0.0, until - time.monotonic()))
        self._waiting.pop(info.mid, None)
        self._last = time.monotonic()
        if not came:
            self.drop()  # what it still holds of ours must not come out later
            raise TimeoutError("no acknowledgement")
        if waiter.code is None:
            raise EOFError("ended before it was acknowledged")
        return waiter.code

    def leave(self) -> None:
        """Say goodbye, in a second at most."""
        if not self._over.is_set():
            self._client.disconnect()
            self._over.wait(1.0)
        self.drop()

    def drop(self) -> None:
        """End it at once, from whichever thread, wherever it stands."""
        self._dropped = True
        if (wire := self._wire) is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def opened(self) -> socket.socket:
        """Our end of the wire, for the library; we keep a second hold on it to end it by. Raises OSError, ValueError."""
        held = socket.create_connection(self._where, self._config.connect_seconds)
        try:
            self._wire = held.dup()
            if self._dropped:
                self.drop()
            return held if self._trust is None else self._trust.wrap_socket(held, server_hostname=self._where[0])
        except BaseException:
            held.close()
            raise

    def ended(self, fault: Exception | None) -> None:
        """Its thread is done: nobody waits any longer."""
        self._fault = fault
        with suppress(OSError, AttributeError):
            self._client.socket().close()
        if self._wire is not None:
            self._wire.close()
        self._over.set()
        self._entered.set()
        for waiter in list(self._waiting.values()):
            waiter.told.set()

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: Any, told: Any) -> None:
        self._code = int(reason.value)
        if not self._code and getattr(told, "MaximumQoS", 2) < 1:
            self._code = 0x84  # one that acknowledges nothing is not the protocol that we speak
        self._entered.set()

    def _on_publish(self, _client: object, _data: object, number: int, reason: Any, _told: object) -> None:
        waiter = self._waiting.setdefault(number, _Waiter())
        waiter.code = int(reason.value)
        waiter.told.set()


def _client(library: Any, session: _Session) -> Any:
    """The library's client, on a wire that we can end, that says no more than it may, and whose thread ends with the wire."""

    class Client(library.Client):  # type: ignore[misc] # it is loaded when it is wanted
        heard = 0

        def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> Any:  # noqa: ARG002 - the library's signature
            fault: Exception | None = None
            try:
                return super().loop_forever(timeout, retry_first_connection=False)
            except Exception as error:  # noqa: BLE001 - whatever a broker may say that the library trips over
                fault = error
                return library.MQTT_ERR_UNKNOWN
            finally:
                session.ended(fault)

        def _create_socket_connection(self) -> socket.socket:
            return session.opened()

        def _handle_pubackcomp(self, cmd: Any) -> Any:
            self.heard = 0
            return super()._handle_pubackcomp(cmd)

        def _sock_recv(self, bufsize: int) -> bytes:
            said: bytes = super()._sock_recv(min(bufsize, 65_536))
            self.heard += len(said)
            if self.heard > _MOST_HEARD:
                raise ConnectionError("too much was said")
            return said

    return Client(
        library.CallbackAPIVersion.VERSION2,
        client_id=f"inspector-{secrets.token_hex(8)}",
        protocol=library.MQTTv5,
        reconnect_on_failure=False,
    )


def _judge(code: int, tried: int) -> None:
    """Raise what a reason code of PUBACK means (3.4.2.1)."""
    detail = f"puback {code:#04x}"
    if code == 0x00:
        return
    if code == 0x10:
        raise NotYet(NOBODY_LISTENS, origin=Origin.THEM, detail=detail, attempts=tried, retry_after=_AGAIN)
    if code == 0x87:
        raise Barred("channel_barred", detail=detail, attempts=tried)
    if code == 0x97:
        raise Unavailable("rate_limited", origin=Origin.THEM, detail=detail, attempts=tried)
    if code in (0x90, 0x99):
        raise Refused("channel_refused", origin=Origin.THEM, detail=detail, attempts=tried)
    raise Unavailable("channel_busy", origin=Origin.THEM, detail=detail, attempts=tried)


def _failure(error: Exception, tried: int) -> PortError:
    """A failure of the wire by its stable code; the detail names the kind of error only."""
    if isinstance(error, TimeoutError):
        return Unavailable("timeout", detail=type(error).__name__, attempts=tried)
    if isinstance(error, socket.gaierror | ConnectionRefusedError | ssl.SSLError):
        return Unavailable("unreachable", detail=type(error).__name__, attempts=tried)
    return Unavailable("broken_off", detail=type(error).__name__, attempts=tried)


def _address(config: BrokerConfig, name: str) -> tuple[str, int]:
    """Where the broker is. Raises Invalid for settings that contradict each other, say too little or put a secret in plain sight."""
    try:
        url = urlsplit(config.url)
        where = (url.hostname or "", url.port or _PORTS.get(url.scheme, 0))
        fine = bool(where[0] and where[1]) and url.scheme in _PORTS and url.path in ("", "/")
        fine = fine and not (url.query or url.fragment or url.username or url.password)
    except ValueError:
        fine, where = False, ("", 0)
    if not fine or (config.url.startswith("mqtt:") and where[0] not in _HERE):
        wanted = "mqtt_address"
        raise unfit(name, "url", wanted)
    if bool(config.password_file) != bool(config.user):
        raise unfit(name, "password_file", "with_user")
    for key in ("connect_seconds", "read_seconds", "budget_seconds", "tries"):
        if not getattr(config, key) > 0:
            raise unfit(name, key, "> 0")
    return where


def _library(name: str) -> Any:
    try:
        return import_module("paho.mqtt.client")
    except ImportError:
        raise Invalid("connector_library_missing", connector=name, library="paho-mqtt", extra=EXTRA) from None
