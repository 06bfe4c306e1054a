"""Channels to inspectors' phones as tests play them: each takes messages, refuses, is away, or reports what became of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from inspector.domain.decision import OrderKind
from inspector.domain.reached import Reach, Reached
from inspector.domain.roster import InspectorRecord
from inspector.domain.visit import Seat, Visit
from inspector.flows import receipts
from inspector.flows.office import Office
from inspector.ports import Card, Message, Origin, Receipt, Refused, Unavailable
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand, settle

AWAY = Unavailable("unreachable")
UNKNOWN = Refused("recipient_refused", origin=Origin.THEM)


@dataclass
class Line:
    """A channel. `fault`: what it answers instead of taking a message; `reports`: it says what becomes of what it took.

    `unconfirmed`: it cannot say whether the other side took what it calls sent. `once`: so many seconds it shows one key once, 0: never.

    `rings`: as a robot in a group, it shows no link.
    """

    name: str
    fault: Exception | None = None
    reports: bool = False
    unconfirmed: bool = False
    once: float | None = None
    rings: bool = False
    took: list[tuple[str, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="channel", kind="table", owner=self.name, version="1", once_seconds=self.once)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take a message, or not."""
        if self.fault is not None:
            raise self.fault
        self.took.append((key, message))
        return Receipt(reference=f"{self.name}-{len(self.took)}", unconfirmed=self.unconfirmed)

    def reported(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Sequence[Reached]:
        """Not asked here: reports are taken in as the edge takes them."""
        raise NotImplementedError

    @property
    def assignments(self) -> list[Message]:
        """What was taken but tests and corrections."""
        return [message for _, message in self.took if not {"called_off", "changed", "test"} & set(message.data)]


class Lossy(Line):
    """Takes every message, and its answers are lost while `lost`."""

    lost = True

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take a message; nobody hears of it."""
        receipt = super().push(message, key=key)
        if self.lost:
            raise Unavailable("timeout")
        return receipt


def sent(store: Store, hand: Hand, *lines: Line, staff: int = 5) -> tuple[Office, Visit]:
    """A drawn visit; its inspectors are reached by these channels in this order, each under an address of its own."""
    office, _, _ = drawing(store, hand, staff=staff)
    office = replace(office, connectors=replace(office.connectors, channels={line.name: line for line in lines}))
    with store.begin() as tx:
        tx.lanes.ensure(office.connectors.names())
        tx.rosters.put_inspectors([reached(row, *lines) for row in tx.rosters.inspectors("bureau")])
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    return office, visit


def reached(row: InspectorRecord, *lines: Line, sign: str = "") -> InspectorRecord:
    """An officer with an address on each channel; `sign` makes it another one."""
    channels, addresses = ",".join(line.name for line in lines), ",".join(f"{row.id}{sign}@{line.name}" for line in lines)
    return replace(row, channel=channels, address=addresses)


def team(office: Office, visit: Visit) -> tuple[Seat, ...]:
    """Every turn of every place."""
    with office.store.read() as tx:
        return tx.visits.team(visit.id)


def passed(office: Office, visit: Visit) -> list[str]:
    """The published reasons for which seats of the draw were dealt anew."""
    with office.store.read() as tx:
        lines = tx.draws.files(visit.draw).get("after.jsonl", b"").splitlines()
    return [json.loads(line)["reason"] for line in lines]


def matters(office: Office, kind: str) -> list[dict[str, object]]:
    """The open matters of a kind, by what they tell."""
    with office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == kind and row["closed_at"] is None]


def clocks(office: Office, seat: Seat) -> set[str]:
    """Which of a seat's clocks run: the kinds of its rows that are not done."""
    with office.store.read() as tx:
        keys = {kind: seat.push(0) if kind is OrderKind.PUSH else seat.clock(kind) for kind in _CLOCKS}
        rows = {kind: tx.work.keyed(key) for kind, key in keys.items()}
    return {kind.value for kind, row in rows.items() if row is not None and row["state"] != "done"}


_CLOCKS = (OrderKind.PUSH, OrderKind.PUSH_DUE, OrderKind.PUSH_REACH, OrderKind.ACCEPT_DUE)


def report(office: Office, channel: str, *told: tuple[str, Reach], code: str = "") -> None:
    """A channel reports, and what it says is dealt with."""
    with office.store.begin() as tx:
        receipts.ordered(tx, channel, [Reached(about=about, reach=reach, code=code) for about, reach in told], office.now())
    settle(office)
