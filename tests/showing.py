"""A case whose register proves what it can, so that its subject is asked to show the rest; for tests of the flows and of the pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspector.domain.case import Case, Method
from inspector.domain.evidence import Verdict
from inspector.domain.selfproof import SelfProof
from inspector.flows import selfproof
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests import packs
from tests import selfproof as given
from tests.house import TREE, Hand, Table, application, open_office, post, settle

FACTS = {"registered-address": "示例路1号", "office-in-use": "是"}


def book(folder: Path) -> Policybook:
    """The demo pack by which it is asked, without a catalogue of dishonest acts."""
    packs.write(folder, given.pack(), pack="demo")
    held = Policybook.load(folder)
    return replace(held, packs=tuple(replace(one, acts=()) for one in held.packs))


@dataclass
class House:
    """A case whose register proves the address, so that only what is seen at the premises is left to ask."""

    office: Office
    hand: Hand
    case_id: str
    proof: str

    def get(self) -> SelfProof:
        with self.office.store.read() as tx:
            return tx.selfproofs.get(self.proof)

    def case(self) -> Case:
        with self.office.store.read() as tx:
            return tx.cases.get(self.case_id)

    def way(self) -> Method | None:
        """By which way what is seen at the premises is verified now."""
        step = self.case().file("office-in-use").step
        return step.method if step is not None else None

    def heard(self) -> list[tuple[Verdict, str]]:
        with self.office.store.read() as tx:
            return [(one.verdict, one.note) for one in tx.cases.evidence(self.case_id) if one.method is Method.DOCUMENT]

    def matters(self) -> set[str]:
        with self.office.store.read() as tx:
            return {kind for kind, count in tx.attention.counts() if count and kind.startswith("self_proof")}

    def path(self) -> str:
        with self.office.store.read() as tx:
            return f"/show/{self.proof}/{selfproof.token(self.office, tx, self.proof)}"

    def secret(self) -> str:
        return self.path().rpartition("/")[2]


def opened(store: Store, hand: Hand, book: Policybook, **ports: Any) -> House:
    subjects = {"bureau": replace(TREE["bureau"], subjects="app")} if "channels" in ports else {}
    office = open_office(store, hand, sources={"registers": Table(default="=")}, **ports)
    office = replace(office, book=book, tree={**TREE, **subjects})
    case_id = post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    with store.read() as tx:
        (proof,) = tx.selfproofs.of_case(case_id)
    return House(office=office, hand=hand, case_id=case_id, proof=proof.id)
