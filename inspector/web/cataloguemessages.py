"""What comes in about the catalogue of items."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from inspector.domain.catalogue import Meeting, Opinion
from inspector.domain.policy import Excluded
from inspector.flows.catalogue import Proposal
from inspector.web.fields import Day, Line, MaybeLine, Strict

MOST_EXPERTS = 200


class ApplicationIn(Strict):
    """That an item be taken up, or adjusted. Left out: what the pack in force, or a version to come, says of the item.

    `excluded`: categories of the fence that it touches, `statute` what opens them; `technical`: reviewed after an experts' meeting alone.
    """

    name: Line | None = None
    basis: Line | None = None
    excluded: Annotated[tuple[Excluded, ...], Field(max_length=len(Excluded))] = ()
    statute: Line | None = None
    technical: bool = False
    reason: MaybeLine = ""
    on: Day | None = None

    def proposal(self, agency: str, item: str, by: str) -> Proposal:
        """As the steps take it, signed."""
        told = {field: getattr(self, field) for field in ApplicationIn.model_fields}
        return Proposal(agency=agency, item=item, by=by, **told)


class MeetingIn(Strict):
    """The experts' meeting: its day, how many were there, who if that is kept, and where the minutes lie."""

    on: Day
    experts: Annotated[int, Field(ge=1, le=MOST_EXPERTS)]
    names: Annotated[tuple[Line, ...], Field(max_length=MOST_EXPERTS)] = ()
    minutes: Line

    def meeting(self) -> Meeting:
        """As the review takes it."""
        return Meeting(on=self.on, experts=self.experts, names=self.names, minutes=self.minutes)


class OpinionIn(Strict):
    """The legality review: which body, by which document. `digest`: what was read, by its first 8 letters at least."""

    bureau: Line
    document: Line
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]
    meeting: MeetingIn | None = None
    on: Day | None = None

    def opinion(self, by: str) -> Opinion:
        """As the steps take it, signed."""
        meeting = self.meeting.meeting() if self.meeting is not None else None
        return Opinion(by=by, bureau=self.bureau, document=self.document, on=self.on, meeting=meeting, digest=self.digest)


class PublicationIn(Strict):
    """Where the reviewed edition is public: channel, address, number. `on`: since when; today if left out."""

    reference: Line
    on: Day | None = None


class FilingIn(Strict):
    """The proof of filing. `on`: the day it was filed; today if left out."""

    receipt: Line
    on: Day | None = None


class ExitIn(Strict):
    """Why an item leaves the catalogue, or an application ends. `edition`: which one, where several stand."""

    reason: Line
    document: MaybeLine = ""
    edition: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    on: Day | None = None


class RepealIn(Strict):
    """That a cited document is repealed: `source` is its code, number, name or whole title, `document` what repeals it. `on` may lie ahead.

    Entered again with another `on`, that is its day.
    """

    source: Line
    on: Day
    document: MaybeLine = ""


class MistakenRepealIn(Strict):
    """That a repeal which was entered is none: `source` as there, why, and by which document if any."""

    source: Line
    reason: Line
    document: MaybeLine = ""


class ConfirmationIn(Strict):
    """That an item stands although what it rests on is repealed. `source`: of this document alone, by a part of its title."""

    document: Line
    reason: Line
    source: MaybeLine = ""
