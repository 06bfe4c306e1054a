"""A case whose officer has found against its subject, and the steps that follow, for tests of consequences."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from inspector.domain import hearing, proceeding
from inspector.domain.annulled import Annulled
from inspector.domain.bundle import Part
from inspector.domain.case import Outcome
from inspector.domain.consequence import (
    Agreement,
    Consequence,
    Look,
    Notice,
    Police,
    Signed,
    Sitting,
    StatementKind,
    Verdict,
)
from inspector.domain.evidence import Verdict as Found
from inspector.domain.objection import Objection
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.review import finding
from inspector.domain.wayto import ServiceWay
from inspector.flows import annulling, consequences, objections, proceedings, reached, rectifying, review, sittings, transfers
from inspector.flows.intake import Application
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.flows.shaken import setting
from inspector.store.store import Store
from inspector.store.tx import Tx, new_id
from tests import kept
from tests.house import ZONE, Hand, Table, application, open_office, post, settle

PARTS = {part: f"{part.value}-1" for part in Part}


@dataclass
class Proceeding:
    """An office with one decided case; each method is one step in a transaction of its own."""

    office: Office
    hand: Hand
    case: str

    def act(self, do: Callable[[Tx], Consequence]) -> Consequence:
        """Do something in one transaction."""
        with self.office.store.begin() as tx:
            return do(tx)

    def all(self) -> list[Consequence]:
        """The consequences of the case."""
        with self.office.store.read() as tx:
            return tx.consequences.of_case(self.case)

    def the(self, proposal: Proposal) -> Consequence:
        """The last one of a kind."""
        return [one for one in self.all() if one.proposal is proposal][-1]

    def by(self, name: str) -> Signed:
        """A signature of now, by a login of that person's own."""
        return Signed(by=name, token=f"t-{name}", at=self.hand())

    def propose(self, proposal: Proposal, name: str = "李四") -> Consequence:
        """Open one on the case's evidence."""
        with self.office.store.read() as tx:
            ids = tuple(piece.id for piece in tx.cases.evidence(self.case))
        given = Opening(proposal=proposal, by=name, evidence=ids, reasons="另有发现")
        return self.act(lambda tx: proceedings.propose(self.office, tx, self.case, given, self.by(name), self.hand()))

    def give(self, held: Consequence, rights: str = "陈述、申辩，可以要求听证") -> Consequence:
        """Give its notice."""
        penal = held.proposal is Proposal.PENALTY
        content, basis = ("罚款三万元", ("某条例第8条",)) if penal else ("", ())
        words: dict[str, Any] = {
            "facts": ("登记状态为吊销",),
            "reasons": "与承诺不符",
            "rights": (rights,),
            "basis": basis,
        }
        notice = Notice(given=self.by("李四"), content=content, **words)
        return self.act(lambda tx: proceedings.give(self.office, tx, held.id, notice, held.grading, self.hand()))

    def serve(self, held: Consequence) -> Consequence:
        """Enter that it was served now."""
        told = self.hand().date(), ServiceWay.IN_PERSON, "回证1", "李四", self.hand()
        return self.act(lambda tx: reached.noticed(self.office, tx, held.id, *told))

    def noticed(self, held: Consequence) -> Consequence:
        """Give, serve, and let the time for a statement pass."""
        self.serve(self.give(held))
        self.hand.on(days=11)
        return held

    def say(self, held: Consequence, kind: StatementKind, words: str = "我不同意") -> Consequence:
        """The subject speaks."""
        return self.act(lambda tx: consequences.state(self.office, tx, held.id, kind, words, (), "link", self.hand()))

    def turn(self, held: Consequence) -> int:
        """The turn of a consequence as it stands: what somebody has read who looks now."""
        with self.office.store.read() as tx:
            return tx.consequences.get(held.id).turn

    def rule(self, held: Consequence, name: str = "李四", **more: Any) -> Consequence:
        """An officer decides to impose what was read; an order to rectify, or an entry, is `brought` to its subject on the same day."""
        brought, turn = more.pop("brought", True), more.pop("turn", self.turn(held))
        if held.proposal is Proposal.PENALTY:
            more.setdefault("performance", "自收到本决定之日起十五日内缴至指定银行")
        verdict = Verdict(signed=self.by(name), reasons="事实清楚", **more)
        done = self.act(lambda tx: proceedings.rule(self.office, tx, held.id, verdict, self.hand(), turn=turn))
        return self.bring(done) if brought and (done.rectification is not None or done.entry) else done

    def bring(self, held: Consequence) -> Consequence:
        """The decision is served on paper today."""
        proof = ServiceWay.PAPER, "回证2", "李四"
        with self.office.store.begin() as tx:
            reached.served(self.office, tx, f"{held.id}:decision", self.hand().date(), *proof, self.hand())
        return self.the(held.proposal)

    def agree(self, held: Consequence, kind: Agreement, name: str, turn: int | None = None) -> Consequence:
        """Another person agrees to what was read."""
        told, turn = (held.id, kind, "同意", self.by(name), self.hand()), turn if turn is not None else self.turn(held)
        return self.act(lambda tx: proceedings.agree(self.office, tx, *told, turn=turn))

    def fix(self, held: Consequence, presides: str = "郑九", name: str = "李四", **more: Any) -> Sitting:
        """Say when and where the hearing is: in the morning of the first day on which it may be."""
        day = hearing.first_day(self.hand(), setting(self.office, held, self.hand()))
        told: dict[str, Any] = {"begins": datetime.combine(day, time(9), ZONE), "place": "区政务服务中心三楼听证室"} | more
        sure = told.pop("off_hours", False)
        sitting = Sitting(presides=presides, fixed=self.by(name), **told)
        done = self.act(lambda tx: sittings.fix(self.office, tx, held.id, sitting, self.hand(), off_hours=sure))
        assert done.hearing is not None
        return done.hearing.sittings[-1]

    def enter(self, held: Consequence, outcome: str, name: str = "李四", **more: Any) -> Consequence:
        """Enter what became of the hearing, today."""
        told: dict[str, Any] = {"on": self.hand().date(), "record": "笔录1"} | more
        came = sittings.Came(outcome=outcome, **told)
        return self.act(lambda tx: sittings.enter(self.office, tx, held.id, came, self.by(name), self.hand()))

    def hear(self, held: Consequence) -> Consequence:
        """Fix the hearing, hold it, and enter it."""
        self.hand.now = self.fix(held).begins + timedelta(hours=2)
        return self.enter(held, "held")

    def drop(self, held: Consequence, name: str = "李四") -> Consequence:
        """Let it go."""
        return self.act(lambda tx: proceedings.drop(self.office, tx, held.id, "情节轻微", self.by(name), self.hand()))

    def look(self, held: Consequence, *, good: bool, on: date | None = None, **more: Any) -> Consequence:
        """Enter a re-check."""
        told = {"documents": ("照片1",), "evidence": ()} | more
        seen = Look(signed=self.by("李四"), good=good, corrected_on=on, words="已看材料", **told)
        return self.act(lambda tx: rectifying.look(self.office, tx, held.id, seen, self.hand()))

    def impose(self, held: Consequence, **more: Any) -> Consequence:
        """All the way: notice, service, a waiver, the decision, and whoever the pack asks to agree."""
        self.serve(self.give(held))
        self.say(held, StatementKind.WAIVER, "我放弃陈述申辩")
        told = {"public_interest": "不损害公共利益", "law": "某条例第8条"} | more
        if held.proposal is Proposal.ORDER_RECTIFY:
            told.setdefault("until", self.hand().date() + timedelta(days=14))
        done = self.rule(held, **told)
        for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六")):
            if kind in proceeding.lacking(done, self.office.book.get(done.pack).consequences[done.proposal]):
                done = self.agree(held, kind, name)
        late = done.rectification is not None and done.rectification.served_on is None
        return self.bring(done) if late or (done.entry and more.get("brought", True)) else done

    def annul(self, held: Consequence, why: Annulled = Annulled.COURT, document: str = "（2026）行终1号") -> Consequence:
        """It stands no more."""
        by = "陈局长" if held.proposal is Proposal.TRANSFER_JUDICIAL else "钱七"
        return self.act(lambda tx: annulling.consequence(self.office, tx, held.id, why, document, by, self.hand()))

    def object(self, about: str, words: str = "不属实") -> Objection:
        """The subject objects to a consequence, or to an entry."""
        with self.office.store.begin() as tx:
            return objections.object(self.office, tx, about, words, (), "link", self.hand())

    def answer(self, objection: Objection, by: Signed, *, upheld: bool) -> Objection:
        """An officer decides an objection."""
        with self.office.store.begin() as tx:
            return objections.decide(self.office, tx, objection.id, by, "经核对", self.hand(), upheld=upheld)

    def objection(self, objection: Objection) -> Objection:
        """An objection as it stands."""
        with self.office.store.read() as tx:
            return tx.records.objection(objection.id)

    def speaks_for(self) -> None:
        """A later answer of a source speaks for the subject: the outcome falls, an officer decides anew."""
        with self.office.store.begin() as tx:
            held, against = tx.cases.get(self.case, lock=True), tx.cases.evidence(self.case)[0]
            seen = replace(against, id=new_id(), verdict=Found.MATCH, asked_at=self.hand(), found="存续")
            tx.cases.add_evidence(held, seen)
            pack = self.office.book.get(held.pack)
            settle_case(tx, self.office, finding(held, seen, pack, self.hand(), self.office.calendar), pack, self.hand())

    def decide(self, outcome: Outcome, name: str = "李四", act: str = "") -> None:
        """The officer decides the case that is in review, again."""
        with self.office.store.begin() as tx:
            ids = tuple(one.id for one in tx.cases.evidence(self.case))
            told = (outcome, name, "查询结果与承诺不符", ids, self.hand())
            review.decide(self.office, tx, self.case, *told, act=act, token=f"t-{name}")

    def report(self, held: Consequence, name: str) -> Consequence:
        """Report to the head."""
        return self.act(lambda tx: transfers.report(self.office, tx, held.id, "涉嫌伪造", self.by(name), self.hand()))

    def head(self, held: Consequence, name: str = "陈局长", *, approves: bool = True, at: datetime | None = None) -> Consequence:
        """The head decides."""
        told: dict[str, Any] = {"approves": approves, "reasons": "已审阅", "signed": self.by(name), "now": self.hand(), "at": at}
        return self.act(lambda tx: transfers.head(self.office, tx, held.id, **told))

    def hand_over(self, held: Consequence, parts: dict[Part, str] | None = None, at: datetime | None = None) -> Consequence:
        """Hand the bundle over."""
        bundle = PARTS if parts is None else parts
        return self.act(lambda tx: transfers.hand(self.office, tx, held.id, bundle, "回执1", self.by("李四"), self.hand(), at))

    def police(self, held: Consequence, *, accepted: bool, on: date | None = None) -> Consequence:
        """The police answer."""
        told = {"document": "公立字1号", "on": on or self.hand().date(), "reasons": "" if accepted else "无犯罪事实"}
        said = Police(signed=self.by("李四"), accepted=accepted, **told)  # type: ignore[arg-type]
        return self.act(lambda tx: transfers.answered(self.office, tx, held.id, said, self.hand()))

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the approving system heard of a kind."""
        with self.office.store.read() as tx:
            return [json.loads(row["body"]) for row in tx.events.of_case(self.case) if row["type"] == kind]

    def matters(self, kind: str) -> list[dict[str, Any]]:
        """The open matters of a kind."""
        with self.office.store.read() as tx:
            return [dict(told) for told in tx.attention.standing(kind)]


def recorded(office: Office, hand: Hand, case_id: str, *, brought: bool = True) -> None:
    """An officer enters a decided case to its subject's discredit, as soon as the subject has waived its time."""
    case = Proceeding(office=office, hand=hand, case=case_id)
    entry = case.the(Proposal.RECORD_CREDIT)
    case.serve(case.give(entry))
    case.say(entry, StatementKind.WAIVER, "我放弃陈述申辩")
    case.rule(entry, brought=brought)


