"""Settlements that share a commit: which may, and what they hold before they write."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.daemon.breaker import Breaker
from inspector.domain.decision import OrderKind
from inspector.domain.errors import InspectorError, Invalid, Missing
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.ports import Unavailable
from inspector.store.tx import Tx
from inspector.store.work import Work

FEW = 16
"""So many failures share a commit where more have come: a dead source fails all its calls at once, and nobody's answer waits for them.

Fewer rows than these are worth a moment's wait for others (`linger`): so many at once are not.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of carrying out one work row: a settlement, or the error that prevented it."""

    work: Work
    settlement: Settlement | None = None
    error: Exception | None = None


def flow_of(work: Work, flows: Mapping[OrderKind, Flow]) -> Flow | None:
    """How a row is carried out; None for a kind that this version does not know."""
    try:
        return flows[OrderKind(work.kind)]
    except (KeyError, ValueError):
        return None


def unfit(work: Work, flow: Flow | None) -> InspectorError:
    """Why a row cannot be carried out: of a kind that this version does not know, damaged in the database, or the end of its daemon."""
    if flow is None:
        return Missing("kind_unknown", kind=work.kind)
    return Invalid("payload_unreadable" if not work.readable else "kills_its_daemon", work=work.key)


def gather(done: queue.SimpleQueue[Done | None], later: Sequence[Done], most: int, until: float = 0.0) -> list[Done] | None:
    """What is there, behind what was left for `later`; at least one. None when nothing is left and the daemon is stopping.

    Few that are there wait `until` a moment of the monotonic clock for others: a commit costs more than what is written in it.
    """
    group = list(later)
    try:
        while len(group) < most:
            left = until - time.monotonic() if len(group) < FEW else 0.0
            following = done.get(block=not group or left > 0, timeout=left if group and left > 0 else None)
            if following is None:
                if not group:
                    return None
                done.put(None)
                break
            group.append(following)
    except queue.Empty:
        pass
    return group


def few(group: Sequence[Done]) -> tuple[list[Done], list[Done]]:
    """What is settled now, and what afterwards: all that led to something, and of failures the first few."""
    failed = [done for done in group if done.settlement is None]
    if len(failed) <= FEW:
        return list(group), []
    return [*(done for done in group if done.settlement is not None), *failed[:FEW]], failed[FEW:]


def parts(group: Sequence[Done], flows: Mapping[OrderKind, Flow]) -> list[list[Done]]:
    """What may share a commit, behind it each that may not, and last many failures."""
    together: list[Done] = []
    failed: list[Done] = []
    alone: list[list[Done]] = []
    for done in group:
        flow = flow_of(done.work, flows)
        if flow is not None and flow.alone:
            alone.append([done])
        else:
            (together if done.settlement is not None else failed).append(done)
    if len(failed) < FEW:  # a commit of their own is worth it for many only
        together, failed = together + failed, []
    return [part for part in (together, *alone, failed) if part]


def hold(tx: Tx, group: Sequence[Done], breaker: Breaker) -> None:
    """Agencies' turns, cases, visits, draws, lanes, each in their order, and work rows last.

    Whoever else takes hold of several takes them like this (a withdrawal, a decline, another daemon), so that nobody waits in a ring.
    SQLite has one writer, who need hold nothing; of its cases and visits too a group reads all at once.
    """
    rows = [done.work for done in group]
    draws = {str(row.payload["draw"]) for row in rows if "draw" in row.payload}
    if draws:
        tx.draws.take_turns(draws)
    if cases := {row.case_id for row in rows if row.case_id}:
        tx.cases.lock(cases)
    if visits := {str(row.payload["visit"]) for row in rows if "visit" in row.payload}:
        tx.visits.hold(visits)
    if tx.sqlite:
        return
    if draws:
        tx.draws.lock(draws)
    if lanes := {done.work.lane for done in group if _writes_lane(done, breaker)}:
        tx.lanes.lock(lanes)


def _writes_lane(done: Done, breaker: Breaker) -> bool:
    """Whether settling writes the lane's row: a failure is counted there, and the first answer behind failures ends them."""
    return bool(done.work.lane) and (isinstance(done.error, Unavailable) or breaker.broken(done.work.lane))


def named(work: Work) -> dict[str, object]:
    """A row as log lines name it: a visit's by the visit, never by its cases, for that would tell who was drawn."""
    named: dict[str, object] = {"work": work.key, "kind": work.kind, "case_id": work.case_id}
    return named | {"visit": work.payload["visit"]} if "visit" in work.payload else named
