"""A consequence (处理): one proposal to a named officer, and what became of it (handbook 1.1.20-1.1.23, 1.7.11, 1.8, 2.7).

The program proposes, counts the dates and refuses what lacks a step; it decides nothing. Every open one has a next step with a date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.bundle import Part
from inspector.domain.ended import Ended
from inspector.domain.onset import Onset
from inspector.domain.person import same
from inspector.domain.proposal import UNSERVED, Proposal
from inspector.domain.weight import Grading


class ConsequenceState(StrEnum):
    """Where a consequence stands. A transfer has steps of its own, from `REPORTED` on."""

    PROPOSED = "PROPOSED"
    NOTICED = "NOTICED"
    IMPOSED = "IMPOSED"
    DROPPED = "DROPPED"
    RECTIFIED = "RECTIFIED"
    FAILED = "FAILED"
    LIFTED = "LIFTED"
    REFERRED = "REFERRED"
    ANNULLED = "ANNULLED"
    REPORTED = "REPORTED"
    APPROVED = "APPROVED"
    HANDED = "HANDED"
    DECLINED = "DECLINED"
    CONTESTED = "CONTESTED"
    FILED = "FILED"
    TRANSFERRED = "TRANSFERRED"


UNDECIDED = frozenset({ConsequenceState.PROPOSED, ConsequenceState.NOTICED})  # nobody has decided yet
ON_THE_WAY = frozenset(map(ConsequenceState, ("REPORTED", "APPROVED", "HANDED", "DECLINED", "CONTESTED", "FILED")))
BARRING = ON_THE_WAY | {ConsequenceState.PROPOSED, ConsequenceState.TRANSFERRED}


class Stage(StrEnum):
    """What is to be done next about an open consequence.

    `FIX`: to say when and where a hearing is; `WEIGH`: whether an order stands whose outcome fell; `EXTEND`: to agree to more time.
    """

    GIVE = "GIVE"
    SERVE = "SERVE"
    DECIDE = "DECIDE"
    FIX = "FIX"
    HEAR = "HEAR"
    AGREE = "AGREE"
    RECHECK = "RECHECK"
    EXTEND = "EXTEND"
    WEIGH = "WEIGH"
    LOOK = "LOOK"
    REFER = "REFER"
    REPORT = "REPORT"
    HEAD = "HEAD"
    HAND = "HAND"
    POLICE = "POLICE"
    CONTEST = "CONTEST"
    PAPERS = "PAPERS"


class StatementKind(StrEnum):
    """What the subject says to a notice: in defence, a wish to be heard, or that the time for a statement is not needed."""

    DEFENCE = "DEFENCE"
    HEARING = "HEARING"
    WAIVER = "WAIVER"


class Agreement(StrEnum):
    """Who else agrees where the pack asks for it: a second person, the legal review, the head (Penalties Law art. 57, 58)."""

    SECOND = "SECOND"
    LEGAL = "LEGAL"
    HEAD = "HEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who did a step, by which login, when. `token` is empty at the command line, where the machine's user stands in the name.

    `stead`: the officer in whose stead it was done, who was away (`deputy`).
    """

    by: str
    token: str
    at: datetime
    stead: str = ""

    def is_of(self, other: Signed) -> bool:
        """Whether one person did both: by name however typed, or by one login under two names."""
        return same(self.by, other.by) or (bool(self.token) and self.token == other.token)

    def may_mend(self, other: Signed) -> bool:
        """Whether whoever signs may write anew what another signature stands under: the same person, a deputy, or who was stood in for."""
        stead = bool(self.stead) and same(self.stead, other.by)
        return self.is_of(other) or stead or (bool(other.stead) and same(other.stead, self.by))


