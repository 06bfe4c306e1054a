"""Packs and calendars from their folders into the house: read, noted with what each label and version stands for, announced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from inspector.calendars import load_calendars
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.policy import Policy
from inspector.flows import recount, unapproved
from inspector.flows.office import AgencyNode, Office, pack_of
from inspector.flows.record import record
from inspector.policybook import PacksInvalid, Policybook
from inspector.settings import Settings
from inspector.store.store import Store
from inspector.store.tables import EPOCH
from inspector.store.tx import Tx

ANNOUNCED = "pack_announced"
"""The matter of a pack that came while the daemon ran; it is in force from its date, whether or not anybody has closed this."""

OF_PACKS = frozenset({"packs_invalid", "packs_missing", "pack_backdated", "pack_changed", "pack_gone"})
"""The errors that say of the folder's packs that they cannot be taken up as they are."""

Prints = tuple[tuple[str, int, int], ...]
"""What tells one state of the folders from another: each file with its size and the time of its last change (ns)."""


def prints(settings: Settings) -> Prints:
    """The prints of the folders of packs and calendars as they are now."""
    folders = (settings.policies, *([settings.calendars] if settings.calendars is not None else []))
    there = {file for folder in folders for file in (*folder.glob("*"), *folder.glob("*/*"))}
    files = sorted(file for file in there if ".toml" in file.name.lower())  # also what a wrong name keeps from being read
    return tuple(one for file in files for one in _stated(file))


def _stated(file: Path) -> Iterable[tuple[str, int, int]]:
    """A file's print; none of one that has gone since it was listed."""
    try:
        told = file.stat()
    except FileNotFoundError:
        return ()
    return ((str(file), told.st_size, told.st_mtime_ns),)


def read(settings: Settings) -> tuple[WorkingCalendar, Policybook]:
    """What lies in the folders. Raises Invalid for the first thing wrong with a calendar, PacksInvalid for all that is with packs.

    Whether a transition from a version that is not there comes from one that the house has kept, the records will tell (`note_packs`).
    """
    return calendar_of(settings), Policybook.read(settings.policies)


def calendar_of(settings: Settings) -> WorkingCalendar:
    """The working days of the folders and the office hours of the settings. Raises Invalid (`calendar_*`, `office_hours_reversed`)."""
    told = settings.time
    return load_calendars(settings.policies / "calendars", settings.calendars, opens=told.opens, closes=told.closes)


