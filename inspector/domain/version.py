"""Notes of one team brought together: what they agree in, what is still missing, and where two differ (issue 6, "the inspector's page").

Nothing is written over: each inspector's last word on a fact is a version. Two that differ are a clash for the team's lead, who says
which is to stand, and why; the other one stays where it is, for everybody to read. A choice holds for the versions that lay before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.checkcode import CodeRow
from inspector.domain.collated import NOTHING, Collated, Settled, SheetClash, SheetVersion, collate
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.evidence import Verdict, blank
from inspector.domain.fieldnote import FieldNote, Times
from inspector.domain.finding import UNMET, Doubt, Finding, Part, Seen
from inspector.domain.visit import Seat, Visit

STANDS = "stands"
"""The `note` of the version that stands in the result already."""


class Came(StrEnum):
    """What has become of a note: the team's `RESULT` is entered with it, it `WAITS` for the rest, differs from another (`CLASH`),

    or is `KEPT` beside a result that had been entered before.
    """

    RESULT = "RESULT"
    WAITS = "WAITS"
    CLASH = "CLASH"
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One inspector's word on one fact, from a note of theirs or (`STANDS`) from the result; `times` where a phone has told them."""

    inspector: str
    note: str
    finding: Finding
    at: datetime
    times: Times | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Different words of one team on one fact."""

    case_id: str
    claim: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which of them is to stand, by the team's lead: `over` are the versions that lay before it, by their notes.

    Of a line of the check sheet (`claim` is its name, `case_id` empty) there is no verdict: `said` is what holds.
    """

    id: str
    visit: str
    agency: str
    case_id: str
    claim: str
    verdict: Verdict | None
    note: str
    over: tuple[str, ...]
    by: str
    reasons: str
    at: datetime
    said: tuple[str, ...] = ()
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a team's notes come to. `findings` are agreed or chosen; `missing` are facts in question that nobody has answered."""

    findings: tuple[Finding, ...]
    missing: tuple[tuple[str, str], ...]
    clashes: tuple[Clash, ...]
    seen: Seen | None
    remarks: str
    on: date | None
    sheet: Collated = NOTHING

    @property
    def clashing(self) -> bool:
        """Whether the lead has something to decide: about a fact, or about a line of the sheet."""
        return bool(self.clashes or self.sheet.clashes)

    @property
    def whole(self) -> bool:
        """Whether it can be the team's result: of a visit that asks nothing, what was seen is all."""
        return not self.missing and not self.clashing and (bool(self.findings) or self.seen is not None)


def gather(
    asked: Iterable[Doubt],
    notes: Sequence[FieldNote],
    choices: Iterable[Choice] = (),
    part: Part | None = None,
    standing: Collection[Finding] = (),
    beside: Iterable[Doubt] = (),
    codes: Collection[CodeRow] = (),
) -> Gathered:
    """Bring a team's notes together, as they were said one after the other (`inorder`); `part` and `standing` are its entered result.

    `beside` are promises that may be answered and need not be; words on what nobody asks (any more) stay in their notes.
    `codes` are the pack's for the check sheet.
    A day of the visit that somebody has said stands before one that follows from how long a note lay in a phone.
    What one of them has seen beside the facts in question was seen: a person looks at it (handbook 7.6), so there is nothing to choose.
    """
    choices = tuple(choices)
    doubts = tuple((one.case_id, one.claim) for one in asked)
    heard = {*doubts, *((one.case_id, one.claim) for one in beside), *((one.case_id, one.claim) for one in standing)}
    told: dict[tuple[str, str], dict[str, Version]] = {}
    if part is not None:
        for one in standing:
            told.setdefault((one.case_id, one.claim), {})[STANDS] = Version(
                inspector=part.by, note=STANDS, finding=one, at=part.at
            )
    for note in notes:
        for one in note.findings:
            said = Version(inspector=note.inspector, note=note.id, finding=one, at=note.times.received_at, times=note.times)
            if (one.case_id, one.claim) in heard:
                told.setdefault((one.case_id, one.claim), {})[note.inspector] = said
    chosen = {(one.case_id, one.claim): one for one in choices}
    findings, clashes = [], []
    for about, versions in told.items():
        verdict = _agreed(tuple(versions.values()), chosen.get(about))
        if verdict is None:
            clashes.append(Clash(case_id=about[0], claim=about[1], versions=tuple(versions.values())))
        else:
            findings.append(_joined(about, verdict, versions.values()))
    held = part.on.isoformat() if part is not None and part.on is not None else ""
    stands = (
        SheetVersion(inspector=part.by, note=STANDS, said=(held,), words="", at=part.at) if part is not None and held else None
    )
    settled = [Settled(line=one.claim, said=one.said, over=one.over) for one in choices if not one.case_id]
    sheet = collate(notes, codes, settled, stands)
    last = {note.inspector: note.seen for note in notes if note.seen is not None}
    return Gathered(
        findings=tuple(findings),
        missing=tuple(about for about in doubts if about not in told),
        clashes=tuple(clashes),
        seen=next((one for one in (Seen.FINDING, Seen.UNCLEAR, *UNMET) if one in last.values()), next(iter(last.values()), None)),
        remarks=_lines(note.remarks for note in notes),
        on=sheet.on or next((note.on for note in reversed(notes) if note.on is not None), None),
        sheet=sheet,
    )


