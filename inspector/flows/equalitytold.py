"""A report on equal treatment as it is handed out, in JSON's own types."""

from __future__ import annotations

from dataclasses import asdict
from math import floor

from inspector.domain.equality import Compared, Equality


def told(one: Equality) -> dict[str, object]:
    """The whole report: measures, groups, and what is counted and not compared."""
    rule = one.rule
    return {
        "agency": one.agency,
        "pack": one.pack,
        "row": rule.row,
        "basis": rule.basis,
        "alpha": str(rule.alpha),
        "effect": str(rule.effect),
        "spending": rule.spending.value,
        "look": one.look,
        "level": float(one.level),
        "wanted_power": str(rule.power),
        "since": one.since.date().isoformat(),
        "until": one.until.date().isoformat(),
        "draws": one.draws,
        "waiting_draws": one.waiting,
        "measures": [measured(held) for held in one.compared],
        "groups": [asdict(group) | {"measure": group.measure.value} for group in one.groups],
        "aside": [{"reason": why.value, "committed": two[0], "certified": two[1]} for why, two in one.aside.items()],
    }


def measured(one: Compared) -> dict[str, object]:
    """A measure in JSON's own types. What is told of the power is cut off: never more than is true."""
    return asdict(one) | {
        "measure": one.measure.value,
        "odds": None if one.odds is None else round(float(one.odds), 3),
        "power": floor(one.power * 1000) / 1000,
        "verdict": one.verdict.value,
    }
