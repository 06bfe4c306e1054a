"""A commitment case: who promised what to whom, and how far its verification has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import Counting, Due, Term, WorkingCalendar, due
from inspector.domain.pause import Extension, Suspension
from inspector.domain.sendback import SendBack
from inspector.domain.start import StartEvent
from inspector.domain.terms import ReviewTerm, VerifyTerm


class Route(StrEnum):
    """The applicant's free choice (the plan, item 2): commitment, or the ordinary certificate."""

    COMMITMENT = "COMMITMENT"
    CERTIFICATE = "CERTIFICATE"


class MatterKind(StrEnum):
    """Matters upon application (依申请的行政事项) the plan covers."""

    LICENCE = "LICENCE"
    CONFIRMATION = "CONFIRMATION"
    BENEFIT = "BENEFIT"


class SubjectKind(StrEnum):
    """Who committed."""

    FIRM = "FIRM"
    PERSON = "PERSON"


class Method(StrEnum):
    """Ways of verification (the glossary's); `OTHER_RESULT`: another agency has found it (handbook 1.2.34); `DOCUMENT` (书面核查): 自证."""

    ONLINE_QUERY = "ONLINE_QUERY"
    OTHER_RESULT = "OTHER_RESULT"
    DOCUMENT = "DOCUMENT"
    ASSISTANCE = "ASSISTANCE"
    ON_SITE = "ON_SITE"


class VerifyFrom(StrEnum):
    """What begins the term of a verification, by the item: that the case came in, or that the matter was decided (handbook 1.1.10)."""

    INTAKE = "intake"
    DECISION = "decision"


class CaseRemark(StrEnum):
    """What is odd about a case and yet taken, for people to look at.

    `NOTICE_VERSION`: its letter answers a former version of the item's notice, which bounds its verification. `NOTICE_DAY`: it was
    signed on a day on which that version did not stand. `FORMER_MISMATCH`: an answer that came after a correction contradicts what
    had been promised before it, so that only an officer can end the case. `SIGNER`: a person's letter was signed by somebody who
    is neither that person nor a named proxy. `PUBLICITY`: its letter is to be public otherwise than the item says.
    `DECIDED_BEFORE`: the term is counted from the decision, which was made before the case came in, so that less of it is left.
    """

    NOTICE_VERSION = "NOTICE_VERSION"
    FORMER_MISMATCH = "FORMER_MISMATCH"
    SIGNER = "SIGNER"
    DECIDED_BEFORE = "DECIDED_BEFORE"
    PUBLICITY = "PUBLICITY"
    NOTICE_DAY = "NOTICE_DAY"


class CaseState(StrEnum):
    """Where a case stands. Only `CLOSED`, `WITHDRAWN`, `SENT_BACK` and `POOLED` are ends.

    `SENT_BACK` (退回): it had come here by mistake, as two officers have said. It has no outcome, for nobody has found anything.
    """

    RATING = "RATING"
    VERIFYING = "VERIFYING"
    REVIEW = "REVIEW"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    SENT_BACK = "SENT_BACK"
    POOLED = "POOLED"

    @property
    def ended(self) -> bool:
        """Nothing more will happen to the verification by itself."""
        return self in (CaseState.CLOSED, CaseState.POOLED) or self.gone

    @property
    def gone(self) -> bool:
        """There is no matter here any more: nothing is promised that an answer, a visit or a register could speak of."""
        return self in GONE


GONE = frozenset({CaseState.WITHDRAWN, CaseState.SENT_BACK})
"""How a case leaves the house: its applicant takes it back, or it is sent back to whoever has sent it."""


class ClaimStatus(StrEnum):
    """What is known of one claim. `CONTRADICTED`, `CONFLICT` and `STALE_LEAD` are leads until a person has reviewed them.

    `CONFLICT`: one fresh answer agrees with the promise, another contradicts it. No rule prefers either: a person decides.
    """

    OPEN = "OPEN"
    PROVEN = "PROVEN"
    CONFLICT = "CONFLICT"
    CONTRADICTED = "CONTRADICTED"
    STALE_LEAD = "STALE_LEAD"
    UNDETERMINED = "UNDETERMINED"


