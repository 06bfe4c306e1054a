"""What goes at the end of the days that packs say, class by class, each purge with an entry that proves it (handbook 2.8; PIPL art. 19).

The wording of answers goes by itself, with the nightly housekeeping. A case goes by a named person's hand, for its days are those of the
agency's archive schedule (handbook 1.6.18), and nobody destroys a file without having been told to.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from inspector.domain import trail
from inspector.domain.assistance import Request
from inspector.domain.calendar import Unit, WorkingCalendar
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.evidence import Evidence
from inspector.domain.piece import fingerprint
from inspector.domain.policy import Policy
from inspector.domain.purge import WHOLE, WORDED, Hold, gone, silent, speechless, unquoted
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.domain.taking import LETTING, SAID
from inspector.domain.visit import Visit
from inspector.flows import casefile, unframing
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.purging import Aged
from inspector.store.tables import attention, visit
from inspector.store.tx import Tx

_AT_LEAST = {Unit.DAY: 1, Unit.MONTH: 28, Unit.YEAR: 365}
"""Days that a stretch of the calendar has at least: what ended later need not be read."""
_APART = 3
"""Days by which two stretches of as many months, or years, differ at most: so far from its end it need not be looked at day by day."""
_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripe:
    """What is over its days since `until`: the id of a case, or of what no case is about; by which row, and what keeps it all the same."""

    about: str
    agency: str
    record: Record
    row: str
    until: date
    holds: tuple[Hold, ...]


_Over = tuple[Aged, RetentionRow, date]
"""A case whose record of a kind is over its days, by which row, and the last of them."""


def ripe(office: Office, tx: Tx, record: Record, now: datetime) -> Iterator[Ripe]:
    """Every case whose answers (`ANSWER`), or which itself (`ENFORCEMENT`), is over its days; nothing is written."""
    for one, row, until in _over(office, tx, record, now):
        holds = tx.purging.held(one.id)
        if record is Record.ANSWER:
            pieces, named = _worded(tx, one.id), cited(tx, one.id)
            if not pieces:
                continue
            holds -= WHOLE
            holds |= {Hold.CITED} if all(piece.id in named for piece in pieces) else frozenset()
        told = tuple(hold for hold in Hold if hold in holds)
        yield Ripe(about=one.id, agency=one.agency, record=record, row=row.row, until=until, holds=told)


def answers(office: Office) -> int:
    """Let the wording of answers go whose days are over, case by case; how many cases. Safe to break off and to repeat."""
    now, count = office.now(), 0
    with office.store.read() as tx:  # most that come up each night have nothing left to go, and need no transaction of their own
        over = list(_over(office, tx, Record.ANSWER, now))
        some = [one for at in range(0, len(over), _PAGE) for one in _wording(tx, over[at : at + _PAGE])]
    for one, row, until in some:
        with office.store.begin() as tx:
            count += _hush(tx, one, row, until, now)
    return count


class Outlived(NamedTuple):
    """Before which moment records of a kind go, and by which row of which pack; none where the house's own days are the longest."""

    before: datetime
    row: RetentionRow | None = None
    pack: str = ""


def outlived(office: Office, kind: Record, days: int) -> Outlived | None:
    """Before which moment records of a kind have outlived `days` and every row of this office's packs.

    One table holds those of all agencies, so the longest row counts. None: some pack wants them kept for good.
    """
    last = Outlived(office.now() - timedelta(days=days))
    ids, today = {node.pack for node in office.tree.values()}, office.calendar.local_date(office.now())
    for policy in (*office.book.packs, *office.book.kept):
        row = row_of(policy, kind) if policy.id in ids else None
        if row is None:
            continue
        if row.keep is None:
            return None
        moved = moved_before(last.before, row, today, office.calendar)
        if moved < last.before or last.row is None:
            last = Outlived(moved, row, policy.label)
    return last


def forgot(tx: Tx, kind: str, rows: int, before: datetime, now: datetime, over: Outlived | None = None) -> None:
    """The entry that says how many records went, and what they were older than, by which row (PIPL art. 19)."""
    facts: dict[str, object] = {"kind": kind, "before": before.isoformat(), "rows": rows}
    because = Because(rule="retention.forget", basis=(), pack="", facts=facts)
    if over is not None and over.row is not None:
        row = over.row
        facts |= {"record": row.record.value, "row": row.row, "keep": str(row.keep)}
        because = replace(because, basis=(row.basis,), pack=over.pack, facts=facts)
    said(tx, f"retention:{kind}", because, now)