def decided(
    store: Store,
    hand: Hand,
    outcome: Outcome,
    *,
    concluded: bool = True,
    act: str = "",
    number: int = 1,
    office: Office | None = None,
    reference: str = "",
) -> Proceeding:
    """An office in which an officer has decided a case against its subject; `reference`: another one of the same subject."""
    if office is None:
        fresh = kept.untouched(store)
        office = open_office(store, hand, sources={"registers": Table(default="吊销")})
        if fresh:
            kept.opened(office, hand, "decided")
    given = application(number, "business-licence", {"registration-status": "存续"})
    given = replace(given, reference=reference or given.reference)
    live = partial(_decided, office, given, outcome, concluded, act)
    return Proceeding(office=office, hand=hand, case=kept.lived(office, hand, (given, outcome, concluded, act), live))


def _decided(office: Office, given: Application, outcome: Outcome, concluded: bool, act: str) -> str:
    case_id = post(office, given)
    settle(office)
    with office.store.begin() as tx:
        if concluded:
            review.conclude(office, tx, case_id, "hall", office.now())
        ids = tuple(piece.id for piece in tx.cases.evidence(case_id))
    with office.store.begin() as tx:
        review.decide(office, tx, case_id, outcome, "李四", "查询结果与承诺不符", ids, office.now(), act=act, token="t-李四")
    return case_id
