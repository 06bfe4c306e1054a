"""What a flow may use: the store, the packs, the calendar, the connectors, the agency tree and the two clocks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from inspector import visitkeys
from inspector.accounts import Role, plays
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.manners import Manners
from inspector.domain.policy import Policy
from inspector.domain.push import Pushing
from inspector.domain.ruling import Ruling, ruling
from inspector.domain.signs import among
from inspector.domain.statement import Rules
from inspector.domain.transition import Scope
from inspector.flows.drift import Watch
from inspector.labels import Lang
from inspector.policybook import Policybook
from inspector.ports import Agency, ApprovingSystem, Channel, CreditPlatform, SeedSource, Source, Witness
from inspector.signin import Entrance
from inspector.store.sorting import RUN
from inspector.store.store import Store
from inspector.visitkeys import VisitKeys


def agency_unknown(name: str, known: Iterable[str]) -> Invalid:
    """That there is no agency of this name among those that may be named, with the nearest."""
    return Invalid("agency_unknown", agency=name, field="agency", **among(name, sorted(known)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectors:
    """Every configured connector, by port and name. `approving` is keyed by the sending system's name."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    agencies: Mapping[str, Agency] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    credit: Mapping[str, CreditPlatform] = field(default_factory=dict)
    approving: Mapping[str, ApprovingSystem] = field(default_factory=dict)
    seeds: Mapping[str, SeedSource] = field(default_factory=dict)
    witnesses: Mapping[str, Witness] = field(default_factory=dict)

    def ports(self) -> dict[str, Mapping[str, object]]:
        """The connectors of each port, by the port's name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def names(self) -> tuple[str, ...]:
        """Every lane there is."""
        return tuple(sorted({name for port in self.ports().values() for name in port}))

    def owner(self, lane: str) -> str:
        """Who stands behind a lane, by its card; the lane itself where nobody is named."""
        made = next((port[lane] for port in self.ports().values() if lane in port), None)
        return getattr(getattr(made, "card", None), "owner", "") or lane

    def __contains__(self, lane: object) -> bool:
        """Whether there is a connector of this lane."""
        return any(lane in port for port in self.ports().values())


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyNode:
    """An agency of the tree: the one above it, its pack, the connector letters to it go through, and what its people are pushed in.

    `former`: connectors by which letters to it went before: the requests and the packs that still name one are about it. `powers`: the
    facts that it is competent for, each with the article that says so; none: nobody has listed them (`domain.competence`).
    `digest`: the hour of a working day when its letters go together; None: each at once. `subjects`: the push channel that reaches those
    whose cases are its own or those of agencies below it; `subjects_by_…` those that
    take a telephone number or an address. `liaison`, `head`: how these are reached, where not by `connector`
    (`domain.contact`). `heads`: by which names its heads sign; `reviewers`: those who say its legal reviews.
    `telephone`, `address`: where a subject turns to, of those whose cases are its own or of agencies below it that name none.
    `visit_…`: the files of the keys of its visit codes (`inspector.visitkeys`), and the hours of a code's day.
    `notice_confirmed`: who has held the prohibitions on the notice of a check against the document, and when.
    """

    id: str
    name: str
    parent: str | None = None
    pack: str | None = None
    connector: str | None = None
    former: tuple[str, ...] = ()
    powers: Mapping[str, str] = field(default_factory=dict)
    language: Lang = "zh-Hans"
    digest: time | None = None
    subjects: str | None = None
    subjects_by_phone: str | None = None
    subjects_by_email: str | None = None
    liaison: str | None = None
    head: str | None = None
    heads: tuple[str, ...] = ()
    telephone: str = ""
    address: str = ""
    reviewers: tuple[str, ...] = ()
    visit_key_file: Path | None = None
    visit_keys_before_file: Path | None = None
    visit_from: time = time(8, 0)
    visit_until: time = time(20, 0)
    notice_confirmed: str = ""

    @property
    def connectors(self) -> tuple[str, ...]:
        """By which letters to it go, and went before: the present one first."""
        return tuple(dict.fromkeys(filter(None, (self.connector, *self.former))))


class Place(Protocol):
    """What an explanation asks of an office: its clock and calendar, and what its agencies are called."""

    @property
    def calendar(self) -> WorkingCalendar:
        """The working calendar."""
        ...

    @property
    def tree(self) -> Mapping[str, AgencyNode]:
        """The agencies."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A draw plan (抽查计划): whose, when (a trigger text), what its frame holds, and which `partners` take part.

    With `lists` "shared" they join each of its visits; with "own" each agency has a list with objects and rules of its own, and
    goes where it has drawn. `of` "results": its frame holds the agency's results that found nothing, for second looks.
    """

    name: str
    agency: str
    trigger: str
    pool: bool = False
    partners: tuple[str, ...] = ()
    lists: Literal["shared", "own"] = "shared"
    of: Literal["objects", "results"] = "objects"

    @property
    def own(self) -> bool:
        """Whether each agency's list has rules of its own."""
        return self.lists == "own"

    @property
    def framed(self) -> tuple[str, ...]:
        """Whose cases and registers are in the frames."""
        return () if self.of == "results" else self.turns if self.own else (self.agency,)

    @property
    def turns(self) -> tuple[str, ...]:
        """The agencies whose caps, quotas and officers its draws go by, in the order in which turns are taken."""
        return tuple(sorted({self.agency, *self.partners}))


