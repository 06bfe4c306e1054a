"""The catalogue of items (证明事项目录): which items are open to commitment, and who stands for each.

An edition of an item is applied for with its basis, reviewed for its legality by another person (with the experts' meeting on record
where the item is technical), published, and filed with the authority above within the pack's term; the published one is adjusted by a
new edition through the same steps, or withdrawn with a reason (the plan, items 3 and 4; handbook 1.1.26). What is reviewed is content
with a digest, and what is published is what was reviewed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import Counting
from inspector.domain.canonical import fingerprint
from inspector.domain.errors import Refusal
from inspector.domain.policy import Excluded


class EntryState(StrEnum):
    """Where an edition stands."""

    APPLIED = "APPLIED"
    REVIEWED = "REVIEWED"
    PUBLISHED = "PUBLISHED"
    FILED = "FILED"
    REPLACED = "REPLACED"
    WITHDRAWN = "WITHDRAWN"


OPEN = frozenset({EntryState.APPLIED, EntryState.REVIEWED})
"""On the way to publication: one edition of an item at a time."""
PUBLIC = frozenset({EntryState.PUBLISHED, EntryState.FILED})
"""The edition that the public reads."""


class Standing(StrEnum):
    """What the catalogue says of an item. SILENT: no catalogue is kept here, so it says nothing of any item."""

    SILENT = "SILENT"
    PUBLISHED = "PUBLISHED"
    UNPUBLISHED = "UNPUBLISHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is applied for. `basis` are citations of `pack`, `sources` the titles behind them: a code may mean another document later.

    `excluded` are the categories of the fence that the item touches, `override_basis` the statute that opens them. `technical`: the
    legality review needs the record of an experts' meeting. `reason`: why the catalogue is adjusted, where an edition follows another.
    """

    agency: str
    item: str
    edition: int
    name: str
    basis: str
    sources: Mapping[str, str]
    pack: str
    excluded: tuple[Excluded, ...] = ()
    override_basis: str | None = None
    technical: bool = False
    reason: str = ""

    @property
    def code(self) -> str:
        """The item's code, as the fence asks for it."""
        return self.item

    @property
    def about(self) -> str:
        """What ledger entries about the item stand under."""
        return f"catalogue:{self.agency}:{self.item}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The experts' meeting (论证会): its day, how many experts, their names where they are kept, and where the minutes lie."""

    on: date
    experts: int
    minutes: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The legality review: by a named person of `bureau`, by which document, of which day."""

    at: datetime
    by: str
    on: date
    bureau: str
    document: str
    meeting: Meeting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Since when the edition is public, and where: channel, address, number."""

    at: datetime
    by: str
    on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """That a change which is public be filed (报送备案) by a date: by which row, and how the date was counted."""

    row: str
    basis: str
    due_at: datetime
    counted: Counting
    remind: int | None = None
    """So many working days before, a person is reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The proof of filing: the receipt's number or reference. `late`: after the day that was due; None where no term was."""

    at: datetime
    by: str
    on: date
    receipt: str
    late: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Why an edition holds no longer, since when, and by which document (empty where there is none)."""

    at: datetime
    by: str
    on: date
    reason: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One edition of an item. `digest` is SHA-256 over the content; `duty` is the filing that is asked for, `filed` its proof.

    The withdrawal of what was public is a change of the catalogue too, and is filed by a duty of its own.
    """

    content: Content
    digest: str
    state: EntryState
    applied_at: datetime
    applied_by: str
    applied_on: date
    review: Review | None = None
    publication: Publication | None = None
    duty: Duty | None = None
    filed: Filed | None = None
    withdrawal: Withdrawal | None = None

    @property
    def sound(self) -> bool:
        """Whether the content is what the digest was taken of."""
        return digest(self.content) == self.digest

    @property
    def unfiled(self) -> Duty | None:
        """The duty to file that waits for its proof; what came in its place has ended that of an edition."""
        return self.duty if self.filed is None and self.state is not EntryState.REPLACED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the catalogue says of an item, and the edition that says it."""

    standing: Standing
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A legality review as it is entered. `on` None: today; `digest` is the one read, or nothing."""

    by: str
    bureau: str
    document: str
    on: date | None = None
    meeting: Meeting | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A withdrawal as it is entered: by whom, why, by which document if any, since when (None: today)."""

    by: str
    reason: str
    document: str = ""
    on: date | None = None


def digest(content: Content) -> str:
    """64 hex over the canonical bytes."""
    return fingerprint(asdict(content))


def listing(editions: Sequence[Entry], *, kept: bool) -> Listing:
    """What an item's editions come to; `kept`: whether anything was ever published in this catalogue. The last public one decides."""
    if not kept:
        return Listing(standing=Standing.SILENT)
    told = max((one for one in editions if one.publication is not None), key=lambda one: one.content.edition, default=None)
    if told is None:
        return Listing(standing=Standing.UNPUBLISHED)
    return Listing(standing=Standing.PUBLISHED if told.state in PUBLIC else Standing.WITHDRAWN, entry=told)


def refuse_withdrawn(held: Listing) -> None:
    """Raise Refusal (`item_withdrawn`) naming the withdrawal, where the catalogue has given the item up."""
    if held.standing is Standing.WITHDRAWN and held.entry is not None and (gone := held.entry.withdrawal) is not None:
        told = held.entry.content
        facts = {"on": gone.on.isoformat(), "reason": gone.reason, "document": gone.document or "-"}
        raise Refusal("item_withdrawn", item=told.item, agency=told.agency, edition=told.edition, **facts)
