"""Finds connectors by name. The engine never imports one; it asks here for the entry point its configuration names.

Two places are looked in: the metadata of everything installed, and, when the package runs from a checkout without
being installed, the entry-point tables of the `pyproject.toml` beside it. The checkout wins, so that stale metadata of
an older installation cannot hide the code that is actually running.

Packages of others bring connectors of their own. Of two packages that claim one name nobody can say which is meant, and whose answers
would be evidence: neither is loaded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

from inspector.domain.errors import InspectorError, Invalid
from inspector.ports import Card

_PREFIX = "inspector."
_OURS = "inspector"
"""Our own distribution, wherever its metadata lie."""
_CHECKOUT = Path(__file__).resolve().parent.parent


def names(group: str) -> list[str]:
    """The connectors known in `group` (`sources` or `inspector.sources`), sorted."""
    return sorted(_known(_full(group), _CHECKOUT))


def load(group: str, name: str) -> object:
    """What the entry point `name` of `group` points to.

    Raises Invalid: `plugin_unknown` names the nearest valid one, `plugin_twice` the packages that claim it, `plugin_broken` says why
    it cannot be imported.
    """
    known = _known(_full(group), _CHECKOUT)
    if name not in known:
        nearest = get_close_matches(name, known, n=1, cutoff=0.5)
        raise Invalid("plugin_unknown", group=_full(group), name=name, nearest="".join(nearest), known=", ".join(sorted(known)))
    point, *others = known[name]
    if others:
        packages = ", ".join(sorted(_package(one) or _OURS for one in known[name]))
        raise Invalid("plugin_twice", group=_full(group), name=name, packages=packages)
    try:
        return point.load()
    except Exception as reason:  # whoever wrote it, and whatever is wrong there: it is one connector that is broken
        told = f"{type(reason).__name__}: {reason}"
        raise Invalid("plugin_broken", group=_full(group), name=name, target=point.value, reason=told) from reason


def make(group: str, kind: str, name: str, given: Mapping[str, object]) -> Any:
    """The connector `name` of a kind, by its factory, which gets its keys.

    Raises Invalid as `load` does; what the factory says; `plugin_failed` where it fails in another way, or makes what has no card.
    """
    factory = cast("Callable[[str, Mapping[str, object]], Any]", load(group, kind))
    package = package_of(group, kind) or _OURS
    try:
        made = factory(name, given)
    except InspectorError:
        raise
    except Exception as error:
        told = type(error).__name__  # its text may hold a secret of the settings
        raise Invalid("plugin_failed", connector=name, kind=kind, package=package, reason=told) from error
    if not isinstance(getattr(made, "card", None), Card):
        raise Invalid("plugin_failed", connector=name, kind=kind, package=package, reason="no card")
    return made


def package_of(group: str, name: str) -> str:
    """The package of others that brings a connector, with its version; empty for our own, and for one that nobody brings."""
    return ", ".join(sorted(filter(None, map(_package, _known(_full(group), _CHECKOUT).get(name, ())))))


def _full(group: str) -> str:
    return group if group.startswith(_PREFIX) else _PREFIX + group


@cache
def _known(group: str, checkout: Path) -> dict[str, tuple[EntryPoint, ...]]:
    """Each name with all that claim it: ours once, the checkout's before the installed one, and those of others."""
    ours = {name: EntryPoint(name, value, group) for name, value in _declared(group, checkout).items()}
    others: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=group):
        if point.dist is None or point.dist.name != _OURS:
            others.setdefault(point.name, []).append(point)
        else:
            ours.setdefault(point.name, point)
    return {name: (*([ours[name]] if name in ours else []), *others.get(name, ())) for name in {*ours, *others}}


def _package(point: EntryPoint) -> str:
    """The name and version of the package that brings it; empty for our own."""
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None and point.dist.name != _OURS else ""


def _declared(group: str, checkout: Path) -> dict[str, str]:
    file = checkout / "pyproject.toml"
    if not file.is_file():
        return {}
    project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    if project.get("name") != "inspector":  # installed into a folder that happens to hold somebody else's project
        return {}
    declared: dict[str, str] = project.get("entry-points", {}).get(group, {})
    return declared