_SHORTEST = timedelta(seconds=2)
"""No look comes sooner after another, however fast office time runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The bundle. `now` is office time in the office's zone; machine time is the database's affair."""

    store: Store
    book: Policybook
    calendar: WorkingCalendar
    connectors: Connectors
    tree: Mapping[str, AgencyNode]
    plans: Mapping[str, Plan]
    secret: bytes
    base_url: str
    now: Callable[[], datetime]
    waited: Callable[[datetime, datetime], timedelta] = lambda since, until: until - since
    """Machine time between two moments of office time: by it lateness is judged, or a skipped weekend would look like an outage."""
    tickets_from: int = 100_000
    """From so many objects on PostgreSQL computes a draw's tickets."""
    watch: Watch = field(default_factory=Watch)
    """What sources' answers look like."""
    accounts: Rules = field(default_factory=Rules)
    """How our credit books are compared with a platform's."""
    copies: tuple[str, ...] = ()
    """The credit platforms that get a copy of each entry, beside the first that takes entries."""
    manners: Mapping[str, Manners] = field(default_factory=dict)
    """How often and when a connector may be asked, by its lane."""
    shadow: bool = False
    """Whether it runs beside today's practice: nothing leaves the house, and what is drawn binds nobody."""
    link_days: int = 30
    """So many days after its request has ended an agency's link still shows it."""
    pushing: Pushing = field(default_factory=Pushing)
    """How inspectors are pushed: quiet hours, and when the next way is taken."""
    keys: VisitKeys = visitkeys.NONE
    """What signs visit codes, and what they are believed by."""
    held: int = RUN
    """So many bytes of a frame are held while it is announced; more are sorted by way of the disk."""
    again: int = 50_000
    """So many of the ledger's older entries are looked at once more by each daily look, in their turn."""

    entrance: Entrance = field(default_factory=Entrance)
    """By which ways people sign in to the pages."""

    def earnest(self) -> None:
        """Raise Refusal (`shadow_silent`) where the house runs in shadow: what is decided there is told to nobody outside."""
        if self.shadow:
            raise Refusal("shadow_silent")

    def overdue(self, schedule: Mapping[str, Any], now: datetime) -> timedelta | None:
        """Since when the next slot of a row of the schedule table has been due; None while it lies ahead, or there is none."""
        next_at = schedule["next_at"]
        return self.waited(next_at, now) if next_at is not None and next_at <= now else None

    def after(self, wait: timedelta) -> float:
        """Machine seconds in which so much office time passes: by what waits for a person, a letter or a date and looks again then."""
        now = self.now()
        return max(self.waited(now, now + wait), _SHORTEST).total_seconds()

    def lag(self, schedule: Mapping[str, Any]) -> timedelta:
        """How late the last slot of a row of the schedule table was taken; nothing before the first."""
        last = schedule["last_at"]
        return self.waited(last - timedelta(seconds=schedule["lag_seconds"] or 0), last) if last is not None else timedelta()

    def agency(self, agency_id: str) -> AgencyNode:
        """An agency of the tree. Raises Invalid."""
        node = self.tree.get(agency_id)
        if node is None:
            raise agency_unknown(agency_id, self.tree)
        return node

    @property
    def house(self) -> str:
        """The agency that hears what concerns all of them alike: the first of the tree that has none above it."""
        return next((node.id for node in self.tree.values() if node.parent is None), "")

    def within(self, root: str) -> tuple[str, ...]:
        """An agency and everything below it: what a token of that agency may see."""
        return tuple(sorted(agency_id for agency_id in self.tree if root in self.line(agency_id)))

    def line(self, agency_id: str) -> tuple[str, ...]:
        """An agency and those above it, nearest first."""
        return line_of(self.tree, agency_id)

    def parents(self) -> dict[str, str | None]:
        """The tree as child to parent."""
        return {node.id: node.parent for node in self.tree.values()}

    def reaching(self, agency_id: str) -> str:
        """The push channel that reaches subjects by their code: an agency's own or the nearest one above it; empty where there is none."""
        return next((node.subjects for one in self.line(agency_id) if (node := self.tree[one]).subjects), "") or ""

    def serving(self, agency_id: str, way: str) -> str:
        """The push channel of a way to subjects (`ServiceWay`), an agency's own or the nearest one above it; empty where there is none."""
        name = {"APP": "subjects", "PHONE": "subjects_by_phone", "EMAIL": "subjects_by_email"}[way]
        return next((told for one in self.line(agency_id) if (told := getattr(self.tree[one], name))), "") or ""

    def turned_to(self, agency_id: str) -> AgencyNode | None:
        """To whom a subject of an agency turns: to it, or to the nearest above it that names a telephone or an address."""
        return next((node for one in self.line(agency_id) if (node := self.tree[one]).telephone or node.address), None)

    def policy(self, agency_id: str, day: date) -> Policy:
        """The pack in force for an agency on a day: its own or the nearest one above it."""
        pack = pack_of(self.tree, agency_id)
        if pack is None:
            raise Missing("pack_missing", agency=agency_id)
        return self.book.in_force(pack, day)

    def ruling(self, agency_id: str, label: str, scope: Scope, now: datetime) -> Ruling:
        """What rules a step of a case that was taken in under a pack: that one, or today's where this says so (`transition`)."""
        kept = self.book.get(label)
        try:
            current = self.policy(agency_id, now.date())
        except Missing:  # no version is in force today: what was taken in goes on by its own
            current = kept
        return ruling(kept, current, scope)

    @property
    def scale(self) -> tuple[str, ...]:
        """Every credit level that the packs of this office know; what else lies in the folder of packs says nothing here."""
        return self.book.scale(self._packs)

    def rates(self, stated: str) -> bool:
        """Whether a stated credit level is on the scale of a pack of this office."""
        return self.book.knows(self._packs, stated)

    @property
    def _packs(self) -> frozenset[str]:
        return frozenset(node.pack for node in self.tree.values() if node.pack is not None)

    def link_token(self, purpose: str, about: str, edition: int = 0) -> str:
        """The secret part of a capability link: 192 bits of HMAC-SHA256 over purpose and thing. Derived, so that it lies nowhere.

        Whoever holds the link may answer for this one thing. `edition`: how often it was called back; each has another secret.
        """
        told = f"{purpose}/{about}#{edition}" if edition else f"{purpose}/{about}"
        mac = hmac.new(self.secret, told.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac[:24]).decode()

    def lane_of(self, kind: OrderKind, sender: str) -> str:
        """The lane of an order whose connector follows from the configuration."""
        if kind is OrderKind.TELL:
            return sender if sender in self.connectors.approving else ""
        if kind in (OrderKind.RATE, OrderKind.CREDIT):
            role = Role.LEVELS if kind is OrderKind.RATE else Role.ENTRIES
            return next((name for name, one in self.connectors.credit.items() if plays(one, role)), "")
        return ""


