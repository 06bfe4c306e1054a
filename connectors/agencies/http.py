"""Letters of the assistance procedure (协助核查函) handed to another agency's endpoint; it answers later, by link or API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse
from connectors.http import Wire, WireConfig
from inspector.ports import Letter, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyConfig(WireConfig):
    """Where letters are posted."""

    path: str = ""


class HttpAgency:
    """One agency that is asked for assistance."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(AgencyConfig, name, config)
        self._wire = Wire(self._config, name)
        self.card = self._config.card(name, port="agency", kind="http")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Hand a letter over; its reply link is a one-time secret and travels in the body only.

        Raises Unavailable, Refused, Garbled as the wire does; Garbled also when a 2xx carries a body that is no receipt
        (a proxy's login page must not pass for delivery).
        """
        return self._wire.deliver(self._config.path, json=_told(letter), key=key, case_id=letter.case_id)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpAgency:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpAgency(name, config)


def _told(letter: Letter) -> dict[str, object]:
    return {
        "kind": letter.kind.value,
        "request": letter.request_id,
        "case": letter.case_id,
        "basis": letter.basis,
        "ground": letter.ground,
        "fact": letter.fact,
        "subject": {"kind": letter.subject_kind.value, "code": letter.subject_code},
        "claimed": letter.claimed,
        "on": letter.on.isoformat(),
        "due_at": letter.due_at.isoformat(),
        "due_provisional": letter.due_provisional,
        "reply_url": letter.reply_url,
        "text": letter.text,
        "urgency": letter.urgency.value,
        "accept_by": letter.accept_by.isoformat() if letter.accept_by else None,
        "outcome": letter.outcome,
    }
