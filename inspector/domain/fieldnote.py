"""What an inspector writes down and photographs on the spot (现场记录), which may come in late, from a phone without signal.

The phone's clock is what the phone says and no more: what counts is when something came in. How long it lay in the phone is the
difference of two moments of the same clock, so a wrong clock does not spoil it. Late is marked and never void (issue 6; handbook 2.4).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.checkcode import CodeRow
from inspector.domain.checksheet import NO_SHEET, Sheet
from inspector.domain.checksheet import sound as sheet_sound
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.finding import Doubt, Finding, Seen
from inspector.domain.known import known_from
from inspector.domain.material import MaterialKind
from inspector.domain.result import hindrance, sound
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.domain.visitcode import ArrivalHow

OFF = timedelta(minutes=5)
"""A phone's clock that differs by no more from ours is not worth a word."""
LATER = frozenset({"team_short", "team_not_accepted", "visit_embargoed", "visit_unpublished", "attempts_lacking"})
"""Refusals that pass by themselves, when somebody accepts, tries again or a day comes: a phone keeps what it has and asks again."""
_DECIMALS = 5
"""Of a degree: about a metre. A phone knows no better, and less is kept of where an officer was (PIPL art. 6)."""


class PlaceHow(StrEnum):
    """How a place is known."""

    MEASURED = "MEASURED"
    TYPED = "TYPED"
    UNSAID = "UNSAID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was seen: as the phone measured it (WGS 84 degrees, `within` so many metres), as somebody typed it, or unsaid."""

    how: PlaceHow = PlaceHow.UNSAID
    words: str = ""
    latitude: float | None = None
    longitude: float | None = None
    within: float | None = None


