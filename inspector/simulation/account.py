"""What a simulated office came to, and what is wrong in it: what must not be, whatever happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import CaseState
from inspector.flows import invariants, lookback
from inspector.flows.office import Office
from inspector.simulation import afield
from inspector.simulation.peers import Peer
from inspector.store.tx import Tx

BROKEN = ("ledger_differs", "work_stopped")
"""Matters that only a fault of the program opens where nobody touches its database."""
BY_ITSELF = (CaseState.VERIFYING, CaseState.RATING)
"""Where a case goes on without anybody: none is there past its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a simulated year came to. `head` is that of the ledger's last seal: equal for equal scenes, and for no others.

    `cases` by state and outcome, `requests`, `draws` and `visits` by state, `consequences` by proposal and state, `matters` open by kind,
    `refused` by code what people inside and outside tried and the office did not take; `wrong` is what must be empty, by what it is and
    what it is about (`wrongs`).
    """

    head: str
    seals: int
    instants: int
    work: int
    kills: int
    cases: dict[str, int]
    requests: dict[str, int]
    draws: dict[str, int]
    visits: dict[str, int]
    consequences: dict[str, int]
    matters: dict[str, int]
    refused: dict[str, int]
    wrong: tuple[str, ...]


def tell(
    office: Office, tx: Tx, peers: Iterable[Peer], done: Mapping[str, int], refused: Mapping[str, int], now: datetime
) -> Told:
    """The figures; `done`: what whoever lived it has counted (`taken`, `instants`, `work`, `kills`, `unsettled`)."""
    number, head = tx.ledger.head()
    counts = tx.cases.counts()
    requests: Counter[str] = Counter()
    for row in tx.assistance.counts():
        requests[str(row[-2])] += int(row[-1])
    return Told(
        head=head,
        seals=number,
        instants=done["instants"],
        work=done["work"],
        kills=done["kills"],
        cases=_counted((" ".join(filter(None, (state, outcome))), count) for state, outcome, count in counts),
        requests=_counted(requests.items()),
        draws=_counted(tx.draws.counts()),
        visits=_counted(tx.visits.counts()[0]),
        consequences=_counted((f"{proposal} {state}", count) for proposal, state, count in tx.consequences.states()),
        matters=_counted((kind, count) for kind, count in tx.attention.counts()),
        refused=_counted(refused.items()),
        wrong=tuple(wrongs(office, tx, peers, done, now)),
    )


def _counted(told: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(sorted((str(name), int(count)) for name, count in told))


def wrongs(office: Office, tx: Tx, peers: Iterable[Peer], done: Mapping[str, int], now: datetime) -> Iterator[str]:
    """A chain that does not hold, rows that say otherwise, work put aside or not settled, cases lost or past their date, nobody at them.

    And what breaks an invariant of the house, and one key that was told with two contents.
    """
    if problem := tx.ledger.verify()[1]:
        yield f"chain: {problem}"
    yield from (f"differs: {one}" for one in lookback.differing(office, tx, [*office.tree], now))
    yield from (f"quarantined: {row['key']}" for row in tx.work.page(state="quarantined", limit=1000))
    yield from (f"matter: {kind} {count}" for kind, count in tx.attention.counts() if kind in BROKEN)
    if done["unsettled"]:
        yield f"unsettled: {done['unsettled']}"
    if (there := sum(count for _, _, count in tx.cases.counts())) != done["taken"]:
        yield f"cases: {done['taken']} were taken, {there} are there"
    for state in BY_ITSELF:
        standing = tx.cases.page(agencies=[*office.tree], state=state.value, limit=10_000)
        late = (case for case in standing if case.due_at is not None and case.due_at < now)
        yield from (f"standing: {case.reference}, due {case.due_at:%Y-%m-%d}" for case in late)
    yield from (f"{of}: {name}" for of, names in invariants.broken(tx, now).items() for name in names)
    yield from afield.wrongs(office, tx, now)
    yield from (f"two contents: {peer.name} {key}" for peer in peers for key in sorted(peer.doubled))
