"""An officer's duty file (尽职免责): what was known, due and done, from the ledger's entries in his or her name, bound as a case's file is.

For the officer, a head of the agency, or whoever oversees; never beside another officer's. Whoever is given one is an entry of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from inspector.domain import folio
from inspector.domain.case import Case
from inspector.domain.decision import Because
from inspector.domain.dutyfile import Noted, Signed, signed, signs
from inspector.domain.errors import Invalid, Missing
from inspector.domain.person import names_of, same
from inspector.domain.policy import Policy
from inspector.domain.viewing import Shown
from inspector.flows import filepage, wording
from inspector.flows.casefile import Made, bind, lack, listed, telling
from inspector.flows.decisions import decided
from inspector.flows.embargo import closed
from inspector.flows.narrative import Say, based
from inspector.flows.office import Office
from inspector.flows.viewings import Viewer, note
from inspector.labels import LANGS, Lang, label
from inspector.store.room import Row
from inspector.store.tx import Tx, new_id

DUTY = "duty.file"
"""The rule of the entry that a duty file was made: of whom, for whom, by which door, of which days."""

ABOUT = "duty"
"""What these entries are about. Whose file it was stands in the body alone, which may be erased one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose file, by any declared name, from which day to which (both in it), and of which agencies; None: all, and what is of none."""

    officer: str
    since: date
    until: date
    agencies: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What was done about one case; the rows are those of its acts."""

    case: Case
    acts: tuple[Signed, ...]
    rows: tuple[Row, ...]


_Other = tuple[Signed, Row]
"""An act that is about no case, and its row."""


def duty_file(office: Office, asked: Asked, viewer: Viewer) -> Made:
    """Make an officer's duty file. Raises Invalid (`duty_period`, `officer_unknown`), and Stale where nothing can be sealed now.

    It names the subjects of its cases: that they are shown is written down before it is handed out (`viewings.note`).
    """
    by, door = viewer.by, viewer.door
    if asked.since > asked.until:
        raise Invalid("duty_period", since=asked.since.isoformat(), until=asked.until.isoformat(), field="since")
    since, until = office.calendar.span(asked.since, asked.until)
    with office.store.begin() as tx:
        now = office.now()
        names = names_of(asked.officer, office.entrance.people)
        found = [row for row in tx.ledger.between(since, until) if _signs(row, names)]
        if not found:
            _refuse_unknown(office, tx, asked.officer, names)
        done = list(_done(tx, asked, names, found, (since, until)))
        others = [
            row
            for row in found
            if not tx.cases.known(row["about"]) and row["rule"] != DUTY and _may(office, tx, asked.agencies, row["about"], now)
        ]
        rows = sorted([*(row for one in done for row in one.rows), *others], key=lambda row: str(row["id"]))
        hidden = {row["id"] for row in others} | {row["id"] for one in done for row in telling(tx, one.case.id, one.rows)}
        acts = [(one, row) for row in others for one in signed([_noted(row)], names, since, until)]
        pages = _pages(office, asked, done, acts, (by, now), hidden)
        period = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
        facts = {"by": by, "door": door, "officer_of_file": asked.officer, **period}
        told = {**facts, **folio.facts(*listed(rows, hidden), pages)}
        entry = new_id()
        tx.ledger.append(entry, ABOUT, Because(rule="duty.file", basis=(), pack="", facts=told), {}, now)
    note(office.store, now, viewer, Shown.DUTY, [one.case for one in done])
    return bind(office, [row["id"] for row in rows], entry, hidden, pages)


def heads(office: Office, agency: str, name: str) -> bool:
    """Whether somebody signs as a head of an agency, or of one above it: who answers for its officers reads what they have done."""
    return any(same(name, one) for above in office.line(agency) for one in office.tree[above].heads)


def _refuse_unknown(office: Office, tx: Tx, officer: str, names: Collection[str]) -> None:
    """Raise Invalid where no account, head, declared person or signer of any entry bears a name: a signed file of nobody looks like one."""
    there = {*tx.tokens.names(), *tx.admissions.names(), *office.entrance.people}
    there |= {head for node in office.tree.values() for head in node.heads}
    if any(same(name, one) for name in names for one in there):
        return
    last = datetime.max.replace(tzinfo=UTC)
    if not any(_signs(row, names) for row in tx.ledger.between(datetime.min.replace(tzinfo=UTC), last)):
        raise Invalid("officer_unknown", field="officer", name=officer)


def _signs(row: Row, names: Collection[str]) -> bool:
    return bool(row["body"]) and signs(row["rule"], json.loads(row["body"]).get("facts", {}), names)


def _may(office: Office, tx: Tx, agencies: Collection[str] | None, about: str, now: datetime) -> bool:
    """Whether what is about no case is told: for some agencies only what is about a visit of theirs whose draw is open to all by now,

    or about a check for cause of theirs.
    """
    if agencies is None:
        return True
    try:
        if not tx.purging.visit_there(about):
            return tx.tips.check(about).agency in agencies
    except Missing:
        return False
    visit = tx.visits.get(about)
    return not set(agencies).isdisjoint(visit.agencies) and closed(office, tx, tx.draws.get(visit.draw), now) is None


