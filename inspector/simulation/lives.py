"""Many simulated years, one seed after another: each in a database of its own, on as many processes as one likes."""

from __future__ import annotations

import gc
import multiprocessing
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from inspector.lawbook import calendar_of
from inspector.policybook import Policybook
from inspector.settings import Settings
from inspector.simulation.account import Told
from inspector.simulation.scene import Scene
from inspector.simulation.year import live
from inspector.store import migrate
from inspector.store.store import Store
from inspector.telemetry import logs

SELDOM = (20_000, 20, 20)
"""How much comes to be until somebody looks for rubbish: one thread lives one life, and has memory to spare."""
Lived = tuple[Scene, Told, float]
"""A scene, what it came to, and the seconds that it took."""


class Lives:
    """Lives scenes by the packs and calendars of the settings. Raises what those raise (`PacksInvalid`, Invalid)."""

    def __init__(self, settings: Settings) -> None:
        self._book, self._calendar = Policybook.load(settings.policies), calendar_of(settings)
        gc.collect()
        gc.freeze()  # packs and program stay: nobody looks through them again for each life's rubbish
        gc.set_threshold(*SELDOM)

    def live(self, scene: Scene) -> Lived:
        """One of them. Writes do not wait for the disk: what is broken off is begun anew."""
        with (
            tempfile.TemporaryDirectory(prefix="inspector-") as folder,
            closing(Store(f"sqlite:///{Path(folder) / 'simulated.sqlite3'}", synchronous="OFF")) as store,
        ):
            migrate.upgrade(store)
            began = time.monotonic()
            told = live(scene, store, self._book, self._calendar)
            return scene, told, time.monotonic() - began


def each(settings: Settings, scenes: Iterable[Scene], processes: int = 1) -> Iterator[Lived]:
    """What each scene comes to, in their order, as soon as it and those before it have ended. What it is does not hang on `processes`."""
    if processes == 1:
        yield from map(Lives(settings).live, scenes)
        return
    apart = multiprocessing.get_context("spawn")  # nothing of this process goes along: no connection, no thread, no chance
    with ProcessPoolExecutor(processes, mp_context=apart, initializer=_begin, initargs=(settings,)) as pool:
        try:
            yield from pool.map(_live, scenes)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_lives: list[Lives] = []
"""What a process of its own has: the packs are read once."""


def _begin(settings: Settings) -> None:
    logs.configure(level="ERROR")
    _lives.append(Lives(settings))


def _live(scene: Scene) -> Lived:
    return _lives[0].live(scene)
