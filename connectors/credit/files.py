"""Credit levels as a platform delivers them into a folder, such as every night: CSV or Excel, counted and dated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from connectors.config import parse
from connectors.credit.delivered import FACT, DeliveredCredit, agreed
from connectors.sources.files import FilesConfig, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsConfig(FilesConfig):
    """The column of levels, and by the platform's word in it the pack's level; another word refuses the whole delivery."""

    level_column: str
    levels: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)


def connect(name: str, config: Mapping[str, object]) -> DeliveredCredit:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    held = parse(LevelsConfig, name, config)
    agreed(name, held.level_column, held.levels, held.facts, held.words)
    inner = replace(held, facts={FACT: held.level_column}, words={held.level_column: tuple(held.levels)})
    return DeliveredCredit(opened(name, inner), held.levels)
