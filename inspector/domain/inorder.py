"""The notes of a team in the order in which they were said, whenever each has come in (issue 6: two phones merge without loss).

A note that lay in a phone without signal is older than one that was typed an hour later and sent at once. When it was said follows from
how long it lay, by the phone's own clock from both ends, counted back from when it came in by ours: a clock that is wrong by years
orders its notes no worse. Where a phone's clock says what cannot be, what counts is when the note came.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain.fieldnote import OFF, FieldNote, Times, written
from inspector.domain.visit import Visit


def in_order(visit: Visit, notes: Iterable[FieldNote]) -> list[FieldNote]:
    """The notes, the first word first: of one inspector the last one stands, and the others are kept (`version.gather`)."""
    held = list(notes)
    behind: dict[str, list[timedelta]] = {}
    for note in held:
        if (by := _behind(note.times)) is not None:
            behind.setdefault(note.inspector, []).append(by)
    return sorted(held, key=lambda one: (said_at(visit, one, behind.get(one.inspector, ())), one.times.received_at, one.id))


def said_at(visit: Visit, note: FieldNote, behind: Iterable[timedelta] = ()) -> datetime:
    """When a note was said, by our clock; `behind` is by how much the phones of its inspector were behind ours, note by note.

    That of the note itself has in it how long the message was on its way, so that the least of those that may be of the same clock is
    better: of two notes of one phone the one written first is first, though the line was slow.
    """
    received = note.times.received_at
    by = _behind(note.times)
    if by is None or note.times.captured_at is None or written(visit, note.times) is None:
        return received
    least = min([by, *(one for one in behind if abs(one - by) <= OFF)])
    return min(note.times.captured_at + least, received)


def superseded(visit: Visit, note: FieldNote, notes: Iterable[FieldNote]) -> set[tuple[str, str]]:
    """What of a note its own inspector has said anew since, by (case, claim): it is history, and no word of his or hers any more."""
    last: dict[tuple[str, str], str] = {}
    for one in in_order(visit, notes):
        if one.inspector == note.inspector:
            last |= {(finding.case_id, finding.claim): one.id for finding in one.findings}
    return {(one.case_id, one.claim) for one in note.findings if last.get((one.case_id, one.claim)) != note.id}


def _behind(times: Times) -> timedelta | None:
    """By how much the phone's clock seems to be behind ours; None where it said nothing, or was set back between writing and sending."""
    if times.captured_at is None or times.sent_at is None or times.sent_at < times.captured_at:
        return None
    return times.received_at - times.sent_at
