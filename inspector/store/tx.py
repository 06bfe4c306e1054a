"""A transaction and its rooms: one small class for each noun, all on one connection."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy.engine import Connection

from inspector.store import chance
from inspector.store.admissions import AdmissionRoom
from inspector.store.ahead import AheadRoom
from inspector.store.annual import AnnualRoom
from inspector.store.assistance import AssistanceRoom
from inspector.store.attention import AttentionRoom
from inspector.store.books import BookRoom
from inspector.store.calendars import CalendarRoom
from inspector.store.cases import CaseRoom
from inspector.store.catalogue import CatalogueRoom
from inspector.store.challenges import ChallengeRoom
from inspector.store.consequences import ConsequenceRoom
from inspector.store.credit import CreditRoom
from inspector.store.deputies import DeputyRoom
from inspector.store.digests import DigestRoom
from inspector.store.docket import DocketRoom
from inspector.store.doorways import DoorwayRoom
from inspector.store.draws import DrawRoom
from inspector.store.drift import DriftRoom
from inspector.store.entryscans import EntryScanRoom
from inspector.store.events import EventRoom
from inspector.store.fieldnotes import FieldNoteRoom
from inspector.store.inbox import InboxRoom
from inspector.store.inquiries import InquiryRoom
from inspector.store.inspections import InspectionRoom
from inspector.store.lanes import LaneRoom
from inspector.store.ledger import LedgerRoom
from inspector.store.machine import MachineClock
from inspector.store.manners import MannerRoom
from inspector.store.mark import READ, WITH_TIME, Mark
from inspector.store.materials import MaterialRoom
from inspector.store.office import OfficeRoom
from inspector.store.packs import PackRoom
from inspector.store.past import PastRoom
from inspector.store.pledges import PledgeRoom
from inspector.store.publications import PublicationRoom
from inspector.store.purging import PurgeRoom
from inspector.store.pushes import PushRoom
from inspector.store.records import RecordRoom
from inspector.store.register import RegisterRoom
from inspector.store.replicas import ReplicaRoom
from inspector.store.replylinks import ReplyLinkRoom
from inspector.store.retries import RetryRoom
from inspector.store.room import Batch
from inspector.store.rosters import RosterRoom
from inspector.store.savepoint import savepoint
from inspector.store.schedules import ScheduleRoom
from inspector.store.secondlooks import SecondLookRoom
from inspector.store.selfproofs import SelfProofRoom
from inspector.store.servings import ServingRoom
from inspector.store.sessions import SessionRoom
from inspector.store.tips import TipRoom
from inspector.store.tokens import TokenRoom
from inspector.store.tree import TreeRoom
from inspector.store.viewings import ViewingRoom
from inspector.store.visits import VisitRoom
from inspector.store.work import WorkRoom

new_id = chance.new_id


class Tx:
    """One transaction. Rooms are made when first used."""

    def __init__(self, connection: Connection, clock: MachineClock, mark: Mark, *, writes: bool = True) -> None:
        self._clock = clock
        self._mark = mark
        self._batch = Batch(connection, writes=writes)
        self.sqlite = connection.dialect.name == "sqlite"
        self.committed: list[Callable[[], None]] = []
        """What to call once the commit is durable, in the thread that committed; never after a rollback."""

    @property
    def connection(self) -> Connection:
        """The connection, with all collected rows written down."""
        return self._batch.connection

    def apart(self, connection: Connection) -> Tx:
        """A reading with a memory of its own, by a connection that stands for ours."""
        return Tx(connection, self._clock, self._mark, writes=False)

    def write(self) -> None:
        """Write down the rows collected so far; the store does it before each commit."""
        self._batch.write()

    def soon(self, what: Hashable, of: str, do: Callable[[list[str]], object]) -> None:
        """Have something done for all at once for whom it is asked, with the next statement; each caller means the same by `what`."""
        self._batch.at_first(what, of, do)

    def machine_now(self) -> datetime:
        """Machine time: the database's clock where it has one that all replicas share (engine.md 5.2), else the process's.

        With it comes the mark. Raises Away (`database_of_another_release`) in a transaction that writes, where that is not ours.
        """
        if self.sqlite:
            self.look()
            return self._clock.now()
        now, found = self.connection.execute(WITH_TIME).one()
        self._clock.told(now)
        self._marked(found)
        told: datetime = now.astimezone(UTC)
        return told

    def look(self) -> None:
        """Look at the database's mark; raises as `machine_now` does."""
        self._marked(self._batch.direct.execute(READ).scalar_one_or_none())

    def _marked(self, found: str | None) -> None:
        self._mark.told(found)
        if self._batch.writes:
            self._mark.refuse()

    @cached_property
    def asked_at(self) -> datetime:
        """Machine time when this transaction first asked for it here: one for all that it settles together."""
        return self.machine_now()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that can fail alone, so that one stale fence rolls back one settlement."""
        told = len(self.committed)
        with savepoint(self.connection, "part"):
            try:
                yield
                self._batch.write()
            except BaseException:
                self._batch.drop()
                del self.committed[told:]
                raise

    @cached_property
    def work(self) -> WorkRoom:
        """The room of work."""
        return WorkRoom(self._batch)

    @cached_property
    def ahead(self) -> AheadRoom:
        """The room of what is asked for many cases at once."""
        return AheadRoom(self._batch)

    @cached_property
    def cases(self) -> CaseRoom:
        """The room of cases."""
        return CaseRoom(self._batch)

    @cached_property
    def docket(self) -> DocketRoom:
        """The room of decisions that are due."""
        return DocketRoom(self._batch)

    @cached_property
    def assistance(self) -> AssistanceRoom:
        """The room of assistance."""
        return AssistanceRoom(self._batch)

    @cached_property
    def digests(self) -> DigestRoom:
        """The room of letters that wait for a digest."""
        return DigestRoom(self._batch)

    @cached_property
    def doorways(self) -> DoorwayRoom:
        """The room of doorways."""
        return DoorwayRoom(self._batch)

    @cached_property
    def replylinks(self) -> ReplyLinkRoom:
        """The room of links that were called back."""
        return ReplyLinkRoom(self._batch)

    @cached_property
    def selfproofs(self) -> SelfProofRoom:
        """The room of self-proofs."""
        return SelfProofRoom(self._batch)

    @cached_property
    def consequences(self) -> ConsequenceRoom:
        """The room of consequences."""
        return ConsequenceRoom(self._batch)

    @cached_property
    def servings(self) -> ServingRoom:
        """The room of notices to subjects."""
        return ServingRoom(self._batch)

    @cached_property
    def tips(self) -> TipRoom:
        """The room of what others tell of subjects."""
        return TipRoom(self._batch)

    @cached_property
    def materials(self) -> MaterialRoom:
        """The room of files that are kept."""
        return MaterialRoom(self._batch)

    @cached_property
    def records(self) -> RecordRoom:
        """The room of credit records."""
        return RecordRoom(self._batch)

    @cached_property
    def fieldnotes(self) -> FieldNoteRoom:
        """The room of what comes from the spot."""
        return FieldNoteRoom(self._batch)

    @cached_property
    def entryscans(self) -> EntryScanRoom:
        """The room of readings of visit codes."""
        return EntryScanRoom(self._batch)

    @cached_property
    def annual(self) -> AnnualRoom:
        """The room of annual plans."""
        return AnnualRoom(self._batch)

    @cached_property
    def catalogue(self) -> CatalogueRoom:
        """The room of the catalogue of items."""
        return CatalogueRoom(self._batch)

    @cached_property
    def draws(self) -> DrawRoom:
        """The room of draws."""
        return DrawRoom(self._batch)

    @cached_property
    def register(self) -> RegisterRoom:
        """The room of the register of draws and voids."""
        return RegisterRoom(self._batch)

    @cached_property
    def secondlooks(self) -> SecondLookRoom:
        """Results that can be looked at again, and the looks."""
        return SecondLookRoom(self._batch)

    @cached_property
    def visits(self) -> VisitRoom:
        """The room of visits."""
        return VisitRoom(self._batch)

    @cached_property
    def challenges(self) -> ChallengeRoom:
        """The room of applications for recusal."""
        return ChallengeRoom(self._batch)

    @cached_property
    def rosters(self) -> RosterRoom:
        """The room of rosters."""
        return RosterRoom(self._batch)

    @cached_property
    def pushes(self) -> PushRoom:
        """The room of pushes."""
        return PushRoom(self._batch)

    @cached_property
    def purging(self) -> PurgeRoom:
        """The room of what goes at the end of its days."""
        return PurgeRoom(self._batch)

    @cached_property
    def inquiries(self) -> InquiryRoom:
        """The room of inquiries."""
        return InquiryRoom(self._batch)

    @cached_property
    def viewings(self) -> ViewingRoom:
        """The room of viewings."""
        return ViewingRoom(self._batch)

    @cached_property
    def deputies(self) -> DeputyRoom:
        """The room of deputies."""
        return DeputyRoom(self._batch)

    @cached_property
    def inspections(self) -> InspectionRoom:
        """The room of inspections."""
        return InspectionRoom(self._batch)

    @cached_property
    def credit(self) -> CreditRoom:
        """The room of credit."""
        return CreditRoom(self._batch)

    @cached_property
    def books(self) -> BookRoom:
        """The room of the credit books."""
        return BookRoom(self._batch)

    @cached_property
    def events(self) -> EventRoom:
        """The room of events."""
        return EventRoom(self._batch)

    @cached_property
    def ledger(self) -> LedgerRoom:
        """The room of ledger."""
        return LedgerRoom(self._batch)

    @cached_property
    def inbox(self) -> InboxRoom:
        """The room of inbox."""
        return InboxRoom(self._batch)

    @cached_property
    def lanes(self) -> LaneRoom:
        """The room of lanes."""
        return LaneRoom(self._batch)

    @cached_property
    def manners(self) -> MannerRoom:
        """The room of manners."""
        return MannerRoom(self._batch)

    @cached_property
    def retries(self) -> RetryRoom:
        """The room of tries that may still be made."""
        return RetryRoom(self._batch)

    @cached_property
    def drift(self) -> DriftRoom:
        """The room of what answers look like."""
        return DriftRoom(self._batch)

    @cached_property
    def schedules(self) -> ScheduleRoom:
        """The room of schedules."""
        return ScheduleRoom(self._batch)

    @cached_property
    def attention(self) -> AttentionRoom:
        """The room of attention."""
        return AttentionRoom(self._batch)

    @cached_property
    def admissions(self) -> AdmissionRoom:
        """The room of admissions."""
        return AdmissionRoom(self._batch)

    @cached_property
    def sessions(self) -> SessionRoom:
        """The room of sessions."""
        return SessionRoom(self._batch)

    @cached_property
    def tree(self) -> TreeRoom:
        """The room of the tree over the ledger."""
        return TreeRoom(self._batch)

    @cached_property
    def pledges(self) -> PledgeRoom:
        """The room of commitment letters that are public."""
        return PledgeRoom(self._batch)

    @cached_property
    def publications(self) -> PublicationRoom:
        """The room of duties to publish."""
        return PublicationRoom(self._batch)

    @cached_property
    def tokens(self) -> TokenRoom:
        """The room of tokens."""
        return TokenRoom(self._batch)

    @cached_property
    def office(self) -> OfficeRoom:
        """The room of office."""
        return OfficeRoom(self._batch)

    @cached_property
    def packs(self) -> PackRoom:
        """The room of packs."""
        return PackRoom(self._batch)

    @cached_property
    def past(self) -> PastRoom:
        """The room of a period read again."""
        return PastRoom(self._batch)

    @cached_property
    def calendars(self) -> CalendarRoom:
        """The room of calendar years."""
        return CalendarRoom(self._batch)

    @cached_property
    def replicas(self) -> ReplicaRoom:
        """The room of replicas."""
        return ReplicaRoom(self._batch)
