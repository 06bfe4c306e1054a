"""People who are planted for the hunt, the house they come to, and outside parties that fail now and then and say whom it was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from connectors.seeds import ceremony
from inspector.domain.calendar import Term, Unit
from inspector.domain.case import SubjectKind
from inspector.domain.identity import citizen_check_digit
from inspector.domain.publicity import Publicity
from inspector.domain.roster import InspectorRecord
from inspector.flows.office import Office, Plan
from inspector.ports import Answer, Card, Garbled, Message, PortError, Question, Receipt, Unavailable
from inspector.store.store import Store
from tests.house import TREE, Hand, Table, open_office
from tests.integration.test_draw_way import LOTTERY, Dice, Notary, Party
from tests.integration.test_hunt import _case as a_person_s_case
from tests.reached import Wire

ITEM, PREMISES = "relief-household", "dispatch-premises"
"""An item whose letters are public, and one for which somebody goes and looks."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who was planted: whatever tells who it is stands in `marks`, and is nobody else's."""

    number: int

    @property
    def code(self) -> str:
        first = f"1101051949123{self.number:04d}"
        return first + citizen_check_digit(first)

    @property
    def name(self) -> str:
        return f"欧阳暗记{self.number:03d}"

    @property
    def phone(self) -> str:
        return f"1391234{self.number:04d}"

    @property
    def home(self) -> str:
        return f"暗记街{self.number:03d}号"

    def word(self, kind: str) -> str:
        """What was written of this person, and of nobody else, in one kind of paper."""
        return f"暗记{kind}{self.number:03d}"

    @property
    def scope(self) -> str:
        """How far the letter is public, in its own words; some say otherwise than their item."""
        return f"只许张贴 {self.word('张贴')} {self.home}" if self.number % 3 == 0 else "本机关网站"

    @property
    def marks(self) -> set[str]:
        return {self.code, self.name, self.phone, self.home, *map(self.word, WRITTEN)}

    @property
    def inner(self) -> set[str]:
        """What the house wrote of this person for itself, and no system outside reads."""
        return set(map(self.word, INNER))

    def sent(self) -> dict[str, object]:
        """What the approving system sends of somebody whose registers are asked."""
        claims = [{"key": name, "fact": name, "value": "1200", "on": "2026-02-27"} for name in ("household", "insured-income")]
        return self._sent(f"M-{self.number:06d}", claims)

    def visited(self) -> dict[str, object]:
        """What it sends of somebody whose premises are to be seen."""
        facts = {"registered-address": self.home, "office-in-use": "是"}
        claims = [{"key": name, "fact": name, "value": value, "on": "2026-02-27"} for name, value in facts.items()]
        return self._sent(f"V-{self.number:06d}", claims) | {"item": PREMISES, "matter": "LICENCE"}

    def _sent(self, reference: str, claims: list[dict[str, str]]) -> dict[str, object]:
        letter = {"text": f"{self.word('信')} {self.home}", "notice_version": "2025-01", "signed_by": self.name}
        return a_person_s_case(
            claims=claims,
            reference=reference,
            subject={"kind": "PERSON", "code": self.code, "name": self.name},
            contact={"phone": self.phone, "email": f"m{self.number}@example.test", "agreed": True},
            letter=letter | {"signed_on": "2026-03-01", "publicity_scope": self.scope},
        )


INNER = ("撤下", "处罚", "公开", "办结", "申辩", "推辞")
"""Kinds that stay in the house: why a result goes, a penalty's, why that is public, notes, defences, why an inspector does not go."""
WRITTEN = ("信", "所见", "备注", "裁量", "张贴", *INNER)
"""All kinds: a letter, what was seen, noted beside, reasoned, how far the letter is public, and those of the house."""


@dataclass(frozen=True, kw_only=True)
class Staff:
    """An inspector; the name is known in the house, and to nobody outside, and the telephone to nobody."""

    number: int

    @property
    def id(self) -> str:
        return f"Z{self.number:03d}"

    @property
    def name(self) -> str:
        return f"司马暗检{self.number:03d}"

    @property
    def phone(self) -> str:
        return f"1361111{self.number:04d}"

    @property
    def marks(self) -> set[str]:
        return {self.name, self.phone}

    def record(self) -> InspectorRecord:
        """The row of the roster."""
        return InspectorRecord(
            agency="bureau",
            id=self.id,
            name=self.name,
            pools=("bureau",),
            certificate=f"C{self.number}",
            certificate_until=date(2030, 1, 1),
            channel="phones",
            address=self.phone,
        )


@dataclass
class Weather(Table):
    """A source with a fault of the day, whose text repeats whom it was asked about, as a foreign library's may."""

    fault: str | None = None
    struck: set[str] = field(default_factory=set)

    def said(self, question: Question) -> Exception:
        """The fault."""
        told = {"GARBLED": Garbled("garbled", digest="0" * 64), "AWAY": Unavailable("unavailable", detail="no answer")}
        return told.get(str(self.fault)) or RuntimeError(f"no row for {question.subject_code}")

    def ask(self, question: Question, *, key: str) -> Answer:
        """Answer, or fail."""
        if self.fault is not None:
            self.struck.add(self.fault)
            raise self.said(question)
        return super().ask(question, key=key)


@dataclass
class Phones:
    """The inspectors' phones; one failure waits, where there is one, and says whose number it was."""

    fault: type[Exception] | None = None
    struck: set[str] = field(default_factory=set)
    pushed: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = Card(name="phones", port="channel", kind="table", owner="test", version="1")

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take it, or fail once."""
        if (fault := self.fault) is not None:
            self.fault = None
            self.struck.add(fault.__name__)
            raise Unavailable("unavailable", detail="no answer") if issubclass(fault, PortError) else fault(f"{message.to}!")
        self.pushed.append(message)
        return Receipt(reference="1", at=datetime.now(UTC))


@dataclass(kw_only=True)
class Outside:
    """Whom the house speaks with."""

    sms: Wire
    social: Weather
    phones: Phones
    notary: Notary


def house(store: Store, hand: Hand, staff: Mapping[str, Staff]) -> tuple[Office, Outside]:
    """An office whose packs show commitment letters, that visits natural persons, draws, and reaches its subjects by phone."""
    outside = Outside(sms=Wire(), social=Weather(name="social", default="吊销"), phones=Phones(), notary=Notary(clock=hand))
    office = open_office(
        store,
        hand,
        plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d")},
        sources={"registers": Table(default="="), "social": outside.social},
        channels={"sms": outside.sms, "phones": outside.phones},
        seeds={
            "dice": Dice(),
            "justice": Party("justice"),
            "audit": Party("audit"),
            "lottery": ceremony.connect("lottery", LOTTERY),
        },
        witnesses={"notary": outside.notary},
    )
    with store.begin() as tx:
        tx.rosters.put_inspectors([one.record() for one in staff.values()])
    wanted = Publicity(scope="本机关网站", term=Term(amount=1, unit=Unit.YEAR), basis="S0:5", site=True)
    changed = {ITEM: {"publicity": wanted}, PREMISES: {"subjects": frozenset(SubjectKind)}}
    packs = tuple(
        replace(pack, items={name: replace(one, **changed.get(name, {})) for name, one in pack.items.items()})  # type: ignore[arg-type]
        for pack in office.book.packs
    )
    tree = {**TREE, "bureau": replace(TREE["bureau"], subjects_by_phone="sms")}
    return replace(office, book=replace(office.book, packs=packs), tree=tree), outside