def note_packs(held: Store, book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Policybook:
    """Every loaded pack is what its label stood for before: else old cases would be decided by rules they were not taken in under.

    Returns the book with the packs that are cited and have left the folder, and a way to those that other daemons note from now on.
    `today` is the office's day. Raises Refusal (`pack_changed`, `pack_backdated`, `pack_gone`), PacksInvalid.
    """
    with held.begin() as tx:
        return _noted(tx, book, tree, held, today)


def note_calendar(held: Store, calendar: WorkingCalendar, office_now: datetime) -> None:
    """Note the years this house counts by; where some are new to it, open dates are counted again, as work of the same transaction.

    At the first start nothing was counted yet. Raises Refusal (`calendar_changed`, `calendar_older`): what a date was counted by
    must not depend on which daemon did it.
    """
    with held.begin() as tx:
        _counted_by(tx, calendar, office_now)


def take_up(office: Office, book: Policybook, calendar: WorkingCalendar) -> Policybook:
    """Note both for a house that runs, and announce what is new to it, all in one transaction; the book as `note_packs` gives it.

    Raises as both do: then nothing is noted, and nothing announced.
    """
    with office.store.begin() as tx:
        now = office.now()
        whole = _noted(tx, book, office.tree, office.store, calendar.local_date(now))
        _counted_by(tx, calendar, now)
        _announce(tx, office, book, now)
        unapproved.look(replace(office, book=whole, calendar=calendar), tx, now)
    return whole


def taken_up(office: Office) -> None:
    """Once the daemon works by it: what its own threads put off meanwhile, for they had the former calendar, is done now."""
    with office.store.begin() as tx:
        recount.hasten(tx, office.now())


def look_at_approvals(office: Office) -> None:
    """At a start: whether somebody has approved what is in force."""
    with office.store.begin() as tx:
        unapproved.look(office, tx, office.now())


def _noted(tx: Tx, book: Policybook, tree: Mapping[str, AgencyNode], held: Store, today: date) -> Policybook:
    def noted() -> dict[str, str]:
        with held.read() as reading:
            return reading.packs.texts()

    now = tx.machine_now()
    for pack in sorted(book.packs, key=lambda pack: pack.label):  # one order for all replicas that start at once
        if tx.packs.note(pack.label, pack.digest, book.texts[pack.label], now):
            _refuse_backdated(tx, pack, book, [one for one in tree if pack_of(tree, one) == pack.id])
    texts = tx.packs.texts()
    if lost := [flaw for flaw in book.strangers if flaw.facts["value"] not in texts]:
        raise PacksInvalid(lost)
    left = tx.packs.cited(sorted(set(texts) - {pack.label for pack in book.packs}))
    whole = replace(book.remembering(texts, left) if left else book, noted=noted)
    _refuse_gone(whole, today)
    return whole


def _refuse_gone(book: Policybook, today: date) -> None:
    """Raise Refusal (`pack_gone`) for a used version that has left the folder before its days are over, while others of its pack lie there.

    An older one would silently rule in its place, or none: a file that was moved away is no repeal.
    """
    for gone in book.kept:
        first = max(gone.effective_from, today)
        others = [one for one in book.packs if one.id == gone.id]
        later = [one for one in (*others, *book.kept) if one.id == gone.id and one is not gone]
        followed = any(gone.effective_from <= one.effective_from <= first for one in later)
        over = gone.effective_to is not None and gone.effective_to < first
        if others and not followed and not over:
            instead = ", ".join(one.label for one in others if one.in_force(first)) or "—"
            raise Refusal("pack_gone", pack=gone.label, day=str(first), other=instead)


def _refuse_backdated(tx: Tx, pack: Policy, book: Policybook, agencies: Collection[str]) -> None:
    """Raise Refusal (`pack_backdated`) for a new version that says it was in force while cases or draws were made under another one.

    Which version holds is answered by dates: the records would say one thing and the folder another. The part that one of the pack's
    `agencies` has in a draw of another's objects follows the version of the draw's day, which nothing else records (decision 43).
    """
    first = datetime.combine(max(pack.effective_from, EPOCH.date()), time(), SHANGHAI)
    last = datetime.combine(pack.effective_to, time.max, SHANGHAI) if pack.effective_to is not None else None
    found = tx.packs.other_since(pack.label, first, last)
    if found is None and (at := tx.packs.joined_since(agencies, first, last)) is not None:
        others = (one for one in book.packs if one.id == pack.id and one is not pack)
        then = [one for one in others if one.effective_from <= at.astimezone(SHANGHAI).date()]
        found = (max(then, key=lambda one: one.effective_from).label, at) if then else None
    if found is not None:
        facts = {"day": str(pack.effective_from), "other": found[0], "last": str(found[1].date())}
        raise Refusal("pack_backdated", pack=pack.label, **facts)


def _counted_by(tx: Tx, calendar: WorkingCalendar, office_now: datetime) -> None:
    known, now = tx.calendars.known(), tx.machine_now()
    tx.calendars.keep(calendar, office_now)
    tables = {table.year: table for table in calendar.tables}
    for gone in sorted(known.keys() - tables):
        tx.calendars.note(gone, 0, "", now)
    newer = [table for _, table in sorted(tables.items()) if tx.calendars.note(table.year, table.version, table.digest, now)]
    if known and newer:
        tx.work.order(recount.ordered((table.label for table in newer), office_now), office_now)


def _announce(tx: Tx, office: Office, book: Policybook, now: datetime) -> None:
    """Tell of each version that `office` does not have yet: in the ledger, and to a person, once however many daemons read it."""
    known = {pack.label for pack in (*office.book.packs, *office.book.kept)}
    for pack in book.packs:
        if pack.label in known or tx.attention.get(f"{ANNOUNCED}:{pack.label}") is not None:
            continue
        facts = {
            "digest": pack.digest,
            "from": str(pack.effective_from),
            "to": str(pack.effective_to or ""),
            "approved_by": pack.approval.by if pack.approval else "",
            "document": pack.approval.document if pack.approval else "",
        }
        because = Because(rule="pack.announced", basis=(), pack=pack.label, facts=facts)
        record(tx, pack.label, Decision(state=None, because=because), now, {})
        tx.attention.open(ANNOUNCED, office.house, pack.label, facts, now)
