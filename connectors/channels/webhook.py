"""Pushes as signed webhooks: for an agency's own app, a message gateway, or a bridge to a provider; it may report what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.channels.receipts import read
from connectors.config import BRIEFED, parse
from connectors.signers.webhook import SignedConfig, SignedWire, Verifier
from inspector.domain.reached import NO_RECIPIENT, Reached
from inspector.incoming import Unproven
from inspector.ports import Message, Origin, Receipt, Refused

_GONE = "http_410"
"""What says that the recipient is there no longer; the address of the gateway itself is in doubt with 404."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig(SignedConfig):
    """A gateway that takes pushes. With `receipt_secret_file` its signed reports of them are believed."""

    receipt_secret_file: str = ""

    def bears(self, port: str) -> tuple[str, ...]:  # noqa: ARG002 - as of every connector
        """The brief goes along."""
        return BRIEFED


class WebhookChannel:
    """A way to reach a person's phone through a signed POST."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = parse(ChannelConfig, name, config)
        self._wire = SignedWire(held, name)
        file = held.receipt_secret_file
        self._verifier = Verifier(file, name, "receipt_secret_file") if file else None
        self.card = held.card(name, port="channel", kind="webhook")

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over under the id `key`.

        Raises Unavailable, Refused, Garbled as the wire does; Refused (`recipient_refused`) where the gateway says 410: this one is gone.
        """
        told = {
            "id": key,
            "to": message.to,
            "title": message.title,
            "text": message.text,
            "link": message.link,
            "urgent": message.urgent,
            "data": dict(message.data),
        }
        try:
            return self._wire.post(told, key=key)
        except Refused as error:
            if error.code != _GONE:
                raise
            raise Refused(NO_RECIPIENT, origin=Origin.THEM, detail=error.code, attempts=error.attempts) from None

    @property
    def reports(self) -> bool:
        """Whether it says what became of the messages it took."""
        return self._verifier is not None

    def reported(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Sequence[Reached]:  # noqa: ARG002 - all is in the body
        """What a signed message says of pushes. Raises Unproven, Garbled."""
        if self._verifier is None:
            raise Unproven("signature_unexpected")
        self._verifier.verify(headers, body)
        return read(body)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> WebhookChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return WebhookChannel(name, config)
