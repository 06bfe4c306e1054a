"""What came from the spot of the visits to a case, for whoever decides about it: who saw what, and what the firm said and signed there.

A statement made at a visit is heard like any other (Penalties Law art. 44, 45), so it stands with the case and not on the inspector's
page alone. Whoever wrote something is named to the officers of the agency and to nobody else (draw-protocol ruling 18).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.attempt import Attempt
from inspector.domain.case import Case
from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.checksheet import Signing
from inspector.domain.collated import LINES, SIGNATURE, Collated
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.fieldnote import FieldNote, Photo
from inspector.domain.finding import Seen
from inspector.domain.version import STANDS, Choice
from inspector.domain.visit import Visit
from inspector.flows import attempts
from inspector.flows.fieldnotes import field_of
from inspector.flows.office import Office
from inspector.flows.seated import pack
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotWord:
    """One answer of a note: about which fact, by the claim's id and the fact's name."""

    claim: str
    name: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotNote:
    """A note of one inspector's, with what it says of the case; `late`: it came after the visit's date or its result."""

    id: str
    by: str
    at: datetime
    late: bool
    words: tuple[SpotWord, ...]
    seen: Seen | None
    remarks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotPhoto:
    """A photo by its digest: who took it, and of which fact (`name` empty: of none)."""

    digest: str
    by: str
    name: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotTicked:
    """What holds of one list of the check sheet, as the pack names it."""

    list: CodeList
    codes: tuple[CodeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotSaid:
    """Words in the check sheet, by who wrote them down."""

    by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotSigned:
    """What became of the firm's signature, by who wrote it down."""

    by: str
    how: Signing
    signer: str
    reason: str
    witness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotVersion:
    """One word among those that differed: a verdict, or of the check sheet its codes or `how` it was signed."""

    by: str
    verdict: Verdict | None
    codes: tuple[CodeRow, ...]
    how: Signing | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotChoice:
    """What the lead chose among words that differed, and why. `name` is the fact's; empty: of the sheet, `list` None: its signature."""

    at: datetime
    by: str
    name: str
    list: CodeList | None
    versions: tuple[SpotVersion, ...]
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """All of it of one visit, by the team of the case's agency. `differ`: words that the lead has still to choose among.

    `challenged`: members whose recusal had been applied for when the result was entered (handbook scenario 34).
    """

    visit: str
    notes: tuple[SpotNote, ...]
    photos: tuple[SpotPhoto, ...]
    ticked: tuple[SpotTicked, ...]
    words: tuple[str, ...]
    statements: tuple[SpotSaid, ...]
    signatures: tuple[SpotSigned, ...]
    choices: tuple[SpotChoice, ...]
    differ: bool
    challenged: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Teller:
    """Tells what came from the spot in a case; `people`: by code who may be named."""

    case: Case
    names: Mapping[str, str]
    people: Mapping[str, str]
    codes: Sequence[CodeRow]
    office: Office

    def who(self, staff: str) -> str:
        """Whoever this is, by name and staff code; nobody where that is not for the reader."""
        return self.people.get(staff, "")

    def note(self, held: FieldNote) -> SpotNote:
        """A note as it is told."""
        return SpotNote(
            id=held.id,
            by=self.who(held.inspector),
            at=self.office.calendar.local(held.times.received_at),
            late=held.times.late,
            words=tuple(
                SpotWord(claim=one.claim, name=self.names.get(one.claim, one.claim), verdict=one.verdict, words=one.note)
                for one in held.findings
                if one.case_id == self.case.id
            ),
            seen=held.seen,
            remarks=held.remarks,
        )

    def photo(self, held: Photo) -> SpotPhoto:
        """A photo as it is told."""
        name = self.names.get(held.claim, held.claim)
        return SpotPhoto(digest=held.digest, by=self.who(held.inspector), name=name, remark=held.remark)

    def mine(self, line: str) -> bool:
        """Whether a line of the sheet is of the case's item, or of the visit."""
        return line.partition("~")[2] in ("", self.case.item)

    def ticked(self, sheet: Collated) -> tuple[SpotTicked, ...]:
        """What was ticked of the case's item."""
        held = [(LINES[line.partition("~")[0]], said) for line, said in sheet.lines if line != SIGNATURE and self.mine(line)]
        return tuple(
            SpotTicked(list=among, codes=tuple(one for one in self.codes if one.list is among and one.code in said))
            for among, said in held
        )

    def choice(self, made: Choice, notes: Mapping[str, FieldNote], standing: str) -> SpotChoice:
        """A choice, with what each of the others had said."""
        among = LINES.get(made.claim.partition("~")[0]) if not made.case_id else None
        return SpotChoice(
            at=self.office.calendar.local(made.at),
            by=self.who(made.by),
            name=self.names.get(made.claim, made.claim) if made.case_id else "",
            list=among,
            versions=tuple(self._version(made, one, notes.get(one), among, standing) for one in made.over),
            reasons=made.reasons,
        )

    def _version(self, made: Choice, name: str, note: FieldNote | None, among: CodeList | None, standing: str) -> SpotVersion:
        by, chosen = standing if name == STANDS else note.inspector if note is not None else "", name == made.note
        if made.case_id:
            found = [one.verdict for one in note.findings if one.claim == made.claim] if note is not None else []
            verdict = made.verdict if chosen else next(iter(found), None)
            return SpotVersion(by=self.who(by), verdict=verdict, codes=(), how=None, chosen=chosen)
        if note is None or among is None:
            how = note.sheet.signature.how if note is not None else None
            return SpotVersion(by=self.who(by), verdict=None, codes=(), how=how, chosen=chosen)
        item = made.claim.partition("~")[2]
        said = {code for row in note.sheet.rows if row.item == item for code in row.codes(among)}
        codes = tuple(one for one in self.codes if one.list is among and one.code in said)
        return SpotVersion(by=self.who(by), verdict=None, codes=codes, how=None, chosen=chosen)


