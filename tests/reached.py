"""A case with an officer's notice to its subject, and channels that carry links; for tests of the flows and of the pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from inspector.domain.agreed import Contact
from inspector.domain.case import Case
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.flows import giving, serving, unserved
from inspector.flows.office import Office
from inspector.ports import Card, Message, PortError, Receipt
from inspector.store.store import Store
from tests.house import TREE, Hand, Table, application, open_office, post, settle

PHONE, EMAIL = "13800000000", "subject@example.test"


@dataclass
class Wire:
    """A channel that takes what it is given, or fails."""

    name: str = "sms"
    error: PortError | None = None
    pushed: list[tuple[str, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="channel", kind="table", owner="test", version="1")

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take it."""
        if self.error is not None:
            raise self.error
        self.pushed.append((key, message))
        return Receipt(reference="1")


@dataclass
class House:
    """A case in which the register contradicts what was promised, so that an officer has something to say."""

    office: Office
    hand: Hand
    case_id: str
    sms: Wire

    def give(self, kind: NoticeKind = NoticeKind.PROPOSAL, **changes: object) -> SubjectNotice:
        made = SubjectNotice(
            id=f"n{kind.value.lower()}",
            kind=kind,
            case_id=self.case_id,
            agency="bureau",
            about=f"{self.case_id}-1",
            title="责令限期整改事先告知书",
            facts=("登记机关记载：吊销",),
            reasons="承诺的登记状态为存续，与登记不符",
            rights=("您有权陈述、申辩",),
            basis=("P:2.7",),
            answer_by=None,
            made_at=self.hand(),
        )
        with self.office.store.begin() as tx:
            return giving.give(self.office, tx, replace(made, **changes), self.hand())  # type: ignore[arg-type]

    def get(self, notice_id: str) -> SubjectNotice:
        with self.office.store.read() as tx:
            return tx.servings.get(notice_id)

    def case(self) -> Case:
        with self.office.store.read() as tx:
            return tx.cases.get(self.case_id)

    def path(self, notice_id: str) -> str:
        with self.office.store.read() as tx:
            return f"/subject/{notice_id}/{serving.token(self.office, tx, notice_id)}"

    def matters(self) -> set[str]:
        ours = {unserved.TO_SERVE, unserved.UNSERVED, "subject_spoke"}
        with self.office.store.read() as tx:
            return {kind for kind, count in tx.attention.counts() if count} & ours

    def told(self) -> list[tuple[str, str]]:
        """The events about notices, with their bodies."""
        with self.office.store.read() as tx:
            return [(row["type"], row["body"]) for row in tx.events.of_case(self.case_id) if row["type"].startswith("subject.")]


def opened(store: Store, hand: Hand, contact: Contact | None = None, **ports: Any) -> House:
    sms = Wire()
    office = open_office(store, hand, sources={"registers": Table(default="吊销")}, channels={"sms": sms}, **ports)
    tree = {**TREE, "bureau": replace(TREE["bureau"], subjects_by_phone="sms")}
    office = replace(office, tree=tree)
    case_id = post(office, replace(application(1, "business-licence", {"registration-status": "存续"}), contact=contact))
    settle(office)
    return House(office=office, hand=hand, case_id=case_id, sms=sms)


def proposed(office: Office, case_id: str, facts: str, reasons: str) -> str:
    """A notice that something is proposed against the subject of a case, as a proceeding gives it out. Its id."""
    made = SubjectNotice(
        id=f"n{case_id}",
        kind=NoticeKind.PROPOSAL,
        case_id=case_id,
        agency="bureau",
        about=case_id,
        title="告知书",
        facts=(facts,),
        reasons=reasons,
        rights=("申辩",),
        basis=("P:2.7",),
        answer_by=None,
        made_at=office.now(),
    )
    with office.store.begin() as tx:
        return giving.give(office, tx, made, office.now()).id
