"""A daemon that is killed while it lets go what is over its days: `python -m tests.letting_go URL CASE DAYS case|answers`.

Each round is a process of its own, forked before any database was opened: it lets go, and is killed with signal 9 before the n-th time
that it writes, or commits. Another one then says what is there. A line of JSON each, until one comes to the end alive.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.taking import PURGED
from inspector.flows import caseless, purges, purging
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, closing
from tests.integration.test_letters import Desk, an_office


def open_again(store: Store, days: int) -> Office:
    """The office so many days later."""
    hand = Hand()
    hand.on(days=days)
    return an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})


def let_go(office: Office, case_id: str, what: str) -> None:
    """A case by a named hand, or the wording of answers as by night."""
    if what == "answers":
        purging.answers(office)
        return
    with office.store.begin() as tx:
        caseless.let_go(office, tx, case_id, "王五", office.now())


def killed(url: str, case_id: str, days: int, what: str, at: int) -> None:
    """Let go, and be killed before something is written, or committed."""
    store = Store(url, synchronous="OFF")
    office, count = open_again(store, days), 0

    def step(*told: Any) -> None:
        nonlocal count
        count += told[2:3] == () or not str(told[2]).lstrip("( ").startswith("SELECT")  # a commit, or what writes
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(store.engine, "before_cursor_execute", step)
    sa.event.listen(store.engine, "commit", step)
    let_go(office, case_id, what)


def seen(url: str, case_id: str, at: int) -> None:
    """Say what is there now, and what does not hold."""
    with closing(Store(url, synchronous="OFF")) as store, store.read() as tx:
        try:
            there = bool(tx.cases.get(case_id))
        except Missing:
            there = False
        worded = there and any(piece.remark for piece in tx.cases.evidence(case_id))
        audit = purges.audit(open_again(store, 366 * 70), tx)
        told = {"at": at, "there": there, "worded": worded, "purges": sum(one.rule == PURGED for one in audit.purges)}
        told |= {"troubles": len(audit.troubles), "broken": tx.ledger.verify()[1] is not None}
        print(json.dumps(told), flush=True)


def apart(do: Any, *told: object) -> int:
    """Do it in a process of its own; how that ended."""
    child = os.fork()
    if child == 0:
        do(*told)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(url: str, case_id: str, days: int, what: str) -> None:
    """Each of them in turn."""
    ended, at = -signal.SIGKILL, 0
    while ended == -signal.SIGKILL:
        at += 1
        ended = apart(killed, url, case_id, days, what, at)
        assert apart(seen, url, case_id, at) == 0
    assert ended == 0, ended


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
