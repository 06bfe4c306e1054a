"""Pushes through the office's own broker (MQTT 5.0): to an app of the office on the inspector's phone, on a topic of each inspector's own.

The broker's acknowledgement says that it has the message, as a mail server's does: that is the hand-over, and nothing is known of the
phone. Whoever may subscribe to the topic reads the message; that is the broker's list of rights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.channels.messenger import lasts, of_one, one_person
from connectors.config import BRIEFED, parse, unfit
from connectors.mqtt import Broker, BrokerConfig
from inspector.ports import Message, Receipt, Sighting

_PLACE = "{address}"
_LEVEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""An address as one level of a topic: no `/`, and neither `+` nor `#`, which are many topics (4.7.1)."""
_TOPIC = re.compile(r"[^$+#\x00/][^+#\x00]{0,199}")
_LONGEST = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig(BrokerConfig):
    """The broker, the topic of an inspector, and for how long the broker keeps a push for a phone that is away."""

    topic: str = f"inspector/{_PLACE}"
    expiry_seconds: int = 86_400

    def bears(self, port: str) -> tuple[str, ...]:  # noqa: ARG002 - as of every connector
        """The brief goes along."""
        return BRIEFED


class MqttChannel:
    """One broker."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(MqttConfig, name, config)
        levels = held.topic.split("/")
        for key, fine, wanted in (
            ("topic", levels.count(_PLACE) == 1 and _TOPIC.fullmatch(held.topic) is not None, ("topic_with_level", _PLACE)),
            ("expiry_seconds", 0 < held.expiry_seconds < _LONGEST, "> 0"),
        ):
            if not fine:
                raise unfit(name, key, wanted)
        self._to = Broker(held, name)
        self.card = held.card(name, port="channel", kind="mqtt")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address, _LEVEL)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over. It bears `key` as its `id`, by which an app shows it once, however often it comes.

        Raises as `Broker.publish` does; Refused (`recipient_refused`) for an address that is none of one person.
        """
        topic = self._config.topic.replace(_PLACE, one_person(message.to, _LEVEL))
        told = {
            "id": key,
            "title": message.title,
            "text": message.text,
            "link": message.link,
            "urgent": message.urgent,
            "data": dict(message.data),
        }
        content = json.dumps(told, ensure_ascii=False).encode()
        expiry = lasts(message, self._config.expiry_seconds, _LONGEST - 1)
        return Receipt(reference="", attempts=self._to.publish(topic, content, number=key, lasts=expiry))

    def look(self) -> Sequence[Sighting]:
        """Come in and go; nothing is published. Raises Unavailable, Barred."""
        self._to.reach()
        return [Sighting(code="broker_ready")]

    def close(self) -> None:
        """Take leave of the broker."""
        self._to.close()


def connect(name: str, config: Mapping[str, object]) -> MqttChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return MqttChannel(name, config)
