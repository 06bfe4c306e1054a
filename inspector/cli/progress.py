"""How far a long command is, on standard error: bars for people at a terminal, nothing for pipes and programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from inspector.cli.words import WORDS

if TYPE_CHECKING:
    from inspector.cli.terminal import Terminal

Advance = Callable[[int, int], None]


def quietly(_at: int, _of: int) -> None:
    """Nobody watches."""


def unwatched(_step: str) -> Advance:
    """Steps that nobody watches."""
    return quietly


class Bars:
    """A bar for each step of a command; a step that does not tell how far it is gets a moving one."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._shown = sys.stderr.isatty() and not terminal.as_json

    @contextmanager
    def step(self, name: str) -> Iterator[Advance]:
        """One step, by the key of its words or, for a file, by its name."""
        if not self._shown:
            yield quietly
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        key = f"step_{name}"
        told = self._terminal.words(key) if key in WORDS else self._terminal.words("step_reading", file=name)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(told, total=None)
            yield lambda at, of: bar.update(task, completed=at, total=of or None)

    @contextmanager
    def steps(self) -> Iterator[Callable[[str], Advance]]:
        """Steps one after the other, for work that tells when the next one begins and may tell how far it is."""
        with ExitStack() as current:

            def begin(name: str) -> Advance:
                current.close()
                return current.enter_context(self.step(name))

            yield begin


def followed(begin: Callable[[str], Advance]) -> Callable[[str, int, int], None]:
    """A bar for each table."""
    current: dict[str, Advance] = {}

    def told(name: str, done: int, count: int) -> None:
        if name not in current:
            current[name] = begin(name)
        current[name](done, count)

    return told