def placed(words: str, latitude: float | None, longitude: float | None, within: float | None) -> Place:
    """A place as it was stated. Raises Invalid (`place_halved`, `place_out_of_range`)."""
    if latitude is None and longitude is None:
        return Place() if blank(words) else Place(how=PlaceHow.TYPED, words=words)
    if latitude is None or longitude is None:
        raise Invalid("place_halved", field="place")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and (within is None or 0 <= within <= 1_000_000)):
        raise Invalid("place_out_of_range", field="place")
    return Place(
        how=PlaceHow.MEASURED,
        words=words,
        latitude=round(latitude, _DECIMALS),
        longitude=round(longitude, _DECIMALS),
        within=round(within) if within is not None else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When something was written or taken, and when it was sent, both as the phone's own clock says; and when it came in, by ours.

    `late`: it came after the visit's date, or was written after the team's result had been entered. `apart`: it came after its
    inspector was gone or recused; it is kept, and decides nothing.
    """

    captured_at: datetime | None
    sent_at: datetime | None
    received_at: datetime
    late: bool = False
    apart: bool = False

    @property
    def lay(self) -> timedelta:
        """How long it lay in the phone, by the phone's own clock from both ends; nothing where that does not say."""
        if self.captured_at is None or self.sent_at is None:
            return timedelta()
        return max(timedelta(), self.sent_at - self.captured_at)

    @property
    def off(self) -> timedelta | None:
        """By how much the phone's clock was behind ours (negative: ahead); None where that is not worth a word or not known."""
        differs = self.received_at - self.sent_at if self.sent_at is not None else timedelta()
        return differs if abs(differs) > OFF else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNote:
    """What one inspector has written down: answers to some or all of the facts in question, never written over by another one.

    `on` is the day of the visit as `stated`, or as it follows from how long the note lay in the phone. `arrival`: it says that its
    inspector has come to the firm.
    """

    id: str
    visit: str
    seat: str
    agency: str
    inspector: str
    findings: tuple[Finding, ...]
    seen: Seen | None
    remarks: str
    on: date | None
    place: Place
    times: Times
    sheet: Sheet = NO_SHEET
    arrival: ArrivalHow | None = None
    stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo, by the SHA-256 of its bytes as they were taken and came in (`received`), and of those that are kept (`digest`).

    `case_id` and `claim` say about which fact, where it is about one. `receipt` is the ledger's entry of its arrival.
    """

    receipt: str
    visit: str
    seat: str
    agency: str
    inspector: str
    digest: str
    received: str
    kind: MaterialKind
    size: int
    case_id: str
    claim: str
    remark: str
    place: Place
    times: Times

    @property
    def about(self) -> tuple[str, str]:
        """The fact that it is about: (case, claim), both empty for none."""
        return self.case_id, self.claim

    def key(self, *, again: bool) -> str:
        """Its name among its seat's: the digest of the bytes as they came; `again`, beside another fact, of them and the fact together."""
        told = json.dumps([self.received, *self.about], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest() if again else self.received


_NEARLY = timedelta(minutes=5)
"""What two clocks may differ by, though each tells how long something lay by itself."""


def before_team(visit: Visit, team: Iterable[Seat], note: FieldNote | Photo, on: date | None, calendar: WorkingCalendar) -> bool:
    """Whether something is of before somebody of its agency's present team was dealt: whoever went then did not go with this team."""
    at, came = written(visit, note.times), note.times.received_at  # by our own clock, so that it is before without a doubt
    return any(
        (on is not None and on < calendar.local_date(one.ordered_at))
        or (at is not None and at < one.ordered_at - _NEARLY)
        or came < one.ordered_at
        for one in team
        if one.agency == note.agency and (one.state.there)
    )


def telling(note: FieldNote) -> bool:
    """Whether a note says what was found: an answer, what was seen beside, or a box of the check sheet."""
    return bool(note.findings) or note.seen is not None or bool(note.sheet.rows)


def closed_to(visit: Visit, team: tuple[Seat, ...], by: Seat, *, former: bool = False) -> Refusal | None:
    """Why nothing of this seat is taken; None where it is: as long as its team's result would be, and after it has been entered.

    What was written before an acceptance was over, or (`former`) by who still goes, with a team of before, may lie in a phone for
    weeks: it is kept, and decides nothing.
    """
    if by.lapsed or (former and by.state is SeatState.ACCEPTED):
        return None
    entered = visit.state is VisitState.DONE or (visit.state.open and by.agency in {part.agency for part in visit.parts})
    if entered and (by.state is SeatState.ACCEPTED or by.state.made):
        return None
    return hindrance(visit, team, by)


def is_late(visit: Visit, agency: str, times: Times) -> bool:
    """Whether something comes after the visit's date, or was written after the team's result.

    A phone sends a result before its photos: what lay there by then is of the same visit, and only sent behind it. Of what no moment is
    known it counts when it came.
    """
    if times.received_at > visit.due_at:
        return True
    result = next((part.at for part in visit.parts if part.agency == agency), None)
    if result is None:
        return not visit.state.open
    at = written(visit, times)
    return at is None or at > result


def written(visit: Visit, times: Times) -> datetime | None:
    """When something began to lie in the phone; None where the phone's clock was lost, which then says any year."""
    known = known_from(visit)
    return None if times.lay > times.received_at - known + timedelta(days=1) else times.received_at - times.lay


def brought(visit: Visit, times: Times, since: datetime | None) -> bool:
    """Whether something that comes from who is gone was written before, as far as its phone says; of a lost clock nothing is known.

    `since`: when that was; None where nobody has it: then it must have lain in the phone at all.
    """
    at = written(visit, times)
    return at is None or (at <= since if since is not None else times.lay > _NEARLY)


def day(visit: Visit, times: Times, calendar: WorkingCalendar) -> date | None:
    """The day that a note is of where nobody says: that on which it began to lie in the phone, if the visit could be made then."""
    if (at := written(visit, times)) is None:
        return None
    first, told = calendar.local_date(known_from(visit)), calendar.local_date(at)
    return told if first <= told < calendar.local_date(times.received_at) else None


def noted(  # noqa: PLR0913 - a note in all its parts
    visit: Visit,
    team: tuple[Seat, ...],
    by: Seat,
    note: FieldNote,
    exempt: Iterable[Doubt],
    pack: str,
    codes: Iterable[CodeRow] = (),
    items: Collection[str] = (),
    *,
    former: bool = False,
) -> Decision[FieldNote]:
    """A note is taken; `codes` and `items` are those that its sheet may be about.

    Raises Refusal (see `result.hindrance`) and Invalid (`note_empty`, `findings_unknown`, …_wordless; `checksheet.sound`).
    """
    if (closed := closed_to(visit, team, by, former=former)) is not None:
        raise closed
    if not note.findings and note.seen is None and blank(note.remarks) and note.sheet.empty and note.arrival is None:
        raise Invalid("note_empty", field="findings")
    sound(visit, by, note.findings, note.remarks, note.seen, exempt)
    sheet_sound(note.sheet, codes, items)
    facts = {
        "by": by.inspector,
        "note": note.id,
        "findings": [one.verdict.value for one in note.findings],
        "seen": note.seen.value if note.seen else None,
        "entered": _digest(note),
        **({"arrival": note.arrival.value} if note.arrival else {}),
        **_timed(note.times, note.place),
    }
    return Decision(state=note, because=Because(rule="visit.noted", basis=(visit.basis,), pack=pack, facts=facts))


def taken(  # noqa: PLR0913 - a photo in all its parts
    visit: Visit,
    team: tuple[Seat, ...],
    by: Seat,
    photo: Photo,
    cases: Collection[str],
    held: int,
    most: int,
    pack: str,
    *,
    former: bool = False,
) -> Decision[Photo]:
    """A photo is taken in; `cases` are those it may be about, `held` the seat's photos by now, `most` what it may have.

    Of a fact that was corrected meanwhile its photo is still one of the case.

    Raises Refusal (see `result.hindrance`) and Invalid (`photo_about_unknown`, `photos_too_many`).
    """
    if (closed := closed_to(visit, team, by, former=former)) is not None:
        raise closed
    if photo.case_id and photo.case_id not in cases:
        raise Invalid("photo_about_unknown", field="case_id")
    if held >= most:
        raise Invalid("photos_too_many", field="content", most=most)
    facts = {"by": by.inspector, "digest": photo.digest, "received": photo.received, "size": photo.size}
    told = Because(rule="visit.photo", basis=(visit.basis,), pack=pack, facts=facts | _timed(photo.times, photo.place))
    return Decision(state=photo, because=told)


def clocks(times: Times) -> dict[str, object]:
    """What the ledger tells of when: by the phone's clock, which is stated and not trusted."""
    return {
        "captured_at": times.captured_at.isoformat() if times.captured_at else None,
        "sent_at": times.sent_at.isoformat() if times.sent_at else None,
        "late": times.late,
        **({"apart": True} if times.apart else {}),
    }


def _timed(times: Times, place: Place) -> dict[str, object]:
    """What the ledger tells of when and how: the place itself it does not."""
    return {**clocks(times), "place": place.how.value}


def _digest(note: FieldNote) -> str:
    """What binds the ledger's entry to all that was written."""
    own: list[object] = [
        note.seat,
        note.remarks,
        note.seen.value if note.seen else None,
        note.on.isoformat() if note.on else None,
    ]
    own += [[one.case_id, one.claim, one.verdict.value, one.note] for one in note.findings]
    own += [told] if (told := note.sheet.told()) else []
    return hashlib.sha256(json.dumps(own, default=str, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
