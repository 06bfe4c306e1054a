"""What comes in: messages as they are described in the API, and as the flows want them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from inspector.domain.assistance import Inability
from inspector.domain.case import Claim, MatterKind, Outcome, Route, SubjectKind
from inspector.domain.challenge import Applicant
from inspector.domain.errors import Invalid
from inspector.domain.evidence import TOLERANCE, Verdict, blank
from inspector.domain.finding import Finding, Seen
from inspector.domain.line import line
from inspector.domain.pause import Reason
from inspector.domain.replacement import Ceased, Ground
from inspector.domain.roster import Recusal
from inspector.flows.intake import Application
from inspector.web.contacts import ContactIn
from inspector.web.fields import (
    CaseId,
    ClaimKey,
    ClaimName,
    ClockTime,
    Day,
    Digest,
    DigestHead,
    LetterText,
    Line,
    MaybeLine,
    Moment,
    Promised,
    Strict,
    Text,
)
from inspector.web.gradings import GradingIn

Said = Literal["match", "mismatch", "not_found", "cannot_say"]
"""What a body or an inspector can say about a fact. Silence is nobody's statement, so `no_answer` is not among them."""


class SubjectIn(Strict):
    """Who commits. Irregular codes are taken and marked; only what cannot be a code is refused."""

    kind: SubjectKind
    code: Annotated[Line, Field(max_length=64)]
    name: Line


class ClaimIn(Strict):
    """One promised fact: `key` is the sender's name for it, `on` the day it speaks of."""

    key: ClaimKey
    fact: Line
    value: Promised
    on: Day


class LetterIn(Strict):
    """The letter of commitment: its text, or the SHA-256 of its UTF-8 bytes, or both (then they must agree)."""

    text: LetterText = ""
    digest: Digest | None = None
    notice_version: Line
    signed_by: Line
    signed_on: Day
    proxy: Line | None = None
    publicity_scope: Line = "none"
    publicity_until: Day | None = None

    def checked_digest(self) -> str:
        """The letter's digest. Raises Invalid when there is neither text nor digest, or they differ."""
        if not self.text and self.digest is None:
            raise Invalid("letter_missing", field="letter.text")
        found = hashlib.sha256(self.text.encode()).hexdigest()
        if self.text and self.digest not in (None, found):
            raise Invalid("letter_digest_differs", field="letter.digest", expected=found)
        return self.digest or found

    def as_signed(self) -> dict[str, Any]:
        """The fields of an application that tell of the letter. Raises Invalid."""
        told = self.model_dump(exclude={"text", "digest"}) | {
            "notice_version": line("letter.notice_version", self.notice_version),
            "signed_by": line("letter.signed_by", self.signed_by),
            "proxy": line("letter.proxy", self.proxy or "") or None,
            "publicity_scope": line("letter.publicity_scope", self.publicity_scope) or "none",
        }
        return told | {"letter_text": self.text, "letter_digest": self.checked_digest()}


