"""Callbacks to an approving system (审批系统): results and proposals as signed webhooks, the same events as in the feed."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.config import parse
from connectors.signers.webhook import SignedConfig, SignedWire
from inspector.ports import Notice, Receipt


class WebhookCallback:
    """One approving system that hears what becomes of its cases."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = parse(SignedConfig, name, config)
        self._wire = SignedWire(held, name)
        self.card = held.card(name, port="callback", kind="webhook")

    def tell(self, notice: Notice, *, key: str) -> Receipt:
        """Hand a notice over; `webhook-id` is `key`, so that a receiver recognises a repetition.

        Raises Unavailable, Refused, Garbled as the wire does.
        """
        told = {
            "id": notice.event_id,
            "type": notice.type,
            "at": notice.at.isoformat(),
            "case": notice.case_id,
            "reference": notice.reference,
            "data": dict(notice.data),
        }
        return self._wire.post(told, key=key, case_id=notice.case_id)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> WebhookCallback:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return WebhookCallback(name, config)
