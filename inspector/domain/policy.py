"""A policy pack as values: every number is a row with an id and a legal basis. Packs are immutable; a change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from inspector.domain.act import ActRow
from inspector.domain.availability import Availability
from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, Method, Outcome, SubjectKind, VerifyFrom
from inspector.domain.checkcode import CodeRow
from inspector.domain.creditlaw import CreditLaw
from inspector.domain.duty import ClauseRow, Follow, FollowRow, Rule, RuleRow
from inspector.domain.equality import EqualityRow
from inspector.domain.errors import Invalid
from inspector.domain.grading import GradingRow
from inspector.domain.notice import Notice
from inspector.domain.pause import ExtensionRow, Reason, SuspensionRow
from inspector.domain.proposal import ConsequenceRow, Proposal
from inspector.domain.publicity import Publicity
from inspector.domain.publish import DisclosureRow, DrawRow, PublishRow, ReportRow, SecondLookRow
from inspector.domain.quiet import QuietRow
from inspector.domain.reapply import ReapplyRow
from inspector.domain.remedy import RemedyRow
from inspector.domain.retention import RetentionRow
from inspector.domain.reuse import Reuse
from inspector.domain.sampling import POOL, Bounds, Limits, MinimumRow, SamplingRow, parted
from inspector.domain.scale import CombineRow, Scale
from inspector.domain.seeking import SHIPPED, SeekingRow
from inspector.domain.showing import Showing
from inspector.domain.signs import among
from inspector.domain.timer import Timer
from inspector.domain.transition import TransitionRow
from inspector.domain.urgency import Urgency
from inspector.domain.wayto import ServiceRow


class Excluded(StrEnum):
    """The fence: categories the commitment route may not enter (the plan, item 1; handbook 2.6)."""

    NATSEC = "NATSEC"
    SECRET = "SECRET"  # noqa: S105 - a category of matters, not a password
    PUBSEC = "PUBSEC"
    FINPRU = "FINPRU"
    ECOENV = "ECOENV"
    HEALTH = "HEALTH"
    LIFEPROP = "LIFEPROP"
    FOREIGN = "FOREIGN"
    IRREVERSIBLE = "IRREVERSIBLE"


class Profile(StrEnum):
    """An item's risk profile, from the four factors of handbook 1.1.19."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Compare(StrEnum):
    """How a source's value is held against the claim. Those of order want two days, two months or two numbers, written as such.

    `WITHIN`: the promised day lies in the source's window of days. `SET`: what is promised is all among what the source names.
    `PREDICATE`: the source is asked whether the promise holds, and says yes or no: the least that settles a claim.
    It holds no promise that is itself a *no*: a register's 否 confirms it, where one that was told the promise would deny it.
    """

    EXACT = "exact"
    NORMALISED = "normalised"
    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    AT_LEAST = "at_least"
    WITHIN = "within"
    SET = "set"
    PREDICATE = "predicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved a pack's text (its digest is checked where it is read), by the document of which number, and on which day."""

    by: str
    document: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A provable fact of an item: where it is held and how it is compared.

    `premises_fact`: it exists only at the premises. `place`: its value is where the premises are, so inspectors are shown it.
    `record_basis` is the line by which a whole record may be fetched; empty: no more is asked than settles the claim.
    `urgency`: how soon another agency is asked to answer; `availability`: where the data are, if that has a term of its own.
    `result`: another agency's result may prove it; `self_proof`: its subject may be asked to show it; None: not.
    `values` are all that it can be, each by its writings (`存续=在营`), by `values_basis`; empty: nobody has listed them.
    """

    code: str
    name: str
    source: str | None
    agency: str | None
    ground: str | None
    premises_fact: bool
    compare: Compare
    valid_for: Term
    basis: str
    place: bool = False
    valid_for_basis: str = ""
    record_basis: str = ""
    urgency: Urgency = Urgency.NORMAL
    availability: Availability | None = None
    result: Reuse | None = None
    self_proof: Showing | None = None
    values: tuple[str, ...] = ()
    values_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A proof item (证明事项) open to commitment, with everything the plan's item 7 wants stated in advance.

    `insured_value`: up to how many yuan a liability insurance stands for what is granted on an untrue promise (the plan, item 9),
    with its basis; None: none does. `methods` are those that the notice of now announces; `notices` are the former ones.
    """

    code: str
    name: str
    field: str
    matters: frozenset[MatterKind]
    subjects: frozenset[SubjectKind]
    profile: Profile
    factors: Mapping[str, str]
    excluded: frozenset[Excluded]
    override_basis: str | None
    exempt: bool
    exempt_basis: str | None
    exempt_review_by: date | None
    exempt_factor: str | None = None
    methods: frozenset[Method]
    proxy_allowed: bool
    verify: Term
    verify_basis: str
    verify_from: VerifyFrom = VerifyFrom.INTAKE
    standard: str
    notice_version: str
    publicity: Publicity | None = None
    notices: tuple[Notice, ...] = ()
    facts: tuple[Fact, ...]
    basis: str
    insured_value: int | None = None
    insured_basis: str | None = None

    @property
    def insured(self) -> bool:
        """Whether an insurance stands for it: a strategy may go by that."""
        return self.insured_value is not None

    def notice(self, version: str) -> Notice | None:
        """The notice of a version, the item's own or a former one; None for one that it does not know.

        Its own began, as far as it says, when the last former one was over: nobody can have signed it before.
        """
        over = max((held.until for held in self.notices if held.until is not None), default=None)
        since = over + timedelta(days=1) if over is not None else None
        own = Notice(version=self.notice_version, methods=self.methods, basis=self.basis, since=since)
        return next((held for held in (own, *self.notices) if held.version == version), None)

    def unreviewed(self, day: date) -> bool:
        """Whether the item is exempt and the date by which its exemption was to be reviewed has passed.

        The exemption stands meanwhile: it was made by an authority, and no rule here takes it back. Whether it may go on is a question
        for whoever reviews the catalogue (the plan: problems are reported to the justice bureau).
        """
        return self.exempt and self.exempt_review_by is not None and self.exempt_review_by < day

    def fact(self, code: str) -> Fact:
        """A fact of this item. Raises Invalid naming the facts there are."""
        for fact in self.facts:
            if fact.code == code:
                return fact
        raise Invalid("fact_unknown", item=self.code, fact=code, field="claims.fact", **among(code, (f.code for f in self.facts)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRow:
    """Item profile × credit level → ordered ways. `stratum` names the sampling rows the case is drawn under, None for no draw.

    `insured`: only for items that are insured, or only for those that are not; None: for both.
    """

    row: str
    profile: Profile
    levels: frozenset[str]
    methods: tuple[Method, ...]
    before_decision: bool
    visit_all: bool
    stratum: str | None
    basis: str
    insured: bool | None = None

    def fits(self, item: Item) -> bool:
        """Whether the row is about such an item."""
        return self.profile is item.profile and self.insured in (None, item.insured)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """A term with its basis."""

    row: str
    timer: Timer
    term: Term
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """What an outcome leads to: proposals for a named officer and the grade of the credit entry (None: no entry).

    `undecided` is proposed instead of `proposals` while the matter is not concluded (办结): what is not decided yet can be terminated,
    and neither rectified nor revoked (handbook 2.7). None: both stages are the same; likewise `undecided_grade` and `grade`.
    """

    row: str
    outcome: Outcome
    proposals: tuple[Proposal, ...]
    grade: str | None
    basis: str
    undecided: tuple[Proposal, ...] | None = None
    undecided_grade: str | None = None

    def graded(self, *, concluded: bool) -> str | None:
        """The grade at a stage of the matter."""
        return self.grade if concluded or self.undecided_grade is None else self.undecided_grade

    @property
    def stages(self) -> tuple[tuple[Proposal, ...], tuple[Proposal, ...]]:
        """What is proposed before the matter is concluded, and what afterwards."""
        return (self.proposals if self.undecided is None else self.undecided), self.proposals


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """A credit level. `unrated` is the one used where nothing valid is known; no level bars the commitment route."""

    code: str
    name: str
    unrated: bool
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A pack, whole. `digest` is the SHA-256 of the file's bytes, so that "which law" has one answer years later.

    `statutes` are the codes of those sources that are laws or regulations: nothing else opens an excluded category.
    `heavier` are the articles, as `S8:22`, that the pack says permit heavier checks of those who committed.
    `founding` are the sources that it carries out, clause by clause, each with the list of its duties that it was held against.
    `extends` is the label of the pack that it was built on, whose digest is then part of its own; empty for none.
    `parts` are the strategy rows of items that are drawn apart (`minimums`), by item and level, with the stratum of their own.
    `approval` is None while nobody has approved it: such a pack is in force all the same, and whoever reads is told.
    """

    id: str
    version: str
    title: str
    effective_from: date
    effective_to: date | None
    approval: Approval | None = None
    sources: Mapping[str, str]
    statutes: frozenset[str] = frozenset()
    heavier: frozenset[str] = frozenset()
    founding: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[LevelRow, ...]
    scale: Scale = field(default_factory=Scale)
    stale_after: Term
    stale_basis: str = ""
    items: Mapping[str, Item]
    strategies: tuple[StrategyRow, ...]
    samplings: tuple[SamplingRow, ...]
    bounds: Bounds
    limits: Limits
    minimums: tuple[MinimumRow, ...] = ()
    terms: Mapping[Timer, TermRow]
    outcomes: Mapping[Outcome, OutcomeRow]
    grounds: Mapping[str, str]
    rules: Mapping[Rule, RuleRow]
    follows: Mapping[Follow, FollowRow]
    clauses: tuple[ClauseRow, ...] = ()
    suspensions: tuple[SuspensionRow, ...] = ()
    transitions: tuple[TransitionRow, ...] = ()
    extensions: tuple[ExtensionRow, ...] = ()
    quiets: tuple[QuietRow, ...] = ()
    acts: tuple[ActRow, ...] = ()
    retentions: tuple[RetentionRow, ...] = ()
    sheet: tuple[CodeRow, ...] = ()
    seeking: SeekingRow = SHIPPED
    consequences: Mapping[Proposal, ConsequenceRow] = field(default_factory=dict)
    credit: CreditLaw = field(default_factory=CreditLaw)
    services: tuple[ServiceRow, ...] = ()
    remedies: tuple[RemedyRow, ...] = ()
    reapplies: tuple[ReapplyRow, ...] = ()
    gradings: tuple[GradingRow, ...] = ()
    draw: DrawRow
    publish: PublishRow
    report: ReportRow
    digest: str
    extends: str = ""
    second_look: SecondLookRow | None = None
    equality: EqualityRow | None = None
    disclosure: DisclosureRow | None = None
    _rows: Mapping[tuple[Profile, bool, str], StrategyRow] = field(init=False, repr=False, compare=False)
    parts: Mapping[tuple[str, str], StrategyRow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows = {
            (row.profile, insured, level): row
            for row in self.strategies
            for insured in (False, True)
            if row.insured in (None, insured)
            for level in row.levels
        }
        object.__setattr__(self, "_rows", rows)
        pools = {f"{POOL}{level.code}" for level in self.levels}
        parts = {
            (item.code, level.code): replace(row, stratum=parted(row.stratum, item.code))
            for item in self.items.values()
            for level in self.levels
            if any(one.about(item.code, level.code) for one in self.minimums) and not item.exempt
            if (row := rows.get((item.profile, item.insured, level.code))) is not None
            if row.stratum is not None and row.stratum not in pools
        }
        object.__setattr__(self, "parts", parts)

    @property
    def label(self) -> str:
        """`id@version`, as decisions store it."""
        return f"{self.id}@{self.version}"

    def approved(self, day: date) -> bool:
        """Whether somebody had approved it by a day."""
        return self.approval is not None and self.approval.on <= day

    @property
    def unrated(self) -> str:
        """The level for "nothing valid is known" (handbook 2.1: `U`, never A and never D)."""
        return next(level.code for level in self.levels if level.unrated)

    def level(self, stated: str) -> tuple[str, CombineRow | None] | None:
        """The level that is stated, and the row that made it of several ratings; None for what is off the scale."""
        if any(level.code == stated for level in self.levels):
            return stated, None
        row = self.scale.combined(stated)
        return (row.level, row) if row is not None else None

    def in_force(self, day: date) -> bool:
        """Whether the pack has effect on that day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def item(self, code: str) -> Item:
        """An item by code. Raises Invalid: `item_unknown` naming those there are, `items_none` for a pack of daily supervision alone."""
        found = self.items.get(code)
        if found is None:
            why = "item_unknown" if self.items else "items_none"
            raise Invalid(why, item=code, pack=self.label, field="item", **among(code, self.items))
        return found

    def strategy(self, item: Item, level: str) -> StrategyRow:
        """The one row for an item and a level; the loader has proven that exactly one applies.

        Its stratum is the item's own part of it where a minimum is owed of the item (`minimums`).
        """
        return self.parts.get((item.code, level)) or self.whole(item, level)

    def whole(self, item: Item, level: str) -> StrategyRow:
        """The same row as the pack writes it, whatever is owed of the item."""
        return self._rows[item.profile, item.insured, level]

    def sampling(self, stratum: str) -> SamplingRow:
        """The sampling row of a stratum."""
        return next(row for row in self.samplings if row.stratum == stratum)

    def basis(self, rule: Rule) -> str:
        """The articles that a decision rests on; the loader has proven that each is named."""
        return self.rules[rule].basis

    def suspension(self, reason: Reason) -> SuspensionRow | None:
        """The row of a reason for which the clock may stand still; None where the pack does not list it."""
        return next((row for row in self.suspensions if row.reason is reason), None)

    def extension(self, unit: Unit) -> ExtensionRow | None:
        """The row by which a term of a unit may be lengthened; None where it may not."""
        return next((row for row in self.extensions if row.term.unit is unit), None)

    def term(self, timer: Timer) -> TermRow:
        """The term of a timer; the loader has proven that each is there."""
        return self.terms[timer]