class CaseIn(Strict):
    """A commitment case as the approving system hands it in. `reference` is its number: the same again is the same case."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency": "licensing",
                    "reference": "2026-000123",
                    "route": "COMMITMENT",
                    "matter": "LICENCE",
                    "item": "business-licence",
                    "subject": {"kind": "FIRM", "code": "91000000MA0000001R", "name": "示例商贸有限公司"},
                    "claims": [{"key": "c1", "fact": "registration-status", "value": "存续", "on": "2026-11-02"}],
                    "letter": {
                        "text": "本单位承诺……",
                        "notice_version": "2026-01",
                        "signed_by": "张三",
                        "signed_on": "2026-11-02",
                    },
                }
            ]
        }
    )

    agency: Line
    reference: Line
    route: Route
    matter: MatterKind
    item: Line
    subject: SubjectIn
    claims: Annotated[tuple[ClaimIn, ...], Field(max_length=50)]
    letter: LetterIn | None = None
    """Needed on the route COMMITMENT; who brought a certificate has signed none."""
    concluded_at: Moment | None = None
    """When the matter was concluded (办结), where that was before the case is sent: never before the letter was signed, never to come."""

    contact: ContactIn | None = None

    def application(self) -> Application:
        """The case as intake takes it, its lines as the import of files reads them.

        Raises Invalid for repeated claims, for a letter that does not fit its digest, and for lines with signs that nobody sees.
        """
        keys = [claim.key for claim in self.claims]
        if repeated := sorted({key for key in keys if keys.count(key) > 1}):
            again = next(number for number, key in enumerate(keys) if key in keys[:number])
            raise Invalid("claim_repeated", field=f"claims.{again}.key", keys=", ".join(repeated))
        letter = self.letter
        signed: dict[str, Any] = {} if letter is None else letter.as_signed()
        return Application(
            agency=self.agency.strip(),
            reference=line("reference", self.reference),
            route=self.route,
            matter=self.matter,
            item=self.item.strip(),
            subject_kind=self.subject.kind,
            subject_code=self.subject.code,
            subject_name=line("subject.name", self.subject.name),
            claims=tuple(
                # quoted in a letter, a promise must not look like lines of the letter's own
                Claim(key=one.key, fact=one.fact.strip(), value=line(f"claims.{place}.value", one.value), on=one.on)
                for place, one in enumerate(self.claims)
            ),
            concluded_at=self.concluded_at,
            contact=self.contact.contact() if self.contact is not None else None,
            **signed,
        )


class ConclusionIn(Strict):
    """That the matter is concluded. `at`: when it was, where that is told later; never before the letter was signed, never to come."""

    at: Moment | None = None


class ReviewIn(Strict):
    """An officer's decision; `evidence` are ids of evidence of the case, needed for an outcome with proposals.

    `UNREACHABLE` rests on the attempts to reach the subject: all on record, or those named here by their ids (`attempt:…`).

    `act`: a row of the pack's catalogue of dishonest acts (`explanation.acts`), needed where one of them is about this outcome.
    `grading`: what the gravity is judged by, as far as the pack needs it.
    """

    outcome: Outcome
    reasons: Text
    evidence: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    act: MaybeLine = ""
    grading: GradingIn = GradingIn()


class SuspensionIn(Strict):
    """That the verification's clock stand still: for a reason the pack lists, to the end of the day `until`, on which evidence."""

    reason: Reason
    until: Day
    evidence: Annotated[Text, Field(min_length=1)]


class ResumptionIn(Strict):
    """That the clock go on before the planned end; `evidence`: what has come about."""

    evidence: Annotated[Text, Field(min_length=1)]


class TermExtensionIn(Strict):
    """That the verification's term be lengthened by what the pack says. `approved_by`: the head, where the pack asks for one."""

    reason: Annotated[Text, Field(min_length=1)]
    approved_by: MaybeLine = ""


class SeenToIn(Strict):
    """What a person has done about a matter; needed, for the record must say more than that somebody closed it."""

    note: Text


class LevelIn(Strict):
    """A credit level as stated on a day; where a pack makes it of several ratings, as `grade=good;risk=low`."""

    kind: SubjectKind
    code: Annotated[Line, Field(max_length=64)]
    level: Line
    as_of: Moment

    def checked_as_of(self, now: datetime) -> datetime:
        """When it was stated. Raises Invalid for a time to come, or one before there was any such system."""
        if not 1990 <= self.as_of.year <= 2200 or self.as_of - now > TOLERANCE:
            raise Invalid("as_of_out_of_range", field="as_of", as_of=self.as_of.isoformat(), now=now.isoformat())
        return self.as_of


class LevelsIn(Strict):
    """A batch of credit levels. The newest statement about a subject stands."""

    levels: Annotated[tuple[LevelIn, ...], Field(min_length=1, max_length=5_000)]


class AnswerIn(Strict):
    """An agency's answer: its own verdict, or the value it holds (compared by the pack's rule), and who signs.

    A mismatch needs the value, and `cannot_say` in its place why. Verdict and value must not contradict each other by the pack's rule.
    """

    verdict: Said | None = None
    value: MaybeLine = ""
    signer: Line

    def checked_verdict(self) -> Verdict | None:
        """The verdict, or None when the value decides. Raises Invalid when there is neither."""
        if self.verdict is None and blank(self.value):
            raise Invalid("answer_empty", field="value")
        return Verdict(self.verdict) if self.verdict is not None else None


class DeclineIn(Strict):
    """An agency cannot help: reasons and a signer are its duty; `inability` is their code."""

    reasons: Text
    signer: Line
    inability: Inability