def _done(
    tx: Tx, asked: Asked, names: Collection[str], found: Sequence[Row], period: tuple[datetime, datetime]
) -> Iterator[_Done]:
    """By case, in the order of the first act."""
    for case_id in dict.fromkeys(row["about"] for row in found):
        if not tx.cases.known(case_id):
            continue
        case = tx.cases.get(case_id)
        if asked.agencies is not None and case.agency not in asked.agencies:
            continue
        rows = {row["id"]: row for row in tx.ledger.about(case_id)}
        acts = tuple(signed([_noted(row) for row in rows.values()], names, *period))
        yield _Done(case=case, acts=acts, rows=tuple(rows[one.entry.id] for one in acts))


def _noted(row: Row) -> Noted:
    told = json.loads(row["body"]) if row["body"] else {}
    beside = {name: value for name, value in told.items() if name not in ("facts", "basis", "pack")}
    return Noted(id=row["id"], at=row["at"], rule=row["rule"], facts=told.get("facts", {}), beside=beside)


def _pages(
    office: Office, asked: Asked, done: Sequence[_Done], others: Sequence[_Other], made: tuple[str, datetime], hidden: set[str]
) -> dict[str, bytes]:
    by, now = made
    days = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    titles = {lang: label("dutyfile.title", lang, officer=asked.officer, **days) for lang in LANGS}
    making = filepage.Making(titles=titles, by=by, at=office.calendar.local(now), entries="dutyfile.entries_hint")
    rows = sorted([*(row for one in done for row in one.rows), *(row for _, row in others)], key=lambda row: str(row["id"]))
    told = [filepage.signed(row, lack(row, hidden)) for row in rows]
    pages = {
        filepage.NAMES[lang]: filepage.page(making, list(_lines(office, done, others, hidden, lang)), told, lang)
        for lang in LANGS
    }
    value = {"officer": asked.officer, **days, "cases": [_value(one, hidden) for one in done]}
    value["others"] = [_told(one, hidden) for one, _ in others]
    return {**pages, "duty.json": (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()}


def _value(done: _Done, hidden: set[str]) -> dict[str, object]:
    return {"case": done.case.id, "reference": done.case.reference, "acts": [_told(one, hidden) for one in done.acts]}


def _told(act: Signed, hidden: set[str]) -> dict[str, object]:
    return {
        "entry": act.entry.id,
        "at": act.entry.at.isoformat(),
        "rule": act.entry.rule,
        "facts": {} if act.entry.id in hidden else dict(act.entry.facts),
        "known": [known.id for known in act.known],
        "due_at": act.due_at.isoformat() if act.due_at else None,
        "kept": act.kept,
    }


def _lines(office: Office, done: Sequence[_Done], others: Sequence[_Other], hidden: set[str], lang: Lang) -> Iterator[str]:
    """The page's lines, as `filepage` takes them."""
    acts = [*(one for case in done for one in case.acts), *(one for one, _ in others)]
    yield label("dutyfile.summary", lang)
    kept, missed = sum(one.kept is True for one in acts), sum(one.kept is False for one in acts)
    yield "  " + label("dutyfile.counted", lang, acts=len(acts), kept=kept, missed=missed)
    yield "  " + label("dutyfile.bounds", lang)
    for case in done:
        yield ""
        yield label("dutyfile.case", lang, reference=case.case.reference, case=case.case.id, name=case.case.subject.name)
        yield from (
            line for one, row in zip(case.acts, case.rows, strict=True) for line in _act(office, case, one, row, hidden, lang)
        )
    if others:
        yield ""
        yield label("dutyfile.others", lang)
    for act, row in others:
        yield f"  {wording.at(row['at'])}  {wording.code('rule', row['rule'], lang)}"
        yield from _dates(office, act, lang)


def _act(office: Office, done: _Done, act: Signed, row: Row, hidden: set[str], lang: Lang) -> Iterator[str]:
    policy = office.book.get(done.case.pack)
    names = {act.row: act.name for act in policy.acts} | _promised(done.case, policy)
    told = decided(office, row, policy)
    pack = label("dutyfile.pack", lang, pack=told.pack) if told.pack else ""
    yield f"  {wording.at(told.at)}  {wording.code('rule', told.rule, lang)}{pack}"
    if told.facts and row["id"] not in hidden:
        yield "    " + label("dutyfile.done", lang, facts=wording.facts(told.facts, lang, names))
    yield from (f"    {line}" for line in based(told.basis, Say(lang)))
    yield from _dates(office, act, lang)
    if act.known:
        yield "    " + label("dutyfile.known", lang)
    for one in act.known:
        yield f"      {wording.at(office.calendar.local(one.at))}  {wording.facts(_of_evidence(one.facts), lang, names)}"


def _promised(case: Case, policy: Policy) -> dict[str, str]:
    """What each claim of a case is about, as its pack calls it; by its code where that has gone from the pack."""
    item = policy.items.get(case.item)
    told = {one.code: one.name for one in item.facts} if item is not None else {}
    return {one.claim.key: told.get(one.claim.fact, one.claim.fact) for one in case.claims}


def _dates(office: Office, act: Signed, lang: Lang) -> Iterator[str]:
    """By when it was due, and whether that was kept, where either is known."""
    if act.due_at is not None:
        yield "    " + label("dutyfile.due", lang, at=wording.at(office.calendar.local(act.due_at)))
    if act.kept is not None:
        yield "    " + label("dutyfile.kept" if act.kept else "dutyfile.missed", lang)


def _of_evidence(facts: Mapping[str, object]) -> dict[str, object]:
    """What an entry tells of a piece of evidence, and nothing else that stood in it."""
    return {name: facts[name] for name in ("claim", "verdict", "digest") if facts.get(name)}