def by_rule(now: datetime) -> Signed:
    """What stands in the place of a name under what a rule does, and nobody."""
    return Signed(by="rule", token="", at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The notice to the subject (告知书), as a named officer gave it, and how it was served. `defend_by`: the time for a statement.

    `proven_at`: when the proof of its service was entered; None of one that an earlier release has taken.
    `intended`: what would follow, as the program has worded it; `content`: of a penalty, as the officer has (Penalties Law art. 44).
    """

    given: Signed
    facts: tuple[str, ...]
    reasons: str
    rights: tuple[str, ...]
    basis: tuple[str, ...]
    served_at: datetime | None = None
    way: str = ""
    proof: str = ""
    served_by: str = ""
    defend_by: datetime | None = None
    content: str = ""
    intended: str = ""
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the subject said, and by which door; `late`: behind the time for it, read all the same; `stamp`: what shows that it came `at`.

    `entered`: who wrote it down for it; None: by its own link or the approving system. `holders`: officers who had that link (`ownword`).
    """

    kind: StatementKind
    words: str
    digests: tuple[str, ...]
    door: str
    at: datetime
    late: bool
    entered: Signed | None = None
    holders: tuple[Signed, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """When and where a hearing is held, and who presides, as an officer fixed it (Penalties Law art. 64).

    `closed`: why it is not public, empty where it is; `reasons`: why it was moved from the one before.
    """

    begins: datetime
    place: str
    presides: str
    fixed: Signed
    closed: str = ""
    reasons: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A hearing that the subject has a right to and asked for; until it was held or given up nothing is decided.

    `sittings`: as it was fixed and moved, the last one counts. `absent`: who was told in time did not come. `proxies`: who came for the
    subject. `digests`: the subject's signed paper, where an officer has entered that it was waived.
    """

    asked_at: datetime
    held: bool | None = None
    on: date | None = None
    record: str = ""
    entered: Signed | None = None
    digests: tuple[str, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    absent: bool = False
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An officer's decision to impose: with reasons, what it rests on beside the row, and for some the date or the test of 1.1.22.

    It takes effect once everybody has agreed whom the row asks for. `rights`: the remedies as the officer has worded them; none: as
    the pack's rows say. `content`: of a penalty, what it is; `performance`: how and by when it is performed; `lighter`: the officer has
    said that it is another than the notice told of, and no graver one; `discussed`: where the heads' discussion of it is recorded.
    `spares`: it says that the proposal is let go (`owed`).
    """

    signed: Signed
    reasons: str
    law: str = ""
    public_interest: str = ""
    until: date | None = None
    rights: tuple[str, ...] = ()
    content: str = ""
    lighter: bool = False
    performance: str = ""
    discussed: str = ""
    spares: bool = False
    agreed: Mapping[Agreement, Signed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A narrow re-check (复查) that is not a new visit: what papers or an online answer show."""

    signed: Signed
    good: bool
    corrected_on: date | None
    evidence: tuple[str, ...]
    documents: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """More time to rectify (延长整改期限), as an officer wrote it: `was`, the last moment before; by which `law`; who has agreed."""

    signed: Signed
    until: date
    was: datetime
    reasons: str
    law: str
    agreed: Mapping[Agreement, Signed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectification:
    """An order to rectify by a date (责令限期整改): `until` is its last moment, `recheck_by` when the re-check is to be entered.

    `served_on`: the day on which the order reached its subject, from which the date is counted; None until then. `longer`: each time that
    it was lengthened; `waits`: more time that is written and waits for others to agree.
    """

    until: datetime
    recheck_by: datetime
    served_on: date | None = None
    asked_at: datetime | None = None
    asked_by: str = ""
    looks: tuple[Look, ...] = ()
    longer: tuple[MoreTime, ...] = ()
    waits: MoreTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Police:
    """What the police said to a transfer, and by which document."""

    signed: Signed
    accepted: bool
    document: str
    on: date
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The steps of a transfer to judicial organs (handbook 1.8).

    `approved_at`, `handed_at`: when the head approved and the bundle went, which is not when somebody entered it; None in what a former
    release wrote, where both are one.
    """

    reports: tuple[tuple[Signed, str], ...] = ()
    head: Signed | None = None
    head_reasons: str = ""
    approved_at: datetime | None = None
    bundle: Mapping[Part, str] = field(default_factory=dict)
    handed: Signed | None = None
    handed_at: datetime | None = None
    receipt: str = ""
    answers: tuple[Police, ...] = ()
    contested: tuple[tuple[Signed, str, str], ...] = ()
    papers: Signed | None = None
    papers_receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One proposal and its proceeding. `row` is the pack's `[[consequence]]`, `origin` the rule that proposed it.

    `due_at`: by when its next step is to be done; None: over. `turn` counts the dates it has had: a clock of a former turn says nothing.
    `entry`: the credit entry that it ordered. `doubted`: the rule by which an order's outcome fell; `upheld`: it stands. `transition`: the
    row of `pack` by which it goes by that, and not by the one that it began under. `onset`: how a penalty began.
    """

    id: str
    case_id: str
    agency: str
    proposal: Proposal
    state: ConsequenceState
    pack: str
    row: str
    origin: str
    basis: tuple[str, ...]
    evidence: tuple[str, ...]
    grading: Grading
    proposed_at: datetime
    proposed_by: str
    proposed_token: str = ""
    reasons: str = ""
    due_at: datetime | None = None
    turn: int = 0
    notice: Notice | None = None
    statements: tuple[Statement, ...] = ()
    hearing: Hearing | None = None
    verdict: Verdict | None = None
    imposed_at: datetime | None = None
    rectification: Rectification | None = None
    transfer: Transfer | None = None
    entry: str = ""
    doubted: str = ""
    upheld: Ended | None = None
    ended: Ended | None = None
    annulled: Ended | None = None
    transition: str = ""
    onset: Onset | None = None

    @property
    def deciders(self) -> tuple[Signed, ...]:
        """Who has a part in it: who proposed it, gave its notice, decided, agreed, looked at it again; and in whose stead."""
        signed = [Signed(by=self.proposed_by, token=self.proposed_token, at=self.proposed_at)]
        if self.notice is not None:
            signed.append(self.notice.given)
        if self.verdict is not None:
            signed += [self.verdict.signed, *self.verdict.agreed.values()]
        if self.rectification is not None:
            signed += [*(one.signed for one in self.rectification.looks), *(one.signed for one in self.rectification.longer)]
        return (*signed, *(Signed(by=one.stead, token="", at=one.at) for one in signed if one.stead))

    @property
    def reporters(self) -> tuple[Signed, ...]:
        """Who has reported a transfer to the head."""
        return tuple(signed for signed, _ in self.transfer.reports) if self.transfer is not None else ()

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.stage is not None

    @property
    def bars_penalty(self) -> bool:
        """Whether it is a transfer that keeps a fine from being given instead (handbook 1.8.6): open, or taken over by the police."""
        return self.proposal is Proposal.TRANSFER_JUDICIAL and self.state in BARRING

    @property
    def served(self) -> bool:
        """Whether the subject has its notice."""
        return self.notice is not None and self.notice.served_at is not None

    @property
    def waivers(self) -> tuple[Statement, ...]:
        """Where the subject has said that it needs no more time."""
        return tuple(one for one in self.statements if one.kind is StatementKind.WAIVER)

    @property
    def awaits_hearing(self) -> bool:
        """Whether a hearing that was asked for has neither been held nor waived."""
        return self.hearing is not None and self.hearing.held is None

    @property
    def stage(self) -> Stage | None:
        """What is to be done next; None once it is over."""
        if self.state is ConsequenceState.IMPOSED:
            waits = self.rectification is not None and self.rectification.waits is not None
            order = Stage.WEIGH if self.doubted else Stage.EXTEND if waits else Stage.RECHECK
            return {Proposal.ORDER_RECTIFY: order, Proposal.SUSPEND: Stage.LOOK}.get(self.proposal)
        if self.state in UNDECIDED and self.verdict is not None and self.verdict.spares:
            return Stage.AGREE
        if self.state is ConsequenceState.NOTICED and self.hearing is not None and self.awaits_hearing:
            return Stage.HEAR if self.hearing.sittings else Stage.FIX
        if self.state is ConsequenceState.NOTICED:
            return Stage.DECIDE if self.verdict is None else Stage.AGREE
        if self.state is ConsequenceState.PROPOSED and self.proposal in UNSERVED:
            return Stage.REFER if self.proposal is Proposal.REFER_REGISTER else Stage.REPORT
        if self.state is ConsequenceState.PROPOSED:
            return Stage.GIVE if self.notice is None else Stage.SERVE
        return _TRANSFER.get(self.state)


_TRANSFER = {
    ConsequenceState.REPORTED: Stage.HEAD,
    ConsequenceState.APPROVED: Stage.HAND,
    ConsequenceState.HANDED: Stage.POLICE,
    ConsequenceState.CONTESTED: Stage.POLICE,
    ConsequenceState.DECLINED: Stage.CONTEST,
    ConsequenceState.FILED: Stage.PAPERS,
}
