"""Pushes by whatever else there is, through the library apprise: handed over, and not confirmed.

The library calls a message sent when a service answers 200, also one that has refused it in its body, as messengers do. So what it
calls sent is a receipt of our own that says nothing of the other side, and nobody's silence counts from it (decision 95). It is the one
connector whose wire is not ours: the library opens it, in a thread of this channel, bounded by its reads and by our deadline. It is an
extra.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import quote

from connectors.channels.messenger import lines, needed, of_one, one_person
from connectors.config import ConnectorConfig, parse, unfit
from connectors.kept import Kept
from inspector.domain.errors import Invalid
from inspector.ports import Message, Origin, Receipt, Refused, Unavailable

EXTRA = "apprise"
_PLACE = "{address}"
_SAMPLE = "card-1"
_MOST = 32
"""Calls at once, as many as a channel has in hand (`lane_slots`): fewer would wait here."""

# It repeats addresses and answers at every level.
for _talker in ("apprise", "urllib3", "requests"):
    logging.getLogger(_talker).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseConfig(ConnectorConfig):
    """One service in the library's own form of an address, with `{address}` where an inspector's own goes. Times are in seconds.

    The address holds the service's secrets, and so lies in a file.
    """

    url_file: str
    connect_seconds: float = 4.0
    read_seconds: float = 10.0
    budget_seconds: float = 20.0

    @property
    def longest_seconds(self) -> float | None:
        """One message is one call."""
        return self.budget_seconds

    @property
    def once_seconds(self) -> float | None:
        """Never: no service is told one message from another."""
        return 0


class AppriseChannel:
    """One service."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`) when the library is missing, or it knows no service by this address."""
        held = self._config = parse(AppriseConfig, name, config)
        for key in ("connect_seconds", "read_seconds", "budget_seconds"):
            if not getattr(held, key) > 0:
                raise unfit(name, key, "> 0")
        needed(held, name, "url_file")
        self._library, self._asset = _library(name)

        def made(url: str) -> str:
            service = self._service(url, _SAMPLE) if _PLACE in url else None
            if service is None or not service.verify_certificate:
                raise unfit(name, "url_file", ("apprise_address", _PLACE))
            return url

        self._url = Kept(held.url_file, name, "url_file", made)
        self._calls = ThreadPoolExecutor(_MOST, thread_name_prefix=f"apprise-{name}")
        self.card = held.card(name, port="channel", kind="apprise")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address)

    def push(self, message: Message, *, key: str) -> Receipt:  # noqa: ARG002 - no service is told one message from another
        """Hand a message over, once: a second try might be a second message.

        Raises Unavailable (`service_failed`, `timeout`), Barred (`key_unreadable`), Refused (`recipient_refused`) for an address that
        is none of one person, or none of the service.
        """
        service = self._service(self._url.now(), one_person(message.to))
        if service is None:
            raise Refused("recipient_refused", origin=Origin.US, detail="no address of this service", attempts=0)
        sender = self._library.Apprise(asset=self._asset)
        sender.add(service)
        budget = self._config.budget_seconds
        call = self._calls.submit(sender.notify, title=message.title, body=lines(message.text, message.link), body_format="text")
        try:
            told = call.result(timeout=budget)
        except Late:
            call.cancel()
            raise Unavailable("timeout", detail="apprise") from None
        except Exception as error:  # noqa: BLE001 - 183 services, each in words of its own
            raise Unavailable("service_failed", origin=Origin.THEM, detail=type(error).__name__) from None
        if not told:
            raise Unavailable("service_failed", origin=Origin.THEM, detail="apprise")
        return Receipt(reference="", unconfirmed=True)

    def close(self) -> None:
        """Nothing more goes out; what is under way ends by its deadline."""
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _service(self, url: str, address: str) -> Any:
        """The service with one person's address in place; None: the library knows none by it."""
        service = self._library.Apprise.instantiate(url.replace(_PLACE, quote(address, safe="")), asset=self._asset)
        if service is not None:
            service.socket_connect_timeout, service.socket_read_timeout = self._config.connect_seconds, self._config.read_seconds
        return service


def _library(name: str) -> tuple[Any, Any]:
    """The library, and how it is to behave: no files of its own, no plug-ins from a home, no redirects, no second try.

    And no deadline of its own: with one each call goes through a pool that all its services in this process share, with four threads more
    than there are processors. Six slow calls there kept all the others waiting, whichever channel's they were.
    """
    try:
        made = import_module("apprise")
    except ImportError:
        raise Invalid("connector_library_missing", connector=name, library="apprise", extra=EXTRA) from None
    asset = made.AppriseAsset(
        async_mode=False,
        http_redirects=False,
        plugin_paths=[],
        secure_logging=True,
        allow_templates=False,
        default_service_retry=0,
        service_timeout=0,
        storage_mode=made.PersistentStoreMode.MEMORY,
    )
    with warnings.catch_warnings():  # it loads its 183 services at the first address, and some of what they load is old
        warnings.simplefilter("ignore", DeprecationWarning)
        made.Apprise.instantiate("json://localhost", asset=asset)
    return made, asset


def connect(name: str, config: Mapping[str, object]) -> AppriseChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return AppriseChannel(name, config)