def against(notes: Iterable[FieldNote]) -> tuple[tuple[Finding, FieldNote], ...]:
    """What speaks against a promise in notes as they were said one after the other: of each inspector the last word on each fact.

    Each with the note that it stands in, for that says of which day it is.
    """
    last = {(note.inspector, one.case_id, one.claim): (one, note) for note in notes for one in note.findings}
    return tuple((one, note) for one, note in last.values() if one.verdict is Verdict.MISMATCH)


def lead(team: Iterable[Seat], agency: str) -> Seat | None:
    """Who decides between versions of an agency's team: who sits in its first place, by the draw and by nobody's choice."""
    own = [one for one in team if one.agency == agency and (one.state.there)]
    return min(own, key=lambda one: one.place, default=None)


def choose(  # noqa: PLR0913 - a choice in all its parts
    visit: Visit,
    team: tuple[Seat, ...],
    by: Seat,
    clash: Clash | SheetClash | None,
    note: str,
    reasons: str,
    *,
    number: str,
    pack: str,
    now: datetime,
    captured_at: datetime | None = None,
    shown: Collection[str] = (),
) -> Decision[Choice]:
    """The lead says which version stands, by its `note`; `number` is the choice's own id.

    `shown` are the notes that lay before the lead, all where it is empty: a version that came meanwhile is not chosen over unseen.
    `captured_at` is when it was said, by the phone's clock, where it waited for signal.

    Raises Forbidden (`not_the_lead`), Refusal (`clash_over`: there is none, or not with this version) and Invalid (`reason_missing`).
    """
    head = lead(team, by.agency)
    if head is None or head.name != by.name:
        raise Forbidden("not_the_lead", lead=head.inspector if head else "")
    held: Collection[Version | SheetVersion] = clash.versions if clash is not None else ()
    versions = [one for one in held if not shown or one.note in shown]
    chosen = next((one for one in versions if one.note == note), None)
    if clash is None or chosen is None:
        raise Refusal("clash_over")
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")
    choice = Choice(
        id=number,
        visit=visit.id,
        agency=by.agency,
        case_id="" if isinstance(clash, SheetClash) else clash.case_id,
        claim=clash.line if isinstance(clash, SheetClash) else clash.claim,
        verdict=None if isinstance(chosen, SheetVersion) else chosen.finding.verdict,
        said=chosen.said if isinstance(chosen, SheetVersion) else (),
        note=note,
        over=tuple(one.note for one in versions),
        by=by.inspector,
        reasons=reasons,
        at=now,
        captured_at=captured_at,
    )
    facts = {
        "by": by.inspector,
        "versions": [[one.inspector, _word(one), one.note] for one in versions],
        "note": note,
        "reasons": reasons,
    } | ({"captured_at": captured_at.isoformat()} if captured_at is not None else {})
    return Decision(state=choice, because=Because(rule="visit.chosen", basis=(visit.basis,), pack=pack, facts=facts))


def _word(version: Version | SheetVersion) -> str:
    """What a version says, as the ledger tells it: words of a form stay in their note."""
    return ", ".join(version.said) if isinstance(version, SheetVersion) else version.finding.verdict.value


def _agreed(versions: Collection[Version], choice: Choice | None) -> Verdict | None:
    """What all versions say, or what was chosen among them; None where neither is."""
    said = {one.finding.verdict for one in versions}
    if len(said) == 1:
        return said.pop()
    if choice is None or {one.note for one in versions if one.finding.verdict is not choice.verdict} - set(choice.over):
        return None
    return choice.verdict


def _joined(about: tuple[str, str], verdict: Verdict, versions: Iterable[Version]) -> Finding:
    """One finding with the words of all who say so."""
    words = _lines(one.finding.note for one in versions if one.finding.verdict is verdict)
    return Finding(case_id=about[0], claim=about[1], verdict=verdict, note=words)


def _lines(texts: Iterable[str]) -> str:
    """Different texts that say something, one under the other."""
    return "\n".join(dict.fromkeys(one for one in texts if not blank(one)))
