"""Reads the manners of connectors from the settings: `[SECTION.NAME.manners]`, of any connector that has work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from difflib import get_close_matches
from typing import Any, Protocol, runtime_checkable

from inspector.domain.errors import Invalid
from inspector.domain.manners import Manners, Window

KEY = "manners"
"""The key of a connector's table that is ours and not the connector's own."""

ABOUT: Mapping[str, str] = {
    "per_second": "calls that may begin in any second, wherever it begins",
    "per_minute": "calls that may begin in any minute; they are spaced evenly",
    "per_day": "calls a day; what is left over waits for the next",
    "day_begins": 'when a new day of `per_day` begins, in office time; default `"00:00"`',
    "hours": 'when it may be asked, in office time: `["22:00-06:00"]`; default: always',
    "working_days": "whether only on working days (hours that begin on one); default: `false`",
}
"""The keys, with what each is for."""

WORKLESS = frozenset({"identity", "pulse"})
"""Sections whose connectors have no work that could wait for a turn: manners there would be kept by nobody."""


def tables(settings: object, sections: Iterable[str]) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    """The tables of all connectors of the settings: of these `sections`, and of those that have no work."""
    pulse = getattr(settings, "pulse", None)
    held = {section: getattr(settings, section) for section in (*sections, "identity")}
    return {**held, "pulse": {"pulse": pulse} if pulse is not None else {}}


@runtime_checkable
class Granting(Protocol):
    """A connector whose platform publishes how often it may be asked, such as a robot in a group chat."""

    grants: Manners


def granted(ports: Mapping[str, Mapping[str, object]]) -> dict[str, Manners]:
    """The manners that connectors bring along, by name: they hold where the settings say nothing."""
    return {name: one.grants for held in ports.values() for name, one in held.items() if isinstance(one, Granting)}


def of(sections: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Manners]:
    """The manners of each connector that has some, by its name. Raises Invalid (`manners_…`) for the first that cannot be."""
    for flaw in flaws(sections):
        raise flaw
    told = {name: one[KEY] for section in sections.values() for name, one in section.items() if KEY in one}
    return {name: _read(name, given) for name, given in told.items()}


def flaws(sections: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Invalid]:
    """Everything that cannot be, connector by connector. Names in two sections are one connector, and have manners once."""
    seen: dict[str, tuple[str, object]] = {}
    for section, held in sections.items():
        for name, one in held.items():
            if KEY not in one:
                continue
            if section in WORKLESS:
                yield Invalid("manners_workless", connector=f"{section}.{name}")
                continue
            where, said = seen.setdefault(name, (section, one[KEY]))
            if said != one[KEY]:
                yield Invalid("manners_differ", connector=name, one=where, other=section)
            yield from _flaws(f"{section}.{name}", one[KEY])


def flaws_of(section: str, name: str, sections: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Invalid]:
    """What of `flaws` is about one connector in one section."""
    theirs = {one: {name: held[name]} for one, held in sections.items() if name in held}
    return (flaw for flaw in flaws(theirs) if section in {place(flaw).partition(".")[0], flaw.facts.get("one")})


def place(flaw: Invalid) -> str:
    """The connector's table that a flaw is about, as `sources.NAME`; of two that differ the latter."""
    about = str(flaw.facts["connector"])
    return f"{flaw.facts['other']}.{about}" if "other" in flaw.facts else about


def _flaws(where: str, given: object) -> Iterator[Invalid]:
    for part in [{key: told} for key, told in given.items()] if isinstance(given, Mapping) else [given]:
        try:
            _read(where, part)
        except Invalid as error:
            yield error


def _read(where: str, given: object) -> Manners:
    known = list(ABOUT)
    if not isinstance(given, Mapping):
        raise Invalid("manners_value", connector=where, key=KEY, wanted=f"{{{', '.join(known)}}}")
    for key in given:
        if key not in known:
            near = get_close_matches(str(key), known, n=1, cutoff=0.5)
            raise Invalid("manners_key_unknown", connector=where, key=key, nearest="".join(near), known=", ".join(known))
    counts = {key: _count(where, key, given[key]) for key in ("per_second", "per_minute", "per_day") if key in given}
    hours = given.get("hours", [])
    if not isinstance(hours, list) or ("hours" in given and not hours):
        raise Invalid("manners_value", connector=where, key="hours", wanted='["HH:MM-HH:MM"]')
    working = given.get("working_days", False)
    if not isinstance(working, bool):
        raise Invalid("manners_value", connector=where, key="working_days", wanted="true, false")
    return Manners(
        **counts,
        day_begins=_time(where, "day_begins", given.get("day_begins", "00:00"), "HH:MM"),
        hours=tuple(_window(where, told) for told in hours),
        working_days=working,
    )


def _count(where: str, key: str, told: object) -> int:
    if type(told) is not int or told < 1:
        raise Invalid("manners_value", connector=where, key=key, wanted="≥ 1")
    return told


def _window(where: str, told: object) -> Window:
    if (found := Window.of(told) if isinstance(told, str) else None) is None:
        raise Invalid("manners_value", connector=where, key="hours", wanted='["HH:MM-HH:MM"]')
    return found


def _time(where: str, key: str, told: object, wanted: str) -> time:
    try:
        return time.fromisoformat(told) if isinstance(told, str) and re.fullmatch(r"\d\d:\d\d", told) else _no()
    except ValueError:
        raise Invalid("manners_value", connector=where, key=key, wanted=wanted) from None


def _no() -> time:
    raise ValueError