def moved_before(before: datetime, row: RetentionRow, today: date, calendar: WorkingCalendar) -> datetime:
    """The latest moment, whole days before a moment or that itself, of which a row keeps nothing today."""
    while (until := row.last(before, calendar)) is not None and until >= today:
        before -= timedelta(days=max(1, (until - today).days - _APART))
    return before


def case(office: Office, tx: Tx, case_id: str, by: str, now: datetime) -> str:
    """Let a case go with all that hangs on it, by a named person; the entry that says so.

    Raises Invalid without a name, Missing, and Refusal: `retention_unsaid` where its pack says no days, `retention_runs` within them, and
    `retention_held` naming what keeps it.
    """
    if not by.strip():
        raise Invalid("signer_missing", field="by")
    held = tx.cases.get(case_id, lock=True)
    row = row_of(office.book.get(held.pack), Record.ENFORCEMENT)
    if row is None or row.keep is None:
        raise Refusal("retention_unsaid", case=case_id, pack=held.pack)
    if held.ended_at is None:
        raise Refusal("retention_runs", case=case_id, until="-")
    since = held.ended_at if row.since is Since.CASE_ENDED else held.opened_at
    until = row.last(since, office.calendar)
    assert until is not None
    if office.calendar.local_date(now) <= until:
        raise Refusal("retention_runs", case=case_id, until=until)
    if holds := tx.purging.held(case_id):
        raise Refusal("retention_held", case=case_id, holds=", ".join(sorted(holds)))
    names = (case_id, casefile.about(case_id), *tx.purging.tips(case_id), *tx.purging.parts(case_id))
    visits = [name for one in tx.purging.visits(case_id) for name in tx.purging.beside(one)]
    erased = {name: entries(tx, name) for name in (*names, *tx.purging.matters(names))}
    quoted = {name: quotes(tx, name) for name in (*visits, *tx.purging.matters(visits)) if name not in erased}
    going = (entry for part in (erased, quoted) for some in part.values() for entry in some)
    stood = unframing.of_case(office, tx, held)
    taken = tx.purging.take(case_id, list(going))
    rows = dict(Counter(taken.rows) + Counter({attention.name: tx.attention.unquote_of({*names})}))
    made = ""
    for about, some in erased.items():
        if about != case_id and not some:
            continue
        tx.ledger.erase(list(some))
        facts: dict[str, object] = {"entries": list(some.values()), "by": by, "of": case_id}
        if about == case_id:
            facts |= {"rows": rows, "digest": taken.digest}
        entry = said(tx, about, gone(row, held.pack, since, until, facts), now)
        made = made or entry
    because = partial(_part, case_id, partial(gone, row, held.pack, since, until))
    _visits(tx, taken.shared, quoted, because, by, now)
    for number, bare in unframing.let_go(office, tx, stood):
        said(tx, number, because({"entries": [], "by": by, **bare}), now)
    return made


def _part(case_id: str, because: Callable[[Mapping[str, object]], Because], facts: Mapping[str, object]) -> Because:
    """The because of what goes with a case, under a name of its own."""
    return because({**facts, "of": case_id})


Quotes = dict[str, tuple[str, dict[str, object]]]
"""The entries about a visit that quote somebody, by id: the digest of each, and what it says without."""


def quotes(tx: Tx, name: str) -> Quotes:
    """What of a visit goes from the ledger with its name."""
    told = ((row, unquoted(row["rule"], json.loads(row["body"]))) for row in tx.ledger.about(name) if row["body"])
    return {row["id"]: (row["digest"], left) for row, left in told if left is not None}


def unsaid(tx: Tx, some: Quotes) -> dict[str, object]:
    """Take the words of entries about a visit out; the facts by which its purge names them, and says what is left of each.

    Draws and frames are held to that (`reconcile`, `lookback`), as they were to the entries.
    """
    tx.ledger.erase(list(some))
    return {"entries": [digest for digest, _ in some.values()], "restated": dict(some.values())}


def _visits(
    tx: Tx,
    shared: Iterable[Visit],
    quoted: Mapping[str, Quotes],
    because: Callable[[Mapping[str, object]], Because],
    by: str,
    now: datetime,
) -> None:
    """What a case's visits say themselves: each that goes nameless, and each of which another case has the rest (`shared`)."""
    for one in shared:
        told = because({"by": by, "entered": trail.left(one)})
        said(tx, one.id, replace(told, rule=trail.RESTATED, facts={name: told.facts[name] for name in ("by", "entered")}), now)
    for name, words in quoted.items():
        rows = {"rows": {visit.name: 1}} if tx.purging.visit_there(name) else {}
        if rows or words:
            said(tx, name, because({"by": by, **rows, **unsaid(tx, words)}), now)


