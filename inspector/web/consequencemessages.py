"""What comes in about a consequence: each step in a message of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from inspector.domain.annulled import Annulled
from inspector.domain.bundle import Part
from inspector.domain.consequence import (
    Agreement,
    Consequence,
    Look,
    MoreTime,
    Notice,
    Police,
    Signed,
    Sitting,
    StatementKind,
    Verdict,
)
from inspector.domain.grading import Grading as Found
from inspector.domain.grading import Harm
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.weight import Grading
from inspector.flows.sittings import Came
from inspector.web.fields import Day, Digest, Line, MaybeLine, Moment, Strict, Text

_Ids = Annotated[tuple[Line, ...], Field(max_length=100)]
Turn = Annotated[int, Field(ge=0, le=1_000_000)]
"""How often a consequence has moved (`turn` of what is shown): whoever decides or agrees names the one that he or she has read."""
_Words = Annotated[tuple[Text, ...], Field(min_length=1, max_length=50)]


class ProposalIn(Strict):
    """An officer opens a consequence, citing evidence of the case; `act`: the pack's dishonest act, where one was found.

    `since`: of a penalty, the day on which the act ended, where it went on behind the day of the letter; `harm`: grave harm lets it be
    found later (Penalties Law art. 36). `opened_on`: the day of the paper (`document`) by which a penal proceeding was opened before it is
    entered here: by that day it is found in time, and decided in time.
    """

    proposal: Proposal
    evidence: _Ids
    reasons: Text
    act: MaybeLine = ""
    since: Day | None = None
    harm: Harm | None = None
    opened_on: Day | None = None
    document: MaybeLine = ""

    def opening(self, by: str) -> Opening:
        """The same as the flow reads it."""
        told = {
            name: getattr(self, name) for name in ("proposal", "evidence", "act", "reasons", "since", "opened_on", "document")
        }
        return Opening(by=by, found=Found(harm=self.harm), **told)


class NoticeIn(Strict):
    """The notice to the subject: facts, reasons, rights, further basis; and what is known by now for the grading.

    `content`: of a penalty, what it would be; what else is intended the program adds itself.
    """

    facts: _Words
    reasons: Text
    rights: _Words
    basis: _Ids = ()
    content: Text = ""
    harm: Harm | None = None
    corrected: bool | None = None
    amount: MaybeLine = ""
    third_parties: MaybeLine = ""
    cooperation: MaybeLine = ""

    def notice(self, signed: Signed) -> Notice:
        """The notice itself."""
        told = {name: getattr(self, name) for name in ("facts", "reasons", "rights", "basis", "content")}
        return Notice(given=signed, **told)

    def grading(self, held: Consequence) -> Grading:
        """The grading with what is known now."""
        known = {name: getattr(self, name) for name in ("harm", "corrected", "amount", "third_parties", "cooperation")}
        told = {name: getattr(held.grading, name) for name in Grading.__dataclass_fields__}
        return Grading(**{**told, **{name: value for name, value in known.items() if value not in (None, "")}})


class StatementIn(Strict):
    """What the subject says: in defence, to be heard, or to waive its time. `digests`: files that came with it, kept elsewhere.

    A waiver that an officer enters needs that of the paper which the subject has signed. `said_on`, `stamp`: on which day
    it was handed in or posted, where that was before today, and what shows it.
    """

    kind: StatementKind
    words: Text
    digests: Annotated[tuple[Digest, ...], Field(max_length=50)] = ()
    said_on: Day | None = None
    stamp: MaybeLine = ""


class SittingIn(Strict):
    """When and where a hearing is held and who presides; `closed`: why it is not public, empty where it is; `reasons`: why it is moved.

    `off_hours`: that it begins on a day off, or outside office hours, is meant.
    """

    begins: Moment
    place: Line
    presides: Line
    closed: MaybeLine = ""
    reasons: Text = ""
    off_hours: bool = False

    def sitting(self, signed: Signed) -> Sitting:
        """The same as the domain reads it."""
        return Sitting(fixed=signed, **{name: getattr(self, name) for name in SittingIn.model_fields if name != "off_hours"})


class HearingIn(Strict):
    """The hearing was held on the day that was fixed, or given up by its subject; `record`: the minutes, or the subject's words.

    `absent`: who was told of it in time did not come. `proxies`: who came for the subject. `digests`: of the paper by which it was waived.
    """

    outcome: Literal["held", "waived", "absent"]
    on: Day
    record: Line
    digests: Annotated[tuple[Digest, ...], Field(max_length=50)] = ()
    proxies: Annotated[tuple[Line, ...], Field(max_length=10)] = ()

    def came(self) -> Came:
        """The same as the flow reads it."""
        return Came(**{name: getattr(self, name) for name in HearingIn.model_fields})


class VerdictIn(Strict):
    """The decision to impose. `law`: what a penalty rests on; `public_interest`: the test before a revocation; `until`: to rectify.

    `rights`: the remedies, each to whom and until when, where they are not those that the pack names. `turn`: of the consequence as it was
    read. `content`: what the penalty is, where it is not the one of the notice; `lighter`: it is no graver than that one; `performance`:
    how and by when it is performed, needed of a fine; `discussed`: where the heads' discussion of a weighty one is recorded.
    """

    turn: Turn
    reasons: Text
    law: MaybeLine = ""
    public_interest: Text = ""
    until: Day | None = None
    rights: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    content: Text = ""
    lighter: bool = False
    performance: Text = ""
    discussed: MaybeLine = ""

    def verdict(self, signed: Signed) -> Verdict:
        """The same as the domain reads it."""
        return Verdict(signed=signed, **{name: getattr(self, name) for name in VerdictIn.model_fields if name != "turn"})


class AgreementIn(Strict):
    """Another person agrees to the written decision: the second one, the legal review, the head. `turn`: as it was read."""

    turn: Turn
    kind: Agreement
    words: Text


class ReasonsIn(Strict):
    """Why."""

    reasons: Text


class DocumentIn(Strict):
    """The document by which it was done."""

    document: Line


class AnnulmentIn(Strict):
    """Who has annulled it, and by which document."""

    why: Annulled
    document: Line


class RecheckWishIn(Strict):
    """The re-check is asked for before the date. `said_on`, `stamp`: when that was handed in or posted, and what shows it."""

    words: Text
    said_on: Day | None = None
    stamp: MaybeLine = ""


class RecheckIn(Strict):
    """What papers or an online answer show: `evidence` of the case since the order, `documents` by number or digest. No visit."""

    good: bool
    corrected_on: Day | None = None
    evidence: _Ids = ()
    documents: _Ids = ()
    words: Text

    def look(self, signed: Signed) -> Look:
        """The same as the domain reads it."""
        return Look(signed=signed, **{name: getattr(self, name) for name in RecheckIn.model_fields})


class MoreTimeIn(Strict):
    """More time to rectify: the new last day, why, and by which law or rule."""

    until: Day
    reasons: Text
    law: Line

    def given(self, signed: Signed) -> MoreTime:
        """The same as the domain reads it; what the date was the order knows."""
        return MoreTime(signed=signed, was=signed.at, **{name: getattr(self, name) for name in MoreTimeIn.model_fields})


class ReportIn(Strict):
    """One officer's written report to the head."""

    words: Text


class HeadIn(Strict):
    """The head's decision about a transfer, with reasons; `at` when it was made, where it is entered later."""

    approves: bool
    reasons: Text
    at: Moment | None = None


class BundleIn(Strict):
    """The five parts, each by its number or name (where there is none of a kind, say so), and the receipt of whoever took them.

    `at`: when they took them, where it is entered later.
    """

    letter: MaybeLine = ""
    report: MaybeLine = ""
    goods: MaybeLine = ""
    tests: MaybeLine = ""
    other: MaybeLine = ""
    receipt: Line
    at: Moment | None = None

    def bundle(self) -> dict[Part, str]:
        """The parts."""
        return {part: getattr(self, part.value.lower()) for part in Part}


class PoliceIn(Strict):
    """What the police said, by which document of which day."""

    accepted: bool
    document: Line
    on: Day
    reasons: Text = ""

    def police(self, signed: Signed) -> Police:
        """The same as the domain reads it."""
        return Police(signed=signed, **{name: getattr(self, name) for name in PoliceIn.model_fields})


class ContestIn(Strict):
    """Whom the refusal is taken to, and by which document."""

    to: Literal["police", "procurator"]
    document: Line


class ReceiptIn(Strict):
    """The receipt for what was handed over."""

    receipt: Line
