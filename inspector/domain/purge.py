"""What goes of a case at the end of its days, what is left of it, and what keeps it longer (handbook 2.8; PIPL art. 19, 47)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from inspector.domain.assistance import Dispute, Quarrel, Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Method, SubjectKind
from inspector.domain.decision import Because
from inspector.domain.disclosure import Penalty
from inspector.domain.evidence import Evidence
from inspector.domain.gazette import Line
from inspector.domain.publicationduty import Posted, PublicationDuty
from inspector.domain.retention import RetentionRow
from inspector.domain.taking import CIVIL, PURGED
from inspector.domain.veil import VEIL
from inspector.domain.visit import Seat, SeatState, Visit


class Hold(StrEnum):
    """Why a record whose days are over is kept all the same: something about its case still goes on, or still binds somebody.

    `RECORD`: an entry to its subject's discredit that is neither repaired nor annulled bars from committing (the gate), and rests on the
    case. `WORK`: a clock or a delivery of the case waits. `CITED`: a decision against its subject names the piece as its evidence.
    """

    NOTICE = "NOTICE"
    CONSEQUENCE = "CONSEQUENCE"
    OBJECTION = "OBJECTION"
    REPAIR = "REPAIR"
    REQUEST = "REQUEST"
    SELF_PROOF = "SELF_PROOF"
    VISIT = "VISIT"
    CHALLENGE = "CHALLENGE"
    DRAW = "DRAW"
    PUBLICATION = "PUBLICATION"
    TIP_OFF = "TIP_OFF"
    MATTER = "MATTER"
    CITED = "CITED"
    RECORD = "RECORD"
    SHOWN = "SHOWN"
    DIFFERENCE = "DIFFERENCE"
    WORK = "WORK"


WHOLE = frozenset({Hold.RECORD, Hold.SHOWN, Hold.DIFFERENCE, Hold.WORK})
"""What keeps a case, and not the wording of the answers in it."""

WORDED = frozenset({Method.ONLINE_QUERY, Method.OTHER_RESULT, Method.ASSISTANCE})
"""The ways by which sources and agencies answer. What people saw on the spot, and what a subject has shown, is the case's own."""

_SAID = frozenset({"do", "at", "inability", "to", "verdict", "door", "scan"})
"""Of a word about a request: what is no wording. What stands on a paper (`written`) is wording, and the digest of its picture none."""


QUOTING: Mapping[str, tuple[str, ...]] = {
    "visit.report": ("remarks",),
    "visit.noted": (),
    "visit.restated": (),
    "visit.chosen": ("reasons",),
    "visit.replace": ("reason",),
    "visit.ceased_asked": ("evidence",),
    "visit.ceased": ("evidence",),
    "visit.attest_asked": ("evidence",),
    "visit.attested": ("evidence",),
    "visit.appointed": ("reasons",),
    "contact.attempt": ("words",),
    "attention.close": ("note",),
    "seat.link": ("reason",),
    "publication.rule": ("reasons",),
    "publication.done": ("reference",),
    "publication.removed": ("reference",),
    "publication.drop": ("document",),
    "publication.recall": ("note", "document"),
}
"""By the rule of an entry about a visit: under which facts it quotes somebody. A digest of words (`entered`) goes with them."""
_BOUND = "entered"
SPOKEN: Mapping[str, tuple[str, ...]] = {
    "mail_unread": ("text", "filled", "sender", "attached", "reason"),
    "value_unread": ("words",),
    "level_off_scale": ("level",),
}
"""By the kind of a matter: which of its facts are words of an agency or a source about somebody whom its key does not name.

Words of sources that could not be read are in no matter any more (`verify.worded`): those of former releases are.
"""


def speechless(piece: Evidence) -> Evidence:
    """A piece of evidence without the wording of the answer: its verdict, source, dates and digests stay (handbook 2.8)."""
    return replace(piece, found="", remark="")


def silent(request: Request) -> Request:
    """A request without what the agencies said, word for word: that, when and by which door they said something stays."""
    return replace(
        request,
        reply=_hushed(request.reply) if request.reply is not None else None,
        parts=tuple(map(_hushed, request.parts)),
        afterwords=tuple(map(_hushed, request.afterwords)),
        history=tuple(replace(one, said="") for one in request.history),
        dispute=_unreasoned(request.dispute) if request.dispute is not None else None,
        proposed=replace(request.proposed, reasons="", signer="") if request.proposed is not None else None,
        door=replace(request.door, written="") if request.door is not None else None,
    )


def _unreasoned(dispute: Dispute) -> Dispute:
    """Who of ours has disputed a refusal stays: that is no word of an agency."""
    return replace(dispute, reasons="", by=dispute.by if dispute.about is Quarrel.REFUSAL else "")


def _hushed(word: Mapping[str, object]) -> dict[str, object]:
    return {name: told if name in _SAID else "" for name, told in word.items()}


