"""The Dispatcher port: how work ids reach the hands that carry them out. The work table stays the truth, whoever carries the ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inspector.daemon.worker import Worker
from inspector.store.tx import Tx


class Dispatcher(Protocol):
    """announce, run, stop (engine.md 5.3)."""

    def announce(self, tx: Tx | None, ids: Sequence[int]) -> None:
        """Some work is due now; called inside the settling transaction where the carrier can join it."""
        ...

    def run(self) -> None:
        """Begin to carry out."""
        ...

    def stop(self, grace: float) -> None:
        """Stop taking, finish what runs within `grace` seconds, give the rest back."""
        ...


class Embedded:
    """The default on both databases: the worker claims from the table itself; an announcement only wakes it."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def announce(self, tx: Tx | None, ids: Sequence[int]) -> None:  # noqa: ARG002 - the claim asks the table, not the ids
        """Wake the claim loop."""
        self.worker.announce()

    def run(self) -> None:
        """Start the worker's loops."""
        self.worker.start()

    def stop(self, grace: float) -> None:
        """Drain."""
        self.worker.stop(grace)
