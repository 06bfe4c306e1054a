"""One settlement within a transaction, whatever becomes of those beside it."""

from __future__ import annotations

from dataclasses import replace

import structlog

from inspector.daemon.failure import Failure, waited
from inspector.daemon.group import Done
from inspector.domain.errors import Stale
from inspector.flows import stopped
from inspector.store.outage import passing
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)


def settle_one(tx: Tx, done: Done, failure: Failure) -> str:
    """Settle one; a failure of its own rules is recorded in its place, a lost fence costs nothing but this one."""
    try:
        with tx.savepoint():
            return write(tx, done, failure)
    except Stale:
        return _bring_late(tx, done, failure)
    except Exception as error:
        if passing(error):
            raise  # it says nothing about this row, which stays as it is
        failed = replace(done, settlement=None, error=error)
    try:
        with tx.savepoint():
            return write(tx, failed, failure)
    except Stale:
        return "stale"
    except Exception as error:
        if passing(error):
            raise
        unwritten = error
    try:
        with tx.savepoint():
            return failure.bare(tx, done.work, unwritten, failure.office.now())
    except Stale:
        return "stale"


def write(tx: Tx, done: Done, failure: Failure) -> str:
    """Write what came of it; how it is called. Raises Stale, and whatever its flow does."""
    now = failure.office.now()
    if done.settlement is not None:
        tx.work.finish(done.work, now)
        done.settlement.write(tx, now)
        if waited(done.work):
            stopped.seen_to(tx, ((done.work.kind, done.work.case_id),), now)
        if done.settlement.attempts:
            failure.breaker.answered(tx, done.work.lane, now)
            failure.breaker.heard(tx, done.work.lane, done.settlement.call, now)
        return done.settlement.outcome
    return failure.settle(tx, done.work, done.error or RuntimeError("no settlement"), now)


def _bring_late(tx: Tx, done: Done, failure: Failure) -> str:
    """What came back for work that its case had ended meanwhile, kept in the transaction that finds it ended: "late".

    Where another claim has the row, or nobody wants to know, there is nothing to bring: "stale".
    """
    late = done.settlement.late if done.settlement is not None else None
    if late is None:
        return "stale"
    try:
        with tx.savepoint():
            if not tx.work.late(done.work):
                return "stale"
            now = failure.office.now()
            late(tx, now)
            failure.breaker.heard(tx, done.work.lane, done.settlement.call if done.settlement is not None else "", now)
            return "late"
    except Exception as error:
        if passing(error):
            raise
        log.error("settle.late_failed", error=type(error).__name__, work=done.work.key)  # noqa: TRY400 - the name says enough
        return "stale"
