"""Check sheets of one team brought together: what each has ticked was seen, so codes add up; what excludes itself is the lead's to settle.

As with findings nothing is written over (decision 80): an inspector's later word on the same line is that inspector's word, what others
have said of it stands beside, and a choice holds for the versions that lay before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.checksheet import Signature, excluding
from inspector.domain.fieldnote import FieldNote

SIGNATURE = "signature"
"""The line of the signature; the others are `outcomes~item`, and so on by list."""
DAY = "visited_on"
"""The line of the day on which somebody says that the visit was made: two of them cannot both hold."""
LINES = {"outcomes": CodeList.OUTCOME, "modes": CodeList.MODE, "follow-ups": CodeList.FOLLOW_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetVersion:
    """One inspector's word on one line of the sheet: codes, how it was signed, or the day of the visit."""

    inspector: str
    note: str
    said: tuple[str, ...]
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetClash:
    """Words of one team on one line that cannot all hold."""

    line: str
    versions: tuple[SheetVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the lead has settled: the line, what holds, and the notes that lay before it."""

    line: str
    said: tuple[str, ...]
    over: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collated:
    """What a team's sheets come to: by line what holds, in the pack's order, with the words of all; and what has to be settled.

    `signatures` are those of the way that holds, each by who entered it; `statements` what the subject said, by who wrote it down; `on`
    the day of the visit, where somebody has said which.
    """

    lines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    signatures: tuple[tuple[str, Signature], ...] = ()
    statements: tuple[tuple[str, str], ...] = ()
    clashes: tuple[SheetClash, ...] = ()
    on: date | None = None


NOTHING = Collated()


def collate(
    notes: Sequence[FieldNote],
    codes: Collection[CodeRow] = (),
    settled: Iterable[Settled] = (),
    standing: SheetVersion | None = None,
) -> Collated:
    """Bring the sheets of a team's notes together, in the order in which they were said; `standing` is the day that its result has."""
    versions: dict[str, dict[str, SheetVersion]] = {}
    signatures, words, statements = dict[str, Signature](), dict[tuple[str, str], None](), dict[tuple[str, str], None]()
    for note in notes:
        for line, said, also in _lines(note):
            word = SheetVersion(inspector=note.inspector, note=note.id, said=said, words=also, at=note.times.received_at)
            versions.setdefault(line, {})[note.inspector] = word
        if note.sheet.signature.how is not None:
            signatures[note.inspector] = note.sheet.signature
        if note.sheet.statement:
            statements[note.inspector, note.sheet.statement] = None
        for row in note.sheet.rows:
            if row.words:
                words[row.item, row.words] = None
    if standing is not None and DAY in versions:
        versions[DAY] = {standing.note: standing, **versions[DAY]}
    chosen = {one.line: one for one in settled}
    lines, clashes = dict[str, tuple[str, ...]](), []
    for line, held in versions.items():
        told = _together(line, tuple(held.values()), codes, chosen.get(line))
        if told is None:
            clashes.append(SheetClash(line=line, versions=tuple(held.values())))
        else:
            lines[line] = told
    on = next(iter(lines.pop(DAY, ())), None)
    return Collated(
        lines=tuple(lines.items()),
        words=tuple(words),
        signatures=tuple((who, one) for who, one in signatures.items() if (str(one.how),) == lines.get(SIGNATURE)),
        statements=tuple(statements),
        clashes=tuple(clashes),
        on=date.fromisoformat(on) if on is not None else None,
    )


def telling(sheet: Collated, codes: Iterable[CodeRow]) -> tuple[CodeRow, ...]:
    """What a team's sheet tells for an officer, in the pack's order: what was found, and what is to follow, but for what stands alone.

    A code that stands alone says that there is nothing; of words that still differ each is told.
    """
    held = [(line, said) for line, said in sheet.lines]
    held += [(clash.line, one.said) for clash in sheet.clashes for one in clash.versions]
    said = {(LINES[name], code) for line, codes in held if (name := line.partition("~")[0]) in LINES for code in codes}
    return tuple(one for one in codes if not one.alone and one.list is not CodeList.MODE and (one.list, one.code) in said)


def _lines(note: FieldNote) -> Iterable[tuple[str, tuple[str, ...], str]]:
    """What a note says, by line; what it leaves out it does not say."""
    signed = note.sheet.signature
    if note.stated and note.on is not None:
        yield DAY, (note.on.isoformat(),), ""
    if signed.how is not None:
        yield SIGNATURE, (signed.how.value,), " · ".join(one for one in (signed.signer, signed.reason, signed.witness) if one)
    for row in note.sheet.rows:
        for name, among in LINES.items():
            if row.codes(among):
                yield f"{name}~{row.item}", row.codes(among), ""


def _together(
    line: str, held: Collection[SheetVersion], codes: Collection[CodeRow], choice: Settled | None
) -> tuple[str, ...] | None:
    """What a line comes to: all that was said of it together, or what the lead has settled; None where neither holds."""
    among = LINES.get(line.partition("~")[0])
    said = {one for version in held for one in version.said}
    clashing = len(said) > 1 if among is None else excluding(said, codes, among)
    if clashing and (choice is None or {one.note for one in held if set(one.said) != set(choice.said)} - set(choice.over)):
        return None
    holds = set(choice.said) if clashing and choice is not None else said
    order = [one.code for one in codes if one.list is among]
    return tuple(sorted(holds, key=lambda one: order.index(one) if one in order else len(order)))
