"""A credit platform over HTTP: levels are read there, performance records (履约记录) go there and are taken back there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse
from connectors.http import Wire, WireConfig
from inspector.domain.case import SubjectKind
from inspector.ports import CreditEntry, CreditRetraction, Rating, Receipt

LONGEST = 100
"""Characters of a level; whatever is longer is no code, and the register would not take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditConfig(WireConfig):
    """The platform's endpoints under `url`. `current`: it states the level in force when it is asked, and so dates none."""

    current: bool = False
    path_level: str = "/level"
    path_entry: str = "/entry"
    path_retract: str = "/retract"


class HttpCredit:
    """The credit platform."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(CreditConfig, name, config)
        self._wire = Wire(self._config, name)
        self.card = self._config.card(name, port="credit", kind="http")

    def level(self, kind: SubjectKind, code: str, *, key: str) -> Rating:
        """The subject's level; None only where the platform says so itself, `"level": null`.

        Raises Unavailable, Refused, Garbled as the wire does, Garbled also for a reply without `level`, or with one that is no code.
        """
        reply = self._wire.send("POST", self._config.path_level, json={"kind": kind.value, "code": code}, key=key)
        level = reply.text("level")
        if level is not None and len(level) > LONGEST:
            raise reply.garbled("field_type", "level: too long for a code")
        as_of = reply.moment("as_of")
        return Rating(
            level=level,
            as_of=as_of,
            current=self._config.current,
            provenance=reply.provenance(self.card, as_of=as_of, version=""),
        )

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Hand an entry over. Raises Unavailable, Refused, Garbled as the wire does."""
        return self._wire.deliver(self._config.path_entry, json=_told(entry), key=key, case_id=entry.case_id)

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take an entry back. Raises Unavailable, Refused, Garbled as the wire does; a platform that has none answers 2xx all the same."""
        told = {
            "id": retraction.entry_id,
            "case": retraction.case_id,
            "reason": retraction.reason,
            "basis": retraction.basis,
            "decided_at": retraction.decided_at.isoformat(),
        }
        return self._wire.deliver(self._config.path_retract, json=told, key=key, case_id=retraction.case_id)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpCredit:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpCredit(name, config)


def _told(entry: CreditEntry) -> dict[str, object]:
    return {
        "id": entry.entry_id,
        "case": entry.case_id,
        "subject": {"kind": entry.subject_kind.value, "code": entry.subject_code},
        "grade": entry.grade,
        "outcome": entry.outcome,
        "basis": entry.basis,
        "decided_by": entry.decided_by,
        "decided_at": entry.decided_at.isoformat(),
        **({"act": entry.act} if entry.act else {}),
    }
