"""What comes next in a case, and what is past its date and still awaited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.assistance import Request
from inspector.domain.calendar import Counting
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.counting import Tallied, tally
from inspector.domain.decision import OrderKind
from inspector.domain.overdue import Awaited, overdue
from inspector.domain.proposal import Proposal
from inspector.domain.selfproof import SelfProof
from inspector.domain.visit import Visit
from inspector.flows import proofs
from inspector.flows.held import Wait, waits
from inspector.flows.office import Office, names_of
from inspector.flows.valve import Paused, paused
from inspector.store.room import Row
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What is due; `error` is the code of the last failure, `counted` how a legal date was counted, `days` each day of it.

    `paused`: a person has stopped calling the connector that it goes through. `waits`: why that connector is not asked now, by a code
    (labels, group `wait`), and until when, where that is known. `proceeding`: of which proceeding it is a step, or says something.
    """

    kind: OrderKind
    at: datetime
    lane: str
    state: str
    attempts: int
    error: str
    counted: Counting | None
    days: tuple[Tallied, ...]
    paused: Paused | None = None
    waits: str = ""
    waits_until: datetime | None = None
    proceeding: Proposal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What is past its date: `about` which case, request or visit; `who` has to act, an agency by its name or a connector's."""

    what: Awaited
    about: str
    who: str
    since: datetime


def upcoming(office: Office, tx: Tx, case: Case, letters: Iterable[Request], shows: Iterable[SelfProof]) -> tuple[Next, ...]:
    """The case's open work in order of its dates."""
    counts = {**proofs.by_kind(case), **proofs.by_key(letters), **proofs.by_proof(shows)}
    rows = [row for row in _work(tx, case.id) if row["state"] != "done"]
    held = tx.consequences.of_case(case.id)
    stopped, why = paused(tx, {row["lane"] for row in rows}), _waits(office, tx, rows)
    return tuple(
        replace(_next(office, row, counts, stopped.get(row["lane"]), why.get(row["id"])), proceeding=_proceeding(row, held))
        for row in sorted(rows, key=lambda row: (row["due_at"], row["id"]))
    )


def _proceeding(row: Row, held: Iterable[Consequence]) -> Proposal | None:
    """Of which one a step is: its key, as the keys of its notices, names it."""
    return next((one.proposal for one in held if f":{one.id}:" in f"{row['key']}:"), None)


def _waits(office: Office, tx: Tx, rows: Iterable[Row]) -> dict[int, Wait]:
    """Why rows that are due are not carried out now, by their ids: their connector is away, or not to be asked at this hour."""
    due = [row for row in rows if row["lane"] and row["state"] in ("ready", "waiting")]
    why = waits(tx, office) if due else {}
    return {row["id"]: why[row["lane"]] for row in due if row["lane"] in why and row["due_at"] <= office.now()}


def missed(
    office: Office, case: Case, letters: Iterable[Request], shows: Iterable[SelfProof], visits: Iterable[Visit]
) -> tuple[Late, ...]:
    """What is past its date, the longest first."""
    names = {node.id: node.name for node in office.tree.values()} | names_of(office.tree)
    found = sorted(overdue(case, letters, shows, visits, office.now()), key=lambda one: one.since)
    return tuple(
        Late(what=one.what, about=one.about, who=names.get(one.of, one.of), since=office.calendar.local(one.since))
        for one in found
    )


def _work(tx: Tx, case_id: str) -> Iterable[Row]:
    after = 0
    while page := tx.work.page(case_id=case_id, after=after, limit=200):
        yield from page
        after = page[-1]["id"]


def _next(office: Office, row: Row, counts: Mapping[str, Counting], stopped: Paused | None, wait: Wait | None) -> Next:
    counted = counts.get(row["key"]) or counts.get(row["kind"])
    return Next(
        kind=OrderKind(row["kind"]),
        at=office.calendar.local(row["due_at"]),
        lane=row["lane"],
        state=row["state"],
        attempts=row["attempts"],
        error=(row["error"] or "").partition(": since ")[0],
        counted=counted,
        days=tally(counted) if counted else (),
        waits=wait.reason if wait else "",
        waits_until=office.calendar.local(wait.until) if wait and wait.until else None,
        paused=replace(stopped, since=office.calendar.local(stopped.since)) if stopped and stopped.since else stopped,
    )