def behind(tree: Mapping[str, AgencyNode], connector: str) -> AgencyNode | None:
    """The agency that letters by a connector are for: each leads to one, or has (`agencytree.flaws`). None: to none of the tree."""
    return next((node for node in tree.values() if connector in node.connectors), None)


def present(tree: Mapping[str, AgencyNode], connector: str) -> str:
    """The connector by which the agency behind one is reached now: it counts once, however often it has moved; else this one."""
    held = behind(tree, connector)
    return held.connectors[0] if held is not None else connector


def names_of(tree: Mapping[str, AgencyNode]) -> dict[str, str]:
    """What agencies are called, by each connector that leads to them, or has."""
    return {via: node.name for node in tree.values() for via in node.connectors}


def apart(tree: Mapping[str, AgencyNode], node: AgencyNode) -> str:
    """What an agency is called where others are by the same name: with whoever is above it, the nearest first, as far as it has one."""
    if sum(one.name == node.name for one in tree.values()) < 2:
        return node.name
    above = tree.get(node.parent or "")
    return f"{node.name}（{above.name}）" if above is not None else node.name


def line_of(tree: Mapping[str, AgencyNode], agency_id: str) -> tuple[str, ...]:
    """An agency and those above it, nearest first; a ring is walked once."""
    line: list[str] = []
    here: str | None = agency_id
    while here and here in tree and here not in line:
        line.append(here)
        here = tree[here].parent
    return tuple(line)


def pack_of(tree: Mapping[str, AgencyNode], agency_id: str) -> str | None:
    """The id of the pack that holds for an agency: its own or the nearest one above it; None when there is none."""
    return next((pack for above in line_of(tree, agency_id) if (pack := tree[above].pack) is not None), None)