class FindingIn(Strict):
    """What was seen about one fact in question; a mismatch needs the note."""

    case_id: CaseId
    claim: ClaimName
    verdict: Said
    note: Text = ""

    def finding(self) -> Finding:
        """As the visit's rules take it."""
        return Finding(case_id=self.case_id, claim=self.claim, verdict=Verdict(self.verdict), note=self.note)


class ResultIn(Strict):
    """The result of a visit: an answer to every fact in question, and whether there was something beside them.

    `seen`: `NOTHING` or `FINDING` (then in words, or in a mismatch of an exempt promise); of a visit that asks nothing it is the
    result. A finding is a matter for a person, also one that another of the team has noted. `visited_on`: if left out, the day that
    the team's notes say, or today; of that day is what was seen, whenever it is entered. On a day on which nobody might go, the result
    counts, and a person is told.
    """

    findings: Annotated[tuple[FindingIn, ...], Field(max_length=200)]
    seen: Seen | None = None
    remarks: Text = ""
    visited_on: Day | None = None


class AnnounceIn(Strict):
    """Announce the next draw of a plan now, besides its schedule."""

    plan: Line


More = Annotated[
    dict[Line, Annotated[int, Field(ge=1, le=1_000_000)]],
    Field(max_length=200, default_factory=dict, json_schema_extra={"additionalProperties": False}),
]
"""So many objects of a stratum."""


class PlanIn(Strict):
    """That a year's plan be drawn up. `set_aside`: so many objects of a stratum are kept for extensions."""

    set_aside: More


class PlanApprovalIn(Strict):
    """That a draft is approved, by which document. `digest`: what was read, by its first 8 letters at least; `on`: today if left out."""

    document: Line
    digest: DigestHead
    on: Day | None = None


class PlanPublicationIn(Strict):
    """Where the approved plan is public: channel, address, number. `on`: since when; today if left out."""

    reference: Line
    on: Day | None = None


class PlanWithdrawalIn(Strict):
    """Why a year's plan holds no longer."""

    reason: Annotated[Text, Field(min_length=1, max_length=400)]


class VoidIn(Strict):
    """That a draw be void. Another officer signs with the same reason."""

    reason: Annotated[Text, Field(min_length=1, max_length=400)]


class ExtensionIn(Strict):
    """That a draw be extended, by which document. Another officer signs the same. `more`: so many objects of a stratum."""

    reason: Annotated[Text, Field(min_length=1, max_length=400)]
    basis: Line
    more: More


class ChallengeIn(Strict):
    """That the inspector of a visit be recused: who applies, a reason code, where the proof lies."""

    inspector: Line
    applicant: Literal[Applicant.INSPECTOR, Applicant.FIRM, Applicant.COLLEAGUE]
    reason: Recusal
    evidence: Annotated[Text, Field(min_length=1, max_length=400)]


class DoorChallengeIn(Strict):
    """The same as the firm has said it at its door to one of the team; when it was written and sent, by the phone's own clock."""

    inspector: Line
    reason: Recusal
    evidence: Annotated[Text, Field(min_length=1, max_length=400)]
    captured_at: ClockTime | None = None
    sent_at: ClockTime | None = None


class ChallengeDecisionIn(Strict):
    """The head's decision, and the reason that the applicant is told."""

    granted: bool
    why: Annotated[Text, Field(min_length=1, max_length=400)]


class CeasedIn(Strict):
    """What has become of a drawn object, and by what this is known."""

    how: Ceased
    evidence: Annotated[Text, Field(min_length=1, max_length=400)]


class ReplacementIn(Strict):
    """Why a drawn object is replaced. Who comes in is not asked."""

    ground: Ground
    reason: Annotated[Text, Field(min_length=1, max_length=400)]


class FiguresIn(Strict):
    """The figures of a public ceremony as one person typed them."""

    figures: Annotated[Text, Field(min_length=1)]
    party: Line | None = None
    """Which ceremony, by the name the draw shows; may be left out while there is one only."""
    held_at: Moment | None = None
    """When the figures became public, by the minutes; never before the time that the announcement left."""
    minutes: MaybeLine = ""
    """Where the minutes are; of a lottery that is a further source its official number, which is required."""
