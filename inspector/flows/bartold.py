"""What the subject of another authority's record hears of it: what bars it, whose decision, since when, what ends it, whom to object to.

A bar is of a subject, and a notice goes in a case: the subject's last one, at the agency that entered the bar before any other. Whoever
has none here hears all this at the gate (`gate.refuse`), which is the first time that the bar touches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.creditlaw import OBJECTION, ObjectionRow
from inspector.domain.errors import Missing
from inspector.domain.gate import BASIS, OutsideBar
from inspector.domain.serving import NoticeKind
from inspector.flows import giving, unserved, wording
from inspector.flows.office import Office
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A bar as it was (None: it is entered) and as it is now; `reasons`: why, where an officer gave some."""

    before: OutsideBar | None
    now: OutsideBar
    reasons: str = ""


def tell(office: Office, tx: Tx, changes: Sequence[Change], now: datetime) -> None:
    """The subjects hear what became of these, each whom it touches: what bars nobody before and after touches nobody."""
    today = office.calendar.local_date(now)
    told = [one for one in changes if one.now.barring(today) or (one.before is not None and one.before.barring(today))]
    told = [one for one in told if one.before is None or _of_note(one.before) != _of_note(one.now)]
    if not told:
        return
    cases = {one.now.id: tx.records.cases_about(one.now.kind, one.now.code, one.now.agency) for one in told}
    tx.cases.lock({case_id for found in cases.values() for case_id in found})  # in one order, before any notice
    for one in told:
        found = cases[one.now.id]
        for case_id in found:
            _called_off(tx, case_id, one.now.id, now)
        if found:
            _tell(office, tx, tx.cases.get(found[0]), one, now)


def stands(office: Office, tx: Tx, held: OutsideBar, reasons: str, now: datetime) -> None:
    """Whoever said that a bar is none hears that it stands, why, and what is open."""
    found = tx.records.cases_about(held.kind, held.code, held.agency)
    if held.barring(office.calendar.local_date(now)) and found:
        tx.cases.lock({found[0]})
        _tell(office, tx, tx.cases.get(found[0]), Change(before=held, now=held, reasons=reasons), now)


def ruled(office: Office, agency: str, now: datetime) -> ObjectionRow:
    """By when, and by which article, an agency looks at what is said against a bar: the pack's row of an objection of its own."""
    try:
        return office.policy(agency, office.calendar.local_date(now)).credit.objection
    except Missing:  # no pack is in force there: the row that packs without one have
        return OBJECTION


def _of_note(held: OutsideBar) -> OutsideBar:
    """What its subject is told of a bar: who has entered what with it is not."""
    return replace(held, annulled_by="", id="", agency="")


def _called_off(tx: Tx, case_id: str, bar: str, now: datetime) -> None:
    """Nobody brings any more what was said of the bar before."""
    for notice in tx.servings.of_case(case_id):
        if notice.about == bar:
            unserved.done(tx, notice.id, now)


def _tell(office: Office, tx: Tx, case: Case, change: Change, now: datetime) -> None:
    held, lang = change.now, office.agency(case.agency).language
    day = office.calendar.local_date(now)
    ours = office.tree[held.agency].name if held.agency in office.tree else held.agency
    named = {"authority": held.authority, "document": held.document, "office": ours, "on": day.isoformat()}
    what = label("bartold.what", lang, ground=held.ground, **named)
    facts: tuple[str, ...]
    rights: tuple[str, ...] = ()
    basis: tuple[str, ...] = (BASIS,)
    if held.barring(day):
        row = ruled(office, held.agency, now)
        facts = (what, label("bartold.since", lang, since=held.since.isoformat()), _end(held, lang, named))
        rights = (
            label("bartold.right_authority", lang, **named),
            label("bartold.right_wrong", lang, term=wording.term(row.own, lang), **named),
            label("bartold.right_route", lang),
        )
        kind, title, basis = NoticeKind.BAR, "bartold.title", (*basis, row.basis)
        why = "because" if change.before is None else "again"
    else:
        kind = NoticeKind.REPAIRED if held.annulled_on is None else NoticeKind.ANNULMENT
        facts, title = (what, _over(held, lang)), "bartold.title_over"
        why = "over"
    reasons = change.reasons or label(f"bartold.{why}", lang, **named)
    giving.inform(
        office,
        tx,
        case,
        f"bar:{new_id()}",
        kind,
        about=held.id,
        title=label(title, lang),
        facts=facts,
        reasons=reasons,
        rights=rights,
        basis=basis,
        now=now,
    )


def _end(held: OutsideBar, lang: Lang, named: dict[str, str]) -> str:
    """What ends it: a repair, or the last day that its document names."""
    if held.until is None:
        return label("bartold.repair", lang, **named)
    return label("bartold.until", lang, until=held.until.isoformat(), **named)


def _over(held: OutsideBar, lang: Lang) -> str:
    if held.annulled_for is not None:
        return label("bartold.annulled", lang, fault=of(held.annulled_for, lang))
    if held.repaired_on is not None:
        return label("bartold.repaired", lang, on=held.repaired_on.isoformat(), document=held.repaired_by)
    return label("bartold.past", lang, until=held.until.isoformat() if held.until is not None else "")
