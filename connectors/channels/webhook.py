"""Pushes as signed webhooks: for an agency's own app, a message gateway, or a bridge to a provider."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.config import parse
from connectors.signers.webhook import SignedConfig, SignedWire
from inspector.ports import Message, Receipt


class WebhookChannel:
    """A way to reach a person's phone through a signed POST."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = parse(SignedConfig, name, config)
        self._wire = SignedWire(held, name)
        self.card = held.card(name, port="channel", kind="webhook")

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over under the id `key`. Raises Unavailable, Refused, Garbled as the wire does."""
        told = {
            "id": key,
            "to": message.to,
            "title": message.title,
            "text": message.text,
            "link": message.link,
            "urgent": message.urgent,
            "data": dict(message.data),
        }
        return self._wire.post(told, key=key)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> WebhookChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return WebhookChannel(name, config)