def spots(
    office: Office, tx: Tx, case: Case, visits: Iterable[Visit], names: Mapping[str, str], *, named: bool
) -> tuple[Spot, ...]:
    """What came from the spot of each of some visits to a case; `names` of facts by claim. Without `named` nobody of the team is."""
    return tuple(_spot(office, tx, case, held, names, named) for held in visits if _any(tx, held, case))


def seen_by(held: Evidence, case_id: str, told: Iterable[Spot], known: Collection[str]) -> tuple[SpotSaid, ...]:
    """Whose word a piece of a visit's evidence is, and in which words; `known` are the ids of all pieces.

    The result's piece is the word of all whose note agrees with it; a note that said otherwise later is a piece of its own.
    """
    for one in told:
        base = f"visit:{one.visit}:{case_id}:{held.claim}"
        if held.id != base and not held.id.startswith(f"{base}:"):
            continue
        said = [(note, word) for note in one.notes for word in note.words if word.claim == held.claim]
        if held.id != base:
            mine = [(note, word) for note, word in said if held.id == f"{base}:{note.id}"]
        else:
            mine = [(note, word) for note, word in said if word.verdict is held.verdict and f"{base}:{note.id}" not in known]
        return tuple(dict.fromkeys(SpotSaid(by=note.by, words=word.words) for note, word in mine))
    return ()


def takers(photos: Iterable[Photo], notes: Sequence[FieldNote], base: str, piece: str, known: Collection[str]) -> list[Photo]:
    """The photos beside a piece of a visit's evidence: those of whose word it is, and of who has said nothing else of the fact.

    `base` is the visit and the case as all its pieces begin; a note's own piece ends with the note, and is no word of another one's.
    """
    if (mine := next((one for one in notes if piece.endswith(f":{one.id}")), None)) is not None:
        return [one for one in photos if one.inspector == mine.inspector]
    claim, own = piece.removeprefix(f"{base}:"), dict[str, set[bool]]()
    for note in notes:
        if any(one.claim == claim for one in note.findings):
            own.setdefault(note.inspector, set()).add(f"{piece}:{note.id}" in known)
    return [one for one in photos if own.get(one.inspector) != {True}]


def tried(tx: Tx, case_id: str, *, named: bool) -> tuple[Attempt, ...]:
    """What was tried to reach the subject of a case, to be read and cited; without `named` nobody is told as who did."""
    return tuple(one if named else replace(one, by="") for one in attempts.of_cases(tx, [case_id]))


def person(tx: Tx, agency: str, staff: str) -> str:
    """An inspector by name and staff code, as far as the register still has the name."""
    held = tx.rosters.in_force(agency, staff)
    return f"{held.name} ({staff})" if held is not None and held.name else staff


def _any(tx: Tx, held: Visit, case: Case) -> bool:
    marked = any(one.challenged for one in held.parts if one.agency == case.agency)
    return marked or bool(tx.fieldnotes.notes(held.id, case.agency) or tx.fieldnotes.photos(held.id, case.agency))


def _spot(office: Office, tx: Tx, case: Case, held: Visit, names: Mapping[str, str], named: bool) -> Spot:
    field = field_of(office, tx, held, case.agency)
    parts = [one for one in held.parts if one.agency == case.agency]
    staff = {one.inspector for one in field.notes} | {one.inspector for one in field.photos} | {one.by for one in field.choices}
    staff |= {one for part in parts for one in (*part.challenged, part.by)}
    people = {one: person(tx, case.agency, one) for one in staff} if named else {}
    codes = office.book.get(pack(tx, held)).sheet
    teller = _Teller(case=case, names=names, people=people, codes=codes, office=office)
    notes, sheet = {one.id: one for one in field.notes}, field.gathered.sheet
    mine = [one for one in field.choices if one.case_id in ("", case.id) and (one.case_id or teller.mine(one.claim))]
    clashes = [one for one in field.gathered.clashes if one.case_id == case.id]
    return Spot(
        visit=held.id,
        notes=tuple(told for told in map(teller.note, field.notes) if told.words or told.seen is not None or told.remarks),
        photos=tuple(teller.photo(one) for one in field.photos if one.case_id in ("", case.id)),
        ticked=teller.ticked(sheet),
        words=tuple(words for item, words in sheet.words if item in ("", case.item)),
        statements=tuple(SpotSaid(by=teller.who(by), words=words) for by, words in sheet.statements),
        signatures=_signatures(teller, field.notes),
        choices=tuple(teller.choice(one, notes, parts[0].by if parts else "") for one in mine),
        differ=bool(clashes or [one for one in sheet.clashes if teller.mine(one.line)]),
        challenged=tuple(teller.who(one) for part in parts for one in part.challenged),
    )


def _signatures(teller: _Teller, notes: Iterable[FieldNote]) -> tuple[SpotSigned, ...]:
    """Every inspector's last word on the signature, also where two differ: whoever decides reads both."""
    last = {one.inspector: one.sheet.signature for one in notes if one.sheet.signature.how is not None}
    return tuple(
        SpotSigned(by=teller.who(by), how=one.how, signer=one.signer, reason=one.reason, witness=one.witness)
        for by, one in last.items()
        if one.how is not None
    )