def nameless(visit: Visit, cases: AbstractSet[str] | None = None) -> Visit:
    """A visit without whom it was to and without anybody's words; that somebody wrote some is left, for results are counted by it.

    What strangers recompute and frames go by stays: the key of its object, strata, states, verdicts, days, and the house's own officers.
    `cases`: only what was asked and seen about these goes, for another case rests on the rest.
    """

    def mine(case_id: str) -> bool:
        return cases is None or case_id in cases

    doubts, spared = (
        tuple(replace(one, claimed="") if mine(one.case_id) else one for one in some) for some in (visit.doubts, visit.spared)
    )
    findings = tuple(replace(one, note=_silenced(one.note)) if mine(one.case_id) else one for one in visit.findings)
    held = replace(visit, doubts=doubts, spared=spared, findings=findings)
    if cases is not None:
        return held
    parts = tuple(replace(one, remarks=_silenced(one.remarks)) for one in visit.parts)
    day = replace(visit.appointed, why=_silenced(visit.appointed.why)) if visit.appointed is not None else None
    vouched = tuple(replace(one, said=tuple(map(_silenced, one.said))) for one in visit.attested)
    return replace(
        held,
        code="",
        name="",
        parts=parts,
        attested=vouched,
        appointed=day,
        ceased=_silenced(visit.ceased),
        proof=_silenced(visit.proof),
    )


def unspoken(seat: Seat) -> Seat:
    """A seat without why its inspector did not go, in his or her own words: they may tell of whom the visit was to."""
    reason = _silenced(seat.reason) if seat.state is SeatState.DECLINED else seat.reason
    return replace(seat, reason=reason, belated=_silenced(seat.belated))


def unnamed(duty: PublicationDuty) -> PublicationDuty:
    """A duty to publish without the words of the house; what is public of it names nobody any more, and is counted."""
    return replace(
        duty,
        reason=_silenced(duty.reason),
        document=_silenced(duty.document),
        ruled=replace(duty.ruled, reasons=_silenced(duty.ruled.reasons)) if duty.ruled is not None else None,
        shown=_uncalled(duty.shown) if duty.shown is not None else None,
        penalty=_nobodys(duty.penalty) if duty.penalty is not None else None,
        posted=_placeless(duty.posted),
        removed=_placeless(duty.removed),
    )


def unquoted(rule: str, told: Mapping[str, Any]) -> dict[str, object] | None:
    """What an entry about a visit says without anybody's words, and without the digest of them, for whoever guesses could try.

    By what is left its result is held as before. None of an entry that quotes nobody: that stays as it is.
    """
    parts = {name: told[name] for name in ("facts", "visit") if isinstance(told.get(name), dict)}
    facts = parts.get("facts", {})
    words = {name for name in QUOTING.get(rule, ()) if str(facts.get(name) or "").strip()}
    if rule not in QUOTING or not (words or any(_BOUND in one for one in parts.values())):
        return None
    left = {at: {name: value for name, value in one.items() if name != _BOUND} for at, one in parts.items()}
    return {**told, **left, "facts": {name: VEIL if name in words else value for name, value in left["facts"].items()}}


def wordless(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a matter says, without those words; that there were some is left of texts."""
    words = SPOKEN.get(kind, ())
    return {name: _emptied(one) if name in words else one for name, one in facts.items()}


def quoted(facts: Mapping[str, Any]) -> frozenset[str]:
    """The requests, or the case, that the words of a matter are about."""
    requests = facts.get("requests") or [facts.get("request", "")]
    return frozenset(str(one) for one in (*requests, facts.get("case", "")) if one)


def cites(facts: Mapping[str, object], basis: Collection[str], rows: Iterable[RetentionRow]) -> RetentionRow | None:
    """The row of its pack that a purge names; None where the pack has none that says the same of the same records.

    A release before had not every fact in its entries: what they do not say is not compared.
    """
    for row in rows:
        mine = {"record": row.record.value, "row": row.row, "keep": str(row.keep)}
        if "row" in facts and all(facts.get(name, value) == value for name, value in mine.items()) and row.basis in basis:
            return row
    return None


def hasty(facts: Mapping[str, object], at: datetime, row: RetentionRow, calendar: WorkingCalendar) -> bool:
    """Whether a purge of a moment came before the last day of its row was over, counted from when on it says that it was kept.

    By a row that keeps for good nothing goes; of a term in working days its own entry tells the last day, for calendars come and go.
    Raises ValueError for a moment that is none.
    """
    since = facts.get("since", facts.get("before"))
    if row.keep is None or since is None or row.keep.unit not in CIVIL:
        return row.keep is None
    last = row.last(datetime.fromisoformat(str(since)), calendar)
    until = facts.get("until")
    assert last is not None, "a term has an end"
    return calendar.local_date(at) <= last or (until is not None and date.fromisoformat(str(until)) < last)


def _nobodys(penalty: Penalty) -> Penalty:
    ruled = replace(penalty.ruled, reasons=_silenced(penalty.ruled.reasons)) if penalty.ruled is not None else None
    shown = penalty.shown
    if shown is not None:
        whose = shown.subject or (SubjectKind.FIRM if shown.name else None)  # only firms are named
        shown = replace(shown, name="", code="", subject=whose)
    return replace(penalty, ruled=ruled, shown=shown)


def _placeless(said: Posted | None) -> Posted | None:
    return replace(said, reference=_silenced(said.reference)) if said is not None else None


def _uncalled(line: Line) -> Line:
    return replace(line, name="", code="", formed_on=None, codes=(), counted=True) if line.name else line


def _emptied(one: object) -> object:
    return _silenced(one) if isinstance(one, str) else {} if isinstance(one, dict) else []


def _silenced(words: str) -> str:
    return VEIL if words.strip() else words


def gone(row: RetentionRow, pack: str, since: datetime, until: date, facts: Mapping[str, object]) -> Because:
    """The because of a purge: which kind of record, by which row of which pack, from when on and until when it was kept."""
    told = {"record": row.record.value, "row": row.row, "keep": str(row.keep), "since": since.isoformat()}
    return Because(rule=PURGED, basis=(row.basis,), pack=pack, facts={**told, "until": until.isoformat(), **facts})
