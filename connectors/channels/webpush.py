"""Web Push (RFC 8030, 8291, 8292): a notice of the inspector's own browser, which the push service between cannot read.

A bonus beside another channel: browsers' push services are not reached from everywhere. What is asked goes along for the page that reads
it (`brief`); a screen shows `title` and `by` to whoever looks, and is to show no more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.channels.codes import unreachable
from connectors.channels.messenger import by_when, lasts, mark
from connectors.config import parse, unfit
from connectors.http import Wire, WireConfig
from connectors.kept import Kept
from connectors.reply import Reply
from connectors.signers import webpush
from inspector.domain.errors import Invalid
from inspector.ports import Garbled, Message, Origin, Receipt, Refused

_LONGEST = 28 * 86_400
"""Seconds: as long as browsers' push services keep anything; they answer with what they make of more (RFC 8030, 5.2)."""
_GONE = frozenset({404, 410})
"""The subscription is no more (RFC 8030, 7.3)."""

_LASTS = 12 * 3600
"""Seconds that a word of who we are is good for; a day is the most (RFC 8292, 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPushConfig(WireConfig):
    """The push service at `url`, and `more` of them: nothing is sent to an address that is of none of these.

    An inspector's address is the subscription as the browser gives it, as JSON or the base64url of that.
    """

    key_file: str
    contact: str
    more: tuple[str, ...] = ()
    ttl_seconds: int = 86_400


class WebPushChannel:
    """Browsers by their push services."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(WebPushConfig, name, config)
        for key, fine, wanted in (
            ("contact", held.contact.startswith(("mailto:", "https:")), "mailto_or_https"),
            ("ttl_seconds", held.ttl_seconds >= 0, "≥ 0"),
        ):
            if not fine:
                raise unfit(name, key, wanted)

        def made(text: str) -> webpush.Key:
            try:
                return webpush.private_key(text)
            except ValueError:
                raise unfit(name, "key_file", "base64url_key") from None

        self._key = Kept(held.key_file, name, "key_file", made)
        self._wires = {url.rstrip("/"): Wire(replace(held, url=url), name, secrets=[self._key]) for url in (held.url, *held.more)}
        self.card = held.card(name, port="channel", kind="webpush")

    def takes(self, address: str) -> bool:
        """Whether an address is a subscription at one of our push services; nobody is asked."""
        try:
            endpoint, _, _ = _subscription(address)
        except Refused:
            return False
        return self._service(endpoint) is not None

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over; one that is sent again replaces the first while the browser is away.

        Raises what the wire raises; Refused (`recipient_refused` for a subscription that is no more, or is none; `text_too_long`).
        """
        endpoint, browser, auth = _subscription(message.to)
        service = self._service(endpoint)
        if service is None:
            raise unreachable("a push service that is none of ours")
        shown = {"title": message.title, "by": by_when(message), "link": message.link, "urgent": message.urgent, "key": mark(key)}
        brief = {name: message.data[name] for name in ("brief", "windows") if name in message.data}
        plain = _written({**shown, **brief})
        if len(plain) > webpush.LONGEST:  # one message has no more room: the link leads to all of it
            plain = _written(shown)
        if len(plain) > webpush.LONGEST:
            raise Refused("text_too_long", origin=Origin.US, detail=f"over {webpush.LONGEST} bytes", attempts=0)

        def made() -> tuple[Mapping[str, str], bytes]:
            audience = "/".join(service.split("/")[:3])
            told = webpush.vapid(self._key.now(), audience, self._config.contact, int(time.time()) + _LASTS)
            return {**self._headers(message, key), "Authorization": told}, webpush.unreadable(plain, browser, auth)

        path = endpoint[len(service) :]
        try:
            reply = self._wires[service].send("POST", path, anew=made, key=key, answers=_gone)
        except Garbled as error:  # a 2xx has taken it, whatever its body is (RFC 8030, 5)
            return Receipt(reference="", attempts=error.attempts)
        if _gone(reply):
            raise unreachable(f"http_{reply.status}", attempts=reply.attempts)
        return Receipt(reference="", attempts=reply.attempts)

    def point(self) -> str:
        """Our public key, by which a browser lets us alone push to it (base64url). Raises Barred (`key_unreadable`)."""
        return webpush.packed(webpush.point(self._key.now()))

    def subscription(self, told: str) -> str:
        """A subscription as the address by which it is reached: the base64url of what is needed of it, always in the same words.

        Raises Invalid: `subscription_unfit` for what is none, `subscription_elsewhere` at a push service that is none of ours.
        """
        try:
            endpoint, browser, auth = _subscription(told)
        except Refused:
            raise Invalid("subscription_unfit", field="subscription") from None
        if self._service(endpoint) is None:
            raise Invalid("subscription_elsewhere", field="subscription", service="/".join(endpoint.split("/")[:3]))
        keys = {"auth": webpush.packed(auth), "p256dh": webpush.packed(browser)}
        return webpush.packed(_written({"endpoint": endpoint, "keys": keys}))

    def close(self) -> None:
        """Let the connections go."""
        for wire in self._wires.values():
            wire.close()

    def _service(self, endpoint: str) -> str | None:
        return next((one for one in self._wires if endpoint.startswith(f"{one}/")), None)

    def _headers(self, message: Message, key: str) -> Mapping[str, str]:
        return {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(lasts(message, self._config.ttl_seconds, _LONGEST)),
            "Urgency": "high" if message.urgent else "normal",
            "Topic": mark(key),
        }


def connect(name: str, config: Mapping[str, object]) -> WebPushChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return WebPushChannel(name, config)


def _written(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _gone(reply: Reply) -> bool:
    return reply.status in _GONE


def _subscription(address: str) -> tuple[str, bytes, bytes]:
    """Endpoint, public point and secret of a subscription (W3C Push API, PushSubscriptionJSON). Raises Refused (`recipient_refused`)."""
    try:
        told = json.loads(address if address.startswith("{") else webpush.unpacked(address))
        endpoint, keys = told["endpoint"], told["keys"]
        browser, auth = (webpush.unpacked(keys[name]) for name in ("p256dh", "auth"))
        webpush.unreadable(b"", browser, auth)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise unreachable("no subscription") from None
    if not isinstance(endpoint, str) or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise unreachable("no subscription")
    return endpoint, browser, auth
