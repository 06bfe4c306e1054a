"""The turns of what `connector check` asks: whoever has manners is asked by us as the daemon asks it, within its hours, and counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from inspector import leave, manners
from inspector.cli import words
from inspector.cli.finding import Finding
from inspector.domain.errors import InspectorError
from inspector.domain.manners import Turn
from inspector.labels import label

if TYPE_CHECKING:
    from inspector.cli.finding import Words
    from inspector.cli.reaching import Configured
    from inspector.cli.terminal import Terminal
    from inspector.flows.office import Office

MOST = 5.0
"""Seconds that a look waits for its turn; a person asks again."""


class Turns:
    """Where turns are taken: the database of the office. Whoever has no manners needs none, and no database."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    @cached_property
    def office(self) -> Office:
        """Clock, calendar and manners alone: no pack of the folder is read or noted, for a look pins no text of one."""
        from inspector import bootstrap
        from inspector.cli.packless import packless

        settings, store = self._terminal.settings, self._terminal.store
        if settings.time.pauses:
            bootstrap.go_on(store, idle=True)
        return bootstrap.office(settings, store, proof=packless(settings))

    def take(self, one: Configured) -> Finding | None:
        """Take a connector's turn for one call, and wait for it; or say why it is not asked now."""
        if manners.KEY not in one.told:
            return None
        from inspector.flows.held import take

        name = f"{one.section}.{one.name}"
        try:
            told = take(self.office, one.name, MOST)
        except InspectorError as error:
            return Finding.warn(name, _both("sighting.uncounted", error=error), _both("sighting_mend.uncounted"))
        if isinstance(told, Turn):
            return _held(name, told, self.office)
        time.sleep(told)
        return None

    @contextmanager
    def leave(self, one: Configured) -> Iterator[None]:
        """What a call at its turn may do: each further request takes one of its own, and nothing is tried twice."""
        if manners.KEY not in one.told:
            yield
            return
        with leave.leave(_Once(self.office, one.name)):
            yield


@dataclass(slots=True)
class _Once:
    office: Office
    lane: str
    began: bool = False

    def again(self) -> bool:
        return False

    def further(self) -> float | None:
        from inspector.flows.held import take

        if not self.began:
            self.began = True
            return 0.0
        told = take(self.office, self.lane, MOST)
        return None if isinstance(told, Turn) else told


def _held(name: str, told: Turn, office: Office) -> Finding:
    until = f"{told.until.astimezone(office.calendar.zone):%Y-%m-%d %H:%M}" if told.until is not None else "-"
    why = {lang: label(f"wait.{told.held.value}", lang) if told.held is not None else "-" for lang in ("en", "zh-Hans")}
    what = (
        label("sighting.held", "en", why=why["en"], until=until),
        label("sighting.held", "zh-Hans", why=why["zh-Hans"], until=until),
    )
    return Finding.warn(name, what, _both("sighting_mend.held", connector=name))


def _both(key: str, **facts: object) -> Words:
    english, chinese = (
        label(
            key,
            lang,
            **{one: words.told(fact, lang) if isinstance(fact, InspectorError) else fact for one, fact in facts.items()},
        )
        for lang in ("en", "zh-Hans")
    )
    return english, chinese
