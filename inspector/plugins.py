"""Finds connectors by name. The engine never imports one; it asks here for the entry point its configuration names.

Two places are looked in: the metadata of everything installed, and, when the package runs from a checkout without
being installed, the entry-point tables of the `pyproject.toml` beside it. The checkout wins, so that stale metadata of
an older installation cannot hide the code that is actually running.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from inspector.domain.errors import Invalid

_PREFIX = "inspector."
_CHECKOUT = Path(__file__).resolve().parent.parent


def names(group: str) -> list[str]:
    """The connectors known in `group` (`sources` or `inspector.sources`), sorted."""
    return sorted(_known(_full(group), _CHECKOUT))


def load(group: str, name: str) -> object:
    """What the entry point `name` of `group` points to.

    Raises Invalid: `plugin_unknown` names the nearest valid one, `plugin_broken` says why it cannot be imported.
    """
    known = _known(_full(group), _CHECKOUT)
    if name not in known:
        nearest = get_close_matches(name, known, n=1, cutoff=0.5)
        raise Invalid("plugin_unknown", group=_full(group), name=name, nearest="".join(nearest), known=", ".join(sorted(known)))
    try:
        return known[name].load()
    except (ImportError, AttributeError) as reason:
        raise Invalid("plugin_broken", group=_full(group), name=name, target=known[name].value, reason=str(reason)) from reason


def _full(group: str) -> str:
    return group if group.startswith(_PREFIX) else _PREFIX + group


@cache
def _known(group: str, checkout: Path) -> dict[str, EntryPoint]:
    found = {point.name: point for point in entry_points(group=group)}
    return found | {name: EntryPoint(name, value, group) for name, value in _declared(group, checkout).items()}


def _declared(group: str, checkout: Path) -> dict[str, str]:
    file = checkout / "pyproject.toml"
    if not file.is_file():
        return {}
    project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    if project.get("name") != "inspector":  # installed into a folder that happens to hold somebody else's project
        return {}
    declared: dict[str, str] = project.get("entry-points", {}).get(group, {})
    return declared