class Outcome(StrEnum):
    """Outcomes of a verification (handbook 2.7). All but `TRUE` and `WITHDRAWN` are an officer's."""

    TRUE = "TRUE"
    DATA_ERROR = "DATA_ERROR"
    IMMATERIAL = "IMMATERIAL"
    UNTRUE_CURABLE = "UNTRUE_CURABLE"
    UNTRUE_INCURABLE = "UNTRUE_INCURABLE"
    FALSE_KNOWING = "FALSE_KNOWING"
    UNVERIFIABLE = "UNVERIFIABLE"
    UNREACHABLE = "UNREACHABLE"
    CEASED = "CEASED"
    NOT_ACTIVE = "NOT_ACTIVE"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A firm or natural person. `code` is normalised; `original` is as received, irregular codes are kept with warnings."""

    kind: SubjectKind
    code: str
    original: str
    name: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentLetter:
    """The promise itself (告知承诺书): its text or hash, the notice it answers, who signed, and its publicity."""

    text: str
    digest: str
    notice_version: str
    signed_by: str
    signed_on: date
    proxy: str | None = None
    publicity_scope: str = "none"
    publicity_until: date | None = None


OF_A_CORRECTION = "~"
"""Parts a claim's key from the version it was corrected at. No sender can use it in a key of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One promised fact. `value` is what the letter says; `on` is the day it speaks of."""

    key: str
    fact: str
    value: str
    on: date

    @property
    def sent_as(self) -> str:
        """The key that its sender gave it. `key` is that of its content: a correction gives every claim another one."""
        return self.key.partition(OF_A_CORRECTION)[0]

    @property
    def revision(self) -> int:
        """0 as it was handed in; higher after each correction of its case."""
        number = self.key.partition(OF_A_CORRECTION)[2]
        return int(number) if number.isdecimal() else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way to verify one claim, fixed when the strategy was chosen: which connector, on which ground.

    `record`: the pack has a line that lets a whole record be fetched for it; without one the question is the least that settles it.
    """

    method: Method
    via: str
    ground: str
    basis: str
    record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """A claim with its steps, the one it is at, and what is known. `agreed`, `denied`: a fresh answer has said so, whatever came since."""

    claim: Claim
    steps: tuple[Step, ...]
    at: int = 0
    status: ClaimStatus = ClaimStatus.OPEN
    agreed: bool = False
    denied: bool = False

    @property
    def step(self) -> Step | None:
        """The step under way, or None when the claim is settled or the ways are used up."""
        return self.steps[self.at] if self.status is ClaimStatus.OPEN and self.at < len(self.steps) else None


class LevelReason(StrEnum):
    """Why a case has its credit level: stated by somebody, or why it counts as unrated (handbook 2.1)."""

    STATED = "stated"
    COMBINED = "combined"
    PERSON = "person"
    UNKNOWN = "unknown"
    NOT_RATED = "not_rated"
    LOOK_UP_FAILED = "look_up_failed"
    UNDATED = "undated"
    STALE = "stale"
    FUTURE = "future"
    OFF_SCALE = "off_scale"
    DIFFER = "differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """The credit level frozen into the decision (handbook 2.1): where it came from and how old it was.

    `facts` are those of the reason: `error` of a look-up that failed, `stated` and `stated_as_of` of a level that does not count,
    `stated` and `combined_by` of one that a row of the pack made.
    """

    level: str
    as_of: datetime | None
    source: str
    reason: LevelReason
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """The chosen row of the pack: never changed afterwards, not even by a new pack version. Its date is the case's own.

    `notice`: the version of the former notice that bounds the ways; empty where the letter answers the item's own.
    """

    row: str
    basis: str
    pack: str
    level: Rated
    item_profile: str
    before_decision: bool
    stratum: str | None
    due_at: datetime
    due_provisional: bool
    due_counted: Counting
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What a case said until a correction by its sender, kept with the case and no longer; `changed` names what became other.

    `letter` is the letter where it became another one; None where it stayed, or where there was none.
    """

    until: datetime
    by: str
    changed: tuple[str, ...]
    route: Route
    matter: MatterKind
    item: str
    subject_name: str
    subject_code: str
    claims: tuple[Claim, ...]
    letter: CommitmentLetter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The aggregate. `version` counts settlements; guarded updates expect it.

    `entry` is the id of the credit entry that states the outcome, None where there is none (any more). That of a kept promise stays while
    an officer sees the case again; `overtaken`: it stands though an officer has decided otherwise (`ending`). `former` are the SHA-256 of
    the contents it had before it was corrected: each is still a message of this case when it is delivered again. `corrected` are
    these contents, in order of time. `suspensions` are in order, none within another, and at most the last is under way. `send_back` is
    the last wish of an officer to send it back, and what became of it.
    """

    id: str
    agency: str
    sender: str
    reference: str
    route: Route
    matter: MatterKind
    item: str
    subject: Subject
    letter: CommitmentLetter | None
    claims: tuple[ClaimFile, ...]
    state: CaseState
    pack: str
    opened_at: datetime
    verify_term: VerifyTerm | None = None
    strategy: Strategy | None = None
    outcome: Outcome | None = None
    review_reason: str | None = None
    review_term: ReviewTerm | None = None
    entry: str | None = None
    ended_at: datetime | None = None
    concluded_at: datetime | None = None
    remarks: tuple[CaseRemark, ...] = ()
    former: tuple[str, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()
    corrected: tuple[Former, ...] = ()
    send_back: SendBack | None = None
    overtaken: bool = False
    version: int = 0

    @property
    def paused(self) -> Suspension | None:
        """The suspension of the verification's clock that is under way."""
        last = self.suspensions[-1] if self.suspensions else None
        return last if last is not None and last.ended_at is None else None

    def going_on(self, at: datetime, by: str = "", why: str = "") -> Case:
        """The case with the suspension that was under way, if any, ended at a moment: by somebody, or by itself."""
        held = self.paused
        if held is None:
            return self
        over = replace(held, ended_at=min(at, held.ends_at), ended_by=by, ended_for=why)
        return replace(self, suspensions=(*self.suspensions[:-1], over))

    def counted(self, term: Term, calendar: WorkingCalendar, start: VerifyFrom) -> Due:
        """When the verification's term ends: without the days the clock stood still, with what was added.

        While the decision it is counted from is not known, it is counted from the day the case came in. What was added in another unit
        (the item was corrected since) adds nothing.
        """
        since, event = self.opened_at, StartEvent.CASE_OPENED
        if start is VerifyFrom.DECISION and self.concluded_at is not None:
            since, event = self.concluded_at, StartEvent.MATTER_CONCLUDED
        return self._due(since, event, term, calendar)

    def recounted(self, calendar: WorkingCalendar) -> Case:
        """The case with its date counted anew from the same begin: the clock stood still since, or the term was extended."""
        if self.verify_term is None:
            return self
        told = self.verify_term.due_counted
        return self.redated(self._due(told.since or self.opened_at, told.event, told.term, calendar))

    def _due(self, since: datetime, event: StartEvent | None, term: Term, calendar: WorkingCalendar) -> Due:
        stops = tuple(one.stop(calendar) for one in self.suspensions)
        more = tuple(one.term for one in self.extensions if one.term.unit is term.unit)
        return due(since, term, calendar, event, stops, more)

    def redated(self, counted: Due) -> Case:
        """The case with another date of its verification, in the term and in the strategy that was chosen."""
        if self.verify_term is None:
            return self
        term = replace(self.verify_term, due_at=counted.at, due_provisional=counted.provisional, due_counted=counted.counted)
        strategy = self.strategy and replace(
            self.strategy, due_at=counted.at, due_provisional=counted.provisional, due_counted=counted.counted
        )
        return replace(self, verify_term=term, strategy=strategy)

    @property
    def due_at(self) -> datetime | None:
        """The date that binds now: in review that of the officer's decision, else that of the verification."""
        term = self.review_term or self.verify_term
        return term.due_at if term else None

    @property
    def provisional(self) -> bool:
        """Whether the date that binds now can still be moved by a notice to come; nothing moves once nobody waits any more."""
        term = self.review_term or self.verify_term
        return term is not None and term.due_provisional and not self.state.ended

    def file(self, claim: str) -> ClaimFile:
        """The file of a claim by its key. Raises KeyError."""
        for held in self.claims:
            if held.claim.key == claim:
                return held
        raise KeyError(claim)

    def day_of(self, claim: str) -> date | None:
        """The day that a claim speaks of, also one of before a correction; None where the case has none of this key."""
        told = (*(held.claim for held in self.claims), *(one for former in self.corrected for one in former.claims))
        return next((one.on for one in told if one.key == claim), None)

    def with_file(self, file: ClaimFile) -> Case:
        """The case with one claim's file replaced."""
        return replace(self, claims=tuple(file if held.claim.key == file.claim.key else held for held in self.claims))
