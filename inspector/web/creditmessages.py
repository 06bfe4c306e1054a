"""What is sent about credit records: that a repair is asked for, an objection made, what an officer decides of either, an annulment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from inspector.domain.annulled import Annulled
from inspector.domain.creditlaw import RepairPaper
from inspector.web.bars import Reasons
from inspector.web.fields import Day, Digest, Line, MaybeLine, Strict, Text


class PaperIn(Strict):
    """A paper of a repair: what it shows, the SHA-256 of the file, and what it is called.

    Without a `name` a paper that was not handed in by the subject's link is a number: no repair is granted by it.
    """

    paper: RepairPaper
    digest: Digest
    name: MaybeLine = ""


class HandedIn(Strict):
    """What a subject has handed in: its `words`, and, where that was before today, on which day (`said_on`) and what shows it (`stamp`)."""

    words: Text = ""
    said_on: Day | None = None
    stamp: MaybeLine = ""


class RepairIn(HandedIn):
    """That a repair is asked for, with its papers; more may follow until it is decided. Our clock runs from when it was handed in."""

    papers: Annotated[tuple[PaperIn, ...], Field(max_length=20)] = ()


class RepairDecisionIn(Strict):
    """An officer's decision about a repair, with reasons."""

    grant: bool
    reasons: Reasons


class AnnulmentIn(Strict):
    """That a court or the review body has annulled the basis of a record, by which document.

    `reasons`: why it strikes the entry of a kept promise, as its subject reads it; needed there, from the first of the two officers.
    `OBJECTION`: the second officer of one that an upheld objection strikes; `document` is the objection's id.
    """

    why: Literal[Annulled.COURT, Annulled.REVIEW_BODY, Annulled.OBJECTION, Annulled.CORRECTION]
    document: Line
    reasons: Annotated[Text, Field(max_length=4_000)] = ""


class ObjectionIn(HandedIn):
    """An objection: in words, with the SHA-256 of what was handed in, or both. Our clock runs from when it was handed in."""

    digests: Annotated[tuple[Digest, ...], Field(max_length=20)] = ()


class OthersIn(Strict):
    """Why others have to be asked, so that the longer term runs."""

    reasons: Reasons


class ObjectionDecisionIn(Strict):
    """Another officer's decision about an objection, with reasons."""

    upheld: bool
    reasons: Reasons
