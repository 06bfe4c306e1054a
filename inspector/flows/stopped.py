"""Work in quarantine is a matter for a person: a stopped clock or question must not leave its case without a next step unseen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.statement import BookState
from inspector.store import payload
from inspector.store.ended import Ended
from inspector.store.tx import Tx
from inspector.store.work import Work

STOPPED = "work_stopped"
"""The matter that stopped work opens where its flow opens none of its own; one for each kind and agency, with the last row named."""

CREDIT_STUCK = "credit_stuck"
"""The matter for a person that credit entries open which a platform does not get; one for each platform and agency, with their count. It is
over when the platform has them, or need not."""

UNHEARD = "callback_stuck"
"""The matter for a person that a notice opens which a system does not get; one for each system and agency. The feed has it."""


def stopped(tx: Tx, work: Work, code: str, house: str, now: datetime) -> None:
    """Tell a person, in the transaction that quarantines the row. `house` hears of what belongs to no case."""
    agency = _agency(tx, work.case_id) or house
    facts = {"work": work.key, "kind": work.kind, "case": work.case_id, "error": code}
    tx.attention.open(STOPPED, agency, f"{work.kind}:{agency}", facts, now)


def end(tx: Tx, keys: Iterable[str], now: datetime) -> list[Ended]:
    """End open work by its keys, for it has lost its purpose, and with it what a person heard of what had stopped."""
    ended = tx.work.end_keys(keys, now)
    seen_to(tx, ((row.kind, row.case_id) for row in ended if row.stopped), now)
    return ended


def end_at_last(tx: Tx, keys: Iterable[str], now: datetime) -> None:
    """The same for what nobody asks about any more in this transaction: a group of settlements ends it for all of them at once."""
    tx.work.at_last(keys, lambda ended: end(tx, ended, now))


def end_of(tx: Tx, case_id: str, kinds: Iterable[OrderKind], now: datetime) -> None:
    """The same for a case's open work of these kinds: a group of settlements ends it for all of its cases at once."""
    ending = frozenset(kind.value for kind in kinds)

    def end(cases: list[str]) -> None:
        seen_to(tx, ((row.kind, row.case_id) for row in tx.work.end(cases, ending, now) if row.stopped), now)

    tx.work.end_soon(case_id, ending, end)


def retry(tx: Tx, work_id: int, now: datetime) -> None:
    """A person sends a row round again. Raises Missing, Refusal."""
    tx.work.retry(work_id, now)
    _dealt_with(tx, work_id, now)


def release(tx: Tx, work_id: int, reason: str, now: datetime) -> None:
    """A person lets a row go. Raises Missing, Refusal (`retraction_open` for one by which an entry is to be taken back)."""
    row = tx.work.show(work_id)
    if row["kind"] == OrderKind.CREDIT_RETRACT and (said := payload.read(row["payload"])) is not None:
        copy = said.get("copy")
        refuse_open(tx, f"{said['entry']}@{copy}" if copy else str(said["entry"]))
    tx.work.release(work_id, reason, now)
    _dealt_with(tx, work_id, now)


def refuse_open(tx: Tx, about: str) -> None:
    """Raise Refusal (`retraction_open`) while a receiver still has an entry, or a copy (`entry@connector`), that fell."""
    entry, _, copy = about.partition("@")
    held = tx.books.get(entry, copy)
    if held is not None and held.copy is bool(copy) and held.state is BookState.FALLEN:
        raise Refusal("retraction_open", entry=entry, connector=held.lane)


def _dealt_with(tx: Tx, work_id: int, now: datetime) -> None:
    """What told of the row is over; of a matter about several, with the last of them."""
    row = tx.work.show(work_id)
    seen_to(tx, [(row["kind"], row["case_id"])], now)
    agency = _agency(tx, row["case_id"])
    if row["kind"] == OrderKind.CREDIT:
        entries_there(tx, row["lane"], agency, row["key"], now)
    if row["kind"] == OrderKind.TELL and agency is not None:
        _close_after(tx, f"{UNHEARD}:{row['lane']}:{agency}", agency, OrderKind.TELL.value, row["lane"], now)


def _close_after(tx: Tx, matter: str, agency: str | None, kind: str, lane: str, now: datetime) -> None:
    """With an agency's last stopped row of a lane its matter is over."""
    tx.attention.hold(matter)  # another daemon may be telling of one more
    if agency not in tx.work.stopped(kind, lane=lane):
        tx.attention.close(matter, now)


def entries_there(tx: Tx, lane: str, agency: str | None, key: str, now: datetime) -> None:
    """An entry is where it belongs, or need not be: with the last that a platform lacks of an agency the matter is over.

    Releases of before had one for each entry.
    """
    tx.attention.close(f"{CREDIT_STUCK}:{key}", now)
    _close_after(tx, f"{CREDIT_STUCK}:{lane}:{agency}", agency, OrderKind.CREDIT.value, lane, now)


def seen_to(tx: Tx, rows: Iterable[tuple[str, str | None]], now: datetime) -> None:
    """With an agency's last row of a kind its matter is over; what belongs to no case is the house's, and keeps it open for all."""
    for kind, case_id in dict.fromkeys(rows):
        agency = _agency(tx, case_id)
        matter = f"{STOPPED}:{kind}:{agency or ''}"
        tx.attention.hold(matter, those=agency is None)  # another daemon may be telling of one more
        left = tx.work.stopped(kind)
        if agency is None and not left:
            tx.attention.close_those(matter, now)
        elif agency is not None and not left & {agency, None}:
            tx.attention.close(matter, now)


def _agency(tx: Tx, case_id: str | None) -> str | None:
    """Whose case it is, by the table: its body may be what stopped the work."""
    return tx.cases.agency_of(case_id) if case_id else None