def said(tx: Tx, about: str, because: Because, now: datetime) -> str:
    """The entry of a purge; the pack that it cites stays as it is from now on, for the purge is held to it (`purges`)."""
    return record(tx, about, Decision(state=None, because=because), now, {})


def _hush(tx: Tx, one: Aged, row: RetentionRow, until: date, now: datetime) -> bool:
    """The wording of a case's answers goes; whether there was any, and nothing kept it."""
    tx.cases.get(one.id, lock=True)
    if tx.purging.held(one.id) - WHOLE:
        return False
    named = cited(tx, one.id)
    pieces = [piece for piece in _worded(tx, one.id) if piece.id not in named]
    if not pieces:
        return False
    requests, erased = list[Request](), dict[str, str]()
    if not named:  # else what the agencies said stands behind a decision against somebody
        requests = [asked for asked in tx.purging.requests(one.id) if silent(asked) != asked]
        erased = {entry["id"]: entry["digest"] for entry in tx.ledger.about(one.id) if entry["rule"] in SAID and entry["body"]}
    told: dict[str, object] = {}
    for piece in pieces:
        tx.purging.reword(speechless(piece))
        told[piece.id] = [fingerprint(piece), fingerprint(speechless(piece))]
    for asked in requests:
        tx.purging.hush(silent(asked))
    tx.ledger.erase(list(erased))
    rows = {name: count for name, count in (("evidence", len(pieces)), ("assistance", len(requests))) if count}
    since = one.ended_at if row.since is Since.CASE_ENDED else one.opened_at
    facts = {"entries": list(erased.values()), "pieces": told, "rows": rows}
    said(tx, one.id, gone(row, one.pack, since, until, facts), now)
    return True


def _over(office: Office, tx: Tx, record: Record, now: datetime) -> Iterator[_Over]:
    """The cases whose record of a kind is over its days, with the row and the last day. What has no row is kept."""
    today = office.calendar.local_date(now)
    rows = {
        label: row for label in tx.purging.packs() if (row := of_pack(office, label, record)) is not None and row.keep is not None
    }
    ask = tx.purging.worded if record is Record.ANSWER else tx.purging.aged
    before, after = now - timedelta(days=min(map(_at_least, rows.values()), default=0)), ""
    while some := ask(sorted(rows), before, after, _PAGE):
        for one in some:
            row = rows[one.pack]
            until = row.last(one.ended_at if row.since is Since.CASE_ENDED else one.opened_at, office.calendar)
            if until is not None and until < today:
                yield one, row, until
        after = some[-1].id


def _at_least(row: RetentionRow) -> int:
    """Days that a case has ended for, at least, when its record is over them; 0 where they count from elsewhere."""
    assert row.keep is not None
    return row.keep.amount * _AT_LEAST.get(row.keep.unit, 0) if row.since is Since.CASE_ENDED else 0


def of_pack(office: Office, label: str, record: Record) -> RetentionRow | None:
    """A pack's row; none of a pack that is not here any more: what nobody can read lets nothing go."""
    try:
        return row_of(office.book.get(label), record)
    except Missing:
        return None


def row_of(policy: Policy, record: Record) -> RetentionRow | None:
    """A pack's row for a kind of record, if it has one."""
    return next((row for row in policy.retentions if row.record is record), None)


def entries(tx: Tx, about: str) -> dict[str, str]:
    """The entries about a thing whose words are still there, but those that say what went: their digests by id."""
    return {row["id"]: row["digest"] for row in tx.ledger.about(about) if row["body"] and row["rule"] not in LETTING}


def _wording(tx: Tx, page: Sequence[_Over]) -> Iterator[_Over]:
    """Those of some cases that have wording left which no decision cites, and which nothing keeps."""
    pieces = tx.cases.evidence_of([one.id for one, _, _ in page])
    for told in page:
        case_id = told[0].id
        worded = {piece.id for piece in pieces.get(case_id, ()) if _speaks(piece)}
        if worded and worded - cited(tx, case_id) and not tx.purging.held(case_id) - WHOLE:
            yield told


def _speaks(piece: Evidence) -> bool:
    """Whether a piece holds an answer's wording."""
    return piece.method in WORDED and speechless(piece) != piece


def _worded(tx: Tx, case_id: str) -> list[Evidence]:
    """The pieces of a case that hold an answer's wording."""
    return [piece for piece in tx.cases.evidence(case_id) if _speaks(piece)]


def cited(tx: Tx, case_id: str) -> frozenset[str]:
    """The evidence that decisions against a case's subject name; it is kept as long as the case, for the subject as much as for us."""
    return frozenset(name for one in tx.ledger.cited(case_id) for name in one.split("\n") if name)
