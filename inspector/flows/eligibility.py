"""Who may commit: the gate at intake on the commitment route, and the bars of other authorities that are entered for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from inspector.domain import gate
from inspector.domain.calendar import due
from inspector.domain.case import Case, Route
from inspector.domain.decision import Decision
from inspector.domain.docket import BAR_CONTESTED
from inspector.domain.errors import Missing
from inspector.domain.gate import BarAnnulment, OutsideBar
from inspector.flows import bartold, reapplying, same
from inspector.flows.bartold import Change
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

CONTESTED = BAR_CONTESTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of bars that were handed in; `held`: each as it stands now."""

    added: int
    changed: int
    same: int
    held: tuple[OutsideBar, ...]


def admit(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Raise Refusal (`subject_barred`) where a record keeps the subject from committing. The route by certificate has no such gate.

    By either route an item may be barred from being applied for again for some time (`reapplying`), which says so itself.

    Who looked at whose records is logged, whatever came of it.
    """
    reapplying.admit(office, tx, case, now)
    if case.route is not Route.COMMITMENT:
        return
    subject = case.subject
    records, outside = same.records(tx, subject), same.bars(tx, subject)
    if not records and not outside:
        return
    today = office.calendar.local_date(now)
    signed_on = case.letter.signed_on if case.letter is not None else today  # one that came without a letter is refused for that
    bar = gate.barred(records, outside, signed_on, today)
    told = {"agency": case.agency, "by": case.sender, "reference": case.reference}
    seen = [one.entry for one in records] + [one.id for one in outside]
    log.info("eligibility.looked", **told, records=seen, barred=bar.record if bar is not None else "")
    if bar is not None:
        holder = office.tree.get(bar.authority if bar.own else bar.entered_by)
        raise gate.refuse(bar, case.reference, signed_on, holder.name if holder is not None else "")


def enter(office: Office, tx: Tx, bars: Iterable[OutsideBar], by: str, now: datetime, *, dry_run: bool = False) -> Entered:
    """Keep bars; the same again changes nothing. Whom one bars from now on is told so (`bartold`).

    Raises Invalid as `gate.noted`, Refusal as `gate.restated` does.
    """
    held: list[OutsideBar] = []
    became: list[Change] = []
    added = changed = 0
    named = [_named(office, tx, one) for one in bars]
    for bar in sorted(named, key=lambda one: one.id):  # in one order, so that two files wait for one another in no ring
        before = tx.records.bar(bar.id) if dry_run else tx.records.new_bar(bar)
        stands = gate.restated(bar, before) if before is not None else bar
        held.append(stands)
        if stands == before:
            continue
        decided = gate.noted(stands, by, before)
        added, changed = added + (before is None), changed + (before is not None)
        if not dry_run:
            if before is not None:
                tx.records.keep_bar(stands)
            record(tx, f"bar:{bar.id}", decided, now, {})
            became.append(Change(before=before, now=stands))
    bartold.tell(office, tx, became, now)
    return Entered(added=added, changed=changed, same=len(held) - added - changed, held=tuple(held))


def _named(office: Office, tx: Tx, bar: OutsideBar) -> OutsideBar:
    """A bar by the id under which it stands here, whichever key made that; a new one by its own, keyed where the office has keys.

    An id stands in logs, addresses and the ledger in plain, and whoever knows the document could try out whose number made it.
    """
    for one in tx.records.bars_of(bar.kind, bar.code):
        if (one.code, one.authority, one.document) == (bar.code, bar.authority, bar.document):
            return replace(bar, id=one.id)
    return replace(bar, id=office.store.keys.pseudonym("bar", bar.id))


def repair(
    office: Office, tx: Tx, bar_id: str, sees: Collection[str], on: date, document: str, by: str, now: datetime
) -> OutsideBar:
    """A bar of another authority was repaired, by its document. Raises Missing (`bar_unknown`), Invalid."""
    held = _own(tx, bar_id, sees)
    return _keep(office, tx, held, gate.repaired(held, on, document, by), now)


def unrepair(office: Office, tx: Tx, bar_id: str, sees: Collection[str], reasons: str, by: str, now: datetime) -> OutsideBar:
    """The repair of a bar was entered by mistake. Raises Missing (`bar_unknown`), and as `gate.unrepaired` does."""
    held = _own(tx, bar_id, sees)
    return _keep(office, tx, held, gate.unrepaired(held, reasons, by), now, reasons)


def annul(office: Office, tx: Tx, bar_id: str, sees: Collection[str], said: BarAnnulment, now: datetime) -> OutsideBar:
    """A bar never was one. Raises Missing (`bar_unknown`), and as `gate.annulled` does."""
    held = _own(tx, bar_id, sees)
    decided = gate.annulled(held, said, office.calendar.local_date(now))
    tx.attention.over(f"{CONTESTED}:{bar_id}", now)
    return _keep(office, tx, held, decided, now, said.reasons)


def reinstate(office: Office, tx: Tx, bar_id: str, sees: Collection[str], reasons: str, by: str, now: datetime) -> OutsideBar:
    """The annulment of a bar was the mistake. Raises Missing (`bar_unknown`), and as `gate.reinstated` does."""
    held = _own(tx, bar_id, sees)
    return _keep(office, tx, held, gate.reinstated(held, reasons, by), now, reasons)


def contest(  # noqa: PLR0913 - an objection in all its parts
    office: Office,
    tx: Tx,
    bar_id: str,
    words: str,
    digests: Collection[str],
    by: str,
    now: datetime,
    *,
    case: str = "",
    said_at: datetime | None = None,
) -> OutsideBar:
    """The subject of a bar says that it is none, or not its own: the agency that entered it hears so, and bars on until it has looked.

    It looks by the pack's term of an objection; what waits already keeps its date. `case`: by whose notice it was said; `said_at`: when,
    where that was before it is entered. Whoever was refused by a bar knows its id, whichever agency of the house
    entered it. Raises Missing (`bar_unknown`), and as `gate.contested` does.
    """
    held = tx.records.bar(bar_id, lock=True)
    if held is None:
        raise Missing("bar_unknown", bar=bar_id)
    record(tx, f"bar:{held.id}", gate.contested(held, words, digests, by), now, {})
    row = bartold.ruled(office, held.agency, now)
    at = due(said_at or now, row.own, office.calendar).at.isoformat()
    facts = {"bar": held.id, "authority": held.authority, "document": held.document, "row": row.row, "basis": row.basis}

    def told(before: Mapping[str, object]) -> dict[str, object]:
        return {**facts, "case": case or before.get("case", ""), "due_at": before.get("due_at", at)}

    tx.attention.add(CONTESTED, held.agency, held.id, told, now)
    return held


def stands(office: Office, tx: Tx, bar_id: str, reasons: str, by: str, now: datetime) -> None:
    """An officer has looked at what was said against a bar, and it stands: its subject hears so, with whom to object to."""
    held = tx.records.bar(bar_id, lock=True)
    if held is None or held.annulled_on is not None:
        return
    record(tx, f"bar:{held.id}", gate.stood(held, reasons, by), now, {})
    bartold.stands(office, tx, held, reasons, now)


def _own(tx: Tx, bar_id: str, sees: Collection[str]) -> OutsideBar:
    held = tx.records.bar(bar_id, lock=True)
    if held is None or held.agency not in sees:
        raise Missing("bar_unknown", bar=bar_id)
    return held


def _keep(
    office: Office, tx: Tx, before: OutsideBar, decided: Decision[OutsideBar], now: datetime, reasons: str = ""
) -> OutsideBar:
    tx.records.keep_bar(decided.state)
    record(tx, f"bar:{decided.state.id}", decided, now, {})
    bartold.tell(office, tx, [Change(before=before, now=decided.state, reasons=reasons)], now)
    return decided.state
