"""What the daemons of one database must have alike, or a case's fate would depend on which of them takes it: by name, in short."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from inspector.flows.office import Connectors, Office
from inspector.store.replicas import KEYS, connector

_SHORT = 12
"""So many hexadecimal digits of a digest tell two texts apart for a person; nothing is proven by them."""


def terms(office: Office) -> dict[str, str]:
    """Packs and calendars as read, agencies, plans and connectors as set up, and what letters and legal dates are made by.

    Of keys only their ids, that which seals first. Of a connector only that it is there: addresses and secrets may rightly differ from
    machine to machine.
    """
    return {
        **{f"pack:{pack.label}": pack.digest[:_SHORT] for pack in office.book.packs},
        **{f"calendar:{table.year}": f"{table.version}:{table.digest[:_SHORT]}" for table in office.calendar.tables},
        **{f"agencies.{name}": _print(node) for name, node in office.tree.items()},
        **{f"plans.{name}": _print(plan) for name, plan in office.plans.items()},
        **{connector(name): _ports(office.connectors, name) for name in office.connectors.names()},
        **{f"manners:{name}": _print(one) for name, one in office.manners.items()},
        "drift": ",".join((_print(office.watch.rules), *sorted(office.watch.hold))),
        "web.base_url": office.base_url,
        KEYS: ",".join(office.store.keys.sealing),
        "time.opens": office.calendar.opens.isoformat(),
        "time.closes": office.calendar.closes.isoformat(),
    }


def _print(held: Any) -> str:
    text = json.dumps(asdict(held), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def _ports(connectors: Connectors, name: str) -> str:
    return ",".join(port for port, held in connectors.ports().items() if name in held)
