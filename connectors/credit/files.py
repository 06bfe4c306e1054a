"""Credit levels as a platform delivers them into a folder, such as every night: CSV or Excel, counted and dated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse
from connectors.credit.delivered import DeliveredCredit, LevelsDelivered, delivered
from connectors.exchange import FilesConfig
from connectors.sources.files import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsConfig(LevelsDelivered, FilesConfig):
    """Where deliveries come, and what their levels are called."""


def connect(name: str, config: Mapping[str, object]) -> DeliveredCredit:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return delivered(name, parse(LevelsConfig, name, config), opened)
